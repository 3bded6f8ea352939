"""Which questions are answered, by what, and which are open."""

from __future__ import annotations

import pandas as pd

from journeylib import knowledge
from journeylib.questions import ANSWERED, answer_questions
from journeylib.schema import VOICES
from journeylib.stages import load_stage_model
from tests.drawing import table
from tests.gaps.material import a_client, content, registers_in_order, tables_in_order

ASKED = """
    voice_id | customer_id | atom        | row    | kind    | text
    1        | ann         | a4_decide   | reason | stated  | priset
    2        | bo          | a4_decide   | reason | stated  | tryggheten
    3        | cia         | a4_decide   | reason | stated  | priset
    4        | dan         | a4_decide   | reason | stated  | priset
    5        | eva         | a4_decide   | reason | stated  | priset
"""


def standing(tables=None, registers=None, voices=None, **client):
    client = a_client(**client)
    found = answer_questions(tables or {}, registers or {}, voices, load_stage_model(client), client)
    return {(row.question_id, row.stage): row for row in found.itertuples()}


def test_every_question_of_the_bank_is_asked():
    assert {question for question, _ in standing()} == set(knowledge.load("questions"))


def test_with_nothing_delivered_no_question_is_answered():
    assert {row.status for row in standing().values()} <= {"open", "not_checkable"}


def test_the_last_touchpoints_answer_where_buying_stops():
    exits = pd.DataFrame({"stage": ["decision"], "touchpoint": ["cart"]})
    assert standing({"exits": exits})["Q19", "decision"].status == "data"
    assert standing({"exits": exits.assign(stage="awareness")})["Q19", "decision"].status == "not_checkable"


def test_taking_a_source_away_turns_what_it_answered_to_not_checkable():
    whole = standing(tables_in_order(), registers_in_order())
    for gone in tables_in_order():
        rest = {name: found for name, found in tables_in_order().items() if name != gone}
        for place, row in standing(rest, registers_in_order()).items():
            assert row.status in (whole[place].status, "not_checkable") or (whole[place].status, row.status) == ("data", "voices")  # customers still answer


def test_a_measure_of_its_own_is_needed_not_any_share():
    only_win = tables_in_order()["rates"].iloc[:0].copy()
    assert standing({"rates": only_win})["Q28", "loyalty"].status == "not_checkable"
    assert standing(tables_in_order())["Q28", "loyalty"].status == "data"


def test_a_register_column_that_is_empty_answers_nothing():
    assert standing(registers={"content": content("content_id | title | stage | cta\n1 | Pris | decision | köp")})["Q20", "decision"].status == "data"
    assert standing(registers={"content": content("content_id | title | stage | cta\n1 | Pris | decision |")})["Q20", "decision"].status != "data"


def test_five_customers_answer_by_their_voices_and_four_do_not():
    voices = table(ASKED, VOICES, source="survey")
    assert standing(voices=voices)["Q18", "decision"].status == "voices"
    assert standing(voices=voices.iloc[:4])["Q18", "decision"].status == "open"


def test_one_customer_who_says_much_is_one_customer():
    voices = table(ASKED, VOICES, source="survey").assign(customer_id="ann")
    assert standing(voices=voices)["Q18", "decision"].status == "open"


def test_what_people_write_on_the_answer_sheet_is_their_answer():
    voices = table(ASKED, VOICES, source="sheet").assign(kind="assumed", customer_id=pd.NA)
    row = standing(voices=voices)["Q18", "decision"]
    assert (row.status, row.answer) == ("assumed", "priset")
    assert standing(voices=voices.assign(kind="staff"))["Q18", "decision"].status == "people"


def test_what_people_assume_of_something_else_is_no_answer():
    said = table("""
        voice_id | customer_id | stage    | row     | kind    | text
        1        |             | decision | company | assumed | Vi provar bromsarna vid varje utlämning
        2        |             | decision | problem | assumed | Sadeln är svår att ställa in
    """, VOICES, source="sheet")  # fmt: skip
    found = standing(voices=said)
    assert (found["Q38", ""].status, found["Q38", ""].answer) == ("assumed", "Sadeln är svår att ställa in")  # is any step laborious?
    assert found["Q50", ""].status not in ANSWERED  # do all departments see the same data?
    assert pd.isna(found["Q50", ""].answer)


def test_a_measure_made_of_what_customers_answered_is_their_answer():
    felt = pd.DataFrame({"stage": ["decision"], "n": [30]})
    assert standing({"emotion": felt})["Q40", ""].status == "voices"
    assert standing({"emotion": felt.assign(n=4)})["Q40", ""].status not in ANSWERED  # four customers are too few to speak of
    asked = pd.DataFrame({"metric": ["nps"], "stage": [""], "n": [60]})
    assert standing({"scores": asked})["Q34", "advocacy"].status == "voices"  # asked of the whole journey


def test_the_most_telling_measure_says_who_answers():
    both = {"emotion": pd.DataFrame({"stage": ["decision"], "n": [30]}), "transitions": pd.DataFrame({"stage": ["decision"]})}
    assert standing(both)["Q38", ""].status == "voices"
    assert standing({"transitions": both["transitions"]})["Q38", ""].status == "data"


def test_a_question_whose_finding_cannot_tell_is_open():
    unseen = pd.DataFrame({"gap_days": [60.0], "n": [0], "lo": [None]})
    assert standing({"repeats": unseen})["Q31", "loyalty"].status == "open"
    assert standing({"repeats": unseen.assign(lo=0.4)})["Q31", "loyalty"].status == "data"
    met = pd.DataFrame({"stage": ["loyalty"], "touchpoint": ["order"]})  # that somebody was met says nothing of regret
    assert standing({"touchpoints": met, "rates": tables_in_order()["rates"]})["Q24", "loyalty"].status not in ANSWERED


def test_voices_of_another_stage_do_not_answer():
    voices = table(ASKED, VOICES, source="survey").assign(atom="a9_advocate")
    assert standing(voices=voices)["Q18", "decision"].status == "open"


def test_questions_of_stages_the_model_lacks_are_not_asked():
    asked = {stage for _, stage in standing(stage_model="inbound_3", targets={}, kpis={})}
    assert asked == {"", "awareness", "consideration", "decision"}


def test_what_is_missing_can_be_ordered_by_name():
    known = knowledge.load("deliveries")
    missing = {name for row in standing().values() if isinstance(row.missing, str) for name in row.missing.split(",")}
    assert missing <= set(known)
