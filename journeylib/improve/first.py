"""Which action comes first? One answer for the first page, the map, the headline and the plan."""

from __future__ import annotations

import pandas as pd

from journeylib import knowledge

#: What is being done comes before what was agreed, that before what is only proposed.
_ORDER = {"under_way": 0, "agreed": 1, "proposed": 2, "done": 3}
_LIVE = ("under_way", "agreed", "proposed")


def first_of_stage(actions: pd.DataFrame, stage: str) -> pd.Series | None:
    """The action to name first for a stage: what concerns everybody there before one persona, what people agreed before proposals, then by rank.

    Returns
    -------
    A row of ACTIONS; None where nothing is proposed or agreed for the stage.
    """
    rows = actions[(actions["stage"].fillna("") == stage) & (actions["status"] != "rejected")]
    return _first(rows)


def first_of_all(actions: pd.DataFrame, leading: pd.Series | None = None) -> pd.Series | None:
    """Where to start: the first action of the gap that leads the report, else of the stage that the ranking puts highest; of what is not done yet."""
    live = actions[actions["status"].isin(_LIVE)].sort_values(["rank", "action_id"], na_position="last", kind="stable")
    if live.empty:
        return None
    closes_it = None if leading is None else first_of_gap(leading, live)
    if closes_it is not None:
        return closes_it
    top = live.iloc[0]
    return first_of_stage(live, top["stage"]) if top["stage"] else top


def first_of_gap(gap: pd.Series, actions: pd.DataFrame) -> pd.Series | None:
    """The action to name beside a gap: the first of its stage; for a gap of the whole journey the first that closes it."""
    found = first_of_stage(actions, gap["stage"]) if gap["stage"] else None
    if found is not None:
        return found
    known = knowledge.load("actions")
    closes = actions["kind"].map(lambda kind: gap["check"] in known.get(kind, {}).get("closes", ()))
    here = (actions["gap_id"] == gap["gap_id"]) | (closes & (actions["stage"].fillna("") == gap["stage"]))
    return _first(actions[here.fillna(False) & (actions["status"] != "rejected")])


def _first(rows):
    if rows.empty:
        return None
    order = rows.assign(_own=rows["persona"].fillna("") != "", _at=rows["status"].map(_ORDER))
    return order.sort_values(["_own", "_at", "rank", "action_id"], na_position="last", kind="stable").iloc[0].drop(["_own", "_at"])
