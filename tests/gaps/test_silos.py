"""Silos between departments (G06) and interest that is not followed up in time (G34)."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib.client import Source, Thresholds
from journeylib.gaps import say_gap
from journeylib.measures.follow_up import follow_up
from journeylib.schema import COORDINATION, FOLLOW_UP, JOINS, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import from_frame, table
from tests.gaps.material import a_client, ask
from tests.measures.test_handovers import measured, world


def said(row, language="en"):
    client = a_client()
    return say_gap(row, Words(language, "SEK"), load_stage_model(client), client)


def coordinated(measure, n, n_yes, lo, hi):
    return table(f"measure | n | n_yes\n{measure} | {n} | {n_yes}", COORDINATION, rate=n_yes / n, lo=lo, hi=hi, days=2)


# --- G06 --------------------------------------------------------------------------------------------------------------


def test_a_planted_silo_is_found_where_it_is():
    found = ask("G06", handovers=measured(world(extra_days=8)))
    assert {name: row["status"] for name, row in found.items()} == {
        "G06": "found", "G06:consideration": "found", "G06:decision": "not_found"}  # fmt: skip
    sentence = said(found["G06:consideration"])
    assert sentence.startswith("Between the Consideration and Decision stages customers wait ")
    assert sentence.endswith(" when Sales hands over to Delivery than when the same department goes on.")


def test_customers_lost_at_the_handover_are_a_silo_too():
    row = ask("G06", handovers=measured(world(lost_share=0.5, n=300)))["G06:consideration"]
    assert (row["status"], row["reason"]) == ("found", "gaps.G06.found_loss_at")
    assert " more customers in a hundred are lost when Sales hands over to Delivery" in said(row)


def test_equal_waits_are_no_silo():
    assert {row["status"] for row in ask("G06", handovers=measured(world(n=4000))).values()} == {"not_found"}
    assert "found" not in {row["status"] for row in ask("G06", handovers=measured(world(n=400))).values()}  # few lost say little, but nothing bad


def test_where_nobody_could_be_seen_lost_equal_waits_do_not_clear_the_handover():
    """A model that ends with the stage taken over has no later one to be lost from; after the purchase a customer who stays one is not lost."""
    equal = measured(world(n=4000))
    answers = {name: row["status"] for name, row in ask("G06", handovers=equal[equal["measure"] == "wait"]).items()}
    assert answers == {"G06": "uncertain", "G06:consideration": "uncertain", "G06:decision": "not_found"}
    waits = measured(world(extra_days=8))
    assert ask("G06", handovers=waits[waits["measure"] == "wait"])["G06:consideration"]["status"] == "found"


def test_a_few_handovers_are_not_compared():
    row = ask("G06", handovers=measured(world(extra_days=8, n=14)))["G06"]
    assert (row["status"], row["reason"]) == ("not_checkable", "gaps.G06.no_comparison")


def test_without_departments_no_silo_can_be_looked_for():
    row = ask("G06")["G06"]
    assert (row["status"], row["missing"]) == ("not_checkable", "departments")


@pytest.mark.parametrize(("n_yes", "lo", "hi", "status"), [(60, 0.5, 0.69, "found"), (5, 0.02, 0.11, "not_found"), (30, 0.22, 0.4, "uncertain")])
def test_departments_that_fall_over_each_other_are_a_part_of_it(n_yes, lo, hi, status):
    assert ask("G06", coordination=coordinated("collisions", 100, n_yes, lo, hi))["G06:::collisions"]["status"] == status


def test_campaigns_nobody_follows_up_are_a_part_of_it():
    row = ask("G06", coordination=coordinated("unfollowed", 20, 19, 0.76, 0.99))["G06:::unfollowed"]
    assert row["status"] == "found"
    assert said(row).startswith("Mailings are not followed up. After 19 of 20 mailings no other department ")


def test_nine_campaigns_say_nothing():
    assert "G06:::unfollowed" not in ask("G06", coordination=coordinated("unfollowed", 9, 9, 0.7, 1))


DEPARTMENTS = {name: Source(file="x.csv", format="plain_events", department=department) for name, department in (("crm", "Sales"), ("mail", "Marketing"), ("desk", "Support"))}


def joins(*rows):
    columns = ["source_a", "source_b", "n_a", "n_b", "n_both"]
    frame = pd.DataFrame(rows, columns=columns).assign(unit="person")
    return check(frame.assign(share_a=frame["n_both"] / frame["n_a"], share_b=frame["n_both"] / frame["n_b"]), JOINS)


def test_a_source_that_shares_hardly_a_person_with_any_other_department_is_a_part_of_it():
    apart = joins(("crm", "desk", 200, 100, 2), ("crm", "mail", 200, 300, 190), ("desk", "mail", 100, 300, 1))
    row = ask("G06", client=a_client(sources=DEPARTMENTS), joins=apart)["G06:::joins"]
    assert row["status"] == "found"
    assert row[["value", "lo", "hi"]].isna().all()  # 2 of 100 stands in no delivered table either
    assert said(row).startswith("Sales and Support hardly know the same customers. Fewer than 5 of 100 are in the data of both.")


def test_a_source_that_shares_its_people_with_one_other_department_is_joined():
    together = joins(("crm", "desk", 200, 100, 90), ("crm", "mail", 200, 300, 190), ("desk", "mail", 100, 300, 1))
    assert ask("G06", client=a_client(sources=DEPARTMENTS), joins=together)["G06:::joins"]["status"] == "not_found"


# --- G34 --------------------------------------------------------------------------------------------------------------


def answered(days, n=60):
    rows = [(i, at, step, who) for i in range(n) for at, step, who in ((0.0, "form_submit", "customer"), (days, "call", "company"))]
    frame = pd.DataFrame(rows, columns=["journey", "day", "touchpoint", "initiator"]).assign(atom="a3")
    log, journeys, _ = from_frame(frame)
    return follow_up(log, journeys, limit_hours=24)


@pytest.mark.parametrize(("days", "status"), [(5, "found"), (0.2, "not_found")])
def test_interest_answered_late_is_a_gap_and_answered_at_once_is_none(days, status):
    assert ask("G34", follow_up=answered(days))["G34"]["status"] == status


def test_the_answer_says_how_many_of_how_many_in_how_long():
    row = ask("G34", follow_up=answered(5))["G34"]
    assert said(row) == ("Interest is not followed up in time. 0 of 60 who showed interest heard from you within 24 hours. "
                         "That is 0% (0–6); your limit is at least 50%.")  # fmt: skip


def test_a_client_may_give_itself_more_time():
    rows = answered(1.5).assign(hours=lambda table: table["hours"].replace(24, 48))
    assert ask("G34", client=a_client(thresholds=Thresholds(signal_hours=48)), follow_up=rows.query("measure != 'answered' or hours != 168"))["G34"]["status"] == "found"


def test_seven_signals_are_too_few():
    assert ask("G34", follow_up=answered(0.8, n=7))["G34"]["status"] in ("uncertain", "not_found")
    assert ask("G34", follow_up=answered(0.8, n=4))["G34"]["reason"] == "gaps.common.too_few"


def test_without_signals_no_delay_can_be_looked_for():
    assert ask("G34")["G34"]["missing"] == "signals"
    assert ask("G34", funnel=None)["G34"]["missing"] == "events"
    assert list(FOLLOW_UP.columns)[0] == "measure"


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_every_answer_can_be_said(language):
    found = [*ask("G06", handovers=measured(world(extra_days=8, n=80)), coordination=coordinated("collisions", 100, 60, 0.5, 0.69)).values(),
             *ask("G34", follow_up=answered(5)).values(), *ask("G06").values(), *ask("G34").values()]  # fmt: skip
    assert all(said(row, language).endswith(".") for row in found)
