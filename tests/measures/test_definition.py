"""One definition of a conversion: the golden semantics, the three outcomes, and laws no log may break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from journeylib.errors import ParameterError
from journeylib.event_log import DAY_US
from journeylib.measures.definition import ORDERS, Conversion, Step, count
from tests.drawing import events, from_frame, paths

LETTERS = tuple(Step(letter, touchpoints=(letter,)) for letter in "ABCD")
ABC = tuple(Step(letter, touchpoints=(letter,)) for letter in "ABC")
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reached(drawn, definition):
    return count(drawn.log, drawn.journeys, definition)["n_reached"].tolist()


# --- F3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("order", "expected"), [("in_order", [6, 3, 1, 1]), ("any", [6, 4, 2, 4]), ("at_least", [6, 5, 4, 4]), ("strict", [6, 3, 1, 1])])
def test_the_same_six_customers_give_what_the_order_says(order, expected):
    drawn = paths("ABCD ABD AB BACD A AD")
    assert reached(drawn, Conversion(LETTERS, order)) == expected


def test_strict_allows_nothing_between():
    drawn = paths("ABC ADBC ABDC AABC")
    assert reached(drawn, Conversion(ABC, "in_order")) == [4, 4, 4]
    assert reached(drawn, Conversion(ABC, "strict")) == [4, 2, 1]
    assert reached(drawn, Conversion(ABC, "strict", entry="any")) == [4, 3, 2]


def test_atoms_and_touchpoints_both_make_a_step():
    drawn = paths("ABCD AD")
    assert reached(drawn, Conversion((Step("first", atoms=("a1_problem",)), Step("last", touchpoints=("D",))))) == [2, 2]


# --- window, entry, exclusions, grain, cut ------------------------------------------------------------------------------

RETURNS = """
    journey | day | touchpoint | unit | outcome | customer_id
    ann     | 0   | A          | ann  |         | c1
    ann     | 50  | A          | ann  |         | c1
    ann     | 55  | B          | ann  |         | c1
    bo      | 0   | A          | bo   |         | c2
    bo      | 5   | X          | bo   |         | c2
    bo      | 8   | B          | bo   |         | c2
    cia     | 95  | A          | cia  |         | c3
    dan     | 2   | A          | dan  | lost    | c4
"""
AB = ABC[:2]


def test_the_window_runs_from_the_first_entry_or_from_any():
    drawn = events(RETURNS, until=100)
    first = count(drawn.log, drawn.journeys, Conversion(AB, window_days=30))
    assert first["n_reached"].tolist() == [4, 1]
    assert reached(drawn, Conversion(AB, window_days=30, entry="any")) == [4, 2]
    assert reached(drawn, Conversion(AB)) == [4, 2]


def test_who_did_not_go_on_is_lost_or_still_open():
    drawn = events(RETURNS, until=100)
    row = count(drawn.log, drawn.journeys, Conversion(AB, window_days=30)).iloc[0]
    assert row[["n_went_on", "n_lost", "n_open"]].tolist() == [1, 2, 1]  # bo; ann (too late) and dan; cia has 25 days left
    assert row[["n_followed", "n_converted"]].tolist() == [3, 1]
    assert row["rate"] == 1 / 3


def test_without_a_window_only_the_lost_are_lost():
    drawn = events(RETURNS, until=100)
    row = count(drawn.log, drawn.journeys, Conversion(AB)).iloc[0]
    assert row[["n_went_on", "n_lost", "n_open"]].tolist() == [2, 1, 1]


def test_an_exclusion_on_the_way_leaves_the_case_out():
    drawn = events(RETURNS, until=100)
    assert reached(drawn, Conversion(AB, exclude=("X",))) == [3, 1]


def test_nothing_after_the_cut_is_used():
    drawn = events(RETURNS, until=100)
    day_6 = drawn.log.as_of_us - 94 * DAY_US
    assert reached(drawn, Conversion(AB, cut_us=day_6)) == [3, 0]


def test_the_grain_says_what_one_case_is():
    drawn = events("""
        journey | day | touchpoint | unit | customer_id
        one     | 0   | A          | firm | ann
        two     | 1   | B          | firm | ann
        two     | 2   | A          | firm | bo
    """, until=10)  # fmt: skip
    by = {grain: reached(drawn, Conversion(AB, grain=grain)) for grain in ("journey", "unit", "customer")}
    assert by == {"journey": [2, 0], "unit": [1, 1], "customer": [2, 1]}


@pytest.mark.parametrize("wrong", [{"steps": ABC[:1]}, {"steps": (ABC[0], Step("again", touchpoints=("A",)))}, {"order": "loose"},
                                   {"order": "at_least", "entry": "any"}, {"steps": (ABC[0], Step("nothing"))}])  # fmt: skip
def test_a_definition_that_means_nothing_is_refused(wrong):
    with pytest.raises(ParameterError):
        replace(Conversion(ABC), **wrong)


# --- laws -----------------------------------------------------------------------------------------------------------------

EVENT = st.fixed_dictionaries({
    "journey": st.integers(0, 5), "touchpoint": st.sampled_from(list("ABCX")), "outcome": st.sampled_from([None, None, None, "won", "lost"]),
    "day": st.integers(0, 40),
})  # fmt: skip


@st.composite
def logs(draw):
    """Up to 30 events of up to 6 journeys of 3 customers of 2 units, several of them at the same moment."""
    frame = pd.DataFrame(draw(st.lists(EVENT, min_size=1, max_size=30)))
    return frame.assign(unit="u" + (frame["journey"] // 4).astype(str), customer_id="c" + (frame["journey"] // 2).astype(str))


DEFINITIONS = st.builds(
    lambda order, window, anew, exclude, grain: Conversion(ABC, order, window, "any" if anew and order in ("in_order", "strict") else "first", exclude, grain),
    st.sampled_from(ORDERS), st.sampled_from([None, 3.0, 15.0]), st.booleans(), st.sampled_from([(), ("X",)]), st.sampled_from(["journey", "unit", "customer"]),
)  # fmt: skip


@few
@given(logs(), DEFINITIONS)
def test_outcomes_sum_to_starters_and_rates_are_shares(frame, definition):
    table = count(*_of(from_frame(frame, until=60)), definition)
    assert (table["n_reached"] == table["n_went_on"] + table["n_lost"] + table["n_open"]).all()
    assert (table["n_converted"] <= table["n_followed"]).all()
    assert (table["n_followed"] <= table["n_reached"]).all()
    assert table["rate"].dropna().between(0, 1).all()


@few
@given(logs(), DEFINITIONS)
def test_counts_never_rise_along_the_steps(frame, definition):
    if definition.order != "any":
        table = count(*_of(from_frame(frame, until=60)), definition)
        assert (table["n_reached"].astype(int).diff().dropna() <= 0).all()
        assert table["n_went_on"].iloc[:-1].tolist() == table["n_reached"].iloc[1:].tolist()


@few
@given(logs(), DEFINITIONS, st.integers(1, 9))
def test_any_split_into_blocks_gives_the_same(frame, definition, n_rows):
    drawn = from_frame(frame, until=60)
    assert_frame_equal(count(*_of(drawn), definition), count(*_of(drawn), definition, n_rows=n_rows))


@few
@given(logs(), DEFINITIONS, st.integers(0, 5))
def test_rows_of_one_moment_and_names_of_customers_change_nothing(frame, definition, seed):
    turned = frame.sample(frac=1, random_state=seed)
    turned = turned.assign(journey=5 - turned["journey"], unit="x" + turned["unit"].str[::-1], customer_id=turned["customer_id"].map(lambda name: f"z{9 - int(name[1])}"))
    mine, theirs = (count(*_of(from_frame(one, until=60)), definition) for one in (frame, turned))
    assert_frame_equal(mine, theirs)


@few
@given(logs(), DEFINITIONS, st.integers(0, 40))
def test_a_later_cut_never_takes_a_conversion_back(frame, definition, day):
    drawn = from_frame(frame, until=60)
    early = count(*_of(drawn), replace(definition, cut_us=drawn.log.as_of_us - (60 - day) * DAY_US))
    late = count(*_of(drawn), definition)
    if not definition.exclude:
        assert (late["n_reached"] >= early["n_reached"]).all()
    assert late["n_reached"].iloc[-1] >= early["n_reached"].iloc[-1]


@few
@given(logs(), st.sampled_from([None, 3, 15]), st.booleans(), st.sampled_from(["in_order", "strict"]))
def test_chains_are_those_a_plain_search_finds(frame, window, anew, order):
    """Every chain of events tried one by one."""
    drawn = from_frame(frame, until=60)
    table = count(*_of(drawn), Conversion(ABC, order, window, "any" if anew else "first"))
    furthest = [_plainly(mine[["day", "touchpoint"]].values.tolist(), window, anew, order) for _, mine in frame.groupby("journey")]
    assert table["n_reached"].tolist() == [sum(far > i for far in furthest) for i in range(3)]


def _plainly(path, window, anew, order):
    starts = sorted(day for day, what in path if what == "A")
    moments = sorted({day for day, _ in path})
    best = 0
    for start in starts if anew else starts[:1]:
        ends = {start}
        best = max(best, 1)
        for far, letter in enumerate("BC", start=2):
            ends = {day for day, what in path for end in ends if what == letter and day >= end and (window is None or day - start <= window)
                    and (order == "in_order" or moments.index(day) - moments.index(end) <= 1)}  # fmt: skip
            best = max(best, far if ends else 0)
    return best


def _of(drawn):
    return drawn.log, drawn.journeys


def test_the_interval_is_by_unit():
    drawn = events("""
        journey | day | touchpoint | unit
        one     | 0   | A          | firm
        one     | 1   | B          | firm
        two     | 0   | A          | firm
        two     | 1   | B          | firm
        three   | 0   | A          | ann
    """, until=50)  # fmt: skip
    row = count(drawn.log, drawn.journeys, Conversion(AB, window_days=10)).iloc[0]
    assert (row["n_followed"], row["n_units"], row["rate"]) == (3, 2, 2 / 3)
    assert np.isclose(row["median_days"], 1.0)
