"""Logistic regression with a ridge: the chance of an outcome from many features, none of them trusted too far (Hoerl & Kennard 1970).

Minimises −ℓ(b₀, b) + λ/2 Σ b², over features brought to mean 0 and spread 1; b₀ is free. Solved exactly by Newton's method.
Rare outcomes are not weighted up: that would ruin the chances (van den Goorbergh et al. 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlogy

#: Ridges tried, from hardly any to nearly nothing left of the features.
RIDGES = (1.0, 10.0, 100.0, 1000.0)
_MOST_STEPS, _CLOSE = 60, 1e-10


@dataclass(frozen=True)
class Logistic:
    """A fitted model: chance = 1 / (1 + exp(−(b₀ + Σ bⱼ (xⱼ − mⱼ)/sⱼ))).

    Attributes
    ----------
    intercept : b₀. slopes : bⱼ, log odds per standard deviation; 0 for features that do not vary. mean, spread : mⱼ, sⱼ.
    """

    intercept: float
    slopes: np.ndarray
    mean: np.ndarray
    spread: np.ndarray

    def chances(self, x: np.ndarray) -> np.ndarray:
        """The chance for each row of features."""
        return expit(self.intercept + ((x - self.mean) / self.spread) @ self.slopes)


def fit_logistic(x: np.ndarray, y: np.ndarray, ridge: float) -> Logistic:
    """The model of y (0/1) by the features x (rows × features).

    >>> model = fit_logistic(np.zeros((4, 1)), np.array([0, 1, 1, 1]), ridge=1.0)
    >>> model.chances(np.zeros((1, 1))).round(6).tolist()
    [0.75]
    """
    mean, spread = x.mean(axis=0), x.std(axis=0)
    varies = spread > 1e-12
    spread = np.where(varies, spread, 1.0)
    z = np.column_stack([np.ones(len(x)), ((x - mean) / spread)[:, varies]])
    b = _newton(z, np.asarray(y, dtype=float), np.r_[0.0, np.full(int(varies.sum()), ridge)])
    slopes = np.zeros(len(mean))
    slopes[varies] = b[1:]
    return Logistic(float(b[0]), slopes, mean, spread)


def _newton(z, y, ridge):
    rate = min(max(y.mean(), 1 / (2 * len(y))), 1 - 1 / (2 * len(y)))
    b = np.r_[np.log(rate / (1 - rate)), np.zeros(z.shape[1] - 1)]
    loss = _loss(z, y, b, ridge)
    for _ in range(_MOST_STEPS):
        p = expit(z @ b)
        gradient = z.T @ (p - y) + ridge * b
        curve = (z * (p * (1 - p))[:, None]).T @ z + np.diag(ridge) + 1e-9 * np.eye(len(b))
        step = np.linalg.solve(curve, gradient)
        b, loss, is_there = _step_down(z, y, b, ridge, step, loss)
        if is_there or np.abs(step).max() < _CLOSE:
            break
    return b


def _step_down(z, y, b, ridge, step, loss):
    """The whole step, or half of it until the loss falls; whether there is no way down any more."""
    for _ in range(30):
        tried = b - step
        new = _loss(z, y, tried, ridge)
        if new <= loss:
            return tried, new, False
        step = step / 2
    return b, loss, True


def _loss(z, y, b, ridge):
    score = z @ b
    return float(np.logaddexp(0, score).sum() - (y * score).sum() + (ridge * b**2).sum() / 2)


def log_loss(p: np.ndarray, y: np.ndarray) -> float:
    """Mean surprise −(y ln p + (1 − y) ln(1 − p)): lower is better."""
    return float(-(xlogy(y, p) + xlogy(1 - y, 1 - p)).mean())
