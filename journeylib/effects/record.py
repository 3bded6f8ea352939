"""What is known of one change: the design it was judged by, how strong that is, what was seen, and the verdict.

The designs in falling strength (practice C9): an experiment tells causes; a comparison group shows what would have happened
anyway; one long series corrects for its own trend and season; before and after only shows that something moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from journeylib.schema import STRENGTH

#: Columns of `Effect.series`: what was seen, and what the design says would have been seen without the change.
SERIES_COLUMNS = ("at", "observed", "expected", "expected_lo", "expected_hi", "is_after")


class Reason(NamedTuple):
    """Why a verdict is what it is, or what to hold against it: a key of `messages/effects.yml` and its numbers."""

    key: str
    values: dict = {}  # noqa: RUF012  (never changed)


@dataclass(frozen=True)
class Effect:
    """The effect of one change on one KPI.

    Attributes
    ----------
    design : one of `schema.STRENGTH`. before, after : the KPI's level, in its own unit (shares 0–1); missing = unknown.
    effect, lo, hi : the difference the change is held to have made, with its 95 % interval. p : of no effect at all.
    n : how many (journeys, answers, points of a series) it rests on.
    verdict : one of `schema.VERDICTS`; `better` and `worse` need the whole interval on one side of nought.
    reasons : what to say beside it. series : `SERIES_COLUMNS`, for the picture; none = nothing to draw.
    """

    design: str
    before: float = np.nan
    after: float = np.nan
    effect: float = np.nan
    lo: float = np.nan
    hi: float = np.nan
    p: float = np.nan
    n: int = 0
    verdict: str = "cannot_judge"
    reasons: tuple[Reason, ...] = ()
    kpi: str = ""
    series: pd.DataFrame | None = field(default=None, repr=False, compare=False)

    @property
    def strength(self) -> int:
        """Dots, 0–4."""
        return STRENGTH[self.design]

    def judged(self, higher_is_better: bool = True) -> Effect:
        """The same with its verdict from the interval: on which side of nought it lies, if on one."""
        return replace(self, verdict=verdict_of(self.lo, self.hi, higher_is_better))

    def because(self, *reasons: Reason) -> Effect:
        """The same with further reasons."""
        return replace(self, reasons=(*self.reasons, *reasons))


def verdict_of(lo: float, hi: float, higher_is_better: bool = True) -> str:
    """Better or worse when the whole interval lies on one side of nought; else no effect was seen.

    >>> verdict_of(-0.02, 0.05), verdict_of(0.01, 0.05), verdict_of(1.0, 3.0, higher_is_better=False)
    ('no_effect', 'better', 'worse')
    """
    if np.isnan(lo) or np.isnan(hi):
        return "cannot_judge"
    if lo <= 0 <= hi:
        return "no_effect"
    return "better" if (lo > 0) == higher_is_better else "worse"


def cannot_judge(design: str, key: str, **values) -> Effect:
    """A change that cannot be judged, and why."""
    return Effect(design, reasons=(Reason(key, values),))


def series_of(at, observed, expected, lo, hi, is_after) -> pd.DataFrame:
    """The picture's table."""
    return pd.DataFrame(dict(zip(SERIES_COLUMNS, (at, observed, expected, lo, hi, is_after), strict=True)))
