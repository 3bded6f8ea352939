"""Rows of the map above the line: what customers need, do, meet and through what."""

from __future__ import annotations

import math

from journeylib.figures import palette
from journeylib.figures.map.drawing import Line, flow, inner
from journeylib.figures.map.layout import LEADING, Box
from journeylib.figures.map.words import said_share, said_text, share_text
from journeylib.figures.text_fit import cut, n_lines, text_width

_TEN = 10.0


def draw_needs(sheet, box: Box, cell, words, layout):
    """Up to three needs, each with importance and satisfaction as a dumbbell on 0–10, and one question."""
    needs = cell.named("importance", "need")[:3]
    width = min(20.0, box.width * (0.3 if box.width >= 55 else 0.23))
    room = inner(box)
    lines = [Line(row["label"], bold=bool(row["extra"].get("is_unserved")), keep_right=_kept(row, width, words), max_lines=2) for row in needs]
    taken = sum(n_lines(line.text, room.width - line.keep_right, layout.body, bold=line.bold) for line in lines)
    free = int(room.height / (layout.body * LEADING)) - taken
    others = (cell.named("question")[:1] + cell.named("problem", "driver", "expectation"))[: max(1, min(free, 4 - len(needs)))]
    lines += [Line(said_text(row, words), fill=palette.GREY, italic=row["name"] == "question", keep_right=9 if row["value"] is not None else 0,
                   max_lines=2) for row in others]  # fmt: skip
    baselines = flow(sheet, room, lines, layout.body)
    for y, row in zip(baselines, [*needs, *others], strict=False):
        if row["name"] == "importance":
            _draw_dumbbell(sheet, room.right - width, y - layout.body * 0.3, width, row["value"], cell.value("satisfaction", row["item"]))
        elif said_share(row, words):
            sheet.text(room.right, y, said_share(row, words), layout.note, (room.right - width, room.right), fill=palette.GREY, anchor="end")


def _kept(row, width, words):
    """Room kept free on the right of a need: for its dumbbell, or for how many said it."""
    return width + 2 if row["name"] == "importance" else 9.0 if said_share(row, words) else 0.0


def _draw_dumbbell(sheet, left, y, width, importance, satisfaction):
    at = left + width * importance / _TEN
    sheet.line(left, y, left + width, y, stroke=palette.GREY_PALE, line=0.25)
    for end in (left, left + width):
        sheet.line(end, y - 0.7, end, y + 0.7, stroke=palette.GREY_PALE, line=0.25)
    if satisfaction is not None:
        other = left + width * satisfaction / _TEN
        sheet.line(min(at, other), y, max(at, other), y, stroke=palette.BLUE_MID, line=0.7)
        sheet.circle(other, y, 1.0, fill=palette.WHITE, stroke=palette.BLUE, line=0.4)
    sheet.circle(at, y, 1.15, fill=palette.BLUE)


def draw_actions(sheet, box: Box, cell, words, layout):
    """The most common things the customer does, with a bar for the share."""
    rows, room = cell.named("share")[:3], inner(box)
    bar, figures = min(12.0, box.width * 0.16), _figures_width([share_text(cell, words, item=row["item"]) for row in rows], layout)
    lines = [Line(row["label"], keep_right=bar + figures + 3, max_lines=2) for row in rows]
    for y, row in zip(flow(sheet, room, lines, layout.body, leading=1.45), rows, strict=False):
        left = room.right - figures - 1.5 - bar
        sheet.rect(left, y - layout.body * 0.62, bar, layout.body * 0.62, fill=palette.GREY_PALE)
        sheet.rect(left, y - layout.body * 0.62, bar * row["value"], layout.body * 0.62, fill=palette.BLUE)
        sheet.text(room.right, y, share_text(cell, words, item=row["item"]), layout.body, (room.right - figures - 1, room.right), anchor="end")


def _figures_width(texts, layout):
    return max((text_width(text, layout.body) for text in texts), default=0.0)


def draw_channels(sheet, box: Box, cell, words, layout, order):
    """One bar of the five channel groups in fixed order and tone, the largest named; under it where customers look."""
    shares, room = cell.named("share"), inner(box, top=1.8, bottom=0.4)
    left = room.left
    for row in shares:
        width = room.width * row["value"]
        sheet.rect(left, room.top, width, 3.8, fill=_tone(row["extra"]["group"], order), stroke=palette.WHITE, line=0.25)
        left += width
    lines = []
    if shares:
        largest = max(shares, key=lambda row: row["value"])
        lines.append(Line(words.say("map.channels.largest", channel=largest["label"], share=words.percent(largest["value"])), max_lines=1))
    looked = cell.named("info_source")
    if looked:
        lines.append(Line(words.list([row["label"] for row in looked[:3]]), fill=palette.GREY, max_lines=1))
    flow(sheet, room.part(top=4.4 if shares else 0.0), lines, layout.note, leading=1.2)


def _tone(group, order):
    return palette.SERIES[order.index(group)] if group in order else palette.GREY_PALE


def draw_touchpoints(sheet, box: Box, cell, words, layout):
    """Up to four touchpoints: size how common, fill how satisfied, outline who starts it, a square what customers do alone."""
    rows, room = cell.named("share")[:4], inner(box, top=1.2, bottom=0.6)
    step = room.height / 4
    for i, row in enumerate(rows):
        y = room.top + step * (i + 0.5)
        satisfaction = cell.get("satisfaction", row["item"])
        draw_mark(sheet, room.left + 2.0, y, row, None if satisfaction is None else satisfaction["value"])
        _draw_touchpoint_text(sheet, room, y + layout.body * 0.33, cell, row, words, layout)


def _draw_touchpoint_text(sheet, room, y, cell, row, words, layout):
    left, right = room.left + 5.0, room.right
    satisfaction = cell.value("satisfaction", row["item"])
    if room.width > 50 and cell.named("satisfaction"):
        if satisfaction is not None:
            sheet.text(right, y, words.score(satisfaction), layout.note, (left, right), fill=palette.GREY, anchor="end")
        right -= 8.0
    share = share_text(cell, words, item=row["item"])
    width = text_width(share, layout.body)
    sheet.text(right, y, share, layout.body, (left, right), anchor="end")
    sheet.text(left, y, cut(row["label"], right - width - 1.5 - left, layout.body), layout.body, (left, right - width - 1))


def tone_of(satisfaction: float) -> str:
    """Three tones of one blue, told apart in greyscale: satisfied dark, mixed middle, dissatisfied pale."""
    return palette.BLUE if satisfaction >= 0.5 else palette.BLUE_MID if satisfaction > -0.5 else palette.BLUE_FAINT


def draw_mark(sheet, x, y, row, satisfaction):
    """The mark of one touchpoint."""
    radius = 0.75 + 1.1 * math.sqrt(row["value"] or 0)
    fill = f"url(#{sheet.prefix}-fine)" if satisfaction is None else tone_of(satisfaction)
    dash = "" if row["extra"].get("initiator") == "customer" else "0.7 0.5"
    if row["extra"].get("is_own_action"):
        side = radius * 1.77
        sheet.rect(x - side / 2, y - side / 2, side, side, fill=fill, stroke=palette.INK, line=0.35, dash=dash)
    else:
        sheet.circle(x, y, radius, fill=fill, stroke=palette.INK, line=0.35, dash=dash)
