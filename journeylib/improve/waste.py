"""Where do money and hours go that reach nobody or lead nowhere? The eight rules of waste over the company's own activities (C18, M109)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.gaps.engine import is_filled
from journeylib.gaps.purpose import waste_flags
from journeylib.measures.dossier import leavers
from journeylib.measures.passages import BLOCK_ROWS, count_presences
from journeylib.measures.places import stage_ids
from journeylib.measures.unit_pairs import difference_of_shares
from journeylib.schema import COUNTED_WASTE, WASTE, check
from journeylib.stages import StageModel

#: W5: a difference in the share that goes on below which an activity is of no use, and the fewest on either side.
USEFUL, FEWEST = 0.05, 10
#: W7: a stage is full when its share of the content is surely more than so many times its share of the customers.
FULL = 2.0
#: Hours of a working day.
DAY_HOURS = 7.5


def waste(activities: pd.DataFrame | None, tables: dict[str, pd.DataFrame], log: EventLog | None, journeys: pd.DataFrame | None, model: StageModel, *,
          window_days: float | None, k: int = 5, n_rows: int = BLOCK_ROWS) -> pd.DataFrame | None:  # fmt: skip
    """Every rule of waste that an activity breaks.

    Added up, each activity once: W1 no purpose, W2 no need behind it, W3 reaches nobody, W4 no next step, W6 done twice.
    Questioned, for it is not causal, and never added up:

    - W5 reach and no follow-on: of journeys followed past the stage, those that met the activity's channel there go on no more often than the
      others, and the interval leaves out a useful difference (`USEFUL`). Not of the first stage, where it is of use to bring people in at
      all, nor after the purchase, where those with a trouble are the ones who get in touch.
    - W7 done in a stage that is full (share of the content over share of the customers surely above `FULL`) while a later one is empty.
      A stage nobody was seen in is not judged: whether nobody is there, or no source shows them, the log cannot tell.
    - W8 waiting: where another department takes over, the extra wait is certain and the wait longer than the work (hours / reach there).

    Returns
    -------
    WASTE, by rule and activity; empty where nothing is wasted; None where there is no register of activities, or its purposes are not filled in.
    """
    if activities is None or activities.empty or not is_filled(activities["purpose"]):
        return None
    activities = activities.sort_values("activity_id").assign(place=lambda rows: stage_ids(rows, model))
    rows = [
        *_counted(activities),
        *_without_effect(activities, log, journeys, model, window_days, max(k, FEWEST), n_rows),
        *_in_full_stages(activities, tables, model),
        *_waits(activities, tables),
    ]
    return check(pd.DataFrame(rows, columns=list(WASTE.columns)), WASTE)


def total_waste(found: pd.DataFrame, activities: pd.DataFrame) -> dict[str, float]:
    """Money and hours a year of the activities that are waste, each once, and their share of all."""
    ids = found.loc[found["is_counted"], "activity_id"].unique()
    wasted = activities[activities["activity_id"].isin(ids)]
    sums = {"n": float(len(wasted)), "of": float(len(activities))}
    for name in ("cost", "hours"):
        whole = float(activities[name].sum())
        sums |= {name: float(wasted[name].sum()), f"{name}_share": float(wasted[name].sum()) / whole if whole else float("nan")}
    return sums


def _row(rule, activity, **values) -> dict:
    nothing = {"cost": None, "hours": None, "value": None, "lo": None, "hi": None, "limit": None}
    return {"rule": rule, "activity_id": activity.activity_id, "title": activity.title, "stage": activity.place, "is_counted": rule in COUNTED_WASTE} | nothing | {
        "cost": activity.cost, "hours": activity.hours} | values  # fmt: skip


def _counted(activities):
    flags = waste_flags(activities)
    return [_row(rule, activity) for rule in flags for activity in activities[flags[rule]].itertuples()]


# --- W5 -----------------------------------------------------------------------------------------------------------------


def _without_effect(activities, log, journeys, model, window_days, fewest, n_rows):
    if log is None or journeys is None or not len(log):
        return
    followed = leavers(log, journeys, model, window_days=window_days, n_rows=n_rows)
    if followed.empty:
        return
    met = count_presences(log, model, "channel", n_rows=n_rows)
    places = [stage.id for stage in model.in_scope]
    last = len(places) if model.purchase_position is None else model.purchase_position + 1
    known = activities[activities["channel"].notna() & activities["place"].isin(places[1:last])]
    for (place, channel), own in known.groupby(["place", "channel"], sort=True):
        told = _difference(followed, met, places.index(place), log.code("channel", channel), fewest)
        if told is not None and told.hi < USEFUL:
            yield from (_row("W5", activity, value=told.difference, lo=told.lo, hi=told.hi, limit=USEFUL) for activity in own.itertuples())


def _difference(followed, met, stage, channel, fewest):
    """Share that goes on among those who met the channel in the stage, minus that of the others; None where either side is small."""
    here = followed[followed["stage"] == stage]
    who = met.loc[(met["stage"] == stage) & (met["channel"] == channel), "journey"].unique()
    is_met = np.isin(here["journey"], who)
    if channel < 0 or min(int(is_met.sum()), int((~is_met).sum())) < fewest:
        return None
    goes_on = ~here["is_left"].to_numpy(dtype=bool)
    told = difference_of_shares(goes_on[is_met], here["unit"][is_met], goes_on[~is_met], here["unit"][~is_met])
    return None if pd.isna(told.hi) else told


# --- W7 and W8 ----------------------------------------------------------------------------------------------------------


def _in_full_stages(activities, tables, model):
    coverage = tables.get("coverage")
    if coverage is None:
        return
    whole = coverage[coverage["persona"] == ""].set_index("stage").reindex(model.ids)
    empty = (whole["status"] == "hole") | (
        (whole["n_customers"].fillna(0) > 0) & (whole["n_content"] == 0) & (whole["n_activities"] == 0)
    ).fillna(False)
    for place, stage in enumerate(model.ids):
        if whole["ratio_lo"].iloc[place] > FULL and whole["demand_share"].iloc[place] > 0 and empty.iloc[place + 1 :].any():
            ratio = float(whole["supply_share"].iloc[place] / whole["demand_share"].iloc[place])
            ends = {"value": ratio, "lo": whole["ratio_lo"].iloc[place], "hi": whole["ratio_hi"].iloc[place], "limit": FULL}
            yield from (_row("W7", activity, **ends) for activity in activities[activities["place"] == stage].itertuples())


def _waits(activities, tables):
    handovers = tables.get("handovers")
    if handovers is None:
        return
    for change in handovers[(handovers["measure"] == "wait") & (handovers["next_stage"] != "") & (handovers["lo"] > 0)].itertuples():
        own = activities[
            (activities["place"] == change.next_stage)
            & (activities["department"].eq(change.next_department).fillna(False) | (change.next_department == ""))
        ]
        reach = float(own.loc[own["hours"].notna(), "reach"].sum())
        work_days = float(own["hours"].sum()) / reach / DAY_HOURS if reach > 0 else None
        if work_days is not None and change.changed > work_days:
            title = " → ".join(filter(None, [change.department, change.next_department]))
            yield {"rule": "W8", "activity_id": "", "title": title, "stage": change.next_stage, "is_counted": False, "cost": None, "hours": None,
                   "value": change.changed, "lo": change.lo, "hi": change.hi, "limit": work_days}  # fmt: skip
