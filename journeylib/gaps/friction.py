"""Is the way smooth? Checks G10 (bump), G11 (blockage) and G12 (unclear or winding path)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from journeylib.gaps.engine import FEWEST_FOR_PERCENT, Gap, Known, not_checkable
from journeylib.gaps.families import answer, stand, worst
from journeylib.schema import ATOMS

#: From here on the customer is a customer: to stay long and to ask for help is no trouble on the way, and to go no further no blockage.
_IN_USE = ATOMS.index("a7_use")
_BUYING = ATOMS.index("a4_decide")
#: The parts of a bump, by the evidence each rests on.
_KINDS = {"wait": "friction: wait", "help": "friction: help", "effort": "emotion: ces"}


def is_there_a_bump(known: Known) -> list[Gap]:
    """G10: a stage customers call hard (`thresholds.effort_score`), that takes clearly longer than the stages next to it
    (`bump_ratio`), or where clearly more ask for help than there (`bump_help`).

    Time is compared up to the purchase, help until use begins; from then on, staying long is no trouble. Benjamini–Hochberg at
    5 % over all stages and parts. One answer a stage: the first part that is found, else uncertain or not found for all parts that
    could be looked at; what could not is told beside it.
    """
    if known.table("friction") is None and _efforts(known) is None:
        return not_checkable("G10", tuple(dict.fromkeys((*known.missing("friction"), *known.missing("emotion")))))
    parts = [part for stage in known.model.in_scope for part in (*_bumps(known, stage), *_hard(known, stage))]
    judged = stand([gap for gap, _ in parts], [p for _, p in parts])
    by_stage = {stage.id: [gap for gap in judged if gap.stage == stage.id] for stage in known.model.in_scope}
    return [_with_unlooked(known, _of_stage("G10", by_stage[stage.id], stage.id), by_stage[stage.id], stage) if by_stage[stage.id] or _tells_of_trouble(known, stage) else _nobody_tells(stage.id)
            for stage in known.model.in_scope if by_stage[stage.id] or _is_on_the_way(stage)]  # fmt: skip


def is_the_way_blocked(known: Known) -> list[Gap]:
    """G11: a stage from which hardly anybody goes on (`thresholds.blockage_share`), of those followed for the whole window.

    Asked of the stages until use begins. Where nothing after a stage is ever seen, its share says nothing of customers.
    """
    friction = known.table("friction")
    if friction is None:
        return not_checkable("G11", known.missing("friction"))
    limit, parts = known.limits.blockage_share, []
    stages = [stage for stage in known.model.in_scope[:-1] if _is_on_the_way(stage)]
    for row in _rows(friction, stages, "blockage"):
        if row["n"] >= known.client.privacy.k:
            status, p = answer(row, "value", limit, bad="below")
            parts.append((_share_gap("G11", row, status, status, limit, "below"), p))
    judged = {gap.stage: gap for gap in stand([gap for gap, _ in parts], [p for _, p in parts])}
    thin = {row["stage"] for row in _rows(friction, stages, "blockage")} - set(judged)
    return [judged.get(stage.id) or (Gap("G11", "uncertain", "too_few", stage.id) if stage.id in thin
                                     else Gap("G11", "not_checkable", "unseen", stage.id, missing=("events",))) for stage in stages]  # fmt: skip


def is_the_path_unclear(known: Known) -> list[Gap]:
    """G12: too many go back from a stage (`thresholds.detour_share`), go in circles in it (`loop_share`), or end at one and the
    same touchpoint (`dead_end_share`, and more often than at the others of the stage).

    Asked of the stages until use begins, dead ends until the purchase: to use it again after a review, or to weigh the next
    purchase, is no way back. Benjamini–Hochberg at 5 % over all of it. One answer a stage.
    """
    friction = known.table("friction")
    if friction is None:
        return not_checkable("G12", known.missing("friction"))
    limits, on_the_way = known.limits, [stage for stage in known.model.in_scope if _is_on_the_way(stage)]
    parts = []
    for kind, limit in (("dead_end", limits.dead_end_share), ("loop", limits.loop_share), ("detour", limits.detour_share)):
        stages = [stage for stage in on_the_way if kind != "dead_end" or _is_until_purchase(stage)]
        for row in _rows(friction, stages, kind):
            if row["n"] >= (FEWEST_FOR_PERCENT if kind == "dead_end" else known.client.privacy.k):
                parts.append(_winding(row, kind, limit))
    judged = stand([gap for gap, _ in parts], [p for _, p in parts])
    by_stage = {stage.id: [gap for gap in judged if gap.stage == stage.id] for stage in on_the_way}
    return [_with_shares(_of_stage("G12", parts, stage), parts) for stage, parts in by_stage.items()]


# --- parts ------------------------------------------------------------------------------------------------------------


def _bumps(known, stage):
    friction, limits = known.table("friction"), known.limits
    if friction is None or not _is_on_the_way(stage) or known.has_no_events(stage.id):
        return
    if stage == known.model.in_scope[-1] and _is_until_purchase(stage):  # no later stage tells how long it takes to go on
        yield Gap("G10", "uncertain", "too_few", stage.id), 1.0
    for row in _rows(friction, [stage], "wait"):
        if pd.isna(row["versus"]) or not _are_comparable(known, stage):
            continue
        if row["n"] < FEWEST_FOR_PERCENT:  # so few went on that the other parts cannot speak for the time
            yield Gap("G10", "uncertain", "too_few", stage.id), 1.0
        else:
            logs = row.copy()
            logs[["versus", "versus_lo", "versus_hi"]] = np.log(row[["versus", "versus_lo", "versus_hi"]].astype(float))
            status, p = answer(logs, "versus", float(np.log(limits.bump_ratio)), bad="above")
            details = {"times": float(row["versus"]), "compared_days": float(row["compared"])}
            yield Gap("G10", status, f"{status}_wait" if status == "found" else status, stage.id, value=row["value"], lo=row["lo"], hi=row["hi"],
                      n=int(row["n"]), threshold=float(row["compared"] * limits.bump_ratio), unit="days", details=details, evidence="friction: wait"), p  # fmt: skip
    for row in _rows(friction, [stage], "help"):
        if pd.notna(row["versus"]) and row["n"] >= FEWEST_FOR_PERCENT:
            status, p = answer(row, "versus", limits.bump_help, bad="above")
            gap = _share_gap("G10", row, status, f"{status}_help" if status == "found" else status, row["compared"] + limits.bump_help, "above")
            yield gap, p


def _with_unlooked(known, gap, parts, stage):
    """A stage without a bump, with what was looked at there and what could not be: the same rule for every stage."""
    looked = [kind for kind, evidence in _KINDS.items() if any(part.evidence == evidence for part in parts)]
    asked = [kind for kind in _KINDS if kind != "wait" or _are_comparable(known, stage)]
    unlooked = [kind for kind in asked if kind not in looked]
    if gap.status != "not_found" or not unlooked:
        return gap
    return replace(gap, reason="not_found_partly", details=gap.details | {"looked": looked, "unlooked": unlooked})


def _tells_of_trouble(known, stage) -> bool:
    """Whether more customers would give an answer: a source tells of help, or the stage's time can be held against another's."""
    friction = known.table("friction")
    if friction is None:
        return False
    waits = pd.Series([pd.notna(row["versus"]) for row in _rows(friction, [stage], "wait")], dtype=bool)
    return bool((friction["kind"] == "help").any() or (waits.any() and _are_comparable(known, stage)))


def _nobody_tells(stage):
    """A stage whose time has nothing to be held against, where no source says who asked for help."""
    return Gap("G10", "not_checkable", "not_checkable", stage, missing=("help",))


def _hard(known, stage):
    efforts = _efforts(known)
    for row in () if efforts is None else (row for _, row in efforts[efforts["stage"] == stage.id].iterrows()):
        if row["n"] >= FEWEST_FOR_PERCENT:
            status, p = answer(row.rename({"mean": "value"}), "value", known.limits.effort_score, bad="below")
            yield Gap("G10", status, f"{status}_effort" if status == "found" else status, stage.id, value=row["mean"], lo=row["lo"], hi=row["hi"],
                      n=int(row["n"]), threshold=known.limits.effort_score, unit="score", evidence="emotion: ces"), p  # fmt: skip


def _efforts(known):
    emotion = known.table("emotion")
    rows = None if emotion is None else emotion[emotion["metric"] == "ces"]
    return None if rows is None or rows.empty else rows


def _winding(row, kind, limit):
    status, p = answer(row, "value", limit, bad="above")
    if kind == "dead_end" and status == "found" and not row["versus_lo"] > 0:
        status = "uncertain"
    gap = _share_gap("G12", row, status, f"{status}_{kind}" if status == "found" else status, limit, "above")
    return gap, p


def _with_shares(gap, parts):
    """A way within the limits, with the largest share of each kind that may be told in percent beside its limit."""
    if gap.status != "not_found":
        return gap
    largest = {}
    for part in parts:
        if part.n >= FEWEST_FOR_PERCENT:
            kind = part.evidence.removeprefix("friction: ")
            largest[kind] = max(largest.get(kind, part), part, key=lambda each: each.value)
    shares = [{"kind": kind, "limit": part.threshold, "n": part.n} | {name: part.details[name] for name in ("k", "touchpoint") if name in part.details}
              for kind, part in sorted(largest.items(), reverse=True)]  # fmt: skip
    return replace(gap, details=gap.details | {"shares": shares}) if shares else replace(gap, reason="not_found_few")


def _share_gap(check, row, status, reason, limit, bad):
    details = {"k": int(row["n_yes"]), "bad": bad} | ({"touchpoint": row["touchpoint"]} if row["touchpoint"] else {})
    return Gap(check, status, reason, row["stage"], value=row["value"], lo=row["lo"], hi=row["hi"], n=int(row["n"]), threshold=float(limit),
               unit="share", details=details, evidence=f"friction: {row['kind']}")  # fmt: skip


def _of_stage(check, parts, stage):
    """One answer for a stage out of its parts; the part that decides is told."""
    if all(part.reason == "too_few" for part in parts):
        return Gap(check, "uncertain", "too_few", stage)
    status = worst(part.status for part in parts)
    told = [part for part in parts if part.status == status]
    if status == "found":
        return max(told, key=lambda part: part.n)
    n = max(part.n for part in parts if part.n is not None)
    return Gap(check, status, status, stage, n=n, evidence="; ".join(sorted({part.evidence for part in parts if part.evidence})))


def _rows(friction, stages, kind):
    rows = friction[(friction["kind"] == kind) & friction["stage"].isin([stage.id for stage in stages])]
    return [row for _, row in rows.iterrows()]


def _is_on_the_way(stage) -> bool:
    """Whether all of the stage lies before use."""
    return max(ATOMS.index(atom) for atom in stage.atoms) < _IN_USE


def _is_until_purchase(stage) -> bool:
    return max(ATOMS.index(atom) for atom in stage.atoms) <= _BUYING


def _are_comparable(known, stage) -> bool:
    """Whether this stage and those its time is held against lead up to the purchase: what comes after has a pace of its own."""
    stages = list(known.model.in_scope)
    place = stages.index(stage)
    beside = [stages[i] for i in (place - 1, place, place + 1) if 0 <= i < len(stages) - 1]
    return all(_is_until_purchase(each) for each in beside)
