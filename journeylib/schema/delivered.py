"""What came in: the data sheets, the canonical tables every format gives, and the registers."""

from __future__ import annotations

from journeylib.schema.tables import Table, bool_, date, float_, int_, moment, text
from journeylib.schema.values import ATOMS, INITIATORS, RELATIONS, STATES, VOICE_ROWS

SOURCES = Table("sources", "one raw file of one source", {
    "source": text("the source's name in the client's parameters"),
    "format": text("the declared format it was read by"),
    "table": text("the canonical tables it gave rows to, comma-separated"),
    "file": text("file name, without folder; of a query its database and its own name, e.g. `ACME_DB (orders.sql)`"),
    "sha256": text("hash of the file's bytes, or of the rows a query gave"),
    "encoding": text("as read", required=False),
    "separator": text("as read", required=False),
    "decimal": text("as read", required=False),
    "dates": text("order of day, month and year as read, where it had to be known", required=False),
    "timezone": text("zone in which moments without one were read", required=False),
    "noticed": text("what is to know about lines and cells: count, semicolon-separated", required=False),
    "n_rows": int_("data rows in the file (headers, preamble and totals rows not counted)"),
    "n_kept": int_("raw rows that gave at least one canonical row"),
    "n_dropped": int_("raw rows that gave none"),
    "drop_reasons": text("reason: count, semicolon-separated", required=False),
    "n_skipped_lines": int_("preamble, totals and blank lines passed over"),
    "not_understood": text("columns of the file no canonical column used, comma-separated", required=False),
    "n_customers": int_("distinct customers in it", required=False),
    "first_at": moment("earliest moment in it", required=False),
    "last_at": moment("latest moment in it", required=False),
    "delivered_by": text("who delivered it", required=False),
    "department": text("whose data it is", required=False),
    "missing_fields": text("canonical column: share missing, semicolon-separated", required=False),
}, key=("source", "file"))  # fmt: skip

#: Canonical events before preparation: what formats produce, one touchpoint at one moment.
EVENTS = Table("events", "one touchpoint at one moment, as a source told it", {
    "customer_id": text("the person (pseudonym); missing where only the account is known", required=False),
    "account_id": text("the company (pseudonym); B2B", required=False),
    "journey_key": text("the source's own id of a run (deal, campaign × household), pseudonym", required=False),
    "occurred_at": moment("when, UTC"),
    "touchpoint": text("what happened, in the source's words or the format's (page_view, order, email_open …)"),
    "detail": text("page path, deal stage, campaign, topic: what rules look at", required=False),
    "channel": text("through what (see knowledge/channels.yml)", required=False),
    "initiator": text("who started it", required=False, one_of=INITIATORS),
    "department": text("department of the company", required=False),
    "offer": text("product or service", required=False),
    "value": float_("money in the client's currency", required=False),
    "referrer_id": text("the customer who referred (pseudonym)", required=False),
    "source": text("source name"),
})  # fmt: skip

CUSTOMERS = Table("customers", "one person", {
    "customer_id": text("pseudonym"),
    "account_id": text("the company the person belongs to (pseudonym)", required=False),
    "persona": text("declared persona's id, by rule or column", required=False),
    "role": text("role in the buying group (B2B)", required=False),
    "segment": text("any declared segment", required=False),
    "has_consent": bool_("may be contacted", required=False),
}, key=("customer_id",))  # fmt: skip

JOURNEYS = Table("journeys", "one run of the journey", {
    "journey": int_("code in the prepared log, 0 … n − 1"),
    "unit": int_("code of the unit of analysis (person in B2C, account in B2B): intervals cluster on it"),
    "customer_id": text("pseudonym of the person; missing for an account's journey", required=False),
    "account_id": text("pseudonym of the account", required=False),
    "offer": text("offer, where the journey has one", required=False),
    "persona": text("persona of the person, where the journey is a person's", required=False),
    "started_at": moment("first event"),
    "last_at": moment("last event"),
    "ended_at": moment("moment of the first won, or of lost; missing while open", required=False),
    "state": text("at the data cut", one_of=STATES),
    "value": float_("sum of values of won events", required=False),
    "first_channel": text("channel of the first event", required=False),
    "is_referred": bool_("came through a referral", required=False),
}, key=("journey",))  # fmt: skip

VOICES = Table("voices", "one answer, quote, ticket, review, objection or written assumption", {
    "voice_id": text("stable id within the client"),
    "customer_id": text("pseudonym", required=False),
    "account_id": text("pseudonym", required=False),
    "said_at": moment("when", required=False),
    "atom": text("atom it is about", required=False, one_of=ATOMS),
    "stage": text("stage id, where the sheet names a stage instead of an atom", required=False),
    "touchpoint": text("touchpoint it is about", required=False),
    "persona": text("persona's id", required=False),
    "row": text("what it is about", one_of=VOICE_ROWS),
    "code": text("short code or topic, in the client's language", required=False),
    "second_code": text("the code a second person gave the same quote", required=False),
    "metric": text("csat, ces, nps, importance, satisfaction, expectation", required=False),
    "need_id": text("need it is about (importance, satisfaction)", required=False),
    "score": float_("the answer on its scale", required=False),
    "scale_min": float_("lowest answer on the scale", required=False),
    "scale_max": float_("highest answer on the scale", required=False),
    "wording_id": text("the question's wording: only equal wordings share a curve", required=False),
    "text": text("verbatim, masked for personal data", required=False),
    "has_consent": bool_("may be quoted", required=False),
    "kind": text("stated by customers, said by staff, or assumed", one_of=("stated", "staff", "assumed")),
    "relation": text("what the speaker is to the company, where the sheet says", required=False, one_of=RELATIONS),
    "source": text("source name"),
}, key=("voice_id",))  # fmt: skip

ACTIVITIES = Table("activities", "one activity of the company", {
    "activity_id": text("id"),
    "title": text("what is done"),
    "atom": text("atom it serves", required=False, one_of=ATOMS),
    "stage": text("stage id, where the register names a stage", required=False),
    "persona": text("persona's id; missing = all", required=False),
    "need_id": text("need it serves", required=False),
    "purpose": text("why", required=False),
    "next_step": text("what the customer is to do next", required=False),
    "channel": text("channel", required=False),
    "owner": text("owner (a role or function, never a person's name)", required=False),
    "department": text("department", required=False),
    "cost": float_("money per year", required=False),
    "hours": float_("hours per year", required=False),
    "reach": float_("customers reached per year", required=False),
    "result": text("what it gave", required=False),
    "source": text("source name"),
}, key=("activity_id",))  # fmt: skip

CONTENT = Table("content", "one content item", {
    "content_id": text("id"),
    "title": text("title"),
    "type": text("content type id (knowledge/content_types.yml)", required=False),
    "atom": text("atom it serves", required=False, one_of=ATOMS),
    "stage": text("stage id, where the register names a stage", required=False),
    "persona": text("persona's id; missing = all", required=False),
    "need_id": text("need or question it answers", required=False),
    "language": text("language code", required=False),
    "cta": text("its request to act; missing = none", required=False),
    "gated": text("email, form or none", required=False),
    "reach": float_("readers per year", required=False),
    "live_from": date("published", required=False),
    "live_to": date("withdrawn", required=False),
    "text": text("the text itself, or as much of it as was delivered, masked for personal data", required=False),
    "source": text("source name"),
}, key=("content_id",))  # fmt: skip

NEEDS = Table("needs", "one need of the customers", {
    "need_id": text("id"),
    "wording": text("as progress in a situation"),
    "atom": text("atom", required=False, one_of=ATOMS),
    "stage": text("stage id, where the register names a stage", required=False),
    "persona": text("persona's id; missing = all", required=False),
    "kind": text("job, pain or gain", required=False, one_of=("job", "pain", "gain")),
    "source": text("source name"),
}, key=("need_id",))  # fmt: skip

KEYWORDS = Table("keywords", "one search phrase", {
    "keyword_id": text("id"),
    "phrase": text("what people search for, masked for personal data"),
    "atom": text("atom it belongs to", required=False, one_of=ATOMS),
    "stage": text("stage id, where the sheet names a stage", required=False),
    "persona": text("persona's id; missing = all", required=False),
    "volume": float_("searches a month, estimated", required=False),
    "position": float_("the client's own mean position, 1 = first; missing = not known", required=False),
    "clicks": float_("clicks in the time of the file", required=False),
    "impressions": float_("times shown in the time of the file", required=False),
    "cost": float_("money paid for the clicks, in the client's currency", required=False),
    "is_paid": bool_("counted on ads rather than on ordinary results", required=False),
    "from_on": date("first day counted", required=False),
    "to_on": date("last day counted", required=False),
    "source": text("source name"),
}, key=("keyword_id",))  # fmt: skip

#: What reports count for a channel, campaign, page or day. No customer stands behind a row, so none is ever made an event.
CAMPAIGN_STATS = Table("campaign_stats", "one line of a report that came already counted", {
    "line_id": text("id"),
    "name": text("the channel, campaign, page, country or day it counts"),
    "dimension": text("what kind of line: campaign, search_result or report_line"),
    "channel": text("channel id, where the line belongs to one", required=False),
    "from_on": date("first day counted", required=False),
    "to_on": date("last day counted", required=False),
    "impressions": float_("times shown", required=False),
    "clicks": float_("clicks", required=False),
    "users": float_("people or devices reached, as the tool counts them", required=False),
    "sessions": float_("visits", required=False),
    "views": float_("page views", required=False),
    "cost": float_("money paid, in the client's currency", required=False),
    "conversions": float_("conversions as the tool counts them; may be fractions", required=False),
    "value": float_("money the tool credits to it", required=False),
    "source": text("source name"),
}, key=("line_id",))  # fmt: skip

#: Habits, tools and insights that actions rest on (M106, M107).
ROUTINES = Table("routines", "one insight, habit or tool the company has, or needs", {
    "routine_id": text("id"),
    "title": text("what it is"),
    "kind": text("insight, habit or tool", required=False, one_of=("insight", "habit", "tool")),
    "standing": text("whether it is there", required=False, one_of=("in_place", "partly", "missing")),
    "atom": text("atom it serves", required=False, one_of=ATOMS),
    "stage": text("stage id, where the register names a stage", required=False),
    "persona": text("persona's id; missing = all", required=False),
    "owner": text("owner (a role or function, never a person's name)", required=False),
    "prerequisite": text("what it takes to work", required=False),
    "source": text("source name"),
}, key=("routine_id",))  # fmt: skip

#: Where customers look, and whether the company is to be found there (Q02).
PRESENCE = Table("presence", "one place where customers look", {
    "presence_id": text("id"),
    "place": text("a search engine, group, forum, trade paper, review site …"),
    "is_present": bool_("whether the company is to be found there", required=False),
    "atom": text("atom it serves", required=False, one_of=ATOMS),
    "stage": text("stage id, where the register names a stage", required=False),
    "persona": text("persona's id; missing = all", required=False),
    "note": text("what is known of it", required=False),
    "source": text("source name"),
}, key=("presence_id",))  # fmt: skip

#: What heat-map and recording tools count on a page (M028). No customer stands behind a line.
PAGE_BEHAVIOUR = Table("page_behaviour", "how one page is used, as a heat-map tool counts it", {
    "line_id": text("id"),
    "page": text("path of the page"),
    "device": text("kind of device; missing = all", required=False),
    "from_on": date("first day counted", required=False),
    "to_on": date("last day counted", required=False),
    "n_views": float_("views, as the tool counts them", required=False),
    "scroll": float_("mean share of the page that was seen, in the tool's own unit: 0–1 or 0–100", required=False),
    "n_rage": float_("angry clicks: several fast ones on one spot", required=False),
    "n_dead": float_("clicks on what cannot be clicked", required=False),
    "n_back": float_("quick returns to the page before", required=False),
    "source": text("source name"),
}, key=("line_id",))  # fmt: skip

#: Registers by name. Adding one here makes it a table a format may emit.
REGISTERS = {table.name: table for table in (ACTIVITIES, CONTENT, NEEDS, KEYWORDS, CAMPAIGN_STATS, ROUTINES, PRESENCE, PAGE_BEHAVIOUR)}
CANONICAL = {table.name: table for table in (EVENTS, CUSTOMERS, VOICES, *REGISTERS.values())}
