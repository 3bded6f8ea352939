"""A client with next to nothing in its files gets a whole report that says so, never an error and never a nought for what is unknown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from journeylib.client import Client
from tests.whole.in_process import answer

pytestmark = pytest.mark.report  # whole reports: minutes, not seconds

HEAD = "customer,date,what\n"
VISITS = [f"c{i},2025-0{i % 9 + 1}-03,page_view\n" for i in range(60)]
REFUSALS = [f"c{i},2025-0{i % 9 + 1}-09,no_thanks\n" for i in range(60)]
ORDERS = [f"c{i},2025-02-01,order\n" for i in range(60)]
RULES = ({"touchpoint": "page_view", "atom": "a2_brand"}, {"touchpoint": "meeting", "atom": "a3_evaluate"},
         {"touchpoint": "order", "atom": "a4_decide", "outcome": "won"}, {"touchpoint": "no_thanks", "outcome": "lost"})  # fmt: skip
THIN = {
    "no row": [],
    "one customer": ["c1,2025-01-01,page_view\n", "c1,2025-02-01,order\n"],
    "fewer customers than k": VISITS[:4] + ORDERS[:4],
    "nobody buys": VISITS,
    "everybody is lost": VISITS + REFUSALS,
    "one source with one stage": ORDERS,
    "no rule fits": [line.replace("page_view", "blink") for line in VISITS],
    "everything on one day": [f"c{i},2025-02-01,{what}\n" for i in range(60) for what in ("page_view", "order")],
}  # fmt: skip


def thin(folder: Path, lines, **given) -> Client:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "events.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
    return Client(
        slug="thin", name="Thin", language=given.pop("language", "en"), market=given.pop("market", "b2c"), goal=given.pop("goal", "more_conversions"),
        as_of=given.pop("as_of", dt.date(2026, 1, 15)), data_folder=folder / "data", params_file=folder / "thin.yml", rules=RULES,
        sources={"events": {"file": "events.csv", "format": "plain_events"}}, **given,
    )  # fmt: skip


@pytest.mark.parametrize("lines", THIN.values(), ids=THIN)
@pytest.mark.parametrize("market", ["b2c", "b2b"])
def test_a_thin_client_gets_its_report(tmp_path, lines, market):
    found = answer(thin(tmp_path, lines, market=market), tmp_path / "work")
    assert all(finding.takeaway and finding.as_html() for finding in found.findings.values())


def test_every_goal_has_a_first_page_for_a_client_nobody_can_judge(tmp_path):
    for number, goal in enumerate(("easier_purchase", "fewer_abandoned_carts", "more_loyalty", "higher_satisfaction", "more_lifetime_value")):
        found = answer(thin(tmp_path / str(number), THIN["fewer customers than k"], goal=goal), tmp_path / str(number) / "work")
        assert found.findings["essentials"].takeaway


def test_stages_of_the_clients_own_need_no_goal(tmp_path):
    own = {"name": "Mine", "stages": [{"id": "see", "label": "See", "atoms": ["a1_problem", "a2_brand", "a3_evaluate"]},
                                      {"id": "buy", "label": "Buy", "atoms": ["a4_decide"]}]}  # fmt: skip
    found = answer(thin(tmp_path, VISITS + ORDERS, stage_model=own), tmp_path / "work")
    assert ">See<" in found.findings["how_was_it_counted"].as_html()


def test_a_data_cut_before_all_data_is_said_and_not_counted_as_nought(tmp_path):
    found = answer(thin(tmp_path, VISITS + ORDERS, as_of=dt.date(2001, 1, 1)), tmp_path / "work")
    assert found.findings["where_do_customers_leave"].state == "not_checkable"
