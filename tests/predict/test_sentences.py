"""What a reader is told of a prediction: whole sentences in four languages, one for each ending, and nothing about people."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings.predicting import say_sign, what_do_they_buy_next, who_is_about_to_buy, who_is_about_to_leave
from journeylib.predict.leaks import REASONS
from journeylib.predict.next_offer import NextOffers
from journeylib.predict.scores import Interval
from journeylib.schema import NEXT_OFFERS, PREDICTION_BANDS, PREDICTION_FEATURES, PREDICTIONS, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import NBSP, Words, message_keys
from tests.gaps.material import a_client

LANGUAGES = ("sv", "da", "nb", "en")


def run(language="sv"):
    client = a_client(language=language)
    return SimpleNamespace(client=client, model=load_stage_model(client), words=Words(language, "SEK", client.timezone))


def improved(verdict="predictable", target="buy", outcome="purchase", offers=None, **more):
    usual = {"target": target, "verdict": verdict, "horizon_days": 60.0, "outcome": outcome, "n": 900, "n_units": 500, "n_yes": 90, "n_train": 1800, "base_rate": 0.1,
             "rule": "recency", "skill": 0.1, "skill_lo": 0.06, "skill_hi": 0.14, "gain": 0.04, "gain_lo": 0.01, "gain_hi": 0.07, "auc": 0.8,
             "test_from_at": pd.Timestamp("2025-07-01", tz="UTC"), "test_to_at": pd.Timestamp("2025-10-01", tz="UTC")}  # fmt: skip
    bands = [{"target": target, "band": i, "n": 180, "n_units": 150, "n_yes": yes, "chance": chance, "share": yes / 180, "lo": max(yes / 180 - 0.05, 0), "hi": yes / 180 + 0.05}
             for i, (yes, chance) in enumerate([(54, 0.28), (20, 0.11), (10, 0.06), (4, 0.03), (2, 0.01)], start=1)]  # fmt: skip
    features = [{"target": target, "feature": "n_own_lately", "slope": 0.8}, {"target": target, "feature": "touchpoint:email_click", "slope": -0.2},
                {"target": target, "feature": "touchpoint:order", "refused": "is_outcome"}, {"target": target, "feature": "column:segment", "refused": "undated"}]  # fmt: skip
    return SimpleNamespace(predicted=SimpleNamespace(
        predictions=check(pd.DataFrame([usual | more]), PREDICTIONS), bands=check(pd.DataFrame(bands), PREDICTION_BANDS), features=check(pd.DataFrame(features), PREDICTION_FEATURES),
        next_offer=offers or NextOffers("not_checkable"), offers=empty(NEXT_OFFERS)))  # fmt: skip


@pytest.mark.parametrize(("verdict", "state", "said"), [
    ("predictable", "clear", "Ja: i gruppen med störst chans köpte 30 % (25–35) inom 60 dagar, mot 10 % av alla."),
    ("one_rule", "close", "Vem som snart köper visar ett enda tecken lika bra som en uträkning: hur länge sedan de senast hördes av."),
    ("no_skill", "none", "Vem som köper inom 60 dagar går inte att förutse med de här uppgifterna."),
    ("too_few", "too_few", "För få har köpt för att det ska gå att pröva om det syns i förväg."),
])  # fmt: skip
def test_the_answer_has_its_endings(verdict, state, said):
    found = who_is_about_to_buy(run(), improved(verdict))
    assert (found.state, found.takeaway.replace(NBSP, " ")) == (state, said)


def test_cannot_be_predicted_is_said_in_those_words():
    assert who_is_about_to_buy(run("en"), improved("no_skill")).takeaway.replace(NBSP, " ") == "Who buys within 60 days cannot be predicted from these data."


def test_where_nearly_all_bought_too_few_bought_is_not_what_is_said():
    found = who_is_about_to_buy(run("nb"), improved("too_few", scarce="without"))
    assert (found.state, found.takeaway) == ("too_few", "Nesten alle som ble sett på forhånd, kjøpte, så det kan ikke prøves hva som skiller dem fra de andre.")
    assert who_is_about_to_buy(run("nb"), improved("too_few", scarce="with")).takeaway == "For få har kjøpt til at det kan prøves om det synes på forhånd."


def test_leaving_is_a_risk_and_never_a_chance():
    found = who_is_about_to_leave(run("da"), improved(target="leave", outcome="loss"))
    assert "størst risiko" in found.text[0]
    assert "chance" not in found.as_html().casefold()


def test_data_too_short_are_not_called_too_few_purchases():
    found = who_is_about_to_buy(run("en"), improved("too_few", test_from_at=None))
    assert found.takeaway == "The data cover too short a time to learn from one part and test on a later one."


@pytest.mark.parametrize(("outcome", "said"), [
    ("silence", "Yes: in the group with the highest risk 30% (25–35) were not heard from for 60 days, against 10% of all customers."),
    ("loss", "Yes: in the group with the highest risk 30% (25–35) left within 60 days, against 10% of all customers."),
])  # fmt: skip
def test_silence_is_not_called_leaving(outcome, said):
    assert who_is_about_to_leave(run("en"), improved(target="leave", outcome=outcome)).takeaway.replace(NBSP, " ") == said


def test_where_nothing_could_be_asked_nothing_is_said():
    assert who_is_about_to_leave(run(), improved(target="buy")) is None
    assert what_do_they_buy_next(run(), improved()) is None
    assert who_is_about_to_buy(run(), SimpleNamespace(predicted=None)) is None


def test_the_text_tells_the_test_the_rule_and_what_was_refused():
    texts = [text.replace(NBSP, " ") for text in who_is_about_to_buy(run("en"), improved()).text]
    assert texts == [
        "Learnt from earlier cases and tested on 900 later ones, from 1 Jul 2025 to 1 Oct 2025. The group with the highest chance was given 28%, and it came to 30%.",
        "The best single sign says less: how long since they were last heard from.",
        "2 signs are not used, because they may know the answer beforehand.",
        "The chance says who, not why. That somebody will probably buy does not mean that a call is what decides it.",
    ]


@pytest.mark.parametrize("verdict", ["one_rule", "no_skill"])
def test_without_a_prediction_that_holds_the_reader_is_told_that_no_list_is_made(verdict):
    found = who_is_about_to_buy(run("en"), improved(verdict))
    assert "No list is made." in found.text[0]
    assert found.picture == found.so_what == ""


@pytest.mark.parametrize("reason", [reason for reason in REASONS if reason != "alone_best"])
def test_every_refusal_in_a_report_has_its_sentence(reason):
    assert set(message_keys()[f"predicting.reason.{reason}"]) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sign_is_said_in_words(language):
    kinds = {key.removeprefix("predicting.sign.") for key in message_keys() if key.startswith("predicting.sign.")}
    for kind in kinds:
        feature = kind.replace(".", ":") if kind.startswith("column") else f"{kind}:{'awareness' if kind == 'stage' else 'email'}" if kind in ("stage", "touchpoint", "channel", "offer") else kind
        said = say_sign(run(language), feature)
        assert said
        assert not re.search(r"[{}_]", said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["predictable", "one_rule", "no_skill", "too_few"])
def test_a_takeaway_is_at_most_twenty_five_words(language, verdict):
    for finding, target, outcome in ((who_is_about_to_buy, "buy", "purchase"), (who_is_about_to_leave, "leave", "silence"), (who_is_about_to_leave, "leave", "loss")):
        assert len(finding(run(language), improved(verdict, target, outcome)).takeaway.replace(NBSP, "").split()) <= 25


def test_the_next_offer_is_held_against_what_sells_most():
    better = NextOffers("better", 0.5, 0.3, Interval(0.2, 0.1, 0.3), "Te", 400, 200, 800)
    assert what_do_they_buy_next(run("en"), improved(offers=better)).takeaway == "Yes: the last purchase pointed right in 50% of cases. What sells most (Te) pointed right in 30%."
    no = NextOffers("no_better", 0.3, 0.3, Interval(0.0, -0.1, 0.1), "Te", 400, 200, 800)
    found = what_do_they_buy_next(run("en"), improved(offers=no))
    assert (found.state, found.takeaway) == ("none", "No: suggesting what sells most, Te, is right as often as looking at the last purchase.")


def test_data_in_a_picture_is_escaped():
    case = improved()
    case.predicted.features.loc[0, "feature"] = "touchpoint:<script>alert(1)</script>"
    assert "<script>" not in who_is_about_to_buy(run(), case).as_html()
