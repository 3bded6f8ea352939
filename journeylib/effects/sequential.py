"""Did the change work, in an A/B test somebody looks at every day? Mixture SPRT: right at every look (practice C9 b).

Twenty looks at an ordinary test cry effect one time in four where there is none; this one at most one time in twenty,
however often it is looked at (Johari et al. 2022).
"""

from __future__ import annotations

import numpy as np

from journeylib.effects.randomised import RATIO_P, sample_ratio_p
from journeylib.effects.record import Effect, Reason, cannot_judge

ALPHA = 0.05


def mixture_ratio(d, variance, tau):
    """How much better "some effect of about τ" explains the difference d than "none" does.

    Λ = √(V / (V + τ²)) · exp(d²τ² / (2V(V + τ²))), V the variance of d. Reject when Λ ≥ 1 / α.

    >>> round(float(mixture_ratio(0.03, 0.0001, 0.03)), 4)
    18.1507
    """
    both = variance + tau**2
    return np.sqrt(variance / both) * np.exp(np.square(d) * tau**2 / (2 * variance * both))


def always_valid_half_width(variance, tau, alpha: float = ALPHA):
    """Half the interval around d that holds at every look: √( V(V + τ²)/τ² · (ln((V + τ²)/V) − 2 ln α) )."""
    both = variance + tau**2
    return np.sqrt(variance * both / tau**2 * (np.log(both / variance) - 2 * np.log(alpha)))


def sequential_proportions(looks, *, tau: float, control_share: float = 0.5, alpha: float = ALPHA, higher_is_better: bool = True) -> Effect:
    """The effect on a share after any number of looks.

    Parameters
    ----------
    looks : rows (k, n, k_control, n_control) so far, one a look, oldest first; looks with nobody in a group, or with
        nobody or everybody converted in both, tell nothing and are passed over.
    tau : the smallest effect of interest, as a difference of shares.

    Returns
    -------
    Effect: the interval is what all looks leave room for; p = 1 / the largest Λ seen.
    """
    looks = np.atleast_2d(np.asarray(looks, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        after, before = looks[:, 0] / looks[:, 1], looks[:, 2] / looks[:, 3]
        variance = after * (1 - after) / looks[:, 1] + before * (1 - before) / looks[:, 3]
    return _after_looks(after, before, variance, looks[:, [1, 3]], tau, control_share, alpha).judged(higher_is_better)


def sequential_means(looks, *, tau: float, control_share: float = 0.5, alpha: float = ALPHA, higher_is_better: bool = True) -> Effect:
    """The same for a mean: looks are rows (mean, standard deviation, n, and the same of the control) so far."""
    looks = np.atleast_2d(np.asarray(looks, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = looks[:, 1] ** 2 / looks[:, 2] + looks[:, 4] ** 2 / looks[:, 5]
    return _after_looks(looks[:, 0], looks[:, 3], variance, looks[:, [2, 5]], tau, control_share, alpha).judged(higher_is_better)


def _after_looks(after, before, variance, sizes, tau, control_share, alpha) -> Effect:
    """What all looks together leave room for, provided that the groups are of the sizes planned."""
    n, n_control = map(int, sizes[-1])
    if sample_ratio_p([n, n_control], [1 - control_share, control_share]) < RATIO_P:
        return Effect("ab_sequential", n=n + n_control, reasons=(Reason("sample_ratio", {"n": n, "other": n_control}),))
    told = np.isfinite(variance) & (variance > 0)
    if not told.any():
        return cannot_judge("ab_sequential", "no_one_to_compare")
    after, before, variance, n = after[told], before[told], variance[told], int(sizes[told][-1].sum())
    d = after - before
    half = always_valid_half_width(variance, tau, alpha)
    lo, hi = (d - half).max(), (d + half).min()
    if lo > hi:  # looks that contradict one another: the last one knows most
        lo, hi = d[-1] - half[-1], d[-1] + half[-1]
    p = min(1.0, 1 / mixture_ratio(d, variance, tau).max())
    return Effect("ab_sequential", before[-1], after[-1], d[-1], lo, hi, p, n)
