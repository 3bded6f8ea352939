"""Numbers as people write them: decimal comma or point, thousands marks, currency, percent, and the marks for nothing."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

#: Cells that mean *no value* in the exports we know (export-formats.md §0).
NULL_MARKS = frozenset((
    "", "null", "n/a", "#n/a", "na", "nan", "none", "?", "-", "--", "–", "—", "(not set)", "(none)", "select", "unknown",
    "(data deleted)", "<other>",
))  # fmt: skip
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]")
_NOT_NUMBER = re.compile(r"[^\d.,\-+eE()%]")
_COMMA_DECIMAL = re.compile(r"^\D*(?:\d{1,3}(?:\.\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,})|0,\d+)\D*$")
_POINT_DECIMAL = re.compile(r"^\D*(?:\d{1,3}(?:,\d{3})+\.\d+|\d+\.(?:\d{1,2}|\d{4,})|0\.\d+)\D*$")


def detect_decimal(columns: list[pd.Series], separator: str | None) -> str:
    """The decimal mark of a file, from its own number cells; where they cannot decide, `,` in a semicolon file, else `.`.

    `12,5` and `1.234,50` decide for the comma, `12.5` and `1,234.50` for the point; `1,234` decides nothing.
    """
    commas = points = 0
    for column in columns:
        if column.dtype.kind in "iufb":
            continue
        cells = [_BLANKS.sub("", str(value)) for value in column.dropna().unique()[:5000]]
        commas += sum(bool(_COMMA_DECIMAL.match(cell)) for cell in cells)
        points += sum(bool(_POINT_DECIMAL.match(cell)) for cell in cells)
    if commas == points:
        return "," if separator == ";" else "."
    return "," if commas > points else "."


def parse_numbers(values: pd.Series, decimal: str | None = None) -> pd.Series:
    """Cells as floats; what is no number is NaN. A percent becomes a share (`2,5 %` → 0.025).

    Parameters
    ----------
    values : text or numeric cells.
    decimal : `.` or `,`; none = found from these values alone.

    >>> parse_numbers(pd.Series(["1 234,50 kr", "−3", "12 %", "--"])).tolist()
    [1234.5, -3.0, 0.12, nan]
    """
    if values.dtype.kind in "iufb":
        return values.astype("float64")
    decimal = decimal or detect_decimal([values], None)
    codes, distinct = pd.factorize(values)
    parsed = np.array([_number(str(value), decimal) for value in distinct] + [np.nan], dtype="float64")
    return pd.Series(parsed[codes], index=values.index)


def _number(text: str, decimal: str) -> float:
    text = _BLANKS.sub("", text).replace("\u2212", "-").lstrip("'")
    text = _NOT_NUMBER.sub("", re.sub(r"[^\W\d_]{2,}\.?", "", text)) if not re.fullmatch(r"[-+]?[\d.]+[eE][-+]?\d+", text) else text
    is_percent, is_negative = "%" in text, text.startswith("(") and text.endswith(")")
    text = text.strip("()%").replace("%", "")
    text = text.replace(".", "").replace(",", ".") if decimal == "," else text.replace(",", "")
    try:
        number = float(text.rstrip("."))
    except ValueError:
        return np.nan
    number = number / 100 if is_percent else number
    return -number if is_negative else number


def is_null_mark(value: str) -> bool:
    """Whether a cell is one of the marks for nothing.

    >>> is_null_mark(" -- "), is_null_mark("0")
    (True, False)
    """
    return value.strip().casefold() in NULL_MARKS
