"""The row of touchpoints: how common, how well met, who starts them, and where customers leave the plan (practice E, CJML)."""

from __future__ import annotations

import math

from journeylib.figures import palette
from journeylib.figures.map.drawing import inner
from journeylib.figures.map.layout import Box
from journeylib.figures.map.marks import draw_deviation
from journeylib.figures.map.words import deviation_of, share_text
from journeylib.figures.text_fit import cut, text_width

N_SHOWN = 4
_SIGN = 3.4


def draw_touchpoints(sheet, box: Box, cell, words, layout):
    """Up to four touchpoints: size how common, fill how satisfied, outline who starts it, a square what customers do alone.

    A ring behind a mark = planned. Planned ones that many go without take the last places, outlined only.
    """
    shares, unmet = rows_shown(cell)
    room = inner(box, top=1.2, bottom=0.6)
    step, left = room.height / N_SHOWN, room.left + 2.0
    for i, row in enumerate(shares + unmet):
        y = room.top + step * (i + 0.5)
        if row in unmet:
            sheet.circle(left, y, 1.3, fill=palette.WHITE, stroke=palette.GREY_MID, line=0.35)
        else:
            draw_mark(sheet, left, y, row, cell.value("satisfaction", row["item"]))
        _draw_text(sheet, room, y + layout.body * 0.33, cell, row, words, layout)


def rows_shown(cell):
    """The touchpoints of a cell, most common first, and the planned ones customers go without, together at most four."""
    unmet = [row for row in cell.named("missing") if cell.get("share", row["item"]) is None]
    return cell.named("share")[: N_SHOWN - len(unmet)], unmet


def _draw_text(sheet, room, y, cell, row, words, layout):
    left, right = room.left + 5.0, room.right
    satisfaction = cell.value("satisfaction", row["item"]) if row["name"] == "share" else None
    if room.width > 50 and cell.named("satisfaction"):
        if satisfaction is not None:
            sheet.text(right, y, words.score(satisfaction), layout.note, (left, right), fill=palette.GREY, anchor="end")
        right -= 8.0
    if row["name"] == "share":
        share = share_text(cell, words, item=row["item"])
        sheet.text(right, y, share, layout.body, (left, right), anchor="end")
        right -= text_width(share, layout.body) + 1.5
    right = _draw_deviation(sheet, left, right, y, deviation_of(cell, row), words, layout)
    sheet.text(left, y, cut(row["label"], right - left, layout.body), layout.body, (left, right + 0.5), fill=palette.INK if row["name"] == "share" else palette.GREY)


def _draw_deviation(sheet, left, right, y, deviation, words, layout):
    """The sign, with its share where it failed or was left out, or where there is room; returns where the label must end."""
    if deviation is None:
        return right
    kind, note = deviation["name"], layout.note
    colour = palette.RED if kind == "failed" else palette.INK
    if kind in ("failed", "missing") or layout.column_width >= 55:
        share = words.percent(deviation["value"])
        sheet.text(right, y, share, note, (left, right), fill=colour, anchor="end")
        right -= text_width(share, note) + 0.8
    draw_deviation(sheet, right - 1.2, y - layout.body * 0.33, kind, colour)
    return right - _SIGN


def tone_of(satisfaction: float) -> str:
    """Three tones of one blue, told apart in greyscale: satisfied dark, mixed middle, dissatisfied pale."""
    return palette.BLUE if satisfaction >= 0.5 else palette.BLUE_MID if satisfaction > -0.5 else palette.BLUE_FAINT


def draw_mark(sheet, x, y, row, satisfaction):
    """The mark of one touchpoint."""
    radius = 0.75 + 1.1 * math.sqrt(row["value"] or 0)
    fill = f"url(#{sheet.prefix}-fine)" if satisfaction is None else tone_of(satisfaction)
    dash = "" if row["extra"].get("initiator") == "customer" else "0.7 0.5"
    if row["extra"].get("is_planned"):
        sheet.circle(x, y, radius + 0.55, fill=palette.WHITE, stroke=palette.GREY_MID, line=0.3)
    if row["extra"].get("is_own_action"):
        side = radius * 1.77
        sheet.rect(x - side / 2, y - side / 2, side, side, fill=fill, stroke=palette.INK, line=0.35, dash=dash)
    else:
        sheet.circle(x, y, radius, fill=fill, stroke=palette.INK, line=0.35, dash=dash)
