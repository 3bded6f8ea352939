"""What was changed, and whether it worked: the log of changes people keep, the effects, and the series behind each."""

from __future__ import annotations

from journeylib.schema.tables import Table, bool_, date, float_, int_, text

#: KPIs that can be counted of a stage, spelt once; units and directions are in `journeylib.effects.series`.
EFFECT_KPIS = ("conversion", "won", "contacted", "days", "satisfaction")
#: Designs in falling strength (practice C9), and their dots.
STRENGTH = {"ab": 4, "ab_sequential": 4, "differences": 3, "synthetic_control": 3, "controlled_series": 3, "interrupted": 2, "before_after": 1, "none": 0}
VERDICTS = ("better", "worse", "no_effect", "too_early", "cannot_judge")

CHANGES = Table("changes", "one change the client made, or will make", {
    "change_id": text("the client's own id"), "action_id": text("action it carries out", required=False),
    "title": text("what was changed, in the client's language"),
    "start_on": date("first day after the change"), "end_on": date("last day, where it was taken back", required=False),
    "stage": text("stage it works on; empty = the first in scope", required=False),
    "scope": text("group it reached: persona:trainer, channel:email, offer:x, segment:north; empty = everybody (but the comparison)", required=False),
    "kpi": text("what shows whether it worked", one_of=EFFECT_KPIS),
    "horizon_days": float_("days after the start it is judged over"),
    "expected": float_("effect expected, in the KPI's unit (0.05 = five points)", required=False),
    "comparison": text("group it did not reach, written as a scope; persona:* = all the others", required=False),
    "design": text("ab or ab_sequential where chance decided who met it; empty = the strongest that what exists allows", required=False, one_of=("ab", "ab_sequential")),
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

JUDGED = {table.name: table for table in (CHANGES, EFFECTS, EFFECT_SERIES)}
