"""A managing director reads the body in a few minutes: at most 2,500 words, short sentences, easy words (LIX at most 45)."""

from __future__ import annotations

import re

import pytest

from tests.whole.reports import ALL, plain, words_in

pytestmark = pytest.mark.report
MOST_WORDS, LONGEST_SENTENCE, HARDEST = 2500, 25, 45


def body_texts(report):
    """The running sentences of the body: headings and paragraphs, no cells of tables."""
    return [plain(element.get_text(" ")) for element in report.body().select(".finding h3, .finding p") if not element.find_parent("table")]


def sentences(text):
    """Sentences; a full stop within a number or a date ends none, a colon with a whole sentence after it ends one."""
    text = re.sub(r"(?<=\d)[.:,](?=\s?\d)|(?<=\d)\.(?= [a-zåäöæø])", "", text)
    return [one for one in re.split(r"(?<=[.!?])\s+(?=[A-ZÅÄÖÆØ”\"0-9])|(?<=:)\s+(?=[A-ZÅÄÖÆØ][a-zåäöæø]+\s)", text) if len(tokens(one)) > 1]


def tokens(text):
    return re.findall(r"[\w%+−-]*\w[\w%+−-]*", text)


def lix(texts):
    """Läsbarhetsindex: words a sentence and the share of words of more than six letters, in per cent."""
    words = [word for text in texts for word in words_in(text)]
    n_sentences = sum(max(1, len(sentences(text))) for text in texts)
    return len(words) / n_sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


@pytest.mark.parametrize("slug", ALL)
def test_the_body_has_no_more_than_2500_words(report, slug):
    assert len(words_in(report(slug).body().get_text(" "))) <= MOST_WORDS


@pytest.mark.parametrize("slug", ALL)
def test_no_sentence_of_the_body_is_longer_than_25_words(report, slug):
    long = [one for text in body_texts(report(slug)) for one in sentences(text) if len(tokens(one)) > LONGEST_SENTENCE]
    assert long == []


@pytest.mark.parametrize("slug", ALL)
def test_the_body_is_easy_to_read(report, slug):
    assert lix(body_texts(report(slug))) <= HARDEST


def test_lix_of_a_known_text():
    assert lix(["Det är en katt. Den sover."]) == 6 / 2 + 100 * 0 / 6
    assert lix(["Katten sover gärna. Den drömmer om fåglar."]) == 7 / 2 + 100 * 1 / 7


def test_sentences_end_where_a_reader_hears_it():
    assert sentences("Av 1.234 gick 39 % (34–45) vidare. Den 3. maj var det 12,5 %.") == ["Av 1234 gick 39 % (34–45) vidare.", "Den 3 maj var det 125 %."]
