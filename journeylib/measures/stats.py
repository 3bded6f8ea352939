"""Intervals: what a share, a mean or a ratio may be, given how few were asked and who belongs together.

Every interval here is two-sided at 95 % unless told otherwise. Where several journeys belong to one unit (a person, an
account), they are not as many pieces of evidence as there are journeys: `share` widens the interval by the design effect.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import stats as distributions

from journeylib.measures.exact_sums import exact_sum

LEVEL = 0.95


class Share(NamedTuple):
    """A share that does not travel alone: how many could, how many did, and between what it may lie."""

    n: int
    n_yes: int
    rate: float
    lo: float
    hi: float
    n_units: int


class Ratio(NamedTuple):
    """A ratio of two sums with its interval; the ends are missing where one unit alone was seen."""

    ratio: float
    lo: float
    hi: float


class Mean(NamedTuple):
    """A mean with its interval; the ends are missing where one unit alone was asked."""

    n: int
    mean: float
    lo: float
    hi: float


def wilson(k, n, level: float = LEVEL):
    """Wilson's interval of a share k / n (Wilson 1927): between 0 and 1 also for 0 of 8.

    Centre (p + z²/2n) / (1 + z²/n), half-width z √(p(1 − p)/n + z²/4n²) / (1 + z²/n). `k` and `n` are numbers or arrays;
    n may be a fraction (an effective number). Missing where n is 0.

    >>> [round(float(end), 3) for end in wilson(0, 8)]
    [0.0, 0.324]
    """
    k, n = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    z = z_value(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = k / n
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    lo = np.where(k == 0, np.where(n > 0, 0.0, np.nan), np.clip(centre - half, 0, 1))
    hi = np.where((k == n) & (n > 0), 1.0, np.clip(centre + half, 0, 1))
    return lo[()], hi[()]


def design_effect(yes_by_unit, n_by_unit) -> float:
    """How many times wider the variance of a share is because journeys of one unit resemble one another; at least 1.

    Variance of the ratio p = Σk / Σn over U units, linearised: U/(U − 1) · Σ(k − p n)² / (Σn)², over that of as many
    independent journeys, p(1 − p) / (Σn − 1) (Cochran 1977, ch. 10). Where the data cannot show it (one unit, or p is 0
    or 1), units are taken to be alike throughout: Σn² / Σn.
    """
    k, n = np.asarray(yes_by_unit, dtype=float), np.asarray(n_by_unit, dtype=float)
    k, n = k[n > 0], n[n > 0]
    if len(n) == 0 or n.max() <= 1:
        return 1.0
    total, p = n.sum(), k.sum() / n.sum()
    if len(n) == 1 or p in (0, 1):
        return float((n**2).sum() / total)
    clustered = len(n) / (len(n) - 1) * math.fsum((k - p * n) ** 2) / total**2
    return float(max(1.0, clustered / (p * (1 - p) / (total - 1))))


def wilson_clustered(yes_by_unit, n_by_unit, level: float = LEVEL):
    """Wilson's interval of Σk / Σn with n divided by the design effect: n_eff = Σn / deff."""
    k, n = float(np.sum(yes_by_unit)), float(np.sum(n_by_unit))
    deff = design_effect(yes_by_unit, n_by_unit)
    return wilson(k / deff, n / deff, level)


def share(yes_by_unit, n_by_unit) -> Share:
    """The share Σk / Σn with its interval by unit; missing where nobody could."""
    n_by_unit = np.asarray(n_by_unit)
    k, n = int(np.sum(yes_by_unit)), int(n_by_unit.sum())
    lo, hi = wilson_clustered(yes_by_unit, n_by_unit)
    return Share(n, k, k / n if n else np.nan, float(lo), float(hi), int((n_by_unit > 0).sum()))


def share_by_unit(yes, unit) -> Share:
    """The share of True among `yes`, one value a journey, with `unit` the unit each belongs to (codes 0 …)."""
    yes, unit = np.asarray(yes, dtype=bool), np.asarray(unit, dtype=np.int64)
    if len(unit) == 0:
        return Share(0, 0, np.nan, np.nan, np.nan, 0)
    unit = np.unique(unit, return_inverse=True)[1] if unit.max() > 4 * len(unit) + 1000 else unit
    return share(np.bincount(unit[yes], minlength=unit.max() + 1), np.bincount(unit))


def unit_codes(unit) -> np.ndarray:
    """Units numbered 0, 1 … in their order; whole numbers close to one another need no sorting."""
    unit = np.asarray(unit)
    if not len(unit) or unit.dtype.kind not in "iu":
        return np.unique(unit, return_inverse=True)[1]
    least, most = int(unit.min()), int(unit.max())
    if most - least > 4 * len(unit) + 1000:
        return np.unique(unit, return_inverse=True)[1]
    is_there = np.zeros(most - least + 1, dtype=bool)
    is_there[unit - least] = True
    return (np.cumsum(is_there) - 1)[unit - least]


def t_interval(values, unit=None, level: float = LEVEL, *, within: tuple[float, float] = (-math.inf, math.inf)) -> Mean:
    """Mean of one value a customer, with Student's interval; by unit where several customers belong to one account.

    Variance of the mean: U/(U − 1) · Σ_u (Σ_i (x − x̄))² / n², with U − 1 degrees of freedom; at least the ordinary s² / n,
    which it is with one customer a unit: colleagues who happen to disagree are no better evidence than strangers. `within`: the
    ends of the scale, beyond which no mean can lie.

    >>> t_interval([9, 10, 10], within=(0, 10)).hi
    10.0
    """
    values = np.asarray(values, dtype=float)
    unit = np.arange(len(values)) if unit is None else unit_codes(unit)
    n, n_units = len(values), int(unit.max(initial=-1)) + 1
    if n == 0:
        return Mean(0, np.nan, np.nan, np.nan)
    mean = mean_of(values)
    if n_units < 2:
        return Mean(n, float(mean), np.nan, np.nan)
    half = distributions.t.ppf((1 + level) / 2, n_units - 1) * standard_error(values, unit)
    return Mean(n, float(mean), float(max(mean - half, within[0])), float(min(mean + half, within[1])))


def standard_error(values, unit) -> float:
    """Standard error of a mean whose values belong to two or more units (codes 0 …): see `t_interval`."""
    values, unit = np.asarray(values, dtype=float), unit_codes(unit)
    n, n_units, off = len(values), int(unit.max()) + 1, values - mean_of(values)
    alone = by_unit = exact_sum(off**2)
    if n_units < n:
        order = np.argsort(values, kind="stable")
        by_unit = exact_sum(np.bincount(unit[order], weights=off[order]) ** 2)
    return float(max(np.sqrt(n_units / (n_units - 1) * by_unit) / n, np.sqrt(alone / (n - 1) / n)))


def mean_of(values) -> float:
    """The mean, the same to the last bit in whatever order the values stand: customers stand in the order of their pseudonyms."""
    return exact_sum(values) / len(values)


def newcombe(k, n, k_other, n_other, level: float = LEVEL) -> tuple[float, float, float]:
    """k/n − k'/n' of two groups that share no unit, with Newcombe's interval (1998, method 10: Wilson's ends squared and added).

    >>> [round(value, 4) for value in newcombe(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    if not (n > 0 and n_other > 0):
        return np.nan, np.nan, np.nan
    p, other = k / n, k_other / n_other
    (lo, hi), (lo_other, hi_other) = wilson(k, n, level), wilson(k_other, n_other, level)
    return p - other, float(p - other - np.hypot(p - lo, hi_other - other)), float(p - other + np.hypot(hi - p, other - lo_other))


def poisson_ratio_interval(count, of, count_other, of_other, level: float = LEVEL) -> tuple[float, float]:
    """Exact interval of the ratio (count / of) : (count_other / of_other) of two Poisson rates.

    Given the sum of the counts the first is binomial with share r·of / (r·of + of_other); Clopper–Pearson's ends of that
    share, turned back into r (Przyborowski & Wilenski 1940). The upper end is infinite where the other count is 0.

    >>> [round(end, 2) for end in poisson_ratio_interval(10, 1, 10, 1)]
    [0.37, 2.68]
    """
    if not (of > 0 and of_other > 0) or count + count_other == 0:
        return np.nan, np.nan
    tail = (1 - level) / 2
    lo = 0.0 if count == 0 else distributions.beta.ppf(tail, count, count_other + 1)
    hi = 1.0 if count_other == 0 else distributions.beta.ppf(1 - tail, count + 1, count_other)
    scale = of_other / of
    return float(lo / (1 - lo) * scale), float(hi / (1 - hi) * scale) if hi < 1 else np.inf


def ratio_interval(counts, of, unit, level: float = LEVEL) -> Ratio:
    """Σ counts / Σ of, e.g. contacts over months, with Student's interval by unit; never below 0.

    Linearised: se² = U/(U − 1) Σ_u (Σ_i (c − r m))² / (Σ m)² (Cochran 1977, ch. 6).

    >>> [round(value, 2) for value in ratio_interval([2, 4, 3, 3], [1, 2, 1, 2], [0, 1, 2, 3])]
    [2.0, 1.13, 2.87]
    """
    counts, of, unit = np.asarray(counts, dtype=float), np.asarray(of, dtype=float), np.unique(unit, return_inverse=True)[1]
    total, n_units = math.fsum(of), int(unit.max()) + 1 if len(unit) else 0
    if not total > 0:
        return Ratio(np.nan, np.nan, np.nan)
    ratio = math.fsum(counts) / total
    if n_units < 2:
        return Ratio(ratio, np.nan, np.nan)
    by_unit = np.bincount(unit, weights=counts - ratio * of)
    half = distributions.t.ppf((1 + level) / 2, n_units - 1) * np.sqrt(n_units / (n_units - 1) * math.fsum(by_unit**2)) / total
    return Ratio(ratio, float(max(0.0, ratio - half)), float(ratio + half))


def pool(means, variances) -> np.ndarray:
    """Each mean pulled towards the mean of all by how little is known about it (random effects; C4).

    w m_i + (1 − w) m, w = τ² / (τ² + v_i), with τ² by DerSimonian & Laird (1986) and m the mean weighted by 1/(v + τ²).
    Missing for fewer than two means.

    >>> pool([0.0, 1.0], [1.0, 1.0]).tolist()
    [0.5, 0.5]
    """
    means, variances = np.asarray(means, dtype=float), np.asarray(variances, dtype=float)
    if len(means) < 2 or not (variances > 0).all():
        return np.full(len(means), np.nan)
    weight = 1 / variances
    fixed = (weight * means).sum() / weight.sum()
    spread = (weight * (means - fixed) ** 2).sum() - (len(means) - 1)
    tau2 = max(0.0, spread / (weight.sum() - (weight**2).sum() / weight.sum()))
    total = 1 / (variances + tau2)
    overall = (total * means).sum() / total.sum()
    keep = tau2 / (tau2 + variances)
    return keep * means + (1 - keep) * overall


def widened(n: int, level: float = LEVEL) -> float:
    """How much wider an interval must be for the largest of n, picked because it is the largest, to be held to the level (Bonferroni).

    >>> round(widened(1), 2), round(widened(6), 2)
    (1.0, 1.35)
    """
    return z_value(1 - (1 - level) / max(n, 1)) / z_value(level)


@cache
def z_value(level: float = LEVEL) -> float:
    """The normal quantile of a two-sided level: 1.96 at 95 %."""
    return float(distributions.norm.ppf((1 + level) / 2))
