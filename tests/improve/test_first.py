"""One first action: the first page, the map, the headline and the plan name the same one for a stage."""

from __future__ import annotations

import pandas as pd

from journeylib.improve.first import first_of_all, first_of_gap, first_of_stage
from tests.drawing import rows


def drawn(text):
    frame = rows(text)
    return frame.assign(**{name: frame[name].where(frame[name].notna(), "") for name in ("stage", "persona")}, rank=frame["rank"].astype(float))


PLAN = """
    action_id | kind | gap_id   | stage | persona | status    | rank
    routine   | A25  | G23:look |  look |         | proposed  | 1
    talk      | A05  | G13:look |  look |         | proposed  | 2
    sums      | own  |          |  look | cfo     | under_way | 7
    ring      | own  |          |  use  |         | agreed    | 6
    rescue    | A14  | G17:use  |  use  |         | proposed  | 3
    measure   | A23  | G29      |       |         | proposed  | 5
    old       | own  |          |  use  |         | rejected  | 4
"""


def test_the_first_action_of_a_stage_is_what_was_agreed_for_everybody_there_then_the_rank():
    plan = drawn(PLAN)
    assert first_of_stage(plan, "use")["action_id"] == "ring"
    assert first_of_stage(plan, "look")["action_id"] == "routine"  # what is under way for one persona stands in the plan
    assert first_of_stage(plan, "buy") is None


def test_beside_a_gap_stands_the_first_action_of_its_stage_whichever_gap_asked_for_it():
    plan, gaps = drawn(PLAN), [pd.Series({"gap_id": f"{check}:{stage}", "check": check, "stage": stage}) for check, stage in (("G13", "look"), ("G23", "look"), ("G29", ""))]
    assert [first_of_gap(gap, plan)["action_id"] for gap in gaps] == ["routine", "routine", "measure"]


def test_where_to_start_is_the_first_action_of_the_stage_ranked_highest():
    plan = drawn(PLAN)
    assert first_of_all(plan)["action_id"] == "routine"
    assert first_of_all(plan[plan["stage"] == "use"])["action_id"] == "ring"
    assert first_of_all(plan[plan["status"] == "rejected"]) is None
