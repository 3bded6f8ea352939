"""Does each design cry effect as seldom as it promises, and cover the effect that is there? Simulated (practice F8, issue 5).

`make truth` prints the table that stands in docs/method.md.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from journeylib.effects import (
    ab_means,
    ab_proportions,
    collapsed_differences,
    difference_of_series,
    group_time_effects,
    interrupted_series,
    sequential_means,
    sequential_proportions,
    synthetic_control,
)
from journeylib.effects.judgement import Ground, judge_change

pytestmark = pytest.mark.truth
TABLE: list[tuple[str, int, str, str]] = []
RUNS = 1_500


@pytest.fixture(scope="module", autouse=True)
def printed(request):
    yield
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\n\n| design, as simulated | runs | false alarms | planted effect covered |\n|---|---|---|---|")
        for design, runs, alarms, covered in TABLE:
            print(f"| {design} | {runs} | {alarms} | {covered} |")


def tell(design, alarms, covered=None, n=None):
    """A line of the table; both shares returned."""
    alarm, cover = float(np.mean(alarms)), None if covered is None else float(np.mean(covered))
    TABLE.append((design, n or len(alarms), f"{alarm:.1%}", "" if cover is None else f"{cover:.1%}"))
    return alarm, cover


def is_alarm(effect):
    return effect.verdict in ("better", "worse")


def test_fixed_ab_of_shares_holds_its_level_and_covers():
    rng = np.random.default_rng(1)
    alarms = [is_alarm(ab_proportions(*_counts(rng, 0.12, 0.12))) for _ in range(RUNS)]
    found = [ab_proportions(*_counts(rng, 0.16, 0.12)) for _ in range(RUNS)]
    alarm, cover = tell("A/B, fixed, shares", alarms, [e.lo <= 0.04 <= e.hi for e in found])
    assert alarm == pytest.approx(0.05, abs=0.015)
    assert 0.93 <= cover <= 0.97


def _counts(rng, p, p_control, n=800):
    return rng.binomial(n, p), n, rng.binomial(n, p_control), n


def test_fixed_ab_of_means_with_what_was_before_holds_its_level_and_covers():
    rng = np.random.default_rng(2)
    alarms, covered = [], []
    for effect in (0.0, 1.0):
        for _ in range(RUNS):
            before, control_before = rng.gamma(2, 2, 150), rng.gamma(2, 2, 150)
            after, control = (x * 0.7 + rng.gamma(2, 1, 150) for x in (before, control_before))
            found = ab_means(after + effect, control, before=before, control_before=control_before)
            (covered if effect else alarms).append(found.lo <= effect <= found.hi if effect else is_alarm(found))
    alarm, cover = tell("A/B, fixed, means with CUPED", alarms, covered)
    assert alarm == pytest.approx(0.05, abs=0.015)
    assert 0.93 <= cover <= 0.97


def test_the_sequential_test_stays_under_its_level_however_often_it_is_looked_at():
    rng = np.random.default_rng(3)
    alarms, plain, seen = [], [], []
    for effect in (0.0, 0.03):
        for _ in range(RUNS):
            k, k0 = (rng.binomial(250, p, 20).cumsum() for p in (0.10 + effect, 0.10))
            n = 250 * np.arange(1, 21)
            found = sequential_proportions(np.column_stack([k, n, k0, n]), tau=0.03)
            (seen if effect else alarms).append(is_alarm(found))
            if not effect:
                pooled = (k + k0) / (2 * n)
                plain.append((np.abs(k / n - k0 / n) / np.sqrt(2 * pooled * (1 - pooled) / n) > 1.96).any())
    alarm, _ = tell("A/B, sequential, 20 looks, τ = 3 points", alarms)
    tell("… an ordinary z-test looked at 20 times (not used)", plain)
    assert alarm <= 0.05
    assert np.mean(plain) > 0.18
    assert np.mean(seen) > 0.85


def test_a_watched_mean_stays_under_its_level_too():
    rng = np.random.default_rng(13)
    alarms, seen = [], []
    for effect in (0.0, 0.3):
        for _ in range(RUNS):
            values, control = rng.gamma(2, 1, (20, 40)) + effect, rng.gamma(2, 1, (20, 40))
            looks = [(*_so_far(values, look), *_so_far(control, look)) for look in range(1, 21)]
            (seen if effect else alarms).append(is_alarm(sequential_means(looks, tau=0.3)))
    alarm, _ = tell("A/B, watched, means, 20 looks, τ = a fifth of the spread", alarms)
    assert alarm <= 0.05
    assert np.mean(seen) > 0.8


def _so_far(values, look):
    so_far = values[:look]
    return so_far.mean(), so_far.std(ddof=1), so_far.size


def _panel(rng, effect, n_units=20, n_periods=24, rho=0.7):
    noise = _ar1(rng, n_periods, rho, n_units)
    value = noise + rng.normal(size=(n_units, 1)) + rng.normal(size=(1, n_periods))
    value[: n_units // 2, n_periods // 2 :] += effect
    unit, at = np.indices(value.shape)
    return pd.DataFrame({"unit": unit.ravel(), "at": at.ravel(), "value": value.ravel(), "is_changed": unit.ravel() < n_units // 2})


def _ar1(rng, n, rho, size=1):
    noise = rng.normal(size=(size, n))
    noise[:, 0] /= np.sqrt(1 - rho**2)
    for t in range(1, n):
        noise[:, t] += rho * noise[:, t - 1]
    return noise


def test_collapsed_differences_hold_their_level_where_naive_and_clustered_errors_do_not():
    rng = np.random.default_rng(4)
    alarms, covered, naive, clustered = [], [], [], []
    for run in range(RUNS):
        panel = _panel(rng, 0.0)
        alarms.append(is_alarm(collapsed_differences(panel, start=12)))
        found = collapsed_differences(_panel(rng, 1.5), start=12)
        covered.append(found.lo <= 1.5 <= found.hi)
        if run < 500:
            model = sm.OLS(*_regression(panel))
            naive.append(model.fit().pvalues.iloc[-1] < 0.05)
            clustered.append(model.fit(cov_type="cluster", cov_kwds={"groups": panel["unit"].to_numpy()}).pvalues.iloc[-1] < 0.05)
    alarm, cover = tell("difference-in-differences, collapsed, 20 groups × 24 periods, autocorrelation .7", alarms, covered)
    tell("… naive standard errors (not used)", naive)
    tell("… clustered standard errors (not used)", clustered)
    assert alarm == pytest.approx(0.05, abs=0.015)
    assert 0.93 <= cover <= 0.97
    assert np.mean(naive) > 0.15


def _regression(panel):
    dummies = [pd.get_dummies(panel["unit"], prefix="u"), pd.get_dummies(panel["at"], prefix="t").iloc[:, 1:]]
    return panel["value"], pd.concat([*dummies, (panel["is_changed"] & (panel["at"] >= 12)).rename("effect")], axis=1).astype(float)


def test_two_groups_over_time_hold_their_level_and_cover():
    rng = np.random.default_rng(5)
    for name, spread, rho, most, least in (
        ("two groups, 24 + 12 weeks, chance among customers alone", 0.0, 0.0, 0.065, 0.93), ("… with weeks of their own (standard deviation 4 points)", 0.04, 0.0, 0.065, 0.93),
        ("… that resemble their neighbours, autocorrelation .3", 0.04, 0.3, 0.075, 0.92), ("… autocorrelation .6", 0.04, 0.6, 0.10, 0.89),
    ):  # fmt: skip
        alarms, covered = [], []
        for _ in range(400):
            alarms.append(is_alarm(difference_of_series(*_two_groups(rng, 0.0, spread, rho))))
            found = difference_of_series(*_two_groups(rng, 0.08, spread, rho))
            covered += [found.lo <= 0.08 <= found.hi] if np.isfinite(found.lo) else []
        alarm, cover = tell(name, alarms, covered)
        assert alarm <= most
        assert cover >= least


@pytest.mark.parametrize(("n_units", "n_base"), [(6, None), (12, 1), (30, None)])
def test_staggered_starts_hold_their_level_and_cover(n_units, n_base):
    rng = np.random.default_rng(10)
    alarms, covered, start = [], [], np.array([6, 10, np.nan])
    for _ in range(400):
        value = _ar1(rng, 16, 0.5, n_units) + rng.normal(size=(n_units, 1)) + rng.normal(size=(1, 16))
        unit, period = np.indices(value.shape)
        panel = pd.DataFrame({"unit": unit.ravel(), "period": period.ravel(), "value": value.ravel(), "changed_in": start[unit.ravel() % 3]})
        alarms.append(is_alarm(group_time_effects(panel, rng=rng, n_draws=99, n_base=n_base)))
        panel["value"] += 1.5 * (panel["period"] >= panel["changed_in"].fillna(99))
        found = group_time_effects(panel, rng=rng, n_draws=99, n_base=n_base)
        covered.append(found.lo <= 1.5 <= found.hi)
    alarm, cover = tell(f"staggered starts, {n_units} groups × 16 periods, autocorrelation .5, level from {'all periods' if n_base is None else 'the last period'} before", alarms, covered)
    assert alarm <= 0.08
    assert cover >= 0.92


def _two_groups(rng, effect, spread, rho):
    common, after = 0.3 + 0.05 * np.sin(np.arange(36) / 4), np.arange(36) >= 24
    tables = []
    for own in (effect * after, 0.0):
        n = rng.poisson(60, 36) + 1
        weeks = spread * np.sqrt(1 - rho**2) * _ar1(rng, 36, rho)[0]
        value = rng.binomial(n, np.clip(common + own + weeks, 0.01, 0.99)) / n
        tables.append(pd.DataFrame({"value": value, "error": np.sqrt((value * n + 1) / (n + 2) * (1 - (value * n + 1) / (n + 2)) / n), "n": n, "is_after": after}))
    return tables


def test_synthetic_control_holds_its_level_by_placebos():
    rng = np.random.default_rng(6)
    alarms, covered = [], []
    for _ in range(300):
        values = 100 + rng.normal(size=(26, 1)) * 10 + _ar1(rng, 30, 0.5, 26) + np.cumsum(rng.normal(size=30))[None, :]
        alarms.append(is_alarm(synthetic_control(values, 22, did=True)))
        values[0, 22:] += 3
        found = synthetic_control(values, 22, did=True)
        covered.append(found.lo <= 3 <= found.hi)
    alarm, cover = tell("synthetic difference-in-differences, 25 untouched units, 22 + 8 periods", alarms, covered)
    assert alarm <= 0.07
    assert cover >= 0.92


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_interrupted_series_prints_its_known_excess(rho):
    rng = np.random.default_rng(7)
    alarms, covered = [], []
    for _ in range(400):
        values, after = _ar1(rng, 48, rho)[0] + 0.02 * np.arange(48), np.arange(48) >= 32
        alarms.append(is_alarm(interrupted_series(values, after)))
        found = interrupted_series(values + 2 * after, after)
        covered.append(found.lo <= 2 <= found.hi)
    alarm, cover = tell(f"interrupted series, 32 + 16 points, autocorrelation {rho:g}", alarms, covered)
    assert alarm <= 0.08
    assert cover >= 0.91


def test_interrupted_series_with_season_and_special_days():
    rng = np.random.default_rng(8)
    days, after = pd.date_range("2024-01-01", periods=104, freq="7D"), np.arange(104) >= 88
    season = 0.4 + 0.04 * np.cos(2 * np.pi * days.dayofyear.to_numpy() / 365.25) - 0.05 * (days.month == 7)
    alarms, covered = [], []
    for _ in range(150):
        values = season + 0.03 * _ar1(rng, 104, 0.3)[0]
        alarms.append(is_alarm(interrupted_series(values, after, first_days=days)))
        found = interrupted_series(values + 0.06 * after, after, first_days=days)
        covered.append(found.lo <= 0.06 <= found.hi)
    alarm, cover = tell("… 88 + 16 weeks with season and July, autocorrelation 0.3", alarms, covered)
    assert alarm <= 0.09
    assert cover >= 0.90


@pytest.mark.parametrize(("design", "months", "comparison"), [("before_after", 5, None), ("before_after", 22, None), ("differences", 22, "persona:b")])
def test_from_the_log_to_the_verdict(design, months, comparison):
    """Customers arriving one by one, a season they all share, a change that does nothing or 10 points; the design is chosen, not given."""
    rng = np.random.default_rng(9)
    n_alarms, alarms, covered = 400, [], []
    change = SimpleNamespace(start_on=pd.Timestamp("2025-06-02"), end_on=pd.NaT, horizon_days=84, kpi="conversion", scope="persona:a" if comparison else None,
                             comparison=comparison, design=None, control_share=np.nan, expected=0.1)  # fmt: skip
    for effect in (0.0, 0.10):
        for _ in range(n_alarms):
            found = judge_change(change, _arrivals(rng, months, effect, ["a"] if comparison else ["a", "b"]))
            assert found.design == design
            if found.verdict == "cannot_judge":  # one time in a hundred the groups seem to have moved apart before
                continue
            (covered if effect else alarms).append(found.lo <= effect <= found.hi if effect else is_alarm(found))
    name = {5: "before and after, five months of data", 22: "before and after, same weeks last year"}[months] if comparison is None else "two personas"
    alarm, cover = tell(f"from the log: {name}", alarms, covered)
    assert alarm <= 0.075
    assert cover >= 0.92


def _arrivals(rng, months, effect, reached):
    start, last = pd.Timestamp("2025-06-02", tz="UTC"), pd.Timestamp("2025-12-01", tz="UTC")
    first = start - pd.Timedelta(days=30 * months)
    n = int((last - first).days * 1.3)
    at = first + pd.to_timedelta(np.sort(rng.uniform(0, (last - first).days, n)), unit="D")
    persona = rng.choice(["a", "b"], n)
    season = 0.05 * np.cos(2 * np.pi * at.dayofyear / 365.25) if months > 12 else 0
    rate = 0.35 + season + effect * ((at >= start) & np.isin(persona, reached))
    return Ground(pd.DataFrame({"at": at, "value": (rng.random(n) < rate).astype(float), "unit": np.arange(n), "persona": persona}), first, last, 0.0)


SEVERAL = [
    ("group_differences", "four of eight shops", 8, 4, {"scope": "segment:s00|s01|s02|s03", "comparison": "segment:*"}),
    ("staggered", "four of eight shops, two of them nine weeks later", 8, 4, {"scope": "segment:s00|s01|s02@2025-08-04|s03@2025-08-04", "comparison": "segment:*"}),
    ("synthetic_control", "one shop of 24", 24, 1, {"scope": "segment:s00", "comparison": "segment:*"}),
    ("controlled_series", "one shop and three as its series, a season of 20 points", 4, 1, {"scope": "segment:s00", "comparison": "segment:*", "design": "controlled_series"}),
]  # fmt: skip


@pytest.mark.parametrize(("design", "name", "n_shops", "n_changed", "given"), SEVERAL)
def test_from_the_log_of_several_groups_to_the_verdict(design, name, n_shops, n_changed, given):
    """Customers of several shops, each with a level of its own and a season in common; the line of `changes.csv` decides the design."""
    rng, n_runs, alarms, covered = np.random.default_rng(11), 300, [], []
    usual = {"start_on": pd.Timestamp("2025-06-02"), "end_on": pd.NaT, "horizon_days": 112, "kpi": "conversion", "design": None, "control_share": np.nan, "expected": 0.1}
    change, series = SimpleNamespace(**usual | given), design == "controlled_series"
    for effect in (0.0, 0.10):
        for _ in range(n_runs):
            found = judge_change(change, _shops(rng, n_shops, n_changed, effect, design == "staggered", *((80, 0.2) if series else (15, 0.05))))
            assert found.design == design
            if found.verdict == "cannot_judge":
                continue
            (covered if effect else alarms).append(found.lo <= effect <= found.hi if effect else is_alarm(found))
    alarm, cover = tell(f"from the log: {name}", alarms, covered)
    assert alarm <= 0.09
    assert cover >= 0.92


def _shops(rng, n_shops, n_changed, effect, is_staggered, a_week, season):
    start = pd.Timestamp("2025-06-02", tz="UTC")
    first, last = start - pd.Timedelta(weeks=30), start + pd.Timedelta(days=182)
    n = int((last - first).days / 7 * a_week) * n_shops
    at, shop = first + pd.to_timedelta(np.sort(rng.uniform(0, (last - first).days, n)), unit="D"), rng.integers(0, n_shops, n)
    begins = np.full(n_shops, np.inf)
    begins[:n_changed] = np.where(is_staggered & (np.arange(n_changed) >= n_changed // 2), 63, 0)
    since = (at - start).days.to_numpy()
    rate = 0.35 + rng.normal(0, 0.05, n_shops)[shop] + season * np.sin(2 * np.pi * since / 182) + effect * (since >= begins[shop])
    value = (rng.random(n) < np.clip(rate, 0.01, 0.99)).astype(float)
    return Ground(pd.DataFrame({"at": at, "value": value, "unit": np.arange(n), "segment": [f"s{number:02d}" for number in shop]}), first, last, 0.0)
