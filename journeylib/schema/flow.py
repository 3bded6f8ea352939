"""What was measured of how customers move and how they are met: complexity, friction, paths, handovers, answers, messages."""

from __future__ import annotations

from journeylib.schema.tables import Table, bool_, float_, int_, text

#: What can be hard about a stage; help, wait and loop make a bump (G10), blockage G11, detour, loop and dead_end an unclear path (G12).
FRICTION_KINDS = ("help", "wait", "blockage", "loop", "detour", "dead_end")
#: What a journey can do other than planned (CJML, Halvorsrud et al. 2016).
DEVIATION_KINDS = ("ad_hoc", "missing", "irregular", "failed")

COMPLEXITY = Table("complexity", "one measure of how winding the journeys of a group are (C15)", {
    "by": text("what groups them", one_of=("all", "offer", "persona")),
    "group": text("offer or persona's id; empty = all"),
    "measure": text("touchpoints, distinct, days, self_loops, repeats, backward, switches, long_waits, help, handovers a journey; "
                    "winding = mean score of the four of Q39 beside all other journeys, of an offer or persona; "
                    "variants, top_10_share, variant_entropy, transition_entropy of the group"),
    "n_journeys": int_("journeys in the group"),
    "value": float_("mean a journey, or the group's own number"),
    "lo": float_("lower end of the mean, by unit", required=False), "hi": float_("upper end", required=False),
    "median": float_("middle journey", required=False),
}, key=("by", "group", "measure"))  # fmt: skip

FRICTION = Table("friction", "one kind of trouble in one stage, beside the stages next to it (C15)", {
    "stage": text("stage id"), "kind": text("what kind", one_of=FRICTION_KINDS),
    "touchpoint": text("the touchpoint of a dead end; empty = the whole stage"),
    "n": int_("journeys that could: came to the stage, or went on from it (wait), or had the touchpoint (dead_end)"),
    "n_yes": int_("journeys that did; missing for wait", required=False),
    "n_units": int_("distinct units among n"),
    "value": float_("share n_yes / n (blockage: of those followed, went on); wait: typical (geometric mean) days"),
    "lo": float_("lower end, by unit", required=False), "hi": float_("upper end", required=False),
    "compared": float_("the same in the neighbouring stages; dead_end: at the stage's other touchpoints", required=False),
    "versus": float_("share minus compared; wait: days over compared days", required=False),
    "versus_lo": float_("lower end, by unit", required=False), "versus_hi": float_("upper end", required=False),
}, key=("stage", "kind", "touchpoint"))  # fmt: skip

TYPICAL_PATH = Table("typical_path", "one step of the typical journey: the one least far from all others (C15)", {
    "position": int_("place of the step, from 0"),
    "is_until_purchase": bool_("whether the path is of those who bought, up to the purchase; else of all journeys"),
    "stage": text("stage id; empty = outside the model"), "touchpoint": text("touchpoint"),
    "n_journeys": int_("journeys the path was made of"),
    "n_exact": int_("… that took it step by step and nothing else; missing where they are few", required=False),
    "n_met": int_("… that have the step in this place when laid beside the typical one"),
    "n_straight": int_("… that come to the next step with nothing between; 0 for the last step; missing where few meet the next", required=False),
    "n_detour": int_("… that come to the next step with something between", required=False),
    "n_skipped": int_("… that lack the next step though they go on later", required=False),
    "n_ended": int_("… that end here: n_met = n_straight + n_detour + n_skipped + n_ended", required=False),
}, key=("position",))  # fmt: skip

DETOURS = Table("detours", "one thing customers do between two steps of the typical journey before they come back to it", {
    "position": int_("after which step"),
    "stage": text("stage id; empty = outside the model"), "touchpoint": text("what they do there, first of all"),
    "n_journeys": int_("journeys that do"), "n_all": int_("journeys the path was made of"),
    "share": float_("n_journeys / n_all"), "lo": float_("lower end, by unit"), "hi": float_("upper end"),
}, key=("position", "stage", "touchpoint"))  # fmt: skip

DEVIATIONS = Table("deviations", "one way journeys leave the plan at one touchpoint (C15, CJML)", {
    "kind": text("ad_hoc = not planned, missing = planned and left out, irregular = in another order, failed = again for the same or too late",
                 one_of=DEVIATION_KINDS),
    "touchpoint": text("the touchpoint; empty = any of them"),
    "n": int_("journeys laid beside the plan; without a plan, journeys that met the touchpoint"), "n_yes": int_("journeys with this deviation"),
    "share": float_("n_yes / n"), "lo": float_("lower end, by unit"), "hi": float_("upper end"),
}, key=("kind", "touchpoint"))  # fmt: skip

HANDOVERS = Table("handovers", "stage changes with a change of department beside those without (C17)", {
    "measure": text("wait = days from the last contact of one stage to the first of the next; loss = did not get any further", one_of=("wait", "loss")),
    "stage": text("from; empty = all stage changes, matched on stage"), "next_stage": text("to; empty = all"),
    "department": text("who hands over; empty = anyone"), "next_department": text("who takes over; empty = anyone"),
    "n": int_("journeys in the smaller of the two groups"),
    "n_changed": int_("stage changes with a change of department"), "n_same": int_("… without, between the same stages"),
    "changed": float_("mean days, or share lost, with the change"), "same": float_("… without"),
    "difference": float_("changed − same"),
    "lo": float_("lower end, by unit", required=False), "hi": float_("upper end", required=False),
    "p": float_("two-sided, of no difference", required=False),
}, key=("measure", "stage", "next_stage", "department", "next_department"))  # fmt: skip

COORDINATION = Table("coordination", "one share of how departments keep out of each other's way (C17)", {
    "measure": text("collisions = customers contacted by two departments within 48 hours, of those contacted by two at all; "
                    "unfollowed = campaigns that no sales contact follows in time", one_of=("collisions", "unfollowed")),
    "n": int_("how many could"), "n_yes": int_("how many did"),
    "rate": float_("n_yes / n", required=False), "lo": float_("lower end", required=False), "hi": float_("upper end", required=False),
    "days": float_("within how long"),
}, key=("measure",))  # fmt: skip

FOLLOW_UP = Table("follow_up", "how soon an interest signal is answered, and what came of it (C17)", {
    "measure": text("answered = contacted by the company by then (Aalen–Johansen); median; converted = of those still open then",
                    one_of=("answered", "median", "converted")),
    "group": text("of converted: answered_early, answered_late or not_answered by the landmark; else empty"),
    "hours": float_("after how long: the limit, a week; of median the median itself, missing where it is not reached", required=False),
    "n": int_("journeys with a signal; of converted those still open and followed at the landmark"),
    "n_yes": int_("… answered by then; of converted those that bought later"),
    "n_units": int_("distinct units among n"),
    "rate": float_("share", required=False), "lo": float_("lower end, by unit", required=False), "hi": float_("upper end", required=False),
}, key=("measure", "group", "hours"))  # fmt: skip

PERSONALISATION = Table("personalisation", "how far it depends on whom or where a message goes (C17)", {
    "by": text("persona, stage, or both together", one_of=("persona", "stage", "both")),
    "n_messages": int_("messages the company sent"), "n": int_("customers who got them"),
    "n_groups": int_("different personas, stages or pairs"), "n_variants": int_("different messages"),
    "outside_share": float_("share of messages outside the largest group: near 0 there is nobody to treat differently"),
    "index": float_("0 = the same to all, 1 = fully decided by the group; among messages of the same month"),
    "lo": float_("lower end, resampled by unit"), "hi": float_("upper end"),
    "by_chance": float_("what chance alone gives, already taken off"),
    "p": float_("share of reshuffled sends at least as tied to the group"),
}, key=("by",))  # fmt: skip

VARIANTS = Table("variants", "the messages sent in one stage", {
    "stage": text("stage the customer was in; empty = none yet"), "n_variants": int_("different messages"),
    "n_messages": int_("messages"), "n": int_("journeys that got them"),
}, key=("stage",))  # fmt: skip

FLOW = {table.name: table for table in (COMPLEXITY, FRICTION, TYPICAL_PATH, DETOURS, DEVIATIONS, HANDOVERS, COORDINATION, FOLLOW_UP,
                                        PERSONALISATION, VARIANTS)}  # fmt: skip
