"""One change judged: ripe or not, by which design, with which verdict, and what to hold against it (M110, M111)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from journeylib.effects.before_after import before_after
from journeylib.effects.choice import Exists, choose_design
from journeylib.effects.differences import difference_of_series
from journeylib.effects.interrupted import N_AFTER, YEAR_DAYS, interrupted_series
from journeylib.effects.power import is_worth_testing, smallest_detectable_mean, smallest_detectable_share
from journeylib.effects.randomised import ab_means, ab_proportions
from journeylib.effects.record import Effect, Reason, cannot_judge, series_of
from journeylib.effects.sequential import sequential_proportions
from journeylib.effects.series import KPIS, by_period, of_group, period_days
from journeylib.effects.synthetic import synthetic_control

#: Fewer customers than this on either side are counts, not a share (practice C0).
N_LEAST = 10
_SMALLEST_TAU = 0.01


@dataclass(frozen=True)
class Ground:
    """What a change is judged on: its KPI's rows (`series.observations`), and the ends of the data.

    `window_days` is how long each customer is followed (0 for answers, which are there the day they are given); periods
    with fewer than `k` customers are not drawn and not counted.
    """

    rows: pd.DataFrame
    data_from: pd.Timestamp
    as_of: pd.Timestamp
    window_days: float
    country: str = "SE"
    k: int = 1

    @property
    def ripe_until(self) -> pd.Timestamp:
        return self.as_of - pd.Timedelta(days=self.window_days)


def judge_change(change, ground: Ground) -> Effect:
    """The effect of one row of the CHANGES table (None where a cell is missing).

    Only customers of the change's horizon are looked at, whatever came later: KPI and horizon were chosen before looking.
    Before the last of them is ripe the verdict is `too_early`, with the date in the reason's `until`.
    """
    start = _moment(change.start_on, ground)
    end = start + pd.Timedelta(days=float(change.horizon_days))
    if pd.notna(change.end_on):
        end = min(end, _moment(change.end_on, ground) + pd.Timedelta(days=1))
    design, mine, others = _split(change, ground, start, end)
    if end > ground.ripe_until and design != "ab_sequential":
        return _too_early(change, ground, design, mine, start, end)
    until = min(end, ground.ripe_until)
    n_after, n_before = (int(((mine["at"] >= since) & (mine["at"] < to)).sum()) for since, to in ((start, until), (ground.data_from, start)))
    if n_after < N_LEAST:
        return replace(cannot_judge(design, "too_few_after", n=n_after), kpi=change.kpi)
    if n_before < N_LEAST and not design.startswith("ab"):
        return replace(cannot_judge(design, "too_few_before", n=n_before), kpi=change.kpi)
    found = _JUDGES[design](change, ground, mine, others, start, until)
    if design == "ab_sequential" and found.verdict == "no_effect" and end > ground.ripe_until:
        found = replace(found, verdict="too_early", reasons=(*found.reasons, _until(end, ground)))
    return replace(found, kpi=change.kpi)


def smallest_effect(change, ground: Ground) -> tuple[float, bool | None]:
    """The smallest effect that the change's horizon could show (four times in five), and whether what is expected is as large.

    Traffic is taken to go on as in the year before the start; missing where nothing came before.
    """
    start = _moment(change.start_on, ground)
    rows = ground.rows[of_group(ground.rows, change.scope)]
    before = rows[(rows["at"] < min(start, ground.ripe_until)) & (rows["at"] >= start - pd.Timedelta(days=YEAR_DAYS))]
    if len(before) < N_LEAST:
        return np.nan, None
    seen_days = max((before["at"].max() - before["at"].min()).days, 1)
    n_after = len(before) / seen_days * float(change.horizon_days)
    if KPIS[change.kpi][0] == "share":
        smallest = smallest_detectable_share(before["value"].mean(), len(before), n_after)
    else:
        smallest = smallest_detectable_mean(before["value"].std(), len(before), n_after)
    return smallest, is_worth_testing(smallest, None if pd.isna(change.expected) else float(change.expected))


def _split(change, ground, start, end):
    """The design (of what will exist, where it is too early), the rows of those the change reached, and of each group it did not reach."""
    rows = ground.rows
    comparison, scope = change.comparison or "", change.scope or ""
    kind, _, name = comparison.partition(":")
    if name == "*":
        others = {group: rows[rows[kind] == group] for group in sorted(rows[kind].dropna().unique()) if f"{kind}:{group}" != scope}
    else:
        others = {comparison: rows[of_group(rows, comparison)]} if comparison else {}
    mine = rows[of_group(rows, scope)] if scope else rows.drop(index=[i for group in others.values() for i in group.index])
    wanted = change.design or ""
    n_days = period_days(mine, start)
    table = by_period(mine, start, n_days=n_days, since=ground.data_from, until=min(end, ground.ripe_until), is_share=True)
    exists = Exists(is_split=wanted.startswith("ab"), is_watched=wanted == "ab_sequential", n_comparisons=len([g for g in others.values() if len(g)]),
                    n_before=int((~table["is_after"]).sum()), n_after=N_AFTER if end > ground.ripe_until else int(table["is_after"].sum()))  # fmt: skip
    return choose_design(exists), mine, others


def _experiment(change, ground, mine, others, start, until):
    control = pd.concat(others.values()) if others else mine.iloc[:0]
    groups = [group[(group["at"] >= start) & (group["at"] < until)].groupby("unit", sort=True)["value"].agg(["mean", "count"]) for group in (mine, control)]
    share = 0.5 if pd.isna(change.control_share) else float(change.control_share)
    unit, higher = KPIS[change.kpi]
    if min(map(len, groups)) < N_LEAST:
        return cannot_judge("ab", "no_one_to_compare")
    if unit == "share" and all((group["count"] == 1).all() for group in groups):
        (k, n), (k0, n0) = ((int(group["mean"].sum()), len(group)) for group in groups)
        return ab_proportions(k, n, k0, n0, control_share=share, higher_is_better=higher)
    return ab_means(groups[0]["mean"].to_numpy(), groups[1]["mean"].to_numpy(), control_share=share, higher_is_better=higher)


def _watched(change, ground, mine, others, start, until):
    if KPIS[change.kpi][0] != "share":
        return replace(_experiment(change, ground, mine, others, start, until), design="ab")
    control = pd.concat(others.values()) if others else mine.iloc[:0]
    looks = []
    for look in pd.date_range(start, until, freq="7D", inclusive="right"):
        k, n = zip(*((group["value"].sum(), len(group)) for group in (g[(g["at"] >= start) & (g["at"] < look)].drop_duplicates("unit") for g in (mine, control))), strict=True)
        if min(n):
            looks.append((k[0], n[0], k[1], n[1]))
    if not looks:
        return cannot_judge("ab_sequential", "no_one_to_compare")
    tau = _SMALLEST_TAU if pd.isna(change.expected) or not change.expected else abs(float(change.expected))
    share = 0.5 if pd.isna(change.control_share) else float(change.control_share)
    return sequential_proportions(looks, tau=tau, control_share=share, higher_is_better=KPIS[change.kpi][1])


def _differences(change, ground, mine, others, start, until):
    control = pd.concat(others.values())
    n_days = max(period_days(mine, start), period_days(control, start))
    tables = [_periods(change, ground, rows, start, until, n_days) for rows in (mine, control)]
    found = difference_of_series(*tables, higher_is_better=KPIS[change.kpi][1])
    return found if found.series is None else replace(found, series=found.series.assign(at=tables[0]["first_day"].reindex(found.series["at"]).to_numpy()))


def _synthetic(change, ground, mine, others, start, until):
    n_days = period_days(mine, start)
    tables = {"": _periods(change, ground, mine, start, until, n_days)} | {
        name: _periods(change, ground, rows, start, until, n_days) for name, rows in others.items()}  # fmt: skip
    wide = pd.DataFrame({name: table["value"] for name, table in tables.items()}).sort_index()
    whole = wide.loc[:, wide.notna().all() | (wide.columns == "")].dropna()
    first_days = tables[""]["first_day"].reindex(whole.index)
    values = whole[["", *(name for name in whole if name)]].T.to_numpy()
    return synthetic_control(values, int((whole.index < 0).sum()), at=first_days.to_numpy(), did=True, higher_is_better=KPIS[change.kpi][1])


def _interrupted(change, ground, mine, others, start, until):
    n_days = period_days(mine, start)
    table = _periods(change, ground, mine, start, until, n_days)
    return interrupted_series(table["value"], table["is_after"], first_days=pd.DatetimeIndex(table["first_day"]), n_days=n_days, country=ground.country,
                              weights=table["n"] / table["n"].mean(), n=int(table["n"].sum()), higher_is_better=KPIS[change.kpi][1])  # fmt: skip


def _before_after(change, ground, mine, others, start, until):
    unit, higher = KPIS[change.kpi]
    found = before_after(mine, start, until, data_from=ground.data_from, is_share=unit == "share", country=ground.country, higher_is_better=higher)
    table = _periods(change, ground, mine, start, until, period_days(mine, start))
    expected = np.where(table["is_after"], found.before, np.nan)
    return replace(found, series=series_of(table["first_day"].to_numpy(), table["value"].to_numpy(), expected, np.nan, np.nan, table["is_after"].to_numpy()))


def _nothing(change, ground, mine, others, start, until):
    return cannot_judge("none", "nothing_before")


_JUDGES = {"ab": _experiment, "ab_sequential": _watched, "differences": _differences, "synthetic_control": _synthetic,
           "interrupted": _interrupted, "before_after": _before_after, "none": _nothing}  # fmt: skip


def _periods(change, ground, rows, start, until, n_days):
    table = by_period(rows, start, n_days=n_days, since=ground.data_from, until=until, is_share=KPIS[change.kpi][0] == "share")
    return table[table["n"] >= ground.k]


def _too_early(change, ground, design, mine, start, end):
    """What can be said while the last customers are not ripe: when they will be, and the figure before."""
    before = mine.loc[(mine["at"] < min(start, ground.ripe_until)) & (mine["at"] >= start - pd.Timedelta(days=YEAR_DAYS)), "value"]
    level = float(before.mean()) if len(before) >= N_LEAST else np.nan
    return Effect(design, before=level, n=len(before), verdict="too_early", reasons=(_until(end, ground),), kpi=change.kpi)


def _until(end, ground):
    return Reason("until", {"until": (end + pd.Timedelta(days=ground.window_days)).date()})


def _moment(day, ground):
    """The first moment of a day on the client's calendar: `as_of` carries the zone."""
    return pd.Timestamp(day).tz_localize(ground.as_of.tz).tz_convert("UTC")
