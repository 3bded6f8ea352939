"""The glossary holds every word of the mission, and explains the ones a report uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from journeylib.knowledge import load

MISSION = Path(__file__).resolve().parents[3] / "shared" / "mission.md"
LANGUAGES = ("sv", "da", "nb", "en")
#: What a reader of a report must be able to look up.
EXPLAINED = (
    "in_order", "any", "at_least", "went_on", "lost", "open", "dormant", "window", "interval", "confidence_interval",
    "evidence_grade", "unknown", "not_checkable", "value_at_stake", "suppressed", "touchpoint", "channel", "stage", "persona",
    "journey", "customer_journey", "data_cut",
)  # fmt: skip


def mission_terms():
    """Rows of mission §9: the ids of a row, and its cells by language."""
    if not MISSION.exists():
        pytest.skip("the mission is not beside this checkout")
    glossary = MISSION.read_text(encoding="utf-8").split("\n## 9. Glossary")[1].split("\n## 10.")[0]
    rows = [line.strip("| \n").split(" | ") for line in glossary.splitlines() if line.startswith("| ")]
    return [(list(_ids(row[0])), dict(zip(LANGUAGES, row[1:], strict=True))) for row in rows if row[0] not in ("id", "---")]


def _ids(cell):
    names = re.sub(r"\(.*?\)", "", cell).strip().split(" / ")
    if names[-1].endswith("journey") and len(names) > 1:
        names = [name.removesuffix(" journey") + " journey" for name in names]
    return (name.strip().replace(" ", "_") for name in names)


def plain(text):
    return re.sub(r"[*\"”“«»]", "", text).lower()


def test_every_word_of_the_mission_is_in_the_glossary():
    wanted = [term for terms, _ in mission_terms() for term in terms]
    assert len(wanted) > 100
    assert [term for term in wanted if term not in load("glossary")["terms"]] == []


def test_a_term_is_the_missions_own_word():
    loose = {"first_journey", "repeat_journey", "prospect", "purchase_journey", "post_purchase", "time_in_stage"}  # da: the report says trin
    for terms, cells in mission_terms():
        for term in set(terms) - loose:
            for language, text in load("glossary")["terms"][term]["name"].items():
                assert plain(text) in plain(cells[language]), (term, language)


def test_every_term_belongs_to_a_group_with_a_heading():
    glossary = load("glossary")
    assert {entry["group"] for entry in glossary["terms"].values()} == set(glossary["groups"])


@pytest.mark.parametrize("term", EXPLAINED)
def test_a_term_the_report_uses_is_explained_in_plain_short_sentences(term):
    definition = load("glossary")["terms"][term]["definition"]
    assert tuple(definition) == LANGUAGES
    for text in definition.values():
        assert text.endswith(".")
        assert len(text.split()) <= 40


def test_the_terms_that_tell_how_to_read_a_number_are_all_explained():
    terms = load("glossary")["terms"]
    assert [term for term, entry in terms.items() if entry["group"] == "report" and "definition" not in entry] == []


def test_other_words_for_a_term_differ_from_its_name():
    for term, entry in load("glossary")["terms"].items():
        for language, others in entry.get("also", {}).items():
            assert language in LANGUAGES, term
            assert sorted({entry["name"][language], *others}) == sorted([entry["name"][language], *others]), term
