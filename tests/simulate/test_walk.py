"""The walk: planted shares hold, time runs forward, nothing happens after the cut."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest

from journeylib.simulate.walk import DAY, OFFICE_SEASON, SHOP_SEASON, Calendar, wait, walk

EARLY = Calendar(dt.date(2020, 1, 1), dt.date(2020, 2, 1), dt.date(2026, 1, 1), SHOP_SEASON, (7, 21), weekdays_only=False)
STEPS = [
    {"id": "know", "atoms": {"a2_brand": 1}, "visits": [1], "between_days": 1, "goes_on": 0.60, "wait_days": 5},
    {"id": "compare", "atoms": {"a3_evaluate": 1}, "visits": [1, 1], "between_days": 3, "goes_on": 0.30, "wait_days": 9, "lost": 0.5},
    {"id": "buy", "atoms": {"a4_decide": 1}, "visits": [1], "between_days": 1, "goes_on": 0, "wait_days": 1},
]


@pytest.fixture(scope="module")
def walks():
    rng = Random("walks")
    return [walk(rng, STEPS, EARLY) for _ in range(20_000)]


def reached(walks, step):
    return sum(one.entered(step) is not None for one in walks)


def test_the_planted_share_goes_on(walks):
    n, compared, bought = len(walks), reached(walks, "compare"), reached(walks, "buy")
    assert compared / n == pytest.approx(0.60, abs=3 * (0.6 * 0.4 / n) ** 0.5)
    assert bought / compared == pytest.approx(0.30, abs=3 * (0.3 * 0.7 / compared) ** 0.5)


def test_half_of_those_who_stop_comparing_say_so(walks):
    stopped = [one for one in walks if one.end == "compare"]
    assert sum(one.lost_at is not None for one in stopped) / len(stopped) == pytest.approx(1 / 2, abs=0.02)


def test_a_loss_comes_after_the_last_visit(walks):
    assert all(one.lost_at > one.visits[-1].at for one in walks if one.lost_at)


def test_time_runs_forward(walks):
    assert all(earlier.at < later.at for one in walks for earlier, later in zip(one.visits, one.visits[1:], strict=False))


def test_nothing_happens_after_the_cut():
    late = Calendar(dt.date(2025, 10, 1), dt.date(2025, 12, 31), dt.date(2026, 1, 15), OFFICE_SEASON, (8, 17), weekdays_only=True)
    rng = Random(1)
    walks = [walk(rng, STEPS, late) for _ in range(3_000)]
    assert all(visit.at < late.end for one in walks for visit in one.visits)
    assert all(one.lost_at is None or one.lost_at < late.end for one in walks)


def test_an_office_is_closed_at_weekends():
    office = Calendar(dt.date(2025, 1, 1), dt.date(2025, 6, 1), dt.date(2025, 12, 1), OFFICE_SEASON, (8, 17), weekdays_only=True)
    rng = Random(2)
    moments = [dt.datetime.fromtimestamp(office.moment(rng, day), dt.UTC) for day in range(200)]
    assert {moment.weekday() for moment in moments} == {0, 1, 2, 3, 4}
    assert all(8 <= moment.hour < 17 for moment in moments)


def test_july_is_quiet():
    year = Calendar(dt.date(2025, 1, 1), dt.date(2026, 1, 1), dt.date(2026, 6, 1), OFFICE_SEASON, (8, 17), weekdays_only=True)
    rng = Random(3)
    months = [(year.start + dt.timedelta(days=int(year.arrival(rng)))).month for _ in range(10_000)]
    assert months.count(7) < months.count(6) / 2
    assert months.count(7) < months.count(8) / 2


def test_waits_have_the_mean_they_are_given():
    rng = Random(4)
    waits = [wait(rng, 12.0) for _ in range(20_000)]
    assert sum(waits) / len(waits) == pytest.approx(12.0, rel=0.03)
    assert DAY == 24 * 60 * 60
