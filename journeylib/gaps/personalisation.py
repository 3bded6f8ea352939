"""Does everybody get the same? Check G08 (low personalisation)."""

from __future__ import annotations

from journeylib.gaps.engine import FEWEST_FOR_PERCENT, Gap, Known, held_against, not_checkable

#: Where fewer of the messages than this went outside the largest group, there was hardly anybody to treat differently.
SMALLEST_OUTSIDE = 0.1


def is_the_message_the_same_for_all(known: Known) -> list[Gap]:
    """G08: which message is sent depends on neither persona nor stage (`thresholds.personal_index`, 0 = not at all).

    Judged on persona and stage together where personas are known, else on stage. Not checkable where messages cannot be told
    apart, or where all who got them were of one persona in one stage.
    """
    missing = known.missing("funnel")
    table = known.table("personalisation")
    if missing or table is None:
        return not_checkable("G08", missing or known.missing("personalisation"))
    rows = table.set_index("by", drop=False)
    row = rows.loc["both" if "both" in rows.index else "stage"]
    n = int(row["n"])
    if n < known.client.privacy.k:
        return [Gap("G08", "uncertain", "too_few")]
    if row["n_variants"] < 2:
        return [Gap("G08", "not_checkable", "one_message", n=n, missing=("messages",))]
    if row["outside_share"] < SMALLEST_OUTSIDE:
        return [Gap("G08", "not_checkable", "one_group", n=n, missing=("personas",))]
    limit = known.limits.personal_index
    status = held_against(row["lo"], row["hi"], limit, bad="below", is_large_enough=n >= FEWEST_FOR_PERCENT)
    return [Gap("G08", status, _reason(status, rows), value=row["index"], lo=row["lo"], hi=row["hi"], n=n,
                threshold=limit, unit="index", details={"n_variants": int(row["n_variants"])}, evidence=f"personalisation: {row['by']}")]  # fmt: skip


def _reason(status, rows) -> str:
    """The sentence: what the messages go by most, and only what is known."""
    if status == "not_found":
        return "not_found_persona" if "persona" in rows.index and rows.loc["persona", "index"] > rows.loc["stage", "index"] else "not_found_stage"
    return "found_stage" if status == "found" and "both" not in rows.index else status
