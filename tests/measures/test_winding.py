"""Thirds by how winding the first days are, the order of paths, the rhythm of contact, and where customers had to ask again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from journeylib.measures.complexity import complexity, winding_score
from journeylib.measures.deviations import failed_contacts
from journeylib.measures.path_order import order_needed, path_order
from journeylib.measures.rhythm import contact_rhythm
from journeylib.measures.small_people import winding_shown
from journeylib.measures.stats import ratio_interval
from journeylib.measures.winding import winding
from tests.drawing import FIVE, events, from_frame, stage_model

TWO = stage_model("looking: a3; deciding: a4")


# --- how winding a stage is -------------------------------------------------------------------------------------------------


def travellers(n_straight=20, n_winding=20, *, straight_on=10, winding_on=4, on_day=20):
    """Straight ones look once; winding ones go back and forth for three days; some of each decide on day 20, after the early days."""
    rows = []
    for i in range(n_straight + n_winding):
        is_winding = i >= n_straight
        path = ["a", "b", "a", "c", "a"] if is_winding else ["a"]
        rows += [(f"{i:03d}", day * 0.75, "a3", step, "web" if step == "a" else "mail") for day, step in enumerate(path)]
        if (i - n_straight < winding_on) if is_winding else (i < straight_on):
            rows.append((f"{i:03d}", on_day, "a4", "order", "web"))
    return pd.DataFrame(rows, columns=["journey", "day", "atom", "touchpoint", "channel"]).assign(initiator="customer")


def thirds(frame, window_days=90.0, until=365):
    drawn = from_frame(frame, model=TWO, until=until)
    table = winding(drawn.log, drawn.journeys, drawn.model, window_days=window_days)
    return table[table["stage"] == "looking"].set_index("third")


def test_the_straightest_and_the_most_winding_are_compared_by_what_they_do_afterwards():
    table = thirds(travellers())
    assert table["early_days"].iloc[0] == 90 / 6
    assert table.loc["straight", ["n", "n_yes"]].tolist() == [20, 10]
    assert table.loc["winding", ["n", "n_yes"]].tolist() == [20, 4]
    assert table.loc["winding", "difference"] == pytest.approx(4 / 20 - 10 / 20)
    assert table.loc["winding", ["repeats", "switches"]].tolist() == [2, 4]  # a b a c a: a is met again twice, and the channel changes four times


def test_ways_that_are_all_alike_cannot_be_parted_in_thirds():
    assert thirds(travellers(n_winding=0)).empty


def test_whoever_has_gone_on_by_then_is_in_no_third():
    table = thirds(travellers(30, 30, on_day=5))
    assert table.loc["", "n"] == 60 - (10 + 4)


def test_whoever_is_not_followed_for_the_window_is_in_no_third():
    assert thirds(travellers(), until=60).empty


def test_time_to_wander_makes_nobody_wander_more():
    """People who go on or give up at random times: those who stay have time for more steps. In the first days of those still there, steps tell nothing."""
    rng = np.random.default_rng(4)
    rows = []
    for i in range(600):
        stay = rng.exponential(25)
        visits = np.sort(rng.uniform(0, min(stay, 200), rng.poisson(min(stay, 200) / 3)))
        rows += [(f"{i:04d}", 0.0, "a3", "a", None)] + [(f"{i:04d}", day, "a3", "ab"[j % 2], None) for j, day in enumerate(visits, 1)]
        rows.append((f"{i:04d}", stay, "a4", "order", None) if rng.random() < 0.5 else (f"{i:04d}", stay, None, "gave_up", "lost"))
    frame = pd.DataFrame(rows, columns=["journey", "day", "atom", "touchpoint", "outcome"]).assign(initiator="customer", channel="web")
    found = thirds(frame, window_days=60.0, until=500)
    assert found.loc["winding", "repeats"] > 2 * found.loc["straight", "repeats"]
    assert found.loc["winding", "difference_lo"] < 0 < found.loc["winding", "difference_hi"]


def test_a_small_third_takes_the_others_of_its_stage_along():
    table = thirds(travellers()).reset_index()
    table.loc[table["third"] == "winding", "n"] = 3
    assert winding_shown(table, 5).empty


def test_the_score_is_the_mean_of_standardised_components():
    frame = pd.DataFrame({"days": [0, 10, 20, 30], "repeats": [0, 0, 1, 3], "same": [2, 2, 2, 2]})
    expected = (stats.zscore(frame["days"]) + stats.zscore(frame["repeats"]) + 0) / 3
    assert winding_score(frame, ("days", "repeats", "same")) == pytest.approx(expected, abs=1e-8)


def test_offers_are_as_winding_as_their_journeys_and_all_together_nought():
    drawn = events("""
        journey | day | atom | touchpoint | offer | initiator
        ann     | 0   | a3   | x          | cloud | customer
        ann     | 9   | a3   | y          |       | customer
        ann     | 10  | a3   | x          |       | customer
        bob     | 0   | a3   | x          | desk  | customer
    """)
    table = complexity(drawn.log, drawn.journeys, drawn.model, wait_days=30)
    scores = table[table["measure"] == "winding"].set_index("group")["value"]
    assert scores.to_dict() == {"cloud": 2 / 4, "desk": -2 / 4}  # longer and with one return, one standard deviation each; no steps back, no switches


# --- does the step before last matter? --------------------------------------------------------------------------------------


def chains(n, follow, *, length=12, seed=3):
    """Journeys of n customers whose next step is drawn by `follow(last, last but one)` among a, b, c."""
    rng, rows = np.random.default_rng(seed), []
    for i in range(n):
        path = [rng.integers(3), rng.integers(3)]
        while len(path) < length:
            path.append(rng.choice(3, p=follow(path[-1], path[-2])))
        rows += [(f"{i:04d}", i % 90 + j * 0.1, "a3", "abc"[step]) for j, step in enumerate(path)]
    return from_frame(pd.DataFrame(rows, columns=["journey", "day", "atom", "touchpoint"]).assign(initiator="customer", channel="web"))


def first_order(last, before):
    """The next is one of the two others, one of them rather."""
    return np.roll([0.0, 0.7, 0.3], last)


def second_order(last, before):
    """Who came from one side goes on to the other."""
    return np.roll([0.0, 0.9, 0.1] if (last - before) % 3 == 1 else [0.0, 0.1, 0.9], last)


@pytest.mark.parametrize(("follow", "order"), [(first_order, 1), (second_order, 2)])
def test_the_order_steps_were_drawn_with_is_the_order_found(follow, order):
    drawn = chains(300, follow)
    assert order_needed(path_order(drawn.log, drawn.journeys), "touchpoints") == order


def test_the_uncertainty_left_is_that_of_the_chain():
    drawn = chains(400, first_order)
    table = path_order(drawn.log, drawn.journeys).set_index("order")
    assert table.loc[1, "uncertainty"] == pytest.approx(stats.entropy([0.7, 0.3]), abs=0.02)


def test_under_a_hundred_journeys_no_order_is_told():
    drawn = chains(60, first_order)
    assert path_order(drawn.log, drawn.journeys).empty
    assert order_needed(path_order(drawn.log, drawn.journeys), "touchpoints") is None


def test_the_order_of_customers_decides_nothing():
    one = chains(150, second_order)
    names = pd.Series(range(150)).sample(frac=1, random_state=1).to_numpy()
    order = np.argsort(names[one.log.journey], kind="stable")
    renamed = from_frame(pd.DataFrame({"journey": [f"{names[code]:04d}" for code in one.log.journey[order]], "atom": "a3", "initiator": "customer", "channel": "web",
                                       "day": (one.log.at_us[order] - one.log.at_us.min()) / 86_400_000_000,
                                       "touchpoint": [one.log.names["touchpoint"][code] for code in one.log.touchpoint[order]]}))  # fmt: skip
    first, second = (path_order(drawn.log, drawn.journeys) for drawn in (one, renamed))
    assert first["uncertainty"].round(9).tolist() == second["uncertainty"].round(9).tolist()


# --- the rhythm of contact --------------------------------------------------------------------------------------------------

MONTH = 365.25 / 12


def rhythm(text, **more):
    drawn = events(text, **more)
    return contact_rhythm(drawn.log, drawn.journeys, drawn.model).set_index("stage")


def test_contacts_a_month_are_days_in_touch_over_months_in_the_stage():
    table = rhythm("""
        journey | day | atom | touchpoint | initiator
        ann     | 0   | a3   | visit      | customer
        ann     | 10  |      | call       | company
        ann     | 10.2|      | email_sent | company
        ann     | 20  |      | call       | company
        ann     | 60  | a4   | order      | customer
        bob     | 0   | a3   | visit      | customer
    """, until=60)
    row = table.loc["consideration"]
    assert (row["n"], row["n_contacts"], row["n_none"]) == (2, 2, 1)  # two contacts on one day are one; bob hears nothing
    assert row["per_month"] == pytest.approx(2 / (2 * 60 / MONTH))
    assert row["median_gap_days"] == 10
    assert row["median_longest_days"] == (40 + 60) / 2  # ann from day 20 to day 60, bob all the time


def test_what_comes_before_the_stage_or_after_it_is_no_contact_in_it():
    table = rhythm("""
        journey | day | atom | touchpoint | initiator
        ann     | 0   | a2   | visit      | customer
        ann     | 1   |      | call       | company
        ann     | 10  | a3   | visit      | customer
        ann     | 40  | a4   | order      | customer
        ann     | 41  |      | call       | company
    """)
    assert table.loc["consideration", "n_contacts"] == 0
    assert table.loc["awareness", "n_contacts"] == 1


def test_a_stay_under_a_week_is_too_short_for_a_rhythm():
    table = rhythm("journey|day|atom|touchpoint|initiator\nann|0|a3|visit|customer\nann|1||call|company\nann|5|a4|order|customer\nbob|0|a3|visit|customer\nbob|8|a4|x|customer")
    assert table.loc["consideration", "n"] == 1


def test_a_log_that_tells_nothing_the_company_started_tells_of_no_silence():
    assert rhythm("journey|day|atom|touchpoint|initiator\nann|0|a3|visit|customer").empty


@pytest.mark.parametrize(("days", "low", "high"), [([10, 20, 30, 40, 50], 0, 0.01), ([10, 11, 12, 60, 61], 1, 3)])
def test_evenly_is_near_nought_and_bursts_are_over_one(days, low, high):
    contacts = "\n".join(f"ann|{day}||call|company" for day in days)
    assert low <= rhythm(f"journey|day|atom|touchpoint|initiator\nann|0|a3|visit|customer\n{contacts}").loc["consideration", "unevenness"] <= high


def test_the_interval_of_a_rate_covers_it():
    rng, hits = np.random.default_rng(8), 0
    for _ in range(400):
        months = rng.uniform(0.5, 6, 60)
        told = ratio_interval(rng.poisson(1.3 * months), months, np.arange(60))
        hits += told.lo <= 1.3 <= told.hi
    assert 0.91 <= hits / 400 <= 0.985


# --- asked again ------------------------------------------------------------------------------------------------------------


def test_help_asked_for_again_within_a_week_was_not_given_the_first_time():
    drawn = events("""
        journey | day | atom | touchpoint | initiator
        ann     | 0   | a7   | ticket     | customer
        ann     | 3   | a7   | ticket     | customer
        bob     | 0   | a7   | ticket     | customer
        bob     | 30  | a7   | ticket     | customer
        cia     | 0   | a7   | visit      | customer
    """, model=FIVE)
    row = failed_contacts(drawn.log, drawn.journeys).iloc[0]
    assert (row["kind"], row["touchpoint"], row["n"], row["n_yes"]) == ("failed", "ticket", 2, 1)  # of those who asked for help at all


def test_where_nobody_asks_again_nothing_failed():
    drawn = events("journey|day|atom|touchpoint|initiator\nann|0|a7|ticket|customer")
    assert failed_contacts(drawn.log, drawn.journeys).empty


# --- blocks -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_rows", [1, 7, 400])
def test_any_split_into_blocks_gives_the_same(n_rows):
    one = from_frame(travellers(), model=TWO, until=365)
    contacts = travellers().assign(initiator="company", atom=None).iloc[::3]
    both = from_frame(pd.concat([travellers(), contacts.assign(day=contacts["day"] + 9)], ignore_index=True), model=TWO, until=365)
    walks = chains(120, first_order, length=5)
    pd.testing.assert_frame_equal(winding(one.log, one.journeys, TWO, window_days=90.0), winding(one.log, one.journeys, TWO, window_days=90.0, n_rows=n_rows))
    pd.testing.assert_frame_equal(contact_rhythm(both.log, both.journeys, TWO), contact_rhythm(both.log, both.journeys, TWO, n_rows=n_rows))
    pd.testing.assert_frame_equal(path_order(walks.log, walks.journeys), path_order(walks.log, walks.journeys, n_rows=n_rows))
    assert not path_order(walks.log, walks.journeys).empty
