"""One customer behind many ids, and nobody behind a pseudonym."""

from __future__ import annotations

import stat

import numpy as np
import pandas as pd
import pytest

from journeylib.collect.customers.identity import resolve
from journeylib.collect.privacy import find_salt, mask, mask_names, personal_data_in, pseudonyms

WEB = """
    event_timestamp,event_name,user_pseudo_id,user_id,page_location
    1735689600000000,page_view,cookie1,,https://acme.example/pricing?utm=x
    1735689700000000,page_view,cookie2,,https://acme.example/
    1735689800000000,page_view,cookie3,,https://acme.example/
"""
LINKS = """
    client id;email
    cookie1;Ann@Acme.example
    cookie2;ann@acme.example
    stranger;nobody@else.example
"""
ORDERS = """
    Name,Email,Financial Status,Created at,Total,Lineitem name,Billing Name
    #1,ANN@acme.example,paid,2025-02-01 10:00:00 +0100,100.00,Soap,Ann Onym
"""


def three_sources(desk):
    return desk.source("ga4_events", WEB, "web").source("aliases", LINKS, "links").source("shopify_orders", ORDERS, "orders")


def test_two_devices_and_an_order_with_one_address_are_one_customer(desk):
    collected = three_sources(desk).collect()
    assert sorted(np.bincount(collected.log.customer).tolist()) == [1, 3]
    assert (collected.facts["n_people_in_several_sources"], len(collected.journeys)) == (1, 2)


def test_a_mere_list_of_ids_makes_nobody_a_customer(desk):
    assert len(three_sources(desk).collect().customers) == 2


def test_ids_join_through_any_chain_and_are_named_by_the_first_in_the_alphabet():
    found = resolve([("x", pd.DataFrame({"a": ["c:3", "c:1", "c:9"], "b": ["c:2", "c:2", "c:9"]}))])
    assert found.of(pd.Series(["c:3", "c:2", "c:1", "c:9", None])).tolist()[:4] == ["c:1", "c:1", "c:1", "c:9"]
    assert (found.n, found.n_linked) == (2, 1)


def test_two_record_ids_of_one_system_behind_one_address_are_doubtful(desk):
    desk.source("hubspot_contacts", "Record ID,Email,Create Date\n1,a@b.example,2025-01-01\n2,A@b.example,2025-01-02\n3,c@b.example,2025-01-02\n")
    assert desk.collect().facts["n_doubtful_people"] == 1


def test_codes_and_states_do_not_depend_on_the_salt_but_pseudonyms_do(desk, monkeypatch):
    first = three_sources(desk).collect("one")
    monkeypatch.setenv("JOURNEY_SALT", "another")
    second = desk.collect("two")
    assert all((getattr(first.log, name) == getattr(second.log, name)).all() for name in ("journey", "customer", "at_us", "atom"))
    pd.testing.assert_frame_equal(first.journeys.drop(columns="customer_id"), second.journeys.drop(columns="customer_id"))
    assert not set(first.log.names["customer"]) & set(second.log.names["customer"])
    assert first.facts["salt_id"] != second.facts["salt_id"]


def test_a_pseudonym_is_stable_and_shows_nothing_of_the_id():
    made = pseudonyms(pd.Series(["email:ann@acme.example", None, "email:ann@acme.example"]), b"salt", "c_")
    assert made[0] == made[2]
    assert made[0].startswith("c_")
    assert len(made[0]) == 18
    assert pd.isna(made[1])


def test_the_salt_is_made_once_readable_by_its_owner_alone(desk, monkeypatch):
    monkeypatch.delenv("JOURNEY_SALT")
    (desk.folder / "params").mkdir()
    (desk.folder / "notebooks").mkdir()
    client = desk.client()
    salt = find_salt(client)
    path = desk.folder / ".journey-salt"
    assert (len(salt), stat.S_IMODE(path.stat().st_mode), find_salt(client)) == (64, 0o600, salt)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("skriv till anna.ek+x@firma.se nu", "skriv till ••• nu"),
        ("ring 070-123 45 67", "ring •••"), ("ring 0701234567", "ring •••"), ("ring +46 70 123 45 67", "ring •••"),
        ("ring 12 34 56 78", "ring •••"), ("ring +47 912 34 567", "ring •••"), ("mobil 912 34 567", "mobil •••"), ("tlf 12345678", "tlf •••"),
        ("pnr 811228-9874", "pnr •••"), ("pnr 19811228-9874", "pnr •••"), ("CPR 010190-1234", "CPR •••"),
        ("1 234 567 kr den 2026-01-14", "1 234 567 kr den 2026-01-14"), ("14.01.2026 kl. 12:30", "14.01.2026 kl. 12:30"),
        ("order 4711-0012, 39 % (34–45)", "order 4711-0012, 39 % (34–45)"), ("12 345 678 besök", "12 345 678 besök"),
    ],
)  # fmt: skip
def test_free_text_loses_addresses_phone_and_personal_numbers_and_nothing_else(text, masked):
    assert mask(text) == masked


def test_names_known_from_a_source_are_masked_in_any_text():
    assert mask_names("ANN ONYM ringde, inte Ann.", {"ann onym"}) == "••• ringde, inte Ann."


def test_a_planted_address_phone_and_name_reach_no_table(desk):
    desk.source("zendesk_tickets", """
        Id,Requester id,Requester,Requester email,Subject,Tags,Created at,Satisfaction Score
        7,99,Ann Onym,ann@acme.example,"Ann Onym, 070-123 45 67, wrote from ann@acme.example",late billing,2025-03-01 10:00:00,Bad
    """)  # fmt: skip
    collected = desk.collect()
    everything = "".join(path.read_bytes().decode("latin-1") for path in (desk.folder / "work").iterdir())
    assert collected.voices["text"].dropna().tolist() == ["•••, •••, wrote from •••"]
    assert not [secret for secret in ("Onym", "acme.example", "123 45 67", "zendesk_requester") if secret in everything]


def test_the_last_scan_finds_personal_data_in_a_page_and_not_in_its_drawings():
    page = '<svg viewBox="0 0 12 34"><path d="M12 34 56 78 90 12"/></svg><p>{}</p><img src="data:image/png;base64,a@b.se12345678">'
    assert personal_data_in(page.format("39 % av 12 345, 2026-01-14")) == []
    assert personal_data_in(page.format("ann@acme.se, +46 70 123 45 67, 811228-9874")) == ["email", "phone", "personal_number"]


def test_an_id_a_spreadsheet_has_damaged_is_nobody(desk):
    desk.source("plain_events", "customer,date,what\n1.23457E+15,2025-01-01,call\n17850.0,2025-01-01,call\n17850,2025-01-02,call\n")
    collected = desk.collect()
    assert (collected.facts["n_no_customer"], len(collected.journeys)) == (1, 1)
