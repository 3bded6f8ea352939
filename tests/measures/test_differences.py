"""Differences between two groups that may share units, against libraries we did not write."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from journeylib.measures.unit_pairs import difference_of_shares

CASES = st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.booleans()), min_size=2, max_size=40).filter(lambda rows: len({first for first, _, _ in rows}) == 2)


def of(rows):
    first, unit, yes = (np.array(column) for column in zip(*rows, strict=True))
    return first, unit, yes


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.floats(0, 1))
def test_with_one_case_a_unit_it_is_newcombes_interval_and_the_test_of_two_proportions(n, n_other, share, share_other):
    k, k_other = round(share * n), round(share_other * n_other)
    told = difference_of_shares(np.arange(n) < k, np.arange(n), np.arange(n_other) < k_other, n + np.arange(n_other))
    assert (told.lo, told.hi) == pytest.approx(confint_proportions_2indep(k, n, k_other, n_other, method="newcomb", compare="diff"), abs=1e-9)
    if 0 < k + k_other < n + n_other:
        assert told.p == pytest.approx(proportions_ztest([k, k_other], [n, n_other])[1])


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_turned_round_the_difference_changes_its_sign_alone(rows):
    first, unit, yes = of(rows)
    there = difference_of_shares(yes[first], unit[first], yes[~first], unit[~first])
    back = difference_of_shares(yes[~first], unit[~first], yes[first], unit[first])
    assert (back.difference, back.lo, back.hi, back.p) == pytest.approx((-there.difference, -there.hi, -there.lo, there.p), abs=1e-9, nan_ok=True)


def test_units_that_stand_on_both_sides_make_the_difference_surer():
    """Accounts differ, but each does on one side as on the other."""
    unit = np.repeat(np.arange(20), 5)
    yes = np.repeat(np.arange(20) < 10, 5)
    same = difference_of_shares(yes, unit, yes, unit)
    apart = difference_of_shares(yes, unit, yes, unit + 20)
    assert same.hi - same.lo < (apart.hi - apart.lo) / 5
    assert same.p == apart.p == 1


def test_none_of_twelve_is_not_known_to_be_nobody():
    told = difference_of_shares(np.zeros(12, dtype=bool), np.arange(12), np.arange(80) < 4, 12 + np.arange(80))
    assert told.lo < 0 < told.hi
    assert told.p > 0.05
