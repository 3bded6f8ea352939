"""Needs, content, touchpoints and totals: what is there for the customers, and what is not known."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from journeylib.client import Client
from journeylib.measures import measure_journey
from journeylib.measures.content import coverage
from journeylib.measures.needs import need_scores
from journeylib.measures.paths import exits, transitions
from journeylib.measures.totals import totals
from journeylib.measures.touchpoints import channels, touchpoints
from journeylib.schema import ACTIVITIES, CONTENT, CUSTOMERS, NEEDS, VOICES, empty
from tests.drawing import FIVE, events, table

AS_OF = dt.date(2025, 12, 31)
SEEN = events("""
    journey | day | atom | customer | persona
    ann     |   0 | a2   | ann      | cio
    ann     |   1 | a3   | ann      | cio
    ann     |   2 | a3   | ann      | cio
    bo      |   0 | a2   | bo       | user
    bo      |   1 | a3   | bo       | user
    cy      |   0 | a4   | cy       | user
""")  # fmt: skip


def items(text, **columns):
    return table(text, CONTENT, title="t", source="register", **columns)


def cell(found, stage, persona=""):
    return found[(found["stage"] == stage) & (found["persona"] == persona)].iloc[0]


def test_a_stage_with_customers_and_nothing_to_read_is_a_hole():
    found = coverage(SEEN.log, SEEN.journeys, FIVE, content=items("content_id | atom\n1 | a2\n2 | a4"), as_of=AS_OF)
    hole = cell(found, "consideration")
    assert (hole["status"], hole["n_content"], hole["n_customers"]) == ("hole", 0, 2)
    assert hole["demand_share"] == 2 / 5
    assert cell(found, "loyalty")["status"] == "no_demand"
    assert cell(found, "awareness")["status"] == "covered"


def test_a_persona_whose_items_are_missing_has_a_hole_of_its_own():
    content = items("""
        content_id | atom | persona
        1          | a3   | cio
        2          | a2   |
    """)  # fmt: skip
    found = coverage(SEEN.log, SEEN.journeys, FIVE, content=content, personas=["cio", "user"], as_of=AS_OF)
    assert cell(found, "consideration")["status"] == "covered"
    assert cell(found, "consideration", "cio")["status"] == "covered"
    assert cell(found, "consideration", "user")["status"] == "hole"
    assert cell(found, "awareness", "user")["n_content"] == 1


def test_a_customers_declared_persona_goes_before_the_journeys():
    customers = table("customer_id | persona\nann | user", CUSTOMERS)
    found = coverage(SEEN.log, SEEN.journeys, FIVE, customers=customers, content=items("content_id | atom\n1 | a2"),
                     personas=["cio", "user"], as_of=AS_OF)  # fmt: skip
    assert cell(found, "consideration", "user")["n_customers"] == 2
    assert cell(found, "consideration", "cio")["n_customers"] == 0


def test_moving_an_item_moves_exactly_one_cell_each_way():
    before, after = (coverage(SEEN.log, SEEN.journeys, FIVE, content=items(f"content_id | atom\n1 | a2\n2 | {atom}"), as_of=AS_OF)
                     for atom in ("a3", "a9"))  # fmt: skip
    moved = after["n_content"] - before["n_content"]
    assert dict(zip(after["stage"], moved, strict=True)) == {"awareness": 0, "consideration": -1, "decision": 0, "loyalty": 0, "advocacy": 1}


def test_only_live_items_in_the_clients_language_are_supply():
    content = items("content_id | atom | language\n1 | a2 | sv\n2 | a2 | en\n3 | a2 |\n4 | a2 | sv\n5 | a2 | sv")
    content["live_from"] = pd.to_datetime(["2025-01-01", None, None, "2026-02-01", None])
    content["live_to"] = pd.to_datetime([None, None, None, None, "2025-12-31"])
    assert cell(coverage(SEEN.log, SEEN.journeys, FIVE, content=content, as_of=AS_OF), "awareness")["n_content"] == 2


def test_items_in_another_language_than_the_reports_are_not_all_called_missing():
    content = items("content_id | atom | language\n1 | a2 | en")
    assert cell(coverage(SEEN.log, SEEN.journeys, FIVE, content=content, as_of=AS_OF), "awareness")["n_content"] == 1


def test_nynorsk_and_no_are_norwegian():
    content = items("content_id | atom | language\n1 | a2 | no\n2 | a2 | nn-NO\n3 | a2 | nb\n4 | a2 | sv")
    found = coverage(SEEN.log, SEEN.journeys, FIVE, content=content, language="nb", as_of=AS_OF)
    assert cell(found, "awareness")["n_content"] == 3


def test_thin_is_said_only_when_the_whole_interval_is_under_half():
    crowd = "\n".join(f"p{i} | 0 | a3 | p{i}" for i in range(90)) + "\n" + "\n".join(f"q{i} | 0 | a2 | q{i}" for i in range(10))
    drawn = events("journey | day | atom | customer\n" + crowd)
    content = items("content_id | atom\n0 | a3\n" + "\n".join(f"{i} | a2" for i in range(1, 40)))
    found = coverage(drawn.log, drawn.journeys, FIVE, content=content, as_of=AS_OF)
    assert cell(found, "consideration")["status"] == "thin"
    few = coverage(drawn.log, drawn.journeys, FIVE, content=content.head(3), as_of=AS_OF)
    assert cell(few, "consideration")["status"] == "covered"


def test_what_was_not_delivered_is_missing_and_not_zero():
    activities = table("activity_id | atom | owner\n1 | a2 | sales\n2 | a2 |", ACTIVITIES, title="t", source="register")
    found = cell(coverage(SEEN.log, SEEN.journeys, FIVE, activities=activities, as_of=AS_OF), "awareness")
    assert (found["n_activities"], found["n_owned"], found["status"]) == (2, 1, "not_checkable")
    assert pd.isna(found["n_content"])
    unseen = cell(coverage(None, None, FIVE, content=items("content_id | atom\n1 | a2"), as_of=AS_OF), "awareness")
    assert (unseen["n_content"], unseen["status"]) == (1, "not_checkable")
    assert pd.isna(unseen["n_customers"])


def test_nobodys_persona_known_is_not_nobody_of_that_persona():
    drawn = events("journey | day | atom\nann | 0 | a2")
    found = coverage(drawn.log, drawn.journeys, FIVE, content=items("content_id | atom\n1 | a2"), personas=["cio"], as_of=AS_OF)
    assert set(found.loc[found["persona"] == "cio", "status"]) == {"not_checkable"}


NEED = table("need_id | wording | atom\nn1 | to get started fast | a6\nn2 | to be sure | a5", NEEDS, source="register")


def asked(pairs, need="n1"):
    lines = ["voice_id | customer_id | metric | score"]
    for i, (importance, satisfaction) in enumerate(pairs):
        lines += [f"i{i} | c{i} | importance | {importance}", f"s{i} | c{i} | satisfaction | {satisfaction}"]
    return table("\n".join(lines), VOICES, need_id=need, row="need", scale_min=1, scale_max=5, kind="stated", source="survey")


def test_golden_c6_opportunity():
    row = need_scores(asked([(5, 4)] * 4 + [(4, 1)] * 5 + [(2, 2)]), NEED, FIVE).query("need_id == 'n1'").iloc[0]
    assert (row["importance"], row["satisfaction"], row["opportunity"]) == (9, 4, 14)
    assert row["n"] == 10


def test_the_gap_is_the_mean_difference_of_those_who_answered_both():
    row = need_scores(asked([(5, 1), (3, 3)]), NEED, FIVE).query("need_id == 'n1'").iloc[0]
    assert row["gap"] == (10 + 0) / 2
    assert row["gap_lo"] < 5 < row["gap_hi"]


def test_a_need_nobody_was_asked_about_is_listed_without_scores():
    row = need_scores(empty(VOICES), NEED, FIVE, content=items("content_id | need_id\n1 | n2")).query("need_id == 'n2'").iloc[0]
    assert (row["n"], row["n_content"]) == (0, 1)
    assert pd.isna(row["importance"])
    assert pd.isna(row["n_activities"])


def test_a_need_asked_about_but_not_in_the_register_is_not_lost():
    row = need_scores(asked([(5, 1)], need="n9"), None, FIVE).iloc[0]
    assert (row["need_id"], row["wording"], row["n"]) == ("n9", "n9", 1)


CONTACTS = """
    journey | day | atom | touchpoint | channel | initiator
    ann     |   0 | a3   | visit      | web     | customer
    ann     |   1 | a3   | visit      | web     | customer
    ann     |   3 | a3   | call       | phone   | company
    bo      |   0 | a3   | visit      | app     | customer
    cy      |   0 | a3   | chat       |         |
    cy      |   9 |      | newsletter | email   | company
"""


def test_a_touchpoints_share_is_of_the_journeys_that_touched_the_stage():
    row = touchpoints(*events(CONTACTS)).iloc[0]
    assert row[["touchpoint", "channel", "initiator", "n_events", "n_journeys", "n_stage"]].tolist() == ["visit", "web", "customer", 3, 2, 3]
    assert row["share"] == pytest.approx(2 / 3)


def test_satisfaction_with_a_touchpoint_is_asked_about_it_and_its_stage():
    voices = table("""
        voice_id | touchpoint | atom | score | metric
        1        | visit      |      | 5     | csat
        2        | visit      | a3   | 4     | csat
        3        | visit      | a7   | 1     | csat
        4        | visit      | a3   | 1     | ces
        5        | call       |      | 2     | ces
    """, VOICES, row="emotion", scale_min=1, scale_max=5, kind="stated", source="survey")  # fmt: skip
    found = touchpoints(*events(CONTACTS), voices=voices).set_index("touchpoint")
    assert found.loc["visit", ["satisfaction", "n_answers"]].tolist() == [(2 + 1) / 2, 2]
    assert found.loc["call", ["satisfaction", "n_answers"]].tolist() == [-1, 1]
    assert np.isnan(found.loc["chat", "satisfaction"])


def test_a_channels_share_is_of_all_events_of_the_stage_known_or_not():
    found = channels(*(events(CONTACTS)[i] for i in (0, 2))).set_index("channel")
    assert found["share"].to_dict() == {"web": 2 / 5, "app": 1 / 5, "phone": 1 / 5}
    assert found.loc["web", ["n_journeys", "n_stage"]].tolist() == [1, 3]


def test_moves_keep_the_touchpoints_outside_every_stage():
    drawn = events(CONTACTS)
    found = transitions(drawn.log, drawn.model).set_index(["touchpoint", "next_touchpoint"])
    assert found.loc[("chat", "newsletter"), ["stage", "next_stage", "median_days"]].tolist() == ["consideration", "", 9.0]


def test_an_exit_is_the_customers_own_last_step_and_not_the_newsletter_that_came_after():
    found = exits(*events(CONTACTS, until=10)).set_index("touchpoint")
    assert found["share"].to_dict() == pytest.approx({"visit": 2 / 3, "chat": 1 / 3})
    assert found.loc["visit", "median_silent_days"] == (9 + 10) / 2


def test_totals_count_what_was_delivered_and_nothing_else():
    drawn = events("""
        journey | day | atom | outcome | value | customer
        ann     |   0 | a4   | won     | 100   | ann
        ann     |   5 | a8   | won     | 20.5  | ann
        bo      |   0 | a4   | lost    |       | bo
    """)  # fmt: skip
    found = totals(drawn.log, drawn.journeys).set_index("name")["value"].to_dict()
    assert found == {"events": 3, "events_outside_stages": 0, "customers": 2, "orders": 2, "value": 120.5,
                     "journeys": 2, "units": 2, "won": 1, "lost": 1, "open": 0, "dormant": 0}  # fmt: skip


def client(market="b2c"):
    return Client(slug="drawn", name="Drawn", language="sv", market=market, goal="more_loyalty", as_of=AS_OF,
                  data_folder="data", params_file="params/drawn.yml")  # fmt: skip


def collected(drawn=None, voices=None, **registers):
    log, journeys = (drawn.log, drawn.journeys) if drawn else (None, None)
    return SimpleNamespace(client=client(), model=FIVE, log=log, journeys=journeys, customers=empty(CUSTOMERS),
                           voices=empty(VOICES) if voices is None else voices, registers=registers)  # fmt: skip


def test_a_client_with_an_answer_sheet_alone_gets_what_it_allows_and_nothing_as_zero():
    voices = table("voice_id | stage | row | text\n1 | advocacy | need | To be seen.", VOICES, kind="assumed", source="sheet")
    assert set(measure_journey(collected(voices=voices))) == {"voice_counts", "totals"}


def test_events_alone_give_the_measures_of_events():
    drawn = events(CONTACTS + "dan | 0 | a3 | visit | web | customer\ndan | 4 | a4 | order | web | customer")
    found = set(measure_journey(collected(drawn)))
    assert found >= {"funnel", "time_curve", "stage_times", "transitions", "exits", "touchpoints", "channels", "rates", "totals"}
    assert not found & {"emotion", "voice_counts", "need_scores", "coverage", "search", "scores"}


def test_registers_alone_give_coverage_that_cannot_be_checked():
    found = measure_journey(collected(content=items("content_id | atom\n1 | a2"), needs=NEED))
    assert set(found) == {"coverage", "need_scores", "need_support", "totals"}
    assert set(found["coverage"]["status"]) == {"not_checkable"}
