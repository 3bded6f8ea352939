"""A sum of many numbers is what `math.fsum` makes of them, to the last bit and in any order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.measures.exact_sums import exact_sum
from journeylib.measures.stats import mean_of


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-1e300, 1e300)))
def test_numbers_of_any_size_add_up_as_fsum_has_it(values):
    assert exact_sum(np.array(values)) == math.fsum(values)


@pytest.mark.parametrize("scale", [0, 5, 100], ids=["alike", "spread", "far apart"])
def test_so_many_that_they_are_taken_in_pieces_add_up_as_fsum_has_it(scale):
    rng = np.random.default_rng(1)
    values = rng.normal(size=100_000) * np.exp(scale * rng.normal(size=100_000))
    assert exact_sum(values) == math.fsum(values) == exact_sum(rng.permutation(values))


def test_what_cancels_leaves_what_is_left():
    assert exact_sum([1e16, 1.0, -1e16]) == 1.0
    assert exact_sum([5e-324] * 3) == 1.5e-323  # the smallest numbers there are


def test_nothing_adds_up_to_nought_and_what_is_missing_stays_missing():
    assert exact_sum([]) == 0.0
    assert math.isnan(exact_sum([1.0, np.nan]))
    assert exact_sum([np.inf, 1.0]) == np.inf
    assert exact_sum([1.7e308, -1.7e308, 2.0]) == 2.0


def test_a_mean_of_whole_numbers_is_their_sum_over_how_many():
    assert mean_of([1, 2, 2]) == 5 / 3
    assert mean_of(np.array([1, 2, 2], dtype=np.int8)) == 5 / 3
