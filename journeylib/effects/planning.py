"""Can a planned change be judged at all, with the customers there are? Said before it starts: if not, do not test, decide (practice C9)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats as distributions

from journeylib.effects.experiment import control_share, smallest_of_interest
from journeylib.effects.interrupted import YEAR_DAYS
from journeylib.effects.judgement import N_LEAST, Ground, design_of, span_of
from journeylib.effects.power import POWER, is_worth_testing, smallest_detectable
from journeylib.effects.sequential import always_valid_half_width
from journeylib.effects.series import KPIS

#: Designs that hold four numbers against each other: before and after, with the change and without.
_FOUR = ("differences", "group_differences", "staggered", "synthetic_control", "controlled_series")


def smallest_effect(change, ground: Ground) -> tuple[float, bool | None]:
    """The smallest effect that the change's design and horizon could show (four times in five), and whether what is expected is as large.

    Traffic is taken to go on as in the year before the start; missing where nothing came before. Chance among customers alone counts here:
    a series that jumps about of itself shows less.
    """
    start, end = span_of(change, ground)
    design, met = design_of(change, ground)
    rows = [_year_before(group, start, ground) for group in (met.mine, pd.concat(met.others.values()) if met.others else met.mine.iloc[:0])]
    if design.startswith("ab") and min(map(len, rows)) < N_LEAST:  # the split is still to come: everybody is dealt out
        rows = [_year_before(ground.rows, start, ground)] * 2
        shares = (1 - control_share(change), control_share(change))
    else:
        shares = (1.0, 1.0)
    if len(rows[0]) < N_LEAST:
        return np.nan, None
    spread = _spread(rows[0]["value"], KPIS[change.kpi][0])
    before = [group["unit"].nunique() for group in rows]
    after = [group["unit"].nunique() / _seen_days(group) * (end - start).days * share for group, share in zip(rows, shares, strict=True)]
    sides = after if design.startswith("ab") else [*before, *after] if design in _FOUR else [before[0], after[0]]
    if min(sides) <= 0:
        return np.nan, None
    smallest = smallest_detectable(spread, *sides)
    if design == "ab_sequential":  # every look counts: its wider interval in place of the fixed one
        error = spread * float(np.sqrt(sum(1 / n for n in sides)))
        smallest = float(always_valid_half_width(error**2, smallest_of_interest(change, ground.rows, start)) + distributions.norm.ppf(POWER) * error)
    return smallest, is_worth_testing(smallest, None if pd.isna(change.expected) else float(change.expected))


def _spread(values, unit) -> float:
    rate = values.mean()
    return float(np.sqrt(rate * (1 - rate)) if unit == "share" else values.std())


def _year_before(rows, start, ground):
    return rows[(rows["at"] < min(start, ground.ripe_until)) & (rows["at"] >= start - pd.Timedelta(days=YEAR_DAYS))]


def _seen_days(rows) -> int:
    return max((rows["at"].max() - rows["at"].min()).days, 1) if len(rows) else 1
