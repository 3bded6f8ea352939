"""What the mean of a whole number a journey is made of, by unit, as sums that add up over blocks of whole units."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from scipy import stats as distributions

from journeylib.measures.stats import LEVEL, Mean


class NumberSums(NamedTuple):
    """Sums over units of n values that sum to s: Σn, Σs, Σn², Σns, Σs², Σx² of the single values, how many units, and how often each value 0, 1, … is there."""

    n: int
    s: int
    nn: int
    ns: int
    ss: int
    xx: int
    n_units: int
    times: np.ndarray

    def __add__(self, other: NumberSums) -> NumberSums:
        times = np.zeros(max(len(self.times), len(other.times)), dtype=np.int64)
        times[: len(self.times)] += self.times
        times[: len(other.times)] += other.times
        return NumberSums(*(mine + theirs for mine, theirs in zip(self[:-1], other[:-1], strict=True)), times)

    @property
    def median(self) -> float:
        """The middle value, or the mean of the middle two."""
        upto = np.cumsum(self.times)
        return float(np.mean([np.searchsorted(upto, place, side="right") for place in ((self.n - 1) // 2, self.n // 2)]))


def sum_numbers(values, unit) -> NumberSums:
    """The sums of one value a row (whole numbers ≥ 0) and the unit it belongs to (codes 0 …)."""
    x = np.asarray(values, dtype=np.int64)
    n = np.bincount(unit)
    s = x if len(n) == len(x) and (n == 1).all() else np.bincount(unit, weights=x).astype(np.int64)
    return NumberSums(len(x), int(x.sum()), int(n @ n), int(n @ s), int(s @ s), int(x @ x), int((n > 0).sum()), np.bincount(x))


def interval_of(sums: NumberSums, level: float = LEVEL) -> Mean:
    """The mean with Student's interval by unit, as `stats.t_interval` has it of the same values, and never below 0."""
    if not sums.n:
        return Mean(0, np.nan, np.nan, np.nan)
    mean = sums.s / sums.n
    if sums.n_units < 2:
        return Mean(sums.n, mean, np.nan, np.nan)
    exact = Fraction(sums.s, sums.n)
    by_unit, alone = float(sums.ss - 2 * exact * sums.ns + exact * exact * sums.nn), float(sums.xx - exact * sums.s)
    error = max(math.sqrt(sums.n_units / (sums.n_units - 1) * by_unit) / sums.n, math.sqrt(alone / (sums.n - 1) / sums.n))
    half = distributions.t.ppf((1 + level) / 2, sums.n_units - 1) * error
    return Mean(sums.n, mean, float(max(mean - half, 0.0)), float(mean + half))
