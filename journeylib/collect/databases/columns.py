"""What a database's driver gives, as columns of one type each: blocks of rows → Arrow → a frame, one column at a time so that nothing is held twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_TEXT, _WHOLE, _NUMBER = pa.large_string(), pa.int64(), pa.float64()
#: JSON as it waits to be laid out. Bytes of a database become text, so that nothing else is of this type.
_NESTED = pa.large_binary()
_LOCAL, _UTC = pa.timestamp("us"), pa.timestamp("us", "UTC")
_BLOCK = 50_000
_LAST = 253_402_300_800_000_000  # the year 10000 in µs; databases write `infinity` beyond it
_DTYPES = {_TEXT: pd.StringDtype(na_value=np.nan)}
_WITH_GAPS = _DTYPES | {_WHOLE: pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
_SAID = {"i": "whole numbers", "f": "numbers", "b": "yes or no", "M": "moments"}


class EndlessMomentError(ValueError):
    """A column holds a moment no calendar has, such as `infinity`."""


def from_values(values: Sequence) -> pa.Array:
    """Python values as one column of the narrowest type that loses nothing: whole numbers, numbers, yes or no, moments, nested records, else text.

    >>> str(from_values([1, None, 2]).type), str(from_values([1, "2"]).type), from_values([Decimal("12.50"), None]).to_pylist()
    ('int64', 'large_string', [12.5, None])
    """
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds:
        return pa.nulls(len(values))
    if kinds & {dict, list, tuple}:
        return pa.array([None if value is None else _json(value).encode() for value in values], _NESTED)
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds <= {int, float, Decimal}:
        return _numbers(values, kinds)
    if kinds == {dt.datetime}:
        is_local = all(value is None or value.tzinfo is None for value in values)
        return pa.array(values, _LOCAL if is_local else _UTC)
    if kinds == {dt.date}:
        return pa.array(values, pa.date32()).cast(_LOCAL)
    return pa.array([_cell(value) for value in values], _TEXT)


def _numbers(values, kinds):
    if float not in kinds and all(value is None or _is_whole(value) for value in values):
        whole = [None if value is None else int(value) for value in values]
        fits = all(value is None or -(2**63) <= value < 2**63 for value in whole)
        return pa.array(whole, _WHOLE) if fits else pa.array([None if value is None else str(value) for value in whole], _TEXT)
    return pa.array([None if value is None else float(value) for value in values], _NUMBER)


def _is_whole(value):
    return isinstance(value, int) or (value.is_finite() and value.as_tuple().exponent >= 0)


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_cell)


def _cell(value) -> str | None:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return value if value is None else str(value)


def from_arrow(array: pa.Array) -> pa.Array:
    """A column DuckDB made, as `from_values` would have made it."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array, kind = array.dictionary_decode(), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_time(kind):
        return array.cast(_TEXT)
    if pa.types.is_timestamp(kind):
        return array.cast(_UTC if kind.tz else _LOCAL, safe=False)
    if pa.types.is_date(kind):
        return array.cast(_LOCAL)
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return array.cast(_WHOLE)
    if pa.types.is_floating(kind) or (pa.types.is_decimal(kind) and kind.scale > 0):
        return array.cast(_NUMBER)
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return array
    return from_values([dict(value) if pa.types.is_map(kind) and value is not None else value for value in array.to_pylist()])


def join_blocks(blocks: list[list[pa.Array]]) -> list[pa.ChunkedArray]:
    """The blocks' columns, each of the one type that all its blocks can have.

    Raises
    ------
    EndlessMomentError
        A moment beyond the year 9999.
    """
    columns = []
    for number in range(len(blocks[0])):
        parts = [block[number] for block in blocks]
        wanted = _common({part.type for part in parts} - {pa.null()})
        column = pa.chunked_array([part.cast(wanted) for part in parts], wanted)
        if pa.types.is_timestamp(wanted) and _is_endless(column):
            raise EndlessMomentError
        columns.append(column)
    return columns


def _common(kinds):
    if len(kinds) == 1:
        return kinds.pop()
    return _NUMBER if kinds == {_WHOLE, _NUMBER} else _TEXT


def _is_endless(column):
    bounds = pc.min_max(column.cast(_WHOLE))
    return any(bounds[side].as_py() is not None and abs(bounds[side].as_py()) >= _LAST for side in ("min", "max"))


def in_content_order(columns: list[pa.ChunkedArray]) -> list[pa.ChunkedArray]:
    """The rows sorted by their first column, then their second …: one order for one content, however the database happened to give them."""
    names = [str(number) for number in range(len(columns))]
    order = pc.sort_indices(pa.table(columns, names), [(name, "ascending") for name in names])
    return [columns.pop(0).take(order) for _ in names]


def nested_in(names: list[str], columns: list[pa.ChunkedArray]) -> list[str]:
    """The columns that hold records or lists."""
    return [name for name, column in zip(names, columns, strict=True) if column.type == _NESTED]


def to_frame(names: list[str], columns: list[pa.ChunkedArray]) -> pd.DataFrame:
    """The columns as a frame, nested ones as JSON; each is let go as soon as it is made."""
    return pd.DataFrame({name: _cells(columns.pop(0)) for name in names})


def _cells(column):
    column = column.cast(_TEXT) if column.type == _NESTED else column
    return column.to_pandas(types_mapper=(_WITH_GAPS if column.null_count else _DTYPES).get)


def to_batches(names: list[str], columns: list[pa.ChunkedArray]) -> tuple[pd.DataFrame, Iterator[pa.RecordBatch]]:
    """The columns without rows, and the rows in blocks; whole numbers with gaps as text, which alone keeps every digit of them."""
    table = pa.table([column.cast(_TEXT) if column.null_count and column.type == _WHOLE else column for column in columns], names)
    return table.slice(0, 0).to_pandas(types_mapper=_DTYPES.get), iter(table.to_batches(_BLOCK))


def hash_rows(names: list[str], columns: list[pa.ChunkedArray]) -> str:
    """SHA-256 over names, types and the rows in their order: the same for the same answer, whatever database gave it."""
    hashed = hashlib.sha256(json.dumps([[name, str(column.type)] for name, column in zip(names, columns, strict=True)]).encode())
    for start in range(0, len(columns[0]), _BLOCK):  # hashing makes an object of every text
        block = to_frame(names, [column.slice(start, _BLOCK) for column in columns])
        hashed.update(pd.util.hash_pandas_object(block, index=False).to_numpy().tobytes())
    return hashed.hexdigest()


def say_columns(frame: pd.DataFrame) -> str:
    """Every column with what it holds.

    >>> say_columns(pd.DataFrame({"id": [1], "town": ["Malmö"]}))
    'id (whole numbers), town (text)'
    """
    return ", ".join(f"{name} ({_SAID.get(frame[name].dtype.kind, 'text')})" for name in frame)
