"""Is the customer looked after once the choice is made? Checks G14 (regret), G15 (welcome), G17 (rescue), G18 (ending), G22 (may we
keep in touch?) and G25 (promise kept?)."""

from __future__ import annotations

from journeylib.gaps.engine import Gap, Known, first_in_scope, in_stage, is_placed, judge_share, not_checkable, one_rate, out_of_scope, stage_with


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
    row = one_rate(known, "confirmed")
    if row is None:
        return Gap("G14", "uncertain", "none_listed", stage, evidence="activities, content") if _nothing_listed(known, "a5_reassure") else (
            not_checkable("G14", known.missing("rates") or ("confirmations",), stage=stage)[0])  # fmt: skip
    gap = Gap("G14", "", stage=stage, details={"days": known.limits.confirm_days}, evidence="rates: confirmed")
    return judge_share(known, gap, row, known.limits.confirm_share, bad="below")


def _nothing_listed(known: Known, atom: str) -> bool:
    """Whether both registers were delivered, say where their rows belong, and hold nothing for the stage of this atom."""
    registers, stage = [known.table("activities"), known.table("content")], stage_with(known.model, atom)
    if any(register is None or not is_placed(register) for register in registers):
        return False
    return all(in_stage(register, stage).empty for register in registers)


def _regretted(known: Known, stage: str) -> list[Gap]:
    row = one_rate(known, "regretted")
    if row is None:
        return [Gap("G14", "not_checkable", "no_returns", stage, part="regret", missing=("returns",))]
    gap = Gap("G14", "", stage=stage, part="regret", details={"days": known.limits.regret_days}, evidence="rates: regretted")
    return [judge_share(known, gap, row, known.limits.regret_share, bad="above").of_part("regret")]


def is_the_customer_welcomed(known: Known) -> list[Gap]:
    """G15: too few buyers have anything of onboarding in time; with a limit set, too many who need help early."""
    stage = first_in_scope(known.model, "a6_onboard")
    if stage is None:
        return out_of_scope("G15")
    row = one_rate(known, "onboarded")
    if row is None:
        none = _nothing_listed(known, "a6_onboard")
        first = Gap("G15", "uncertain", "none_listed", stage, evidence="activities, content") if none else (
            not_checkable("G15", known.missing("rates") or ("onboarding",), stage=stage)[0])  # fmt: skip
    else:
        gap = Gap("G15", "", stage=stage, details={"days": known.limits.onboarding_days}, evidence="rates: onboarded")
        first = judge_share(known, gap, row, known.limits.onboarding_share, bad="below")
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
    row = one_rate(known, "rescued")
    if row is None:
        return not_checkable("G17", known.missing("rates") or ("unhappy_customers",), stage=stage)
    gap = Gap("G17", "", stage=stage, details={"days": known.limits.rescue_days}, evidence="rates: rescued")
    return [judge_share(known, gap, row, known.limits.rescue_share, bad="below")]


def does_it_end_well(known: Known) -> list[Gap]:
    """G18: too few of the lost get a last word, or are asked why (`ending_share`)."""
    row = one_rate(known, "ended_well")
    if row is None:
        return not_checkable("G18", known.missing("rates") or ("losses",))
    gap = Gap("G18", "", details={"days": known.limits.ending_days}, evidence="rates: ended_well")
    return [judge_share(known, gap, row, known.limits.ending_share, bad="below")]


def may_we_keep_in_touch(known: Known) -> list[Gap]:
    """G22: too few of the people seen have said that they may be contacted (`contactable_share`)."""
    stage = first_in_scope(known.model, "a2_brand", "a1_problem", "a3_evaluate")
    if stage is None:
        return out_of_scope("G22")
    row = one_rate(known, "contactable")
    if row is None:
        return not_checkable("G22", known.missing("rates") or ("consent",), stage=stage)
    return [judge_share(known, Gap("G22", "", stage=stage, evidence="rates: contactable"), row, known.limits.contactable_share, bad="below")]


def is_the_promise_kept(known: Known) -> list[Gap]:
    """G25: too few customers got what they expected, or more (`expectation_share`)."""
    stage = first_in_scope(known.model, "a7_use", "a6_onboard", "a5_reassure")
    if stage is None:
        return out_of_scope("G25")
    row = one_rate(known, "expectation_met")
    if row is None:
        return not_checkable("G25", ("expectations",), stage=stage)
    return [judge_share(known, Gap("G25", "", stage=stage, evidence="rates: expectation_met"), row, known.limits.expectation_share, bad="below")]
