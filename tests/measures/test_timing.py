"""How long a stage takes, with the open ones still waiting and the lost ones gone."""

from __future__ import annotations

import numpy as np
import pytest

from journeylib.measures.timing import stage_times, time_curve
from tests.drawing import events, paths

#: F1 as a client: twelve leads enter consideration on the day that leaves them their number of days until the cut or the end.
DAYS = [3, 5, 8, 8, 12, 15, 20, 22, 30, 30, 41, 50]
ENDS = ["won", "lost", "won", "open", "won", "lost", "open", "won", "lost", "open", "won", "open"]


def twelve_leads():
    lines = ["journey | day | atom | outcome"]
    for i, (days, end) in enumerate(zip(DAYS, ENDS, strict=True)):
        lines.append(f"{i:02d} | {100 - days} | a3 |")
        if end != "open":
            lines.append(f"{i:02d} | 100 | {'a4' if end == 'won' else ''} | {end}")
    return events("\n".join(lines), until=100)


def test_golden_f1_from_events():
    table = stage_times(*twelve_leads(), horizons=(50,)).query("stage == 'consideration'").iloc[0]
    assert 100 * table["went_on_share"] == pytest.approx(54.1667, abs=5e-5)
    assert 100 * table["lost_share"] == pytest.approx(28.9583, abs=5e-5)
    assert 100 * table["open_share"] == pytest.approx(16.875, abs=5e-5)
    assert table[["n_entered", "n_went_on", "n_lost", "n_open"]].tolist() == [12, 5, 3, 4]


def test_the_curve_ends_where_the_table_says():
    curve = time_curve(*twelve_leads()).query("stage == 'consideration'")
    last = curve.groupby("end").last()
    assert last["share"].to_dict() == pytest.approx({"went_on": 0.541667, "lost": 0.289583}, abs=1e-6)
    assert (curve["lo"] <= curve["share"]).all()
    assert (curve["share"] <= curve["hi"]).all()


def test_those_who_met_a_later_stage_first_are_left_out_and_counted():
    table = stage_times(*paths("AB BA B")).query("stage == 'A' and horizon_days == 30").iloc[0]
    assert table[["n_entered", "n_returned"]].tolist() == [1, 1]


def test_skipping_a_stage_is_going_on():
    table = stage_times(*paths("AD")).query("stage == 'A' and horizon_days == 30").iloc[0]
    assert (table["n_went_on"], table["median_days"]) == (1, 1.0)


def test_equal_moments_are_taken_in_the_order_of_the_stages():
    table = stage_times(*events("""
        journey | day | atom
        ann     |   3 | a4
        ann     |   3 | a3
    """)).query("stage == 'consideration' and horizon_days == 30").iloc[0]  # fmt: skip
    assert table[["n_entered", "n_went_on", "n_returned", "median_days"]].tolist() == [1, 1, 0, 0.0]


def test_a_median_the_data_do_not_reach_is_missing():
    table = stage_times(*paths("A A AB")).query("stage == 'A' and horizon_days == 30").iloc[0]
    assert np.isnan(table["median_days"])
    assert table["q25_days"] == 1.0


def test_the_last_stage_takes_no_time_to_the_next():
    assert set(stage_times(*paths("ABCD"))["stage"]) == {"A", "B", "C"}


def test_a_stage_after_which_no_source_shows_anything_has_no_time():
    assert set(stage_times(*paths("ABC AB"))["stage"]) == {"A", "B"}
    assert set(time_curve(*paths("ABC AB"))["stage"]) == {"A", "B"}


def test_a_horizon_beyond_what_was_followed_says_so():
    table = stage_times(*paths("A AB", until=40))
    a = table[table["stage"] == "A"]
    assert a["max_followed_days"].tolist() == [40, 40, 40]
    assert a["horizon_days"].tolist() == [30, 90, 180]


def test_journeys_of_one_account_widen_the_interval():
    lines = "".join(f"j{i} | 0 | a3 | u{i // 5}\n" + (f"j{i} | {i + 1} | a4 | u{i // 5}\n" if i // 5 % 2 else "") for i in range(20))
    clustered = stage_times(*events("journey | day | atom | unit\n" + lines)).query("horizon_days == 30").iloc[0]
    alone = lines
    for i in range(4):
        alone = alone.replace(f"u{i}", "")
    single = stage_times(*events("journey | day | atom | unit\n" + alone)).query("horizon_days == 30").iloc[0]
    assert clustered["went_on_share"] == single["went_on_share"]
    assert clustered["went_on_hi"] - clustered["went_on_lo"] > single["went_on_hi"] - single["went_on_lo"]


def test_a_long_curve_is_thinned_without_changing_its_values():
    lines = "".join(f"j{i} | 0 | a3\nj{i} | {1 + i / 7} | a4\n" for i in range(600))
    curve = time_curve(*events("journey | day | atom\n" + lines)).query("end == 'went_on'")
    assert len(curve) == 200
    assert curve.iloc[-1]["share"] == pytest.approx(1)
    assert curve.iloc[0]["share"] == pytest.approx(1 / 600)
