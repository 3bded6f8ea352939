"""How many go on: counting rules, windows, the open ones, and who counts as one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.errors import TableError
from journeylib.measures.funnel import funnel
from tests.drawing import FIVE, events, paths, stage_model

SIX = "ABCD ABD AB BACD A AD"


def of(table, semantics, stage, persona=""):
    row = table[(table["semantics"] == semantics) & (table["stage"] == stage) & (table["persona"] == persona)]
    assert len(row) == 1
    return row.iloc[0]


@pytest.mark.parametrize(("semantics", "reached"), [("in_order", [6, 3, 1, 1]), ("any", [6, 4, 2, 4]), ("at_least", [6, 5, 4, 4])])
def test_golden_f3_funnel_semantics(semantics, reached):
    table = funnel(*paths(SIX))
    assert table.loc[table["semantics"] == semantics, "n_reached"].tolist() == reached


def test_going_on_means_the_next_stage_comes_after_the_first_entry():
    table = funnel(*paths("BA AB"))
    assert of(table, "any", "A")["n_went_on"] == 1
    assert of(table, "in_order", "A")["n_went_on"] == 1


def test_at_least_counts_a_skipped_stage_as_passed():
    table = funnel(*paths("AD"))
    assert of(table, "at_least", "B")["n_converted"] == 1
    assert of(table, "any", "B")["n_reached"] == 0


def test_where_no_source_shows_a_stage_or_what_follows_there_is_no_share():
    """An order file: everybody has been aware, by the counting rule, and nobody recommends; neither says anything of customers."""
    table = funnel(*events("""
        journey | day | atom
        ann     |   0 | a4
        ann     |  10 | a8
        bo      |   0 | a4
    """))  # fmt: skip
    shares = {stage: of(table, "at_least", stage)["rate"] for stage in FIVE.ids}
    assert shares.pop("decision") == pytest.approx(1 / 2)
    assert all(pd.isna(rate) for rate in shares.values())
    assert of(table, "at_least", "awareness")[["n_reached", "n_went_on"]].tolist() == [2, 2]
    assert pd.isna(of(table, "any", "loyalty")["rate_hi"])


def test_the_rate_counts_only_those_who_had_the_time():
    table = funnel(*events("""
        journey | day | atom
        ann     |   0 | a2
        ann     |  10 | a3
        bo      |   0 | a2
        bo      |  95 | a3
        cy      |   0 | a2
        dan     |  80 | a2
        dan     |  85 | a3
    """, until=100), window_days=90)  # fmt: skip
    row = of(table, "at_least", "awareness")
    assert row[["n_reached", "n_went_on", "n_followed", "n_converted", "n_too_recent"]].tolist() == [4, 3, 3, 1, 1]
    assert row["rate"] == pytest.approx(1 / 3)


def test_the_window_runs_from_the_first_entry_not_from_any_later_one():
    table = funnel(*events("""
        journey | day | atom
        ann     |   0 | a2
        ann     |  50 | a2
        ann     |  70 | a3
    """), window_days=30)  # fmt: skip
    assert of(table, "any", "awareness")["n_converted"] == 0


def test_entering_exactly_a_window_ago_is_long_enough_and_going_on_on_its_last_day_counts():
    table = funnel(*events("""
        journey | day | atom
        ann     |  10 | a2
        ann     | 100 | a3
    """, until=100), window_days=90)  # fmt: skip
    assert of(table, "at_least", "awareness")[["n_followed", "n_converted"]].tolist() == [1, 1]


def test_without_a_window_everybody_counts_until_the_data_cut():
    table = funnel(*paths(SIX))
    assert (table["n_followed"] == table["n_reached"]).all()
    assert table["window_days"].isna().all()


def test_open_is_not_lost():
    table = funnel(*events("""
        journey | day | atom | outcome
        ann     |   0 | a3   |
        bo      |   0 | a3   |
        bo      |   5 |      | lost
        cy      |   0 | a3   |
        cy      |   9 | a4   | won
    """))  # fmt: skip
    row = of(table, "at_least", "consideration")
    assert row[["n_reached", "n_went_on", "n_lost", "n_open"]].tolist() == [3, 1, 1, 1]
    assert of(table, "at_least", "decision")["n_open"] == 1


def test_the_last_stage_has_no_rate():
    row = of(funnel(*paths("ABCD")), "at_least", "D")
    assert row["n_went_on"] == 0
    assert pd.isna(row[["rate", "rate_lo", "rate_hi"]]).all()


def test_a_stage_nobody_was_followed_from_has_no_rate_rather_than_zero():
    row = of(funnel(*paths("AB", until=20), window_days=90), "at_least", "A")
    assert (row["n_followed"], row["n_too_recent"]) == (0, 1)
    assert np.isnan(row["rate"])


def test_eight_deals_of_two_accounts_are_less_evidence_than_eight_accounts():
    deals = "".join(f"d{i} | 0 | a3 | u{i // 4}\n" + (f"d{i} | 1 | a4 | u{i // 4}\n" if i < 4 else "") for i in range(8))
    by_account = of(funnel(*events("journey | day | atom | unit\n" + deals)), "at_least", "consideration")
    alone = deals.replace("u0", "").replace("u1", "")
    by_deal = of(funnel(*events("journey | day | atom | unit\n" + alone)), "at_least", "consideration")
    assert by_account["rate"] == by_deal["rate"] == 4 / 8
    assert (by_account["n_units"], by_deal["n_units"]) == (2, 8)
    assert by_account["rate_hi"] - by_account["rate_lo"] > by_deal["rate_hi"] - by_deal["rate_lo"]


def test_each_persona_has_its_own_funnel_and_one_without_journeys_has_none():
    table = funnel(*events("""
        journey | day | atom | persona
        ann     |   0 | a2   | cio
        ann     |   1 | a3   |
        bo      |   0 | a2   | user
        cy      |   0 | a2   |
    """), personas=["cio", "user", "cfo"])  # fmt: skip
    assert set(table["persona"]) == {"", "cio", "user"}
    assert [of(table, "at_least", "awareness", who)["n_reached"] for who in ("", "cio", "user")] == [3, 1, 1]


def test_atoms_outside_the_model_are_out_of_scope_not_lost():
    short = stage_model("consideration: a3; decision: a4")
    drawn = events("""
        journey | day | atom
        ann     |   0 | a2
        bo      |   0 | a3
        bo      |   2 | a7
    """, model=short)  # fmt: skip
    table = funnel(*drawn)
    assert of(table, "any", "consideration")[["n_reached", "n_went_on", "n_lost", "n_open"]].tolist() == [1, 0, 0, 1]
    # who uses the product has decided, also where the model has no stage for using it
    assert of(table, "at_least", "consideration")[["n_reached", "n_went_on", "n_lost", "n_open"]].tolist() == [1, 1, 0, 0]


def test_two_models_that_share_a_boundary_agree_to_the_last_journey():
    text = """
        journey | day | atom
        ann     |   0 | a1
        ann     |   4 | a3
        bo      |   0 | a2
        bo      |   1 | a4
        cy      |   0 | a3
        cy      |   3 | a9
        dan     |   0 | a3
    """
    three = stage_model("before: a1 a2 a3; during: a4; after: a5 a6 a7 a8 a9")
    fine, coarse = funnel(*events(text, model=FIVE)), funnel(*events(text, model=three))
    assert of(fine, "at_least", "decision")["n_reached"] == of(coarse, "at_least", "during")["n_reached"] == 2
    assert of(fine, "at_least", "loyalty")["n_reached"] == of(coarse, "at_least", "after")["n_reached"] == 1


def test_a_coarser_stage_is_the_union_of_its_parts_never_their_sum():
    coarse = stage_model("AB: a1 a2; CD: a3 a4")
    assert funnel(*paths(SIX)).query("semantics == 'any'")["n_reached"].sum() == 16
    assert funnel(*paths(SIX, model=coarse)).query("semantics == 'any'")["n_reached"].tolist() == [6, 4]


def test_a_log_without_its_journeys_is_refused():
    drawn = paths("AB AC")
    with pytest.raises(TableError) as error:
        funnel(drawn.log, drawn.journeys.iloc[:1], drawn.model)
    assert str(error.value) == "journeys: 1 journeys of the event log have no row; build both in one run."
