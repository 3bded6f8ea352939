"""What free text tells beyond its codes: topics nobody has accepted yet, and the feeling of texts where it is calibrated. Folded parts of other findings."""

from __future__ import annotations

import pandas as pd

from journeylib.collect.topics import suggest_new
from journeylib.figures.tables import html_table, set_text
from journeylib.findings.labels import stage_label, voice_row_label
from journeylib.measures.sentiment import FEWEST_TEXTS


def suggested_topics(run, collected) -> str:
    """The topics suggested for uncoded texts, as a folded table that says they count for nothing; empty where none are."""
    w, topics = run.words, suggest_new(collected)
    if topics.empty:
        return ""
    headings = [w.say(f"topics.{name}") for name in ("words", "about", "customers", "texts")]
    rows = [[row.words, voice_row_label(run, row.row), w.count(row.n_customers), w.count(row.n_texts)] for row in topics.itertuples()]
    return f"<p>{set_text(w.say('topics.note', n=len(topics)))}</p>" + html_table(headings, rows, numeric=(2, 3))


def feeling_of_texts(run, mapped) -> str:
    """Whether the words of texts tell the writers' scores, and where they do, each stage's mean; empty where no text has a score."""
    calibration = mapped.shown.get("text_calibration")
    if calibration is None:
        return ""
    said = "".join(f"<p>{set_text(_say_calibration(run.words, row))}</p>" for row in calibration.itertuples())
    return said + _feeling_table(run, mapped.shown.get("text_feeling"))


def _say_calibration(w, row) -> str:
    if pd.notna(row.reason) and row.reason != "too_weak":
        return w.say(f"topics.feeling.{row.reason}", n=int(row.n), **({"needed": w.count(FEWEST_TEXTS)} if row.reason == "too_few" else {}))
    values = {"n": w.count(row.n), "agreement": w.count(100 * row.agreement), "span": w.span(100 * row.lo, 100 * row.hi)}
    if row.is_usable:
        return w.say("topics.feeling.usable", **values)
    return w.say("topics.feeling.too_weak", **values, limit=w.count(100 * row.limit))


def _feeling_table(run, feeling):
    if feeling is None or feeling.empty:
        return ""
    w = run.words
    headings = [*(w.say(f"topics.feeling.{name}") for name in ("stage", "mean", "interval")), w.say("topics.customers")]
    rows = [[stage_label(run, row.stage), w.score(row.mean), w.span(row.lo, row.hi, 1) if pd.notna(row.lo) else None, w.count(row.n)] for row in feeling.itertuples()]
    return html_table(headings, rows, caption=w.say("topics.feeling.caption"), numeric=(1, 3))
