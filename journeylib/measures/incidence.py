"""Time to one of several ends: the exact Aalen–Johansen cumulative incidence, with ties (practice C1).

Whoever is still under way at the data cut is censored there: neither a loss nor left out. The ends compete: being lost is
not a way of waiting to go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from journeylib.measures.stats import LEVEL, unit_codes, wilson, z_value


@dataclass(frozen=True)
class Incidence:
    """Cumulative incidence of K competing ends at the T distinct times at which anybody ended.

    Attributes
    ----------
    at : (T,) times. n_at_risk : (T,) still under way just before.
    n_ended : (T, K) how many met each end then. share : (T, K) F_k. stayed : (T,) S; Σ F_k + S = 1.
    variance : (T, K) of F_k, Aalen's. longest : the longest time anyone was followed. n : how many started.
    durations : (n,) sorted, for counting who was still followed at any time.
    """

    at: np.ndarray
    n_at_risk: np.ndarray
    n_ended: np.ndarray
    share: np.ndarray
    stayed: np.ndarray
    variance: np.ndarray
    longest: float
    n: int
    durations: np.ndarray

    @cached_property
    def n_ended_by(self) -> np.ndarray:
        """(T, K) how many have met each end by each time."""
        return np.cumsum(self.n_ended, axis=0)


def cumulative_incidence(durations, ends, n_ends: int = 2) -> Incidence:
    """Aalen–Johansen's estimate: F_k(t) = Σ_{u ≤ t} S(u−) d_k(u) / r(u), S(u) = Π (1 − d(u) / r(u)).

    Parameters
    ----------
    durations : (n,) time to the end, or followed without one; any unit, kept in the result. At equal times ends come
        before censorings.
    ends : (n,) 0 = not ended when last seen, 1 … n_ends = which end.

    Examples
    --------
    Golden case F1, twelve leads: won 54.2 %, where counting the won among all says 41.7 %.

    >>> days = [3, 5, 8, 8, 12, 15, 20, 22, 30, 30, 41, 50]
    >>> ends = [1, 2, 1, 0, 1, 2, 0, 1, 2, 0, 1, 0]
    >>> cumulative_incidence(days, ends).share[-1].round(6).tolist()
    [0.541667, 0.289583]
    """
    durations, ends = np.asarray(durations), np.asarray(ends)
    followed = np.sort(durations)
    at, position = np.unique(durations[ends > 0], return_inverse=True)
    cell = position * n_ends + (ends[ends > 0] - 1)
    d_k = np.bincount(cell, minlength=len(at) * n_ends).reshape(len(at), n_ends)
    r = len(followed) - np.searchsorted(followed, at, side="left")
    stayed = np.cumprod(1 - d_k.sum(axis=1) / r)
    before = np.concatenate(([1.0], stayed[:-1]))[: len(at)]
    share = np.cumsum(before[:, None] * d_k / r[:, None], axis=0)
    return Incidence(at, r, d_k, share, stayed, _variance(r, d_k, before, share),
                     float(followed[-1]) if len(followed) else 0.0, len(followed), followed)  # fmt: skip


def _variance(r, d_k, before, share):
    """Aalen's variance of F_k (Marubini & Valsecchi 1995, 10.4), with its sums over u ≤ t written out as cumulative sums."""
    r, before = r[:, None].astype(float), before[:, None]
    hazard = _greenwood(r, d_k.sum(axis=1, keepdims=True))
    own = before * d_k / r**2
    all_ends = share**2 * np.cumsum(hazard, axis=0) - 2 * share * np.cumsum(share * hazard, axis=0) + np.cumsum(share**2 * hazard, axis=0)
    own_end = np.cumsum(before**2 * d_k * (r - d_k) / r**3, axis=0)
    both = share * np.cumsum(own, axis=0) - np.cumsum(share * own, axis=0)
    return np.maximum(all_ends + own_end - 2 * both, 0)


def _greenwood(r, d):
    """d / (r (r − d)); where the last one leaves it is multiplied by nothing, so 0."""
    left = r - d
    return np.divide(d, r * left, out=np.zeros(np.broadcast(r, d).shape), where=left > 0)


def share_at(incidence: Incidence, time: float, end: int) -> float:
    """F_end at a time; `end` counts from 1."""
    row = np.searchsorted(incidence.at, time, side="right") - 1
    return float(incidence.share[row, end - 1]) if row >= 0 else 0.0


def stayed_at(incidence: Incidence, time: float) -> float:
    """S at a time: the share that has met no end."""
    row = np.searchsorted(incidence.at, time, side="right") - 1
    return float(incidence.stayed[row]) if row >= 0 else 1.0


def interval_at(incidence: Incidence, time: float, end: int, *, deff: float = 1.0, level: float = LEVEL) -> tuple[float, float]:
    """Interval of F_end at a time: log-log, F^exp(± z · se / (F ln F)); where F is 0 or 1, Wilson's.

    `deff` widens the variance where several journeys belong to one unit. F = 0 is held against those still under way
    or known to have ended by that time, F = 1 against those that met the end.
    """
    row = np.searchsorted(incidence.at, time, side="right") - 1
    f = share_at(incidence, time, end)
    if f <= 0 or f >= 1 - 1e-12:
        return _certain_interval(incidence, time, end, f, deff)
    power = z_value(level) * np.sqrt(incidence.variance[row, end - 1] * deff) / (f * np.log(f))
    return float(f ** np.exp(-power)), float(f ** np.exp(power))


def _certain_interval(incidence, time, end, f, deff):
    n_yes = int(incidence.n_ended_by[-1, end - 1]) if f > 0 else 0
    still = incidence.n - int(np.searchsorted(incidence.durations, time, side="right"))
    n_steps = int(np.searchsorted(incidence.at, time, side="right"))
    n = n_yes or still + (int(incidence.n_ended_by[n_steps - 1].sum()) if n_steps else 0)
    if n == 0:
        return 0.0, 1.0
    lo, hi = wilson(n_yes / deff, n / deff)
    return float(lo), float(hi)


def time_until_left(incidence: Incidence, share: float) -> float:
    """Kaplan–Meier time by which a share of all have met some end; missing if the data do not reach it."""
    return _first(incidence.at, incidence.stayed <= 1 - share + 1e-12)


def time_until_end(incidence: Incidence, share: float, end: int) -> float:
    """Time by which a share of all who started have met one end; missing if the data do not reach it."""
    return _first(incidence.at, incidence.share[:, end - 1] >= share - 1e-12)


def quantile_interval(incidence: Incidence, share: float, *, deff: float = 1.0, level: float = LEVEL) -> tuple[float, float]:
    """Interval of the time by which a share has left, from the pointwise log-log band of staying (Brookmeyer & Crowley 1982); of an incidence of one end.

    The times t with |ln(−ln S(t)) − ln(−ln(1 − share))| ≤ z · se, up to the next at which anybody left; an end the data do not reach is missing.
    `deff` widens the variance where several journeys belong to one unit.
    """
    stayed = incidence.stayed
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(incidence.variance[:, 0] * deff) / np.abs(stayed * np.log(stayed))
        inside = np.flatnonzero(np.abs(np.log(-np.log(stayed)) - np.log(-np.log(1 - share))) <= z_value(level) * se)
    if not len(inside):
        return np.nan, np.nan
    after = inside[-1] + 1
    return float(incidence.at[inside[0]]), float(incidence.at[after]) if after < len(incidence.at) else np.nan


def _first(at, reached):
    return float(at[np.argmax(reached)]) if reached.any() else np.nan


def incidence_design_effect(incidence: Incidence, durations, ends, unit, *, time: float, end: int) -> float:
    """How many times wider the variance of F_end(time) is because journeys of one unit resemble one another; at least 1.

    Each journey's influence on F (infinitesimal jackknife) is summed by unit: U/(U − 1) Σ_u (Σ_i IF_i)² over Σ_i IF_i².
    """
    unit = unit_codes(unit)
    n_journeys = np.bincount(unit)
    if n_journeys.max(initial=1) == 1:
        return 1.0
    influence = _influence(incidence, np.asarray(durations), np.asarray(ends), time, end)
    alone, n_units = (influence**2).sum(), len(n_journeys)
    if alone <= 0 or n_units == 1:
        return float((n_journeys**2).sum() / len(unit))
    by_unit = np.bincount(unit, weights=influence)
    return float(max(1.0, n_units / (n_units - 1) * (by_unit**2).sum() / alone))


def _influence(incidence, durations, ends, time, end):
    """∂F_end(time) / ∂(weight of journey i), for every journey."""
    use = incidence.at <= time
    at, r = incidence.at[use], incidence.n_at_risk[use].astype(float)
    d_k, d = incidence.n_ended[use, end - 1], incidence.n_ended[use].sum(axis=1)
    before = np.concatenate(([1.0], incidence.stayed[use][:-1]))[: len(at)]
    to_come = share_at(incidence, time, end) - incidence.share[use, end - 1]
    waited = np.concatenate(([0.0], np.cumsum(to_come * _greenwood(r, d) - before * d_k / r**2)))
    influence = waited[np.searchsorted(at, np.minimum(durations, time), side="right")]
    ended = (ends > 0) & (durations <= time)
    row = np.searchsorted(at, durations[ended])
    left = np.maximum(r - d, 1)
    influence[ended] += (ends[ended] == end) * (before / r)[row] - (to_come / left)[row]
    return influence
