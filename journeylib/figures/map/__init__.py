"""The one-page journey map as SVG with real text (practice E), drawn from cells alone; nothing is computed here but positions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from journeylib.figures import palette
from journeylib.figures.map.cells import read_cells
from journeylib.figures.map.company import draw_evidence, draw_gaps, draw_improvement, draw_ours, needs_letters
from journeylib.figures.map.comparison import draw_comparison_rows
from journeylib.figures.map.customer import draw_actions, draw_channels, draw_needs
from journeylib.figures.map.drawing import draw_said, draw_suppressed, draw_unknown
from journeylib.figures.map.emotion import draw_emotions, level_y
from journeylib.figures.map.frame import (
    draw_chevrons,
    draw_foot,
    draw_ground,
    draw_head,
    draw_interaction,
    draw_labels,
    draw_scale,
    draw_scope,
    foot_height,
)  # fmt: skip
from journeylib.figures.map.layout import MARGIN, ROW_SHARES, SHEET_HEIGHT, SHEET_WIDTH, WORDS_ONLY_SHARES, Layout, outside_of
from journeylib.figures.map.legend import legend_entries
from journeylib.figures.map.numbers import draw_go_on, draw_time
from journeylib.figures.map.table import map_table_html, persona_table_html
from journeylib.figures.map.touchpoints import draw_touchpoints
from journeylib.figures.svg import PlacedText, Sheet, escape
from journeylib.journeymap.names import channel_groups

__all__ = [
    "JourneyMap", "draw_journey_map", "draw_persona_comparison", "lay_out_journey_map", "lay_out_persona_comparison", "map_table_html",
    "persona_table_html",
]  # fmt: skip


@dataclass(frozen=True)
class JourneyMap:
    """A drawn map: its SVG, and where each text of it stands."""

    svg: str
    texts: tuple[PlacedText, ...]


def draw_journey_map(cells, model, words, head: dict, *, persona: str = "") -> str:
    """The map as SVG, A3 landscape, the same bytes for the same cells.

    Parameters
    ----------
    cells : CELLS, with gaps and improvement added.
    head : `{title, about, foot, id}`, as `journeymap.build_head` makes it. `id` begins every id in the drawing.
    persona : whose cells to draw; '' = everybody's.
    """
    return lay_out_journey_map(cells, model, words, head, persona=persona).svg


def lay_out_journey_map(cells, model, words, head: dict, *, persona: str = "") -> JourneyMap:
    """The map with the box of each text, for tests."""
    found = read_cells(cells, persona)
    sheet = Sheet(SHEET_WIDTH, SHEET_HEIGHT, prefix=_prefix(head))
    layout = _layout(found, model, draw_head(sheet, head, found, model, words), foot_height(legend_entries(found, words, letters=True)))
    draw_ground(sheet, layout)
    draw_labels(sheet, layout, words, found, _whole_journey(found, words))
    draw_chevrons(sheet, layout, model, words)
    draw_scope(sheet, layout, model, words)
    draw_interaction(sheet, layout, words)
    letters = _draw_rows(sheet, layout, found, model, words)
    draw_foot(sheet, head, legend_entries(found, words, letters=letters), words)
    return JourneyMap(_document(sheet, model, words, head), tuple(sheet.texts))


def draw_persona_comparison(cells, model, words, head: dict, personas) -> str:
    """Two personas on one sheet of the same size as the map; see `lay_out_persona_comparison`."""
    return lay_out_persona_comparison(cells, model, words, head, personas).svg


def lay_out_persona_comparison(cells, model, words, head: dict, personas) -> JourneyMap:
    """Two bars and two thin curves a stage; of needs, actions, channels and touchpoints only what differs (practice E, M044).

    Parameters
    ----------
    cells : CELLS as `journeymap.personas.compare_personas` makes them.
    personas : ((id, name), (id, name)), the first drawn filled.
    """
    sheet = Sheet(SHEET_WIDTH, SHEET_HEIGHT, prefix=_prefix(head))
    draw_comparison_rows(sheet, head, cells, model, words, personas)
    return JourneyMap(_document(sheet, model, words, head), tuple(sheet.texts))


def _layout(cells, model, top, foot):
    """Rows as in practice E; a row of words alone needs less height than one of bars or a curve."""
    measured = {"go_on": cells.any_named("n_reached"), "emotion": cells.any_named("mean")}
    shares = {row: share if measured.get(row, True) else WORDS_ONLY_SHARES[row] for row, share in ROW_SHARES.items()}
    return Layout(len(model.ids), top, SHEET_HEIGHT - MARGIN - foot, shares, is_draft=not any(measured.values()), **outside_of(model))


def _prefix(head):
    return re.sub(r"[^a-z0-9_-]", "-", str(head.get("id", "map")).lower()) or "map"


def _whole_journey(cells, words):
    """The gaps that belong to no single stage, in one line."""
    found = [row["label"] for row in cells.cell("gaps", "").named("gap") if row["extra"].get("status") == "found"]
    return words.say("map.whole_journey", gaps=words.list(found)) if found else ""


def _draw_rows(sheet, layout, cells, model, words) -> bool:
    """Every cell of every row; returns whether sources are told by letters."""
    boxes = {row: [layout.cell(row, i) for i in range(layout.n_stages)] for row in ("emotion", "evidence")}
    letters = needs_letters([cells.cell("evidence", stage) for stage in model.ids], boxes["evidence"], words, layout)
    _draw_emotion_row(sheet, layout, cells, model, words, boxes["emotion"])
    for row, draw in _row_drawers(cells, letters).items():
        for i, stage in enumerate(model.ids):
            sheet.zone, sheet.stage = row, stage
            _draw_cell(sheet, layout.cell(row, i), cells.cell(row, stage), words, layout, draw)
    return letters


def _row_drawers(cells, letters):
    n_most = max((row["value"] for row in cells.all("n_reached")), default=0)
    return {
        "go_on": lambda *args: draw_go_on(*args, n_most), "time": draw_time, "needs": draw_needs, "actions": draw_actions,
        "channels": lambda *args: draw_channels(*args, channel_groups()), "touchpoints": draw_touchpoints, "our_activities": draw_ours,
        "gaps": draw_gaps, "improvement": draw_improvement, "evidence": lambda *args: draw_evidence(*args, letters=letters),
    }  # fmt: skip


def _draw_cell(sheet, box, cell, words, layout, draw):
    if cell.status == "unknown":
        draw_unknown(sheet, box, words.say("map.unknown"), layout.body)
    elif cell.status == "suppressed":
        draw_suppressed(sheet, box, cell.rows[0]["label"], layout.note)
    elif cell.is_written:
        draw_said(sheet, box, cell, words, layout.body)
    else:
        draw(sheet, box, cell, words, layout)


def _draw_emotion_row(sheet, layout, cells, model, words, boxes):
    found = [cells.cell("emotion", stage) for stage in model.ids]
    if any(cell.get("mean") for cell in found):
        draw_scale(sheet, layout.label("emotion"), level_y, words)
    sheet.zone = "emotion"
    draw_emotions(sheet, boxes, found, words, layout)


def _document(sheet, model, words, head):
    """The whole file: title and description for screen readers, hatches, and the parts."""
    prefix, labels = sheet.prefix, [words.label(stage.label) for stage in model.in_scope]
    description = words.say("map.description", n_stages=len(labels), stages=words.list(labels))
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SHEET_WIDTH:g} {SHEET_HEIGHT:g}" role="img" lang="{words.language}" '
        f'aria-labelledby="{prefix}-title {prefix}-desc" font-family="{escape(palette.FONTS)}" class="journey-map">',
        f'<title id="{prefix}-title">{escape(words.say("map.name"))}: {escape(head["title"])}</title>',
        f'<desc id="{prefix}-desc">{escape(description)}</desc>',
        f'<defs>{_hatching(f"{prefix}-hatch", 2.2, 0.45)}{_hatching(f"{prefix}-fine", 0.9, 0.3)}</defs>',
        f'<rect width="{SHEET_WIDTH:g}" height="{SHEET_HEIGHT:g}" fill="{palette.WHITE}"/>', *sheet.parts, "</svg>", "",
    ])  # fmt: skip


def _hatching(name, step, line):
    return (f'<pattern id="{name}" width="{step}" height="{step}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect width="{step}" height="{step}" fill="{palette.WHITE}"/>'
            f'<line x1="0" y1="0" x2="0" y2="{step}" stroke="{palette.GREY_MID}" stroke-width="{line}"/></pattern>')  # fmt: skip
