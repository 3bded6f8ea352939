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
from journeylib.measures.small_answers import ANSWERS
from journeylib.measures.small_groups import GROUPS, NO_PEOPLE, RULES, as_far_as_shown, withhold_small_groups
from journeylib.measures.standing import standing
from journeylib.measures.subtraction import parts_to_hide
from journeylib.measures.typical import typical_path
from journeylib.schema import (
    COMPLEXITY,
    COVERAGE,
    CTAS,
    DOING,
    FRICTION,
    FUNNEL,
    HUMAN_CONTACT,
    JOINS,
    LENGTHS,
    MEASURES,
    PAGES,
    PURCHASE_FLOW,
    STAGE_TIMES,
    STANDING,
    TABLES,
    TOTALS,
    TYPICAL_PATH,
    check,
)
from tests.drawing import rows, table
from tests.measures.auditor import audit
from tests.measures.auditor_tables import MORE
from tests.measures.test_suppression import clients, has_k_journeys, measured, nothing_is_worked_out, reached, worked_out_of_many

#: Names under which `steps.py` writes tables that are no measures.
WRITTEN = {"sources", "joins", "coverage_in_time", "cells", "gaps", "actions", "questions", "scenario", "changes", "effects", "effect_series", "predictions", "prediction_bands", "prediction_features", "next_offers", "persona_journeys", "beliefs", "value_split", "purchase_change"}


def test_every_delivered_table_has_a_rule_or_counts_no_people():
    ruled, delivered = set(GROUPS) | set(RULES) | set(NO_PEOPLE), set(MEASURES) | WRITTEN | set(DOING)
    assert sorted(delivered - ruled) == []
    assert sorted(ruled - delivered) == []
    assert set(NO_PEOPLE) & (set(GROUPS) | set(RULES)) == set()
    assert all(NO_PEOPLE.values())


def test_nothing_else_is_written_in_a_run():
    """The names in the calls of `run.write`: the dictionaries given to it, or named before."""
    tree = ast.parse((Path(journeylib.__file__).parent / "steps.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "run.write"]
    given_first = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("given", "worth")]
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


@settings(max_examples=4, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(clients(), st.sampled_from([3, 5, 10]))
def test_tables_that_count_the_same_again_give_no_group_away(drawn, k):
    assume(has_k_journeys(drawn, k))
    nothing_is_worked_out(drawn, k, more_measured, more=MORE)


@pytest.mark.truth
def test_tables_that_count_the_same_again_give_no_group_of_many_clients_away():
    assert sum(worked_out_of_many(150, more_measured, has_k_journeys, more=MORE)) == 0


# --- pages --------------------------------------------------------------------------------------------------------------


def site(*pages):
    """Pages by journeys, visits and landings, each with a request to act."""
    frame = pd.DataFrame(pages, columns=["n_journeys", "n_visits", "n_landings"])
    frame = frame.assign(page=[f"/{i}" for i in range(len(frame))], stage="look", n_views=frame["n_visits"], n_exits=frame["n_landings"], exit_rate=0.0, exit_lo=0.0, exit_hi=1.0,
                         landing_share=frame["n_landings"] / max(1, frame["n_landings"].sum()), n_timed=0)  # fmt: skip
    calls = frame.assign(cta="ask", touchpoint="cta_click", n_clicks=0, rate=0.0, shrunk=0.0, lo=0.0, hi=1.0, p_best=0.0, rank=range(1, len(frame) + 1))
    return {"pages": check(frame, PAGES), "ctas": check(calls[list(CTAS.columns)], CTAS)}


@st.composite
def sites(draw):
    """Sites whose visits see one page or several, and are journeys or more than those."""
    kind, pages = draw(st.sampled_from(["one page", "one visit", "many visits"])), []
    for n in draw(st.lists(st.integers(1, 14), min_size=2, max_size=6)):
        n_visits = n + (draw(st.integers(0, 6)) if kind == "many visits" else 0)
        pages.append((n, n_visits, n_visits if kind == "one page" else draw(st.integers(0, n_visits))))
    return site(*pages)


def known_to_be_few(reader, hidden, shown, whole):
    """A reader who has been told which of the withheld are fewer than k."""
    for key in hidden:
        reader.count(*key, most=reader.k - 1)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(sites(), st.sampled_from([3, 5, 10]))
def test_of_pages_few_saw_neither_visits_nor_landings_nor_requests_tell_how_many(whole, k):
    found = audit(withhold_small_groups(whole, k), whole, k, more=[known_to_be_few], widths=False)
    assert {key: told for key, told in found.items() if told[1] == told[2]} == {}
    assert all(lo <= true <= hi for true, lo, hi in found.values())


def test_a_request_on_a_page_withheld_beside_a_rare_one_would_tell_both():
    shown = withhold_small_groups(site((20, 20, 20), (8, 8, 8), (3, 3, 3)), 5)
    assert (shown["pages"]["page"].tolist(), shown["ctas"]["page"].tolist()) == (["/0"], ["/0"])


# --- the rules, by hand -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_won", "n_lost", "told"), [(9, 40, True), (0, 40, True), (2, 2, False), (2, 0, True)])
def test_totals_tell_how_journeys_ended_but_where_few_are_decided(n_won, n_lost, told):
    counts = {"journeys": 60, "orders": n_won, "won": n_won, "lost": n_lost, "open": 60 - n_won - n_lost, "dormant": 0}
    totals = table("name | value | unit\n" + "\n".join(f"{name} | {n} | count" for name, n in counts.items()), TOTALS)
    assert withhold_small_groups({"totals": totals}, 5)["totals"]["name"].tolist() == (list(counts) if told else ["journeys"])


def lost_and_open(n_reached, n_went_on, n_lost, n_open):
    """The same 1 stage in every table that tells who was lost there and who is still in it."""
    common = {"stage": "look", "position": 0, "n_reached": n_reached, "n_went_on": n_went_on, "n_lost": n_lost, "n_open": n_open}
    funnel = {"semantics": "at_least", "persona": "", "n_followed": n_reached, "n_converted": n_went_on, "n_too_recent": 0, "rate": 0.5, "n_units": n_reached}
    times = {"stage": "look", "n_entered": n_reached, "n_went_on": n_went_on, "n_lost": n_lost, "n_open": n_open, "n_returned": 0, "horizon_days": 90.0, "max_followed_days": 400.0}
    shares = {f"{name}_{end}": 0.5 for name in ("went_on", "lost") for end in ("share", "lo", "hi")} | {"open_share": 0.0}
    flow = {"step": "pay", **{name: common[name] for name in ("position", "n_reached", "n_went_on", "n_lost", "n_open")}}
    standing = {"stage": "look", "position": 0, "n_reached": n_reached, "n_past": n_went_on, "n_in": n_open, "n_lost": n_lost, "n_stuck": min(n_open, 6)}
    made = {"funnel": (common | funnel, FUNNEL), "stage_times": (times | shares, STAGE_TIMES), "purchase_flow": (flow, PURCHASE_FLOW), "standing": (standing, STANDING)}
    return {name: check(pd.DataFrame([row]), schema) for name, (row, schema) in made.items()}


@pytest.mark.parametrize(("n_lost", "n_open", "few"), [(3, 40, "lost"), (40, 3, "open"), (3, 4, "lost open"), (0, 4, "lost open"), (0, 40, ""), (8, 40, "")])
def test_a_delivered_table_tells_few_lost_and_few_open_as_fewer_than_k(n_lost, n_open, few):
    whole = lost_and_open(100, 100 - n_lost - n_open, n_lost, n_open)
    shown = withhold_small_groups(whole, 5)
    assert set(ANSWERS) == set(whole)
    for name, (lost, still) in ANSWERS.items():
        row = shown[name].iloc[0]
        named = few.replace("lost", lost).replace("open", still)
        assert set((row["few"] if pd.notna(row["few"]) else "").split()) == set(named.split())
        assert row[[lost, still]].isna().all() if few else row[[lost, still]].tolist() == [n_lost, n_open]
    assert pd.isna(shown["standing"]["n_stuck"].iloc[0]) == bool(few)
    assert as_far_as_shown(whole, shown)["funnel"]["n_lost"].tolist() == [n_lost]  # for the map, which says them in the same way


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
        position | is_until_purchase | stage | touchpoint | n_journeys | n_exact | n_met | n_straight | n_detour | n_skipped | n_ended
        0        | yes               | look  | ad         | 30         | 4       | 30    | 20         | 5        | 2         | 3
        1        | yes               | look  | visit      | 30         | 4       | 26    | 2          | 1        | 15        | 8
        2        | yes               | buy   | quote      | 30         | 4       | 3     | 3          | 0        | 0         | 0
        3        | yes               | buy   | order      | 30         | 4       | 20    | 0          | 0        | 0         | 20
    """, TYPICAL_PATH)  # fmt: skip
    shown = withhold_small_groups({"typical_path": path}, 5)["typical_path"]
    assert shown["n_met"].tolist() == [30, 26]
    assert shown["n_straight"].isna().tolist() == [False, True]
    assert shown["n_exact"].isna().all()


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
