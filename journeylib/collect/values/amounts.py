"""Numbers as people write them: decimal comma or point, thousands marks, currency, percent, and the marks for nothing.

Most cells say themselves what their marks mean: `12,5`, `1 234.50`, `1.234.567`. Only a number like `1,234` is *open*: a thousand, or a
little more than one. Open cells are read as the others of their column say, else as the file does; where cells contradict each other
nobody can tell, and it is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Cells that mean *no value* in the exports we know (export-formats.md §0), and what spreadsheets write for a failed formula.
NULL_MARKS = frozenset((
    "", "null", "n/a", "#n/a", "na", "nan", "none", "?", "-", "--", "–", "—", "(not set)", "(none)", "select", "unknown",
    "(data deleted)", "<other>", *(SHEET_ERRORS := ("#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!")),
))  # fmt: skip
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]+")
_PLAIN = r"-?\d+(?:\.\d{1,2}|\.\d{4,})?"
_SIGN = r"[-+\u2212\u2013]?"
_WRITTEN = re.compile(
    rf"(?P<sign>{_SIGN}) ?[$€£¥]?(?P<open>\()? ?(?:[^\W\d_]+\.?|[^\w\s.,()+%'-])* ?(?P<second>{_SIGN}) ?(?P<digits>[.,]\d+|\d(?:[\d., '’]*\d)?[.,]??)"
    r"(?P<power>[eE][-+]?\d+)?(?P<round>[,.:][-–—])? ?(?P<after>[-\u2212]?)(?:[^\d.,()]|\.(?!\d)){0,25}(?P<close>\))?")  # fmt: skip
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[., '’])\d{3})(?:(?P=mark)\d{3})*(?P<rest>[.,]\d*)?")
_OPEN, _COMMA, _POINT, _WHOLE = "open", ",", ".", "whole"


@dataclass(frozen=True)
class Evidence:
    """How many cells can only be read with a decimal comma, only with a decimal point, and either way."""

    n_comma: int = 0
    n_point: int = 0
    n_open: int = 0

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.n_comma + other.n_comma, self.n_point + other.n_point, self.n_open + other.n_open)

    @property
    def decimal(self) -> str | None:
        """The mark the cells agree on; None where they say nothing or contradict each other."""
        if bool(self.n_comma) == bool(self.n_point):
            return None
        return "," if self.n_comma else "."


def decimal_evidence(values: pd.Series) -> Evidence:
    """What a column's cells say about the decimal mark.

    >>> decimal_evidence(pd.Series(["12,5", "1.234,50", "1,234", "7"]))
    Evidence(n_comma=2, n_point=0, n_open=1)
    """
    if values.dtype.kind in "iufb":
        return Evidence()
    counts = values.dropna().value_counts()
    counts = counts[counts.index.astype("str").str.contains(r"\d[.,]|[.,]\d", regex=True)] if len(counts) else counts
    kinds = [_kind_of(str(cell)) for cell in counts.index]
    n_of = {kind: int(sum(n for each, n in zip(kinds, counts, strict=True) if each == kind)) for kind in (_COMMA, _POINT, _OPEN)}
    return Evidence(n_of[_COMMA], n_of[_POINT], n_of[_OPEN])


def detect_decimal(columns: list[pd.Series], separator: str | None) -> str:
    """The decimal mark most number cells of a file show; where they cannot decide, `,` in a semicolon file, else `.`.

    `12,5` and `1.234,50` decide for the comma, `12.5` and `1,234.50` for the point; `1,234` decides nothing.
    """
    found = sum((decimal_evidence(column) for column in columns), Evidence())
    if found.n_comma == found.n_point:
        return "," if separator == ";" else "."
    return "," if found.n_comma > found.n_point else "."


def parse_numbers(values: pd.Series, decimal: str | None = None) -> pd.Series:
    """Cells as floats; what is no number is NaN. A percent becomes a share (`2,5 %` → 0.025).

    Parameters
    ----------
    values : text or numeric cells.
    decimal : how `1,234` and `1.234` are read, `.` or `,`; none = found from these values alone. Other cells say it themselves.

    >>> parse_numbers(pd.Series(["1 234,50 kr", "−3", "12 %", "--"])).tolist()
    [1234.5, -3.0, 0.12, nan]
    """
    if values.dtype.kind in "iufb":
        return values.astype("float64")
    decimal = decimal or detect_decimal([values], None)
    codes, distinct = pd.factorize(values)
    cells = pd.Series(distinct.astype(str) if len(distinct) else [], dtype="str")
    is_plain = cells.str.fullmatch(_PLAIN).to_numpy(dtype=bool)
    parsed = np.full(len(cells) + 1, np.nan)
    parsed[:-1][is_plain] = cells[is_plain].astype("float64")
    parsed[:-1][~is_plain] = [_number(cell, decimal) for cell in cells[~is_plain]]
    return pd.Series(parsed[codes], index=values.index)


def _number(text: str, decimal: str) -> float:
    found = _WRITTEN.fullmatch(_BLANKS.sub(" ", text).strip().lstrip("'"))
    if not found or bool(found["open"]) != bool(found["close"]):
        return np.nan
    kind = _kind(found["digits"])
    if kind is None:
        return np.nan
    if kind == _OPEN and found["round"]:
        kind = "," if "." in found["digits"] else "."
    mark = decimal if kind == _OPEN else kind
    whole, _, rest = found["digits"].rpartition(mark) if mark != _WHOLE and mark in found["digits"] else (found["digits"], "", "")
    number = float(f"{re.sub('[^0-9]', '', whole) or '0'}.{rest or '0'}{found['power'] or ''}")
    number = np.nan if np.isinf(number) else number / 100 if "%" in text else number
    signs = [found["sign"], found["second"], found["after"], "-" if found["open"] else ""]
    return -number if sum(sign in ("-", "\u2212", "\u2013") for sign in signs if sign) == 1 else number


def _kind_of(cell: str) -> str | None:
    found = _WRITTEN.fullmatch(_BLANKS.sub(" ", cell).strip().lstrip("'"))
    return _kind(found["digits"]) if found else None


def _kind(digits: str) -> str | None:
    """Which decimal mark the digits need (`,` or `.`), whether they are whole, or open; None where their marks make no sense."""
    marks = re.findall(r"[., '’]", digits)
    if not marks:
        return _WHOLE
    if len(marks) == 1 and marks[0] in ".,":
        return _OPEN if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits) else marks[0]
    grouped = _GROUPED.fullmatch(digits)
    if not grouped or grouped["rest"] and grouped["rest"][0] == grouped["mark"]:
        return None
    if grouped["rest"]:
        return grouped["rest"][0]
    return {",": _POINT, ".": _COMMA}.get(grouped["mark"], _WHOLE)


def is_null_mark(value: str) -> bool:
    """Whether a cell is one of the marks for nothing.

    >>> is_null_mark(" -- "), is_null_mark("0"), is_null_mark("########")
    (True, False, True)
    """
    plain = value.strip().casefold()
    return plain in NULL_MARKS or (len(plain) > 2 and not plain.strip("#"))
