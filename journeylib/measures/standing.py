"""Where everybody stands at the data cut: in, past, stuck in and lost from each stage (M022); and dates entered in heaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import poisson

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.incidence import cumulative_incidence, time_until_left
from journeylib.measures.passages import BLOCK_ROWS, NEVER, find_passages, journeys_of, moments, over_blocks, stage_of_events
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
    passages = find_passages(log, model, n_rows=n_rows)
    about = journeys_of(journeys, passages.journey)
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
    dates = over_blocks(log, lambda block: _stage_dates(block, model), n_rows)
    at = pd.to_datetime(dates["at_us"], unit="us", utc=True).dt.tz_convert(timezone)
    dates = dates.assign(date=at.dt.strftime("%Y-%m-%d"), weekday=at.dt.isocalendar().day.astype(int))
    dates["is_same_day"] = dates.groupby(["journey", "source", "date"])["stage"].transform("size") > 1
    rows = [row for source, mine in dates.groupby("source", sort=True) for row in _of_source(log.names["source"][source], mine)]
    return check(pd.DataFrame(rows, columns=list(SPIKES.columns)), SPIKES)


def _stage_dates(log, model):
    stage = stage_of_events(log, model)
    kept = (stage >= 0) & (log.source >= 0)
    journey, source, stage = (values[kept].astype("int64") for values in (log.journey, log.source, stage))
    key = (journey * len(log.names["source"]) + source) * len(model.in_scope) + stage
    first = np.unique(key, return_index=True)[1]  # the log is in order of time within a journey
    return pd.DataFrame({"journey": journey[first], "source": source[first], "stage": stage[first], "at_us": log.at_us[kept][first]})


def _of_source(name, dates):
    n = len(dates)
    if n < _FEWEST_DATES or dates["stage"].nunique() < 2:
        return
    weekend = dates["weekday"].isin([6, 7]).mean()
    n_days = max((pd.Timestamp(dates["date"].max()) - pd.Timestamp(dates["date"].min())).days + 1, 1)
    for kind, column, expected in (("weekday", "weekday", 1 / 5 if weekend < 0.05 else 1 / 7), ("date", "date", 1 / n_days)):
        for day, heap in dates.groupby(column, sort=True):
            share, same = len(heap) / n, int(heap["is_same_day"].sum())
            is_beyond = share - expected >= SMALLEST_EXCESS and poisson.sf(len(heap) - 1, n * expected) < _CHANCE
            if is_beyond and same >= SMALLEST_SAME_DAY * len(heap) and (kind == "weekday" or n_days >= 10):
                yield {"source": name, "kind": kind, "day": str(day), "n": n, "n_day": len(heap), "share": share, "expected": expected, "n_same_day": same}
