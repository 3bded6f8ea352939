"""A sheet of SVG that writes real text, escapes everything, and remembers where each text stands."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from journeylib.figures import palette
from journeylib.figures.text_fit import ASCENT, DESCENT, text_width

MM_PER_POINT = 25.4 / 72
_BOLD = ' font-weight="700"'


def points(size: float) -> float:
    """Points as millimetres."""
    return size * MM_PER_POINT


@dataclass(frozen=True)
class PlacedText:
    """One line of text on the sheet: its box in millimetres, and the box it must stay inside."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    room_left: float
    room_right: float
    zone: str
    stage: str


@dataclass
class Sheet:
    """The growing drawing: SVG parts in order, and the texts with their boxes. `prefix` begins every id in it."""

    width: float
    height: float
    prefix: str = "map"
    parts: list[str] = field(default_factory=list)
    texts: list[PlacedText] = field(default_factory=list)
    zone: str = ""
    stage: str = ""

    def rect(self, x, y, width, height, *, fill="none", stroke="none", line=0.2, dash="", radius=0.0, opacity=None):
        extra = _attributes(stroke=stroke, line=line, dash=dash) + (f' rx="{_n(radius)}"' if radius else "")
        extra += f' fill-opacity="{_n(opacity)}"' if opacity else ""
        self.parts.append(f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill}"{extra}/>')

    def line(self, x1, y1, x2, y2, *, stroke=palette.GREY_PALE, line=0.2, dash=""):
        extra = _attributes(stroke=stroke, line=line, dash=dash)
        self.parts.append(f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"{extra}/>')

    def circle(self, x, y, radius, *, fill="none", stroke="none", line=0.2, dash=""):
        extra = _attributes(stroke=stroke, line=line, dash=dash)
        self.parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{fill}"{extra}/>')

    def polygon(self, corners, *, fill="none", stroke="none", line=0.2, dash="", opacity=None):
        extra = _attributes(stroke=stroke, line=line, dash=dash) + (f' opacity="{_n(opacity)}"' if opacity else "")
        self.parts.append(f'<polygon points="{_corners(corners)}" fill="{fill}"{extra}/>')

    def polyline(self, corners, *, stroke, line=0.3, dash=""):
        extra = _attributes(stroke=stroke, line=line, dash=dash)
        self.parts.append(f'<polyline points="{_corners(corners)}" fill="none"{extra} stroke-linejoin="round"/>')

    def text(self, x, y, text, size, room, *, fill=palette.INK, bold=False, italic=False, anchor="start"):
        """One line with its baseline at y; `room` = (left, right) limits it must keep; size in millimetres."""
        if not text:
            return
        width = text_width(text, size, bold=bold)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
        placed = PlacedText(text, left, y - ASCENT * size, left + width, y + DESCENT * size, *room, self.zone, self.stage)
        self.texts.append(placed)
        style = (_BOLD if bold else "") + (' font-style="italic"' if italic else "")
        style += f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.parts.append(f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{fill}"{style}>{escape(text)}</text>')


    def run(self, x, y, pieces, room, *, anchor="start"):
        """One line of several pieces (text, size, fill, bold) that follow each other without a gap between."""
        pieces = [piece for piece in pieces if piece[0]]
        width = sum(text_width(text, size, bold=bold) for text, size, _, bold in pieces)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
        tall = max((size for _, size, _, _ in pieces), default=0.0)
        whole = "".join(text for text, _, _, _ in pieces)
        self.texts.append(PlacedText(whole, left, y - ASCENT * tall, left + width, y + DESCENT * tall, *room, self.zone, self.stage))
        spans = "".join(_span(*piece) for piece in pieces)
        style = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.parts.append(f'<text x="{_n(x)}" y="{_n(y)}" xml:space="preserve"{style}>{spans}</text>')


def escape(text: str) -> str:
    """Text made safe for markup; characters XML cannot hold are left out."""
    legal = (c for c in str(text) if c in "\t\n\r" or 0x20 <= ord(c) <= 0xD7FF or 0xE000 <= ord(c) <= 0xFFFD or ord(c) >= 0x10000)
    return html.escape("".join(legal), quote=True)


def _span(text, size, fill, bold):
    return f'<tspan font-size="{_n(size)}" fill="{fill}"{_BOLD if bold else ""}>{escape(text)}</tspan>'


def _n(value: float) -> str:
    """A number in two decimals, without trailing noughts: the same bytes everywhere."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _attributes(*, stroke, line, dash):
    if stroke == "none":
        return ""
    return f' stroke="{stroke}" stroke-width="{_n(line)}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _corners(corners):
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in corners)
