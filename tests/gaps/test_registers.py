"""What the registers tell: requests to act (G04), waste (G27), measures (G29)."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from journeylib.client import Thresholds
from tests.gaps.material import ACTIVITIES_IN_ORDER, CONTENT_IN_ORDER, KPIS, STAGES, a_client, activities, ask, content


def details(row):
    return json.loads(row["details"])


# G04


def test_content_in_the_decision_stage_without_a_request_to_act_is_named():
    spoilt = content(CONTENT_IN_ORDER + "\n6 | Köpvillkor | decision |")
    row = ask("G04", registers={"content": spoilt})["G04:decision"]
    assert (row["status"], row["value"], details(row)["titles"]) == ("found", 1 / 2, ["Köpvillkor"])


def test_content_of_other_stages_may_lack_a_request():
    other = content(CONTENT_IN_ORDER + "\n6 | Historia | awareness |")
    assert ask("G04", registers={"content": other})["G04:decision"]["status"] == "not_found"


def test_withdrawn_content_is_not_looked_at():
    spoilt = content(CONTENT_IN_ORDER + "\n6 | Köpvillkor | decision |")
    spoilt.loc[5, "live_to"] = pd.Timestamp("2025-06-30")
    assert ask("G04", registers={"content": spoilt})["G04:decision"]["status"] == "not_found"


def test_terms_and_policies_need_no_request():
    rest = content(CONTENT_IN_ORDER).assign(type=["blog", "comparison", "offer_description", "how_to_mail", "review_request"])
    terms = content("content_id | title | stage | cta | type\n6 | Köpvillkor | decision | | terms")
    assert ask("G04", registers={"content": pd.concat([rest, terms], ignore_index=True)})["G04:decision"]["status"] == "not_found"


def test_a_request_column_that_is_empty_throughout_was_not_filled_in():
    row = ask("G04", registers={"content": content(CONTENT_IN_ORDER).assign(cta=None)})["G04:decision"]
    assert (row["status"], row["missing"]) == ("not_checkable", "content")


def test_a_decision_stage_without_content_has_no_requests_to_count():
    rest = content(CONTENT_IN_ORDER).query("stage != 'decision'")
    assert ask("G04", registers={"content": rest})["G04:decision"]["status"] == "not_checkable"


def test_without_the_content_register_requests_cannot_be_counted():
    row = ask("G04", registers={"content": None})["G04:decision"]
    assert (row["status"], row["missing"]) == ("not_checkable", "content")


def test_a_benchmark_without_clicks_is_said_not_to_be_checked():
    rows = ask("G04", client=a_client(thresholds=Thresholds(cta_rate=0.05)))
    assert rows["G04:decision::clicks"]["status"] == "not_checkable"


# G27


def test_activities_without_purpose_next_step_or_reach_are_waste_with_their_cost():
    spoilt = activities(ACTIVITIES_IN_ORDER + """
        6 | Mässa   | awareness |       | besök | marknad | 50 | 70000 | n1 | fair
        7 | Tidning | loyalty   | vårda |       | kund    | 0  | 30000 | n3 | print
    """)  # fmt: skip
    row = ask("G27", registers={"activities": spoilt})["G27"]
    assert (row["status"], row["value"]) == ("found", 2 / 7)
    assert details(row) | {"hours": 0} == {"k": 2, "titles": ["Mässa", "Tidning"], "ids": ["6", "7"], "rules": ["W1", "W3", "W4"],
                                           "cost": 70000.0 + 30000.0, "hours": 0}  # fmt: skip


def test_the_same_thing_done_twice_for_the_same_need_is_waste():
    spoilt = activities(ACTIVITIES_IN_ORDER + "\n6 | Brev till | loyalty | vårda | boka | sälj | 10 | 100 | n3 | email")
    assert details(ask("G27", registers={"activities": spoilt})["G27"])["rules"] == ["W6"]


def test_a_clean_register_holds_no_waste():
    assert ask("G27")["G27"]["status"] == "not_found"


@pytest.mark.parametrize("column", ["next_step", "reach", "need_id"])
def test_a_register_with_few_next_steps_reaches_or_needs_filled_in_is_never_called_clean(column):
    row = ask("G27", registers={"activities": activities(ACTIVITIES_IN_ORDER).assign(**{column: None})})["G27"]
    assert row["status"] == "uncertain"


def test_more_than_three_in_ten_purposes_missing_makes_waste_uncheckable():
    kept = activities(ACTIVITIES_IN_ORDER)
    kept.loc[[0, 1], "purpose"] = None
    row = ask("G27", registers={"activities": kept})["G27"]
    assert (row["status"], row["missing"]) == ("not_checkable", "activities")


def test_without_the_activity_register_waste_cannot_be_seen():
    row = ask("G27", registers={"activities": None})["G27"]
    assert (row["status"], row["missing"]) == ("not_checkable", "activities")


# G29: the client's own parameters are always there, so nothing said is itself the finding


def test_a_stage_without_kpi_and_target_is_not_measured():
    client = a_client(kpis={"awareness": "visits"}, targets={"awareness": 0.4})
    row = ask("G29", client=client)["G29"]
    assert (row["status"], row["value"]) == ("found", 4 / 5)
    assert details(row)["no_target"] == ["consideration", "decision", "loyalty"]


def test_kpis_and_targets_for_every_stage_are_enough():
    assert ask("G29", client=a_client(kpis=KPIS))["G29"]["status"] == "not_found"


def test_the_last_stage_needs_no_target():
    assert ask("G29", client=a_client(targets=dict.fromkeys(STAGES[:-1], 0.1)))["G29"]["status"] == "not_found"


def test_a_client_that_has_said_nothing_measures_nothing():
    assert ask("G29", client=a_client(kpis={}, targets={}))["G29"]["value"] == 5 / 5
