"""The sheet of follow-up flows comes back as the lines of `flows.csv`, in four languages; what does not fit together is named by its cell (M093)."""

from __future__ import annotations

import pytest

from journeylib.improve.flows import read_flows
from journeylib.improve.nurturing import flow_problems
from journeylib.kit import write_kit
from journeylib.stages import load_stage_model
from tests.kit.kit_material import with_sources

LANGUAGES = ("sv", "da", "nb", "en")


def fill(hand):
    """Two steps after a guide; the flow's own things on its first line."""
    exits = ", ".join(hand.choice("exits", name) for name in ("purchase", "unsubscribe"))
    hand.write(
        "flows",
        {"flow": "Guide", "stage": hand.stage(1), "persona": "Chef", "audience": hand.choice("audience", "prospects"), "goal": hand.stage(2), "trigger": "The guide",
         "consent": hand.choice("yes_no", "true"), "step": 1, "wait_days": 2.5, "message": "Thank you", "channel": "E-mail", "exit": exits},
        {"flow": "Guide", "step": 2, "wait_days": 10, "message": "A talk?", "channel": "Phone", "next_step": hand.words.say("kit.end_of_flow"), "at_most": 1},
    )  # fmt: skip
    return hand.read()


def paste(hand, text):
    hand.client.folder.mkdir(parents=True, exist_ok=True)
    (hand.client.folder / "flows.csv").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_sheet_of_flows_comes_back_as_the_lines_of_the_clients_file(hand, language):
    hand = hand(language=language)
    kit = fill(hand)
    assert kit.mistakes == ()
    paste(hand, kit.flows)
    flows = read_flows(hand.client)
    columns = ["flow", "stage", "persona", "audience", "goal", "has_consent", "step", "wait_days", "message", "channel", "next", "exit"]
    assert flows[columns].fillna("").to_numpy().tolist() == [
        ["Guide", "consideration", "cio", "prospects", "decision", True, "1", 2.5, "Thank you", "email", "2", "purchase,unsubscribe"],
        ["Guide", "consideration", "cio", "prospects", "decision", True, "2", 10.0, "A talk?", "phone", "end", ""]]  # fmt: skip
    assert (flows["trigger"].iloc[0], flows["at_most"].iloc[1]) == ("The guide", 1)
    assert flow_problems(flows, load_stage_model(hand.client), contacts_a_week=2).empty


def test_what_stands_in_the_clients_file_already_is_not_to_be_pasted_again(hand):
    hand = hand()
    paste(hand, fill(hand).flows)
    assert hand.read().flows == ""
    hand.write("flows", {"message": "Many thanks"}, first=5)
    assert "Many thanks" in hand.read().flows


def test_flows_alone_are_kept_and_are_no_source(hand):
    hand = hand()
    kit = fill(hand)
    assert write_kit(hand.client, hand.model)["registers.xlsx"] == "kept"
    assert not [name for name in kit.sources if "flows" in name]
    assert with_sources(hand.client, kit.sources).sources  # what is to be pasted can be


def test_mistakes_are_named_by_cell_and_nothing_is_to_be_pasted_before_they_are_mended(hand):
    hand = hand()
    hand.write(
        "flows",
        {"flow": "Guide", "step": 1, "message": "A", "audience": "prospect", "exit": "purchase, leaving", "at_most": 0, "next_step": 3},
        {"flow": "Guide", "step": 1, "message": "B"},
        {"flow": "Guide", "step": 2},
    )  # fmt: skip
    kit = hand.read()
    assert list(kit.mistakes) == [
        "registers.xlsx, sheet Follow-up, cell D5: Who gets it says “prospect”, which is not known. Choose one of: prospects, customers. Did you mean “prospects”?",
        "registers.xlsx, sheet Follow-up, cell M5: Leaves on says “leaving”, which is not known. Choose one of: purchase, answer, goal reached, no thanks, silence, unsubscribe.",
        "registers.xlsx, sheet Follow-up, cell N5: “0” is not on the scale. Write a whole number from 1 to 99.",
        "registers.xlsx, sheet Follow-up, cell J7: Message is empty. Fill it in, or clear the whole line.",
        "registers.xlsx, sheet Follow-up, cell H6: “1” already stands in cell H5. Give every line an id of its own.",
        "registers.xlsx, sheet Follow-up, cell L5: Next step says “3”, which is not known. Choose one of: 1, 2, end.",
    ]
    assert kit.flows == ""
