"""A file with more rows than one wants to hold: read batch by batch, text as codes into its distinct cells, laid aside on disk.

What is worked out of a cell is then worked out once per distinct cell, and rows come back in blocks. A column's distinct cells are
held in memory, its rows are not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from journeylib.collect.frames.distinct import cell_type
from journeylib.collect.frames.memory import keep_memory_low
from journeylib.collect.frames.repeats import find_repeats, hash_cells, mix

#: Rows in one block: bounds the memory, changes no result.
BLOCK_ROWS = 250_000


@dataclass(frozen=True)
class CodedRows:
    """The rows of one file on disk, in blocks.

    Attributes
    ----------
    cells : column → its distinct cells in the order they first stand in the file; columns of numbers and moments have none.
    types : column → pandas type, of the columns that are kept.
    n_each : column → its distinct cells and how many rows hold each.
    n_rows : rows. repeated : numbers of the rows that equal an earlier row in every cell; empty where nobody asked.
    """

    place: tempfile.TemporaryDirectory
    columns: tuple[str, ...]
    cells: dict[str, pd.Index]
    types: dict[str, object]
    n_each: dict[str, pd.Series]
    n_rows: int
    repeated: np.ndarray

    @cached_property
    def dtypes(self) -> dict[str, pd.CategoricalDtype]:
        return {name: cell_type(cells) for name, cells in self.cells.items()}

    def frames(self) -> Iterator[pd.DataFrame]:
        """The rows in blocks, in file order; the index is the number of the row in the file."""
        first = 0
        with pa.OSFile(str(_spill(self.place)), "rb") as file, pa.ipc.open_file(file) as rows:
            for number in range(rows.num_record_batches):
                batch = rows.get_batch(number)
                yield self._frame(batch, first)
                first += batch.num_rows

    def of_cells(self, column: str) -> pd.Series:
        """The distinct cells of a column, as the column itself would be; of numbers and moments none, but their type."""
        return pd.Series(self.cells[column]) if column in self.cells else pd.Series(dtype=self.types[column])

    def _frame(self, batch, first):
        index = pd.RangeIndex(first, first + batch.num_rows)
        given = {name: self._column(batch, number, name) for number, name in enumerate(self.columns)}
        return pd.DataFrame({name: pd.Series(values, index=index) for name, values in given.items()}, index=index, copy=False)

    def _column(self, batch, number, name):
        column = batch.column(number)
        if name in self.cells:
            return pd.Categorical.from_codes(column.to_numpy(zero_copy_only=False), dtype=self.dtypes[name], validate=False)
        return column.to_pandas().astype(self.types[name]).array


def code_rows(batches: Iterable[pa.RecordBatch], columns: Collection[str], *, is_text: Callable[[str], bool] = lambda name: False,
              with_repeats: bool = True, block_rows: int | None = None) -> CodedRows:  # fmt: skip
    """Lay the rows of a file or a query aside, coded.

    Parameters
    ----------
    batches : flat record batches of one schema (no lists or records in cells).
    columns : the columns that are kept; of the others only whether two rows are equal is looked at.
    is_text : whether a column of whole numbers is read as text, such as an id.
    with_repeats : whether to look for rows equal in every cell.
    """
    keep_memory_low()
    place = tempfile.TemporaryDirectory(prefix="journey-rows-")
    coding, writer, hashes, n_rows = None, None, [], 0
    with pa.OSFile(str(_spill(place)), "wb") as file:
        for batch in batches:
            coding = coding or _Coding(batch.schema, columns, is_text)
            coded = coding.code(batch)
            if with_repeats:
                hashes.append(coding.hash(batch, coded))
            writer = writer or pa.ipc.new_file(file, coded.schema, options=pa.ipc.IpcWriteOptions(compression="lz4"))
            for first in range(0, max(batch.num_rows, 1), block_rows or BLOCK_ROWS):
                writer.write_batch(coded.slice(first, block_rows or BLOCK_ROWS))
            n_rows += batch.num_rows
        if writer:
            writer.close()
    repeated = find_repeats(hashes) if hashes else np.array([], dtype="int64")
    cells = coding.cells()
    return CodedRows(place, tuple(coding.kept), cells, coding.types(), coding.n_each(cells), n_rows, repeated)


def _spill(place) -> Path:
    return Path(place.name) / "rows.arrow"


class _Coding:
    """The dictionaries of a file's text columns, growing as its batches come."""

    def __init__(self, schema, columns, is_text):
        self.schema, self.kept = schema, [name for name in schema.names if name in columns]
        self.known: dict[str, pa.Array] = {}
        self.counts: dict[str, np.ndarray] = {}
        self.has_null = dict.fromkeys(self.kept, False)
        self.is_coded = {name: not _is_number(schema.field(name).type) or (pa.types.is_integer(schema.field(name).type) and is_text(name))
                         for name in self.kept}  # fmt: skip

    def code(self, batch) -> pa.RecordBatch:
        given = []
        for name in self.kept:
            column = batch.column(batch.schema.get_field_index(name))
            self.has_null[name] |= column.null_count > 0
            given.append(self._coded(name, column) if self.is_coded[name] else column)
        return pa.RecordBatch.from_arrays(given, names=self.kept)

    def _coded(self, name, column):
        """The column's codes: known cells keep theirs, new ones come after; −1 = missing."""
        column = column if isinstance(column, pa.DictionaryArray) else column.dictionary_encode()
        if name in self.known:
            known = pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), self.known[name])
            column = pa.chunked_array([known, column.cast(known.type)]).unify_dictionaries().chunk(1)
        self.known[name] = column.dictionary
        codes = column.indices.fill_null(-1).cast(pa.int32())
        counts = np.bincount(codes.to_numpy() + 1, minlength=len(column.dictionary) + 1)[1:]
        before = self.counts.get(name, counts[:0])
        counts[: len(before)] += before
        self.counts[name] = counts
        return codes

    def hash(self, batch, coded) -> tuple[np.ndarray, np.ndarray]:
        """Two 64-bit hashes of each row, over all its cells."""
        hashes = None
        for name in batch.schema.names:
            column = coded.column(self.kept.index(name)) if name in self.kept else batch.column(batch.schema.get_field_index(name))
            hashes = mix(hashes, hash_cells(column), batch.num_rows)
        return hashes

    def cells(self) -> dict[str, pd.Index]:
        return {name: self._cells(name) for name in self.kept if self.is_coded[name]}

    def _cells(self, name):
        known = self.known[name].to_pandas()
        return pd.Index(known.astype("float64") if known.dtype.kind in "iu" and self.has_null[name] else known)

    def n_each(self, cells) -> dict[str, pd.Series]:
        return {name: pd.Series(self.counts[name], index=cells[name]) for name in cells}

    def types(self) -> dict[str, object]:
        return {name: _pandas_type(self.schema.field(name).type, self.has_null[name]) for name in self.kept if not self.is_coded[name]}


def _is_number(kind) -> bool:
    return any(is_kind(kind) for is_kind in (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_timestamp))


def _pandas_type(kind, has_null):
    """The type pandas gives the whole column: whole numbers with gaps are floats, yes and no with gaps objects."""
    if pa.types.is_boolean(kind):
        return "object" if has_null else "bool"
    if pa.types.is_integer(kind) and has_null:
        return "float64"
    return pa.array([], kind).to_pandas().dtype
