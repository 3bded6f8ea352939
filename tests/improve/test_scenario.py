"""What if one thing changed: nothing changed is today, the sums are the analytic ones, more of all gives more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeylib.improve.scenario import WARM_UP, WEEKS, Change, Flow, expected_purchases, stretched, try_change
from journeylib.improve.value import Chain

STAGES = ("awareness", "consideration", "decision")
#: 5,218 journeys a year: 100 a week. 0.5 · 0.4 · 0.25 of them buy: 5 a week.
CHAIN = Chain(STAGES, np.array([500.0, 400, 250]), np.array([1000.0, 1000, 1000]), 100 * 365.25 / 7, 1000.0, 20.0)
RATES = np.array([[0.5, 0.4, 0.25]])
WAITS = (np.array([0.5, 0.5]), np.array([0.0, 0.25, 0.5, 0.25]))
FLOW = Flow(CHAIN, WAITS)


def test_today_is_arrivals_times_the_shares_in_every_week():
    assert expected_purchases(FLOW, RATES) == pytest.approx(np.full((1, WEEKS), 100 * 0.5 * 0.4 * 0.25))


def test_a_change_of_nothing_is_today():
    same = Change("consideration", rate=0.4)
    assert expected_purchases(FLOW, RATES, same) == pytest.approx(expected_purchases(FLOW, RATES))
    it = try_change(FLOW, Change("consideration"), seed=1)
    assert (it.extra, it.money) == ((0, 0, 0), (0, 0, 0))


def test_once_the_change_has_worked_through_the_flow_is_the_analytic_one():
    then = expected_purchases(FLOW, RATES, Change("consideration", rate=0.6))[0]
    assert then[0] == pytest.approx(5.0)  # those who buy in the first week went through the stage before the change
    assert then[-1] == pytest.approx(100 * 0.5 * 0.6 * 0.25)


def test_twice_the_arrivals_give_twice_the_sales_in_the_end():
    assert expected_purchases(FLOW, RATES, Change("awareness", arrivals=2))[0, -1] == pytest.approx(2 * 5)


def test_a_shorter_wait_brings_sales_forward_and_changes_no_weekly_rate_afterwards():
    then = expected_purchases(FLOW, RATES, Change("consideration", wait=0.5))[0]
    assert then[-1] == pytest.approx(5)
    assert then.sum() > WEEKS * 5


def test_additional_journeys_half_as_ready_give_half_the_gain():
    whole, half = (expected_purchases(FLOW, RATES, Change("consideration", rate=0.6, quality=q))[0, -1] - 5 for q in (1, 0.5))
    assert half == pytest.approx(whole / 2)


def test_no_more_pass_than_there_are_people_to_serve_them_and_the_others_queue():
    then = expected_purchases(FLOW, RATES, Change("decision", rate=0.5, capacity=10))[0]
    assert then[-1] == pytest.approx(10 * 0.5)


def test_littles_law_holds_in_a_stage():
    """In the stage = arrivals × mean time there, for those who go on."""
    waits = WAITS[1]
    in_stage = sum(100 * 0.5 * 0.4 * waits[week + 1 :].sum() for week in range(len(waits)))
    assert in_stage == pytest.approx(100 * 0.5 * 0.4 * (np.arange(len(waits)) * waits).sum())


def test_a_journey_by_journey_simulation_gives_the_same_mean():
    rng, n = np.random.default_rng(3), 200_000
    week = rng.integers(0, WARM_UP + WEEKS, n)
    alive = np.ones(n, dtype=bool)
    for place, share in enumerate((0.5, 0.4, 0.25)):
        share = np.where((place == 1) & (week >= WARM_UP), 0.6, share)
        alive &= rng.random(n) < share
        week = week + (rng.choice(len(WAITS[place]), n, p=WAITS[place]) if place < 2 else 0)
    bought = np.bincount(week[alive & (week < WARM_UP + WEEKS)], minlength=WARM_UP + WEEKS)[WARM_UP:]
    simulated = bought.sum() * 100 * (WARM_UP + WEEKS) / n
    exact = expected_purchases(FLOW, RATES, Change("consideration", rate=0.6)).sum()
    assert simulated == pytest.approx(exact, rel=0.02)


def test_what_is_not_known_lies_within_what_chance_adds():
    weeks = try_change(FLOW, Change("consideration", rate=0.6), seed=1).weeks
    assert (weeks["lo_chance"] <= weeks["lo"]).all()
    assert (weeks["hi_chance"] >= weeks["hi"]).all()
    assert (weeks["lo"] <= weeks["median"]).all()


def test_the_largest_lever_stands_first_and_a_target_half_reached_gives_about_half():
    it = try_change(FLOW, Change("consideration", rate=0.6), seed=1)
    swings = [hi - lo for lo, hi in it.levers.values()]
    assert swings == sorted(swings, reverse=True)
    assert it.levers["target"][0] == pytest.approx(it.levers["target"][1] / 2, rel=0.01)
    assert it.levers["quality"][0] == pytest.approx(it.levers["quality"][1] / 2)


def test_a_gain_is_money_and_purchases_alike():
    it = try_change(replace(FLOW, chain=replace(CHAIN, worth_se=0.0)), Change("consideration", rate=0.6), seed=1)
    assert it.money == pytest.approx(tuple(1000 * each for each in it.extra))


@given(st.floats(0.1, 3))
def test_stretching_waits_loses_nobody(factor):
    assert stretched(WAITS[1], factor).sum() == pytest.approx(1)


def test_a_limit_at_a_later_stage_takes_its_part_of_the_gain_and_none_of_today():
    """25 a week come to the decision today; 60 of 100 instead of 40 would make it 30, and only 26 are served."""
    limited = replace(FLOW, capacity={"decision": 26.0})
    free, held = (expected_purchases(flow, RATES, Change("consideration", rate=0.6))[0, -1] for flow in (FLOW, limited))
    assert free == pytest.approx(100 * 0.5 * 0.6 * 0.25)
    assert held == pytest.approx(min(100 * 0.5 * 0.6, 26.0) * 0.25)
    for limit in (1.0, 20.0, 26.0):
        nothing = expected_purchases(replace(FLOW, capacity={"decision": limit}), RATES, Change("consideration"))
        assert nothing == pytest.approx(expected_purchases(FLOW, RATES))


def test_nothing_changed_is_today_whatever_the_limits_and_the_readiness():
    it = try_change(replace(FLOW, capacity={"decision": 21.0}), Change("consideration", quality=0.5), seed=1)
    assert it.extra == pytest.approx((0, 0, 0), abs=1e-9)
    today, changed = (it.weeks[it.weeks["what"] == what].reset_index(drop=True)["median"] for what in ("today", "changed"))
    assert changed.tolist() == pytest.approx(today.tolist())


def test_what_can_be_served_is_a_lever_where_it_is_limited():
    levers = try_change(replace(FLOW, capacity={"decision": 26.0}), Change("consideration", rate=0.6), seed=1).levers
    assert levers["capacity"][0] < levers["capacity"][1]
    assert "capacity" not in try_change(FLOW, Change("consideration", rate=0.6), seed=1).levers
