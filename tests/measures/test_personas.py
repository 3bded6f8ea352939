"""Do declared personas differ, and which groups do the data suggest? (C14)"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.measures.behaviour import behaviour
from journeylib.measures.clusters import SMALLEST_STABILITY, adjusted_rand, find_groups, smoothed, stability
from journeylib.measures.personas import explained_by, personas
from journeylib.schema import CUSTOMERS, FUNNEL, empty
from tests.drawing import FIVE, events


def three_groups(rng, n=600, p=6, apart=3.0):
    group = rng.integers(3, size=n)
    centres = apart * np.stack([np.sin(np.arange(p) + 2 * k) for k in range(3)])
    x = rng.normal(size=(n, p)) + centres[group]
    return (x - x.mean(axis=0)) / x.std(axis=0), group


@pytest.mark.parametrize("seed", range(3))
def test_noise_has_no_groups_and_three_groups_are_three(seed):
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(600, 6))
    assert find_groups(noise, rng).k == 1
    assert stability(noise, 3, rng) < SMALLEST_STABILITY
    x, group = three_groups(rng)
    found = find_groups(x, rng)
    assert found.k == 3
    assert found.stability > 0.95
    assert adjusted_rand(found.label, group) > 0.95
    assert stability(x, 4, rng) < 0.9


def test_groups_of_features_that_lie_in_lumps_or_belong_together_are_no_groups():
    rng = np.random.default_rng(4)
    days = rng.gamma(2, 5, 3000)
    lumpy = np.column_stack([np.log(1 + rng.poisson(3, 3000)), np.log1p(days), np.log1p(days * rng.uniform(0.8, 1, 3000)),
                             rng.binomial(3, 0.3, 3000) / 3, rng.integers(1, 5, 3000)])  # fmt: skip
    assert find_groups(smoothed(lumpy, rng), rng).k == 1
    assert find_groups(smoothed(three_groups(rng, n=900)[0], rng), rng).k == 3


def test_groups_whose_features_hang_together_are_as_many_as_there_are():
    rng = np.random.default_rng(1)
    group, within = rng.integers(3, size=1500), np.linalg.cholesky(0.2 * np.eye(5) + 0.8)  # correlations of .8 within a group
    x = rng.normal(size=(1500, 5)) @ within.T + 2.6 * np.array([[0, 0, 0, 0, 0], [1, 1, 0, 0, 0], [0, 1, 1, 0, 1]])[group]
    found = find_groups(smoothed(x, rng), rng)
    assert found.k == 3
    assert adjusted_rand(found.label, group) > 0.95


def test_permuted_labels_agree_as_by_chance():
    rng = np.random.default_rng(5)
    group = rng.integers(3, size=900)
    assert abs(np.mean([adjusted_rand(group, rng.permutation(group)) for _ in range(50)])) < 0.005
    assert adjusted_rand(group, (group + 1) % 3) == 1


def test_adjusted_rand_is_that_of_the_published_example():
    """Santos & Embrechts 2009: u = 1 1 1 2 2 2 and v = 1 1 2 2 3 3 give 0.24."""
    assert adjusted_rand([1, 1, 1, 2, 2, 2], [1, 1, 2, 2, 3, 3]) == pytest.approx(0.2424, abs=1e-4)


def test_personas_alike_are_not_told_apart_and_different_ones_are():
    rng = np.random.default_rng(6)
    x, group = rng.normal(size=(600, 5)), np.repeat(["a", "b", "c"], 200)
    explained, p = explained_by(x, group, rng)
    assert p > 0.05
    assert abs(explained) < 0.01
    explained, p = explained_by(x + (group == "a")[:, None] * 0.8, group, rng)
    assert p == pytest.approx(1 / 500)
    assert explained > 0.05


def world(rng, *, b_waits=1.0, n=150):
    """Two personas of n customers each with six steps; those of persona b wait so many times longer between them, and use the phone as often."""
    lines = ["journey | day | atom | touchpoint | channel | initiator | customer_id | persona"]
    for persona, slower in (("a", 1.0), ("b", b_waits)):
        for i in range(n):
            day = rng.uniform(0, 20)
            for step in range(6):
                lines.append(f"{persona}{i} | {day:.3f} | a3 | page {step % 3} | {rng.choice(['web', 'phone'])} | customer | {persona}{i} | {persona}")
                day += rng.exponential(slower)
    drawn = events("\n".join(lines))
    return personas(drawn.log, drawn.journeys, FIVE, customers=empty(CUSTOMERS), funnel=empty(FUNNEL), declared=("a", "b", "c"), seed=1)


def test_customers_who_take_another_pace_are_another_persona():
    tables = {name: world(np.random.default_rng(7), b_waits=slower)["persona_check"].set_index("measure") for name, slower in (("alike", 1.0), ("slow", 3.0))}
    assert tables["alike"].loc["differ", "verdict"] == "not_distinguishable"
    assert tables["slow"].loc["differ", "verdict"] == "distinguishable"
    assert tables["alike"].loc["largest", "value"] == 1 / 2
    assert tables["alike"].loc["nobody", "n_yes"] == 0


def test_alike_personas_differ_in_nothing_for_certain():
    rows = world(np.random.default_rng(8))["persona_difference"]
    assert (rows["p_adjusted"] > 0.05).all()
    assert set(rows["persona"]) == {"a", "b"}


def test_a_share_and_its_difference_are_those_counted():
    rows = world(np.random.default_rng(9))["persona_difference"].set_index(["metric", "part", "persona"])
    one, other = rows.loc[("channel", "web", "a")], rows.loc[("channel", "web", "b")]
    assert one["value"] == other["others"]
    assert one["difference"] == pytest.approx(-other["difference"])
    assert one["difference_lo"] < one["difference"] < one["difference_hi"]


def test_behaviour_knows_nothing_of_what_came_of_it():
    head = "journey | day | atom | touchpoint | channel | initiator | customer_id\n"
    before = "\n".join(f"ann | {day} | a3 | page {day} | web | customer | ann" for day in range(4))
    after = "\nann | 5 | a4 | order | web | customer | ann\nann | 9 | a7 | use | web | customer | ann\nann | 9.5 | a3 | prices | web | customer | ann"
    pd.testing.assert_frame_equal(behaviour(events(head + before).log), behaviour(events(head + before + after).log))


def test_without_a_persona_there_is_nothing_to_compare():
    drawn = events("journey | day | atom | touchpoint\nann | 0 | a3 | prices")
    tables = personas(drawn.log, drawn.journeys, FIVE, customers=empty(CUSTOMERS), declared=("a",))
    assert tables["persona_check"].empty
    assert tables["persona_difference"].empty
