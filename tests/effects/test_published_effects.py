"""Effects others have published, found again on their own data (../shared/data; practice F, issue 5, Shows 2 and 3)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from journeylib.effects import ab_proportions, collapsed_differences, interrupted_series, sample_ratio_p, synthetic_control
from journeylib.effects.randomised import RATIO_P
from journeylib.effects.synthetic import simplex_weights

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")


@pytest.fixture(scope="module")
def smoking():
    """Packs of cigarettes a head, 39 states × 31 years, California (proposition 99, 1989) first."""
    rows = pd.read_csv(DATA / "before_after" / "california_prop99.csv", sep=";")
    wide = rows.pivot(index="State", columns="Year", values="PacksPerCapita")
    return pd.concat([wide.loc[["California"]], wide.drop("California")])


def test_proposition_99_by_difference_in_differences(smoking):
    """−27.3 in Arkhangelsky et al. (2021), table 1."""
    after = smoking.columns >= 1989
    moved = smoking.loc[:, after].mean(axis=1) - smoking.loc[:, ~after].mean(axis=1)
    assert moved.iloc[0] - moved.iloc[1:].mean() == pytest.approx(-27.349, abs=5e-4)
    panel = smoking.rename_axis("unit").melt(ignore_index=False, var_name="at").reset_index().assign(is_changed=lambda rows: rows["unit"] < "D")
    several = collapsed_differences(panel, start=1989)
    changed = smoking.index < "D"
    assert several.effect == pytest.approx(moved[changed].mean() - moved[~changed].mean())


def test_proposition_99_by_synthetic_control(smoking):
    """−19.6 in the same table; the authors' solver stops a little before the best weights, which give −19.5."""
    found = synthetic_control(smoking.to_numpy(), 19)
    assert found.effect == pytest.approx(-19.6, abs=0.1)
    assert (found.hi - found.lo) / 2 / 1.96 == pytest.approx(9.9, abs=1.0)
    assert found.verdict == "no_effect"


def test_proposition_99_by_synthetic_difference_in_differences(smoking):
    """−15.6 in the same table."""
    found = synthetic_control(smoking.to_numpy(), 19, did=True)
    assert found.effect == pytest.approx(-15.6, abs=0.05)
    assert (found.hi - found.lo) / 2 / 1.96 == pytest.approx(8.4, abs=1.1)


def test_weights_are_the_best_there_are(smoking):
    """No small move of weight from one state to another brings California's own course nearer."""
    before = smoking.loc[:, :1988].to_numpy()
    weights = simplex_weights(before[0], before[1:].T)
    gradient = before[1:] @ (before[1:].T @ weights - before[0])
    assert weights.sum() == pytest.approx(1)
    assert gradient[weights > 1e-9].max() - gradient.min() < 1e-3 * np.abs(gradient).max()


def test_a_change_that_did_nothing_is_said_to_have_done_nothing():
    """comparison_data: −657 (−2 076 to 832), p = .20 by Google's structural time series."""
    rows = pd.read_csv(DATA / "before_after" / "comparison_data.csv", parse_dates=["DATE"])
    rows = rows[rows["DATE"] <= "2019-08-01"]
    found = interrupted_series(rows["CHANGED"], rows["DATE"] >= "2019-07-15", controls=rows[["NOT_CHANGED_1", "NOT_CHANGED_2", "NOT_CHANGED_3"]])
    assert found.verdict == "no_effect"
    assert found.p == pytest.approx(0.20, abs=0.05)
    assert -2_076 < found.effect < 832
    assert found.effect == pytest.approx(-657, abs=150)


def test_five_added_to_a_series_are_found():
    """arma_data with +5 from row 70: 4.89 (4.26 to 5.47) in the repository's README."""
    rows = pd.read_csv(DATA / "before_after" / "arma_data.csv")
    after = np.arange(len(rows)) >= 70
    found = interrupted_series(rows["y"] + 5 * after, after, controls=rows[["X"]])
    assert found.verdict == "better"
    assert found.lo < 5 < found.hi
    assert found.effect == pytest.approx(4.89, abs=0.15)


@pytest.fixture(scope="module")
def headlines():
    """Upworthy's headline tests: one row a test, with how uneven the groups were."""
    packages = pd.read_parquet(DATA / "upworthy_ab_tests" / "packages_exploratory.parquet")
    tests = packages.groupby("clickability_test_id").agg(impressions=("impressions", list), clicks=("clicks", list), week=("test_week", "first"))
    tests["ratio_p"] = [sample_ratio_p(sizes) for sizes in tests["impressions"]]
    tests["is_bad"] = tests["week"].astype(int).between(201326, 201402)
    return tests


def test_uneven_groups_are_found_where_the_archive_says_chance_was_broken(headlines):
    fails = headlines["ratio_p"] < RATIO_P
    assert fails[headlines["is_bad"]].mean() == pytest.approx(0.671, abs=5e-4)
    assert fails[~headlines["is_bad"]].mean() == pytest.approx(0.012, abs=5e-4)


def test_no_effect_is_stated_of_a_test_whose_groups_are_uneven(headlines):
    pairs = headlines[headlines["impressions"].map(len) == 2]
    judged = [ab_proportions(k[0], n[0], k[1], n[1]) for k, n in zip(pairs["clicks"], pairs["impressions"], strict=True)]
    uneven = (pairs["ratio_p"] < RATIO_P).to_numpy()
    assert {effect.verdict for effect, stopped in zip(judged, uneven, strict=True) if stopped} == {"cannot_judge"}
    assert all(np.isnan(effect.effect) for effect, stopped in zip(judged, uneven, strict=True) if stopped)
    assert {effect.verdict for effect, stopped in zip(judged, uneven, strict=True) if not stopped} <= {"better", "worse", "no_effect"}
