"""The arithmetic of what-if: golden numbers of practice C2, and the worst of equals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeylib.improve.what_if import draw_rates, extra_conversions, joint_gain, shapley_split, shrink

N, RATES, TARGETS = 10_000, [0.30, 0.40, 0.50, 0.25], [0.35, 0.45, 0.60, 0.30]
shares = st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)), min_size=1, max_size=6)


def test_each_stage_alone_gives_the_golden_extra_sales():
    assert extra_conversions(N, RATES, TARGETS) == pytest.approx([25.0, 18.75, 30.0, 30.0], abs=1e-9)
    assert extra_conversions(N, RATES, TARGETS)[1] == pytest.approx(10_000 * 0.30 * 0.50 * 0.25 * (0.45 - 0.40), abs=1e-9)


def test_all_stages_together_give_more_than_the_sum_of_each_alone():
    assert joint_gain(N, RATES, TARGETS) == pytest.approx(133.5, abs=1e-9)
    assert extra_conversions(N, RATES, TARGETS).sum() == pytest.approx(103.75, abs=1e-9)


def test_the_joint_gain_is_split_by_shapley():
    assert shapley_split(N, RATES, TARGETS).round(2).tolist() == [32.34, 24.76, 38.2, 38.2]


@given(shares)
def test_the_split_sums_to_the_joint_gain(pairs):
    rates, targets = zip(*pairs, strict=True)
    assert shapley_split(1, rates, targets).sum() == pytest.approx(joint_gain(1, rates, targets), abs=1e-9)


@given(shares, st.randoms(use_true_random=False))
def test_the_order_of_the_stages_changes_nothing(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    alone, alone_shuffled = (extra_conversions(1, *zip(*some, strict=True)) for some in (pairs, shuffled))
    assert sorted(alone) == pytest.approx(sorted(alone_shuffled), abs=1e-9)
    assert joint_gain(1, *zip(*pairs, strict=True)) == pytest.approx(joint_gain(1, *zip(*shuffled, strict=True)), abs=1e-9)


def test_draws_centre_on_what_was_counted():
    draws = draw_rates([30], [100], np.random.default_rng(1), 50_000)
    assert draws.mean() == pytest.approx((0.5 + 30) / (1 + 100), abs=0.001)


def worst_of_five_equal_stages(estimate):
    """Mean of (share on measuring again − share as ranked) for the stage that looked worst of five equal ones, n = 200 each."""
    rng, bettered = np.random.default_rng(3), []
    for _ in range(3000):
        shares = rng.binomial(200, 0.4, size=5) / 200
        ranked = estimate(shares)
        bettered.append(0.4 - ranked.min())
    return float(np.mean(bettered))


def test_the_worst_of_five_equal_stages_betters_itself_by_four_points():
    assert worst_of_five_equal_stages(lambda shares: shares) == pytest.approx(0.040, abs=0.002)


def test_shrunken_shares_take_most_of_that_away():
    assert worst_of_five_equal_stages(lambda shares: shrink(shares, shares * (1 - shares) / 200)) < 0.040 / 3


def test_stages_that_differ_for_certain_are_left_nearly_as_they_are():
    shares = np.array([0.1, 0.4, 0.8])
    assert shrink(shares, shares * (1 - shares) / 1000) == pytest.approx(shares, abs=0.003)


def test_two_stages_cannot_tell_how_much_stages_differ():
    assert shrink([0.1, 0.4], [0.01, 0.01]).tolist() == [0.1, 0.4]
