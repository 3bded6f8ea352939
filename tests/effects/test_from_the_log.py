"""A KPI of a stage, one value a journey, and a change judged on it: ripe or too early, by which design, with what to hold against it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from journeylib.effects import Ground, judge_change, observations, smallest_effect
from journeylib.effects.nordic import easter_sunday, special_days, special_shares
from journeylib.effects.record import Reason
from journeylib.effects.series import by_period
from journeylib.schema import VOICES
from tests.drawing import FIVE, at, events, table


def change(**given):
    usual = {"start_on": pd.Timestamp("2025-06-02"), "end_on": None, "horizon_days": 56.0, "kpi": "conversion", "scope": None, "comparison": None, "design": None,
             "control_share": None, "expected": None}  # fmt: skip
    return SimpleNamespace(**usual | given)


def collected(drawn, voices=None):
    customers = pd.DataFrame({"customer_id": pd.array([], dtype="string"), "segment": pd.array([], dtype="string")})
    return SimpleNamespace(log=drawn.log, journeys=drawn.journeys, customers=customers, voices=voices, model=drawn.model)


DRAWN = events("""
    journey | day | atom | touchpoint | initiator | outcome
    ann     | 0   | a3   | page       | customer  |
    ann     | 10  | a4   | cart       | customer  |
    ann     | 12  | a4   | order      | customer  | won
    bo      | 5   | a3   | page       | customer  |
    bo      | 8   | a3   | letter     | company   |
    cai     | 60  | a3   | page       | customer  |
    cai     | 62  | a4   | cart       | customer  |
""", until=90)  # fmt: skip


@pytest.mark.parametrize(("kpi", "values"), [
    ("conversion", [1, 0]),          # cai has not been followed for forty days
    ("won", [1, 0]),
    ("contacted", [0, 1]),
    ("days", [10, 40]),              # who does not go on counts the whole window
])  # fmt: skip
def test_only_who_was_followed_for_the_whole_window_is_counted(kpi, values):
    rows = observations(collected(DRAWN), FIVE, kpi=kpi, stage="consideration", window_days=40)
    assert rows["value"].tolist() == values
    assert rows["at"].tolist() == [at(0), at(5)]


def test_an_answer_counts_under_the_day_it_was_given():
    voices = table("""
        voice_id | customer_id | said_at | atom | metric | score
        v1       | ann         | 3       | a3   | csat   | 5
        v2       | bo          | 9       | a3   | csat   | 3
        v3       | bo          | 9       | a4   | csat   | 1
    """, VOICES, row="emotion", kind="stated", source="survey", scale_min=1.0, scale_max=5.0)  # fmt: skip
    rows = observations(collected(DRAWN, voices), FIVE, kpi="satisfaction", stage="consideration", window_days=40)
    assert rows["value"].tolist() == [2.0, 0.0]


def test_periods_are_laid_out_from_the_change_so_that_none_lies_astride_it():
    rows = pd.DataFrame({"at": [at(day) for day in (1, 8, 13, 14, 20, 21, 27)], "value": [1, 0, 1, 1, 1, 0, 1.0]})
    table_ = by_period(rows, at(14), n_days=7, since=at(2), until=at(27), is_share=True)
    assert table_.index.tolist() == [-1, 0]                       # day 1 is before the data, the week from day 21 is not whole
    assert table_["n"].tolist() == [2, 2]
    assert table_["value"].tolist() == [1 / 2, 2 / 2]
    assert table_["is_after"].tolist() == [False, True]


def arrivals(rate_after=0.3, *, months=12, until="2025-12-01", a_week=40, personas=("a",), reached=("a",)):
    rng = np.random.default_rng(1)
    start, last = pd.Timestamp("2025-06-02", tz="UTC"), pd.Timestamp(until, tz="UTC")
    first = start - pd.Timedelta(days=30 * months)
    n = int((last - first).days / 7 * a_week)
    moments = first + pd.to_timedelta(np.linspace(0, (last - first).days - 0.1, n), unit="D")
    persona = np.resize(personas, n)
    rate = np.where((moments >= start) & np.isin(persona, reached), rate_after, 0.3)
    return Ground(pd.DataFrame({"at": moments, "value": (rng.random(n) < rate).astype(float), "unit": np.arange(n), "persona": persona}), first, last, 14.0)


def test_a_change_is_too_early_until_its_last_customer_is_ripe():
    found = judge_change(change(), arrivals(until="2025-08-10"))
    assert found.verdict == "too_early"
    assert found.reasons == (Reason("until", {"until": pd.Timestamp("2025-08-11").date()}),)   # 56 days and 14 to follow
    assert np.isnan(found.effect)
    assert judge_change(change(), arrivals(until="2025-08-11")).verdict != "too_early"


def test_what_came_after_the_horizon_changes_no_verdict():
    sooner, later = arrivals(0.5, until="2025-08-15"), arrivals(0.5, until="2025-12-01")
    later = Ground(pd.concat([sooner.rows, later.rows[later.rows["at"] >= "2025-08-15"].assign(value=0.0)]), later.data_from, later.as_of, 14.0)
    assert judge_change(change(), sooner).effect == judge_change(change(), later).effect


def test_a_group_that_was_left_out_tells_what_would_have_happened():
    found = judge_change(change(scope="persona:a", comparison="persona:b"), arrivals(0.6, personas=("a", "b"), a_week=120))
    assert (found.design, found.strength, found.verdict) == ("differences", 3, "better")
    assert found.lo < 0.3 < found.hi
    alike = judge_change(change(scope="persona:a", comparison="persona:b"), arrivals(0.6, personas=("a", "b"), reached=("a", "b"), a_week=120))
    assert alike.verdict == "no_effect"                           # both rose: nobody's effect


def test_a_long_series_is_judged_by_its_own_course_and_a_short_one_only_moves():
    assert judge_change(change(), arrivals(0.6)).design == "interrupted"
    assert judge_change(change(), arrivals(0.6, months=3)).design == "before_after"
    assert judge_change(change(), arrivals(0.6, months=0)).reasons[0].key == "too_few_before"


def test_a_split_by_chance_goes_before_all_else_and_is_refused_where_it_is_broken():
    split = change(scope="persona:a", comparison="persona:b", design="ab")
    found = judge_change(split, arrivals(0.6, personas=("a", "b"), a_week=120))
    assert (found.design, found.verdict) == ("ab", "better")
    broken = judge_change(split, arrivals(0.6, personas=("a", "a", "b"), a_week=120))
    assert (broken.verdict, broken.reasons[0].key) == ("cannot_judge", "sample_ratio")
    assert np.isnan(broken.effect)


def test_a_watched_split_may_decide_before_its_horizon_and_is_else_too_early():
    split = change(scope="persona:a", comparison="persona:b", design="ab_sequential", expected=0.2, horizon_days=300)
    assert judge_change(split, arrivals(0.7, personas=("a", "b"), a_week=200)).verdict == "better"
    assert judge_change(split, arrivals(0.3, personas=("a", "b"), a_week=200)).verdict == "too_early"


def test_an_effect_smaller_than_the_customers_can_show_is_not_worth_a_test():
    smallest, worth = smallest_effect(change(expected=0.01), arrivals())
    assert 0.05 < smallest < 0.15
    assert worth is False
    assert smallest_effect(change(expected=0.30), arrivals())[1] is True


@pytest.mark.parametrize(("year", "day"), [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25")])
def test_easter_falls_where_the_calendar_has_it(year, day):
    assert str(easter_sunday(year)) == day


def test_each_country_keeps_its_own_days():
    assert set(special_days("SE", 2026)) == {"easter", "july", "christmas", "black_week", "midsummer"}
    assert set(special_days("NO", 2026)) - set(special_days("SE", 2026)) == {"constitution_day_no"}
    assert set(special_days("DK", 2026)) - set(special_days("SE", 2026)) == {"constitution_day_dk"}
    assert [str(day) for day in special_days("SE", 2025)["black_week"]] == ["2025-11-24", "2025-12-01"]


def test_a_week_says_how_much_of_it_is_unlike_others():
    shares = special_shares(pd.DatetimeIndex(["2025-04-14", "2025-06-02", "2025-07-28"]), 7, "DK")
    assert shares["easter"].tolist() == [7 / 7, 0, 0]
    assert shares["constitution_day_dk"].tolist() == [0, 3 / 7, 0]
    assert shares["july"].tolist() == [0, 0, 4 / 7]
