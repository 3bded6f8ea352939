"""Every text of the catalogues stands in four languages, each in its own, without holes or placeholders."""

from __future__ import annotations

import re

import pytest

from journeylib.knowledge import load

LANGUAGES = ("sv", "da", "nb", "en")
CATALOGUES = ("questions", "gaps", "actions", "content_types", "mistakes", "checklist", "deliveries", "glossary")
#: Words the trade says in English, or that the languages happen to share.
SHARED_WITH_ENGLISH = {
    "persona", "onboarding", "video", "webinar", "podcast", "case", "demo", "bonus", "under", "lead", "problem",
    "CTA", "chatbot", "content", "marketing automation", "interview", "bump", "gap", "Gap", "support",
    "reference", "guide",
}  # fmt: skip
LETTERS = {"sv": "æøÆØ", "da": "äöÄÖ", "nb": "äöÄÖ", "en": "åäöæøÅÄÖÆØ"}
#: Everyday words that give a neighbour's language away.
FOREIGN = {
    "sv": "og ikke hvad hva noget noe meget mye jeres dere af the and with",
    "da": "och inte hva av noe noen mye etter uten mellom dere gjennom kjøp kjøpet bedrift vad ni era the and with",
    "nb": "och inte hvad af noget nogen meget efter uden mellem jer jeres køb købet virksomhed vad ni era the and with",
    "en": "och inte og ikke kunden kunderne kundene det som der",
}  # fmt: skip
QUOTES = {"sv": "”", "da": "”", "nb": "«»", "en": "“”"}


def texts(node, path=""):
    """Every {sv, da, nb, en} leaf under `node`, with the path to it."""
    if isinstance(node, dict) and set(node) & set(LANGUAGES):
        yield path, node
    elif isinstance(node, dict):
        for key, child in node.items():
            if key not in ("also", "words"):
                yield from texts(child, f"{path}.{key}" if path else str(key))


def spoken(name):
    """Every text of a catalogue with its place and language."""
    return [(path, language, text) for path, leaf in texts(load(name)) for language, text in leaf.items()]


def words_of(text):
    return re.findall(r"[^\W\d_]+", text)


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_text_stands_in_four_languages(name):
    assert [path for path, leaf in texts(load(name)) if tuple(leaf) != LANGUAGES] == []
    assert [place for *place, text in spoken(name) if not text or text.strip() != text or "  " in text] == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_no_placeholder_is_left(name):
    left = re.compile(r"[{}\[\]\"<>_]|\.\.\.|…|\b(TODO|TBD|FIXME|XXX|lorem)\b")
    assert [place for *place, text in spoken(name) if left.search(text)] == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_language_differs_from_english_but_for_trade_words(name):
    same = [(path, language) for path, leaf in texts(load(name)) for language in ("sv", "da", "nb")
            if leaf[language] == leaf["en"] and leaf[language] not in SHARED_WITH_ENGLISH]  # fmt: skip
    assert same == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_text_is_written_in_its_own_language(name):
    assert [place for *place, text in spoken(name) if set(text) & set(LETTERS[place[1]])] == []
    foreign = {language: set(words.split()) for language, words in FOREIGN.items()}
    assert [place for *place, text in spoken(name) if foreign[place[1]] & {word.lower() for word in words_of(text)}] == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_the_quotes_are_those_of_the_language(name):
    assert [place for *place, text in spoken(name) if set(text) & set("”“«»") - set(QUOTES[place[1]])] == []


@pytest.mark.parametrize("question", list(load("questions")))
def test_a_question_is_one_short_question(question):
    for text in load("questions")[question]["text"].values():
        assert text.endswith("?")
        assert text.count("?") == 1
        assert len(words_of(text)) <= 25


@pytest.mark.parametrize("gap", list(load("gaps")))
def test_a_gaps_rule_is_one_plain_sentence_and_its_meaning_few(gap):
    for text in load("gaps")[gap]["rule"].values():
        assert text.endswith(".")
        assert text.count(".") == 1
        assert len(words_of(text)) <= 25
    for text in load("gaps")[gap]["meaning"].values():
        assert text.endswith(".")
        assert len(words_of(text)) <= 50


@pytest.mark.parametrize("action", list(load("actions")))
def test_an_action_is_one_sentence_and_its_heading_is_not(action):
    entry = load("actions")[action]
    for text in entry["text"].values():
        assert text.endswith(".")
        assert text.count(". ") == text.count("pr. ")
        assert len(words_of(text)) <= 35
    assert not any(text.endswith(".") for text in [*entry["name"].values(), *entry["kpi"].values()])


def test_gap_names_fit_a_tag_on_the_map():
    assert [(gap, text) for gap, entry in load("gaps").items() for text in entry["name"].values() if len(text) > 46] == []


def test_a_languages_names_are_told_apart():
    for name in ("gaps", "actions", "content_types"):
        for language in LANGUAGES:
            names = [entry["name"][language] for entry in load(name).values()]
            assert sorted({text for text in names if names.count(text) > 1}) == [], (name, language)


def test_the_danish_i_is_a_capital():
    small = re.compile(r"\b(har|kan|får|når|viser|giver|ved) i (jeres|selv|har|kan|kunden)\b")
    assert [place for name in CATALOGUES for *place, text in spoken(name) if place[1] == "da" and small.search(text)] == []


def test_the_sentences_on_actions_take_the_same_values_in_every_language():
    for path, leaf in texts(load("messages/actions")):
        assert tuple(leaf) == LANGUAGES, path
        assert len({tuple(sorted(_placeholders(text))) for text in leaf.values()}) == 1, path


def _placeholders(text):
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}
