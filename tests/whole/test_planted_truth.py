"""The reports of the demo clients name what was planted in their data, and claim nothing of what was not."""

from __future__ import annotations

import pytest

from tests.whole.reports import DEMOS, truth_of, words_in

pytestmark = pytest.mark.report
SIMULATED = [slug for slug in DEMOS if slug != "harbour_bikes"]


@pytest.fixture(params=SIMULATED)
def told(request, report):
    """A demo report and the truth behind it."""
    one = report(request.param)
    return one, truth_of(request.param)


def statuses(report, planted):
    check, stage, persona = (planted.split(":") + ["", ""])[:3]
    gaps = report.table("gaps")
    rows = gaps[(gaps["check"] == check) & (not stage or gaps["stage"] == stage) & (not persona or gaps["persona"] == persona)]
    return set(rows["status"])


def test_the_largest_drop_off_is_named(told):
    report, truth = told
    leaving = report.findings["where_do_customers_leave"]
    assert (leaving["state"], leaving["numbers"]["stage"]) == ("clear", truth.largest_drop_off)


def test_the_planted_share_lies_within_the_said_range(told):
    report, truth = told
    numbers = report.findings["where_do_customers_leave"]["numbers"]
    assert numbers["lo"] < 1 - truth.rates[truth.largest_drop_off] < numbers["hi"]


def test_the_stage_nobody_serves_is_named(told):
    report, truth = told
    assert f"G01:{truth.unserved_stage}" in report.findings["which_gaps"]["numbers"]["found"]


def test_the_missing_follow_up_is_named_where_it_was_planted(told):
    report, truth = told
    named = [gap for gap in report.findings["which_gaps"]["numbers"]["found"] if gap.startswith("G03")]
    assert bool(named) is ("G03" in truth.planted)


def test_the_content_hole_is_named(told):
    report, truth = told
    hole = ":".join(truth.content_hole)
    assert hole in report.findings["what_do_you_do"]["numbers"]["holes"]
    assert f"G05:{hole}" in report.findings["which_gaps"]["numbers"]["found"]


def test_the_lowest_feeling_is_named(told):
    report, truth = told
    assert report.findings["how_does_it_feel"]["numbers"]["stage"] == truth.lowest_feeling


def test_everything_planted_is_found(told):
    report, truth = told
    assert [planted for planted in truth.planted if "found" not in statuses(report, planted)] == []


def test_nothing_absent_is_claimed(told):
    report, truth = told
    assert [gap for gap in truth.absent if statuses(report, gap) & {"found", "uncertain"}] == []
    claimed = [gap.split(":")[0] for gap in report.findings["which_gaps"]["numbers"]["found"]]
    assert set(claimed) & {gap for gap in truth.absent if ":" not in gap} == set()


def test_a_decision_to_park_takes_a_gap_out_of_what_leads(report):
    one = report("norrsken_it")
    assert statuses(one, "G27") == {"found"}
    assert "G27" not in one.findings["which_gaps"]["numbers"]["found"]


def test_the_thin_client_is_told_that_it_is_assumption(report):
    one = report("harbour_bikes")
    gaps = one.table("gaps")
    assert set(gaps.loc[~gaps["check"].isin(["G02", "G29"]), "status"]) == {"not_checkable"}
    assert {"where_do_customers_leave", "how_does_it_feel", "what_did_it_come_to"} == {
        name for name in ("where_do_customers_leave", "how_does_it_feel", "what_did_it_come_to") if one.findings[name]["state"] in ("not_checkable", "too_few")
    }
    assert "assumption" in words_in(one.findings["essentials"]["takeaway"])
