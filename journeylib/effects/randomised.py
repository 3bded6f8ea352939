"""Did the change work, where chance decided who met it (a fixed A/B test)? Practice C9 a.

Nothing but the change differs between the groups, so a difference is its effect; provided that chance did decide, which the
sample-ratio check looks at first.
"""

from __future__ import annotations

import numpy as np
from scipy import stats as distributions

from journeylib.effects.record import Effect, Reason, cannot_judge
from journeylib.measures.stats import LEVEL, mean_of, newcombe

#: Under this the groups are not the sizes that were planned, and nothing is concluded (Fabijan et al. 2019).
RATIO_P = 0.001


def sample_ratio_p(counts, shares=None) -> float:
    """How likely sizes as uneven as these are if chance dealt them out as planned: χ² of fit.

    Parameters
    ----------
    counts : how many each group got. shares : planned share of each; none = equal.

    >>> round(sample_ratio_p([500, 500]), 3), sample_ratio_p([5_300, 4_700]) < 0.001
    (1.0, True)
    """
    counts = np.asarray(counts, dtype=float)
    shares = np.full(len(counts), 1 / len(counts)) if shares is None else np.asarray(shares, dtype=float)
    if counts.sum() == 0 or len(counts) < 2:
        return np.nan
    return float(distributions.chisquare(counts, counts.sum() * shares / shares.sum()).pvalue)


def difference_of_proportions(k, n, k_other, n_other, level: float = LEVEL) -> tuple[float, float, float, float]:
    """k/n − k'/n' with Newcombe's interval (`measures.stats.newcombe`) and the pooled z-test's p.

    >>> [round(value, 4) for value in difference_of_proportions(56, 70, 48, 80)[:3]]
    [0.2, 0.0524, 0.3339]
    """
    d, lo, hi = newcombe(k, n, k_other, n_other, level)
    pooled = (k + k_other) / (n + n_other)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / n_other))
    p_value = 2 * distributions.norm.sf(abs(d) / error) if error > 0 else 1.0
    return d, lo, hi, float(p_value)


def difference_of_means(values, other, level: float = LEVEL) -> tuple[float, float, float, float]:
    """x̄ − x̄' with Welch's interval and p: the groups need not spread alike."""
    test = distributions.ttest_ind(values, other, equal_var=False)
    ends = test.confidence_interval(level)
    return mean_of(values) - mean_of(other), float(ends.low), float(ends.high), float(test.pvalue)


def adjust_by_before(values, before) -> np.ndarray:
    """CUPED: y − θ(x − x̄), θ = cov(x, y) / var(x) (Deng et al. 2013). The same mean, less spread, where x tells of y.

    `values` and `before` are everybody's, both groups together: one θ for both.
    """
    values, before = np.asarray(values, dtype=float), np.asarray(before, dtype=float)
    spread = before.var(ddof=1)
    theta = np.cov(before, values)[0, 1] / spread if spread > 0 else 0.0
    return values - theta * (before - before.mean())


def ab_proportions(k, n, k_control, n_control, *, control_share: float = 0.5, higher_is_better: bool = True) -> Effect:
    """The effect on a share, of those chance gave the change against those it did not.

    >>> ab_proportions(540, 1_000, 450, 1_000).verdict
    'better'
    """
    stopped = _stopped(n, n_control, control_share)
    if stopped or min(n, n_control) == 0:
        return stopped or cannot_judge("ab", "no_one_to_compare")
    d, lo, hi, p = difference_of_proportions(k, n, k_control, n_control)
    return Effect("ab", k_control / n_control, k / n, d, lo, hi, p, n + n_control).judged(higher_is_better)


def ab_means(values, control, *, before=None, control_before=None, control_share: float = 0.5, higher_is_better: bool = True) -> Effect:
    """The effect on a mean; with each one's own value from before the test, its predictable part is taken out first (CUPED)."""
    stopped = _stopped(len(values), len(control), control_share)
    if stopped or min(len(values), len(control)) < 2:
        return stopped or cannot_judge("ab", "no_one_to_compare")
    reasons = ()
    if before is not None:
        told = np.r_[values, control]
        adjusted = adjust_by_before(told, np.r_[before, control_before])
        values, control = adjusted[: len(values)], adjusted[len(values) :]
        reasons = (Reason("known_before", {"taken": float(1 - adjusted.var() / told.var())}),) if told.var() > 0 else ()
    d, lo, hi, p = difference_of_means(values, control)
    return Effect("ab", mean_of(control), mean_of(values), d, lo, hi, p, len(values) + len(control), reasons=reasons).judged(higher_is_better)


def _stopped(n, n_control, control_share):
    """The refusal where the groups are not the sizes chance would give; none where they are."""
    if sample_ratio_p([n, n_control], [1 - control_share, control_share]) >= RATIO_P:
        return None
    return Effect("ab", n=n + n_control, reasons=(Reason("sample_ratio", {"n": int(n), "other": int(n_control)}),))
