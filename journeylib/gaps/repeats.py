"""Is the second journey shorter than the first, as it should be? Check G33."""

from __future__ import annotations

import pandas as pd

from journeylib.gaps.engine import FEWEST_FOR_PERCENT, Gap, Known, held_against, not_checkable
from journeylib.measures.repeats import LARGEST_UNSEEN, MAIN_GAP_DAYS

#: A later journey must be shorter by at least this share of the first to be called shorter in more than name.
LIMIT = 0.95


def is_the_repeat_journey_shorter(known: Known) -> list[Gap]:
    """G33: later journeys take as long as the first, or longer, with enough purchases to tell.

    *Found*: the whole interval of the ratio lies over 0.95, whether a try is over after 30, 60 or 90 days of silence; *not found*:
    under 1 for all three. Where most purchases come without a step before them, their journeys are not seen.
    """
    if known.table("funnel") is None:
        return not_checkable("G33", known.missing("funnel"))
    table = known.table("repeats")
    row = None if table is None else table[table["gap_days"] == MAIN_GAP_DAYS].iloc[0]
    if row is None or row["n_later_bought"] == 0:
        return [Gap("G33", "not_checkable", "nobody_again", missing=("orders",))]
    n = int(row["n_later_bought"])
    if n < known.client.privacy.k:
        return [Gap("G33", "uncertain", "too_few")]
    if any(row[f"n_{name}_unseen"] > LARGEST_UNSEEN * row[f"n_{name}_bought"] for name in ("first", "later")):
        return [Gap("G33", "not_checkable", "unseen", n=n, missing=("events",))]
    if pd.isna(row["lo"]) or row["n"] < FEWEST_FOR_PERCENT:
        return [Gap("G33", "uncertain", "too_few")]
    return [_judged(row, _agreed(table), n)]


def _agreed(table: pd.DataFrame) -> str:
    """The answer that stands whatever silence ends a try; else uncertain."""
    answers = set()
    for row in table.itertuples():
        answers.add("not_found" if row.hi < 1 else held_against(row.lo, row.hi, LIMIT, bad="above") if row.lo > LIMIT else "uncertain")
    return answers.pop() if len(answers) == 1 else "uncertain"


def _judged(row: pd.Series, status: str, n: int) -> Gap:
    """Days of the later journeys, with the ends of the ratio laid on the days of the first."""
    first = float(row["first_days"])
    return Gap("G33", status, status, value=float(row["later_days"]), lo=row["lo"] * first, hi=row["hi"] * first, n=n, threshold=first, unit="days", evidence="repeats")
