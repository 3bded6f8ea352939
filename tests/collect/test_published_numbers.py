"""Real files through the same road give the numbers others have published of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeylib.collect import collect
from journeylib.parameters import load_client
from journeylib.stages import load_stage_model

CLIENTS = Path(__file__).parents[1] / "clients"


@pytest.fixture
def run(shared, tmp_path):
    def collected(name):
        client = load_client(CLIENTS / f"{name}.yml")
        return collect(client, load_stage_model(client), tmp_path)

    return collected


def count(collected, touchpoint):
    return int((collected.log.touchpoint == collected.log.code("touchpoint", touchpoint)).sum())


def test_online_retail_after_the_usual_cleaning(run):
    collected = run("online_retail")
    sheet = collected.sources.iloc[0]
    assert (sheet["n_rows"], sheet["n_kept"], sheet["n_customers"]) == (541_909, 397_884, 4_338)
    assert (len(collected.journeys), len(collected.log)) == (4_338, 18_532)
    assert collected.journeys["value"].sum() == pytest.approx(8_911_407.90, abs=0.01)
    orders = collected.log.starts[1:] - collected.log.starts[:-1]
    assert round(100 * (orders > 1).mean(), 2) == 65.58


def test_crm_sales_opportunities_win_rate_and_value(run):
    collected = run("crm_sales_opportunities")
    states = collected.journeys["state"].value_counts()
    assert (states["won"], states["lost"], states["open"] + states["dormant"]) == (4_238, 2_473, 1_589)
    assert round(100 * states["won"] / (states["won"] + states["lost"]), 2) == 63.15
    assert collected.journeys["value"].sum() == 10_005_534
    closed = collected.journeys[collected.journeys["state"] == "won"]
    days = (closed["ended_at"].dt.tz_convert("America/New_York").dt.normalize().dt.tz_localize(None)
            - closed["started_at"].dt.tz_convert("America/New_York").dt.normalize().dt.tz_localize(None)).dt.days  # fmt: skip
    assert (round(days.mean(), 1), days.median()) == (51.8, 57)


def test_prospects_without_dates_are_counted_not_dropped_in_silence(run):
    collected = run("crm_sales_opportunities")
    assert collected.facts["n_no_moment"] == 500
    assert collected.sources["drop_reasons"].tolist() == ["no_moment: 500"]
    assert "GTXPro" not in set(collected.journeys["offer"])


def test_the_complete_journey_shares_of_household_and_campaign_pairs_that_redeemed(run):
    journeys = run("completejourney").journeys
    assert (len(journeys), journeys["unit"].nunique()) == (6_589, 1_559)
    assert round(100 * (journeys["state"] == "won").mean(), 2) == 12.02
    by_kind = (journeys["state"] == "won").groupby(journeys["offer"]).mean()
    assert [round(100 * float(by_kind[f"Type {kind}"]), 2) for kind in "ABC"] == [16.56, 6.50, 5.92]


def test_redemptions_and_redeeming_households(run):
    collected = run("completejourney")
    assert (count(collected, "coupon_redeemed"), int(collected.sources.set_index("source").loc["redemptions", "n_customers"])) == (2_102, 410)


def test_ecom_events(run):
    collected = run("ecom_events_synthetic")
    assert (len(collected.log), len(collected.journeys)) == (31_106, 600)
    assert [count(collected, name) for name in ("purchase", "add_to_cart", "product_view")] == [470, 1_346, 6_851]
    assert int(collected.unmatched["n_events"].sum()) == 119 + 44 + 276
