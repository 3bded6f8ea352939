"""How hard are the texts to read? LIX of each content item whose text was delivered (practice C7; Björnsson 1968)."""

from __future__ import annotations

import re

import pandas as pd

from journeylib.knowledge import load
from journeylib.schema import READABILITY, check, empty

#: A text of fewer words than this is a heading or a line, and has no level.
FEWEST_WORDS = 30
LONG_LETTERS = 6
#: What runs on though it holds a full stop: a number (1.500), an abbreviation (t.ex., bl.a., e.g.).
_RUNS_ON = re.compile(r"(?<=\d)[.,](?=\d)|\b(?:[^\W\d_]{1,2}\.){2,}")
_SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)|\n\s*\n")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


def lix(text: str) -> float:
    """Words a sentence + 100 × words of more than six letters / words; missing for a text without words.

    >>> lix("Jag köper kaffe."), lix("Jag köper kaffe leverantörsbedömning.")
    (3.0, 29.0)
    """
    n_words, n_sentences, n_long = _counted(text)
    return n_words / n_sentences + 100 * n_long / n_words if n_words else float("nan")


def readability(content: pd.DataFrame | None) -> pd.DataFrame:
    """LIX of every content item with a text of thirty words or more, beside the highest that fits what its type is meant to be.

    Returns
    -------
    READABILITY, by id; empty where no text was delivered.
    """
    told = None if content is None else content[content["text"].notna()]
    if told is None or told.empty:
        return empty(READABILITY)
    rows = [_row(item) for item in told.sort_values("content_id").itertuples()]
    long_enough = [row for row in rows if row["n_words"] >= FEWEST_WORDS]
    return check(pd.DataFrame(long_enough), READABILITY) if long_enough else empty(READABILITY)


def meant_depth(content_type) -> str:
    """What a content type is meant to be: simple, middle or detailed; middle where the type is unknown.

    >>> meant_depth("ad"), meant_depth("white_paper"), meant_depth(None)
    ('simple', 'detailed', 'middle')
    """
    return next((depth for depth, types in load("readability")["depth"].items() if pd.notna(content_type) and content_type in types), "middle")


def _row(item):
    n_words, n_sentences, _ = _counted(item.text)
    depth = meant_depth(item.type)
    return {"content_id": item.content_id, "title": item.title, "type": item.type, "depth": depth, "n_words": n_words, "n_sentences": n_sentences,
            "lix": lix(item.text), "highest": float(load("readability")["highest"][depth])}  # fmt: skip


def _counted(text):
    """Words, sentences (at least one) and words of more than six letters."""
    plain = _RUNS_ON.sub(lambda found: found[0].replace(".", "").replace(",", ""), str(text))
    parts = [_WORD.findall(part) for part in _SENTENCE_END.split(plain)]
    words = [word for part in parts for word in part]
    return len(words), max(1, sum(bool(part) for part in parts)), sum(len(word.replace("-", "")) > LONG_LETTERS for word in words)
