"""The prepared event log: events sorted by journey and time, integer-coded, read once and scanned by every measure.

Sorted by (journey, occurred_at, source order) so that one journey's events lie together: a measure is then a linear
scan, and any split into blocks of whole journeys of whole units gives tallies that add up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from journeylib.errors import TableError
from journeylib.schema import ATOMS, INITIATORS, OUTCOMES

#: Columns of the log whose values are positions in `names[column]`; −1 = missing.
CODED = ("touchpoint", "channel", "initiator", "department", "offer", "source", "customer", "detail")
DAY_US = 86_400_000_000
_ABOUT = b"journeylib.event_log"
#: Events of a log that is held in memory whole.
IN_MEMORY_ROWS = 3_000_000


@dataclass(frozen=True)
class _OnDisk:
    """Rows `first:last` of one column of a log's file, read when they are asked for; `ends` of its groups of rows."""

    file: pq.ParquetFile
    column: str
    dtype: type
    ends: np.ndarray
    first: int
    last: int
    kept: dict[str, tuple[int, np.ndarray]]

    def __getitem__(self, rows: slice) -> _OnDisk:
        first, last, _ = rows.indices(self.last - self.first)
        return replace(self, first=self.first + first, last=self.first + max(first, last))

    def read(self) -> np.ndarray:
        ends = self.ends
        groups = range(int(np.searchsorted(ends, self.first, "right")), int(np.searchsorted(ends, self.last, "left")) + 1)
        found = np.empty(self.last - self.first, dtype=self.dtype)
        for group in groups:
            before = int(ends[group - 1]) if group else 0
            values = self._group(group)[max(self.first - before, 0) : self.last - before]
            found[max(before - self.first, 0) :][: len(values)] = values
        return found

    def _group(self, group) -> np.ndarray:
        """One group of rows; the last one read is kept, since the next block begins in it."""
        if self.kept.get(self.column, (None,))[0] != group:
            self.kept[self.column] = group, self.file.read_row_group(group, [self.column], use_threads=False)[self.column].to_numpy()
        return self.kept[self.column][1]


class _Column:
    """A column of the log: in memory, or of a large log on disk, where only the rows of a block are kept once they were read."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, log, owner=None):
        if log is None:
            raise AttributeError(self.name)
        values = log.__dict__[self.name]
        if not isinstance(values, _OnDisk):
            return values
        found = values.read()
        if len(found) <= IN_MEMORY_ROWS:
            self.__set__(log, found)
        return found

    def __set__(self, log, values):
        log.__dict__[self.name] = values


class _Codes(_Column):
    """A column of codes, read as int32 and kept as narrow as its numbers allow: ten million events are a question of memory."""

    def __get__(self, log, owner=None):
        values = super().__get__(log, owner)
        return values.astype("int32") if values.dtype.itemsize < 4 else values

    def __set__(self, log, values):
        super().__set__(log, values if isinstance(values, _OnDisk) else narrow(np.asarray(values)))


def narrow(values: np.ndarray) -> np.ndarray:
    """Codes (≥ −1) in the narrowest of int8, int16 and int32."""
    if values.dtype.itemsize < 4:
        return values
    highest = int(values.max(initial=0))
    return values.astype("int8" if highest < 2**7 else "int16" if highest < 2**15 else "int32", copy=False)


class Names(Sequence):
    """The names of a coded column, as a tuple would hold them, kept as one column of text: a million people's are a question of memory."""

    def __init__(self, names: Iterable[str]):
        self.column = names.column if isinstance(names, Names) else pa.array(names if isinstance(names, (pa.Array, pd.Series)) else list(names), pa.large_string())

    def __len__(self):
        return len(self.column)

    def __getitem__(self, place):
        return tuple(self.column[place].to_pylist()) if isinstance(place, slice) else self.column[int(place)].as_py()

    def __iter__(self):
        return iter(self.column.to_pylist())

    def __array__(self, dtype=None, copy=None):
        return self.column.to_numpy(zero_copy_only=False).astype(dtype or object, copy=False)

    def __eq__(self, other):
        return self.column.equals(other.column) if isinstance(other, Names) else tuple(self) == tuple(other) if isinstance(other, tuple) else NotImplemented

    __hash__ = None

    def __repr__(self):
        return f"Names({len(self)})"


@dataclass(frozen=True)
class EventLog:
    """Events of many journeys, one array a column.

    Attributes
    ----------
    journey : int32, non-decreasing; row number in the `journeys` table.
    at_us : int64, microseconds since 1970-01-01 UTC, non-decreasing within a journey.
    atom : int8, position in `schema.ATOMS`; −1 = no rule matched, or the event carries none.
    outcome : int8, position in `schema.OUTCOMES`: 0 none, 1 won, 2 lost.
    touchpoint, channel, initiator, department, offer, source, customer, detail : int32 codes into `names`; −1 = missing.
        `detail` is what a source tells beside the touchpoint: the page, the mailing, the stage of the deal, with personal data masked.
    value : float64, money; NaN = none.
    names : code → name, for each coded column.
    as_of_us : the data cut; no event lies after it.
    """

    journey: np.ndarray = _Column()
    at_us: np.ndarray = _Column()
    atom: np.ndarray = _Column()
    outcome: np.ndarray = _Column()
    touchpoint: np.ndarray = _Codes()
    channel: np.ndarray = _Codes()
    initiator: np.ndarray = _Codes()
    department: np.ndarray = _Codes()
    offer: np.ndarray = _Codes()
    source: np.ndarray = _Codes()
    customer: np.ndarray = _Codes()
    detail: np.ndarray = _Codes()
    value: np.ndarray = _Column()
    names: dict[str, Sequence[str]]
    as_of_us: int

    def __len__(self) -> int:
        journey = self.__dict__["journey"]
        return journey.last - journey.first if isinstance(journey, _OnDisk) else len(journey)

    @cached_property
    def starts(self) -> np.ndarray:
        """Row where each journey present in this log begins, plus the length at the end."""
        return self._runs[0]

    @cached_property
    def journeys_present(self) -> np.ndarray:
        """Journey code of each run of rows, in order: `journeys_present[i]` owns rows `starts[i]:starts[i + 1]`."""
        return self._runs[1]

    @cached_property
    def _runs(self) -> tuple[np.ndarray, np.ndarray]:
        journey = self.journey
        if not len(journey):
            return np.array([0], dtype=np.int64), np.array([], dtype=np.int32)
        first = np.concatenate(([0], np.flatnonzero(journey[1:] != journey[:-1]) + 1)).astype(np.int64)
        return np.append(first, len(journey)), journey[first]

    @cached_property
    def place(self) -> np.ndarray:
        """Of each row: which of the journeys present it belongs to; int32."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))

    def code(self, column: str, name: str) -> int:
        """The code of a name in a coded column, or −1 where the log never saw it."""
        names = self.names[column]
        return names.index(name) if name in names else -1

    def rows(self, first: int, last: int) -> EventLog:
        """The log's rows `first:last`, with the same codes."""
        arrays = {name: self.__dict__[name][first:last] for name in ARRAYS}
        block = EventLog(**arrays, names=self.names, as_of_us=self.as_of_us)
        block.__dict__["_whole"] = self.__dict__.get("_whole", self)
        return block

    @cached_property
    def has_atoms(self) -> bool:
        """Whether any event of the whole log, of which this may be a block, carries an atom."""
        return self._shows("atom")

    @cached_property
    def has_initiators(self) -> bool:
        """Whether any event of the whole log, of which this may be a block, tells who started it."""
        return self._shows("initiator")

    def _shows(self, column) -> bool:
        if "_whole" in self.__dict__:
            return self._whole.has_atoms if column == "atom" else self._whole.has_initiators
        return any((getattr(self.rows(first, first + _WRITTEN_ROWS), column) >= 0).any() for first in range(0, len(self), _WRITTEN_ROWS))

    def renamed(self, column: str, names: Iterable[str]) -> EventLog:
        """The log with other names for the codes of a column."""
        arrays = {name: self.__dict__[name] for name in ARRAYS}
        return EventLog(**arrays, names=self.names | {column: Names(names)}, as_of_us=self.as_of_us)

    def blocks(self, n_rows: int) -> Iterator[EventLog]:
        """The log in pieces of about `n_rows` rows, each of whole journeys."""
        first, n = 0, len(self)
        while first < n:
            boundary = int(self.starts[np.searchsorted(self.starts, min(first + n_rows, n))])
            yield self.rows(first, boundary)
            first = boundary


#: Rows of one group of the file: what is read at the least.
_WRITTEN_ROWS = 1 << 18
#: Written in half the time zstd with dictionaries takes and read in two thirds of it, at a quarter more room.
_PACKED = {"compression": "lz4", "use_dictionary": False}
ARRAYS = ("journey", "at_us", "atom", "outcome", *CODED, "value")
_TYPES = {"journey": "int32", "at_us": "int64", "atom": "int8", "outcome": "int8", "value": "float64"}


def encode_log(frame: pd.DataFrame, *, as_of: pd.Timestamp) -> EventLog:
    """Code a small frame of events as a prepared log; the plain road, used by tests and tools.

    Parameters
    ----------
    frame : columns `journey` (int), `occurred_at` (moment), and any of `atom`, `outcome` (names), the coded columns
        (names; `customer` for the person) and `value`. Need not be sorted; equal moments keep the frame's order.
    as_of : the data cut.

    Raises
    ------
    TableError
        An event after the data cut, or an atom that is none.
    """
    frame = frame.assign(occurred_at=pd.to_datetime(frame["occurred_at"], utc=True))
    if (frame["occurred_at"] > _utc(as_of)).any():
        raise TableError(f"event_log: {int((frame['occurred_at'] > _utc(as_of)).sum())} events lie after the data cut {as_of}.")
    frame = frame.sort_values(["journey", "occurred_at"], kind="stable").reset_index(drop=True)
    arrays, names = {}, {}
    arrays["journey"] = frame["journey"].to_numpy()
    arrays["at_us"] = frame["occurred_at"].to_numpy(dtype="datetime64[us]").astype("int64")
    arrays["atom"] = _fixed_codes(frame, "atom", ATOMS)
    arrays["outcome"] = np.maximum(_fixed_codes(frame, "outcome", OUTCOMES), 0)
    for column in CODED:
        known = INITIATORS if column == "initiator" else None
        arrays[column], names[column] = _codes(frame, column, known)
    arrays["value"] = frame["value"].to_numpy(dtype="float64") if "value" in frame else np.full(len(frame), np.nan)
    arrays = {name: np.asarray(values, dtype=_TYPES.get(name, "int32")) for name, values in arrays.items()}
    return EventLog(**arrays, names=names, as_of_us=_microseconds(as_of))


def write_log(log: EventLog, path: Path) -> list[Path]:
    """Write the prepared log, each file whole or not at all: the events, with names and data cut in the metadata, and beside them
    whom the codes of `customer` stand for. Returns the files."""
    about = json.dumps({"names": {name: tuple(names) for name, names in log.names.items() if name != "customer"}, "as_of_us": log.as_of_us}, ensure_ascii=False)
    nothing = log.rows(0, 0)
    schema = pa.schema([(name, pa.from_numpy_dtype(getattr(nothing, name).dtype)) for name in ARRAYS], {_ABOUT: about.encode()})
    _write(_people_of(path), [pa.table({"customer": pa.array(Names(log.names["customer"]).column)})])
    parts = (log.rows(first, first + _WRITTEN_ROWS) for first in range(0, max(len(log), 1), _WRITTEN_ROWS))
    _write(path, (pa.table([getattr(part, name) for name in ARRAYS], schema=schema) for part in parts))
    return [path, _people_of(path)]


def _people_of(path) -> Path:
    return path.with_name(f"{path.stem}_people.parquet")


def _write(path, tables) -> None:
    draft, writer = path.with_name(f".{path.name}.{os.getpid()}"), None
    for table in tables:
        writer = writer or pq.ParquetWriter(draft, table.schema, **_PACKED)
        writer.write_table(table, row_group_size=_WRITTEN_ROWS)
    writer.close()
    os.replace(draft, path)


def read_log(path: Path) -> EventLog:
    """Read a prepared log; the columns of one of more than `IN_MEMORY_ROWS` events are read from the file as they are asked for.

    Raises
    ------
    TableError
        The file is no prepared log.
    """
    file = pq.ParquetFile(path)
    about = (file.schema_arrow.metadata or {}).get(_ABOUT)
    if about is None or file.schema_arrow.names != list(ARRAYS) or not _people_of(path).is_file():
        raise TableError(f"{path.name} is no prepared event log. Collect the client's sources again.")
    told, n = json.loads(about), file.metadata.num_rows
    kept, ends = {}, np.cumsum([file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)])
    arrays = {field.name: _OnDisk(file, field.name, field.type.to_pandas_dtype(), ends, 0, n, kept) for field in file.schema_arrow}
    if n <= IN_MEMORY_ROWS:
        arrays = {name: column.read() for name, column in arrays.items()}
        file.close()
    names = {column: tuple(told["names"][column]) for column in CODED if column != "customer"}
    names["customer"] = Names(pq.read_table(_people_of(path))["customer"].combine_chunks())
    return EventLog(**arrays, names=names, as_of_us=told["as_of_us"])


def _utc(moment) -> pd.Timestamp:
    moment = pd.Timestamp(moment)
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")


def _microseconds(moment) -> int:
    return int(_utc(moment).to_datetime64().astype("datetime64[us]").astype("int64"))  # Timestamp.value is in nanoseconds


def _fixed_codes(frame, column, known):
    if column not in frame:
        return np.full(len(frame), -1)
    values = frame[column].astype("string")
    wrong = sorted(set(values.dropna()) - set(known))
    if wrong:
        raise TableError(f"event_log.{column}: {wrong[0]!r} is not one of {', '.join(known)}.")
    return pd.Categorical(values, categories=list(known)).codes


def _codes(frame, column, known):
    if column not in frame:
        return np.full(len(frame), -1), tuple(known or ())
    values = frame[column].astype("string")
    categories = list(known) if known else sorted(values.dropna().unique())
    return pd.Categorical(values, categories=categories).codes, tuple(categories)
