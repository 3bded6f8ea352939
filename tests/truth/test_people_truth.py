"""First and later journeys, and personas, where the truth is known (practice C13, C14)."""

from __future__ import annotations

import numpy as np
import pytest

from journeylib.measures.clusters import find_groups, stability
from journeylib.measures.personas import explained_by
from journeylib.measures.repeats import compare
from tests.measures.test_personas import three_groups
from tests.measures.test_repeats import naive_ratio, simulated

pytestmark = pytest.mark.truth


@pytest.mark.parametrize(("factor", "naive_at_most"), [(1.0, 0.95), (2 / 3, 0.66)])
def test_the_ratio_of_journeys_cut_by_the_data_cut_comes_out_true(factor, naive_at_most, tell):
    rows = [(naive_ratio(tries), compare(tries, 60, np.random.default_rng(seed))[0]) for seed in range(20)
            for tries in [simulated(np.random.default_rng([1, seed]), 4000, factor=factor)]]  # fmt: skip
    naive, ours = np.mean([one for one, _ in rows]), np.mean([row["ratio"] for _, row in rows])
    tell("bias", "days of later journeys over first ones, a year of data, completed ones alone", f"{factor:.3f}", f"{naive:.3f}", f"{ours:.3f}")
    assert naive < naive_at_most
    assert ours == pytest.approx(factor, abs=0.02)


def test_the_interval_of_the_ratio_covers_the_truth_and_equal_journeys_are_seldom_called_shorter(tell):
    rows = [compare(simulated(np.random.default_rng([2, seed]), 300), 60, np.random.default_rng(seed))[0] for seed in range(400)]
    covered = np.mean([row["lo"] <= 1 <= row["hi"] for row in rows])
    tell("coverage", "ratio of later to first days, 300 customers", len(rows), f"{covered:.1%}")
    assert 0.92 <= covered <= 0.98


def test_stability_of_noise_of_three_groups_and_of_one_too_many():
    rng = np.random.default_rng(3)
    worlds = [(rng.normal(size=(600, 6)), three_groups(rng)[0]) for _ in range(20)]
    noise, real, four = (np.mean([stability(x, k, rng) for x in xs]) for xs, k in (([a for a, _ in worlds], 3), ([b for _, b in worlds], 3), ([b for _, b in worlds], 4)))
    print(f"\nstability: noise in three {noise:.2f}, three groups {real:.2f}, four of three {four:.2f}")
    assert noise < 0.6
    assert real > 0.95
    assert four < 0.9
    assert all(find_groups(a, rng).k == 1 and find_groups(b, rng).k == 3 for a, b in worlds)


def test_personas_alike_are_called_different_in_at_most_five_of_a_hundred(tell):
    rng = np.random.default_rng(4)
    p = [explained_by(rng.normal(size=(200, 6)), rng.integers(3, size=200), rng, 99)[1] for _ in range(1000)]
    tell("alarms", "personas alike in all they do: p under 0.05", len(p), f"{np.mean(np.array(p) <= 0.05):.1%}")
    assert np.mean(np.array(p) <= 0.05) <= 0.07
