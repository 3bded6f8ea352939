"""What would the one changed unit have shown? A mix of untouched ones that looked like it before (practice C9 d).

Synthetic control (Abadie, Diamond & Hainmueller 2010) matches the level with weights of the untouched units; synthetic
difference-in-differences (Arkhangelsky et al. 2021) matches the shape and lets the level differ. Both are judged by placebos:
the same computed for every untouched unit, where nothing happened.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls

from journeylib.effects.record import Effect, cannot_judge, series_of
from journeylib.measures.stats import z_value

#: Fewer untouched units cannot make a placebo test reach 5 %: the smallest p is 1 / (units + 1).
N_FOR_PLACEBOS = 19
N_BEFORE = 4
#: How hard the weights are held to sum to 1, against the data's own scale.
_HOLD = 1e5
#: As in the authors' package: so small that it only breaks ties.
_TINY = 1e-6


class Weights(NamedTuple):
    """How much each untouched unit, and each period before, counts; each sums to 1."""

    units: np.ndarray
    periods: np.ndarray


def simplex_weights(target, sources, ridge: float = 0.0, intercept: bool = False) -> np.ndarray:
    """Weights w ≥ 0 with Σw = 1 that bring `sources` @ w nearest to `target` (least squares + ridge² · rows · Σw²).

    Parameters
    ----------
    target : (t,). sources : (t, units). intercept : whether the level may differ.
    """
    target, sources = np.asarray(target, dtype=float), np.asarray(sources, dtype=float)
    rows = len(target)
    if intercept:
        target, sources = target - target.mean(), sources - sources.mean(axis=0)
    scale = max(np.abs(sources).max(), np.abs(target).max(), 1e-12)
    k = sources.shape[1]
    left = np.vstack([sources / scale, ridge / scale * np.sqrt(rows) * np.eye(k), _HOLD * np.ones((1, k))])
    weights = nnls(left, np.r_[target / scale, np.zeros(k), _HOLD], maxiter=50 * k)[0]
    return weights / weights.sum()


def synthetic_control_effect(values: np.ndarray, n_before: int) -> tuple[float, np.ndarray]:
    """Mean of row 0 less its synthetic control after `n_before` periods, and the control's own course.

    values : (1 + untouched units, periods), the changed unit first.
    """
    changed, others = values[0], values[1:]
    noise = np.diff(others[:, :n_before], axis=1).std(ddof=1)
    weights = simplex_weights(changed[:n_before], others[:, :n_before].T, ridge=_TINY * noise)
    course = weights @ others
    return float((changed - course)[n_before:].mean()), course


def synthetic_did_effect(values: np.ndarray, n_before: int) -> tuple[float, np.ndarray]:
    """Synthetic difference-in-differences: weights for units and for periods, then after − before against them.

    ζ = (periods after)^¼ · σ, σ the standard deviation of period-to-period moves of the untouched units before.
    """
    changed, others = values[0], values[1:]
    noise = np.diff(others[:, :n_before], axis=1).std(ddof=1)
    ridge = (values.shape[1] - n_before) ** 0.25 * noise
    units = simplex_weights(changed[:n_before], others[:, :n_before].T, ridge=ridge, intercept=True)
    periods = simplex_weights(others[:, n_before:].mean(axis=1), others[:, :n_before], ridge=_TINY * noise, intercept=True)
    distance = changed - units @ others
    level = periods @ distance[:n_before]
    return float(distance[n_before:].mean() - level), units @ others + level


def synthetic_control(values, n_before: int, *, at=None, did: bool = False, higher_is_better: bool = True) -> Effect:
    """The effect on one changed unit, with placebos in space for its error and its p.

    Parameters
    ----------
    values : (1 + untouched units, periods), complete, the changed unit first.
    n_before : periods before the change.
    did : synthetic difference-in-differences instead of synthetic control.

    Returns
    -------
    Effect: lo, hi = effect ± z · standard deviation of the placebos; p = share of units, the changed one among them, whose
    effect is as large. The verdict asks for both: the interval off nought and p ≤ 5 %.
    """
    values = np.asarray(values, dtype=float)
    if len(values) - 1 < N_FOR_PLACEBOS:
        return cannot_judge("synthetic_control", "too_few_controls", n=len(values) - 1, least=N_FOR_PLACEBOS)
    if n_before < N_BEFORE or values.shape[1] <= n_before:
        return cannot_judge("synthetic_control", "nothing_before" if n_before < N_BEFORE else "nothing_after")
    estimate = synthetic_did_effect if did else synthetic_control_effect
    effect, course = estimate(values, n_before)
    placebos = np.array([estimate(np.roll(values[1:], -i, axis=0), n_before)[0] for i in range(len(values) - 1)])
    half = z_value() * np.sqrt(np.mean((placebos - placebos.mean()) ** 2))
    p = (1 + (np.abs(placebos) >= abs(effect)).sum()) / (1 + len(placebos))
    after = np.arange(values.shape[1]) >= n_before
    series = series_of(np.arange(len(after)) if at is None else at, values[0], course, np.nan, np.nan, after)
    found = Effect("synthetic_control", values[0, ~after].mean(), values[0, after].mean(), effect, effect - half, effect + half, float(p), values.size, series=series)
    judged = found.judged(higher_is_better)
    return judged if p <= 0.05 or judged.verdict == "no_effect" else Effect(**{**vars(judged), "verdict": "no_effect"})
