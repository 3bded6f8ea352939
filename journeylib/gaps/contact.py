"""Is the company in touch when it should be? Checks G03 (after the purchase), G20 (forgotten), G23 (while considering)."""

from __future__ import annotations

from journeylib.gaps.engine import Gap, Known, first_in_scope, judge_rate, out_of_scope, stage_with


def is_anything_done_after_purchase(known: Known) -> list[Gap]:
    """G03: too few buyers hear from the company within the days set, or the chosen model ends with the purchase.

    Held against `thresholds.follow_up_share`. Asks for a model that has a place for what comes after, be it the last part of the stage of
    buying: without one nobody looks there (M014). Stages that exist but were left out of scope are left alone (M002).
    """
    model, buying = known.model, stage_with(known.model, "a4_decide")
    later = model.with_what_follows
    if buying and not later:
        return [Gap("G03", "found", "no_stage_after", buying.id if buying.in_scope else "", evidence="stage_model")]
    in_scope = [stage.id for stage in later if stage.in_scope]
    if not in_scope:
        return out_of_scope("G03")
    return judge_rate(known, "G03", "follow_up", known.limits.follow_up_share, bad="below", lacks="orders", stage=in_scope[0], days=known.limits.follow_up_days)


def is_any_customer_forgotten(known: Known) -> list[Gap]:
    """G20: too many customers without a contact of value for the months set (`thresholds.forgotten_share`)."""
    stage = first_in_scope(known.model, "a7_use", "a8_repeat", "a6_onboard")
    if stage is None:
        return out_of_scope("G20")
    return judge_rate(known, "G20", "forgotten", known.limits.forgotten_share, bad="above", lacks="orders", stage=stage, months=known.limits.forgotten_months)


def is_there_silence_while_considering(known: Known) -> list[Gap]:
    """G23: too many open prospects met by a longer silence than the limit (`thresholds.silence_share`)."""
    stage = first_in_scope(known.model, "a3_evaluate")
    if stage is None:
        return out_of_scope("G23")
    details = {"days": known.limits.silence_days} if known.limits.silence_days else {}
    return judge_rate(known, "G23", "silence", known.limits.silence_share, bad="above", lacks="contacts", stage=stage, **details)
