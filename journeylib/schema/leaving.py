"""What was measured of those who leave and of those still there: cohorts, standing, drop-off dossier, purchase flow."""

from __future__ import annotations

from journeylib.schema.tables import Table, bool_, float_, int_, text

#: What those who left at a stage are compared by.
WHO_KINDS = ("persona", "offer", "first_channel", "segment", "referred")
#: What is told of how they left: from where they came, what they did last, and then.
DEPARTURE_KINDS = ("came_from", "last", "next", "next_channel")

COHORTS = Table("cohorts", "one month of beginning and one number of months since, and how many had gone on to the purchase (C1)", {
    "cohort": text("month of the journey's first event, local: 2025-03"),
    "months": int_("months since its first event, of 365.25 / 12 days"),
    "target": text("stage gone on to; purchase = the first won event"),
    "n": int_("journeys of the cohort"),
    "is_ripe": bool_("whether every journey of the cohort has been followed so long"),
    "n_yes": int_("journeys that had gone on by then; missing where not ripe", required=False),
    "share": float_("n_yes / n", required=False),
    "lo": float_("lower end, 95 %, by unit", required=False), "hi": float_("upper end", required=False),
}, key=("cohort", "months"))  # fmt: skip

STANDING = Table("standing", "one stage, and where those who reached it (or a later one) stand at the data cut", {
    "stage": text("stage id"), "position": int_("place of the stage, from 0"),
    "n_reached": int_("journeys that reached it or a later one: n_past + n_in + n_lost"),
    "n_past": int_("… and went on to a later stage", required=False),
    "n_in": int_("… whose furthest stage it is, and who are not lost: open is open", required=False),
    "n_lost": int_("… whose furthest stage it is, and who are lost", required=False),
    "few": text("which of n_in, n_lost are fewer than k; both are then missing", required=False),
    "n_stuck": int_("of n_in, longer there than stuck_days; missing where the limit is, and where fewer than k", required=False),
    "stuck_days": float_("the stuck_quantile of time in the stage (Kaplan–Meier of leaving); missing under ten who left, or where the data do not reach it", required=False),
    "median_stuck_days": float_("how long the middle one of n_stuck has been there", required=False),
    "n_left": int_("journeys that left the stage: what the limit rests on", required=False),
}, key=("stage",))  # fmt: skip

SPIKES = Table("spikes", "one weekday or date on which a source has far more stage dates than its other days, entered together (C1)", {
    "source": text("source name"), "kind": text("what is heaped", one_of=("weekday", "date")),
    "day": text("1 = Monday … 7 = Sunday, or the date"),
    "n": int_("stage dates of the source"), "n_day": int_("… on that day"),
    "share": float_("n_day / n"), "expected": float_("share the days between would give"),
    "n_same_day": int_("of n_day, dates of journeys that have two stages or more dated that same day"),
}, key=("source", "kind", "day"))  # fmt: skip

DOSSIER = Table("dossier", "one group of those followed past a stage, and whether it leaves there more than the others (M066)", {
    "stage": text("stage they left, or went on from"),
    "kind": text("what makes the group", one_of=WHO_KINDS), "group": text("persona's id, offer, channel, segment; referred: yes"),
    "n": int_("journeys of the group that reached the stage and were followed for the window"),
    "n_left": int_("… and did not go on within it"), "share": float_("n_left / n"),
    "n_others": int_("all others of whom the same is known"), "n_left_others": int_("… and did not go on"),
    "share_others": float_("n_left_others / n_others", required=False),
    "difference": float_("share − share_others", required=False),
    "lo": float_("lower end, 95 %, by unit", required=False), "hi": float_("upper end", required=False),
    "p": float_("two-sided, of no difference; missing where either side is under ten", required=False),
    "p_adjusted": float_("Benjamini–Hochberg over all comparisons of the table", required=False),
    "is_certain": bool_("p_adjusted ≤ 0.05, and the difference at least five points"),
}, key=("stage", "kind", "group"))  # fmt: skip

DEPARTURES = Table("departures", "one way in, last step or way out of those who left at a stage; each kind adds up to all who left", {
    "stage": text("stage they left"), "kind": text("what is told", one_of=DEPARTURE_KINDS),
    "what": text("touchpoint, or channel; empty = none, or not known"),
    "n_journeys": int_("journeys"), "n_left": int_("journeys that left there"), "share": float_("n_journeys / n_left"),
    "median_days": float_("came_from: to the entry; last: since the entry; next: since the last step", required=False),
    "q25_days": float_("a quarter of them sooner", required=False), "q75_days": float_("a quarter later", required=False),
}, key=("stage", "kind", "what"))  # fmt: skip

LAST_WORDS = Table("last_words", "one thing said about a stage by those who left there (M066)", {
    "stage": text("stage they left"), "row": text("what it is about"), "code": text("what was said"),
    "n_customers": int_("customers who left there and said it"), "n_heard": int_("customers who left there and said anything about it"),
    "quote": text("a quotable example, with consent", required=False),
}, key=("stage", "row", "code"))  # fmt: skip

PURCHASE_FLOW = Table("purchase_flow", "one step of the purchase, counted in order within a window from the first step (M069)", {
    "step": text("step's name"), "position": int_("place of the step, from 0"),
    "n_reached": int_("cases that reached it: n_went_on + n_lost + n_open"),
    "n_went_on": int_("… and the next step in time", required=False),
    "n_lost": int_("… did not, and had the whole window, or are lost", required=False),
    "n_open": int_("… did not, and still can", required=False),
    "few": text("which of n_lost, n_open are fewer than k; both are then missing", required=False),
    "n_followed": int_("cases that reached it from a start followed for the whole window", required=False),
    "n_converted": int_("… and the next step in time", required=False),
    "rate": float_("n_converted / n_followed; missing for the last step", required=False),
    "lo": float_("lower end, 95 %, by unit", required=False), "hi": float_("upper end", required=False),
    "n_units": int_("distinct units among n_followed", required=False),
    "median_days": float_("middle time to the next step", required=False),
    "window_days": float_("the window; missing = until the data cut", required=False),
}, key=("step",))  # fmt: skip

LEAVING = {table.name: table for table in (COHORTS, STANDING, SPIKES, DOSSIER, DEPARTURES, LAST_WORDS, PURCHASE_FLOW)}
