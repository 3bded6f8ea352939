"""The diagnostic question bank (mission §3): which questions are answered, by what, and which are open (M064, M065)."""

from __future__ import annotations

import pandas as pd

from journeylib import knowledge
from journeylib.client import Client
from journeylib.schema import QUESTIONS, check, empty
from journeylib.stages import Stage, StageModel

#: Measures made of what customers answered or said: a question they answer is answered by customers.
FROM_VOICES = ("emotion", "stayers", "moments", "scores", "score_changes", "text_feeling", "thought_links", "voice_counts", "need_scores", "persona_needs",
               "role_needs", "last_words")  # fmt: skip
RATES_FROM_VOICES = ("expectation_met",)
#: How a question stands when somebody or something has answered it.
ANSWERED = ("data", "voices", "people", "assumed")
_N_SPEAKERS = {"voice_counts": "n_asked", "last_words": "n_heard", "thought_links": "n_said"}


def answer_questions(tables: dict[str, pd.DataFrame], registers: dict[str, pd.DataFrame], voices: pd.DataFrame | None,
                     model: StageModel, client: Client) -> pd.DataFrame:  # fmt: skip
    """How each question of the bank stands, stage by stage.

    The most telling table that has something about the stage decides: *voices* where it is made of what customers answered (k of them or more),
    else *data*. Without one, *voices*: at least k customers spoke of it; *people*: staff said it; *assumed*: nobody was asked, and people inside
    assume it. What people inside say or assume answers a question only on a row that is about that very question (`told_by`). Otherwise *not
    checkable* when what would answer it first of all was not delivered (voices, for a question to the customers; else the most telling table), else *open*.
    Questions about stages out of scope are not asked.

    Returns
    -------
    QUESTIONS, in the order of the bank and the stages; `answer` is what people inside have said, also where data or customers answer, so that
    the two can stand beside each other; `missing` names what to deliver (`knowledge/deliveries.yml`).
    """
    delivered = {name: table for name, table in {**registers, **tables}.items() if table is not None and len(table)}
    heard = None if voices is None or voices.empty else voices
    rows = [_standing(number, question, stage, delivered, heard, client, _looked_at(question, stage, model))
            for number, question in knowledge.load("questions").items() for stage in _places(question, model)]  # fmt: skip
    return check(pd.DataFrame(rows), QUESTIONS) if rows else empty(QUESTIONS)


def _places(question, model: StageModel) -> list[Stage | None]:
    """The stages a question is about; None = the whole journey."""
    if question["atoms"] == "all":
        return [None]
    return [stage for stage in model.in_scope if set(stage.atoms) & set(question["atoms"])]


def _looked_at(question, stage, model: StageModel) -> list[Stage | None]:
    """Where the data lie that answer the question: its own stage, or the stages of the atoms it names under `about`."""
    atoms = set(question.get("about", ()))
    return [place for place in model.in_scope if set(place.atoms) & atoms] if atoms else [stage]


def _standing(number, question, stage, delivered, voices, client, looked_at) -> dict:
    spoken = _spoken(voices, question, stage)
    own = spoken[spoken["kind"].isin(["staff", "assumed"]) & spoken["row"].isin(question.get("told_by", [])) & spoken["text"].notna()]
    row = {"question_id": number, "stage": stage.id if stage else "", "answer": _first(own[_is_an_answer(own)]), "missing": None}
    answers = (_answers(delivered.get(name), name, question, place, client.privacy.k) for name in question["tables"] for place in looked_at)
    answering = next(filter(None, answers), None)
    if answering:
        return row | {"status": answering}
    if _n_speakers(spoken) >= client.privacy.k:
        return row | {"status": "voices"}
    if len(own):
        return row | {"status": "people" if (own["kind"] == "staff").any() else "assumed", "answer": _first(own)}
    lacks = voices is None if question["type"][0] == "V" else question["tables"][:1] and question["tables"][0] not in delivered
    return row | {"status": "not_checkable" if lacks else "open", "missing": ",".join(question["sources"]) or None}


def _is_an_answer(own):
    """What people answered on a sheet, not what they noted of one customer in passing."""
    return (own["kind"] == "assumed") | (own["row"] == "company")


def _first(own) -> str | None:
    return own.sort_values("voice_id")["text"].iloc[0] if len(own) else None


def _answers(table, name, question, stage, k) -> str | None:
    """Who answers the question through a delivered table: `data`, or customers (`voices`); None where it has nothing to say of the stage."""
    if table is None:
        return None
    if name == "voice_counts":  # what is only assumed is no data
        table = table[table["kind"] == "stated"]
    if name in FROM_VOICES:
        table = table[table[_N_SPEAKERS.get(name, "n")] >= k]
    if name == "rates":
        table = table[table["measure"].isin(question.get("rates", [])) & (table["n"] > 0)]
    for column in question.get("columns", {}).get(name, []):
        table = table[table[column].notna()]
    for column, counting in question.get("where", {}).get(name, {}).items():
        table = table[table[column].isin(counting)]
    for column in ("n_reached", "n_entered"):
        table = table[table[column] > 0] if column in table else table
    table = table[table["status"] != "not_checkable"] if name == "coverage" else table
    rows = _about(table, None if name in question.get("whole", ()) else stage)
    if rows.empty:
        return None
    return "voices" if name in FROM_VOICES or (name == "rates" and rows["measure"].isin(RATES_FROM_VOICES).all()) else "data"


def _about(table, stage: Stage | None):
    """Rows about a stage, by its id or by one of its atoms; all of them for the whole journey."""
    if stage is None or "stage" not in table:
        return table
    is_here = (table["stage"] == stage.id).fillna(False)
    if "atom" in table:
        is_here |= (table["stage"].isna() & table["atom"].isin(list(stage.atoms))).fillna(False)
    return table[is_here]


def _spoken(voices, question, stage):
    if voices is None:
        return pd.DataFrame({name: pd.Series(dtype="string") for name in ("kind", "row", "text", "voice_id", "customer_id")})
    return _about(voices[voices["row"].isin(question["voices"])], stage)


def _n_speakers(spoken) -> int:
    """Distinct customers who spoke; a voice without a customer counts as one of its own."""
    stated = spoken[spoken["kind"] == "stated"]
    return int(stated["customer_id"].fillna(stated["voice_id"]).nunique())
