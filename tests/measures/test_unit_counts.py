"""Shares and differences by unit from sums that add up equal those from everybody's rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.measures.stats import design_effect, share_by_unit
from journeylib.measures.unit_counts import count_units, effect_of, share_of
from journeylib.measures.unit_pairs import difference_of, each_and_the_rest, pair_sums, place_of
from tests.measures.by_rows import difference_of_shares

settings.register_profile("sums", max_examples=60, deadline=None)
settings.load_profile("sums")
CASES = st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.integers(-1, 2)), min_size=1, max_size=30)


def split(cases, at):
    """The cases of units below `at` and those of the others: two blocks of whole units."""
    return [case for case in cases if case[0] < at], [case for case in cases if case[0] >= at]


def columns(cases):
    unit, yes, group = (np.array(values, dtype=int) for values in zip(*cases, strict=True)) if cases else (np.array([], dtype=int),) * 3
    return unit, yes.astype(bool), group


@given(CASES, st.integers(0, 10))
def test_a_share_by_unit_is_the_same_from_sums_over_any_blocks_of_whole_units(cases, at):
    unit, yes, _ = columns(cases)
    parts = [count_units(block[1], block[0]) for block in map(columns, split(cases, at)) if len(block[0])]
    assert share_of(sum(parts[1:], start=parts[0])) == pytest.approx(share_by_unit(yes, unit), nan_ok=True)
    n, k = np.bincount(unit), np.bincount(unit[yes], minlength=unit.max() + 1)
    assert effect_of(count_units(yes, unit)) == pytest.approx(design_effect(k, n))


@given(CASES, st.integers(0, 10))
def test_the_difference_of_a_group_and_the_rest_is_the_same_from_sums_over_any_blocks_of_whole_units(cases, at):
    unit, yes, group = columns(cases)
    parts = [each_and_the_rest(block[0], block[2], block[1], 3) for block in map(columns, split(cases, at))]
    found = parts[0] + parts[1]
    for name in range(3):
        mine, others = group == name, (group >= 0) & (group != name)
        told = difference_of_shares(yes[mine], unit[mine], yes[others], unit[others])
        assert difference_of(place_of(found, name)) == pytest.approx(told, nan_ok=True, abs=1e-9)


@given(CASES, CASES)
def test_the_difference_of_two_shares_with_units_in_common_is_the_same_from_sums(first, second):
    counted = [np.zeros((10, 1), dtype=int) for _ in range(4)]
    for cases, (n, y) in ((first, counted[:2]), (second, counted[2:])):
        np.add.at(n[:, 0], columns(cases)[0], 1)
        np.add.at(y[:, 0], columns(cases)[0], columns(cases)[1])
    told = difference_of_shares(columns(first)[1], columns(first)[0], columns(second)[1], columns(second)[0])
    assert difference_of(place_of(pair_sums(*counted), 0)) == pytest.approx(told, nan_ok=True, abs=1e-9)


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=20))
def test_few_cases_a_unit_told_apart_by_how_many_have_them_add_up_as_unit_by_unit(units):
    n, y, m, z = (np.array(column)[:, None] for column in zip(*units, strict=True))
    found = place_of(pair_sums(n, y, m, z), 0)
    assert found == place_of(pair_sums(*(values.astype(float) for values in (n, y, m, z))), 0)
    assert (found.yz, found.second.nn) == (int((y * z).sum()), int((m * m).sum()))
