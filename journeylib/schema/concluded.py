"""What is concluded: cells of the map, gaps, actions, and how the questions stand."""

from __future__ import annotations

from journeylib.schema.tables import Table, bool_, date, float_, int_, moment, text
from journeylib.schema.values import GAP_STATUSES, KINDS

#: The rows of the one-page map, top to bottom (practice E); the ninth and on stand below the line of interaction.
MAP_ROWS = (
    "go_on", "time", "emotion", "needs", "actions", "channels", "touchpoints",
    "our_activities", "gaps", "improvement", "evidence",
)  # fmt: skip

CELLS = Table("cells", "one item in one cell of the map", {
    "row": text("row of the map", one_of=MAP_ROWS), "stage": text("stage id"), "persona": text("empty = everybody"),
    "item": int_("order within the cell, from 0"),
    "status": text("known, unknown (no evidence) or suppressed (fewer than k)", one_of=("known", "unknown", "suppressed")),
    "name": text("what the value is: a field name (n_reached, rate, median_days, importance, share …) "),
    "label": text("words shown: touchpoint, need, quote …, in the client's language", required=False),
    "value": float_("the number, unrounded", required=False),
    "unit": text("journeys, share, days, score, count, money", required=False),
    "n": int_("how many it rests on", required=False),
    "lo": float_("lower end, 95 %", required=False), "hi": float_("upper end, 95 %", required=False),
    "kind": text("how it is known", required=False, one_of=KINDS),
    "sources": text("source names, comma-separated", required=False),
    "first_on": moment("oldest evidence", required=False), "last_on": moment("newest evidence", required=False),
    "method": text("the measure's name", required=False),
    "evidence_id": text("row of the evidence register", required=False),
    "grade": int_("0 assumption … 3; missing = unknown", required=False),
    "is_contested": bool_("two kinds of evidence disagree", required=False),
    "extra": text("JSON: what only the drawing needs (shares of a strip, a second value)", required=False),
}, key=("row", "stage", "persona", "item", "name"))  # fmt: skip

GAPS = Table("gaps", "one check's answer for one place", {
    "gap_id": text("check and place: G05:consideration:cio"),
    "check": text("G01 … G34"), "stage": text("stage id; empty = the whole journey"), "persona": text("empty = everybody"),
    "status": text("answer", one_of=GAP_STATUSES),
    "value": float_("what was measured", required=False), "lo": float_("lower end", required=False), "hi": float_("upper end", required=False),
    "n": int_("how many it rests on", required=False), "threshold": float_("what it was held against", required=False),
    "unit": text("share, days, count, ratio", required=False),
    "reason": text("message key of the sentence that explains the answer"),
    "details": text("JSON: values the sentence needs", required=False),
    "missing": text("what is missing when it could not be checked: table names, comma-separated", required=False),
    "evidence": text("tables and rows it rests on", required=False),
    "value_at_stake": float_("money a year, median", required=False),
    "value_lo": float_("10 %", required=False), "value_hi": float_("90 %", required=False),
    "severity": int_("0–3 where money cannot be computed", required=False),
    "decision": text("accept, reject, park or empty", required=False),
    "decided_by": text("role", required=False), "decided_why": text("why", required=False),
}, key=("gap_id",))  # fmt: skip

ACTIONS = Table("actions", "one proposal or agreed action", {
    "action_id": text("A02:G04:decision, or the client's own id"),
    "kind": text("A01 … A31, or own"), "gap_id": text("gap it closes", required=False),
    "stage": text("stage id; empty = all"), "persona": text("empty = everybody"),
    "title": text("in the client's language"),
    "status": text("state", one_of=("proposed", "agreed", "under_way", "done", "rejected")),
    "owner": text("role", required=False), "kpi": text("what shows it worked", required=False),
    "target": float_("target for the KPI", required=False), "start_on": date("start", required=False), "due_on": date("due", required=False),
    "effort": text("low, medium, high", required=False),
    "value": float_("money a year, median", required=False), "value_lo": float_("10 %", required=False), "value_hi": float_("90 %", required=False),
    "score": float_("money a day of work, median", required=False), "score_lo": float_("10 %", required=False), "score_hi": float_("90 %", required=False),
    "p_best": float_("chance that no other action gives more a day of work", required=False),
    "p_top3": float_("chance that it is among the first three", required=False),
    "is_measured_first": bool_("find out more before choosing: knowing its worth would change the choice", required=False),
    "horizon": text("when it can be done", required=False, one_of=("now", "next", "later")),
    "rank": int_("1 = first", required=False), "is_tied": bool_("cannot be told from its neighbour", required=False),
    "missing": text("owner, kpi, due_on … not filled in", required=False),
    "lacks": text("insight, habit, tool: what the register of routines says is missing there", required=False),
    "done_as": text("what the client does of it in the stage already", required=False),
    "done_share": float_("for which share of the journeys there; value and reach are those of the others", required=False),
}, key=("action_id",))  # fmt: skip

QUESTIONS = Table("questions", "one question of the bank and how it stands", {
    "question_id": text("Q01 … Q50"), "stage": text("stage id; empty = all"),
    "status": text("answered by data, by customers (voices), by people inside; only assumed by them; open; not checkable", one_of=("data", "voices", "people", "assumed", "open", "not_checkable")),
    "answer": text("the people's answer, where there is one", required=False),
    "missing": text("sources that would answer it", required=False),
}, key=("question_id", "stage"))  # fmt: skip

SCENARIO = Table("scenario", "purchases added up since a change, in one week of one world (C11)", {
    "what": text("as today, or changed", one_of=("today", "changed")), "week": int_("weeks since the change, from 1"),
    "median": float_("expected purchases so far"), "lo": float_("10 % of what is not known"), "hi": float_("90 %"),
    "lo_chance": float_("10 % with what chance adds"), "hi_chance": float_("90 % with what chance adds"),
}, key=("what", "week"))  # fmt: skip

CONCLUSIONS = {table.name: table for table in (CELLS, GAPS, ACTIONS, QUESTIONS, SCENARIO)}
