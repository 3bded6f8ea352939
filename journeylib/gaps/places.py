"""Is the company found where customers look? Check G21 (M074, Q01, Q45)."""

from __future__ import annotations

import pandas as pd

from journeylib.gaps.engine import Gap, Known, held_against, in_stage, not_checkable

#: Phrases named in the sentence; all are in the table of phrases.
MOST_PHRASES = 3
#: Fewer phrases than this in a stage say nothing of how people search there.
FEWEST_PHRASES = 5


def is_the_company_found(known: Known) -> list[Gap]:
    """G21: the company is seldom found in searches, or absent from the places where customers look (part `places`)."""
    return [*_in_searches(known), *_in_places(known)]


def _in_searches(known) -> list[Gap]:
    """Of a stage's searches, too few show the company among the first ten results (`thresholds.search_share`).

    The interval is what the unknown positions leave open: all of them poor, or all good. A stage with fewer searches a month than
    `thresholds.search_volume` is no important place to look. A file that knows no volumes lists only phrases the company is shown
    for already, and one that knows no positions says nothing of the company: neither can be judged. `n` is searches a month.
    """
    missing = known.missing("search")
    if missing:
        return not_checkable("G21", missing)
    search = known.table("search")
    organic = search[(search["line"] == "organic") & search["stage"].isin(known.model.ids)]
    lacks = _lacks(organic)
    if lacks:
        return not_checkable("G21", (lacks,))
    stages = organic[organic["volume"].notna()].set_index("stage")
    return [_stage_answer(known, stage, stages.loc[stage]) for stage in known.model.ids if stage in stages.index]


def _lacks(organic) -> str:
    """What the whole file does not tell: `search_stages`, `search_volumes` or `search_positions`; empty when it tells all three."""
    if organic.empty:
        return "search_stages"
    if organic["volume"].isna().all():
        return "search_volumes"
    return "search_positions" if organic["n_positions"].sum() == 0 else ""


def _stage_answer(known, stage, row) -> Gap:
    limit, n = known.limits.search_share, round(row["volume"])
    if row["n_phrases"] < FEWEST_PHRASES:
        return Gap("G21", "uncertain", "too_few", stage, threshold=limit, unit="share", evidence="search")
    if row["volume"] < known.limits.search_volume:
        return Gap("G21", "not_found", "seldom", stage, n=n, evidence="search")
    status = held_against(row["share_lo"], row["share_hi"], limit, bad="below")
    absent = _absent(known, stage)
    details = {"k": len(absent), "titles": absent[:MOST_PHRASES], "bad": "below", "compared_with": "searches"}
    value = row["share"] if pd.notna(row["share"]) else row["share_lo"]
    reason = status if absent else {"found": "found_unnamed", "uncertain": "uncertain_unknown"}.get(status, status)
    return Gap("G21", status, reason, stage, value=value, lo=row["share_lo"], hi=row["share_hi"], n=n, threshold=limit, unit="share",
               details=details, evidence="search, search_phrases")  # fmt: skip


def _absent(known, stage) -> list[str]:
    """The stage's phrases whose results are known not to show the company among the first ten, most searched for first."""
    phrases = known.table("search_phrases")
    if phrases is None:
        return []
    k = known.client.privacy.k
    here = phrases[(phrases["line"] == "organic") & (phrases["stage"] == stage) & (phrases["standing"] == "below") & (phrases["volume"] >= k)]
    return list(here.sort_values(["volume", "phrase"], ascending=[False, True], kind="stable")["phrase"])


def _in_places(known) -> list[Gap]:
    """Of the places where customers look in a stage, the company is in too few (`thresholds.presence_share`).

    A place of which nobody has said whether the company is there may be either. Without the register there is no such answer.
    """
    presence = known.table("presence")
    if presence is None:
        return []
    answers = [_places_answer(known, stage.id, in_stage(presence, stage)) for stage in known.model.in_scope]
    return [answer.of_part("places") for answer in answers if answer]


def _places_answer(known, stage, places) -> Gap | None:
    if places.empty:
        return None
    n, limit = len(places), known.limits.presence_share
    absent = places[(~places["is_present"]).fillna(False).astype(bool)].sort_values("presence_id")
    n_there = int(places["is_present"].fillna(False).sum())
    lo, hi = n_there / n, (n - len(absent)) / n
    details = {"k": len(absent), "titles": list(absent["place"])[:MOST_PHRASES], "ids": list(absent["presence_id"])}
    status = held_against(lo, hi, limit, bad="below")
    reason = status if len(absent) or status == "not_found" else "uncertain_unknown"
    return Gap("G21", status, reason, stage, part="places", value=n_there / n, lo=lo, hi=hi, n=n, threshold=limit, unit="places", details=details,
               evidence="presence")  # fmt: skip
