"""Forms of files that are not one heading line above plain rows: more heading lines, several tables, nested records.

A format names what it needs under `shape:`; each is one small transform here, whoever's export it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from journeylib.collect.files.layout import tidy, unique_names

#: Columns that `period: true` adds: the first and the last day named above the table.
FROM, TO = "(from)", "(to)"
_COMMENT = re.compile(r'"?#')
_SAME = {"", "response", "open-ended response", "svar", "öppet svar", "åbent svar", "åpent svar"}
_DAY = r"(\d{8}|\d{4}-\d{2}-\d{2}|[^\W\d]{3,}\.? \d{1,2}, \d{4}|\d{1,2}\.? [^\W\d]{3,}\.? \d{4})"
_PERIODS = (re.compile(rf"start date: {_DAY}.*?end date: {_DAY}", re.IGNORECASE | re.DOTALL), re.compile(rf"{_DAY}\s*[-–—]\s*{_DAY}"))


class Shape(BaseModel):
    """How a file of this layout differs from one heading line above plain rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    headings: Literal["options_under_questions", "texts_and_import_ids"] | None = Field(
        None, description="More heading lines: answer options under the questions, or question texts and import ids under column ids."
    )
    tables: bool = Field(False, description="Several tables may stand one below another; those with this format's headings are read.")
    period: bool = Field(False, description=f"Title lines name the first and the last day counted: columns `{FROM}` and `{TO}`.")
    rows_of: str | None = Field(None, description="JSON: the list in each record whose items are the rows; its fields are named `list.field`.")
    pairs: tuple[str, ...] = Field((), description="JSON, Parquet: lists of key and value, read as columns `list.key`.")


PLAIN = Shape()


def split_tables(lines: list[str], known: Collection[str], separator: str, wanted: str | None = None) -> tuple[list[list[str]], list[str], int]:
    """The tables of a file that hold the best known headings, each with the comments above it; the first headings of all others, and their lines.

    A table begins at a comment, or after a blank line where known headings stand again. `wanted` names the first heading of the tables to
    take instead: two tables of one file count the same visits in two ways, so never all of them.
    """
    blocks = _blocks(lines, known, separator)
    headings = [_heading(block) for block in blocks]
    if wanted:
        best = next((heading for heading in headings if tidy(_first(heading, separator)) == tidy(wanted)), None)
    else:
        best = max(headings, key=lambda heading: _hits(heading, known, separator), default="")
    chosen = [block for block, heading in zip(blocks, headings, strict=True) if heading == best]
    others = [_first(heading, separator) for heading in headings if heading != best and separator in heading]
    return chosen, others, len(lines) - sum(len(block) for block in chosen)


def _first(heading, separator):
    return heading.split(separator)[0].strip('" ')


def _blocks(lines, known, separator):
    blocks, current, in_data = [], [], False
    for line in lines:
        is_comment, is_blank = bool(_COMMENT.match(line)), not line.strip(f'{separator}" \t')
        starts = is_comment or (bool(current) and not current[-1].strip() and _hits(line, known, separator) > 0)
        if in_data and starts:
            blocks.append(current)
            current, in_data = [], False
        current.append(line)
        in_data |= not is_comment and not is_blank
    return [*blocks, current] if in_data else blocks


def _heading(block):
    return next((line for line in block if line.strip() and not _COMMENT.match(line)), "")


def _hits(line, known, separator):
    return len({tidy(cell) for cell in line.split(separator)} & set(known))


def find_period(lines: list[str]) -> tuple[str, str] | None:
    """First and last day named in title lines or comments.

    >>> find_period(["# Start date: 20260801", "# End date: 20260831"]), find_period(['"August 1, 2026 - August 31, 2026"'])
    (('20260801', '20260831'), ('August 1, 2026', 'August 31, 2026'))
    """
    text = "\n".join(line.lstrip("#\" ") for line in lines)
    found = next((hit for pattern in _PERIODS if (hit := pattern.search(text))), None)
    return (found[1], found[2]) if found else None


def join_headings(frame: pd.DataFrame, shape: Shape, known: Collection[str]) -> tuple[pd.DataFrame, int]:
    """The frame with its further heading lines joined to the names, and how many lines that took; none where the file has one only."""
    if shape.headings == "options_under_questions" and _has_options(frame):
        names, n_lines = _with_options(frame, set(known)), 1
    elif shape.headings == "texts_and_import_ids" and _has_import_ids(frame):
        names, n_lines = _with_texts(frame, set(known)), 2
    else:
        return frame, 0
    return frame.iloc[n_lines:].reset_index(drop=True).set_axis(unique_names(names)[0], axis=1), n_lines


def _has_options(frame):
    return len(frame) > 0 and not frame.iloc[0, 0].strip() and (frame.iloc[0] != "").any()


def _with_options(frame, known):
    names, question = [], ""
    for name, option in zip(frame.columns, frame.iloc[0], strict=True):
        question = question if name.startswith("(no name") else name
        is_same = option.strip().casefold() in _SAME or tidy(name) in known
        names.append(question if is_same else f"{question}: {' '.join(option.split())}")
    return names


def _has_import_ids(frame):
    return len(frame) > 1 and frame.iloc[1].str.startswith('{"ImportId"').any()


def _with_texts(frame, known):
    return [name if tidy(name) in known else f"{name}: {' '.join(text.split())}" for name, text in zip(frame.columns, frame.iloc[0], strict=True)]
