"""The catalogues of questions, gaps and actions hang together: every id is there, and every id they name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from journeylib.client import MARKETS, Client
from journeylib.knowledge import load
from journeylib.schema import ATOMS, CONTENT, MEASURES, TABLES, VOICE_ROWS

MISSION = Path(__file__).resolve().parents[3] / "shared" / "mission.md"
#: Registers the house plan names that no format delivers yet: a check or question that needs one is not checkable.
REGISTERS_TO_COME = {"keywords", "presence", "personas"}
MEASURED_RATES = {"follow_up", "silence", "forgotten", "repeat", "referred", "promoters_asked", "win", "contactable", "confirmed", "regretted", "onboarded", "early_trouble",
                  "expectation_met", "rescued", "ended_well", "cta"}
ACTION_STATUSES = {"proposed", "agreed", "under_way", "done", "rejected"}


def ids(letter, last):
    return [f"{letter}{number:02d}" for number in range(1, last + 1)]


def known_tables(names):
    return set(names) <= set(TABLES) | REGISTERS_TO_COME


#: Measures that answer no question of the bank of their own: how far dates and texts can be trusted, and plain totals.
ABOUT_THE_DATA = {"spikes", "text_calibration", "totals"}


def test_every_measure_answers_a_question_of_the_bank():
    named = {table for entry in load("questions").values() for table in entry["tables"]}
    assert set(MEASURES) - named == ABOUT_THE_DATA


def test_a_condition_on_a_table_is_on_one_the_entry_names_and_on_a_column_it_has():
    for name, key in (("questions", "tables"), ("gaps", "needs")):
        for number, entry in load(name).items():
            conditions = {**entry.get("columns", {}), **entry.get("where", {})}
            assert set(conditions) <= set(entry[key]), number
            assert all(set(columns) <= set(TABLES[table].columns) for table, columns in conditions.items()), number


def columns_exist(entry):
    return all(set(columns) <= set(TABLES[table].columns) for table, columns in entry.get("columns", {}).items())


@pytest.mark.parametrize(("name", "letter", "last"), [("questions", "Q", 50), ("gaps", "G", 34), ("actions", "A", 31)])
def test_a_catalogue_holds_every_id_once_and_in_order(name, letter, last):
    assert list(load(name)) == ids(letter, last)


@pytest.mark.parametrize("question", ids("Q", 50))
def test_a_question_names_atoms_types_tables_voices_and_deliveries_that_exist(question):
    entry = load("questions")[question]
    assert entry["atoms"] == "all" or set(entry["atoms"]) <= set(ATOMS)
    assert entry["type"]
    assert set(entry["type"]) <= {"D", "V", "M"}
    assert known_tables(entry["tables"])
    assert columns_exist(entry)
    assert set(entry["voices"]) <= set(VOICE_ROWS)
    assert entry["sources"]
    assert set(entry["sources"]) <= set(load("deliveries"))


@pytest.mark.parametrize("question", ids("Q", 50))
def test_an_open_question_can_say_what_would_answer_it(question):
    entry = load("questions")[question]
    gives = {table for source in entry["sources"] for table in load("deliveries")[source]["gives"]}
    assert not entry["tables"] or gives & set(entry["tables"])
    assert not entry["voices"] or gives & {"voices", "voice_counts"} or entry["tables"]


def test_a_question_to_the_customers_voice_names_the_rows_that_answer_it():
    assert [q for q, entry in load("questions").items() if "V" in entry["type"] and not entry["voices"]] == []


def test_the_questions_cover_every_atom():
    assert {atom for entry in load("questions").values() if entry["atoms"] != "all" for atom in entry["atoms"]} == set(ATOMS)


@pytest.mark.parametrize("gap", ids("G", 34))
def test_a_gap_says_what_it_needs_and_how_serious_it_is(gap):
    entry = load("gaps")[gap]
    assert known_tables(entry["needs"])
    assert columns_exist(entry)
    assert entry["severity"] in (0, 1, 2, 3)
    assert entry["sources"]
    assert set(entry["sources"]) <= set(load("deliveries"))
    assert set(entry.get("market", MARKETS)) <= set(MARKETS)
    assert entry.get("term", "gap") in load("glossary")["terms"]


@pytest.mark.parametrize("name", ["questions", "gaps"])
def test_who_asks_for_the_rates_says_which(name):
    table = {"questions": "tables", "gaps": "needs"}[name]
    for key, entry in load(name).items():
        assert ("rates" in entry[table]) == bool(entry.get("rates")), key
        assert set(entry.get("rates", [])) <= MEASURED_RATES, key


def test_every_gap_is_closed_by_an_action_and_every_action_closes_gaps_that_exist():
    closed = [gap for entry in load("actions").values() for gap in entry["closes"]]
    assert sorted(set(closed)) == ids("G", 34)


def test_an_action_that_closes_no_gap_answers_a_question():
    for key, entry in load("actions").items():
        assert entry["closes"] or set(entry["questions"]) <= set(load("questions")), key


def test_an_actions_chance_is_a_triangle_and_wins_are_rare():
    for key, entry in load("actions").items():
        lo, mode, hi = entry["p_works"]
        assert 0 < lo < mode < hi <= 1 / 2, key
        assert 0.10 <= mode <= 0.30, key


def test_an_action_names_its_effort_and_its_three_prerequisites():
    for key, entry in load("actions").items():
        assert entry["effort"] in ("low", "medium", "high"), key
        assert list(entry["prerequisites"]) == ["insight", "habit", "tool"], key


def test_five_typical_mistakes_and_four_more_point_at_gaps():
    mistakes = load("mistakes")
    assert [entry["list"] for entry in mistakes.values()] == ["M077"] * 5 + ["M078"] * 4
    assert all(entry["gaps"] and {gap.split(":")[0] for gap in entry["gaps"]} <= set(load("gaps")) for entry in mistakes.values())


def test_the_seven_ticks_are_tied_to_what_a_run_can_see():
    ticks = load("checklist")
    assert [entry["order"] for entry in ticks.values()] == [1, 2, 3, 4, 5, 6, 7]
    allowed = {"parameters": set(Client.model_fields), "tables": set(TABLES), "checked": set(load("gaps")),
               "not_found": set(load("gaps")), "action_status": ACTION_STATUSES}  # fmt: skip
    for key, entry in ticks.items():
        assert entry["when"], key
        assert all(set(values) <= allowed[rule] for rule, values in entry["when"].items()), key


def test_a_content_type_has_a_place_and_a_market_and_no_two_share_a_word():
    types = load("content_types")
    assert all(entry["atoms"] and set(entry["atoms"]) <= set(ATOMS) for entry in types.values())
    assert all(entry["market"] and set(entry["market"]) <= {"b2b", "b2c"} for entry in types.values())
    words = [word for key, entry in types.items() for word in {key, *entry["aliases"]}]
    assert sorted({word for word in words if words.count(word) > 1}) == []
    assert "content_types.yml" in CONTENT.columns["type"].meaning


def test_every_atom_has_a_content_type_in_both_markets():
    for market in ("b2b", "b2c"):
        entries = [entry for entry in load("content_types").values() if market in entry["market"]]
        assert {atom for entry in entries for atom in entry["atoms"]} == set(ATOMS)


def test_a_delivery_gives_tables_that_exist():
    assert all(entry["gives"] and known_tables(entry["gives"]) for entry in load("deliveries").values())


def test_the_note_on_free_is_about_danish_law_only():
    names = {"sv": "Danmark", "da": "Danmark", "nb": "Danmark", "en": "Denmark"}
    meaning = load("gaps")["G16"]["meaning"]
    assert all(country in meaning[language] for language, country in names.items())
    assert all(load("gaps")["G16"]["words"][language] for language in names)


def test_each_action_closes_at_least_the_gaps_the_mission_gives_it():
    rows = re.findall(r"^\| (A\d\d) \| [^|]+ \| [^|]+ \| ([^|]+) \|", _mission(), re.M)
    assert [key for key, _ in rows] == ids("A", 31)
    for key, closes in rows:
        entry = load("actions")[key]
        assert set(re.findall(r"[GQ]\d\d", closes)) <= {*entry["closes"], *entry.get("questions", [])}, key


def test_each_question_may_be_answered_as_the_mission_says():
    rows = re.findall(r"^\| (Q\d\d) \| [^|]+ \| [^|]+ \| [^|]+ \| ([^|]+) \|", _mission(), re.M)
    assert [key for key, _ in rows] == ids("Q", 50)
    for key, rule in rows:
        assert set(re.findall(r"\b[DVM]\b", rule)) <= set(load("questions")[key]["type"]), key


def _mission():
    if not MISSION.exists():
        pytest.skip("the mission is not beside this checkout")
    return MISSION.read_text(encoding="utf-8")
