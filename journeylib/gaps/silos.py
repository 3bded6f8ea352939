"""Do departments hand over, and is interest answered? Checks G06 (silo between departments) and G34 (interest not followed up in time)."""

from __future__ import annotations

import pandas as pd

from journeylib.gaps.engine import FEWEST_FOR_PERCENT, Gap, Known, judge_share, not_checkable
from journeylib.gaps.families import answer, stand, worst
from journeylib.measures.stats import wilson
from journeylib.schema import ATOMS

_TOGETHER = {"wait": "handover_days", "loss": "handover_loss"}


def is_there_a_silo(known: Known) -> list[Gap]:
    """G06: customers wait longer (`thresholds.handover_days`) or are lost more often (`handover_loss`) where another department
    takes over than where the same goes on, between the same two stages.

    One answer for all stage changes, and one a stage where two departments can be compared with one, uncertain at best where losses cannot be
    seen; Benjamini–Hochberg over all pairs. With it: customers two departments contact within 48 hours (`collision_share`), campaigns no
    sales contact follows (`unfollowed_share`), and departments whose sources hardly know the same people (`join_share`), each where there are
    ten or more.
    """
    missing = known.missing("funnel")
    if missing:
        return not_checkable("G06", missing)
    parts = [*_handovers(known), *_coordination(known), *_joins(known)]
    if known.table("handovers") is None and known.table("coordination") is None and not parts:
        return not_checkable("G06", known.missing("handovers"))
    if not any(gap.part == "" and not gap.stage for gap in parts):
        parts.insert(0, Gap("G06", "not_checkable", "no_comparison", missing=("departments",)))
    return parts


def is_interest_followed_up(known: Known) -> list[Gap]:
    """G34: too few customers who show interest hear from the company within `thresholds.signal_hours` (`signal_share`)."""
    missing = known.missing("funnel")
    table = known.table("follow_up")
    if missing or table is None:
        return not_checkable("G34", missing or known.missing("follow_up"))
    rows = table[(table["measure"] == "answered") & (table["hours"] == known.limits.signal_hours)]
    if rows.empty:
        return not_checkable("G34", ("signals",))
    details = {"hours": float(known.limits.signal_hours)}
    median = table.loc[table["measure"] == "median", "hours"]
    if len(median) and pd.notna(median.iloc[0]):
        details["median_hours"] = float(median.iloc[0])
    return [judge_share(known, Gap("G34", "", details=details, evidence="follow_up: answered"), rows.iloc[0], known.limits.signal_share, bad="below")]


def _handovers(known):
    table = known.table("handovers")
    if table is None:
        return []
    judged = table[table["n"] >= FEWEST_FOR_PERCENT]
    parts = [_handover(known, row) for _, row in judged.iterrows()]
    stood = stand([gap for gap, _ in parts], [p for _, p in parts])
    stages = ["", *(stage for stage in known.model.ids if stage in set(judged["stage"]))] if len(judged) else []
    parts, unseen = {stage: [gap for gap in stood if gap.stage == stage] for stage in stages}, _without_losses(known, judged)
    return [_one(stage, parts[stage], stage in unseen) for stage in stages if parts[stage]]


def _without_losses(known, judged) -> set[str]:
    """Stages ('' = all together) from which customers come to one not past the purchase, where nobody could be seen lost: waits alone clear none."""
    buying = ATOMS.index("a4_decide")
    is_open = {stage.id: min(ATOMS.index(atom) for atom in stage.atoms) <= buying for stage in known.model.in_scope}
    seen = {measure: set(zip(rows["stage"], rows["next_stage"], strict=True)) for measure, rows in judged[judged["stage"] != ""].groupby("measure")}
    unseen = {stage for stage, following in seen.get("wait", set()) - seen.get("loss", set()) if is_open[following]}
    return unseen | {""} if unseen else unseen


def _handover(known, row):
    limit = getattr(known.limits, _TOGETHER[row["measure"]])
    status, p = answer(row.rename({"difference": "value"}), "value", limit, bad="above")
    details = {"n_changed": int(row["n_changed"])} | ({"next": row["next_stage"], "giver": row["department"], "taker": row["next_department"]} if row["stage"] else {})
    unit = "days" if row["measure"] == "wait" else "points"
    where = "_at" if row["stage"] else ""
    reason = f"{status}_{row['measure']}{where}" if status == "found" else status
    return Gap("G06", status, reason, row["stage"], value=row["difference"], lo=row["lo"], hi=row["hi"], n=int(row["n_changed"]), threshold=limit,
               unit=unit, details=details, evidence=f"handovers: {row['measure']}"), p  # fmt: skip


def _one(stage, parts, is_half_seen):
    status = worst([*(part.status for part in parts), *["uncertain"] * is_half_seen])
    told = [part for part in parts if part.status == status]
    if status == "found":
        return max(told, key=lambda part: (part.unit == "days", part.n))
    place = "_at" if stage else ""
    return Gap("G06", status, f"{status}{place}", stage, n=max(part.n for part in parts), evidence="handovers")


def _coordination(known):
    table = known.table("coordination")
    rows = [] if table is None else [row for _, row in table.iterrows() if row["n"] >= FEWEST_FOR_PERCENT]
    for row in rows:
        limit = known.limits.collision_share if row["measure"] == "collisions" else known.limits.unfollowed_share
        gap = Gap("G06", "", part=row["measure"], evidence=f"coordination: {row['measure']}")
        yield judge_share(known, gap, row, limit, bad="above").of_part(row["measure"])


def _joins(known):
    """A source that shares hardly a person with any other department's; told with the one it shares most with."""
    table = known.table("joins")
    owners = {name: source.department for name, source in known.client.sources.items()}
    rows = [] if table is None else [row for _, row in table.iterrows() if _is_between_departments(row, owners)]
    if not rows:
        return
    best = {}
    for row in rows:
        for name in (row["source_a"], row["source_b"]):
            best[name] = max(best.get(name, row), row, key=_joined_share)
    least = min(best.values(), key=lambda row: (_joined_share(row), row["source_a"], row["source_b"]))
    n = int(min(least["n_a"], least["n_b"]))
    lo, hi = wilson(least["n_both"], n)
    row = pd.Series({"n": n, "n_yes": int(least["n_both"]), "rate": least["n_both"] / n, "lo": float(lo), "hi": float(hi)})
    details = {"giver": owners[least["source_a"]], "taker": owners[least["source_b"]]}
    yield judge_share(known, Gap("G06", "", part="joins", details=details, evidence="joins"), row, known.limits.join_share, bad="below").of_part("joins")


def _joined_share(row) -> float:
    return row["n_both"] / min(row["n_a"], row["n_b"])


def _is_between_departments(row, owners) -> bool:
    a, b = owners.get(row["source_a"]), owners.get(row["source_b"])
    return bool(a and b and a != b) and row["unit"] == "person" and min(row["n_a"], row["n_b"]) >= FEWEST_FOR_PERCENT
