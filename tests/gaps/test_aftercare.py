"""Is the customer looked after once the choice is made? G14, G15, G17, G18, G22, G25."""

from __future__ import annotations

import pytest

from journeylib.client import Scope, Thresholds
from tests.gaps.material import ACTIVITIES_IN_ORDER, CONTENT_IN_ORDER, a_client, activities, ask, content, shares

#: check, its share, the place, a client with the gap, without it, and with too little to go on.
CASES = [
    ("G14", "confirmed", "G14:loyalty", "200 | 20", "200 | 180", "20 | 9"),
    ("G14", "regretted", "G14:loyalty::regret", "200 | 60", "200 | 4", "20 | 3"),
    ("G15", "onboarded", "G15:loyalty", "200 | 20", "200 | 180", "20 | 9"),
    ("G15", "early_trouble", "G15:loyalty::trouble", "200 | 120", "200 | 10", "20 | 5"),
    ("G17", "rescued", "G17:loyalty", "100 | 10", "100 | 90", "20 | 9"),
    ("G18", "ended_well", "G18", "100 | 10", "100 | 90", "20 | 9"),
    ("G22", "contactable", "G22:awareness", "5000 | 20", "5000 | 900", "60 | 3"),
    ("G25", "expectation_met", "G25:loyalty", "200 | 80", "200 | 190", "20 | 15"),
]
LIMITS = Thresholds(early_trouble_share=0.3)


def answer(check, measure, place, counts):
    drawn = shares(f"measure | n | n_yes | days\n{measure} | {counts} | 30")
    return ask(check, client=a_client(thresholds=LIMITS), rates=drawn)[place]


@pytest.mark.parametrize(("check", "measure", "place", "bad", "good", "thin"), CASES)
def test_found_not_found_and_uncertain_follow_the_interval(check, measure, place, bad, good, thin):
    assert [answer(check, measure, place, counts)["status"] for counts in (bad, good, thin)] == ["found", "not_found", "uncertain"]


@pytest.mark.parametrize(("check", "measure", "place", "bad", "good", "thin"), [case for case in CASES if "::" not in case[2]])
def test_without_its_source_nothing_is_called_fine(check, measure, place, bad, good, thin):
    other = shares("measure | n | n_yes\nwin | 10 | 5")
    for rates in (None, other):
        row = ask(check, rates=rates, registers={})[place]
        assert row["status"] == "not_checkable"
        assert row["missing"]


def test_early_trouble_is_judged_only_against_a_limit_the_client_has_set():
    drawn = shares("measure | n | n_yes\nearly_trouble | 200 | 120\nonboarded | 200 | 180")
    assert list(ask("G15", rates=drawn)) == ["G15:loyalty"]


def without(text: str, stage: str) -> str:
    return "\n".join(line for line in text.splitlines() if stage not in line)


@pytest.mark.parametrize("check", ["G14", "G15"])
def test_what_is_neither_seen_nor_listed_is_a_likely_gap_and_no_proven_one(check):
    other = shares("measure | n | n_yes\nwin | 10 | 5")
    lists = {"content": content(without(CONTENT_IN_ORDER, "loyalty")), "activities": activities(without(ACTIVITIES_IN_ORDER, "loyalty"))}
    row = ask(check, rates=other, registers=lists)[f"{check}:loyalty"]
    assert (row["status"], row["reason"]) == ("uncertain", f"gaps.{check}.none_listed")
    one_list = ask(check, rates=other, registers=lists | {"activities": None})[f"{check}:loyalty"]
    assert one_list["status"] == "not_checkable"


def test_stages_out_of_scope_are_left_alone():
    client = a_client(scope=Scope(to_stage="decision"))
    rows = [next(iter(ask(check, client=client).values())) for check in ("G14", "G15", "G17", "G25")]
    assert {row["reason"] for row in rows} == {"gaps.common.out_of_scope"}
