"""What is said beside a verdict: written late, something else at the same time, a stage picked because it was the worst."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from journeylib.client import Thresholds
from journeylib.improve.effects import judge_changes
from journeylib.schema import CHANGES, VOICES, check, empty
from tests.drawing import FIVE, from_frame
from tests.gaps.material import a_client

DAYS, START = 360, 240


def journeys(rates, rate_after, n=700):
    """Journeys arriving evenly that pass the first stages with the given shares; the second stage's share changes on a day."""
    rng, rows = np.random.default_rng(3), []
    for number in range(n):
        day = number * (DAYS - 20) / n
        rows.append((f"{number:04d}", day, "a1"))
        for step, atom in enumerate(("a3", "a4", "a6")):
            if rng.random() >= (rate_after if step == 1 and day + step >= START else rates[step]):
                break
            rows.append((f"{number:04d}", day + step + 1, atom))
    return from_frame(pd.DataFrame(rows, columns=["journey", "day", "atom"]).assign(touchpoint="page"), until=DAYS)


@pytest.fixture(scope="module")
def collected():
    return as_collected(journeys((0.45, 0.38, 0.45), 0.80))


def as_collected(drawn):
    customers = pd.DataFrame({"customer_id": pd.array([], dtype="string"), "segment": pd.array([], dtype="string")})
    return SimpleNamespace(log=drawn.log, journeys=drawn.journeys, customers=customers, voices=empty(VOICES), model=FIVE)


def change(**given):
    usual = {"change_id": "A", "title": "Ny prissida", "start_on": "2025-08-29", "stage": "consideration", "kpi": "conversion", "horizon_days": 84.0, "written_on": "2025-08-20"}
    return usual | given


def judged(collected, *changes):
    table = pd.DataFrame(changes)
    table = table.assign(start_on=pd.to_datetime(table["start_on"]), written_on=pd.to_datetime(table["written_on"]))
    client = a_client(thresholds=Thresholds(window_days=14), as_of=dt.date(2025, 12, 27))
    effects, series = judge_changes(check(table, CHANGES), collected, client)
    effects["keys"] = [[reason["key"] for reason in json.loads(reasons)] for reasons in effects["reasons"]]
    return effects.set_index("change_id"), series


def test_a_rise_of_the_worst_stage_would_partly_have_come_by_itself(collected):
    effect = judged(collected, change())[0].loc["A"]
    assert (effect["design"], effect["verdict"]) == ("before_after", "better")
    returned = next(reason for reason in json.loads(effect["reasons"]) if reason["key"] == "return_to_mean")
    assert 0.005 <= returned["points"] < effect["effect"] / 2


def test_a_stage_that_is_surely_the_worst_does_not_better_itself():
    effect = judged(as_collected(journeys((0.80, 0.20, 0.80), 0.40)), change())[0].loc["A"]
    assert effect["verdict"] == "better"
    assert "return_to_mean" not in effect["keys"]


def test_two_changes_of_one_stage_at_one_time_cannot_be_told_apart(collected):
    effects, _ = judged(collected, change(), change(change_id="B", title="Ny kassa", start_on="2025-09-20"), change(change_id="C", stage="decision"))
    assert "other_changes" in effects.loc["A", "keys"]
    assert "other_changes" in effects.loc["B", "keys"]
    assert "other_changes" not in effects.loc["C", "keys"]


def test_a_measure_written_after_the_start_is_told(collected):
    effects, _ = judged(collected, change(), change(change_id="B", stage="decision", written_on="2025-10-01"))
    assert "written_late" not in effects.loc["A", "keys"]
    assert "written_late" in effects.loc["B", "keys"]


def test_a_stage_outside_the_report_and_a_measure_nobody_delivered_cannot_be_judged(collected):
    effects, series = judged(collected, change(stage="nowhere"), change(change_id="B", kpi="satisfaction"))
    assert effects["verdict"].tolist() == ["cannot_judge", "cannot_judge"]
    assert effects["keys"].tolist() == [["out_of_scope"], ["nothing_delivered"]]
    assert series.empty


def test_the_series_behind_a_verdict_has_no_period_of_fewer_than_k(collected):
    _, series = judged(collected, change())
    assert series["observed"].notna().all()
    assert series["is_after"].sum() == 3                          # 84 days are three times four weeks
