"""What a share, a mean or a ratio may be, against published numbers and a library we did not write."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson_2indep
from statsmodels.stats.weightstats import DescrStatsW

from journeylib.measures.stats import design_effect, poisson_ratio_interval, pool, share_by_unit, t_interval, wilson, wilson_clustered


@pytest.mark.parametrize(("k", "n", "lo", "hi"), [(0, 8, 0.0, 32.4), (3, 8, 13.7, 69.4), (30, 80, 27.7, 48.5), (300, 800, 34.2, 40.9)])
def test_golden_f7_wilson(k, n, lo, hi):
    assert [round(100 * end, 1) for end in wilson(k, n)] == [lo, hi]


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_statsmodels(k_n):
    assert wilson(*k_n) == pytest.approx(proportion_confint(*k_n, method="wilson"), abs=1e-12)


def test_a_share_of_nobody_is_missing_and_not_zero():
    counted = share_by_unit([], [])
    assert counted.n == 0
    assert np.isnan([counted.rate, counted.lo, counted.hi]).all()


def test_one_journey_a_unit_is_plain_wilson():
    assert wilson_clustered([1, 1, 1, 0, 0, 0, 0, 0], [1] * 8) == wilson(3, 8)


def test_units_that_are_all_or_nothing_count_as_one_piece_of_evidence_each():
    # eight accounts of ten journeys each; three accounts win all, five win none
    clustered = wilson_clustered([10, 10, 10, 0, 0, 0, 0, 0], [10] * 8)
    alone = wilson(3, 8)
    assert clustered[0] < wilson(30, 80)[0] - 0.1
    assert clustered == pytest.approx(alone, abs=0.03)


def test_one_unit_alone_is_one_piece_of_evidence():
    assert design_effect([7], [20]) == 20**2 / 20
    assert wilson_clustered([20], [20]) == wilson(1, 1)


def test_units_that_differ_less_than_chance_never_narrow_the_interval():
    assert design_effect([5, 5, 5, 5], [10, 10, 10, 10]) == 1


def test_design_effect_is_the_linearised_variance_over_the_binomial():
    k, n = np.array([3, 0, 2, 5]), np.array([4, 3, 2, 6])
    p = 10 / 15
    linearised = 4 / 3 * ((k - p * n) ** 2).sum() / 15**2
    assert design_effect(k, n) == pytest.approx(linearised / (p * (1 - p) / 14))


@given(st.lists(st.floats(-2, 2), min_size=2, max_size=40))
def test_mean_of_one_answer_a_customer_agrees_with_statsmodels(values):
    counted = t_interval(values)
    assert (counted.lo, counted.hi) == pytest.approx(DescrStatsW(values).tconfint_mean(), abs=1e-9)


def test_colleagues_are_not_independent_customers():
    feelings = [-2, -2, -2, 2, 2, 2]
    by_account = t_interval(feelings, ["a", "a", "a", "b", "b", "b"])
    by_person = t_interval(feelings)
    assert by_account.mean == by_person.mean == 0
    assert by_account.hi > by_person.hi


def test_one_customer_has_a_mean_and_no_interval():
    counted = t_interval([1.5])
    assert (counted.n, counted.mean) == (1, 1.5)
    assert np.isnan([counted.lo, counted.hi]).all()


@pytest.mark.parametrize(("count", "other"), [(3, 17), (10, 10), (0, 9), (25, 4)])
def test_poisson_ratio_agrees_with_the_conditional_binomial(count, other):
    lo, hi = poisson_ratio_interval(count, 40, other, 300)
    ends = scipy_stats.binomtest(count, count + other).proportion_ci(0.95, method="exact")
    assert (lo, hi) == pytest.approx([end / (1 - end) * 300 / 40 for end in ends])


def test_poisson_ratio_is_near_the_score_interval_in_large_counts():
    ours = poisson_ratio_interval(400, 1000, 300, 1500)
    assert ours == pytest.approx(confint_poisson_2indep(400, 1000, 300, 1500, compare="ratio", method="score"), rel=0.01)


def test_poisson_ratio_to_nothing_has_no_upper_end():
    assert poisson_ratio_interval(5, 10, 0, 10)[1] == np.inf
    assert np.isnan(poisson_ratio_interval(0, 10, 0, 10)).all()


def test_stages_that_feel_alike_are_pulled_together_and_well_known_ones_stay():
    assert pool([0.9, 1.0, 1.1], [0.5, 0.5, 0.5]) == pytest.approx([1.0, 1.0, 1.0])
    known, unknown = pool([-1.0, 1.0], [0.001, 1.0])
    assert abs(known + 1.0) < abs(unknown - 1.0)


def test_pooling_beats_raw_means_where_stages_feel_alike():
    rng = np.random.default_rng(4)
    raw_error = pooled_error = 0.0
    for _ in range(200):
        means = rng.normal(0.5, 1.1 / np.sqrt(12), 5)
        raw_error += ((means - 0.5) ** 2).sum()
        pooled_error += ((pool(means, np.full(5, 1.1**2 / 12)) - 0.5) ** 2).sum()
    assert pooled_error < raw_error / 2


def test_colleagues_who_disagree_are_no_better_evidence_than_strangers():
    """Within each account the answers cancel out, so that the accounts' own spread is 0: the mean is not known exactly."""
    answers, accounts = [1.0, -1.0] * 3, ["a", "a", "b", "b", "c", "c"]
    counted = t_interval(answers, accounts)
    plain = np.std(answers, ddof=1) / np.sqrt(6)
    assert counted.hi == pytest.approx(scipy_stats.t.ppf(0.975, 3 - 1) * plain)


def test_student_interval_covers_the_truth_in_95_of_100():
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(1000):
        counted = t_interval(rng.choice([-2, -1, 0, 1, 2], 30, p=[0.1, 0.2, 0.2, 0.3, 0.2]))
        covered += counted.lo <= 0.3 <= counted.hi
    assert 930 <= covered <= 970


def test_clustered_wilson_covers_the_truth_where_the_plain_one_does_not():
    rng = np.random.default_rng(6)
    plain = clustered = 0
    for _ in range(400):
        chance = rng.beta(1.2, 2.8, 40)  # accounts differ; on average .3
        n = np.full(40, 12)
        k = rng.binomial(n, chance)
        plain_lo, plain_hi = wilson(k.sum(), n.sum())
        lo, hi = wilson_clustered(k, n)
        plain, clustered = plain + (plain_lo <= 0.3 <= plain_hi), clustered + (lo <= 0.3 <= hi)
    assert clustered / 400 > 0.92
    assert plain / 400 < 0.80
