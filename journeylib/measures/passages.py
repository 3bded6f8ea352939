"""From events to one row a journey: which stages it passed, and when. The tally that every measure of stages rests on.

Events of the same moment are taken in the order of the stages, so the order of rows in a file decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from journeylib.errors import TableError
from journeylib.event_log import EventLog

#: The moment of what never happened; later than all that did.
NEVER = np.iinfo(np.int64).max
#: Rows of the log looked at in one go: bounds the memory, changes no result.
BLOCK_ROWS = 2_000_000


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
    """

    journey: np.ndarray
    touched: np.ndarray
    in_order: np.ndarray
    next_touched: np.ndarray
    at_least: np.ndarray


def stage_of_events(log: EventLog, model) -> np.ndarray:
    """Position among the stages in scope of every event; −1 = none."""
    return np.append(model.stage_of_atom, -1).astype(np.int8)[log.atom]


def find_passages(log: EventLog, model, *, n_rows: int = BLOCK_ROWS) -> Passages:
    """When each journey passed each stage, over blocks of whole journeys."""
    parts = [_tally(block, model) for block in _blocks(log, n_rows)]
    return Passages(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def over_blocks(log: EventLog, tally: Callable[[EventLog], pd.DataFrame], n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """A tally of every block of whole journeys, one under the other."""
    return pd.concat([tally(block) for block in _blocks(log, n_rows)], ignore_index=True)


def count_presences(log: EventLog, model, *columns: str, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How many events each journey has in each stage, by any coded columns of the log.

    Returns
    -------
    Columns `journey`, `stage` (position), one code a column, `n_events`; events outside the scope are not in it.
    """
    return over_blocks(log, lambda block: _count_block(block, model, columns), n_rows)


def journeys_of(journeys: pd.DataFrame, codes: np.ndarray) -> pd.DataFrame:
    """The rows of the journeys table for these journey codes, in their order.

    Raises
    ------
    TableError
        The log knows a journey that the table does not.
    """
    table = journeys.set_index("journey", drop=False)
    missing = ~np.isin(codes, table.index.to_numpy())
    if missing.any():
        raise TableError(f"journeys: {int(missing.sum())} journeys of the event log have no row; build both in one run.")
    return table.loc[codes].reset_index(drop=True)


def moments(values: pd.Series) -> np.ndarray:
    """Moments as µs since 1970, `NEVER` where missing."""
    at = pd.to_datetime(values, utc=True).to_numpy(dtype="datetime64[us]")
    return np.where(np.isnat(at), NEVER, at.astype("int64"))


def _blocks(log, n_rows):
    return list(log.blocks(n_rows)) or [log]


def _tally(log, model):
    reach = np.append(model.reach_of_atom, -1).astype(np.int8)[log.atom]
    inside = reach >= 0
    stage, reach, at, journey = stage_of_events(log, model)[inside], reach[inside], log.at_us[inside], log.journey[inside]
    starts = np.flatnonzero(np.r_[True, journey[1:] != journey[:-1]]) if len(journey) else np.array([], dtype=np.int64)
    lengths = np.diff(np.append(starts, len(journey)))
    k = len(model.in_scope)
    touched, in_order, next_touched, at_least = (np.full((len(starts), k), NEVER) for _ in range(4))
    if len(starts):
        passed = np.full(len(starts), np.iinfo(np.int64).min)
        for i in range(k):
            here = stage == i
            touched[:, i] = _first(at, here, starts)
            at_least[:, i] = _first(at, reach >= i, starts)
            if i:
                next_touched[:, i - 1] = _first(at, here & (at >= np.repeat(touched[:, i - 1], lengths)), starts)
            passed = _first(at, here & (at >= np.repeat(passed, lengths)), starts)
            in_order[:, i] = passed
    return journey[starts], touched, in_order, next_touched, at_least


def _first(at, wanted, starts):
    return np.minimum.reduceat(np.where(wanted, at, NEVER), starts)


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
    key, n = np.unique(key, return_counts=True)
    columns = {}
    for name, size in zip(reversed(arrays), reversed(sizes), strict=True):
        key, columns[name] = key // size, key % size - 1
    return pd.DataFrame({name: columns[name] for name in arrays} | {"n_events": n})
