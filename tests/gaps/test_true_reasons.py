"""What could not be checked is said for the reason that holds: what is there is not called missing, and nobody seen is not too few."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.client import Thresholds
from journeylib.gaps import say_gap
from journeylib.measures.aftercare import telling
from journeylib.measures.friction import friction
from journeylib.schema import CUSTOMERS, EMOTION, TOUCHPOINTS
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import from_frame, table
from tests.gaps.material import FUNNEL_IN_ORDER, a_client, ask, content, funnel, journeys, shares
from tests.gaps.test_friction import measured, walks

OTHER = shares("measure | n | n_yes\nwin | 10 | 5")
LANGUAGES = ("sv", "da", "nb", "en")


def said(row, language="en", client=None):
    client = client or a_client()
    return say_gap(row, Words(language, "SEK"), load_stage_model(client), client).replace("\N{NO-BREAK SPACE}", " ")


def without_rates(drawn, *stages):
    is_one = drawn["stage"].isin(stages)
    return drawn.assign(**{name: drawn[name].mask(is_one) for name in ("rate", "rate_lo", "rate_hi")})


def drawn(text=FUNNEL_IN_ORDER, *stages):
    return without_rates(funnel(text), *stages)


# --- events ----------------------------------------------------------------------------------------------------------


def test_a_stage_full_of_events_with_none_after_it_is_not_said_to_lack_events():
    text = FUNNEL_IN_ORDER.replace("advocacy      | 150 ", "advocacy      | 0   ")
    row = ask("G13", funnel=drawn(text, "loyalty"))["G13:loyalty"]
    assert (row["status"], said(row)) == ("not_checkable", "Could not be checked, because no events are seen after the Loyalty stage.")


def test_a_share_that_would_give_a_few_away_is_said_to_be_withheld():
    row = ask("G13", funnel=drawn(FUNNEL_IN_ORDER, "awareness"))["G13:awareness"]
    assert (row["status"], said(row)) == ("not_checkable", "Could not be told for the Awareness stage, because the share would give a small group of customers away.")


@pytest.mark.parametrize("check", ["G11", "G12", "G13"])
def test_a_stage_without_events_of_its_own_cannot_be_checked_and_is_not_uncertain(check):
    frame = walks(60)
    frame = frame[frame["atom"] != "a3"]
    seen = drawn(FUNNEL_IN_ORDER.replace("consideration | 1000      | 900        | 450", "consideration | 0         | 0          | 0  "), "consideration")
    row = ask(check, friction=measured(frame), funnel=seen)[f"{check}:consideration"]
    assert (row["status"], row["missing"]) == ("not_checkable", "events")
    assert said(row) == "Could not be checked, because no events are seen in the Consideration stage."


def test_a_last_stage_of_buying_without_events_is_judged_by_the_effort_customers_tell_of():
    client = a_client(stage_model="inbound_3", targets={}, kpis={})
    log, runs, _ = from_frame(walks(100, help_at="a3").query("atom not in ('a4', 'a6')"), until=365)
    seen = funnel("stage | n_reached | n_followed | n_converted\nawareness | 100 | 100 | 50\nconsideration | 50 | 50 | 0\ndecision | 0 | 0 | 0")
    asked = {"client": client, "friction": friction(log, runs, load_stage_model(client), window_days=90), "funnel": seen}
    assert ask("G10", **asked)["G10:decision"]["reason"] == "gaps.common.no_events"
    efforts = table("stage | metric | wording_id | n_answers | n\ndecision | ces | w | 60 | 60", EMOTION, mean=0.8, lo=0.6, hi=1.0, pooled=0.8, sources="survey",
                    share_m2=0, share_m1=0, share_0=1, share_p1=0, share_p2=0)  # fmt: skip
    assert ask("G10", **asked, emotion=efforts)["G10:decision"]["status"] == "not_found"


def test_a_persona_nobody_of_whom_was_seen_in_a_stage_is_not_too_few_there():
    client = a_client(targets={}, personas=({"id": "chef", "name": "Chefen"}, {"id": "ny", "name": "Den nya"}))
    text = """
        stage         | persona | n_reached | n_followed | n_converted
        awareness     |         | 100       | 100        | 50
        awareness     | chef    | 60        | 60         | 30
        awareness     | ny      | 0         | 0          | 0
        consideration |         | 50        | 50         | 25
        consideration | chef    | 30        | 30         | 15
        consideration | ny      | 0         | 0          | 0
    """
    row = ask("G13", client=client, funnel=funnel(text))["G13:awareness:ny"]
    assert row["status"] == "not_checkable"
    assert said(row, client=client) == "Could not be checked for Den nya, because no such customers are seen in the Awareness stage."


# --- care after the purchase ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["return", "order_cancelled", "cancelled", "Canceled", "Returned item", "refund_sent", "Avbeställning", "avbokning", "ångrat köp", "retur",
                                  "återbetalning", "Annullering", "afbestilling", "fortrudt_køb", "avbestilling", "kansellert", "refusjon", "uppsägning"])  # fmt: skip
def test_a_purchase_undone_is_known_by_the_usual_words_of_four_languages(name):
    assert telling([name], "regret").tolist() == [True]


@pytest.mark.parametrize("name", ["returning_visitor", "meeting_cancelled", "cancellation_policy", "fortrydelsesret", "angrerett", "ångerrätt", "page_view", "return_policy_page"])
def test_a_cancelled_meeting_or_a_page_about_returns_undoes_no_purchase(name):
    assert telling([name], "regret").tolist() == [False]


def test_cancellations_without_a_dated_purchase_are_not_said_to_be_missing():
    met = table("stage | touchpoint | channel | n_events | n_journeys | n_stage | n_answers\nloyalty | Avbestilling | web | 1191 | 1000 | 1000 | 0", TOUCHPOINTS, share=1.0, lo=0.99, hi=1.0)
    row = ask("G14", rates=OTHER, touchpoints=met)["G14:loyalty::regret"]
    assert row["missing"] == "purchases"
    assert said(row) == "Whether many regret cannot be told. The data hold returns or cancellations, but no dated purchases to count them from."
    assert ask("G14", rates=OTHER)["G14:loyalty::regret"]["missing"] == "returns"


def test_where_nobody_bought_no_confirmation_is_asked_for():
    open_ones = journeys([20.0] * 20).assign(state="open")
    assert ask("G14", rates=OTHER, registers={"content": None}, journeys=open_ones)["G14:loyalty"]["missing"] == "purchases"


def test_dated_losses_are_not_asked_for_where_there_are_some():
    lost = journeys([20.0] * 19).assign(state="lost")
    row = ask("G18", rates=OTHER, journeys=lost)["G18"]
    assert said(row) == "Could not be checked. What is missing: contacts with the lost customers afterwards or their reasons for leaving."
    assert ask("G18", rates=OTHER)["G18"]["missing"] == "losses"


def test_customers_lost_by_silence_alone_are_said_to_be_silent():
    silent = journeys([20.0] * 19).assign(state="lost")
    row = ask("G18", rates=OTHER, journeys=silent.assign(ended_at=silent["last_at"] + pd.Timedelta(days=90)))["G18"]
    assert said(row) == "Could not be checked, because the customers counted as lost have only fallen silent. No source says when somebody leaves you."


def test_a_consent_that_was_delivered_is_not_asked_for():
    people = table("customer_id | has_consent\nk1 | yes", CUSTOMERS)
    assert ask("G22", rates=OTHER, customers=people)["G22:awareness"]["missing"] == "recognised_people"
    assert ask("G22", rates=OTHER, customers=people.assign(has_consent=pd.NA))["G22:awareness"]["missing"] == "consent"


def test_personas_of_people_who_are_not_seen_are_not_said_to_be_undelivered():
    people = table("customer_id | persona\nk1 | chef", CUSTOMERS)
    client = a_client(personas=({"id": "chef", "name": "Chefen"},))
    assert ask("G07", client=client, customers=people)["G07"]["missing"] == "personas_of_seen"
    assert ask("G07", client=client)["G07"]["missing"] == "personas"


# --- what was looked at, and what the numbers are ---------------------------------------------------------------------


def test_a_bump_looked_for_by_time_alone_is_said_to_be_so():
    found = ask("G10", friction=measured(walks(300)))
    assert found["G10:consideration"]["status"] == "not_found"
    assert said(found["G10:consideration"]) == ("Judged by time in the stage alone, there is no bump to be seen in the Consideration stage. "
                                                "What could not be checked: how many ask for help and how laborious customers say it is.")  # fmt: skip


def ends_often(share, n=200):
    """Two ways into each stage; the calculator is the last step for a share of those who come to it."""
    rng = np.random.default_rng(3)
    frame = walks(n, dead_end=0.0, goes_on=(1, 1, 1))
    stops = set(frame["journey"].unique()[rng.random(n) < share])
    kept = frame[~(frame["journey"].isin(stops) & frame["atom"].isin(["a4", "a6"]))].copy()
    kept["state"] = kept.groupby("journey")["outcome"].transform(lambda rows: "won" if rows.notna().any() else "dormant")
    return kept


def test_a_way_within_the_limits_is_told_by_its_numbers_not_called_few():
    row = ask("G12", client=a_client(thresholds=Thresholds(dead_end_share=0.8)), friction=measured(ends_often(0.45)))["G12:consideration"]
    k = sum(1 for share in np.random.default_rng(3).random(200) if share < 0.45)
    assert row["status"] == "not_found"
    assert said(row) == (f"The way through the Consideration stage keeps within your limits: 0% go in circles (limit 30%), 0% go back (limit 30%) "
                         f"and “Compared products” is the last step for {k / 200:.0%} (limit 80%).")  # fmt: skip


# --- G24 --------------------------------------------------------------------------------------------------------------

PAGES = """
    content_id | title      | stage         | cta  | type
    1          | Blogg      | awareness     | läs  | article
    2          | Guide      | consideration | boka | article
    3          | Sida       | decision      | köp  | article
    4          | Kom igång  | loyalty       | in   | article
"""


@pytest.mark.parametrize(("stage", "kind", "status"), [("decision", "", "uncertain"), ("", "offer_description", "uncertain"), ("", "", "uncertain"), ("loyalty", "", "found"),
                                                       ("decision", "article", "found"), ("decision", "comparison", "not_found")])  # fmt: skip
def test_content_without_kind_or_stage_that_may_support_the_decision_leaves_it_uncertain(stage, kind, status):
    listed = content(PAGES + f"    5 | Okänd | {stage} | köp | {kind}\n")
    row = ask("G24", registers={"content": listed})["G24:decision"]
    assert row["status"] == status
    if status == "uncertain":
        assert said(row) == "No content in the Decision stage is known to help customers decide, but 1 of 5 items on the list lack a kind or a stage."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_can_be_said(language):
    for row in (*ask("G10", friction=measured(walks(100))).values(), *ask("G12", friction=measured(walks(100))).values(),
                *ask("G13", funnel=drawn(FUNNEL_IN_ORDER, "awareness")).values()):  # fmt: skip
        assert said(row, language).endswith(".")
