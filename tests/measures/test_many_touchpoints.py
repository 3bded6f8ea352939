"""A client with many kinds of touchpoints: the last stages are counted like the first."""

from __future__ import annotations

from journeylib.measures.touchpoints import touchpoints
from tests.drawing import FIVE, events


def test_forty_touchpoints_in_the_last_stage_are_forty():
    rows = "\n".join(f"j{i:02d} | {i} | a9 | kind {i:02d}" for i in range(40))
    drawn = events(f"journey | day | atom | touchpoint\n{rows}\nj00 | 50 | a1 | ad")
    found = touchpoints(drawn.log, drawn.journeys, FIVE).set_index(["stage", "touchpoint"])["n_events"]
    assert len(found.loc["advocacy"]) == 40
    assert found.sum() == 41
