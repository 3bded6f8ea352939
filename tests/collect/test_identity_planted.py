"""Planted: duplicates, orphans, shared mailboxes and one person with three ids; each is reported, with the right count (M039)."""

from __future__ import annotations

import pandas as pd
import pytest

CONTACTS = """
    Record ID,Email,Job Title,Associated Company IDs,Create Date
    1,ann@acme.example,CIO,900,2025-01-01
    2,ann@acme.example,CIO,900,2025-01-02
    3,bo@acme.example,CFO,900,2025-01-03
    4,info@acme.example,,900,2025-01-04
    5,info@acme.example,,900,2025-01-05
    6,cia@bygg.example,CEO,901,2025-01-06
    7,dan@bygg.example,CTO,901,2025-01-07
    8,eva@bygg.example,CTO,900,2025-01-08
"""
LINKS = """
    client id;email
    cookie1;ann@acme.example
    cookie2;bo@acme.example
    cookie3;info@acme.example
"""
WEB = """
    event_timestamp,event_name,user_pseudo_id,user_id,page_location
    1735689600000000,page_view,cookie1,,https://acme.example/
    1735689700000000,page_view,cookie2,,https://acme.example/
    1735689800000000,page_view,cookie3,,https://acme.example/
    1735689900000000,page_view,cookie4,,https://acme.example/
"""
TICKETS = """
    Id,Requester id,Requester email,Subject,Tags,Created at
    1,71,bo@acme.example,Late,late,2025-03-01 10:00:00
    2,72,info@acme.example,Late,late,2025-03-02 10:00:00
    3,73,fia@bygg.example,Late,late,2025-03-03 10:00:00
    4,74,gun@gmail.com,Late,late,2025-03-04 10:00:00
    5,,,Late,late,2025-03-05 10:00:00
    6,75,hal@ny.example,Late,late,2025-03-06 10:00:00
"""
SHEET = """
    customer,e-postadress,role,consent
    K1,bo@acme.example,Chef,no
    K2,cia@bygg.example,CEO,yes
"""
NEWS = """
    customer,e-postadress,role,consent
    ,bo@acme.example,CFO,yes
"""


@pytest.fixture
def planted(desk):
    desk.source("hubspot_contacts", CONTACTS, "crm").source("aliases", LINKS, "links").source("ga4_events", WEB, "web")
    desk.source("zendesk_tickets", TICKETS, "tickets").source("customers", SHEET, "sheet").source("customers", NEWS, "news")
    return desk.collect(market="b2b")


def conflicts(collected) -> dict[str, int]:
    return dict(zip(collected.conflicts["kind"], collected.conflicts["n"], strict=True))


def of(collected, source, unit="person") -> pd.Series:
    rows = collected.identities.query("source == @source and unit == @unit")
    assert len(rows) == 1
    return rows.iloc[0]


def test_every_planted_conflict_is_reported_once_and_nothing_else(planted):
    assert conflicts(planted) == {
        "shared_mailbox": 1,  # info@acme.example
        "same_address": 1,  # ann: records 1 and 2
        "account_and_domain": 1,  # eva of bygg.example, whom the CRM puts in acme's company
        "role_differs": 1, "consent_differs": 1,  # bo
    }  # fmt: skip


def test_one_person_with_an_id_in_each_of_three_systems_is_one(planted):
    bo = planted.joins.query("unit == 'person' and source_a == 'sheet' and source_b == 'tickets'").iloc[0]
    assert (bo["n_a"], bo["n_b"], bo["n_both"]) == (2, 6, 1)
    assert (bo["share_a"], bo["share_b"]) == (1 / 2, 1 / 6)


def test_a_shared_mailbox_joins_nobody(planted):
    assert of(planted, "crm")["n"] == 7 + 1  # ann once, records 3 … 8, and the mailbox itself
    assert of(planted, "web")["n_anonymous"] == 1 + 1  # cookie4, and cookie3 that only the mailbox knew


def test_what_stands_beside_a_shared_mailbox_is_counted_as_doubtful(planted):
    assert (of(planted, "crm")["n_doubtful"], of(planted, "tickets")["n_doubtful"]) == (1 + 1, 1)  # ann and the mailbox; the mailbox
    assert planted.facts["n_doubtful_people"] == 2


def test_everybody_in_a_source_is_matched_alone_anonymous_or_doubtful(planted):
    parts = planted.identities[["n_matched", "n_alone", "n_anonymous", "n_doubtful"]].sum(axis=1)
    assert (parts == planted.identities["n"]).all()


def test_orders_and_tickets_of_people_in_no_customer_list_are_counted(planted):
    tickets = of(planted, "tickets")
    assert (tickets["n"], tickets["n_unlisted"]) == (6, 3 + 1)  # fia, gun, hal; and requester 72, whom only the mailbox tied to the list
    assert pd.isna(of(planted, "crm")["n_unlisted"])


def test_a_ticket_of_no_one_is_counted(planted):
    assert of(planted, "tickets")["n_rows_of_nobody"] == 1


def test_examples_are_pseudonyms_that_the_tables_know(planted):
    example = planted.conflicts.set_index("kind").loc["role_differs", "examples"]
    assert example in set(planted.customers["customer_id"])


def test_a_person_without_a_link_is_placed_by_the_domain_of_the_address(planted):
    placed = {rule: planted.facts[f"n_placed_by_{rule}"] for rule in ("link", "domain", "new_domain", "freemail")}
    assert placed == {
        "link": 1 + 6,  # ann once, records 3 … 8
        "domain": 2,  # fia at bygg; the mailbox at acme
        "new_domain": 1,  # hal
        "freemail": 1,  # gun
    }  # fmt: skip
