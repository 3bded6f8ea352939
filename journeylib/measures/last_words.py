"""What those who leave said last, in tickets and surveys (M066)."""

from __future__ import annotations

import pandas as pd

from journeylib.measures.dossier import by_stage
from journeylib.measures.places import speakers, stage_ids
from journeylib.schema import LAST_WORDS, check

#: What those who left may have said of the stage: why not, what was hard, what they wondered.
WORD_ROWS = ("reason", "objection", "problem", "question")


def last_words(followed: pd.DataFrame, journeys: pd.DataFrame, voices: pd.DataFrame, model, *, quotes: bool = True, k: int = 5) -> pd.DataFrame:
    """What those who left at a stage said of it, counted by customer: reasons, objections, problems, questions with a code.

    Joined by the person, else by the account. A quote only with consent, and where at least `k` of them were heard on it.

    Returns
    -------
    LAST_WORDS, by stage and row, most said first.
    """
    left = followed[followed["is_left"].astype(bool)] if len(followed) else followed
    said = voices.assign(place=stage_ids(voices, model), speaker=speakers(voices))
    said = said[(said["kind"] == "stated") & said["row"].isin(WORD_ROWS) & said["code"].notna()]
    rows = [row for stage, members in by_stage(left) for row in _words_of(
        model.in_scope[stage].id, said[said["place"] == model.in_scope[stage].id], journeys[journeys["journey"].isin(members["journey"])], quotes, k)]  # fmt: skip
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
