"""Do the data fall into groups at all? k-means, how many by BIC, and whether the groups come back when customers are drawn anew (practice C14).

k-means always finds clusters. So no groups (k = 1) is always an answer, and groups that do not come back are none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import norm

MOST_GROUPS = 6
#: Mean adjusted Rand under which groups do not come back: the middle between noise and the real thing in the simulations of C14.
SMALLEST_STABILITY = 0.75
N_RESAMPLES, N_STARTS, MOST_ROUNDS = 20, 8, 60
#: A group with a smaller share than this is not one to name.
SMALLEST_GROUP = 0.05
#: Share of one feature's spread under which a principal axis is taken to be what the features repeat of one another.
SMALLEST_AXIS = 0.1
#: One value with more customers than this makes a lump of a feature.
LARGEST_LUMP = 0.02


class Groups(NamedTuple):
    """What was found: `label` (n,) the group of each row, `k` how many (1 = none), `stability` of the best more than one, and that number."""

    label: np.ndarray
    k: int
    stability: float
    k_tried: int


def find_groups(features, rng: np.random.Generator) -> Groups:
    """The groups the data suggest among standardised features (n, p), or none.

    There are any only where round groups, which a long cloud does not pass for, have a lower BIC than no groups for some k = 2 … 6. How
    many is then asked of groups whose features hang together as they do within a group: the lowest BIC of those that beat no groups, whose
    groups come back (`stability`), and of which none is smaller than a twentieth of all.
    """
    x = np.asarray(features, dtype=float)
    fits = {k: fit_k_means(x, k, rng) for k in range(1, MOST_GROUPS + 1) if k < len(x)}
    as_round, as_tied = ({k: bic(x, *fit, is_round=is_round) for k, fit in fits.items()} for is_round in (True, False))
    none, tried = np.zeros(len(x), dtype=int), []
    order = sorted(as_tied, key=as_tied.get) if min(as_round.values()) < as_round[1] else [1]
    for k in order[: order.index(1)]:
        label, how = fits[k][0], stability(x, k, rng, base=fits[k][0])
        if how >= SMALLEST_STABILITY and np.bincount(label, minlength=k).min() >= SMALLEST_GROUP * len(x):
            return Groups(label, k, how, k)
        tried.append((how, k))
    return Groups(none, 1, *(tried[0] if tried else (np.nan, 1)))


def fit_k_means(x: np.ndarray, k: int, rng: np.random.Generator, n_starts: int = N_STARTS) -> tuple[np.ndarray, np.ndarray]:
    """Labels and centres of the best of several starts of Lloyd's k-means from k-means++ (Arthur & Vassilvitskii 2007).

    >>> label, _ = fit_k_means(np.array([[0.0], [0.1], [9.0], [9.1]]), 2, np.random.default_rng(1))
    >>> bool(label[0] == label[1] != label[2] == label[3])
    True
    """
    fits = (_lloyd(x, _first_centres(x, k, rng)) for _ in range(n_starts if k > 1 else 1))
    label, centres, _ = min(fits, key=lambda fit: fit[2])
    return label, centres


def _first_centres(x, k, rng):
    centres = [x[rng.integers(len(x))]]
    nearest = ((x - centres[0]) ** 2).sum(axis=1)
    for _ in range(k - 1):
        total = nearest.sum()
        chosen = rng.choice(len(x), p=nearest / total) if total > 0 else rng.integers(len(x))
        centres.append(x[chosen])
        nearest = np.minimum(nearest, ((x - centres[-1]) ** 2).sum(axis=1))
    return np.array(centres)


def _lloyd(x, centres):
    label = _nearest(x, centres)
    for _ in range(MOST_ROUNDS):
        centres = _centres(x, label, centres)
        moved = _nearest(x, centres)
        if (moved == label).all():
            break
        label = moved
    return label, centres, float(((x - centres[label]) ** 2).sum())


def _nearest(x, centres):
    return ((centres**2).sum(axis=1) - 2 * x @ centres.T).argmin(axis=1)


def _centres(x, label, before):
    n = np.bincount(label, minlength=len(before))
    sums = np.stack([np.bincount(label, weights=column, minlength=len(before)) for column in x.T], axis=1)
    return np.where(n[:, None] > 0, sums / np.maximum(n, 1)[:, None], before)


def smoothed(features, rng: np.random.Generator) -> np.ndarray:
    """Features (n, p) without lumps and without their straight-line ties to one another: (n, q), q ≤ p.

    Counts and shares lie in lumps, and k-means would call each lump a group of customers. A feature in which one value is common becomes
    normal scores (equal values in random order), and principal axes take out the correlation; groups in several features remain.
    """
    x = np.asarray(features, dtype=float)
    scores = np.stack([_even(column, rng) for column in x[:, x.std(axis=0) > 0].T], axis=1)
    values, axes = np.linalg.eigh(np.cov(scores, rowvar=False).reshape(scores.shape[1], -1))
    kept = values > SMALLEST_AXIS
    return (scores - scores.mean(axis=0)) @ axes[:, kept] / np.sqrt(values[kept])


def _even(column, rng):
    """A feature on its own scale, or by rank where one value is common."""
    if np.unique(column, return_counts=True)[1].max() <= LARGEST_LUMP * len(column):
        return (column - column.mean()) / column.std()
    return norm.ppf((np.lexsort((rng.random(len(column)), column)).argsort() + 0.5) / len(column))


def bic(x: np.ndarray, label: np.ndarray, centres: np.ndarray, *, is_round: bool = True) -> float:
    """−2 log likelihood of k normal groups with one spread W, + (k p + W's own + k − 1) log n (after Pelleg & Moore 2000).

    Round: W has one spread a feature, p in all; else it has their ties within a group too, p (p + 1) / 2, and log |W| tells the fit
    (Friedman & Rubin 1967; Banfield & Raftery 1993).
    """
    (n, p), k = x.shape, len(centres)
    size, off = np.bincount(label, minlength=k), x - centres[label]
    spread = np.log(np.maximum((off**2).mean(axis=0), 1e-12)).sum() if is_round else np.linalg.slogdet(off.T @ off / n + 1e-12 * np.eye(p))[1]
    fit = (size[size > 0] * np.log(size[size > 0] / n)).sum() - n / 2 * (p * np.log(2 * np.pi) + spread + p)
    return float(-2 * fit + (k * p + (p if is_round else p * (p + 1) / 2) + k - 1) * np.log(n))


def stability(x: np.ndarray, k: int, rng: np.random.Generator, *, base: np.ndarray | None = None, n_resamples: int = N_RESAMPLES) -> float:
    """How alike the groups stay when customers are drawn anew: mean adjusted Rand of everybody's nearest new centre with the first groups."""
    base = fit_k_means(x, k, rng)[0] if base is None else base
    again = (fit_k_means(x[rng.integers(len(x), size=len(x))], k, rng, n_starts=4)[1] for _ in range(n_resamples))
    return float(np.mean([adjusted_rand(base, _nearest(x, centres)) for centres in again]))


def adjusted_rand(one, other) -> float:
    """How well two partitions agree, chance taken off: 1 = the same, 0 = as by chance (Hubert & Arabie 1985).

    >>> adjusted_rand([0, 0, 1, 1], [1, 1, 0, 0]), round(adjusted_rand([0, 0, 1, 2], [0, 0, 1, 1]), 3)
    (1.0, 0.571)
    """
    one, other = (np.unique(labels, return_inverse=True)[1] for labels in (one, other))
    table = np.bincount(one * (other.max() + 1) + other, minlength=(one.max() + 1) * (other.max() + 1)).reshape(one.max() + 1, -1).astype(float)
    pairs, rows, columns, total = (_pairs(counts) for counts in (table, table.sum(axis=1), table.sum(axis=0), np.array([len(one)], dtype=float)))
    expected, most = rows * columns / total if total else 0.0, (rows + columns) / 2
    return float((pairs - expected) / (most - expected)) if most != expected else 1.0


def _pairs(counts):
    return float((counts * (counts - 1) / 2).sum())
