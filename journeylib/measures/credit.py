"""Whom the purchases are credited to: rules on ordered paths of channels, and the removal effect of a first-order Markov chain.

Every rule shares each purchase out over the steps of its own path, so the credits of the channels add up to the purchases. None of
them is an effect: who would have bought anyway is credited all the same (C3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

#: Position-based: this much to the first and the last step each, the rest shared by those between.
ENDS = 0.4


@dataclass(frozen=True)
class Paths:
    """Ordered paths of channels, written one after the other.

    Attributes
    ----------
    path, channel : (r,) of each step: which path (0 … p − 1, non-decreasing, none without a step), which channel (0 … n_channels − 1).
    days_before : (r,) days from the step to the end of its path.
    n_won, n_null : (p,) how often the path ended in a purchase, and without one.
    group : (p,) who is resampled together (0 … n_groups − 1).
    """

    path: np.ndarray
    channel: np.ndarray
    days_before: np.ndarray
    n_won: np.ndarray
    n_null: np.ndarray
    group: np.ndarray
    n_channels: int
    n_groups: int

    @property
    def is_first(self) -> np.ndarray:
        return np.append(True, self.path[1:] != self.path[:-1])

    @property
    def is_last(self) -> np.ndarray:
        return np.append(self.path[1:] != self.path[:-1], True)


def rule_weights(paths: Paths, half_life_days: float) -> dict[str, np.ndarray]:
    """What each step gets of a purchase, (r,) by rule; the steps of one path sum to 1.

    first, last · linear: 1/n each · position: 40 % to the first and the last each, 20 % between them (two steps: half each; one:
    all) · decay: 2^(−days before the purchase / half-life) · shapley: each *different* channel of the path an equal part, which is
    the Shapley value of the game in which a set of channels is worth the purchases that met no others (Zhao et al. 2018).
    """
    n = np.bincount(paths.path, minlength=len(paths.n_won))[paths.path]
    first, last = paths.is_first.astype(float), paths.is_last.astype(float)
    between = (1 - 2 * ENDS) / np.maximum(n - 2, 1)
    position = np.where(n == 1, 1.0, np.where(n == 2, 0.5, np.where(first + last > 0, ENDS, between)))
    faded = 0.5 ** (paths.days_before / half_life_days)
    new = _is_new(paths).astype(float)
    return {"shapley": _of_path(paths, new), "first": first, "last": last, "linear": 1.0 / n, "position": position, "decay": _of_path(paths, faded)}


def credit_by_group(paths: Paths, weights: np.ndarray) -> np.ndarray:
    """Purchases each channel is credited, (n_groups, n_channels)."""
    of_step = weights * paths.n_won[paths.path]
    size = paths.n_groups * paths.n_channels
    return np.bincount(paths.group[paths.path] * paths.n_channels + paths.channel, of_step, size).reshape(paths.n_groups, paths.n_channels)


def moves_by_group(paths: Paths) -> sparse.csr_array:
    """Moves of the chain, (n_groups, (c + 1)(c + 2)): from the start or a channel (0, 1 … c) to a channel, to a purchase, to none."""
    c, end = paths.n_channels, np.flatnonzero(paths.is_last)
    before = np.where(paths.is_first, 0, np.append(0, paths.channel[:-1] + 1))
    of_step = (paths.n_won + paths.n_null)[paths.path]
    rows = np.concatenate([paths.group[paths.path], paths.group, paths.group])
    places = np.concatenate([before * (c + 2) + paths.channel, *((paths.channel[end] + 1) * (c + 2) + c + kind for kind in (0, 1))])
    counts = np.concatenate([of_step, paths.n_won, paths.n_null]).astype(float)
    return sparse.csr_array((counts, (rows, places)), shape=(paths.n_groups, (c + 1) * (c + 2)))


def removal_effects(moves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probability of a purchase, and what of it is lost without each channel: r = 1 − P(purchase | removed) / P(purchase).

    The chain is solved, not simulated: (I − Q) B = R, Q the moves among channels, R those to a purchase (Anderl et al. 2016). Who
    would have moved to a removed channel buys nothing.

    Parameters
    ----------
    moves : (…, c + 1, c + 2) counts: from the start or a channel, to a channel, to a purchase, to none.

    Returns
    -------
    (…,) and (…, c); 0 where nobody bought.
    """
    out = moves.sum(axis=-1, keepdims=True)
    chance = np.divide(moves, out, out=np.zeros_like(moves, dtype=float), where=out > 0)
    c = chance.shape[-2] - 1
    start, among, bought = chance[..., 0, :c], chance[..., 1:, :c], chance[..., 1:, c]
    whole = _purchase(start, among, bought)
    kept = np.stack([_without(start, among, bought, removed) for removed in range(c)], axis=-1)
    lost = 1 - np.divide(kept, whole[..., None], out=np.ones_like(kept), where=whole[..., None] > 0)
    return whole, np.clip(lost, 0.0, 1.0)


def markov_credit(moves: np.ndarray) -> np.ndarray:
    """Purchases shared out in proportion to the removal effects, (…, c)."""
    c = moves.shape[-1] - 2
    effects = removal_effects(moves)[1]
    total, n_won = effects.sum(axis=-1, keepdims=True), moves[..., c].sum(axis=-1, keepdims=True)
    return n_won * np.divide(effects, total, out=np.zeros_like(effects), where=total > 0)


def _purchase(start, among, bought):
    from_channel = np.linalg.solve(np.eye(among.shape[-1]) - among, bought[..., None])[..., 0]
    return (start * from_channel).sum(axis=-1)


def _without(start, among, bought, removed):
    kept = np.arange(start.shape[-1]) != removed
    return _purchase(start * kept, among * kept, bought)


def _of_path(paths, worth):
    total = np.bincount(paths.path, worth, len(paths.n_won))
    return worth / total[paths.path]


def _is_new(paths):
    """Whether a step is the first of its path through its channel."""
    _, at = np.unique(paths.path * paths.n_channels + paths.channel, return_index=True)
    return np.isin(np.arange(len(paths.path)), at)
