"""A square of shares between every two of a few things, and a curve of steps as columns; HTML that reflows on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.tables import draw_key, table_box


@dataclass(frozen=True)
class Share:
    """A cell: its text, and the share that shades it; None = the row's own column."""

    text: str
    share: float | None


def draw_share_matrix(corner: str, total: str, names: Sequence[str], rows: Sequence[tuple[str, Sequence[Share]]], *, caption: str) -> str:
    """Of the row, the share found in the column; a second column tells how many the row is of.

    Parameters
    ----------
    corner, total : headings of the first two columns. names : headings of the others, in the order of the cells.
    rows : (number in words, cells), one for each of `names`.
    """
    head = f'<th scope="col" role="columnheader">{escape(corner)}</th><th scope="col" role="columnheader" class="number">{escape(total)}</th>'
    head += "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in names)
    body = "\n".join(_row(name, number, cells, names, total) for name, (number, cells) in zip(names, rows, strict=True))
    return table_box(head, body, caption=caption, name=caption, kind="share-matrix")


def _row(name, number, cells, names, total):
    drawn = "".join(_cell(cell, column) for cell, column in zip(cells, names, strict=True))
    return (f'<tr role="row"><th scope="row" role="rowheader">{escape(name)}</th><td role="cell" class="number" data-label="{escape(total, quote=True)}">'
            f"{escape(number)}</td>{drawn}</tr>")  # fmt: skip


def _cell(cell: Share, column: str) -> str:
    if cell.share is None:
        return f'<td role="cell" class="self none" data-label="{escape(column, quote=True)}">{escape(cell.text)}</td>'
    kind = "s-0 none" if cell.share == 0 else f"s-{1 + (cell.share > 1 / 3) + (cell.share > 2 / 3)}"
    return f'<td role="cell" class="{kind}" data-label="{escape(column, quote=True)}">{escape(cell.text)}</td>'


@dataclass(frozen=True)
class Step:
    """One column: what was there before, what the step adds, and both in words."""

    before: float
    added: float
    text: str


def draw_steps(steps: Sequence[Step], *, caption: str, before: str, added: str) -> str:
    """Columns that grow: the pale part was there before, the dark part is new."""
    most = max((step.before + step.added for step in steps), default=0) or 1
    key = draw_key("blue", added) + draw_key("blue_pale", before)
    columns = "".join(f'<span title="{escape(step.text, quote=True)}"><i class="fill-blue" style="height:{step.added / most * 100:.1f}%"></i>'
                      f'<i class="fill-blue_pale" style="height:{step.before / most * 100:.1f}%"></i></span>' for step in steps)  # fmt: skip
    heard = "".join(f"<li>{escape(step.text)}</li>" for step in steps)
    return (f'<figure class="step-columns" role="group" aria-label="{escape(caption, quote=True)}"><figcaption>{escape(caption)}</figcaption>'
            f'<p class="legend" aria-hidden="true">{key}</p><div class="step-plot" aria-hidden="true">{columns}</div><ul class="heard">{heard}</ul></figure>')  # fmt: skip
