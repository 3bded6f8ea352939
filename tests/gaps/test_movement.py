"""Do customers move (G13), and fast enough (G09)?"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from journeylib.client import Persona, Thresholds
from journeylib.gaps.engine import held_against
from journeylib.gaps.movement import median_interval
from journeylib.schema import STAGE_TIMES
from tests.drawing import table
from tests.gaps.material import FUNNEL_IN_ORDER, a_client, ask, funnel, journeys

PERSONAS = tuple(Persona(id=name, name=name) for name in ("a", "b", "c"))


def with_limit(days):
    return a_client(thresholds=Thresholds(journey_days=days))


@pytest.mark.parametrize(("lo", "hi", "bad", "answer"), [
    (0.1, 0.2, "below", "found"), (0.5, 0.6, "below", "not_found"), (0.1, 0.5, "below", "uncertain"), (0.4, 0.6, "below", "uncertain"),
    (0.6, 0.7, "above", "found"), (0.1, 0.5, "above", "not_found"), (0.4, 0.6, "above", "uncertain"), (float("nan"), 0.6, "above", "uncertain"),
])  # fmt: skip
def test_an_interval_is_found_only_when_it_clears_the_limit(lo, hi, bad, answer):
    assert held_against(lo, hi, 0.5, bad=bad) == answer


def test_a_certain_but_small_difference_is_no_gap():
    assert held_against(0.1, 0.2, 0.5, bad="below", is_large_enough=False) == "uncertain"


# G09


def test_a_median_above_the_limit_is_a_journey_too_long():
    row = ask("G09", client=with_limit(30), journeys=journeys(np.linspace(50, 90, 41)))["G09"]
    assert (row["status"], row["value"], row["threshold"]) == ("found", 70.0, 30.0)


def test_a_median_under_the_limit_is_no_gap():
    assert ask("G09", client=with_limit(30), journeys=journeys(np.linspace(5, 20, 41)))["G09"]["status"] == "not_found"


def test_seven_long_journeys_are_too_few_to_be_certain():
    assert ask("G09", client=with_limit(30), journeys=journeys(np.linspace(50, 90, 7)))["G09"]["status"] == "uncertain"


def test_a_length_nobody_has_set_a_limit_for_cannot_be_judged():
    row = ask("G09")["G09"]
    assert (row["status"], row["missing"]) == ("not_checkable", "journey_days")


def test_without_dated_events_the_length_cannot_be_judged():
    row = ask("G09", client=with_limit(30), journeys=None)["G09"]
    assert (row["status"], row["missing"]) == ("not_checkable", "events")


def test_journeys_begun_too_late_to_be_long_are_not_counted():
    row = ask("G09", client=with_limit(30), journeys=journeys([2.0] * 40, started="2025-12-20"))["G09"]
    assert row["status"] == "not_checkable"


def cut_short(begun_before, seed=3):
    """Journeys begun evenly over so many days before the cut, of which half of those that end in a purchase take more than 45 days; seen are those done by then."""
    rng = np.random.default_rng(seed)
    ago, lasts = rng.uniform(30, begun_before, 2000), 45 * np.exp(rng.normal(0, 0.8, 2000))
    begun = pd.Timestamp("2025-12-31", tz="UTC") - pd.to_timedelta(ago[lasts < ago], unit="D")
    drawn = journeys(lasts[lasts < ago])
    return drawn.assign(started_at=begun.as_unit("us"), ended_at=(begun + pd.to_timedelta(lasts[lasts < ago], unit="D")).as_unit("us"))


def test_data_shorter_than_the_journeys_do_not_show_that_they_are_short():
    """Of journeys begun 30 to 55 days ago only the quick are done: their middle one took under 30 days, and that of all takes 45."""
    answers = {days: ask("G09", client=with_limit(30), journeys=cut_short(days))["G09"] for days in (50, 400)}
    assert answers[50]["value"] < 30
    assert (answers[50]["status"], answers[400]["status"]) == ("uncertain", "found")


def slowest_of(times):
    drawn = table(times, STAGE_TIMES, n_entered=100, n_went_on=60, n_lost=20, n_open=20, n_returned=0, horizon_days=90, went_on_share=0.6,
                  went_on_lo=0.5, went_on_hi=0.7, lost_share=0.2, lost_lo=0.1, lost_hi=0.3, open_share=0.2, max_followed_days=400)  # fmt: skip
    row = ask("G09", client=with_limit(30), journeys=journeys(np.linspace(50, 90, 41)), stage_times=drawn)["G09"]
    return row["reason"], None if pd.isna(row["details"]) else json.loads(row["details"])["slowest"]


def test_the_slowest_stage_is_the_one_it_takes_longest_to_go_on_from():
    """Decision is left after 45 days, by being given up; those who go on do so after 4."""
    assert slowest_of("""
        stage         | median_days | median_went_on_days
        awareness     | 5           | 6
        consideration | 20          | 25
        decision      | 45          | 4
    """) == ("gaps.G09.found_where", "consideration")  # fmt: skip


def test_a_stage_most_never_go_on_from_is_not_passed_over_for_one_they_do():
    assert slowest_of("""
        stage         | median_days | median_went_on_days
        awareness     | 20          | 25
        consideration |             |
        decision      | 15          | 19
    """) == ("gaps.G09.found", None)  # fmt: skip


@pytest.mark.parametrize("n", [6, 9, 20, 41])
def test_the_interval_of_a_median_covers_it_in_at_least_95_of_100(n):
    ranks = np.arange(1.0, n + 1)
    _, lo, hi = median_interval(ranks)
    inside = sum(binom.pmf(k, n, 1 / 2) for k in range(int(lo), int(hi)))
    assert inside >= 0.95


# G13


def stage_of(counts):
    return funnel(FUNNEL_IN_ORDER.replace("consideration | 1000      | 900        | 450", f"consideration | {counts}"))


def test_a_share_wholly_under_its_target_is_a_drop_off():
    row = ask("G13", funnel=stage_of("1000 | 900 | 180"))["G13:consideration"]
    assert (row["status"], row["value"], row["threshold"], row["n"]) == ("found", 180 / 900, 0.4, 900)


def test_a_share_above_its_target_is_no_drop_off():
    assert {row["status"] for row in ask("G13").values()} == {"not_found"}


def test_a_share_of_few_journeys_is_uncertain():
    assert ask("G13", funnel=stage_of("12 | 12 | 3"))["G13:consideration"]["status"] == "uncertain"


def test_one_point_under_the_target_is_no_drop_off_however_many_were_counted():
    assert ask("G13", funnel=stage_of("900000 | 900000 | 351000"))["G13:consideration"]["status"] == "uncertain"


def test_a_stage_nobody_was_followed_in_is_uncertain():
    assert ask("G13", funnel=stage_of("900 | 0 | 0"))["G13:consideration"]["status"] == "uncertain"


@pytest.mark.parametrize("limits", [{}, {"targets": {}, "personas": PERSONAS}])
def test_a_stage_no_source_shows_is_neither_a_drop_off_nor_fine(limits):
    unseen = funnel(FUNNEL_IN_ORDER)
    shares = ["rate", "rate_lo", "rate_hi"]
    unseen[shares] = unseen[shares].mask(unseen["stage"] == "awareness")
    row = ask("G13", client=a_client(**limits), funnel=unseen)["G13:awareness"]
    assert (row["status"], row["missing"]) == ("not_checkable", "events")


def test_without_events_drop_off_cannot_be_judged():
    row = ask("G13", funnel=None)["G13"]
    assert (row["status"], row["missing"]) == ("not_checkable", "events")


def test_without_target_and_persona_there_is_nothing_to_compare_with():
    rows = ask("G13", client=a_client(targets={}))
    assert {(row["status"], row["missing"]) for row in rows.values()} == {("not_checkable", "targets")}


def persona_funnel(*counts):
    lines = [f"{stage} | {persona} | {n} | {n} | {k}" for stage, persona, n, k in counts]
    everybody = [f"{stage} |  | 900 | 900 | 450" for stage in ("awareness", "consideration")]
    return funnel("\n".join(["stage | persona | n_reached | n_followed | n_converted", *everybody, *lines]))


def test_without_a_target_the_persona_that_lags_behind_the_others_is_named():
    drawn = persona_funnel(("awareness", "a", 300, 60), ("awareness", "b", 300, 180), ("awareness", "c", 300, 180))
    rows = ask("G13", client=a_client(targets={}, personas=PERSONAS), funnel=drawn)
    assert {gap_id for gap_id, row in rows.items() if row["status"] == "found"} == {"G13:awareness:a"}
    assert rows["G13:awareness:a"]["threshold"] == (180 + 180) / (300 + 300)


def test_personas_alike_are_not_told_apart():
    rng, flagged = np.random.default_rng(1), 0
    for _ in range(20):
        draws = [(stage, name, 300, rng.binomial(300, 0.5)) for stage in ("awareness", "consideration") for name in "abc"]
        rows = ask("G13", client=a_client(targets={}, personas=PERSONAS), funnel=persona_funnel(*draws))
        flagged += any(row["status"] == "found" for row in rows.values())
    assert flagged <= 20 * 0.1
