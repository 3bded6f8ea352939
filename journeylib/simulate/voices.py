"""What invented customers say: scores drawn from a latent feeling, and a feeling decides who answers at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from random import Random
from zoneinfo import ZoneInfo


def score(rng: Random, latent: float, *, lowest=1, highest=5, spread=0.85) -> int:
    """An answer on a scale from a latent feeling on −2 … +2."""
    middle, half = (lowest + highest) / 2, (highest - lowest) / 2
    return max(lowest, min(highest, round(middle + half * (latent + rng.gauss(0, spread)) / 2)))


def answers(rng: Random, feeling: float, share: float) -> bool:
    """Whether someone who feels `feeling` answers a survey that `share` of the indifferent answer.

    Strong feelings answer more often than none, and the displeased less often than the pleased: averages of answers are
    therefore a little too kind, as they are in life.
    """
    return rng.random() < share * (1 + 0.15 * abs(feeling) + 0.1 * feeling)


def pick(rng: Random, weighted: Iterable):
    """One of several things, each a pair (…, weight) or a record with `weight`."""
    things = list(weighted)
    return rng.choices(things, [thing["weight"] if isinstance(thing, dict) else thing[-1] for thing in things])[0]


def local(at: int, zone: ZoneInfo, pattern: str) -> str:
    """A moment as text in local time."""
    return dt.datetime.fromtimestamp(at, zone).strftime(pattern)


def hardest_answers(rng: Random, world: dict, stage: str, person, personal: list[str], plea: str) -> list[str]:
    """For each stage that is asked about, a choice and perhaps a comment; only the stage the customer is at is answered.

    A few comments end with a plea that gives name, phone and e-mail away; `personal` collects them.
    """
    cells = []
    for asked in world["hardest"]:
        chosen = pick(rng, world["hardest_answers"][asked]) if asked == stage and rng.random() < 0.7 else None
        comment = chosen["text"] if chosen and rng.random() < 0.6 else ""
        if comment and len(personal) < 9 and rng.random() < 0.2:
            personal += [person.name, person.phone, person.email]
            comment += plea.format(name=person.name, phone=person.phone, email=person.email)
        cells += [chosen["code"].capitalize() if chosen else "", comment]
    return cells


def utc(at: int, pattern="%Y-%m-%d %H:%M:%S") -> str:
    """A moment as text in UTC."""
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime(pattern)


def mean_feelings(scores: dict[str, list[int]], lowest=1, highest=5) -> dict[str, float]:
    """Stage → mean answer on −2 … +2."""
    return {stage: round(4 * (sum(given) / len(given) - lowest) / (highest - lowest) - 2, 4) for stage, given in scores.items() if given}
