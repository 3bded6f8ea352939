"""Small drawings the rows of the map share: unknown, hidden and assumed cells, lists of lines, bars and dots."""

from __future__ import annotations

from dataclasses import dataclass

from journeylib.figures import palette
from journeylib.figures.map.cells import Cell
from journeylib.figures.map.layout import LEADING, PAD, Box
from journeylib.figures.map.words import said_text
from journeylib.figures.svg import Sheet
from journeylib.figures.text_fit import ASCENT, cut, n_lines, text_width, wrap


@dataclass(frozen=True)
class Line:
    """A text to set in a list, with how it looks and how much room is kept free on its right."""

    text: str
    fill: str = palette.INK
    bold: bool = False
    italic: bool = False
    indent: float = 0.0
    keep_right: float = 0.0
    size: float = 0.0
    max_lines: int = 9


def flow(sheet: Sheet, box: Box, lines: list[Line], size: float, *, leading: float = LEADING) -> list[float]:
    """Set texts under each other inside the box, sharing its height; returns the baseline of the first line of each."""
    step = size * leading
    n_room = max(1, int(box.height / step + 0.01))
    lines = lines[:n_room]
    allowed = _share_lines([_wanted(line, box, size) for line in lines], n_room)
    baselines, y = [], box.top + size * ASCENT + (step - size) / 2
    for line, n_allowed in zip(lines, allowed, strict=True):
        baselines.append(y)
        left, right = box.left + line.indent, box.right - line.keep_right
        for piece in wrap(line.text, right - left, line.size or size, max_lines=n_allowed, bold=line.bold):
            sheet.text(left, y, piece, line.size or size, (left, right), fill=line.fill, bold=line.bold, italic=line.italic)
            y += step
    return baselines


def _wanted(line, box, size):
    width = box.width - line.indent - line.keep_right
    return min(line.max_lines, max(1, n_lines(line.text, width, line.size or size, bold=line.bold)))


def _share_lines(wanted, n_room):
    """One line each, then the rest to those that want more, from the top."""
    allowed = [1] * len(wanted)
    for i, want in enumerate(wanted):
        allowed[i] += min(want - 1, n_room - sum(allowed))
    return allowed


def inner(box: Box, *, top: float = 1.5, bottom: float = 1.0) -> Box:
    """The box inside its padding."""
    return box.part(left=PAD, right=PAD, top=top, bottom=bottom)


def draw_unknown(sheet: Sheet, box: Box, text: str, size: float):
    """Hatch and the word: a cell nobody knows anything about is never blank."""
    sheet.rect(box.left + 1, box.top + 1, box.width - 2, box.height - 2, fill=f"url(#{sheet.prefix}-hatch)", radius=0.8)
    _plate(sheet, box, text, size, italic=True)


def draw_suppressed(sheet: Sheet, box: Box, text: str, size: float):
    """A grey field that says a small group is hidden."""
    sheet.rect(box.left + 1, box.top + 1, box.width - 2, box.height - 2, fill=palette.GREY_FAINT, stroke=palette.GREY_PALE, radius=0.8)
    _plate(sheet, box, text, size, fill="none")


def _plate(sheet, box, text, size, *, fill=palette.WHITE, italic=False):
    text = cut(text, box.width - 2 * PAD - 2, size)
    width, y = text_width(text, size) + 2.4, box.top + box.height / 2
    sheet.rect(box.middle - width / 2, y - size * 0.8, width, size * 1.5, fill=fill, radius=0.7)
    sheet.text(box.middle, y + size * 0.33, text, size, box.room, fill=palette.GREY, italic=italic, anchor="middle")


def draw_said(sheet: Sheet, box: Box, cell: Cell, words, size: float):
    """What staff say or what is assumed: an assumption in italics, after a small ring."""
    rows = sorted(cell.rows, key=lambda row: (row["name"] == "question", row["item"]))
    room = inner(box)
    lines = [Line(said_text(row, words), italic=row["kind"] == "assumed", indent=3.2, fill=palette.INK) for row in rows if row["label"]]
    for baseline, row in zip(flow(sheet, room, lines, size), rows, strict=False):
        draw_dots(sheet, room.left + 0.9, baseline - size * 0.3, 0 if row["kind"] == "assumed" else 1, radius=0.75)


def draw_dots(sheet: Sheet, x: float, y: float, grade: int, *, radius: float = 1.1) -> float:
    """The grade as a ring (0) or one to three dots, amber where weak; returns where they end."""
    colour = palette.AMBER if grade <= 1 else palette.INK
    if grade == 0:
        sheet.circle(x, y, radius * 0.86, fill=palette.WHITE, stroke=colour, line=radius * 0.32)
        return x + radius
    for i in range(grade):
        sheet.circle(x + i * radius * 2.5, y, radius, fill=colour)
    return x + (grade - 1) * radius * 2.5 + radius


def draw_tick(sheet: Sheet, x: float, y: float, size: float, colour: str):
    sheet.polyline([(x, y - size * 0.35), (x + size * 0.28, y), (x + size * 0.8, y - size * 0.75)], stroke=colour, line=size * 0.16)
