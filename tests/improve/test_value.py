"""What a gap costs a year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib import knowledge
from journeylib.gaps import find_gaps
from journeylib.improve.value import add_value, draw_value, way_to_purchase
from journeylib.schema import JOURNEYS, check
from journeylib.stages import load_stage_model
from tests.gaps.material import (
    ACTIVITIES_IN_ORDER,
    COVERAGE_IN_ORDER,
    a_client,
    activities,
    coverage,
    funnel,
    registers_in_order,
    tables_in_order,  # fmt: skip
)

STEPS = """
    stage         | n_reached | n_followed | n_converted
    awareness     | 10000     | 100000     | 30000
    consideration | 3000      | 100000     | 40000
    decision      | 1200      | 1000       | 500
    loyalty       | 600       | 600        | 300
    advocacy      | 300       | 0          | 0
"""
TARGETS = {"awareness": 0.35, "consideration": 0.40, "decision": 0.50, "loyalty": 0.50}


def a_year_of_journeys(n_won=600, n_lost=600, worth=100.0, days=364):
    begun = pd.Timestamp("2026-01-01", tz="UTC") - pd.Timedelta(days=days)
    n = n_won + n_lost
    return check(pd.DataFrame({"journey": range(n), "unit": range(n), "started_at": begun, "last_at": begun, "ended_at": begun,
                               "state": ["won"] * n_won + ["lost"] * n_lost, "value": [worth] * n_won + [None] * n_lost}), JOURNEYS)  # fmt: skip


def valued(steps=STEPS, *, client=None, **tables):
    client = client or a_client(targets=TARGETS)
    measured = tables_in_order() | {"funnel": funnel(steps) if isinstance(steps, str) else steps, "journeys": a_year_of_journeys()} | tables
    measured = {name: found for name, found in measured.items() if found is not None}
    registers, model = registers_in_order(), load_stage_model(client)
    return add_value(find_gaps(measured, registers, model, client), measured, model, client).set_index("gap_id", drop=False)


def test_a_stage_is_worth_what_its_target_would_bring_a_year():
    gap = valued().loc["G13:awareness"]
    a_year = 10_000 * 365.25 / 365
    plain = a_year * 0.40 * 600 / 1200 * (0.35 - 0.30) * 100
    assert gap["status"] == "found"
    assert gap["value_at_stake"] == pytest.approx(plain, rel=0.05)
    assert gap["value_lo"] < gap["value_at_stake"] < gap["value_hi"]
    assert pd.isna(gap["severity"])


def test_a_shop_may_say_itself_what_a_purchase_is_worth():
    own = valued(client=a_client(targets=TARGETS, value_per_conversion=1000)).loc["G13:awareness"]
    assert own["value_at_stake"] == pytest.approx(10 * valued().loc["G13:awareness", "value_at_stake"], rel=0.02)


def test_half_a_year_of_data_is_counted_as_a_year():
    gap = valued(journeys=a_year_of_journeys(days=364 / 2)).loc["G13:awareness"]
    assert gap["value_at_stake"] == pytest.approx(2 * valued().loc["G13:awareness", "value_at_stake"], rel=0.02)


def test_a_week_of_data_is_not_blown_up_to_a_year():
    gap = valued(journeys=a_year_of_journeys(days=7)).loc["G13:awareness"]
    assert pd.isna(gap["value_at_stake"])
    assert gap["severity"] == knowledge.load("gaps")["G13"]["severity"]


def test_without_the_worth_of_a_purchase_gaps_have_a_severity():
    gap = valued(journeys=a_year_of_journeys().assign(value=np.nan)).loc["G13:awareness"]
    assert pd.isna(gap["value_at_stake"])
    assert gap["severity"] == knowledge.load("gaps")["G13"]["severity"]


def test_other_gaps_of_the_stage_carry_the_stages_value():
    hole = coverage(COVERAGE_IN_ORDER.replace("awareness     | 5         | 1            | 1       | 2000        | covered",
                                              "awareness     | 0         | 1            | 1       | 2000        | hole"))  # fmt: skip
    gaps = valued(coverage=hole)
    assert gaps.loc["G05:awareness", "value_at_stake"] == gaps.loc["G13:awareness", "value_at_stake"]


def test_a_hole_in_a_stage_that_meets_its_target_has_no_money_on_it():
    hole = coverage(COVERAGE_IN_ORDER.replace("awareness     | 5         | 1            | 1       | 2000        | covered",
                                              "awareness     | 0         | 1            | 1       | 2000        | hole"))  # fmt: skip
    gap = valued(coverage=hole, client=a_client(targets=TARGETS | {"awareness": 0.2})).loc["G05:awareness"]
    assert pd.isna(gap["value_at_stake"])
    assert gap["severity"] == 2


def test_what_was_not_found_has_nothing_at_stake():
    gaps = valued()
    rest = gaps[gaps["status"].isin(["not_found", "not_checkable"])]
    assert rest[["value_at_stake", "value_lo", "value_hi", "severity"]].isna().all(axis=None)


def test_an_uncertain_gap_is_a_step_less_severe():
    client = a_client(stage_model="inbound_3", targets={}, kpis={})
    model, tables = load_stage_model(client), tables_in_order() | {"coverage": coverage(COVERAGE_IN_ORDER.replace("500         | covered", "500         | thin"))}
    gaps = add_value(find_gaps(tables, registers_in_order(), model, client), tables, model, client).set_index("gap_id")
    assert gaps.loc["G05:decision", ["status", "severity"]].tolist() == ["uncertain", 2 - 1]
    assert gaps.loc["G03:decision", ["status", "severity"]].tolist() == ["found", 3]


def test_waste_costs_what_it_costs():
    client = a_client()
    spoilt = {"activities": activities(ACTIVITIES_IN_ORDER + "\n6 | Mässa | awareness | | besök | marknad | 50 | 70000 | n1 | fair")}
    model, tables = load_stage_model(client), tables_in_order()
    gaps = add_value(find_gaps(tables, registers_in_order() | spoilt, model, client), tables, model, client).set_index("gap_id")
    assert gaps.loc["G27", ["value_lo", "value_at_stake", "value_hi"]].tolist() == [70_000.0] * 3


def test_the_same_seed_gives_the_same_value():
    pd.testing.assert_frame_equal(valued(), valued())


def test_after_the_purchase_there_is_no_sale_to_gain():
    gap = valued(client=a_client(targets=TARGETS | {"loyalty": 0.9})).loc["G13:loyalty"]
    assert gap["status"] == "found"
    assert pd.isna(gap["value_at_stake"])


def test_the_last_step_to_the_purchase_is_worth_as_many_more_sales_as_go_on():
    gap = valued(client=a_client(targets=TARGETS | {"decision": 0.6})).loc["G13:decision"]
    plain = 10_000 * 365.25 / 365 * 0.30 * 0.40 * 600 / 1200 * (0.6 - 0.5) / 0.5 * 100
    assert gap["value_at_stake"] == pytest.approx(plain, rel=0.2)


def test_few_units_behind_many_journeys_widen_the_value():
    few = funnel(STEPS).assign(n_units=100)
    width = [row["value_hi"] - row["value_lo"] for row in (valued().loc["G13:awareness"], valued(funnel=few).loc["G13:awareness"])]
    assert width[1] > 3 * width[0]


def last_step(n_lost, n_open, journeys):
    tables = {"funnel": funnel(STEPS).assign(n_lost=[0, 0, n_lost, 0, 0] * 2, n_open=[0, 0, n_open, 0, 0] * 2), "journeys": journeys}
    chain = way_to_purchase(tables, load_stage_model(a_client()), a_client())
    assert chain.stages == ("awareness", "consideration", "decision")
    return chain.k[-1], chain.n[-1]


def test_of_the_open_only_those_too_recent_to_judge_are_neither_won_nor_lost():
    """1000 of the 1200 at the decision were followed in full, and so were as many of the 200 who are open there."""
    assert last_step(400, 200, a_year_of_journeys()) == pytest.approx((600, 600 + 400 + 200 * 1000 / 1200))


def test_where_nobody_records_a_loss_not_everybody_buys():
    n_won, n = last_step(0, 600, a_year_of_journeys())
    assert n_won / n == pytest.approx(600 / (600 + 600 * 1000 / 1200))


def test_many_purchases_of_few_customers_tell_less_of_what_one_is_worth():
    """Two customers, one of large and one of small purchases: however many of each, they are two."""
    worths = [100.0, 300.0] * 300 + [None] * 600
    one_each, two_in_all = (a_year_of_journeys().assign(value=worths, unit=unit) for unit in (range(1200), [0, 1] * 600))
    tables = {"funnel": funnel(STEPS)}
    errors = [way_to_purchase(tables | {"journeys": made}, load_stage_model(a_client()), a_client()).worth_se for made in (one_each, two_in_all)]
    assert errors[0] == pytest.approx(100 / np.sqrt(599), rel=1e-6)
    assert errors[1] == pytest.approx(100.0)


def test_an_interval_by_few_units_widens_the_value_of_the_last_step():
    wide = funnel(STEPS)
    wide = wide.assign(rate_lo=wide["rate_lo"].mask(wide["stage"] == "decision", 0.40), rate_hi=wide["rate_hi"].mask(wide["stage"] == "decision", 0.60))
    client = a_client(targets=TARGETS | {"decision": 0.7})
    width = [row["value_hi"] - row["value_lo"] for row in (valued(client=client).loc["G13:decision"], valued(wide, client=client).loc["G13:decision"])]
    assert width[1] > 1.5 * width[0]


def test_few_units_at_the_purchase_widen_the_last_step_too():
    few = funnel(STEPS).assign(n_units=100)
    chain = way_to_purchase({"funnel": few, "journeys": a_year_of_journeys()}, load_stage_model(a_client()), a_client())
    assert (chain.k[-1], chain.n[-1]) == pytest.approx((600 * 100 / 1000, 1200 * 100 / 1000))


def test_a_journey_without_a_purchase_in_scope_has_no_way_to_it():
    client = a_client(stage_model={"id": "own", "stages": [{"id": "awareness", "atoms": ["a1_problem"], "label": "A"}, {"id": "consideration", "atoms": ["a3_evaluate"], "label": "B"}]},
                      targets={}, kpis={})  # fmt: skip
    assert way_to_purchase({"funnel": funnel(STEPS), "journeys": a_year_of_journeys()}, load_stage_model(client), client) is None


def test_a_shortfall_of_nothing_is_worth_nearly_nothing():
    client = a_client(targets=TARGETS)
    chain = way_to_purchase({"funnel": funnel(STEPS), "journeys": a_year_of_journeys()}, load_stage_model(client), client)
    drop = {"stage": "awareness", "persona": "", "value": 0.3, "n": 100_000}
    assert np.median(draw_value(chain, drop, 0.0, 1)) < 0.02 * np.median(draw_value(chain, drop, 0.05, 1))
