"""What improvements give together, and where a change in purchases lies: golden numbers of practice C2, and what is said of them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeylib.client import Thresholds
from journeylib.findings.worth import say_purchase_change, say_value_split
from journeylib.improve import worth
from journeylib.improve.moved import split_purchases, two_periods
from journeylib.improve.value import Chain
from journeylib.improve.what_if import joint_gain, lmdi_split, shapley_draws, shapley_split
from journeylib.improve.worth import split_value
from journeylib.schema import COVERAGE_IN_TIME, PURCHASE_CHANGE, VALUE_SPLIT, check
from journeylib.stages import load_stage_model
from journeylib.wording import NBSP, Words
from tests.drawing import from_frame
from tests.gaps.material import a_client

THEN, NOW = [10_000, 0.30, 0.40, 0.50, 0.25], [11_000, 0.28, 0.44, 0.42, 0.27]
DAY = 86_400_000_000
factors = st.lists(st.tuples(st.floats(0.01, 100), st.floats(0.01, 100)), min_size=1, max_size=6)


def test_golden_f5_the_change_between_two_periods():
    parts = lmdi_split(THEN, NOW)
    assert parts.round(2).tolist() == [14.47, -10.48, 14.47, -26.47, 11.69]
    assert parts.sum() == pytest.approx(np.prod(NOW) - np.prod(THEN), abs=1e-9)
    assert parts.sum() == pytest.approx(3.680, abs=5e-4)


@given(factors)
def test_the_parts_of_a_change_leave_no_rest(pairs):
    then, now = zip(*pairs, strict=True)
    assert lmdi_split(then, now).sum() == pytest.approx(np.prod(now) - np.prod(then), rel=1e-6, abs=1e-9)


@given(factors)
def test_the_change_back_is_the_change_with_its_sign_turned(pairs):
    then, now = zip(*pairs, strict=True)
    assert lmdi_split(now, then) == pytest.approx(-lmdi_split(then, now), rel=1e-6, abs=1e-9)


def test_a_factor_of_nought_is_split_by_shapley():
    parts = lmdi_split([100, 0.0, 0.5], [100, 0.4, 0.5])
    assert parts.tolist() == pytest.approx([0, 100 * 0.4 * 0.5, 0])
    assert lmdi_split(THEN, THEN).tolist() == [0] * 5


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)), min_size=1, max_size=5))
def test_many_draws_are_split_as_one_is(pairs):
    rates, targets = map(np.array, zip(*pairs, strict=True))
    together = shapley_draws(np.array([rates, targets]), np.array([targets, targets]))
    assert together[0] == pytest.approx(shapley_split(1, rates, targets), abs=1e-12)
    assert together[1] == pytest.approx(np.zeros(len(rates)))


# --- value, stage by stage --------------------------------------------------------------------------------------------

STAGES = ("awareness", "consideration", "decision")
CHAIN = Chain(STAGES, np.array([30_000.0, 40_000, 25_000]), np.array([100_000.0, 100_000, 100_000]), 10_000.0, 1.0, 0.0)


def no_gaps(**levels):
    rows = [{"check": "G13", "status": "found", "persona": "", "stage": stage, "threshold": level, "decision": None} for stage, level in levels.items()]
    return pd.DataFrame(rows, columns=["check", "status", "persona", "stage", "threshold", "decision"])


@pytest.fixture
def of_chain(monkeypatch):
    monkeypatch.setattr(worth, "way_to_purchase", lambda *_: CHAIN)
    return lambda gaps: split_value(gaps, {}, None, a_client()).set_index("stage")


def test_where_two_stages_fall_short_each_is_raised_to_its_level(of_chain):
    split = of_chain(no_gaps(awareness=0.35, decision=0.30))
    rates, targets = [0.30, 0.40, 0.25], [0.35, 0.40, 0.30]
    assert list(split.index) == ["decision", "awareness", ""]
    assert split.loc["", "part"] == pytest.approx(joint_gain(10_000, rates, targets), rel=0.02)
    assert split.loc["awareness", "alone"] == pytest.approx(10_000 * 0.40 * 0.25 * 0.05, rel=0.03)
    assert split.loc[["awareness", "decision"], "part"].tolist() == pytest.approx(shapley_split(10_000, rates, targets)[[0, 2]].tolist(), rel=0.03)
    assert split.loc["", "alone"] < split.loc["", "part"]


def test_else_every_stage_is_raised_by_five_of_a_hundred_and_equals_are_tied(of_chain, monkeypatch):
    assert set(of_chain(no_gaps(decision=0.30))["kind"]) == {"equal"}
    equal = Chain(STAGES, np.full(3, 40.0), np.full(3, 100.0), 1000.0, 1.0, 0.0)
    monkeypatch.setattr(worth, "way_to_purchase", lambda *_: equal)
    assert split_value(no_gaps(), {}, None, a_client())["is_tied"].tolist()[:2] == [True, True]


def test_without_a_way_to_the_purchase_nothing_is_split(monkeypatch):
    monkeypatch.setattr(worth, "way_to_purchase", lambda *_: None)
    assert split_value(no_gaps(), {}, None, a_client()) is None


# --- two periods --------------------------------------------------------------------------------------------------------


def shop(days, per_day, bought, since=0, better=0.0):
    """One journey `per_day`; from day `since` on a larger share of them buys."""
    rng, rows = np.random.default_rng(2), []
    for number in range(int((days - 3) * per_day)):
        day, name = number / per_day, f"{number:05d}"
        rows.append((name, day, "a1", None))
        if rng.random() < 0.6:
            rows.append((name, day + 1, "a3", None))
            if rng.random() < bought + better * (day >= since):
                rows.append((name, day + 2, "a4", "won"))
    return from_frame(pd.DataFrame(rows, columns=["journey", "day", "atom", "outcome"]).assign(touchpoint="page", source="drawn"), until=days)


def months(days, without=()):
    """Rows of the drawn source in every month but some."""
    every = pd.period_range("2025-01-01", dt.date(2025, 1, 1) + dt.timedelta(days=days), freq="M").to_timestamp()
    return check(pd.DataFrame([{"source": "drawn", "month": month, "n_rows": 9} for month in every if f"{month:%Y-%m}" not in without]), COVERAGE_IN_TIME)


def split(drawn, days, in_time=None):
    client = a_client(thresholds=Thresholds(window_days=14), as_of=dt.date(2025, 1, 1) + dt.timedelta(days=days - 1))
    collected = SimpleNamespace(log=drawn.log, journeys=drawn.journeys, coverage_in_time=months(days) if in_time is None else in_time)
    return split_purchases(collected, load_stage_model(client), client)


def test_the_same_weeks_a_year_apart_are_set_beside_each_other_where_data_reach_so_far():
    found = split(shop(560, 3, 0.3, since=370, better=0.25), 560).table
    assert (found["is_a_year"].all(), found["days"].iloc[0]) == (True, 182.0)          # 560 − 14 to follow − 364, in whole weeks
    assert found["part"].sum() == pytest.approx(found["n_now"].iloc[0] - found["n_then"].iloc[0])
    largest = found.loc[found["part"].idxmax()]
    assert (largest["stage"], largest["lo"] > 0) == ("consideration", True)


def test_shorter_data_are_halved_and_too_short_or_too_few_are_not_split():
    found = split(shop(300, 3, 0.3), 300).table
    assert (found["is_a_year"].any(), found["days"].iloc[0]) == (False, 140.0)
    assert split(shop(120, 3, 0.3), 120) == (None, ())
    assert split(shop(300, 3, 0.01), 300).table is None
    assert two_periods(np.array([]), 0) is None


def test_where_journeys_begin_in_a_source_with_empty_months_no_year_is_set_beside_it():
    drawn = shop(560, 3, 0.3)
    assert split(drawn, 560, months(560, without=["2025-03"])) == (None, ("drawn",))            # 182 days from 1 January 2025 hold March
    assert split(drawn, 560, months(560, without=["2025-01", "2025-02"])) == (None, ("drawn",))  # it begins inside the earlier period
    assert split(drawn, 560, months(560, without=["2026-03"])) == (None, ("drawn",))
    assert split(drawn, 560, months(560, without=["2025-08"])).table["is_a_year"].all()          # between the two periods
    assert split(drawn, 560, months(560).assign(source="a survey")).table["is_a_year"].all()     # no journey begins there


@pytest.mark.parametrize(("language", "said"), [
    ("sv", "Köpen delas inte upp mellan två perioder: i bokningar, där resorna börjar, saknas rader i någon av månaderna, så det syns inte hur många som började."),
    ("da", "Købene deles ikke op mellem to perioder: i bokningar, hvor rejserne begynder, mangler der rækker i en af månederne, så det kan ikke ses, hvor mange der begyndte."),
    ("nb", "Kjøpene deles ikke opp mellom to perioder: i bokningar, der reisene begynner, mangler det rader i en av månedene, så det synes ikke hvor mange som begynte."),
    ("en", "Purchases are not split between two periods: bokningar, where journeys begin, lacks rows in some of the months, so how many set out cannot be seen."),
])  # fmt: skip
def test_why_purchases_are_not_split_is_said(language, said):
    assert say_purchase_change(SimpleNamespace(words=Words(language)), None, ("bokningar",)) == f"<p>{said}</p>"


# --- in words -----------------------------------------------------------------------------------------------------------


def run(language):
    client = a_client(language=language)
    return SimpleNamespace(client=client, model=load_stage_model(client), words=Words(language, "SEK", client.timezone))


def a_split(*tied):
    parts = [("consideration", 100.0), ("awareness", 40.0), ("decision", 38.0), ("", 178.0)]
    rows = [{"stage": stage, "kind": "equal", "alone": part * 0.9, "alone_lo": part * 800, "alone_hi": part * 1_000, "part": part, "part_lo": part * 900,
             "part_hi": part * 1_100, "is_tied": stage in tied} for stage, part in parts]  # fmt: skip
    return check(pd.DataFrame(rows), VALUE_SPLIT)


@pytest.mark.parametrize(("language", "first", "tied"), [
    ("sv", "Om fem fler av hundra gick vidare ger det mest i Övervägande.", "Medvetenhet och Beslut går inte att skilja åt."),
    ("da", "Hvis fem flere af hundrede gik videre, giver det mest i Overvejelse.", "Opmærksomhed og Beslutning kan ikke skilles fra hinanden."),
    ("nb", "Hvis fem flere av hundre gikk videre, gir det mest i Vurdering.", "Bevissthet og Beslutning kan ikke skilles fra hverandre."),
    ("en", "If five more of a hundred went on, that would give most in Consideration.", "Awareness and Decision cannot be told apart."),
])  # fmt: skip
def test_the_stage_that_gives_most_is_named_and_ties_are_said(language, first, tied):
    said = say_value_split(run(language), a_split("awareness")).replace(NBSP, " ")
    assert f"<p>{first}</p>" in said
    assert f"<p>{tied}</p>" in said
    assert first not in say_value_split(run(language), a_split("consideration", "awareness")).replace(NBSP, " ")
    assert say_value_split(run(language), None) == ""


def a_change(lo, *tied):
    rows = [{"stage": stage, "then": then, "now": now, "part": part, "lo": lo if stage == "decision" else -9.0, "hi": 30.0 if stage == "decision" else 9.0, "n_then": 100,
             "n_now": 117, "is_tied": stage in tied, "days": 182.0, "then_from": pd.Timestamp("2024-07-01"), "now_from": pd.Timestamp("2025-06-30"), "is_a_year": True}
            for stage, then, now, part in (("", 500.0, 510.0, 2.0), ("awareness", 0.5, 0.5, 0.0), ("decision", 0.4, 0.46, 15.0))]  # fmt: skip
    return check(pd.DataFrame(rows), PURCHASE_CHANGE)


@pytest.mark.parametrize(("language", "clear", "close"), [
    ("sv", "Säkert är att +15 (4–30) köp ligger i andelen som går vidare från Beslut.", "Ingen del är säker: skillnaden kan vara en slump."),
    ("da", "Sikkert er, at +15 (4–30) køb ligger i andelen, der går videre fra Beslutning.", "Ingen del er sikker: forskellen kan være et tilfælde."),
    ("nb", "Sikkert er at +15 (4–30) kjøp ligger i andelen som går videre fra Beslutning.", "Ingen del er sikker: forskjellen kan være tilfeldig."),
    ("en", "What is certain: +15 (4–30) purchases lie in the share that goes on from Decision.", "No part is certain: the difference may be chance."),
])  # fmt: skip
def test_where_a_change_lies_is_said_only_where_it_is_certain(language, clear, close):
    assert clear in say_purchase_change(run(language), a_change(4.0)).replace(NBSP, " ")
    said = say_purchase_change(run(language), a_change(-4.0)).replace(NBSP, " ")
    assert close in said
    assert clear not in said
    assert say_purchase_change(run(language), None) == ""
