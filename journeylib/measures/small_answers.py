"""Answers that part one known group: how many were lost and how many are still there, as map, tables and pictures may all show them."""

from __future__ import annotations

from collections.abc import Mapping


def shown_answers(numbers: Mapping[str, int], k: int) -> dict[str, int | None]:
    """Each answer, or None where it is withheld: one of 1 to k − 1, and where it alone is, the others, for their sum is known.

    >>> shown_answers({"lost": 3, "open": 4}, 5), shown_answers({"lost": 3, "open": 40}, 5), shown_answers({"lost": 0, "open": 40}, 5)
    ({'lost': None, 'open': None}, {'lost': None, 'open': None}, {'lost': 0, 'open': 40})
    """
    hidden = {name for name, n in numbers.items() if 0 < n < k}
    if len(hidden) == 1:
        hidden |= {name for name, n in numbers.items() if n > 0}
    return {name: None if name in hidden else n for name, n in numbers.items()}


def is_few(n: int, k: int) -> bool:
    """Whether an answer is withheld for its own size, and not only beside another."""
    return 0 < n < k
