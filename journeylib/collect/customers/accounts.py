"""Which account each person belongs to: by what a source says, else by the domain of an e-mail address (M039)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from journeylib.client import Client
from journeylib.collect.customers.identity import Identities, resolve
from journeylib.collect.rows.canonical import Delivery
from journeylib.collect.values.addresses import domain_of, is_freemail

#: How a person was placed, or why not: a source says so; the domain is a known account's, or makes one of its own; nobody's workplace
#: (a free mail service); the domain is several accounts'; no address, or an account nobody knows.
RULES = ("link", "domain", "new_domain", "freemail", "unclear", "none")
#: Share of the named accounts whose domain must be known before an unknown domain is taken for a new company.
_KNOWN_DOMAINS = 0.5
_ORDER = ("customers", "events", "voices")


@dataclass(frozen=True)
class Placed:
    """Person → account.

    Attributes
    ----------
    account_of : Series, person → account; only those placed.
    n_by_rule : how many persons each of `RULES` placed, or left.
    several : persons whom sources place in two accounts or more; the first named counts.
    differing : persons whom a source places in one account, and their e-mail address in another; the source counts.
    """

    account_of: pd.Series
    n_by_rule: dict[str, int]
    several: pd.Series
    differing: pd.Series


def place_people(deliveries: list[Delivery], people: Identities, accounts: Identities, client: Client) -> Placed:
    """Every person's account.

    What a source says goes first: customer lists before events before voices, else the order of the sources. Where no source
    says, and accounts matter (`market` b2b or both), the domain of the person's address decides: the account a list of companies
    gives that domain, else the one more than half of the domain's placed persons belong to. In b2b a domain no account has is an
    account of its own, unless the domains of most named accounts are unknown: then one company would be counted twice. Domains of
    free mail services decide nothing.
    """
    told = _told(deliveries, people, accounts)
    linked = told.drop_duplicates("person").set_index("person")["account"]
    several = told.drop_duplicates()["person"].value_counts()
    several = pd.Series(sorted(several.index[several > 1]), dtype="str")
    addresses = _addresses(people if client.market != "b2c" else resolve([]))
    of_domain = _accounts_of_domains(addresses, linked, accounts)
    differing = _differing(addresses, linked, of_domain)
    lone = addresses[~addresses["person"].isin(linked.index)]
    placed = _by_domain(lone, of_domain, is_new=client.market == "b2b" and of_domain.nunique() >= accounts.n * _KNOWN_DOMAINS)
    account_of = pd.concat([linked, placed["account"].dropna()])
    counts = placed["rule"].value_counts().to_dict() | {"link": len(linked)}
    counts["none"] = people.n - sum(n for rule, n in counts.items() if rule != "none")
    return Placed(account_of, {rule: int(counts.get(rule, 0)) for rule in RULES}, several, differing)


def _told(deliveries, people, accounts) -> pd.DataFrame:
    """`person`, `account`, the one that counts first."""
    ranked = sorted(enumerate(deliveries), key=lambda pair: (_rank(pair[1]), pair[0]))
    frames = [delivery.memberships for _, delivery in ranked if len(delivery.memberships)]
    told = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"person": pd.Series(dtype="str"), "account": pd.Series(dtype="str")})
    return pd.DataFrame({"person": people.of(told["person"]), "account": accounts.of(told["account"])})


def _rank(delivery):
    return next((place for place, table in enumerate(_ORDER) if table in delivery.tables), len(_ORDER))


def _addresses(people) -> pd.DataFrame:
    """`person`, `domain` of every e-mail address, each pair once."""
    is_email = people.space == "email"
    domains = pd.Series([domain_of(label) for label in people.labels[is_email]], dtype="str")
    found = pd.DataFrame({"person": pd.Series(people.names[people.group[is_email]], dtype="str"), "domain": domains}).dropna()
    return found.drop_duplicates().reset_index(drop=True)


def _accounts_of_domains(addresses, linked, accounts) -> pd.Series:
    """Domain → the account it is the domain of; missing where the domain's persons are parted between several."""
    own = addresses[~addresses["domain"].map(is_freemail).astype(bool)]
    known = own.assign(account=own["person"].map(linked)).dropna()
    sizes = known.groupby(["domain", "account"], sort=True)["person"].nunique().rename("n").reset_index()
    total = sizes.groupby("domain")["n"].transform("sum")
    most = sizes[sizes["n"] * 2 > total].set_index("domain")["account"]
    by_persons = most.reindex(sorted(set(known["domain"]))).astype("str")
    listed = _listed(sorted(set(own["domain"])), accounts)
    return pd.concat([by_persons.drop(labels=[domain for domain in listed if domain in by_persons.index]), pd.Series(listed, dtype="str")])


def _listed(domains, accounts) -> dict[str, str]:
    """Domain → the account a list of companies gives it."""
    place = pd.Index(accounts.labels, dtype="object").get_indexer([f"account:{domain}" for domain in domains])
    return {domain: accounts.names[accounts.group[at]] for domain, at in zip(domains, place, strict=True) if at >= 0}


def _differing(addresses, linked, of_domain) -> pd.Series:
    both = addresses.assign(linked=addresses["person"].map(linked), by_domain=addresses["domain"].map(of_domain)).dropna()
    wrong = both.groupby("person").filter(lambda rows: (rows["linked"] != rows["by_domain"]).all()) if len(both) else both
    return pd.Series(sorted(wrong["person"].unique()), dtype="str")


def _by_domain(lone, of_domain, is_new) -> pd.DataFrame:
    """Person → `account`, `rule`; of several addresses the first that decides."""
    rows = [_ruled(domain, of_domain, is_new) for domain in lone["domain"]]
    ruled = pd.DataFrame(rows, columns=["account", "rule"], dtype="str").assign(person=lone["person"].to_numpy())
    ruled["place"] = ruled["rule"].map({rule: place for place, rule in enumerate(RULES)})
    return ruled.sort_values(["person", "place"], kind="stable").drop_duplicates("person").set_index("person")[["account", "rule"]]


def _ruled(domain, of_domain, is_new):
    if is_freemail(domain):
        return None, "freemail"
    if domain in of_domain.index:
        account = of_domain[domain]
        return (None, "unclear") if pd.isna(account) else (account, "domain")
    return (f"account:{domain}", "new_domain") if is_new else (None, "none")
