"""How long it takes those who buy: mean and median days within a horizon, and how sure they are (practice C1, C13).

Whoever is still under way at the data cut is censored there, whoever gives up has met another end (Aalen–Johansen). Of everybody's
curve F only its shape is used here, F(t) / F(τ): the days of those who buy within τ, as if all had been followed so long.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from journeylib.measures.incidence import cumulative_incidence

BOUGHT, GAVE_UP = 1, 2
#: So many journeys, and this share of them, must have had the time a horizon asks for.
FEWEST_FOLLOWED, SMALLEST_FOLLOWED = 10, 0.1
LONGEST_HORIZON_DAYS = 365.0
#: Units are resampled in so many random groups at most, each journey's days laid in so many classes: memory is bounded, results are exact to the class.
N_GROUPS, N_CLASSES, N_DRAWS = 1000, 200, 400


class Bought(NamedTuple):
    """Those who buy within a horizon: how many did, the share who will, and the days they take."""

    n: int
    share: float
    mean_days: float
    at: np.ndarray
    curve: np.ndarray


class Draws(NamedTuple):
    """Resampled curves: `at` (C,) days, `share` (draws, groups, C), the incidence of buying."""

    at: np.ndarray
    share: np.ndarray


def common_horizon(followed: list[np.ndarray]) -> float:
    """The longest time, at most a year, that enough journeys of every group could have been followed before the data cut; 0 if none.

    Parameters
    ----------
    followed : one array a group, days from each journey's start to the data cut.

    >>> common_horizon([np.arange(100.0), np.arange(50.0)])
    40.0
    """
    longest = [LONGEST_HORIZON_DAYS]
    for days in followed:
        n_needed = max(FEWEST_FOLLOWED, int(np.ceil(SMALLEST_FOLLOWED * len(days))))
        longest.append(float(np.sort(days)[-n_needed]) if len(days) >= n_needed else 0.0)
    return min(longest)


def bought_within(days, ends, horizon: float) -> Bought:
    """Days to purchase of those who buy within the horizon: mean Σ t ΔF(t) / F(τ), and the curve F(t) / F(τ).

    Parameters
    ----------
    days, ends : (n,) time to the end, and which: 0 = still under way at the data cut, 1 = bought, 2 = gave up.

    >>> bought_within([2, 4, 4, 9], [1, 1, 2, 0], 8).mean_days
    3.0
    """
    incidence = cumulative_incidence(np.asarray(days, dtype=float), np.asarray(ends))
    inside = (incidence.at <= horizon) & (incidence.n_ended[:, BOUGHT - 1] > 0)
    curve, at = incidence.share[inside, BOUGHT - 1], incidence.at[inside]
    total = float(curve[-1]) if len(curve) else 0.0
    n = int(incidence.n_ended[inside, BOUGHT - 1].sum())
    if total <= 0:
        return Bought(0, 0.0, np.nan, at, curve)
    mean = float((np.diff(curve, prepend=0.0) * at).sum() / total)
    return Bought(n, total, mean, at, curve / total)


def quantile_days(bought: Bought, share: float) -> float:
    """Days by which a share of those who buy within the horizon have bought; missing where nobody did."""
    return float(bought.at[np.argmax(bought.curve >= share - 1e-12)]) if bought.n else np.nan


def draw_curves(unit, group, days, ends, horizon: float, rng: np.random.Generator, n_draws: int = N_DRAWS) -> Draws:
    """The incidence of buying of every group in so many resamples of the units (Poisson bootstrap).

    Parameters
    ----------
    unit : (n,) codes; journeys of one unit are drawn together, whatever their group. group : (n,) 0, 1, …

    A tally a random group of units (how many ended and were last seen in each class of days) is all a draw needs.
    """
    unit, group, days, ends = (np.asarray(values) for values in (unit, group, days, ends))
    block = random_blocks(unit, rng)
    edges = np.unique(np.quantile(days[(ends > 0) & (days <= horizon)], np.linspace(0, 1, N_CLASSES + 1)[1:]))
    place = np.searchsorted(edges, days, side="left")
    n_blocks, n_groups, n_classes = block.max() + 1, group.max() + 1, len(edges) + 1
    weight = rng.poisson(1.0, size=(n_draws, n_blocks)).astype(float)
    tallies = [_tally(block, group, place, chosen, (n_blocks, n_groups, n_classes)) for chosen in (ends == BOUGHT, ends == GAVE_UP, np.ones(len(days), dtype=bool))]
    bought, gave_up, left = (np.tensordot(weight, tally, axes=1) for tally in tallies)
    at_risk = np.cumsum(left[..., ::-1], axis=-1)[..., ::-1]
    stayed = np.cumprod(1 - np.divide(bought + gave_up, at_risk, out=np.zeros_like(left), where=at_risk > 0), axis=-1)
    before = np.concatenate([np.ones((*stayed.shape[:-1], 1)), stayed[..., :-1]], axis=-1)
    share = np.cumsum(before * np.divide(bought, at_risk, out=np.zeros_like(left), where=at_risk > 0), axis=-1)
    return Draws(_mean_in_class(place, days, ends, edges), share[..., :-1])


def drawn_means(draws: Draws) -> np.ndarray:
    """(draws, groups) mean days of those who buy within the horizon; missing where a draw has nobody who buys."""
    total = draws.share[..., -1]
    steps = np.diff(draws.share, prepend=0.0, axis=-1) @ draws.at
    return np.divide(steps, total, out=np.full(total.shape, np.nan), where=total > 0)


def drawn_medians(draws: Draws) -> np.ndarray:
    """(draws, groups) days by which half of those who buy within the horizon have bought."""
    total = draws.share[..., -1]
    first = np.argmax(draws.share >= total[..., None] / 2 - 1e-12, axis=-1)
    return np.where(total > 0, draws.at[first], np.nan)


def random_blocks(unit, rng):
    """Units as numbers 0 …, many of them thrown together at random into at most `N_GROUPS`."""
    number = np.unique(unit, return_inverse=True)[1]
    n = int(number.max()) + 1
    return number if n <= N_GROUPS else (rng.permutation(n) % N_GROUPS)[number]


def _tally(block, group, place, chosen, shape):
    cell = np.ravel_multi_index((block[chosen], group[chosen], place[chosen]), shape)
    return np.bincount(cell, minlength=np.prod(shape)).reshape(shape).astype(float)


def _mean_in_class(place, days, ends, edges):
    bought = (ends == BOUGHT) & (place < len(edges))
    n, total = (np.bincount(place[bought], weights=values, minlength=len(edges)) for values in (np.ones(bought.sum()), days[bought]))
    return np.divide(total, n, out=edges.astype(float), where=n > 0)
