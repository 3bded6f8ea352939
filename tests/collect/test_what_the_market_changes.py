"""Switching `market` changes what mission §5 lists, and nothing else needs to be told: the same file, counted for companies and for consumers."""

from __future__ import annotations

import pytest

from journeylib.kit.questions import interview_guide
from journeylib.measures import measure_journey
from journeylib.presets import content_types, driver_names, market_preset, resolved_thresholds, starter_texts
from journeylib.stages import load_stage_model
from journeylib.wording import Words

FILE = "\n".join([
    "customer,account,date,what",
    *(f"{person}{i},{'firm' if person in 'ab' else 'other'}{i},2025-0{1 + i % 6}-0{1 + step},{what}"
      for i in range(12) for person in "ab" for step, what in enumerate(("visit", "quote", "order" if person == "a" else "quote"))),
])  # fmt: skip
RULES = ({"touchpoint": "visit", "atom": "a2_brand"}, {"touchpoint": "quote", "atom": "a3_evaluate"}, {"touchpoint": "order", "atom": "a4_decide", "outcome": "won"})


@pytest.fixture
def in_market(tmp_path, desk):
    desk.file("events.csv", FILE)
    desk.sources["events"] = {"file": "events.csv", "format": "plain_events",
                              "columns": {"customer_id": "customer", "account_id": "account", "occurred_at": "date", "touchpoint": "what"}}  # fmt: skip

    def collected(market):
        client = desk.client(market=market, rules=RULES)
        return desk.collect(market, load_stage_model(client), market=market, rules=RULES)

    return collected


def test_companies_are_counted_by_account_and_consumers_by_person(in_market):
    firms, people = in_market("b2b"), in_market("b2c")
    assert len(firms.log) == len(people.log) == 12 * 2 * 3
    assert (len(firms.journeys), len(people.journeys)) == (12, 24)
    assert (firms.journeys["state"] == "won").mean() == 12 / 12
    assert (people.journeys["state"] == "won").mean() == 12 / 24


def test_the_buying_group_is_looked_for_among_companies_alone(in_market):
    firms, people = measure_journey(in_market("b2b")), measure_journey(in_market("b2c"))
    assert "buying_group" in firms
    assert set(firms) - set(people) <= {"buying_group", "roles", "human_contact", "role_needs"}
    assert {"buying_group", "roles", "human_contact", "role_needs"} & set(people) == set()


def test_limits_and_rhythm_are_more_patient_among_companies(in_market):
    firms, people = (resolved_thresholds(in_market(market).client) for market in ("b2b", "b2c"))
    assert (firms.window_days, firms.dormant_after_days, firms.silence_days) > (people.window_days, people.dormant_after_days, people.silence_days)
    of_firms, of_people = market_preset("b2b"), market_preset("b2c")
    for name in ("rhythm_months", "look_back_days", "half_life_days"):
        assert of_firms[name] > of_people[name], name


def test_what_moves_the_decision_and_what_loyalty_is_measured_by_differ():
    assert {"efficiency", "return", "trust"} <= set(market_preset("b2b")["drivers"]) - set(market_preset("b2c")["drivers"])
    assert {"feeling", "convenience", "status"} <= set(market_preset("b2c")["drivers"]) - set(market_preset("b2b")["drivers"])
    assert "renewal_share" in market_preset("b2b")["kpis"]["a7_use"]
    assert "repeat_share" in market_preset("b2c")["kpis"]["a8_repeat"]
    assert market_preset("b2b")["relation"] != market_preset("b2c")["relation"]
    assert len(driver_names("both")) == len(market_preset("both")["drivers"])


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_the_questions_the_examples_and_the_kinds_of_content_differ(in_market, language):
    client = in_market("b2b").client
    model, words = load_stage_model(client), Words(language)
    asked = {market: [question for _, questions in interview_guide(model, words, market) for question in questions] for market in ("b2b", "b2c")}
    assert set(asked["b2b"]) - set(asked["b2c"])
    assert set(asked["b2c"]) - set(asked["b2b"])
    assert starter_texts(("a3_evaluate",), "b2b", language)[0]["b2b"] != starter_texts(("a3_evaluate",), "b2c", language)[0]["b2c"]
    assert {"white_paper", "webinar"} <= set(content_types("b2b")) - set(content_types("b2c"))
    assert words.say("map.head.b2b") != words.say("map.head.b2c")
    assert words.say("findings.grain.contact", n=2) != words.say("findings.grain.person", n=2)
