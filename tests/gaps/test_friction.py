"""Bumps (G10), blockages (G11) and unclear paths (G12): found where they were planted, not where they were not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.client import Thresholds
from journeylib.gaps import say_gap
from journeylib.gaps.families import p_beyond, worst
from journeylib.measures.friction import friction
from journeylib.schema import EMOTION
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import from_frame, table
from tests.gaps.material import a_client, ask

WORDS = Words("en", "SEK")


def walks(n=120, *, days=(6, 6, 6), goes_on=(0.7, 0.7, 0.7), help_at="", back=0.0, circles=0, dead_end=0.0, seed=1):
    """Customers who walk from a2 to a6 in `days` a stage; of the other arguments each plants one trouble."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        day, outcome = 0.0, None
        for place, (atom, step) in enumerate((("a2", "visit"), ("a3", "compare"), ("a4", "cart"), ("a6", "use"))):
            rows.append((i, day, atom, step, None))
            if place == 1:
                for _ in range(circles):
                    rows += [(i, day := day + 0.1, atom, "configurator", None), (i, day := day + 0.1, atom, "sizes", None)]
                if rng.random() < dead_end:
                    rows.append((i, day := day + 0.1, atom, "calculator", None))
                    break
            if help_at == atom and rng.random() < 0.6:
                rows.append((i, day := day + 0.1, atom, "ticket", None))
            if place == 2 and rng.random() < back:
                rows.append((i, day := day + 0.1, "a3", "compare", None))
            if place < 3 and rng.random() >= goes_on[place]:
                break
            day += rng.gamma(6, days[place] / 6) if place < 3 else 0
        outcome = "won" if rows[-1][2] == "a6" else None
        rows[-1] = (*rows[-1][:4], outcome)
    frame = pd.DataFrame(rows, columns=["journey", "day", "atom", "touchpoint", "outcome"])
    frame["state"] = frame.groupby("journey")["outcome"].transform(lambda rows: "won" if rows.notna().any() else "dormant")
    return frame.assign(initiator="customer", journey=frame["journey"].map("{:04d}".format))


def measured(frame):
    return friction(*from_frame(frame, until=365), window_days=90)


def asked(check_id, frame, **changes):
    return ask(check_id, client=a_client(**changes), friction=measured(frame))


def said(row, language="en"):
    client = a_client()
    return say_gap(row, Words(language, "SEK"), load_stage_model(client), client)


# --- G10 --------------------------------------------------------------------------------------------------------------


def test_a_stage_that_takes_many_times_as_long_as_its_neighbours_is_a_bump():
    # the stages after the purchase have a pace of their own, so the way here ends with the decision
    client = a_client(scope={"to_stage": "decision"})
    frame = walks(300, days=(4, 40, 4))
    row = ask("G10", client=client, friction=friction(*_in_scope(frame, client), window_days=90))
    assert row["G10:awareness"]["status"] == "not_found"


def _in_scope(frame, client):
    drawn = from_frame(frame, until=365)
    return drawn.log, drawn.journeys, load_stage_model(client)


def test_a_long_wait_before_the_decision_is_found_and_named():
    row = asked("G10", walks(300, days=(3, 30, 3)))["G10:consideration"]
    assert (row["status"], row["reason"]) == ("found", "gaps.G10.found_wait")
    assert said(row).startswith("The Consideration stage is a bump in the road. It usually takes ")


def test_equal_waits_are_no_bump():
    found = asked("G10", walks(300, help_at="a6"))  # somebody asks for help in use, so that help is known of
    assert {row["status"] for row in found.values()} == {"not_found"}


def test_where_no_source_tells_of_help_and_the_wait_has_no_like_the_stage_is_not_judged():
    row = asked("G10", walks(300))["G10:decision"]
    assert row["status"] == "not_checkable"
    assert said(row) == "Could not be checked. What is missing: a record of when customers asked for help."


def test_many_who_ask_for_help_are_a_bump_where_few_do_so_next_to_it():
    found = asked("G10", walks(300, help_at="a3"))
    assert {name: row["status"] for name, row in found.items()} == {"G10:awareness": "not_found", "G10:consideration": "found", "G10:decision": "not_found"}
    assert said(found["G10:consideration"]).startswith("Many need help in the Consideration stage.")


@pytest.mark.parametrize(("mean", "status"), [(-1.2, "found"), (0.8, "not_found"), (-0.55, "uncertain")])
def test_a_stage_customers_call_hard_is_a_bump(mean, status):
    efforts = table("stage | metric | wording_id | n_answers | n\nloyalty | ces | w | 60 | 60", EMOTION, mean=mean, lo=mean - 0.2, hi=mean + 0.2, pooled=mean, sources="survey",
                    share_m2=0, share_m1=0, share_0=1, share_p1=0, share_p2=0)  # fmt: skip
    assert ask("G10", emotion=efforts)["G10:loyalty"]["status"] == status


def test_where_the_map_ends_with_the_purchase_nobody_sees_how_long_it_takes_to_buy():
    client = a_client(stage_model="inbound_3", targets={}, kpis={})
    model = load_stage_model(client)
    log, journeys, _ = from_frame(walks(200, help_at="a6"), until=365)
    calm = friction(log, journeys, model, window_days=90)
    assert {name: row["status"] for name, row in ask("G10", client=client, friction=calm).items()} == {
        "G10:awareness": "not_found", "G10:consideration": "not_found", "G10:decision": "uncertain"}  # fmt: skip
    log, journeys, _ = from_frame(walks(200, help_at="a4"), until=365)
    assert ask("G10", client=client, friction=friction(log, journeys, model, window_days=90))["G10:decision"]["reason"] == "gaps.G10.found_help"


def test_a_few_walks_are_too_few_for_a_bump():
    assert {row["status"] for row in asked("G10", walks(8, days=(3, 30, 3), help_at="a6")).values()} == {"uncertain"}


def test_without_events_and_answers_no_bump_can_be_looked_for():
    row = ask("G10")["G10"]
    assert (row["status"], row["missing"]) == ("not_checkable", "events,voices")


# --- G11 --------------------------------------------------------------------------------------------------------------


def test_a_stage_hardly_anybody_leaves_is_blocked():
    row = asked("G11", walks(600, goes_on=(0.9, 0.005, 0.9)))["G11:consideration"]
    assert row["status"] == "found"
    assert said(row).startswith("The way is blocked at the Consideration stage. ")


def test_a_stage_a_quarter_leave_is_not_blocked():
    found = asked("G11", walks(600, goes_on=(0.9, 0.25, 0.9)))
    assert [row["status"] for row in found.values()] == ["not_found"] * 3


def test_nobody_of_eleven_may_be_chance():
    assert asked("G11", walks(12, goes_on=(1, 0.005, 1)))["G11:awareness"]["status"] == "not_found"
    rows = asked("G11", pd.concat([walks(11, goes_on=(1, 0, 1)), walks(1).assign(journey="x", day=lambda rows: rows["day"] + 1)]))
    assert rows["G11:consideration"]["status"] == "uncertain"


def test_what_comes_after_a_stage_and_was_never_seen_blocks_nothing():
    row = asked("G11", walks(100, goes_on=(1, 0, 1)))["G11:consideration"]
    assert (row["status"], row["missing"]) == ("not_checkable", "events")


def test_without_events_no_blockage_can_be_looked_for():
    assert ask("G11")["G11"]["missing"] == "events"


# --- G12 --------------------------------------------------------------------------------------------------------------


def test_a_path_on_which_most_go_back_is_winding():
    found = asked("G12", walks(300, back=0.7))
    assert (found["G12:decision"]["status"], found["G12:decision"]["reason"]) == ("found", "gaps.G12.found_detour")
    assert found["G12:consideration"]["status"] == "not_found"


def test_a_stage_in_which_customers_go_in_circles_is_winding():
    row = asked("G12", walks(300, circles=4))["G12:consideration"]
    assert (row["status"], row["reason"]) == ("found", "gaps.G12.found_loop")


def test_a_dead_end_is_named():
    row = asked("G12", walks(300, dead_end=0.4))["G12:consideration"]
    assert (row["status"], row["reason"]) == ("found", "gaps.G12.found_dead_end")
    assert said(row).startswith("Calculator in the Consideration stage is a dead end. ")


def test_a_straight_path_is_not_winding():
    assert {row["status"] for row in asked("G12", walks(300)).values()} <= {"not_found", "uncertain"}
    assert asked("G12", walks(300))["G12:decision"]["status"] == "not_found"


def test_a_limit_of_the_client_takes_the_place_of_the_usual_one():
    row = asked("G12", walks(300, back=0.7), thresholds=Thresholds(detour_share=0.9))["G12:decision"]
    assert row["status"] == "not_found"


def test_without_events_no_winding_path_can_be_looked_for():
    assert ask("G12")["G12"]["missing"] == "events"


# --- families ---------------------------------------------------------------------------------------------------------


def test_one_of_two_hundred_places_that_barely_clears_its_limit_does_not_stand():
    from journeylib.gaps.engine import Gap
    from journeylib.gaps.families import stand

    gaps = [Gap("G12", "found", "found", stage=str(i)) if i == 0 else Gap("G12", "not_found", "not_found", stage=str(i)) for i in range(200)]
    assert stand(gaps, [0.02, *[0.9] * 199])[0].status == "uncertain"
    assert stand(gaps[:1], [0.02])[0].status == "found"


def test_the_p_of_an_interval_that_touches_the_limit_is_a_fortieth():
    assert p_beyond(0.5, 0.3, 0.7, 0.3, bad="above") == pytest.approx(0.025)
    assert p_beyond(0.5, 0.3, 0.7, 0.7, bad="below") == pytest.approx(0.025)


def test_found_weighs_more_than_uncertain_and_that_more_than_not_found():
    assert [worst(["found", "uncertain"]), worst(["uncertain", "not_found"]), worst(["not_found"])] == ["found", "uncertain", "not_found"]


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_every_answer_can_be_said(language):
    for check_id, frame in (("G10", walks(300, days=(3, 30, 3))), ("G11", walks(300)), ("G12", walks(300, dead_end=0.4))):
        for row in asked(check_id, frame).values():
            assert said(row, language).endswith(".")
