"""Every table the library passes around: its columns, types, units and rules, said once.

A table is a plain pandas frame. `check(frame, TABLE)` stands at both doors of a step: it returns the frame in the
declared column order, or raises a `TableError` whose message names the rule and counts the rows that break it,
never showing a customer's row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from journeylib.errors import TableError, nearest

#: The nine atoms every stage model groups (mission §2.1), in order. Codes in the prepared log are positions here.
ATOMS = (
    "a1_problem", "a2_brand", "a3_evaluate", "a4_decide", "a5_reassure",
    "a6_onboard", "a7_use", "a8_repeat", "a9_advocate",
)  # fmt: skip
OUTCOMES = ("none", "won", "lost")
INITIATORS = ("customer", "company", "third")
#: A journey at the data cut. `dormant`: silent for longer than the client's limit where silence is not declared a loss.
STATES = ("won", "lost", "open", "dormant")
#: How a thing is known (practice C20).
KINDS = ("observed", "stated", "inferred", "staff", "assumed")
#: What a voice is about; each is a row of the map or a reason for something on it.
VOICE_ROWS = (
    "need", "question", "problem", "emotion", "thought", "driver", "expectation",
    "info_source", "action", "touchpoint", "objection", "reason", "company", "content",
)  # fmt: skip
GAP_STATUSES = ("found", "uncertain", "not_found", "not_checkable")
SEMANTICS = ("in_order", "any", "at_least")
#: What somebody who was asked is to the company (M025): those who left and those who never bought see what customers cannot.
RELATIONS = ("customer", "lost", "never")


@dataclass(frozen=True)
class Column:
    """One column: its type (`text`, `int`, `float`, `bool`, `moment` = UTC timestamp, `date`), and what it means."""

    type: str
    meaning: str
    required: bool = True
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A declared table: what one row is, its columns and the columns that identify a row."""

    name: str
    one_row_is: str
    columns: dict[str, Column]
    key: tuple[str, ...] = field(default=())


def _text(meaning, required=True, one_of=()):
    return Column("text", meaning, required, tuple(one_of))


def _int(meaning, required=True):
    return Column("int", meaning, required)


def _float(meaning, required=True):
    return Column("float", meaning, required)


def _bool(meaning, required=True):
    return Column("bool", meaning, required)


def _moment(meaning, required=True):
    return Column("moment", meaning, required)


def _date(meaning, required=True):
    return Column("date", meaning, required)


# --- what came in ---------------------------------------------------------------------------------------------------

SOURCES = Table("sources", "one raw file of one source", {
    "source": _text("the source's name in the client's parameters"),
    "format": _text("the declared format it was read by"),
    "table": _text("the canonical tables it gave rows to, comma-separated"),
    "file": _text("file name, without folder"),
    "sha256": _text("hash of the file's bytes"),
    "encoding": _text("as read", required=False),
    "separator": _text("as read", required=False),
    "decimal": _text("as read", required=False),
    "n_rows": _int("data rows in the file (headers, preamble and totals rows not counted)"),
    "n_kept": _int("raw rows that gave at least one canonical row"),
    "n_dropped": _int("raw rows that gave none"),
    "drop_reasons": _text("reason: count, semicolon-separated", required=False),
    "n_skipped_lines": _int("preamble, totals and blank lines passed over"),
    "not_understood": _text("columns of the file no canonical column used, comma-separated", required=False),
    "n_customers": _int("distinct customers in it", required=False),
    "first_at": _moment("earliest moment in it", required=False),
    "last_at": _moment("latest moment in it", required=False),
    "delivered_by": _text("who delivered it", required=False),
    "department": _text("whose data it is", required=False),
    "missing_fields": _text("canonical column: share missing, semicolon-separated", required=False),
}, key=("source", "file"))  # fmt: skip

#: Canonical events before preparation: what formats produce, one touchpoint at one moment.
EVENTS = Table("events", "one touchpoint at one moment, as a source told it", {
    "customer_id": _text("the person (pseudonym); missing where only the account is known", required=False),
    "account_id": _text("the company (pseudonym); B2B", required=False),
    "journey_key": _text("the source's own id of a run (deal, campaign × household), pseudonym", required=False),
    "occurred_at": _moment("when, UTC"),
    "touchpoint": _text("what happened, in the source's words or the format's (page_view, order, email_open …)"),
    "detail": _text("page path, deal stage, campaign, topic: what rules look at", required=False),
    "channel": _text("through what (see knowledge/channels.yml)", required=False),
    "initiator": _text("who started it", required=False, one_of=INITIATORS),
    "department": _text("department of the company", required=False),
    "offer": _text("product or service", required=False),
    "value": _float("money in the client's currency", required=False),
    "referrer_id": _text("the customer who referred (pseudonym)", required=False),
    "source": _text("source name"),
})  # fmt: skip

CUSTOMERS = Table("customers", "one person", {
    "customer_id": _text("pseudonym"),
    "account_id": _text("the company the person belongs to (pseudonym)", required=False),
    "persona": _text("declared persona's id, by rule or column", required=False),
    "role": _text("role in the buying group (B2B)", required=False),
    "segment": _text("any declared segment", required=False),
    "has_consent": _bool("may be contacted", required=False),
}, key=("customer_id",))  # fmt: skip

JOURNEYS = Table("journeys", "one run of the journey", {
    "journey": _int("code in the prepared log, 0 … n − 1"),
    "unit": _int("code of the unit of analysis (person in B2C, account in B2B): intervals cluster on it"),
    "customer_id": _text("pseudonym of the person; missing for an account's journey", required=False),
    "account_id": _text("pseudonym of the account", required=False),
    "offer": _text("offer, where the journey has one", required=False),
    "persona": _text("persona of the person, where the journey is a person's", required=False),
    "started_at": _moment("first event"),
    "last_at": _moment("last event"),
    "ended_at": _moment("moment of the first won, or of lost; missing while open", required=False),
    "state": _text("at the data cut", one_of=STATES),
    "value": _float("sum of values of won events", required=False),
    "first_channel": _text("channel of the first event", required=False),
    "is_referred": _bool("came through a referral", required=False),
}, key=("journey",))  # fmt: skip

VOICES = Table("voices", "one answer, quote, ticket, review, objection or written assumption", {
    "voice_id": _text("stable id within the client"),
    "customer_id": _text("pseudonym", required=False),
    "account_id": _text("pseudonym", required=False),
    "said_at": _moment("when", required=False),
    "atom": _text("atom it is about", required=False, one_of=ATOMS),
    "stage": _text("stage id, where the sheet names a stage instead of an atom", required=False),
    "touchpoint": _text("touchpoint it is about", required=False),
    "persona": _text("persona's id", required=False),
    "row": _text("what it is about", one_of=VOICE_ROWS),
    "code": _text("short code or topic, in the client's language", required=False),
    "metric": _text("csat, ces, nps, importance, satisfaction, expectation", required=False),
    "need_id": _text("need it is about (importance, satisfaction)", required=False),
    "score": _float("the answer on its scale", required=False),
    "scale_min": _float("lowest answer on the scale", required=False),
    "scale_max": _float("highest answer on the scale", required=False),
    "wording_id": _text("the question's wording: only equal wordings share a curve", required=False),
    "text": _text("verbatim, masked for personal data", required=False),
    "has_consent": _bool("may be quoted", required=False),
    "kind": _text("stated by customers, said by staff, or assumed", one_of=("stated", "staff", "assumed")),
    "relation": _text("what the speaker is to the company, where the sheet says", required=False, one_of=RELATIONS),
    "source": _text("source name"),
}, key=("voice_id",))  # fmt: skip

ACTIVITIES = Table("activities", "one activity of the company", {
    "activity_id": _text("id"),
    "title": _text("what is done"),
    "atom": _text("atom it serves", required=False, one_of=ATOMS),
    "stage": _text("stage id, where the register names a stage", required=False),
    "persona": _text("persona's id; missing = all", required=False),
    "need_id": _text("need it serves", required=False),
    "purpose": _text("why", required=False),
    "next_step": _text("what the customer is to do next", required=False),
    "channel": _text("channel", required=False),
    "owner": _text("owner (a role or function, never a person's name)", required=False),
    "department": _text("department", required=False),
    "cost": _float("money per year", required=False),
    "hours": _float("hours per year", required=False),
    "reach": _float("customers reached per year", required=False),
    "result": _text("what it gave", required=False),
    "source": _text("source name"),
}, key=("activity_id",))  # fmt: skip

CONTENT = Table("content", "one content item", {
    "content_id": _text("id"),
    "title": _text("title"),
    "type": _text("content type id (knowledge/content_types.yml)", required=False),
    "atom": _text("atom it serves", required=False, one_of=ATOMS),
    "stage": _text("stage id, where the register names a stage", required=False),
    "persona": _text("persona's id; missing = all", required=False),
    "need_id": _text("need or question it answers", required=False),
    "language": _text("language code", required=False),
    "cta": _text("its request to act; missing = none", required=False),
    "gated": _text("email, form or none", required=False),
    "reach": _float("readers per year", required=False),
    "live_from": _date("published", required=False),
    "live_to": _date("withdrawn", required=False),
    "source": _text("source name"),
}, key=("content_id",))  # fmt: skip

NEEDS = Table("needs", "one need of the customers", {
    "need_id": _text("id"),
    "wording": _text("as progress in a situation"),
    "atom": _text("atom", required=False, one_of=ATOMS),
    "stage": _text("stage id, where the register names a stage", required=False),
    "persona": _text("persona's id; missing = all", required=False),
    "kind": _text("job, pain or gain", required=False, one_of=("job", "pain", "gain")),
    "source": _text("source name"),
}, key=("need_id",))  # fmt: skip

KEYWORDS = Table("keywords", "one search phrase", {
    "keyword_id": _text("id"),
    "phrase": _text("what people search for, masked for personal data"),
    "atom": _text("atom it belongs to", required=False, one_of=ATOMS),
    "stage": _text("stage id, where the sheet names a stage", required=False),
    "persona": _text("persona's id; missing = all", required=False),
    "volume": _float("searches a month, estimated", required=False),
    "position": _float("the client's own mean position, 1 = first; missing = not known", required=False),
    "clicks": _float("clicks in the time of the file", required=False),
    "impressions": _float("times shown in the time of the file", required=False),
    "cost": _float("money paid for the clicks, in the client's currency", required=False),
    "is_paid": _bool("counted on ads rather than on ordinary results", required=False),
    "from_on": _date("first day counted", required=False),
    "to_on": _date("last day counted", required=False),
    "source": _text("source name"),
}, key=("keyword_id",))  # fmt: skip

#: What reports count for a channel, campaign, page or day. No customer stands behind a row, so none is ever made an event.
CAMPAIGN_STATS = Table("campaign_stats", "one line of a report that came already counted", {
    "line_id": _text("id"),
    "name": _text("the channel, campaign, page, country or day it counts"),
    "dimension": _text("what kind of line: campaign, search_result or report_line"),
    "channel": _text("channel id, where the line belongs to one", required=False),
    "from_on": _date("first day counted", required=False),
    "to_on": _date("last day counted", required=False),
    "impressions": _float("times shown", required=False),
    "clicks": _float("clicks", required=False),
    "users": _float("people or devices reached, as the tool counts them", required=False),
    "sessions": _float("visits", required=False),
    "views": _float("page views", required=False),
    "cost": _float("money paid, in the client's currency", required=False),
    "conversions": _float("conversions as the tool counts them; may be fractions", required=False),
    "value": _float("money the tool credits to it", required=False),
    "source": _text("source name"),
}, key=("line_id",))  # fmt: skip

#: Registers by name. Adding one here makes it a table a format may emit.
REGISTERS = {table.name: table for table in (ACTIVITIES, CONTENT, NEEDS, KEYWORDS, CAMPAIGN_STATS)}
CANONICAL = {table.name: table for table in (EVENTS, CUSTOMERS, VOICES, *REGISTERS.values())}

# --- what was measured ----------------------------------------------------------------------------------------------

FUNNEL = Table("funnel", "one stage under one counting rule", {
    "semantics": _text("counting rule", one_of=SEMANTICS),
    "persona": _text("persona's id; empty = everybody"),
    "stage": _text("stage id"),
    "position": _int("place of the stage, from 0"),
    "n_reached": _int("journeys that reached the stage"),
    "n_went_on": _int("… and the next stage by the data cut; 0 for the last stage; missing where it would tell the size of a small group", required=False),
    "n_lost": _int("… and did not go on, and are lost", required=False),
    "n_open": _int("… and did not go on, and are still open (or dormant)", required=False),
    "n_followed": _int("reached it at least a window before the data cut"),
    "n_converted": _int("… of whom this many reached the next stage within the window", required=False),
    "n_too_recent": _int("reached it too recently to judge: n_reached − n_followed"),
    "rate": _float("n_converted / n_followed; missing for the last stage or when nobody was followed", required=False),
    "rate_lo": _float("lower end, 95 %", required=False),
    "rate_hi": _float("upper end, 95 %", required=False),
    "n_units": _int("distinct units among n_followed"),
    "window_days": _float("the window; missing = until the data cut", required=False),
}, key=("semantics", "persona", "stage"))  # fmt: skip

TIME_CURVE = Table("time_curve", "one step of the cumulative incidence of one end, from entry into a stage (C1)", {
    "stage": _text("stage entered"),
    "end": _text("went_on or lost", one_of=("went_on", "lost")),
    "at_days": _float("days since entry"),
    "n_at_risk": _int("journeys still in the stage just before"),
    "share": _float("Aalen–Johansen cumulative incidence"),
    "lo": _float("lower end, 95 %"),
    "hi": _float("upper end, 95 %"),
})  # fmt: skip

STAGE_TIMES = Table("stage_times", "how long a stage takes", {
    "stage": _text("stage id"),
    "n_entered": _int("journeys that entered it before any later stage"),
    "n_went_on": _int("… and went on"),
    "n_lost": _int("… and were lost"),
    "n_open": _int("… and are still in it"),
    "n_returned": _int("journeys left out: a later stage came first"),
    "median_days": _float("time by which half have left the stage (Kaplan–Meier of staying); missing if not reached", required=False),
    "q25_days": _float("a quarter have left", required=False),
    "q75_days": _float("three quarters have left", required=False),
    "median_went_on_days": _float("time by which half of all who entered have gone on; missing if not reached", required=False),
    "horizon_days": _float("the horizon of the shares below"),
    "went_on_share": _float("gone on by the horizon"),
    "went_on_lo": _float("lower end"), "went_on_hi": _float("upper end"),
    "lost_share": _float("lost by the horizon"),
    "lost_lo": _float("lower end"), "lost_hi": _float("upper end"),
    "open_share": _float("still in the stage at the horizon"),
    "max_followed_days": _float("longest time anyone was followed"),
}, key=("stage", "horizon_days"))  # fmt: skip

TRANSITIONS = Table("transitions", "one move between touchpoints, directly one after the other in a journey", {
    "touchpoint": _text("from"), "next_touchpoint": _text("to"),
    "stage": _text("stage of the first; empty = outside the model"),
    "next_stage": _text("stage of the second; empty = outside the model"),
    "n_transitions": _int("moves"), "n_journeys": _int("journeys that made the move"),
    "median_days": _float("median time between"),
})  # fmt: skip

EXITS = Table("exits", "one last touchpoint of the journeys that ended in a stage", {
    "stage": _text("furthest stage reached"), "touchpoint": _text("last touchpoint the company did not start"),
    "state": _text("state at the data cut", one_of=STATES),
    "n_journeys": _int("journeys"), "share": _float("of journeys whose furthest stage this is"),
    "median_silent_days": _float("median days from the last event to the data cut"),
})  # fmt: skip

TOUCHPOINTS = Table("touchpoints", "one touchpoint in one stage", {
    "stage": _text("stage id"), "touchpoint": _text("touchpoint"), "channel": _text("its most common channel"),
    "initiator": _text("who usually starts it", required=False),
    "n_events": _int("events"), "n_journeys": _int("journeys that had it"),
    "n_stage": _int("journeys that touched the stage"),
    "share": _float("n_journeys / n_stage"), "lo": _float("lower end"), "hi": _float("upper end"),
    "satisfaction": _float("mean score on −2 … +2", required=False), "n_answers": _int("answers about it"),
}, key=("stage", "touchpoint"))  # fmt: skip

CHANNELS = Table("channels", "one channel in one stage", {
    "stage": _text("stage id"), "channel": _text("channel id"),
    "n_events": _int("events"), "n_journeys": _int("journeys that used it there"),
    "n_stage": _int("journeys that touched the stage"),
    "share": _float("n_events / all events of the stage"),
}, key=("stage", "channel"))  # fmt: skip

EMOTION = Table("emotion", "how one stage feels (C4)", {
    "stage": _text("stage id"), "metric": _text("csat, ces or nps"), "wording_id": _text("one wording only"),
    "n_answers": _int("answers"), "n": _int("customers"),
    "mean": _float("mean on −2 … +2, one value a customer"),
    "lo": _float("lower end, t-interval by customer", required=False), "hi": _float("upper end", required=False),
    "pooled": _float("pulled towards the mean of all stages, by how little is known", required=False),
    "share_m2": _float("share of customers in −2 … −1.2"), "share_m1": _float("−1.2 … −0.4"),
    "share_0": _float("−0.4 … 0.4"), "share_p1": _float("0.4 … 1.2"), "share_p2": _float("1.2 … 2"),
    "overlap_next": _float("of customers asked here or at the next stage, the share asked at both", required=False),
    "first_on": _moment("first answer", required=False), "last_on": _moment("last answer", required=False),
    "sources": _text("source names, comma-separated"),
}, key=("stage",))  # fmt: skip

VOICE_COUNTS = Table("voice_counts", "one thing said, counted per customer (C16)", {
    "stage": _text("stage id; empty = outside the model"), "row": _text("what it is about", one_of=VOICE_ROWS),
    "code": _text("what was said"), "kind": _text("stated, staff or assumed"),
    "n_customers": _int("customers who said it"), "n_asked": _int("customers heard on that row in that stage"),
    "share": _float("n_customers / n_asked", required=False),
    "lo": _float("lower end", required=False), "hi": _float("upper end", required=False),
    "voice_id": _text("a quotable example, with consent", required=False),
    "quote": _text("its text", required=False),
    "first_on": _moment("first said", required=False), "last_on": _moment("last said", required=False),
    "sources": _text("source names, comma-separated"),
})  # fmt: skip

NEED_SCORES = Table("need_scores", "one need's importance and satisfaction", {
    "need_id": _text("id"), "stage": _text("stage id"), "wording": _text("the need"),
    "importance": _float("10 × top-two share", required=False), "satisfaction": _float("10 × top-two share", required=False),
    "n": _int("customers asked"), "opportunity": _float("importance + max(importance − satisfaction, 0) (C6)", required=False),
    "gap": _float("mean of (importance − satisfaction), 0–10", required=False),
    "gap_lo": _float("lower end", required=False), "gap_hi": _float("upper end", required=False),
    "n_activities": _int("activities that serve it; missing = no activity register", required=False),
    "n_content": _int("content items that answer it; missing = no content register", required=False),
}, key=("need_id",))  # fmt: skip

COVERAGE = Table("coverage", "content and activities in one stage for one persona (C7)", {
    "stage": _text("stage id"), "persona": _text("persona's id; empty = everybody"),
    "n_content": _int("live items in the client's content languages; missing = no content register", required=False),
    "n_activities": _int("activities; missing = no activity register", required=False),
    "n_owned": _int("activities with an owner", required=False),
    "n_customers": _int("customers seen in the stage: the demand; missing = no log, or nobody's persona is known", required=False),
    "demand_share": _float("of all customer × stage presences", required=False),
    "supply_share": _float("of all live items", required=False),
    "ratio_lo": _float("supply / demand, lower end (exact Poisson)", required=False),
    "ratio_hi": _float("… upper end", required=False),
    "status": _text("what it amounts to", one_of=("hole", "thin", "covered", "no_demand", "not_checkable")),
}, key=("stage", "persona"))  # fmt: skip

RATES = Table("rates", "one named share of the contact and loyalty measures", {
    "measure": _text("follow_up, silence, forgotten, repeat, referred, promoters_asked, win, bought"),
    "group": _text("offer, horizon or '' for all"),
    "n": _int("how many could"), "n_yes": _int("how many did"),
    "rate": _float("n_yes / n", required=False), "lo": _float("lower end", required=False), "hi": _float("upper end", required=False),
    "n_units": _int("distinct units among n"), "days": _float("the horizon or limit the measure used", required=False),
    "value": _float("money that goes with n_yes", required=False),
}, key=("measure", "group"))  # fmt: skip

TOTALS = Table("totals", "one plain count of the client's data", {
    "name": _text("events, customers, accounts, journeys, orders, value, won, lost, open …"),
    "value": _float("the number"), "unit": _text("count or money", one_of=("count", "money")),
}, key=("name",))  # fmt: skip

MEASURES = {table.name: table for table in (
    FUNNEL, TIME_CURVE, STAGE_TIMES, TRANSITIONS, EXITS, TOUCHPOINTS, CHANNELS, EMOTION, VOICE_COUNTS, NEED_SCORES,
    COVERAGE, RATES, TOTALS,
)}  # fmt: skip

# --- what is concluded ----------------------------------------------------------------------------------------------

#: The rows of the one-page map, top to bottom (practice E); the ninth and on stand below the line of interaction.
MAP_ROWS = (
    "go_on", "time", "emotion", "needs", "actions", "channels", "touchpoints",
    "our_activities", "gaps", "improvement", "evidence",
)  # fmt: skip

CELLS = Table("cells", "one item in one cell of the map", {
    "row": _text("row of the map", one_of=MAP_ROWS), "stage": _text("stage id"), "persona": _text("empty = everybody"),
    "item": _int("order within the cell, from 0"),
    "status": _text("known, unknown (no evidence) or suppressed (fewer than k)", one_of=("known", "unknown", "suppressed")),
    "name": _text("what the value is: a field name (n_reached, rate, median_days, importance, share …) "),
    "label": _text("words shown: touchpoint, need, quote …, in the client's language", required=False),
    "value": _float("the number, unrounded", required=False),
    "unit": _text("journeys, share, days, score, count, money", required=False),
    "n": _int("how many it rests on", required=False),
    "lo": _float("lower end, 95 %", required=False), "hi": _float("upper end, 95 %", required=False),
    "kind": _text("how it is known", required=False, one_of=KINDS),
    "sources": _text("source names, comma-separated", required=False),
    "first_on": _moment("oldest evidence", required=False), "last_on": _moment("newest evidence", required=False),
    "method": _text("the measure's name", required=False),
    "evidence_id": _text("row of the evidence register", required=False),
    "grade": _int("0 assumption … 3; missing = unknown", required=False),
    "is_contested": _bool("two kinds of evidence disagree", required=False),
    "extra": _text("JSON: what only the drawing needs (shares of a strip, a second value)", required=False),
}, key=("row", "stage", "persona", "item", "name"))  # fmt: skip

GAPS = Table("gaps", "one check's answer for one place", {
    "gap_id": _text("check and place: G05:consideration:cio"),
    "check": _text("G01 … G34"), "stage": _text("stage id; empty = the whole journey"), "persona": _text("empty = everybody"),
    "status": _text("answer", one_of=GAP_STATUSES),
    "value": _float("what was measured", required=False), "lo": _float("lower end", required=False), "hi": _float("upper end", required=False),
    "n": _int("how many it rests on", required=False), "threshold": _float("what it was held against", required=False),
    "unit": _text("share, days, count, ratio", required=False),
    "reason": _text("message key of the sentence that explains the answer"),
    "details": _text("JSON: values the sentence needs", required=False),
    "missing": _text("what is missing when it could not be checked: table names, comma-separated", required=False),
    "evidence": _text("tables and rows it rests on", required=False),
    "value_at_stake": _float("money a year, median", required=False),
    "value_lo": _float("10 %", required=False), "value_hi": _float("90 %", required=False),
    "severity": _int("0–3 where money cannot be computed", required=False),
    "decision": _text("accept, reject, park or empty", required=False),
    "decided_by": _text("role", required=False), "decided_why": _text("why", required=False),
}, key=("gap_id",))  # fmt: skip

ACTIONS = Table("actions", "one proposal or agreed action", {
    "action_id": _text("A02:G04:decision, or the client's own id"),
    "kind": _text("A01 … A31, or own"), "gap_id": _text("gap it closes", required=False),
    "stage": _text("stage id; empty = all"), "persona": _text("empty = everybody"),
    "title": _text("in the client's language"),
    "status": _text("state", one_of=("proposed", "agreed", "under_way", "done", "rejected")),
    "owner": _text("role", required=False), "kpi": _text("what shows it worked", required=False),
    "target": _float("target for the KPI", required=False), "start_on": _date("start", required=False), "due_on": _date("due", required=False),
    "effort": _text("low, medium, high", required=False),
    "value": _float("money a year, median", required=False), "value_lo": _float("10 %", required=False), "value_hi": _float("90 %", required=False),
    "rank": _int("1 = first", required=False), "is_tied": _bool("cannot be told from its neighbour", required=False),
    "missing": _text("owner, kpi, due_on … not filled in", required=False),
}, key=("action_id",))  # fmt: skip

QUESTIONS = Table("questions", "one question of the bank and how it stands", {
    "question_id": _text("Q01 … Q50"), "stage": _text("stage id; empty = all"),
    "status": _text("answered by data, by voices, by people; open; not checkable", one_of=("data", "voices", "people", "open", "not_checkable")),
    "answer": _text("the people's answer, where there is one", required=False),
    "missing": _text("sources that would answer it", required=False),
}, key=("question_id", "stage"))  # fmt: skip

# --- how well the voices were gathered (C16) --------------------------------------------------------------------------

HEARD = Table("heard", "one stage and persona, and who was heard about it", {
    "stage": _text("stage id"), "persona": _text("persona's id; empty = everybody, of a declared persona or none"),
    "n_customers": _int("distinct people who said something about it"),
    "n_relation_known": _int("… of whom it is known what they are to the company"),
    "n_lost": _int("… who left"), "n_never": _int("… who never bought"),
}, key=("stage", "persona"))  # fmt: skip

SATURATION = Table("saturation", "one interview, in the order they were made", {
    "interview": _int("1 = the first"), "customer_id": _text("who was heard (pseudonym)"),
    "n_codes": _int("different codes in it"), "n_new": _int("… that no earlier interview had"),
    "n_so_far": _int("different codes in all interviews up to it"),
}, key=("interview",))  # fmt: skip

AGREEMENT = Table("agreement", "how far two coders agree on the same quotes", {
    "n_quotes": _int("quotes both have coded"), "n_all": _int("quotes the first has coded"), "n_codes": _int("different codes used by either"),
    "agreement": _float("share with the same code"),
    "kappa": _float("Cohen's kappa; missing where both used one and the same code throughout", required=False),
    "lo": _float("lower end, 95 %", required=False), "hi": _float("upper end, 95 %", required=False),
})  # fmt: skip

GATHERING = {table.name: table for table in (HEARD, SATURATION, AGREEMENT)}
CONCLUSIONS = {table.name: table for table in (CELLS, GAPS, ACTIONS, QUESTIONS)}
TABLES = {t.name: t for t in (SOURCES, *CANONICAL.values(), JOURNEYS, *MEASURES.values(), *GATHERING.values(), *CONCLUSIONS.values())}

_DTYPES = {"text": "string", "int": "Int64", "float": "float64", "bool": "boolean", "moment": "datetime64[us, UTC]",
           "date": "datetime64[us]"}  # fmt: skip


def empty(table: Table) -> pd.DataFrame:
    """An empty frame with the table's columns and types."""
    return pd.DataFrame({name: pd.Series(dtype=_DTYPES[column.type]) for name, column in table.columns.items()})


def check(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return `frame` in the table's column order and types, or say which rule it breaks.

    Optional columns that are absent are added empty. Columns the table does not know are refused.

    Raises
    ------
    TableError
        An unknown or missing column, a value of the wrong type, a missing or disallowed value, a repeated key.
    """
    unknown = [name for name in frame.columns if name not in table.columns]
    if unknown:
        hint = nearest(str(unknown[0]), table.columns)
        raise TableError(f"{table.name}: unknown column {unknown[0]!r}{hint} Known: {', '.join(table.columns)}.")
    checked = {}
    for name, column in table.columns.items():
        checked[name] = _checked_column(frame, name, column, table)
    result = pd.DataFrame(checked, index=frame.index).reset_index(drop=True)
    if table.key and result.duplicated(list(table.key)).any():
        n = int(result.duplicated(list(table.key)).sum())
        raise TableError(f"{table.name}: {n} rows repeat the key {' + '.join(table.key)}; one row is {table.one_row_is}.")
    return result


def _checked_column(frame, name, column, table):
    dtype = _DTYPES[column.type]
    if name not in frame.columns:
        if column.required and len(frame):
            found = ", ".join(map(repr, frame.columns))
            raise TableError(f"{table.name}: no column {name!r} ({column.meaning}). Found: {found}.")
        return pd.Series(pd.NA if dtype in ("string", "Int64", "boolean") else None, index=frame.index, dtype=dtype)
    try:
        values = frame[name].astype(dtype)
    except (TypeError, ValueError) as error:
        raise TableError(f"{table.name}.{name}: expected {column.type} ({column.meaning}), got {frame[name].dtype}: "
                         f"{type(error).__name__}.") from error  # fmt: skip
    if column.required and values.isna().any():
        raise TableError(f"{table.name}.{name}: {int(values.isna().sum())} of {len(values)} rows have no value ({column.meaning}).")
    if column.one_of:
        wrong = values.dropna()[~values.dropna().isin(column.one_of)]
        if len(wrong):
            raise TableError(f"{table.name}.{name}: {wrong.iloc[0]!r} is not one of {', '.join(column.one_of)}"
                             f"{nearest(str(wrong.iloc[0]), column.one_of)} ({len(wrong)} rows).")  # fmt: skip
    return values
