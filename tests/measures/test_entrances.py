"""Which channel brings customers to a stage: that of the first event there, whatever they used afterwards (Q47)."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib.measures.entrances import entrances
from journeylib.measures.stats import wilson
from tests.drawing import FIVE, events

DRAWN = """
    journey | day | atom | touchpoint | channel
    ann     | 0   | a1   | visit      | search
    ann     | 1   | a3   | visit      | email
    ann     | 2   | a3   | visit      | search
    bo      | 0   | a1   | visit      | search
    bo      | 1   | a1   | visit      | email
    cy      | 0   | a1   | visit      |
    cy      | 3   | a3   | call       | phone
    dee     | 0   | a1   | visit      | search
    dee     | 0   | a1   | ad         | paid_search
"""


def came(text=DRAWN, **more) -> pd.DataFrame:
    drawn = events(text, until=100)
    return entrances(drawn.log, drawn.journeys, FIVE, **more).set_index(["stage", "channel"])


def test_the_first_event_of_a_stage_tells_the_channel_that_brought_the_customer():
    found = came()
    assert found.loc["awareness", "n_first"].to_dict() == {"": 1, "email": 0, "paid_search": 1, "phone": 0, "search": 2}  # dee: the first by name
    assert found.loc["consideration", "n_first"].to_dict() == {"": 0, "email": 1, "paid_search": 0, "phone": 1, "search": 0}


def test_a_share_is_of_all_who_touched_the_stage_with_its_interval():
    row = came().loc[("awareness", "search")]
    assert (row["share"], row["n_stage"]) == (2 / 4, 4)
    assert (row["lo"], row["hi"]) == pytest.approx(tuple(float(end) for end in wilson(2, 4)))


def test_of_one_moment_a_known_channel_counts_before_none():
    found = came("""
        journey | day | atom | touchpoint | channel
        ann     | 0   | a1   | visit      |
        ann     | 0   | a1   | ad         | social
    """)
    assert found.loc["awareness", "n_first"].to_dict() == {"": 0, "social": 1}


def test_every_journey_of_a_stage_came_somehow_and_a_stage_nobody_touched_has_no_row():
    found = came().reset_index().groupby("stage")
    assert (found["n_first"].sum() == found["n_stage"].first()).all()
    assert sorted(found.groups) == ["awareness", "consideration"]


@pytest.mark.parametrize("n_rows", [1, 2, 5])
def test_blocks_change_nothing(n_rows):
    pd.testing.assert_frame_equal(came(n_rows=n_rows), came())
