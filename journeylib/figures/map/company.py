"""Rows of the map below the line: what the company does, the gaps, the first action, and what it all rests on."""

from __future__ import annotations

import datetime as dt

from journeylib.figures import palette
from journeylib.figures.map.drawing import Line, draw_dots, draw_tick, flow, inner
from journeylib.figures.map.layout import Box
from journeylib.figures.map.marks import draw_effect
from journeylib.figures.map.words import effect_texts, money_text
from journeylib.figures.text_fit import cut, n_lines, text_width
from journeylib.wording import NBSP

_TAG_LEADING = 1.16


def draw_ours(sheet, box: Box, cell, words, layout):
    """Activities and content, departments, owner; hatched where nothing is done."""
    n_activities, n_content = cell.value("n_activities"), cell.value("n_content")
    if n_activities == 0:
        sheet.rect(box.left + 1, box.top + 1, box.width - 2, box.height - 2, fill=f"url(#{sheet.prefix}-hatch)", radius=0.8)
        room = inner(box, top=3.0, bottom=2.0).part(left=1.5, right=1.5)
        sheet.rect(room.left - 1.2, room.top - 0.6, room.width + 2.4, room.height + 1.2, fill=palette.WHITE, radius=0.7)
    else:
        room = inner(box, top=1.2, bottom=0.4)
    flow(sheet, room, list(_our_lines(cell, words, n_activities, n_content)), layout.body, leading=1.19)


def _our_lines(cell, words, n_activities, n_content):
    counted = [_counted(words, "activities", n_activities), _counted(words, "content", n_content)]
    yield Line(" · ".join(text.replace(" ", NBSP) for text in counted), bold=True, max_lines=2)
    if n_activities:
        owners = [row["label"] for row in cell.named("owner")]
        named = words.say("map.ours.owner", owner=words.list(owners)) if owners else words.say("map.ours.no_owner")
        yield Line(named, fill=palette.INK if owners else palette.RED, max_lines=2)
    departments = [row["label"] for row in cell.named("department")]
    if departments:
        yield Line(words.list(departments), fill=palette.GREY, max_lines=1)
    coverage = cell.get("coverage")
    if coverage is not None and coverage["extra"].get("status") != "covered":
        yield Line(coverage["label"], fill=palette.RED if coverage["extra"].get("status") == "hole" else palette.GREY, max_lines=1)


def _counted(words, name, n):
    if n is None:
        return words.say("map.ours.unlisted" if name == "activities" else "map.ours.unlisted_content")
    return words.say("map.ours.nothing") if name == "activities" and n == 0 else words.say(f"map.ours.{name}", n=int(n))


def draw_gaps(sheet, box: Box, cell, words, layout):
    """Up to two tags: filled red = found, outlined = uncertain; grey words where none was found or none could be checked."""
    gaps, room = cell.named("gap")[:2], inner(box, top=1.3, bottom=1.1)
    if not gaps:
        name = cell.rows[0]["name"]
        text = ("? " if name == "not_checkable" else "") + cell.rows[0]["label"]
        flow(sheet, room.part(top=1.0), [Line(text, fill=palette.GREY)], layout.body)
        return
    height = (room.height - 1.0) / 2 if len(gaps) > 1 or layout.column_width >= 55 else room.height * 0.7
    for i, row in enumerate(gaps):
        _draw_tag(sheet, Box(room.left, room.top + i * (height + 1.0), room.width, height), row, words, layout)


def _draw_tag(sheet, box, row, words, layout):
    found = row["extra"].get("status") == "found"
    sheet.rect(box.left, box.top, box.width, box.height, fill=palette.RED if found else palette.WHITE, stroke=palette.RED, line=0.3,
               dash="" if found else "1.2 0.8", radius=1.2)  # fmt: skip
    ink = palette.WHITE if found else palette.RED
    room = box.part(left=1.8, right=1.8, top=0.3, bottom=0.3)
    value = money_text(row, words, "map.gaps.a_year")
    lines = [Line(row["label"], fill=ink, bold=found)] + ([Line(value, fill=ink)] if value else [])
    size = next((size for size in _tag_sizes(layout) if _tag_height(lines, room.width, size) <= room.height), layout.body * 0.82)
    used = min(room.height, _tag_height(lines, room.width, size))
    flow(sheet, room.part(top=(room.height - used) / 2), lines, size, leading=_TAG_LEADING)


def _tag_sizes(layout):
    return [layout.body * factor for factor in (1.0, 0.94, 0.88, 0.82)]


def _tag_height(lines, width, size):
    return sum(n_lines(line.text, width, size, bold=line.bold) for line in lines) * size * _TAG_LEADING


def draw_improvement(sheet, box: Box, cell, words, layout):
    """The first action, what it may bring, who and by when, ticked when under way; an arrow for what the last change did."""
    row, effect, room = cell.get("action"), cell.get("effect", 1), inner(box, top=1.2, bottom=0.4)
    if row is None:
        lines = [Line(cell.rows[0]["label"], fill=palette.GREY), *_effect_line(effect, words, room.width, layout)]
        _draw_effect(sheet, room, flow(sheet, room.part(top=1.0), lines, layout.body), lines, effect, layout.body)
        return
    moving = row["extra"].get("status") in ("under_way", "agreed", "done")
    if moving:
        draw_tick(sheet, room.left, room.top + layout.body, layout.body * 1.1, palette.BLUE)
    lines = [Line(row["label"], fill=palette.BLUE, bold=True, max_lines=2, indent=layout.body * 1.3 if moving else 0.0)]
    value = money_text(row, words, "map.improvement.value")
    lines += [Line(value, max_lines=1)] if value else []
    lines += _effect_line(effect, words, room.width, layout)
    who = next((text for text in _who_and_when(row, words) if text_width(text, layout.body) <= room.width), None)
    parts = [who] if who else list(_who_and_when(row, words))[-1].split(" · ")
    lines += [Line(text, fill=palette.GREY, max_lines=1) for text in parts]
    size = layout.body if len(lines) * layout.body * 1.18 <= room.height else layout.note
    _draw_effect(sheet, room, flow(sheet, room, lines, size, leading=1.18), lines, effect, size)


def _effect_line(effect, words, width, layout):
    if effect is None:
        return []
    texts = list(effect_texts(effect, words))
    text = next((text for text in texts if text_width(text, layout.body) <= width - 3.4), texts[-1])
    fill = {"better": palette.BLUE, "worse": palette.RED}.get(effect["extra"]["verdict"], palette.INK)
    return [Line(text, fill=fill, indent=3.4, max_lines=1)]


def _draw_effect(sheet, room, baselines, lines, effect, size):
    for y, line in zip(baselines, lines, strict=False):
        if effect is not None and line.indent == 3.4:
            draw_effect(sheet, room.left + 1.3, y - size * 0.34, effect["extra"]["verdict"])


def _who_and_when(row, words):
    """Owner and date, then the same with the date written short, for narrow columns."""
    extra = row["extra"]
    owner = extra.get("owner") or words.say("map.improvement.no_owner")
    if not extra.get("due_on"):
        yield owner
        return
    due_on = dt.date.fromisoformat(extra["due_on"])
    for date in (words.date(due_on), words.short_date(due_on)):
        yield f"{owner} · {words.say('map.improvement.by', date=date)}"


def draw_evidence(sheet, box: Box, cell, words, layout, *, letters: bool):
    """Dots for the grade, then the sources with n, and how old the oldest is when that is over a year."""
    head, room = cell.get("grade"), inner(box, top=0.9, bottom=0.2)
    grade = int(head["value"])
    y = room.top + layout.body * 0.62
    end = draw_dots(sheet, room.left + 1.1, y, grade)
    colour = palette.AMBER if grade <= 1 else palette.INK
    name = words.say("map.evidence.contested") if head["is_contested"] else words.say(f"map.evidence.grade_{grade}")
    left = end + 1.3
    oldest = cell.get("oldest")
    name = words.say("map.with_share", text=name, share=oldest["label"]) if oldest else name
    sheet.text(left, y + layout.note * 0.33, cut(name, room.right - left, layout.note), layout.note, (left, room.right), fill=colour)
    text = " · ".join(source_texts(cell, words, letters=letters))
    flow(sheet, room.part(top=layout.body * 1.12), [Line(text, fill=palette.GREY, max_lines=2)], layout.note, leading=1.1)


def source_texts(cell, words, *, letters: bool) -> list[str]:
    """'webb + CRM 1 240', or with letters 'W+C 1 240'."""
    texts = []
    for row in cell.named("source"):
        name = row["extra"]["letters"] if letters else row["label"]
        texts.append(name if row["n"] is None else words.say("map.evidence.source", source=name, n=int(row["n"])).replace(" ", NBSP))
    n_unknown = cell.value("n_unknown")
    return texts + ([words.say("map.evidence.n_unknown", n=int(n_unknown))] if n_unknown else [])


def needs_letters(cells, boxes, words, layout) -> bool:
    """Whether some stage's sources, in words, are too long for two lines: then the whole row takes letters."""
    size = layout.note
    return any(text_width(" · ".join(source_texts(cell, words, letters=False)), size) > 1.7 * (box.width - 4)
               for cell, box in zip(cells, boxes, strict=True) if cell.named("source"))  # fmt: skip
