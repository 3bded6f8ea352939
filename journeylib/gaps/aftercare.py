"""Is the customer looked after once the choice is made? Checks G14 (regret), G15 (welcome), G17 (rescue), G18 (ending), G22 (may we
keep in touch?) and G25 (promise kept?)."""

from __future__ import annotations

from journeylib.gaps.engine import Gap, Known, first_in_scope, in_stage, is_placed, judge_rate, judge_share, not_checkable, one_rate, out_of_scope, stage_with
from journeylib.measures.aftercare import telling


def is_the_choice_confirmed(known: Known) -> list[Gap]:
    """G14: too few buyers get a word that confirms the choice, or too many undo it (`confirm_share`, `regret_share`).

    Where no source shows a single confirmation, the registers tell whether there is one at all: none listed is a likely gap
    and no proven one, for what is sent by a shop system is seldom delivered.
    """
    stage = first_in_scope(known.model, "a5_reassure")
    if stage is None:
        return out_of_scope("G14")
    return [_confirmed(known, stage), *_regretted(known, stage)]


def _confirmed(known: Known, stage: str) -> Gap:
    return _seen_or_listed(known, "G14", "confirmed", known.limits.confirm_share, "a5_reassure", lacks="confirmations", stage=stage, days=known.limits.confirm_days)


def _seen_or_listed(known: Known, check: str, measure: str, limit: float, atom: str, *, lacks: str, stage: str, **details) -> Gap:
    """The share who got it, held against the limit; where no source shows one, and neither register lists any, likely none is there."""
    if one_rate(known, measure) is None and _nothing_listed(known, atom):
        return Gap(check, "uncertain", "none_listed", stage, evidence="activities, content")
    return judge_rate(known, check, measure, limit, bad="below", lacks=lacks if known.has_journeys("won") else "purchases", stage=stage, **details)[0]


def _nothing_listed(known: Known, atom: str) -> bool:
    """Whether both registers were delivered, say where their rows belong, and hold nothing for the stage of this atom."""
    registers, stage = [known.table("activities"), known.table("content")], stage_with(known.model, atom)
    if any(register is None or not is_placed(register) for register in registers):
        return False
    return all(in_stage(register, stage).empty for register in registers)


def _regretted(known: Known, stage: str) -> list[Gap]:
    row = one_rate(known, "regretted")
    if row is None:
        reason, source = ("no_purchases", "purchases") if _tells_of_regret(known) else ("no_returns", "returns")
        return [Gap("G14", "not_checkable", reason, stage, part="regret", missing=(source,))]
    gap = Gap("G14", "", stage=stage, part="regret", details={"days": known.limits.regret_days}, evidence="rates: regretted")
    return [judge_share(known, gap, row, known.limits.regret_share, bad="above").of_part("regret")]


def _tells_of_regret(known: Known) -> bool:
    touchpoints = known.table("touchpoints")
    return touchpoints is not None and bool(telling(touchpoints["touchpoint"], "regret").any())


def is_the_customer_welcomed(known: Known) -> list[Gap]:
    """G15: too few buyers have anything of onboarding in time; with a limit set, too many who need help early."""
    stage = first_in_scope(known.model, "a6_onboard")
    if stage is None:
        return out_of_scope("G15")
    first = _seen_or_listed(known, "G15", "onboarded", known.limits.onboarding_share, "a6_onboard", lacks="onboarding", stage=stage, days=known.limits.onboarding_days)
    return [first, *_early_trouble(known, stage)]


def _early_trouble(known: Known, stage: str) -> list[Gap]:
    row, limit = one_rate(known, "early_trouble"), known.limits.early_trouble_share
    if row is None or limit is None:
        return []
    gap = Gap("G15", "", stage=stage, part="trouble", details={"days": known.limits.onboarding_days}, evidence="rates: early_trouble")
    return [judge_share(known, gap, row, limit, bad="above").of_part("trouble")]


def is_anyone_rescued(known: Known) -> list[Gap]:
    """G17: too few of the customers who show that they are unhappy hear from the company in time (`rescue_share`)."""
    stage = first_in_scope(known.model, "a7_use", "a8_repeat", "a6_onboard")
    if stage is None:
        return out_of_scope("G17")
    return judge_rate(known, "G17", "rescued", known.limits.rescue_share, bad="below", lacks="unhappy_customers", stage=stage, days=known.limits.rescue_days)


def does_it_end_well(known: Known) -> list[Gap]:
    """G18: too few of the lost get a last word, or are asked why (`ending_share`)."""
    if one_rate(known, "ended_well") is None and known.table("rates") is not None:
        return [_no_ending_seen(known.table("journeys"))]
    return judge_rate(known, "G18", "ended_well", known.limits.ending_share, bad="below", lacks="losses", days=known.limits.ending_days)


def _no_ending_seen(journeys) -> Gap:
    """What lacks to tell how it ends: words after the losses somebody wrote down, or any loss that is more than silence, which ends some time after the last step."""
    lost = None if journeys is None else journeys[journeys["state"] == "lost"]
    if lost is None or lost.empty:
        return Gap("G18", "not_checkable", missing=("losses",))
    if (lost["ended_at"] == lost["last_at"]).any():
        return Gap("G18", "not_checkable", missing=("last_words",))
    return Gap("G18", "not_checkable", "silent_only", missing=("losses",))


def may_we_keep_in_touch(known: Known) -> list[Gap]:
    """G22: too few of the people seen have said that they may be contacted (`contactable_share`)."""
    stage = first_in_scope(known.model, "a2_brand", "a1_problem", "a3_evaluate")
    if stage is None:
        return out_of_scope("G22")
    customers = known.table("customers")
    lacks = "recognised_people" if customers is not None and customers["has_consent"].notna().any() else "consent"
    return judge_rate(known, "G22", "contactable", known.limits.contactable_share, bad="below", lacks=lacks, stage=stage)


def is_the_promise_kept(known: Known) -> list[Gap]:
    """G25: too few customers got what they expected, or more (`expectation_share`)."""
    stage = first_in_scope(known.model, "a7_use", "a6_onboard", "a5_reassure")
    if stage is None:
        return out_of_scope("G25")
    row = one_rate(known, "expectation_met")
    if row is None:
        return not_checkable("G25", ("expectations",), stage=stage)
    return [judge_share(known, Gap("G25", "", stage=stage, evidence="rates: expectation_met"), row, known.limits.expectation_share, bad="below")]
