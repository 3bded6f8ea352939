"""Survey files: one column a question → one voice an answer, as the client's `questions:` say what each measures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from journeylib.client import Question
from journeylib.collect.files.layout import tidy
from journeylib.collect.values.amounts import is_null_mark
from journeylib.errors import SourceError

#: Lowest and highest answer, where the client names no scale.
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "importance": (1, 5), "satisfaction": (1, 5), "expectation": (1, 5)}
_LONGEST_CHOICE = 80


def melt_questions(fields: pd.DataFrame, match, context) -> Iterator[pd.DataFrame]:
    """For each question the respondents' rows, with the canonical columns of a voice beside the fields."""
    for header, question in match.questions.items():
        cells = _clean(context.raw.frame[header].reindex(fields.index))
        answers = _scores(cells, question, header, context) if question.metric else _words(cells)
        about = {"atom": question.atom, "stage": question.stage, "touchpoint": question.touchpoint, "row": question.row,
                 "metric": question.metric, "need_id": question.need, "wording_id": question.wording or tidy(header)}  # fmt: skip
        given = {name: value for name, value in about.items() if value is not None}
        yield fields.assign(**given, **answers)


def _clean(cells):
    texts = cells.astype("str").str.strip()
    codes, distinct = pd.factorize(texts)
    nothing = np.array([is_null_mark(str(value)) for value in distinct] + [True])[codes]
    return texts.mask(nothing)


def _scores(cells, question: Question, header, context) -> dict:
    lowest, highest = question.scale or SCALES[question.metric]
    numbers = pd.to_numeric(cells.str.extract(r"^\s*(-?\d+(?:[.,]\d+)?)")[0].str.replace(",", "."), errors="coerce")
    outside = (numbers < lowest) | (numbers > highest)
    if outside.any() and not question.scale:
        raise SourceError(f"{context.raw.path.name}: {int(outside.sum())} answers to {header!r} lie outside {lowest}–{highest}. "
                          f"Say the scale under `questions:` of source {context.name!r}, e.g. scale: [0, 10].")  # fmt: skip
    lost = int((outside | (numbers.isna() & cells.notna())).sum())
    if lost:
        context.unreadable["score"] = context.unreadable.get("score", 0) + lost
    return {"score": numbers.mask(outside), "scale_min": float(lowest), "scale_max": float(highest)}


def _words(cells) -> dict:
    """A question with few different short answers is a choice, and its answers are codes; else the answer is a text of its own."""
    n_answers, n_distinct = int(cells.notna().sum()), cells.nunique()
    is_choice = n_answers > 0 and 2 * n_distinct <= n_answers and cells.str.len().max() <= _LONGEST_CHOICE
    return {"code": cells} if is_choice else {"text": cells}
