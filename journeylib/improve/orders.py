"""The order of actions by money, by RICE and by ICE: what each says, and what the client has chosen to go by (C8, M102).

RICE and ICE are for those who are used to them. Their scales are set in words here, so that nobody has to guess numbers:

- reach: customers a year who come to the action's stage (the funnel, `value.a_year`; the whole journey where it has none), less those it is done for already.
- impact: 3 to 0.25 (McBride's steps). Where the gap has a worth in money: by its share of the largest; else by its severity.
- confidence: 1 for a gap found in what customers did, 0.8 in what they or you have said, 0.5 where the gap is uncertain or there is none.
- effort: usual days of the action's effort, in months of twenty working days; ease of ICE: from the same list.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.improve.priority import ice, rice
from journeylib.improve.value import a_year
from journeylib.knowledge import load
from journeylib.schema import ORDERS, check

MONTH_DAYS = 20.0
#: Impact by how large a part of the largest worth the gap's is, and by severity 0–3.
_BY_SHARE = ((0.5, 3.0), (0.25, 2.0), (0.1, 1.0), (0.02, 0.5), (0.0, 0.25))
_BY_SEVERITY = (0.25, 0.5, 1.0, 2.0)
#: ICE counts impact and confidence from 1 to 10.
_IMPACT_OF_TEN = {3.0: 10.0, 2.0: 8.0, 1.0: 6.0, 0.5: 4.0, 0.25: 2.0}
#: Checks that rest on lists the client has filled in, not on what customers did.
FROM_LISTS = ("G01", "G04", "G05", "G07", "G16", "G24", "G26", "G27", "G28", "G29", "G31", "G32")
#: Two actions whose scores differ by less than this factor are not told apart: steps of a scale are no measurement.
TOLD_APART = 1.5


def orders(
    actions: pd.DataFrame, gaps: pd.DataFrame, funnel: pd.DataFrame | None, journeys: pd.DataFrame | None, client: Client
) -> pd.DataFrame:
    """Each live action under the three orders, by the money's.

    Parameters
    ----------
    actions : ACTIONS ranked by money. gaps : GAPS with values. funnel, journeys : to count reach; None = everything reaches equally many.

    Returns
    -------
    ORDERS; empty where there is nothing to do.
    """
    live = actions[actions["status"] != "rejected"].sort_values(["rank", "action_id"])
    by_gap = gaps.set_index("gap_id").to_dict("index")
    largest = float(gaps.loc[gaps["gap_id"].isin(live["gap_id"].dropna()), "value_at_stake"].max()) if len(live) else 0.0
    reach = _reach(funnel, journeys, client)
    rows = [
        _scored(row, by_gap.get(row["gap_id"] if pd.notna(row["gap_id"]) else "", {}), largest, reach) for row in live.to_dict("records")
    ]
    table = pd.DataFrame(rows, columns=[name for name in ORDERS.columns if not name.endswith("_rank")])
    places = {"money_rank": range(1, len(table) + 1), "rice_rank": _places(table, "rice"), "ice_rank": _places(table, "ice")}
    return check(table.assign(**places), ORDERS)


def _places(table, score) -> list[int]:
    order = table.assign(place=range(len(table))).sort_values([score, "place"], ascending=[False, True]).index
    return [int(np.flatnonzero(order == row)[0]) + 1 for row in table.index]


def _scored(row, gap, largest, reach) -> dict:
    effort = load("efforts")[row["effort"] if pd.notna(row["effort"]) and row["effort"] in load("efforts") else "medium"]
    months, impact, confidence = effort["days"][1] / MONTH_DAYS, _impact(gap, largest), _confidence(gap)
    people = reach.get(row["stage"], reach.get("", np.nan)) * _share_left(row)
    return {"action_id": row["action_id"], "title": row["title"], "stage": row["stage"], "persona": row["persona"], "reach": people, "impact": impact, "confidence": confidence,
            "months": months, "due_on": row["due_on"], "rice": rice(1.0 if np.isnan(people) else people, impact, confidence, months),
            "ice": ice(_IMPACT_OF_TEN[impact], 10 * confidence, float(effort["ease"]))}  # fmt: skip


def _share_left(row) -> float:
    """Of those in the stage, the share the action is not done for already; unknown where nobody counted."""
    if pd.isna(row["done_as"]):
        return 1.0
    return 1.0 - float(row["done_share"]) if pd.notna(row["done_share"]) else np.nan


def _impact(gap, largest) -> float:
    if gap and pd.notna(gap["value_at_stake"]) and largest > 0:
        return next(step for share, step in _BY_SHARE if float(gap["value_at_stake"]) / largest >= share)
    return _BY_SEVERITY[int(gap["severity"])] if gap and pd.notna(gap["severity"]) else _BY_SEVERITY[1]


def _confidence(gap) -> float:
    if not gap or gap["status"] != "found":
        return 0.5
    return 0.8 if gap["check"] in FROM_LISTS else 1.0


def _reach(funnel, journeys, client) -> dict[str, float]:
    """Stage → customers a year, at the rate the value at stake is counted by; '' = those who begin."""
    if funnel is None or journeys is None or journeys.empty:
        return {}
    own = funnel[(funnel["semantics"] == "at_least") & (funnel["persona"] == "") & funnel["n_reached"].notna()].sort_values("position")
    counted = {row.stage: a_year(float(row.n_reached), journeys, client) for row in own.itertuples()}
    found = {stage: round(n, 1) for stage, n in counted.items() if n is not None}
    return found | ({"": max(found.values())} if found else {})


def reorder(actions: pd.DataFrame, ranked: pd.DataFrame, priority: str) -> pd.DataFrame:
    """The actions in the order the client goes by; two neighbours whose scores differ by less than `TOLD_APART` are tied."""
    if priority == "money" or ranked.empty:
        return actions
    scores = ranked.set_index("action_id")
    place = actions["action_id"].map(scores[f"{priority}_rank"])
    score = actions["action_id"].map(scores[priority]).astype(float)
    order = actions.assign(rank=place.astype("Int64"), _score=score).sort_values(["rank", "action_id"], na_position="last", kind="stable")
    above, below = (order["_score"] / order["_score"].shift(step) for step in (1, -1))
    close = (above > 1 / TOLD_APART).fillna(False) | (below < TOLD_APART).fillna(False)
    return order.assign(is_tied=close.where(order["rank"].notna()).astype("boolean")).drop(columns="_score").reset_index(drop=True)
