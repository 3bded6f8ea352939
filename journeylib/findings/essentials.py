"""Page one and the appendix: what the managing director reads first, and what the analyst checks last."""

from __future__ import annotations

from html import escape

import pandas as pd

from journeylib.figures.tables import Tag, html_table
from journeylib.findings import Finding
from journeylib.findings.conclusions import headline, leading_gap, ranked_gaps
from journeylib.findings.feelings import say_feeling
from journeylib.findings.kpis import lead_kpi
from journeylib.findings.labels import goal_label, map_row_label, persona_label, place_label, say_grain, stage_label
from journeylib.findings.movement import say_leaving
from journeylib.findings.since import say_since
from journeylib.gaps import say_gap
from journeylib.improve.actions import say_action
from journeylib.improve.first import first_of_all, first_of_gap
from journeylib.improve.gap_order import OF_KNOWLEDGE
from journeylib.knowledge import load
from journeylib.names import lowered
from journeylib.questions import ANSWERED


def essentials(run, improved) -> Finding:
    """Three findings with value and owner, four key numbers, and what is known, believed and not known."""
    w = run.words
    cards, numbers = _key_numbers(run, improved)
    moved = (say_since(run, improved.since)[0],) if improved.since else ()
    return Finding("essentials", "essentials", w.say("findings.essentials.question"), headline(run, improved), text=(*moved, *_known_believed_unknown(run, improved)),
                   so_what=_so_what(run, improved), picture=_cards(cards) + _three_findings(run, improved), numbers={"goal": run.client.goal, **numbers})  # fmt: skip


def _so_what(run, improved):
    first, goal = first_of_all(improved.actions, leading_gap(run, improved)), lowered(goal_label(run))
    if first is None:
        return run.words.say("findings.essentials.no_action", goal=goal)
    sentence = say_action(first, run.words, run.model, run.client)
    how = "" if sentence == first["title"] else f" {sentence}"
    return run.words.say("findings.essentials.first_action", goal=goal, action=f"{first['title']} ({place_label(run, first)})") + how


def _key_numbers(run, improved) -> tuple[list[tuple[str, str, str]], dict]:
    """Up to four numbers with what each is and what it was last time; and the same as numbers, for the next report."""
    w, mapped, since = run.words, improved.mapped, improved.since
    journeys, lead, felt, last = mapped.collected.journeys, lead_kpi(run, mapped), _lowest_feeling(run, mapped), since.key_numbers if since else {}
    cards = []
    if len(journeys):
        then = say_grain(run, last["n_journeys"]) if last.get("n_journeys") else None
        cards.append((say_grain(run, len(journeys)), w.say("findings.essentials.in_report", date=w.date(run.client.as_of)), _last(w, then)))
    if lead is not None:
        cards.append((lead.number, lead.label, _last(w, _kpi_then(w, lead, last.get("lead_kpi")))))
    if felt is not None:
        cards.append((w.score(felt["mean"]), w.say("findings.essentials.feeling", stage=stage_label(run, felt["stage"]), n=int(felt["n"])), _last(w, _felt_then(w, felt, since))))
    found, unknown = ranked_gaps(run, improved.gaps), int((improved.gaps["status"] == "not_checkable").sum())
    moved = since and not since.differing and (len(since.opened) or len(since.closed))
    cards.append((w.count(len(found)), w.say("findings.essentials.gaps", unknown=w.count(unknown)),
                  w.say("effects_more.page_one.gaps", opened=w.count(len(since.opened)), closed=w.count(len(since.closed))) if moved else ""))  # fmt: skip
    return cards, {"lead_kpi": getattr(lead, "numbers", None), "n_journeys": len(journeys), "n_gaps": len(found)}


def _lowest_feeling(run, mapped):
    emotion = mapped.shown.get("emotion")
    felt = emotion[emotion["n"] >= max(5, run.client.privacy.k)].sort_values(["mean", "stage"]) if emotion is not None else pd.DataFrame()
    return felt.iloc[0] if len(felt) else None


def _last(w, then):
    return w.say("effects_more.page_one.last", then=then) if then else ""


def _kpi_then(w, lead, then):
    """Last time's value of the same KPI, in words."""
    if not then or then.get("kpi") != lead.id:
        return None
    if then.get("rate") is not None:
        return w.percent(then["rate"])
    return None if then.get("mean") is None else w.money(then["mean"]) if lead.id.endswith("_value") else w.score(then["mean"])


def _felt_then(w, felt, since):
    """The stage's feeling last time, where the same was asked in the same words."""
    if since is None or since.felt.empty:
        return None
    same = since.felt[(since.felt["stage"] == felt["stage"]) & (since.felt["metric"] == felt["metric"]) & (since.felt["wording_id"] == felt["wording_id"])]
    return w.score(same.iloc[0]["mean"]) if len(same) else None


def _cards(cards):
    items = "".join(f'<div class="card"><p class="card-number">{escape(number)}</p><p class="card-text">{escape(text)}</p>'
                    + (f'<p class="card-text card-since">{escape(then)}</p>' if then else "") + "</div>" for number, text, then in cards)  # fmt: skip
    return f'<div class="cards">{items}</div>'


def _three_findings(run, improved):
    w, top = run.words, _one_a_place(ranked_gaps(run, improved.gaps)).head(3)
    if top.empty:
        return ""
    headings = [w.say(f"findings.essentials.{name}") for name in ("finding", "value", "action", "owner")]
    rows = []
    for _, row in top.iterrows():
        action = first_of_gap(row, improved.actions)
        owner = action["owner"] if action is not None and pd.notna(action["owner"]) else None
        worth = w.money_range(row["value_lo"], row["value_hi"]) if pd.notna(row["value_at_stake"]) else w.say("findings.essentials.no_value")
        rows.append([_say_once(run, row, improved.gaps), worth, None if action is None else action["title"],
                     owner or Tag(w.say("findings.essentials.no_owner"), "uncertain")])  # fmt: skip
    note = f'<p class="bar-note">{escape(w.say("findings.essentials.value_note"))}</p>' if top["value_at_stake"].notna().any() else ""
    return html_table(headings, rows, kind="essentials") + note


def _one_a_place(gaps):
    """One gap a stage, for those of one stage concern the same money and the same action; and one a check in what is known."""
    of_knowledge = gaps["check"].where(gaps["check"].isin(OF_KNOWLEDGE))
    again = gaps["stage"].where(gaps["stage"] != "", gaps["gap_id"]).duplicated() | (of_knowledge.notna() & of_knowledge.duplicated())
    return gaps[~again]


def _say_once(run, gap, gaps):
    """The gap in words; where little is known of several stages, with the others named."""
    w, said = run.words, say_gap(gap, run.words, run.model, run.client)
    others = gaps[(gaps["check"] == gap["check"]) & (gaps["status"] == "found") & (gaps["reason"] == gap["reason"]) & (gaps["gap_id"] != gap["gap_id"]) & (gaps["stage"] != "")]
    if gap["check"] not in OF_KNOWLEDGE or others.empty:
        return said
    return f"{said} {w.say('clarity.same_elsewhere', stages=w.list([stage_label(run, stage) for stage in others['stage']]))}"


def _known_believed_unknown(run, improved):
    w, mapped = run.words, improved.mapped
    said = [say_leaving(run, mapped)[:2], say_feeling(run, mapped)]
    leads = headline(run, improved)  # what stands above is not said again
    sure = [takeaway for takeaway, state in said if state in ("clear", "none")]
    unsure = [takeaway for takeaway, state in said if state == "close"]
    unsure += [_say_probable(run, row) for _, row in improved.gaps[_is_probable(improved.gaps)].iterrows()]
    for what in [what for what in sure if what != leads] if sure else [w.say("findings.essentials.nothing_sure")]:
        yield w.say("findings.essentials.we_know", what=what)
    for what in unsure[:1]:
        yield w.say("findings.essentials.we_believe", what=what)
    open_ones = improved.questions.groupby("question_id")["status"].agg(lambda s: set(s).isdisjoint(ANSWERED))
    yield w.say("findings.essentials.we_do_not_know", n=int(open_ones.sum()), of=w.count(len(open_ones)))


def _is_probable(gaps):
    """Uncertain answers whose value lies on the wrong side of the limit: the gap is likelier than not, and not certain."""
    shares = (gaps["unit"] == "share") & gaps["threshold"].notna() & gaps["value"].notna()
    is_below = gaps["details"].fillna("").astype(str).str.contains('"bad": "below"', regex=False)
    wrong = (gaps["value"] < gaps["threshold"]).where(is_below, gaps["value"] > gaps["threshold"])
    return (gaps["status"] == "uncertain") & shares & wrong.fillna(False).astype(bool)


def _say_probable(run, gap):
    name = run.words.label(load("gaps")[gap["check"]]["name"])
    return run.words.say("clarity.believe_gap", gap=name, place=place_label(run, gap))


def how_was_it_counted(run, improved) -> Finding:
    """Definitions in plain words: stages and their atoms, who is counted, what lost means, how sure a cell is."""
    w, client = run.words, run.client
    atoms = load("atoms")
    headings = [w.say(f"findings.counted.{name}") for name in ("stage", "contains", "goal")]
    rows = [[w.label(s.label), " · ".join(w.label(atoms[atom]["name"]) for atom in s.atoms), w.label(s.goal) if s.goal else None] for s in run.model.in_scope]
    terms = [[w.label(term["name"]), w.label(term["definition"])] for term in load("glossary")["terms"].values() if "definition" in term]
    details = html_table([w.say("findings.counted.term"), w.say("findings.counted.meaning")], terms, kind="terms") if terms else ""
    own = client.privacy.own_contacts
    text = (w.say("privacy.masked"), *([w.say("privacy.own_contacts", contacts=w.list(own))] if own else []))
    return Finding("how_was_it_counted", "appendix", w.say("findings.counted.question"), w.say("findings.counted.takeaway", model=w.label(run.model.name), k=client.privacy.k), text=text,
                   picture=html_table(headings, rows), details=details, details_label=w.say("findings.counted.details"))  # fmt: skip


def what_does_each_cell_rest_on(run, improved) -> Finding:
    """The evidence register: every cell of the map with n, sources, age and grade; and how the grades are spread."""
    w, once = run.words, _least_sure(improved.cells)
    known = once[once["status"] == "known"]
    takeaway = w.say("findings.evidence.clear", n=len(known), of=w.count(len(once)), weak=w.count(int((known["grade"].fillna(0) <= 1).sum())))
    headings = [w.say(f"findings.evidence.{name}") for name in ("row", "stage", "grade", "n", "sources", "newest")]
    rows = [[map_row_label(run, r.row), _place(run, r),
             _dots(w, r), w.count(r.n) if pd.notna(r.n) else None, r.sources.replace(",", ", ") if pd.notna(r.sources) else None,
             w.short_date(r.last_on) if pd.notna(r.last_on) else None] for r in once.itertuples()]  # fmt: skip
    return Finding("what_does_each_cell_rest_on", "appendix", w.say("findings.evidence.question"), takeaway, details=html_table(headings, rows, numeric=(3,)),
                   details_label=w.say("findings.evidence.details"), numbers={"n_known": len(known), "n_cells": len(once)})  # fmt: skip


def _least_sure(cells):
    """Each cell by the least sure of what stands in it; one that says only that there is nothing to ask (the time to leave the last stage) has no evidence."""
    asked = cells[~cells["row"].isin(["gaps", "improvement", "evidence"]) & ~((cells["status"] == "known") & cells["grade"].isna())]
    return asked.sort_values("grade", kind="stable", na_position="first").drop_duplicates(["row", "stage", "persona"]).sort_index()


def _place(run, row):
    return f"{stage_label(run, row.stage)} · {persona_label(run, row.persona)}" if row.persona else stage_label(run, row.stage)


def _dots(w, row):
    if row.status == "suppressed":
        return w.say("findings.evidence.suppressed")
    return w.say("findings.unknown") if row.status == "unknown" or pd.isna(row.grade) else ("○", "●", "●●", "●●●")[int(row.grade)]
