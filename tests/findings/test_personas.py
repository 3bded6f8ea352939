"""What the report says of personas and of the second journey, in every ending and language."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings.experience import what_do_you_do
from journeylib.findings.personas import how_do_customers_differ, is_the_second_journey_shorter
from journeylib.run import Run
from journeylib.schema import LENGTHS, PERSONA_CHECK, PERSONA_DIFFERENCE, REPEAT_CURVE, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import a_client, coverage
from tests.gaps.test_repeats import measured

LANGUAGES = ("sv", "da", "nb", "en")
PERSONAS = ({"id": "ny", "name": "Den nye", "looks_for": "<b>ro</b>"}, {"id": "van", "name": "Den vane"}, {"id": "sen", "name": "Den sene"})
ROWS = """
    metric  | part          | persona | n   | n_smallest | value | lo   | hi   | others | difference | difference_lo | difference_hi | p     | p_adjusted
    goes_on | consideration | ny      | 600 | 300        | 0.65  | 0.61 | 0.69 | 0.82   | -0.17      | -0.21         | -0.13         | 1e-9  | 1e-8
    channel | search        | ny      | 600 | 300        | 0.22  | 0.20 | 0.25 | 0.18   | 0.04       | 0.01          | 0.07          | 0.001 | 0.01
    feeling | loyalty       | van     | 40  | 30         | 1.2   | 0.9  | 1.5  | 0.6    | 0.6        | 0.1           | 1.1           | 0.02  | 0.2
"""
CHECKS = """
    measure | n    | n_groups | n_yes | persona | value | lo   | hi   | p    | verdict
    nobody  | 2000 |          | 400   |         | 0.2   | 0.18 | 0.22 |      |
    largest | 1600 |          | 700   | van     | 0.44  | 0.41 | 0.46 |      |
    differ  | 1500 | 3        |       |         | 0.001 |      |      | 0.4  | {differ}
    groups  | 1900 | {k}      |       |         | 0.6   |      |      |      | {groups}
"""


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def told(rows=ROWS, *, differ="not_distinguishable", groups="one", k=1, language="en", personas=PERSONAS, companies=(), **more):
    client = a_client(language=language, personas=personas)
    shown = {"persona_difference": table(rows, PERSONA_DIFFERENCE).fillna({"part": ""})} if rows else {}
    if differ:
        shown["persona_check"] = table(CHECKS.format(differ=differ, groups=groups, k=k), PERSONA_CHECK)
    return how_do_customers_differ(Run(client, load_stage_model(client), Words(language), Path()), SimpleNamespace(shown=shown | more, collected=SimpleNamespace(journeys=of_companies(companies))))


def of_companies(personas):
    """One journey a company, each with the persona all its people share, or none."""
    return pd.DataFrame({"account_id": [f"c{n}" for n in range(len(personas))], "persona": personas}, dtype="string")


def test_the_surest_difference_leads_and_a_small_or_uncertain_one_is_not_told():
    found = told()
    assert plain(found.takeaway) == "Den nye goes on from Consideration less often, 65% against 82% for the others."
    assert found.state == "clear"
    assert found.picture.count("<tr") == 2
    assert "Loyalty" not in found.picture


def test_what_is_behind_it_is_said_of_behaviour_groups_and_those_without_a_persona():
    assert [plain(text) for text in told().text] == [
        "Before the purchase the personas cannot be told apart by what they do. The comparison rests on 1,500 customers and their own steps in the first month.",
        "What customers do does not set them apart in clear groups.", "400 of 2,000 customers belong to no persona and are left out of the comparison."]  # fmt: skip


def test_where_companies_are_customers_it_is_said_whom_the_comparison_is_about():
    mixed = told(companies=["ny"] * 3 + [None] * 5).text
    assert plain(mixed[-2]) == "A company belongs to the persona that all its known people share. Feelings, needs and channels count people; stages and times count journeys."
    assert plain(mixed[-1]) == "5 companies, whose people belong to different personas or none, are left out."
    assert "left out." not in told(companies=["ny"] * 3 + [None] * 4).text[-1]  # four companies are too few to be told of
    assert plain(told(companies=[None] * 3).text[-1]) == "Contact persons are compared here, not companies, for several personas often take part in a company's journey."


def test_under_a_persona_people_are_counted_and_where_companies_are_customers_it_is_said():
    there = coverage("stage | n_content | n_activities | n_owned | n_customers | status | persona\nawareness | 5 | 1 | 1 | 20 | covered |\nawareness | 5 | 1 | 1 | 12 | covered | ny")
    texts = {market: what_do_you_do(SimpleNamespace(client=a_client(market=market, language="en", personas=PERSONAS), model=load_stage_model(a_client()), words=Words("en")),
                                    SimpleNamespace(shown={"coverage": there})).text for market in ("both", "b2c")}  # fmt: skip
    assert texts["both"][-1] == "Under each persona people are counted, those of companies too."
    assert len(texts["b2c"]) == len(texts["both"]) - 1


def test_where_nothing_differs_for_certain_one_sentence_says_so():
    found = told(ROWS.replace("1e-8", "0.3"))
    assert (found.state, found.takeaway, found.picture) == ("none", "The personas do not differ for certain in any of the key figures.", "")


def test_personas_nobody_belongs_to_are_cards_alone_and_without_personas_nothing_is_said():
    found = told(None, differ=None)
    assert found.state == "not_checkable"
    assert "&lt;b&gt;ro" in found.details
    assert "<b>" not in found.details
    assert told(None).state == "too_few"
    assert told(personas=()) is None


def test_offers_stand_with_the_class_of_their_journey():
    offers = table("""
        offer | n   | n_bought | horizon_days | median_days | lo | hi | class
        drift | 100 | 40       | 365          | 80          | 70 | 90 | too_long
        stöd  | 90  | 12       | 365          | 30          | 20 | 44 |
    """, LENGTHS)  # fmt: skip
    details = told(lengths=offers).details
    assert "too long" in details
    assert "cannot be said" in details
    assert details.count("drift") == 1


CURVE = """
    journeys | at_days | share
    first    | 5       | 0.5
    first    | 30      | 1
    later    | 1       | 0.8
    later    | 9       | 1
"""


def second(repeats, language="en", curve=CURVE):
    client = a_client(language=language)
    shown = {} if repeats is None else {"repeats": repeats} | ({"repeat_curve": table(curve, REPEAT_CURVE)} if curve else {})
    return is_the_second_journey_shorter(Run(client, load_stage_model(client), Words(language), Path()), SimpleNamespace(shown=shown))


def shorter():
    return measured((0.2, 0.3)).assign(verdict="shorter")


def test_a_shorter_second_journey_is_drawn_beside_the_first():
    found = second(shorter())
    assert plain(found.takeaway) == "Repeat purchases are quicker, 5 days on average against 20 days the first time."
    assert found.state == "clear"
    assert found.picture.count("<svg") == 2


def test_a_verdict_that_hangs_on_the_silence_is_none():
    mixed = shorter().assign(verdict=["shorter", "shorter", "not_established"])
    assert second(mixed).state == "close"
    assert "not certain" in second(mixed).takeaway


def test_where_nobody_comes_back_nothing_is_said():
    assert second(None) is None
    assert second(measured((None, None), n=0)) is None
    assert second(measured((None, None), n=8)).takeaway == "8 repeat purchases are too few to compare with the first journey."
    assert second(measured((None, None), unseen=100)).state == "not_checkable"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ending_is_one_sentence_of_at_most_25_words(language):
    row = table(ROWS, PERSONA_DIFFERENCE).iloc[[0]]
    found = [second(shorter(), language), second(measured((0.9, 1.1)), language), second(measured((1.2, 1.4)).assign(verdict="longer"), language),
             second(measured((None, None), n=8), language), second(measured((None, None), unseen=100), language), told(None, language=language)]  # fmt: skip
    for metric in ("goes_on", "days", "channel", "feeling", "need"):
        for sign in (1, -1):
            part = {"channel": "search", "need": "svar samma dag", "days": ""}.get(metric, "loyalty")
            rows = row.assign(metric=metric, part=part, difference=sign * 5.0, difference_lo=sign * 4.0, difference_hi=sign * 6.0)
            shown = {"persona_difference": check(rows, PERSONA_DIFFERENCE)}
            client = a_client(language=language, personas=PERSONAS)
            found.append(how_do_customers_differ(Run(client, load_stage_model(client), Words(language), Path()), SimpleNamespace(shown=shown, collected=SimpleNamespace(journeys=of_companies(())))))
    for differ, groups, k in (("distinguishable", "stable", 3), ("not_distinguishable", "not_stable", 1)):
        found.append(told(differ=differ, groups=groups, k=k, language=language, companies=["ny"] * 9 + [None] * 9))
    found.append(told(language=language, companies=[None] * 9))
    for finding in found:
        assert len(finding.takeaway.split()) <= 25
        assert finding.takeaway.endswith(".")
        assert all(text.endswith(".") for text in finding.text)
