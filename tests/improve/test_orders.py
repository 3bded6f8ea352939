"""The order by money, RICE and ICE side by side, the client's choice among them, and what has to be in place first (C8, M106)."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib.improve.actions import draw_effort, propose_actions
from journeylib.improve.orders import orders, reorder
from journeylib.improve.prerequisites import lacking, standing_of
from journeylib.schema import ACTIONS, ROUTINES, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import a_client, funnel, journeys
from tests.improve.test_actions import gaps

CLIENT = a_client()
MODEL = load_stage_model(CLIENT)
FUNNEL = """
    stage         | n_reached | n_followed | n_converted
    awareness     | 1000      | 900        | 400
    consideration | 400       | 400        | 200
    decision      | 200       | 200        | 100
    loyalty       | 100       | 100        | 50
    advocacy      | 50        | 50         | 0
"""


def ranked(routines=None):
    return propose_actions(gaps(), CLIENT, empty(ACTIONS), Words("sv"), routines)


def scored(actions=None):
    return orders(ranked() if actions is None else actions, gaps(), funnel(FUNNEL), journeys([10, 20], started="2025-01-01"), CLIENT).set_index("action_id")


def test_rice_is_reach_times_impact_times_confidence_over_months():
    row = scored().loc["A02:G04:decision"]
    assert row["reach"] == pytest.approx(200, abs=1)  # 200 came there in the year the data span
    assert (row["impact"], row["confidence"], row["months"]) == (3, 0.8, 3 / 20)
    assert row["rice"] == pytest.approx(row["reach"] * 3 * 0.8 / (3 / 20))


def test_ice_is_impact_times_confidence_times_ease():
    assert scored().loc["A02:G04:decision", "ice"] == 10 * 8 * 8


def test_impact_follows_the_worth_of_the_gap_and_else_its_severity():
    impact = scored()["impact"]
    assert impact["A02:G04:decision"] == 3
    assert impact["A06:G13:awareness"] == 1  # a tenth of the largest
    assert impact[[name for name in impact.index if "G03" in name][0]] == 2  # severity three


def test_what_was_found_in_what_customers_did_is_surer_than_what_a_list_says():
    confidence = scored()["confidence"]
    assert confidence["A06:G13:awareness"] == 1
    assert confidence["A02:G04:decision"] == 0.8


def test_every_order_ranks_every_action_once():
    table = scored()
    for name in ("money_rank", "rice_rank", "ice_rank"):
        assert sorted(table[name]) == list(range(1, len(table) + 1))
    assert table["money_rank"].tolist() == list(range(1, len(table) + 1))
    assert table.sort_values("rice_rank")["rice"].is_monotonic_decreasing


def test_money_changes_nothing_and_the_others_reorder_without_losing_an_action():
    actions, table = ranked(), scored().reset_index()
    assert reorder(actions, table, "money") is actions
    for priority in ("rice", "ice"):
        other = reorder(actions, table, priority)
        assert set(other["action_id"]) == set(actions["action_id"])
        assert other["action_id"].tolist() == table.sort_values(f"{priority}_rank")["action_id"].tolist()
        assert check(other, ACTIONS)["rank"].tolist() == list(range(1, len(other) + 1))


def test_scores_nearer_than_half_again_are_tied():
    actions = check(pd.DataFrame([{"action_id": name, "kind": "own", "stage": "", "persona": "", "title": name, "status": "agreed", "rank": i} for i, name in enumerate("abc", 1)]), ACTIONS)
    table = pd.DataFrame({"action_id": list("abc"), "rice": [1280.0, 400.0, 384.0], "rice_rank": [1, 2, 3]})
    assert reorder(actions, table, "rice")["is_tied"].tolist() == [False, True, True]  # the example of the method


def test_nothing_to_do_has_no_order():
    assert orders(empty(ACTIONS), gaps(), None, None, CLIENT).empty


# --- what has to be in place --------------------------------------------------------------------------------------------

LIST = """
    routine_id | title        | kind    | stage    | standing
    R1         | Click counts | tool    | decision | missing
    R2         | Weekly look  | habit   | decision | in_place
    R3         | Weekly look  | habit   | decision | partly
    R4         | Interviews   | insight |          | in_place
    R5         | Mailing      | tool    | loyalty  | in_place
"""


def routines(text=LIST):
    return table(text, ROUTINES, source="sheet")


def test_the_worst_of_a_stage_and_of_the_whole_journey_counts():
    assert standing_of(routines(), "decision", MODEL) == {"insight": "in_place", "habit": "partly", "tool": "missing"}
    assert standing_of(routines(), "loyalty", MODEL) == {"insight": "in_place", "habit": "unknown", "tool": "in_place"}
    assert standing_of(routines(), "", MODEL) == {"insight": "in_place", "habit": "unknown", "tool": "unknown"}
    assert set(standing_of(None, "decision", MODEL).values()) == {"unknown"}


def test_only_what_is_missing_lacks():
    assert lacking(routines(), "decision", MODEL) == "tool"
    assert lacking(routines(), "loyalty", MODEL) is None
    assert lacking(None, "decision", MODEL) is None


def test_what_is_missing_adds_days_and_moves_the_action_out_of_now():
    before, after = (ranked(given).set_index("action_id").loc["A02:G04:decision"] for given in (None, routines()))
    assert (before["horizon"], after["horizon"]) == ("now", "next")
    assert after["lacks"] == "tool"
    assert after["score"] < before["score"]
    assert after["value"] == before["value"]  # the worth is the same, the way to it longer


def test_without_a_list_no_day_is_added():
    action = {"action_id": "A", "effort": "low"}
    assert draw_effort(action, 1).mean() == pytest.approx((1 + 3 + 8) / 3, rel=0.05)
    assert draw_effort(action | {"lacks": "tool,habit"}, 1).mean() == pytest.approx(3 * (1 + 3 + 8) / 3, rel=0.05)


def test_an_action_that_puts_the_missing_in_place_does_not_wait_for_it():
    text = """
        gap_id          | check | stage    | persona | status | value_lo | value_at_stake | value_hi | severity | decision | unit  | threshold
        G32:decision    | G32   | decision |         | found  |          |                |          | 1        |          | count | 0
    """
    found = propose_actions(gaps(text), CLIENT, empty(ACTIONS), Words("sv"), routines())
    assert found["lacks"].isna().all()
