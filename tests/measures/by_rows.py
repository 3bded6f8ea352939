"""The difference of two shares from rows, one a case: the other road to what the library makes of sums over units."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import t as student

from journeylib.measures.clustered import Difference
from journeylib.measures.stats import design_effect, wilson_clustered


def difference_of_shares(yes_first, unit_first, yes_second, unit_second) -> Difference:
    """Share among the first minus share among the second, which may hold the same units.

    Each side's Wilson ends with its design effect, squared and added, less twice what the sides have in common (Newcombe 1998,
    method 10 and its paired form): lo = d − √(δ₁² + ε₀² − 2ρ δ₁ ε₀), ρ the correlation of the two shares over units. So 0 of 12
    is not known to be nobody. p by the score test, from the share of both together;
    Student's where units have several.
    """
    sides = [pd.DataFrame({"k": np.asarray(yes, dtype=float), "n": 1.0}).groupby(np.asarray(unit)).sum() for yes, unit in
             ((yes_first, unit_first), (yes_second, unit_second))]  # fmt: skip
    if sides[0].empty or sides[1].empty:
        return Difference(np.nan, np.nan, np.nan, np.nan)
    (k1, n1), (k0, n0) = (side.sum() for side in sides)
    difference = k1 / n1 - k0 / n0
    n_units = len(sides[0].index.union(sides[1].index))
    if n_units < 2:
        return Difference(difference, np.nan, np.nan, np.nan)
    (lo1, hi1), (lo0, hi0) = (wilson_clustered(side["k"], side["n"]) for side in sides)
    together = _correlation(*sides)
    below, above = (span(one, other, together) for one, other in ((k1 / n1 - lo1, hi0 - k0 / n0), (hi1 - k1 / n1, k0 / n0 - lo0)))
    share, (v1, v0) = (k1 + k0) / (n1 + n0), (design_effect(side["k"], side["n"]) / side["n"].sum() for side in sides)
    se = np.sqrt(share * (1 - share)) * span(np.sqrt(v1), np.sqrt(v0), together)
    freedom = np.inf if n1 + n0 == n_units else n_units - 1
    p = float(2 * student.sf(abs(difference) / se, freedom)) if se > 0 else float(difference == 0)
    return Difference(float(difference), float(difference - below), float(difference + above), p)


def span(one, other, together) -> float:
    """The half-width of a difference from those of its sides and how far these go together."""
    return float(np.sqrt(max(0.0, one**2 + other**2 - 2 * together * one * other)))


def _correlation(first, second) -> float:
    """Of the two shares, over the units that stand on both sides."""
    off = [(side["k"] - side["k"].sum() / side["n"].sum() * side["n"]) for side in (first, second)]
    spread = math.sqrt(math.fsum(off[0] ** 2) * math.fsum(off[1] ** 2))
    return math.fsum((off[0] * off[1]).dropna()) / spread if spread > 0 else 0.0
