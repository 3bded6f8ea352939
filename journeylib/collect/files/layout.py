"""How a table lies in its file: the separator, the header line, and what is no data row (preamble, totals, blanks, footers)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection

import pandas as pd

from journeylib.errors import SourceError

SEPARATORS = (",", ";", "\t", "|")
HEAD_LINES = 80
MOST_COLUMNS = 10_000
_COMMENT = re.compile(r"#(?:\s|-{3}|$)")
_TOTALS = re.compile(r"(?:grand )?totals?(?:: .*)?|totalt|summa|sum|i alt|totalsumma", re.IGNORECASE)


def tidy(header: object) -> str:
    """A header without what exports vary in: case, underscores, double and no-break spaces, quotes.

    >>> tidy("\\ufeffRecord_ID "), tidy("Record\\u00a0 ID")
    ('record id', 'record id')
    """
    return re.sub(r"[\s_\u00a0\u202f]+", " ", str(header).replace("\ufeff", "").strip().strip('"')).strip().casefold()


def detect_separator(text: str) -> str:
    """The separator that gives most lines of the head the same number of cells, more than one; `,` where none does.

    >>> detect_separator("a;b;c\\n1,5;2;3\\n")
    ';'
    """
    lines = [line for line in head_of(text) if line.strip() and not _COMMENT.match(line)]
    scores = {}
    for mark in SEPARATORS:
        widths = [len(row) for row in head_rows(lines, mark) if row]
        common = max(set(widths), key=lambda width: (widths.count(width), width)) if widths else 1
        scores[mark] = (widths.count(common) / len(widths), common) if common > 1 else (0, 0)
    return max(scores, key=lambda mark: scores[mark]) if any(score[1] for score in scores.values()) else ","


def head_of(text: str) -> list[str]:
    """The first physical lines of a text."""
    stream = io.StringIO(text)
    return [line for line, _ in zip(stream, range(HEAD_LINES), strict=False)]


def head_rows(lines: list[str], separator: str) -> list[list[str]]:
    """The first lines as rows; each line for itself where a quotation mark that is never closed would swallow the rest."""
    rows = list(csv.reader(lines, delimiter=separator))
    swallowed = len(lines) > 3 and any(cell.count("\n") > len(lines) / 2 for row in rows for cell in row)
    return [next(csv.reader([line], delimiter=separator), []) for line in lines] if swallowed else rows


def named_separator(text: str) -> str | None:
    """The separator a first line `sep=;` names, as spreadsheets write it."""
    found = re.match(r'"?sep=(.)"?\n', text, re.IGNORECASE)
    return found[1] if found else None


def header_place(rows: list[list[str]], known: Collection[str]) -> int | None:
    """The row that holds most known names; where none does, the first that is as wide as most rows."""
    known = set(known)
    usable = [i for i, row in enumerate(rows) if any(cell.strip() for cell in row) and not _is_comment(row)]
    if not usable:
        return None
    hits = {i: len({tidy(cell) for cell in rows[i]} & known) for i in usable}
    best = max(usable, key=lambda i: (hits[i], -i))
    if hits[best]:
        return best
    widths = [len(rows[i]) for i in usable]
    common = max(set(widths), key=lambda width: (widths.count(width), -widths.index(width)))
    return next(i for i in usable if len(rows[i]) == common)


def _is_comment(row):
    return bool(_COMMENT.match(row[0])) and not any(cell.strip() for cell in row[1:])


def refuse_too_wide(file: str, n_columns: int) -> None:
    """Refuse a table whose width says that it lies on its side, or that its line ends are gone."""
    if n_columns > MOST_COLUMNS:
        raise SourceError(f"{file}: has {n_columns:,} columns, expected at most {MOST_COLUMNS:,}. Does the sheet lie on its side, or did it lose its line ends? "
                          "Export it again with one row a line.")  # fmt: skip


def unique_names(header) -> tuple[list[str], tuple[str, ...]]:
    """Column names that differ, the second of two equal ones as `name (2)`, and which stood twice."""
    names, seen, repeated = [], {}, []
    for i, cell in enumerate(header):
        name = str(cell).replace("\ufeff", "").strip() or f"(no name {i + 1})"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            repeated.append(name)
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names, tuple(dict.fromkeys(repeated))


def without_repeated_headings(frame, header) -> tuple[pd.DataFrame, int]:
    """Leave out rows that are the heading line again, as in files that were written one behind the other."""
    again = pd.Series(len(frame) > 0, index=frame.index)
    for name, cell in zip(frame.columns, header, strict=False):
        if not again.any():
            return frame, 0
        again &= frame[name].str.strip() == str(cell).replace("\ufeff", "").strip()
    return frame[~again].reset_index(drop=True), int(again.sum())


def without_blank_and_totals(frame) -> tuple[pd.DataFrame, int]:
    """Leave out blank rows, totals rows at either end, and footer lines after a blank row."""
    if not len(frame):
        return frame, 0
    blank = pd.Series(True, index=frame.index)
    for name in frame:
        if not blank.any():
            break
        blank &= frame[name].str.strip() == ""
    skipped = blank.copy()
    ends = frame.index[:3].union(frame.index[-12:])
    first = frame.loc[ends, frame.columns[0]].str.strip()
    skipped[ends] |= first.str.fullmatch(_TOTALS)
    skipped |= _footer(frame, blank)
    return frame[~skipped].reset_index(drop=True), int(skipped.sum())


def is_totals(cell: str) -> bool:
    """Whether a row that begins with this cell sums up others."""
    return bool(_TOTALS.fullmatch(cell.strip()))


def _footer(frame, blank):
    """Lines with a first cell only, after the last blank row: report name, copyright and the like."""
    footer = pd.Series(False, index=frame.index)
    tail = frame.index[-12:]
    blanks = [row for row in tail if blank[row]]
    if blanks and frame.shape[1] > 2:
        after = [row for row in tail if row > blanks[-1]]
        if after and (frame.loc[after, frame.columns[1:]] == "").all(axis=None):
            footer[after] = True
    return footer
