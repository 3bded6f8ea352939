"""A line through a series whose neighbours resemble one another: least squares with AR(1) errors (practice C9 e).

The autocorrelation ρ of a short series is hardly known, and an interval that takes one estimate of it for true is too
narrow (Newey–West's is narrower still). Here every ρ counts by how well it fits: the answer is Student's t of generalised least
squares, averaged over ρ with the restricted likelihood as weight.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats as distributions
from scipy.optimize import brentq

from journeylib.measures.stats import LEVEL

#: Autocorrelations that are tried, each as likely as the next before the series is seen.
RHOS = np.round(np.arange(-0.4, 0.96, 0.05), 2)


class Line(NamedTuple):
    """A linear combination of coefficients: its estimate, interval and p, the coefficients, and the mean ρ."""

    value: float
    lo: float
    hi: float
    p: float
    coefficients: np.ndarray
    rho: float
    error: float


def gls_at(y, x, rho: float, at=None, weights=None):
    """Generalised least squares with corr(e_i, e_j) = ρ^|at_i − at_j|: coefficients, their covariance, s², log restricted likelihood.

    `at` are whole numbers of periods (none = 0, 1, 2 …); `weights` divide each point's variance, as its number of customers does.
    """
    y, x = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    at = np.arange(len(y)) if at is None else np.asarray(at, dtype=float)
    gaps = np.abs(at[:, None] - at[None, :])
    scale = np.ones(len(y)) if weights is None else 1 / np.sqrt(np.asarray(weights, dtype=float))
    root = np.linalg.cholesky(np.power(abs(rho), gaps) * np.where((gaps % 2 == 1) & (rho < 0), -1.0, 1.0) * np.outer(scale, scale))
    yx = np.linalg.solve(root, np.column_stack([y, x]))
    white, design = yx[:, 0], yx[:, 1:]
    inner = design.T @ design
    covariance = np.linalg.pinv(inner)
    coefficients = covariance @ design.T @ white
    freedom = len(y) - x.shape[1]
    rss = float(((white - design @ coefficients) ** 2).sum())
    log_likelihood = -np.log(np.diag(root)).sum() - 0.5 * np.linalg.slogdet(inner)[1] - freedom / 2 * np.log(max(rss, 1e-300))
    return coefficients, covariance * rss / freedom, rss / freedom, log_likelihood


def fit_line(y, x, combination, *, at=None, weights=None, level: float = LEVEL) -> Line:
    """The combination c'β of a regression of y on x with AR(1) errors of unknown ρ.

    Parameters
    ----------
    y : (t,). x : (t, k), of full rank, t > k + 1. combination : (k,).
    """
    fits = [gls_at(y, x, rho, at, weights) for rho in RHOS]
    likelihood = np.array([fit[3] for fit in fits])
    share = np.exp(likelihood - likelihood.max())
    share /= share.sum()
    c = np.asarray(combination, dtype=float)
    means = np.array([c @ fit[0] for fit in fits])
    errors = np.sqrt([max(c @ fit[1] @ c, 1e-300) for fit in fits])
    freedom = len(y) - np.shape(x)[1]

    def below(value):
        return float(share @ distributions.t.cdf((value - means) / errors, freedom))

    lo, hi = (_quantile(below, q, means, errors) for q in ((1 - level) / 2, (1 + level) / 2))
    tail = below(0.0)
    value = float(share @ means)
    error = float(np.sqrt(share @ (errors**2 + (means - value) ** 2)))
    return Line(value, lo, hi, 2 * min(tail, 1 - tail), share @ np.array([fit[0] for fit in fits]), float(share @ RHOS), error)


def _quantile(below, q, means, errors):
    reach = 400 * errors.max() + 1e-12
    return float(brentq(lambda value: below(value) - q, means.min() - reach, means.max() + reach, xtol=1e-10 + 1e-6 * errors.min()))
