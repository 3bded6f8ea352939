"""Topics people have accepted for texts nobody had coded: `topics.csv` in the client's own folder (practice C16).

A suggestion counts for nothing. A line with a label is a person's decision, and the texts that hold its words get the label as
their code. The file is written once, as a form to fill in, and never overwritten.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from journeylib.client import Client
from journeylib.measures.texts import STEMMERS, language_of
from journeylib.measures.topics import Topic, belongs_to, suggest_topics
from journeylib.schema import SUGGESTED_TOPICS, VOICE_ROWS, VOICES, check
from journeylib.sheets import read_sheet

COLUMNS = ("language", "words", "label", "row", "customers", "texts", "example")
FILE = "topics.csv"


def read_topics(client: Client) -> list[Topic]:
    """Every line of the client's `topics.csv`, accepted (with a label) or not; empty where there is no file.

    Columns `words` (comma-separated; a text that holds any of them, by stem, belongs to the topic) and `label`, and of choice
    `language` (the client's where empty) and `row` (problem, question, need …; what the voice said it was where empty).

    Raises
    ------
    ParameterError
        Every mistake in the file, one a line: line, column, got, expected, nearest.
    """
    sheet = read_sheet(client.folder / FILE, COLUMNS, required=("words", "label"), own_contacts=client.privacy.own_contacts)
    if sheet is None:
        return []
    topics = []
    for line, cells in sheet.lines:
        language, row = cells.get("language") or client.language, cells.get("row", "")
        sheet.one_of(line, "language", language, tuple(STEMMERS))
        if row:
            sheet.one_of(line, "row", row, VOICE_ROWS)
        words = tuple(word.strip() for word in cells["words"].split(",") if word.strip())
        if not words:
            sheet.refuse(line, "words", "", "one or more words, comma-separated")
        topics.append(Topic(language, words, cells["label"], row))
    sheet.close()
    return topics


def code_texts(voices: pd.DataFrame, topics: Sequence[Topic], language: str) -> pd.DataFrame:
    """Voices with the label of the accepted topic as code, where nobody had coded them; the customers' own words stay as they are.

    A text that came with a score keeps it where it stands: the topic is a voice of its own beside it, so that no feeling changes.
    """
    accepted = [topic for topic in topics if topic.label]
    is_open = ((voices["kind"] == "stated") & voices["text"].notna() & voices["code"].isna()).fillna(False).astype(bool)
    if not accepted or not is_open.any():
        return voices
    place = pd.Series([belongs_to(text, accepted, language_of(text, language)) for text in voices.loc[is_open, "text"]],
                      index=voices.index[is_open], dtype="Int64").dropna()  # fmt: skip
    labels = place.map(lambda number: accepted[number].label).astype("string")
    rows = place.map(lambda number: accepted[number].row).replace("", pd.NA).astype("string").fillna(voices.loc[place.index, "row"])
    scored = voices.loc[place.index, "score"].notna()
    coded = voices.copy()
    coded.loc[place.index[~scored], "code"], coded.loc[place.index[~scored], "row"] = labels[~scored], rows[~scored]
    beside = voices.loc[place.index[scored]].assign(code=labels[scored], row=rows[scored])
    beside = beside.assign(voice_id=beside["voice_id"] + "~", score=float("nan"), **dict.fromkeys(("metric", "need_id", "wording_id")))
    return check(pd.concat([coded, beside], ignore_index=True)[list(voices.columns)], VOICES)


def suggest_new(collected) -> pd.DataFrame:
    """Topics suggested for the client's texts that are on no line of its file yet."""
    client = collected.client
    return suggest_topics(collected.voices, language=client.language, k=client.privacy.k, seed=[client.seed, zlib.crc32(b"topics")],
                          known=read_topics(client))  # fmt: skip


def topic_form(suggested: pd.DataFrame) -> str:
    """The suggestion as lines of `topics.csv`, labels left empty for a person to fill in."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in check(suggested, SUGGESTED_TOPICS).itertuples():
        writer.writerow([row.language, row.words, "", row.row, row.n_customers, row.n_texts, "" if pd.isna(row.example) else row.example])
    return out.getvalue()


def write_form(client: Client, suggested: pd.DataFrame) -> Path | None:
    """Write the form into the client's own folder where there is none; None where a person's file is there, which stays."""
    path = client.folder / FILE
    if path.exists():
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(topic_form(suggested), encoding="utf-8")
    return path
