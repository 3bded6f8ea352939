"""Marks of the map that tell more than a measure: plan, absence, effects, last report, scope, all in the drawing and in the table alike."""

from __future__ import annotations

import pytest

from journeylib.figures.map import map_table_html
from journeylib.journeymap.cell_rows import Materials
from journeylib.journeymap.plan import stage_of_step
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.map.map_material import TEXTS, a_client, drawn_map, full_tables

pytestmark = pytest.mark.report  # with the whole reports: too long for the quick tests

LANGUAGES = tuple(TEXTS)


def row_of(cells, row, stage, name):
    found = cells[(cells["row"] == row) & (cells["stage"] == stage) & (cells["name"] == name)]
    return None if found.empty else found.iloc[0]


def drawn_texts(drawn, row, stage):
    return [placed.text for placed in drawn.texts if placed.zone == row and placed.stage == stage]


def test_a_deviation_is_marked_from_five_percent_on():
    _, model, _, cells, _ = drawn_map("sv", 5)
    marked = cells[(cells["row"] == "touchpoints") & (cells["stage"] == model.ids[1])].set_index("name")
    assert marked.loc["failed", "value"] == 0.12
    assert marked.loc["irregular", "value"] == 0.17
    assert list(marked.loc[["ad_hoc"], "value"]) == [0.31], "three of a hundred that meet a page off the plan are not marked"


def test_a_planned_touchpoint_customers_go_without_stands_once_where_the_one_before_it_is_met_most():
    _, model, words, cells, drawn = drawn_map("en", 5)
    missing = cells[cells["name"] == "missing"]
    assert list(missing["stage"]) == [model.ids[0]]
    assert "Welcome call" in drawn_texts(drawn, "touchpoints", model.ids[0])
    assert "62%" in [text.replace("\u00a0", "") for text in drawn_texts(drawn, "touchpoints", model.ids[0])]


def test_without_a_plan_nothing_is_off_it():
    client = a_client("sv", 5, planned=())
    tables = full_tables(load_stage_model(client), "sv")
    del tables["deviations"]
    *_, cells, drawn = drawn_map("sv", 5, client=client, tables=tables)
    assert not set(cells["name"]) & {"failed", "missing", "irregular", "ad_hoc"}
    assert "is_planned" not in "".join(cells["extra"].dropna())


def test_a_planned_touchpoint_nobody_met_belongs_with_the_planned_one_before_it():
    client = a_client("sv", 5)
    model = load_stage_model(client)
    materials = Materials(full_tables(model, "sv"), {}, None, model, client, Words("sv", "SEK"))
    assert stage_of_step(materials, "welcome_call") == stage_of_step(materials, "guide_download")


def test_places_where_the_company_is_absent_are_named_and_others_are_not():
    _, model, words, cells, drawn = drawn_map("sv", 5)
    absent = cells[(cells["name"] == "absent") & (cells["stage"] == model.ids[0])]
    assert list(absent["label"]) == ["branschkollegor", "facktidning"], "the company is to be found in the second, search"
    assert "här saknas ni: branschkollegor och facktidning" in drawn_texts(drawn, "channels", model.ids[0])
    assert row_of(cells, "channels", model.ids[-1], "unseen") is not None, "G21 was found there"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_change_says_better_worse_nothing_or_too_early(language):
    _, model, words, cells, drawn = drawn_map(language, 5)
    effects = cells[cells["name"] == "effect"].set_index("stage")["extra"]
    assert [next(v for v in ("better", "worse", "no_effect", "too_early") if f'"{v}"' in text) for text in effects] == ["better", "worse", "no_effect", "too_early", "better"]
    html = map_table_html(cells, model, words)
    assert words.say("map.effect.no_effect_alone") in html
    assert words.say("map.effect.moved_better", effect=words.say("effects.unit.share", value="+8", range="6–10")) in html, "before and after only moves"
    assert words.say("map.effect.better", effect=words.say("effects.unit.share", value="+5", range="3–7")) in html


def test_a_change_nobody_can_judge_draws_no_arrow():
    _, model, _, cells, _ = drawn_map("sv", 7)
    assert row_of(cells, "improvement", model.ids[5], "effect") is None


def test_the_last_reports_curve_breaks_where_nobody_was_asked():
    _, model, words, cells, drawn = drawn_map("sv", 5)
    assert row_of(cells, "emotion", model.ids[0], "then")["value"] == 0.9
    assert row_of(cells, "emotion", model.ids[2], "then") is None
    assert drawn.svg.count('stroke="#a3abb8" stroke-width="0.35" stroke-linejoin') == 2, "first to second, fourth to fifth"
    assert "förra rapporten: +0,9 (33 personer)" in map_table_html(cells, model, words).replace("\u00a0", " ")


def test_too_long_is_said_of_the_stage_and_of_the_whole_journey():
    _, model, words, cells, drawn = drawn_map("sv", 5)
    assert row_of(cells, "time", model.ids[1], "too_long") is not None
    assert row_of(cells, "time", "", "too_long") is not None
    assert "hela resan tar för lång tid" in drawn_texts(drawn, "time", "label")
    assert "hela resan tar för lång tid" in map_table_html(cells, model, words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_stages_outside_the_scope_and_phases_that_meet_none_are_said(language):
    client = a_client(language, 5, scope={"from_stage": "awareness", "to_stage": "decision"})
    model = load_stage_model(client)
    _, _, words, cells, drawn = drawn_map(language, 5, client=client)
    html = map_table_html(cells, model, words)
    outside = words.list([words.label(stage.label) for stage in model.stages if not stage.in_scope])
    assert model.phases_without_stage
    assert words.say("map.stage.outside", stages=outside) in html
    said = " ".join(drawn_texts(drawn, "stage", "label"))
    assert said.startswith(words.label({"sv": "Fas", "da": "Trin", "nb": "Fase", "en": "Stage"}))
    assert words.say("map.stage.outside", stages=outside).split()[0] in said


def test_searches_are_a_source_of_their_own():
    _, model, words, cells, _ = drawn_map("sv", 8)
    sources = cells[(cells["name"] == "source") & (cells["stage"] == model.ids[0])]
    assert '"letters": "K"' in "".join(sources["extra"])
    assert int(sources.loc[sources["label"] == "sökord", "n"].iloc[0]) == 34


@pytest.mark.parametrize(("language", "n_stages"), [("sv", 5), ("da", 5), ("nb", 3), ("en", 3)])
def test_sheet_and_table_tell_the_same(language, n_stages):
    """Every touchpoint and its deviation, every effect and absence drawn in a wide column stands in the table of its stage."""
    _, model, words, cells, drawn = drawn_map(language, n_stages)
    html = map_table_html(cells, model, words)
    for stage in model.ids:
        for text in drawn_texts(drawn, "touchpoints", stage) + drawn_texts(drawn, "channels", stage):
            assert all(word.rstrip("…") in html for word in text.split(" ")), (stage, text)
