"""Tables as HTML: a caption, row headings, numbers to the right; everything escaped. On a phone each row becomes a small card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

#: Longer cells take a line of their own where a row is set as a card.
_SHORT = 26
#: What is never broken over two lines: an interval in brackets, a date in figures, "e-post".
_WHOLE = re.compile(r"\([^()\s]*\d–\d[^()\s]*\)|\b\d{4}-\d{2}-\d{2}\b|\b[^\W\d]-\w+")


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


@dataclass(frozen=True)
class Lines:
    """A cell of several short lines, each kept whole, the second and later ones in a lighter hand."""

    texts: tuple[str, ...]


def html_table(headings: Sequence[str], rows: Sequence[Sequence], *, caption: str = "", numeric: Sequence[int] = (), kind: str = "") -> str:
    """A table whose first column heads its rows.

    Parameters
    ----------
    headings : column headings, in words.
    rows : cells as text, `Bar`, `Tag` or `Lines`; None is a dash.
    numeric : positions of the columns set to the right.
    kind : extra class for the style sheet.
    """
    head = "".join(f'<th scope="col" role="columnheader"{_class("number" if i in numeric else "")}>{set_text(text)}</th>' for i, text in enumerate(headings))
    body = "\n".join(_row(row, headings, numeric) for row in rows)
    return table_box(head, body, caption=caption, name=caption or headings[0], kind=kind)


def table_box(head: str, body: str, *, caption: str, name: str, kind: str = "") -> str:
    """The table in the box it scrolls in. Roles are written out, since a table set as cards is no table to a screen reader without them."""
    title = f"<caption>{set_text(caption)}</caption>" if caption else ""
    return (f'<div class="table-box" role="region" tabindex="0" aria-label="{escape(name, quote=True)}"><table role="table"{_class(kind)}>{title}'
            f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">\n{body}\n</tbody></table></div>')  # fmt: skip


def set_text(text: str) -> str:
    """Escaped text in which intervals and dates stay on one line.

    >>> set_text("39 % (34–45) & more")
    '39 % <span class="whole">(34–45)</span> &amp; more'
    """
    return _WHOLE.sub(lambda match: f'<span class="whole">{match[0]}</span>', escape(str(text)))


def _class(*names):
    given = " ".join(filter(None, names))
    return f' class="{escape(given, quote=True)}"' if given else ""


def _row(row, headings, numeric):
    first, *rest = row
    cells = [f'<th scope="row" role="rowheader">{_cell(first)}</th>']
    for i, (value, heading) in enumerate(zip(rest, headings[1:], strict=True), start=1):
        kind = _class("number" if i in numeric else "", "none" if value is None else "" if _is_short(value) else "long")
        cells.append(f'<td role="cell"{kind} data-label="{escape(heading, quote=True)}">{_cell(value)}</td>')
    return f'<tr role="row">{"".join(cells)}</tr>'


def _is_short(value):
    return not isinstance(value, Bar) and len(str(getattr(value, "text", value))) <= _SHORT


def _cell(value):
    if value is None:
        return "–"
    if isinstance(value, Tag):
        return f'<span class="tag tag-{escape(value.tone)}">{escape(value.text)}</span>'
    if isinstance(value, Bar):
        return draw_bar(value)
    if isinstance(value, Lines):
        return "".join(f'<span class="line">{escape(text)}</span>' for text in value.texts)
    return set_text(value)


def draw_bar(bar: Bar) -> str:
    """A thin horizontal bar on a 0–100 % track with its interval, beside its text."""
    share = min(max(bar.share, 0.0), 1.0) if bar.share == bar.share else 0.0
    whisker = ""
    if bar.lo is not None and bar.lo == bar.lo:
        lo, hi = max(bar.lo, 0.0), min(bar.hi, 1.0)
        whisker = f'<i class="whisker" style="left:{lo * 100:.1f}%;width:{max(hi - lo, 0.005) * 100:.1f}%"></i>'
    return (f'<span class="bar"><span class="track" aria-hidden="true"><i class="fill fill-{escape(bar.tone)}" style="width:{share * 100:.1f}%">'
            f'</i>{whisker}</span><span class="bar-text">{escape(bar.text)}</span></span>')  # fmt: skip


def draw_key(tone: str, words: str) -> str:
    """One entry of a legend: a swatch in the tone, and what it stands for."""
    return f'<span class="key"><i class="swatch fill-{escape(tone)}"></i>{escape(words)}</span>'
