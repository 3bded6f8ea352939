"""Two personas on one sheet: only sure differences are told, nothing overlaps, and a small group is never shown."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.figures.map import lay_out_persona_comparison, persona_table_html
from journeylib.figures.map.layout import MARGIN, SHEET_HEIGHT, SHEET_WIDTH
from journeylib.journeymap import build_cells, build_head
from journeylib.journeymap.cell_rows import cells_frame
from journeylib.journeymap.personas import comparable_pairs, find_differences
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.map.map_material import TEXTS, a_client, a_funnel, full_tables

pytestmark = pytest.mark.report  # with the whole reports: too long for the quick tests

PAIR = (("a", "Den som köper själv för första gången"), ("b", "Inköpschefen i en stor koncern"))


def tables_of(model, language, *, rates=(0.54, 0.39, 0.72), shift=0.0, n=1240):
    tables = full_tables(model, language)
    tables["funnel"] = a_funnel(model.ids, n, rates)
    moved = tables["touchpoints"]
    tables["touchpoints"] = moved.assign(**{end: (moved[end] + shift).clip(0, 1) for end in ("share", "lo", "hi")})
    needs = tables["need_scores"]
    width = {f"{name}_{end}": needs[name] + way for name in ("importance", "satisfaction") for end, way in (("lo", -0.9), ("hi", 0.7))}
    tables["need_scores"] = needs.assign(**width)
    return tables


def drawn_comparison(language, n_stages, *, shift=0.12, rates=(0.3, 0.55, 0.4)):
    client = a_client(language, n_stages)
    model, words = load_stage_model(client), Words(language, client.currency)
    two = [tables_of(model, language), tables_of(model, language, rates=rates, shift=shift, n=700)]
    cells = [build_cells(tables, {}, None, model, client, words).assign(persona=name) for tables, (name, _) in zip(two, PAIR, strict=True)]
    own = [row for frame in cells for row in frame[frame["row"].isin(["go_on", "time", "emotion"])].to_dict("records")]
    frame = cells_frame([*own, *find_differences({("a", "b"): two}, model, words)["a", "b"]], model)
    head = build_head(client, words, title="x", n_journeys=1940, personas=("a", "b"))
    return model, words, frame, lay_out_persona_comparison(frame, model, words, head, PAIR)


@pytest.mark.parametrize(("language", "n_stages"), [(language, n) for language in TEXTS for n in (3, 5, 8)])
def test_nothing_overlaps_or_leaves_its_room(language, n_stages):
    texts = drawn_comparison(language, n_stages)[-1].texts
    for i, one in enumerate(texts):
        assert one.room_left - 0.01 <= one.left <= one.right <= one.room_right + 0.01, one
        assert MARGIN - 0.01 <= one.left <= one.right <= SHEET_WIDTH - MARGIN + 0.01, one
        assert one.bottom <= SHEET_HEIGHT, one
        for other in texts[i + 1 :]:
            overlaps = one.left < other.right and other.left < one.right and one.top + 0.25 < other.bottom and other.top + 0.25 < one.bottom
            assert not overlaps, (one, other)


def test_two_alike_have_no_difference():
    _, words, cells, _ = drawn_comparison("sv", 5, shift=0.0, rates=(0.54, 0.39, 0.72))
    assert "difference" not in set(cells["name"])
    assert (cells["name"] == "no_difference").any()


def test_a_difference_is_the_first_minus_the_second_with_newcombes_interval():
    model, _, cells, _ = drawn_comparison("sv", 5)
    it = cells[(cells["name"] == "difference") & (cells["row"] == "go_on") & (cells["stage"] == model.ids[0])].iloc[0]
    first, second = 603 / 1116, 189 / 630
    assert it["value"] == pytest.approx(first - second, abs=1e-4)
    assert it["lo"] < it["value"] < it["hi"]


def test_every_difference_drawn_is_in_the_table_too():
    model, words, cells, drawn = drawn_comparison("en", 5)
    html = persona_table_html(cells, model, words, PAIR)
    told = cells[cells["name"] == "difference"]
    assert len(told) > 5
    for label in told["label"].dropna():
        assert label in html
    for row in told[told["label"] != ""].itertuples():
        assert any(placed.stage == row.stage and placed.zone == row.row for placed in drawn.texts)


def test_the_same_cells_give_the_same_bytes():
    one, other = drawn_comparison("da", 5)[-1], drawn_comparison("da", 5)[-1]
    assert one.svg == other.svg


def funnel_of(**reached):
    rows = [{"semantics": "at_least", "persona": persona, "n_reached": n} for persona, n in reached.items()]
    return pd.DataFrame(rows).replace({"persona": {"everybody": ""}})


def personas_of(*names, k=5):
    return SimpleNamespace(personas=[SimpleNamespace(id=name) for name in names], privacy=SimpleNamespace(k=k))


def test_small_personas_and_those_that_leave_a_small_rest_are_not_compared():
    client = personas_of("a", "b", "c")
    assert comparable_pairs(funnel_of(everybody=100, a=50, b=30, c=20), client) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert comparable_pairs(funnel_of(everybody=100, a=60, b=31, c=9), client) == [("a", "b")], "c is under ten"
    assert comparable_pairs(funnel_of(everybody=63, a=40, b=20), client) == [], "three would be left over"
    assert comparable_pairs(None, client) == []
