"""The emotion row: points, straight segments, a band of uncertainty and the distribution behind each mean (practice C4, E)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from journeylib.figures import palette
from journeylib.figures.map.drawing import draw_said, draw_suppressed, draw_unknown
from journeylib.figures.map.layout import BODY, PAD, Box
from journeylib.figures.map.words import N_FOR_SHARES, quoted
from journeylib.figures.text_fit import text_width, wrap

LEVELS = (2, 1, 0, -1, -2)
N_FOR_POINT = 5
#: Under this share of customers asked at both ends, the segment is dotted: different people answered.
OVERLAP = 0.3
#: Radius of the star of a moment of truth, and the room it takes before the figures.
STAR, STAR_ROOM = 1.5, 4.0
_EDGE = 7.5
_STRIP = 5.0
_QUOTE_LINES = 3


@dataclass(frozen=True)
class _Point:
    x: float
    y: float
    value: float
    lo: float
    hi: float
    n: int
    overlap: float | None


def level_y(box: Box, value: float) -> float:
    """Height of a score in the row: +2 near its top, −2 near its bottom."""
    value = max(-2.0, min(2.0, value))
    return box.top + box.height / 2 - value / 2 * (box.height / 2 - _EDGE)


def draw_emotions(sheet, boxes: list[Box], cells, words, layout):
    """The whole row at once, since the curve runs across the stages."""
    for box in boxes if any(cell.get("mean") for cell in cells) else ():
        for level in LEVELS:
            dash, stroke = ("1.4 1", palette.GREY_MID) if level == 0 else ("", palette.GREY_PALE)
            sheet.line(box.left, level_y(box, level), box.right, level_y(box, level), stroke=stroke, line=0.2, dash=dash)
    points = [_point(box, cell) for box, cell in zip(boxes, cells, strict=True)]
    _draw_bands(sheet, boxes, points)
    for box, cell in zip(boxes, cells, strict=True):
        _draw_strip(sheet, box, cell)
    _draw_last_time(sheet, boxes, cells)
    _draw_segments(sheet, points)
    n_most = max((point.n for point in points if point), default=1)
    for i, (box, cell) in enumerate(zip(boxes, cells, strict=True)):
        sheet.stage = cell.stage
        if points[i] is None:
            _draw_without_point(sheet, box, cell, words, layout, any(points))
            continue
        _draw_point(sheet, points[i], n_most)
        _draw_value(sheet, box, points, i, words, layout, is_moment=cell.get("is_moment", 2) is not None)
        _draw_quote(sheet, box, cell, points[i], words, layout)


def _point(box, cell):
    row = cell.get("mean")
    if row is None or row["n"] is None or row["n"] < N_FOR_POINT:
        return None
    value = row["value"]
    lo, hi = (value if row[end] is None else row[end] for end in ("lo", "hi"))
    overlap = row["extra"].get("overlap_next")
    return _Point(box.middle + _STRIP / 2, level_y(box, value), value, level_y(box, lo), level_y(box, hi), int(row["n"]), overlap)


def _draw_bands(sheet, boxes, points):
    """The 95 % band: between neighbours a straight-edged ribbon, alone a short bar."""
    for i, point in enumerate(points):
        after = points[i + 1] if i + 1 < len(points) else None
        if point and after:
            sheet.polygon([(point.x, point.hi), (after.x, after.hi), (after.x, after.lo), (point.x, point.lo)], fill=palette.BLUE_FAINT)
        if point:
            sheet.line(point.x, point.hi, point.x, point.lo, stroke=palette.BLUE_PALE, line=0.9)


def _draw_segments(sheet, points):
    for point, after in zip(points, points[1:], strict=False):
        if point and after:
            dash = "0.3 1.3" if point.overlap is not None and point.overlap < OVERLAP else ""
            sheet.polyline([(point.x, point.y), (after.x, after.y)], stroke=palette.BLUE, line=0.6, dash=dash)


def _draw_last_time(sheet, boxes, cells):
    """The curve of the last report, thin and grey; a stage nobody was asked about breaks it."""
    at = [None if value is None else (box.middle + _STRIP / 2, level_y(box, value))
          for box, value in zip(boxes, (cell.value("then", 3) for cell in cells), strict=True)]  # fmt: skip
    for here, after in zip(at, [*at[1:], None], strict=True):
        if here:
            sheet.circle(*here, 0.5, fill=palette.GREY_MID)
        if here and after:
            sheet.polyline([here, after], stroke=palette.GREY_MID, line=0.35)


def _draw_point(sheet, point, n_most):
    radius = 1.0 + 1.5 * math.sqrt(point.n / n_most)
    sheet.circle(point.x, point.y, radius + 0.5, fill=palette.WHITE)
    hollow = point.n < N_FOR_SHARES
    sheet.circle(point.x, point.y, radius, fill=palette.WHITE if hollow else palette.BLUE, stroke=palette.BLUE, line=0.5)


def _draw_strip(sheet, box, cell):
    """How the customers spread over the scale: five bars at the column's left edge, as long as their share."""
    row = cell.get("mean")
    shares = row["extra"].get("strip") if row is not None else None
    if not shares:
        return
    step = abs(level_y(box, 1) - level_y(box, 0))
    for level, share in zip((-2, -1, 0, 1, 2), shares, strict=True):
        sheet.rect(box.left + 1, level_y(box, level) - step * 0.36, _STRIP * share, step * 0.72, fill=palette.GREY_MID)


def _draw_value(sheet, box, points, i, words, layout, *, is_moment):
    """Mean and n by the point, on the side away from the line; before them the star, where the stage is the moment of truth."""
    point = points[i]
    value, n = words.score(point.value), words.say("map.emotion.n", n=point.n)
    around = [other.y for other in (points[i - 1] if i else None, points[i + 1] if i + 1 < len(points) else None) if other]
    above = not around or sum(around) / len(around) >= point.y
    y = point.y - 4.0 if above else point.y + 4.0 + BODY * 0.76
    y = min(max(y, box.top + BODY), box.bottom - 1.2)
    pieces = [(value, BODY, palette.BLUE, True), (f"  {n}", layout.note, palette.GREY, False)]
    half = sum(text_width(text, size, bold=bold) for text, size, _, bold in pieces) / 2 + STAR_ROOM / 2 * is_moment
    middle = min(max(point.x, box.left + PAD + _STRIP + half), box.right - PAD - half)
    sheet.rect(middle - half - 0.4, y - BODY * 0.8, 2 * half + 0.8, BODY * 1.02, fill=palette.WHITE, opacity=0.82)
    sheet.run(middle + STAR_ROOM / 2 * is_moment, y, pieces, box.room, anchor="middle")
    if is_moment:
        draw_star(sheet, middle - half + STAR, y - BODY * 0.34)


def draw_star(sheet, x, y):
    """A five-pointed star around (x, y)."""
    turns = [(STAR if i % 2 == 0 else STAR * 0.42, math.pi * (i / 5 - 0.5)) for i in range(10)]
    sheet.polygon([(x + radius * math.cos(turn), y + radius * math.sin(turn)) for radius, turn in turns], fill=palette.INK)


def _draw_quote(sheet, box, cell, point, words, layout):
    """A customer's words at the low and the high, on the side of the row the point leaves free."""
    row = cell.get("quote", 1)
    if row is None:
        return
    left, right, size = box.left + _STRIP + 2.4, box.right - PAD, layout.note
    lines = wrap(quoted(row["label"], words), right - left, size, max_lines=_QUOTE_LINES)
    step = size * 1.24
    first = box.top + 1.8 + size if point.value <= 0 else box.bottom - 2.2 - step * (len(lines) - 1)
    for i, line in enumerate(lines):
        sheet.text(left, first + i * step, line, size, (left, right), italic=True)


def _draw_without_point(sheet, box, cell, words, layout, any_curve):
    if cell.status == "unknown":
        draw_unknown(sheet, box, words.say("map.unknown"), layout.body)
    elif cell.status == "suppressed":
        draw_suppressed(sheet, box, cell.rows[0]["label"], layout.note)
    elif cell.get("mean") is not None:
        draw_suppressed(sheet, box, words.say("map.emotion.too_few", n=int(cell.get("mean")["n"])), layout.note)
    else:
        if any_curve:
            sheet.rect(box.left + 0.3, box.top + 0.3, box.width - 0.6, box.height - 0.6, fill=palette.WHITE)
        draw_said(sheet, box, cell, words, layout.body)
