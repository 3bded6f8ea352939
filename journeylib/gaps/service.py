"""Is every stage looked after, known and supplied? Checks G01, G02 and G05."""

from __future__ import annotations

import pandas as pd

from journeylib.gaps.engine import Gap, Known, funnel_of, is_placed, not_checkable
from journeylib.measures.stats import wilson
from journeylib.stages import Stage

#: Under this many items the share that lies in the first stage says little.
FEWEST_ITEMS = 10


def is_every_stage_served(known: Known) -> list[Gap]:
    """G01: a stage where customers are seen, and there is no activity, no content and no one responsible.

    Needs the funnel (who touched the stage), the coverage and both registers: content that was never listed is not
    content that is lacking. A stage with something in it is served, whoever was seen there.
    """
    missing = known.missing("coverage", "activities", "content")
    if missing:
        return not_checkable("G01", missing)
    if not (is_placed(known.table("activities")) and is_placed(known.table("content"))):
        return [Gap("G01", "not_checkable", "unplaced", missing=("activities", "content"))]
    supply = _everybody(known).set_index("stage")
    return [_served(known, stage, supply.loc[stage.id]) for stage in known.model.in_scope if stage.id in supply.index]


def _everybody(known):
    """Coverage of the stages in scope for all customers together, in the order of the stages."""
    coverage = known.table("coverage")
    rows = coverage[(coverage["persona"] == "") & coverage["stage"].isin(known.model.ids)]
    return rows.iloc[rows["stage"].map(known.model.ids.index).argsort(kind="stable")]


def _served(known: Known, stage: Stage, supply: pd.Series) -> Gap:
    n_present = _n_touched(known, stage.id)
    details = {"n_activities": int(supply["n_activities"]), "n_content": int(supply["n_content"])}
    place = {"stage": stage.id, "evidence": "coverage, funnel", "details": details}
    if supply["n_activities"] or supply["n_content"]:
        has_owner = bool(supply["n_owned"]) or stage.owner is not None
        return Gap("G01", "not_found", "not_found" if has_owner else "served_without_owner", **place)
    if stage.owner is not None:
        return Gap("G01", "not_found", "owner_only", **place)
    if not n_present:
        return Gap("G01", "not_checkable", "nobody_seen", stage.id, missing=("events",))
    if n_present < known.client.privacy.k:
        return Gap("G01", "uncertain", "too_few", stage.id)
    return Gap("G01", "found", value=float(n_present), n=n_present, unit="count", **place)


def _n_touched(known, stage_id) -> int:
    funnel = funnel_of(known, "any")
    return 0 if funnel is None or stage_id not in funnel.index else int(funnel.loc[stage_id, "n_reached"])


def is_every_stage_known(known: Known) -> list[Gap]:
    """G02: a stage with no events and no voices, counted from what was delivered.

    What the staff assumes is written down but is not knowledge of the customer: a stage with assumptions alone is
    unknown, one that only the staff has told of is uncertain. A source that was not delivered gives no events, so taking one away can only make more stages unknown.
    """
    return [_known(known, stage.id) for stage in known.model.in_scope]


def _known(known: Known, stage_id: str) -> Gap:
    n_seen, n_heard = _n_touched(known, stage_id), _n_heard(known, stage_id)
    n, place = max(n_seen, n_heard), {"stage": stage_id, "evidence": "funnel, voice_counts, emotion"}
    if n == 0 and len(_voices(known, stage_id, "staff")):
        return Gap("G02", "uncertain", "only_staff", **place)
    if n == 0:
        is_assumed = len(_voices(known, stage_id, "assumed")) > 0
        return Gap("G02", "found", "only_assumed" if is_assumed else "found", value=0.0, n=0, unit="count", **place)
    if n < known.client.privacy.k:
        return Gap("G02", "uncertain", "too_few", **place)
    reason = "not_found" if n_seen and n_heard else "not_found_seen" if n_seen else "not_found_heard"
    return Gap("G02", "not_found", reason, value=float(n), n=n, unit="count", details={"n_seen": n_seen, "n_heard": n_heard}, **place)


def _n_heard(known, stage_id) -> int:
    """Customers heard about the stage, by answer or in words."""
    emotion, voices = known.table("emotion"), _voices(known, stage_id, "stated")
    n_answered = 0 if emotion is None else int(emotion[emotion["stage"] == stage_id]["n"].sum())
    return max(n_answered, 0 if voices.empty else int(voices[["n_customers", "n_asked"]].max(axis=1).max()))


def _voices(known, stage_id, kind) -> pd.DataFrame:
    voices = known.table("voice_counts")
    return pd.DataFrame() if voices is None else voices[(voices["stage"] == stage_id) & (voices["kind"] == kind)]


def is_content_where_customers_are(known: Known) -> list[Gap]:
    """G05: stages (and personas) with demand and no live content item; and content heaped up in the first stage (C7)."""
    missing = known.missing("coverage", "content")
    if missing:
        return not_checkable("G05", missing)
    if not is_placed(known.table("content")):
        return [Gap("G05", "not_checkable", "unplaced", missing=("content",))]
    everybody = _everybody(known)
    if everybody["n_customers"].isna().all():
        return not_checkable("G05", ("events",))
    stages = [_covered(known, row) for _, row in everybody.iterrows()]
    holes = {gap.stage for gap in stages if gap.status == "found"}
    return [*stages, *_persona_holes(known, holes), *_top_heavy(known)]


def _persona_holes(known, holes) -> list[Gap]:
    """The same persona by persona, where the stage is not a hole for everybody."""
    coverage = known.table("coverage")
    rows = coverage[(coverage["persona"] != "") & coverage["stage"].isin(known.model.ids)]
    if len(rows) and rows["n_customers"].isna().all():
        return [Gap("G05", "not_checkable", "no_personas", part="personas", missing=("personas",))]
    return [_covered(known, row) for _, row in rows[~rows["stage"].isin(holes)].iterrows()]


def _covered(known: Known, row: pd.Series) -> Gap:
    place = {"stage": row["stage"], "persona": row["persona"]}
    n, status = 0 if pd.isna(row["n_customers"]) else int(row["n_customers"]), row["status"]
    if status == "not_checkable" or (n == 0 and row["n_content"] == 0):
        return Gap("G05", "not_checkable", "nobody_seen", missing=("events",), **place)
    if status in ("hole", "thin") and n < known.client.privacy.k:
        return Gap("G05", "uncertain", "too_few", **place)
    if _demand_is_unsure(known, row):
        return Gap("G05", "uncertain", "rare", n=n if n >= known.client.privacy.k else None, evidence="coverage", **place)
    answer = {"hole": "found", "thin": "uncertain", "covered": "not_found", "no_demand": "not_found"}[status]
    reason = {"hole": "found", "thin": "thin", "covered": "not_found", "no_demand": "no_demand"}[status]
    details = {"n_content": int(row["n_content"])}
    if pd.notna(row["demand_share"]):
        details["demand_share"] = float(row["demand_share"])
    n_shown = n if n >= known.client.privacy.k else None
    return Gap("G05", answer, reason, value=float(row["n_content"]), n=n_shown, unit="count",
               details=details, evidence="coverage", **place)  # fmt: skip


def _demand_is_unsure(known: Known, row: pd.Series) -> bool:
    """Whether nothing is there, and the interval of the share of customers seen there holds the limit of demand within it."""
    if row["n_content"] > 0 or pd.isna(row["demand_share"]) or not row["demand_share"]:
        return False
    lo, hi = wilson(row["n_customers"], round(row["n_customers"] / row["demand_share"]))
    return bool(lo < known.limits.demand_share <= hi)


def _top_heavy(known: Known) -> list[Gap]:
    """More of the content in the first stage than the limit allows, and than the customers seen there call for."""
    if len(known.model.in_scope) < 2:
        return []
    supply = _everybody(known)
    n, first = int(supply["n_content"].sum()), supply[supply["stage"] == known.model.ids[0]]
    if n == 0 or first.empty:
        return []
    n_first, demand, limit = int(first["n_content"].iloc[0]), first["demand_share"].iloc[0], known.limits.top_heavy_share
    share = n_first / n
    called_for = pd.notna(demand) and share <= demand
    at_most = (n_first + max(0, FEWEST_ITEMS - n)) / max(n, FEWEST_ITEMS)  # as if what lacks to ten lay there
    status = "not_found" if at_most <= limit else "uncertain" if n < FEWEST_ITEMS or called_for else "found"
    return [Gap("G05", status, f"top_{status}", known.model.ids[0], part="top_heavy", value=share, n=n, threshold=limit,
                unit="share", details={"k": n_first}, evidence="coverage")]  # fmt: skip
