"""Stages outside the scope, stages nobody was seen in, whom a sheet covers, and what fails without a plan."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import pandas as pd
import pytest

from journeylib.figures import palette
from journeylib.figures.map import lay_out_persona_comparison
from journeylib.figures.map.layout import MARGIN, SHEET_WIDTH, Layout, outside_of
from journeylib.figures.map.touchpoints import tone_of
from journeylib.journeymap import build_cells, build_head
from journeylib.schema import DEVIATIONS, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.map.map_material import TEXTS, a_client, a_funnel, drawn_map, full_tables
from tests.map.test_comparison import PAIR, drawn_comparison
from tests.map.test_drawing import NUMBER, numbers_of_cells

pytestmark = pytest.mark.report  # with the whole reports: too long for the quick tests

LANGUAGES = tuple(TEXTS)
SCOPES = [(5, "awareness", "decision", 0, 2), (5, "consideration", "loyalty", 1, 1), (8, "stage_3", "stage_6", 2, 2), (8, "stage_7", "stage_8", 6, 0)]


def scoped(language, n_stages, first, last):
    client = a_client(language, n_stages, scope={"from_stage": first, "to_stage": last})
    return client, load_stage_model(client)


@cache
def drawn_in_scope(language, n_stages, first, last):
    return drawn_map(language, n_stages, client=scoped(language, n_stages, first, last)[0])[-1]


def outlined_chevrons(svg):
    """Heights of the outlined polygons of six corners: stages outside the scope, the small sign beside the row's name first or last."""
    found = re.findall(rf'<polygon points="([^"]+)"[^>]*fill="{palette.WHITE}"[^>]*stroke="{palette.GREY_MID}"', svg)
    corners = [[tuple(map(float, point.split(","))) for point in points.split()] for points in found]
    return [max(y for _, y in shape) - min(y for _, y in shape) for shape in corners if len(shape) == 6]


@pytest.mark.parametrize(("n_stages", "first", "last", "before", "after"), SCOPES)
def test_a_stage_outside_the_scope_is_an_outlined_chevron_as_high_as_the_others(n_stages, first, last, before, after):
    drawn, (_, model) = drawn_in_scope("sv", n_stages, first, last), scoped("sv", n_stages, first, last)
    heights = outlined_chevrons(drawn.svg)
    dark = re.findall(rf'<polygon points="([^"]+)"[^>]*fill="{palette.INK}"', drawn.svg)
    height = max(float(point.split(",")[1]) for point in dark[0].split()) - min(float(point.split(",")[1]) for point in dark[0].split())
    assert len(heights) == before + after
    assert all(abs(each - height) < 3 for each in heights)
    assert outside_of(model) == {"n_before": before, "n_after": after}


@pytest.mark.parametrize(("language", "scope"), [*(("sv", scope[:3]) for scope in SCOPES), *((language, SCOPES[2][:3]) for language in LANGUAGES[1:])])
def test_a_scope_makes_no_two_texts_overlap_and_none_leave_its_room(language, scope):
    texts = drawn_in_scope(language, *scope).texts
    for i, one in enumerate(texts):
        assert one.room_left - 0.01 <= one.left <= one.right <= one.room_right + 0.01, one
        for other in texts[i + 1 :]:
            overlaps = one.left < other.right and other.left < one.right and one.top + 0.25 < other.bottom and other.top + 0.25 < one.bottom
            assert not overlaps, (one, other)


def test_columns_share_what_stages_outside_the_scope_leave():
    layout = Layout(3, 40, 280, n_before=1, n_after=2)
    boxes = [layout.outside(0), *(layout.cell("stage", i) for i in range(3)), layout.outside(1), layout.outside(2)]
    assert all(abs(one.right - other.left) < 1e-9 for one, other in pairwise(boxes))
    assert boxes[-1].right == pytest.approx(SHEET_WIDTH - MARGIN)
    assert len({round(box.width, 9) for box in boxes[1:4]}) == 1


# --- a stage nobody was seen in ----------------------------------------------------------------------------------------------


def cells_where_nobody_touched(stage_number, **tables):
    client = a_client("en", 5)
    model, words = load_stage_model(client), Words("en", "GBP")
    funnel = a_funnel(model.ids)
    touched = funnel.assign(semantics="any")
    touched.loc[touched["stage"] == model.ids[stage_number], "n_reached"] = 0
    cells = build_cells({"funnel": pd.concat([funnel, touched])} | tables, {}, None, model, client, words)
    return cells[cells["stage"] == model.ids[stage_number]].set_index(["row", "name"])


def test_who_was_only_seen_later_is_no_evidence_of_a_stage():
    cells = cells_where_nobody_touched(0)
    assert cells.loc["go_on"]["status"].tolist() == ["unknown"]
    assert cells.loc["evidence"]["status"].tolist() == ["unknown"]


def test_a_stage_customers_were_seen_in_keeps_its_grade():
    seen, model = cells_where_nobody_touched(1), load_stage_model(a_client("en", 5))
    other = build_cells({"funnel": pd.concat([a_funnel(model.ids), a_funnel(model.ids).assign(semantics="any")])}, {}, None, model, a_client("en", 5), Words("en", "GBP"))
    grade = other[(other["row"] == "evidence") & (other["stage"] == model.ids[0]) & (other["name"] == "grade")]["value"].item()
    assert grade >= 2
    assert "grade" not in seen.loc["evidence"].index


# --- two personas ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_of_two_personas_says_how_many_of_all_it_covers(language):
    client = a_client(language, 5)
    words = Words(language, client.currency)
    about = build_head(client, words, title="x", n_journeys=1940, personas=("a", "b"), n_all=6000)["about"]
    assert words.say("mapping_more.covers", n=1940, of=words.count(6000)) in about
    assert words.count(6000) in " ".join(about)


@pytest.mark.parametrize(("language", "n_stages"), [("sv", 3), ("da", 5), ("nb", 8), ("en", 5)])
def test_every_number_on_the_sheet_of_two_personas_is_found_in_the_cells(language, n_stages):
    model, words, cells, drawn = drawn_comparison(language, n_stages)
    said = numbers_of_cells(cells, words)
    for placed in drawn.texts:
        if placed.zone in ("go_on", "time", "emotion", "needs", "actions", "channels", "touchpoints") and placed.stage in model.ids:
            for number in NUMBER.findall(placed.text.replace("  ", " | ")):
                assert number.replace(" ", "") in said | figures_of(cells, words), (placed, number)


def figures_of(cells, words):
    """The two figures of a difference, as the words print them."""
    extra = [found for text in cells["extra"].dropna() for found in re.findall(r'"[ab]": ([\d.]+)', text)]
    return {words.number(float(value) * factor, digits).replace("\N{NO-BREAK SPACE}", "") for value in extra for factor, digits in ((100, 0), (1, 1))}


def test_a_scope_holds_on_the_sheet_of_two_personas_too():
    client, model = scoped("sv", 5, "awareness", "decision")
    words = Words("sv", "SEK")
    two = [build_cells(full_tables(model, "sv"), {}, None, model, client, words).assign(persona=name) for name, _ in PAIR]
    own = pd.concat([frame[frame["row"].isin(["go_on", "time", "emotion"])] for frame in two])
    drawn = lay_out_persona_comparison(own, model, words, build_head(client, words, title="x", n_journeys=10, personas=("a", "b")), PAIR)
    assert len(outlined_chevrons(drawn.svg)) == 2


# --- without a plan ----------------------------------------------------------------------------------------------------------


def test_a_touchpoint_that_fails_is_marked_without_a_plan_too():
    client = a_client("sv", 5, planned=())
    model = load_stage_model(client)
    failed = check(pd.DataFrame([{"kind": "failed", "touchpoint": "page_view", "n": 40, "n_yes": 9, "share": 9 / 40, "lo": 0.12, "hi": 0.38}]), DEVIATIONS)
    *_, cells, drawn = drawn_map("sv", 5, client=client, tables=full_tables(model, "sv") | {"deviations": failed})
    assert (cells["name"] == "failed").any()
    assert "misslyckas" in " ".join(placed.text for placed in drawn.texts if placed.zone == "foot")


# --- in greyscale ------------------------------------------------------------------------------------------------------------


def test_satisfied_mixed_and_dissatisfied_differ_in_greyscale():
    tones = [palette.luminance(tone_of(score)) for score in (1.0, 0.0, -1.0)]
    assert all(abs(one - other) >= 0.09 for one, other in pairwise(tones))


def test_names_in_chevrons_can_be_read_in_greyscale():
    assert palette.contrast(palette.WHITE, palette.INK) >= 4.5
    assert palette.contrast(palette.GREY, palette.WHITE) >= 4.5
