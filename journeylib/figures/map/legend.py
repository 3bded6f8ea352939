"""What the legend at the foot explains: only the signs this map uses."""

from __future__ import annotations

from functools import partial

from journeylib.figures import palette
from journeylib.figures.map.drawing import draw_dots, draw_tick
from journeylib.figures.map.emotion import STAR, draw_star
from journeylib.figures.map.marks import draw_absent, draw_deviation, draw_effect, draw_hourglass
from journeylib.figures.map.touchpoints import tone_of
from journeylib.figures.map.words import DEVIATIONS, N_FOR_SHARES, is_wide
from journeylib.journeymap.names import channel_groups


def legend_entries(cells, words, *, letters: bool):
    """(how to draw the sign, its width, its words) in order."""
    before = _named([*_numbers(cells), *_feelings(cells)], words)
    after = _named([*_touchpoints(cells), *_deviations(cells), *_gaps(cells), *_actions(cells), *_evidence(cells)], words)
    return before + _channels(cells) + _named(_absence(cells), words) + after + (_letters(cells) if letters else [])


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
    if cells.any_named("too_long"):
        yield _hourglass, 3.4, "time.too_long"


def _feelings(cells):
    means = cells.all("mean")
    if any(row["n"] is not None and row["n"] < N_FOR_SHARES for row in means):
        yield _hollow_point, 3.6, "few"
    if any(row["extra"].get("strip") for row in means):
        yield _strip, 4.4, "spread"
    if any((row["extra"].get("overlap_next") or 1) < 0.3 for row in means):
        yield _dotted, 8.0, "different"
    if cells.any_named("then"):
        yield _last_time, 8.0, "then"
    if cells.any_named("is_moment"):
        yield _star, 4.0, "moment"


def _channels(cells):
    """The channel groups in their fixed order, those this map uses."""
    used = {row["extra"]["group"]: row["label"] for row in cells.all("share") if row["row"] == "channels"}
    return [(_square_of(palette.SERIES[i]), 4.0, used[group]) for i, group in enumerate(channel_groups()) if group in used]


def _absence(cells):
    if cells.any_named("absent", "unseen"):
        yield _absent, 3.4, "absent"


def _deviations(cells):
    if any(row["extra"].get("is_planned") for row in cells.all("share")):
        yield _planned, 4.6, "planned"
    for kind in DEVIATIONS:
        if cells.any_named(kind):
            yield partial(_draw_deviation, kind), 3.6, f"legend.deviation.{kind}"


def _actions(cells):
    if any(row["extra"].get("status") in ("under_way", "agreed", "done") for row in cells.all("action")):
        yield _tick, 3.6, "agreed"
    for verdict in ("better", "worse", "no_effect", "too_early"):
        if any(row["extra"]["verdict"] == verdict for row in cells.all("effect")):
            yield partial(_draw_effect, verdict), 3.4, f"effect_{verdict}"


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


def _last_time(sheet, x, y):
    sheet.line(x, y, x + 6.6, y, stroke=palette.GREY_MID, line=0.35)
    sheet.circle(x + 3.3, y, 0.5, fill=palette.GREY_MID)


def _star(sheet, x, y):
    draw_star(sheet, x + STAR, y)


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


def _hourglass(sheet, x, y):
    draw_hourglass(sheet, x, y, 2.8)


def _absent(sheet, x, y):
    draw_absent(sheet, x + 1.3, y)


def _planned(sheet, x, y):
    sheet.circle(x + 1.7, y, 1.6, fill=palette.WHITE, stroke=palette.GREY_MID, line=0.3)
    sheet.circle(x + 1.7, y, 1.0, fill=palette.BLUE_MID, stroke=palette.INK, line=0.2)


def _tick(sheet, x, y):
    draw_tick(sheet, x + 0.3, y + 0.9, 2.6, palette.BLUE)


def _draw_deviation(kind, sheet, x, y):
    draw_deviation(sheet, x + 1.4, y, kind, palette.RED if kind == "failed" else palette.INK)


def _draw_effect(verdict, sheet, x, y):
    draw_effect(sheet, x + 1.2, y, verdict)


def _draw_grade(grade, sheet, x, y):
    draw_dots(sheet, x + 0.8, y, grade, radius=0.72)


def _hatch(sheet, x, y):
    sheet.rect(x, y - 1.2, 4.8, 2.4, fill=f"url(#{sheet.prefix}-hatch)")
