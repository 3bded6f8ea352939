"""Is it as you thought? What the client has told beside what was measured; where the two contradict, it is said (M065): notebook 03."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.tables import Tag, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import channel_label, number_or_none, stage_label
from journeylib.knowledge import load
from journeylib.names import lowered

_TONES = {"agrees": "ok", "contradicts": "found", "uncertain": "uncertain", "too_few": "unknown", "not_checkable": "unknown"}
_NAMED = {"stage": stage_label, "channel": lambda run, channel: lowered(channel_label(run, channel))}


def is_it_as_you_thought(run, improved) -> Finding | None:
    """How many of the client's own figures the data contradict, with the first of them; None where neither figures nor words were told."""
    w, table = run.words, improved.beliefs
    words = _answered_twice(run, improved.questions)
    if table.empty and not words:
        return None
    takeaway, state, numbers = _say_contradictions(run, table)
    return Finding("is_it_as_you_thought", "numbers", w.say("mapping_more.beliefs.question"), takeaway, text=(w.say("mapping_more.beliefs.counting"),) if len(table) else (),
                   picture=_figures_table(run, table) if len(table) else "", details=words, details_label=w.say("mapping_more.beliefs.words.caption"),
                   tables={"beliefs": table} if len(table) else {}, state=state, numbers=numbers, folded_under=w.say("findings.show"), is_folded=table.empty)  # fmt: skip


def _say_contradictions(run, table):
    w, judged = run.words, table[table["verdict"].isin(["agrees", "contradicts", "uncertain"])]
    if table.empty:
        return w.say("mapping_more.beliefs.only_words"), "none", {}
    if judged.empty:
        return w.say("mapping_more.beliefs.not_checkable"), "not_checkable", {}
    against = judged[judged["verdict"] == "contradicts"]
    if against.empty:
        return w.say("mapping_more.beliefs.none"), "none", {"n": 0, "of": len(judged)}
    first = against.iloc[0]
    numbers = {"n": len(against), "of": len(judged), "figure": first["figure"], "told": number_or_none(first["told"]), "measured": number_or_none(first["measured"])}
    return w.say("mapping_more.beliefs.clear", n=len(against), of=w.count(len(judged)), figure=_figure(run, first["figure"]), told=_told(run, first),
                 measured=_measured(run, first, with_span=False)), "clear", numbers  # fmt: skip


def _figures_table(run, table):
    w = run.words
    headings = [w.say(f"mapping_more.beliefs.{name}") for name in ("what", "told", "measured", "verdict")]
    rows = [[_capital(_figure(run, row["figure"])), _capital(_told(run, row)), _capital(_measured(run, row)), _verdict(w, row["verdict"])] for _, row in table.iterrows()]
    return html_table(headings, rows)


def _verdict(w, verdict):
    return Tag(w.say(f"mapping_more.beliefs.{'not_checkable_word' if verdict == 'not_checkable' else verdict}"), _TONES[verdict])


def _figure(run, figure):
    """What was told, in words; of a stage, with its name."""
    name, _, stage = figure.partition(":")
    return run.words.say(f"mapping_more.beliefs.figures.{name}", **({"stage": stage_label(run, stage)} if stage else {}))


def _told(run, row):
    return _NAMED[row["unit"]](run, row["told_as"]) if row["unit"] in _NAMED else _say(run.words, row["told"], row["unit"])


def _measured(run, row, *, with_span=True):
    """The measured figure; of a stage or a channel its name. A figure under ten is counted as nothing."""
    w, unit = run.words, row["unit"]
    if unit in _NAMED:
        return _NAMED[unit](run, row["measured_as"]) if pd.notna(row["measured_as"]) else None
    if row["verdict"] in ("too_few", "not_checkable"):
        return None
    scale = 100 if unit == "share" else 1
    return f"{_say(w, row['measured'], unit)} ({w.span(row['lo'] * scale, row['hi'] * scale)})" if with_span else _say(w, row["measured"], unit)


def _say(w, value, unit):
    return {"share": lambda: w.percent(value), "days": lambda: w.days(value), "nps": lambda: w.score(value, 0)}[unit]()


def _capital(text):
    return text and text[:1].upper() + text[1:]


def _answered_twice(run, questions):
    """Questions that data or customers answer and people inside have answered, too: their own words beside who answers it now."""
    w, bank = run.words, load("questions")
    twice = questions[questions["answer"].notna() & questions["status"].isin(["data", "voices"])].drop_duplicates("answer")
    if twice.empty:
        return ""
    headings = [w.say(f"mapping_more.beliefs.words.{name}") for name in ("question", "stage", "answer", "now")]
    rows = [[w.label(bank[r.question_id]["text"]), stage_label(run, r.stage), r.answer, w.say(f"mapping_more.beliefs.words.{r.status}")] for r in twice.itertuples()]
    return html_table(headings, rows)
