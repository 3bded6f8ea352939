"""Which questions of the bank stay open, and what would have to be delivered to answer them (M042, M065)."""

from __future__ import annotations

from html import escape

import pandas as pd

from journeylib.figures.bars import draw_counts
from journeylib.findings import Finding
from journeylib.journeymap.evidence import source_kind
from journeylib.knowledge import load
from journeylib.measures import measure_journey
from journeylib.questions import ANSWERED, answer_questions

#: Kind of source (knowledge/evidence_sources.yml) → what it is when asked for; delivery → its register.
_OF_KIND = {"web": "web_analytics", "crm": "crm_history", "email": "email_log", "support": "support_tickets", "survey": "survey", "review": "reviews",
            "orders": "orders", "assumption": "workshop", "interview": "interviews"}  # fmt: skip
_OF_REGISTER = {"activity_register": "activities", "content_register": "content", "need_register": "needs", "keyword_analysis": "keywords"}


def what_stays_open(run, collected) -> Finding:
    """For each thing a client can deliver, the open questions it could answer; a question stands under everything that could answer it."""
    w = run.words
    questions = answer_questions(measure_journey(collected) | {"joins": collected.joins}, collected.registers, collected.voices, run.model, run.client)
    could = open_by_delivery(questions)
    n_open, n_all = len(_open(questions)), questions["question_id"].nunique()
    question = w.say("joins.open.question")
    if could.empty:
        return Finding("what_stays_open", "appendix", question, w.say("joins.open.none"), state="none")
    n_by = could.groupby("delivery", sort=False)["question_id"].nunique()
    had = delivered(collected)
    names = {delivery: _name(w, delivery, delivery in had) for delivery in n_by.index}
    best = next((delivery for delivery in n_by.index if delivery not in had), n_by.index[0])
    takeaway = w.say("joins.open.clear" if best in had else "joins.open.missing", n=n_open, of=w.count(n_all), delivery=names[best], most=w.count(int(n_by[best])))
    picture = draw_counts([(_capital(names[delivery]), int(n)) for delivery, n in n_by.items()], say=w.count, alt=w.say("joins.open.picture"))
    return Finding("what_stays_open", "appendix", question, takeaway, picture=picture, details=_lists(w, could, names), details_label=w.say("joins.open.details"),
                   tables={"questions": questions}, numbers={"n_open": n_open, "by_delivery": {delivery: int(n) for delivery, n in n_by.items()}})  # fmt: skip


def _open(questions) -> list[str]:
    """Questions without an answer in any stage."""
    answered = questions.assign(is_answered=questions["status"].isin(ANSWERED)).groupby("question_id", sort=True)["is_answered"].any()
    return list(answered.index[~answered])


def open_by_delivery(questions: pd.DataFrame) -> pd.DataFrame:
    """`delivery`, `question_id` of every open question and what could answer it, the most helpful delivery first."""
    rows = questions[questions["question_id"].isin(_open(questions)) & questions["missing"].notna()]
    pairs = rows[["question_id"]].assign(delivery=rows["missing"].str.split(",")).explode("delivery")
    pairs = pairs.assign(delivery=pairs["delivery"].str.strip()).drop_duplicates()
    pairs = pairs[pairs["delivery"].isin(list(load("deliveries")))]
    n = pairs.groupby("delivery")["question_id"].transform("nunique")
    return pairs.assign(_n=-n).sort_values(["_n", "delivery", "question_id"], kind="stable")[["delivery", "question_id"]].reset_index(drop=True)


def delivered(collected) -> set[str]:
    """What of `knowledge/deliveries.yml` has come in, by the kinds of the sources and the registers there are."""
    kinds = {_OF_KIND.get(source_kind(name)) for name in collected.sources["format"]}
    registers = {name for name, register in _OF_REGISTER.items() if register in collected.registers}
    return (kinds | registers | ({"persona_descriptions"} if collected.client.personas else set())) - {None}


def _name(w, delivery, is_had):
    name = w.label(load("deliveries")[delivery]["name"])
    return w.say("joins.open.had", delivery=name) if is_had else name


def _capital(text):
    return text[:1].upper() + text[1:]


def _lists(w, could, names):
    bank = load("questions")
    parts = []
    for delivery, rows in could.groupby("delivery", sort=False):
        items = "".join(f"<li>{escape(w.label(bank[question]['text']))}</li>" for question in rows["question_id"])
        parts.append(f'<h4>{escape(_capital(names[delivery]))}</h4><ul class="open-list">{items}</ul>')
    return "".join(parts)
