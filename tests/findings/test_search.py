"""What the report says of search phrases, in every ending and language; and of texts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings.search import say_volume, what_do_they_search_for
from journeylib.findings.texts import feeling_of_texts
from journeylib.measures.phrases import PhraseRules
from journeylib.measures.search import search, search_phrases
from journeylib.run import Run
from journeylib.schema import KEYWORDS, TEXT_CALIBRATION, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import rows, table
from tests.gaps.material import a_client

LANGUAGES = ("sv", "da", "nb", "en")
SHEET = """
    phrase             | volume | position
    vad är backup      | 1260   | 3
    varför backup      | 300    | 4
    tips backup        | 200    | 5
    guide backup       | 100    | 6
    hjälp med backup   | 90     | 2
    backup pris        | 900    | {0}
    bästa backup       | 500    | 40
    jämför backup      | 300    | 35
    backup recension   | 200    | 4
    backup kostnad     | 100    | 8
"""


def told(text, language="sv", **columns):
    client = a_client(language=language)
    model = load_stage_model(client)
    drawn = rows(text)
    keywords = table(text, KEYWORDS, keyword_id=[str(i) for i in range(len(drawn))], source="sheet", **columns)
    phrases = search_phrases(keywords, model, PhraseRules("sv", ("Drawn",)))
    mapped = SimpleNamespace(shown={"search": search(phrases, model), "search_phrases": phrases})
    return what_do_they_search_for(Run(client, model, Words(language), Path()), mapped)


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_stage_where_the_company_is_seen_least_leads():
    found = told(SHEET.format(40))
    assert plain(found.takeaway) == "Ni syns bland de tio första träffarna i 57 % av sökningarna, minst i fasen Övervägande (15 %)."
    assert (found.state, found.numbers["stage"]) == ("clear", "consideration")
    assert plain(found.text[0]) == "Här söker flest utan att se er: backup pris (900), bästa backup (500) och jämför backup (300)."


def test_an_unknown_position_that_could_make_another_stage_the_lowest_is_said():
    found = told(SHEET.format("").replace("1260   | 3", "1260   | 55"))
    assert plain(found.takeaway) == "Ni syns bland de tio första träffarna i 32 % av sökningarna, men i vilken fas ni syns minst är inte säkert."
    assert found.state == "close"


def test_without_positions_or_volumes_no_share_is_claimed():
    assert told("phrase | volume\nbackup pris | 90\nbackup test | 80").takeaway == "2 sökfraser kom in, men inte var ni själva hamnar i sökresultaten."
    assert told("phrase | position\nbackup pris | 4\nbackup test | 80").takeaway == "Ni syns bland de tio första träffarna på 1 av 2 sökfraser; hur många som söker är okänt."


def test_ads_alone_say_nothing_of_being_found():
    assert told("phrase | clicks\nbackup pris | 90", is_paid=True).takeaway == "Bara annonsernas sökord kom in: en fras. Om ni syns utan att betala är okänt."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_finding_is_whole_in_every_language(language):
    found = told(SHEET.format(40) + "\nmolndrift | 700 | ", language)
    assert all(sentence.endswith(".") for sentence in (found.takeaway, *found.text))
    assert len(found.takeaway.split()) <= 25
    assert "<table" in found.details


def test_no_phrases_no_finding():
    client = a_client()
    assert what_do_they_search_for(Run(client, load_stage_model(client), Words("sv"), Path()), SimpleNamespace(shown={})) is None


def test_volumes_are_printed_to_two_figures():
    assert [plain(say_volume(Words("sv"), volume)) for volume in (7, 48, 1263, 12_600)] == ["7", "48", "1 300", "13 000"]
    assert say_volume(Words("sv"), float("nan")) is None


@pytest.mark.parametrize(("row", "said"), [
    ({"n": 17, "reason": "too_few", "is_usable": False}, "Texternas känsla visas inte: bara 17 texter har ett eget betyg att jämföra med, och det behövs 100."),
    ({"n": 159, "reason": "too_weak", "is_usable": False, "agreement": 0.46, "lo": 0.38, "hi": 0.54},
     "Texternas känsla visas inte: orden i 159 texter med eget betyg ordnar bara 46 (38–54) av hundra par rätt, och undre gränsen ska nå 70."),
    ({"n": 145, "reason": None, "is_usable": True, "agreement": 0.9, "lo": 0.86, "hi": 0.94},
     "Orden i 145 texter med eget betyg ordnar 90 (86–94) av hundra par rätt. Texternas känsla visas för sig och blandas inte med betygen."),
])  # fmt: skip
def test_the_report_says_whether_the_feeling_of_texts_is_shown_and_why_not(row, said):
    calibration = check(pd.DataFrame([{"language": "sv", "n_customers": row["n"], "limit": 0.7, **row}]), TEXT_CALIBRATION)
    run = SimpleNamespace(words=Words("sv"))
    html = feeling_of_texts(run, SimpleNamespace(shown={"text_calibration": calibration}))
    assert html.replace('<span class="whole">', "").replace("</span>", "") == f"<p>{said}</p>"
    assert feeling_of_texts(run, SimpleNamespace(shown={})) == ""
