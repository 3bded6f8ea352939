"""The one-page map: nothing overflows, overlaps, leaks or is invented, in four languages and from three to nine stages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import cache

import pandas as pd
import pytest

from journeylib.figures import palette
from journeylib.figures.map import lay_out_journey_map
from journeylib.figures.map.layout import LABEL_WIDTH, MARGIN, SHEET_HEIGHT, SHEET_WIDTH
from journeylib.schema import MAP_ROWS
from journeylib.stages import load_stage_model
from tests.map.map_material import TEXTS, a_client, an_answer_sheet, drawn_map, full_tables, own_model

SIZES = [(language, n) for language in ("sv", "da", "nb", "en") for n in (3, 5, 7, 8)]
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"[−+]?\d[\d\u00a0., ]*\d|[−+]?\d")


@cache
def the_map(language, n_stages):
    return drawn_map(language, n_stages)


@cache
def the_draft(language, n_stages):
    client = a_client(language, n_stages)
    sheet = an_answer_sheet(load_stage_model(client), language)
    return drawn_map(language, n_stages, client=client, tables={}, registers={}, voices=sheet, conclude=False)


@pytest.mark.parametrize(("language", "n_stages"), [*SIZES, ("sv", 2), ("nb", 9)])
@pytest.mark.parametrize("make", [the_map, the_draft])
def test_every_text_stays_in_its_column_and_on_the_sheet(make, language, n_stages):
    for placed in make(language, n_stages)[-1].texts:
        assert placed.room_left - 0.01 <= placed.left <= placed.right <= placed.room_right + 0.01, placed
        assert MARGIN - 0.01 <= placed.room_left <= placed.room_right <= SHEET_WIDTH - MARGIN + 0.01, placed
        assert 0 <= placed.top <= placed.bottom <= SHEET_HEIGHT, placed


@pytest.mark.parametrize(("language", "n_stages"), [*SIZES, ("sv", 2), ("nb", 9)])
@pytest.mark.parametrize("make", [the_map, the_draft])
def test_no_two_texts_overlap(make, language, n_stages):
    texts = make(language, n_stages)[-1].texts
    for i, one in enumerate(texts):
        for other in texts[i + 1 :]:
            overlaps = one.left < other.right and other.left < one.right and one.top + 0.25 < other.bottom and other.top + 0.25 < one.bottom
            assert not overlaps, (one, other)


@pytest.mark.parametrize(("language", "n_stages"), SIZES)
def test_texts_of_a_row_stay_inside_the_row(language, n_stages):
    _, model, *_, drawn = the_map(language, n_stages)
    tops = {row: min(p.top for p in drawn.texts if p.zone == row and p.stage not in ("", "label")) for row in MAP_ROWS}
    bottoms = {row: max(p.bottom for p in drawn.texts if p.zone == row and p.stage not in ("", "label")) for row in MAP_ROWS}
    for above, below in zip(MAP_ROWS, MAP_ROWS[1:], strict=False):
        assert bottoms[above] <= tops[below] + 0.3, (above, below)


@pytest.mark.parametrize(("language", "n_stages"), SIZES)
def test_every_drawn_number_is_found_in_the_cells(language, n_stages):
    _, model, words, cells, drawn = the_map(language, n_stages)
    said = numbers_of_cells(cells, words)
    for placed in drawn.texts:
        if placed.zone in MAP_ROWS and placed.stage in model.ids:
            for number in NUMBER.findall(placed.text.replace("  ", " | ")):
                assert number.replace(" ", "") in said, (placed, number)


def numbers_of_cells(cells, words) -> set[str]:
    """Every number the cells hold, as the words would print it, and those within their texts."""
    said = set()
    for row in cells.to_dict("records"):
        for value in (row["value"], row["lo"], row["hi"], row["n"]):
            if pd.notna(value):
                value = float(value)
                said |= {words.count(value), words.number(value * 100), words.score(value), words.score(value * 100, 0), words.number(value, 1), words.money(value)}
                said |= set(NUMBER.findall(words.money(value)))
        if pd.notna(row["lo"]) and row["unit"] == "money":
            said |= set(NUMBER.findall(words.money_range(row["lo"], row["hi"]).replace("–", " – ")))
        for text in (row["label"], row["extra"]):
            if pd.notna(text):
                said |= set(NUMBER.findall(str(text)))
        if pd.notna(row["extra"]) and any(name in str(row["extra"]) for name in ("due_on", "judged_from")):
            year = re.search(r"(\d{4})-(\d\d)-(\d\d)", row["extra"])
            if year:
                date = pd.Timestamp(year[0])
                said |= set(NUMBER.findall(words.date(date))) | set(NUMBER.findall(words.short_date(date)))
    return {number.replace(" ", "") for number in said}


@pytest.mark.parametrize(("language", "n_stages"), SIZES)
def test_no_cell_is_blank(language, n_stages):
    _, model, *_, drawn = the_map(language, n_stages)
    for row in MAP_ROWS:
        for stage in model.ids:
            assert any(p.zone == row and p.stage == stage for p in drawn.texts), (row, stage)


@pytest.mark.parametrize("language", TEXTS)
def test_a_map_without_any_evidence_says_unknown_in_every_cell(language):
    _, model, words, cells, drawn = drawn_map(language, 5, tables={}, registers={}, voices=an_answer_sheet(load_stage_model(a_client(language)), language)[:0], conclude=False)
    unknown = [p for p in drawn.texts if p.zone in MAP_ROWS and p.stage in model.ids]
    assert len(unknown) == len(MAP_ROWS) * 5
    assert {p.text for p in unknown} == {words.say("map.unknown")}
    assert set(cells["status"]) == {"unknown"}


def test_an_assumption_is_italic_behind_a_ring():
    *_, drawn = the_draft("sv", 5)
    said = [line for line in drawn.svg.splitlines() if "Nyfiken men osäker" in line]
    assert len(said) == 5
    assert all('font-style="italic"' in line for line in said)


@pytest.mark.parametrize("make", [the_map, the_draft])
def test_the_same_cells_give_the_same_bytes(make):
    client, model, words, cells, drawn = make("sv", 5)
    again = make.__wrapped__("sv", 5)[-1]
    shuffled = cells.sample(frac=1, random_state=3)
    assert again.svg == drawn.svg
    head = {"title": "T", "about": ["a"], "foot": ["f"], "id": "x"}
    assert lay_out_journey_map(shuffled, model, words, head).svg == lay_out_journey_map(cells, model, words, head).svg


def test_markup_in_a_clients_words_never_becomes_markup():
    evil = '<script>alert("x")</script>&"\'<b>\x00\x0b'
    client = a_client("sv", 5, name=evil, offer=evil, scenario=evil, labels={"awareness": evil})
    tables = full_tables(load_stage_model(client), "sv")
    tables["voice_counts"] = tables["voice_counts"].assign(code=evil, quote=evil)
    tables["need_scores"] = tables["need_scores"].assign(wording=evil)
    *_, drawn = drawn_map("sv", 5, client=client, tables=tables, title=evil)
    root = ET.fromstring(drawn.svg)
    assert "<script" not in drawn.svg
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "defs", "pattern", "rect", "line", "circle", "polygon", "polyline", "text", "tspan"}  # fmt: skip
    assert not any(name.startswith("on") or "href" in name for element in root.iter() for name in element.attrib)


@pytest.mark.parametrize("language", TEXTS)
def test_screen_readers_hear_title_and_description(language):
    _, model, words, _, drawn = the_map(language, 5)
    root = ET.fromstring(drawn.svg)
    assert root.get("role") == "img"
    assert root.get("lang") == language
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert TEXTS[language]["title"] in title.text
    assert all(words.label(stage.label) in description.text for stage in model.in_scope)


def test_the_sheet_is_a3_landscape_and_asks_for_nothing_from_outside():
    svg = the_map("sv", 5)[-1].svg
    assert 'viewBox="0 0 420 297"' in svg
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|<image|<style|<foreignObject", svg)


def test_only_colours_of_the_palette_are_used():
    known = {value for value in vars(palette).values() if isinstance(value, str) and re.fullmatch(r"#[0-9a-f]{6}", value)}
    assert set(re.findall(r"#[0-9a-f]{6}", the_map("sv", 5)[-1].svg)) <= known


def test_text_is_drawn_only_in_colours_that_can_be_read():
    fills = set(re.findall(r"<(?:text|tspan)[^>]*?fill=\"(#[0-9a-f]{6})\"", the_map("nb", 8)[-1].svg))
    assert fills <= {*palette.TEXT_COLOURS.values(), palette.WHITE}


def test_no_text_is_smaller_than_a_reader_of_an_a3_sheet_can_see():
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', the_map("nb", 8)[-1].svg)]
    assert min(sizes) >= 6 * 25.4 / 72


# --- encodings --------------------------------------------------------------------------------------------------------


def funnel_map(rates, n=1240):
    from tests.map.map_material import a_funnel

    client = a_client("sv", len(rates) + 1, stage_model=own_model(len(rates) + 1))
    model = load_stage_model(client)
    return drawn_map("sv", len(rates) + 1, client=client, tables={"funnel": a_funnel(model.ids, n, rates)}, registers={}, conclude=False)


def chips(svg):
    """Fill of every arrow chip (polygons of five corners with an outline), in order of the stages."""
    found = re.findall(r'<polygon points="([^"]+)" fill="(#\w+)" stroke="#\w+"[^>]*?(stroke-dasharray)?[^>]*?/>', svg)
    return [(fill, bool(dash)) for points, fill, dash in found if len(points.split()) == 5]


def test_only_the_worst_certain_drop_is_red():
    *_, drawn = funnel_map((0.8, 0.3, 0.8))
    assert [fill for fill, _ in chips(drawn.svg)][:3] == [palette.BLUE_FAINT, palette.RED, palette.BLUE_FAINT]


def test_two_drops_that_cannot_be_told_apart_are_not_red():
    *_, drawn = funnel_map((0.5, 0.48, 0.8))
    assert palette.RED not in {fill for fill, _ in chips(drawn.svg)}


def test_under_ten_only_counts_are_shown():
    *_, cells, drawn = funnel_map((0.75,), n=10)
    said = {p.text for p in drawn.texts if p.zone == "go_on"}
    assert "7 av 9" in said
    assert not any("%" in text for text in said)


def test_an_uncertain_rate_has_a_dashed_grey_chip():
    *_, drawn = funnel_map((0.5,), n=24)
    assert 'stroke-dasharray="1.2 0.8"' in drawn.svg


def test_bars_stand_on_one_common_scale():
    *_, cells, drawn = funnel_map((0.5, 0.5))
    bars = [float(h) for w, h in re.findall(r'<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="([\d.]+)" fill="#1d5fa6"/>', drawn.svg)]
    reached = cells.loc[cells["name"] == "n_reached", "value"].tolist()
    assert [bar / bars[0] for bar in bars] == pytest.approx([n / reached[0] for n in reached], abs=0.01)


def test_points_follow_the_number_of_customers_who_answered():
    """Filled from ten, hollow from five, none below: the material has 64, 41, 8, 120 and 36; four would be hidden by k."""
    from tests.map.map_material import an_emotion

    client = a_client("sv", 5, privacy={"k": 2})
    model = load_stage_model(client)
    tables = {"emotion": an_emotion(model.ids, ns=(64, 41, 8, 4, 36, 24, 77, 12))}
    _, _, words, _, drawn = drawn_map("sv", 5, client=client, tables=tables, registers={}, conclude=False)
    circles = re.findall(r'<circle [^>]*fill="(#\w+)" stroke="#1d5fa6" stroke-width="0.5"/>', drawn.svg)
    assert circles == [palette.BLUE, palette.BLUE, palette.WHITE, palette.BLUE]
    assert words.say("map.emotion.too_few", n=4) in {p.text for p in drawn.texts}
    assert drawn.svg.count("<polyline") == 2 + 2, "two segments with a gap around the fourth stage, and the two halves of the return arrow"


def test_the_row_names_say_how_to_read_them_in_every_language():
    for language in TEXTS:
        *_, drawn = the_map(language, 5)
        assert {p.zone for p in drawn.texts if p.stage == "label"} >= set(MAP_ROWS)
        label_right = MARGIN + LABEL_WIDTH
        assert all(p.right <= label_right for p in drawn.texts if p.stage == "label")
