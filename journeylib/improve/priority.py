"""Which action first? Value for the effort, with its spread: how likely each is to be the best, and what to measure first (C8).

The yardstick is money a day of work. Ignorance widens the draws; it does not multiply the mean, which would make what is little
known look little worth. RICE and ICE are here for those who are used to them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: An action is worth measuring first where knowing its value beforehand would raise the best choice's expected worth by this share.
WORTH_KNOWING = 0.10


class Standing(NamedTuple):
    """How one action stands among all: `score` (money a day of work) with its 10–90 %, and how often it is the best, and among three.

    `value_of_knowing`: what perfect knowledge of its score would add to the expected score of the best choice, as a share of it.
    """

    score: float
    lo: float
    hi: float
    p_best: float
    p_top3: float
    value_of_knowing: float

    @property
    def is_measured_first(self) -> bool:
        """Whether it pays to find out before anything is chosen."""
        return self.value_of_knowing >= WORTH_KNOWING


def standings(values: np.ndarray, efforts: np.ndarray) -> list[Standing]:
    """How the actions stand, by draws of what each gives a year and of the days of work it takes.

    Parameters
    ----------
    values, efforts : (draws, actions) money a year, days of work.

    >>> one, other = standings(np.array([[100.0, 90.0]] * 8), np.array([[10.0, 1.0]] * 8))
    >>> one.score, other.score, other.p_best
    (10.0, 90.0, 1.0)
    """
    scores = np.asarray(values, dtype=float) / np.asarray(efforts, dtype=float)
    if scores.shape[1] == 0:
        return []
    best = _share_of_best(scores)
    top = _share_of_top(scores, 3)
    knowing = value_of_knowing(scores)
    lo, median, hi = np.quantile(scores, [0.1, 0.5, 0.9], axis=0)
    return [Standing(*(float(x) for x in each)) for each in zip(median, lo, hi, best, top, knowing, strict=True)]


def _share_of_best(scores) -> np.ndarray:
    """Share of the draws each is the best in; equals share the draw, so the shares add up to 1."""
    is_best = scores == scores.max(axis=1, keepdims=True)
    return (is_best / is_best.sum(axis=1, keepdims=True)).mean(axis=0)


def _share_of_top(scores, places) -> np.ndarray:
    """Share of the draws each is among the first few in: fewer than that many are better."""
    n_better = (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    return (n_better < places).mean(axis=0)


def value_of_knowing(scores: np.ndarray) -> np.ndarray:
    """What perfect knowledge of one action's score adds to the expected score of the best choice, as a share of it.

    Without it the action with the highest mean m is chosen. Knowing action i, one takes i where it beats the best other mean:
    E[max(s_i, max_{j≠i} m_j)] − max m.
    """
    means = scores.mean(axis=0)
    best = means.max()
    if best <= 0:
        return np.zeros(scores.shape[1])
    others = np.array([np.delete(means, i).max(initial=0.0) for i in range(len(means))])
    return (np.maximum(scores, others).mean(axis=0) - best) / best


def rice(reach: float, impact: float, confidence: float, effort: float) -> float:
    """Reach × impact × confidence / effort (McBride).

    >>> rice(800, 2, 0.8, 1)
    1280.0
    """
    return float(reach * impact * confidence / effort)


def ice(impact: float, confidence: float, ease: float) -> float:
    """Impact × confidence × ease, each 1–10 (Ellis).

    >>> ice(5, 6, 8)
    240.0
    """
    return float(impact * confidence * ease)
