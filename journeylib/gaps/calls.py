"""Is the customer asked to act where the decision is made? Check G04."""

from __future__ import annotations

import pandas as pd

from journeylib.gaps.engine import Gap, Known, asking, in_stage, is_placed, judge_share, live, not_checkable, out_of_scope, stage_with

#: Titles named in the sentence; all are in the register.
MOST_TITLES = 5


def is_there_a_call_to_act(known: Known) -> list[Gap]:
    """G04: content of the decision stage without a request to act, counted from the register; terms and the like need none.

    With a benchmark set (`thresholds.cta_rate`) the click rates are held against it too, whole interval under it.
    A register whose request column is empty throughout was not filled in, and is not checkable.
    """
    stage = stage_with(known.model, "a4_decide")
    if stage is None or not stage.in_scope:
        return out_of_scope("G04")
    return [_missing_calls(known, stage), *_weak_calls(known, stage)]


def _missing_calls(known: Known, stage) -> Gap:
    content = known.table("content")
    if content is None:
        return not_checkable("G04", ("content",), stage=stage.id)[0]
    if not is_placed(content) or content["cta"].isna().all():
        return Gap("G04", "not_checkable", "unplaced" if not is_placed(content) else "not_filled", stage.id, missing=("content",))
    items = asking(in_stage(live(content, known.client.as_of), stage))
    if items.empty:
        return Gap("G04", "not_checkable", "no_items", stage.id, missing=("content",))
    without = items[items["cta"].isna()].sort_values("content_id")
    details = {"k": len(without), "titles": list(without["title"])[:MOST_TITLES], "ids": list(without["content_id"])}
    return Gap("G04", "found" if len(without) else "not_found", stage=stage.id, value=len(without) / len(items),
               n=len(items), threshold=0.0, unit="share", details=details, evidence="content")  # fmt: skip


def _weak_calls(known: Known, stage) -> list[Gap]:
    limit = known.limits.cta_rate
    if limit is None:
        return []
    rates = known.table("rates")
    clicks = rates[rates["measure"] == "cta"] if rates is not None else pd.DataFrame()
    if clicks.empty:
        return [Gap("G04", "not_checkable", "no_clicks", stage.id, part="clicks", missing=("cta_clicks",))]
    place = Gap("G04", "", stage=stage.id, part="clicks", evidence="rates: cta")
    return [judge_share(known, place, clicks.iloc[0], limit, bad="below").of_part("clicks")]
