"""What was changed, and whether it worked: the log of changes people keep, the effects, and the series behind each."""

from __future__ import annotations

from journeylib.schema.tables import Table, bool_, date, float_, int_, text

#: KPIs that can be counted of a stage, spelt once; units and directions are in `journeylib.effects.series`.
EFFECT_KPIS = ("conversion", "won", "contacted", "days", "satisfaction")
#: Designs in falling strength (practice C9), and their dots.
STRENGTH = {"ab": 4, "ab_sequential": 4, "differences": 3, "group_differences": 3, "staggered": 3, "synthetic_control": 3, "controlled_series": 3, "interrupted": 2, "before_after": 1, "none": 0}
VERDICTS = ("better", "worse", "no_effect", "too_early", "cannot_judge")

CHANGES = Table("changes", "one change the client made, or will make", {
    "change_id": text("the client's own id"), "action_id": text("action it carries out", required=False),
    "title": text("what was changed, in the client's language"),
    "start_on": date("first day after the change"), "end_on": date("last day, where it was taken back", required=False),
    "stage": text("stage it works on; empty = the first in scope", required=False),
    "scope": text("group it reached: persona:trainer, channel:email, offer:x, segment:north; several as segment:north|south, each with @day where it met the change on a day of its own; empty = everybody (but the comparison)", required=False),
    "kpi": text("what shows whether it worked", one_of=EFFECT_KPIS),
    "horizon_days": float_("days after the start it is judged over"),
    "expected": float_("effect expected, in the KPI's unit (0.05 = five points)", required=False),
    "comparison": text("group or groups it did not reach, written as a scope; persona:* = all the others", required=False),
    "design": text("ab where chance decided who met it and nobody looks before the end, ab_sequential where somebody does, controlled_series where the comparison "
                   "is to stand for trend and season; empty = the strongest that what exists allows", required=False, one_of=("ab", "ab_sequential", "controlled_series")),
    "control_share": float_("A/B: planned share of the comparison; none = half", required=False),
    "written_on": date("day it was written here", required=False), "written_by": text("role", required=False),
}, key=("change_id",))  # fmt: skip

EFFECTS = Table("effects", "one change, judged", {
    "change_id": text("the change"), "action_id": text("action it carries out", required=False), "title": text("what was changed"),
    "stage": text("stage id; empty = the first in scope", required=False), "scope": text("group it reached; empty = everybody", required=False),
    "start_on": date("first day after the change"), "kpi": text("KPI", one_of=EFFECT_KPIS), "unit": text("of the KPI", one_of=("share", "days", "score")),
    "design": text("how it was judged", one_of=tuple(STRENGTH)), "strength": int_("dots of the design, 0–4"),
    "before": float_("level without the change", required=False), "after": float_("level with it", required=False),
    "effect": float_("difference the change is held to have made", required=False),
    "lo": float_("lower end, 95 %", required=False), "hi": float_("upper end, 95 %", required=False),
    "p": float_("of no effect at all", required=False), "n": int_("how many it rests on"),
    "verdict": text("verdict", one_of=VERDICTS),
    "judged_from": date("first day it can be judged, where it is too early", required=False),
    "smallest": float_("smallest effect its horizon can show four times in five", required=False),
    "is_worth_testing": bool_("whether the expected effect is as large as that", required=False),
    "reasons": text("JSON: message keys and values"),
}, key=("change_id",))  # fmt: skip

EFFECT_SERIES = Table("effect_series", "one period of a change's KPI", {
    "change_id": text("the change"), "at": date("first day of the period"),
    "observed": float_("level seen", required=False), "expected": float_("level the design expects without the change", required=False),
    "expected_lo": float_("lower end", required=False), "expected_hi": float_("upper end", required=False), "is_after": bool_("after the change"),
}, key=("change_id", "at"))  # fmt: skip

VALUE_SPLIT = Table("value_split", "what one stage would give alone, and its part of what all would give together; the last row is all of them (C2)", {
    "stage": text("stage id; empty = all of them"),
    "kind": text("raised to the level each is held against, or each by five more of a hundred", one_of=("levels", "equal")),
    "alone": float_("money a year if this stage alone were raised; in the last row the sum of those"),
    "alone_lo": float_("10 %"), "alone_hi": float_("90 %"),
    "part": float_("its part of the joint gain (Shapley), money a year; in the last row the joint gain"), "part_lo": float_("10 %"), "part_hi": float_("90 %"),
    "is_tied": bool_("cannot be told from the next one"),
}, key=("stage",))  # fmt: skip

PURCHASE_CHANGE = Table("purchase_change", "one part of the change in purchases between two periods: how many began, or a stage's share (C2, LMDI)", {
    "stage": text("stage id; empty = how many began"), "then": float_("in the earlier period: journeys, or the stage's share"), "now": float_("in the later one"),
    "part": float_("purchases of the change that lie here; the parts add up"), "lo": float_("lower end, 95 % for all parts at once"), "hi": float_("upper end"),
    "n_then": int_("purchases of the earlier period's journeys within the window"), "n_now": int_("of the later period's"),
    "is_tied": bool_("the two largest cannot be told apart, and this is one of them"),
    "days": float_("length of either period"), "then_from": date("first day of the earlier one"), "now_from": date("first day of the later one"),
    "is_a_year": bool_("the same weeks a year apart; else one period after the other"),
}, key=("stage",))  # fmt: skip

JUDGED = {table.name: table for table in (CHANGES, EFFECTS, EFFECT_SERIES, VALUE_SPLIT, PURCHASE_CHANGE)}
