"""When each source has rows: one strip of months a source, on one common time axis, as HTML that reflows on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.tables import Tag, draw_key, set_text

#: Tone of a month by its share of the source's own fullest month: upper limits of few and some.
_FEW, _SOME = 1 / 3, 2 / 3
TONES = ("white", "blue_pale", "blue_mid", "blue", "amber_pale")


@dataclass(frozen=True)
class MonthRow:
    """One source: its rows in each month of the axis, and what is said of it in words.

    Attributes
    ----------
    n_rows : one number a month. titles : what a pointer over the month says.
    n_silent : months at the end of the axis marked as too long ago; 0 = fresh.
    """

    heading: str
    note: str
    n_rows: Sequence[int]
    titles: Sequence[str]
    n_silent: int = 0
    tag: Tag | None = None


def draw_months(rows: Sequence[MonthRow], *, years: Sequence[tuple[int, str]], legend: Sequence[str], alt: str) -> str:
    """Strips of months under one another.

    Parameters
    ----------
    years : (place of the month on the axis, text over it).
    legend : words for no row, few, some, most and too long ago; the last is left out where no source is.
    alt : the sentence a screen reader hears first; each row's heading and note are read as text.
    """
    n = max((len(row.n_rows) for row in rows), default=1)
    shown = len(TONES) if any(row.n_silent for row in rows) else len(TONES) - 1
    key = "".join(draw_key(tone, words) for tone, words in zip(TONES[:shown], legend[:shown], strict=True))
    axis = "".join(f'<span style="left:{place / n * 100:.2f}%">{escape(text)}</span>' for place, text in years)
    body = "\n".join(_row(row) for row in rows)
    return (f'<figure class="bars months" role="group" aria-label="{escape(alt, quote=True)}"><p class="legend" aria-hidden="true">{key}</p>\n'
            f'<div class="month-row" aria-hidden="true"><div class="month-axis">{axis}</div></div>\n{body}\n</figure>')  # fmt: skip


def _row(row: MonthRow) -> str:
    most = max(row.n_rows, default=0)
    last = len(row.n_rows) - row.n_silent
    cells = "".join(f'<i class="fill-{_tone(n, most, place >= last)}" title="{escape(title, quote=True)}"></i>'
                    for place, (n, title) in enumerate(zip(row.n_rows, row.titles, strict=True)))  # fmt: skip
    tag = f'<span class="tag tag-{escape(row.tag.tone)}">{escape(row.tag.text)}</span>' if row.tag else ""
    return (f'<div class="month-row"><div><p class="bar-head">{escape(row.heading)}{tag}</p><p class="bar-note">{set_text(row.note)}</p></div>'
            f'<div class="month-strip" aria-hidden="true">{cells}</div></div>')  # fmt: skip


def _tone(n, most, is_silent):
    if not n:
        return "amber_pale" if is_silent else "white"
    return "blue_pale" if n <= most * _FEW else "blue_mid" if n <= most * _SOME else "blue"
