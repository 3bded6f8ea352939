"""Rows of the map above the line: what customers need, what they do and through which channels."""

from __future__ import annotations

from journeylib.figures import palette
from journeylib.figures.map.drawing import Line, flow, inner
from journeylib.figures.map.layout import LEADING, Box
from journeylib.figures.map.marks import draw_absent
from journeylib.figures.map.words import absent_text, said_share, said_text, share_text
from journeylib.figures.text_fit import n_lines, text_width

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
    """One bar of the five channel groups in fixed order and tone, the largest named; under it ▲ where customers look and do not find the company, and where they look."""
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
    absent, looked = cell.named("absent"), cell.named("info_source")
    if absent or cell.get("unseen", 40):
        places = words.list([row["label"] for row in absent]) if layout.column_width < 55 else ""
        lines.append(Line(places or absent_text(cell, words), fill=palette.RED, indent=3.2, max_lines=1))
    if looked:
        lines.append(Line(words.list([row["label"] for row in looked[:3]]), fill=palette.GREY, max_lines=1))
    baselines = flow(sheet, room.part(top=4.4 if shares else 0.0), lines, layout.note, leading=1.2)
    for y, line in zip(baselines, lines, strict=False):
        if line.indent:
            draw_absent(sheet, room.left + 1.3, y - layout.note * 0.35)


def _tone(group, order):
    return palette.SERIES[order.index(group)] if group in order else palette.GREY_PALE
