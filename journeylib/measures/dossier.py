"""Who leaves at a stage, where they came from, what they did last, where they went instead and what they said (M066).

Who left is who did not go on within the window, of those followed for the whole of it: the same journeys as in the funnel's rate.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.clustered import difference_of_shares
from journeylib.measures.contacts import COMPANY
from journeylib.measures.passages import BLOCK_ROWS, NEVER, find_passages, over_blocks
from journeylib.measures.places import speakers, stage_ids
from journeylib.schema import DEPARTURES, DOSSIER, LAST_WORDS, WHO_KINDS, check

FEWEST, SMALLEST_DIFFERENCE, FALSE_DISCOVERY_RATE = 10, 0.05, 0.05
#: What those who left may have said of the stage: why not, what was hard, what they wondered.
WORD_ROWS = ("reason", "objection", "problem", "question")


def leavers(log: EventLog, journeys: pd.DataFrame, model, *, window_days: float | None, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Every journey followed past a stage (`at_least` counting): journey, stage (position), entered_us, until_us and whether it left there.

    Left is not gone on to a later stage by `until_us`: the entry and the window, or the data cut where there is none. Stages
    after which nobody was ever seen have no rows: of them nothing is known.
    """
    passages = find_passages(log, model, n_rows=n_rows)
    window_us = None if window_days is None else round(window_days * DAY_US)
    parts = [_followed(passages, i, window_us, log.as_of_us) for i in range(len(model.in_scope) - 1) if (passages.at_least[:, i + 1] < NEVER).any()]
    columns = ["journey", "stage", "entered_us", "until_us", "is_left"]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return found.merge(journeys, on="journey", how="left") if len(found) else found


def _followed(passages, i, window_us, as_of_us):
    entered, later = passages.at_least[:, i], passages.at_least[:, i + 1]
    reached = entered < NEVER
    until = np.full(len(entered), as_of_us) if window_us is None else np.where(reached, entered, 0) + window_us
    kept = reached & (until <= as_of_us)
    return pd.DataFrame({"journey": passages.journey[kept], "stage": i, "entered_us": entered[kept], "until_us": until[kept],
                         "is_left": ~(later <= until)[kept]})  # fmt: skip


# --- who ----------------------------------------------------------------------------------------------------------------


def dossier(followed: pd.DataFrame, model, *, customers: pd.DataFrame | None = None) -> pd.DataFrame:
    """Each group held against all others of whom the same is known: the difference in the share that leaves.

    Interval by unit; p-values by Benjamini–Hochberg over all comparisons of the table. Certain where p_adjusted ≤ 0.05 and the
    difference is at least five points. A group, or the others, under ten is not compared.

    Parameters
    ----------
    followed : what `leavers` returns.

    Returns
    -------
    DOSSIER, by stage, kind and group.
    """
    rows = [_compare(model.in_scope[stage].id, kind, group, here[values == group], here[values != group])
            for stage, at_stage in followed.groupby("stage", sort=True) for kind, here, values in _groups(at_stage, customers)
            for group in sorted(values.unique()) if kind != "referred" or group == "yes"]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(DOSSIER.columns))
    tested = table["p"].notna()
    if tested.any():
        table.loc[tested, "p_adjusted"] = multipletests(table.loc[tested, "p"].astype(float), method="fdr_bh")[1]
    certain = (table["p_adjusted"].astype(float) <= FALSE_DISCOVERY_RATE) & (table["difference"].astype(float).abs() >= SMALLEST_DIFFERENCE)
    return check(table.assign(is_certain=certain), DOSSIER)


def _groups(rows, customers):
    """(kind, those of whom it is known, what it is), for each kind in which they differ at all."""
    segments = None if customers is None else rows["customer_id"].map(customers.drop_duplicates("customer_id").set_index("customer_id")["segment"])
    told = {"persona": rows["persona"], "offer": rows["offer"], "first_channel": rows["first_channel"], "segment": segments,
            "referred": rows["is_referred"].map({True: "yes", False: "no"})}  # fmt: skip
    seen = []
    for kind in WHO_KINDS:
        values = told[kind]
        if values is None or values.dropna().nunique() < 2 or any(_part_alike(values, other) for other in seen) or _is_one_group_of(values, seen):
            continue
        seen.append(values)
        known = values.notna()
        yield kind, rows[known], values[known].astype(str)


def _part_alike(values, other):
    """Whether two columns part the same people the same way under other names, as a persona made of a segment does."""
    pairs = pd.DataFrame({"one": values, "other": other}).drop_duplicates()
    return len(pairs) == pairs["one"].nunique(dropna=False) == pairs["other"].nunique(dropna=False)


def _is_one_group_of(values, seen):
    """Whether yes and no are one group of another column and the rest of it: those referred are those whose first channel was a referral."""
    yes = values == "yes"
    return values.isin(["yes", "no"]).all() and any((yes == (other == group).fillna(False)).all() for other in seen for group in other.dropna().unique())


def _compare(stage, kind, group, mine, others):
    row = {"stage": stage, "kind": kind, "group": group, "n": len(mine), "n_left": mine["is_left"].sum(), "share": mine["is_left"].mean(),
           "n_others": len(others), "n_left_others": others["is_left"].sum(), "share_others": others["is_left"].mean(),
           "difference": np.nan, "lo": np.nan, "hi": np.nan, "p": np.nan, "p_adjusted": np.nan, "is_certain": False}  # fmt: skip
    if min(len(mine), len(others)) < FEWEST:
        return row
    found = difference_of_shares(mine["is_left"], mine["unit"], others["is_left"], others["unit"])
    return row | {"difference": found.difference, "lo": found.lo, "hi": found.hi, "p": found.p}


# --- from where, and where to ---------------------------------------------------------------------------------------------


def departures(log: EventLog, followed: pd.DataFrame, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Of those who left at a stage: the touchpoint before they came, their own last step in time, and what they did next, if anything.

    Only the customer's own steps (not what the company sent). Next is the first own event after the last one of the stage or any
    before it: another touchpoint, a return to an earlier stage, or a later stage after the window; '' = silence.

    Returns
    -------
    DEPARTURES, by stage and kind, most common first; in each kind n_journeys adds up to n_left, the funnel's n_followed − n_converted.
    """
    left = followed[followed["is_left"].astype(bool)] if len(followed) else followed
    if left.empty:
        return check(pd.DataFrame(columns=list(DEPARTURES.columns)), DEPARTURES)
    steps = over_blocks(log, lambda block: _own_steps(block, left, model), n_rows)
    told = left[["journey", "stage", "entered_us", "until_us"]].merge(steps, on=["journey", "stage"], how="left")
    parts = [_count_ways(told, kind, what, days, log) for kind, what, days in (
        ("came_from", "from_touchpoint", (told["entered_us"] - told["from_us"])), ("last", "last_touchpoint", (told["last_us"] - told["entered_us"])),
        ("next", "next_touchpoint", (told["next_us"] - told["last_us"])), ("next_channel", "next_channel", (told["next_us"] - told["last_us"])))]  # fmt: skip
    table = pd.concat(parts).sort_values(["stage", "order", "n_journeys", "what"], ascending=[True, True, False, True], kind="stable")
    return check(table.drop(columns="order").assign(stage=np.array([stage.id for stage in model.in_scope], dtype=object)[table["stage"]]), DEPARTURES)


def _own_steps(log, left, model):
    """For each (journey, stage) left: the own event before the entry, the last one of the stage in time, and the one after it."""
    reach = np.append(model.reach_of_atom, -1).astype(np.int8)[log.atom]
    own = log.initiator != COMPANY
    events = pd.DataFrame({"journey": log.journey[own], "at_us": log.at_us[own], "touchpoint": log.touchpoint[own], "channel": log.channel[own],
                           "reach": reach[own], "row": np.flatnonzero(own)})  # fmt: skip
    mine = left[left["journey"].isin(log.journeys_present)][["journey", "stage", "entered_us", "until_us"]]
    beside = mine.merge(events, on="journey")
    keys = ["journey", "stage"]
    before = beside[beside["at_us"] < beside["entered_us"]].groupby(keys).tail(1).set_index(keys)
    here = beside[(beside["reach"] == beside["stage"]) & (beside["at_us"] >= beside["entered_us"]) & (beside["at_us"] <= beside["until_us"])]
    last = here.groupby(keys).tail(1).set_index(keys)
    after = beside.merge(last["row"].rename("last_row").reset_index(), on=keys)
    after = after[after["row"] > after["last_row"]].groupby(keys).head(1).set_index(keys)
    return pd.DataFrame({
        "from_touchpoint": before["touchpoint"], "from_us": before["at_us"], "last_touchpoint": last["touchpoint"], "last_us": last["at_us"],
        "next_touchpoint": after["touchpoint"], "next_channel": after["channel"], "next_us": after["at_us"],
    }).rename_axis(keys).reset_index()  # fmt: skip


def _count_ways(told, kind, what, us, log):
    names = np.array([*log.names["channel" if kind == "next_channel" else "touchpoint"], ""], dtype=object)
    ways = pd.DataFrame({"stage": told["stage"], "what": names[told[what].fillna(-1).astype(int)], "days": us / DAY_US})
    days = ways.groupby(["stage", "what"])["days"]
    table = pd.DataFrame({"n_journeys": days.size(), "median_days": days.median(), "q25_days": days.quantile(0.25), "q75_days": days.quantile(0.75)}).reset_index()
    table["n_left"] = table.groupby("stage")["n_journeys"].transform("sum")
    order = {"came_from": 0, "last": 1, "next": 2, "next_channel": 3}[kind]
    return table.assign(kind=kind, order=order, share=table["n_journeys"] / table["n_left"])


# --- last words -------------------------------------------------------------------------------------------------------------


def last_words(followed: pd.DataFrame, voices: pd.DataFrame, model, *, quotes: bool = True, k: int = 5) -> pd.DataFrame:
    """What those who left at a stage said of it, counted by customer: reasons, objections, problems, questions with a code.

    Joined by the person, else by the account. A quote only with consent, and where at least `k` of them were heard on it.

    Returns
    -------
    LAST_WORDS, by stage and row, most said first.
    """
    left = followed[followed["is_left"].astype(bool)] if len(followed) else followed
    said = voices.assign(place=stage_ids(voices, model), speaker=speakers(voices))
    said = said[(said["kind"] == "stated") & said["row"].isin(WORD_ROWS) & said["code"].notna()]
    rows = [row for stage, members in left.groupby("stage", sort=True)
            for row in _words_of(model.in_scope[stage].id, said[said["place"] == model.in_scope[stage].id], members, quotes, k)] if len(left) else []  # fmt: skip
    table = pd.DataFrame(rows, columns=list(LAST_WORDS.columns))
    order = {stage.id: i for i, stage in enumerate(model.in_scope)}
    keys = table.assign(place=table["stage"].map(order), about=table["row"].map(WORD_ROWS.index))
    return check(table.loc[keys.sort_values(["place", "about", "n_customers", "code"], ascending=[True, True, False, True], kind="stable").index], LAST_WORDS)


def _words_of(stage, said, members, quotes, k):
    theirs = said["customer_id"].isin(members["customer_id"].dropna()) | said["account_id"].isin(members["account_id"].dropna())
    for row, heard in said[theirs].groupby("row", sort=True):
        n_heard = heard["speaker"].nunique()
        for code, mine in heard.groupby("code", sort=True):
            yield {"stage": stage, "row": row, "code": code, "n_customers": mine["speaker"].nunique(), "n_heard": n_heard,
                   "quote": _quote(mine) if quotes and n_heard >= k else None}  # fmt: skip


def _quote(said):
    quotable = said[said["has_consent"].fillna(False).astype(bool) & said["text"].fillna("").str.strip().ne("")]
    if quotable.empty:
        return None
    length = quotable["text"].str.len()
    return quotable.assign(off=(length - length.median()).abs()).sort_values(["off", "voice_id"], kind="stable")["text"].iloc[0]
