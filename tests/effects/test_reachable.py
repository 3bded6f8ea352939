"""Every design of practice C9 is reached from a line of `changes.csv`, by what exists; and a planned change is told what it will be able to show."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.proportion import proportions_ztest

from journeylib.effects import (
    Ground,
    ab_means,
    collapsed_differences,
    difference_of_series,
    group_time_effects,
    judge_change,
    sequential_means,
    smallest_effect,
)
from journeylib.effects.groups import named_groups, who_met
from journeylib.effects.randomised import difference_of_proportions
from journeylib.errors import ParameterError
from journeylib.improve.changes import read_changes
from tests.gaps.material import a_client

START = pd.Timestamp("2025-06-02", tz="UTC")


def change(**given):
    usual = {"start_on": pd.Timestamp("2025-06-02"), "end_on": None, "horizon_days": 112.0, "kpi": "conversion", "scope": None, "comparison": None, "design": None,
             "control_share": None, "expected": None}  # fmt: skip
    return SimpleNamespace(**usual | given)


def shops(n_groups, starts, *, effect=0.0, weeks_before=30, a_week=15, until="2025-12-01", season=0.0, pace=0.0):
    """Customers of several segments s00, s01 …; those with a start gain `effect` from that day on; all share a season, the first has a pace of its own."""
    rng, last = np.random.default_rng(1), pd.Timestamp(until, tz="UTC")
    first = START - pd.Timedelta(weeks=weeks_before)
    days = (last - first).days
    n = int(days / 7 * a_week) * n_groups
    at = first + pd.to_timedelta(np.linspace(0, days - 0.1, n), unit="D")
    segment = np.array([f"s{place:02d}" for place in range(n_groups)])[np.arange(n) % n_groups]
    begun = pd.to_datetime(pd.Series(segment).map(starts | {"": None}), utc=True)
    rate = 0.35 + season * np.sin(2 * np.pi * np.asarray((at - first).days) / 91) * (1 + pace * (segment == "s00")) + effect * (begun <= at).to_numpy()
    value = (rng.random(n) < rate).astype(float)
    return Ground(pd.DataFrame({"at": at, "value": value, "unit": np.arange(n), "segment": segment}), first, last, 0.0)


def of_day(*names, day="2025-06-02"):
    return dict.fromkeys(names, day)


@pytest.mark.parametrize(("design", "given", "ground"), [
    ("ab", {"scope": "segment:s00", "comparison": "segment:s01", "design": "ab"}, shops(2, of_day("s00"), effect=0.2)),
    ("ab_sequential", {"scope": "segment:s00", "comparison": "segment:s01", "design": "ab_sequential", "expected": 0.2}, shops(2, of_day("s00"), effect=0.25)),
    ("differences", {"scope": "segment:s00", "comparison": "segment:s01"}, shops(2, of_day("s00"), effect=0.3, a_week=60)),
    ("group_differences", {"scope": "segment:s00|s01|s02|s03", "comparison": "segment:*"}, shops(9, of_day("s00", "s01", "s02", "s03"), effect=0.2)),
    ("staggered", {"scope": "segment:s00@2025-06-02|s01@2025-06-02|s02@2025-08-04|s03@2025-08-04", "comparison": "segment:*"},
     shops(10, of_day("s00", "s01") | of_day("s02", "s03", day="2025-08-04"), effect=0.25)),
    ("synthetic_control", {"scope": "segment:s00", "comparison": "segment:*"}, shops(24, of_day("s00"), effect=0.35, a_week=30)),
    ("controlled_series", {"scope": "segment:s00", "comparison": "segment:*", "design": "controlled_series"}, shops(4, of_day("s00"), effect=0.25, a_week=80, season=0.2)),
    ("interrupted", {}, shops(1, of_day("s00"), effect=0.3, a_week=60)),
    ("before_after", {}, shops(1, of_day("s00"), effect=0.3, a_week=40, weeks_before=18)),
])  # fmt: skip
def test_each_design_is_reached_by_what_exists_and_finds_what_was_planted(design, given, ground):
    found = judge_change(change(**given), ground)
    assert (found.design, found.verdict) == (design, "better")
    assert found.lo < {"ab": 0.2, "staggered": 0.25, "controlled_series": 0.25, "ab_sequential": 0.25, "synthetic_control": 0.35, "group_differences": 0.2}.get(design, 0.3) < found.hi


def test_groups_that_move_at_another_pace_are_held_against_the_untouched_as_a_series():
    apart = shops(2, of_day("s00"), effect=0.0, a_week=120, season=0.1, pace=1.0, weeks_before=26)
    found = judge_change(change(scope="segment:s00", comparison="segment:s01"), apart)
    assert found.design in ("controlled_series", "differences")
    assert found.verdict in ("no_effect", "cannot_judge")


def test_what_each_one_did_before_is_taken_away_where_half_of_both_are_known():
    rng, n = np.random.default_rng(2), 600
    level = rng.normal(size=n)
    before = pd.DataFrame({"at": START - pd.Timedelta(days=60), "value": level + rng.normal(scale=0.3, size=n), "unit": np.arange(n)})
    after = before.assign(at=START + pd.Timedelta(days=10), value=level + rng.normal(scale=0.3, size=n) + 0.2 * (np.arange(n) % 2 == 0))
    rows = pd.concat([before, after], ignore_index=True).assign(segment=lambda rows: np.where(rows["unit"] % 2 == 0, "new", "old"))
    given = change(scope="segment:new", comparison="segment:old", design="ab", kpi="satisfaction")
    known = judge_change(given, Ground(rows, START - pd.Timedelta(days=90), START + pd.Timedelta(days=200), 0.0))
    unknown = judge_change(given, Ground(rows[rows["at"] >= START].reset_index(drop=True), START - pd.Timedelta(days=90), START + pd.Timedelta(days=200), 0.0))
    assert [reason.key for reason in known.reasons] == ["known_before"]
    assert known.hi - known.lo < 0.6 * (unknown.hi - unknown.lo)
    assert unknown.reasons == ()


def test_a_watched_mean_is_never_judged_by_the_fixed_test():
    rng = np.random.default_rng(3)
    looks = [(1.0 + 0.1 * rng.normal(), 1.0, n, 1.0, 1.0, n) for n in (50, 100, 200)]
    assert sequential_means(looks, tau=0.3).verdict == "no_effect"
    assert sequential_means([(1.5, 1.0, 200, 1.0, 1.0, 200)], tau=0.3).verdict == "better"
    assert sequential_means([(1.5, 1.0, 300, 1.0, 1.0, 200)], tau=0.3).reasons[0].key == "sample_ratio"


# --- what is written in changes.csv -----------------------------------------------------------------------------------


def test_a_cell_names_groups_and_the_day_each_met_the_change():
    assert named_groups("segment:north@2025-03-01|south").starts == {"north": "2025-03-01", "south": None}
    assert named_groups("persona:*").is_all
    assert named_groups(None).starts == {}
    rows = pd.DataFrame({"segment": ["a", "b", "c", None]})
    met = who_met(rows, "segment:a@2025-03-01|b", "segment:*")
    assert (met.mine["segment"].tolist(), list(met.others), met.is_staggered) == (["a", "b"], ["c"], True)
    assert who_met(rows, None, "segment:c").mine["segment"].isna().sum() == 1


HEADER = "change_id,title,start_on,scope,kpi,horizon_days,comparison,design,written_on\n"


@pytest.fixture
def client(tmp_path):
    return a_client(params_file=tmp_path / "drawn.yml", as_of=dt.date(2025, 12, 31))


def write(client, text):
    client.folder.mkdir(exist_ok=True)
    (client.folder / "changes.csv").write_text(HEADER + text, encoding="utf-8")


def test_several_groups_with_days_of_their_own_are_read(client):
    write(client, "A,Ny butik,2025-03-01,segment:north@2025-03-01|south@2025-06-01,conversion,90,segment:*,,2025-02-01\n")
    assert read_changes(client)["scope"].tolist() == ["segment:north@2025-03-01|south@2025-06-01"]


def test_days_of_their_own_and_groups_that_cannot_be_are_named(client):
    write(client, "A,Ny,2025-03-01,segment:north@2025-02-01|south,conversion,90,segment:west@2025-06-01,,2025-02-01\nB,Ny,2025-03-01,segment:*,conversion,90,segment:north|south,,\n"
                  "C,Ny,2025-03-01,segment:north|south,conversion,90,segment:south|west,,\n")  # fmt: skip
    with pytest.raises(ParameterError) as mistakes:
        read_changes(client)
    day = "expected a day of its own in scope only, on or after start_on, as segment:north@2025-03-01|south@2025-06-01"
    assert str(mistakes.value).splitlines() == [
        f"changes.csv, line 2, column 'scope': got 'segment:north@2025-02-01|south', {day}",
        f"changes.csv, line 2, column 'comparison': got 'segment:west@2025-06-01', {day}",
        "changes.csv, line 3, column 'scope': got 'segment:*', expected the groups by name, or nothing at all for everybody",
        "changes.csv, line 4, column 'comparison': got 'segment:south|west', expected another group than the scope",
    ]


def test_groups_that_start_later_are_followed_for_the_whole_horizon():
    scope = "segment:s00@2025-06-02|s01@2025-06-02|s02@2025-10-06|s03@2025-10-06"
    found = judge_change(change(scope=scope, comparison="segment:*"), shops(10, {}, until="2025-12-01"))
    assert (found.design, found.verdict) == ("staggered", "too_early")
    assert found.reasons[0].values["until"] == dt.date(2026, 1, 26)                 # 112 days from 6 October


# --- power, before starting -------------------------------------------------------------------------------------------


def test_a_split_shows_the_usual_smallest_effect_of_two_groups():
    """Of 60 customers a week for 16 weeks, half in either group: (1.96 + 0.84) · √(p(1 − p) · (1/480 + 1/480))."""
    ground = shops(1, {}, a_week=60, until="2025-06-02")
    rate = ground.rows["value"].mean()
    smallest, _ = smallest_effect(change(scope="segment:new", comparison="segment:old", design="ab"), ground)
    assert smallest == pytest.approx((1.959964 + 0.841621) * np.sqrt(rate * (1 - rate) * 2 / 480), rel=0.01)


def test_who_looks_all_the_time_sees_less_and_who_compares_four_numbers_too():
    ground = shops(2, {}, a_week=60, until="2025-06-02")
    fixed, watched, four = (smallest_effect(change(scope="segment:s00", comparison="segment:s01", design=design, expected=0.05), ground)[0] for design in ("ab", "ab_sequential", None))
    assert fixed < watched
    assert fixed < four
    assert smallest_effect(change(scope="segment:s00", comparison="segment:s01", design="ab", expected=0.01), ground)[1] is False


# --- statsmodels as oracle of each regression ----------------------------------------------------------------------------


def test_a_difference_of_shares_has_the_pooled_z_tests_p():
    assert difference_of_proportions(56, 700, 80, 800)[3] == pytest.approx(proportions_ztest([56, 80], [700, 800])[1])


def test_what_was_before_taken_away_is_a_regression_on_it():
    rng = np.random.default_rng(4)
    x, treated = rng.normal(size=4_000), np.arange(4_000) % 2
    y = x + 0.1 * treated + rng.normal(size=4_000)
    found = ab_means(y[treated == 1], y[treated == 0], before=x[treated == 1], control_before=x[treated == 0])
    oracle = sm.OLS(y, sm.add_constant(np.column_stack([treated, x]))).fit()
    assert found.effect == pytest.approx(oracle.params[1], abs=0.001)
    assert (found.hi - found.lo) / 2 / 1.96 == pytest.approx(oracle.bse[1], rel=0.02)


def test_two_groups_over_time_are_weighted_least_squares_on_their_distance():
    rng, after = np.random.default_rng(5), np.arange(11) >= 6
    changed, other = (pd.DataFrame({"value": rng.normal(0.4, 0.05, 11), "error": rng.uniform(0.001, 0.002, 11), "n": 100, "is_after": after}) for _ in range(2))
    found = difference_of_series(changed, other)
    oracle = sm.WLS(changed["value"] - other["value"], sm.add_constant(after.astype(float)), weights=1 / (changed["error"] ** 2 + other["error"] ** 2)).fit()
    assert found.effect == pytest.approx(oracle.params.iloc[1])
    assert (found.hi - found.lo) / 2 == pytest.approx(oracle.conf_int().iloc[1].diff().iloc[1] / 2, rel=0.05)


def test_neighbouring_periods_that_resemble_one_another_widen_the_range():
    rng, after, noise = np.random.default_rng(8), np.arange(40) >= 25, np.zeros(40)
    for period in range(1, 40):
        noise[period] = 0.8 * noise[period - 1] + rng.normal(0, 0.02)
    changed, other = (pd.DataFrame({"value": value, "error": 0.001, "n": 100, "is_after": after}) for value in (0.4 + noise, np.full(40, 0.3)))
    found = difference_of_series(changed, other)
    naive = sm.OLS(changed["value"] - 0.3, sm.add_constant(after.astype(float))).fit()
    oracle = sm.GLSAR(changed["value"] - 0.3, sm.add_constant(after.astype(float)), rho=1).iterative_fit(20)
    assert found.hi - found.lo > 1.5 * 2 * 1.96 * naive.bse.iloc[1]
    assert found.hi - found.lo >= 2 * 1.96 * oracle.bse.iloc[1]


def test_groups_that_all_change_at_once_are_the_same_by_both_roads():
    rng = np.random.default_rng(6)
    rows = [(unit, at, rng.normal() + unit, unit < 6) for unit in range(12) for at in range(8)]
    panel = pd.DataFrame(rows, columns=["unit", "at", "value", "is_changed"])
    together = collapsed_differences(panel, start=4)
    staggered = group_time_effects(panel.assign(period=panel["at"], changed_in=np.where(panel["is_changed"], 4.0, np.nan)), rng=rng, n_base=None)
    assert staggered.effect == pytest.approx(together.effect)
    fixed = np.column_stack([pd.get_dummies(panel["unit"]), pd.get_dummies(panel["at"]).iloc[:, 1:], panel["is_changed"] & (panel["at"] >= 4)]).astype(float)
    assert together.effect == pytest.approx(sm.OLS(panel["value"], fixed).fit().params.iloc[-1])


def test_few_groups_cannot_tell_a_staggered_change():
    panel = pd.DataFrame({"unit": [0, 0, 1, 1], "period": [0, 1, 0, 1], "value": 1.0, "changed_in": [1, 1, np.nan, np.nan]})
    assert group_time_effects(panel, rng=np.random.default_rng(1)).reasons[0].values == {"n": 2, "least": 6}
