"""The map as a table: the same cells for phones and screen readers, nothing cut, nothing unescaped."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from journeylib.figures.map import map_table_html
from journeylib.schema import MAP_ROWS
from journeylib.stages import load_stage_model
from tests.map.map_material import TEXTS, a_client, an_answer_sheet, drawn_map, full_tables


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.mark.parametrize(("language", "n_stages"), [("sv", 5), ("da", 3), ("nb", 8), ("en", 7)])
def test_every_stage_has_a_section_and_every_row_a_line(language, n_stages):
    _, model, words, cells, _ = drawn_map(language, n_stages)
    reader = read(map_table_html(cells, model, words))
    assert sum(tag == "tbody" for tag, _ in reader.tags) == n_stages + 1, "one for the whole journey"
    assert sum(tag == "td" for tag, _ in reader.tags) == n_stages * (len(MAP_ROWS) + 1) + 1
    assert all(attrs.get("scope") in ("colgroup", "row") for tag, attrs in reader.tags if tag == "th")


@pytest.mark.parametrize("language", TEXTS)
def test_long_texts_stand_whole(language):
    _, model, words, cells, _ = drawn_map(language, 8)
    html = "".join(read(map_table_html(cells, model, words)).texts)
    assert "…" not in html
    for text in (*TEXTS[language]["needs"], TEXTS[language]["action"], TEXTS[language]["questions"][0]):
        assert text in html


def test_a_rate_comes_with_its_interval_and_the_numbers_of_the_funnel():
    _, model, words, cells, _ = drawn_map("sv", 5)
    html = map_table_html(cells, model, words)
    rate = cells[(cells["name"] == "rate") & (cells["stage"] == model.ids[0])].iloc[0]
    assert f"{words.rate(rate['value'], rate['lo'], rate['hi'])} går vidare" in html
    assert "1 240 har nått fasen" in html.replace("\u00a0", " ")


def test_markup_in_a_clients_words_is_escaped():
    client = a_client("sv", 5)
    model = load_stage_model(client)
    tables = full_tables(model, "sv")
    tables["need_scores"] = tables["need_scores"].assign(wording="<img src=x onerror=alert(1)>")
    _, model, words, cells, _ = drawn_map("sv", 5, client=client, tables=tables)
    html = map_table_html(cells, model, words)
    assert "<img" not in html
    assert "&lt;img" in html


@pytest.mark.parametrize("language", TEXTS)
def test_a_draft_says_of_every_line_that_it_is_an_assumption(language):
    client = a_client(language)
    model = load_stage_model(client)
    _, _, words, cells, _ = drawn_map(language, client=client, tables={}, registers={}, voices=an_answer_sheet(model, language), conclude=False)
    html = map_table_html(cells, model, words)
    assert html.count(f"({words.say('map.kinds.assumed')})") == 8 * 5
