"""What others have published of the real data sets stands in the reports a reader opens and in the tables beside them."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from journeylib.wording import Words
from tests.whole.reports import plain

pytestmark = pytest.mark.report


@pytest.fixture(scope="session")
def said(report):
    """A client's total or share as a reader meets it: the row that the catalogue's own words head."""

    def rows(slug, key, group=""):
        one = report(slug)
        name = plain(Words(one.language).say(f"findings.{key}")) + (f": {group}" if group else "")
        return next(row[1:] for row in one.cells("what_did_it_come_to") if row[0] == name)

    return rows


@pytest.fixture(scope="session")
def total(report):
    """A number of the delivered totals.csv."""

    def find(slug, name):
        totals = pd.read_csv(report(slug).folder / "tables" / "totals.csv").set_index("name")["value"]
        return float(totals[name])

    return find


def rate(report, slug, measure, group=""):
    rates = pd.read_csv(report(slug).folder / "tables" / "rates.csv", keep_default_na=False)
    return rates[(rates["measure"] == measure) & (rates["group"] == group)].iloc[0].to_dict()


def test_online_retail_4338_customers_and_18532_orders(said, total):
    assert (said("online_retail", "totals.customers"), said("online_retail", "totals.orders")) == (["4,338"], ["18,532"])
    assert (total("online_retail", "customers"), total("online_retail", "orders")) == (4338, 18532)


def test_online_retail_sold_for_8911407_90(said, total):
    assert re.sub("^(GBP |£)", "", said("online_retail", "totals.value")[0]) == "8,911,407.90"
    assert round(total("online_retail", "value"), 2) == 8911407.90


def test_online_retail_65_58_percent_buy_again(said, report):
    yes, of, share, *_ = said("online_retail", "rates.name_repeat")
    assert (yes, of, share.split("%")[0]) == ("2,845", "4,338", "65.6")
    found = rate(report, "online_retail", "repeat")
    assert (int(found["n_yes"]), round(100 * int(found["n_yes"]) / int(found["n"]), 2)) == (2845, 65.58)


def test_crm_63_15_percent_of_decided_deals_are_won_for_10005534(said, report):
    yes, of, share, value = said("crm_sales_opportunities", "rates.name_win")
    assert (yes, of, share.split(" ")[0], value) == ("4 238", "6 711", "63,2", "10 005 534 USD")
    found = rate(report, "crm_sales_opportunities", "win")
    assert (round(100 * float(found["rate"]), 2), float(found["value"])) == (63.15, 10005534)


def test_crm_4238_won_and_2473_lost(said, total):
    assert (said("crm_sales_opportunities", "totals.won"), said("crm_sales_opportunities", "totals.lost")) == (["4 238"], ["2 473"])
    assert (total("crm_sales_opportunities", "won"), total("crm_sales_opportunities", "lost")) == (4238, 2473)


def test_crm_the_500_prospects_without_dates_are_counted(report):
    shown = [cell for row in report("crm_sales_opportunities").cells("what_came_in") for cell in row]
    assert "500 utan datum" in shown


def test_completejourney_12_02_percent_of_6589_pairs_redeemed(said, report):
    yes, of, share, *_ = said("completejourney", "rates.name_bought")
    assert (yes, of, share.split(" ")[0]) == ("792", "6.589", "12,0")
    assert round(100 * float(rate(report, "completejourney", "bought")["rate"]), 2) == 12.02


@pytest.mark.parametrize(("kind", "percent", "shown"), [("A", 16.56, "16,6"), ("B", 6.50, "6,5"), ("C", 5.92, "5,9")])
def test_completejourney_shares_by_kind_of_campaign(said, report, kind, percent, shown):
    *_, share, _ = said("completejourney", "rates.name_bought", f"Type {kind}")
    assert share.split(" ")[0] == shown  # one decimal is all a reader gets; the table holds the rest
    assert round(100 * float(rate(report, "completejourney", "bought", f"Type {kind}")["rate"]), 2) == percent


def test_ecom_31106_events_600_customers_470_purchases(said, total):
    assert [said("ecom_events_synthetic", f"totals.{name}") for name in ("events", "customers", "orders")] == [["31 106"], ["600"], ["470"]]
    assert [total("ecom_events_synthetic", name) for name in ("events", "customers", "orders")] == [31106, 600, 470]


@pytest.mark.parametrize(("touchpoint", "name", "n"), [("product_view", "Sett på et produkt", "6 851"), ("add_to_cart", "Lagt i handlekurven", "1 346")])
def test_ecom_touchpoints(report, touchpoint, name, n):
    one = report("ecom_events_synthetic")
    rows = [row for row in one.cells("which_touchpoints") if name in row]
    assert [n in row for row in rows] == [True]
    touch = one.table("touchpoints")
    assert touch.loc[touch["touchpoint"] == touchpoint, "n_events"].sum() == int(n.replace(" ", ""))
