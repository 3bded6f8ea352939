"""Sums over rows that share a key: one pass in the order of the keys, nothing sorted that lies in order already."""

from __future__ import annotations

import numpy as np


def sum_by(of, item, size: int, columns: dict[str, np.ndarray], least: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """The columns summed by whom and which of `size` items, ascending.

    Parameters
    ----------
    of, item : (n,) whole numbers ≥ 0, `item` below `size` or one for all. least : (n,) of which the smallest is kept.

    Returns
    -------
    `of`, `item` and both as one number `key` (of · size + item), each combination once; the sums by name; `least` where it was given.

    >>> {name: values.tolist() for name, values in sum_by(np.array([1, 0, 1]), np.array([2, 0, 2]), 3, {"n": np.array([1, 5, 2])}).items()}
    {'key': [0, 5], 'of': [0, 1], 'item': [0, 2], 'n': [5, 3]}
    """
    key = of * size + item
    is_sorted = bool((key[1:] >= key[:-1]).all())
    order = slice(None) if is_sorted else np.argsort(key, kind="stable")
    key = key[order]
    begins = runs(key)
    is_alone = len(begins) == len(key)  # each key once, or no key: nothing to sum
    sums = {name: values[order].astype(np.int64) if is_alone else np.add.reduceat(values[order].astype(np.int64), begins) for name, values in columns.items()}
    sums |= {} if least is None else {"least": least[order] if is_alone else np.minimum.reduceat(least[order], begins)}
    of, item = np.divmod(key[begins], max(size, 1))
    return {"key": key[begins], "of": of, "item": item} | sums


def runs(values: np.ndarray) -> np.ndarray:
    """Where each run of equal values begins.

    >>> runs(np.array([4, 4, 7, 4])).tolist()
    [0, 2, 3]
    """
    return np.flatnonzero(np.append(True, values[1:] != values[:-1])) if len(values) else np.zeros(0, dtype=np.int64)
