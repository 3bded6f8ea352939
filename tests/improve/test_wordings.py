"""The client's own words for its buttons come before the catalogue's, or in their place; every mistake is named by line and column (M092)."""

from __future__ import annotations

import pytest

from journeylib.checking import _problems
from journeylib.client import Client
from journeylib.errors import ParameterError
from journeylib.improve.calls_to_act import calls_to_act, propose_wordings
from journeylib.improve.wordings import OwnWording, read_wordings
from tests.gaps.material import a_client
from tests.improve.test_doing import MODEL, content


def client_with(text: str, folder, **changes) -> Client:
    client = a_client(**({"params_file": folder / "drawn.yml", "market": "b2b"} | changes))
    client.folder.mkdir(exist_ok=True)
    (client.folder / "calls_to_act.csv").write_text(text.strip() + "\n", encoding="utf-8")
    return client


def proposed(text, folder):
    """Both wordings of every item whose request is missing or vague."""
    client = client_with(text, folder)
    found = calls_to_act({}, {"content": content()}, MODEL, client, read_wordings(client))
    return {row.call_id: (row.proposed, row.other) for row in found.itertuples()}


def test_without_a_file_the_catalogues_words_are_proposed():
    assert read_wordings(a_client()) == ()
    found = calls_to_act({}, {"content": content()}, MODEL, a_client(market="b2b"))
    assert found.set_index("call_id")["proposed"].to_dict() == {"C3": "Boka ett samtal", "C4": "Book en samtale", "C1": "Gör testet"}


def test_a_wording_of_the_clients_own_comes_first_in_its_stage_and_language(tmp_path):
    found = proposed("wording,stage\nFå pris inom en dag,Beslut", tmp_path)  # the stage by its name; the language is the client's
    assert found["C3"] == ("Få pris inom en dag", "Boka ett samtal")
    assert found["C4"][0] == "Book en samtale"  # the item is Danish
    assert found["C1"][0] == "Gör testet"  # another stage


def test_a_wording_for_one_type_of_content_is_kept_to_it(tmp_path):
    assert proposed("wording,stage,types\nSe priserna,decision,kundcase", tmp_path)["C3"][0] == "Se priserna"
    assert proposed("wording,stage,types\nSe priserna,decision,webinar|terms", tmp_path)["C3"][0] == "Boka ett samtal"


@pytest.mark.parametrize("named", ["Boka ett samtal", "book_talk"])
def test_a_wording_may_take_the_place_of_the_catalogues_wherever_that_is_proposed(named, tmp_path):
    found = proposed(f"wording,replaces\nRing oss,{named}", tmp_path)
    assert found["C3"][0] == "Ring oss"
    assert "Boka ett samtal" not in found["C3"]
    assert found["C4"][0] == "Book en samtale"  # replaced in Swedish alone


def test_what_stands_there_already_is_not_proposed_again_even_when_it_is_the_clients_own():
    assert propose_wordings(("a4_decide",), "b2b", "sv", "case", now="ring oss", first=["Ring oss"])[0] == "Boka ett samtal"
    assert propose_wordings(("a8_repeat",), "b2b", "sv", now="Utöka ditt avtal") == ("Utöka ditt avtal", None)  # the only one there is


def test_a_stage_of_another_shipped_model_rests_until_it_is_chosen(tmp_path):
    assert read_wordings(client_with("wording,stage\nRing oss,purchase", tmp_path)) == (OwnWording("Ring oss", "sv", "purchase"),)


@pytest.mark.parametrize(("text", "said"), [
    ("wording,stage\nLäs mer,decision", "calls_to_act.csv, line 2, column 'wording': got 'Läs mer', expected words that say what happens next, e.g. Book a talk"),
    ("wording,stage\nRing,decison", "calls_to_act.csv, line 2, column 'stage': got 'decison', expected a stage of the model (awareness, consideration, decision, loyalty, advocacy); did you mean 'decision'?"),
    ("wording,stage,language\nRing,decision,se", "calls_to_act.csv, line 2, column 'language': got 'se', expected one of sv, da, nb, en"),
    ("wording,stage,types\nRing,decision,webinr", "calls_to_act.csv, line 2, column 'types': got 'webinr', expected a content type, e.g. guide, case, webinar; did you mean 'webinar'?"),
    ("wording,replaces\nRing,book_tlak", "calls_to_act.csv, line 2, column 'replaces': got 'book_tlak', expected a wording the report proposes in that language, or its name in calls_to_act.yml; did you mean 'book_talk'?"),
    ("wording\nRing", "calls_to_act.csv, line 2, column 'stage': got '', expected the stage it is said in, or under `replaces` the wording whose place it takes"),
    ("wording,phase\nRing,decision", "calls_to_act.csv, line 1, column 'phase': got 'phase', expected a column of wording, stage, types, language, replaces"),
])  # fmt: skip
def test_a_mistake_names_line_column_and_what_is_expected(text, said, tmp_path):
    with pytest.raises(ParameterError) as error:
        read_wordings(client_with(text, tmp_path))
    assert str(error.value) == said


def test_the_check_of_a_client_reads_the_file_and_personal_data_are_refused(tmp_path):
    (problem,), _ = _problems(client_with("wording,stage\nRing anna.berg@example.com,decision", tmp_path), {}, {})
    assert problem.startswith("calls_to_act.csv, line 2, column 'wording': got what looks like personal data")
