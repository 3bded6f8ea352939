"""Nested records, from JSON or Parquet, as flat rows: `device.category`, `event_params.page_location`, one row an item of a list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from journeylib.collect.files.layout import refuse_too_wide
from journeylib.collect.files.shapes import Shape
from journeylib.errors import SourceError


def read_records(path: Path, text: str, shape: Shape, wanted: str | None = None) -> tuple[pd.DataFrame, int]:
    """JSON as rows of text, and how many lines could not be read: a list of records, one record a line, or a record that holds the list.

    Where a record holds several lists, `wanted` names the one to read.

    Raises
    ------
    SourceError
        No record can be read.
    """
    records, n_broken = _parsed(path, text, wanted)
    if not records:
        raise SourceError(f"{path.name}: no JSON records found. Expected a list of records, or one record a line; export it again.")
    refuse_too_wide(path.name, max(len(record) for record in records))
    return flat_frame(records, shape), n_broken


def _parsed(path, text, wanted) -> tuple[list[dict], int]:
    try:
        found = _loaded(text)
    except json.JSONDecodeError as error:
        return _lines(path, text, error)
    except RecursionError:
        raise SourceError(f"{path.name}: its JSON is nested too deeply for a list of records. Export it again as one record a line.") from None
    if isinstance(found, dict):
        found = _list_in(path, found, wanted)
    if not isinstance(found, list):
        return [], 0
    records = [record for record in found if isinstance(record, dict)]
    return records, len(found) - len(records)


def _list_in(path, record, wanted) -> list:
    """The list of records one record holds: the only one, or the one wanted; the record itself where it is a row of its own."""
    inside = {name: value for name, value in record.items() if _is_records(value)}
    if wanted in inside:
        return inside[wanted]
    is_row = any(isinstance(value, str) for value in record.values())
    if wanted or (len(inside) > 1 and not is_row):
        raise SourceError(f"{path.name}: holds {len(inside)} lists of records{f', none called {wanted!r}' if wanted else ''}: {', '.join(inside)}. Name one under `sheet:`.")
    return next(iter(inside.values())) if inside and not is_row else [record]


def _loaded(text):
    found = json.loads(text, parse_float=str, parse_int=str)
    return _without_half_letters(found) if "\\u" in text else found


def _without_half_letters(value):
    """The value with a replacement sign for each half of a letter that lost its other half, which no file could hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_half_letters(each) for each in value]
    return {_without_half_letters(name): _without_half_letters(each) for name, each in value.items()} if isinstance(value, dict) else value


def _lines(path, text, error):
    """One record a line, those that cannot be read counted; one JSON text that breaks off in the middle is refused."""
    lines = [line for line in text.split("\n") if line.strip()]
    records = [_record(line) for line in lines]
    n_broken = sum(record is None for record in records)
    if lines and (lines[0].lstrip()[0] == "[" or 2 * n_broken > len(lines)):
        where = f"in line {error.lineno:,}, after {error.pos:,} of {len(text):,} characters"
        raise SourceError(f"{path.name}: its JSON breaks off or goes wrong {where}. The file may have been cut off: export it again.")
    return [record for record in records if record is not None], n_broken


def _record(line) -> dict | None:
    try:
        found = _loaded(line)
    except (json.JSONDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


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


def unnested(frame: pd.DataFrame, nested: list[str], shape: Shape) -> pd.DataFrame:
    """A frame whose columns `nested` hold JSON, with each laid out as columns of its own, one row an item of `shape.rows_of`; the others keep their types.

    >>> unnested(pd.DataFrame({"id": [1], "page": ['{"path": "/"}']}), ["page"], Shape()).to_dict("records")
    [{'id': 1, 'page.path': '/'}]
    """
    cells = [frame[name].map(json.loads, na_action="ignore") for name in nested]
    rows = [_rows({name: cell for name, cell in zip(nested, row, strict=True) if not pd.api.types.is_scalar(cell) or pd.notna(cell)}, shape)
            for row in zip(*cells, strict=True)]  # fmt: skip
    names = list(dict.fromkeys(name for items in rows for row in items for name in row))
    flat = pd.DataFrame({name: pd.array([row.get(name, "") for items in rows for row in items], dtype="str") for name in names})
    plain = frame.drop(columns=nested)
    plain = plain.loc[plain.index.repeat([len(items) for items in rows])].reset_index(drop=True)
    return pd.concat([plain, flat[[name for name in names if name not in plain]]], axis=1)


def is_nested(frame: pd.DataFrame) -> bool:
    """Whether a frame holds records or lists in its cells."""
    firsts = [frame[name].dropna().iloc[:1] for name in frame if frame[name].dtype == object]
    return any(isinstance(first.iloc[0], (dict, list, np.ndarray)) for first in firsts if len(first))
