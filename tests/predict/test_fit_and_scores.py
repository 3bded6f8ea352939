"""The logistic model and its scores, against statsmodels, scipy and sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import mannwhitneyu

from journeylib.predict.logistic import fit_logistic, log_loss
from journeylib.predict.scores import auc, brier, calibration, compare_chances


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(1)
    x = np.column_stack([rng.normal(3, 2, size=400), rng.poisson(2, size=400), rng.random(400) < 0.3, np.full(400, 7.0)]).astype(float)
    y = (rng.random(400) < expit(-1 + 0.5 * (x[:, 0] - 3) - 0.3 * x[:, 1] + x[:, 2])).astype(float)
    return x, y


@pytest.mark.parametrize("ridge", [0.5, 10.0, 300.0])
def test_the_ridge_is_that_of_statsmodels(drawn, ridge):
    x, y = drawn
    z = (x[:, :3] - x[:, :3].mean(axis=0)) / x[:, :3].std(axis=0)
    theirs = sm.GLM(y, sm.add_constant(z), family=sm.families.Binomial()).fit_regularized(
        alpha=np.array([0, ridge, ridge, ridge]) / len(y), L1_wt=0.0).params  # fmt: skip
    ours = fit_logistic(x, y, ridge)
    assert np.r_[ours.intercept, ours.slopes[:3]] == pytest.approx(theirs, abs=2e-4)  # their solver stops there


def test_without_a_ridge_it_is_maximum_likelihood(drawn):
    x, y = drawn
    theirs = sm.Logit(y, sm.add_constant(x[:, :3])).fit(disp=0)
    ours = fit_logistic(x, y, 0.0)
    assert ours.chances(x) == pytest.approx(theirs.predict(), abs=1e-8)
    assert ours.slopes[:3] / ours.spread[:3] == pytest.approx(theirs.params[1:], abs=1e-7)


def test_a_feature_that_does_not_vary_says_nothing(drawn):
    assert fit_logistic(*drawn, 1.0).slopes[3] == 0


def test_a_feature_that_parts_them_all_is_held_back_by_the_ridge():
    model = fit_logistic(np.arange(8.0)[:, None], (np.arange(8) > 3).astype(float), 1.0)
    assert np.isfinite(model.slopes).all()
    assert model.chances(np.array([[0.0], [7.0]])) == pytest.approx([1 - model.chances(np.array([[7.0]]))[0], model.chances(np.array([[7.0]]))[0]])


def test_the_mean_chance_is_the_share_that_came_true_whatever_the_ridge(drawn):
    """Rare outcomes are not weighted up (pitfall 10): on average the model says what is."""
    x, y = drawn
    assert fit_logistic(x, y, 50.0).chances(x).mean() == pytest.approx(y.mean(), abs=1e-9)


def test_brier_is_the_mean_squared_difference():
    assert brier([0.2, 0.9, 0.5], [0, 1, 1]) == pytest.approx((0.2**2 + 0.1**2 + 0.5**2) / 3)


def test_log_loss_is_the_mean_surprise():
    assert log_loss(np.array([0.25, 0.5]), np.array([1.0, 0.0])) == pytest.approx((np.log(4) + np.log(2)) / 2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=60))
def test_the_area_is_mann_and_whitney_s(cases):
    p, y = np.array([c[0] / 8 for c in cases]), np.array([c[1] for c in cases], dtype=float)
    if y.min() == y.max():
        assert np.isnan(auc(p, y))
        return
    u = mannwhitneyu(p[y == 1], p[y == 0]).statistic
    assert auc(p, y) == pytest.approx(u / ((y == 1).sum() * (y == 0).sum()))


def test_skill_is_one_minus_brier_over_that_of_the_base_rate():
    p, y = np.array([0.1, 0.2, 0.7, 0.6]), np.array([0.0, 0.0, 1.0, 0.0])
    found = compare_chances(p, np.full(4, 0.25), y, np.arange(4), np.random.default_rng(1))
    assert found["skill"].value == pytest.approx(1 - ((0.01 + 0.04 + 0.09 + 0.36) / 4) / (1 / 4 * 3 / 4))
    assert found["rule_skill"].value == pytest.approx(0)
    assert found["gain"].value == pytest.approx(found["skill"].value)


def test_rows_of_one_unit_are_one_piece_of_evidence():
    """Ten copies of every row under the same unit leave the interval as wide as it was."""
    rng = np.random.default_rng(2)
    p = rng.random(120)
    y = (rng.random(120) < p).astype(float)
    base = np.full(120, y.mean())
    once = compare_chances(p, base, y, np.arange(120), np.random.default_rng(3))
    ten = compare_chances(*(np.repeat(each, 10) for each in (p, base, y)), np.repeat(np.arange(120), 10), np.random.default_rng(3))
    assert ten["skill"] == pytest.approx(once["skill"])
    assert ten["auc"] == pytest.approx(once["auc"])


def test_calibration_is_that_of_statsmodels_with_clustered_errors():
    rng = np.random.default_rng(4)
    unit = np.repeat(np.arange(200), 3)
    p = expit(rng.normal(-1, 1, size=600))
    y = (rng.random(600) < expit(0.3 + 0.7 * logit(p))).astype(float)
    intercept, slope = calibration(p, y, unit)
    whole = sm.GLM(y, sm.add_constant(logit(p)), family=sm.families.Binomial()).fit(cov_type="cluster", cov_kwds={"groups": unit, "use_correction": False})
    offset = sm.GLM(y, np.ones(600), family=sm.families.Binomial(), offset=logit(p)).fit(cov_type="cluster", cov_kwds={"groups": unit, "use_correction": False})
    assert slope == pytest.approx((whole.params[1], *whole.conf_int()[1]), abs=1e-6)
    assert intercept == pytest.approx((offset.params[0], *offset.conf_int()[0]), abs=1e-6)


def test_weighting_rare_outcomes_up_would_ruin_the_chances():
    """Practice C10: balanced classes leave the area and predict several times too much."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(4000, 1))
    y = (rng.random(4000) < expit(-3 + 0.8 * x[:, 0])).astype(float)
    many = np.repeat(np.arange(4000), np.where(y == 1, round((1 - y.mean()) / y.mean()), 1))
    honest, balanced = fit_logistic(x, y, 1.0).chances(x), fit_logistic(x[many], y[many], 1.0).chances(x)
    assert auc(honest, y) == pytest.approx(auc(balanced, y))
    assert honest.mean() == pytest.approx(y.mean())
    assert 1 - brier(balanced, y) / (y.mean() * (1 - y.mean())) < -1
