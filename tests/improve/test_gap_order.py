"""Which gap leads: what the goal is about, what customers did, how many it concerns; a price decides only among those that have one."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings import conclusions
from journeylib.findings.conclusions import headline, leading_gap
from journeylib.gaps.engine import Gap
from journeylib.improve.first import first_of_all
from journeylib.improve.gap_order import in_order, is_of_goal, n_concerned
from journeylib.run import Run
from journeylib.schema import GAPS, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import rows
from tests.gaps.material import a_client

#: Five stages; the goal "more loyal customers" looks at loyalty (a6–a8) and advocacy (a9).
FOUND = """
    gap_id             | check | stage         | n    | value | unit   | value_at_stake
    G27                | G27   |               | 4    | 0.25  | share  | 120
    G04:decision       | G04   | decision      | 3    | 0.33  | share  |
    G05:loyalty        | G05   | loyalty       | 1116 | 0     | count  |
    G13:decision       | G13   | decision      | 2357 | 0.30  | share  |
    G13:awareness      | G13   | awareness     | 9000 | 0.10  | share  | 9000000
    G03:loyalty        | G03   | loyalty       | 500  | 0.20  | share  |
    G29                | G29   |               | 5    | 1     | share  |
"""


def found(text=FOUND):
    drawn = rows(text)
    for name in ("n", "value", "value_at_stake"):
        drawn[name] = pd.to_numeric(drawn[name])
    drawn = drawn.assign(stage=drawn["stage"].fillna(""), persona="", status="found", value_lo=drawn["value_at_stake"], value_hi=drawn["value_at_stake"], reason="gaps.common.too_few")
    return check(drawn, GAPS)


def order(text=FOUND, **changes):
    client = a_client(**changes)
    return in_order(found(text), load_stage_model(client), client)["gap_id"].tolist()


def run(language="en", **changes):
    client = a_client(language=language, **changes)
    return Run(client, load_stage_model(client), Words(language), None)


def test_the_goals_own_gaps_come_first_whatever_others_cost():
    assert order() == ["G13:decision", "G03:loyalty", "G05:loyalty", "G13:awareness", "G04:decision", "G27", "G29"]


def test_a_waste_finding_never_outranks_a_drop_off_without_a_price():
    costly = FOUND.replace("| 120", "| 120000000")
    for goal in ("more_loyalty", "more_conversions", "higher_satisfaction"):
        ranked = order(costly, goal=goal)
        assert ranked.index("G13:decision") < ranked.index("G27")


def test_another_goal_gives_another_order():
    assert order(goal="more_conversions")[0] == "G13:awareness"
    assert order(goal="fewer_abandoned_carts")[0] == "G13:decision"


def test_among_alike_the_dearest_stands_first_in_the_places_the_priced_have_together():
    one_tier = """
    gap_id       | check | stage   | n   | value | unit  | value_at_stake
    G03:loyalty  | G03   | loyalty | 900 | 0     | share | 10
    G17:loyalty  | G17   | loyalty | 500 | 0     | share |
    G20:loyalty  | G20   | loyalty | 100 | 0     | share | 70
    """
    assert order(one_tier) == ["G20:loyalty", "G17:loyalty", "G03:loyalty"]  # 1st and 3rd place are the priced ones', the dearer goes first


def test_the_customers_a_gap_concerns_are_those_on_the_wrong_side():
    assert n_concerned(Gap("G13", "found", value=0.25, n=100, unit="share").row()) == 100 - 25
    assert n_concerned(Gap("G20", "found", value=0.25, n=100, unit="share", details={"bad": "above"}).row()) == 25
    assert n_concerned(Gap("G01", "found", value=40, n=40, unit="count").row()) == 40
    assert n_concerned(Gap("G05", "found", value=0, n=1116, unit="count").row()) == 1116  # customers in a stage without content
    assert n_concerned(Gap("G27", "found", value=0.25, n=4, unit="share").row()) == 0  # activities, not customers


def test_a_drop_off_right_before_the_goals_stages_is_the_goals():
    client = a_client()
    model = load_stage_model(client)
    assert [is_of_goal(check, stage, model, client) for check, stage in (("G13", "decision"), ("G04", "decision"), ("G13", "awareness"))] == [True, False, False]


def test_where_to_start_is_what_closes_the_gap_that_leads(monkeypatch):
    monkeypatch.setattr(conclusions, "say_leaving", lambda run, mapped: ("", "too_few", {}))
    plan = rows("action_id | kind | gap_id | stage | persona | status | rank\nstop | A27 | G27 | | | proposed | 1\nring | A10 | G03:loyalty | loyalty | | proposed | 2")
    plan = plan.assign(stage=plan["stage"].fillna(""), persona="", rank=plan["rank"].astype(float))
    loyal = SimpleNamespace(gaps=found(FOUND)[lambda gaps: gaps["gap_id"].isin(["G27", "G03:loyalty"])], mapped=None)
    assert first_of_all(plan, leading_gap(run(), loyal))["action_id"] == "ring"
    assert first_of_all(plan, leading_gap(run(priority="rice"), loyal))["action_id"] == "stop"  # the client goes by an order of its own


def test_where_the_largest_loss_leads_the_start_is_at_either_end_of_it(monkeypatch):
    monkeypatch.setattr(conclusions, "say_leaving", lambda run, mapped: ("", "clear", LOST))
    gaps = found("""
    gap_id       | check | stage    | n    | value | unit  | value_at_stake
    G01:advocacy | G01   | advocacy | 5000 | 0     | count | 500
    G05:loyalty  | G05   | loyalty  | 1116 | 0     | count |
    """)
    assert leading_gap(run(), SimpleNamespace(gaps=gaps, mapped=None))["gap_id"] == "G05:loyalty"
    assert leading_gap(run(), SimpleNamespace(gaps=gaps[gaps["check"] == "G01"], mapped=None))["gap_id"] == "G01:advocacy"


LOST = {"stage": "decision", "lo": 0.68, "hi": 0.72, "n": 1663, "of": 2357, "rate": 0.7}


@pytest.mark.parametrize(("gap", "lost", "leads"), [
    ("G27", LOST, True), ("G05:loyalty", LOST, True), ("G03:loyalty", LOST, False), ("G13:decision", LOST, False),
    ("G27", LOST | {"lo": 0.4}, False), ("G27", LOST | {"stage": "awareness"}, True), ("G05:loyalty", LOST | {"stage": "awareness"}, False),
])  # fmt: skip
def test_a_large_certain_loss_nobody_set_a_target_for_leads_before_lists_and_waste(monkeypatch, gap, lost, leads):
    monkeypatch.setattr(conclusions, "say_leaving", lambda run, mapped: ("Most leave here.", "clear", lost))
    monkeypatch.setattr(conclusions, "say_gap", lambda row, *_: row["gap_id"])
    gaps = found()[lambda gaps: gaps["gap_id"] == gap]
    assert headline(run(), SimpleNamespace(gaps=gaps, mapped=None)) == ("Most leave here." if leads else gap)
