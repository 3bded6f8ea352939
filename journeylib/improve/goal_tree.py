"""From the goal of the mapping down to each activity: sales and marketing as one flow, and what hangs loose in it (M108)."""

from __future__ import annotations

import pandas as pd

from journeylib import knowledge
from journeylib.client import Client
from journeylib.measures.places import stage_ids
from journeylib.schema import GOAL_TREE, check
from journeylib.stages import StageModel
from journeylib.wording import Words


def goal_tree(
    activities: pd.DataFrame | None, tables: dict[str, pd.DataFrame], model: StageModel, client: Client, words: Words
) -> pd.DataFrame | None:
    """Goal → a sub-goal for each stage in scope (its KPI, its target and where it stands) → the activities that serve it.

    An activity without purpose, next step or a place in the journey is loose: it hangs on nothing, and is waste (W1, W4). Money and hours
    are those of an activity, of all in a stage, of all in the journey.

    Returns
    -------
    GOAL_TREE, from the top and as the journey runs; None where there is no register of activities.
    """
    if activities is None or activities.empty:
        return None
    own = activities.sort_values("activity_id").assign(place=lambda rows: stage_ids(rows, model))
    now = _standing(tables)
    top = {
        "node": "goal",
        "parent": "",
        "level": "goal",
        "label": words.label(knowledge.load("goals")[client.goal]["label"]),
        **_sums(own),
        "is_loose": False,
    }
    stages = [_stage(stage, own[own["place"] == stage.id], now, client, words) for stage in model.in_scope]
    leaves = [_activity(row, model.ids) for row in own.itertuples()]
    order = {f"stage:{stage}": place for place, stage in enumerate(model.ids)}
    leaves.sort(key=lambda leaf: order.get(leaf["parent"], len(order)))
    return check(pd.DataFrame([top, *stages, *leaves], columns=list(GOAL_TREE.columns)), GOAL_TREE)


def _standing(tables) -> dict[str, float]:
    """Stage → the share that goes on, where it is known."""
    funnel = tables.get("funnel")
    if funnel is None:
        return {}
    rows = funnel[(funnel["semantics"] == "at_least") & (funnel["persona"] == "") & funnel["rate"].notna()]
    return dict(zip(rows["stage"], rows["rate"].astype(float), strict=True))


def _stage(stage, own, now, client, words) -> dict:
    kpi = client.kpis.get(stage.id) or next((words.label(kpi["name"]) for kpi in stage.kpis), None)
    return {"node": f"stage:{stage.id}", "parent": "goal", "level": "stage", "label": words.label(stage.label), "kpi": kpi,
            "target": client.targets.get(stage.id), "now": now.get(stage.id), **_sums(own), "is_loose": False}  # fmt: skip


def _activity(row, stages) -> dict:
    is_placed = row.place in stages
    is_loose = bool(pd.isna(row.purpose) or pd.isna(row.next_step) or not is_placed)
    return {"node": f"activity:{row.activity_id}", "parent": f"stage:{row.place}" if is_placed else "", "level": "activity", "label": row.title,
            "purpose": row.purpose, "next_step": row.next_step, "cost": row.cost, "hours": row.hours, "is_loose": is_loose}  # fmt: skip


def _sums(rows) -> dict:
    return {name: float(rows[name].sum()) if rows[name].notna().any() else None for name in ("cost", "hours")}
