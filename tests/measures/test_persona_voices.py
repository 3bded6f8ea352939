"""What weighs most for each persona, and what goes with what customers say."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy.stats import fisher_exact

from journeylib.measures.persona_voices import persona_needs, thought_links
from journeylib.measures.small_people import persona_needs_shown
from journeylib.schema import VOICES, check
from journeylib.stages import load_stage_model
from tests.gaps.material import a_client

MODEL = load_stage_model(a_client())


def answers(persona, need, *scores):
    return pd.DataFrame([{"customer_id": f"{persona}{i}", "persona": persona, "row": "need", "metric": "importance", "need_id": need, "score": score, "scale_min": 1, "scale_max": 5,
                          "atom": "a3_evaluate"} for i, score in enumerate(scores)])  # fmt: skip


def said(customer, row, code, stage="decision"):
    return {"customer_id": customer, "row": row, "code": code, "stage": stage}


def voices(rows):
    frame = pd.concat(rows, ignore_index=True) if isinstance(rows[0], pd.DataFrame) else pd.DataFrame(rows)
    return check(frame.assign(voice_id=[f"v{i}" for i in range(len(frame))], kind="stated", source="survey"), VOICES)


def test_the_needs_of_a_persona_stand_by_how_much_they_matter_to_it_alone():
    given = voices([answers("new", "price", *[5] * 12), answers("new", "speed", *[5] * 3, *[1] * 9), answers("old", "speed", *[5] * 12)])
    table = persona_needs(given, None, MODEL, personas=["new", "old", "nobody"])
    assert list(zip(table["persona"], table["need_id"], table["importance"], table["rank"], strict=True)) == [("new", "price", 10, 1), ("new", "speed", 10 * 3 / 12, 2), ("old", "speed", 10, 1)]
    assert table["is_first"].tolist() == ["yes", "", "no"]  # one need alone is first of nothing


def test_a_few_of_one_persona_are_not_left_as_the_rest_of_the_others():
    given = voices([answers("a", "price", *[5] * 20), answers("b", "price", *[5] * 8), answers("c", "price", *[5] * 3)])
    shown = persona_needs_shown(persona_needs(given, None, MODEL, personas=["a", "b", "c"]), 5)
    assert shown["persona"].tolist() == ["a"]


def test_a_link_is_the_share_of_those_who_said_it_beside_all_others_who_gave_a_reason():
    given = [said(f"p{i}", "problem", "slow") for i in range(8)] + [said(f"p{i}", "driver", "price") for i in range(6)] + [said(f"p{i}", "driver", "trust") for i in range(6, 20)]
    row = thought_links(voices(given), MODEL).set_index("linked_code").loc["price"]
    assert (row["n_said"], row["n_both"], row["share"], row["share_others"]) == (8, 6, 6 / 8, 0 / 12)
    both = [fisher_exact(cells)[1] for cells in ([[6, 2], [0, 12]], [[2, 6], [12, 0]])]
    assert row["p_adjusted"] == pytest.approx(max(both))  # two pairs, equally unlikely


def test_who_gave_no_reason_is_no_evidence_against_any():
    given = [said("ann", "thought", "safe"), said("ann", "reason", "price"), said("bob", "thought", "safe"), said("bob", "reason", "price"), said("cia", "thought", "safe")]
    assert thought_links(voices(given), MODEL)["n_said"].tolist() == [2]


def test_one_customer_alone_links_nothing():
    assert thought_links(voices([said("ann", "thought", "safe"), said("ann", "reason", "price")]), MODEL).empty
    assert thought_links(voices([said("ann", "thought", "safe")]), MODEL).empty
