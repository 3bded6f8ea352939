"""Bars as HTML that reflows on a phone: the funnel, channel mix, coverage and the value of actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Part:
    """One part of a stacked bar: its size, tone and the words shown in it and to screen readers."""

    size: float
    tone: str
    text: str
    label: str


def draw_stacked(rows: Sequence[tuple[str, Sequence[Part], str]], *, total: float, legend: Sequence[tuple[str, str]], alt: str) -> str:
    """Stacked bars on one common scale.

    Parameters
    ----------
    rows : (heading, parts, note under the bar).
    total : the size that fills the whole width.
    legend : (tone, words) in the order of the parts.
    alt : the sentence a screen reader hears instead.
    """
    key = "".join(f'<span class="key"><i class="swatch fill-{escape(tone)}"></i>{escape(words)}</span>' for tone, words in legend)
    body = "\n".join(_stack(heading, parts, note, total) for heading, parts, note in rows)
    return f'<figure class="bars" role="img" aria-label="{escape(alt, quote=True)}"><p class="legend">{key}</p>\n{body}\n</figure>'


def _stack(heading, parts, note, total):
    pieces = "".join(_part(part, total) for part in parts if part.size > 0)
    under = f'<p class="bar-note">{escape(note)}</p>' if note else ""
    return f'<div class="bar-row"><p class="bar-head">{escape(heading)}</p><div class="stack">{pieces}</div>{under}</div>'


def _part(part, total):
    width = part.size / total * 100 if total else 0
    text = escape(part.text) if width >= 2.2 * len(part.text) + 1 else ""
    return f'<span class="part fill-{escape(part.tone)}" style="width:{width:.2f}%" title="{escape(part.label, quote=True)}">{text}</span>'


@dataclass(frozen=True)
class Spread:
    """A value with its range, for a row of an interval chart."""

    heading: str
    lo: float
    middle: float
    hi: float
    text: str
    tone: str = "blue"


def draw_spreads(rows: Sequence[Spread], *, alt: str, start: float | None = None, end: float | None = None) -> str:
    """Ranges on one common scale, one row each: a line from lo to hi, a dot at the middle."""
    low = min([0.0, *(row.lo for row in rows)]) if start is None else start
    high = max([row.hi for row in rows], default=1.0) if end is None else end
    span = (high - low) or 1.0
    body = "\n".join(_spread(row, low, span) for row in rows)
    return f'<figure class="bars spreads" role="img" aria-label="{escape(alt, quote=True)}">\n{body}\n</figure>'


def _spread(row, low, span):
    left, middle, right = ((value - low) / span * 100 for value in (row.lo, row.middle, row.hi))
    return (f'<div class="bar-row"><p class="bar-head">{escape(row.heading)}</p><div class="lane">'
            f'<i class="range fill-{escape(row.tone)}" style="left:{left:.2f}%;width:{max(right - left, 0.4):.2f}%"></i>'
            f'<i class="dot" style="left:{middle:.2f}%"></i></div><p class="bar-note">{escape(row.text)}</p></div>')  # fmt: skip


def _lines(text):
    return "<br>".join(escape(line) for line in text.split("\n"))


def draw_matrix(headings: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, str]]]], *, caption: str) -> str:
    """A matrix of short texts, a line break for each new line, with a tone each (`hole`, `thin`, `covered`, `no_demand`, `not_checkable`); tones also differ by sign and hatch."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in headings)
    body = "\n".join(
        f'<tr><th scope="row">{escape(name)}</th>' + "".join(f'<td class="m-{escape(tone)}">{_lines(text)}</td>' for text, tone in cells) + "</tr>"
        for name, cells in rows
    )
    name = escape(caption, quote=True)
    return (f'<div class="table-box" role="region" tabindex="0" aria-label="{name}"><table class="matrix"><caption>{escape(caption)}</caption>'
            f"<thead><tr><td></td>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>")  # fmt: skip
