"""How an invented customer travels: a semi-Markov walk over atoms, with waits, loops, skips, losses and open ends.

A walk passes *steps*, each a group of atoms. In a step the traveller makes one or more visits to its atoms, now and
then turns back to an earlier step, and then goes on with the step's planted share, or is lost in so many words, or
simply is not heard of again. Whether anyone goes on is drawn first, so that the planted shares hold exactly in the long run.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

DAY = 86_400
#: Weight of arrivals per month, January first: Nordic July is quiet.
OFFICE_SEASON = (9, 10, 11, 9, 9, 8, 3, 8, 11, 11, 10, 6)
SHOP_SEASON = (12, 9, 9, 7, 7, 7, 6, 7, 8, 9, 13, 10)


@dataclass(frozen=True)
class Visit:
    """One visit to one atom; `first` is the visit that enters the step."""

    step: str
    atom: str
    at: int
    first: bool = False


@dataclass(frozen=True)
class Walk:
    """One traveller's visits in order; `lost_at` where the loss was said, `end` the step the walk ended in."""

    visits: tuple[Visit, ...]
    end: str
    lost_at: int | None = None

    def entered(self, step: str) -> int | None:
        """When the traveller entered a step, in seconds; None where the walk never came there before the cut."""
        return next((visit.at for visit in self.visits if visit.step == step and visit.first), None)


@dataclass(frozen=True)
class Calendar:
    """The days events can fall on, in local office or shop hours, and the data cut nobody passes."""

    start: dt.date
    last_arrival: dt.date
    cut: dt.date
    season: tuple[int, ...]
    hours: tuple[int, int]
    weekdays_only: bool

    def arrival(self, rng: Random) -> float:
        """A day of arrival, counted from the start, by season."""
        days, weights = _arrival_weights(self)
        return days[bisect(weights, rng.random() * weights[-1])] + rng.random()

    def moment(self, rng: Random, day: float) -> int:
        """A second within opening hours of that day, or of the next working day."""
        whole = int(day)
        weekday = (self.start.weekday() + whole) % 7
        if self.weekdays_only and weekday > 4:
            whole += 7 - weekday
        first, last = self.hours
        return self.epoch + whole * DAY + int((first + rng.random() * (last - first)) * 3600)

    @property
    def epoch(self) -> int:
        return _seconds(self.start)

    @property
    def end(self) -> int:
        """Nothing happens from this second on: the exports were taken as the day of the cut began."""
        return _seconds(self.cut)

    @property
    def cut_at(self) -> int:
        """The end of the day of the data cut, in Central European winter time: what is judged is judged then."""
        return self.end + DAY - 3600

    def day_of(self, at: int) -> float:
        return (at - self.epoch) / DAY


def _seconds(day: dt.date) -> int:
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())


_WEIGHTS: dict[tuple, tuple] = {}


def _arrival_weights(calendar):
    key = (calendar.start, calendar.last_arrival, calendar.season)
    if key not in _WEIGHTS:
        days = range((calendar.last_arrival - calendar.start).days)
        months = [(calendar.start + dt.timedelta(days=day)).month for day in days]
        _WEIGHTS[key] = (days, tuple(accumulate(calendar.season[month - 1] for month in months)))
    return _WEIGHTS[key]


def wait(rng: Random, mean_days: float) -> float:
    """A waiting time, gamma with shape two: short waits are rarer than with an exponential, and the mean is `mean_days`."""
    return rng.gammavariate(2.0, mean_days / 2)


def walk(rng: Random, steps: list[dict[str, Any]], calendar: Calendar, odds: dict[str, float] | None = None) -> Walk:
    """Walk one traveller from arrival to the last step, a loss, silence or the data cut.

    Parameters
    ----------
    steps : in order; each has `id`, `atoms` {atom: weight}, `visits` (weights of one, two, … visits), `between_days`,
        `wait_days` before going on, `goes_on` (share), and optionally `lost` (share of the others who say so),
        `back` (share of visits that turn back to the step before) and `skip` (share that passes without a visit).
    odds : step → factor on its `goes_on`, for personas that differ.
    """
    visits: list[Visit] = []
    day, previous = calendar.arrival(rng), None
    for number, step in enumerate(steps):
        day = _visit_step(rng, step, previous, calendar, visits, day)
        if not visits or visits[-1].at >= calendar.end:
            break
        share = step["goes_on"] * (odds or {}).get(step["id"], 1.0)
        if number + 1 == len(steps) or rng.random() >= share:
            return _finished(rng, step, calendar, visits, day)
        day += max(1.0, wait(rng, step["wait_days"]))
        previous = step
    return Walk(_before(visits, calendar), visits[-1].step)


def _visit_step(rng, step, previous, calendar, visits, day):
    if visits and rng.random() < step.get("skip", 0.0):
        return day
    n = rng.choices(range(1, len(step["visits"]) + 1), step["visits"])[0]
    for number in range(n):
        turned = number and previous is not None and rng.random() < step.get("back", 0.0)
        atoms = (previous if turned else step)["atoms"]
        atom = rng.choices(list(atoms), list(atoms.values()))[0]
        at = calendar.moment(rng, day)
        if visits and at <= visits[-1].at:
            at = visits[-1].at + rng.randint(1800, 7200)
        visits.append(Visit(step["id"], atom, at, first=number == 0))
        if number + 1 < n:
            day += max(0.2, wait(rng, step["between_days"]))
    return max(day, calendar.day_of(visits[-1].at))


def _finished(rng, step, calendar, visits, day):
    if rng.random() < step.get("lost", 0.0):
        lost_at = max(calendar.moment(rng, day + max(1.0, wait(rng, step["wait_days"]))), visits[-1].at + 3600)
        if lost_at < calendar.end:
            return Walk(_before(visits, calendar), step["id"], lost_at)
    return Walk(_before(visits, calendar), step["id"])


def _before(visits, calendar):
    return tuple(visit for visit in visits if visit.at < calendar.end)
