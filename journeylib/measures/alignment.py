"""Two sequences of steps laid beside each other: what stands in both, what only in one, what changed places.

Costs: a step only in one of them 1, two neighbours in the other order 1, a step in place of another 2 (one left out, one put in).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Move(NamedTuple):
    """One move of an alignment: `match`, `insert` (only in the path), `delete` (only in the reference) or `swap` (two neighbours)."""

    kind: str
    in_path: int
    in_reference: int


def align(path: Sequence, reference: Sequence, *, swaps: bool = False) -> list[Move]:
    """The cheapest way from the reference to the path, in order; of equal ways matches are taken as early as possible.

    With `swaps` two neighbouring steps in the other order count as one move (optimal string alignment; Damerau 1964).

    >>> [move.kind for move in align("AXB", "AB")]
    ['match', 'insert', 'match']
    >>> [move.kind for move in align("BA", "AB", swaps=True)]
    ['swap']
    """
    cost = _costs(path, reference, swaps)
    moves, i, j = [], 0, 0
    while i < len(path) or j < len(reference):
        kind = _next_move(cost, path, reference, i, j, swaps)
        moves.append(Move(kind, i, j))
        i += {"match": 1, "insert": 1, "delete": 0, "swap": 2}[kind]
        j += {"match": 1, "insert": 0, "delete": 1, "swap": 2}[kind]
    return moves


def distance(path: Sequence, reference: Sequence, *, swaps: bool = False) -> int:
    """The cost of the cheapest alignment.

    >>> distance("ABCD", "ACBD", swaps=True), distance("ABCD", "ACBD")
    (1, 2)
    """
    return int(_costs(path, reference, swaps)[0, 0])


def _costs(path, reference, swaps):
    """Cost of what is left from each pair of places on."""
    n, m = len(path), len(reference)
    cost = np.zeros((n + 1, m + 1), dtype=np.int64)
    cost[:, m], cost[n, :] = np.arange(n, -1, -1), np.arange(m, -1, -1)
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            best = 1 + min(cost[i + 1, j], cost[i, j + 1])
            if path[i] == reference[j]:
                best = min(best, cost[i + 1, j + 1])
            if swaps and _is_swapped(path, reference, i, j):
                best = min(best, 1 + cost[i + 2, j + 2])
            cost[i, j] = best
    return cost


def _is_swapped(path, reference, i, j):
    if i + 1 >= len(path) or j + 1 >= len(reference) or path[i] == path[i + 1]:
        return False
    return path[i] == reference[j + 1] and path[i + 1] == reference[j]


def _next_move(cost, path, reference, i, j, swaps):
    here = cost[i, j]
    if i < len(path) and j < len(reference):
        if path[i] == reference[j] and cost[i + 1, j + 1] == here:
            return "match"
        if swaps and _is_swapped(path, reference, i, j) and cost[i + 2, j + 2] + 1 == here:
            return "swap"
    return "insert" if i < len(path) and cost[i + 1, j] + 1 == here else "delete"


def distances(path: Sequence[int], others: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The cost from one path to many, without swaps; `others` is (n, L), filled up beyond each one's length."""
    n, longest = others.shape
    row = np.broadcast_to(np.arange(longest + 1), (n, longest + 1)).copy()
    for i, step in enumerate(path, start=1):
        same = others == step
        new = np.empty_like(row)
        new[:, 0] = i
        for j in range(1, longest + 1):
            best = np.minimum(row[:, j], new[:, j - 1]) + 1
            new[:, j] = np.where(same[:, j - 1], np.minimum(best, row[:, j - 1]), best)
        row = new
    return row[np.arange(n), lengths]
