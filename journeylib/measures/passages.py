"""From events to one row a journey: which stages it passed, and when. The tally that every measure of stages rests on.

Events of the same moment are taken in the order of the stages, so the order of rows in a file decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from journeylib.errors import TableError
from journeylib.event_log import EventLog

#: The moment of what never happened; later than all that did.
NEVER = np.iinfo(np.int64).max
#: Rows of the log looked at in one go: bounds the memory, changes no result.
BLOCK_ROWS = 1 << 19


@dataclass(frozen=True)
class Passages:
    """When each journey that reached the scope passed each of k stages: µs since 1970, `NEVER` where it did not.

    Attributes
    ----------
    journey : (n,) codes, ascending.
    touched : (n, k) first event of the stage.
    in_order : (n, k) first event of the stage after all earlier stages were passed in order.
    next_touched : (n, k) first event of the next stage at or after `touched`; `NEVER` for the last stage.
    at_least : (n, k) first event of the stage or any later one, also one beyond the scope: a scope moves no number (M002).

    What was not asked of `find_passages` is None.
    """

    journey: np.ndarray
    touched: np.ndarray | None = None
    in_order: np.ndarray | None = None
    next_touched: np.ndarray | None = None
    at_least: np.ndarray | None = None


#: The moments `find_passages` can tell.
ALL_PASSAGES = ("touched", "in_order", "next_touched", "at_least")


def stage_of_events(log: EventLog, model) -> np.ndarray:
    """Position among the stages in scope of every event; −1 = none."""
    return np.append(model.stage_of_atom, -1).astype(np.int8)[log.atom]


def find_passages(log: EventLog, model, *, of: Iterable[str] = ALL_PASSAGES, n_rows: int = BLOCK_ROWS) -> Passages:
    """When each journey passed each stage, over blocks of whole journeys.

    Parameters
    ----------
    of : which of `ALL_PASSAGES` are wanted; the others cost time and memory and are left out.
    """
    most, k, n = len(log.starts) - 1, len(model.in_scope), 0
    journey, found = np.empty(most, dtype=np.int32), {name: np.empty((most, k), dtype=np.int64) for name in of}
    for block in _blocks(log, n_rows):
        codes, times = pass_stages(block, model, found)
        rows = slice(n, n := n + len(codes))
        journey[rows] = codes
        for name, values in times.items():
            found[name][rows] = values
    return Passages(journey[:n], **{name: values[:n] for name, values in found.items()})


def over_blocks(log: EventLog, tally: Callable[[EventLog], pd.DataFrame], n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """A tally of every block of whole journeys, one under the other."""
    return pd.concat([tally(block) for block in _blocks(log, n_rows)], ignore_index=True)


def blocks_of_units(log: EventLog, journeys: pd.DataFrame, *columns: str, n_rows: int = BLOCK_ROWS) -> Iterator[tuple[EventLog, pd.DataFrame]]:
    """The log in blocks of whole units, each with the rows of its journeys in their order: what is told of a unit in one adds up over all.

    A prepared log lies by unit. One that does not is a single block.

    Parameters
    ----------
    columns : of the journeys table; none = all.
    """
    unit = journeys_of(journeys, log.journeys_present, "unit")["unit"].to_numpy(dtype=np.int64)
    ends = log.starts[1:][np.append(unit[1:] != unit[:-1], True)] if len(unit) and (np.diff(unit) >= 0).all() else log.starts[-1:]
    first = 0
    while first < len(log):
        last = int(ends[np.searchsorted(ends, min(first + n_rows, len(log)))])
        block = log.rows(first, last)
        yield block, journeys_of(journeys, block.journeys_present, *columns)
        first = last


def add_up(parts: Iterable[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    """The small tables of all blocks as one, ascending by the keys: rows with the same keys are added."""
    return pd.concat(list(parts), ignore_index=True).groupby(keys, sort=True, as_index=False).sum()


def count_presences(log: EventLog, model, *columns: str, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How many events each journey has in each stage, by any coded columns of the log.

    Returns
    -------
    Columns `journey`, `stage` (position), one code a column, `n_events`; events outside the scope are not in it.
    """
    return over_blocks(log, lambda block: _count_block(block, model, columns), n_rows)


def journeys_of(journeys: pd.DataFrame, codes: np.ndarray, *columns: str) -> pd.DataFrame:
    """The rows of the journeys table for these journey codes, in their order.

    Parameters
    ----------
    columns : those wanted; none = all.

    Raises
    ------
    TableError
        The log knows a journey that the table does not.
    """
    known, codes = journeys["journey"], np.asarray(codes)
    is_counted = int(codes.max(initial=-1)) < len(known) and bool((known.iloc[codes].to_numpy(dtype=np.int64) == codes).all())
    place = codes if is_counted else pd.Index(known.to_numpy(dtype=np.int64)).get_indexer(codes)
    missing = place < 0
    if missing.any():
        raise TableError(f"journeys: {int(missing.sum())} journeys of the event log have no row; build both in one run.")
    table = journeys[list(columns)] if columns else journeys
    return table.iloc[place].reset_index(drop=True)


def first_moments(log: EventLog, wanted: np.ndarray) -> np.ndarray:
    """Of each journey present the moment of its first event that is wanted, `NEVER` where none is."""
    rows, found = np.flatnonzero(wanted)[::-1], np.full(len(log.starts) - 1, NEVER)
    found[log.place[rows]] = log.at_us[rows]  # from the last to the first, which stays
    return found


def moments(values: pd.Series) -> np.ndarray:
    """Moments as µs since 1970, `NEVER` where missing."""
    at = pd.to_datetime(values, utc=True).to_numpy(dtype="datetime64[us]")
    return np.where(np.isnat(at), NEVER, at.astype("int64"))


def _blocks(log, n_rows):
    """One block at a time: each keeps what was read for it, and is let go before the next is asked for. An empty log is its own only block."""
    yield from log.blocks(n_rows) if len(log) else [log]


def pass_stages(log: EventLog, model, of: Iterable[str] = ALL_PASSAGES) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The passages of one block of whole journeys: the journeys' codes, and (n, k) moments by name.

    A journey's events lie in the order of time, so its first event of a kind is the first row of that kind: each stage costs a look
    at its own events.
    """
    reach = np.append(model.reach_of_atom, -1).astype(np.int8)[log.atom]
    rows = np.flatnonzero(reach >= 0)
    reach, at, journey = reach[rows], log.at_us[rows], log.journey[rows]
    is_new = np.append(True, journey[1:] != journey[:-1])[: len(rows)]
    place, k = np.cumsum(is_new, dtype=np.int32) - 1, len(model.in_scope)
    n = int(place[-1]) + 1 if len(rows) else 0
    found = {name: np.full((n, k), NEVER) for name in of}
    if set(of) - {"at_least"}:
        _set_stages(found, stage_of_events(log, model)[rows], place, at)
    if "at_least" in of:
        _set_at_least(found["at_least"], reach, is_new, place, at)
    return journey[is_new], found


def _set_stages(found, stage, place, at):
    """The moments that look at the events of one stage at a time: `touched`, `next_touched` and `in_order`, those of them wanted."""
    wanted = next(iter(found.values()))
    touched, k = found.get("touched"), wanted.shape[1]
    touched = np.full(wanted.shape, NEVER) if touched is None and "next_touched" in found else touched
    passed = np.full(len(wanted), np.iinfo(np.int64).min)
    for i in range(k):
        here = np.flatnonzero(stage == i)
        if touched is not None:
            _set_first(touched[:, i], here, place, at)
        if "next_touched" in found and i:
            _set_first(found["next_touched"][:, i - 1], here[at[here] >= touched[place[here], i - 1]], place, at)
        if "in_order" in found:
            _set_first(found["in_order"][:, i], here[at[here] >= passed[place[here]]], place, at)
            passed = found["in_order"][:, i]


def _set_at_least(column, reach, is_new, place, at):
    """The first event of each stage or any later one: it is among a journey's events that reach further than the one before them."""
    rows = np.flatnonzero(is_new | np.append(True, reach[1:] > reach[:-1])[: len(reach)])
    reach, at, place = reach[rows], at[rows], place[rows]
    for i in range(column.shape[1]):
        _set_first(column[:, i], np.flatnonzero(reach == i), place, at)
    for i in range(column.shape[1] - 2, -1, -1):
        np.minimum(column[:, i], column[:, i + 1], out=column[:, i])


def _set_first(column, rows, place, at):
    """The moment of each journey's first row of these into its place of the column."""
    of = place[rows]
    first = np.flatnonzero(np.append(True, of[1:] != of[:-1])[: len(of)])
    column[of[first]] = at[rows[first]]


def _count_block(log, model, columns):
    stage = stage_of_events(log, model)
    inside = stage >= 0
    arrays = {"journey": log.journey[inside], "stage": stage[inside]} | {name: getattr(log, name)[inside] for name in columns}
    return count_rows(arrays)


def count_rows(arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """The distinct combinations of integer columns (≥ −1), in ascending order, and `n_events` of each."""
    sizes = [int(values.max(initial=-1)) + 2 for values in arrays.values()]
    key = np.zeros(len(next(iter(arrays.values()))), dtype=np.int64)
    for values, size in zip(arrays.values(), sizes, strict=True):
        key = key * size + (values + 1)
    key, n = _count_keys(key, math.prod(sizes))
    columns = {}
    for name, size in zip(reversed(arrays), reversed(sizes), strict=True):
        key, columns[name] = key // size, key % size - 1
    return pd.DataFrame({name: columns[name] for name in arrays} | {"n_events": n})


def distinct(values: np.ndarray) -> np.ndarray:
    """The distinct values, ascending."""
    values = np.sort(values)
    return values[np.append(True, values[1:] != values[:-1])[: len(values)]]


def place_among(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Where each value (≥ 0) stands among those known, ascending; every value is one of them. Small ones need no searching."""
    n_possible = int(known[-1]) + 1 if len(known) else 0
    if n_possible > max(4 * len(values), 1 << 12):
        return np.searchsorted(known, values)
    place = np.zeros(n_possible, dtype=np.int64)
    place[known] = np.arange(len(known))
    return place[values]


def _count_keys(key, n_possible):
    """The distinct keys, ascending, and how often each is there; few possible ones need no sorting."""
    if n_possible > max(4 * len(key), 1 << 12):
        return np.unique(key, return_counts=True)
    n = np.bincount(key, minlength=n_possible)
    seen = np.flatnonzero(n)
    return seen, n[seen]
