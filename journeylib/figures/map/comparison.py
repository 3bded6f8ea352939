"""Two personas on one sheet (practice E, M044): two bars and two thin curves a stage; of what they need and do, only what differs."""

from __future__ import annotations

from journeylib import knowledge
from journeylib.figures import palette
from journeylib.figures.map.cells import read_cells
from journeylib.figures.map.drawing import Line, draw_suppressed, draw_unknown, flow, inner
from journeylib.figures.map.emotion import LEVELS, N_FOR_POINT, level_y
from journeylib.figures.map.frame import draw_chevrons, draw_head, draw_scale, draw_scope, foot_height
from journeylib.figures.map.layout import BODY, MARGIN, NUMBER, PAD, SHEET_HEIGHT, SHEET_WIDTH, Box, Layout, outside_of
from journeylib.figures.map.words import days_text, interval_text, is_wide, share_text
from journeylib.figures.svg import points
from journeylib.figures.text_fit import cut, text_width

ROWS = {"stage": 6.3, "go_on": 24.0, "time": 7.0, "emotion": 26.0, "needs": 9.0, "actions": 9.0, "channels": 9.0, "touchpoints": 9.7}
_DIFFERING = ("needs", "actions", "channels", "touchpoints")
_BAR_FOOT = 2.2


def draw_comparison_rows(sheet, head, cells, model, words, personas: tuple[tuple[str, str], tuple[str, str]]):
    """Everything on the sheet; `personas` = (id, name) of the first, drawn filled and blue, and the second, outlined and dark."""
    both, found = [read_cells(cells, persona) for persona, _ in personas], read_cells(cells)
    top = draw_head(sheet, head, None, model, words)
    layout = Layout(len(model.ids), top, SHEET_HEIGHT - MARGIN - foot_height([]), ROWS, **outside_of(model))
    _draw_ground(sheet, layout)
    _draw_labels(sheet, layout, words)
    draw_chevrons(sheet, layout, model, words)
    draw_scope(sheet, layout, model, words)
    _draw_rows(sheet, layout, both, found, model, words)
    _draw_emotions(sheet, layout, both, found, model, words)
    _draw_key(sheet, head, [name for _, name in personas], words)


def _draw_ground(sheet, layout):
    right = SHEET_WIDTH - MARGIN
    for row in list(ROWS)[2:]:
        sheet.line(MARGIN, layout.row(row)[0], right, layout.row(row)[0], stroke=palette.GREY_PALE, line=0.25)
    for i in range(layout.n_stages):
        x = layout.left + i * layout.column_width
        sheet.line(x, layout.row("go_on")[0], x, layout.bottom, stroke=palette.GREY_PALE, line=0.25)
    sheet.line(MARGIN, layout.bottom, right, layout.bottom, stroke=palette.GREY_MID, line=0.3)


def _draw_labels(sheet, layout, words):
    names = knowledge.load("rows")
    for row in ROWS:
        sheet.zone, sheet.stage = row, "label"
        box = layout.label(row)
        room = Box(box.left, box.top + 1.4, box.width - (9.0 if row == "emotion" else 2.5), box.height - 1.8)
        room = room.part(top=room.height * 0.33) if row == "emotion" else room
        lines = [Line(words.label(names["stage_row"] if row == "stage" else names["map_rows"][row]["name"]), bold=True, max_lines=2)]
        if row != "stage":
            hint = words.say(f"map.personas.hints.{'differing' if row in _DIFFERING and row != 'needs' else row}")
            lines.append(Line(hint, fill=palette.GREY, size=points(6.8), max_lines=3))
        flow(sheet, room, lines, points(8.2), leading=1.2)
    sheet.stage = ""


def _draw_rows(sheet, layout, both, found, model, words):
    n_most = max((row["value"] for cells in both for row in cells.all("n_reached")), default=0)
    for i, stage in enumerate(model.ids):
        sheet.stage = stage
        sheet.zone = "go_on"
        _draw_go_on(sheet, layout.cell("go_on", i), [cells.cell("go_on", stage) for cells in both], found.cell("go_on", stage), n_most, words, layout,
                    is_last=i == layout.n_stages - 1)  # fmt: skip
        sheet.zone = "time"
        _draw_times(sheet, layout.cell("time", i), [cells.cell("time", stage) for cells in both], words, layout)
        for row in _DIFFERING:
            sheet.zone = row
            _draw_differences(sheet, layout.cell(row, i), found.cell(row, stage), words, layout)
    sheet.stage = ""


# --- numbers ----------------------------------------------------------------------------------------------------------


def _draw_go_on(sheet, box, two, difference, n_most, words, layout, *, is_last):
    """Two bars on one scale, the share of each that goes on, and whether the shares differ."""
    if all(cell.status != "known" for cell in two):
        _draw_missing(sheet, box, two[0], words, layout)
        return
    width, base = min(11.0, box.width * 0.17), box.bottom - _BAR_FOOT
    for place, cell in enumerate(two):
        left, n = box.left + PAD + 0.5 + place * (width + 2.2), cell.value("n_reached")
        if n is None:
            continue
        height = (box.height - 12.0) * n / n_most if n_most else 0.0
        text = words.count(n)
        sheet.rect(left, base - height, width, height, fill=_fill(sheet, place), stroke=_ink(place), line=0.35)
        size = min(NUMBER * 0.85, NUMBER * 0.85 * (width + 2) / text_width(text, NUMBER * 0.85, bold=True))
        sheet.text(left, base - height - 1.4, text, size, (box.left + PAD, left + width + 2.1), fill=_ink(place), bold=True)
    _draw_rates(sheet, box.part(left=PAD + 2 * width + 4.6, right=PAD, top=3.0), two, difference, words, layout, is_last)


def _draw_rates(sheet, box, two, difference, words, layout, is_last):
    y = box.top + layout.body
    for place, cell in enumerate(two):
        rate = cell.get("rate")
        _sign(sheet, box.left + 1.2, y - layout.body * 0.34, place)
        text = share_text(cell, words, "rate", count="n_converted") if rate else _no_rate(cell, is_last, words)
        bold, left = rate is not None and not is_wide(rate), box.left + 3.4
        text = cut(text, box.right - left, layout.body, bold=bold)
        sheet.text(left, y, text, layout.body, (left, box.right), bold=bold, fill=_ink(place) if rate else palette.GREY)
        if rate is not None and text == words.percent(rate["value"]):
            sheet.text(left, y + layout.body * 1.15, interval_text(rate, words), layout.note, (left, box.right), fill=palette.GREY)
        y += layout.body * 2.7
    lines = _told(difference, words)
    flow(sheet, Box(box.left, y - layout.body * 0.6, box.width, max(3.0, box.bottom - y)), lines, layout.note)


def _no_rate(cell, is_last, words):
    if cell.status == "suppressed":
        return cell.rows[0]["label"]
    if cell.status == "unknown":
        return words.say("map.unknown")
    key = "last" if is_last else "next_unseen" if cell.get("next_unseen") else "too_recent" if cell.get("n_too_recent") else "too_few"
    return words.say(f"map.personas.{key}" if key == "too_few" else f"map.go_on.{key}")


def _told(difference, words):
    row = difference.get("difference")
    if row is not None:
        factor = 100 if row["unit"] == "share" else 1
        digits = 0 if row["unit"] == "share" else 1
        span = words.span(row["lo"] * factor, row["hi"] * factor, digits)
        text = words.say(f"effects.unit.{row['unit']}", value=words.score(row["value"] * factor, digits), range=span)
        return [Line(words.say("map.personas.difference", difference=text), bold=True, max_lines=4)]
    return [Line(words.say("map.personas.none"), fill=palette.GREY, max_lines=3)] if difference.get("no_difference") else []


def _draw_times(sheet, box, two, words, layout):
    if all(cell.status != "known" for cell in two):
        _draw_missing(sheet, box, two[0], words, layout)
        return
    step = box.height / 2.2
    for place, cell in enumerate(two):
        y = box.top + step * (place + 0.75)
        _sign(sheet, box.left + PAD + 1.2, y - layout.body * 0.34, place)
        left, right = box.left + PAD + 3.4, box.right - PAD
        text = cut(_time_text(cell, words), right - left, layout.body)
        sheet.text(left, y, text, layout.body, (left, right), fill=_ink(place) if cell.value("median_days") is not None else palette.GREY)


def _time_text(cell, words):
    if cell.get("last") is not None or cell.status == "suppressed":
        return cell.rows[0]["label"]
    median, followed = cell.value("median_days"), cell.value("max_followed_days")
    if median is None:
        return words.say("map.time.over", days=words.days(followed)) if followed is not None else words.say("map.unknown")
    lo, hi = cell.value("q25_days"), cell.value("q75_days")
    return days_text(median, words) + (f" ({words.span(lo, hi)})" if lo is not None and hi is not None and hi >= 1 else "")


# --- feelings ---------------------------------------------------------------------------------------------------------


def _draw_emotions(sheet, layout, both, found, model, words):
    boxes = [layout.cell("emotion", i) for i in range(layout.n_stages)]
    means = [[_mean(cells.cell("emotion", stage)) for stage in model.ids] for cells in both]
    if any(row for rows in means for row in rows):
        draw_scale(sheet, layout.label("emotion"), level_y, words)
        for box in boxes:
            for level in LEVELS:
                dash, stroke = ("1.4 1", palette.GREY_MID) if level == 0 else ("", palette.GREY_PALE)
                sheet.line(box.left, level_y(box, level), box.right, level_y(box, level), stroke=stroke, line=0.2, dash=dash)
    for place, rows in enumerate(means):
        _draw_curve(sheet, boxes, rows, place)
    for i, (box, stage) in enumerate(zip(boxes, model.ids, strict=True)):
        sheet.zone, sheet.stage = "emotion", stage
        if not any(rows[i] for rows in means):
            _draw_missing(sheet, box, both[0].cell("emotion", stage), words, layout)
            continue
        _draw_means(sheet, box, [rows[i] for rows in means], words, layout)
        row = found.cell("emotion", stage)
        if row.get("difference"):
            flow(sheet, Box(box.left + PAD, box.bottom - layout.note * 2.7, box.width - 2 * PAD, layout.note * 2.6), _told(row, words)[:1], layout.note)
    sheet.stage = ""


def _mean(cell):
    row = cell.get("mean")
    return row if row is not None and row["n"] is not None and row["n"] >= N_FOR_POINT else None


def _draw_curve(sheet, boxes, rows, place):
    at = [(box.middle, level_y(box, row["value"])) if row else None for box, row in zip(boxes, rows, strict=True)]
    for here, after in zip(at, at[1:], strict=False):
        if here and after:
            sheet.polyline([here, after], stroke=_ink(place), line=0.35, dash="" if place == 0 else "1.6 0.9")
    for (x, y), row in ((where, row) for where, row in zip(at, rows, strict=True) if where):
        box_lo, box_hi = (level_y(boxes[0], row[end]) if row[end] is not None else y for end in ("lo", "hi"))
        sheet.line(x + (place * 2 - 1) * 0.6, box_lo, x + (place * 2 - 1) * 0.6, box_hi, stroke=palette.BLUE_PALE if place == 0 else palette.GREY_MID, line=0.5)
        sheet.circle(x, y, 1.2, fill=palette.BLUE if place == 0 else palette.WHITE, stroke=_ink(place), line=0.4)


def _draw_means(sheet, box, rows, words, layout):
    """The upper mean above its point, the lower below."""
    ordered = sorted((place for place, row in enumerate(rows) if row), key=lambda place: (-rows[place]["value"], place))
    for rank, place in enumerate(ordered):
        y = level_y(box, rows[place]["value"]) + (-2.6 if rank == 0 else 2.4 + BODY * 0.76)
        pieces = [(words.score(rows[place]["value"]), layout.body, _ink(place), True), (f"  {words.say('map.emotion.n', n=int(rows[place]['n']))}", layout.note, palette.GREY, False)]
        y = min(max(y, box.top + BODY), box.bottom - layout.note * 2.9)
        half = sum(text_width(text, size, bold=bold) for text, size, _, bold in pieces) / 2
        sheet.rect(box.middle - half - 0.4, y - BODY * 0.8, 2 * half + 0.8, BODY * 1.02, fill=palette.WHITE, opacity=0.85)
        sheet.run(box.middle, y, pieces, box.room, anchor="middle")


# --- what differs -----------------------------------------------------------------------------------------------------


def _draw_differences(sheet, box, cell, words, layout):
    """Each thing that differs with both figures, on a line of 0–100 % (or 0–10) where there is room; else that nothing surely does."""
    rows = cell.named("difference")
    if not rows:
        if cell.get("no_difference"):
            flow(sheet, inner(box).part(top=1.0), [Line(words.say("map.personas.none"), fill=palette.GREY)], layout.body)
        else:
            draw_unknown(sheet, box, words.say("map.unknown"), layout.body)
        return
    width, room = min(16.0, box.width * 0.22) if layout.column_width >= 55 else 0.0, inner(box)
    texts = [_two_figures(row, words) for row in rows]
    figures = max(text_width(text, layout.note) for text in texts)
    lines = [Line(row["label"], keep_right=width + figures + (3.5 if width else 1.5), max_lines=2) for row in rows]
    for y, row, text in zip(flow(sheet, room, lines, layout.body), rows, texts, strict=False):
        if width:
            _draw_pair(sheet, room.right - figures - 1.5 - width, y - layout.body * 0.3, width, row)
        sheet.text(room.right, y, text, layout.note, (room.right - figures - 0.5, room.right), anchor="end")


def _two_figures(row, words):
    say = words.percent if row["unit"] == "share" else lambda value: words.number(value, 1)
    return words.say("map.personas.figures", first=say(row["extra"]["a"]), second=say(row["extra"]["b"]))


def _draw_pair(sheet, left, y, width, row):
    whole = 1.0 if row["unit"] == "share" else 10.0
    first, second = (left + width * row["extra"][name] / whole for name in ("a", "b"))
    sheet.line(left, y, left + width, y, stroke=palette.GREY_PALE, line=0.25)
    sheet.line(min(first, second), y, max(first, second), y, stroke=palette.BLUE_MID, line=0.6)
    _sign(sheet, first, y, 0)
    _sign(sheet, second, y, 1)


def _draw_missing(sheet, box, cell, words, layout):
    if cell.status == "suppressed":
        draw_suppressed(sheet, box, cell.rows[0]["label"], layout.note)
    else:
        draw_unknown(sheet, box, words.say("map.unknown"), layout.body)


# --- which is which ---------------------------------------------------------------------------------------------------


def _ink(place):
    return palette.BLUE if place == 0 else palette.INK


def _fill(sheet, place):
    return palette.BLUE if place == 0 else f"url(#{sheet.prefix}-fine)"


def _sign(sheet, x, y, place):
    sheet.circle(x, y, 1.05, fill=palette.BLUE if place == 0 else palette.WHITE, stroke=_ink(place), line=0.4)


def _draw_key(sheet, head, names, words):
    """Which persona is which, and the rules of counting."""
    sheet.zone, size, x, y = "foot", points(8.2), MARGIN, SHEET_HEIGHT - MARGIN - 4.4
    for place, name in enumerate(names):
        sheet.rect(x, y - 2.2, 3.6, 2.6, fill=_fill(sheet, place), stroke=_ink(place), line=0.35)
        sheet.line(x + 4.6, y - 0.9, x + 12.0, y - 0.9, stroke=_ink(place), line=0.4, dash="" if place == 0 else "1.6 0.9")
        _sign(sheet, x + 8.3, y - 0.9, place)
        sheet.text(x + 13.4, y, name, size, (x, SHEET_WIDTH - MARGIN), bold=True, fill=_ink(place))
        x += 13.4 + text_width(name, size, bold=True) + 8
    said = cut(words.say("map.personas.how"), SHEET_WIDTH - MARGIN - x, points(6.8))
    sheet.text(x, y, said, points(6.8), (x, SHEET_WIDTH - MARGIN), fill=palette.GREY)
    rules = cut(" ".join(head["foot"]), SHEET_WIDTH - 2 * MARGIN, points(6.8))
    sheet.text(MARGIN, SHEET_HEIGHT - MARGIN, rules, points(6.8), (MARGIN, SHEET_WIDTH - MARGIN), fill=palette.GREY)
