"""Rows of the map that are numbers in time: how many go on, and how long it takes."""

from __future__ import annotations

from journeylib.figures import palette
from journeylib.figures.map.drawing import Line, flow
from journeylib.figures.map.layout import BODY, NUMBER, PAD, Box
from journeylib.figures.map.marks import draw_hourglass
from journeylib.figures.map.words import days_text, few_left, interval_text, is_wide, said_share, said_text, share_text
from journeylib.figures.text_fit import cut, text_width

_CHIP_HEIGHT, _WIDEST_CHIP = 10.6, 46.0
_BAR_FOOT, _NUMBER_ROOM = 2.2, 6.0


def draw_go_on(sheet, box: Box, cell, words, layout, n_most: float):
    """Bar on the common scale, arrow chip with the share that goes on, and those lost and open."""
    n_reached = cell.value("n_reached") or 0
    base, width = box.bottom - _BAR_FOOT, min(15.0, box.width * 0.24)
    height = (box.height - _BAR_FOOT - _NUMBER_ROOM - 1) * n_reached / n_most if n_most else 0.0
    left = box.left + PAD + 1
    sheet.rect(left, base - height, width, height, fill=palette.BLUE)
    sheet.line(left - 1.5, base, left + width + 1.5, base, stroke=palette.GREY_MID, line=0.3)
    half = max(box.left + box.width * 0.44, box.right - _WIDEST_CHIP)
    sheet.text(left, base - height - 1.6, words.count(n_reached), NUMBER, (box.left + PAD, half + 1), bold=True)
    _draw_onward(sheet, Box(half, box.top, box.right - half, box.height), cell, words, layout)


def _draw_onward(sheet, box, cell, words, layout):
    """The right half of the column: the chip, and what became of the others."""
    rate, under = cell.get("rate"), box.top + 2.4
    if rate is not None:
        _draw_chip(sheet, Box(box.left + 1, under, box.width - 2.2, _CHIP_HEIGHT), cell, rate, words, layout)
        under += _CHIP_HEIGHT
    is_worst = rate is not None and bool(rate["extra"].get("is_worst"))
    lines = [] if rate is not None else [Line(_no_rate(cell, words), fill=palette.GREY, max_lines=2)]
    lines.append(Line(few_left(cell, words, "lost"), fill=palette.RED if is_worst else palette.INK, bold=is_worst, max_lines=2))
    lines.append(Line(few_left(cell, words, "open"), fill=palette.GREY, max_lines=2))
    lines += [Line(_reason(row, words), fill=palette.GREY, italic=True, max_lines=2) for row in cell.named("reason")[:1]]
    below = Box(box.left + 2, under + 0.9, box.width - 2 - PAD, box.bottom - under - 1.9)
    flow(sheet, below, [line for line in lines if line.text], layout.note)


def _reason(row, words):
    share = said_share(row, words)
    return words.say("map.with_share", text=said_text(row, words), share=share) if share else said_text(row, words)


def _no_rate(cell, words):
    known = {"next_unseen": "next_unseen", "n_too_recent": "too_recent", "too_few": "too_few"}
    return words.say(f"map.go_on.{next((said for name, said in known.items() if cell.get(name) is not None), 'last')}")


def _draw_chip(sheet, box, cell, rate, words, layout):
    """An arrow towards the next stage: red for the worst certain drop, dashed where the figure is uncertain."""
    is_worst, wide = bool(rate["extra"].get("is_worst")), is_wide(rate)
    tip = 3.4
    shoulder, nose = box.right - tip, (box.right, box.top + box.height / 2)
    corners = [(box.left, box.top), (shoulder, box.top), nose, (shoulder, box.bottom), (box.left, box.bottom)]
    fill = palette.RED if is_worst else palette.WHITE if wide else palette.BLUE_FAINT
    stroke = palette.RED if is_worst else palette.GREY if wide else palette.BLUE
    sheet.polygon(corners, fill=fill, stroke=stroke, line=0.35, dash="1.2 0.8" if wide and not is_worst else "")
    ink = palette.WHITE if is_worst else palette.INK
    room = (box.left + 1, box.right - 1)
    text, interval = share_text(cell, words, "rate", count="n_converted"), interval_text(rate, words)
    few = text != words.percent(rate["value"])
    size = _fitting(text, NUMBER, box.width - tip - 2)
    middle = box.left + (box.width - tip) / 2 + 0.4
    sheet.text(middle, box.top + (6.6 if few else 5.0), text, size, room, fill=ink, bold=True, anchor="middle")
    if not few:
        sheet.text(middle, box.top + 9.0, interval, _fitting(interval, BODY, box.width - tip - 2, bold=False), room, fill=ink, anchor="middle")


def _fitting(text, size, width, *, bold=True):
    """The size, made smaller where the text would not fit: a number is never cut."""
    wide = text_width(text, size, bold=bold)
    return size if wide <= width else size * width / wide


def draw_time(sheet, box: Box, cell, words, layout):
    """Median days and the middle half; '> 180 dagar' and the share still open where half have not left."""
    last = cell.get("last")
    if last is not None:
        sheet.text(box.left + PAD, box.top + box.height / 2 + layout.note * 0.34, last["label"], layout.note, box.room, fill=palette.GREY)
        return
    median, note = cell.value("median_days"), layout.note
    known = median if median is not None else cell.value("max_followed_days")
    text = days_text(known, words) if median is not None else words.say("map.time.over", days=words.days(known)) if known is not None else words.say("map.time.too_long")
    size = max(layout.body, BODY * 0.95)
    two_lines = box.width < 55
    y = box.top + box.height / 2 + (-0.6 if two_lines else size * 0.34)
    left, right = box.room
    right -= 4 if cell.get("too_long", 1) else 0
    rest = _time_rest(cell, words)
    if two_lines:
        sheet.text(left, y, text, size, (left, right), bold=True)
        sheet.text(left, y + note * 1.28, cut(rest, right - left, note), note, (left, right), fill=palette.GREY)
    else:
        rest = cut(rest, right - left - text_width(f"{text}  ", size, bold=True), note)
        sheet.run(left, y, [(text, size, palette.INK, True), (f"  {rest}", note, palette.GREY, False)], (left, right))
    if cell.get("too_long", 1):
        draw_hourglass(sheet, box.room[1] - 2.6, box.top + box.height / 2)


def _time_rest(cell, words):
    lo, hi, open_share = cell.value("q25_days"), cell.value("q75_days"), cell.value("open_share")
    if cell.value("median_days") is None:
        return words.say("map.time.open", share=words.percent(open_share)) if open_share is not None else ""
    if lo is None or (hi is not None and hi < 1):
        return ""
    return f"({words.span(lo, hi)})" if hi is not None else f"({words.say('map.time.over', days=words.days(lo))})"
