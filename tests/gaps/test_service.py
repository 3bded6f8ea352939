"""Is every stage looked after (G01), known (G02) and supplied with content (G05)?"""

from __future__ import annotations

import pytest

from journeylib.client import Persona
from journeylib.schema import VOICE_COUNTS
from tests.drawing import table
from tests.gaps.material import CONTENT_IN_ORDER, COVERAGE_IN_ORDER, FUNNEL_IN_ORDER, VOICES_IN_ORDER, a_client, ask, content, coverage, funnel

EMPTY_DECISION = COVERAGE_IN_ORDER.replace("decision      | 5         | 1            | 1       | 500         | covered",
                                           "decision      | 0         | 0            | 0       | 500         | hole")  # fmt: skip


def with_decision_seen_by(n):
    return funnel(FUNNEL_IN_ORDER.replace("decision      | 500       | 400        | 200", f"decision      | {n}       | 0        | 0"))


# G01


def test_a_stage_with_customers_and_nothing_in_it_is_not_served():
    found = ask("G01", coverage=coverage(EMPTY_DECISION))
    assert found["G01:decision"]["status"] == "found"
    assert found["G01:decision"]["n"] == 500


def test_a_stage_with_an_activity_and_an_owner_is_served():
    assert {row["status"] for row in ask("G01").values()} == {"not_found"}


def test_a_served_stage_without_owner_says_so():
    unowned = COVERAGE_IN_ORDER.replace("5         | 1            | 1       | 500", "5         | 1            | 0       | 500")
    assert ask("G01", coverage=coverage(unowned))["G01:decision"]["reason"] == "gaps.G01.served_without_owner"


def test_three_customers_in_an_empty_stage_are_too_few_to_call_it_a_gap():
    row = ask("G01", coverage=coverage(EMPTY_DECISION), funnel=with_decision_seen_by(3))["G01:decision"]
    assert (row["status"], row["reason"]) == ("uncertain", "gaps.common.too_few")


def test_an_empty_stage_where_nobody_was_seen_cannot_be_judged():
    row = ask("G01", coverage=coverage(EMPTY_DECISION), funnel=None)["G01:decision"]
    assert (row["status"], row["missing"]) == ("not_checkable", "events")


def test_without_the_content_register_an_empty_stage_cannot_be_judged():
    rows = ask("G01", coverage=coverage(EMPTY_DECISION), registers={"content": None})
    assert [(row["status"], row["missing"]) for row in rows.values()] == [("not_checkable", "content")]


def test_a_register_that_seldom_names_the_stage_cannot_show_an_empty_stage():
    unplaced = content(CONTENT_IN_ORDER).assign(stage=None)
    assert ask("G01", coverage=coverage(EMPTY_DECISION), registers={"content": unplaced})["G01"]["reason"] == "gaps.common.unplaced"


# G02


def test_a_stage_without_events_and_voices_is_unknown():
    silent = table(VOICES_IN_ORDER, VOICE_COUNTS).query("stage != 'advocacy'")
    rows = ask("G02", voice_counts=silent, funnel=funnel(FUNNEL_IN_ORDER.replace("advocacy      | 150 ", "advocacy      | 0 ")))
    assert {gap_id for gap_id, row in rows.items() if row["status"] == "found"} == {"G02:advocacy"}


def test_a_stage_that_is_seen_and_heard_is_known():
    assert {row["status"] for row in ask("G02").values()} == {"not_found"}


def test_a_stage_seen_through_three_customers_is_uncertain():
    rows = ask("G02", voice_counts=None, funnel=with_decision_seen_by(3))
    assert rows["G02:decision"]["status"] == "uncertain"


def test_taking_away_every_source_leaves_every_stage_unknown():
    rows = ask("G02", voice_counts=None, funnel=None)
    assert [row["status"] for row in rows.values()] == ["found"] * 5


def test_assumptions_alone_do_not_make_a_stage_known():
    assumed = table(VOICES_IN_ORDER.replace("stated", "assumed"), VOICE_COUNTS).assign(n_customers=0, n_asked=0)
    rows = ask("G02", voice_counts=assumed, funnel=None)
    assert {(row["status"], row["reason"]) for row in rows.values()} == {("found", "gaps.G02.only_assumed")}


def test_what_only_the_staff_has_told_is_uncertain():
    told = table(VOICES_IN_ORDER.replace("stated", "staff"), VOICE_COUNTS).assign(n_customers=0, n_asked=0)
    rows = ask("G02", voice_counts=told, funnel=None)
    assert {(row["status"], row["reason"]) for row in rows.values()} == {("uncertain", "gaps.G02.only_staff")}


# G05


def test_a_stage_with_customers_and_no_content_is_a_hole():
    rows = ask("G05", coverage=coverage(EMPTY_DECISION))
    assert {gap_id for gap_id, row in rows.items() if row["status"] == "found"} == {"G05:decision"}


def test_content_in_every_stage_is_no_gap():
    assert {row["status"] for row in ask("G05").values()} == {"not_found"}


def test_a_hole_seen_through_three_customers_is_uncertain_and_shows_no_number():
    few = EMPTY_DECISION.replace("| 500         | hole", "| 3           | hole")
    row = ask("G05", coverage=coverage(few))["G05:decision"]
    assert (row["status"], row["reason"]) == ("uncertain", "gaps.common.too_few")
    assert row[["n", "value", "details"]].isna().all()


def test_thin_content_is_uncertain():
    thin = COVERAGE_IN_ORDER.replace("500         | covered", "500         | thin")
    assert ask("G05", coverage=coverage(thin))["G05:decision"]["status"] == "uncertain"


def test_a_client_without_a_content_register_has_no_holes_only_questions():
    rows = ask("G05", coverage=coverage(EMPTY_DECISION), registers={"content": None})
    assert [(row["status"], row["missing"]) for row in rows.values()] == [("not_checkable", "content")]


def test_a_hole_for_one_persona_is_named_by_stage_and_persona():
    drawn = """
        stage         | persona | n_content | n_activities | n_owned | n_customers | status
        awareness     |         | 5         | 1            | 1       | 100         | covered
        consideration |         | 5         | 1            | 1       | 80          | covered
        awareness     | cio     | 5         | 1            | 1       | 30          | covered
        consideration | cio     | 0         | 1            | 1       | 30          | hole
    """
    client = a_client(personas=(Persona(id="cio", name="IT-chefen"),))
    rows = ask("G05", client=client, coverage=coverage(drawn))
    assert {gap_id: row["status"] for gap_id, row in rows.items() if row["persona"] == "cio"} == {
        "G05:awareness:cio": "not_found", "G05:consideration:cio": "found"}  # fmt: skip


def test_content_heaped_up_in_the_first_stage_is_a_gap_of_its_own():
    heaped = COVERAGE_IN_ORDER.replace("awareness     | 5 ", "awareness     | 40")
    row = ask("G05", coverage=coverage(heaped))["G05:awareness::top_heavy"]
    assert row["status"] == "found"
    assert row["value"] == 40 / (40 + 5 + 5 + 3 + 2)


@pytest.mark.parametrize(("n_first", "n_later", "status"), [
    (1, 2, "uncertain"),  # (1 + 7) / 10, if what lacks to ten lay there
    (0, 8, "not_found"),  # (0 + 2) / 10
    (3, 2, "uncertain"), (4, 6, "not_found"), (8, 2, "found"),
])  # fmt: skip
def test_under_ten_items_are_spread_only_where_ten_would_be(n_first, n_later, status):
    drawn = f"""
        stage         | n_content | n_activities | n_owned | n_customers | status
        awareness     | {n_first} | 1            | 1       | 500         | covered
        consideration | {n_later} | 1            | 1       | 500         | covered
    """
    assert ask("G05", coverage=coverage(drawn))["G05:awareness::top_heavy"]["status"] == status


def test_content_where_four_of_five_customers_are_is_not_called_heaped_up():
    heaped = COVERAGE_IN_ORDER.replace("awareness     | 5         | 1            | 1       | 2000 ", "awareness     | 40        | 1            | 1       | 20000")
    assert ask("G05", coverage=coverage(heaped))["G05:awareness::top_heavy"]["status"] == "uncertain"


def test_an_empty_stage_that_may_or_may_not_have_customers_enough_is_uncertain():
    """2 % is the limit; 24 of 1 000 presences is 1.6–3.5 %, 60 of 1 000 is 4.7–7.7 %."""
    answers = {}
    for n in (24, 60):
        drawn = f"""
            stage         | n_content | n_activities | n_owned | n_customers | status
            awareness     | 3         | 2            | 2       | {500 - n}   | covered
            consideration | 3         | 2            | 2       | 300         | covered
            decision      | 0         | 2            | 2       | {n}         | hole
            loyalty       | 3         | 2            | 2       | 100         | covered
            advocacy      | 3         | 2            | 2       | 100         | covered
        """
        answers[n] = ask("G05", coverage=coverage(drawn))["G05:decision"]
    assert [answers[n]["status"] for n in (24, 60)] == ["uncertain", "found"]
    assert answers[24]["reason"] == "gaps.G05.rare"
