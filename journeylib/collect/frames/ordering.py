"""Rows put in order by codes rather than words: the alphabet of distinct cells, a stable order by group and moment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix

from journeylib.collect.frames.distinct import look_up
from journeylib.event_log import narrow


def alphabet_of(cells: pd.Index) -> np.ndarray:
    """For each distinct cell its place in the alphabet, and −1 at the end for a missing one."""
    order = pc.sort_indices(pa.array(cells, pa.large_string(), from_pandas=True)).to_numpy()
    place = np.full(len(cells) + 1, -1, dtype="int32")
    place[order] = np.arange(len(cells), dtype="int32")
    return narrow(place)


def order_by(group: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The order of rows by group (codes ≥ 0) and moment; equal ones stay as they stand. As `np.lexsort((at, group))`, by counting."""
    in_time = None if (at[1:] >= at[:-1]).all() else np.argsort(at, kind="stable").astype("int32")
    place = order_by_group(group if in_time is None else look_up(group, in_time))
    return place if in_time is None else look_up(in_time, place)


def order_by_group(group: np.ndarray) -> np.ndarray:
    """The order of rows by group (codes ≥ 0); equal ones stay as they stand."""
    n = len(group)
    if not n:
        return np.array([], dtype="int32")
    if (group[1:] >= group[:-1]).all():
        return np.arange(n, dtype="int32")
    counted = coo_matrix((np.ones(n, dtype="bool"), (group, np.arange(n, dtype="int32"))), shape=(int(group.max()) + 1, n))
    return counted.tocsr().indices


def fill_within(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Codes with each gap (−1) filled by the next code of its group, else by the last before it; −1 where the group has none.

    Parameters
    ----------
    values : codes, rows of a group together. starts : first row of each group.
    """
    n = len(values)
    rows = np.arange(n)
    end = np.append(starts[1:], n)[np.repeat(np.arange(len(starts)), np.diff(np.append(starts, n)))] if n else rows
    following = np.minimum.accumulate(np.where(values >= 0, rows, n)[::-1])[::-1]
    before = np.maximum.accumulate(np.where(values >= 0, rows, -1))
    first = np.repeat(starts, np.diff(np.append(starts, n)))
    return np.where(following < end, values[np.minimum(following, n - 1)], np.where(before >= first, values[np.maximum(before, 0)], -1))
