"""The fixed inputs that other libraries and ours are asked about. Plain Python, so that both environments see the same numbers.

Drawn by `random.Random(seed).random()` alone, whose stream Python keeps between versions; `digest` stands in every answer.
"""

from __future__ import annotations

import hashlib
import json
from math import log
from random import Random

#: F1 (practice F): twelve leads, 1 = won, 2 = lost, 0 = open.
F1 = {"days": [3, 5, 8, 8, 12, 15, 20, 22, 30, 30, 41, 50], "ends": [1, 2, 1, 0, 1, 2, 0, 1, 2, 0, 1, 0]}
#: F2: path of channels → with a purchase, without.
F2 = {"A>B": (10, 0), "A": (0, 20), "B": (5, 10), "A>B>C": (15, 5), "C": (2, 30), "B>C": (8, 12), "A>C": (3, 15)}
#: F3: six customers, a letter a step.
F3 = ["ABCD", "ABD", "AB", "BACD", "A", "AD"]
HORIZONS = (30, 90, 180)
STEPS = ("ad", "page", "cart", "order")
N_POSITIONS = 8


def leads(n: int, seed: int, *, whole_days: bool) -> dict[str, list]:
    """n leads over a year: three in ten are won after 60 days on average, others are lost after 100, all are cut at the data cut."""
    chance, days, ends = Random(seed), [], []
    for _ in range(n):
        followed = 365 * chance.random()
        won = -30 * (log(1 - chance.random()) + log(1 - chance.random())) if chance.random() < 0.3 else 1e9
        lost = -100 * log(1 - chance.random())
        day = min(followed, won, lost)
        days.append(int(day) + 1 if whole_days else round(day, 6))
        ends.append(0 if day == followed else 1 if day == won else 2)
    return {"days": days, "ends": ends}


def walks(n: int, seed: int) -> list[tuple[str, float, str]]:
    """(journey, day, touchpoint) of n journeys among six touchpoints, with loops, each event at a moment of its own in its journey."""
    chance, rows = Random(seed), []
    names = (*STEPS, "mail", "call")
    for i in range(n):
        day = round(100 * chance.random(), 4)
        for _ in range(1 + int(12 * chance.random())):
            rows.append((f"j{i:04d}", day, names[int(len(names) * chance.random() ** 1.5)]))
            day = round(day + 0.001 + 20 * chance.random() ** 3, 4)
    return rows


def letters() -> list[tuple[str, float, str]]:
    """F3 as events, a day a letter."""
    return [(f"j{i:04d}", float(day), letter) for i, path in enumerate(F3) for day, letter in enumerate(path)]


def channel_paths(n: int, seed: int) -> dict[str, tuple[int, int]]:
    """Paths through five channels, with how often each ended in a purchase and how often not."""
    chance, drawn = Random(seed), {}
    for _ in range(n):
        path = ">".join("ABCDE"[int(5 * chance.random() ** 1.3)] for _ in range(1 + int(5 * chance.random())))
        won, none = drawn.get(path, (0, 0))
        bought = chance.random() < 0.15 + 0.2 * ("B" in path)
        drawn[path] = (won + bought, none + (not bought))
    return dict(sorted(drawn.items()))


LEADS = {"f1": F1, "whole_days": leads(400, 11, whole_days=True), "no_ties": leads(400, 12, whole_days=False)}
WALKS = {"f3": letters(), "walks": walks(300, 13)}
PATHS = {"f2": F2, "drawn": channel_paths(600, 14)}


def digest() -> str:
    """What was asked, in twelve signs: an answer to another question is no answer."""
    return hashlib.sha256(json.dumps([LEADS, WALKS, PATHS], sort_keys=True).encode()).hexdigest()[:12]
