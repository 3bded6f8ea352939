"""How soon interest is answered, and what comes of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight

from journeylib.measures.follow_up import follow_up
from tests.drawing import events, from_frame


def measured(drawn, hours=24, signals=()):
    return follow_up(drawn.log, drawn.journeys, limit_hours=hours, signals=signals)


FOUR = events("""
    journey | day  | atom | touchpoint  | initiator | outcome
    ann     | 0    | a3   | form_submit | customer  |
    ann     | 0.5  | a3   | call        | company   |
    bob     | 0    | a3   | form_submit | customer  |
    bob     | 3    | a3   | call        | company   |
    cat     | 0    | a3   | form_submit | customer  |
    dan     | 0    | a3   | form_submit | customer  |
    dan     | 0.25 | a4   | order       | customer  | won
    eva     | 0    | a3   | page_view   | customer  |
""", until=30)  # fmt: skip


def test_answers_are_counted_from_the_first_signal():
    table = measured(FOUR)
    row = table[(table["measure"] == "answered") & (table["hours"] == 24)].iloc[0]
    assert (row["n"], row["n_yes"], row["rate"]) == (4, 1, 1 / 4)  # eva showed no interest; dan bought before anybody called


def test_who_buys_first_waits_for_no_answer_but_counts_among_all():
    assert measured(FOUR).query("measure == 'median'")["hours"].tolist() == [72]  # ann's and bob's answers are those of half of four


def test_the_clients_own_signals_take_the_place_of_the_usual_ones():
    table = measured(FOUR, signals=("page_view",))
    assert table[table["measure"] == "answered"]["n"].tolist() == [1, 1]


def test_without_a_signal_or_anybody_who_could_answer_there_is_no_table():
    assert measured(events("journey|day|touchpoint|atom|initiator\na|0|page_view|a3|customer\na|1|call|a3|company")).empty
    assert measured(events("journey|day|touchpoint|atom|initiator\na|0|form_submit|a3|customer")).empty


def test_a_step_of_the_deal_is_an_answer():
    table = measured(events("journey|day|touchpoint|atom|initiator\na|0|form_submit|a4|customer\na|0.5|deal_stage|a4|"))
    assert table[table["measure"] == "answered"]["rate"].tolist() == [1, 1]


def test_a_form_of_a_customer_in_use_asks_no_seller():
    assert measured(events("journey|day|touchpoint|atom|initiator\na|0|form_submit|a7|customer\na|1|call|a7|company")).empty


def test_the_share_answered_is_that_of_an_independent_library():
    rng = np.random.default_rng(2)
    answer, bought, until = rng.exponential(3, 200), rng.exponential(6, 200), rng.uniform(1, 20, 200)
    rows = []
    for i in range(200):
        start = 100 - until[i]
        rows.append((i, start, "form_submit", "customer", None))
        if answer[i] < until[i]:
            rows.append((i, start + answer[i], "call", "company", None))
        if bought[i] < until[i]:
            rows.append((i, start + bought[i], "order", "customer", "won"))
    frame = pd.DataFrame(rows, columns=["journey", "day", "touchpoint", "initiator", "outcome"]).assign(atom="a3")
    table = measured(from_frame(frame, until=100))
    ends = np.where(np.minimum(answer, bought) >= until, 0, np.where(answer <= bought, 1, 2))
    oracle = CumIncidenceRight(np.minimum(np.minimum(answer, bought), until), ends)
    at_limit = oracle.cinc[0][np.searchsorted(oracle.times, 1.0, side="right") - 1]
    assert table.query("measure == 'answered' and hours == 24")["rate"].iloc[0] == pytest.approx(at_limit, abs=1e-9)


def test_the_landmark_takes_away_what_quick_buyers_lend_to_quick_answers():
    """Answers that change nothing: in the plain comparison the answered buy less or more only for want of time; from the landmark on they do not."""
    rng = np.random.default_rng(7)
    n = 4_000
    answer, bought = rng.exponential(5, n), np.where(rng.random(n) < 0.5, rng.exponential(12, n), np.inf)
    rows = []
    for i in range(n):
        rows.append((i, 0.0, "form_submit", "customer", None))
        if answer[i] < min(bought[i], 90):  # who has bought is not called any more
            rows.append((i, answer[i], "call", "company", None))
        if bought[i] < 90:
            rows.append((i, bought[i], "order", "customer", "won"))
    frame = pd.DataFrame(rows, columns=["journey", "day", "touchpoint", "initiator", "outcome"]).assign(atom="a3")
    called, won = answer < np.minimum(bought, 90), bought < 90
    assert won[~called].mean() - won[called].mean() > 0.4  # the artefact: those never called are those who bought first
    shares = measured(from_frame(frame, until=100)).query("measure == 'converted'").set_index("group")
    assert shares["rate"].max() - shares["rate"].min() < 0.06
    assert shares.loc["answered_early", "lo"] < shares.loc["not_answered", "hi"]
