"""What is too old is not kept, and what its speaker has not allowed is not quoted."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from journeylib.collect.privacy import find_salt, pseudonyms, without_old_rows
from journeylib.collect.store import PEOPLE, read_people
from journeylib.errors import RunError, SourceError
from journeylib.measures.voices import voice_counts
from journeylib.personal_data import personal_data_in
from journeylib.schema import CONTENT, KEYWORDS, VOICES
from journeylib.stages import load_stage_model
from tests.drawing import table

TWELVE_MONTHS = {"privacy": {"retention_months": 12}}


def test_an_event_is_kept_from_the_first_moment_of_the_boundary_day_on(desk):
    desk.source("plain_events", """
        customer,date,what
        old,2025-01-30 23:59:59,call
        kept,2025-01-31 00:00:00,call
    """)  # fmt: skip
    collected = desk.collect(**TWELVE_MONTHS)
    assert (len(collected.log), collected.facts["n_too_old"], len(collected.customers)) == (1, 1, 1)
    assert len(desk.collect("all").log) == 2


def test_the_boundary_is_midnight_where_the_client_is(desk):
    desk.source("plain_events", "customer,date,what\nold,2025-01-30 23:59:59,call\nkept,2025-01-31 00:00:00,call\n")
    collected = desk.collect(timezone="Europe/Stockholm", **TWELVE_MONTHS)
    assert (len(collected.log), collected.facts["n_too_old"]) == (1, 1)


def test_a_voice_is_kept_from_the_boundary_day_on_and_an_undated_one_stays(desk):
    desk.source("plain_voices", """
        customer,date,stage,row,text
        a,2025-01-30,a3_evaluate,problem,for lenge siden
        b,2025-01-31,a3_evaluate,problem,akkurat innenfor
        c,,a3_evaluate,problem,uten dag
    """)  # fmt: skip
    collected = desk.collect(**TWELVE_MONTHS)
    assert sorted(collected.voices["text"]) == ["akkurat innenfor", "uten dag"]
    assert collected.facts["n_voices_out_of_time"] == 1
    assert len(collected.customers) == 2


def test_a_search_phrase_is_kept_by_its_last_day_counted(desk):
    phrases = table("""
        keyword_id | phrase   | from_on    | to_on      | source
        1          | old      | 2024-01-01 | 2025-01-30 | x
        2          | kept     | 2024-01-01 | 2025-01-31 | x
        3          | one day  | 2025-02-01 |            | x
        4          | no day   |            |            | x
    """, KEYWORDS)  # fmt: skip
    assert without_old_rows(phrases, "keywords", desk.client(**TWELVE_MONTHS))["phrase"].tolist() == ["kept", "one day", "no day"]
    assert len(without_old_rows(phrases, "keywords", desk.client())) == 4


def test_when_the_company_published_a_text_is_no_reason_to_forget_it(desk):
    content = table("content_id | title | live_from  | source\n1          | Guide | 2015-01-01 | x", CONTENT)
    assert len(without_old_rows(content, "content", desk.client(**TWELVE_MONTHS))) == 1


def test_a_no_to_contact_outweighs_every_yes(desk):
    desk.source("customers", "customer,consent\na,yes\nb,yes\n", name="one").source("customers", "customer,consent\na,no\nb,yes\n", name="two")
    customers = desk.collect().customers
    assert sorted(customers["has_consent"].tolist()) == [False, True]


# --- quotes ----------------------------------------------------------------------------------------------------------

SIX_VOICES = """
    voice_id | customer_id | stage         | row     | code | text     | has_consent | kind   | source
    v1       | c1          | consideration | problem | dyrt | for dyrt | {}          | stated | x
    v2       | c2          | consideration | problem | dyrt |          |             | stated | x
    v3       | c3          | consideration | problem | dyrt |          |             | stated | x
    v4       | c4          | consideration | problem | dyrt |          |             | stated | x
    v5       | c5          | consideration | problem | dyrt |          |             | stated | x
"""


@pytest.mark.parametrize(("consent", "quoted"), [("yes", True), ("no", False), ("", False)])
def test_only_a_yes_makes_a_quote(desk, consent, quoted):
    rows = table(SIX_VOICES.format(consent), VOICES)
    counts = voice_counts(rows, load_stage_model(desk.client()), by_account=False, quotes=True, k=5)
    assert counts["quote"].notna().any() == quoted


def test_who_said_no_once_is_quoted_nowhere(desk):
    desk.source("plain_voices", """
        customer,date,stage,row,text,consent
        a,2025-03-01,a3_evaluate,problem,dette var dyrt,yes
        b,2025-03-01,a3_evaluate,problem,dette var tregt,yes
        b,2025-04-01,a5_reassure,problem,ikke siter meg,no
        c,2025-03-01,a3_evaluate,problem,ingen svarte,
    """)  # fmt: skip
    voices = desk.collect().voices.set_index("text")["has_consent"]
    assert voices["dette var dyrt"]
    assert not voices["dette var tregt"]
    assert voices["ingen svarte"] is not True


# --- names for the last scan -----------------------------------------------------------------------------------------


def test_the_names_of_delivered_people_are_known_to_the_scan_and_readable_by_nobody(desk):
    desk.source("zendesk_tickets", "Id,Requester id,Requester,Requester email,Subject,Created at\n7,99,Ann Onym,ann@acme.example,Late,2025-03-01 10:00:00\n")
    collected = desk.collect()
    names = read_people(desk.folder / "work", find_salt(collected.client))
    assert personal_data_in("report about Ann Onym", names) == ["name"]
    written = (desk.folder / "work" / PEOPLE).read_text()
    assert not re.search("ann|onym", written, re.IGNORECASE)
    assert find_salt(collected.client).decode() not in written


def test_a_person_who_is_two_clients_customer_has_two_pseudonyms(desk):
    one, other = (find_salt(desk.client(slug=slug)) for slug in ("acme", "bolt"))
    person = pd.Series(["email:ann@acme.example"])
    assert pseudonyms(person, one, "c_")[0] != pseudonyms(person, other, "c_")[0]
    assert one == find_salt(desk.client())


def test_an_error_never_repeats_what_is_personal():
    assert str(SourceError("line 7: got 'ann@acme.example, 070-123 45 67', expected a role")) == "line 7: got '•••, •••', expected a role"


def test_without_the_names_nothing_can_be_said_to_be_free_of_them(tmp_path):
    with pytest.raises(RunError, match="The names to look for before delivery are missing"):
        read_people(tmp_path, b"salt")
