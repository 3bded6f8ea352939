"""Many journeys of a handful of companies tell of that handful: what rests on fewer than k units is withheld (practice C0 rules 1 and 4)."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from journeylib.gaps import say_gap
from journeylib.gaps.engine import Gap, Known, judge_share
from journeylib.measures.small_answers import shown_answers
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.measures.small_units import withhold_few_units
from journeylib.presets import resolved_thresholds
from journeylib.schema import NEED_SCORES, RATES
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import a_client


def test_a_share_of_many_journeys_of_few_companies_is_withheld():
    rates = table("""
        measure   | group | n  | n_yes | rate | lo  | hi  | n_units
        follow_up | all   | 40 | 20    | 0.5  | 0.1 | 0.9 | 3
        repeat    | all   | 40 | 20    | 0.5  | 0.4 | 0.6 | 40
    """, RATES)  # fmt: skip
    assert withhold_small_groups({"rates": rates}, 5)["rates"]["measure"].tolist() == ["repeat"]


def test_weights_derived_from_few_people_are_withheld_and_the_need_stays():
    needs = pd.DataFrame({"need_id": ["N1", "N2"], "n_derived": [3.0, 30.0], "derived": [0.5, 0.4], "derived_lo": [0.1, 0.2], "derived_hi": [0.9, 0.6]})
    assert set(needs) <= set(NEED_SCORES.columns)
    shown = {"need_scores": needs}
    withhold_few_units(shown, 5)
    assert shown["need_scores"]["derived"].isna().tolist() == [True, False]
    assert shown["need_scores"]["need_id"].tolist() == ["N1", "N2"]


def test_a_check_says_nothing_of_few_companies_however_many_their_journeys():
    row = pd.Series({"n": 40, "n_yes": 20, "rate": 0.5, "lo": 0.4, "hi": 0.6, "n_units": 3})
    client = a_client()
    known = Known({}, {}, load_stage_model(client), client, resolved_thresholds(client))
    assert judge_share(known, Gap("G03", ""), row, 0.9, bad="below").reason == "too_few"


@pytest.mark.parametrize(("language", "sentence"), [("sv", "Marknad och Sälj känner knappt samma kunder. Färre än 5 av 40 finns i bådas uppgifter."),
                                                    ("en", "Marknad and Sälj hardly know the same customers. Fewer than 5 of 40 are in the data of both.")])  # fmt: skip
def test_how_few_two_departments_share_is_not_told(language, sentence):
    client = a_client()
    details = json.dumps({"is_few": True, "bad": "below", "giver": "Marknad", "taker": "Sälj"})
    gap = pd.Series({"reason": "gaps.G06.joins_found", "check": "G06", "stage": "", "persona": "", "missing": None, "threshold": 0.2, "unit": "share", "value": None, "lo": None,
                     "hi": None, "n": 40, "details": details})  # fmt: skip
    assert say_gap(gap, Words(language), load_stage_model(client), client) == sentence


def test_lost_and_open_are_told_together_or_not_at_all():
    assert shown_answers({"lost": 3, "open": 4}, 5) == shown_answers({"lost": 0, "open": 4}, 5) == {"lost": None, "open": None}
    assert shown_answers({"lost": 3, "open": 40}, 5) == {"lost": None, "open": None}  # 43 stopped: the one would tell the other
    assert shown_answers({"lost": 0, "open": 40}, 5) == {"lost": 0, "open": 40}
