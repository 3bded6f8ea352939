"""What the client believes beside what was measured, and where the two contradict each other (M065, the question bank's declared answers)."""

from __future__ import annotations

import pandas as pd

from journeylib.client import Beliefs, Client
from journeylib.names import channel_id
from journeylib.schema import BELIEFS, check, empty

#: Key under `beliefs` → the question of the bank it answers, and its unit.
FIGURES = {
    "journey_days": ("Q39", "days"), "win_share": ("Q41", "share"), "silence_share": ("Q10", "share"), "follow_up_share": ("Q28", "share"),
    "met_share": ("Q27", "share"), "repeat_share": ("Q31", "share"), "forgotten_share": ("Q33", "share"), "referred_share": ("Q34", "share"),
    "nps": ("Q34", "nps"), "most_leave_at": ("Q41", "stage"), "feels_worst_at": ("Q40", "stage"),
    "brings_most_to": ("Q47", "channel"),
}  # fmt: skip
#: Which rates measure it, best first, as (measure, group).
RATES_OF = {
    "win_share": (("win", ""), ("bought", "")), "silence_share": (("silence", ""),), "follow_up_share": (("follow_up", ""),), "met_share": (("expectation_met", ""),),
    "repeat_share": (("repeat", "365"), ("repeat", "")), "forgotten_share": (("forgotten", ""),), "referred_share": (("referred", ""),),
}  # fmt: skip
#: A belief outside the interval but no further than this from what was measured is near enough: points of a share, of the score, part of the days.
NEAR = {"share": 0.05, "nps": 5.0, "days": 0.1}
#: Under this many nothing is held against anybody (practice C0).
FEWEST = 10


def compare_beliefs(client: Client, shown: dict[str, pd.DataFrame], came: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every figure the client has told beside the measured one.

    *contradicts* needs both: the told figure lies outside the 95 % interval, and it is further from the measured one than `NEAR`. A
    stage is contradicted when another stage's interval lies wholly beyond its own, and agreed with when it is the first for certain; a
    channel in the same way, with those who came through no known channel counted against the answer.

    Parameters
    ----------
    shown : measures as they may be shown; what cannot be measured is not checkable, never wrong.
    came : through which channels customers come to each stage (ENTRANCES).

    Returns
    -------
    BELIEFS, in the order of the parameters; empty where the client has told none.
    """
    told = {name: getattr(client.beliefs, name) for name in Beliefs.model_fields}
    rows = [_compare(name, value, shown) for name, value in told.items() if value is not None and name != "brings_most_to"]
    rows += [_of_channel(stage, channel, came, client.privacy.k) for stage, channel in client.beliefs.brings_most_to.items()]
    return check(pd.DataFrame(rows), BELIEFS) if rows else empty(BELIEFS)


def _compare(figure, value, shown):
    question, unit = FIGURES[figure]
    row = {"figure": figure, "question_id": question, "unit": unit}
    if unit == "stage":
        return row | {"told_as": value} | _of_stage(figure, value, shown)
    measured = _measured(figure, shown)
    if measured is None:
        return row | {"told": value, "verdict": "not_checkable"}
    return row | {"told": float(value)} | measured | {"verdict": _verdict(float(value), measured, unit)}


def _verdict(told, measured, unit):
    if measured["n"] < FEWEST or pd.isna(measured["measured"]) or pd.isna(measured["lo"]) or pd.isna(measured["hi"]):
        return "too_few"
    if measured["lo"] <= told <= measured["hi"]:
        return "agrees" if measured["hi"] - measured["lo"] <= 4 * _near(measured["measured"], unit) else "uncertain"
    return "contradicts" if abs(told - measured["measured"]) > _near(measured["measured"], unit) else "agrees"


def _near(measured, unit):
    return NEAR[unit] * (measured if unit == "days" else 1.0)


def _measured(figure, shown) -> dict | None:
    """The figure with its interval, n and horizon; None where it was not measured."""
    if figure == "journey_days":
        lengths = shown.get("lengths")
        rows = lengths[(lengths["offer"] == "") & lengths["median_days"].notna()] if lengths is not None else ()
        return _figure(rows.iloc[0], "median_days", "n_bought") if len(rows) else None
    if figure == "nps":
        scores = shown.get("scores")
        rows = scores[(scores["metric"] == "nps") & (scores["wave"] == 0)].sort_values("n", ascending=False, kind="stable") if scores is not None else ()
        found = _figure(rows.iloc[0], "score", "n") if len(rows) else None
        return found and found | {name: 100 * found[name] for name in ("measured", "lo", "hi")}
    rates = shown.get("rates")
    for measure, group in RATES_OF[figure] if rates is not None else ():
        rows = rates[(rates["measure"] == measure) & (rates["group"] == group) & (rates["n"] > 0)]
        if len(rows):
            return _figure(rows.iloc[0], "rate", "n") | {"days": rows.iloc[0]["days"]}
    return None


def _figure(row, value, n):
    return {"measured": float(row[value]), "lo": float(row["lo"]) if pd.notna(row["lo"]) else None, "hi": float(row["hi"]) if pd.notna(row["hi"]) else None, "n": int(row[n])}


def _of_stage(figure, stage, shown):
    """The worst stage as measured, and whether the one told may be it: the lower a value, the worse."""
    known = _by_stage(figure, shown)
    if known.empty:
        return {"verdict": "not_checkable"}
    worst = known.iloc[0]
    measured = {"measured": float(worst["value"]), "lo": float(worst["lo"]), "hi": float(worst["hi"]), "n": int(worst["n"]), "measured_as": worst["stage"]}
    own = known[known["stage"] == stage]
    if own.empty:
        return measured | {"verdict": "not_checkable"}
    if stage == worst["stage"]:
        return measured | {"verdict": "agrees" if len(known) > 1 and worst["hi"] < known.iloc[1]["lo"] else "uncertain"}
    return measured | {"verdict": "contradicts" if worst["hi"] < own.iloc[0]["lo"] else "uncertain"}


def _by_stage(figure, shown):
    """Stages with ten or more judged, worst first: the share that goes on, or the mean of the feeling."""
    names = {"rate": "value", "rate_lo": "lo", "rate_hi": "hi", "n_followed": "n"} if figure == "most_leave_at" else {"mean": "value"}
    table = shown.get("funnel" if figure == "most_leave_at" else "emotion")
    if table is None:
        return pd.DataFrame()
    if figure == "most_leave_at":
        table = table[(table["semantics"] == "at_least") & (table["persona"] == "") & (table["n_went_on"] > 0)].sort_values("position")
    known = table.rename(columns=names)
    known = known[known["value"].notna() & known["lo"].notna() & (known["n"] >= FEWEST)]
    return known.sort_values("value", kind="stable")


def _of_channel(stage, told, came, k):
    """The channel through which most came to the stage, and whether it may be the one told.

    What was never logged is not checkable. Shares that would tell of fewer than k who came in another way are kept back.
    """
    question, unit = FIGURES["brings_most_to"]
    row = {"figure": f"brings_most_to:{stage}", "question_id": question, "unit": unit, "told_as": channel_id(told) or told}
    here = pd.DataFrame() if came is None else came[came["stage"] == stage].sort_values(["n_first", "channel"], ascending=[False, True])
    named = here[here["channel"] != ""] if len(here) else here
    if named.empty or not named["n_first"].iloc[0]:
        return row | {"verdict": "not_checkable"}
    n, first = int(named["n_stage"].iloc[0]), named.iloc[0]
    if n < FEWEST:
        return row | {"verdict": "too_few"}
    row |= {"measured_as": first["channel"], "n": n}
    row |= {"measured": first["share"], "lo": first["lo"], "hi": first["hi"]} if min(first["n_first"], n - first["n_first"]) >= k else {}
    own = named[named["channel"].str.casefold() == row["told_as"].casefold()]
    if own.empty:
        return row | {"verdict": "not_checkable"}
    other = named.iloc[1:2] if own.index[0] == first.name else own
    is_sure = first["lo"] > float(other["hi"].sum()) + 1 - float(named["share"].sum())
    return row | {"told_as": own["channel"].iloc[0], "verdict": "uncertain" if not is_sure else "agrees" if own.index[0] == first.name else "contradicts"}
