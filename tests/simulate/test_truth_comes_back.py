"""The whole road on the demo clients: what was planted is found, and what was not planted is not claimed."""

from __future__ import annotations

import pytest

from journeylib.collect import collect
from journeylib.gaps import find_gaps
from journeylib.measures import measure_journey
from journeylib.parameters import load_client
from journeylib.simulate import simulate, write_demo
from journeylib.stages import load_stage_model

pytestmark = pytest.mark.report  # with the whole reports: too long for the quick tests


class Road:
    """One demo client, collected, measured and checked once."""

    def __init__(self, name, folder):
        self.client = load_client(name).model_copy(update={"data_folder": folder / "data"})
        write_demo(self.client)
        self.truth, self.model = simulate(name, self.client.seed), load_stage_model(self.client)
        self.collected = collect(self.client, self.model, folder / "work")
        self.tables = measure_journey(self.collected)
        self.gaps = find_gaps(self.tables, self.collected.registers, self.model, self.client)

    def statuses(self, planted):
        check, stage, persona = (planted.split(":") + ["", ""])[:3]
        gaps = self.gaps[self.gaps["check"] == check]
        gaps = gaps[gaps["stage"] == stage] if stage else gaps
        return set(gaps.loc[gaps["persona"] == persona, "status"] if persona else gaps["status"])


@pytest.fixture(scope="module", params=["norrsken_it", "fjordhelse", "lind_raadgivning"])
def road(request, tmp_path_factory):
    return Road(request.param, tmp_path_factory.mktemp(request.param))


def test_every_planted_gap_is_found(road):
    assert [gap for gap in road.truth.planted if "found" not in road.statuses(gap)] == []


def test_no_gap_that_is_absent_is_claimed(road):
    assert [gap for gap in road.truth.absent if road.statuses(gap) & {"found", "uncertain"}] == []


def test_the_funnel_counts_whom_the_simulator_sent(road):
    funnel = road.tables["funnel"].query("semantics == 'at_least' and persona == ''")
    counted = dict(zip(funnel["stage"], funnel["n_reached"].astype(int), strict=True))
    assert counted == road.truth.reached


def test_the_largest_drop_off_is_clear_of_the_second(road):
    funnel = road.tables["funnel"].query("semantics == 'at_least' and persona == '' and rate.notna()").sort_values("rate")
    assert funnel["stage"].iloc[0] == road.truth.largest_drop_off
    assert funnel["rate_hi"].iloc[0] < funnel["rate_lo"].iloc[1]


def test_the_planted_share_lies_within_the_interval(road):
    funnel = road.tables["funnel"].query("semantics == 'at_least' and persona == ''").set_index("stage")
    worst = funnel.loc[road.truth.largest_drop_off]
    assert worst["rate_lo"] < road.truth.rates[road.truth.largest_drop_off] < worst["rate_hi"]


def test_buyers_and_those_contacted_are_counted(road):
    followed = road.tables["rates"].query("measure == 'follow_up'").iloc[0]
    assert (followed["n"], followed["n_yes"]) == road.truth.follow_up


def test_feelings_come_back_as_given(road):
    emotion = road.tables["emotion"].set_index("stage")["mean"]
    assert emotion.round(3).to_dict() == pytest.approx(road.truth.feelings, abs=6e-4)
    assert emotion.idxmin() == road.truth.lowest_feeling


def test_planted_flaws_are_counted(road):
    assert road.collected.facts["n_exact_duplicates"] == road.truth.flaws["exact_duplicates"]
    assert road.collected.unmatched["n_events"].sum() == road.truth.flaws["unmatched"]


def test_personal_data_stay_behind(road):
    tables = [road.collected.customers, road.collected.voices, road.collected.journeys, *road.tables.values(), road.gaps]
    text = "\n".join(frame.astype("string").fillna("").to_csv(index=False) for frame in tables)
    assert [hidden for hidden in road.truth.personal if hidden in text] == []


def test_an_answer_sheet_alone_gives_assumptions(tmp_path):
    road = Road("harbour_bikes", tmp_path)
    assert len(road.collected.voices) == road.truth.sizes["answers"]
    assert set(road.collected.voices["kind"]) == {"assumed"}
    assert "funnel" not in road.tables
    assert not {"found", "uncertain"} & road.statuses("G03")
