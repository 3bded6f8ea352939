"""Is the company in touch after the purchase (G03), over the years (G20), while customers consider (G23)? Do they refer (G19)?"""

from __future__ import annotations

import pytest

from journeylib.client import Scope
from tests.gaps.material import RATES_IN_ORDER, a_client, ask, shares

#: check, its share, the limit, bad side: a client with the gap, without it, and with too little to go on.
CASES = [
    ("G03", "follow_up", 0.5, "200 | 40", "200 | 180", "20 | 9"),
    ("G20", "forgotten", 0.2, "300 | 120", "300 | 30", "20 | 5"),
    ("G23", "silence", 0.3, "100 | 60", "100 | 10", "20 | 8"),
    ("G19", "referred", 0.02, "1000 | 2", "1000 | 100", "40 | 0"),
]
PLACES = {"G03": "G03:loyalty", "G20": "G20:loyalty", "G23": "G23:consideration", "G19": "G19:advocacy"}


def answer(check, measure, counts, **client):
    drawn = f"measure | n | n_yes | days\n{measure} | {counts} | 30"
    return ask(check, client=a_client(**client), rates=shares(drawn))[PLACES[check]]


@pytest.mark.parametrize(("check", "measure", "limit", "bad", "good", "thin"), CASES)
def test_a_share_wholly_on_the_bad_side_of_the_limit_is_a_gap(check, measure, limit, bad, good, thin):
    row = answer(check, measure, bad)
    assert (row["status"], row["threshold"], row["unit"]) == ("found", limit, "share")


@pytest.mark.parametrize(("check", "measure", "limit", "bad", "good", "thin"), CASES)
def test_a_share_wholly_on_the_good_side_is_no_gap(check, measure, limit, bad, good, thin):
    assert answer(check, measure, good)["status"] == "not_found"


@pytest.mark.parametrize(("check", "measure", "limit", "bad", "good", "thin"), CASES)
def test_an_interval_that_holds_the_limit_is_uncertain(check, measure, limit, bad, good, thin):
    assert answer(check, measure, thin)["status"] == "uncertain"


@pytest.mark.parametrize(("check", "measure", "limit", "bad", "good", "thin"), CASES)
def test_without_its_source_the_share_is_not_checkable(check, measure, limit, bad, good, thin):
    gone = ask(check, rates=None)[PLACES[check]]
    other = ask(check, rates=shares("measure | n | n_yes\nwin | 10 | 5"))[PLACES[check]]
    assert gone["status"] == other["status"] == "not_checkable"
    assert gone["missing"]
    assert other["missing"]


@pytest.mark.parametrize(("check", "measure", "limit", "bad", "good", "thin"), CASES)
def test_of_fewer_than_k_customers_nothing_is_told(check, measure, limit, bad, good, thin):
    row = answer(check, measure, "4 | 1")
    assert row["status"] == "uncertain"
    assert row[["value", "lo", "hi", "n", "details"]].isna().all()


@pytest.mark.parametrize(("check", "measure", "limit", "bad", "good", "thin"), CASES)
def test_no_one_to_ask_is_not_a_good_answer(check, measure, limit, bad, good, thin):
    assert answer(check, measure, "0 | 0")["status"] == "not_checkable"


def test_a_model_that_ends_with_the_purchase_has_nothing_after_it():
    client = a_client(stage_model="inbound_3", targets={}, kpis={})
    row = ask("G03", client=client)["G03:decision"]
    assert (row["status"], row["reason"]) == ("found", "gaps.G03.no_stage_after")


THREE = {"stages": [{"id": name, "label": name, "atoms": atoms} for name, atoms in (
    ("seeking", ["a1_problem", "a2_brand"]), ("weighing", ["a3_evaluate"]), ("customer", ["a4_decide", "a5_reassure", "a6_onboard", "a7_use", "a8_repeat", "a9_advocate"]))]}  # fmt: skip


@pytest.mark.parametrize(("counts", "status"), [("200 | 40", "found"), ("200 | 180", "not_found"), ("20 | 9", "uncertain")])
def test_a_stage_of_buyers_that_holds_what_follows_has_room_for_it(counts, status):
    client = a_client(stage_model=THREE, targets={}, kpis={})
    row = ask("G03", client=client, rates=shares(f"measure | n | n_yes | days\nfollow_up | {counts} | 30"))["G03:customer"]
    assert (row["status"], row["reason"]) == (status, f"gaps.G03.{status}")


def test_stages_after_the_purchase_that_are_out_of_scope_are_left_alone():
    client = a_client(scope=Scope(to_stage="decision"))
    rows = [next(iter(ask(check, client=client).values())) for check in ("G03", "G20", "G19")]
    assert [(row["status"], row["reason"]) for row in rows] == [("not_checkable", "gaps.common.out_of_scope")] * 3


def test_promoters_who_are_seldom_asked_are_a_part_of_their_own():
    drawn = shares(RATES_IN_ORDER + "\npromoters_asked | 80 | 8 |")
    rows = ask("G19", rates=drawn)
    assert {gap_id: row["status"] for gap_id, row in rows.items()} == {"G19:advocacy": "not_found", "G19:advocacy::asked": "found"}
