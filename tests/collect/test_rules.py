"""The first rule that matches decides; what no rule matches is counted, never dropped."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.client import Rule
from journeylib.collect.log.rules import RuleBook, apply_rules
from journeylib.collect.values.conditions import compile_pattern, meets
from journeylib.schema import ATOMS, OUTCOMES


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [("/pris*", "/priser/bas", True), ("/pris*", "/om/pris", False), ("order|subscription", "Subscription", True), ("*won*", "Closed Won", True),
     ("a.b", "axb", False), ("/a | /b", "/b", True)],
)  # fmt: skip
def test_a_pattern_matches_the_whole_text_in_any_case(pattern, text, fits):
    assert bool(compile_pattern(pattern).fullmatch(text)) is fits


@pytest.mark.parametrize(
    ("condition", "met"),
    [("> 0", [True, False, False]), ("<= 0", [False, True, False]), ("!= 5", [False, True, False]), ("present", [True, True, False]), ("missing", [False, False, True]),
     ("not 5", [False, True, True])],
)  # fmt: skip
def test_a_condition(condition, met):
    assert meets(pd.Series(["5", "0", None], dtype="str"), condition).tolist() == met


def decide(rules, **event):
    frame = pd.DataFrame([{name: event.get(name) for name in ("source", "touchpoint", "detail", "channel", "offer", "initiator")}])
    found = apply_rules(frame, RuleBook(tuple(Rule(**rule) for rule in rules))).iloc[0]
    return (ATOMS[found["atom"]] if found["atom"] >= 0 else None), OUTCOMES[found["outcome"]], int(found["rule"])


def test_the_first_rule_that_matches_decides():
    rules = [{"touchpoint": "page_view", "detail": "/pris*", "atom": "a3_evaluate"}, {"touchpoint": "page_view", "atom": "a2_brand"}]
    assert decide(rules, touchpoint="page_view", detail="/priser") == ("a3_evaluate", "none", 0)
    assert decide(rules, touchpoint="page_view", detail="/") == ("a2_brand", "none", 1)


def test_a_rule_without_an_atom_says_that_the_event_belongs_to_no_stage_knowingly():
    assert decide([{"touchpoint": "scroll"}], touchpoint="scroll") == (None, "none", 0)
    assert decide([{"touchpoint": "scroll"}], touchpoint="jump") == (None, "none", -1)


def test_a_rule_that_asks_for_a_detail_does_not_match_an_event_without_one():
    assert decide([{"detail": "*", "atom": "a2_brand"}], touchpoint="call") == (None, "none", -1)


def test_the_decision_wins_where_no_rule_says_what_wins():
    assert decide([{"touchpoint": "order", "atom": "a4_decide"}], touchpoint="order") == ("a4_decide", "won", 0)


def test_the_decision_alone_does_not_win_where_a_rule_says_what_does():
    rules = [{"touchpoint": "quote", "atom": "a4_decide"}, {"touchpoint": "order", "atom": "a4_decide", "outcome": "won"}]
    assert decide(rules, touchpoint="quote") == ("a4_decide", "none", 0)


LOG = """
    customer,date,what
    ann,2025-01-01,visit
    ann,2025-01-02,order
    ann,2025-01-03,dance
    ann,2025-01-04,order
    ann,2025-01-05,order
    bo,2025-01-02,order
"""
RULES = ({"touchpoint": "visit", "atom": "a2_brand"}, {"touchpoint": "order", "atom": "a4_decide", "again": "a8_repeat", "outcome": "won"})


def test_from_the_second_order_of_a_journey_on_it_is_a_repeat(desk):
    log = desk.source("plain_events", LOG).collect(rules=RULES).log
    assert [ATOMS[code][:2] if code >= 0 else "-" for code in log.atom] == ["a2", "a4", "-", "a8", "a8", "a4"]


def test_a_repeat_is_one_also_when_the_first_order_lies_before_the_period(desk):
    log = desk.source("plain_events", LOG).collect(rules=RULES, period={"start": "2025-01-04", "end": "2025-12-31"}).log
    assert [ATOMS[code][:2] for code in log.atom] == ["a8", "a8"]


def test_events_no_rule_matches_stay_in_the_log_and_are_counted(desk):
    collected = desk.source("plain_events", LOG).collect(rules=RULES)
    assert collected.unmatched.to_dict("records") == [{"source": "plain_events", "touchpoint": "dance", "detail": "", "n_events": 1}]
    assert (len(collected.log), collected.facts["n_unmatched"]) == (6, 1)


def test_the_clients_rules_come_before_the_formats(desk):
    desk.source("shopify_orders", "Name,Email,Created at,Total\n#1,a@b.example,2025-01-02 10:00:00 +0100,100\n")
    assert desk.collect().log.atom.tolist() == [ATOMS.index("a4_decide")]
    assert desk.collect(rules=({"touchpoint": "order", "atom": "a8_repeat"},)).log.atom.tolist() == [ATOMS.index("a8_repeat")]
    assert np.isin(desk.collect().log.outcome, [1]).all()
