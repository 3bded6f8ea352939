"""One change judged: ripe or not, by which design, with which verdict, and what to hold against it (M110, M111)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from journeylib.effects.before_after import before_after
from journeylib.effects.choice import Exists, choose_design
from journeylib.effects.differences import difference_of_series
from journeylib.effects.experiment import judge_split, judge_watched
from journeylib.effects.groups import Met, who_met
from journeylib.effects.interrupted import N_AFTER, YEAR_DAYS, interrupted_series
from journeylib.effects.panels import judge_groups, judge_staggered, judge_synthetic
from journeylib.effects.record import Effect, Reason, cannot_judge, series_of
from journeylib.effects.series import KPIS, by_period, period_days

#: Fewer customers than this on either side are counts, not a share (practice C0).
N_LEAST = 10


@dataclass(frozen=True)
class Ground:
    """What a change is judged on: its KPI's rows (`series.observations`), and the ends of the data.

    `window_days` is how long each customer is followed (0 for answers, which are there the day they are given); periods
    with fewer than `k` customers are not drawn and not counted. `seed` deals out starts anew, where groups met a change at different times.
    """

    rows: pd.DataFrame
    data_from: pd.Timestamp
    as_of: pd.Timestamp
    window_days: float
    country: str = "SE"
    k: int = 1
    seed: int = 0

    @property
    def ripe_until(self) -> pd.Timestamp:
        return self.as_of - pd.Timedelta(days=self.window_days)

    def moment(self, day) -> pd.Timestamp:
        """The first moment of a day on the client's calendar: `as_of` carries the zone."""
        return pd.Timestamp(day).tz_localize(self.as_of.tz).tz_convert("UTC")

    def periods(self, change, rows, start, until, n_days) -> pd.DataFrame:
        """The KPI of some rows by periods of `n_days` from the start, those with fewer than k left out (`series.by_period`)."""
        table = by_period(rows, start, n_days=n_days, since=self.data_from, until=until, is_share=KPIS[change.kpi][0] == "share")
        return table[table["n"] >= self.k]


def judge_change(change, ground: Ground) -> Effect:
    """The effect of one row of the CHANGES table (None where a cell is missing).

    Only customers of the change's horizon are looked at, whatever came later: KPI and horizon were chosen before looking.
    Before the last of them is ripe the verdict is `too_early`, with the date in the reason's `until`. Groups that met the change on days of
    their own are each followed for the horizon from the last of those days.
    """
    start, end = span_of(change, ground)
    design, met = design_of(change, ground)
    if end > ground.ripe_until and design != "ab_sequential":
        return _too_early(change, ground, design, met.mine, start, end)
    until = min(end, ground.ripe_until)
    n_after, n_before = (int(((met.mine["at"] >= since) & (met.mine["at"] < to)).sum()) for since, to in ((start, until), (ground.data_from, start)))
    if n_after < N_LEAST:
        return replace(_too_few("after", design, n_after, ground.k), kpi=change.kpi)
    if n_before < N_LEAST and not design.startswith("ab"):
        return replace(_too_few("before", design, n_before, ground.k), kpi=change.kpi)
    found = _JUDGES[design](change, ground, met, start, until)
    if design == "ab_sequential" and found.verdict == "no_effect" and end > ground.ripe_until:
        found = replace(found, verdict="too_early", reasons=(*found.reasons, _until(end, ground)))
    return replace(found, kpi=change.kpi)


def span_of(change, ground: Ground) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first moment of a change and the end of its horizon: from the last group's start, and no longer than the change itself."""
    start = ground.moment(change.start_on)
    last = max([start, *(ground.moment(day) for day in who_met(ground.rows, change.scope, change.comparison).starts.values() if day)])
    end = last + pd.Timedelta(days=float(change.horizon_days))
    return start, min(end, ground.moment(change.end_on) + pd.Timedelta(days=1)) if pd.notna(change.end_on) else end


def design_of(change, ground: Ground) -> tuple[str, Met]:
    """The strongest design that what exists allows (where it is too early: what will exist), and who met the change."""
    start, end = span_of(change, ground)
    met = who_met(ground.rows, change.scope, change.comparison)
    wanted = change.design or ""
    table = by_period(met.mine, start, n_days=period_days(met.mine, start), since=ground.data_from, until=min(end, ground.ripe_until), is_share=True)
    exists = Exists(is_split=wanted.startswith("ab"), is_watched=wanted == "ab_sequential", is_series=wanted == "controlled_series", is_staggered=met.is_staggered,
                    n_groups=len(met.starts), n_comparisons=len(met.others), n_before=int((~table["is_after"]).sum()),
                    n_after=N_AFTER if end > ground.ripe_until else int(table["is_after"].sum()))  # fmt: skip
    return choose_design(exists), met


def _differences(change, ground, met, start, until):
    control = pd.concat(met.others.values())
    n_days = max(period_days(met.mine, start), period_days(control, start))
    tables = [ground.periods(change, rows, start, until, n_days) for rows in (met.mine, control)]
    found = difference_of_series(*tables, higher_is_better=KPIS[change.kpi][1])
    if any(reason.key == "moved_apart" for reason in found.reasons):  # apart, but perhaps at one pace: then the untouched tell all the same
        by_series = _controlled(change, ground, met, start, until)
        return by_series if by_series.verdict != "cannot_judge" else found
    return found if found.series is None else replace(found, series=found.series.assign(at=tables[0]["first_day"].reindex(found.series["at"]).to_numpy()))


def _controlled(change, ground, met, start, until):
    control = pd.concat(met.others.values())
    n_days = max(period_days(met.mine, start), period_days(control, start))
    table, other = (ground.periods(change, rows, start, until, n_days) for rows in (met.mine, control))
    both = table.join(other[["value"]], rsuffix="_other", how="inner")
    return interrupted_series(both["value"], both["is_after"], first_days=pd.DatetimeIndex(both["first_day"]), n_days=n_days, controls=both[["value_other"]],
                              country=ground.country, weights=both["n"] / both["n"].mean(), n=int(both["n"].sum()), higher_is_better=KPIS[change.kpi][1])  # fmt: skip


def _interrupted(change, ground, met, start, until):
    n_days = period_days(met.mine, start)
    table = ground.periods(change, met.mine, start, until, n_days)
    return interrupted_series(table["value"], table["is_after"], first_days=pd.DatetimeIndex(table["first_day"]), n_days=n_days, country=ground.country,
                              weights=table["n"] / table["n"].mean(), n=int(table["n"].sum()), higher_is_better=KPIS[change.kpi][1])  # fmt: skip


def _before_after(change, ground, met, start, until):
    unit, higher = KPIS[change.kpi]
    found = before_after(met.mine, start, until, data_from=ground.data_from, is_share=unit == "share", country=ground.country, higher_is_better=higher)
    table = ground.periods(change, met.mine, start, until, period_days(met.mine, start))
    expected = np.where(table["is_after"], found.before, np.nan)
    return replace(found, series=series_of(table["first_day"].to_numpy(), table["value"].to_numpy(), expected, np.nan, np.nan, table["is_after"].to_numpy()))


def _nothing(change, ground, met, start, until):
    return cannot_judge("none", "nothing_before")


_JUDGES = {"ab": judge_split, "ab_sequential": judge_watched, "differences": _differences, "group_differences": judge_groups, "staggered": judge_staggered,
           "synthetic_control": judge_synthetic, "controlled_series": _controlled, "interrupted": _interrupted, "before_after": _before_after, "none": _nothing}  # fmt: skip


def _too_early(change, ground, design, mine, start, end):
    """What can be said while the last customers are not ripe: when they will be, and the figure before."""
    before = mine.loc[(mine["at"] < min(start, ground.ripe_until)) & (mine["at"] >= start - pd.Timedelta(days=YEAR_DAYS)), "value"]
    level = float(before.mean()) if len(before) >= N_LEAST else np.nan
    return Effect(design, before=level, n=len(before), verdict="too_early", reasons=(_until(end, ground),), kpi=change.kpi)


def _until(end, ground):
    return Reason("until", {"until": (end + pd.Timedelta(days=ground.window_days)).date()})


def _too_few(when, design, n, k):
    """Too few were seen to judge; of fewer than k not even how many."""
    return cannot_judge(design, f"few_{when}", n=k) if 0 < n < k else cannot_judge(design, f"too_few_{when}", n=n)
