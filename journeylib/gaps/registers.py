"""What the company's own lists and settings tell: checks G16 ("free" for an address), G24 (decision support), G26 (unserved need),
G28 (data not used) and G32 (prerequisite missing)."""

from __future__ import annotations

import re

import pandas as pd

from journeylib import knowledge
from journeylib.gaps.engine import FEWEST_FOR_PERCENT, Gap, Known, held_against, in_stage, is_filled, is_placed, live, not_checkable, out_of_scope, stage_with
from journeylib.presets import content_types

#: Titles named in a sentence; all ids are in the details.
MOST_TITLES = 5
#: Importance (10 × top-two share) from which a need weighs.
IMPORTANT = 5.0
DAYS_A_MONTH = 365.25 / 12


def is_an_address_called_free(known: Known) -> list[Gap]:
    """G16: content given against an e-mail address and called free, by the language's own words. A note, not legal advice."""
    content = known.table("content")
    if content is None:
        return not_checkable("G16", ("content",))
    if content["gated"].isna().all():
        return [Gap("G16", "not_checkable", "not_filled", missing=("content",))]
    gated = live(content, known.client.as_of)
    gated = gated[gated["gated"] == "email"].sort_values("content_id")
    words = knowledge.load("gaps")["G16"]["words"]
    free = re.compile("|".join(rf"(?<![\w-]){re.escape(word)}\b" for language in words.values() for word in language), re.IGNORECASE)  # hands-free is not free
    said = gated[["title", "cta"]].fillna("").agg(" ".join, axis=1).str.contains(free) if len(gated) else pd.Series(dtype=bool)
    called = gated[said] if len(gated) else gated
    if called.empty and not is_filled(content["gated"]):
        return [Gap("G16", "not_checkable", "not_filled", missing=("content",))]
    status = "found" if len(called) else "not_found"
    return [Gap("G16", status, status if len(gated) else "none_gated", value=float(len(called)), n=len(gated), unit="count",
                details=_titles(called), evidence="content")]  # fmt: skip


def _titles(rows: pd.DataFrame, title: str = "title", key: str = "content_id") -> dict:
    return {"k": len(rows), "titles": list(rows[title])[:MOST_TITLES], "ids": list(rows[key])} if len(rows) else {}


def is_the_decision_supported(known: Known) -> list[Gap]:
    """G24: nothing live helps the customer decide: no comparison, no description of the offer, no calculation, of the market's own kinds.

    Uncertain where content of no stated kind or stage may be what helps.
    """
    stage = stage_with(known.model, "a4_decide")
    if stage is None or not stage.in_scope:
        return out_of_scope("G24")
    content = known.table("content")
    if content is None:
        return not_checkable("G24", ("content",), stage=stage.id)
    if not is_placed(content) or not is_filled(content["type"]):
        return [Gap("G24", "not_checkable", "unplaced" if not is_placed(content) else "no_types", stage.id, missing=("content",))]
    shown = live(content, known.client.as_of)
    items, kinds = in_stage(shown, stage), _deciding_types(known.client.market)
    supporting = items[items["type"].isin(kinds)].sort_values("content_id")
    n_blank = _n_that_may_be(shown, items, kinds)
    if supporting.empty and n_blank:
        return [Gap("G24", "uncertain", stage=stage.id, n=len(shown), unit="count", details={"k": n_blank}, evidence="content")]
    status = "not_found" if len(supporting) else "found"
    return [Gap("G24", status, stage=stage.id, value=float(len(supporting)), n=len(items), unit="count", details=_titles(supporting), evidence="content")]


def _n_that_may_be(content: pd.DataFrame, items: pd.DataFrame, kinds: list[str]) -> int:
    """How much of the content may be of one of the kinds and belong with the items, its kind or its stage being blank."""
    is_here, is_unplaced = content["content_id"].isin(items["content_id"]), content["stage"].isna() & content["atom"].isna()
    has_no_kind = content["type"].isna()
    return int(((is_here & has_no_kind) | (is_unplaced & (has_no_kind | content["type"].isin(kinds)))).fillna(False).sum())


def _deciding_types(market: str) -> list[str]:
    known = knowledge.load("content_types")
    return [name for name in content_types(market) if known[name].get("supports_decision")]


def is_any_need_unserved(known: Known) -> list[Gap]:
    """G26: an important need whose importance clears its satisfaction, with no activity and no content for it.

    Whole interval of importance − satisfaction above `thresholds.need_gap`; the register that lists nothing for the need must have
    been delivered. One answer a need that nobody serves; one for all where each is served, uncertain where customers were not asked about one that is not.
    """
    needs = known.table("need_scores")
    if needs is None:
        return not_checkable("G26", known.missing("need_scores"))
    if needs[["n_activities", "n_content"]].isna().any(axis=None):
        return not_checkable("G26", known.missing("activities", "content") or ("activities", "content"))
    asked = needs[needs["stage"].isin(known.model.ids) & needs["gap"].notna()]
    unserved = asked[(asked["n_activities"] == 0) & (asked["n_content"] == 0)]
    if asked.empty:
        return not_checkable("G26", ("importance",))
    unasked = needs[needs["stage"].isin(known.model.ids) & needs["gap"].isna() & (needs["n_activities"] == 0) & (needs["n_content"] == 0)]
    answers = [_unserved(known, row) for _, row in unserved.sort_values(["gap", "need_id"], ascending=[False, True]).iterrows()]
    if len(unasked) and not answers:
        return [Gap("G26", "uncertain", "unasked", n=len(unasked) + len(asked), unit="count", details={"k": len(unasked)}, evidence="need_scores")]
    return answers or [Gap("G26", "not_found", value=0.0, n=len(asked), unit="count", evidence="need_scores")]


def _unserved(known: Known, row: pd.Series) -> Gap:
    place = {"stage": row["stage"], "part": row["need_id"], "details": {"need": row["wording"]}, "evidence": "need_scores"}
    if row["n"] < known.client.privacy.k:
        return Gap("G26", "uncertain", "too_few", row["stage"], part=row["need_id"])
    is_told = row["n"] >= FEWEST_FOR_PERCENT and row["gap_lo"] < row["gap_hi"]  # a few who all answer alike have an interval without width
    status = held_against(row["gap_lo"], row["gap_hi"], known.limits.need_gap, bad="above", is_large_enough=bool(row["importance"] >= IMPORTANT))
    status = status if is_told else "uncertain"
    return Gap("G26", status, value=row["gap"], lo=row["gap_lo"], hi=row["gap_hi"], n=int(row["n"]), threshold=known.limits.need_gap, unit="points", **place)


def is_any_data_unused(known: Known) -> list[Gap]:
    """G28: sources with nothing newer than `thresholds.stale_months` before the data cut: nobody can decide by them today."""
    sources = known.table("sources")
    dated = sources[sources["last_at"].notna()] if sources is not None else None
    if dated is None or dated.empty:
        return not_checkable("G28", ("events",))
    newest = dated.groupby("source", sort=True)["last_at"].max()
    cut = pd.Timestamp(known.client.as_of, tz="UTC")
    stale = newest[(cut - newest).dt.days > known.limits.stale_months * DAYS_A_MONTH]
    status = "found" if len(stale) else "not_found"
    details = {"months": known.limits.stale_months} | ({"k": len(stale), "titles": list(stale.index)[:MOST_TITLES]} if len(stale) else {})
    return [Gap("G28", status, value=float(len(stale)), n=len(newest), unit="count", details=details, evidence="sources")]


def is_any_prerequisite_missing(known: Known) -> list[Gap]:
    """G32: stages for which the register of routines and tools names an insight, a habit or a tool that is not in place."""
    routines = known.table("routines")
    if routines is None:
        return not_checkable("G32", ("routines",))
    if not is_filled(routines["standing"]):
        return [Gap("G32", "not_checkable", "not_filled", missing=("routines",))]
    stages = [(stage.id, in_stage(routines, stage)) for stage in known.model.in_scope]
    whole = routines[routines["stage"].isna() & routines["atom"].isna()]
    return [_prerequisites(place, rows.sort_values("routine_id")) for place, rows in [("", whole), *stages] if rows["standing"].notna().any()]


def _prerequisites(place: str, rows: pd.DataFrame) -> Gap:
    missing, partly = rows[rows["standing"] == "missing"], rows[rows["standing"] == "partly"]
    if missing.empty and partly.empty and not is_filled(rows["standing"]):
        return Gap("G32", "not_checkable", "not_filled", place, missing=("routines",))
    status = "found" if len(missing) else "uncertain" if len(partly) else "not_found"
    named = missing if len(missing) else partly
    reason = status if place else f"{status}_anywhere"
    return Gap("G32", status, reason, place, value=float(len(missing)), n=len(rows), unit="count", details=_titles(named, key="routine_id"), evidence="routines")
