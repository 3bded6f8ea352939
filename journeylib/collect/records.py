"""Nested records, from JSON or Parquet, as flat rows: `device.category`, `event_params.page_location`, one row an item of a list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from journeylib.collect.shapes import Shape
from journeylib.errors import SourceError


def read_records(path: Path, text: str, shape: Shape) -> tuple[pd.DataFrame, int]:
    """JSON as rows of text, and how many lines could not be read: a list of records, one record a line, or a record that holds the list.

    Raises
    ------
    SourceError
        No record can be read.
    """
    records, n_broken = _parsed(text)
    if not records:
        raise SourceError(f"{path.name}: no JSON records found. Expected a list of records, or one record a line; export it again.")
    return flat_frame(records, shape), n_broken


def _parsed(text) -> tuple[list[dict], int]:
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except json.JSONDecodeError:
        return _lines(text)
    if isinstance(found, dict):
        inside = [value for value in found.values() if _is_records(value)]
        found = inside[0] if len(inside) == 1 and not any(isinstance(value, str) for value in found.values()) else [found]
    return ([record for record in found if isinstance(record, dict)] if isinstance(found, list) else []), 0


def _lines(text):
    records, n_broken = [], 0
    for line in filter(str.strip, text.split("\n")):
        try:
            record = json.loads(line, parse_float=str, parse_int=str)
        except json.JSONDecodeError:
            record = None
        n_broken += not isinstance(record, dict)
        records += [record] if isinstance(record, dict) else []
    return records, n_broken


def _is_records(value):
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def flat_frame(records: Iterable[dict], shape: Shape) -> pd.DataFrame:
    """One row a record, or one an item of the list `shape.rows_of` (a record without items keeps one row)."""
    rows = [row for record in records for row in _rows(record, shape)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pd.DataFrame({name: pd.array([row.get(name, "") for row in rows], dtype="str") for name in names})


def _rows(record, shape):
    items = (record.get(shape.rows_of) if shape.rows_of else None) or []
    whole = _flat({name: value for name, value in record.items() if name != shape.rows_of}, "", shape)
    return [whole | _flat(item, f"{shape.rows_of}.", shape) for item in items if isinstance(item, dict)] or [whole]


def _flat(record, prefix, shape) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in record.items():
        value = value.tolist() if isinstance(value, np.ndarray) else value
        if isinstance(value, dict):
            row |= _flat(value, f"{prefix}{name}.", shape)
        elif isinstance(value, list) and name in shape.pairs:
            row |= {f"{prefix}{name}.{pair.get('key')}": _first_value(pair.get("value")) for pair in value if isinstance(pair, dict)}
        else:
            row[prefix + name] = _text(value)
    return row


def _first_value(value) -> str:
    """The one value filled in of `{string_value, int_value, float_value, double_value}`."""
    if isinstance(value, dict):
        return next((_text(each) for name, each in value.items() if each is not None and not name.startswith("set_")), "")
    return _text(value)


def _text(value) -> str:
    """A plain value as a cell; of a list of records only their number, which is all that is ever asked of it."""
    if isinstance(value, list):
        return str(len(value)) if any(isinstance(each, dict) for each in value) else "; ".join(_text(each) for each in value)
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_nested(frame: pd.DataFrame) -> bool:
    """Whether a frame holds records or lists in its cells."""
    firsts = [frame[name].dropna().iloc[:1] for name in frame if frame[name].dtype == object]
    return any(isinstance(first.iloc[0], (dict, list, np.ndarray)) for first in firsts if len(first))
