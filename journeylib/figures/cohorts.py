"""The cohort triangle: a row a month of beginning, a column a time since; what is too early to tell is hatched, never low."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.tables import set_text, table_box


@dataclass(frozen=True)
class Cell:
    """A cell: its text and the interval under it, and the share that shades it; None = not ripe."""

    text: str
    under: str = ""
    share: float | None = None


def draw_cohorts(headings: Sequence[str], rows: Sequence[tuple[str, str, Sequence[Cell]]], *, caption: str, key: str) -> str:
    """The triangle as a table whose cells are shaded by thirds of their share.

    Parameters
    ----------
    headings : of the month of beginning, of the number, and of each time since. rows : (month, number in words, cells).
    key : what the hatching and the second line of a cell mean.
    """
    head = "".join(f'<th scope="col" role="columnheader"{"" if i == 0 else _NUMBER}>{escape(text)}</th>' for i, text in enumerate(headings))
    body = "\n".join(_row(month, number, cells, headings) for month, number, cells in rows)
    return table_box(head, body, caption=caption, name=caption, kind="cohorts") + f'<p class="bar-note">{set_text(key)}</p>'


_NUMBER = ' class="number"'


def _row(month, number, cells, headings):
    drawn = "".join(_cell(cell, heading) for cell, heading in zip(cells, headings[2:], strict=True))
    return (f'<tr role="row"><th scope="row" role="rowheader">{escape(month)}</th>'
            f'<td role="cell" class="number" data-label="{escape(headings[1], quote=True)}">{escape(number)}</td>{drawn}</tr>')  # fmt: skip


def _cell(cell, heading):
    label = f'data-label="{escape(heading, quote=True)}"'
    if cell.share is None:
        return f'<td role="cell" class="unripe" {label}><span class="early">{escape(cell.text)}</span></td>'
    tone = 0 if cell.share == 0 else 1 + (cell.share > 1 / 3) + (cell.share > 2 / 3)
    under = f'<span class="line">{escape(cell.under)}</span>' if cell.under else ""
    return f'<td role="cell" class="number s-{tone}" {label}>{escape(cell.text)}{under}</td>'
