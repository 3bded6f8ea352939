"""How hard a text is to read: LIX (C7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeylib.knowledge import load
from journeylib.measures.readability import lix, meant_depth, readability
from journeylib.schema import CONTENT
from tests.drawing import table

EASY = "Vi hjälper dig. " * 12
HARD = "Leverantörsbedömningen förutsätter dokumenterade kvalitetsledningssystem, ansvarsfördelningar och uppföljningsrutiner " * 6 + "."


def test_golden_c7_three_short_words_and_one_long():
    assert lix("Jag köper kaffe.") == 3 / 1 + 100 * 0 / 3
    assert lix("Jag köper kaffe leverantörsbedömning.") == 4 / 1 + 100 * 1 / 4


@pytest.mark.parametrize(("text", "words_a_sentence", "long_share"), [
    ("Det är en katt. Den sover.", 6 / 2, 0 / 6),
    ("Katten sover gärna. Den drömmer om fåglar.", 7 / 2, 1 / 7),
    ("Priset är 1.500 kr i år.", 6 / 1, 0 / 6),  # a stop inside a number ends nothing
    ("Ta med t.ex. en bok. Läs den!", 7 / 2, 0 / 7),  # nor one inside an abbreviation
    ("Rubrik utan punkt", 3 / 1, 0 / 3),
])  # fmt: skip
def test_a_sentence_ends_where_a_reader_hears_it(text, words_a_sentence, long_share):
    assert lix(text) == pytest.approx(words_a_sentence + 100 * long_share)


@given(st.lists(st.sampled_from(["katt", "sover", "leverantör", "möjligheter"]), min_size=1, max_size=30), st.integers(2, 4))
def test_a_text_said_over_again_is_as_hard_as_it_was(words, times):
    sentence = " ".join(words) + ". "
    assert lix(sentence * times) == pytest.approx(lix(sentence))


def content(text):
    return table(text, CONTENT, source="register")


def test_only_delivered_texts_long_enough_to_have_a_level_are_told():
    told = readability(content(f"content_id | title | type | text\n1 | Hjälp | support | {EASY}\n2 | Villkor | terms | {HARD}\n3 | Kort | ad | Köp nu!\n4 | Film | video |"))
    assert told[["content_id", "depth", "highest"]].to_numpy().tolist() == [["1", "middle", 50], ["2", "detailed", 60]]
    assert told["lix"].tolist()[0] == pytest.approx(3 + 100 * 12 / 36)  # "hjälper" has seven letters
    assert told["lix"].tolist()[1] > 60
    assert readability(content("content_id | title\n1 | Hjälp")).empty
    assert readability(None).empty


def test_every_kind_that_is_given_a_depth_or_a_role_is_a_kind_of_content():
    known, about = load("content_types"), load("readability")
    named = [name for group in (*about["depth"].values(), *about["roles"].values()) for name in group]
    assert set(named) <= set(known)
    assert set(about["roles"]) <= set(load("presets")["role_names"])
    assert (meant_depth("ad"), meant_depth("white_paper"), meant_depth("blog")) == ("simple", "detailed", "middle")
