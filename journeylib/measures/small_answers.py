"""Answers that part one known group: how many were lost and how many are still there, told alike by map, pictures, tables and files."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from journeylib.measures.subtraction import is_small

#: Table → the two answers that part those of its row who did not go on; how many these are is known.
ANSWERS = {"funnel": ("n_lost", "n_open"), "standing": ("n_lost", "n_in"),
           "stage_times": ("n_lost", "n_open"), "purchase_flow": ("n_lost", "n_open")}  # fmt: skip


def shown_answers(numbers: Mapping[str, int], k: int) -> dict[str, int | None]:
    """Each answer, or None where it is withheld: all of them where one is of 1 to k − 1, for their sum is known.

    >>> shown_answers({"lost": 3, "open": 40}, 5), shown_answers({"lost": 0, "open": 4}, 5), shown_answers({"lost": 0, "open": 40}, 5)
    ({'lost': None, 'open': None}, {'lost': None, 'open': None}, {'lost': 0, 'open': 40})
    """
    return dict.fromkeys(numbers) if any(0 < n < k for n in numbers.values()) else dict(numbers)


def few_answers(numbers: Mapping[str, int], k: int) -> list[str]:
    """The withheld answers that may be said to be *fewer than k*: all of them where their sum is, else those of 1 to k − 1.

    >>> few_answers({"lost": 3, "open": 40}, 5), few_answers({"lost": 0, "open": 4}, 5), few_answers({"lost": 0, "open": 40}, 5)
    (['lost'], ['lost', 'open'], [])
    """
    return [name for name, n in numbers.items() if 0 < n < k or 0 < sum(numbers.values()) < k]


def shown_ends(states: Mapping[str, int], k: int) -> dict[str, int]:
    """How many journeys are won, lost, open and dormant; nothing where fewer than k are decided, for they are the group a win rate is of.

    Without a loss nobody is asked who won of the decided: then those who bought are an answer of all.

    >>> shown_ends({"won": 2, "lost": 2, "open": 40}, 5), shown_ends({"won": 9, "lost": 2, "open": 40}, 5)
    ({}, {'won': 9, 'lost': 2, 'open': 40})
    """
    return {} if states["lost"] and states["won"] + states["lost"] < k else dict(states)


def withhold_few_answers(shown: dict[str, pd.DataFrame], k: int) -> None:
    """Take few lost and few still there out of every table that tells them; `few` says which are fewer than k. Changed in place."""
    for table, names in ANSWERS.items():
        if table in shown:
            shown[table] = _without_few(shown[table], list(names), k)
    if "standing" in shown:
        rows = shown["standing"]
        shown["standing"] = rows.assign(n_stuck=rows["n_stuck"].mask(is_small(rows["n_stuck"], k) | rows["n_in"].isna()))


def _without_few(rows, names, k):
    told = rows[names].notna().all(axis=1)
    few = [few_answers(numbers, k) if known else [] for numbers, known in zip(rows[names].to_dict("records"), told, strict=True)]
    gone = pd.Series([bool(each) for each in few], index=rows.index, dtype=bool)
    words = pd.Series([" ".join(each) or None for each in few], index=rows.index, dtype="string")
    return rows.assign(**{name: rows[name].mask(gone) for name in names}, few=words)
