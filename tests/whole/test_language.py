"""A report is in its client's language alone: every word, description and picture."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup

from journeylib.report.index import Entry, make_index
from tests.whole.reports import ALL, DEMOS, plain, shown_in, words_in
from tests.whole.vocabulary import ENGLISH, LANGUAGES, catalogue, foreign_in, foreign_words, own_words

#: Letters that are none of the language's own.
STRANGE = {"sv": "æøÆØ", "da": "äöÄÖ", "nb": "äöÄÖ", "en": "åäöæøÅÄÖÆØ"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("other", LANGUAGES)
def test_the_check_knows_enough_words_to_mean_something(language, other):
    assert language == other or len(foreign_words(language, other)) > 700
    assert not ENGLISH & (catalogue()["sv"] | catalogue()["da"] | catalogue()["nb"])


@pytest.mark.report
@pytest.mark.parametrize("slug", ALL)
def test_no_word_of_another_language(report, slug):
    one = report(slug)
    assert {other: foreign_in(one.texts, one, other) for other in LANGUAGES if other != one.language} == {other: {} for other in LANGUAGES if other != one.language}


@pytest.mark.report
@pytest.mark.parametrize("slug", ALL)
def test_no_letter_of_another_language_outside_the_clients_own_words(report, slug):
    one = report(slug)
    own = own_words(one)
    strange = re.compile(f"[{STRANGE[one.language]}]")
    assert [text[:160] for text in one.texts if any(strange.search(word) and word not in own for word in words_in(text))] == []


@pytest.mark.report
@pytest.mark.parametrize("slug", ALL)
def test_the_page_says_its_language_and_every_picture_speaks_it(report, slug):
    one = report(slug)
    assert one.page.html["lang"] == one.language
    pictures = [svg for svg in one.page.find_all("svg") if svg.get("aria-hidden") != "true"]
    silent = [str(svg)[:120] for svg in pictures if not (svg.get("aria-label") or svg.get("aria-labelledby") or svg.find("title"))]
    assert silent == []
    assert [str(image)[:80] for image in one.page.find_all("img") if not image.get("alt")] == []


@pytest.mark.report
@pytest.mark.parametrize("slug", ALL)
def test_numbers_and_dates_are_written_as_the_language_writes_them(report, slug):
    one = report(slug)
    decimal = r"\d,\d{1,2} ?%" if one.language == "en" else r"\d\.\d+ ?%"
    texts = " ¶ ".join(one.texts)
    assert re.findall(rf".{{20}}{decimal}", texts)[:3] == []
    assert one.language == "sv" or re.findall(r".{20}(?<!\d)20\d\d-\d\d-\d\d(?!\d).{5}", texts)[:3] == []  # so a Swede writes a short date
    assert "%" not in texts or one.language == "en" or re.search("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]%", one.html)


@pytest.mark.report
@pytest.mark.parametrize("slug", DEMOS)
def test_an_index_of_one_language_is_in_it(report, slug):
    one = report(slug)
    failure = {"name": one.client.name, "language": one.language, "reason": "", "failed_at": "2026-01-16T20:05:00+00:00", "timezone": "Europe/Oslo"}
    record = json.loads((one.folder / "run.json").read_text(encoding="utf-8"))
    page = BeautifulSoup(make_index([Entry(slug, record, {}), Entry("b", record, failure), Entry("c", {}, failure)]), "html.parser")
    assert page.html["lang"] == one.language
    for other in set(LANGUAGES) - {one.language}:
        assert foreign_in(shown_in(page), one, other) == {}


@pytest.mark.report
def test_an_index_of_many_languages_is_english_and_marks_the_others(built, reports):
    page = BeautifulSoup((built / "reports" / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert page.html["lang"] == "en"
    assert {link["lang"] for link in page.select("tbody a")} == {one.language for one in reports.values()}
    names = {one.client.name for one in reports.values()}
    for element in page.select("[lang]:not(html)"):
        element.decompose()
    left = [text for text in shown_in(page) if plain(text) not in names]
    assert [text for text in left if re.search("[åäöæø]", text)] == []
    for other in ("sv", "da", "nb"):
        assert foreign_in(left, next(one for one in reports.values() if one.language == "en"), other) == {}
