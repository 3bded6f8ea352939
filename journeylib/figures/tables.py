"""Tables as HTML: a caption, row headings, numbers to the right; everything escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Bar:
    """A cell with a share drawn as a bar behind its text; `lo` and `hi` draw the interval as a line."""

    share: float
    text: str
    lo: float | None = None
    hi: float | None = None
    tone: str = "blue"


@dataclass(frozen=True)
class Tag:
    """A cell with a word in a tone: found, uncertain, ok, unknown, muted."""

    text: str
    tone: str


def html_table(headings: Sequence[str], rows: Sequence[Sequence], *, caption: str = "", numeric: Sequence[int] = (), kind: str = "") -> str:
    """A table whose first column heads its rows.

    Parameters
    ----------
    headings : column headings, in words.
    rows : cells as text, `Bar` or `Tag`; None is a dash.
    numeric : positions of the columns set to the right.
    kind : extra class for the style sheet.
    """
    head = "".join(f'<th scope="col"{_right(i in numeric)}>{escape(text)}</th>' for i, text in enumerate(headings))
    body = "\n".join(_row(row, numeric) for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    name = escape(caption or headings[0], quote=True)
    return (f'<div class="table-box" role="region" tabindex="0" aria-label="{name}"><table class="{escape(kind)}">{title}'
            f"<thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>")  # fmt: skip


def _right(is_number):
    return ' class="number"' if is_number else ""


def _row(row, numeric):
    first, *rest = row
    cells = [f'<th scope="row">{_cell(first)}</th>']
    cells += [f"<td{_right(i in numeric)}>{_cell(value)}</td>" for i, value in enumerate(rest, start=1)]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(value):
    if value is None:
        return "–"
    if isinstance(value, Tag):
        return f'<span class="tag tag-{escape(value.tone)}">{escape(value.text)}</span>'
    if isinstance(value, Bar):
        return draw_bar(value)
    return escape(str(value))


def draw_bar(bar: Bar) -> str:
    """A thin horizontal bar on a 0–100 % track with its interval, beside its text."""
    share = min(max(bar.share, 0.0), 1.0) if bar.share == bar.share else 0.0
    whisker = ""
    if bar.lo is not None and bar.lo == bar.lo:
        lo, hi = max(bar.lo, 0.0), min(bar.hi, 1.0)
        whisker = f'<i class="whisker" style="left:{lo * 100:.1f}%;width:{max(hi - lo, 0.005) * 100:.1f}%"></i>'
    return (f'<span class="bar"><span class="track" aria-hidden="true"><i class="fill fill-{escape(bar.tone)}" style="width:{share * 100:.1f}%">'
            f'</i>{whisker}</span><span class="bar-text">{escape(bar.text)}</span></span>')  # fmt: skip
