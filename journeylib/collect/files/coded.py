"""A file with more rows than one wants to hold: read batch by batch, text as codes into its distinct cells, laid aside on disk.

What is worked out of a cell is then worked out once per distinct cell, and rows come back in blocks. A column's distinct cells are
held in memory, its rows are not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from journeylib.collect.frames.distinct import cell_type, look_up
from journeylib.collect.frames.memory import give_memory_back, keep_memory_low
from journeylib.collect.frames.repeats import Hashes, find_repeats, hash_cells, mix, packed
from journeylib.event_log import narrow

#: Rows in one block: bounds the memory, changes no result.
BLOCK_ROWS = 250_000


@dataclass(frozen=True)
class CodedRows:
    """The rows of one file on disk, in blocks.

    Attributes
    ----------
    cells : column → its distinct cells in the order they first stand in the file; columns of numbers and moments have none.
    places : column → for each batch laid aside, the place of its own cells among these; −1 at the end for a missing one.
    batch_of : of each block the number of its batch.
    types : column → pandas type, of the columns that are kept.
    n_each : column → its distinct cells and how many rows hold each.
    n_rows : rows. repeated : numbers of the rows that equal an earlier row in every cell; empty where nobody asked.
    """

    folder: tempfile.TemporaryDirectory
    columns: tuple[str, ...]
    cells: dict[str, pd.Index]
    places: dict[str, list[np.ndarray]]
    batch_of: list[int]
    types: dict[str, object]
    n_each: dict[str, pd.Series]
    n_rows: int
    repeated: np.ndarray = field(default_factory=lambda: np.array([], dtype="int64"))

    @cached_property
    def dtypes(self) -> dict[str, pd.CategoricalDtype]:
        return {name: cell_type(cells) for name, cells in self.cells.items()}

    def frames(self) -> Iterator[pd.DataFrame]:
        """The rows in blocks, in file order; the index is the number of the row in the file."""
        first = 0
        for number, batch in self._blocks():
            yield self._frame(number, batch, first)
            first += batch.num_rows

    def _blocks(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        with pa.OSFile(str(_spill(self.folder)), "rb") as file, pa.ipc.open_file(file) as rows:
            yield from ((number, rows.get_batch(block)) for block, number in enumerate(self.batch_of))

    def of_cells(self, column: str) -> pd.Series:
        """The distinct cells of a column, as the column itself would be; of numbers and moments none, but their type."""
        return pd.Series(self.cells[column]) if column in self.cells else pd.Series(dtype=self.types[column])

    def _frame(self, number, batch, first):
        index = pd.RangeIndex(first, first + batch.num_rows)
        given = {name: self._column(number, batch, name) for name in self.columns}
        return pd.DataFrame({name: pd.Series(values, index=index) for name, values in given.items()}, index=index, copy=False)

    def _column(self, number, batch, name):
        if name in self.cells:
            return pd.Categorical.from_codes(self._codes(number, batch, name), dtype=self.dtypes[name], validate=False)
        return batch.column(name).to_pandas().astype(self.types[name]).array

    def _codes(self, number, batch, name) -> np.ndarray:
        return look_up(self.places[name][number], batch.column(name).to_numpy())

    def hashes(self, unread: list[Hashes]) -> list[Hashes]:
        """Two 64-bit hashes of each row of each block, over all its cells.

        Parameters
        ----------
        unread : the hashes of the cells of columns that are not kept, one a block; none where all are.
        """
        return [self._hash(number, batch, unread[block] if unread else None) for block, (number, batch) in enumerate(self._blocks())]

    def _hash(self, number, batch, hashes):
        for key in packed([(self._codes(number, batch, name), len(cells) + 1) for name, cells in self.cells.items()]):
            hashes = mix(hashes, (key, key), batch.num_rows)
        for name in (name for name in self.columns if name not in self.cells):
            hashes = mix(hashes, hash_cells(batch.column(name)), batch.num_rows)
        return hashes


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
    folder = tempfile.TemporaryDirectory(prefix="journey-rows-")
    coding, writer, unread, batch_of, n_rows = None, None, [], [], 0
    with pa.OSFile(str(_spill(folder)), "wb") as file:
        for number, batch in enumerate(batches):
            coding = coding or _Coding(batch.schema, columns, is_text)
            coded = coding.code(batch)
            writer = writer or pa.ipc.new_file(file, coded.schema, options=pa.ipc.IpcWriteOptions(compression="lz4"))
            for first in range(0, max(batch.num_rows, 1), block_rows or BLOCK_ROWS):
                writer.write_batch(coded.slice(first, block_rows or BLOCK_ROWS))
                batch_of.append(number)
                if with_repeats and coding.unread:
                    unread.append(coding.hash_unread(batch.slice(first, block_rows or BLOCK_ROWS)))
            n_rows += batch.num_rows
        if writer:
            writer.close()
    cells, places, n_each = coding.settled()
    rows = CodedRows(folder, tuple(coding.kept), cells, places, batch_of, coding.types(), n_each, n_rows)
    rows = replace(rows, repeated=find_repeats(rows.hashes(unread))) if with_repeats else rows
    give_memory_back()
    return rows


def _spill(folder) -> Path:
    return Path(folder.name) / "rows.arrow"


class _Coding:
    """The dictionaries of the text columns of each batch of a file; what they have in common is settled in the end, once."""

    def __init__(self, schema, columns, is_text):
        self.schema, self.kept = schema, [name for name in schema.names if name in columns]
        self.unread = [name for name in schema.names if name not in columns]
        self.has_null = dict.fromkeys(self.kept, False)
        is_coded = {name: not _is_number(schema.field(name).type) or (pa.types.is_integer(schema.field(name).type) and is_text(name))
                    for name in self.kept}  # fmt: skip
        self.known: dict[str, list[pa.Array]] = {name: [] for name in self.kept if is_coded[name]}
        self.counts: dict[str, list[np.ndarray]] = {name: [] for name in self.known}

    def code(self, batch) -> pa.RecordBatch:
        given = []
        for name in self.kept:
            column = batch.column(batch.schema.get_field_index(name))
            self.has_null[name] |= column.null_count > 0
            given.append(self._coded(name, column) if name in self.known else column)
        return pa.RecordBatch.from_arrays(given, names=self.kept)

    def _coded(self, name, column):
        """The column as codes into the batch's own cells; −1 = missing."""
        column = column if isinstance(column, pa.DictionaryArray) else column.dictionary_encode()
        codes = column.indices.cast(pa.int32()).fill_null(-1)
        self.known[name].append(column.dictionary)
        self.counts[name].append(np.bincount(codes.to_numpy() + 1, minlength=len(column.dictionary) + 1)[1:])
        return codes

    def hash_unread(self, batch) -> Hashes:
        """Two 64-bit hashes of each row, over the cells of the columns that are not kept."""
        hashes = None
        for name in self.unread:
            hashes = mix(hashes, hash_cells(batch.column(batch.schema.get_field_index(name))), batch.num_rows)
        return hashes

    def settled(self) -> tuple[dict[str, pd.Index], dict[str, list[np.ndarray]], dict[str, pd.Series]]:
        """Column → its distinct cells; of each batch the places of its own among them; how many rows hold each."""
        cells, places, n_each = {}, {}, {}
        for name in self.known:
            distinct, places[name], counts = _settled(self.known[name], self.counts[name])
            known = distinct.to_pandas()
            cells[name] = pd.Index(known.astype("float64") if known.dtype.kind in "iu" and self.has_null[name] else known)
            n_each[name] = pd.Series(counts, index=cells[name])
        return cells, places, n_each

    def types(self) -> dict[str, object]:
        return {name: _pandas_type(self.schema.field(name).type, self.has_null[name]) for name in self.kept if name not in self.known}


def _settled(known, counts) -> tuple[pa.Array, list[np.ndarray], np.ndarray]:
    """The distinct cells of several dictionaries that some row holds, the places of each dictionary's among them, and how many rows hold each."""
    parts = [pa.DictionaryArray.from_arrays(np.arange(len(cells), dtype="int32"), cells) for cells in known]
    known.clear()
    parts = pa.chunked_array(parts).unify_dictionaries().chunks if len(parts) > 1 else parts
    distinct, places = parts[0].dictionary, [part.indices.to_numpy() for part in parts]
    n_each = np.zeros(len(distinct), dtype="int64")
    for place, n in zip(places, counts, strict=True):
        np.add.at(n_each, place, n)
    is_held = n_each > 0
    new = narrow(np.where(is_held, np.cumsum(is_held, dtype="int32") - 1, -1).astype("int32"))
    return distinct.filter(is_held), [np.append(new[place], new.dtype.type(-1)) for place in places], n_each[is_held]


def _is_number(kind) -> bool:
    return any(is_kind(kind) for is_kind in (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_timestamp))


def _pandas_type(kind, has_null):
    """The type pandas gives the whole column: whole numbers with gaps are floats, yes and no with gaps objects."""
    if pa.types.is_boolean(kind):
        return "object" if has_null else "bool"
    if pa.types.is_integer(kind) and has_null:
        return "float64"
    return pa.array([], kind).to_pandas().dtype
