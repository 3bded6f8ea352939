"""What the report says of content, buttons, flows, questions and waste, in every ending and language."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.client import LANGUAGES
from journeylib.findings.content import what_content_first, what_should_buttons_say
from journeylib.findings.follow_up_flows import which_flow_is_needed
from journeylib.findings.self_service import which_questions_to_answer_once
from journeylib.findings.waste import where_money_reaches_nobody
from journeylib.improve.content_plan import content_plan
from journeylib.improve.flows import read_flows
from journeylib.improve.goal_tree import goal_tree
from journeylib.improve.nurturing import flow_problems
from journeylib.improve.waste import waste
from journeylib.run import Run
from journeylib.schema import ACTIONS, ACTIVITIES, SELF_SERVICE, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words, message_keys
from tests.drawing import table
from tests.gaps.material import a_client, coverage
from tests.improve.test_doing import CLEAN, COVERED, ITEMS, WANTED, calls, content, plan
from tests.improve.test_flows import SOUND, client_with, gaps, proposed

ASKED = (what_content_first, what_should_buttons_say, which_flow_is_needed, which_questions_to_answer_once, where_money_reaches_nobody)


def told(finding, language="sv", registers=None, **doing):
    client = a_client(language=language, market="b2b", personas=[{"id": "cfo", "name": "Ekonomichefen"}])
    improved = SimpleNamespace(doing=doing, actions=empty(ACTIONS), mapped=SimpleNamespace(shown={}, collected=SimpleNamespace(registers=registers or {})))
    return finding(Run(client, load_stage_model(client), Words(language), Path()), improved)


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("finding", ASKED)
def test_what_was_not_delivered_is_left_out(finding):
    assert told(finding) is None


@pytest.mark.parametrize(("language", "said"), [
    ("sv", "Börja i fasen Lojalitet: inget innehåll svarar på ”Komma igång”. Förslag: mejl som visar hur man gör."),
    ("da", "Begynd på trinnet Loyalitet: Intet indhold svarer på ”Komma igång”. Forslag: e-mails, der viser hvordan."),
    ("nb", "Begynn i fasen Lojalitet: Ikke noe innhold svarer på «Komma igång». Forslag: e-post som viser hvordan."),
    ("en", "Begin in the stage Loyalty: no content answers “Komma igång”. Proposal: how-to e-mail."),
])  # fmt: skip
def test_the_first_content_to_make_is_named(language, said):
    assert told(what_content_first, language, content_plan=plan()).takeaway == said


def test_content_for_one_persona_names_it():
    lines = plan().query("persona == 'cfo'")
    assert told(what_content_first, content_plan=lines).takeaway == "Börja i fasen Övervägande: inget innehåll för Ekonomichefen svarar på ”Kunna jämföra leverantörer”. Förslag: jämförelse."


def test_no_hole_and_no_unanswered_need_is_said():
    covered = COVERED.replace("hole", "covered")
    found = told(what_content_first, content_plan=content_plan({"coverage": coverage(covered)}, {"content": content()}, empty(ACTIONS), load_stage_model(a_client()), a_client()))
    assert (found.takeaway, found.state) == ("Inget innehåll saknas där kunderna finns.", "none")
    assert ITEMS
    assert WANTED


def test_the_number_of_pages_without_a_request_and_a_wording_are_told():
    found = told(what_should_buttons_say, calls=calls())
    assert found.takeaway == "2 sidor och texter saknar en tydlig uppmaning. På ”Prices” kan det stå ”Boka ett samtal”."
    assert found.numbers == {"n": 3, "n_missing": 2, "n_deciding": 2}


def test_vague_requests_alone_are_called_weak():
    found = told(what_should_buttons_say, calls=calls().query("standing == 'vague'"))
    assert found.takeaway == "Uppmaningen på ”The cloud” är svag. Där kan det stå ”Gör testet”."


def flows(text, folder):
    own = read_flows(client_with(text, folder))
    return {"flows": own, "flow_problems": flow_problems(own, load_stage_model(a_client()), contacts_a_week=2)}


def test_a_flow_that_holds_together_is_said_and_drawn(tmp_path):
    found = told(which_flow_is_needed, **flows(SOUND, tmp_path))
    assert (found.takeaway, found.state) == ("Ert flöde ”After the guide” håller ihop.", "none")
    assert [found.picture.count(text) for text in ("flow-box", "flow-pill", "flow-problem")] == [3, 2, 0]


def test_what_does_not_hold_together_is_said_with_its_cell(tmp_path):
    found = told(which_flow_is_needed, **flows(SOUND.replace("purchase|unsubscribe", "unsubscribe").replace("phone,end", "phone,2"), tmp_path))
    assert found.takeaway == "2 saker håller inte ihop i era flöden. Den första, i ”After the guide”: den som köpt fortsätter att få säljande utskick."
    assert "Tillbaka till steg 2" in found.picture
    assert found.numbers["n_problems"] == 2


def test_a_proposed_flow_is_drawn_from_trigger_to_goal():
    found = told(which_flow_is_needed, flows=proposed(gaps("G23:consideration")))
    assert found.takeaway == "Ett flöde föreslås: ”Kontakt medan kunden jämför”, i fasen Övervägande."
    assert "Mål: Beslut" in found.picture


def topics(*rows):
    columns = ("topic", "a_year", "unresolved_rate", "lo", "hi", "n_again")
    drawn = pd.DataFrame([dict(zip(columns, row, strict=True)) for row in rows])
    return check(drawn.assign(stage="loyalty", n_contacts=100, n_customers=90, n_followed=90, unresolved_a_year=drawn["a_year"] * drawn["unresolved_rate"], rank=range(1, len(drawn) + 1)), SELF_SERVICE)


@pytest.mark.parametrize(("table", "said", "state"), [
    (topics(("login", 100.0, 0.4, 0.3, 0.5, 40), ("bill", 20.0, 0.2, 0.1, 0.3, 5)), "Börja med ”login”: omkring 100 ärenden om året, och 40 % av dem blir inte lösta direkt.", "clear"),
    (topics(("login", 100.0, 0.4, 0.3, 0.5, 40), ("bill", 90.0, 0.4, 0.3, 0.5, 30)), "Börja med ”login” eller ”bill”: de ger flest olösta frågor och går inte att skilja åt.", "close"),
    (topics(("login", 10.0, 0.1, 0.0, 0.3, 1), ("bill", 90.0, 0.01, 0.0, 0.1, 2)), "Flest ärenden gäller ”bill”, omkring 90 om året. Det går inte att säga vilka frågor som oftast blir olösta.", "too_few"),
])  # fmt: skip
def test_the_question_to_answer_once_has_three_endings(table, said, state):
    found = told(which_questions_to_answer_once, self_service=table)
    assert (plain(found.takeaway), found.state) == (said, state)


def wasteful(text, language="sv"):
    activities = table(text, ACTIVITIES, source="sheet")
    client = a_client(language=language)
    model = load_stage_model(client)
    doing = {"waste": waste(activities, {}, None, None, model, window_days=None), "goal_tree": goal_tree(activities, {}, model, client, Words(language))}
    return told(where_money_reaches_nobody, language, {"activities": activities}, **{name: each for name, each in doing.items() if each is not None})


FAIR = "    A4 | Fair | awareness | | | | event | Marketing | 300 | 40 | 20"


@pytest.mark.parametrize(("language", "said"), [
    ("sv", "En av 4 aktiviteter leder ingenstans: 300 kr och 40 timmar om året."),
    ("da", "Én af 4 aktiviteter fører ingen steder hen: 300 SEK og 40 timer om året."),
    ("nb", "Én av 4 aktiviteter fører ingen steder: 300 SEK og 40 timer i året."),
    ("en", "One of 4 activities leads nowhere: SEK300 and 40 hours a year."),
])  # fmt: skip
def test_waste_is_told_in_money_and_hours(language, said):
    found = wasteful(CLEAN + FAIR, language)
    assert plain(found.takeaway) == said
    assert found.numbers["cost"] == 300


def test_a_clean_register_wastes_nothing_and_an_empty_one_cannot_be_judged():
    assert (wasteful(CLEAN).takeaway, wasteful(CLEAN).state) == ("Alla aktiviteter i listan har ett syfte och leder vidare.", "none")
    assert wasteful(CLEAN.replace("found  ", "       ").replace("helps  ", "       ")).state == "not_checkable"


def test_every_answer_is_folded_under_its_question():
    found = wasteful(CLEAN + FAIR)
    assert found.is_folded
    assert found.as_html().index("<details") < found.as_html().index("<h3>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_takeaways_are_short(language):
    said = [*(told(what_content_first, language, content_plan=plan()), told(what_should_buttons_say, language, calls=calls())), wasteful(CLEAN + FAIR, language)]
    assert all(len(found.takeaway.split()) <= 25 for found in said)


def test_every_sentence_stands_in_four_languages():
    own = {key: texts for key, texts in message_keys().items() if key.startswith("doing.")}
    assert [key for key, texts in own.items() if tuple(texts) != LANGUAGES] == []
