"""What goes out empty comes back filled, by the same road as every other source: in four languages, with two stage models (M024)."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from ruamel.yaml import YAML

from journeylib.client import Persona, Source
from journeylib.collect import collect
from journeylib.kit import write_kit
from tests.kit.kit_material import with_sources

pytestmark = pytest.mark.report  # with the whole reports: too long for the quick tests

LANGUAGES = ("sv", "da", "nb", "en")
MODELS = ("loyalty_advocacy_5", "before_during_after")
DAY = dt.date(2026, 1, 12)


def fill(hand):
    """A little of everything a client may write."""
    yes, no = hand.choice("yes_no", "true"), hand.choice("yes_no", "false")
    survey = next(sheet for file in hand.kit.plan for sheet in file.sheets if sheet.id == "survey")
    answers = {column.id: (column.scale[1] if column.scale else "Slow") for column in survey.columns if column.id.startswith("q")}
    hand.write("survey", {"when": DAY, "customer": "C1", "persona": "Chef", "relation": hand.choice("relation", "lost"), "consent": yes} | answers)
    hand.write(
        "quotes",
        {"when": DAY, "customer": "C1", "relation": hand.choice("relation", "lost"), "stage": hand.stage(0), "persona": "Chef",
         "about": hand.row("problem"), "code": "price", "second_code": "price", "quote": "Too dear.", "consent": yes},
        {"when": "2026-01-13", "customer": "C2", "relation": hand.choice("relation", "never"), "stage": hand.stage(1), "persona": "user",
         "about": hand.row("emotion"), "code": "worry", "second_code": "trust", "quote": "I was unsure.", "consent": no},
    )  # fmt: skip
    hand.write("answers", {"answer": "They ask a friend.", "persona": "Vera", "said_by": "Sales"}, first=5)
    hand.write("activities", {"activity": "Fair", "stage": hand.stage(0), "persona": "Chef", "need": "N1", "cost": 12500.5, "hours": 40, "channel": "Mässa"})
    hand.write("content", {"title": "Guide", "stage": hand.stage(1), "language": hand.choice("language", "da"), "live_from": DAY, "gated": hand.choice("gate", "form")})
    hand.write("needs", {"id": "N9", "wording": "be seen", "stage": hand.stage(0), "need_kind": hand.choice("need_kind", "pain")})
    hand.write("objections", {"when": DAY, "stage": hand.stage(1), "objection": "Too long a contract", "note": "Heard twice"})
    hand.write("presence", {"stage": hand.stage(0), "place": "A forum", "present": hand.choice("yes_no", "false"), "note": "Not there"})
    hand.write("routines", {"stage": hand.stage(1), "routine_kind": hand.choice("routine_kind", "habit"), "routine": "Call back in a day",
                             "standing": hand.choice("standing", "missing"), "prerequisite": "A list"})  # fmt: skip
    hand.write("meetings", {"when": DAY, "customer": "C1", "event": "Visit", "initiator": hand.choice("initiator", "company"), "value": 10})
    return survey


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_kit_comes_back_whole(hand, tmp_path, language, model):
    hand = hand(language=language, model=model)
    survey = fill(hand)
    kit = hand.read()
    assert kit.mistakes == ()
    pasted = YAML(typ="safe", pure=True).load("\n".join(block.text for block in kit.blocks))["sources"]
    assert {name: Source(**settings) for name, settings in pasted.items()} == {name: Source(**settings) for name, settings in kit.sources.items()}
    got = collect(with_sources(hand.client, pasted), hand.model, tmp_path / "work")
    assert got.sources["not_understood"].isna().all()
    voices = got.voices.set_index("source")
    stages = [stage.id for stage in hand.model.in_scope]

    quotes = voices.loc["kit_quotes"]
    assert quotes[["stage", "persona", "row", "code", "text", "relation"]].to_numpy().tolist() == [
        [stages[0], "cio", "problem", "price", "Too dear.", "lost"], [stages[1], "user", "emotion", "worry", "I was unsure.", "never"]]  # fmt: skip
    assert quotes["has_consent"].tolist() == [True, False]
    assert quotes["said_at"].dt.date.tolist() == [DAY, dt.date(2026, 1, 13)]

    answered = voices.loc["kit_survey"]
    assert len(answered) == len(survey.questions)
    for metric, top in (("csat", 5), ("ces", 7), ("nps", 10)):
        scored = answered[answered["metric"] == metric]
        assert scored["stage"].tolist() == stages
        assert (scored["score"] == top).all()
        assert scored["wording_id"].nunique() == 1
    assert answered.loc[answered["metric"] == "importance", "need_id"].tolist() == [f"N{i}" for i in range(1, len(stages) + 1)]
    assert (answered["relation"] == "lost").all()

    assumed = voices.loc[["kit_answers"]]
    assert assumed[["stage", "row", "persona", "text", "kind"]].to_numpy().tolist() == [[stages[0], "need", "user", "They ask a friend.", "assumed"]]
    heard_at_work = voices.loc[["kit_objections"]]
    assert heard_at_work[["row", "code", "kind"]].to_numpy().tolist() == [["objection", "Too long a contract", "staff"]]

    activity, content = got.registers["activities"].iloc[0], got.registers["content"].iloc[0]
    assert (activity["stage"], activity["persona"], activity["need_id"], activity["cost"], activity["channel"]) == (stages[0], "cio", "N1", 12500.5, "event")
    assert (content["stage"], content["language"], content["gated"], content["live_from"]) == (stages[1], "da", "form", pd.Timestamp(DAY))
    assert got.registers["needs"]["need_id"].tolist() == [*(f"N{i}" for i in range(1, len(stages) + 1)), "N9"]
    assert got.registers["needs"]["kind"].iloc[-1] == "pain"
    routine, place = got.registers["routines"].iloc[0], got.registers["presence"].iloc[0]
    assert routine[["title", "kind", "standing", "stage", "prerequisite"]].tolist() == ["Call back in a day", "habit", "missing", stages[1], "A list"]
    assert place[["place", "is_present", "stage", "note"]].tolist() == ["A forum", False, stages[0], "Not there"]
    (meeting,) = got.unmatched.to_dict("records")
    assert (meeting["touchpoint"], meeting["n_events"]) == ("Visit", 1)


def test_personas_described_in_the_kit_are_named_for_the_parameters_and_may_be_chosen_at_once(hand):
    hand = hand(personas=())
    hand.write("personas", {"id": "buyer", "name": "The buyer", "matters": "Price"})
    hand.write("quotes", {"about": hand.row("need"), "quote": "Cheap, please.", "persona": "The buyer"})
    kit = hand.read()
    assert kit.mistakes == ()
    (written,) = YAML(typ="safe", pure=True).load(kit.blocks[0].text)["personas"]
    assert Persona(**written) == Persona(id="buyer", name="The buyer", matters="Price")


def test_personas_that_stand_in_the_parameters_are_not_named_again(hand):
    hand = hand()
    assert [(block.key, block.text.split(":")[0]) for block in hand.kit.blocks] == [("", "sources")]
    hand.write("personas", {"id": "buyer", "name": "The buyer"})
    kit = hand.read()
    assert (kit.blocks[0].key, kit.blocks[0].text) == ("personas", '  - {id: "buyer", name: "The buyer"}')
    assert list(kit.names.personas) == ["cio", "user", "buyer"]


def test_needs_the_client_writes_are_asked_about_in_the_survey(hand):
    hand = hand()
    hand.write("needs", {"id": "N9", "wording": "be seen", "stage": hand.stage(0)})
    assert write_kit(hand.client, hand.model)["survey.xlsx"] == "written"
    questions = hand.read().sources  # only what is filled in: the needs
    assert list(questions) == ["kit_needs"]
    survey = next(sheet for file in hand.read().plan for sheet in file.sheets if sheet.id == "survey")
    assert [q.header for q in survey.questions if q.need == "N9"] == [
        "How important is it for you to be seen? (1 = not at all, 5 = very)", "How satisfied are you with how you can be seen? (1 = not at all, 5 = very)"]  # fmt: skip


def test_a_survey_sent_before_a_need_was_reworded_is_not_taken_for_the_new_one(hand):
    hand = hand()
    hand.write("survey", {"when": DAY, "q21": 5})
    hand.write("needs", {"wording": "be seen"}, first=5)
    told = hand.read().mistakes
    assert len(told) == 2
    assert all("does not belong to the sheet" in each for each in told)


def test_a_survey_sent_before_a_need_was_taken_away_is_still_read(hand):
    hand = hand()
    hand.write("survey", {"when": DAY, "q21": 5})
    hand.write("needs", {"id": None, "wording": None, "stage": None}, first=5)
    hand.write("needs", {"id": "N9", "wording": "know the price"})
    kit = hand.read()
    assert kit.mistakes == ()
    assert [settings.get("need") for settings in kit.sources["kit_survey"]["questions"].values()][-2:] == ["N1", "N1"]


def test_two_people_may_send_the_same_sheet(hand):
    hand = hand()
    hand.write("quotes", {"about": hand.row("need"), "quote": "One."})
    (hand.kit.folder / "quotes_anna.xlsx").write_bytes((hand.kit.folder / "quotes.xlsx").read_bytes())
    assert {name: settings["file"] for name, settings in hand.read().sources.items()} == {"kit_quotes": "kit/quotes.xlsx", "kit_quotes_2": "kit/quotes_anna.xlsx"}


def test_before_anything_is_filled_in_every_sheet_has_its_source_but_suggested_needs(hand, tmp_path):
    hand = hand()
    assert list(hand.kit.sources) == ["kit_survey", "kit_quotes", "kit_answers", "kit_activities", "kit_content", "kit_objections",
                                      "kit_presence", "kit_meetings", "kit_routines"]  # fmt: skip
    got = collect(with_sources(hand.client, hand.kit.sources), hand.model, tmp_path / "work")
    assert (len(got.voices), len(got.log), got.registers) == (0, 0, {})
