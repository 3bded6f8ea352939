"""Exact quantiles of many cells at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np


def quantiles_by(cell, values, shares: Sequence[float], n_cells: int) -> np.ndarray:
    """The quantiles of the values of each cell, straight between neighbours (Hyndman & Fan's type 7); missing where a cell has none.

    Parameters
    ----------
    cell : (n,) codes 0 … n_cells − 1. values : (n,) whole numbers ≥ 0.

    Returns
    -------
    (n_cells, shares), floats.

    >>> quantiles_by([0, 0, 0, 1], [1, 2, 4, 7], (0.5, 0.75), 3).tolist()
    [[2.0, 3.0], [7.0, 7.0], [nan, nan]]
    """
    cell, values = np.asarray(cell, dtype=np.int64), np.asarray(values, dtype=np.int64)
    values, n = _in_order(cell, values, n_cells), np.bincount(cell, minlength=n_cells)
    if not len(values):
        return np.full((n_cells, len(shares)), np.nan)
    first, found = np.cumsum(n) - n, np.empty((n_cells, len(shares)))
    for column, share in enumerate(shares):
        place = share * np.maximum(n - 1, 0)
        low = np.minimum(first + np.floor(place).astype(np.int64), len(values) - 1)
        high = np.minimum(first + np.ceil(place).astype(np.int64), len(values) - 1)
        found[:, column] = np.where(n > 0, values[low] + (values[high] - values[low]) * (place - np.floor(place)), np.nan)
    return found


def _in_order(cell, values, n_cells):
    """The values by cell, ascending: as one number each where that fits, which sorts fastest."""
    span = int(values.max(initial=0)) + 1
    if n_cells * span >= 2**63:
        return values[np.lexsort((values, cell))]
    return np.sort(cell * span + values) % span


def medians_over(blocks: Callable[[], Iterable[tuple[np.ndarray, np.ndarray]]], n_cells: int) -> np.ndarray:
    """The median of each cell over blocks that are looked at twice, so that never more than a block and a few values are held.

    First the values are counted roughly, to a sixty-fourth of their size; then those near each cell's middle are put in order.

    Parameters
    ----------
    blocks : gives (cell, value) of each block, cells 0 … n_cells − 1, values whole numbers ≥ 0; called twice.
    """
    n_rough = int(_rough(np.array([2**62])).item()) + 1
    place, n = _count_roughly(blocks, n_rough)
    total = np.bincount(place // n_rough, weights=n, minlength=n_cells).astype(np.int64)
    first = np.cumsum(total) - total
    before = np.cumsum(n) - n - first[place // n_rough]  # of the same cell
    middle = [(total - 1) // 2, total // 2]
    is_near = np.zeros(len(place), dtype=bool)
    for at in middle:
        is_near |= (before <= at[place // n_rough]) & (at[place // n_rough] < before + n)
    near = _values_near(blocks, place[is_near], n_rough, n_cells)
    found = np.full((n_cells, 2), np.nan)
    for column, at in enumerate(middle):
        here = is_near & (before <= at[place // n_rough]) & (at[place // n_rough] < before + n)
        for key, offset in zip(place[here].tolist(), (at[place // n_rough] - before)[here].tolist(), strict=True):
            found[key // n_rough, column] = near[key][offset]
    return found.mean(axis=1)


def _count_roughly(blocks, n_rough):
    """Every cell with a rough value that is met, as one number, ascending, and how often each is met."""
    place, n = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    for cell, values in blocks():
        places, times = np.unique(np.asarray(cell, dtype=np.int64) * n_rough + _rough(values), return_counts=True)
        at = np.searchsorted(place, places)
        is_new = np.append(place, -1)[at] != places
        n[at[~is_new]] += times[~is_new]
        place, n = np.insert(place, at[is_new], places[is_new]), np.insert(n, at[is_new], times[is_new])
    return place, n


def _rough(values) -> np.ndarray:
    """A number that rises with the value, and is the same for values alike to a sixty-fourth: exponent and six digits of the fraction."""
    return (np.asarray(values, dtype=np.float64) + 1).view(np.int64) // 2**46 - (1023 << 6)


def _values_near(blocks, wanted, n_rough, n_cells) -> dict[int, np.ndarray]:
    """The values at the wanted places, of which each cell has one or two that follow one another."""
    least, most = np.zeros(n_cells, dtype=np.int64), np.full(n_cells, -1)
    least[wanted[::-1] // n_rough], most[wanted // n_rough] = wanted[::-1], wanted
    parts = [(key[kept], np.asarray(values)[kept]) for cell, values in blocks() for key in [np.asarray(cell, dtype=np.int64) * n_rough + _rough(values)]
             for kept in [np.flatnonzero((key >= least[cell]) & (key <= most[cell]))]]  # fmt: skip
    key, values = (np.concatenate(column) for column in zip(*parts, strict=True)) if parts else (np.zeros(0, dtype=np.int64),) * 2
    order = np.lexsort((values, key))
    key, values = key[order], values[order]
    ends = np.searchsorted(key, wanted, side="right")
    return {place: values[first:last] for place, first, last in zip(wanted.tolist(), np.searchsorted(key, wanted), ends, strict=True)}
