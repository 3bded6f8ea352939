"""Search phrases: where they belong, who says so, and whether the company is found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from journeylib.measures.phrases import PhraseRules, place_phrases, plain_phrase
from journeylib.measures.search import search, search_phrases
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.schema import ATOMS, KEYWORDS
from tests.drawing import FIVE, SHORT, stage_model, table

LABELLED = YAML(typ="safe", pure=True).load((Path(__file__).parent / "labelled_phrases.yml").read_text(encoding="utf-8"))
NAMES = {"sv": "Norrsken IT", "da": "Lind Rådgivning", "nb": "Fjordhelse", "en": "Harbour Bikes"}
RULES = PhraseRules("sv", ("Norrsken IT",))


def keywords(text, **columns):
    return table(text, KEYWORDS, **({"source": "sokord"} | columns))


def measured(text, rules=RULES, model=FIVE, **columns):
    phrases = search_phrases(keywords(text, **columns), model, rules)
    return phrases.set_index("phrase"), search(phrases, model).set_index(["line", "stage"])


# --- where a phrase belongs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", NAMES)
def test_phrases_labelled_by_hand_get_their_atom_and_hardly_ever_a_wrong_one(language):
    labels = {phrase: SHORT.get(atom, "") for phrase, atom in LABELLED[language].items()}
    given_ = place_phrases(list(labels), PhraseRules(language, (NAMES[language],)))["atom"].fillna("")
    placed = [(label, got) for label, got in zip(labels.values(), given_, strict=True) if got]
    assert len(labels) >= 25
    assert sum(label == got for label, got in placed) / len(placed) >= 0.97
    assert sum(label == got for label, got in zip(labels.values(), given_, strict=True)) / len(labels) >= 0.90


@pytest.mark.parametrize("language", NAMES)
def test_the_labelled_sample_holds_every_atom_and_phrases_nobody_can_place(language):
    assert {SHORT.get(atom, "") for atom in LABELLED[language].values()} == {*ATOMS, ""}


def test_a_word_of_several_meanings_needs_the_companys_name_beside_it():
    assert RULES.place("it support stockholm").atom is None
    assert RULES.place("norrsken it support").atom == "a7_use"


def test_the_companys_name_is_found_in_one_word_too():
    assert RULES.place("norrskenit.se").atom == "a2_brand"
    assert PhraseRules("sv").place("norrskenit.se").placed_by == "nothing"


def test_a_price_says_more_than_how_and_the_name_more_than_how():
    assert RULES.place("hur mycket kostar molndrift").question == "price"
    assert RULES.place("vad är norrsken it").atom == "a2_brand"


def test_english_phrases_are_read_in_a_nordic_report():
    assert RULES.place("best cloud provider").atom == "a3_evaluate"


def test_the_clients_own_rules_go_before_the_catalogues():
    own = PhraseRules("sv", ("Norrsken IT",), (("it support*|helpdesk", "a3_evaluate"),))
    assert own.place("IT-support pris Göteborg") == ("a3_evaluate", "price", "own_rule")
    assert own.place("helpdesk") == ("a3_evaluate", None, "own_rule")
    assert own.place("varför helpdesken") == ("a1_problem", "problem", "rule")


def test_a_stage_in_the_sheet_goes_before_every_rule():
    phrases, _ = measured("""
        keyword_id | phrase       | stage    | atom
        1          | crm pris     | advocacy |
        2          | crm rabatt   |          | a1
        3          | crm kostnad  |          |
    """)  # fmt: skip
    assert phrases["stage"].to_dict() == {"crm pris": "advocacy", "crm rabatt": "awareness", "crm kostnad": "consideration"}
    assert phrases["placed_by"].to_dict() == {"crm pris": "sheet", "crm rabatt": "sheet", "crm kostnad": "rule"}


def test_what_nothing_places_is_counted_and_never_guessed():
    phrases, stages = measured("keyword_id | phrase | volume\n1 | molndrift | 900\n2 | molndrift pris | 100")
    assert (phrases.loc["molndrift", "stage"], phrases.loc["molndrift", "placed_by"]) == ("", "nothing")
    assert stages.loc[("organic", ""), ["n_phrases", "n_unmatched", "volume"]].tolist() == [1, 1, 900]


def test_an_atom_outside_the_scope_has_no_stage_and_is_not_unmatched():
    _, stages = measured("keyword_id | phrase\n1 | varför fryser datorn", model=stage_model("decision: a4"))
    assert stages.loc[("organic", ""), ["n_phrases", "n_unmatched"]].tolist() == [1, 0]


@given(st.text(max_size=40))
def test_any_text_has_one_place_whatever_its_case_and_marks(text):
    assert RULES.place(text) == RULES.place(plain_phrase(text)) == RULES.place(f" {text}?")


# --- whether the company is found ---------------------------------------------------------------------------------------

COVERED = """
    keyword_id | phrase             | volume | position
    1          | backup pris        | 100    | 3
    2          | backup test        | 200    | 11
    3          | bästa backup       | 300    | 10
    4          | jämför backup      | 400    |
"""


def test_coverage_is_the_share_of_searches_that_show_the_company_among_the_first_ten():
    _, stages = measured(COVERED)
    row = stages.loc[("organic", "consideration")]
    assert row["share"] == (100 + 300) / (100 + 200 + 300)
    assert (row["n_phrases"], row["n_positions"], row["n_top"]) == (4, 3, 2)


def test_an_unknown_position_is_neither_good_nor_bad():
    _, stages = measured(COVERED)
    row = stages.loc[("organic", "consideration")]
    assert (row["share_lo"], row["share_hi"]) == (400 / 1000, (400 + 400) / 1000)


def test_without_volumes_phrases_are_counted_and_no_share_is_made():
    _, stages = measured("keyword_id | phrase | position\n1 | backup pris | 3\n2 | backup test | 40")
    row = stages.loc[("organic", "consideration")]
    assert (row["n_positions"], row["n_top"]) == (2, 1)
    assert row[["volume", "share", "share_lo", "share_hi"]].isna().all()


def test_where_no_position_is_known_there_is_no_share():
    _, stages = measured("keyword_id | phrase | volume\n1 | backup pris | 30\n2 | backup test | 40")
    row = stages.loc[("organic", "consideration")]
    assert pd.isna(row["share"])
    assert (row["share_lo"], row["share_hi"]) == (0, 1)


def test_ads_stand_on_lines_of_their_own_and_have_no_share():
    frame = pd.concat([keywords(COVERED), keywords("keyword_id | phrase | clicks | cost\n5 | backup pris | 7 | 90", source="ads", is_paid=True)])
    stages = search(search_phrases(frame, FIVE, RULES), FIVE).set_index(["line", "stage"])
    assert stages.loc[("organic", "consideration"), "n_phrases"] == 4
    paid = stages.loc[("paid", "consideration")]
    assert paid[["n_phrases", "clicks", "cost"]].tolist() == [1, 7, 90]
    assert paid[["volume", "share"]].isna().all()


def test_months_of_one_source_add_up_and_two_sources_count_the_same_searches_once():
    months = keywords("keyword_id | phrase | clicks | impressions | position\n1 | Backup pris | 5 | 50 | 4\n2 | backup  pris? | 7 | 60 | 6", source="console")
    sheet = keywords("keyword_id | phrase | clicks | volume\n3 | backup pris | 9 | 70", source="sheet")
    row = search_phrases(pd.concat([months, sheet]), FIVE, RULES).iloc[0]
    assert row[["clicks", "impressions", "position", "volume"]].tolist() == [5 + 7, 50 + 60, 5, 70]
    assert (row["sources"], row["n_searches"]) == ("console, sheet", 110)


def test_the_order_of_rows_changes_nothing():
    frame = keywords(COVERED)
    pd.testing.assert_frame_equal(search_phrases(frame, FIVE, RULES), search_phrases(frame[::-1], FIVE, RULES))


def test_a_phrase_fewer_than_k_searched_for_is_not_shown():
    phrases, _ = measured("keyword_id | phrase | volume\n1 | anna svensson konkurs | 3\n2 | backup pris | 30\n3 | backup test | ")
    shown = withhold_small_groups({"search_phrases": phrases.reset_index()}, 5)["search_phrases"]
    assert shown["phrase"].tolist() == ["backup pris", "backup test"]
