"""Bars as HTML that reflows on a phone: the funnel, channel mix, coverage and the value of actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.tables import draw_key, set_text, table_box


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
    legend : (tone, words) in the order of the parts; what no bar shows is left out.
    alt : the sentence a screen reader hears first.
    """
    used = {part.tone for _, parts, _ in rows for part in parts if part.size > 0}
    key = "".join(draw_key(tone, words) for tone, words in legend if tone in used)
    body = "\n".join(_stack(heading, parts, note, total) for heading, parts, note in rows)
    return _figure(alt, (f'<p class="legend" aria-hidden="true">{key}</p>\n' if key else "") + body)


def draw_counts(rows: Sequence[tuple[str, float]], *, say: Callable[[float], str], alt: str) -> str:
    """Plain bars of (heading, number) on one scale, each number written after its heading by `say`."""
    most = max((n for _, n in rows), default=0) or 1
    body = "\n".join(
        f'<div class="bar-row"><p class="bar-head">{escape(heading)} <span class="bar-value">{escape(say(n))}</span></p>'
        f'<div class="stack thin"><span class="part fill-blue" style="width:{n / most * 100:.2f}%"></span></div></div>'
        for heading, n in rows
    )
    return _figure(alt, "\n" + body, " spreads")


def _figure(alt, body, kind=""):
    return f'<figure class="bars{kind}" role="group" aria-label="{escape(alt, quote=True)}">{body}\n</figure>'


def _stack(heading, parts, note, total):
    drawn = [part for part in parts if part.size > 0]
    pieces = "".join(_part(part, total) for part in drawn)
    small = "".join(draw_key(part.tone, part.label) for part in drawn if not _fits(part, total))
    under = (f'<p class="legend small-parts" aria-hidden="true">{small}</p>' if small else "") + (f'<p class="bar-note">{set_text(note)}</p>' if note else "")
    return f'<div class="bar-row"><p class="bar-head">{escape(heading)}</p><div class="stack">{pieces}</div>{under}</div>'


def _fits(part, total):
    """Whether the part's text has room inside it, on a phone too; what has none is written under the bar."""
    return bool(total) and part.size / total * 100 >= 2.4 * len(part.text) + 1.5


def _part(part, total):
    width = part.size / total * 100 if total else 0
    text = f'<span aria-hidden="true">{escape(part.text)}</span>' if _fits(part, total) else ""
    label = escape(part.label, quote=True)
    return f'<span class="part fill-{escape(part.tone)}" style="width:{width:.2f}%" title="{label}">{text}<span class="heard">{label}</span></span>'


@dataclass(frozen=True)
class Spread:
    """A value with its range, for a row of an interval chart."""

    heading: str
    lo: float
    middle: float
    hi: float
    text: str
    tone: str = "blue"


def draw_spreads(rows: Sequence[Spread], *, alt: str, start: float | None = None, end: float | None = None, caption: str = "", caution: str = "") -> str:
    """Ranges on one common scale, one row each: a line from lo to hi, a dot at the middle; a caution stands in the figure, over the rows."""
    low = min([0.0, *(row.lo for row in rows)]) if start is None else start
    high = max([row.hi for row in rows], default=1.0) if end is None else end
    span = (high - low) or 1.0
    body = "\n".join(_spread(row, low, span) for row in rows)
    head = (f'<p class="caution">{set_text(caution)}</p>' if caution else "") + (f'<p class="bar-note">{set_text(caption)}</p>' if caption else "")
    return _figure(alt, f"{head}\n{body}", " spreads")


def _spread(row, low, span):
    left, middle, right = ((value - low) / span * 100 for value in (row.lo, row.middle, row.hi))
    return (f'<div class="bar-row"><p class="bar-head">{escape(row.heading)} <span class="bar-value">{set_text(row.text)}</span></p><div class="lane">'
            f'<i class="range fill-{escape(row.tone)}" style="left:{left:.2f}%;width:{max(right - left, 0.4):.2f}%"></i>'
            f'<i class="dot" style="left:{middle:.2f}%"></i></div></div>')  # fmt: skip


def _lines(text):
    return "<br>".join(escape(line) for line in text.split("\n"))


def draw_matrix(headings: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, str]]]], *, caption: str) -> str:
    """A matrix of short texts, a line break for each new line, with a tone each (`hole`, `thin`, `covered`, `no_demand`, `not_checkable`); tones also differ by sign and hatch."""
    head = '<td role="cell"></td>' + "".join(f'<th scope="col" role="columnheader">{escape(text)}</th>' for text in headings)
    body = "\n".join(
        f'<tr role="row"><th scope="row" role="rowheader">{escape(name)}</th>'
        + "".join(
            f'<td role="cell" class="m-{escape(tone)}" data-label="{escape(heading, quote=True)}">{_lines(text)}</td>'
            for heading, (text, tone) in zip(headings, cells, strict=True)
        )
        + "</tr>"
        for name, cells in rows
    )
    return table_box(head, body, caption=caption, name=caption, kind="matrix")
