"""What people search for and whether the company is found: a finding of notebook 02."""

from __future__ import annotations

import math

import pandas as pd

from journeylib.figures.tables import Bar, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import number_or_none, stage_label
from journeylib.knowledge import load

#: Fewer phrases than this in a stage, and it does not lead the sentence.
FEWEST_PHRASES = 5
MOST_MISSING, MOST_UNMATCHED = 15, 10


def what_do_they_search_for(run, mapped) -> Finding | None:
    """The phrases of each stage and how many of the searches show the company (C19); None where no phrases were delivered."""
    w, search = run.words, mapped.shown.get("search")
    if search is None:
        return None
    phrases = mapped.shown.get("search_phrases", pd.DataFrame(columns=["line", "stage", "standing"]))
    organic = search[search["line"] == "organic"]
    takeaway, state, numbers = _say_found(run, search, organic)
    return Finding("what_do_they_search_for", "channels", w.say("search.question"), takeaway, text=tuple(_say_more(run, organic, phrases)),
                   picture=_stage_table(run, organic, phrases), details=_details(run, search, phrases), details_label=w.say("search.details"),
                   tables={"search": search, "search_phrases": phrases} if len(phrases) else {"search": search}, state=state, numbers=numbers, folded_under=w.say("findings.show"))  # fmt: skip


def _say_found(run, search, organic) -> tuple[str, str, dict]:
    """The sentence, its ending and its numbers; the stage where the company is seen least leads only where no unknown position could change that."""
    w, n = run.words, int(organic["n_phrases"].sum())
    if organic.empty:
        return w.say("search.only_paid", n=int(search["n_phrases"].sum())), "not_checkable", {}
    n_known, n_top = int(organic["n_positions"].sum()), int(organic["n_top"].sum())
    if not n_known:
        return w.say("search.no_positions", n=n), "not_checkable", {"n_phrases": n}
    known = organic["known_volume"].sum()
    if not known > 0:
        return w.say("search.no_volumes", n=n_known, k=n_top), "too_few", {"n_phrases": n, "n_top": n_top}
    share = organic["covered_volume"].sum() / known
    judged = organic[(organic["stage"] != "") & (organic["n_phrases"] >= FEWEST_PHRASES) & organic["share"].notna()].sort_values(["share", "stage"])
    numbers = {"share": float(share), "stage": judged.iloc[0]["stage"] if len(judged) else None, "low": number_or_none(judged.iloc[0]["share"]) if len(judged) else None}
    if len(judged) < 2:
        return w.say("search.one", share=w.percent(share)), "clear", numbers
    if judged.iloc[0]["share_hi"] >= judged.iloc[1:]["share_lo"].min():
        return w.say("search.close", share=w.percent(share)), "close", numbers
    low = judged.iloc[0]
    return w.say("search.clear", share=w.percent(share), stage=stage_label(run, low["stage"]), low=w.percent(low["share"])), "clear", numbers


def _say_more(run, organic, phrases):
    """Where most is to be won, and what the numbers are worth."""
    w, missing = run.words, _missing(phrases)
    if len(missing):
        yield w.say("search.most_missed", phrases=w.list([_quoted(run, row) for row in missing.head(3).itertuples()]))
    if organic["volume"].notna().any():
        yield w.say("search.estimates")
    n_unknown = int(organic["n_phrases"].sum() - organic["n_positions"].sum())
    if n_unknown and organic["n_positions"].sum():
        yield w.say("search.unknown_positions", n=n_unknown)
    n_unmatched = int(organic["n_unmatched"].sum())
    if n_unmatched:
        yield w.say("search.unmatched", n=n_unmatched, of=w.count(organic["n_phrases"].sum()))


def _missing(phrases):
    """Phrases known not to show the company, most searched for first (C19: the gap list)."""
    absent = phrases[(phrases["line"] == "organic") & (phrases["standing"] == "below")]
    return absent[absent["volume"].notna()].sort_values(["volume", "phrase"], ascending=[False, True], kind="stable") if len(absent) else absent


def _stage_table(run, organic, phrases):
    w = run.words
    headings = [w.say(f"search.{name}") for name in ("stage", "most_searched", "phrases", "volume", "share")]
    rows = [[_stage(run, row.stage), _top_phrases(run, phrases, row.stage), w.count(row.n_phrases), say_volume(w, row.volume), _share(run, row)]
            for row in organic.itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=(2, 3)) if rows else ""


def _share(run, row):
    if pd.isna(row.share):
        return run.words.say("findings.k_of_n", k=int(row.n_top), n=int(row.n_positions)) if row.n_positions else None
    w = run.words
    text = w.percent(row.share) if row.n_phrases >= FEWEST_PHRASES else w.say("findings.k_of_n", k=int(row.n_top), n=int(row.n_positions))
    return Bar(row.share, text, row.share_lo, row.share_hi)


def _top_phrases(run, phrases, stage):
    here = phrases[(phrases["line"] == "organic") & (phrases["stage"] == stage)]
    return ", ".join(row.phrase for row in here.head(3).itertuples()) or None


def _details(run, search, phrases):
    """Three folded tables: phrases the company is missing from, the ads' phrases, the commonest phrases without a stage."""
    return "".join([_missing_table(run, _missing(phrases).head(MOST_MISSING)), _paid_table(run, search[search["line"] == "paid"]), _unmatched_table(run, phrases)])


def _missing_table(run, missing):
    w = run.words
    headings = [w.say(f"search.{name}") for name in ("phrase", "stage", "asks", "volume", "position")]
    rows = [[row.phrase, _stage(run, row.stage), _question(run, row.question), say_volume(w, row.volume), w.count(row.position)] for row in missing.itertuples()]
    return html_table(headings, rows, caption=w.say("search.missing_caption"), numeric=(3, 4)) if rows else ""


def _paid_table(run, paid):
    w = run.words
    headings = [w.say(f"search.{name}") for name in ("stage", "phrases", "clicks", "cost")]
    rows = [[_stage(run, row.stage), w.count(row.n_phrases), w.count(row.clicks), w.money(row.cost)] for row in paid.itertuples()]
    return html_table(headings, rows, caption=w.say("search.paid_caption"), numeric=(1, 2, 3)) if rows else ""


def _unmatched_table(run, phrases):
    w = run.words
    loose = phrases[(phrases["line"] == "organic") & (phrases["placed_by"] == "nothing")].head(MOST_UNMATCHED) if len(phrases) else phrases
    headings = [w.say(f"search.{name}") for name in ("phrase", "volume", "position")]
    rows = [[row.phrase, say_volume(w, row.volume), w.count(row.position)] for row in loose.itertuples()]
    return html_table(headings, rows, caption=w.say("search.unmatched_caption"), numeric=(1, 2)) if rows else ""


def _stage(run, stage):
    return stage_label(run, stage) if stage else run.words.say("search.no_stage")


def _question(run, question):
    return run.words.label(load("search_rules")[question]["name"]) if pd.notna(question) else None


def _quoted(run, row):
    return run.words.say("search.phrase_volume", phrase=row.phrase, volume=say_volume(run.words, row.volume))


def say_volume(w, volume) -> str | None:
    """A number of searches to two figures, since it is an estimate; None where it is unknown."""
    if pd.isna(volume):
        return None
    digits = max(0, math.floor(math.log10(volume)) - 1) if volume >= 1 else 0
    return w.count(round(volume / 10**digits) * 10**digits)
