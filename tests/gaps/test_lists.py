"""What the company's own lists tell: G16, G24, G26, G28, G32."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib.gaps import say_gap
from journeylib.schema import NEED_SCORES, ROUTINES, SOURCES, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import rows, table
from tests.gaps.material import a_client, ask, content

GATED = """
    content_id | title               | stage         | cta          | gated | type
    1          | Gratis guide        | consideration | hämta        | email | guide
    2          | Rapport             | consideration | hämta gratis | email | white_paper
    3          | Gratis provmånad    | consideration | börja        | none  | taster
    4          | Fri frakt-kalender  | consideration | hämta        | email | guide
"""


def test_only_what_costs_an_address_and_is_called_free_is_noted():
    row = ask("G16", registers={"content": content(GATED)})["G16"]
    assert (row["status"], row["value"], row["n"]) == ("found", 2, 3)
    assert '"ids": ["1", "2"]' in row["details"]


@pytest.mark.parametrize("word", ["gratis", "vederlagsfrit", "uten kostnad", "free of charge"])
def test_each_language_has_its_words_for_free(word):
    listed = content(f"content_id | title | gated\n1 | Guide, {word} | email")
    assert ask("G16", registers={"content": listed})["G16"]["status"] == "found"


def test_where_nobody_says_what_is_gated_the_note_cannot_be_given():
    assert ask("G16")["G16"]["status"] == "not_checkable"
    assert ask("G16", registers={"content": None})["G16"]["missing"] == "content"
    free = content("content_id | title | gated\n1 | Gratis guide | none")
    assert (ask("G16", registers={"content": free})["G16"]["reason"]) == "gaps.G16.none_gated"


def test_blanks_in_the_column_of_what_is_gated_are_not_taken_for_none():
    half = content("content_id | title | gated\n1 | Guide | email\n2 | Gratis guide |\n3 | Rapport |")
    row = ask("G16", registers={"content": half})["G16"]
    assert (row["status"], row["reason"]) == ("not_checkable", "gaps.G16.not_filled")
    assert ask("G16", registers={"content": half.assign(title="Gratis guide")})["G16"]["status"] == "found"


def decision(kind: str) -> dict:
    return {"content": content(f"content_id | title | stage | type\n1 | Sida | decision | {kind}\n2 | Blogg | awareness | blog")}


def test_a_comparison_an_offer_or_a_calculation_supports_the_decision_and_a_form_does_not():
    answers = {kind: ask("G24", registers=decision(kind))["G24:decision"]["status"] for kind in ("fair_comparison", "offer_description", "cta", "terms")}
    assert answers == {"fair_comparison": "not_found", "offer_description": "not_found", "cta": "found", "terms": "found"}


def test_a_calculation_of_the_return_supports_firms_and_is_not_asked_of_private_customers():
    firm = ask("G24", client=a_client(market="b2b"), registers=decision("roi_sheet"))["G24:decision"]["status"]
    assert (firm, ask("G24", registers=decision("roi_sheet"))["G24:decision"]["status"]) == ("not_found", "found")


def test_without_kinds_of_content_the_support_cannot_be_judged():
    assert ask("G24")["G24:decision"]["reason"] == "gaps.G24.no_types"
    assert ask("G24", registers={"content": None})["G24:decision"]["missing"] == "content"


NEEDS = """
    need_id | stage         | wording       | importance | satisfaction | n  | gap | gap_lo | gap_hi | n_activities | n_content
    quick   | consideration | svar samma dag | 8         | 3            | 60 | 4.2 | 3.1    | 5.3    | 0            | 0
    served  | decision      | tydligt pris   | 9         | 4            | 60 | 4.0 | 3.0    | 5.0    | 1            | 0
    content | loyalty       | nöjda          | 7         | 7            | 60 | 0.1 | -0.6   | 0.8    | 0            | 0
    unsure  | advocacy      | tips           | 7         | 5            | 15 | 2.0 | 0.2    | 3.8    | 0            | 0
"""


def test_an_important_need_that_nobody_serves_is_a_gap_and_one_that_is_met_or_served_is_none():
    answers = {row["gap_id"]: row["status"] for row in ask("G26", need_scores=table(NEEDS, NEED_SCORES)).values()}
    assert answers == {"G26:consideration::quick": "found", "G26:advocacy::unsure": "uncertain", "G26:loyalty::content": "not_found"}


def test_the_need_stands_in_the_sentence():
    row = ask("G26", need_scores=table(NEEDS, NEED_SCORES))["G26:consideration::quick"]
    client = a_client()
    assert say_gap(row, Words("sv"), load_stage_model(client), client) == (
        "Ingen möter behovet ”svar samma dag” i fasen Övervägande. Det är viktigt för kunderna och dåligt tillgodosett.")  # fmt: skip


def test_a_need_nobody_serves_and_nobody_was_asked_about_is_not_called_met():
    unasked = NEEDS.split("    quick")[0] + """
        served  | decision | tydligt pris | 9 | 4 | 60 | 4.0 | 3.0 | 5.0 | 1 | 0
        unasked | loyalty  | påfyllning   |   |   | 0  |     |     |     | 0 | 0
    """
    row = ask("G26", need_scores=table(unasked, NEED_SCORES))["G26"]
    assert row["status"] == "uncertain"
    assert say_gap(row, Words("en"), load_stage_model(a_client()), a_client()) == (
        "1 of 2 needs are served by no activity and no content, and customers were not asked how much they matter.")  # fmt: skip


@pytest.mark.parametrize(("answers", "status"), [("60 | -1.0 | -1.6 | -0.4", "not_found"), ("6 | -1.0 | -1.6 | -0.4", "uncertain"), ("60 | 0 | 0 | 0", "uncertain")])
def test_under_ten_answers_and_answers_all_alike_do_not_show_that_a_need_is_met(answers, status):
    drawn = NEEDS.split("    quick")[0] + f"    met | loyalty | nöjda | 7 | 7 | {answers} | 0 | 0"
    assert ask("G26", need_scores=table(drawn, NEED_SCORES))["G26:loyalty::met"]["status"] == status


def test_needs_cannot_be_called_unserved_where_a_list_was_not_delivered():
    half = table(NEEDS, NEED_SCORES).assign(n_activities=pd.NA)
    assert ask("G26", need_scores=half)["G26"]["status"] == "not_checkable"
    assert ask("G26")["G26"]["status"] == "not_checkable"


def sources(text: str) -> pd.DataFrame:
    drawn = rows(text).assign(format="plain_events", table="events", file="f.csv", sha256="0", n_rows=1, n_kept=1, n_dropped=0, n_skipped_lines=0)
    return check(drawn.assign(last_at=pd.to_datetime(drawn["last_at"], utc=True)), SOURCES)


def test_a_source_with_nothing_newer_than_a_year_is_not_used_today():
    rows_ = "source | last_at\nweb | 2025-12-01\ncrm | 2024-11-30\nlist |"
    row = ask("G28", sources=sources(rows_))["G28"]
    assert (row["status"], row["value"], row["n"]) == ("found", 1, 2)
    assert ask("G28", sources=sources("source | last_at\nweb | 2025-12-01"))["G28"]["status"] == "not_found"
    assert ask("G28")["G28"]["status"] == "not_checkable"


ROUTINES_DRAWN = """
    routine_id | title           | kind  | standing | stage
    1          | Kontaktregister | tool  | missing  | awareness
    2          | Ring tillbaka   | habit | partly   | consideration
    3          | Kundinsikt      | insight | in_place | decision
    4          | Utskicksverktyg | tool  | in_place |
"""


def test_a_prerequisite_that_is_missing_is_a_gap_in_its_stage():
    answers = {row["gap_id"]: row["status"] for row in ask("G32", registers={"routines": table(ROUTINES_DRAWN, ROUTINES, source="kit")}).values()}
    assert answers == {"G32": "not_found", "G32:awareness": "found", "G32:consideration": "uncertain", "G32:decision": "not_found"}
    assert ask("G32")["G32"]["missing"] == "routines"


def test_a_stage_whose_prerequisites_are_mostly_left_blank_is_not_called_in_order():
    blank = ROUTINES_DRAWN + "    5 | Mallar | tool | | decision\n    6 | Rutin | habit | in_place | loyalty\n    7 | Mått | tool | in_place | loyalty\n"
    answers = ask("G32", registers={"routines": table(blank, ROUTINES, source="kit")})
    assert (answers["G32:decision"]["status"], answers["G32:decision"]["reason"]) == ("not_checkable", "gaps.G32.not_filled")
    assert answers["G32:loyalty"]["status"] == "not_found"
