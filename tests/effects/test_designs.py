"""Each design against numbers we did not make: statsmodels, scipy, worked examples of the literature and of practice C9."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as distributions
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_effectsize

from journeylib.effects import (
    Exists,
    ab_means,
    ab_proportions,
    choose_design,
    collapsed_differences,
    difference_of_series,
    group_time_effects,
    sample_ratio_p,
    sequential_proportions,
)
from journeylib.effects.autoregression import fit_line, gls_at
from journeylib.effects.power import is_worth_testing, smallest_detectable_share
from journeylib.effects.randomised import adjust_by_before, difference_of_proportions
from journeylib.effects.sequential import always_valid_half_width, mixture_ratio


@given(st.integers(0, 60), st.integers(0, 80))
def test_a_difference_of_shares_has_newcombes_interval(k, other):
    d, lo, hi, _ = difference_of_proportions(k, 60, other, 80)
    assert (lo, hi) == pytest.approx(confint_proportions_2indep(k, 60, other, 80, method="newcomb"), abs=1e-6)
    assert d == pytest.approx(k / 60 - other / 80)


def test_a_difference_of_means_has_welchs_interval():
    rng = np.random.default_rng(1)
    changed, control = rng.normal(1, 3, 40), rng.normal(0, 1, 45)
    found = ab_means(changed, control)
    oracle = sm.stats.CompareMeans.from_data(changed, control)
    assert (found.lo, found.hi) == pytest.approx(oracle.tconfint_diff(usevar="unequal"))


def test_what_one_did_before_takes_away_its_part_of_the_spread():
    rng = np.random.default_rng(2)
    before = rng.normal(size=400)
    after = 0.8 * before + rng.normal(scale=0.6, size=400)
    assert adjust_by_before(after, before).mean() == pytest.approx(after.mean())
    assert adjust_by_before(after, before).var() / after.var() == pytest.approx(1 - np.corrcoef(before, after)[0, 1] ** 2, abs=0.01)


def test_groups_of_other_sizes_than_planned_stop_the_test():
    assert ab_proportions(60, 1_000, 50, 1_200).verdict == "cannot_judge"
    assert ab_proportions(60, 1_000, 50, 1_200).reasons[0].key == "sample_ratio"
    assert ab_proportions(60, 1_000, 15, 250, control_share=0.2).verdict == "no_effect"
    assert sample_ratio_p([1_000, 1_200]) == pytest.approx(distributions.chisquare([1_000, 1_200]).pvalue)


def test_golden_c9_mixture_sprt():
    v, tau, alpha = 0.0002, 0.03, 0.05
    assert mixture_ratio(0.02, v, tau) == pytest.approx(np.sqrt(v / (v + tau**2)) * np.exp(0.02**2 * tau**2 / (2 * v * (v + tau**2))))
    half = always_valid_half_width(v, tau, alpha)
    assert mixture_ratio(half, v, tau) == pytest.approx(1 / alpha)


def test_the_sequential_interval_excludes_nought_exactly_when_the_ratio_reaches_twenty():
    looks = [(20, 200, 12, 200), (55, 500, 30, 500), (120, 1_000, 70, 1_000)]
    found = sequential_proportions(looks, tau=0.03)
    assert (found.p <= 0.05) == (found.verdict == "better")
    assert sequential_proportions([(50, 500, 52, 500)], tau=0.03).verdict == "no_effect"


def test_the_sequential_answer_never_forgets_a_look_that_decided():
    decided = [(150, 1_000, 90, 1_000)]
    assert sequential_proportions(decided, tau=0.05).verdict == "better"
    assert sequential_proportions([*decided, (152, 1_050, 101, 1_050)], tau=0.05).p <= sequential_proportions(decided, tau=0.05).p


def test_double_difference_is_the_interaction_of_a_regression():
    rng = np.random.default_rng(3)
    rows = [(unit, at, unit + at + 2 * (unit < 6) * (at >= 4) + rng.normal(), unit < 6) for unit in range(12) for at in range(8)]
    panel = pd.DataFrame(rows, columns=["unit", "at", "value", "is_changed"])
    found = collapsed_differences(panel, start=4)
    design = sm.add_constant(np.column_stack([panel["is_changed"], panel["at"] >= 4, panel["is_changed"] & (panel["at"] >= 4)]).astype(float))
    assert found.effect == pytest.approx(sm.OLS(panel["value"], design).fit().params.iloc[3])
    assert found.verdict == "better"


def test_whatever_moves_both_groups_is_nobodys_effect():
    def group(level, step):
        value = level + np.array([0.0, 0.1, -0.1, 0.05, 0.2, 0.3]) + step * (np.arange(6) >= 4)
        return pd.DataFrame({"value": value, "error": 0.02, "n": 100, "is_after": np.arange(6) >= 4})

    assert difference_of_series(group(0.4, 0), group(0.2, 0)).effect == pytest.approx(0)
    assert difference_of_series(group(0.4, 0.3), group(0.2, 0)).effect == pytest.approx(0.3)
    assert difference_of_series(group(0.4, 0.3), group(0.2, 0)).verdict == "better"


def test_groups_already_moving_apart_are_no_comparison():
    at = np.arange(12)
    apart = pd.DataFrame({"value": 0.2 + 0.03 * at, "error": 0.01, "n": 100, "is_after": at >= 9})
    steady = pd.DataFrame({"value": 0.2, "error": 0.01, "n": 100, "is_after": at >= 9})
    found = difference_of_series(apart, steady)
    assert (found.verdict, found.reasons[0].key) == ("cannot_judge", "moved_apart")


def test_staggered_starts_are_compared_with_those_not_changed_yet():
    """An effect that grows for early changers: a plain two-way regression uses them as comparison and says too little."""
    rows = []
    for unit in range(30):
        start = (4, 8, np.nan)[unit % 3]
        for period in range(12):
            rows.append((unit, period, unit * 0.1 + period * 0.5 + max(0, period - start + 1 if start == start else 0), start))
    panel = pd.DataFrame(rows, columns=["unit", "period", "value", "changed_in"])
    found = group_time_effects(panel, rng=np.random.default_rng(1))
    true = (sum(range(1, 9)) + sum(range(1, 5))) / (8 + 4)
    assert found.effect == pytest.approx(true)
    two_way = sm.OLS(panel["value"], np.column_stack([pd.get_dummies(panel["unit"]), pd.get_dummies(panel["period"]).iloc[:, 1:],
                                                      panel["period"] >= panel["changed_in"].fillna(99)]).astype(float)).fit()  # fmt: skip
    assert two_way.params.iloc[-1] < true - 0.5


@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.45, 0.9])
def test_errors_that_resemble_their_neighbours_are_weighed_as_statsmodels_weighs_them(rho):
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(40), np.arange(40)])
    y = rng.normal(size=40).cumsum()
    found, covariance, _, _ = gls_at(y, x, rho)
    oracle = sm.GLS(y, x, sigma=rho ** np.abs(np.subtract.outer(np.arange(40), np.arange(40))) if rho else np.eye(40)).fit()
    assert found == pytest.approx(oracle.params)
    assert np.sqrt(np.diag(covariance)) == pytest.approx(oracle.bse)


def test_an_uncertain_autocorrelation_widens_the_interval():
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(30), np.arange(30) >= 20]).astype(float)
    y = rng.normal(size=30)
    line = fit_line(y, x, [0, 1])
    coefficients, covariance, _, _ = gls_at(y, x, 0.0)
    assert line.hi - line.lo > 2 * distributions.t.ppf(0.975, 28) * np.sqrt(covariance[1, 1])
    assert line.value == pytest.approx(coefficients[1], abs=0.2)


def test_the_smallest_effect_that_can_be_seen_agrees_with_the_usual_sample_size():
    smallest = smallest_detectable_share(0.50, 2_000, 2_000)
    power = NormalIndPower().power(proportion_effectsize(0.50 + smallest, 0.50), 2_000, 0.05)
    assert power == pytest.approx(0.8, abs=0.005)
    assert is_worth_testing(smallest, 0.01) is False


@pytest.mark.parametrize(("exists", "design"), [
    (Exists(is_split=True, n_comparisons=1), "ab"),
    (Exists(is_split=True, is_watched=True), "ab_sequential"),
    (Exists(n_comparisons=38, n_before=19, n_after=12), "synthetic_control"),
    (Exists(n_comparisons=3, n_before=19, n_after=12), "differences"),
    (Exists(n_before=24, n_after=3), "interrupted"),
    (Exists(n_before=23, n_after=3), "before_after"),
    (Exists(n_after=12), "none"),
])  # fmt: skip
def test_the_strongest_design_that_what_exists_allows_is_chosen(exists, design):
    assert choose_design(exists) == design
