"""The worlds of the demo clients: what is true there, as data under `worlds/`, and one stream of chance for each file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from ruamel.yaml import YAML

from journeylib.simulate.walk import Calendar, Walk

_FOLDER = Path(__file__).parent / "worlds"


@dataclass(frozen=True)
class Made:
    """What drawing one export gave: its files, what they hold, what is wrong with them and what must stay hidden."""

    files: dict[str, bytes]
    sizes: dict[str, int] = field(default_factory=dict)
    flaws: dict[str, int] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    feelings: dict[str, float] = field(default_factory=dict)


def gathered(parts: Iterable[Made]) -> Made:
    """Several exports as one."""
    whole = Made({})
    for part in parts:
        whole = Made(whole.files | part.files, whole.sizes | part.sizes, whole.flaws | part.flaws,
                     (*whole.personal, *part.personal), whole.feelings | part.feelings)  # fmt: skip
    return whole


@cache
def load_world(name: str) -> dict[str, Any]:
    """The world of one simulated client. Shared: look, never change."""
    return YAML(typ="safe", pure=True).load((_FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


def stream(name: str, seed: int, purpose: str) -> Random:
    """Chance for one purpose: drawing more of one file leaves the other files as they were."""
    return Random(f"{name}/{seed}/{purpose}")


def calendar(world: dict[str, Any], season: tuple[int, ...], hours: tuple[int, int], *, weekdays_only: bool) -> Calendar:
    """The days of a world."""
    days = [dt.date.fromisoformat(str(world[name])) for name in ("start", "last_arrival", "cut")]
    return Calendar(*days, season, hours, weekdays_only)


def planted_rates(world: dict[str, Any]) -> dict[str, float]:
    """Step → share that goes on, for all steps but the last."""
    return {step["id"]: step["goes_on"] for step in world["steps"][:-1]}


def reached(world: dict[str, Any], walks: Iterable[Walk]) -> dict[str, int]:
    """Step → walks that had come at least there by the cut."""
    order = [step["id"] for step in world["steps"]]
    furthest = [max(order.index(visit.step) for visit in walk.visits) for walk in walks if walk.visits]
    return {step: sum(place >= number for place in furthest) for number, step in enumerate(order)}

