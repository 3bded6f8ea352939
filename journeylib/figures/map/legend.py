"""What the legend at the foot explains: only the signs this map uses."""

from __future__ import annotations

from functools import partial

from journeylib.figures import palette
from journeylib.figures.map.customer import tone_of
from journeylib.figures.map.drawing import draw_dots
from journeylib.figures.map.words import N_FOR_SHARES, is_wide
from journeylib.journeymap.names import channel_groups


def legend_entries(cells, words, *, letters: bool):
    """(how to draw the sign, its width, its words) in order."""
    before = _named([*_numbers(cells), *_feelings(cells)], words)
    after = _named([*_touchpoints(cells), *_gaps(cells), *_evidence(cells)], words)
    return before + _channels(cells) + after + (_letters(cells) if letters else [])


def _named(entries, words):
    return [(draw, width, words.say(f"map.{key}" if "." in key else f"map.legend.{key}")) for draw, width, key in entries]


def _numbers(cells):
    rates = cells.all("rate")
    if any(row["extra"].get("is_worst") for row in rates):
        yield _chip(palette.RED, palette.RED, ""), 6.0, "drop"
    if any(is_wide(row) and not row["extra"].get("is_worst") for row in rates):
        yield _chip(palette.WHITE, palette.GREY, "1.2 0.8"), 6.0, "wide"
    if rates:
        yield _nothing, 0.0, "intervals"


def _feelings(cells):
    means = cells.all("mean")
    if any(row["n"] is not None and row["n"] < N_FOR_SHARES for row in means):
        yield _hollow_point, 3.6, "few"
    if any(row["extra"].get("strip") for row in means):
        yield _strip, 4.4, "spread"
    if any((row["extra"].get("overlap_next") or 1) < 0.3 for row in means):
        yield _dotted, 8.0, "different"


def _channels(cells):
    """The channel groups in their fixed order, those this map uses."""
    used = {row["extra"]["group"]: row["label"] for row in cells.all("share") if row["row"] == "channels"}
    return [(_square_of(palette.SERIES[i]), 4.0, used[group]) for i, group in enumerate(channel_groups()) if group in used]


def _touchpoints(cells):
    shares = [row for row in cells.all("share") if row["row"] == "touchpoints"]
    if not shares:
        return
    yield _ring(""), 4.2, "starts_customer"
    if any(row["extra"].get("initiator") != "customer" for row in shares):
        yield _ring("0.7 0.5"), 4.2, "starts_company"
    if any(row["extra"].get("is_own_action") for row in shares):
        yield _square, 4.2, "own_action"
    if cells.any_named("satisfaction"):
        for key, score in (("satisfied", 1.0), ("mixed", 0.0), ("dissatisfied", -1.0)):
            yield _filled(tone_of(score)), 4.2, key
    yield _unanswered, 4.2, "no_answers"


def _gaps(cells):
    statuses = {row["extra"].get("status") for row in cells.all("gap")}
    if "found" in statuses:
        yield _tag(palette.RED, ""), 6.0, "gap_found"
    if "uncertain" in statuses:
        yield _tag(palette.WHITE, "1.2 0.8"), 6.0, "gap_uncertain"


def _evidence(cells):
    known = {row["grade"] for rows in cells.by_place.values() for row in rows if row["grade"] is not None}
    for grade, width in ((0, 3.2), (1, 3.2), (2, 5.0), (3, 6.8)) if known != {0} else ((0, 3.2),):
        yield _dots(grade), width, f"evidence.grade_{grade}"
    if any(rows[0]["status"] == "unknown" for rows in cells.by_place.values()):
        yield _hatch, 6.0, "unknown"


def _letters(cells):
    seen: dict[str, str] = {}
    for row in cells.all("source"):
        for letter, name in zip(row["extra"]["letters"].split("+"), row["label"].split(" + "), strict=True):
            seen.setdefault(letter, name)
    return [(_nothing, 0.0, f"{letter} {name}") for letter, name in seen.items()]


def _nothing(sheet, x, y):
    return None


def _chip(fill, stroke, dash):
    def draw(sheet, x, y):
        corners = [(x, y - 1.1), (x + 3.6, y - 1.1), (x + 4.8, y), (x + 3.6, y + 1.1), (x, y + 1.1)]
        sheet.polygon(corners, fill=fill, stroke=stroke, line=0.25, dash=dash)

    return draw


def _hollow_point(sheet, x, y):
    sheet.circle(x + 1.2, y, 1.0, fill=palette.WHITE, stroke=palette.BLUE, line=0.4)


def _strip(sheet, x, y):
    for i, width in enumerate((1.0, 2.6, 1.6)):
        sheet.rect(x, y - 1.35 + i * 0.95, width, 0.75, fill=palette.GREY_MID)


def _dotted(sheet, x, y):
    sheet.line(x, y, x + 6.6, y, stroke=palette.BLUE, line=0.6, dash="0.3 1.3")


def _ring(dash):
    return lambda sheet, x, y: sheet.circle(x + 1.4, y, 1.3, fill=palette.WHITE, stroke=palette.INK, line=0.35, dash=dash)


def _square(sheet, x, y):
    sheet.rect(x + 0.3, y - 1.15, 2.3, 2.3, fill=palette.WHITE, stroke=palette.INK, line=0.35)


def _square_of(fill):
    return lambda sheet, x, y: sheet.rect(x, y - 1.15, 2.8, 2.3, fill=fill)


def _filled(fill):
    return lambda sheet, x, y: sheet.circle(x + 1.4, y, 1.3, fill=fill, stroke=palette.INK, line=0.2)


def _unanswered(sheet, x, y):
    sheet.circle(x + 1.4, y, 1.3, fill=f"url(#{sheet.prefix}-fine)", stroke=palette.INK, line=0.2)


def _tag(fill, dash):
    return lambda sheet, x, y: sheet.rect(x, y - 1.2, 4.8, 2.4, fill=fill, stroke=palette.RED, line=0.25, dash=dash, radius=0.6)


def _dots(grade):
    return partial(_draw_grade, grade)


def _draw_grade(grade, sheet, x, y):
    draw_dots(sheet, x + 0.8, y, grade, radius=0.72)


def _hatch(sheet, x, y):
    sheet.rect(x, y - 1.2, 4.8, 2.4, fill=f"url(#{sheet.prefix}-hatch)")
