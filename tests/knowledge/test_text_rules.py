"""The words by which phrases are placed and texts are read: four languages, no repeats, nothing that would place everything."""

from __future__ import annotations

import pytest

from journeylib.knowledge import load
from journeylib.measures.phrases import PhraseRules
from journeylib.measures.sentiment import NEGATIONS
from journeylib.measures.texts import STEMMERS
from journeylib.schema import ATOMS

LANGUAGES = ("sv", "da", "nb", "en")


@pytest.mark.parametrize("question", list(load("search_rules")))
def test_a_search_rule_has_an_atom_a_name_and_words_in_four_languages(question):
    rule = load("search_rules")[question]
    assert rule["atom"] in ATOMS
    assert tuple(rule["name"]) == LANGUAGES
    assert rule.get("is_name") or tuple(rule["words"]) == LANGUAGES
    for kind in ("words", "with_name"):
        for language, words in rule.get(kind, {}).items():
            assert len(words) == len(set(words)), (kind, language)
            assert all(word == word.casefold().strip() and word.strip("*") for word in words), (kind, language)


def test_the_search_rules_cover_every_atom():
    assert {rule["atom"] for rule in load("search_rules").values()} == set(ATOMS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_asks_one_thing_only(language):
    rules = load("search_rules").items()
    asked = [(word, question) for question, rule in rules for word in rule.get("words", {}).get(language, ())]
    words = [word for word, _ in asked]
    assert sorted({word for word in words if words.count(word) > 1}) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phrase", ["crm", "skor", "magnesium", "sko barn", "molndrift göteborg", "cykel"])
def test_the_name_of_a_thing_alone_has_no_place(language, phrase):
    assert PhraseRules(language, ("Acme",)).place(phrase).placed_by == "nothing"


@pytest.mark.parametrize("language", STEMMERS)
def test_empty_words_are_small_and_stand_once(language):
    words = load("stopwords")[language].split()
    assert all(word == word.casefold() for word in words)
    assert sorted({word for word in words if words.count(word) > 1}) == []
    assert set(NEGATIONS) == set(STEMMERS)
