"""The kit's files: complete for every stage, openable, the same bytes every time, and never written over what people filled in."""

from __future__ import annotations

import datetime as dt
import re

import openpyxl
import pytest

from journeylib import knowledge
from journeylib.collect.files.layout import tidy
from journeylib.errors import ParameterError
from journeylib.kit import write_kit
from journeylib.kit.mistakes import is_known
from journeylib.kit.pages import guide_page
from journeylib.kit.plan import OPEN_KINDS
from journeylib.kit.questions import check_survey, interview_guide, survey_questions
from journeylib.presets import starter_texts
from journeylib.stages import load_stage_model, shipped_models
from journeylib.wording import Words, message_keys
from tests.kit.kit_material import a_client
from tests.knowledge.test_languages import FOREIGN, LETTERS, QUOTES, spoken, words_of

LANGUAGES = ("sv", "da", "nb", "en")
TEXTS = ("interview", "kit", "messages/kit")


@pytest.mark.parametrize("name", shipped_models())
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_asks_about_every_stage(tmp_path, name, language):
    model = load_stage_model(a_client(tmp_path, model=name))
    guide = interview_guide(model, Words(language), "b2b")
    assert [stage.id for stage, _ in guide if stage] == list(model.ids)
    assert all(questions for _, questions in guide)


def test_the_guide_asks_how_we_met_why_they_chose_and_what_was_hard(tmp_path):
    asked = [question for _, questions in interview_guide(load_stage_model(a_client(tmp_path)), Words("en"), "b2c") for question in questions]
    assert {"How did you first come across us?", "Why did you choose as you did?", "What was hard on the way?"} <= set(asked)


def test_companies_are_asked_who_else_decides_and_consumers_whose_advice_they_took(tmp_path):
    model, words = load_stage_model(a_client(tmp_path)), Words("en")
    asked = {market: {question for _, questions in interview_guide(model, words, market) for question in questions} for market in ("b2b", "b2c", "both")}
    assert any(question.startswith("Who else at your company took part") for question in asked["b2b"] - asked["b2c"])
    assert "Whose advice or reviews did you listen to?" in asked["b2c"] - asked["b2b"]
    assert any("return" in question and question.startswith("What decided it?") for question in asked["b2b"])
    assert {question for question in asked["b2b"] | asked["b2c"] if not question.startswith("What decided")} <= asked["both"]


def test_the_guide_gives_each_stage_an_example_marked_as_one(tmp_path):
    client, words = a_client(tmp_path), Words("en")
    model = load_stage_model(client)
    page = guide_page(client, model, words, "note")
    assert page.count("> *Example. This is an example to start from, not something we know about your customers.*") == len(model.ids)
    assert all(f">   {text[client.market]}" in page for stage in model.in_scope for text in starter_texts(stage.atoms, client.market, "en"))


def test_a_guide_that_misses_a_stage_is_refused(tmp_path):
    texts = knowledge.load("interview") | {"every_stage": [], "market": {}, "atoms": {"a4_decide": [{"en": "Why?"}]}}
    with pytest.raises(ParameterError) as error:
        interview_guide(load_stage_model(a_client(tmp_path)), Words("en"), "b2b", texts)
    assert str(error.value) == "The interview guide has no question about: Awareness, Consideration, Loyalty and Advocacy."


@pytest.mark.parametrize("name", shipped_models())
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_survey_asks_every_stage_the_same_on_the_same_scale(tmp_path, name, language):
    model = load_stage_model(a_client(tmp_path, model=name))
    asked = survey_questions(model, (), Words(language))
    by_kind = {kind: [question for question in asked if question.kind == kind] for kind in ("csat", "ces", "nps", "text")}
    assert sum(map(len, by_kind.values())) == len(asked) == 4 * len(model.ids)
    for questions in by_kind.values():
        assert [question.stage for question in questions] == list(model.ids)
        assert len({(question.scale, question.header.split(": ", 1)[1]) for question in questions}) == 1
    assert len({question.header for question in asked}) == len(asked)


def test_a_survey_that_misses_a_stage_is_refused(tmp_path):
    model = load_stage_model(a_client(tmp_path))
    asked = [question for question in survey_questions(model, (), Words("en")) if (question.kind, question.stage) != ("ces", "decision")]
    with pytest.raises(ParameterError) as error:
        check_survey(asked, model, Words("en"))
    assert str(error.value) == "The survey does not ask “ces” in every stage. It is missing in: Decision."


def test_the_same_client_gets_the_same_bytes(tmp_path):
    found = []
    for name in ("one", "two"):
        client = a_client(tmp_path / name, language="sv")
        write_kit(client, load_stage_model(client))
        found.append({path.name: path.read_bytes() for path in sorted((client.data_folder / "kit").iterdir())})
    assert found[0] == found[1]
    assert list(found[0]) == ["citat.xlsx", "enkat.md", "enkat.xlsx", "intervjuguide.md", "intervjuguide.xlsx", "register.xlsx", "svarsblad.xlsx"]


def test_what_somebody_has_filled_in_is_kept(hand):
    hand = hand()
    hand.write("quotes", {"about": hand.row("need"), "quote": "Keep me."})
    before = (hand.kit.folder / "quotes.xlsx").read_bytes()
    assert write_kit(hand.client, hand.model)["quotes.xlsx"] == "kept"
    assert (hand.kit.folder / "quotes.xlsx").read_bytes() == before


def test_a_file_that_is_not_the_kits_is_kept(hand):
    hand = hand()
    (hand.kit.folder / "survey.xlsx").write_bytes(b"not a workbook")
    book = openpyxl.Workbook()
    book.save(hand.kit.folder / "quotes.xlsx")
    done = write_kit(hand.client, hand.model)
    assert (done["survey.xlsx"], done["quotes.xlsx"]) == ("kept", "kept")


def test_a_page_somebody_has_edited_is_kept(hand):
    hand = hand()
    (hand.kit.folder / "interview_guide.md").write_text("# Ours\n", encoding="utf-8")
    assert write_kit(hand.client, hand.model)["interview_guide.md"] == "kept"


def test_sheets_have_headings_notes_lists_and_limits(hand):
    page = openpyxl.load_workbook(hand(language="nb").kit.folder / "sitater.xlsx")["Sitater"]
    assert page["A1"].value == "Sitater"
    assert page["A2"].value.startswith("Én linje per sitat.")
    assert [cell.value for cell in page[4]][:5] == ["Dato", "Kundenummer", "Bedrift", "Relasjon", "Fase"]
    rules = {str(rule.sqref): (rule.type, rule.formula1) for rule in page.data_validations.dataValidation}
    assert rules["A5:A1004"] == ("date", "32874")
    assert rules["E5:E1004"] == ("list", "'Lister'!$B$1:$B$5")


def test_a_persona_named_like_a_formula_stays_a_word(hand):
    hand = hand(personas=({"id": "x", "name": "=1+1"},))
    book = openpyxl.load_workbook(hand.kit.folder / "registers.xlsx")
    cell = book["Personas"]["B5"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_list_is_understood_when_it_comes_back(hand, language):
    hand = hand(language=language)
    columns = {column.kind: column for file in hand.kit.plan for sheet in file.sheets for column in sheet.columns if column.choices}
    assert set(columns) >= {"stage", "persona", "row", "yes_no", "relation", "need_kind", "need", "initiator", "gate"}
    wrong = [(kind, word) for kind, column in columns.items() if kind not in OPEN_KINDS
             for word in column.choices if not is_known(word, kind, hand.model, hand.kit.names)]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_of_a_sheet_are_told_apart(hand, language):
    for file in hand(language=language).kit.plan:
        for sheet in file.sheets:
            headings = [tidy(column.header) for column in sheet.columns]
            assert len(set(headings)) == len(headings), sheet.id
            assert len(sheet.title) <= 31


def _places(name):
    return [(path, language, text) for path, language, text in spoken(name)]


def _flat(text):
    return list(text.values()) if isinstance(text, dict) else [text]


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_stands_in_four_languages_with_the_same_values(name):
    from tests.knowledge.test_languages import texts

    for path, leaf in texts(knowledge.load(name)):
        if path == "choices.language":
            continue
        assert tuple(leaf) == LANGUAGES, path
        assert len({tuple(sorted(set(re.findall(r"\{(\w+)\}", str(text))))) for text in leaf.values()}) == 1, path


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_written_in_its_own_language(name):
    leaves = [place for place in _places(name) if not place[0].startswith(("choices.language", "kit.choices"))]
    assert [place[:2] for place in leaves for text in _flat(place[2]) if set(text) & set(LETTERS[place[1]])] == []
    foreign = {language: set(words.split()) for language, words in FOREIGN.items()}
    assert [place for place in leaves for text in _flat(place[2]) if foreign[place[1]] & {word.lower() for word in words_of(text)}] == []
    assert [place for place in leaves for text in _flat(place[2]) if set(text) & set("”“«»") - set(QUOTES[place[1]])] == []


def test_every_message_of_the_kit_is_known():
    assert {key for key in message_keys() if key.startswith("kit.mistakes.")} >= {"kit.mistakes.choice", "kit.mistakes.scale"}


def test_no_day_stands_in_a_workbook(hand):
    made = openpyxl.load_workbook(hand().kit.folder / "survey.xlsx").properties
    assert made.created == made.modified == dt.datetime(2026, 1, 15, 6)
