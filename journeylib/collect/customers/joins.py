"""How far the sources know the same people (C17), whom one alone knows, and where they contradict one another. Nothing is resolved here.

Tables leave with pseudonyms alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.collect.customers.accounts import Placed
from journeylib.collect.customers.identity import Identities
from journeylib.collect.privacy import pseudonyms
from journeylib.collect.rows.canonical import Delivery
from journeylib.schema import CONFLICTS, IDENTITIES, JOINS, check, empty

PREFIXES = {"person": "c_", "account": "a_"}
N_EXAMPLES = 3
#: Identities compared at a time.
_BLOCK = 1_000_000
_TOLD = {"persona": "persona_differs", "role": "role_differs", "has_consent": "consent_differs"}


@dataclass(frozen=True)
class Joined:
    """JOINS, IDENTITIES and CONFLICTS of a client."""

    joins: pd.DataFrame
    identities: pd.DataFrame
    conflicts: pd.DataFrame


def compare_sources(deliveries: list[Delivery], people: Identities, accounts: Identities, placed: Placed, customers: pd.DataFrame,
                    nobody: dict[str, int], client: Client, salt: bytes) -> Joined:  # fmt: skip
    """What is to know about who is who.

    Parameters
    ----------
    customers : canonical customers of all sources with `source_name`, identities resolved. nobody : from `rows_of_nobody`.
    """
    known = {"person": people, "account": accounts}
    joins = [_join_rates(unit, identities, client) for unit, identities in known.items()]
    sheets = [_sheets(unit, identities, deliveries, nobody if unit == "person" else {}, salt) for unit, identities in known.items()]
    conflicts = pd.concat([_conflicts("person", _of_people(people, placed, customers), people, salt), _conflicts("account", _of_accounts(accounts), accounts, salt)])
    return Joined(_checked(pd.concat(joins), JOINS), _checked(pd.concat(sheets), IDENTITIES), _checked(conflicts, CONFLICTS))


def shown_joins(joins: pd.DataFrame, k: int) -> pd.DataFrame:
    """The join rates that may leave the house: pairs with fewer than k (but some) in common, or in one of the two, are left out."""
    is_few = [(joins[count] > 0) & (joins[count] < k) for count in ("n_a", "n_b", "n_both")]
    return joins[~(is_few[0] | is_few[1] | is_few[2])].reset_index(drop=True)


def _checked(frame, table):
    return check(frame, table) if len(frame) else empty(table)


# --- between every two sources --------------------------------------------------------------------------------------


def _join_rates(unit, identities, client) -> pd.DataFrame:
    """Every two sources: of those the one knows, the share the other knows too."""
    sources, both = identities.sources, _known_to_both(identities.seen)
    n = np.diagonal(both)
    pairs = [(a, b) for a in range(len(sources)) for b in range(a + 1, len(sources))]
    return pd.DataFrame([
        {"unit": unit, "source_a": sources[a], "source_b": sources[b], "n_a": int(n[a]), "n_b": int(n[b]), "n_both": int(both[a, b]),
         "share_a": both[a, b] / n[a], "share_b": both[a, b] / n[b], "departments": _departments(client, sources[a], sources[b])}
        for a, b in pairs
    ])  # fmt: skip


def _departments(client, *sources) -> str | None:
    found = {client.sources[source].department for source in sources} - {None}
    return ", ".join(sorted(found)) if len(found) > 1 else None


def _known_to_both(seen) -> np.ndarray:
    """Sources × sources: how many identities both know; block by block, so that the counts are exact."""
    blocks = (seen[start : start + _BLOCK].astype("float32") for start in range(0, len(seen), _BLOCK))
    return sum(((block.T @ block).astype("int64") for block in blocks), np.zeros((seen.shape[1],) * 2, dtype="int64"))


# --- one source -----------------------------------------------------------------------------------------------------


def _sheets(unit, identities, deliveries, nobody, salt) -> pd.DataFrame:
    sources, lists = identities.sources, _customer_lists(deliveries)
    in_list = identities.seen[:, [source in lists for source in sources]].any(axis=1)
    unlisted = ~in_list & ~identities.is_nameless & ~identities.is_doubtful if lists and unit == "person" else None
    known = dict(zip(sources, identities.seen.T, strict=True))
    nameless = {source: np.zeros(identities.n, dtype=bool) for source, n in nobody.items() if n}
    rows = [_sheet(unit, source, is_in, identities, salt) | _unlisted(unit, None if source in lists or unlisted is None else is_in & unlisted, identities, salt)
            | {"n_rows_of_nobody": nobody.get(source, 0)} for source, is_in in sorted((nameless | known).items(), key=lambda item: item[0])]  # fmt: skip
    return pd.DataFrame(rows)


def _sheet(unit, source, is_in, identities, salt) -> dict:
    is_doubtful = is_in & identities.is_doubtful
    is_anonymous = is_in & identities.is_nameless & ~is_doubtful
    is_matched = is_in & (identities.n_sources > 1) & ~is_doubtful & ~is_anonymous
    is_alone = is_in & ~is_doubtful & ~is_matched & ~is_anonymous
    return {"unit": unit, "source": source, "n": int(is_in.sum()), "n_matched": int(is_matched.sum()), "n_alone": int(is_alone.sum()),
            "n_anonymous": int(is_anonymous.sum()), "n_doubtful": int(is_doubtful.sum()),
            "examples_alone": _examples(unit, is_alone, identities, salt), "examples_doubtful": _examples(unit, is_doubtful, identities, salt)}  # fmt: skip


def _customer_lists(deliveries) -> set[str]:
    """Sources that tell something about customers."""
    return {delivery.source for delivery in deliveries for emit in delivery.format.emits if emit.table == "customers" and emit.take}


def _unlisted(unit, is_unlisted, identities, salt) -> dict:
    return {} if is_unlisted is None else {"n_unlisted": int(is_unlisted.sum()), "examples_unlisted": _examples(unit, is_unlisted, identities, salt)}


def rows_of_nobody(deliveries: list[Delivery]) -> dict[str, int]:
    """Source → raw rows that name nobody: left out for it, or kept as an answer of somebody unknown; to be asked while the tables are there."""
    n: dict[str, int] = {}
    for delivery in deliveries:
        found = delivery.reasons.get("no_customer", 0) + _answers_of_nobody(delivery.tables.get("voices"))
        n[delivery.source] = n.get(delivery.source, 0) + found
    return n


def _answers_of_nobody(voices) -> int:
    if voices is None:
        return 0
    return int(voices.loc[voices["customer_id"].isna() & voices["account_id"].isna() & (voices["kind"] == "stated"), "_row"].nunique())


def _examples(unit, is_one, identities, salt) -> str | None:
    """The first few in the alphabet of the raw names, so that another salt shows the same people."""
    first = pd.Series(identities.names[np.flatnonzero(is_one)[:N_EXAMPLES]], dtype="str")
    return ", ".join(pseudonyms(first, salt, PREFIXES[unit])) if len(first) else None


# --- what contradicts -----------------------------------------------------------------------------------------------


def _of_people(people: Identities, placed: Placed, customers) -> dict[str, np.ndarray]:
    told = {kind: people.codes(_told_differently(customers, column)) for column, kind in _TOLD.items()}
    return people.doubts | {"several_accounts": people.codes(placed.several), "account_and_domain": people.codes(placed.differing)} | told


def _of_accounts(accounts: Identities) -> dict[str, np.ndarray]:
    return {"same_company_name": np.flatnonzero(accounts.is_doubtful)}


def _told_differently(customers, column) -> list[str]:
    """Persons of whom two sources say different things; capitals and blanks do not differ."""
    said = customers[["customer_id", "source_name", column]].dropna()
    said = said.assign(**{column: said[column].astype("string").str.strip().str.casefold()}).drop_duplicates(["customer_id", "source_name"])
    n = said.groupby("customer_id")[column].nunique()
    return list(n.index[n > 1])


def _conflicts(unit, found: dict[str, np.ndarray], identities, salt) -> pd.DataFrame:
    rows = []
    for kind, who in found.items():
        is_one = np.zeros(identities.n, dtype=bool)
        is_one[who] = True
        if is_one.any():
            sources = [source for source, is_in in zip(identities.sources, identities.seen[is_one].any(axis=0), strict=True) if is_in]
            rows.append({"kind": kind, "unit": unit, "n": int(is_one.sum()), "sources": ", ".join(sources), "examples": _examples(unit, is_one, identities, salt)})
    return pd.DataFrame(rows)
