"""Is the company found where customers look (G21)? Searches by stage, with what the unknown positions leave open."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from journeylib.client import Thresholds
from journeylib.gaps import say_gap
from journeylib.measures.phrases import PhraseRules
from journeylib.measures.search import search, search_phrases
from journeylib.schema import KEYWORDS, PRESENCE
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import rows, table
from tests.gaps.material import a_client, ask

PHRASES = """
    phrase           | volume | position
    backup pris      | 900    | {0}
    bästa backup     | 500    | {1}
    jämför backup    | 300    | {2}
    backup recension | 200    | {3}
    backup kostnad   | 100    | {4}
"""


def searched(text, **client):
    model = load_stage_model(a_client())
    drawn = rows(text)
    keywords = table(text, KEYWORDS, keyword_id=[str(i) for i in range(len(drawn))], source="sheet")
    phrases = search_phrases(keywords, model, PhraseRules("sv", ("Drawn",)))
    return ask("G21", client=a_client(**client), search=search(phrases, model), search_phrases=phrases)


def at(*positions, **client):
    return searched(PHRASES.format(*positions), **client)["G21:consideration"]


def said(row):
    client = a_client()
    return say_gap(row, Words("sv"), load_stage_model(client), client).replace("\N{NO-BREAK SPACE}", " ")


def test_a_stage_whose_searches_seldom_show_the_company_is_a_gap():
    row = at(40, 22, 35, 4, 8)
    assert (row["status"], row["value"], row["threshold"]) == ("found", 300 / 2000, 0.5)
    assert said(row) == ("Ni syns sällan när någon söker i fasen Övervägande. Där saknas ni bland de tio första träffarna på "
                         "”backup pris”, ”bästa backup” och ”jämför backup”. Ni syns i 15 % av sökningarna, och er gräns är minst 50 %.")  # fmt: skip


def test_a_stage_whose_searches_mostly_show_the_company_is_no_gap():
    assert at(1, 3, 5, 40, 50)["status"] == "not_found"


def test_unknown_positions_that_could_tip_the_answer_make_it_uncertain():
    row = at(40, "", 5, 4, 8)
    assert (row["status"], row["lo"], row["hi"]) == ("uncertain", 600 / 2000, (600 + 500) / 2000)


def test_unknown_positions_that_could_not_tip_it_leave_it_found():
    assert at(40, 30, "", 4, 8)["status"] == "found"


def test_where_nothing_is_known_to_be_missing_the_unknown_is_said():
    assert said(at("", "", "", 4, 8)).startswith("För många platser i sökresultaten är okända i fasen Övervägande.")


def test_few_phrases_are_too_few_to_call_it_a_gap():
    rows_ = searched("phrase | volume | position\nbackup pris | 900 | 50\nbackup test | 90 | 60")
    assert rows_["G21:consideration"]["status"] == "uncertain"


@pytest.mark.parametrize("volume", [90, 4])  # often searched for, or so seldom that the stage would seem no important place
def test_few_phrases_are_too_few_to_call_it_fine(volume):
    row = searched(f"phrase | volume | position\nbackup pris | {volume} | 1\nbackup test | {volume} | 1")["G21:consideration"]
    assert (row["status"], row["reason"]) == ("uncertain", "gaps.common.too_few")


def test_where_few_search_it_is_no_important_place():
    row = at(40, 22, 35, 40, 80, thresholds=Thresholds(search_volume=5000))
    assert (row["status"], row["reason"]) == ("not_found", "gaps.G21.seldom")


def test_the_limit_is_the_clients():
    assert at(40, 22, 35, 4, 8, thresholds=Thresholds(search_share=0.1))["status"] == "not_found"


@pytest.mark.parametrize(("text", "missing"), [
    ("phrase | position\nbackup pris | 3", "search_volumes"),
    ("phrase | volume\nbackup pris | 300", "search_positions"),
    ("phrase | volume | position\nmolndrift | 300 | 4", "search_stages"),
])  # fmt: skip
def test_a_file_that_lacks_what_the_check_rests_on_is_not_checkable(text, missing):
    row = searched(text)["G21"]
    assert (row["status"], row["missing"]) == ("not_checkable", missing)


def test_without_phrases_the_check_says_what_to_deliver():
    row = ask("G21")["G21"]
    assert (row["status"], row["missing"]) == ("not_checkable", "keywords")
    assert said(row) == "Kunde inte kontrolleras. Det som saknas: en sökordsanalys."


def test_a_phrase_fewer_than_k_search_for_is_never_named():
    text = PHRASES.format(40, 22, 4, 4, 8) + "anna svensson pris | 3 | 90"
    assert "anna svensson pris" not in json.loads(searched(text)["G21:consideration"]["details"])["titles"]


def test_ads_do_not_make_the_company_found():
    drawn = table(PHRASES.format(40, 22, 35, 40, 80), KEYWORDS, keyword_id=list("12345"), source="sheet")
    ads = drawn.assign(keyword_id=list("67890"), is_paid=True, position=1.0, source="ads")
    model = load_stage_model(a_client())
    phrases = search_phrases(pd.concat([drawn, ads]), model, PhraseRules("sv"))
    assert ask("G21", search=search(phrases, model), search_phrases=phrases)["G21:consideration"]["status"] == "found"


def looked(text, **client):
    return ask("G21", client=a_client(**client), registers={"presence": table(text, PRESENCE, source="register")}).get("G21:consideration::places")


PLACES = """
    presence_id | place         | stage         | is_present
    1           | Branschforum  | consideration | {0}
    2           | Jämförelsesajt| consideration | {1}
    3           | Fackpress     | consideration | {2}
"""


@pytest.mark.parametrize(("there", "status", "value"), [
    (("no", "no", "yes"), "found", 1 / 3), (("yes", "yes", "no"), "not_found", 2 / 3), (("yes", "no", ""), "uncertain", 1 / 3), (("", "", ""), "uncertain", 0),
])  # fmt: skip
def test_places_where_customers_look_and_the_company_is_not(there, status, value):
    row = looked(PLACES.format(*there))
    assert (row["status"], row["value"]) == (status, value)
    assert said(row)


def test_the_places_that_are_missed_are_named():
    assert said(looked(PLACES.format("no", "no", "yes"))) == "I fasen Övervägande saknas ni på 2 av 3 ställen där kunderna letar: ”Branschforum” och ”Jämförelsesajt”."


def test_a_stage_without_places_has_no_answer():
    assert looked("presence_id | place | stage | is_present\n1 | Forum | advocacy | no") is None
