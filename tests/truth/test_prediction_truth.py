"""Prediction where the truth is known (practice C10): noise is not predicted, a planted signal is, and its chances come true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from journeylib.predict.chances import Rows, predict_chances
from journeylib.predict.next_offer import judge_pairs
from journeylib.predict.scores import calibration
from journeylib.predict.targets import chances_today, predict_target
from tests.predict.simulated import noise_client, signal_client

pytestmark = pytest.mark.truth
NAMES = tuple(f"f{i}" for i in range(20))


def rows(rng, n_units, landmarks, score, drift=0.0, n_features=20):
    """One row a unit and landmark: half of the features are the unit's own for good, half are drawn anew each time."""
    unit = np.tile(np.arange(n_units), len(landmarks))
    own = np.tile(rng.normal(size=(n_units, n_features // 2)), (len(landmarks), 1))
    x = np.column_stack([own, rng.normal(size=(len(unit), n_features - n_features // 2))])
    p = expit(score(x) + drift)
    return Rows(x, (rng.random(len(unit)) < p).astype(float), unit, np.repeat(landmarks, n_units)), p


def asked(seed, score, n_units=300, drift=0.0):
    rng = np.random.default_rng([10, seed])
    (train, _), (test, p) = rows(rng, n_units, range(5), score), rows(rng, n_units, range(7, 9), score, drift)
    return predict_chances(train, test, NAMES, np.random.default_rng(seed)), p


@pytest.mark.parametrize("base", [-3.0, -1.5, 0.0])
def test_noise_cannot_be_predicted(base):
    verdicts = [asked(seed, lambda x: np.full(len(x), base), n_units=500)[0].verdict for seed in range(200)]
    share = np.mean([verdict == "no_skill" for verdict in verdicts])
    print(f"\nnoise features, base rate {expit(base):.0%}, 200 runs: 'cannot be predicted' in {share:.1%}; no list in {np.mean([v != 'predictable' for v in verdicts]):.1%}")
    assert share >= 0.95


def test_noise_with_units_that_differ_for_good_cannot_be_predicted():
    """The same unit is asked about several times and answers alike each time, for reasons no feature tells: rows are not independent."""
    verdicts = []
    for seed in range(200):
        rng = np.random.default_rng([11, seed])
        bent = rng.normal(scale=1.5, size=300) - 1.5
        parts = []
        for landmarks in (range(5), range(7, 9)):
            drawn, _ = rows(rng, 300, landmarks, lambda x: np.zeros(len(x)))
            unit = drawn.unit + (1000 if landmarks[0] else 0)  # others in the test than learnt from: what is known of a unit would be a signal
            parts.append(Rows(drawn.x, (rng.random(len(unit)) < expit(np.tile(bent, len(landmarks)))).astype(float), unit, drawn.landmark))
        verdicts.append(predict_chances(*parts, NAMES, np.random.default_rng(seed)).verdict)
    share = np.mean([verdict == "no_skill" for verdict in verdicts])
    print(f"\nnoise, units that differ, 200 runs: 'cannot be predicted' in {share:.1%}")
    assert share >= 0.95


def test_a_log_of_noise_cannot_be_predicted():
    """The whole road: events without meaning, purchases by chance; history, landmarks, features, verdict."""
    verdicts = [predict_target(*noise_client(seed), "buy").verdict for seed in range(100)]
    share = np.mean([verdict == "no_skill" for verdict in verdicts])
    print(f"\nlogs of noise, 100 runs: 'cannot be predicted' in {share:.1%}")
    assert share >= 0.95


def signal(x):
    return -1.5 + 0.9 * x[:, 0] - 0.7 * x[:, 12] + 0.5 * x[:, 3]


def test_a_planted_signal_is_found_and_its_chances_come_true():
    found = [asked(seed, signal, n_units=1000)[0] for seed in range(40)]
    slopes, intercepts = (np.array([each.numbers[name].value for each in found]) for name in ("slope", "intercept"))
    print(f"\nplanted signal, 40 runs: predictable in {np.mean([each.verdict == 'predictable' for each in found]):.0%}, "
          f"mean calibration slope {slopes.mean():.3f}, intercept {intercepts.mean():+.3f}")  # fmt: skip
    assert all(each.verdict == "predictable" for each in found)
    assert slopes.mean() == pytest.approx(1, abs=0.1)
    assert intercepts.mean() == pytest.approx(0, abs=0.1)
    driver = [int(np.argmax(np.abs(each.model.slopes))) for each in found]
    assert set(driver) == {0}


def test_the_intervals_of_calibration_hold_the_truth():
    """Of the true chances the slope is 1 and the intercept 0."""
    found = []
    for seed in range(1000):
        test, p = rows(np.random.default_rng([14, seed]), 300, range(2), signal)
        found.append(calibration(p, test.y, test.unit))
    inside = [np.mean([each[place].lo <= truth <= each[place].hi for each in found]) for place, truth in ((0, 0), (1, 1))]
    print(f"\ncalibration of the true chances, 1000 runs: the intercept's interval holds 0 in {inside[0]:.1%}, the slope's 1 in {inside[1]:.1%}")
    assert min(inside) >= 0.92
    assert max(inside) <= 0.975


def test_one_signal_alone_is_left_to_the_one_variable_rule():
    verdicts = [asked(seed, lambda x: -1.5 + 1.2 * x[:, 0])[0].verdict for seed in range(100)]
    share = np.mean([verdict == "predictable" for verdict in verdicts])
    print(f"\none feature tells everything, 100 runs: called better than that feature in {share:.0%}")
    assert share <= 0.05


def test_a_planted_signal_in_a_log_comes_back():
    clients = [signal_client(seed) for seed in range(10)]
    found = [predict_target(*client, "buy") for client in clients]
    print("\nsignal in a log, 10 runs:", [each.verdict for each in found], [round(each.chances.numbers["slope"].value, 2) for each in found])
    assert all(each.verdict == "predictable" for each in found)
    assert np.mean([each.chances.numbers["slope"].value for each in found]) == pytest.approx(1, abs=0.15)
    today = [chances_today(each, collected, client)["chance"] for each, (collected, _, client) in zip(found, clients, strict=True)]
    assert all(chances.between(0, 1).all() and chances.is_monotonic_decreasing for chances in today)


def test_next_purchases_by_chance_are_no_better_than_the_most_popular():
    def pairs(rng, follows):
        last = rng.choice(5, p=[0.4, 0.2, 0.2, 0.1, 0.1], size=600)
        by_chance = rng.choice(5, p=[0.4, 0.2, 0.2, 0.1, 0.1], size=600)
        return pd.DataFrame({"unit": rng.integers(300, size=600), "at_us": np.arange(600), "last_offer": last,
                             "next_offer": np.where(rng.random(600) < follows, (last + 1) % 5, by_chance)})  # fmt: skip

    verdicts = [judge_pairs(pairs(np.random.default_rng([12, seed]), 0.0), tuple("abcde"), np.random.default_rng(seed)).verdict for seed in range(300)]
    planted = [judge_pairs(pairs(np.random.default_rng([13, seed]), 0.5), tuple("abcde"), np.random.default_rng(seed)).verdict for seed in range(50)]
    print(f"\nnext offer: by chance 'no better' in {np.mean([v == 'no_better' for v in verdicts]):.1%} of 300, a planted order found in {np.mean([v == 'better' for v in planted]):.0%} of 50")
    assert np.mean([verdict == "no_better" for verdict in verdicts]) >= 0.95
    assert np.mean([verdict == "better" for verdict in planted]) >= 0.95
