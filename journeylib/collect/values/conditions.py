"""The small language of conditions and patterns that parameters and formats share.

A *pattern* is words with `*` for any run of characters and `|` between alternatives, read without regard to case:
`/pris*|/pricing*`. A *condition* is a pattern, `not` and a pattern, a comparison (`> 0`, `<= 12,5`, `!= 3`), or
`present` / `missing`.
"""

from __future__ import annotations

import operator
import re
from functools import cache

import numpy as np
import pandas as pd

from journeylib.collect.frames.distinct import of_each
from journeylib.collect.values.amounts import parse_numbers

_COMPARISON = re.compile(r"(<=|>=|!=|<|>|=)\s*(-?[\d.,]+)")
_OPERATORS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne}


@cache
def compile_pattern(pattern: str) -> re.Pattern:
    """A pattern as a compiled expression to be matched in full.

    >>> bool(compile_pattern("/pris*|/pricing").fullmatch("/Priser/bas"))
    True
    """
    pieces = ["".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", piece.strip())) for piece in pattern.split("|")]
    return re.compile("|".join(f"(?:{piece})" for piece in pieces), re.IGNORECASE | re.DOTALL)


def matches(values: pd.Series, pattern: str) -> np.ndarray:
    """For each value, whether the pattern fits it; a missing value never fits. Works on distinct values, so long columns are cheap."""
    fits = compile_pattern(pattern).fullmatch
    return of_each(values, ("fits", pattern), lambda cells: np.array([bool(fits(str(cell).strip())) for cell in cells], dtype=bool), False)


def meets(values: pd.Series, condition: str) -> np.ndarray:
    """For each value, whether it meets the condition.

    >>> meets(pd.Series(["5", "0", ""]), "> 0").tolist()
    [True, False, False]
    >>> meets(pd.Series(["536365", "C536379"]), "not C*").tolist()
    [True, False]
    """
    condition = condition.strip()
    present = has_value(values)
    if condition.lower() in ("present", "missing"):
        return present if condition.lower() == "present" else ~present
    comparison = _COMPARISON.fullmatch(condition)
    if comparison:
        return _compare(values, *comparison.groups())
    if condition.lower().startswith("not "):
        return ~matches(values, condition[4:])
    return matches(values, condition)


def has_value(values: pd.Series) -> np.ndarray:
    """Whether a cell holds something: not missing and not blank."""
    if values.dtype.kind in "iufbM":
        return values.notna().to_numpy()
    return of_each(values, "has_value", _hold_something, False)


def _hold_something(cells) -> np.ndarray:
    if isinstance(cells.dtype, pd.StringDtype):
        return (cells.str.strip() != "").astype(bool)
    return np.array([bool(str(cell).strip()) for cell in cells], dtype=bool)


def _compare(values, sign, limit):
    numbers = parse_numbers(values).to_numpy(dtype="float64")
    with np.errstate(invalid="ignore"):
        found = _OPERATORS[sign](numbers, float(limit.replace(",", ".")))
    return found & ~np.isnan(numbers)
