"""What two groups' touchpoints are compared as: what customers start themselves, or what meets them."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib.journeymap.personas import find_differences
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.gaps.material import a_client


def met(share: float, initiator) -> dict[str, pd.DataFrame]:
    row = {"stage": "decision", "touchpoint": "order", "initiator": initiator, "n_stage": 400, "share": share, "lo": share - 0.02, "hi": share + 0.02}
    return {"touchpoints": pd.DataFrame([row]).astype({"initiator": "string"})}


@pytest.mark.parametrize(("initiator", "row"), [("customer", "actions"), ("company", "touchpoints"), (None, "touchpoints")])
def test_what_nobody_says_who_started_is_no_action_of_the_customers(initiator, row):
    model = load_stage_model(a_client())
    (found,) = find_differences({("a", "b"): [met(0.9, initiator), met(0.3, initiator)]}, model, Words("en"))["a", "b"]
    assert (found["row"], found["value"]) == (row, pytest.approx(0.9 - 0.3))
