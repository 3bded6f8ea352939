"""Low personalisation (G08): everybody gets the same, whoever and wherever they are."""

from __future__ import annotations

import pytest

from journeylib.gaps import say_gap
from journeylib.measures.personalisation import personalisation
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.gaps.material import a_client, ask
from tests.measures.test_personalisation import world


def asked(choose, **options):
    drawn = world(choose, **options)
    return ask("G08", **personalisation(drawn.log, drawn.journeys, drawn.model))["G08"]


def said(row, language="en"):
    client = a_client()
    return say_gap(row, Words(language, "SEK"), load_stage_model(client), client)


def test_a_letter_of_the_month_for_all_is_low_personalisation():
    row = asked(lambda persona, stage, month, rng: f"letter {month}")
    assert row["status"] == "found"
    assert said(row) == "Nearly everyone gets the same message. Which mailing the 300 recipients get depends neither on who they are nor on where they are on the journey."


def test_messages_at_random_are_low_personalisation():
    assert asked(lambda persona, stage, month, rng: rng.choice(["x", "y"]))["status"] == "found"


@pytest.mark.parametrize(("choose", "sentence"), [
    (lambda persona, stage, month, rng: persona, "Customers get different messages depending on who they are."),
    (lambda persona, stage, month, rng: stage, "Customers get different messages depending on where they are on the journey."),
])  # fmt: skip
def test_messages_that_follow_a_rule_are_personal(choose, sentence):
    row = asked(choose)
    assert (row["status"], said(row)) == ("not_found", sentence)


def test_messages_that_half_follow_a_rule_are_personal_enough():
    assert asked(lambda persona, stage, month, rng: persona if rng.random() < 0.7 else "news")["status"] == "not_found"


def test_a_few_recipients_are_too_few():
    assert asked(lambda persona, stage, month, rng: "x", n=4)["reason"] == "gaps.common.too_few"
    assert asked(lambda persona, stage, month, rng: rng.choice(["x", "y"]), n=9)["status"] == "uncertain"


def test_mailings_that_all_bear_one_name_cannot_be_told_apart():
    assert asked(lambda persona, stage, month, rng: "newsletter")["reason"] == "gaps.G08.one_message"


def test_where_all_are_alike_nobody_is_treated_alike_by_mistake():
    drawn = world(lambda persona, stage, month, rng: f"letter {month}", n=90)
    tables = personalisation(drawn.log, drawn.journeys, drawn.model)
    alike = tables["personalisation"].assign(outside_share=0.02)
    assert ask("G08", personalisation=alike)["G08"]["reason"] == "gaps.G08.one_group"


def test_without_named_messages_nothing_can_be_said():
    row = ask("G08")["G08"]
    assert (row["status"], row["missing"]) == ("not_checkable", "messages")


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_every_answer_can_be_said(language):
    for choose in (lambda persona, stage, month, rng: persona, lambda persona, stage, month, rng: f"{month}", lambda persona, stage, month, rng: "x"):
        assert said(asked(choose, n=60), language).endswith(".")
