"""The map as an ordinary table, for phones and screen readers: the same cells, stage by stage, nothing cut."""

from __future__ import annotations

import datetime as dt
from html import escape

import pandas as pd

from journeylib import knowledge
from journeylib.figures.map.cells import Cell, read_cells
from journeylib.figures.map.company import source_texts
from journeylib.figures.map.frame import phase_names, phases_unmet
from journeylib.figures.map.words import (
    DEVIATIONS,
    absent_text,
    days_text,
    deviation_of,
    effect_text,
    few_left,
    interval_text,
    money_text,
    quoted,
    said_share,
    said_text,
    share_text,
)  # fmt: skip
from journeylib.schema import MAP_ROWS


def map_table_html(cells: pd.DataFrame, model, words, *, persona: str = "") -> str:
    """The cells as an HTML table: one section a stage, one line a row of the map; every text of a client escaped."""
    found, names = read_cells(cells, persona), knowledge.load("rows")["map_rows"]
    parts = [f'<table class="map-table"><caption>{escape(words.say("map.table_caption"))}</caption>']
    if whole := whole_journey_lines(found, model, words):
        parts.append(_section(words.say("map.table_whole"), [(words.say("map.table_scope"), whole)]))
    for stage in model.in_scope:
        rows = [(words.label(knowledge.load("rows")["stage_row"]), [words.list(phase_names(stage, words)) or words.say("map.stage.no_phase")])]
        rows += [(words.label(names[row]["name"]), cell_lines(found.cell(row, stage.id), words)) for row in MAP_ROWS]
        parts.append(_section(words.label(stage.label), rows))
    return "".join([*parts, "</table>"])


def persona_table_html(cells: pd.DataFrame, model, words, personas) -> str:
    """The comparison of two personas in words: stage by stage both, then what differs, with its interval."""
    both, found = [(name, read_cells(cells, persona)) for persona, name in personas], read_cells(cells)
    parts = [f'<table class="map-table"><caption>{escape(words.say("map.personas.caption", first=personas[0][1], second=personas[1][1]))}</caption>']
    names = knowledge.load("rows")["map_rows"]
    for stage in model.in_scope:
        rows = []
        for row in ("go_on", "time", "emotion", "needs", "actions", "channels", "touchpoints"):
            own = [words.say("map.with_value", text=name, value="; ".join(cell_lines(of.cell(row, stage.id), words)))
                   for name, of in both if row in ("go_on", "time", "emotion")]  # fmt: skip
            rows.append((words.label(names[row]["name"]), own + _difference_lines(found.cell(row, stage.id), own, words)))
        parts.append(_section(words.label(stage.label), rows))
    return "".join([*parts, "</table>"])


def _difference_lines(cell, own, words):
    lines = []
    for row in cell.named("difference"):
        factor, digits, say = (100, 0, words.percent) if row["unit"] == "share" else (1, 1, lambda value: words.number(value, 1))
        span = words.span(row["lo"] * factor, row["hi"] * factor, digits)
        told = words.say("map.personas.difference", difference=words.say(f"effects.unit.{row['unit']}", value=words.score(row["value"] * factor, digits), range=span))
        if row["label"]:
            told = words.say("map.with_value", text=row["label"], value=words.say("map.personas.figures", first=say(row["extra"]["a"]), second=say(row["extra"]["b"]))) + "; " + told
        lines.append(told)
    if not lines:
        lines = [words.say("map.personas.none")] if cell.get("no_difference") else [] if own else [words.say("map.unknown")]
    return lines


def _section(heading, rows):
    lines = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{_content(lines)}</td></tr>' for name, lines in rows)
    return f'<tbody><tr><th colspan="2" scope="colgroup">{escape(heading)}</th></tr>{lines}</tbody>'


def _content(lines):
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>" if len(lines) > 1 else escape(lines[0])


def whole_journey_lines(cells, model, words) -> list[str]:
    """What the sheet says beside the stages: gaps of the whole journey, that it takes too long, what lies outside, phases without a stage."""
    lines = [row["label"] for row in cells.cell("gaps", "").named("gap") if row["extra"].get("status") == "found"]
    lines += [words.say("map.time.whole_too_long")] if cells.cell("time", "").get("too_long", 1) else []
    outside, phases = [words.label(stage.label) for stage in model.stages if not stage.in_scope], phases_unmet(model, words)
    lines += [words.say("map.stage.outside", stages=words.list(outside))] if outside else []
    lines += [words.say("map.stage.unmet_phases", phases=words.list(phases))] if phases else []
    return lines + ([words.say("map.loop")] if model.loops else [])


def cell_lines(cell: Cell, words) -> list[str]:
    """One cell in words, a line for each thing it says."""
    if cell.status == "unknown":
        return [words.say("map.unknown")]
    if cell.status == "suppressed":
        return [cell.rows[0]["label"]]
    lines = _said_lines(cell, words) if cell.is_written else _LINES[cell.row](cell, words)
    return [line for line in lines if line] or [words.say("map.unknown")]


def _said_lines(cell, words):
    kind = words.say(f"map.kinds.{cell.rows[0]['kind']}")
    return [words.say("map.with_share", text=said_text(row, words), share=kind) for row in cell.rows if row["label"]]


def _go_on(cell, words):
    n = cell.value("n_reached")
    yield words.say("map.go_on.reached", n=int(n)) if n is not None else ""
    rate = cell.get("rate")
    if rate is not None:
        text = share_text(cell, words, "rate", count="n_converted")
        whole = words.rate(rate["value"], rate["lo"], rate["hi"]) if text == words.percent(rate["value"]) and rate["lo"] is not None else text
        yield words.say("map.go_on.rate", rate=whole)
        yield words.say("map.go_on.worst") if rate["extra"].get("is_worst") else ""
    for name in ("too_recent", "next_unseen"):
        yield words.say(f"map.go_on.{name}") if cell.get(f"n_{name}" if name == "too_recent" else name) is not None else ""
    yield few_left(cell, words, "lost")
    yield few_left(cell, words, "open")
    yield from _said(cell, words, "reason", "objection")


def _time(cell, words):
    yield cell.get("last")["label"] if cell.get("last") else ""
    median, lo, hi = cell.value("median_days"), cell.value("q25_days"), cell.value("q75_days")
    if median is not None:
        yield words.say("map.time.median", days=days_text(median, words))
        yield words.say("map.time.middle", range=words.days_range(lo, hi)) if lo is not None and hi is not None and hi >= 1 else ""
    elif cell.value("max_followed_days") is not None:
        yield words.say("map.time.over", days=words.days(cell.value("max_followed_days")))
    open_share = cell.value("open_share")
    yield words.say("map.time.open", share=words.percent(open_share)) if open_share is not None and median is None else ""
    yield words.say("map.time.too_long") if cell.get("too_long", 1) else ""


def _emotion(cell, words):
    row = cell.get("mean")
    if row is not None:
        score = words.score(row["value"])
        whole = ("map.emotion.mean", {"span": words.span(row["lo"], row["hi"], 1)}) if row["lo"] is not None else ("map.emotion.mean_alone", {})
        text = words.say(whole[0], score=score, **whole[1])
        yield words.say("map.with_share", text=text, share=words.say("map.emotion.n", n=int(row["n"])))
    then = cell.get("then", 3)
    yield words.say("map.emotion.then", score=words.score(then["value"]), n=int(then["n"])) if then is not None else ""
    yield words.say("map.legend.moment") if cell.get("is_moment", 2) is not None else ""
    quote = cell.get("quote", 1)
    yield quoted(quote["label"], words) if quote is not None else ""


def _needs(cell, words):
    for row in cell.named("importance"):
        satisfaction = cell.value("satisfaction", row["item"])
        values = {"need": row["label"], "importance": words.number(row["value"], 1)}
        if satisfaction is None:
            text = words.say("map.need.important", **values)
        else:
            text = words.say("map.need.scored", satisfaction=words.number(satisfaction, 1), **values)
        yield words.say("map.with_share", text=text, share=words.say("map.need.unserved")) if row["extra"].get("is_unserved") else text
    yield from _said(cell, words, "need", "question", "problem", "driver", "expectation")


def _said(cell, words, *names):
    for row in cell.named(*names):
        text, share = said_text(row, words), said_share(row, words)
        if share and row["lo"] is not None and share == words.percent(row["value"]):
            share = words.rate(row["value"], row["lo"], row["hi"])
        yield words.say("map.with_share", text=text, share=share) if share else text


def _shares(cell, words):
    for row in cell.named("share"):
        value = " ".join(filter(None, [share_text(cell, words, item=row["item"]), _interval(cell, row, words)]))
        text = words.say("map.with_value", text=row["label"], value=value)
        satisfaction = cell.value("satisfaction", row["item"])
        text = text if satisfaction is None else words.say("map.touchpoints.satisfaction", text=text, score=words.score(satisfaction))
        deviation = deviation_of(cell, row)
        yield text if deviation is None else words.say("map.with_share", text=text, share=_deviation(deviation, words))
    for row in cell.named(*DEVIATIONS):
        yield words.say("map.with_share", text=row["label"], share=_deviation(row, words)) if row["label"] else ""
    yield absent_text(cell, words) if cell.named("absent") or cell.get("unseen", 40) else ""
    yield from _said(cell, words, "info_source")


def _deviation(row, words):
    return words.say(f"map.deviation.{row['name']}", share=words.rate(row["value"], row["lo"], row["hi"]))


def _interval(cell, row, words):
    return interval_text(row, words) if share_text(cell, words, item=row["item"]) == words.percent(row["value"]) else ""


def _ours(cell, words):
    n_activities, n_content = cell.value("n_activities"), cell.value("n_content")
    if n_activities is not None:
        yield words.say("map.ours.activities", n=int(n_activities)) if n_activities else words.say("map.ours.nothing")
    yield words.say("map.ours.content", n=int(n_content)) if n_content is not None else ""
    yield words.list([row["label"] for row in cell.named("department")])
    owners = [row["label"] for row in cell.named("owner")]
    yield words.say("map.ours.owner", owner=words.list(owners)) if owners else words.say("map.ours.no_owner") if n_activities else ""
    coverage = cell.get("coverage")
    yield coverage["label"] if coverage is not None else ""


def _gaps(cell, words):
    for row in cell.named("gap"):
        text = words.say("map.with_share", text=row["label"], share=words.say(f"map.gaps.{row['extra']['status']}"))
        value = money_text(row, words, "map.gaps.a_year")
        yield words.say("map.with_value", text=text, value=value) if value else text
    for row in cell.named("none", "not_checkable"):
        yield row["label"]


def _improvement(cell, words):
    row, effect = cell.get("action"), cell.get("effect", 1)
    if effect is not None:
        yield words.say("map.with_value", text=effect["label"], value=effect_text(effect, words))
    if row is None:
        yield cell.rows[0]["label"]
        return
    extra = row["extra"]
    yield words.say("map.with_share", text=row["label"], share=words.say(f"map.improvement.{extra['status']}"))
    yield money_text(row, words, "map.improvement.value")
    yield extra.get("owner") or words.say("map.improvement.no_owner")
    yield words.say("map.improvement.by", date=words.date(dt.date.fromisoformat(extra["due_on"]))) if extra.get("due_on") else ""


def _evidence(cell, words):
    yield words.say(f"map.evidence.grade_{int(cell.value('grade'))}")
    yield words.say("map.evidence.contested") if cell.get("grade")["is_contested"] else ""
    yield cell.get("oldest")["label"] if cell.get("oldest") else ""
    yield from source_texts(cell, words, letters=False)


_LINES = {"go_on": _go_on, "time": _time, "emotion": _emotion, "needs": _needs, "actions": _shares, "channels": _shares, "touchpoints": _shares,
          "our_activities": _ours, "gaps": _gaps, "improvement": _improvement, "evidence": _evidence}  # fmt: skip
