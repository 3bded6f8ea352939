"""What a declared table is, and `check`, which stands at both doors of a step."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from journeylib.errors import TableError, nearest


@dataclass(frozen=True)
class Column:
    """One column: its type (`text`, `int`, `float`, `bool`, `moment` = UTC timestamp, `date`), and what it means."""

    type: str
    meaning: str
    required: bool = True
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A declared table: what one row is, its columns and the columns that identify a row."""

    name: str
    one_row_is: str
    columns: dict[str, Column]
    key: tuple[str, ...] = field(default=())


def text(meaning, required=True, one_of=()):
    return Column("text", meaning, required, tuple(one_of))


def int_(meaning, required=True):
    return Column("int", meaning, required)


def float_(meaning, required=True):
    return Column("float", meaning, required)


def bool_(meaning, required=True):
    return Column("bool", meaning, required)


def moment(meaning, required=True):
    return Column("moment", meaning, required)


def date(meaning, required=True):
    return Column("date", meaning, required)


_DTYPES = {"text": "string", "int": "Int64", "float": "float64", "bool": "boolean", "moment": "datetime64[us, UTC]",
           "date": "datetime64[us]"}  # fmt: skip


def empty(table: Table) -> pd.DataFrame:
    """An empty frame with the table's columns and types."""
    return pd.DataFrame({name: pd.Series(dtype=_DTYPES[column.type]) for name, column in table.columns.items()})


def check(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return `frame` in the table's column order and types, or say which rule it breaks.

    Optional columns that are absent are added empty. Columns the table does not know are refused.

    Raises
    ------
    TableError
        An unknown or missing column, a value of the wrong type, a missing or disallowed value, a repeated key.
    """
    unknown = [name for name in frame.columns if name not in table.columns]
    if unknown:
        hint = nearest(str(unknown[0]), table.columns)
        raise TableError(f"{table.name}: unknown column {unknown[0]!r}{hint} Known: {', '.join(table.columns)}.")
    checked = {}
    for name, column in table.columns.items():
        checked[name] = _checked_column(frame, name, column, table)
    result = pd.DataFrame(checked, index=frame.index, copy=False).reset_index(drop=True)
    if table.key and _has_repeats(result, table.key):
        n = int(result.duplicated(list(table.key)).sum())
        raise TableError(f"{table.name}: {n} rows repeat the key {' + '.join(table.key)}; one row is {table.one_row_is}.")
    return result


def _has_repeats(frame, key) -> bool:
    """Whether two rows have one key; most keys rise from row to row, and need no counting."""
    if len(key) > 1:
        return bool(frame.duplicated(list(key)).any())
    values = pa.array(frame[key[0]], from_pandas=True)
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    is_rising = pc.all(pc.greater(values[1:], values[:-1]), skip_nulls=False).as_py()
    return not is_rising and _n_distinct(values) < len(frame)


#: Texts from so many on are told apart a part at a time.
_MANY = 1 << 18


def _n_distinct(values) -> int:
    """How many values there are; of many texts by their last letter, since what tells a million pseudonyms apart is larger than they are."""
    if len(values) < _MANY or values.null_count or not pa.types.is_large_string(values.type):
        return len(values.unique())
    last = pc.utf8_slice_codeunits(values, -1).dictionary_encode()
    return sum(len(values.filter(pc.equal(last.indices, code)).unique()) for code in range(len(last.dictionary)))


def _checked_column(frame, name, column, table):
    dtype = _DTYPES[column.type]
    if name not in frame.columns:
        if column.required and len(frame):
            found = ", ".join(map(repr, frame.columns))
            raise TableError(f"{table.name}: no column {name!r} ({column.meaning}). Found: {found}.")
        return pd.Series(pd.NA if dtype in ("string", "Int64", "boolean") else None, index=frame.index, dtype=dtype)
    if column.type == "moment" and not column.required and frame[name].dtype.kind == "M" and frame[name].isna().all():
        return pd.Series(pd.NaT, index=frame.index, dtype=dtype)  # no moment known: the frame could not tell of which zone
    try:
        is_coded = column.type == "text" and isinstance(frame[name].dtype, pd.CategoricalDtype)  # text as codes stays so
        values = frame[name] if is_coded else frame[name].astype(dtype)
    except (TypeError, ValueError) as error:
        raise TableError(f"{table.name}.{name}: expected {column.type} ({column.meaning}), got {frame[name].dtype}: "
                         f"{type(error).__name__}.") from error  # fmt: skip
    if column.required and values.isna().any():
        raise TableError(f"{table.name}.{name}: {int(values.isna().sum())} of {len(values)} rows have no value ({column.meaning}).")
    if column.one_of:
        wrong = values.dropna()[~values.dropna().isin(column.one_of)]
        if len(wrong):
            raise TableError(f"{table.name}.{name}: {wrong.iloc[0]!r} is not one of {', '.join(column.one_of)}"
                             f"{nearest(str(wrong.iloc[0]), column.one_of)} ({len(wrong)} rows).")  # fmt: skip
    return values
