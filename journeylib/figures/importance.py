"""Importance against satisfaction (Martilla & James 1977), as SVG: a cross of intervals for each need, numbered, with the list beside in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain, product

from journeylib.figures import palette
from journeylib.figures.text_fit import text_width, wrap

#: Widths in pixels of the two drawings: a page's and a phone's.
WIDE, NARROW = 640.0, 350.0
SIZE, NAME_SIZE, DOT = 13.0, 12.0, 4.0
_LEFT, _TOP, _BOTTOM = 30.0, 12.0, 40.0
_MOST = 10.0
_WAYS = ((1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1), (1, 0), (0, 1), (-1, 0))


@dataclass(frozen=True)
class Point:
    """One need: its number in the list, importance and satisfaction on 0–10 with their intervals."""

    number: int
    importance: tuple[float, float, float]
    satisfaction: tuple[float, float, float]
    is_strong: bool = False


@dataclass(frozen=True)
class LabelBox:
    """Where a text stands: what no other label may cover."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: LabelBox) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


def draw_importance(points: Sequence[Point], *, words: dict[str, str], alt: str) -> str:
    """Needs by how well they are met (across) and how important they are (upwards), on a page and on a phone.

    Parameters
    ----------
    words : `importance`, `satisfaction` (the axes), `concentrate`, `keep`, `low`, `overkill` (the quadrants, lines at 5 of 10).
    alt : the sentence a screen reader hears.
    """
    wide, narrow = (_svg(lay_out(points, words, width), kind, width) for kind, width in (("wide", WIDE), ("narrow", NARROW)))
    return f'<figure class="curve" style="max-width:{WIDE:g}px" role="img" aria-label="{escape(alt, quote=True)}">{wide}{narrow}</figure>'


def lay_out(points: Sequence[Point], words: dict[str, str], width: float) -> tuple[list[str], list[LabelBox]]:
    """The parts of the drawing in order, and the boxes of all its labels."""
    plot = _Plot(width)
    names = _quadrant_names(plot, words)
    dots = [LabelBox("", x - DOT, y - DOT, x + DOT, y + DOT) for x, y in (plot.at(point) for point in points)]
    numbers, taken = [], [*names, *dots]
    for point in points:
        numbers.append(_free_place(plot, point, taken))
        taken.append(numbers[-1])
    parts = [*_frame(plot, words), *(_text(box, palette.GREY, NAME_SIZE) for box in names), *(part for point in points for part in _cross(plot, point)),
             *(_text(box, palette.RED if point.is_strong else palette.INK, SIZE, bold=True) for box, point in zip(numbers, points, strict=True))]  # fmt: skip
    return parts, [*names, *numbers]


@dataclass(frozen=True)
class _Plot:
    width: float

    @property
    def height(self):
        return min(self.width * 0.62, 380.0) if self.width > NARROW else self.width * 0.95

    @property
    def right(self):
        return self.width - 8

    @property
    def bottom(self):
        return self.height - _BOTTOM

    def x(self, score):
        return _LEFT + (self.right - _LEFT) * min(max(score, 0), _MOST) / _MOST

    def y(self, score):
        return self.bottom - (self.bottom - _TOP) * min(max(score, 0), _MOST) / _MOST

    def at(self, point):
        return self.x(point.satisfaction[0]), self.y(point.importance[0])


def _quadrant_names(plot, words):
    """Each name in the lower part of its quadrant, where few needs lie: needs asked about are seldom unimportant."""
    room = (plot.right - _LEFT) / 2 - 12
    boxes = []
    for key, left, line in (("concentrate", 0, 5), ("keep", 5, 5), ("low", 0, 0), ("overkill", 5, 0)):
        lines = wrap(words[key], room, NAME_SIZE, max_lines=2)
        for i, text in enumerate(lines):
            base = plot.y(line) - 8 - (len(lines) - 1 - i) * NAME_SIZE * 1.2
            x = plot.x(left) + 6
            boxes.append(LabelBox(text, x, base - NAME_SIZE, x + text_width(text, NAME_SIZE), base + 3))
    return boxes


def _free_place(plot, point, taken):
    """The nearest place beside the point where its number covers no other label and no other point."""
    x, y = plot.at(point)
    text = str(point.number)
    wide = text_width(text, SIZE, bold=True) + 2
    beside = ((x + across * (reach + wide / 2 - 5), y + up * reach) for reach, (across, up) in product((9, 15, 22, 30, 40, 52, 66), _WAYS))
    for across, up in chain(beside, _everywhere(plot, x, y)):
        box = _box(text, across, up, wide)
        inside = box.left >= _LEFT and box.right <= plot.right and box.top >= 0 and box.bottom <= plot.bottom
        if inside and not any(box.meets(other) for other in taken):
            return box
    return _box(text, x + 9, y - 9, wide)


def _everywhere(plot, x, y):
    """Places all over the plot, the nearest first: for needs so close together that none is left beside them."""
    spots = product(range(int(_LEFT), int(plot.right), 6), range(int(_TOP), int(plot.bottom), 6))
    return sorted(spots, key=lambda spot: ((spot[0] - x) ** 2 + (spot[1] - y) ** 2, spot))


def _box(text, x, y, wide):
    return LabelBox(text, x - wide / 2, y - SIZE * 0.55, x + wide / 2, y + SIZE * 0.55)


def _frame(plot, words):
    """Axes, the lines between the quadrants and, dashed, where a need is met as well as it is important."""
    left, top, right, bottom = _LEFT, _TOP, plot.right, plot.bottom
    yield f'<rect x="{left:g}" y="{top:g}" width="{right - left:g}" height="{bottom - top:g}" fill="none" stroke="{palette.GREY_PALE}"/>'
    yield f'<rect x="{left:g}" y="{top:g}" width="{plot.x(5) - left:g}" height="{plot.y(5) - top:g}" fill="{palette.GREY_FAINT}"/>'
    yield _line(plot.x(5), top, plot.x(5), bottom, palette.GREY_MID) + _line(left, plot.y(5), right, plot.y(5), palette.GREY_MID)
    yield _line(plot.x(0), plot.y(0), plot.x(10), plot.y(10), palette.GREY_MID, ' stroke-dasharray="4 4"')
    for score in (0, 5, 10):
        yield f'<text x="{plot.x(score):.1f}" y="{bottom + 15:.1f}" text-anchor="{"end" if score == 10 else "middle"}" font-size="12" fill="{palette.GREY}">{score}</text>'
        yield f'<text x="{left - 6:g}" y="{plot.y(score) + 4:.1f}" text-anchor="end" font-size="12" fill="{palette.GREY}">{score}</text>'
    yield f'<text x="{(left + right) / 2:.1f}" y="{bottom + 32:.1f}" text-anchor="middle" font-size="12.5" fill="{palette.INK}">{escape(words["satisfaction"])}</text>'
    yield (f'<text transform="translate(11 {(top + bottom) / 2:.1f}) rotate(-90)" text-anchor="middle" font-size="12.5" '
           f'fill="{palette.INK}">{escape(words["importance"])}</text>')  # fmt: skip


def _cross(plot, point):
    x, y = plot.at(point)
    colour = palette.RED if point.is_strong else palette.BLUE
    yield _line(plot.x(point.satisfaction[1]), y, plot.x(point.satisfaction[2]), y, colour, ' stroke-width="2" stroke-opacity="0.55"')
    yield _line(x, plot.y(point.importance[1]), x, plot.y(point.importance[2]), colour, ' stroke-width="2" stroke-opacity="0.55"')
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT:g}" fill="{colour}"/>'


def _line(x1, y1, x2, y2, colour, extra=""):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{extra}/>'


def _text(box, colour, size, bold=False):
    weight = ' font-weight="700"' if bold else ""
    return (f'<text x="{box.left + (1 if bold else 0):.1f}" y="{box.bottom - size * 0.2:.1f}" font-size="{size:g}" fill="{colour}"{weight} '
            f'style="paint-order:stroke" stroke="{palette.WHITE}" stroke-width="3" stroke-linejoin="round">{escape(box.text)}</text>')  # fmt: skip


def _svg(laid_out, kind, width):
    parts, _ = laid_out
    height = _Plot(width).height
    return (f'<svg class="{kind}" viewBox="0 0 {width:g} {height:g}" aria-hidden="true" focusable="false" '
            f'font-family="{escape(palette.FONTS, quote=True)}">{"".join(parts)}</svg>')  # fmt: skip
