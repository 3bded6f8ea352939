"""Around the map: head, names of the rows, chevrons, lines, legend and foot."""

from __future__ import annotations

import math

from journeylib import knowledge
from journeylib.figures import palette
from journeylib.figures.map.drawing import Line, draw_dots, flow
from journeylib.figures.map.layout import (
    BODY,
    INTERACTION_HEIGHT,
    LABEL_WIDTH,
    LEADING,
    MARGIN,
    NOTE,
    PAD,
    ROW_SHARES,
    SHEET_HEIGHT,
    SHEET_WIDTH,
    STAGE,
    TITLE,
    Box,
    Layout,
)  # fmt: skip
from journeylib.figures.map.marks import draw_hourglass, draw_outlined_chevron
from journeylib.figures.svg import points
from journeylib.figures.text_fit import balance, cut, text_width, wrap

_CONFIDENCE_WIDTH = 62.0
_ICON_WIDTH = 10.0
_CHEVRON_TIP = 4.0
#: A chevron with less room than this has no name in it: the names stand beside the row.
_NARROWEST_NAME = 8.0


# --- head -------------------------------------------------------------------------------------------------------------


def draw_head(sheet, head, cells, model, words) -> float:
    """Title, whose journey, and the map's confidence (where cells are given); returns where the rows may begin."""
    sheet.zone = "head"
    left, right = MARGIN + _ICON_WIDTH, SHEET_WIDTH - MARGIN - _CONFIDENCE_WIDTH - 4
    _draw_person(sheet, MARGIN + 3.6, MARGIN + 0.6)
    y = MARGIN + TITLE * 0.84
    for line in balance(head["title"], right - left, TITLE, max_lines=2, bold=True):
        sheet.text(left, y, line, TITLE, (left, right), bold=True)
        y += TITLE * 1.18
    y += 0.2 - TITLE * 1.18 + BODY * 1.75
    for line in wrap(" · ".join(head["about"]), SHEET_WIDTH - MARGIN - left, BODY, max_lines=2):
        sheet.text(left, y, line, BODY, (left, SHEET_WIDTH - MARGIN), fill=palette.GREY)
        y += BODY * LEADING
    if cells is not None:
        _draw_confidence(sheet, cells, model, words)
    return y + 0.6


def _draw_person(sheet, x, y):
    sheet.circle(x, y + 2.0, 2.0, fill=palette.BLUE)
    turns = [math.pi * i / 16 for i in range(17)]
    sheet.polygon([(x - 3.6 * math.cos(turn), y + 9.2 - 4.4 * math.sin(turn)) for turn in turns], fill=palette.BLUE)


def _draw_confidence(sheet, cells, model, words):
    """How many stages stand on strong, good, weak evidence or on assumptions: the report's confidence."""
    found = [cells.cell("evidence", stage) for stage in model.ids]
    grades = [int(cell.value("grade")) if cell.status == "known" else None for cell in found]
    right = SHEET_WIDTH - MARGIN
    left = right - _CONFIDENCE_WIDTH
    sheet.text(right, MARGIN + NOTE, cut(words.say("map.evidence.map"), _CONFIDENCE_WIDTH, NOTE), NOTE, (left, right), fill=palette.GREY, anchor="end")
    width, y = 7.6, MARGIN + NOTE + 4.2
    for i, grade in enumerate(reversed(grades)):
        centre = right - width / 2 - i * width
        if grade is None:
            sheet.rect(centre - 2.6, y - 1.6, 5.2, 3.2, fill=f"url(#{sheet.prefix}-hatch)", radius=0.5)
        else:
            draw_dots(sheet, centre - 1.25 * max(grade - 1, 0) * 0.8, y, grade, radius=0.8)


# --- rows and columns -------------------------------------------------------------------------------------------------


def draw_ground(sheet, layout: Layout):
    """The faint ground of the company's rows, lines between rows and between stages."""
    top, _ = layout.row("our_activities")
    right = SHEET_WIDTH - MARGIN
    sheet.rect(MARGIN - PAD, top, right - MARGIN + PAD, layout.bottom - top, fill=palette.GREY_FAINT)
    for row in list(ROW_SHARES)[2:]:
        if row != "our_activities":
            y, _ = layout.row(row)
            sheet.line(MARGIN, y, right, y, stroke=palette.GREY_PALE, line=0.25)
    first, _ = layout.row("go_on")
    for i in range(layout.n_stages + 1):
        x = layout.left + i * layout.column_width
        if i < layout.n_stages:
            sheet.line(x, first, x, layout.bottom, stroke=palette.GREY_PALE, line=0.25)
    if layout.n_after:
        sheet.line(layout.right, first, layout.right, layout.bottom, stroke=palette.GREY_PALE, line=0.25)
    sheet.line(MARGIN, layout.bottom, right, layout.bottom, stroke=palette.GREY_MID, line=0.3)


def draw_labels(sheet, layout: Layout, words, cells, whole_journey: str = ""):
    """The row's name and how to read it."""
    names = knowledge.load("rows")
    for row in ROW_SHARES:
        sheet.zone, sheet.stage = row, "label"
        name = words.label(names["stage_row"] if row == "stage" else names["map_rows"][row]["name"])
        box = layout.label(row)
        room = Box(box.left, box.top + 1.4, box.width - (9.0 if row == "emotion" else 2.5), box.height - 1.8)
        if row == "emotion" and cells.any_named("mean"):
            room = room.part(top=room.height * 0.33)
        lines = [Line(name, bold=True, max_lines=2)]
        if hint := _hint(row, cells, words):
            lines.append(Line(hint, fill=palette.GREY, size=points(6.8), max_lines=3 if room.height > 12 else 2))
        if row == "gaps" and whole_journey:
            lines = [Line(name, bold=True, max_lines=2), Line(whole_journey, fill=palette.RED, size=points(6.8), max_lines=4)]
        if room.height < 11:
            lines = lines[:1] if row in ("time",) and _long(name, room) else lines
        if row == "time" and cells.cell("time", "").get("too_long", 1):
            lines = [Line(name, bold=True, max_lines=1), Line(words.say("map.time.whole_too_long"), fill=palette.RED, size=points(6.8), max_lines=1, indent=2.6)]
            room = room.part(top=-0.6)
        baselines = flow(sheet, room, lines, points(8.2), leading=1.2)
        if lines[-1].indent and len(baselines) > 1:
            draw_hourglass(sheet, room.left, baselines[-1] - points(6.8) * 0.34, 2.6)
    sheet.stage = ""


def draw_scope(sheet, layout: Layout, model, words):
    """Beside the chevrons, under the row's name: stages outside the scope, outlined, and phases of yours that meet no stage (M004)."""
    sheet.zone, sheet.stage = "stage", "label"
    size, room = points(6.8), layout.label("stage").part(top=5.2, right=2.5, bottom=0.4)
    outside = [words.label(stage.label) for stage in model.stages if not stage.in_scope]
    lines = [Line(words.say("map.stage.outside", stages=words.list(outside)), fill=palette.GREY, indent=6.2, max_lines=2)] if outside else []
    phases = phases_unmet(model, words)
    lines += [Line(words.say("map.stage.unmet_phases", phases=words.list(phases)), fill=palette.AMBER, max_lines=2)] if phases else []
    baselines = flow(sheet, room, lines, size, leading=1.2)
    if outside:
        draw_outlined_chevron(sheet, room.left, baselines[0] - size * 0.34)
    sheet.stage = ""


def phases_unmet(model, words) -> list[str]:
    """Names of the company's phases that no stage in scope is mapped to."""
    phases = knowledge.load("process")["phases"]
    return [words.label(phases[name]["label"]) for name in model.phases_without_stage]


def phase_names(stage, words) -> list[str]:
    """Names of the company's phases that work with a stage."""
    phases = knowledge.load("process")["phases"]
    return [words.label(phases[name]["label"]) for name in stage.process if name in phases]


def _hint(row, cells, words):
    """How to read the row; where it holds words alone, what the words are about."""
    places = [place for place in cells.by_place if place[0] == row]
    is_written = any(cells.cell(*place).status == "known" and cells.cell(*place).is_written for place in places)
    has_numbers = any(_has_numbers(cells.by_place[place]) for place in places)
    key = f"map.hints_of_words.{row}" if is_written and not has_numbers else f"map.hints.{row}"
    return words.say(key) if words.has(key) else ""


def _has_numbers(rows):
    return any(row["value"] is not None for row in rows)


def _long(name, room):
    return text_width(name, points(8.2), bold=True) > room.width


def draw_scale(sheet, box: Box, level_y, words):
    """The scale of the emotion row, with its ends in words."""
    sheet.zone, sheet.stage = "emotion", "label"
    for level in (2, 1, 0, -1, -2):
        sheet.text(box.right - 1.2, level_y(box, level) + NOTE * 0.33, words.score(level, 0), NOTE, (box.left, box.right), fill=palette.GREY, anchor="end")
    for level, key in ((2, "highest"), (-2, "lowest")):
        text = cut(words.say(f"map.emotion.{key}"), box.width - 9, NOTE)
        sheet.text(box.right - 6.2, level_y(box, level) + NOTE * 0.33, text, NOTE, (box.left, box.right - 6), fill=palette.GREY, anchor="end")
    sheet.stage = ""


def draw_chevrons(sheet, layout: Layout, model, words):
    """Dark chevrons with the stage's name, the company's phases under them, and the return arrow of a loop."""
    tip = min(_CHEVRON_TIP, layout.column_width * 0.06)
    name_size = _name_size([words.label(stage.label) for stage in model.in_scope], layout.column_width - 1.6 * tip - 1.6)
    for i, stage in enumerate(model.in_scope):
        sheet.zone, sheet.stage = "stage", stage.id
        box = layout.cell("stage", i)
        top, height = box.top + (2.6 if model.loops else 0.8), box.height - (7.2 if model.loops else 5.4)
        left, right, middle = box.left + 0.5, box.right - 0.5, top + height / 2
        notch = 0 if i == 0 and not layout.n_before else tip
        nose = right - 0.5 if i == layout.n_stages - 1 and not layout.n_after else right + tip - 1.2
        upper, lower = [(left, top), (right - tip, top), (nose, middle)], [(right - tip, top + height), (left, top + height)]
        corners = [*upper, *lower, (left + max(notch - 0.2, 0.0), middle)]
        sheet.polygon(corners, fill=palette.INK)
        inside = Box(left, top, right - left, height).part(left=max(notch + 0.6, 1.5), right=tip * 0.6)
        _draw_stage_name(sheet, inside, words.label(stage.label), name_size)
        names, size = phase_names(stage, words), min(NOTE, layout.note)
        text = cut(" · ".join(names) or words.say("map.stage.no_phase"), box.width - 2 * PAD, size)
        sheet.text(box.left + PAD, box.bottom - 1.3, text, size, box.room, fill=palette.GREY if names else palette.AMBER)
    sheet.stage = ""
    _draw_outside(sheet, layout, model, words, tip)
    if model.loops:
        _draw_loop(sheet, layout, words)


def _draw_outside(sheet, layout, model, words, tip):
    """Stages outside the scope: chevrons as high as the others, outlined only, with no column below them."""
    sheet.zone = "outside"
    for place, stage in enumerate(stage for stage in model.stages if not stage.in_scope):
        box = layout.outside(place)
        top, bottom, left, right = box.top + 0.8, box.bottom - 4.6, box.left + 0.5, box.right - 0.3
        middle, tip = (top + bottom) / 2, min(tip, box.width * 0.2)
        sheet.polygon([(left, top), (right - tip, top), (right, middle), (right - tip, bottom), (left, bottom), (left + tip, middle)], fill=palette.WHITE, stroke=palette.GREY_MID, line=0.35)
        inside = Box(left, top, right - left, bottom - top).part(left=tip + 0.5, right=tip * 0.5)
        if inside.width < _NARROWEST_NAME:
            continue
        size = points(6.4)
        lines = wrap(words.label(stage.label), inside.width, size, max_lines=3)
        first = middle - size * 1.08 * (len(lines) - 1) / 2 + size * 0.34
        for i, line in enumerate(lines):
            sheet.text(inside.left, first + i * size * 1.08, line, size, (inside.left - 0.1, inside.right + 0.3), fill=palette.GREY)


def _name_size(names, width):
    """One size for all stage names: the largest at which each stands whole, on one line or two."""
    for size, n in ((STAGE, 1), (points(9.5), 2), (points(8.6), 2), (points(7.8), 2), (points(7), 2), (points(6.4), 2)):
        lines = [line for name in names for line in wrap(name, width, size, max_lines=n, bold=True)]
        if not any(line.endswith(("…", "-")) for line in lines):
            break
    return size


def _draw_stage_name(sheet, box, name, size):
    lines = wrap(name, box.width, size, max_lines=2, bold=True)
    step = size * 1.08
    first = box.top + box.height / 2 - step * (len(lines) - 1) / 2 + size * 0.34
    for i, line in enumerate(lines):
        sheet.text(box.left, first + i * step, line, size, (box.left, box.right), fill=palette.WHITE, bold=True)


def _draw_loop(sheet, layout, words):
    first, last = layout.cell("stage", 0), layout.cell("stage", layout.n_stages - 1)
    y, x0, x1 = first.top + 0.9, first.left + first.width * 0.3, last.right - last.width * 0.3
    sheet.zone, sheet.stage = "loop", ""
    text, size = words.say("map.loop"), points(6.8)
    text = cut(text, x1 - x0 - 20, size)
    middle, half = (x0 + x1) / 2, text_width(text, size) / 2 + 1.5
    sheet.polyline([(x1, y + 1.5), (x1, y), (middle + half, y)], stroke=palette.GREY, line=0.3)
    sheet.polyline([(middle - half, y), (x0, y), (x0, y + 1.2)], stroke=palette.GREY, line=0.3)
    sheet.polygon([(x0 - 0.8, y + 0.6), (x0 + 0.8, y + 0.6), (x0, y + 1.8)], fill=palette.GREY)
    sheet.text(middle, y + size * 0.3, text, size, (x0, x1), fill=palette.GREY, anchor="middle")


def draw_interaction(sheet, layout: Layout, words):
    """The line of interaction: the customer above, the company below."""
    top, _ = layout.row("our_activities")
    y, right = top - INTERACTION_HEIGHT / 2, SHEET_WIDTH - MARGIN
    text, size = words.label(knowledge.load("rows")["line_of_interaction"]), NOTE
    sheet.zone = "interaction"
    sheet.text(MARGIN, y + size * 0.33, cut(text, LABEL_WIDTH - 2, size), size, (MARGIN, MARGIN + LABEL_WIDTH), fill=palette.INK, italic=True)
    for shift in (-0.4, 0.4):
        sheet.line(MARGIN + LABEL_WIDTH, y + shift, right, y + shift, stroke=palette.INK, line=0.25)


# --- foot -------------------------------------------------------------------------------------------------------------

_LEGEND, _LEGEND_STEP, _LEGEND_GAP = points(6.8), NOTE * 1.45, 4.2


def legend_lines(entries) -> list[list]:
    """The entries in lines as wide as the sheet."""
    lines, x = [[]], MARGIN
    for entry in entries:
        whole = entry[1] + text_width(entry[2], _LEGEND) + _LEGEND_GAP
        if x + whole > SHEET_WIDTH - MARGIN + _LEGEND_GAP:
            lines, x = [*lines, []], MARGIN
        lines[-1].append(entry)
        x += whole
    return lines


def foot_height(entries) -> float:
    """Room for the legend, in two lines or more, and one line of rules."""
    return (max(2, len(legend_lines(entries))) + 1) * _LEGEND_STEP + 1.4


def draw_foot(sheet, head, entries, words):
    """The legend, then the rules of counting and the run."""
    sheet.zone = "foot"
    size, right, lines = _LEGEND, SHEET_WIDTH - MARGIN, legend_lines(entries)
    y = SHEET_HEIGHT - MARGIN - max(2, len(lines)) * _LEGEND_STEP
    for line in lines:
        x = MARGIN
        for draw, width, text in line:
            draw(sheet, x, y - size * 0.33)
            sheet.text(x + width, y, text, size, (x, right), fill=palette.GREY)
            x += width + text_width(text, size) + _LEGEND_GAP
        y += _LEGEND_STEP
    rules = cut(" ".join(head["foot"]), right - MARGIN, size)
    sheet.text(MARGIN, SHEET_HEIGHT - MARGIN, rules, size, (MARGIN, right), fill=palette.GREY)
