"""The prepared log: repeats out, ties in a stated order, cuts counted, and how each journey stands at the data cut."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from journeylib.errors import SourceError, TableError
from journeylib.event_log import read_log, write_log

RULES = (
    {"touchpoint": "visit", "atom": "a2_brand"}, {"touchpoint": "quote", "atom": "a3_evaluate"},
    {"touchpoint": "order", "atom": "a4_decide", "outcome": "won"}, {"touchpoint": "no", "outcome": "lost"}, {"touchpoint": "mail"},
)  # fmt: skip


def touchpoints(log):
    return [log.names["touchpoint"][code] for code in log.touchpoint]


def test_a_row_exported_twice_counts_once_and_is_counted(desk):
    desk.source("plain_events", "customer,date,what\n7,2025-01-01,visit\n7,2025-01-01,visit\n7,2025-01-02,visit\n")
    collected = desk.collect(rules=RULES)
    assert (len(collected.log), collected.facts["n_exact_duplicates"], collected.sources["drop_reasons"].tolist()) == (2, 1, ["duplicate: 1"])


def test_equal_rows_are_kept_where_the_parameters_say_they_are_real(desk):
    desk.source("plain_events", "customer,date,what\n7,2025-01-01,visit\n7,2025-01-01,visit\n", duplicates="keep")
    assert len(desk.collect().log) == 2


def test_exports_that_overlap_count_their_common_events_once(desk):
    desk.file("calls_2.csv", "customer,date,what\n7,2025-01-02,visit\n7,2025-01-03,visit\n")
    desk.source("plain_events", "customer,date,what\n7,2025-01-01,visit\n7,2025-01-02,visit\n", "calls", file="calls_1.csv")
    desk.sources["calls"]["file"] = "calls_*.csv"
    collected = desk.collect()
    assert (len(collected.log), collected.facts["n_exact_duplicates"], collected.sources["file"].tolist()) == (3, 1, ["calls_1.csv", "calls_2.csv"])


def test_equal_moments_keep_the_order_of_the_sources_and_then_of_the_rows(desk):
    desk.source("plain_events", "customer,date,what\n7,2025-01-01,b\n7,2025-01-01,a\n", "second")
    desk.source("plain_events", "customer,date,what\n7,2025-01-01,c\n", "third")
    assert touchpoints(desk.collect().log) == ["b", "a", "c"]


def test_shuffling_the_rows_of_a_file_changes_nothing(desk):
    rows = [f"{i % 7},2025-01-{i % 27 + 1:02d} {i % 24:02d}:00,{['visit', 'quote', 'order'][i % 3]}" for i in range(60)]
    desk.source("plain_events", "customer,date,what\n" + "\n".join(rows), "a")
    first = desk.collect("one", rules=RULES)
    order = np.random.default_rng(1).permutation(len(rows))
    desk.file("a.csv", "customer,date,what\n" + "\n".join(rows[i] for i in order))
    second = desk.collect("two", rules=RULES)
    pd.testing.assert_frame_equal(first.journeys, second.journeys)
    assert (first.log.at_us == second.log.at_us).all()


def test_nothing_after_the_data_cut_is_used_and_the_last_day_counts_whole(desk):
    desk.source("plain_events", "customer,date,what\n7,2026-01-31 23:30,visit\n7,2026-02-01 00:10,visit\n")
    collected = desk.collect(timezone="Europe/Oslo")
    assert (len(collected.log), collected.facts["n_after_cut"]) == (1, 1)
    assert (collected.log.at_us <= collected.log.as_of_us).all()
    assert pd.Timestamp(collected.log.as_of_us, unit="us", tz="UTC").isoformat() == "2026-01-31T22:59:59.999999+00:00"


def test_what_may_not_be_kept_and_what_lies_outside_the_period_is_left_out_and_counted(desk):
    desk.source("plain_events", "customer,date,what\n7,2023-01-01,visit\n7,2025-01-01,visit\n7,2025-06-01,visit\n7,2025-12-01,visit\n")
    facts = desk.collect(privacy={"retention_months": 24}, period={"start": "2025-03-01", "end": "2025-08-31"}).facts
    assert (facts["n_too_old"], facts["n_before_period"], facts["n_after_period"], facts["n_events"]) == (1, 1, 1, 1)


TWO_OFFERS = "customer,date,what,product\n7,2025-01-01,visit,\n7,2025-01-02,order,Hosting S\n7,2025-02-01,order,Phones\n8,2025-01-03,visit,\n8,2025-01-05,order,Hosting L\n9,2025-01-04,visit,\n"


def test_a_report_on_one_offer_counts_the_journeys_to_it_from_their_first_step_and_no_others(desk):
    desk.source("plain_events", TWO_OFFERS)
    found = desk.collect(rules=RULES, journey="offer", only_offer="Hosting*")
    assert (len(found.journeys), found.facts["n_events"], found.facts["n_of_other_offers"]) == (2, 2 + 2, 1 + 1)
    assert sorted(found.journeys["offer"]) == ["Hosting L", "Hosting S"]


def test_two_offers_give_two_reports_that_share_nothing_and_lose_nothing_but_who_came_to_none(desk):
    desk.source("plain_events", TWO_OFFERS)
    whole = desk.collect("all", rules=RULES, journey="offer")
    parts = [desk.collect(name, rules=RULES, journey="offer", only_offer=name) for name in ("Hosting*", "Phones")]
    assert sum(len(part.journeys) for part in parts) == len(whole.journeys) - 1
    assert sum(part.journeys["state"].eq("won").sum() for part in parts) == whole.journeys["state"].eq("won").sum()


def test_an_offer_nobody_names_is_refused_with_those_there_are(desk):
    desk.source("plain_events", TWO_OFFERS)
    with pytest.raises(SourceError, match=r"only_offer: no event names an offer like 'Cloud\*'\. Found: Hosting L, Hosting S, Phones\."):
        desk.collect(rules=RULES, journey="offer", only_offer="Cloud*")


def test_one_offer_can_be_chosen_only_where_each_has_journeys_of_its_own(desk):
    with pytest.raises(ValueError, match="expected `journey: offer`"):
        desk.client(only_offer="Hosting")


def test_an_event_of_nobody_and_one_without_a_date_are_counted(desk):
    desk.source("plain_events", "customer,date,what\n,2025-01-01,visit\n7,,visit\n7,soon,visit\n7,2025-01-01,visit\n")
    collected = desk.collect()
    assert collected.sources["drop_reasons"].tolist() == ["bad_moment: 1; no_customer: 1; no_moment: 1"]
    assert (collected.facts["n_no_customer"], collected.facts["n_no_moment"], collected.facts["n_bad_moments"]) == (1, 1, 1)


# --- what a journey is ----------------------------------------------------------------------------------------------

TWO_PEOPLE = "account,customer,date,what\nA,ann,2025-12-01,visit\nA,bo,2025-12-02,quote\n,cy,2025-12-02,visit\n"


def test_the_unit_is_the_person_in_b2c_and_the_account_where_it_is_known_in_b2b(desk):
    desk.source("plain_events", TWO_PEOPLE)
    assert len(desk.collect(market="b2c").journeys) == 3
    both = desk.collect(market="both")
    assert (both.journeys["account_id"].notna().tolist(), both.journeys["customer_id"].notna().tolist()) == ([True, False], [False, True])
    assert "n_events_without_account" not in both.facts  # who has no account stands for itself, and nothing is left out
    b2b = desk.collect(market="b2b")
    assert b2b.journeys["account_id"].notna().tolist() == [True]
    assert b2b.facts["n_events_without_account"] == 1


def test_a_persons_account_is_known_from_the_customer_sheet(desk):
    desk.source("customers", "customer,account\nann,A\nbo,A\n").source("plain_events", "customer,date,what\nann,2025-12-01,visit\nbo,2025-12-02,quote\n")
    assert len(desk.collect(market="b2b").journeys) == 1


OFFERS = "customer,date,what,offer\nann,2025-11-01,visit,\nann,2025-11-02,order,Soap\nann,2025-11-03,visit,\nann,2025-11-04,order,Towel\nann,2025-11-05,mail,\n"


def test_an_event_without_an_offer_belongs_to_the_next_offer_else_to_the_last(desk):
    collected = desk.source("plain_events", OFFERS).collect(journey="offer", rules=RULES)
    assert collected.journeys["offer"].tolist() == ["Soap", "Towel"]
    assert np.bincount(collected.log.journey).tolist() == [2, 3]


def test_a_run_of_the_source_is_a_journey_of_its_unit(desk):
    desk.source("plain_events", "account,deal,date,what\nA,1,2025-11-01,quote\nA,2,2025-11-01,quote\n,3,2025-11-01,quote\n")
    journeys = desk.collect(market="b2b", journey="key").journeys
    assert (len(journeys), journeys["unit"].nunique()) == (3, 2)


def state(desk, rows, **thresholds):
    desk.source("plain_events", "customer,date,what,initiator,value\n" + "\n".join(f"7,{row}" for row in rows))
    return desk.collect(rules=RULES, thresholds=thresholds).journeys.iloc[0]


def test_a_journey_is_won_at_its_first_won_event_and_worth_the_sum_of_them(desk):
    found = state(desk, ["2025-01-01,order,,100", "2025-02-01,order,,50", "2025-03-01,no,,"])
    assert (found["state"], found["ended_at"], found["value"]) == ("won", pd.Timestamp("2025-01-01", tz="UTC"), 100 + 50)


def test_a_journey_is_lost_when_said_so(desk):
    found = state(desk, ["2026-01-01,quote,,", "2026-01-10,no,,", "2026-01-20,mail,company,"])
    assert (found["state"], found["ended_at"]) == ("lost", pd.Timestamp("2026-01-10", tz="UTC"))


def test_a_lost_customer_who_comes_back_is_open_again(desk):
    assert state(desk, ["2026-01-01,quote,,", "2026-01-10,no,,", "2026-01-20,quote,customer,"])["state"] == "open"


def test_silence_is_a_loss_only_where_the_client_says_so_and_ours_does_not_break_it(desk):
    found = state(desk, ["2025-10-01,quote,customer,", "2026-01-20,mail,company,"], lost_after_days=60)
    assert (found["state"], found["ended_at"]) == ("lost", pd.Timestamp("2025-11-30", tz="UTC"))


def test_without_a_limit_silence_makes_a_journey_dormant(desk):
    assert state(desk, ["2025-10-01,quote,customer,"], dormant_after_days=60)["state"] == "dormant"


def test_an_unfinished_journey_is_open_not_lost(desk):
    found = state(desk, ["2026-01-20,quote,customer,"], lost_after_days=60)
    assert (found["state"], pd.isna(found["ended_at"])) == ("open", True)


def test_who_came_by_a_referral_is_unknown_where_no_source_tells(desk):
    desk.source("plain_events", "customer,date,what\n7,2025-12-01,visit\n", "visits")
    assert desk.collect("one").journeys["is_referred"].isna().all()
    desk.source("plain_events", "customer,date,what,referred by\n8,2025-12-01,visit,7\n", "tips")
    assert desk.collect("two").journeys["is_referred"].tolist() == [False, True]


def test_personas_are_given_by_rule_and_the_rest_are_counted(desk):
    desk.source("customers", "customer,role\n1,CIO\n2,IT manager\n3,Buyer\n")
    personas = ({"id": "it", "name": "IT", "when": {"role": "cio|it*"}}, {"id": "cio", "name": "CIO", "when": {"role": "CIO"}})
    collected = desk.collect(personas=personas)
    assert collected.customers["persona"].fillna("-").tolist() == ["it", "it", "-"]
    assert (collected.facts["n_without_persona"], collected.facts["n_several_personas"]) == (1, 1)


def test_a_company_has_the_persona_all_its_people_share(desk):
    desk.source("customers", "customer,company,role\n1,Acme,CIO\n2,Acme,CIO\n3,Beta,CIO\n4,Beta,Buyer\n5,Cirk,CIO\n6,Cirk,\n7,,Buyer\n")
    desk.source("plain_events", "customer,company,date,what\n1,Acme,2025-01-01,visit\n3,Beta,2025-01-01,visit\n5,Cirk,2025-01-01,visit\n7,,2025-01-01,visit\n")
    personas = ({"id": "it", "name": "IT", "when": {"role": "CIO"}}, {"id": "buyer", "name": "Buyer", "when": {"role": "Buyer"}})
    both = desk.collect("both", market="both", personas=personas).journeys
    assert both["persona"].fillna("-").sort_values().tolist() == ["-", "buyer", "it", "it"]  # Beta's people are of two kinds
    b2b = desk.collect("b2b", market="b2b", personas=personas).journeys
    assert b2b.loc[b2b["account_id"].notna(), "persona"].isna().all()  # where companies alone buy, several personas take part in each purchase


# --- on disk --------------------------------------------------------------------------------------------------------


def test_the_log_read_back_is_the_log_written(desk, tmp_path):
    log = desk.source("plain_events", OFFERS).collect().log
    write_log(log, tmp_path / "log.parquet")
    again = read_log(tmp_path / "log.parquet")
    assert (again.names, again.as_of_us, len(again)) == (log.names, log.as_of_us, 5)
    assert all(
        np.array_equal(getattr(again, name), getattr(log, name), equal_nan=name == "value") for name in ("journey", "at_us", "atom", "value", "customer")
    )
    assert all(getattr(again, name).dtype == getattr(log, name).dtype for name in ("journey", "at_us", "atom", "outcome", "customer", "value"))


def test_another_parquet_file_is_no_log(tmp_path):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(TableError, match="is no prepared event log"):
        read_log(tmp_path / "a.parquet")


def test_what_was_collected_is_reused_until_a_file_or_a_parameter_changes(desk):
    desk.source("plain_events", OFFERS)
    manifest = desk.folder / "work" / "manifest.json"

    def key(**changes):
        desk.collect(**changes)
        return json.loads(manifest.read_text())["key"], manifest.stat().st_mtime_ns

    first = key()
    assert key() == first
    assert key(rules=RULES)[0] != first[0]
    desk.file("plain_events.csv", OFFERS + "ann,2025-11-06,visit,\n")
    assert key()[0] != first[0]


def test_two_collections_of_the_same_files_are_the_same_bytes(desk):
    desk.source("plain_events", OFFERS)
    desk.collect("one"), desk.collect("two")
    first, second = ({path.name: path.read_bytes() for path in (desk.folder / work).iterdir()} for work in ("one", "two"))
    assert first == second
