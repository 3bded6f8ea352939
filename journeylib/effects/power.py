"""Can a change be seen at all, with the customers there are? If not: do not test, decide (practice C9)."""

from __future__ import annotations

import numpy as np
from scipy import stats as distributions

POWER = 0.8
ALPHA = 0.05


def smallest_detectable_share(rate: float, n: float, n_other: float, *, power: float = POWER, alpha: float = ALPHA) -> float:
    """The smallest change of a share that would be seen four times in five: (z_{1−α/2} + z_{power}) · √(p(1 − p)(1/n + 1/n')).

    >>> round(smallest_detectable_share(0.10, 1_000, 1_000), 4)
    0.0376
    """
    return _quantiles(power, alpha) * float(np.sqrt(rate * (1 - rate) * (1 / n + 1 / n_other))) if min(n, n_other) > 0 else np.nan


def smallest_detectable_mean(spread: float, n: float, n_other: float, *, power: float = POWER, alpha: float = ALPHA) -> float:
    """The same for a mean whose values have standard deviation `spread`."""
    return _quantiles(power, alpha) * spread * float(np.sqrt(1 / n + 1 / n_other)) if min(n, n_other) > 0 else np.nan


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
