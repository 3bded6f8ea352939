"""How winding journeys are, where the way is hard, what is typical, and what leaves the plan."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import stats

from journeylib.measures.alignment import align, distance, distances
from journeylib.measures.clustered import difference_of_means
from journeylib.measures.complexity import complexity, entropy, transition_entropy
from journeylib.measures.deviations import Planned, compare_with_plan, deviations
from journeylib.measures.friction import friction
from journeylib.measures.typical import find_medoid, typical_path
from tests.drawing import FIVE, events, from_frame

PLAN = (Planned("quote"), Planned("demo", optional=True), Planned("order", within_days=10))


def measured(text, wait_days=30, **options):
    drawn = events(text)
    table = complexity(drawn.log, drawn.journeys, drawn.model, wait_days=wait_days, **options)
    return table[table["by"] == "all"].set_index("measure")["value"]


def journeys_of(*paths, days=1.0, outcome=None):
    """Journeys of (atom, touchpoint) steps, `days` apart, of customers' own doing."""
    return pd.DataFrame([{"journey": f"{number:04d}", "day": place * days, "atom": atom, "touchpoint": touchpoint, "initiator": "customer",
                          "channel": "web", "outcome": outcome if place == len(path) - 1 else None}
                         for number, path in enumerate(paths) for place, (atom, touchpoint) in enumerate(path)])  # fmt: skip


def troubles(frame, window_days=30, until=365):
    log, journeys, model = from_frame(frame, until=until)
    return friction(log, journeys, model, window_days=window_days)


def one(table, stage, kind, touchpoint=""):
    rows = table[(table["stage"] == stage) & (table["kind"] == kind) & (table["touchpoint"] == touchpoint)]
    return rows.iloc[0] if len(rows) else None


# --- counts a journey -------------------------------------------------------------------------------------------------

HAND_MADE = """
    journey | day | atom | touchpoint | channel | initiator | department
    ann     | 0   | a2   | visit      | web     | customer  |
    ann     | 1   | a2   | visit      | web     | customer  |
    ann     | 2   | a3   | call       | phone   | customer  | Sales
    ann     | 3   | a2   | visit      | web     | customer  |
    ann     | 50  | a4   | ticket     | email   | customer  | Support
    bob     | 0   | a2   | visit      | web     | customer  |
"""


@pytest.mark.parametrize(("measure", "ann", "bob"), [
    ("touchpoints", 5, 1), ("distinct", 3, 1), ("days", 50, 0), ("self_loops", 1, 0), ("repeats", 1, 0), ("backward", 1, 0),
    ("switches", 3, 0), ("long_waits", 1, 0), ("help", 1, 0), ("handovers", 1, 0),
])  # fmt: skip
def test_a_hand_made_journey_is_counted_by_hand(measure, ann, bob):
    assert measured(HAND_MADE)[measure] == (ann + bob) / 2


def test_a_run_of_three_is_one_self_loop_and_no_repeat():
    table = measured("journey|day|touchpoint|atom\na|0|x|a1\na|1|x|a1\na|2|x|a1")
    assert (table["self_loops"], table["repeats"]) == (1, 0)


def test_touchpoints_nobody_meets_change_nothing():
    log, journeys, model = events(HAND_MADE)
    more = log.renamed("touchpoint", [*log.names["touchpoint"], *(f"never {i}" for i in range(100))])
    pd.testing.assert_frame_equal(complexity(more, journeys, model, wait_days=30), complexity(log, journeys, model, wait_days=30))


def test_what_a_tracker_writes_of_itself_is_no_step():
    table = measured("journey|day|touchpoint|atom\na|0|session_start|\na|0.01|page|a1\na|1|session_start|\na|1.01|page|a1")
    assert table["touchpoints"] == 2


def test_a_colleague_who_begins_at_the_beginning_has_not_gone_back():
    table = measured("journey|day|touchpoint|atom|customer|initiator\na|0|x|a1|ann|customer\na|1|y|a3|ann|customer\na|2|x|a1|bob|customer")
    assert table["backward"] == 0


def test_the_home_page_on_the_way_to_the_prices_is_no_step_back():
    table = measured("journey|day|touchpoint|atom|initiator\na|0|prices|a3|customer\na|1|home|a2|customer\na|1.001|prices|a3|customer")
    assert table["backward"] == 0


def test_groups_are_compared_where_there_are_several():
    frame = journeys_of(*[[("a1", "x")]] * 4).assign(offer=["A", "A", "B", "B"])
    log, journeys, model = from_frame(frame)
    table = complexity(log, journeys, model, wait_days=30)
    assert set(zip(table["by"], table["group"], strict=True)) == {("all", ""), ("offer", "A"), ("offer", "B")}


def test_what_no_source_names_is_not_counted_as_nought():
    no_help_no_departments = HAND_MADE.replace("ticket", "visit ").replace("Sales", "     ").replace("Support", "       ")
    assert {"help", "handovers"} <= set(measured(HAND_MADE).index)
    assert not {"help", "handovers"} & set(measured(no_help_no_departments).index)
    assert "handovers" not in measured(HAND_MADE.replace("Support", "Sales")).index  # one department has nobody to hand over to


def test_where_no_source_tells_of_help_its_share_is_absent_and_not_nil():
    without, with_help = (troubles(journeys_of(*[[("a2", "visit"), ("a3", touchpoint)]] * 4)) for touchpoint in ("call", "ticket"))
    assert one(without, "consideration", "help") is None
    assert one(with_help, "consideration", "help")["value"] == 4 / 4


# --- entropies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [2, 3, 10, 250])
def test_the_entropy_of_k_equal_variants_is_the_logarithm_of_k(k):
    assert entropy([7] * k) == pytest.approx(np.log(k))


@given(st.lists(st.integers(1, 100), min_size=1, max_size=20))
def test_entropy_is_scipys(counts):
    assert entropy(counts) == pytest.approx(stats.entropy(counts), abs=1e-12)


def test_miller_and_madow_add_half_a_nat_a_kind_and_observation():
    assert entropy([3, 3], corrected=True) == pytest.approx(np.log(2) + (2 - 1) / (2 * 6))


def test_journeys_all_alike_have_no_entropy_and_all_different_ones_all_of_it():
    alike = measured("journey|day|touchpoint|atom\n" + "\n".join(f"j{i}|0|x|a1" for i in range(5)))
    different = measured("journey|day|touchpoint|atom\n" + "\n".join(f"j{i}|0|x{i}|a1" for i in range(5)))
    assert (alike["variants"], alike["variant_entropy"], alike["top_10_share"]) == (1, 0, 1)
    assert (different["variants"], different["variant_entropy"]) == (5, 1)


def test_a_way_that_always_goes_on_alike_has_no_transition_entropy():
    assert transition_entropy(["a", "b"], ["b", "c"], [5, 5]) == 0
    assert transition_entropy(["a", "a"], ["b", "c"], [5, 5]) == pytest.approx(np.log(2))


# --- trouble in the stages --------------------------------------------------------------------------------------------

SMOOTH = [("a2", "visit"), ("a3", "compare"), ("a4", "cart"), ("a4", "order")]


def test_a_planted_loop_is_found_and_named():
    round_ = [("a3", "compare"), ("a3", "ask")] * 4
    table = troubles(journeys_of(*[SMOOTH] * 20, *[[*SMOOTH[:1], *round_, *SMOOTH[2:]]] * 20))
    assert (one(table, "consideration", "loop")["n_yes"], one(table, "decision", "loop")["n_yes"]) == (20, 0)


def test_turning_pages_is_no_loop():
    pages = [("a3", "page_view"), ("a3", "compare")] * 4
    assert one(troubles(journeys_of(*[[("a3", "page_view"), *pages]] * 10).query("touchpoint == 'page_view'")), "consideration", "loop")["n_yes"] == 0


def test_a_planted_detour_is_found_and_named():
    back = [*SMOOTH[:3], ("a3", "compare"), *SMOOTH[2:]]
    table = troubles(journeys_of(*[SMOOTH] * 20, *[back] * 30))
    assert one(table, "decision", "detour")["value"] == 30 / 50
    assert one(table, "consideration", "detour")["value"] == 0


def test_a_planted_dead_end_is_found_and_named():
    lost = [[("a2", "visit"), ("a3", "calculator")]] * 30
    frame = pd.concat([journeys_of(*[SMOOTH] * 30, outcome="won"), journeys_of(*lost).assign(journey=lambda rows: "x" + rows["journey"], state="lost")])
    table = troubles(frame)
    assert one(table, "consideration", "dead_end", "calculator")["value"] == 30 / 30
    assert one(table, "consideration", "dead_end", "compare")["value"] == 0
    assert one(table, "consideration", "dead_end", "calculator")["versus_lo"] > 0


def test_who_opens_the_last_letter_has_not_come_to_a_dead_end_there():
    frame = journeys_of(*[[("a3", "compare"), ("a3", "email_click")]] * 20).assign(state="lost")
    assert one(troubles(frame), "consideration", "dead_end", "email_click") is None


def test_a_planted_wait_is_many_times_that_of_the_stages_beside_it():
    rows = [(f"{i:03d}", day, *step) for i in range(40) for day, step in zip((0, 4, 44, 44.1), SMOOTH, strict=True)]
    frame = pd.DataFrame(rows, columns=["journey", "day", "atom", "touchpoint"]).assign(initiator="customer")
    row = one(troubles(frame), "consideration", "wait")
    assert (row["value"], row["compared"], row["versus"]) == pytest.approx((40, 4, 40 / 4))


def test_a_blockage_is_a_stage_hardly_anybody_goes_on_from():
    table = troubles(journeys_of(*[SMOOTH[:2]] * 99, SMOOTH))
    row = one(table, "consideration", "blockage")
    assert (row["n"], row["n_yes"]) == (100, 1)
    assert one(table, "decision", "blockage") is None  # nothing after it was ever seen


def test_help_asked_for_is_counted_once_a_journey():
    table = troubles(journeys_of(*[[("a3", "compare"), ("a3", "ticket"), ("a3", "ticket")]] * 10, *[SMOOTH] * 10))
    assert one(table, "consideration", "help")["value"] == 10 / 20


# --- the typical journey ----------------------------------------------------------------------------------------------


def test_each_step_of_the_typical_way_keeps_its_journeys():
    detour = [*SMOOTH[:2], ("a3", "download"), *SMOOTH[2:]]
    frame = journeys_of(*[SMOOTH] * 12, *[detour] * 5, *[[SMOOTH[0], *SMOOTH[2:]]] * 3, outcome="won")
    log, journeys, model = from_frame(frame)
    found = typical_path(log, journeys, model)
    path = found["typical_path"]
    assert list(path["touchpoint"]) == ["visit", "compare", "cart", "order"]
    assert (path["n_met"] == path[["n_straight", "n_detour", "n_skipped", "n_ended"]].sum(axis=1)).all()
    assert path.loc[0, ["n_met", "n_straight", "n_skipped"]].tolist() == [20, 17, 3]
    assert path.loc[1, ["n_met", "n_straight", "n_detour"]].tolist() == [17, 12, 5]
    assert set(path["n_exact"]) == {12}
    assert found["detours"][["touchpoint", "position", "n_journeys"]].values.tolist() == [["download", 1, 5]]


def test_a_medoid_is_one_of_the_journeys_and_nearest_to_all():
    paths = [(1, 2, 3)] * 3 + [(1, 2, 4), (9,)]
    assert find_medoid(paths, np.random.default_rng(0)) == (1, 2, 3)


def test_the_typical_way_does_not_depend_on_the_order_of_journeys():
    frame = journeys_of(*[SMOOTH] * 6, *[SMOOTH[1:]] * 6, outcome="won")
    stirred = frame.sample(frac=1, random_state=3)
    found, again = (typical_path(*from_frame(rows))["typical_path"] for rows in (frame, stirred))
    assert_frame_equal(found, again)


# --- alignment --------------------------------------------------------------------------------------------------------

WORD = st.text("ABCD", max_size=6)


@lru_cache
def cheapest(path, reference, swaps):
    """The cost by trying everything."""
    if not path or not reference:
        return len(path) + len(reference)
    ways = [1 + cheapest(path[1:], reference, swaps), 1 + cheapest(path, reference[1:], swaps)]
    if path[0] == reference[0]:
        ways.append(cheapest(path[1:], reference[1:], swaps))
    if swaps and path[:2] == reference[:2][::-1] and len(path) > 1 and len(reference) > 1 and path[0] != path[1]:
        ways.append(1 + cheapest(path[2:], reference[2:], swaps))
    return min(ways)


@settings(max_examples=60, deadline=None)
@given(WORD, WORD, st.booleans())
def test_an_alignment_costs_what_the_cheapest_way_costs(path, reference, swaps):
    moves = align(path, reference, swaps=swaps)
    assert distance(path, reference, swaps=swaps) == cheapest(path, reference, swaps) == sum(move.kind != "match" for move in moves)
    assert distance(path, reference) == distance(reference, path)


@settings(max_examples=30, deadline=None)
@given(WORD, st.lists(WORD, min_size=1, max_size=5))
def test_many_distances_at_once_are_the_single_ones(path, others):
    lengths = np.array([len(other) for other in others])
    padded = np.full((len(others), max(lengths.max(), 1)), -1)
    for row, other in zip(padded, others, strict=True):
        row[: len(other)] = [ord(letter) for letter in other]
    assert distances([ord(letter) for letter in path], padded, lengths).tolist() == [distance(path, other) for other in others]


# --- the plan ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "found"), [
    (["quote", "demo", "order"], []),
    (["quote", "order"], []),  # the demo may be left out
    (["quote"], [("missing", "order")]),
    (["quote", "call", "order"], [("ad_hoc", "call")]),
    (["order", "quote"], [("irregular", "order"), ("irregular", "quote")]),
    (["order", "call", "quote", "demo"], [("ad_hoc", "call"), ("irregular", "order")]),
])  # fmt: skip
def test_the_four_deviations_are_told_apart(path, found):
    assert [tell for tell in compare_with_plan(path, PLAN) if tell != ("missing", "demo")] == found


def test_what_an_open_journey_has_not_come_to_is_not_missing():
    assert compare_with_plan(["quote"], PLAN, is_open=True) == []


def test_deviations_are_shares_of_journeys():
    drawn = events("""
        journey | day | atom | touchpoint | outcome
        ann     | 0   | a3   | quote      |
        ann     | 5   | a4   | order      | won
        bob     | 0   | a3   | quote      |
        bob     | 30  | a4   | order      | won
        cat     | 0   | a3   | quote      |
        cat     | 1   | a3   | call       |
        cat     | 2   | a4   | order      | won
        dan     | 0   | a7   | ticket     |
        dan     | 2   | a7   | ticket     |
    """)
    table = deviations(drawn.log, drawn.journeys, PLAN).set_index(["kind", "touchpoint"])["share"]
    assert table["failed", "order"] == 1 / 4  # bob's came after more than ten days
    assert table["failed", "ticket"] == 1 / 4  # dan had to ask twice
    assert (table["ad_hoc", "call"], table["ad_hoc", "ticket"]) == (1 / 4, 1 / 4)


# --- laws -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_blocks_and_the_order_of_rows_change_nothing(seed):
    rng = np.random.default_rng(seed)
    n = 60
    frame = pd.DataFrame({"journey": rng.integers(0, 12, n), "day": rng.permutation(n) / 3, "atom": rng.choice(["a1", "a2", "a3", "a4", "a6"], n),
                          "touchpoint": rng.choice(["visit", "call", "ticket", "order"], n), "initiator": rng.choice(["customer", "company"], n)})
    frame["unit"] = "u" + (frame["journey"] % 5).astype(str)
    whole, blocks, stirred = (_all(*args) for args in ((frame, 10**6), (frame, 1), (frame.sample(frac=1, random_state=seed), 10**6)))
    for name, table in whole.items():
        assert_frame_equal(table, blocks[name], obj=name)
        assert_frame_equal(table, stirred[name], obj=name)


def _all(frame, n_rows):
    log, journeys, model = from_frame(frame, model=FIVE)
    return {"complexity": complexity(log, journeys, model, wait_days=5, n_rows=n_rows), "friction": friction(log, journeys, model, window_days=9, n_rows=n_rows),
            **typical_path(log, journeys, model, n_rows=n_rows)}  # fmt: skip


def test_a_difference_by_unit_is_wider_than_one_by_journey_where_units_repeat_themselves():
    values, first = np.r_[np.zeros(50), np.ones(50)] + np.tile([0, 0.5], 50), np.arange(100) < 50
    alone, together = (difference_of_means(values, first, unit) for unit in (np.arange(100), np.arange(100) // 10))
    assert alone.difference == together.difference == -1
    assert alone.hi - alone.lo == pytest.approx(2 * stats.t.ppf(0.975, 98) * np.sqrt(2 * 0.25**2 / 49))
