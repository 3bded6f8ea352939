"""How long a stage takes: time from entry to going on or being lost, with the open ones still waiting (practice C1)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.incidence import (
    Incidence,
    cumulative_incidence,
    incidence_design_effect,
    interval_at,
    quantile_interval,
    share_at,
    stayed_at,
    time_until_end,
    time_until_left,
)
from journeylib.measures.passages import BLOCK_ROWS, NEVER, Passages, find_passages, journeys_of, moments
from journeylib.schema import STAGE_TIMES, TIME_CURVE, check

HORIZONS = (30, 90, 180)
ENDS = {"went_on": 1, "lost": 2}
#: Steps of a curve that are written down; between them the curve is drawn straight on. All its values are exact.
MAX_STEPS = 200


class Waiting(NamedTuple):
    """Journeys that entered one stage before any later one: how long, and how it ended (0 open, 1 went on, 2 lost)."""

    days: np.ndarray
    end: np.ndarray
    unit: np.ndarray
    n_returned: int


def stage_times(log: EventLog, journeys: pd.DataFrame, model, *, horizons=HORIZONS, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How long each stage takes, and what has become of its journeys by each horizon.

    Time 0 is the first entry into the stage; the ends are the first event of any later stage, and being lost; what is
    neither by the data cut is censored there. Aalen–Johansen shares, log-log intervals, design effect of the unit.
    Medians and quarters of leaving from Kaplan–Meier, the median with its interval; missing where the data do not reach them. The last stage has no
    next one and no row, nor has a stage after which no source shows anything. Where `horizon_days` > `max_followed_days` nobody was followed that long: the shares are then
    those at the longest time.

    Returns
    -------
    STAGE_TIMES, by stage and horizon; stages nobody entered are not in it.
    """
    rows = [row for stage, waiting in _waiting_by_stage(log, journeys, model, n_rows) for row in _time_rows(waiting, stage, horizons)]
    return check(pd.DataFrame(rows, columns=list(STAGE_TIMES.columns)), STAGE_TIMES)


def time_curve(log: EventLog, journeys: pd.DataFrame, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """The cumulative incidence of going on and of being lost, from entry into each stage, step by step.

    Returns
    -------
    TIME_CURVE, by stage, end and time; at most 200 steps a curve, each with its exact value.
    """
    rows = [row for stage, waiting in _waiting_by_stage(log, journeys, model, n_rows) for row in _curve_rows(waiting, stage)]
    return check(pd.DataFrame(rows, columns=list(TIME_CURVE.columns)), TIME_CURVE)


def wait_in_stage(passages: Passages, about: pd.DataFrame, as_of_us: int, i: int) -> Waiting:
    """How long each journey stayed in stage i and how it ended; `about` holds the journeys' rows, in order."""
    touched, later = passages.touched[:, i], passages.at_least[:, i + 1]
    entered = (touched < NEVER) & (touched <= later)
    start = touched[entered]
    went_on = later[entered] < NEVER
    is_lost = (about["state"] == "lost").to_numpy(bool)[entered] & ~went_on
    lost_at = np.maximum(moments(about["ended_at"])[entered], start)
    ended_at = np.where(went_on, later[entered], np.where(is_lost & (lost_at < NEVER), lost_at, as_of_us))
    n_returned = int(((touched < NEVER) & ~entered).sum())
    end = np.where(went_on, ENDS["went_on"], np.where(is_lost, ENDS["lost"], 0))
    return Waiting((ended_at - start) / DAY_US, end, about["unit"].to_numpy()[entered], n_returned)


def _waiting_by_stage(log, journeys, model, n_rows):
    passages = find_passages(log, model, of=("touched", "at_least"), n_rows=n_rows)
    about = journeys_of(journeys, passages.journey, "unit", "state", "ended_at")
    for i, stage in enumerate(model.in_scope[:-1]):
        if not (passages.at_least[:, i + 1] < NEVER).any():
            continue
        waiting = wait_in_stage(passages, about, log.as_of_us, i)
        if len(waiting.days):
            yield stage.id, waiting


def _time_rows(waiting, stage, horizons):
    incidence = cumulative_incidence(waiting.days, waiting.end)
    lo, hi = _median_interval(waiting)
    told = {
        "stage": stage, "n_entered": incidence.n, "n_went_on": (waiting.end == 1).sum(), "n_lost": (waiting.end == 2).sum(),
        "n_open": (waiting.end == 0).sum(), "n_returned": waiting.n_returned,
        "median_days": time_until_left(incidence, 1 / 2), "median_lo_days": lo, "median_hi_days": hi, "q25_days": time_until_left(incidence, 1 / 4),
        "q75_days": time_until_left(incidence, 3 / 4), "median_went_on_days": time_until_end(incidence, 1 / 2, 1),
        "max_followed_days": incidence.longest,
    }  # fmt: skip
    effects = {end: _widest_effect(waiting, incidence, end) for end in ENDS.values()}
    for horizon in horizons:
        yield told | {"horizon_days": horizon} | _shares_at(incidence, horizon, effects)


def _median_interval(waiting) -> tuple[float, float]:
    """The median's interval, as strong as the units behind the journeys; to leave is one end, whichever way."""
    is_gone = (waiting.end > 0).astype(int)
    left = cumulative_incidence(waiting.days, is_gone, 1)
    median = time_until_left(left, 1 / 2)
    at = left.longest if np.isnan(median) else median
    return quantile_interval(left, 1 / 2, deff=incidence_design_effect(left, waiting.days, is_gone, waiting.unit, time=at, end=1))


def _shares_at(incidence, horizon, effects):
    shares = {"open_share": stayed_at(incidence, horizon)}
    for name, end in ENDS.items():
        lo, hi = interval_at(incidence, horizon, end, deff=effects[end])
        shares |= {f"{name}_share": share_at(incidence, horizon, end), f"{name}_lo": lo, f"{name}_hi": hi}
    return shares


def _curve_rows(waiting, stage):
    incidence = cumulative_incidence(waiting.days, waiting.end)
    steps = np.unique(np.linspace(0, len(incidence.at) - 1, MAX_STEPS).round().astype(int)) if len(incidence.at) else []
    for name, end in ENDS.items():
        deff = _widest_effect(waiting, incidence, end)
        for step in steps:
            lo, hi = interval_at(incidence, incidence.at[step], end, deff=deff)
            yield {"stage": stage, "end": name, "at_days": incidence.at[step], "n_at_risk": incidence.n_at_risk[step],
                   "share": incidence.share[step, end - 1], "lo": lo, "hi": hi}  # fmt: skip


def _widest_effect(waiting: Waiting, incidence: Incidence, end: int) -> float:
    """One design effect a curve: the largest at the horizons, so that no interval is too narrow."""
    return max(incidence_design_effect(incidence, waiting.days, waiting.end, waiting.unit, time=horizon, end=end)
               for horizon in HORIZONS)  # fmt: skip
