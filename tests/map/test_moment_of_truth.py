"""The star of the moment of truth: on the map, in its legend and in its table where it is certain, and nowhere else."""

from __future__ import annotations

import re

import pytest

from journeylib.figures.map import map_table_html
from journeylib.schema import MOMENTS, check
from journeylib.stages import load_stage_model
from tests.map.map_material import a_client, drawn_map, full_tables, the_moments


def stars(drawn):
    """Polygons of ten corners."""
    return [points for points in re.findall(r'<polygon points="([^"]+)"', drawn.svg) if len(points.split()) == 10]


def without_a_winner(language):
    tables = full_tables(load_stage_model(a_client(language)), language)
    return tables | {"moments": check(the_moments(load_stage_model(a_client(language)).ids).assign(is_moment=False), MOMENTS)}


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_a_certain_moment_of_truth_is_one_star_and_one_entry_in_the_legend(language):
    _, model, words, cells, drawn = drawn_map(language)
    name = words.say("map.legend.moment")
    assert len(stars(drawn)) == 2
    assert [placed.text for placed in drawn.texts].count(name) == 1
    assert map_table_html(cells, model, words).count(name) == 1
    assert cells.loc[cells["name"] == "is_moment", "stage"].tolist() == [model.ids[1]]


def test_without_a_certain_one_there_is_no_star_and_no_entry():
    _, model, words, cells, drawn = drawn_map("sv", tables=without_a_winner("sv"))
    assert stars(drawn) == []
    assert words.say("map.legend.moment") not in drawn.svg + map_table_html(cells, model, words)


def test_the_star_stays_in_its_column():
    *_, drawn = drawn_map("nb", 8)
    (star, _), column = stars(drawn), [placed for placed in drawn.texts if placed.zone == "emotion" and placed.text.startswith("−0,7")][0]
    corners = [float(corner.split(",")[0]) for corner in star.split()]
    assert column.room_left <= min(corners)
    assert max(corners) < column.left
