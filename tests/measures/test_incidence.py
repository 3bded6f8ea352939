"""Aalen–Johansen with ties, against the golden case and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from journeylib.measures.incidence import (
    _influence,
    cumulative_incidence,
    incidence_design_effect,
    interval_at,
    quantile_interval,
    share_at,
    stayed_at,
    time_until_end,
    time_until_left,
)
from journeylib.measures.stats import wilson

#: F1: twelve leads, 1 = won, 2 = lost, 0 = open.
DAYS = [3, 5, 8, 8, 12, 15, 20, 22, 30, 30, 41, 50]
ENDS = [1, 2, 1, 0, 1, 2, 0, 1, 2, 0, 1, 0]
leads = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=1, max_size=60)


def test_golden_f1_competing_ends():
    incidence = cumulative_incidence(DAYS, ENDS)
    assert 100 * share_at(incidence, 50, 1) == pytest.approx(54.1667, abs=5e-5)
    assert 100 * share_at(incidence, 50, 2) == pytest.approx(28.9583, abs=5e-5)
    assert 100 * stayed_at(incidence, 50) == pytest.approx(16.875, abs=5e-5)


def test_golden_f1_losses_taken_for_censoring_overstate_winning():
    won_alone = cumulative_incidence(DAYS, [end if end == 1 else 0 for end in ENDS])
    assert 100 * (1 - stayed_at(won_alone, 50)) == pytest.approx(71.125, abs=5e-4)
    assert 100 * ENDS.count(1) / 12 == pytest.approx(41.7, abs=0.05)


@given(leads)
def test_agrees_with_statsmodels_in_share_and_error(drawn):
    days, ends = map(np.array, zip(*drawn, strict=True))
    incidence = cumulative_incidence(days, ends)
    if ends.max() == 0:
        assert len(incidence.at) == 0
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        oracle = CumIncidenceRight(days, ends)
    for end in range(1, ends.max() + 1):
        for row, time in enumerate(oracle.times):
            assert share_at(incidence, time, end) == pytest.approx(oracle.cinc[end - 1][row], abs=1e-12)
            error = oracle.cinc_se[end - 1][row]
            ours = np.searchsorted(incidence.at, time, side="right") - 1
            if ours >= 0 and np.isfinite(error):
                assert incidence.variance[ours, end - 1] == pytest.approx(error**2, abs=1e-10)


@given(leads)
def test_all_ends_and_staying_sum_to_one(drawn):
    days, ends = zip(*drawn, strict=True)
    incidence = cumulative_incidence(days, ends)
    assert incidence.share.sum(axis=1) + incidence.stayed == pytest.approx(np.ones(len(incidence.at)))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=50))
def test_one_end_and_nobody_open_is_the_plain_share_so_far(days):
    incidence = cumulative_incidence(days, [1] * len(days))
    for day in range(21):
        assert share_at(incidence, day, 1) == pytest.approx(sum(d <= day for d in days) / len(days))


@given(leads)
def test_time_to_leave_is_the_kaplan_meier_quantile(drawn):
    days, ends = map(np.array, zip(*drawn, strict=True))
    incidence = cumulative_incidence(days, ends)
    if (ends > 0).any():
        survival = SurvfuncRight(days, (ends > 0).astype(int))
        reached = survival.surv_times[survival.surv_prob <= 1 / 2 + 1e-12]
        assert time_until_left(incidence, 1 / 2) == pytest.approx(reached[0] if len(reached) else np.nan, nan_ok=True)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 1)), min_size=8, max_size=80))
def test_the_interval_of_a_median_is_that_of_an_independent_library(drawn):
    days, ends = map(np.array, zip(*drawn, strict=True))
    found = quantile_interval(cumulative_incidence(days, ends, 1), 1 / 2)
    with np.errstate(all="ignore"):
        lo, hi = SurvfuncRight(days, ends).quantile_ci(0.5) if ends.any() else (np.nan, np.nan)
    assert found == pytest.approx((lo, np.nan if np.isinf(hi) else hi), nan_ok=True)


def test_the_interval_of_a_median_is_wider_where_journeys_come_in_copies():
    days = np.arange(1, 61)
    left = cumulative_incidence(np.repeat(days, 3), np.ones(180, dtype=int), 1)
    alone, clustered = quantile_interval(left, 1 / 2), quantile_interval(left, 1 / 2, deff=3.0)
    assert clustered == quantile_interval(cumulative_incidence(days, np.ones(60, dtype=int), 1), 1 / 2)     # three copies tell what one does
    assert clustered[0] < alone[0] < 30 < alone[1] < clustered[1]


def test_half_have_gone_on_only_when_half_of_all_who_entered_have():
    incidence = cumulative_incidence([1, 2, 3, 4], [2, 1, 1, 2])
    assert time_until_left(incidence, 1 / 2) == 2
    assert time_until_end(incidence, 1 / 2, 1) == 3
    assert np.isnan(time_until_end(incidence, 3 / 4, 1))


def test_the_interval_holds_the_share_and_stays_between_0_and_1():
    incidence = cumulative_incidence(DAYS, ENDS)
    for end in (1, 2):
        lo, hi = interval_at(incidence, 30, end)
        assert 0 < lo < share_at(incidence, 30, end) < hi < 1


def test_nobody_lost_so_far_is_not_known_to_be_nobody():
    incidence = cumulative_incidence([5, 9, 100, 100], [1, 1, 0, 0])
    assert interval_at(incidence, 30, 2) == wilson(0, 4)


def test_everybody_gone_on_is_not_known_to_be_always_everybody():
    assert interval_at(cumulative_incidence([1, 2, 3], [1, 1, 1]), 30, 1) == wilson(3, 3)


def test_nobody_ended_and_nobody_followed_that_long_says_nothing():
    assert interval_at(cumulative_incidence([4, 4], [0, 0]), 30, 1) == (0, 1)


def test_one_journey_a_unit_needs_no_widening():
    incidence = cumulative_incidence(DAYS, ENDS)
    assert incidence_design_effect(incidence, DAYS, ENDS, np.arange(12), time=50, end=1) == 1


@settings(max_examples=20)
@given(st.integers(2, 5), leads.filter(lambda drawn: 0 < sum(end == 1 for _, end in drawn) < len(drawn) - 1))
def test_copies_of_a_journey_in_its_unit_add_no_evidence(copies, drawn):
    days, ends = (np.repeat(np.array(values), copies) for values in zip(*drawn, strict=True))
    unit = np.repeat(np.arange(len(drawn)), copies)
    incidence = cumulative_incidence(days, ends)
    deff = incidence_design_effect(incidence, days, ends, unit, time=12, end=1)
    n = len(drawn)
    if share_at(incidence, 12, 1) < 1 - 1e-9:
        assert deff == pytest.approx(copies * n / (n - 1))


def test_the_influences_give_back_aalens_variance():
    rng = np.random.default_rng(3)
    days, ends = rng.exponential(40, 3000).round(), rng.integers(0, 3, 3000)
    incidence = cumulative_incidence(days, ends)
    jackknife = (_influence(incidence, days, ends, 60, 1) ** 2).sum()
    row = np.searchsorted(incidence.at, 60, side="right") - 1
    assert jackknife == pytest.approx(incidence.variance[row, 0], rel=0.02)


def test_censoring_does_not_bend_the_curve():
    # a lag of 60 days on average, 30 in 100 ever go on, entry at random over a year (practice C1)
    rng = np.random.default_rng(2)
    n = 20_000
    lag = np.where(rng.random(n) < 0.3, rng.gamma(2, 30, n), np.inf)
    followed = rng.uniform(0, 365, n)
    incidence = cumulative_incidence(np.minimum(lag, followed), (lag <= followed).astype(int))
    truth = np.mean(lag <= 90)
    assert share_at(incidence, 90, 1) == pytest.approx(truth, abs=0.01)
    of_last_month = followed < 30
    assert (lag <= followed)[of_last_month].mean() < 0.05
