"""Does every activity have a purpose, and every stage a measure? Checks G27 (waste, C18) and G29."""

from __future__ import annotations

import pandas as pd

from journeylib.gaps.engine import Gap, Known, is_filled, not_checkable

#: Titles named in the sentence; all ids are in the details.
MOST_TITLES = 5


def is_any_activity_wasted(known: Known) -> list[Gap]:
    """G27: activities without purpose (W1), need (W2), reach (W3) or next step (W4), or done twice (W6).

    Each rule is used only where its column is filled in for at least 70 % of the register; without the purposes the
    register cannot be judged at all (C18), and without need, reach and next step a clean answer is uncertain. What the
    activities cost a year goes with the answer.
    """
    missing = known.missing("activities")
    if missing:
        return not_checkable("G27", missing)
    activities = known.table("activities").sort_values("activity_id")
    if not is_filled(activities["purpose"]):
        return [Gap("G27", "not_checkable", "not_filled", missing=("activities",),
                    details={"k": int(activities["purpose"].isna().sum()), "n": len(activities)})]  # fmt: skip
    flags = waste_flags(activities)
    wasted = activities[flags.any(axis=1)]
    status = "found" if len(wasted) else "not_found" if {"W2", "W3", "W4"} <= set(flags) else "uncertain"
    details = {"k": len(wasted), "titles": list(wasted["title"])[:MOST_TITLES], "ids": list(wasted["activity_id"]),
               "rules": [rule for rule in flags if flags[rule].any()], "cost": float(wasted["cost"].sum()),
               "hours": float(wasted["hours"].sum())}  # fmt: skip
    return [Gap("G27", status, value=len(wasted) / len(activities), n=len(activities),
                threshold=0.0, unit="share", details=details, evidence="activities")]  # fmt: skip


def waste_flags(activities: pd.DataFrame) -> pd.DataFrame:
    """Which rule of C18 each activity breaks: one bool column a rule, only rules whose column is filled in."""
    flags = {"W1": activities["purpose"].isna()}
    if is_filled(activities["need_id"]):
        flags["W2"] = activities["need_id"].isna()
    if is_filled(activities["reach"]):
        flags["W3"] = (activities["reach"] < 1).fillna(False)
    if is_filled(activities["next_step"]):
        flags["W4"] = activities["next_step"].isna()
    flags["W6"] = _is_repeat(activities)
    return pd.DataFrame(flags).astype(bool)


def _is_repeat(activities) -> pd.Series:
    """The same stage × persona × need × channel as an earlier activity, where all but the persona are known."""
    place = activities["stage"].fillna(activities["atom"])
    same = pd.DataFrame({"place": place, "persona": activities["persona"].fillna(""), "need": activities["need_id"],
                         "channel": activities["channel"]})  # fmt: skip
    return same.duplicated() & same.notna().all(axis=1)


def is_every_stage_measured(known: Known) -> list[Gap]:
    """G29: stages in scope without a KPI, or without a target for the share that goes on (the last has none to set)."""
    model, client = known.model, known.client
    no_kpi = [stage for stage in model.ids if not client.kpis.get(stage)]
    no_target = [stage for stage in model.ids[:-1] if stage not in client.targets]
    lacking = [stage for stage in model.ids if stage in no_kpi or stage in no_target]
    reason = {(True, True): "found", (True, False): "no_kpi", (False, True): "no_target"}.get((bool(no_kpi), bool(no_target)))
    return [Gap("G29", "found" if lacking else "not_found", reason or "not_found", value=len(lacking) / len(model.ids),
                n=len(model.ids), threshold=0.0, unit="share", details={"no_kpi": no_kpi, "no_target": no_target, "k": len(lacking)},
                evidence="parameters: kpis, targets")]  # fmt: skip
