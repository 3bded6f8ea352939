"""The data page says what is stale, what is missing, who was heard and what to ask for; every text has its ending."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import journeylib as jl
from journeylib.client import Persona, Source
from journeylib.findings.coverage import draw_missing, draw_timeline, stale_sources
from journeylib.findings.data import _say_whole_files
from journeylib.findings.open_questions import delivered, open_by_delivery
from journeylib.measures.heard import people_asked, with_known_relations
from journeylib.schema import CONFLICTS, COVERAGE_IN_TIME, CUSTOMERS, IDENTITIES, JOINS, JOURNEYS, QUESTIONS, SOURCES, VOICES, check, empty
from journeylib.wording import NBSP, Words
from tests.drawing import FIVE, rows, table

LABELS = {"awareness": "Awareness", "consideration": "Consideration", "decision": "Decision", "loyalty": "Loyalty", "advocacy": "Advocacy"}
MODEL = SimpleNamespace(in_scope=[SimpleNamespace(id=stage.id, atoms=stage.atoms, label=LABELS[stage.id]) for stage in FIVE.in_scope],
                        stage_of_atom=FIVE.stage_of_atom, ids=FIVE.ids, stage=lambda name: SimpleNamespace(label=LABELS[name]))  # fmt: skip


@pytest.fixture(autouse=True)
def _no_topics(monkeypatch):
    """Topics are suggested from the client's own files; these tests are about the asking."""
    monkeypatch.setattr("journeylib.findings.heard.suggested_topics", lambda run, collected: "")


def a_run(*sources, personas=(), market="b2c", language="en"):
    client = SimpleNamespace(sources={name: Source(file="x.csv", format="customers") for name in sources}, as_of=dt.date(2026, 1, 15), market=market, timezone="Europe/Stockholm",
                             personas=personas, privacy=SimpleNamespace(k=5))  # fmt: skip
    return SimpleNamespace(words=Words(language), client=client, model=MODEL)


def collected(**tables):
    given = {"sources": SOURCES, "coverage_in_time": COVERAGE_IN_TIME, "joins": JOINS, "identities": IDENTITIES, "conflicts": CONFLICTS, "voices": VOICES,
             "customers": CUSTOMERS, "journeys": JOURNEYS}  # fmt: skip
    return SimpleNamespace(**{name: tables.get(name, empty(schema)) for name, schema in given.items()}, facts=tables.get("facts", {}),
                           registers=tables.get("registers", {}), log=tables.get("log", ()))  # fmt: skip


def sources(text):
    drawn = rows(text)
    filled = {"format": "customers", "table": "events", "file": "x.csv", "sha256": "0", "n_rows": 9, "n_kept": 9, "n_dropped": 0, "n_skipped_lines": 0}
    for name in ("first_at", "last_at"):
        if name in drawn:
            drawn[name] = pd.to_datetime(drawn[name], utc=True)
    return check(drawn.assign(**{name: value for name, value in filled.items() if name not in drawn}), SOURCES)


def months(source, first, last):
    span = pd.period_range(first, last, freq="M").to_timestamp()
    return check(pd.DataFrame({"source": source, "month": span, "n_rows": 9}), COVERAGE_IN_TIME)


def page(html):
    return BeautifulSoup(html.replace(NBSP, " "), "html.parser")


# --- in time ----------------------------------------------------------------------------------------------------------


def test_a_source_is_stale_when_its_newest_row_is_more_than_a_year_before_the_data_cut():
    found = sources("source | last_at\nold | 2025-01-10\nfresh | 2025-01-20\nlists |")
    assert stale_sources(a_run("old", "fresh", "lists"), collected(sources=found)) == ["old"]


def test_the_timeline_has_a_row_a_source_and_marks_the_months_a_stale_one_is_silent():
    data = collected(sources=sources("source | last_at\nold | 2024-10-10\nfresh | 2026-01-10"),
                     coverage_in_time=pd.concat([months("old", "2024-08", "2024-10"), months("fresh", "2025-12", "2026-01")], ignore_index=True))  # fmt: skip
    drawn = page(draw_timeline(a_run("fresh", "old"), data))
    heads = [head.get_text(" ") for head in drawn.select(".bar-head")]
    assert heads == ["fresh", "old too old"]
    strips = [[cell["class"][0] for cell in strip.find_all("i")] for strip in drawn.select(".month-strip")]
    assert strips == [["fill-white"] * 16 + ["fill-blue"] * 2, ["fill-blue"] * 3 + ["fill-amber_pale"] * 15]
    assert [note.get_text() for note in drawn.select(".bar-note")] == ["9 rows, December 2025 to January 2026", "9 rows, August 2024 to October 2024"]


def test_a_file_that_goes_on_after_the_data_cut_is_counted_until_it_in_the_timeline_and_whole_in_the_table():
    beyond = sources("source | first_at | last_at\nweb | 2025-12-03 | 2026-05-10").assign(n_rows=54, n_kept=54)
    data = collected(sources=beyond, coverage_in_time=months("web", "2025-12", "2026-05"))
    assert page(draw_timeline(a_run("web"), data)).select_one(".bar-note").get_text() == "18 rows, December 2025 to January 2026"     # 2 · 9 of 54
    assert [said.replace(NBSP, " ") for said in _say_whole_files(a_run("web"), beyond)] == ["The table shows the files whole, also what lies after 15 January 2026. "
                                                            "Everything else in the report is counted up to and including that day."]  # fmt: skip
    assert list(_say_whole_files(a_run("web"), beyond.assign(last_at=pd.Timestamp("2026-01-15 22:00", tz="UTC")))) == []


def test_a_hole_between_two_months_is_said():
    data = collected(sources=sources("source | last_at\nweb | 2026-01-10"),
                     coverage_in_time=pd.concat([months("web", "2025-08", "2025-09"), months("web", "2025-12", "2026-01")], ignore_index=True))  # fmt: skip
    assert page(draw_timeline(a_run("web"), data)).select_one(".bar-note").get_text() == "9 rows, August 2025 to January 2026; 2 months in between are missing"


def test_no_dated_row_no_timeline():
    assert draw_timeline(a_run("lists"), collected()) == ""


def test_only_columns_that_a_step_misses_are_shown_the_emptiest_first():
    found = sources("source | missing_fields\ncrm | role: 0.30; detail: 0.90; segment: 0.80\ntickets | score: 0.67; channel: 0.04")
    drawn = page(draw_missing(a_run("crm", "tickets"), found))
    assert [row.get_text("|").split("|")[0] for row in drawn.select("tbody tr")] == ["score", "role"]


# --- who is who -------------------------------------------------------------------------------------------------------


def sheet(text):
    return check(rows(text).assign(unit="person", n_anonymous=0, n_doubtful=0, n_rows_of_nobody=0).astype({"n": "int", "n_matched": "int", "n_alone": "int"}), IDENTITIES)


PAIR = check(pd.DataFrame([{"unit": "person", "source_a": "crm", "source_b": "web", "n_a": 40, "n_b": 8, "n_both": 6, "share_a": 6 / 40, "share_b": 6 / 8}]), JOINS)
TWO = sheet("source | n | n_matched | n_alone\ncrm | 40 | 6 | 34\nweb | 8 | 6 | 2")


def hang(run, **tables):
    facts = {"n_people": 42, "n_people_in_several_sources": 6}
    return jl.what_hangs_together(run, collected(**{"identities": TWO, "joins": PAIR, "facts": facts} | tables))


def test_a_share_of_fewer_than_ten_is_shown_as_counts():
    cells = page(hang(a_run("crm", "web")).picture).select(".share-matrix tbody td")
    assert [cell.get_text() for cell in cells] == ["40", "–", "15%", "8", "6 of 8", "–"]


def test_fewer_than_k_in_common_are_not_told():
    few = PAIR.assign(n_both=3, share_a=3 / 40, share_b=3 / 8)
    cells = page(hang(a_run("crm", "web"), joins=few).picture).select(".share-matrix tbody td")
    assert [cell.get_text() for cell in cells] == ["40", "–", "under 5", "8", "under 5", "–"]


def test_what_the_sources_hang_together_by_has_its_endings():
    one = check(pd.DataFrame([{"kind": "same_address", "unit": "person", "n": 2, "sources": "crm", "examples": "c_0"}]), CONFLICTS)
    run = a_run("crm", "web")
    assert [found.takeaway for found in (hang(run), hang(run, conflicts=one), hang(run, identities=TWO.head(1)), hang(run, identities=empty(IDENTITIES)))] == [
        "6 of 42 people are found in more than one source, and nothing contradicts it.",
        "6 of 42 people are found in more than one source. On one point the sources disagree or are unsure.",
        "Only one source names people, so there is nothing to join it with.",
        "No source names people or companies, so the sources cannot be joined.",
    ]  # fmt: skip


def test_no_pseudonym_stands_in_the_finding():
    one = check(pd.DataFrame([{"kind": "same_address", "unit": "person", "n": 2, "sources": "crm", "examples": "c_0123456789abcdef"}]), CONFLICTS)
    assert "c_0123456789abcdef" not in hang(a_run("crm", "web"), conflicts=one).as_html()


# --- who was heard ----------------------------------------------------------------------------------------------------

VOICE = {"row": "problem", "kind": "stated", "source": "talks"}
EVERYWHERE = "\n".join(f"v{i}{who} | {who} | a{i} |" for i in (1, 3, 4, 7, 9) for who in ("ann", "bo"))


def voices(text):
    return table("voice_id | customer_id | atom | relation\n" + text, VOICES, **VOICE)


def journeys(text):
    frame = rows(text)
    at = pd.Timestamp("2025-01-01", tz="UTC")
    return check(frame.assign(journey=range(len(frame)), unit=range(len(frame)), started_at=at, last_at=at), JOURNEYS)


def test_the_journeys_tell_what_a_speaker_is_where_no_sheet_does():
    met = journeys("customer_id | account_id | state\nann | | won\nann | | lost\nbo | | lost\ncia | | open\n | firm | dormant")
    said = voices("1 | ann | a1 |\n2 | bo | a1 |\n3 | cia | a1 |\n4 | dan | a1 |\n5 | eva | a1 | lost").assign(account_id=[None, None, None, "firm", None])
    assert with_known_relations(said, met)["relation"].fillna("").tolist() == ["customer", "never", "", "never", "lost"]
    assert people_asked(with_known_relations(said, met)) == {"all": 5, "lost": 1, "never": 2, "customer": 1, "unknown": 1}


@pytest.mark.parametrize(("met", "sentence"), [
    ("ann | won\nbo | won", "2 people were heard, all of them customers. Why others leave or never buy cannot be seen in the answers."),
    ("ann | won\nbo | lost", "2 people were heard, about every stage. Of them, 1 said no, left you or went silent."),
    ("ann | won\nbo | open", "2 people were heard, about every stage. Whether any of them left or never bought is unknown."),
])  # fmt: skip
def test_existing_customers_alone_are_a_blind_spot(met, sentence):
    data = collected(voices=voices(EVERYWHERE), journeys=journeys("customer_id | state\n" + met))
    assert jl.who_was_heard(a_run("talks"), data).takeaway == sentence


def test_a_stage_nobody_was_heard_about_is_named():
    found = jl.who_was_heard(a_run("talks"), collected(voices=voices("1 | ann | a1 |\n2 | ann | a3 |\n3 | ann | a4 |\n4 | bo | a7 |")))
    assert found.takeaway == "2 people were heard, but nobody about: Advocacy."


def test_personas_that_nobody_belongs_to_and_customers_that_fit_none_are_said():
    personas = (Persona(id="cio", name="The CIO"), Persona(id="ceo", name="The CEO"))
    met = check(pd.DataFrame({"customer_id": ["ann", "bo"], "persona": ["cio", None]}), CUSTOMERS)
    data = collected(voices=voices(EVERYWHERE), customers=met, log=(), facts={"n_several_personas": 3})
    text = jl.who_was_heard(a_run("talks", personas=personas), data).text
    assert {"One of 2 customers fits no persona.", "3 people fit several and count for the first.", "No customer belongs to: The CEO."} <= set(text)


def test_two_coders_of_an_interview_are_compared():
    said = voices("\n".join(f"{i} | c{i} | a1 |" for i in range(8))).assign(code=list("aaaabbbb"), second_code=list("aaabbbba"))
    asked = sources("source | format\ntalks | plain_voices")
    text = jl.who_was_heard(a_run("talks"), collected(voices=said, sources=asked)).text
    # observed 6 / 8, by chance 1 / 2: kappa = (0.75 − 0.5) / (1 − 0.5)
    assert any(sentence.startswith("Two people coded the same 8 quotes. Kappa: 0.50 (") for sentence in text)


# --- what stays open --------------------------------------------------------------------------------------------------


def questions(text):
    return check(rows(text).fillna({"stage": ""}), QUESTIONS)


def test_an_open_question_stands_under_everything_that_could_answer_it():
    asked = questions("""
        question_id | stage | status         | missing
        Q01         | a     | open           | survey,interviews
        Q02         | a     | not_checkable  | survey
        Q03         | a     | open           | orders
        Q03         | b     | data           |
    """)  # fmt: skip
    assert open_by_delivery(asked).to_numpy().tolist() == [["survey", "Q01"], ["survey", "Q02"], ["interviews", "Q01"]]


def test_what_came_in_is_known_by_its_kind():
    data = collected(sources=sources("source | format\na | ga4_events\nb | typeform_survey\nc | needs_register"), registers={"needs": pd.DataFrame({"need_id": ["n"]})})
    data.client = SimpleNamespace(personas=())
    assert delivered(data) == {"web_analytics", "survey", "need_register"}
