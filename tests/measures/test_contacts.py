"""Whether the company keeps in touch, and what comes of it."""

from __future__ import annotations

import numpy as np
import pytest

from journeylib.measures.contacts import rates
from journeylib.schema import VOICES
from tests.drawing import events, table


def measured(text, voices=None, until=400, follow_up_days=30, silence_days=30, forgotten_months=6, **options):
    log, journeys, _ = events(text, until=until)
    found = rates(log, journeys, follow_up_days=follow_up_days, silence_days=silence_days, forgotten_months=forgotten_months,
                  voices=voices, **options)  # fmt: skip
    return {(row.measure, row.group): row for row in found.itertuples()}


BUYERS = """
    journey | day | atom | outcome | initiator
    ann     |   0 | a4   | won     | customer
    ann     |  10 | a5   |         | company
    bo      |   0 | a4   | won     | customer
    bo      |  40 | a5   |         | company
    cy      |   0 | a4   | won     | customer
    dan     | 390 | a4   | won     | customer
"""


def test_a_follow_up_is_a_contact_after_the_purchase_and_in_time():
    row = measured(BUYERS)["follow_up", ""]
    assert (row.n, row.n_yes, row.rate) == (3, 1, pytest.approx(1 / 3))
    assert row.days == 30


def test_the_confirmation_at_the_moment_of_purchase_is_no_follow_up():
    row = measured("""
        journey | day | atom | outcome | initiator
        ann     |   0 | a4   | won     | customer
        ann     |   0 | a5   |         | company
        ann     | 300 | a7   |         | company
    """)["follow_up", ""]  # fmt: skip
    assert (row.n, row.n_yes) == (1, 0)


def test_a_contact_with_the_account_follows_up_every_deal_of_the_account():
    row = measured("""
        journey | day | atom | outcome | initiator | unit
        deal 1  |   0 | a4   | won     | customer  | acme
        deal 2  |   5 | a4   | won     | customer  | acme
        mail    |  12 | a5   |         | company   | acme
    """)["follow_up", ""]  # fmt: skip
    assert (row.n, row.n_yes, row.n_units) == (2, 2, 1)


def test_without_a_single_contact_in_the_log_nobody_knows():
    found = measured("""
        journey | day | atom | outcome | initiator
        ann     |   0 | a4   | won     | customer
        bo      |   0 | a3   |         | customer
    """)  # fmt: skip
    assert not {("follow_up", ""), ("silence", ""), ("forgotten", "")} & set(found)


def test_buyers_too_recent_to_judge_are_nobody_yet_and_not_neglected():
    row = measured("""
        journey | day | atom | outcome | initiator
        ann     | 390 | a4   | won     | customer
        bo      |   0 | a3   |         | company
    """)["follow_up", ""]  # fmt: skip
    assert row.n == 0
    assert np.isnan(row.rate)


def test_silence_is_the_longest_wait_of_an_open_prospect_for_the_company():
    row = measured("""
        journey | day | atom | outcome | initiator
        waits   | 100 | a3   |         | customer
        waits   | 120 |      |         | company
        waits   | 160 |      |         | company
        waits   | 190 |      |         | company
        served  | 150 | a3   |         | customer
        served  | 170 |      |         | company
        served  | 195 |      |         | company
        alone   | 100 | a4   |         | customer
        bought  | 100 | a3   |         | customer
        bought  | 101 | a4   | won     | customer
        new     | 190 | a3   |         | customer
        curious | 100 | a2   |         | customer
    """, until=200)["silence", ""]  # fmt: skip
    assert (row.n, row.n_yes) == (3, 2)


def test_a_contact_before_the_evaluation_breaks_no_silence():
    row = measured("""
        journey | day | atom | initiator
        ann     |  90 | a2   | company
        ann     | 100 | a3   | customer
    """, until=140)["silence", ""]  # fmt: skip
    assert (row.n, row.n_yes) == (1, 1)


def test_a_forgotten_customer_has_bought_long_ago_and_heard_nothing_since_long():
    row = measured("""
        journey   | day | atom | outcome | initiator
        forgotten |   0 | a4   | won     | customer
        forgotten |  50 |      |         | company
        kept      |   0 | a4   | won     | customer
        kept      | 300 |      |         | company
        never     |   0 | a4   | won     | customer
        new       | 350 | a4   | won     | customer
        open      |   0 | a3   |         | customer
    """, until=400, forgotten_months=6)["forgotten", ""]  # fmt: skip
    assert (row.n, row.n_yes) == (3, 2)
    assert row.days == pytest.approx(6 * 365.25 / 12)


def test_coming_back_is_counted_per_customer_until_the_cut_and_within_a_year():
    found = measured("""
        journey | day | atom | outcome | unit
        ann 1   |   0 | a4   | won     | ann
        ann 2   | 100 | a4   | won     | ann
        bo 1    |   0 | a4   | won     | bo
        bo 1    | 380 | a8   |         | bo
        cy 1    | 300 | a4   | won     | cy
        cy 1    | 310 | a8   | won     | cy
        dan     |   0 | a3   |         | dan
    """)  # fmt: skip
    assert (found["repeat", ""].n, found["repeat", ""].n_yes) == (3, 3)
    assert (found["repeat", "365"].n, found["repeat", "365"].n_yes) == (2, 1)


def test_an_offer_to_sell_more_is_no_second_purchase_where_the_source_says_which_were_won():
    row = measured("""
        journey | day | atom | outcome | touchpoint
        ann     |   0 | a4   | won     | deal
        ann     |  50 | a8   |         | deal
        bo      |   0 | a4   | won     | deal
        bo      |  50 | a8   |         | deal
        bo      |  60 | a8   | won     | deal
        cy      |   0 | a4   | won     | deal
        cy      |  50 | a8   |         | renewal
    """)["repeat", ""]  # fmt: skip
    assert (row.n, row.n_yes) == (3, 2)


def test_referral_is_known_only_where_somebody_wrote_it_down():
    assert ("referred", "") not in measured(BUYERS)
    row = measured("""
        journey | day | atom | unit | is_referred
        ann 1   |   0 | a2   | ann  | yes
        ann 2   |  50 | a2   | ann  | no
        bo      |   0 | a2   | bo   | no
        cy      |   0 | a2   | cy   |
    """)["referred", ""]  # fmt: skip
    assert (row.n, row.n_yes) == (2, 1)


def test_win_rate_is_of_decided_journeys_with_its_value_and_by_offer():
    found = measured("""
        journey | day | atom | outcome | offer | value | unit
        one     |   0 | a4   | won     | crm   | 100   | acme
        two     |   0 | a4   | won     | erp   | 250   | acme
        three   |   0 | a4   | lost    | crm   |       | beta
        four    |   0 | a4   |         | crm   |       | beta
    """)  # fmt: skip
    assert (found["win", ""].n, found["win", ""].n_yes, found["win", ""].value) == (3, 2, 350)
    assert (found["win", "crm"].n, found["win", "crm"].n_yes, found["win", "crm"].value) == (2, 1, 100)
    assert found["win", ""].n_units == 2


def test_offers_that_only_buyers_name_have_no_win_rate():
    """The invoice names the offer: of those who named one all bought, and that is no win rate."""
    found = measured("""
        journey | day | atom | outcome | offer
        one     |   0 | a4   | won     | crm
        two     |   0 | a4   | won     | erp
        three   |   0 | a4   | lost    |
        four    |   0 | a4   | lost    |
    """)  # fmt: skip
    assert (found["win", ""].n, found["win", ""].n_yes) == (4, 2)
    assert [group for measure, group in found if measure == "win"] == [""]


def test_where_no_loss_is_ever_recorded_there_is_no_win_rate():
    assert ("win", "") not in measured(BUYERS)


def test_where_no_loss_is_ever_recorded_buyers_are_counted_of_all_journeys_and_by_offer():
    found = measured("""
        journey | day | atom | outcome | offer
        ann     |   0 | a4   | won     | spring
        bo      |   0 | a2   |         | spring
        cy      |   0 | a2   |         | autumn
    """)
    assert (found["bought", ""].n, found["bought", ""].n_yes, found["bought", ""].rate) == (3, 1, pytest.approx(1 / 3))
    assert (found["bought", "spring"].rate, found["bought", "autumn"].n_yes) == (1 / 2, 0)


def test_where_every_journey_is_a_purchase_or_a_loss_is_recorded_buyers_of_all_say_nothing():
    assert ("bought", "") not in measured(BUYERS)
    assert ("bought", "") not in measured("""
        journey | day | atom | outcome
        ann     |   0 | a4   | won
        bo      |   0 | a3   | lost
        cy      |   0 | a3   |
    """)


def test_promoters_asked_to_recommend_after_their_answer():
    text = """
        journey | day | atom | initiator | customer
        ann     |  50 | a9   | company   | c1
        bo      |  50 | a9   | company   | c2
        cy      |  50 | a2   | company   | c3
    """
    voices = table("""
        voice_id | customer_id | said_at | score
        v1       | c1          | 20      | 10
        v2       | c2          | 80      | 9
        v3       | c3          | 20      | 9
        v4       | c4          | 20      | 8
    """, VOICES, row="emotion", metric="nps", scale_min=0, scale_max=10, kind="stated", source="survey")  # fmt: skip
    row = measured(text, voices)["promoters_asked", ""]
    assert (row.n, row.n_yes) == (3, 1)
    assert ("promoters_asked", "") not in measured(text.replace("a9", "a2"), voices)
