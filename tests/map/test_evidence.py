"""The grade of practice C20: twenty records graded by hand, and better evidence never grades lower."""

from __future__ import annotations

import itertools

import pytest

from journeylib.journeymap import Evidence, grade
from journeylib.journeymap.evidence import months_between, source_kind

#: kind, half-width, unit, n_customers, agreement, age, covers leavers → points → grade; the sum is written out.
BY_HAND = [
    ({"kind": "observed", "half_width": 0.04}, 2),  # 2 + 2 = 4
    ({"kind": "observed", "half_width": 0.05}, 2),  # 2 + 2 = 4: five points are still precise
    ({"kind": "observed", "half_width": 0.04, "covers_leavers": True}, 3),  # 2 + 2 + 1 = 5
    ({"kind": "observed", "half_width": 0.04, "agreement": 1}, 3),  # 2 + 2 + 1 = 5
    ({"kind": "observed", "half_width": 0.10}, 2),  # 2 + 1 = 3
    ({"kind": "observed", "half_width": 0.20}, 1),  # 2 + 0 = 2
    ({"kind": "observed", "half_width": 0.20, "age_months": 13}, 1),  # 2 + 0 − 1 = 1
    ({"kind": "observed", "half_width": 0.20, "age_months": 25}, 0),  # 2 + 0 − 2 = 0
    ({"kind": "observed", "half_width": 0.04, "agreement": -1, "covers_leavers": True}, 1),  # 5, contested → 1
    ({"kind": "stated", "half_width": 0.22, "unit": "score"}, 2),  # 2 + 2 = 4
    ({"kind": "stated", "half_width": 0.39, "unit": "score"}, 2),  # 2 + 1 = 3
    ({"kind": "stated", "half_width": 0.96, "unit": "score"}, 1),  # 2 + 0 = 2
    ({"kind": "stated", "n_customers": 12}, 2),  # 2 + 2 = 4
    ({"kind": "stated", "n_customers": 5}, 2),  # 2 + 1 = 3
    ({"kind": "stated", "n_customers": 4}, 1),  # 2 + 0 = 2
    ({"kind": "stated", "n_customers": 12, "agreement": 1, "age_months": 14}, 2),  # 2 + 2 + 1 − 1 = 4
    ({"kind": "inferred", "half_width": 0.05}, 2),  # 1 + 2 = 3
    ({"kind": "staff"}, 1),  # 1
    ({"kind": "staff", "age_months": 18}, 0),  # 1 − 1 = 0
    ({"kind": "assumed", "n_customers": 100, "half_width": 0.01, "agreement": 1, "covers_leavers": True}, 0),  # assumed: never above 0
]  # fmt: skip


@pytest.mark.parametrize(("record", "by_hand"), BY_HAND)
def test_a_record_gets_the_grade_it_got_by_hand(record, by_hand):
    assert grade(Evidence(**record)) == by_hand


def test_there_are_twenty_records_graded_by_hand():
    assert len(BY_HAND) == 20


def test_no_record_has_no_grade():
    assert grade(None) is None


def test_better_evidence_never_lowers_the_grade():
    ladders = {
        "kind": ["assumed", "staff", "stated"], "half_width": [0.3, 0.15, 0.1, 0.05, 0.01], "agreement": [-1, 0, 1],
        "age_months": [36, 24, 12, 0], "covers_leavers": [False, True],
    }  # fmt: skip
    for record in (dict(zip(ladders, values, strict=True)) for values in itertools.product(*ladders.values())):
        for part, ladder in ladders.items():
            place = ladder.index(record[part])
            if place + 1 < len(ladder):
                assert grade(Evidence(**record | {part: ladder[place + 1]})) >= grade(Evidence(**record))


def test_more_customers_never_lower_the_grade():
    grades = [grade(Evidence("stated", n_customers=n)) for n in range(0, 30)]
    assert grades == sorted(grades)


def test_months_are_counted_to_the_data_cut():
    assert 12.9 < months_between("2024-12-15", "2026-01-13") < 13.0
    assert months_between(None, "2026-01-15") == 0.0


@pytest.mark.parametrize(("name", "kind"), [("ga4_events", "web"), ("hubspot_deals", "crm"), ("hubspot_email_events", "email"), ("zendesk_tickets", "support"),
                                            ("google_forms_survey", "survey"), ("trustpilot_reviews", "review"), ("answer_sheet", "assumption"),
                                            ("shopify_orders", "orders"), ("activities_register", "register"), ("plain_events", "data")])  # fmt: skip
def test_a_format_is_of_a_kind_of_source(name, kind):
    assert source_kind(name) == kind
