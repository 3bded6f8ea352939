"""Every delivered table has a rule for groups under k, and tables that count the same again give nothing away (practice C0 rule 4)."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import journeylib
from journeylib.collect.customers.joins import shown_joins
from journeylib.measures.cohorts import cohorts
from journeylib.measures.complexity import complexity
from journeylib.measures.departures import departures
from journeylib.measures.dossier import dossier, leavers
from journeylib.measures.friction import friction
from journeylib.measures.lengths import lengths
from journeylib.measures.small_groups import GROUPS, NO_PEOPLE, RULES, as_far_as_shown, withhold_small_groups
from journeylib.measures.standing import standing
from journeylib.measures.subtraction import parts_to_hide
from journeylib.measures.typical import typical_path
from journeylib.schema import COMPLEXITY, COVERAGE, DOING, FRICTION, HUMAN_CONTACT, JOINS, LENGTHS, MEASURES, PAGES, TABLES, TYPICAL_PATH
from tests.drawing import rows, table
from tests.measures.auditor_tables import MORE
from tests.measures.test_suppression import clients, measured, nothing_is_worked_out, reached, worked_out_of_many

#: Names under which `steps.py` writes tables that are no measures.
WRITTEN = {"sources", "joins", "coverage_in_time", "cells", "gaps", "actions", "questions", "scenario", "changes", "effects", "effect_series", "predictions", "prediction_bands", "prediction_features", "next_offers", "persona_journeys", "beliefs"}


def test_every_delivered_table_has_a_rule_or_counts_no_people():
    ruled, delivered = set(GROUPS) | set(RULES) | set(NO_PEOPLE), set(MEASURES) | WRITTEN | set(DOING)
    assert sorted(delivered - ruled) == []
    assert sorted(ruled - delivered) == []
    assert set(NO_PEOPLE) & (set(GROUPS) | set(RULES)) == set()
    assert all(NO_PEOPLE.values())


def test_nothing_else_is_written_in_a_run():
    """The names in the calls of `run.write`: the dictionaries given to it, or put into one before."""
    tree = ast.parse((Path(journeylib.__file__).parent / "steps.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "run.write"]
    given_first = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "given"]
    names = {key.value for node in [*calls, *given_first] for part in ast.walk(node) if isinstance(part, ast.Dict) for key in part.keys if isinstance(key, ast.Constant)}
    assert names == WRITTEN


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_the_column_that_counts_a_group_is_in_the_table(name):
    assert set(GROUPS[name].split()) <= set(TABLES[name].columns)


def drawn_rows(text, schema):
    """A drawn table in which an empty cell is an empty text: everybody, all offers, no touchpoint."""
    return table(text, schema, **{name: column.where(column.notna(), "") for name, column in rows(text).items() if schema.columns[name].type == "text"})


def more_measured(drawn):
    log, journeys, model = drawn
    followed = leavers(log, journeys, model, window_days=30)
    tables = measured(drawn) | typical_path(log, journeys, model) | {
        "complexity": complexity(log, journeys, model, wait_days=7), "friction": friction(log, journeys, model, window_days=30), "standing": standing(log, journeys, model),
        "cohorts": cohorts(log, journeys, model), "dossier": dossier(followed, model), "departures": departures(log, followed, model),
        "lengths": lengths(journeys, as_of_us=log.as_of_us),
    }  # fmt: skip
    return {name: frame for name, frame in tables.items() if len(frame)}


def has_k_journeys(drawn, k):
    """How many journeys a client has in all is no secret of the client's."""
    return len(drawn.journeys) >= k


@settings(max_examples=4, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(clients(), st.sampled_from([3, 5, 10]))
def test_tables_that_count_the_same_again_give_no_group_away(drawn, k):
    assume(has_k_journeys(drawn, k))
    nothing_is_worked_out(drawn, k, more_measured, more=MORE)


@pytest.mark.truth
def test_of_many_clients_hardly_one_group_can_be_worked_out_from_tables_that_count_the_same_again():
    """Four are known (decision 10); no more may come."""
    assert sum(worked_out_of_many(150, more_measured, has_k_journeys, more=MORE)) <= 4


# --- the rules, by hand -----------------------------------------------------------------------------------------------


def test_two_parts_that_must_both_be_one_take_a_third_along():
    assert parts_to_hide(pd.Series([40, 7, 1, 1]), 5).tolist() == [False, True, True, True]  # 1 + 1 = 2 would be found
    assert parts_to_hide(pd.Series([40, 7, 2, 1]), 5).tolist() == [False, False, True, True]  # 1 and 2, or 2 and 1
    assert parts_to_hide(pd.Series([40, 7, 4, 4]), 5).tolist() == [False, True, True, True]  # 4 + 4 = 8, each at most 4
    assert parts_to_hide(pd.Series([40, 7]), 5).tolist() == [False, False]


def test_a_part_withheld_for_another_tables_sake_is_not_left_as_the_rest():
    assert parts_to_hide(pd.Series([40, 9, 7]), 5, small=pd.Series([False, True, False])).tolist() == [False, True, True]


def test_nobody_beside_a_few_is_no_comparison_to_show():
    few = table("""
        landmark_days | n | n_with | n_with_won | n_without | n_without_won | n_decided | n_too_recent
        30            | 0 | 3      | 1          | 0         | 0             | 4         | 2
        90            | 9 | 20     | 6          | 9         | 1             | 4         | 2
    """, HUMAN_CONTACT)  # fmt: skip
    assert withhold_small_groups({"human_contact": few}, 5)["human_contact"]["n_with"].tolist() == [20]


def test_an_offer_withheld_as_too_few_is_withheld_wherever_journeys_are_told_by_offer():
    by_offer = "by | group | measure | n_journeys | value\nall | | days | 60 | 3\noffer | cloud | days | 40 | 3\noffer | desk | days | 17 | 3\noffer | phone | days | 3 | 3"
    lengths_ = "offer | n | n_bought | horizon_days\n | 60 | 30 | 90\ncloud | 40 | 20 | 90\ndesk | 17 | 9 | 90\nphone | 3 | 1 | 90"
    shown = withhold_small_groups({"complexity": drawn_rows(by_offer, COMPLEXITY), "lengths": drawn_rows(lengths_, LENGTHS)}, 5)
    assert shown["complexity"]["group"].tolist() == ["", "cloud"]
    assert shown["lengths"]["offer"].tolist() == ["", "cloud"]


def test_the_typical_path_ends_before_a_step_few_take():
    path = table("""
        position | is_until_purchase | stage | touchpoint | n_journeys | n_met | n_straight | n_detour | n_skipped | n_ended
        0        | yes               | look  | ad         | 30         | 30    | 20         | 5        | 2         | 3
        1        | yes               | look  | visit      | 30         | 26    | 2          | 1        | 15        | 8
        2        | yes               | buy   | quote      | 30         | 3     | 3          | 0        | 0         | 0
        3        | yes               | buy   | order      | 30         | 20    | 0          | 0        | 0         | 20
    """, TYPICAL_PATH)  # fmt: skip
    shown = withhold_small_groups({"typical_path": path}, 5)["typical_path"]
    assert shown["n_met"].tolist() == [30, 26]
    assert shown["n_straight"].isna().tolist() == [False, True]


def test_of_few_who_came_in_by_a_page_nothing_is_told():
    pages = table("""
        page | stage | n_views | n_visits | n_journeys | n_landings | landing_share | n_exits | exit_rate | exit_lo | exit_hi | n_timed | n_entered | n_next | next_rate
        /    | look  | 90      | 80       | 60         | 50         | 0.5           | 8       | 0.1       | 0.0     | 0.2     | 40      | 40        | 8      | 0.2
        /faq | look  | 30      | 20       | 20         | 5          | 0.1           | 2       | 0.1       | 0.0     | 0.3     | 10      | 3         | 1      | 0.33
    """, PAGES)  # fmt: skip
    shown = withhold_small_groups({"pages": pages}, 5)["pages"]
    assert shown["page"].tolist() == ["/", "/faq"]
    assert shown.loc[1, ["n_entered", "n_next", "next_rate"]].isna().all()


def test_two_sources_one_of_which_knows_few_are_not_joined_in_public():
    joins = table("unit | source_a | source_b | n_a | n_b | n_both | share_a | share_b\nperson | crm | web | 80 | 3 | 0 | 0 | 0\nperson | crm | shop | 80 | 40 | 20 | 0.25 | 0.5", JOINS)
    assert shown_joins(joins, 5)["source_b"].tolist() == ["shop"]


# --- what the checks get ----------------------------------------------------------------------------------------------


def test_the_checks_get_a_cell_hidden_beside_a_small_one_as_one_of_too_few():
    coverage = drawn_rows("""
        stage | persona | n_content | n_activities | n_owned | n_customers | demand_share | status
        look  |         | 0         | 0            | 0       | 63          | 0.5          | hole
        look  | cio     | 0         | 0            | 0       | 40          | 0.6          | hole
        look  | cfo     | 0         | 0            | 0       | 20          | 0.5          | hole
        look  | ceo     | 0         | 0            | 0       | 3           | 0.2          | hole
        buy   |         | 0         | 0            | 0       | 66          | 0.5          | hole
        buy   | cio     | 0         | 0            | 0       | 30          | 0.4          | hole
        buy   | cfo     | 0         | 0            | 0       | 20          | 0.5          | hole
        buy   | ceo     | 0         | 0            | 0       | 16          | 0.8          | hole
    """, COVERAGE)  # fmt: skip
    shown = withhold_small_groups({"coverage": coverage}, 5)
    hidden = shown["coverage"]["n_customers"].isna()
    assert hidden.tolist()[3]
    assert hidden.sum() > 1
    checked = as_far_as_shown({"coverage": coverage}, shown, rates_only=True)["coverage"]
    assert checked.loc[hidden, "n_customers"].tolist() == [1] * hidden.sum()
    assert checked.loc[hidden, "demand_share"].isna().all()
    assert set(checked.loc[hidden, "status"]) == {"thin"}


def test_trouble_that_tells_how_many_came_to_a_withheld_stage_goes_with_it():
    funnel = reached(all=(40, 3))
    trouble = "stage | kind | touchpoint | n | n_yes | n_units | value | lo | hi\nlook | blockage | | 40 | 3 | 40 | 0.08 | 0.0 | 0.2\nlook | dead_end | ad | 30 | 9 | 30 | 0.3 | 0.2 | 0.4"
    tables = {"funnel": funnel, "friction": drawn_rows(trouble, FRICTION)}
    shown = withhold_small_groups(tables, 5)
    assert shown["friction"]["kind"].tolist() == ["dead_end"]
    assert as_far_as_shown(tables, shown, rates_only=True)["friction"]["n"].tolist() == [1, 30]
