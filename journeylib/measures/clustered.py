"""Differences between the means of groups whose journeys share units: what both sides say of one account is one piece of evidence. Of shares: `unit_pairs`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from journeylib.measures.stats import LEVEL, unit_codes


class Difference(NamedTuple):
    """A difference with its interval and its two-sided p; these are missing where one unit alone stands behind it (of means: behind either group)."""

    difference: float
    lo: float
    hi: float
    p: float


def difference_of_means(values, is_first, unit, stratum=None) -> Difference:
    """Mean of the first group minus that of the second, within strata, standard error by unit.

    d = Σ_s w_s (x̄₁ₛ − x̄₀ₛ) / Σ w_s with w_s = n₁ₛ n₀ₛ / (n₁ₛ + n₀ₛ) (Cochran's weights); strata with one group only do not
    count. Each value's influence is summed by unit, se² = Σ_u (Σ_i IF_i)², with the distances from a group's own mean widened by
    √(U_g/(U_g − 1)) of its units, for they lie nearer to it than to the true one; Student's t with Welch's degrees of freedom. With
    one value a unit and no strata this is Welch's test.
    """
    x, is_first, unit = np.asarray(values, dtype=float), np.asarray(is_first, dtype=bool), unit_codes(unit)
    stratum = np.zeros(len(x), dtype=np.int64) if stratum is None else unit_codes(np.asarray(stratum))
    n1, n0 = (np.bincount(stratum[side], minlength=int(stratum.max(initial=0)) + 1).astype(float) for side in (is_first, ~is_first))
    kept = ((n1 > 0) & (n0 > 0))[stratum]
    x, is_first, unit, stratum = (column[kept] for column in (x, is_first, unit, stratum))
    if not len(x):
        return Difference(np.nan, np.nan, np.nan, np.nan)
    group = 2 * stratum + is_first
    n = np.bincount(group)
    n_units = _units_in(group, unit, len(n))
    off = (x - (np.bincount(group, weights=x) / np.maximum(n, 1))[group]) * np.sqrt(n_units / np.maximum(n_units - 1, 1))[group]
    weight = n1 * n0 / np.maximum(n1 + n0, 1)
    share = (weight / weight.sum())[stratum] / n[group] * np.where(is_first, 1.0, -1.0)
    sides = [np.bincount(unit[side], weights=(share * off)[side], minlength=int(unit.max()) + 1) for side in (is_first, ~is_first)]
    there = [np.bincount(unit[side], minlength=int(unit.max()) + 1) > 0 for side in (is_first, ~is_first)]
    return _with_interval(float((share * x).sum()), *sides, *there)


def _units_in(group, unit, n_groups):
    """How many units each group has."""
    if n_groups <= 2:
        return np.array([np.count_nonzero(np.bincount(unit[group == one])) for one in range(n_groups)])
    return np.bincount(np.unique(group * (int(unit.max()) + 1) + unit) // (int(unit.max()) + 1), minlength=n_groups)


def _with_interval(difference, first, second, in_first, in_second) -> Difference:
    """From the influence of each unit on either side, and which units are there."""
    n_first, n_second = int(in_first.sum()), int(in_second.sum())
    if min(n_first, n_second) < 2:
        return Difference(difference, np.nan, np.nan, np.nan)
    se, squares = float(np.sqrt(((first + second) ** 2).sum())), [float((side**2).sum()) for side in (first, second)]
    if se == 0:
        return Difference(difference, difference, difference, float(difference == 0))
    welch = sum(squares) ** 2 / sum(square**2 / (n - 1) for square, n in zip(squares, (n_first, n_second), strict=True))
    freedom = min(welch, int((in_first | in_second).sum()) - 1)
    half = student.ppf((1 + LEVEL) / 2, freedom) * se
    return Difference(difference, difference - half, difference + half, float(2 * student.sf(abs(difference) / se, freedom)))
