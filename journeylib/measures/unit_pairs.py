"""Two shares that may hold the same units, as sums that add up over blocks of whole units, and their difference."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from journeylib.measures.clustered import Difference
from journeylib.measures.stats import unit_codes
from journeylib.measures.unit_counts import UnitCounts, effect_of, share_of


class UnitPairs(NamedTuple):
    """Sums over units with n cases and y yes on one side, m and z on the other. Numbers or arrays.

    Attributes
    ----------
    first, second : of each side. nm, nz, ym, yz : Σ of the products of both. n_both : units with a case on either side.
    """

    first: UnitCounts
    second: UnitCounts
    nm: int
    nz: int
    ym: int
    yz: int
    n_both: int

    def __add__(self, other: UnitPairs) -> UnitPairs:
        return UnitPairs(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


_ONE = np.ones((1, 1))


def pair_sums(n, y, m, z) -> UnitPairs:
    """The sums of (units, cells) arrays of cases and yes on both sides; (cells,) arrays."""
    (n, y, m, z), times = _told_apart(*(np.asarray(values) for values in (n, y, m, z)))
    sides = [((a, _ONE), (b, _ONE), (a, a), (a, b), (b, b), (a > 0, _ONE)) for a, b in ((n, y), (m, z))]
    both = ((n, m), (n, z), (y, m), (y, z), ((n > 0) | (m > 0), _ONE))
    return UnitPairs(*(UnitCounts(*(_sums(times, *pair) for pair in side)) for side in sides), *(_sums(times, *pair) for pair in both))


def _told_apart(n, y, m, z):
    """Four counts of each unit, and how many units have them: where all are below four, the 256 that may be; else unit by unit."""
    if any(values.dtype.kind not in "bui" or values.max(initial=0) > 3 for values in (n, y, m, z)):
        return [values.astype(np.float64) for values in (n, y, m, z)], _ONE
    all_four = (n | y << 2 | m << 4 | z << 6).astype(np.uint8)
    times = np.stack([np.bincount(cell, minlength=256) for cell in all_four.T], axis=1)
    return [(np.arange(256)[:, None] >> shift & 3).astype(np.float64) for shift in (0, 2, 4, 6)], times


def _sums(times, one, other):
    """Σ over units of the product of two columns, by cell; whole numbers, and exact below 2⁵³."""
    return np.einsum("uc,uc,uc->c", times, one, other, dtype=np.float64, casting="unsafe").astype(np.int64)


def each_and_the_rest(unit, group, yes, n_groups: int) -> UnitPairs:
    """Each group beside all others: one row a case, its unit, its group (−1 = not known, left out) and whether it is a yes; (n_groups,) arrays."""
    known = group >= 0
    unit, group, yes = unit_codes(unit[known]), group[known].astype(np.int64), np.asarray(yes, dtype=np.int64)[known]
    whole_n, whole_y = np.bincount(unit), np.bincount(unit, weights=yes).astype(np.int64)
    of, group, n, y = _by_unit_and_group(unit, group, yes, len(whole_n), n_groups)
    m, z = whole_n[of], whole_y[of]
    nn, ny, yy, nm, nz, ym, yz = (_sum(group, values, n_groups) for values in (n * n, n * y, y * y, n * m, n * z, y * m, y * z))
    first = UnitCounts(_sum(group, n, n_groups), _sum(group, y, n_groups), nn, ny, yy, _sum(group, n > 0, n_groups))
    all_of = [int(values.sum()) for values in (whole_n, whole_y, whole_n * whole_n, whole_n * whole_y, whole_y * whole_y)]
    second = UnitCounts(all_of[0] - first.n, all_of[1] - first.n_yes, all_of[2] - 2 * nm + nn, all_of[3] - ym - nz + ny, all_of[4] - 2 * yz + yy,
                        len(whole_n) - _sum(group, n == m, n_groups))  # fmt: skip
    return UnitPairs(first, second, nm - nn, nz - ny, ym - ny, yz - yy, np.full(n_groups, len(whole_n)))


def _by_unit_and_group(unit, group, yes, n_units, n_groups):
    """Unit, group, cases and yes of every unit in every group it is in; as they stand where each unit has a single case there."""
    key = unit * n_groups + group
    if n_units == len(unit) or (key[1:] > key[:-1]).all():
        return unit, group, np.ones(len(unit), dtype=np.int64), yes
    key, place, n = np.unique(key, return_inverse=True, return_counts=True)
    return key // n_groups, key % n_groups, n, np.bincount(place, weights=yes, minlength=len(key)).astype(np.int64)


def _sum(group, values, n_groups):
    return np.bincount(group, weights=values, minlength=n_groups).astype(np.int64)


def difference_of_shares(yes_first, unit_first, yes_second, unit_second) -> Difference:
    """Share among the first minus share among the second, from one row a case: whether it is a yes, and its unit (see `difference_of`)."""
    units = unit_codes(np.concatenate([np.asarray(unit_first), np.asarray(unit_second)]))
    sides = np.split(units, [len(unit_first)])
    n_units = int(units.max(initial=-1)) + 1
    counted = [np.bincount(of, minlength=n_units)[:, None] for codes, yes in zip(sides, (yes_first, yes_second), strict=True)
               for of in (codes, codes[np.asarray(yes, dtype=bool)])]  # fmt: skip
    return difference_of(place_of(pair_sums(*counted), 0))


def difference_of(pairs: UnitPairs) -> Difference:
    """The first share minus the second, which may hold the same units.

    Each side's Wilson ends with its design effect, squared and added, less twice what the sides have in common (Newcombe 1998,
    method 10 and its paired form): lo = d − √(δ₁² + ε₀² − 2ρ δ₁ ε₀), ρ the correlation of the two shares over units. So 0 of 12
    is not known to be nobody. p by the score test, from the share of both together; Student's where units have several.
    """
    first, second = (UnitCounts(*map(int, side)) for side in pairs[:2])
    if not first.n or not second.n:
        return Difference(np.nan, np.nan, np.nan, np.nan)
    ours, theirs = share_of(first), share_of(second)
    difference = ours.rate - theirs.rate
    if pairs.n_both < 2:
        return Difference(difference, np.nan, np.nan, np.nan)
    together = _correlation(first, second, pairs)
    below, above = (_span(*ends, together) for ends in ((ours.rate - ours.lo, theirs.hi - theirs.rate), (ours.hi - ours.rate, theirs.rate - theirs.lo)))
    share = (first.n_yes + second.n_yes) / (first.n + second.n)
    se = math.sqrt(share * (1 - share)) * _span(*(math.sqrt(effect_of(side) / side.n) for side in (first, second)), together)
    freedom = np.inf if first.n + second.n == pairs.n_both else int(pairs.n_both) - 1
    p = float(2 * student.sf(abs(difference) / se, freedom)) if se > 0 else float(difference == 0)
    return Difference(difference, difference - below, difference + above, p)


def _span(one, other, together) -> float:
    """The half-width of a difference from those of its sides and how far these go together."""
    return float(np.sqrt(max(0.0, one**2 + other**2 - 2 * together * one * other)))


def _correlation(first, second, pairs) -> float:
    """Of the two shares over units: Σ (y − pn)(z − qm) over the root of both sums of squares."""
    p, q = (Fraction(side.n_yes, side.n) for side in (first, second))
    spread = math.sqrt(float(_squares(first)) * float(_squares(second)))
    nm, nz, ym, yz = map(int, pairs[2:6])
    return float(yz - p * nz - q * ym + p * q * nm) / spread if spread > 0 else 0.0


def _squares(side: UnitCounts) -> Fraction:
    """Σ over units of (y − pn)²."""
    p = Fraction(side.n_yes, side.n)
    return side.yy - 2 * p * side.ny + p * p * side.nn


def place_of(pairs: UnitPairs, place) -> UnitPairs:
    """The sums of one cell."""
    sides = [UnitCounts(*(int(values[place]) for values in side)) for side in pairs[:2]]
    return UnitPairs(*sides, *(int(values[place]) for values in pairs[2:]))
