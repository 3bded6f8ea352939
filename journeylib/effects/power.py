"""Can a change be seen at all, with the customers there are? If not: do not test, decide (practice C9)."""

from __future__ import annotations

import numpy as np
from scipy import stats as distributions

POWER = 0.8
ALPHA = 0.05


def smallest_detectable(spread: float, *sizes: float, power: float = POWER, alpha: float = ALPHA) -> float:
    """The smallest effect that would be seen four times in five: (z_{1−α/2} + z_{power}) · σ · √(Σ 1/n).

    `sizes` are those of the groups whose means are held against each other: two, or four where before and after are.

    >>> round(smallest_detectable(2.0, 100, 100), 4)
    0.7924
    """
    return _quantiles(power, alpha) * spread * float(np.sqrt(sum(1 / n for n in sizes))) if min(sizes) > 0 else np.nan


def smallest_detectable_share(rate: float, *sizes: float, power: float = POWER, alpha: float = ALPHA) -> float:
    """The same for a share: σ = √(p(1 − p)).

    >>> round(smallest_detectable_share(0.10, 1_000, 1_000), 4)
    0.0376
    """
    return smallest_detectable(float(np.sqrt(rate * (1 - rate))), *sizes, power=power, alpha=alpha)


def is_worth_testing(smallest: float, plausible: float | None) -> bool | None:
    """Whether an effect as large as one believes in would be seen; None where nobody said what they believe.

    >>> is_worth_testing(0.04, 0.05), is_worth_testing(0.04, 0.01), is_worth_testing(0.04, None)
    (True, False, None)
    """
    if plausible is None or np.isnan(plausible) or np.isnan(smallest):
        return None
    return abs(plausible) >= smallest


def _quantiles(power, alpha):
    return float(distributions.norm.ppf(1 - alpha / 2) + distributions.norm.ppf(power))
