"""Shares as dots in a table: a disc by size for one share, two marks on a line for two that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.tables import set_text, table_box

#: Diameter of the disc of 100 %.
WIDEST_PX = 26


@dataclass(frozen=True)
class Disc:
    """One share (0–1) as a disc whose area it is, before its text."""

    share: float
    text: str


@dataclass(frozen=True)
class Pair:
    """Two shares on one line from 0 to 100 %: a full dot for the first, a ring for the second; their text under it."""

    first: float
    second: float
    text: str


def draw_dots(headings: Sequence[str], rows: Sequence[Sequence], *, key: Sequence[str], alt: str, caption: str = "") -> str:
    """A table of discs and pairs under a key of what the dot and the ring stand for.

    Parameters
    ----------
    headings : column headings, in words; the first column heads the rows.
    rows : a name, then cells as `Disc`, `Pair` or None (a dash). key : what the dot and the ring of a pair are; none = no pairs.
    """
    head = "".join(f'<th scope="col" role="columnheader">{set_text(text)}</th>' for text in headings)
    body = "\n".join(_row(row, headings) for row in rows)
    legend = f'<p class="legend">{"".join(_key(kind, text) for kind, text in zip(("dot-first", "dot-second"), key, strict=False))}</p>' if key else ""
    return f'<figure class="dots" role="group" aria-label="{escape(alt, quote=True)}">{legend}{table_box(head, body, caption=caption, name=alt)}</figure>'


def _key(kind, text):
    return f'<span class="key"><i class="mark {kind}"></i>{escape(text)}</span>'


def _row(row, headings):
    name, *cells = row
    drawn = "".join(f'<td role="cell" data-label="{escape(heading, quote=True)}">{_cell(cell)}</td>' for cell, heading in zip(cells, headings[1:], strict=True))
    return f'<tr role="row"><th scope="row" role="rowheader">{set_text(name)}</th>{drawn}</tr>'


def _cell(cell):
    if cell is None:
        return "–"
    if isinstance(cell, Disc):
        size = WIDEST_PX * min(max(cell.share, 0.0), 1.0) ** 0.5
        return f'<span class="disc-box"><i class="disc" aria-hidden="true" style="width:{size:.1f}px;height:{size:.1f}px"></i></span>{set_text(cell.text)}'
    marks = "".join(f'<i class="mark {kind}" style="left:{min(max(share, 0.0), 1.0) * 100:.1f}%"></i>' for kind, share in (("dot-first", cell.first), ("dot-second", cell.second)))
    return f'<span class="pair-line" aria-hidden="true">{marks}</span><span class="pair-text">{set_text(cell.text)}</span>'
