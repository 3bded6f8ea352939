"""Where everybody stands at the data cut: in, past, stuck in and lost from each stage (M022); and dates entered in heaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import poisson

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.incidence import cumulative_incidence, time_until_left
from journeylib.measures.passages import BLOCK_ROWS, NEVER, add_up, count_rows, find_passages, journeys_of, moments, stage_of_events
from journeylib.schema import SPIKES, STANDING, check

#: Fewer who left a stage say nothing of how long is long.
FEWEST_LEFT = 10
#: A heap is at least this much more of a source's dates than the day would have by chance, …
SMALLEST_EXCESS = 0.10
#: … beyond what a Poisson count exceeds once in 10 000, and this much of it is several stages of one journey in one day.
_CHANCE, SMALLEST_SAME_DAY = 1e-4, 0.10
_FEWEST_DATES = 50


def standing(log: EventLog, journeys: pd.DataFrame, model, *, stuck_quantile: float = 0.8, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How many are in, past, stuck in and lost from each stage: `at_least` counting, the map's rule, so that all add up.

    Stuck: still in the stage, and for longer than the time by which `stuck_quantile` of those who came have left it
    (Kaplan–Meier, the ones still there counted as still there). Open is open, never lost.

    Returns
    -------
    STANDING, by stage.
    """
    passages = find_passages(log, model, of=("at_least",), n_rows=n_rows)
    about = journeys_of(journeys, passages.journey, "state", "ended_at")
    is_lost = (about["state"] == "lost").to_numpy(bool)
    lost_at = moments(about["ended_at"])
    at = np.hstack([passages.at_least, np.full((len(about), 1), NEVER)])
    rows = [_stage_row(stage, i, at[:, i], at[:, i + 1], is_lost, lost_at, log.as_of_us, stuck_quantile, i == len(model.in_scope) - 1)
            for i, stage in enumerate(model.in_scope)]  # fmt: skip
    return check(pd.DataFrame(rows), STANDING)


def _stage_row(stage, i, entered, later, is_lost, lost_at, as_of_us, quantile, is_last):
    reached, past = entered < NEVER, later < NEVER
    lost = reached & ~past & is_lost
    inside = reached & ~past & ~lost
    row = {"stage": stage.id, "position": i, "n_reached": reached.sum(), "n_past": past.sum(), "n_in": inside.sum(), "n_lost": lost.sum()}
    n_left = int((past | lost).sum())
    limit = np.nan if is_last or n_left < FEWEST_LEFT else _long_time(entered, later, past, lost, lost_at, as_of_us, reached, quantile)
    waited = (as_of_us - entered[inside]) / DAY_US
    stuck = waited[waited > limit] if limit == limit else np.array([])
    return row | {"n_stuck": len(stuck) if limit == limit else None, "stuck_days": limit,
                  "median_stuck_days": float(np.median(stuck)) if len(stuck) else np.nan, "n_left": n_left}  # fmt: skip


def _long_time(entered, later, past, lost, lost_at, as_of_us, reached, quantile):
    """Time by which a share of those who came have left; those who jumped over the stage spent no time in it."""
    end = np.where(past, later, np.where(lost, np.minimum(np.maximum(lost_at, entered), as_of_us), as_of_us))[reached]
    days, left = (end - entered[reached]) / DAY_US, (past | lost)[reached]
    stayed = ~(past[reached] & (days == 0))
    if left[stayed].sum() < FEWEST_LEFT:
        return np.nan
    return time_until_left(cumulative_incidence(days[stayed], left[stayed].astype(int), n_ends=1), quantile)


def spikes(log: EventLog, model, *, timezone: str = "UTC", n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Weekdays and dates on which a source's stage dates heap up: stages entered afterwards, in one sitting (pitfall 22).

    A stage date is a source's first event of a stage in a journey. A weekday should hold its seventh, a fifth where the source
    rests at weekends; a date its part of the days between first and last. Found where the excess is at least ten points and
    beyond chance, and a tenth of the heap is of journeys with several stages dated the same day. Mailings to all on one day
    are one stage a journey and no heap.

    Returns
    -------
    SPIKES, by source; empty where there is none.
    """
    counted = [_count_dates(block, model, timezone) for block in log.blocks(n_rows)]
    if not counted:
        return check(pd.DataFrame(columns=list(SPIKES.columns)), SPIKES)
    days, stages = (add_up((part[name] for part in counted), ["source", name]) for name in ("day", "stage"))
    several = stages.groupby("source").size()
    rows = [row for source, mine in days.groupby("source", sort=True) if several[source] > 1 for row in _of_source(log.names["source"][source], mine)]
    return check(pd.DataFrame(rows, columns=list(SPIKES.columns)), SPIKES)


def _count_dates(log, model, timezone) -> dict[str, pd.DataFrame]:
    """Stage dates of a block of whole journeys, by source and day (since 1970), with those of several stages a journey had that day; and by source and stage."""
    stage = stage_of_events(log, model)
    kept = np.flatnonzero((stage >= 0) & (log.source >= 0))
    n_sources, k = len(log.names["source"]), len(model.in_scope)
    key = (log.place[kept].astype(np.int64) * n_sources + log.source[kept]) * k + stage[kept]
    order = np.argsort(key, kind="stable")  # the log is in order of time within a journey
    key = key[order]
    first = np.append(True, key[1:] != key[:-1])[: len(key)]
    at, key = log.at_us[kept][order][first], key[first]
    local = pd.DatetimeIndex(at.astype("datetime64[us]")).tz_localize("UTC").tz_convert(timezone).tz_localize(None)
    day = local.to_numpy().astype("datetime64[D]").astype(np.int64)
    least = int(day.min(initial=0))
    _, place, n = np.unique((key // k) * (int(day.max(initial=0)) - least + 1) + day - least, return_inverse=True, return_counts=True)
    days = pd.DataFrame({"source": key // k % n_sources, "day": day, "n": 1, "n_same_day": (n[place] > 1).astype(int)})
    return {"day": days.groupby(["source", "day"], as_index=False).sum(), "stage": count_rows({"source": key // k % n_sources, "stage": key % k})}


def _of_source(name, days):
    """Heaps of a source; `days`: day (since 1970), n dates, n_same_day of them."""
    n, n_days = int(days["n"].sum()), int(days["day"].max() - days["day"].min()) + 1
    if n < _FEWEST_DATES:
        return
    days = days.assign(weekday=(days["day"] + 3) % 7 + 1, date=np.datetime_as_string(days["day"].to_numpy().astype("datetime64[D]")))  # 1970 began on a Thursday
    weekend = days.loc[days["weekday"] > 5, "n"].sum() / n
    for kind, column, expected in (("weekday", "weekday", 1 / 5 if weekend < 0.05 else 1 / 7), ("date", "date", 1 / n_days)):
        for day, heap in days.groupby(column, sort=True)[["n", "n_same_day"]].sum().iterrows():
            share = heap["n"] / n
            is_beyond = share - expected >= SMALLEST_EXCESS and poisson.sf(heap["n"] - 1, n * expected) < _CHANCE
            if is_beyond and heap["n_same_day"] >= SMALLEST_SAME_DAY * heap["n"] and (kind == "weekday" or n_days >= 10):
                yield {"source": name, "kind": kind, "day": str(day), "n": n, "n_day": heap["n"], "share": share, "expected": expected, "n_same_day": heap["n_same_day"]}
