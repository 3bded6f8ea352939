"""Where nothing changes, no wave is called changed more often than chance allows; where no stage weighs more, no star; intervals cover."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.measures.moments import moments
from journeylib.measures.needs import need_scores
from journeylib.measures.scores import _paired, nps, nps_change
from journeylib.measures.stats import t_interval
from journeylib.measures.stayers import stayers
from tests.drawing import FIVE
from tests.measures.test_moments import drawn, felt, leaving
from tests.measures.test_need_ranks import asked

pytestmark = pytest.mark.truth
N_RUNS, TOLERANCE = 1500, 0.015


@pytest.mark.parametrize(("p", "n"), [((0.45, 0.30, 0.25), 100), ((0.2, 0.5, 0.3), 60), ((0.7, 0.2, 0.1), 200)])
def test_recommendation_is_called_changed_in_five_of_a_hundred_where_it_has_not(p, n, tell):
    rng = np.random.default_rng(n)
    rejected = [nps_change(*(nps(*rng.multinomial(n, p)) for _ in range(2)))[-1] <= 0.05 for _ in range(4 * N_RUNS)]
    tell("alarms", f"recommendation unchanged, {n} others asked: called changed", len(rejected), f"{np.mean(rejected):.1%}")
    assert np.mean(rejected) == pytest.approx(0.05, abs=TOLERANCE)


@pytest.mark.parametrize(("p", "n"), [((0.45, 0.30, 0.25), 100), ((0.9, 0.08, 0.02), 30), ((0.05, 0.05, 0.9), 20), ((1 / 3, 1 / 3, 1 / 3), 15)])
def test_the_interval_of_recommendation_covers_also_at_the_ends(p, n):
    rng = np.random.default_rng(n)
    found = [nps(*rng.multinomial(n, p)) for _ in range(4 * N_RUNS)]
    assert 0.93 <= np.mean([one.lo <= p[0] - p[2] <= one.hi for one in found]) <= 0.985


def test_the_same_people_without_a_change_are_called_changed_in_five_of_a_hundred(tell):
    rng = np.random.default_rng(7)

    def wave(feeling):
        given = np.clip(np.round(feeling + rng.normal(0, 1, 80)), 0, 10)
        return pd.DataFrame({"customer": range(80), "unit": range(80), "level": np.where(given >= 9, 1, np.where(given <= 6, -1, 0))})

    def p_of_no_change(feeling):
        return _paired("nps", wave(feeling), wave(feeling), set(range(80)))[-1]

    changed = [p_of_no_change(rng.normal(7, 1.5, 80)) <= 0.05 for _ in range(N_RUNS)]
    tell("alarms", "recommendation unchanged, the same 80 asked: called changed", len(changed), f"{np.mean(changed):.1%}")
    assert np.mean(changed) <= 0.05 + TOLERANCE


@pytest.mark.parametrize("weights", [(0, 0, 0), (0.6, 0.6, 0.6), (0.8, 0.8, 0.1)])
def test_stages_that_weigh_alike_get_a_star_in_at_most_five_of_a_hundred(weights, tell):
    starred = [moments(felt(*drawn(weights, seed=seed)), FIVE, seed=seed)["is_moment"].any() for seed in range(150)]
    tell("alarms", f"moment of truth: a star among stages of weight {' · '.join(map(str, weights))}", len(starred), f"{np.mean(starred):.1%}")
    assert np.mean(starred) <= 0.05 + 0.02


def test_leaving_by_chance_gives_the_note_in_about_five_of_a_hundred(tell):
    noted = [stayers(leaving(unhappy_leave=False, seed=seed), FIVE)["differs"].any() for seed in range(300)]
    tell("alarms", "who leaves is chance: the note that the unhappy have left", len(noted), f"{np.mean(noted):.1%}")
    assert np.mean(noted) <= 0.05 + 0.025


def test_the_unhappy_who_leave_are_noticed():
    noted = [stayers(leaving(unhappy_leave=True, seed=seed), FIVE)["differs"].any() for seed in range(50)]
    assert np.mean(noted) >= 0.98


def test_the_interval_of_a_stage_covers_its_mean():
    rng = np.random.default_rng(11)
    inside = [(lambda it: it.lo <= 0.4 <= it.hi)(t_interval(rng.normal(0.4, 1.1, 30))) for _ in range(4 * N_RUNS)]
    assert 0.93 <= np.mean(inside) <= 0.97


def test_a_need_as_well_met_as_it_is_important_is_flagged_in_at_most_five_of_a_hundred(tell):
    rng = np.random.default_rng(3)
    flagged = []
    for _ in range(400):
        found = need_scores(asked(rng.integers(1, 6, (60, 1)), rng.integers(1, 6, (60, 1))), None, FIVE)
        flagged.append(bool(found["gap_lo"].iloc[0] > 0))
    tell("alarms", "a need as well met as it is important: called unserved", len(flagged), f"{np.mean(flagged):.1%}")
    assert np.mean(flagged) <= 0.05 + TOLERANCE
