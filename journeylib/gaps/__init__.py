"""Gaps: the checks of mission §4 and the engine that asks them (practice C21)."""

from __future__ import annotations

import pandas as pd

from journeylib.client import Client
from journeylib.gaps.advocacy import do_customers_recommend
from journeylib.gaps.calls import is_there_a_call_to_act
from journeylib.gaps.contact import is_any_customer_forgotten, is_anything_done_after_purchase, is_there_silence_while_considering
from journeylib.gaps.engine import Gap, Known, held_against
from journeylib.gaps.movement import is_the_journey_too_long, where_do_customers_drop_off
from journeylib.gaps.purpose import is_any_activity_wasted, is_every_stage_measured
from journeylib.gaps.sentences import say_gap, say_missing
from journeylib.gaps.service import is_content_where_customers_are, is_every_stage_known, is_every_stage_served
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
    "G09": is_the_journey_too_long,
    "G13": where_do_customers_drop_off,
    "G19": do_customers_recommend,
    "G20": is_any_customer_forgotten,
    "G23": is_there_silence_while_considering,
    "G27": is_any_activity_wasted,
    "G29": is_every_stage_measured,
}


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
    rows = [gap.row() for ask in CHECKS.values() for gap in ask(known)]
    return check(pd.DataFrame(rows), GAPS) if rows else empty(GAPS)
