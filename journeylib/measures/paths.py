"""Which touchpoint follows which, and where journeys come to rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, add_up, distinct, journeys_of, over_blocks, place_among, stage_of_events
from journeylib.measures.quantiles import medians_over
from journeylib.schema import EXITS, INITIATORS, TRANSITIONS, check

_COMPANY = INITIATORS.index("company")
#: Written into the register by the company about the customer: the seller's "lost" is no step of the customer's.
RECORDED = ("deal_stage", "contact_created")


def transitions(log: EventLog, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Every move from one touchpoint to the one directly after it in the same journey, with how often and how fast.

    Events outside the stages in scope take part too, with an empty stage: leaving them out would invent moves.

    Returns
    -------
    TRANSITIONS, most common first.
    """
    keys = ["touchpoint", "next_touchpoint", "stage", "next_stage"]
    table = add_up((_count_moves(block, model) for block in log.blocks(n_rows)), keys) if len(log) else pd.DataFrame(columns=[*keys, "n_transitions", "n_journeys"], dtype=int)
    n_stages, n = len(model.in_scope) + 1, len(log.names["touchpoint"])
    cells = _cell(*(table[name].to_numpy() for name in keys), n, n_stages)
    waits = medians_over(lambda: ((place_among(cell, cells), wait) for block in log.blocks(n_rows) for _, cell, wait in [_moves(block, model)]), len(cells))
    table["median_days"] = waits / DAY_US
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
    last["state"] = journeys_of(journeys, last["journey"].to_numpy(), "state")["state"].to_numpy()
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
    """Every move of a block: the place of its journey, its cell (`_cell`), and the µs it took."""
    codes = log.touchpoint
    rows = np.flatnonzero(codes >= 0)
    place, touchpoint, at = log.place[rows], codes[rows].astype(np.int64), log.at_us[rows]
    stage, n, k = stage_of_events(log, model)[rows].astype(np.int64), len(log.names["touchpoint"]), len(model.in_scope) + 1
    before = np.flatnonzero(place[1:] == place[:-1])
    after = before + 1
    return place[after], _cell(touchpoint[before], touchpoint[after], stage[before], stage[after], n, k), at[after] - at[before]


def _cell(touchpoint, following, stage, next_stage, n, n_stages):
    return ((touchpoint * n + following) * n_stages + stage + 1) * n_stages + next_stage + 1


def _count_moves(log, model):
    place, cell, _ = _moves(log, model)
    met, n_moves = np.unique(cell, return_counts=True)
    code = place_among(cell, met)
    journeys = np.bincount(distinct(place.astype(np.int64) * len(met) + code) % max(len(met), 1), minlength=len(met))
    k, n = len(model.in_scope) + 1, len(log.names["touchpoint"])
    return pd.DataFrame({"touchpoint": met // (k * k * n), "next_touchpoint": met // (k * k) % n, "stage": met // k % k - 1, "next_stage": met % k - 1,
                         "n_transitions": n_moves, "n_journeys": journeys})  # fmt: skip


def _last_events(log, model):
    stage = stage_of_events(log, model)
    starts, last = log.starts[:-1], log.starts[1:] - 1
    furthest = np.maximum.reduceat(stage, starts) if len(log) else stage
    if len(log):
        is_recorded = np.isin(log.touchpoint, [i for i, name in enumerate(log.names["touchpoint"]) if name in RECORDED])
        own = np.maximum.reduceat(np.where((log.initiator != _COMPANY) & ~is_recorded, np.arange(len(log)), -1), starts)
        last = np.where(own >= 0, own, last)
    return pd.DataFrame({"journey": log.journey[last], "stage": furthest, "touchpoint": log.touchpoint[last], "at_us": log.at_us[last]})
