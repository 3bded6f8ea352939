"""The gaps, the map and what is not known: findings of notebook 03."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.map import draw_journey_map, draw_persona_comparison, map_table_html, persona_table_html
from journeylib.figures.tables import Tag, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import place_label
from journeylib.findings.movement import say_leaving
from journeylib.gaps import say_gap
from journeylib.improve.gap_order import OF_KNOWLEDGE, in_order, is_of_goal
from journeylib.improve.orders import FROM_LISTS
from journeylib.journeymap.head import build_head
from journeylib.knowledge import load
from journeylib.questions import ANSWERED

TONES = {"found": "found", "uncertain": "uncertain", "not_found": "ok", "not_checkable": "unknown"}


#: Who answers a question → how it then stands.
_BY = {"data": ("data",), "voices": ("voices",), "told": ("people", "assumed")}
#: Gaps in the body of the report; all others are folded.
MOST_GAPS = 5
#: A drop-off nobody set a target for leads the page only where surely at least this share does not go on.
LARGE_DROP = 0.5


def ranked_gaps(run, gaps: pd.DataFrame) -> pd.DataFrame:
    """Found gaps nobody rejected or parked, the one that leads first (`improve.gap_order`, M001)."""
    return in_order(gaps[(gaps["status"] == "found") & ~gaps["decision"].fillna("").isin(["reject", "park"])], run.model, run.client)


def leading_gap(run, improved) -> pd.Series | None:
    """The gap to start from: the first, or where the largest loss leads the first at either end of it; None where none is found, or the client goes
    by another order of actions than money's."""
    found = ranked_gaps(run, improved.gaps)
    if found.empty or run.client.priority != "money":
        return None
    lost = say_leaving(run, improved.mapped)[2]
    if _loss_leads(run, found.iloc[0], lost):
        ids = list(run.model.ids)
        place = ids.index(lost["stage"])
        at_it = found[found["stage"].isin(ids[place : place + 2])]
        return (at_it if len(at_it) else found).iloc[0]
    return found.iloc[0]


def which_gaps(run, improved) -> Finding:
    """Every check's answer; the largest certain gap leads. What could not be checked is never shown as fine (C21)."""
    w, gaps = run.words, improved.gaps
    found = ranked_gaps(run, gaps)
    ordered = _in_order(run, gaps[gaps["status"].isin(["found", "uncertain"])])
    counts = {status: int((gaps["status"] == status).sum()) for status in TONES}
    if len(found):
        takeaway, state = w.say("findings.gaps.clear", n=len(found), gap=say_gap(found.iloc[0], w, run.model, run.client)), "clear"
    elif counts["not_found"] + counts["uncertain"]:
        takeaway, state = w.say("findings.gaps.none", unknown=w.count(counts["not_checkable"])), "none"
    else:
        takeaway, state = w.say("findings.gaps.not_checkable"), "not_checkable"
    text = [w.say("findings.gaps.counts", found=w.count(len(found)), uncertain=w.count(counts["uncertain"]), ok=w.count(counts["not_found"]),
                 unknown=w.count(counts["not_checkable"]))]  # fmt: skip
    set_aside = counts["found"] - len(found)
    text += [w.say("findings.gaps.set_aside", n=set_aside)] if set_aside else []
    n_folded = max(len(ordered) - MOST_GAPS, 0)
    text += [w.say("findings.gaps.folded", n=n_folded)] if n_folded else []
    text += [w.say("findings.gaps.shared_value")] if found[found["value_at_stake"].notna()].duplicated("stage").any() else []
    rest = pd.concat([ordered.iloc[MOST_GAPS:], gaps[~gaps["status"].isin(["found", "uncertain"])]])
    return Finding("which_gaps", "gaps", w.say("findings.gaps.question"), takeaway, text=tuple(text), picture=_gap_table(run, ordered.head(MOST_GAPS)),
                   details=_gap_table(run, rest), details_label=w.say("findings.gaps.details"), tables={"gaps": gaps}, state=state,
                   numbers={"found": [row.gap_id for row in found.itertuples()], **{f"n_{name}": n for name, n in counts.items()}})  # fmt: skip


def _in_order(run, gaps):
    """Found gaps in their rank, then those set aside, then the uncertain: the first row is the one the headline names."""
    found = list(ranked_gaps(run, gaps)["gap_id"])
    place = {gap_id: place for place, gap_id in enumerate(found)}
    later = gaps["status"].map({"found": 1000, "uncertain": 2000}).fillna(3000)
    return gaps.assign(_place=gaps["gap_id"].map(place).fillna(later)).sort_values(["_place", "gap_id"], kind="stable").drop(columns="_place")


def _gap_table(run, gaps):
    if gaps.empty:
        return ""
    w, names = run.words, load("gaps")
    headings = [w.say(f"findings.gaps.{name}") for name in ("gap", "where", "status", "seen", "value", "decision")]
    rows = [[w.label(names[row["check"]]["name"]), place_label(run, row), Tag(w.say(f"findings.status.{row['status']}"), TONES[row["status"]]),
             say_gap(row, w, run.model, run.client), _worth(w, row), _decided(w, row)] for _, row in gaps.iterrows()]  # fmt: skip
    return html_table(headings, rows, kind="gaps")


def _worth(w, row):
    return w.money_range(row["value_lo"], row["value_hi"]) if pd.notna(row["value_at_stake"]) else None


def _decided(w, row):
    decision = row["decision"]
    if pd.isna(decision) or not decision:
        return None
    why = row["decided_why"] if pd.notna(row["decided_why"]) else ""
    return w.say(f"findings.decision.{decision}", why=why) if why else w.say(f"findings.decision.{decision}_plain")


def which_mistakes(run, improved) -> Finding:
    """The typical mistakes (M077, M078), ticked, crossed or marked as not checked."""
    w, status = run.words, _status_by_check(improved.gaps)
    rows, n = [], {"found": 0, "uncertain": 0, "not_found": 0, "not_checkable": 0}
    for mistake in load("mistakes").values():
        answer = _worst([status.get(check, "not_checkable") for check in mistake["gaps"]])
        n[answer] += 1
        rows.append([w.label(mistake["name"]), Tag(w.say(f"findings.status.{answer}"), TONES[answer])])
    takeaway = w.say("findings.mistakes.clear", n=n["found"], of=w.count(len(rows)), unknown=w.count(n["not_checkable"]))
    headings = [w.say("findings.mistakes.mistake"), w.say("findings.gaps.status")]
    return Finding("which_mistakes", "gaps", w.say("findings.mistakes.question"), takeaway, picture=html_table(headings, rows), numbers=n, folded_under=w.say("findings.show"))


def _status_by_check(gaps):
    """The answer of each check, and of each part of one: 'G05:top_heavy'."""
    parts = gaps["check"] + ":" + gaps["gap_id"].str.split(":").str[3].fillna("")
    return {name: _worst(list(rows)) for names in (gaps["check"], parts) for name, rows in gaps["status"].groupby(names, sort=True)}


def _worst(answers):
    """Found beats uncertain beats not checkable beats not found: silence is never read as fine."""
    return next(answer for answer in ("found", "uncertain", "not_checkable", "not_found") if answer in answers)


def journey_map(run, improved) -> Finding:
    """The one-page map (practice E): the sheet for screen and A3, the same cells as a table for phones and readers."""
    w = run.words
    n_journeys = len(improved.mapped.collected.journeys)
    head = build_head(run.client, w, title=headline(run, improved), n_journeys=n_journeys or None)
    sheet = draw_journey_map(improved.cells, run.model, w, head)
    run.write_text("journey-map.svg", sheet)
    known = improved.cells[improved.cells["row"] != "evidence"]
    unknown = int((known["status"] == "unknown").sum())
    picture = f'<div class="map-sheet">{sheet}</div><div class="map-table">{map_table_html(improved.cells, run.model, w)}</div>'
    takeaway = w.say("findings.map.unknown", n=unknown) if unknown else w.say("findings.map.clear")
    details, label, tables = _personas_beside(run, improved)
    return Finding("journey_map", "map", w.say("findings.map.question"), takeaway, text=(w.say("findings.map.reading"), w.say("findings.map.grades")), picture=picture,
                   details=details, details_label=label, tables={"cells": improved.cells} | tables, state="clear", numbers={"n_unknown": unknown})  # fmt: skip


def _personas_beside(run, improved):
    """The sheet and the table that lay two personas beside each other, folded; nothing where none can be compared (M044)."""
    w, cells = run.words, improved.mapped.persona_cells
    if cells is None:
        return "", "", {}
    shown = set(cells["persona"])
    pair = tuple((persona.id, persona.name) for persona in run.client.personas if persona.id in shown)
    first, second = (name for _, name in pair)
    n = int((cells["name"] == "difference").sum())
    title = w.say("map.personas.title", n=n, first=first, second=second) if n else w.say("map.personas.title_none", first=first, second=second)
    ids = tuple(persona for persona, _ in pair)
    journeys = improved.mapped.collected.journeys
    head = build_head(run.client, w, title=title, n_journeys=int(journeys["persona"].isin(ids).sum()), personas=ids, n_all=len(journeys))
    sheet = draw_persona_comparison(cells, run.model, w, head, pair)
    run.write_text("journey-map-personas.svg", sheet)
    table = persona_table_html(cells, run.model, w, pair)
    return f'<div class="map-sheet">{sheet}</div><div class="map-table">{table}</div>', title, {"persona_cells": cells}


def headline(run, improved) -> str:
    """The sentence that leads the page: the first certain gap in what is done, or the largest loss where that leads; else what is not known."""
    found = ranked_gaps(run, improved.gaps)
    done = found[~found["check"].isin(OF_KNOWLEDGE)]
    leaving, state, lost = say_leaving(run, improved.mapped)
    if len(done) and not _loss_leads(run, done.iloc[0], lost):
        return say_gap(done.iloc[0], run.words, run.model, run.client)
    if state in ("clear", "close") or found.empty:
        return leaving
    return say_gap(found.iloc[0], run.words, run.model, run.client)


def _loss_leads(run, gap, lost) -> bool:
    """Whether the largest loss, which nothing was held against, comes before the first gap: where it is large for certain, and the gap
    does not lie where the goal looks and the loss does, or rests on a list while customers were counted here."""
    if not lost or lost["lo"] < LARGE_DROP:
        return False
    loss = (not is_of_goal("G13", lost["stage"], run.model, run.client), False)
    return loss < (not is_of_goal(gap["check"], gap["stage"], run.model, run.client), gap["check"] in FROM_LISTS)


def what_we_do_not_know(run, improved) -> Finding:
    """The questions of the bank that nothing delivered can answer, and what would answer them."""
    w, questions, bank = run.words, improved.questions, load("questions")
    one = questions.sort_values(["question_id", "stage"]).groupby("question_id", sort=True)
    standing = {question: _standing(list(rows["status"])) for question, rows in one}
    open_ones = [question for question, status in standing.items() if status in ("open", "not_checkable")]
    by = {who: sum(status in statuses for status in standing.values()) for who, statuses in _BY.items()}
    said = {who: w.count(n) for who, n in by.items()}
    takeaway = w.say("clarity.not_known", n=len(open_ones), of=w.count(len(standing)), **said) if open_ones else w.say("findings.not_known.none")
    headings = [w.say(f"findings.not_known.{name}") for name in ("question_column", "status", "would_help")]
    rows = [[w.label(bank[question]["text"]), Tag(w.say(f"findings.question_status.{standing[question]}"), "unknown"), _would_help(run, questions, question)]
            for question in open_ones]  # fmt: skip
    checks = improved.gaps[improved.gaps["status"] == "not_checkable"]
    text = (w.say("findings.not_known.checks", n=len(checks)),) if len(checks) else ()
    return Finding("what_we_do_not_know", "unknown", w.say("findings.not_known.question"), takeaway, text=text, details=(html_table(headings, rows) if rows else "") + _assumed(w, questions, standing),
                   details_label=w.say("findings.not_known.details"), tables={"questions": questions}, state="clear" if open_ones else "none",
                   numbers={"open": open_ones, **by, "not_checkable": [row.gap_id for row in checks.itertuples()]})  # fmt: skip


def _standing(statuses):
    return next(status for status in (*ANSWERED, "open", "not_checkable") if status in statuses)


def _assumed(w, questions, standing):
    """What only people inside have answered, in their words, as what it is: said or assumed."""
    bank, own = load("questions"), questions[questions["status"].isin(_BY["told"]) & questions["question_id"].map(standing).isin(_BY["told"])]
    own = own.sort_values(["question_id", "stage"]).drop_duplicates("question_id")
    headings = [w.say(f"findings.not_known.{name}") for name in ("question_column", "status", "your_answer")]
    rows = [[w.label(bank[row.question_id]["text"]), Tag(w.say(f"findings.question_status.{row.status}"), "uncertain"), row.answer] for row in own.itertuples()]
    return html_table(headings, rows, caption=w.say("findings.not_known.own")) if rows else ""


def _would_help(run, questions, question):
    missing = questions.loc[questions["question_id"] == question, "missing"].dropna()
    names = sorted({name.strip() for text in missing for name in str(text).split(",") if name.strip()})
    known = load("deliveries")
    return "; ".join(run.words.label(known[name]["name"]) for name in names if name in known) or None
