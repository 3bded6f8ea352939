"""Which touchpoint follows which, and where journeys come to rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, journeys_of, over_blocks, stage_of_events
from journeylib.schema import EXITS, INITIATORS, TRANSITIONS, check

_COMPANY = INITIATORS.index("company")
#: Written into the register by the company about the customer: the seller's "lost" is no step of the customer's.
_RECORDED = ("deal_stage", "contact_created")


def transitions(log: EventLog, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Every move from one touchpoint to the one directly after it in the same journey, with how often and how fast.

    Events outside the stages in scope take part too, with an empty stage: leaving them out would invent moves.

    Returns
    -------
    TRANSITIONS, most common first.
    """
    moves = over_blocks(log, lambda block: _moves(block, model), n_rows)
    keys = ["touchpoint", "next_touchpoint", "stage", "next_stage"]
    table = moves.groupby(keys, sort=True).agg(
        n_transitions=("journey", "size"), n_journeys=("journey", "nunique"), median_days=("days", "median")
    ).reset_index()  # fmt: skip
    names, stages = np.array(log.names["touchpoint"], dtype=object), np.array([*(stage.id for stage in model.in_scope), ""], dtype=object)
    table = table.assign(
        touchpoint=names[table["touchpoint"]], next_touchpoint=names[table["next_touchpoint"]],
        stage=stages[table["stage"]], next_stage=stages[table["next_stage"]],
    )  # fmt: skip
    return check(table.sort_values("n_transitions", ascending=False, kind="stable"), TRANSITIONS)


def exits(log: EventLog, journeys: pd.DataFrame, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """The customer's last own step in the journeys whose furthest stage each stage is, by their state at the data cut.

    What the company started (a newsletter sent after the customer fell silent) or recorded (a deal set to lost) is no step of the customer's; a journey that
    holds nothing else ends in its last touchpoint.

    Returns
    -------
    EXITS, by stage, most common first. Journeys that never touched a stage in scope are not in it.
    """
    last = over_blocks(log, lambda block: _last_events(block, model), n_rows)
    last = last[(last["stage"] >= 0) & (last["touchpoint"] >= 0)]
    last["state"] = journeys_of(journeys, last["journey"].to_numpy())["state"].to_numpy()
    last["silent_days"] = (log.as_of_us - last["at_us"]) / DAY_US
    table = last.groupby(["stage", "touchpoint", "state"]).agg(
        n_journeys=("journey", "size"), median_silent_days=("silent_days", "median")
    ).reset_index()  # fmt: skip
    table["share"] = table["n_journeys"] / table.groupby("stage")["n_journeys"].transform("sum")
    table = table.sort_values(["stage", "n_journeys"], ascending=[True, False], kind="stable")
    return check(table.assign(
        stage=np.array([stage.id for stage in model.in_scope], dtype=object)[table["stage"]],
        touchpoint=np.array(log.names["touchpoint"], dtype=object)[table["touchpoint"]],
    ), EXITS)  # fmt: skip


def _moves(log, model):
    known = log.touchpoint >= 0
    journey, touchpoint, at = log.journey[known], log.touchpoint[known], log.at_us[known]
    stage = stage_of_events(log, model)[known]
    same = journey[1:] == journey[:-1]
    return pd.DataFrame({
        "journey": journey[1:][same], "touchpoint": touchpoint[:-1][same], "next_touchpoint": touchpoint[1:][same],
        "stage": stage[:-1][same], "next_stage": stage[1:][same], "days": np.diff(at)[same] / DAY_US,
    })  # fmt: skip


def _last_events(log, model):
    stage = stage_of_events(log, model)
    starts, last = log.starts[:-1], log.starts[1:] - 1
    furthest = np.maximum.reduceat(stage, starts) if len(log) else stage
    if len(log):
        is_recorded = np.isin(log.touchpoint, [i for i, name in enumerate(log.names["touchpoint"]) if name in _RECORDED])
        own = np.maximum.reduceat(np.where((log.initiator != _COMPANY) & ~is_recorded, np.arange(len(log)), -1), starts)
        last = np.where(own >= 0, own, last)
    return pd.DataFrame({"journey": log.journey[last], "stage": furthest, "touchpoint": log.touchpoint[last], "at_us": log.at_us[last]})
