"""Attribution: golden F2, the published numbers, and the laws every way of sharing credit has to keep."""

from __future__ import annotations

from itertools import combinations
from math import factorial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.measures.attribution import attribution
from journeylib.measures.credit import Paths, credit_by_group, markov_credit, moves_by_group, removal_effects, rule_weights
from journeylib.schema import CREDIT_MODELS
from tests.drawing import events

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "attribution_paths"
F2 = {"A>B": (10, 0), "A": (0, 20), "B": (5, 10), "A>B>C": (15, 5), "C": (2, 30), "B>C": (8, 12), "A>C": (3, 15)}


def drawn_paths(drawn, days_apart: float = 1.0) -> tuple[Paths, list[str]]:
    """Paths from `A>B: (purchases, none)`, one step every `days_apart` days up to the end."""
    rows = list(drawn.items() if isinstance(drawn, dict) else drawn)
    split = [path.split(">") for path, _ in rows]
    names = sorted({channel for path in split for channel in path})
    won, null = (np.array([ends[i] for _, ends in rows], dtype=float) for i in (0, 1))
    days = [days_apart * back for path in split for back in range(len(path) - 1, -1, -1)]
    steps = np.array([names.index(channel) for path in split for channel in path])
    return Paths(np.repeat(np.arange(len(split)), [len(path) for path in split]), steps, np.array(days), won, null, np.zeros(len(split), dtype=int), len(names), 1), names


def moves(paths):
    return moves_by_group(paths).toarray().reshape(paths.n_channels + 1, paths.n_channels + 2)


def credit(paths, rule, half_life_days=7.0):
    return credit_by_group(paths, rule_weights(paths, half_life_days)[rule])[0]


# --- golden and published ---------------------------------------------------------------------------------------------


def test_golden_f2_removal_effects_and_credit():
    paths, _ = drawn_paths(F2)
    chance, removal = removal_effects(moves(paths))
    assert chance == pytest.approx(43 / 135, abs=1e-12)
    assert removal.round(6).tolist() == [0.424806, 0.638243, 0.651163]
    assert markov_credit(moves(paths)).round(4).tolist() == [10.6560, 16.0099, 16.3340]


@pytest.fixture(scope="module")
def published():
    if not PUBLISHED.exists():
        pytest.skip("the shared data sets are not here")
    data = pd.read_csv(PUBLISHED / "data.csv.gz")
    return drawn_paths([(path.replace(" ", ""), ends) for path, *ends in zip(data["path"], data["total_conversions"], data["total_null"], strict=True)])


def test_the_exact_removal_effects_published_for_ten_thousand_paths(published):
    paths, names = published
    expected = pd.read_csv(PUBLISHED / "expected_markov_order1.csv").set_index("channel_name").loc[names]
    np.testing.assert_allclose(removal_effects(moves(paths))[1], expected["exact_removal_effect"], atol=1e-6)
    np.testing.assert_allclose(markov_credit(moves(paths)), expected["exact_conversions"], atol=1e-4)
    common = expected["exact_conversions"] > 1000
    np.testing.assert_allclose(markov_credit(moves(paths))[common], expected["simulated_conversions"][common], rtol=0.05)  # what simulating gives


@pytest.mark.parametrize(("rule", "column"), [("first", "first_touch"), ("last", "last_touch"), ("linear", "linear_touch")])
def test_the_plain_rules_equal_the_reference_implementation(published, rule, column):
    paths, names = published
    expected = pd.read_csv(PUBLISHED / "expected_heuristics.csv").set_index("channel_name").loc[names, f"{column}_conversions"]
    np.testing.assert_allclose(credit(paths, rule), expected, atol=1e-4)


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "expected"), [("A", [1]), ("A>B", [1 / 2, 1 / 2]), ("A>B>C", [0.4, 0.2, 0.4]), ("A>B>C>D", [0.4, 0.1, 0.1, 0.4])])
def test_the_ends_get_forty_per_cent_each_and_the_middle_shares_twenty(path, expected):
    assert credit(drawn_paths({path: (1, 0)})[0], "position") == pytest.approx(expected)


def test_a_contact_a_half_life_earlier_gets_half_as_much():
    assert credit(drawn_paths({"A>B": (1, 0)}, days_apart=7)[0], "decay", half_life_days=7) == pytest.approx([1 / 3, 2 / 3])


def shapley_by_the_book(drawn, names):
    """Σ over coalitions of s!(n − s − 1)!/n! × what the channel adds; a coalition is worth the purchases that met no other channel."""
    worth = lambda members: sum(ends[0] for path, ends in drawn.items() if set(path.split(">")) <= set(members))  # noqa: E731
    n, found = len(names), []
    for name in names:
        others = [other for other in names if other != name]
        parts = [(factorial(s) * factorial(n - s - 1) / factorial(n), group) for s in range(n) for group in combinations(others, s)]
        found.append(sum(weight * (worth([*group, name]) - worth(group)) for weight, group in parts))
    return found


PATHS = st.dictionaries(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=5).map(">".join), st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(PATHS)
def test_shapley_is_the_sum_over_all_coalitions(drawn):
    paths, names = drawn_paths(drawn)
    np.testing.assert_allclose(credit(paths, "shapley"), shapley_by_the_book(drawn, names), atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(PATHS)
def test_credit_sums_to_the_purchases_whatever_the_rule(drawn):
    paths, _ = drawn_paths(drawn)
    n_won = paths.n_won.sum()
    for rule in rule_weights(paths, 7.0):
        assert credit(paths, rule).sum() == pytest.approx(n_won)
    assert markov_credit(moves(paths)).sum() == pytest.approx(n_won)


@settings(max_examples=60, deadline=None)
@given(PATHS)
def test_names_decide_nothing(drawn):
    swap = str.maketrans("ABCDE", "EDCBA")
    (paths, names), (other, other_names) = drawn_paths(drawn), drawn_paths({path.translate(swap): ends for path, ends in drawn.items()})
    for ours, theirs in ((markov_credit(moves(paths)), markov_credit(moves(other))), (credit(paths, "position"), credit(other, "position"))):
        by_name = dict(zip(other_names, theirs, strict=True))
        np.testing.assert_allclose([by_name[name.translate(swap)] for name in names], ours, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(PATHS)
def test_a_channel_on_every_path_loses_all_and_one_that_never_sold_loses_nothing(drawn):
    with_both = {f"Z>{path}": ends for path, ends in drawn.items()} | {"Z>Y": (0, 3)}
    paths, names = drawn_paths(with_both)
    removal = dict(zip(names, removal_effects(moves(paths))[1], strict=True))
    assert removal["Y"] == pytest.approx(0, abs=1e-12)
    assert removal["Z"] == pytest.approx(1 if paths.n_won.sum() else 0)


# --- from the log -----------------------------------------------------------------------------------------------------


def shares(text, *, until=100, look_back_days=30, k=1, **changes):
    drawn = events(text, until=until)
    return attribution(drawn.log, drawn.journeys, look_back_days=look_back_days, half_life_days=7, seed=[1], k=k, **changes)


def of(table, model):
    rows = table[table["model"] == model]
    return dict(zip(rows["channel"], rows["credit"], strict=True))


WAY = """
    journey | day | atom | touchpoint | channel | initiator | outcome
    ann     | 1   | a1   | page_view  | social  | customer  |
    ann     | 50  | a2   | page_view  | search  | customer  |
    ann     | 50.01 | a3 | page_view  | search  | customer  |
    ann     | 55  | a3   | email_sent | email   | company   |
    ann     | 58  | a3   | call       | phone   | company   |
    ann     | 60  | a4   | order      | shop    | customer  | won
    ann     | 61  | a7   | page_view  | direct  | customer  |
"""


def test_a_path_is_what_the_customer_met_within_the_look_back_up_to_the_purchase():
    assert of(shares(WAY), "linear") == {"phone": 1 / 2, "search": 1 / 2}  # one visit; too old, sent, the order itself and afterwards: none
    assert of(shares(WAY, look_back_days=60), "linear") == {"phone": 1 / 3, "search": 1 / 3, "social": 1 / 3}


def test_a_purchase_without_a_known_contact_credits_nobody_and_is_counted():
    bob = "    bob     | 70  | a4   | order      | shop    | customer  | won\n"
    table = shares(WAY + bob)
    assert set(table["n_won"]) == {1}
    assert set(table["n_unseen"]) == {1}


def test_a_contact_at_the_moment_of_the_purchase_is_no_cause_of_it():
    at_the_till = "    ann     | 60  | a4   | page_view  | direct  | customer  |\n"
    assert of(shares(WAY + at_the_till), "linear") == {"phone": 1 / 2, "search": 1 / 2}


def signing(n_bought, n_signed_in_vain=0):
    """Buyers who met somebody at a fair, signed by mail on day 20 and were visited before the invoice of day 40."""
    lines = ["journey | day | atom | touchpoint | channel | initiator | outcome"]
    for i in range(n_bought + n_signed_in_vain):
        lines += [f"c{i:02d} | 10 | a2 | meeting | fair | customer |", f"c{i:02d} | 20 | a4 | signed | email | customer |",
                  f"c{i:02d} | 30 | a4 | meeting | visit | company |" if i % 2 else f"c{i:02d} | 30 | a3 | page_view | visit | customer |",
                  f"c{i:02d} | 40 | a4 | order | shop | customer | {'won' if i < n_bought else 'lost'}"]  # fmt: skip
    return "\n".join(lines)


def test_signing_is_the_purchase_itself_and_gets_no_credit_for_it_nor_does_what_comes_after():
    assert of(shares(signing(10)), "linear") == {"fair": 10}


@pytest.mark.parametrize(("n_bought", "n_in_vain"), [(9, 0), (18, 3)])
def test_what_few_buyers_share_or_many_do_in_vain_is_not_signing(n_bought, n_in_vain):
    assert set(of(shares(signing(n_bought, n_in_vain)), "linear")) == {"fair", "email", "visit"}


@pytest.mark.parametrize(("day", "n_paths"), [(80, 1), (60, 2)])
def test_an_open_journey_counts_as_no_purchase_only_when_none_could_be_credited_to_it_any_more(day, n_paths):
    cat = f"    cat     | {day}  | a2   | page_view  | search  | customer  |\n"
    assert set(shares(WAY + cat, until=100, look_back_days=30)["n_all_paths"]) == {n_paths}


def many(n):
    """So many customers, each through two of fifteen channels."""
    lines = ["journey | day | atom | touchpoint | channel | initiator | outcome"]
    for i in range(n):
        lines += [f"c{i:03d} | {day} | a2 | page_view | ch{(i * step) % 15:02d} | customer |" for day, step in ((1, 1), (3, 7))]
        lines += [f"c{i:03d} | 9 | a4 | order | shop | customer | {'won' if i % 3 else 'lost'}"]
    return "\n".join(lines)


def test_beyond_twelve_channels_the_tail_is_one():
    table = shares(many(90))
    assert table["channel"].nunique() == 12
    assert "other" in set(table["channel"])
    for model in CREDIT_MODELS:
        assert sum(of(table, model).values()) == pytest.approx(60)
    assert table["share"].between(table["lo"] - 1e-9, table["hi"] + 1e-9).all()


def test_channels_few_journeys_met_are_pooled_until_the_pool_is_large_enough():
    rare = "\n".join(f"    r{i} | 50 | a2 | page_view | rare{i} | customer |\n    r{i} | 51 | a4 | order | shop | customer | won" for i in range(3))
    table = shares(WAY + rare + "\n" + many(90).partition("\n")[2].replace(" | customer |", " | customer | "), k=5)
    assert (table["n_paths"] >= 5).all()
    assert not any(name.startswith("rare") for name in table["channel"])


def test_blocks_and_the_order_of_customers_change_nothing():
    whole = shares(many(40))
    assert whole.equals(shares(many(40), n_rows=1))
    assert whole.equals(shares(many(40)))


def test_intervals_narrow_with_the_square_root_of_the_customers():
    few, more = ((table["hi"] - table["lo"]).mean() for table in (shares(many(45)), shares(many(720))))
    assert few / more == pytest.approx(4, rel=0.35)
