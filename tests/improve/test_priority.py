"""Which action first: money a day of work with its spread, who is best how often, what to measure first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeylib.improve.priority import ice, rice, standings, value_of_knowing

RNG = np.random.default_rng(20260101)
N = 20_000
#: The simulated example of the method (C8): five actions with plain RICE 1280, 400, 384, 150 and 75.
REACH, IMPACT, CONFIDENCE, EFFORT = (800, 500, 600, 300, 500), (2, 2, 1, 1, 0.5), (0.8, 0.8, 0.64, 0.5, 0.3), (1, 2, 1, 1, 1)


def test_without_spread_the_order_is_plain_rice():
    plain = [rice(*each) for each in zip(REACH, IMPACT, CONFIDENCE, EFFORT, strict=True)]
    assert plain == pytest.approx([1280, 400, 384, 150, 75])
    values = np.tile(np.multiply(np.multiply(REACH, IMPACT), CONFIDENCE), (4, 1))
    assert [it.score for it in standings(values, np.tile(EFFORT, (4, 1)))] == pytest.approx(plain)


def test_second_and_third_of_nearly_equal_worth_cannot_be_told_apart():
    spread = np.exp(0.7 * RNG.standard_normal((N, 5)))
    it = standings(spread * [1280, 400, 384, 150, 75], np.ones((N, 5)))
    assert [round(each.p_best, 1) for each in it] == [0.8, 0.1, 0.1, 0.0, 0.0]
    assert sum(each.p_best for each in it) == pytest.approx(1)
    assert it[1].lo < it[2].score < it[1].hi


def test_the_action_that_is_better_in_all_is_always_the_best():
    low = RNG.random((N, 1))
    better, worse = standings(np.hstack([low + 1, low]), np.ones((N, 2)))
    assert (better.p_best, worse.p_best, better.p_top3, worse.p_top3) == (1, 0, 1, 1)
    assert not better.is_measured_first
    assert not worse.is_measured_first


def test_it_pays_to_measure_what_is_unsure_and_might_be_the_best():
    sure, unsure, small = np.full(N, 100.0), RNG.choice([0.0, 190.0], N), np.full(N, 5.0)
    # Known beforehand, the unsure one is taken half the time: (190 + 100) / 2 = 145, against 100 for the sure one.
    gain = value_of_knowing(np.column_stack([sure, unsure, small]))
    assert gain[1] == pytest.approx(0.45, abs=0.02)
    assert gain[2] == 0
    assert [it.is_measured_first for it in standings(np.column_stack([sure, unsure, small]), np.ones((N, 3)))] == [False, True, False]


@given(st.floats(0.01, 1000))
def test_another_currency_changes_no_order_and_no_chance(rate):
    values = np.random.default_rng(1).random((200, 4))
    one, other = (standings(values * factor, np.ones((200, 4))) for factor in (1, rate))
    assert [it.p_best for it in one] == [it.p_best for it in other]
    assert [it.score * rate for it in one] == pytest.approx([it.score for it in other])


def test_ice_is_the_product_of_its_three_parts():
    assert ice(5, 6, 8) == 5 * 6 * 8


def test_nothing_to_rank_gives_no_standings():
    assert standings(np.empty((10, 0)), np.empty((10, 0))) == []
