"""What a share by unit is made of, as sums that add up over blocks of whole units: nobody's row is kept.

Wilson's interval of a share needs how often and of how many; the design effect of the unit (`stats.design_effect`) needs the squares
and the product of both by unit. All are whole numbers, so a log gives the same share in whatever blocks it is counted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from journeylib.measures.stats import Share, unit_codes, wilson


class UnitCounts(NamedTuple):
    """Sums over units, each with n cases of which y are a yes: Σn, Σy, Σn², Σny, Σy² and how many units have a case. Numbers or arrays."""

    n: int
    n_yes: int
    nn: int
    ny: int
    yy: int
    n_units: int

    def __add__(self, other: UnitCounts) -> UnitCounts:
        return UnitCounts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


NOTHING = UnitCounts(0, 0, 0, 0, 0, 0)


def count_units(yes, unit) -> UnitCounts:
    """The sums of one case a row: whether it is a yes, and the unit it belongs to (whole numbers)."""
    yes, unit = np.asarray(yes, dtype=bool), unit_codes(unit)
    if int(unit.max(initial=-1)) + 1 == len(unit):  # each has one case
        n, n_yes = len(unit), int(np.count_nonzero(yes))
        return UnitCounts(n, n_yes, n, n_yes, n_yes, n)
    return sums_of(np.bincount(unit, minlength=1), np.bincount(unit[yes], minlength=int(unit.max(initial=0)) + 1))


def sums_of(n, n_yes) -> UnitCounts:
    """The sums of one unit a row: how many cases it has, and how many of them are a yes."""
    n, y = np.asarray(n, dtype=np.int64), np.asarray(n_yes, dtype=np.int64)
    return UnitCounts(int(n.sum()), int(y.sum()), int((n * n).sum()), int((n * y).sum()), int((y * y).sum()), int((n > 0).sum()))


def sums_by(cell, n, n_yes, n_cells: int) -> UnitCounts:
    """The sums of each cell (codes 0 … n_cells − 1), of one row a unit and cell; (n_cells,) arrays."""
    n, y = np.asarray(n, dtype=np.int64), np.asarray(n_yes, dtype=np.int64)
    return UnitCounts(*(np.bincount(cell, weights=values, minlength=n_cells).astype(np.int64) for values in (n, y, n * n, n * y, y * y, n > 0)))


def effect_of(counts: UnitCounts) -> float:
    """The design effect, as `stats.design_effect` defines it: U/(U − 1) · Σ(y − pn)² (N − 1) / (N² p (1 − p)), at least 1."""
    n, y, nn, ny, yy, n_units = (int(value) for value in counts)
    if n == 0 or nn <= n:
        return 1.0
    if n_units == 1 or y in (0, n):
        return nn / n
    squares = n * n * yy - 2 * y * n * ny + y * y * nn  # N² Σ(y − pn)²
    return max(1.0, n_units * squares * (n - 1) / ((n_units - 1) * n * n * y * (n - y)))


def share_of(counts: UnitCounts) -> Share:
    """The share with its interval by unit; missing where nobody could."""
    n, y = int(counts.n), int(counts.n_yes)
    deff = effect_of(counts)
    lo, hi = wilson(y / deff, n / deff)
    return Share(n, y, y / n if n else np.nan, float(lo), float(hi), int(counts.n_units))
