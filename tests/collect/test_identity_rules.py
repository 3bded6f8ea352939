"""Which addresses are a person's, which company a person belongs to, how far two sources know the same people, and when they have rows."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.collect.coverage_in_time import coverage_in_time
from journeylib.collect.customers.accounts import place_people
from journeylib.collect.customers.identity import resolve
from journeylib.collect.customers.joins import compare_sources, shown_joins
from journeylib.collect.values.addresses import is_freemail, is_shared_mailbox
from journeylib.knowledge import load
from tests.drawing import rows


def delivery(source="crm", *, pairs=(), accounts=(), members=(), tables=(), emits=(), n_kept=99, **reasons):
    """What one file gave, as far as joining looks at it."""
    frames = [pd.DataFrame(found or [], columns=names, dtype="str") for found, names in ((pairs, ["a", "b"]), (accounts, ["a", "b"]), (members, ["person", "account"]))]
    return SimpleNamespace(source=source, person_links=frames[0], account_links=frames[1], memberships=frames[2], tables=dict(tables), reasons=reasons,
                           n_kept=n_kept, format=SimpleNamespace(emits=emits))  # fmt: skip


def known(*labels):
    return [(label, label) for label in labels]


def placed(members, *, market="b2b", people=(), accounts=()):
    given = delivery(members=members, pairs=known(*people, *(person for person, _ in members)), accounts=accounts)
    found = place_people([given], resolve([("crm", given.person_links)]), resolve([("crm", given.account_links)]), SimpleNamespace(market=market))
    return found, found.account_of.to_dict()


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["info@firma.se", "info2@firma.se", "kontakt@firma.dk", "salg@firma.no", "order+web@firma.se", "kundtjänst@firma.se"])
def test_an_address_named_after_a_task_is_shared(address):
    assert is_shared_mailbox(f"email:{address}")


@pytest.mark.parametrize("label", ["email:anna@firma.se", "email:informator@firma.se", "email:ann.order@firma.se", "customer:info@firma.se"])
def test_an_address_named_after_a_person_is_not(label):
    assert not is_shared_mailbox(label)


@pytest.mark.parametrize("domain", ["gmail.com", "telia.com", "online.no", "mail.dk", "hotmail.se"])
def test_everyday_mail_services_of_the_nordic_countries_name_no_workplace(domain):
    assert is_freemail(domain)


def test_the_lists_hold_plain_names_each_once_a_group():
    for part in ("shared", "freemail"):
        for group in load("addresses")[part].values():
            assert [name for name in group if not isinstance(name, str) or name != name.casefold().strip() or "@" in name] == []


# --- person → account -------------------------------------------------------------------------------------------------


def test_a_colleague_at_the_same_domain_belongs_to_the_same_company():
    _, account_of = placed([("email:ann@acme.se", "crm:1")], people=["email:bo@acme.se"], accounts=known("crm:1"))
    assert account_of == {"email:ann@acme.se": "crm:1", "email:bo@acme.se": "crm:1"}


def test_a_domain_parted_evenly_between_two_companies_places_nobody():
    found, account_of = placed([("email:ann@acme.se", "crm:1"), ("email:bo@acme.se", "crm:2")], people=["email:cia@acme.se"], accounts=known("crm:1", "crm:2"))
    assert "email:cia@acme.se" not in account_of
    assert found.n_by_rule["unclear"] == 1


def test_the_domain_a_company_list_gives_goes_before_what_persons_say():
    _, account_of = placed([("email:ann@acme.se", "crm:2")], people=["email:bo@acme.se"], accounts=[("crm:1", "account:acme.se"), ("crm:2", "crm:2")])
    assert account_of["email:bo@acme.se"] == "account:acme.se"  # the identity crm:1 and its domain share


def test_a_private_address_places_nobody_even_beside_a_colleague_with_one():
    found, account_of = placed([("email:ann@gmail.com", "crm:1")], people=["email:bo@gmail.com"], accounts=known("crm:1"))
    assert "email:bo@gmail.com" not in account_of
    assert found.n_by_rule["freemail"] == 1


@pytest.mark.parametrize(("market", "account"), [("b2b", "account:ny.se"), ("both", None), ("b2c", None)])
def test_a_domain_no_company_has_is_one_of_its_own_only_among_companies(market, account):
    _, account_of = placed([], people=["email:ann@ny.se"], market=market)
    assert account_of.get("email:ann@ny.se") == account


def test_no_company_is_made_of_a_domain_while_most_companies_domains_are_unknown():
    _, account_of = placed([("email:ann@acme.se", "crm:1")], people=["email:bo@ny.se"], accounts=known("crm:1", "crm:2", "crm:3"))
    assert account_of == {"email:ann@acme.se": "crm:1"}


def test_a_person_placed_in_two_companies_counts_in_the_first_and_is_told():
    found, account_of = placed([("c:1", "crm:2"), ("c:1", "crm:1")], accounts=known("crm:1", "crm:2"), people=["c:1"])
    assert account_of == {"c:1": "crm:2"}
    assert found.several.tolist() == ["c:1"]


def test_everybody_is_placed_by_one_rule_or_left():
    found, _ = placed([("email:ann@acme.se", "crm:1")], people=["email:bo@acme.se", "email:cia@gmail.com", "email:dan@ny.se", "web:1"], accounts=known("crm:1"))
    assert found.n_by_rule == {"link": 1, "domain": 1, "new_domain": 1, "freemail": 1, "unclear": 0, "none": 1}
    found, _ = placed([], people=["email:ann@acme.se", "email:bo@gmail.com", "web:1"], market="both")
    assert found.n_by_rule == {"link": 0, "domain": 0, "new_domain": 0, "freemail": 1, "unclear": 0, "none": 2}


# --- between two sources ----------------------------------------------------------------------------------------------

SEEN = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.sets(st.integers(0, 12), min_size=1), min_size=2)


def joined(seen: dict[str, set[int]]):
    given = [delivery(source, pairs=known(*(f"x:{who}" for who in sorted(people)))) for source, people in seen.items()]
    people, nobody = resolve((one.source, one.person_links) for one in given), resolve([])
    client = SimpleNamespace(market="b2c", sources={source: SimpleNamespace(department=None) for source in seen})
    customers = pd.DataFrame({name: pd.Series(dtype="str") for name in ("customer_id", "source_name", "persona", "role", "has_consent")})
    return compare_sources(given, people, nobody, place_people(given, people, nobody, client), customers, {}, client, b"salt")


@given(SEEN)
@settings(max_examples=30, deadline=None)
def test_join_rates_are_those_of_the_sets_themselves(seen):
    rates = joined(seen).joins.set_index(["source_a", "source_b"])
    assert len(rates) == len(seen) * (len(seen) - 1) // 2
    for a, b in combinations(sorted(seen), 2):
        both = len(seen[a] & seen[b])
        assert tuple(rates.loc[(a, b), ["n_a", "n_b", "n_both"]]) == (len(seen[a]), len(seen[b]), both)
        assert tuple(rates.loc[(a, b), ["share_a", "share_b"]]) == (both / len(seen[a]), both / len(seen[b]))


@given(SEEN)
@settings(max_examples=30, deadline=None)
def test_matched_and_alone_add_up_to_the_source(seen):
    sheets = joined(seen).identities.set_index("source")
    for source, people in seen.items():
        others = set().union(*(seen[other] for other in seen if other != source))
        assert tuple(sheets.loc[source, ["n", "n_matched", "n_alone"]]) == (len(people), len(people & others), len(people - others))


def test_a_pair_with_fewer_than_k_in_common_stays_in_the_house():
    found = joined({"a": {1, 2, 3, 4, 5, 6}, "b": {1, 2, 3, 4, 5}, "c": {1, 2}}).joins
    assert shown_joins(found, 5)[["source_a", "source_b", "n_both"]].to_numpy().tolist() == [["a", "b", 5]]


# --- in time ----------------------------------------------------------------------------------------------------------


def dated(text):
    table = rows(text)
    return table.assign(**{name: pd.to_datetime(table[name], utc=name in ("occurred_at", "said_at")) for name in table if name != "_row"})


def by_month(*given, timezone="Europe/Stockholm"):
    found = coverage_in_time(list(given), timezone)
    return {(row.source, f"{row.month:%Y-%m}"): row.n_rows for row in found.itertuples()}


def test_a_row_belongs_to_its_month_on_the_clients_own_calendar():
    events = dated("_row | occurred_at\n1 | 2025-01-31 22:59\n2 | 2025-01-31 23:01")
    assert by_month(delivery("web", tables={"events": events})) == {("web", "2025-01"): 1, ("web", "2025-02"): 1}


def test_a_row_that_gives_an_event_and_an_answer_is_one_row():
    tables = {"events": dated("_row | occurred_at\n1 | 2025-01-10"), "voices": dated("_row | said_at\n1 | 2025-01-10")}
    assert by_month(delivery("tickets", tables=tables, n_kept=1)) == {("tickets", "2025-01"): 1}


def test_a_line_of_a_report_counts_in_every_month_it_is_about():
    stats = dated("_row | from_on | to_on\n1 | 2025-01-01 | 2025-03-31\n2 | 2025-03-01 |")
    assert by_month(delivery("ads", tables={"campaign_stats": stats})) == {("ads", "2025-01"): 1, ("ads", "2025-02"): 1, ("ads", "2025-03"): 2}
