"""A scope hides stages and moves no number (M002)."""

from pathlib import Path

import pytest

from journeylib.client import Client
from journeylib.measures.funnel import funnel
from journeylib.stages import load_stage_model
from tests.drawing import events

DRAWN = events("""
    journey | day | atom
    ann     |   0 | a2
    ann     |   3 | a3
    ann     |   9 | a7
    bo      |   0 | a3
    bo      |   4 | a4
    cy      |   1 | a2
""")


def model(**scope):
    return load_stage_model(Client(slug="acme", name="Acme", language="en", market="b2c", goal="more_loyalty", as_of="2026-01-01", scope=scope,
                                   stage_model="retention_loyalty_5", data_folder=Path("data"), params_file=Path("acme.yml")))  # fmt: skip


@pytest.mark.parametrize("scope", [{"to_stage": "decision"}, {"from_stage": "consideration"}, {"from_stage": "consideration", "to_stage": "decision"}])
def test_a_scope_moves_no_number_of_the_stages_it_keeps(scope):
    columns = ["n_reached", "rate"]
    whole = funnel(DRAWN.log, DRAWN.journeys, model()).query("semantics == 'at_least'").set_index("stage")
    part = funnel(DRAWN.log, DRAWN.journeys, model(**scope)).query("semantics == 'at_least'").set_index("stage")
    assert part["n_reached"].to_dict() == whole.loc[part.index, "n_reached"].to_dict()
    inner = part.index[:-1]  # the last stage in scope has nowhere to go on to
    assert part.loc[inner, columns].fillna(-1).to_dict() == whole.loc[inner, columns].fillna(-1).to_dict()
