"""Several groups seen period by period, some changed and some not: shops, segments, offers (practice C9 c, d)."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import pandas as pd

from journeylib.effects.differences import collapsed_differences
from journeylib.effects.record import Effect
from journeylib.effects.series import KPIS, period_days
from journeylib.effects.staggered import group_time_effects
from journeylib.effects.synthetic import synthetic_control


def judge_groups(change, ground, met, start, until) -> Effect:
    """Several changed and several untouched groups: each collapsed to one number before and one after."""
    tables = _tables(change, ground, met.groups() | met.others, start, until)
    panel = _panel(tables).assign(is_changed=lambda rows: rows["unit"].isin(list(met.starts)))
    found = collapsed_differences(panel, start=0, higher_is_better=KPIS[change.kpi][1])
    return _dated(found, tables)


def judge_staggered(change, ground, met, start, until) -> Effect:
    """Groups that met the change on days of their own; the period in which a group's day lies is left out of that group's series."""
    tables = _tables(change, ground, met.groups() | met.others, start, until)
    panel, step = _panel(tables), pd.Timedelta(days=_n_days(met, start))
    begun = {name: (ground.moment(day) - start) / step if day else 0.0 for name, day in met.starts.items()}
    since = panel["unit"].map(begun)
    astride = (panel["at"] == np.floor(since)) & (since % 1 > 0)
    panel = panel.assign(changed_in=np.ceil(since), period=panel["at"], value=panel["value"].mask(astride))
    rng = np.random.default_rng([ground.seed, zlib.crc32(f"starts:{change.kpi}:{change.start_on:%Y-%m-%d}".encode())])
    return _dated(group_time_effects(panel, rng=rng, n_base=None, higher_is_better=KPIS[change.kpi][1]), tables)


def judge_synthetic(change, ground, met, start, until) -> Effect:
    """One changed group against a mix of untouched ones that moved as it did before."""
    n_days = period_days(met.mine, start)
    tables = {"": ground.periods(change, met.mine, start, until, n_days)} | {
        name: ground.periods(change, rows, start, until, n_days) for name, rows in met.others.items()}  # fmt: skip
    wide = pd.DataFrame({name: table["value"] for name, table in tables.items()}).sort_index()
    whole = wide.loc[:, wide.notna().all() | (wide.columns == "")].dropna()
    first_days = tables[""]["first_day"].reindex(whole.index)
    values = whole[["", *(name for name in whole if name)]].T.to_numpy()
    return synthetic_control(values, int((whole.index < 0).sum()), at=first_days.to_numpy(), did=True, higher_is_better=KPIS[change.kpi][1])


def _n_days(met, start) -> int:
    """One length of period for all groups: that of the smallest."""
    return max(period_days(rows, start) for rows in (met.groups() | met.others).values())


def _tables(change, ground, groups, start, until):
    n_days = max(period_days(rows, start) for rows in groups.values())
    return {name: ground.periods(change, rows, start, until, n_days) for name, rows in groups.items()}


def _panel(tables) -> pd.DataFrame:
    """One row a group and period, numbered from the change: `unit`, `at`, `value`, `n`, `first_day`."""
    rows = [table.assign(unit=name, at=table.index)[["unit", "at", "value", "n", "first_day"]] for name, table in tables.items()]
    return pd.concat(rows, ignore_index=True)


def _dated(found, tables):
    """The effect told on its customers, its series on the periods' first days."""
    rows = _panel(tables)
    first_days = rows.drop_duplicates("at").set_index("at")["first_day"]
    series = None if found.series is None else found.series.assign(at=found.series["at"].map(first_days).to_numpy())
    return replace(found, n=int(rows["n"].sum()) if found.verdict != "cannot_judge" else found.n, series=series)
