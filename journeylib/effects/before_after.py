"""Did the figure move, against the same weeks a year earlier? Before and after, with its season (practice C9 f).

The weakest design: it tells that something moved, never what moved it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.effects.nordic import special_shares
from journeylib.effects.randomised import difference_of_means
from journeylib.effects.record import Effect, Reason, cannot_judge
from journeylib.measures.stats import wilson_clustered

#: A year in whole weeks: the same weekdays.
YEAR = pd.Timedelta(days=364)
#: Special days that take up this much more of the one span than of the other make the two unlike.
_UNLIKE = 0.02


def before_after(rows: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, *, data_from: pd.Timestamp, is_share: bool, country: str = "SE",
                 higher_is_better: bool = True) -> Effect:  # fmt: skip
    """The customers of [start, end) against those of the same weeks a year earlier; against the span just before where there was no data then.

    Parameters
    ----------
    rows : one a customer: `at` (moment), `value` (0 / 1 where `is_share`), `unit`.
    data_from : first moment the data tell of.
    """
    length = end - start
    a_year_ago = start - YEAR >= data_from
    first = start - YEAR if a_year_ago else start - length
    if first < data_from:
        return cannot_judge("before_after", "nothing_before")
    spans = [rows[(rows["at"] >= begin) & (rows["at"] < begin + length)] for begin in (first, start)]
    if min(map(len, spans)) < 2:
        return cannot_judge("before_after", "nothing_before" if len(spans[0]) < 2 else "nothing_after")
    d, lo, hi, p = (_shares_apart if is_share else _means_apart)(*spans)
    reasons = [Reason("last_year" if a_year_ago else "season_not_removed")]
    reasons += [Reason("special_unlike", {"kind": kind}) for kind in _unlike_days(first, start, length, country)]
    levels = [float(span["value"].mean()) for span in spans]
    found = Effect("before_after", *levels, d, lo, hi, p, sum(map(len, spans)), reasons=tuple(reasons))
    return found.judged(higher_is_better)


def _shares_apart(before, after):
    """Newcombe's interval with each Wilson interval widened by the design effect of the unit."""
    ends = []
    for span in (before, after):
        by_unit = span.groupby("unit")["value"].agg(["sum", "count"])
        ends.append((float(span["value"].mean()), *map(float, wilson_clustered(by_unit["sum"], by_unit["count"]))))
    (p0, lo0, hi0), (p1, lo1, hi1) = ends
    return p1 - p0, p1 - p0 - np.hypot(p1 - lo1, hi0 - p0), p1 - p0 + np.hypot(hi1 - p1, p0 - lo0), np.nan


def _means_apart(before, after):
    before, after = (span.groupby("unit")["value"].mean().to_numpy() for span in (before, after))
    return difference_of_means(after, before) if min(len(before), len(after)) > 1 else (np.nan,) * 4


def _unlike_days(first, start, length, country):
    n_days = max(int(length.days), 1)
    shares = special_shares(pd.DatetimeIndex([first.tz_localize(None), start.tz_localize(None)]), n_days, country)
    return [kind for kind in shares if abs(shares[kind].iloc[0] - shares[kind].iloc[1]) > _UNLIKE]
