"""One persona with one problem and one offer: what it needs and asks in every stage, and what we say to it there."""

from __future__ import annotations

import pandas as pd

from journeylib.client import Focus
from journeylib.journeymap.persona_journeys import focused_on, persona_journeys
from journeylib.schema import ACTIVITIES, CONTENT, NEEDS, PERSONA_NEEDS, SEARCH_PHRASES, VOICES, check
from journeylib.stages import load_stage_model
from tests.drawing import table
from tests.gaps.material import STAGES, a_client

PERSONAS = ({"id": "new", "name": "The newcomer", "challenges": "Does not know what fits"}, {"id": "old", "name": "The regular"})
CONTENT_OF = """
    content_id | title     | stage    | persona | need_id | cta   | reach
    c1         | Prices    | decision |         | N1      | Order | 900
    c2         | For you   | decision | new     |         | Call  | 10
    c3         | For both  | decision |         |         |       | 50
"""


def of(stage="decision", persona="new", *, client=None, shown=None, voices=None, **registers):
    client = client or a_client(personas=PERSONAS, language="en", offer="Cover")
    found = persona_journeys(client, load_stage_model(client), shown or {}, registers, voices)
    return found[(found["persona"] == persona) & (found["stage"] == stage)].iloc[0]


def content(text=CONTENT_OF):
    return table(text, CONTENT, source="register")


def needs(*ids, persona="new"):
    rows = [{"persona": persona, "need_id": name, "stage": "decision", "wording": f"need {name}", "n": 30, "importance": 9.0, "rank": i, "is_first": ""} for i, name in enumerate(ids, 1)]
    return check(pd.DataFrame(rows), PERSONA_NEEDS)


def spoken(row, code, n, *, persona="new", kind="stated", text=None):
    rows = [{"voice_id": f"{row}{code}{i}", "customer_id": f"c{i}", "stage": "decision", "row": row, "code": code, "persona": persona, "kind": kind, "text": text, "source": "survey"} for i in range(n)]
    return check(pd.DataFrame(rows), VOICES)


def test_without_a_focus_every_persona_meets_its_own_challenge_with_the_clients_offer():
    client = a_client(personas=PERSONAS, offer="Cover")
    assert focused_on(client) == (Focus(persona="new", problem="Does not know what fits", offer="Cover"), Focus(persona="old", problem=None, offer="Cover"))


def test_a_persona_with_two_problems_has_two_journeys_of_all_stages():
    client = a_client(personas=PERSONAS, focus=({"persona": "new", "problem": "No time"}, {"persona": "new", "problem": "No money", "offer": "Rent"}))
    found = persona_journeys(client, load_stage_model(client), {}, {}, None)
    assert found.groupby("journey")["stage"].apply(tuple).tolist() == [STAGES, STAGES]
    assert found.drop_duplicates("journey")[["problem", "offer"]].values.tolist()[1] == ["No money", "Rent"]


def test_what_serves_the_need_goes_before_what_was_made_for_the_persona():
    row = of(shown={"persona_needs": needs("N1")}, content=content())
    assert (row["need"], row["need_by"], row["message"], row["message_for"], row["answers_need"], row["next_step"]) == ("need N1", "own", "Prices", "everybody", "yes", "Order")


def test_what_was_made_for_the_persona_goes_before_what_reaches_more():
    row = of(shown={"persona_needs": needs("N9")}, content=content())
    assert (row["message"], row["message_for"], row["answers_need"]) == ("For you", "own", "no")


def test_a_message_for_another_persona_is_none_for_this_one():
    row = of(persona="old", content=content("content_id|title|stage|persona\nc2|For you|decision|new"))
    assert (row["n_messages"], row["message"]) == (0, None) or pd.isna(row["message"])


def test_an_activity_is_the_message_where_no_content_is():
    row = of(activities=table("activity_id|title|stage|next_step\na1|A call|decision|Sign", ACTIVITIES, source="register"))
    assert (row["message"], row["message_kind"], row["next_step"]) == ("A call", "activity", "Sign")


def test_without_registers_nothing_is_said_to_be_missing():
    row = of()
    assert pd.isna(row["n_messages"])
    assert pd.isna(row["message"])


def test_a_need_nobody_was_asked_about_is_the_registers():
    row = of(needs=table("need_id|wording|stage\nN1|Feel safe|decision", NEEDS, source="register"))
    assert (row["need"], row["need_by"]) == ("Feel safe", "register")


def test_what_five_of_the_persona_say_is_told_and_what_four_say_is_not():
    assert of(voices=spoken("objection", "too dear", 5))["objection"] == "too dear"
    assert pd.isna(of(voices=spoken("objection", "too dear", 4))["objection"])


def test_an_assumption_is_told_as_one_where_nobody_has_spoken():
    row = of(voices=spoken("question", None, 1, kind="assumed", text="Does it hurt?"))
    assert (row["question"], row["question_by"]) == ("Does it hurt?", "assumed")


def test_the_commonest_search_is_a_question_before_any_assumption():
    phrases = table("line|phrase|stage|placed_by|standing|n_searches\norganic|best cover|decision|rule|top|900\norganic|cover price|decision|rule|top|90", SEARCH_PHRASES, sources="s")
    row = of(shown={"search_phrases": phrases}, voices=spoken("question", None, 1, kind="assumed", text="Does it hurt?"))
    assert (row["question"], row["question_by"]) == ("best cover", "search")


def test_without_personas_there_is_no_such_table():
    client = a_client()
    assert persona_journeys(client, load_stage_model(client), {}, {}, None).empty
