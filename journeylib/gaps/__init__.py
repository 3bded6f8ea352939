"""Gaps: the checks of mission §4 and the engine that asks them (practice C21)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from journeylib.client import Client
from journeylib.gaps.advocacy import do_customers_recommend
from journeylib.gaps.aftercare import (
    does_it_end_well,
    is_anyone_rescued,
    is_the_choice_confirmed,
    is_the_customer_welcomed,
    is_the_promise_kept,
    may_we_keep_in_touch,
)
from journeylib.gaps.buying import is_a_stakeholder_missing, is_the_information_at_the_right_level
from journeylib.gaps.calls import is_there_a_call_to_act
from journeylib.gaps.contact import is_any_customer_forgotten, is_anything_done_after_purchase, is_there_silence_while_considering
from journeylib.gaps.engine import Gap, Known, held_against
from journeylib.gaps.friction import is_the_path_unclear, is_the_way_blocked, is_there_a_bump
from journeylib.gaps.movement import is_the_journey_too_long, where_do_customers_drop_off
from journeylib.gaps.personalisation import is_the_message_the_same_for_all
from journeylib.gaps.personas import is_there_one_persona_only
from journeylib.gaps.places import is_the_company_found
from journeylib.gaps.purpose import is_any_activity_wasted, is_every_stage_measured
from journeylib.gaps.registers import (
    is_an_address_called_free,
    is_any_data_unused,
    is_any_need_unserved,
    is_any_prerequisite_missing,
    is_the_decision_supported,
)
from journeylib.gaps.repeats import is_the_repeat_journey_shorter
from journeylib.gaps.sentences import say_gap, say_missing
from journeylib.gaps.service import is_content_where_customers_are, is_every_stage_known, is_every_stage_served
from journeylib.gaps.silos import is_interest_followed_up, is_there_a_silo
from journeylib.presets import resolved_thresholds
from journeylib.schema import GAPS, check, empty
from journeylib.stages import StageModel

__all__ = ["CHECKS", "Gap", "Known", "find_gaps", "held_against", "say_gap", "say_missing"]

#: Check → the question it asks. A new check is a function here and its sentences in messages/gaps.yml.
CHECKS = {
    "G01": is_every_stage_served,
    "G02": is_every_stage_known,
    "G03": is_anything_done_after_purchase,
    "G04": is_there_a_call_to_act,
    "G05": is_content_where_customers_are,
    "G06": is_there_a_silo,
    "G07": is_there_one_persona_only,
    "G08": is_the_message_the_same_for_all,
    "G09": is_the_journey_too_long,
    "G10": is_there_a_bump,
    "G11": is_the_way_blocked,
    "G12": is_the_path_unclear,
    "G13": where_do_customers_drop_off,
    "G14": is_the_choice_confirmed,
    "G15": is_the_customer_welcomed,
    "G16": is_an_address_called_free,
    "G17": is_anyone_rescued,
    "G18": does_it_end_well,
    "G19": do_customers_recommend,
    "G20": is_any_customer_forgotten,
    "G21": is_the_company_found,
    "G22": may_we_keep_in_touch,
    "G23": is_there_silence_while_considering,
    "G24": is_the_decision_supported,
    "G25": is_the_promise_kept,
    "G26": is_any_need_unserved,
    "G27": is_any_activity_wasted,
    "G28": is_any_data_unused,
    "G29": is_every_stage_measured,
    "G30": is_a_stakeholder_missing,
    "G31": is_the_information_at_the_right_level,
    "G32": is_any_prerequisite_missing,
    "G33": is_the_repeat_journey_shorter,
    "G34": is_interest_followed_up,
}

#: Checks whose `n` counts customers, journeys or accounts; that of the others counts content, needs, sources and the like.
OF_CUSTOMERS = ("G01", "G02", "G03", "G06", "G07", "G08", "G09", "G10", "G11", "G12", "G13", "G14", "G15", "G17", "G18", "G19", "G20", "G22", "G23", "G25",
                "G30", "G33", "G34")  # fmt: skip
#: Checks of the way through each stage, which ask for events in it.
OF_THE_WAY = ("G10", "G11", "G12", "G13")


def find_gaps(tables: dict[str, pd.DataFrame], registers: dict[str, pd.DataFrame], model: StageModel, client: Client) -> pd.DataFrame:
    """Every check's answer for every place it looks at: found, uncertain, not found or not checkable.

    Parameters
    ----------
    tables : the measures by name, and `journeys` for the length of the journey (G09); what is absent was not delivered.
    registers : activities, content, needs; only those delivered.

    Returns
    -------
    GAPS, in the order of the checks and the stages.
    """
    known = Known(tables, registers, model, client, resolved_thresholds(client))
    rows = [_nothing_of_few(_nothing_of_nobody(gap, known), client.privacy.k).row() for ask in CHECKS.values() for gap in ask(known)]
    return check(pd.DataFrame(rows), GAPS) if rows else empty(GAPS)


def _nothing_of_nobody(gap: Gap, known: Known) -> Gap:
    """A stage without events of its own cannot be checked for the way through it; it is not uncertain how that is."""
    if gap.check in OF_THE_WAY and gap.reason in ("too_few", "unseen") and gap.stage and known.has_no_events(gap.stage, gap.persona):
        return Gap(gap.check, "not_checkable", "no_events", gap.stage, gap.persona, gap.part, missing=("events",))
    return gap


def _nothing_of_few(gap: Gap, k: int) -> Gap:
    """An answer that rests on fewer than k customers tells no number of them, whichever check gave it; nor how few people two departments share."""
    if gap.part == "joins" and 0 < gap.details.get("k", 0) < k:
        return replace(gap, value=None, lo=None, hi=None, details={name: told for name, told in gap.details.items() if name != "k"} | {"is_few": True})
    if gap.check not in OF_CUSTOMERS or not gap.n or gap.n >= k:
        return gap
    return Gap(gap.check, "uncertain", "too_few", gap.stage, gap.persona, gap.part, threshold=gap.threshold, unit=gap.unit)
