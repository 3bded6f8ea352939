"""What customers say, counted per customer and not per mention (practice C16)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.measures.places import join_sources, speaker_units, speakers, stage_ids, with_dates
from journeylib.measures.stats import share
from journeylib.schema import VOICE_COUNTS, VOICE_ROWS, check

KINDS = ("stated", "staff", "assumed")


def voice_counts(voices: pd.DataFrame, model, *, by_account: bool = False, quotes: bool = True, k: int = 5) -> pd.DataFrame:
    """How many customers said each thing, of the customers heard on that row in that stage.

    A thing is a code; without one, what staff said or somebody assumed is its own text, and what customers said is
    counted together under an empty code. Only stated voices are customers': staff and assumptions have n_customers 0
    and no share. Answers that are a score alone say nothing in words and are not counted here.

    Parameters
    ----------
    by_account : whether accounts are the unit of the intervals (B2B).
    quotes : whether a quote may be shown at all; then only with consent, and where at least `k` customers were heard.

    Returns
    -------
    VOICE_COUNTS, by stage ('' last), row and number of customers. The quote is the consented text whose length is
    nearest the middle of those with that code; equal lengths by `voice_id`.
    """
    said = _spoken(voices, model, by_account)
    rows = [row for (_, _, kind), heard in said.groupby(["stage", "row", "kind"], sort=True)
            for row in _code_rows(heard, kind, quotes, k)]  # fmt: skip
    frame = with_dates(pd.DataFrame(rows, columns=list(VOICE_COUNTS.columns)))
    places = {stage.id: i for i, stage in enumerate(model.in_scope)}
    keys = pd.DataFrame({
        "stage": frame["stage"].map(places).fillna(len(places)), "row": frame["row"].map(VOICE_ROWS.index),
        "kind": frame["kind"].map(KINDS.index), "n": -frame["n_customers"].astype(float), "code": frame["code"],
    })  # fmt: skip
    return check(frame.loc[keys.sort_values(["stage", "row", "kind", "n", "code"], kind="stable").index], VOICE_COUNTS)


def _spoken(voices, model, by_account):
    own_words = voices["kind"].isin(["staff", "assumed"])
    code = voices["code"].fillna(voices["text"].where(own_words)).fillna("")
    said = pd.DataFrame({
        "stage": stage_ids(voices, model), "row": voices["row"], "kind": voices["kind"], "code": code,
        "customer": speakers(voices), "unit": speaker_units(voices, by_account), "voice_id": voices["voice_id"],
        "text": voices["text"], "may_quote": voices["has_consent"].fillna(False).astype(bool) & (voices["kind"] == "stated"),
        "said_at": voices["said_at"], "source": voices["source"],
    })  # fmt: skip
    return said[(code != "") | voices["text"].notna()]


def _code_rows(heard, kind, quotes, k):
    asked = _customers_by_unit(heard) if kind == "stated" else pd.Series(dtype="int64")
    show = quotes and asked.sum() >= k
    for code, voices in heard.groupby("code", sort=True):
        said = _customers_by_unit(voices).reindex(asked.index, fill_value=0) if kind == "stated" else asked
        counted = share(said.to_numpy(), asked.to_numpy())
        voice_id, quote = _representative(voices) if show else (None, None)
        yield {
            "stage": voices["stage"].iloc[0], "row": voices["row"].iloc[0], "code": code, "kind": kind,
            "n_customers": counted.n_yes, "n_asked": counted.n, "share": counted.rate, "lo": counted.lo, "hi": counted.hi,
            "voice_id": voice_id, "quote": quote, "first_on": voices["said_at"].min(), "last_on": voices["said_at"].max(),
            "sources": join_sources(voices["source"]),
        }  # fmt: skip


def _customers_by_unit(rows):
    return rows.drop_duplicates("customer").groupby("unit").size()


def _representative(voices):
    quotable = voices[voices["may_quote"] & voices["text"].fillna("").str.strip().ne("")]
    if quotable.empty:
        return None, None
    length = quotable["text"].str.len()
    distance = (length - np.median(length)).abs()
    best = quotable.assign(distance=distance).sort_values(["distance", "voice_id"], kind="stable").iloc[0]
    return best["voice_id"], best["text"]
