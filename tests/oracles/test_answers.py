"""Our numbers beside those of libraries we did not write. Their answers are kept in `answers/`; `make oracles` asks them anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from journeylib.measures.credit import markov_credit, removal_effects
from journeylib.measures.definition import Conversion, Step, count
from journeylib.measures.funnel import funnel
from journeylib.measures.incidence import cumulative_incidence, interval_at, share_at, stayed_at, time_until_left
from journeylib.measures.paths import transitions
from journeylib.measures.time_to_purchase import bought_within
from tests.drawing import LETTERS, from_frame
from tests.measures.test_attribution import credit, drawn_paths, moves
from tests.oracles import cases

HERE = Path(__file__).parent
KEPT = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted((HERE / "answers").glob("*.json"))}
LIFELINES, RETENTIONEERING, DO_ATTRIBUTION = (KEPT[name]["answers"] for name in ("lifelines", "retentioneering", "do_attribution"))


@pytest.mark.parametrize("told", KEPT.values(), ids=KEPT)
def test_an_answer_is_to_what_is_asked_here_and_of_the_version_that_is_pinned(told):
    assert told["digest"] == cases.digest(), "the cases have changed: run `make oracles`"
    assert f"{told['library']}=={told['version']}\n" in (HERE / "requirements.txt").read_text()


def test_no_library_that_is_only_asked_is_needed_to_run_and_no_copyleft_one_to_test():
    root = HERE.parents[1]
    needed = "\n".join((root / name).read_text().lower() for name in ("requirements.lock", "pyproject.toml", "environment.yml"))
    for library in (*(told["library"] for told in KEPT.values()), "pm4py", "channelattribution", "scikit-survival"):
        assert not re.search(rf"^\W*{library}\b", needed, re.M), library
    assert not re.search(r"pm4py|channelattribution|scikit-survival", (HERE / "requirements.txt").read_text(), re.I)


# --- lifelines: how long it takes -------------------------------------------------------------------------------------

#: Where several end on one day the library moves them apart at random before it counts shares of competing ends; we count ties exactly.
APART = {"f1": 2e-3, "whole_days": 4e-3, "no_ties": 1e-9}


@pytest.fixture(params=LIFELINES)
def leads(request):
    drawn = cases.LEADS[request.param]
    return request.param, np.array(drawn["days"]), np.array(drawn["ends"]), LIFELINES[request.param]


@pytest.mark.parametrize(("end", "name"), [(1, "won"), (2, "lost")])
def test_shares_of_competing_ends_their_errors_and_intervals_are_those_of_lifelines(leads, end, name):
    case, days, ends, told = leads
    incidence = cumulative_incidence(days, ends)
    for i, day in enumerate(told["horizons"]):
        row = np.searchsorted(incidence.at, day, side="right") - 1
        assert share_at(incidence, day, end) == pytest.approx(told[f"{name}_share"][i], abs=APART[case])
        assert incidence.variance[row, end - 1] == pytest.approx(told[f"{name}_variance"][i], rel=1e-9 if case == "no_ties" else 0.02)
        assert interval_at(incidence, day, end) == pytest.approx(told[f"{name}_interval"][i], abs=10 * APART[case])


def test_the_share_still_there_and_the_days_by_which_a_part_has_left_are_those_of_lifelines(leads):
    _, days, ends, told = leads
    incidence = cumulative_incidence(days, ends)
    assert [stayed_at(incidence, day) for day in told["horizons"]] == pytest.approx(told["stayed"], abs=1e-11)
    assert {share: time_until_left(incidence, float(share)) for share in told["left_by"]} == pytest.approx(told["left_by"])


def test_losses_taken_for_open_give_what_lifelines_gives_and_too_many_won(leads):
    _, days, ends, told = leads
    alone, both = cumulative_incidence(days, np.where(ends == 1, 1, 0)), cumulative_incidence(days, ends)
    horizons = [*told["horizons"], days.max()]
    assert [1 - stayed_at(alone, day) for day in horizons] == pytest.approx(told["won_if_losses_were_open"], abs=1e-11)
    assert share_at(both, horizons[-1], 1) < told["won_if_losses_were_open"][-1]


def test_the_mean_days_of_those_who_end_within_a_horizon_follow_from_the_restricted_mean_of_lifelines(leads):
    _, days, ends, told = leads
    found = bought_within(days, (ends > 0).astype(int), told["horizons"][-1])
    assert found.mean_days == pytest.approx(told["mean_days_of_those_left_within"], rel=1e-9)


# --- retentioneering: paths -------------------------------------------------------------------------------------------


@pytest.fixture(params=RETENTIONEERING)
def walked(request):
    frame = pd.DataFrame(cases.WALKS[request.param], columns=["journey", "day", "touchpoint"])
    frame["day"] = (frame["day"] * 86_400).round() / 86_400  # it keeps whole seconds
    return request.param, frame, RETENTIONEERING[request.param]


def test_moves_the_journeys_that_make_them_and_their_middle_time_are_those_of_retentioneering(walked):
    _, frame, told = walked
    drawn = from_frame(frame, until=1000)
    table = transitions(drawn.log, drawn.model)
    ours = {f"{row.touchpoint}>{row.next_touchpoint}": [row.n_transitions, row.n_journeys, row.median_days * 86_400] for row in table.itertuples()}
    assert ours.keys() == told["transitions"].keys()
    for move, (n, n_journeys, seconds) in told["transitions"].items():
        assert ours[move][:2] == [n, n_journeys], move
        assert ours[move][2] == pytest.approx(seconds, abs=1), move  # it drops half seconds


def test_the_prepared_log_walks_the_steps_of_every_journey_in_the_order_retentioneering_does(walked):
    """The step matrix: the share of journeys at each touchpoint at their first, second … step, and of those that are over."""
    _, frame, told = walked
    log = from_frame(frame, until=1000).log
    place = np.arange(len(log)) - np.repeat(log.starts[:-1], np.diff(log.starts))
    n = len(log.starts) - 1
    for name, shares in told["positions"].items():
        here = np.ones(len(log), dtype=bool) if name == "path_end" else log.touchpoint == log.code("touchpoint", name)
        counted = np.bincount(place[here], minlength=cases.N_POSITIONS)[: cases.N_POSITIONS] / n
        assert (1 - counted if name == "path_end" else counted) == pytest.approx(shares, abs=1e-11), name
    ends = [[log.names["touchpoint"][code] for code in log.touchpoint[rows]] for rows in (log.starts[:-1], log.starts[1:] - 1)]
    for side, names in zip(("first", "last"), ends, strict=True):
        assert {name: names.count(name) for name in told[side]} == told[side]


def test_the_funnel_in_order_without_a_window_is_that_of_retentioneering(walked):
    case, frame, told = walked
    drawn = from_frame(frame, until=1000)
    steps = tuple(Step(name, touchpoints=(name,)) for name in ("ABCD" if case == "f3" else cases.STEPS))
    assert count(drawn.log, drawn.journeys, Conversion(steps, "in_order"))["n_reached"].tolist() == told["funnel"]
    staged = from_frame(frame.assign(atom=frame["touchpoint"].map({step.id: f"a{i}" for i, step in enumerate(steps, start=1)})), model=LETTERS, until=1000)
    assert funnel(*staged).query("semantics == 'in_order'")["n_reached"].tolist() == told["funnel"]


# --- do-attribution: credit -------------------------------------------------------------------------------------------


@pytest.fixture(params=DO_ATTRIBUTION)
def shared_out(request):
    return *drawn_paths(cases.PATHS[request.param]), DO_ATTRIBUTION[request.param]


def test_removal_effects_and_their_credit_are_those_of_do_attribution(shared_out):
    paths, names, told = shared_out
    chance, removal = removal_effects(moves(paths))
    assert chance == pytest.approx(told["chance"], abs=1e-11)
    assert dict(zip(names, removal, strict=True)) == pytest.approx(told["removal"], abs=1e-10)
    assert dict(zip(names, markov_credit(moves(paths)) / paths.n_won.sum(), strict=True)) == pytest.approx(told["credit"], abs=1e-10)


def test_the_shapley_value_is_that_of_do_attribution(shared_out):
    paths, names, told = shared_out
    assert dict(zip(names, credit(paths, "shapley"), strict=True)) == pytest.approx(told["shapley"], rel=1e-10)
