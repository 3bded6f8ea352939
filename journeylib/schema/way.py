"""What was measured of the way itself: how winding each stage is and what comes of it, how far back a journey's next step looks, how
often and how evenly the company is in touch; and of one persona with one problem and one offer: what meets it, stage by stage."""

from __future__ import annotations

from journeylib.schema.tables import Table, float_, int_, text
from journeylib.schema.values import VOICE_ROWS

#: Thirds of the journeys in a stage, by how winding their first days there were; empty = all of them.
THIRDS = ("", "straight", "between", "winding")
#: What steps are followed one by one: everything customers do, or the channels of their contacts.
FOLLOWED = ("touchpoints", "channels")
#: Where a text of a persona's journey comes from, best first.
TOLD_BY = ("own", "everybody", "search", "register", "staff", "assumed")

WINDING = Table("winding", "one third of those still in a stage after their first days there, by how winding these were (Q39, C15)", {
    "stage": text("stage id; empty = the whole way, to the first purchase"), "third": text("which third; empty = all", one_of=THIRDS),
    "early_days": float_("days from the first in the stage that are looked at; the outcome is what comes after them"),
    "window_days": float_("days after those within which they are to go on; missing = until the data cut", required=False),
    "n": int_("journeys neither gone on nor lost by then, and followed for the window"), "n_yes": int_("… that went on within it"),
    "n_units": int_("distinct units among n"),
    "rate": float_("n_yes / n", required=False), "lo": float_("lower end, by unit", required=False), "hi": float_("upper end", required=False),
    "score": float_("mean of the four below, each as standard deviations from its mean in the stage"),
    "active_days": float_("mean days from the first to the last own step in the early days"), "repeats": float_("mean steps met again after something else"),
    "backward": float_("mean moves back to an earlier atom"), "switches": float_("mean changes of channel"),
    "difference": float_("of winding: its rate minus that of straight", required=False),
    "difference_lo": float_("lower end, by unit", required=False), "difference_hi": float_("upper end", required=False),
    "p_adjusted": float_("two-sided, of no difference; Benjamini–Hochberg over the stages", required=False),
}, key=("stage", "third"))  # fmt: skip

PATH_ORDER = Table("path_order", "how well the next step is told from so many steps before it (C3)", {
    "followed": text("what steps", one_of=FOLLOWED), "order": int_("steps looked back at: 0 = none, 1 = the last, 2 = the last two …"),
    "n_journeys": int_("journeys with two steps or more"), "n_moves": int_("moves from a step to the next"),
    "uncertainty": float_("mean −ln p of the next step, in nats, each fifth of the journeys judged by the others"),
    "gain": float_("uncertainty of one step less − this one", required=False),
    "lo": float_("lower end, by unit", required=False), "hi": float_("upper end", required=False),
    "is_better": text("whether the gain stands and is two per cent or more of what was uncertain: yes; no where less than that is all it can be; unclear between them; empty = order 0", one_of=("", "yes", "no", "unclear")),
}, key=("followed", "order"))  # fmt: skip

CONTACT_RHYTHM = Table("contact_rhythm", "how often and how evenly the company is in touch with those in one stage (M073, C17)", {
    "stage": text("stage id"),
    "n": int_("journeys that were in the stage for a week or more"), "n_units": int_("distinct units among n"),
    "months": float_("months all of them together were in it, of 365.25 / 12 days"),
    "n_contacts": int_("days on which the company was in touch with one of them"),
    "per_month": float_("n_contacts / months"), "lo": float_("lower end, by unit", required=False), "hi": float_("upper end", required=False),
    "n_none": int_("journeys the company was never in touch with there"), "none_rate": float_("n_none / n"),
    "none_lo": float_("lower end, by unit"), "none_hi": float_("upper end"),
    "median_gap_days": float_("middle time from one contact to the next", required=False),
    "q25_gap_days": float_("a quarter of them shorter", required=False), "q75_gap_days": float_("a quarter longer", required=False),
    "n_gaps": int_("times between two contacts"),
    "median_longest_days": float_("of the middle journey there for a month or more, the longest time without a contact, from its first day there to its last", required=False),
    "n_longest": int_("journeys there for a month or more, which median_longest_days rests on"),
    "unevenness": float_("middle journey's spread of the times between contacts over their mean: 0 = like a clock, 1 = like chance, more = in bursts", required=False),
    "n_judged": int_("journeys with three times between contacts or more, which unevenness rests on"),
}, key=("stage",))  # fmt: skip

PERSONA_NEEDS = Table("persona_needs", "one need of one persona: how much it matters, how well it is met (M048)", {
    "persona": text("persona's id"), "need_id": text("id"), "stage": text("stage id; empty = outside the model"), "wording": text("the need"),
    "n": int_("customers of the persona asked"),
    "importance": float_("10 × top-two share"), "importance_lo": float_("lower end, Wilson by unit", required=False), "importance_hi": float_("upper end", required=False),
    "satisfaction": float_("10 × top-two share", required=False),
    "satisfaction_lo": float_("lower end", required=False), "satisfaction_hi": float_("upper end", required=False),
    "rank": int_("1 = matters most to the persona"),
    "is_first": text("whether it surely matters more than the persona's next need: yes, no; empty = not the first", one_of=("", "yes", "no")),
}, key=("persona", "need_id"))  # fmt: skip

PERSONA_JOURNEYS = Table("persona_journeys", "one stage of the journey of one persona with one problem and one offer (M045)", {
    "journey": int_("which persona × problem × offer, from 1"), "persona": text("persona's id"),
    "problem": text("what brings the persona here, as the client declares it", required=False), "offer": text("what it is about", required=False),
    "stage": text("stage id"), "position": int_("place of the stage, from 0"),
    **{name: column for what in ("need", "question", "objection") for name, column in {
        what: text(f"the persona's first {what} there; missing = nobody has told", required=False),
        f"{what}_by": text("who told: customers of the persona, customers at large, what they search for, the register, staff, or assumed", required=False, one_of=TOLD_BY)}.items()},
    "message": text("what the company says or does there for this persona; missing = nothing", required=False),
    "message_kind": text("content or activity", required=False, one_of=("content", "activity")),
    "message_for": text("whom it was made for: the persona alone, or everybody", required=False, one_of=("own", "everybody")),
    "answers_need": text("whether the message is registered as serving the need beside it: yes or no; missing = the register does not tell", required=False, one_of=("yes", "no")),
    "next_step": text("what the customer is asked to do next", required=False),
    "n_messages": int_("content items and activities for the persona or everybody there; missing = no register", required=False),
}, key=("journey", "stage"))  # fmt: skip

THOUGHT_LINKS = Table("thought_links", "one thought, question or feeling of a stage, and what else the same customers gave as a reason or a need (M054)", {
    "stage": text("stage it was said about; empty = none"), "row": text("what was said", one_of=VOICE_ROWS), "code": text("what was said, in the client's words"),
    "linked_row": text("reason, driver, objection or need", one_of=VOICE_ROWS), "linked_code": text("which"),
    "n_both": int_("customers who said both"), "n_said": int_("customers who said the first, and gave a reason or a need at all"),
    "share": float_("n_both / n_said"), "lo": float_("lower end, Wilson", required=False), "hi": float_("upper end", required=False),
    "share_others": float_("share of all others who gave one that gave this", required=False),
    "p_adjusted": float_("two-sided, of no difference (Fisher's exact test), after Benjamini–Hochberg"),
}, key=("stage", "row", "code", "linked_row", "linked_code"))  # fmt: skip

WAY = {table.name: table for table in (WINDING, PATH_ORDER, CONTACT_RHYTHM, PERSONA_NEEDS, THOUGHT_LINKS)}

ENTRANCES = Table("entrances", "one channel in one stage: the journeys whose first event there came through it (Q47)", {
    "stage": text("stage id"), "channel": text("channel id; empty = not known"), "n_first": int_("journeys whose first event in the stage came through it"),
    "n_stage": int_("journeys that touched the stage"), "share": float_("n_first / n_stage"), "lo": float_("lower end, 95 %"), "hi": float_("upper end"),
}, key=("stage", "channel"))  # fmt: skip

#: How a figure the client believes in stands beside the measured one.
BELIEF_VERDICTS = ("agrees", "contradicts", "uncertain", "too_few", "not_checkable")

BELIEFS = Table("beliefs", "one figure the client has told, beside the same figure measured (M065)", {
    "figure": text("the key under `beliefs` in the parameters, with the stage after a colon where it is told by stage"), "question_id": text("question of the bank it answers"),
    "unit": text("share, days, nps, stage or channel", one_of=("share", "days", "nps", "stage", "channel")),
    "told": float_("what the client told", required=False), "told_as": text("… where it is a stage or a channel", required=False),
    "measured": float_("the same, measured; of a stage or a channel its share or mean", required=False), "measured_as": text("… where it is a stage or a channel", required=False),
    "lo": float_("lower end, 95 %", required=False), "hi": float_("upper end", required=False), "n": int_("how many it rests on", required=False),
    "days": float_("within how many days, where the figure has a time", required=False),
    "verdict": text("agrees: inside the interval, or too close to matter; contradicts: outside it and far enough to matter", one_of=BELIEF_VERDICTS),
}, key=("figure",))  # fmt: skip

#: What a run writes beside its measures: what people have told, laid beside what there is.
TOLD = {table.name: table for table in (PERSONA_JOURNEYS, BELIEFS)}
