"""What the client does already is not sold as new, and what a check has refuted is not proposed (C8)."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib import knowledge
from journeylib.improve.actions import propose_actions, say_action
from journeylib.improve.orders import orders
from journeylib.improve.value import way_to_purchase
from journeylib.schema import ACTIONS, TOUCHPOINTS, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import a_client, activities, funnel, journeys
from tests.improve.test_actions import gaps
from tests.improve.test_orders import FUNNEL

CLIENT = a_client(market="b2b", language="da")
MODEL, WORDS = load_stage_model(CLIENT), Words("da")
LEAVING = """
    gap_id            | check | stage         | persona | status      | value_lo | value_at_stake | value_hi | severity | decision | unit  | threshold
    G13:consideration | G13   | consideration |         | found       | 80000    | 100000         | 120000   |          |          | share | 0.5
    G23:consideration | G23   | consideration |         | not_found   |          |                |          |          |          | share | 0.3
"""
MET = """
    stage         | touchpoint         | channel | initiator | n_events | n_journeys | n_stage | share | n_answers
    consideration | Afklarende samtale | meeting | company   | 90       | 75         | 100     | 0.75  | 0
    consideration | Opkald             | phone   | company   | 200      | 95         | 100     | 0.95  | 0
    consideration | newsletter_signup  | email   | customer  | 92       | 92         | 100     | 0.92  | 0
"""
LISTED = "activity_id | title              | stage\n1           | Afklarende samtale | consideration"


def met(text=MET):
    return table(text, TOUCHPOINTS, lo=0.0, hi=1.0)


def proposed(text=LEAVING, *, touchpoints=None, listed=None, client=CLIENT):
    return propose_actions(gaps(text), client, empty(ACTIONS), Words(client.language), None, listed, touchpoints).set_index("kind")


def test_a_measure_whose_own_check_found_no_problem_is_not_proposed_for_a_drop_off():
    assert set(proposed().index) == {"A05"}  # you keep in touch (G23), so keeping in touch is no cure
    assert set(proposed(LEAVING.replace("not_found  ", "not_checkable")).index) == {"A05", "A06"}
    assert set(proposed(LEAVING.replace("not_found  ", "uncertain  ")).index) == {"A05", "A06"}


def test_what_is_refuted_at_one_stage_may_help_at_another():
    elsewhere = LEAVING.replace("G23:consideration | G23   | consideration", "G23:awareness     | G23   | awareness    ")
    assert "A06" in proposed(elsewhere).index


def test_what_is_done_for_three_in_four_is_worth_the_last_quarter():
    whole, rest = proposed().loc["A05"], proposed(touchpoints=met()).loc["A05"]
    assert (rest["done_as"], rest["done_share"]) == ("Afklarende samtale", 75 / 100)
    for name in ("value_lo", "value", "value_hi"):
        assert rest[name] == pytest.approx(whole[name] * (1 - 75 / 100))


def test_what_is_done_is_said_with_its_share():
    action = proposed(touchpoints=met()).reset_index().iloc[0]
    assert action["title"] == "Afklarende samtale – til flere"
    assert say_action(action, WORDS, MODEL, CLIENT) == (
        "I gør det allerede for 75\xa0% på trinnet (”Afklarende samtale”); forslaget, og hvad det kan give, gælder kun de øvrige. "
        + knowledge.load("actions")["A05"]["text"]["da"]
    )


def test_reach_is_of_those_it_is_not_done_for():
    actions = proposed(touchpoints=met()).reset_index()
    row = orders(actions, gaps(LEAVING), funnel(FUNNEL), journeys([10, 20]), CLIENT).set_index("action_id").loc["A05:G13:consideration"]
    assert row["reach"] == pytest.approx(400 * (1 - 75 / 100), abs=1)  # 400 came there in the year the data span


def test_what_nearly_all_are_given_is_left_out_and_asking_why_comes_instead():
    asked = proposed(touchpoints=met(MET.replace("| 75         | 100     | 0.75 ", "| 92         | 100     | 0.92 ")))
    assert set(asked.index) == {"A24"}
    assert pd.isna(asked.loc["A24", "value"])  # asking brings nothing by itself
    assert say_action(asked.reset_index().iloc[0], WORDS, MODEL, CLIENT).startswith("Det, der plejer at hjælpe her, gør I allerede")


def test_an_activity_of_the_register_nobody_counted_promises_no_money():
    row = proposed(listed=activities(LISTED)).loc["A05"]
    assert (row["title"], row["done_as"]) == ("Afklarende samtale", "Afklarende samtale")
    assert row[["value", "done_share"]].isna().all()
    assert "Find ud af det, før I gør mere." in say_action(row.rename("A05").to_frame().T.assign(kind="A05").iloc[0], WORDS, MODEL, CLIENT)


def test_an_activity_of_another_stage_is_no_sign():
    assert pd.isna(proposed(listed=activities(LISTED.replace("consideration", "loyalty"))).loc["A05", "done_as"])


def test_what_the_customer_starts_is_no_sign_that_you_keep_in_touch():
    assert pd.isna(proposed(LEAVING.replace("not_found  ", "not_checkable"), touchpoints=met()).loc["A06", "done_as"])


def test_where_the_own_check_found_the_problem_what_is_done_is_not_enough():
    silent = LEAVING.replace(
        "| not_found   |          |                |          |          |", "| found       | 80000    | 100000         | 120000   |          |"
    )
    newsletter = met(MET.replace("customer", "company "))
    assert pd.isna(proposed(silent, touchpoints=newsletter).loc["A06", "done_share"])
    assert proposed(silent, touchpoints=newsletter).loc["A06", "value"] == proposed(silent).loc["A06", "value"]


def test_a_gap_that_names_what_is_missing_keeps_its_cure():
    missing = (
        LEAVING
        + "    G30:consideration | G30   | consideration |         | found       |          |                |          | 2        |          | share | 0.1"
    )
    only = "\n".join(line for line in missing.splitlines() if "G13:" not in line)
    assert pd.isna(proposed(only, touchpoints=met()).loc["A05", "done_share"])


def test_where_no_known_cure_fits_the_stage_the_proposal_is_to_ask_why():
    after = LEAVING.replace("consideration |         | found", "loyalty       |         | found")
    assert set(proposed(after.replace("G13:consideration", "G13:loyalty      ")).index) == {"A24"}


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_what_is_done_already_is_told_in_every_language(language):
    client = a_client(market="b2b", language=language)
    action = proposed(touchpoints=met(), client=client).reset_index().iloc[0]
    assert "75" in say_action(action, Words(language), MODEL, client)
    assert "”Afklarende samtale”" in say_action(action, Words(language), MODEL, client).translate({ord("«"): "”", ord("»"): "”", ord("“"): "”"})


def test_reach_and_worth_count_the_same_customers_a_year():
    begun = journeys([10, 20, 30], started="2024-01-01").assign(started_at=pd.to_datetime(["2024-01-01", "2025-03-01", "2025-06-01"], utc=True))
    ranked = proposed().reset_index().assign(stage="awareness")
    reach = orders(ranked, gaps(LEAVING), funnel(FUNNEL), begun, CLIENT)["reach"].iloc[0]
    assert reach == pytest.approx(1000 * 2 / 3, abs=0.1)  # two of three began in the last year

    tables = {"funnel": funnel(FUNNEL), "journeys": begun.assign(state="won", value=100.0)}
    assert way_to_purchase(tables, MODEL, CLIENT).n_a_year == pytest.approx(reach, abs=0.1)


def test_the_catalogue_marks_what_tells_no_cause_and_every_own_check_is_closed_by_its_action():
    known = knowledge.load("actions")
    assert [gap for gap, entry in knowledge.load("gaps").items() if entry.get("tells_no_cause")] == ["G10", "G11", "G13"]
    assert all(set(entry.get("tested_by", ())) <= set(entry["closes"]) for entry in known.values())
