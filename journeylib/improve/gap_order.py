"""Which gap comes first? The client's goal, how sure it is, how many customers it concerns; money only among gaps that have a price (M001)."""

from __future__ import annotations

import json

import pandas as pd

from journeylib.client import Client
from journeylib.gaps import OF_CUSTOMERS
from journeylib.improve.orders import FROM_LISTS
from journeylib.knowledge import load
from journeylib.stages import StageModel

#: Gaps in what is known rather than in what is done; they lead only where nothing else is found.
OF_KNOWLEDGE = ("G02", "G28", "G29")
#: What decides before money does: gaps that differ in one of these are never weighed by their price.
TIER = ["_known", "_off_goal", "_from_lists"]
_WITHIN = ["_concerned", "_severity", "_goal", "check", "_place", "gap_id"]


def in_order(gaps: pd.DataFrame, model: StageModel, client: Client) -> pd.DataFrame:
    """The gaps, the one that leads first.

    What is done before what is known; the goal's stages before others; what customers did before what lists and answers say; then the more
    customers it concerns, the more serious, the goal's own order of checks. Among gaps alike in the first three, those with a price keep
    the places they have together, and stand in them by money: a gap is never put behind for lacking a price.
    """
    weighed = gaps.assign(**_weights(gaps, model, client)).sort_values([*TIER, *_WITHIN], kind="stable", ascending=[True] * 3 + [False, False] + [True] * 4)
    return _by_money(weighed.assign(_at=range(len(weighed))))[list(gaps.columns)]


def _by_money(ranked):
    """The priced gaps in the places they have together, tier by tier the dearest first."""
    priced = ranked[ranked["value_at_stake"].notna()]
    dearest = priced.sort_values([*TIER, "value_at_stake", "_at"], ascending=[True] * 3 + [False, True], kind="stable").index
    at = ranked["_at"].copy()
    at.loc[dearest] = priced["_at"].to_numpy()
    return ranked.loc[at.sort_values().index]


def _weights(gaps, model, client) -> dict:
    goal, known = load("goals")[client.goal], load("gaps")
    first = {check: place for place, check in enumerate(goal["checks"])}
    rows = gaps.to_dict("records")
    return {
        "_known": gaps["check"].isin(OF_KNOWLEDGE), "_off_goal": [not is_of_goal(row["check"], row["stage"], model, client) for row in rows], "_from_lists": gaps["check"].isin(FROM_LISTS),
        "_concerned": [n_concerned(row) for row in rows], "_severity": [known[check]["severity"] for check in gaps["check"]], "_goal": gaps["check"].map(first).fillna(len(first)),
        "_place": [model.ids.index(stage) if stage in model.ids else -1 for stage in gaps["stage"]],
    }  # fmt: skip


def is_of_goal(check: str, stage: str, model: StageModel, client: Client) -> bool:
    """Whether a gap lies where the goal looks: in one of its stages, or, for a drop-off, right before one; of the whole journey by its check."""
    goal = load("goals")[client.goal]
    if stage not in model.ids:
        return check in goal["checks"]
    place = model.ids.index(stage)
    looked_at = model.ids[place : place + (2 if check == "G13" else 1)]
    return any(set(model.stage(each).atoms) & set(goal["atoms"]) for each in looked_at)


def n_concerned(gap: dict) -> float:
    """Customers on the wrong side: of a share those who did not do it, else all it was counted on, as those in a stage without content (G05);
    none where no customers were counted.

    >>> n_concerned({"check": "G13", "n": 100, "value": 0.25, "unit": "share", "details": None})
    75.0
    """
    if pd.isna(gap["n"]) or not (gap["check"] in OF_CUSTOMERS or (gap["check"] == "G05" and gap["unit"] == "count")):
        return 0.0
    if gap["unit"] != "share" or pd.isna(gap["value"]):
        return float(gap["n"])
    is_above = not pd.isna(gap["details"]) and json.loads(gap["details"]).get("bad") == "above"
    return round(float(gap["n"]) * float(gap["value"] if is_above else 1 - gap["value"]), 6)
