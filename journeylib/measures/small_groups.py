"""Groups too small to show: what a reader gets of a measure table (practice C0: smaller than k is suppressed, also by subtraction).

A group is what a row describes: the journeys that reached a stage, the customers who said a thing, those a share is of.
How many of a large enough group did something is a finding and may be small.
"""

from __future__ import annotations

import pandas as pd

from journeylib.schema import MEASURES, check

#: Table → the column that counts the group a row describes.
GROUPS = {"funnel": "n_reached", "stage_times": "n_entered", "transitions": "n_journeys", "exits": "n_journeys", "touchpoints": "n_journeys",
          "channels": "n_journeys", "emotion": "n", "voice_counts": "n_customers", "need_scores": "n", "rates": "n"}  # fmt: skip
#: Tables whose rows stay, with what tells the size of the group taken out.
BLANKED = {"coverage": ("n_customers", ("n_customers", "demand_share", "ratio_lo", "ratio_hi"))}
#: Tables whose rows add up to a total that is shown: a single withheld row could be found by subtraction.
ADD_UP = {"exits": ["stage"]}


def withhold_small_groups(tables: dict[str, pd.DataFrame], k: int) -> dict[str, pd.DataFrame]:
    """The tables as they may be shown: rows about fewer than k (but some) are left out, or their size is.

    Where rows add up to a shown total and only one would be left out, the next smallest goes too. Tables that count no
    people (totals) pass as they are; the curve of a stage goes with its row in `stage_times`.
    """
    shown = {name: _withheld(name, frame, k) for name, frame in tables.items()}
    if "time_curve" in shown and "stage_times" in shown:
        curve = shown["time_curve"]
        shown["time_curve"] = curve[curve["stage"].isin(shown["stage_times"]["stage"])].reset_index(drop=True)
    return shown


def _withheld(name, frame, k):
    if name in BLANKED:
        column, blanks = BLANKED[name]
        small = _is_small(frame[column], k)
        return check(frame.assign(**{blank: frame[blank].mask(small) for blank in blanks}), MEASURES[name])
    if name not in GROUPS:
        return frame
    small = _is_small(frame[GROUPS[name]], k)
    if name == "funnel":
        frame = _without_what_tells(frame, small)
    if name in ADD_UP:
        small |= _next_smallest(frame, small, GROUPS[name], ADD_UP[name])
    return frame[~small].reset_index(drop=True)


def _without_what_tells(funnel, small):
    """The stage before a withheld one keeps how many reached it; how many went on is the withheld number itself."""
    funnel = funnel.sort_values(["semantics", "persona", "position"], kind="stable")
    tells = small.reindex(funnel.index).groupby([funnel["semantics"], funnel["persona"]]).shift(-1, fill_value=False)
    numbers = ["n_went_on", "n_lost", "n_open", "n_converted", "rate", "rate_lo", "rate_hi"]
    return funnel.assign(**{name: funnel[name].mask(tells) for name in numbers}).sort_index()


def _is_small(counts, k):
    return ((counts > 0) & (counts < k)).fillna(False).astype(bool)


def _next_smallest(frame, small, column, within):
    """Rows to withhold beside a lone withheld one of the same total."""
    lone = small.groupby([frame[name] for name in within]).transform("sum") == 1
    others = frame[lone & ~small].sort_values(column, kind="stable").drop_duplicates(within)
    return pd.Series(frame.index.isin(others.index), index=frame.index)
