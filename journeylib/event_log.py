"""The prepared event log: events sorted by journey and time, integer-coded, read once and scanned by every measure.

Sorted by (journey, occurred_at, source order) so that one journey's events lie together: a measure is then a linear
scan, and any split into blocks of whole journeys of whole units gives tallies that add up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
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
CODED = ("touchpoint", "channel", "initiator", "department", "offer", "source", "customer")
DAY_US = 86_400_000_000
_ABOUT = b"journeylib.event_log"


@dataclass(frozen=True)
class EventLog:
    """Events of many journeys, one array a column.

    Attributes
    ----------
    journey : int32, non-decreasing; row number in the `journeys` table.
    at_us : int64, microseconds since 1970-01-01 UTC, non-decreasing within a journey.
    atom : int8, position in `schema.ATOMS`; −1 = no rule matched, or the event carries none.
    outcome : int8, position in `schema.OUTCOMES`: 0 none, 1 won, 2 lost.
    touchpoint, channel, initiator, department, offer, source, customer : int32 codes into `names`; −1 = missing.
    value : float64, money; NaN = none.
    names : code → name, for each coded column.
    as_of_us : the data cut; no event lies after it.
    """

    journey: np.ndarray
    at_us: np.ndarray
    atom: np.ndarray
    outcome: np.ndarray
    touchpoint: np.ndarray
    channel: np.ndarray
    initiator: np.ndarray
    department: np.ndarray
    offer: np.ndarray
    source: np.ndarray
    customer: np.ndarray
    value: np.ndarray
    names: dict[str, tuple[str, ...]]
    as_of_us: int

    def __len__(self) -> int:
        return len(self.journey)

    @cached_property
    def starts(self) -> np.ndarray:
        """Row where each journey present in this log begins, plus the length at the end."""
        if not len(self):
            return np.array([0], dtype=np.int64)
        change = np.flatnonzero(np.diff(self.journey)) + 1
        return np.concatenate(([0], change, [len(self)])).astype(np.int64)

    @cached_property
    def journeys_present(self) -> np.ndarray:
        """Journey code of each run of rows, in order: `journeys_present[i]` owns rows `starts[i]:starts[i + 1]`."""
        return self.journey[self.starts[:-1]] if len(self) else np.array([], dtype=np.int32)

    def code(self, column: str, name: str) -> int:
        """The code of a name in a coded column, or −1 where the log never saw it."""
        names = self.names[column]
        return names.index(name) if name in names else -1

    def rows(self, first: int, last: int) -> EventLog:
        """The log's rows `first:last`, with the same codes."""
        arrays = {name: getattr(self, name)[first:last] for name in ARRAYS}
        return replace(self, **arrays)

    def blocks(self, n_rows: int) -> Iterator[EventLog]:
        """The log in pieces of about `n_rows` rows, each of whole journeys."""
        first = 0
        for boundary in self.starts[1:]:
            if boundary - first >= n_rows or boundary == len(self):
                yield self.rows(first, int(boundary))
                first = int(boundary)


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


def write_log(log: EventLog, path: Path) -> None:
    """Write the prepared log as one Parquet file, whole or not at all; names and data cut travel in its metadata."""
    about = json.dumps({"names": log.names, "as_of_us": log.as_of_us}, ensure_ascii=False)
    table = pa.table({name: getattr(log, name) for name in ARRAYS}).replace_schema_metadata({_ABOUT: about.encode()})
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(table, draft, compression="zstd")
    os.replace(draft, path)


def read_log(path: Path) -> EventLog:
    """Read a prepared log.

    Raises
    ------
    TableError
        The file is no prepared log.
    """
    table = pq.read_table(path)
    about = (table.schema.metadata or {}).get(_ABOUT)
    if about is None or list(table.column_names) != list(ARRAYS):
        raise TableError(f"{path.name} is no prepared event log. Collect the client's sources again.")
    told = json.loads(about)
    arrays = {name: table[name].to_numpy() for name in ARRAYS}
    names = {column: tuple(told["names"][column]) for column in CODED}
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
