"""Page one and the appendix: what the managing director reads first, and what the analyst checks last."""

from __future__ import annotations

from html import escape

import pandas as pd

from journeylib.figures.tables import Tag, html_table
from journeylib.findings import Finding
from journeylib.findings.conclusions import headline, ranked_gaps
from journeylib.findings.data import say_grain
from journeylib.findings.feelings import say_feeling
from journeylib.findings.kpis import lead_kpi
from journeylib.findings.labels import goal_label, map_row_label, persona_label, place_label, stage_label
from journeylib.findings.movement import say_leaving
from journeylib.gaps import say_gap
from journeylib.improve.actions import first_action, say_action
from journeylib.knowledge import load
from journeylib.names import lowered


def essentials(run, improved) -> Finding:
    """Three findings with value and owner, four key numbers, and what is known, believed and not known."""
    w = run.words
    picture = _cards(_key_numbers(run, improved)) + _three_findings(run, improved)
    return Finding("essentials", "essentials", w.say("findings.essentials.question"), headline(run, improved), text=tuple(_known_believed_unknown(run, improved)),
                   so_what=_so_what(run, improved), picture=picture, numbers={"goal": run.client.goal, "lead_kpi": getattr(lead_kpi(run, improved.mapped), "numbers", None)})  # fmt: skip


def _so_what(run, improved):
    actions = improved.actions[improved.actions["status"].isin(["proposed", "agreed", "under_way"])].sort_values(["rank", "action_id"], na_position="last")
    goal = lowered(goal_label(run))
    if actions.empty:
        return run.words.say("findings.essentials.no_action", goal=goal)
    first = actions.iloc[0]
    sentence = say_action(first, run.words, run.model, run.client)
    how = "" if sentence == first["title"] else f" {sentence}"
    return run.words.say("findings.essentials.first_action", goal=goal, action=f"{first['title']} ({place_label(run, first)})") + how


def _key_numbers(run, improved):
    w, mapped = run.words, improved.mapped
    journeys, emotion = mapped.collected.journeys, mapped.shown.get("emotion")
    cards = [(say_grain(run, len(journeys)), w.say("findings.essentials.in_report", date=w.date(run.client.as_of)))] if len(journeys) else []
    lead = lead_kpi(run, mapped)
    if lead is not None:
        cards.append((lead.number, lead.label))
    felt = emotion[emotion["n"] >= max(5, run.client.privacy.k)].sort_values(["mean", "stage"]) if emotion is not None else pd.DataFrame()
    if len(felt):
        cards.append((w.score(felt.iloc[0]["mean"]), w.say("findings.essentials.feeling", stage=stage_label(run, felt.iloc[0]["stage"]), n=int(felt.iloc[0]["n"]))))
    unknown = int((improved.gaps["status"] == "not_checkable").sum())
    cards.append((w.count(len(ranked_gaps(run, improved.gaps))), w.say("findings.essentials.gaps", unknown=w.count(unknown))))
    return cards


def _cards(cards):
    items = "".join(f'<div class="card"><p class="card-number">{escape(number)}</p><p class="card-text">{escape(text)}</p></div>' for number, text in cards)
    return f'<div class="cards">{items}</div>'


def _three_findings(run, improved):
    w, top = run.words, ranked_gaps(run, improved.gaps).head(3)
    if top.empty:
        return ""
    headings = [w.say(f"findings.essentials.{name}") for name in ("finding", "value", "action", "owner")]
    rows = []
    for _, row in top.iterrows():
        action = first_action(row, improved.actions)
        owner = action["owner"] if action is not None and pd.notna(action["owner"]) else None
        worth = w.money_range(row["value_lo"], row["value_hi"]) if pd.notna(row["value_at_stake"]) else w.say("findings.essentials.no_value")
        rows.append([say_gap(row, w, run.model, run.client), worth, None if action is None else action["title"],
                     owner or Tag(w.say("findings.essentials.no_owner"), "uncertain")])  # fmt: skip
    note = f'<p class="bar-note">{escape(w.say("findings.essentials.value_note"))}</p>' if top["value_at_stake"].notna().any() else ""
    return html_table(headings, rows, kind="essentials") + note


def _known_believed_unknown(run, improved):
    w, mapped = run.words, improved.mapped
    said = [say_leaving(run, mapped)[:2], say_feeling(run, mapped)]
    sure = [takeaway for takeaway, state in said if state in ("clear", "none")]
    unsure = [takeaway for takeaway, state in said if state == "close"]
    unsure += [say_gap(row, w, run.model, run.client) for _, row in improved.gaps[improved.gaps["status"] == "uncertain"].iterrows() if row["lo"] == row["lo"]]
    for what in sure or [w.say("findings.essentials.nothing_sure")]:
        yield w.say("findings.essentials.we_know", what=what)
    for what in unsure[:1]:
        yield w.say("findings.essentials.we_believe", what=what)
    open_ones = improved.questions.groupby("question_id")["status"].agg(lambda s: not set(s) & {"data", "voices", "people"})
    yield w.say("findings.essentials.we_do_not_know", n=int(open_ones.sum()), of=w.count(len(open_ones)))


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
    w, cells = run.words, improved.cells
    once = cells[~cells["row"].isin(["gaps", "improvement", "evidence"])].drop_duplicates(["row", "stage", "persona"])
    known = once[once["status"] == "known"]
    takeaway = w.say("findings.evidence.clear", n=len(known), of=w.count(len(once)), weak=w.count(int((known["grade"].fillna(0) <= 1).sum())))
    headings = [w.say(f"findings.evidence.{name}") for name in ("row", "stage", "grade", "n", "sources", "newest")]
    rows = [[map_row_label(run, r.row), _place(run, r),
             _dots(w, r), w.count(r.n) if pd.notna(r.n) else None, r.sources.replace(",", ", ") if pd.notna(r.sources) else None,
             w.short_date(r.last_on) if pd.notna(r.last_on) else None] for r in once.itertuples()]  # fmt: skip
    return Finding("what_does_each_cell_rest_on", "appendix", w.say("findings.evidence.question"), takeaway, details=html_table(headings, rows, numeric=(3,)),
                   details_label=w.say("findings.evidence.details"), numbers={"n_known": len(known), "n_cells": len(once)})  # fmt: skip


def _place(run, row):
    return f"{stage_label(run, row.stage)} · {persona_label(run, row.persona)}" if row.persona else stage_label(run, row.stage)


def _dots(w, row):
    if row.status == "suppressed":
        return w.say("findings.evidence.suppressed")
    return w.say("findings.unknown") if row.status == "unknown" or pd.isna(row.grade) else ("○", "●", "●●", "●●●")[int(row.grade)]
