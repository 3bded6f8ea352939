"""Is the choice confirmed, the new customer helped, the unhappy one spoken to?"""

from __future__ import annotations

import pytest

from journeylib.measures.aftercare import aftercare
from journeylib.schema import CUSTOMERS, VOICES
from tests.drawing import events, table

NOTHING_SAID = "voice_id | row | kind | source\n"


def measured(text, *, voices=None, customers=None, until=100, **options):
    log, journeys, _ = events(text, until=until)
    limits = {"confirm_days": 3, "regret_days": 30, "onboarding_days": 30, "rescue_days": 14, "ending_days": 30} | options
    found = aftercare(log, journeys, voices=voices, customers=customers, **limits)
    return {row.measure: row for row in found.itertuples()}


BUYERS = """
    journey | day | atom | outcome | initiator | touchpoint
    ann     |   0 | a4   | won     | customer  | order
    ann     |   1 | a5   |         | company   | order_confirmation
    bo      |   0 | a4   | won     | customer  | order
    bo      |   9 | a5   |         | company   | order_confirmation
    bo      |  20 | a7   |         | customer  | return
    cy      |   0 | a4   | won     | customer  | order
    cy      |   5 | a6   |         | company   | delivery
    dan     |  98 | a4   | won     | customer  | order
"""


def test_a_choice_is_confirmed_by_a_word_within_the_days_and_the_latest_buyers_are_in_no_count():
    row = measured(BUYERS)["confirmed"]
    assert (row.n, row.n_yes, row.rate) == (3, 1, pytest.approx(1 / 3))


def test_a_return_within_the_days_is_regret():
    assert (measured(BUYERS)["regretted"].n, measured(BUYERS)["regretted"].n_yes) == (3, 1)
    assert measured(BUYERS, regret_days=10)["regretted"].n_yes == 0


def test_a_delivery_or_an_introduction_is_onboarding():
    assert (measured(BUYERS)["onboarded"].n, measured(BUYERS)["onboarded"].n_yes) == (3, 1)


def test_what_no_source_ever_tells_of_has_no_share():
    alone = measured("""
        journey | day | atom | outcome | initiator
        ann     |   0 | a4   | won     | customer
    """)  # fmt: skip
    assert alone == {}


def test_the_order_the_company_writes_down_is_no_word_to_the_customer():
    row = measured("""
        journey | day | atom | outcome | initiator
        ann     |   0 | a4   | won     | company
        bo      |   0 | a4   | won     | customer
        bo      |   1 | a5   |         | company
    """)["confirmed"]  # fmt: skip
    assert (row.n, row.n_yes) == (2, 1)


COMPLAINTS = """
    journey | day | atom | outcome | initiator | touchpoint
    ann     |   0 | a4   | won     | customer  | order
    ann     |  10 | a7   |         | customer  | complaint
    ann     |  15 | a7   |         | company   | call
    bo      |   0 | a4   | won     | customer  | order
    bo      |  10 | a7   |         | customer  | complaint
    bo      |  60 | a7   |         | company   | call
    cy      |   5 | a3   |         | customer  | complaint
"""


def test_a_customer_who_complains_is_rescued_by_a_contact_in_time_and_who_never_bought_is_no_customer():
    row = measured(COMPLAINTS, voices=table(NOTHING_SAID, VOICES))["rescued"]
    assert (row.n, row.n_yes) == (2, 1)


def test_an_unhappy_answer_is_a_sign_and_a_lukewarm_one_is_not():
    bought = """
        journey | day | atom | outcome | initiator | touchpoint | customer_id
        ann     |   0 | a4   | won     | customer  | order      | c_ann
        ann     |  25 | a7   |         | company   | call       |
        bo      |   0 | a4   | won     | customer  | order      | c_bo
    """
    said = """
        voice_id | customer_id | said_at | row     | metric | score | scale_min | scale_max | kind   | source
        1        | c_ann       | 20      | emotion | csat   | 1     | 1         | 5         | stated | survey
        2        | c_bo        | 20      | emotion | csat   | 3     | 1         | 5         | stated | survey
    """
    row = measured(bought, voices=table(said, VOICES))["rescued"]
    assert (row.n, row.n_yes) == (1, 1)


LOSSES = """
    journey | day | atom | outcome | initiator | customer_id
    ann     |   0 | a3   |         | customer  | c_ann
    ann     |   9 |      | lost    | customer  |
    ann     |  20 | a3   |         | company   |
    bo      |   0 | a3   |         | customer  | c_bo
    bo      |   9 |      | lost    | customer  |
    cy      |   0 | a3   |         | customer  | c_cy
    cy      |   9 |      | lost    | customer  |
    silent  |   0 | a3   |         | customer  | c_silent
"""


def test_a_loss_ends_well_with_a_last_word_or_a_reason_asked_for_and_silence_is_no_ending():
    reason = table("voice_id | customer_id | row | code | kind | source\n1 | c_bo | reason | price | staff | crm", VOICES)
    row = measured(LOSSES, voices=reason)["ended_well"]
    assert (row.n, row.n_yes) == (3, 2)


def test_who_names_a_problem_after_the_loss_has_told_why():
    said = """
        voice_id | customer_id | said_at | row     | text   | kind   | source
        1        | c_bo        | 12      | problem | dear   | stated | survey
        2        | c_cy        | 5       | problem | dear   | stated | survey
    """
    row = measured(LOSSES, voices=table(said, VOICES))["ended_well"]
    assert (row.n, row.n_yes) == (3, 2)  # ann heard a last word, bo told why; cy spoke before


def test_a_low_answer_about_the_way_to_the_purchase_is_no_sign_of_leaving():
    bought = "journey | day | atom | outcome | initiator | touchpoint | customer_id\nann | 0 | a4 | won | customer | order | c_ann\nann | 40 | a7 | | company | call |"
    said = """
        voice_id | customer_id | said_at | row     | metric | score | scale_min | scale_max | atom | kind   | source
        1        | c_ann       | 20      | emotion | csat   | 1     | 1         | 5         | {}   | stated | survey
    """
    assert "rescued" not in measured(bought, voices=table(said.format("a3"), VOICES))
    assert measured(bought, voices=table(said.format("a7"), VOICES))["rescued"].n == 1


def test_people_seen_who_said_yes_may_be_contacted_and_where_nobody_was_asked_there_is_no_share():
    seen = """
        journey | day | atom | customer
        ann     |   0 | a2   | c_ann
        bo      |   0 | a2   | c_bo
        cy      |   0 | a2   | c_cy
        dan     |   0 | a2   | c_dan
    """
    asked = table("customer_id | has_consent\nc_ann | yes\nc_bo | no\nc_zed | yes", CUSTOMERS)
    row = measured(seen, customers=asked)["contactable"]
    assert (row.n, row.n_yes) == (4, 1)
    assert "contactable" not in measured(seen, customers=table("customer_id | has_consent\nc_ann |", CUSTOMERS))


def test_as_expected_is_a_promise_kept():
    said = """
        voice_id | customer_id | row         | metric      | score | scale_min | scale_max | kind   | source
        1        | ann         | expectation | expectation | 3     | 1         | 5         | stated | survey
        2        | bo          | expectation | expectation | 5     | 1         | 5         | stated | survey
        3        | cy          | expectation | expectation | 2     | 1         | 5         | stated | survey
    """
    row = measured(BUYERS, voices=table(said, VOICES))["expectation_met"]
    assert (row.n, row.n_yes, row.rate) == (3, 2, pytest.approx(2 / 3))


@pytest.mark.parametrize("n_rows", [1, 3, 1000])
def test_the_size_of_the_blocks_changes_nothing(n_rows):
    whole, cut = ({name: (row.n, row.n_yes) for name, row in measured(BUYERS, **size).items()} for size in ({}, {"n_rows": n_rows}))
    assert whole == cut
