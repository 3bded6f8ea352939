"""The customers table and the sheets' own words for stages and personas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.collect.values.conditions import matches
from journeylib.errors import ParameterError, nearest
from journeylib.schema import ATOMS, CUSTOMERS
from journeylib.stages import StageModel

#: Customer columns a persona's `when` may look at.
PERSONA_COLUMNS = ("role", "segment", "account_id", "persona", "has_consent")


def merge_customers(rows: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """One row a person: the first source that knows a column decides it; a *no* to contact outweighs any *yes*.

    Parameters
    ----------
    rows : canonical customers of all sources, in source order, identities resolved.
    seen : `customer_id`, `account_id` of everybody seen anywhere.
    """
    both = pd.concat([rows, seen], ignore_index=True).dropna(subset="customer_id")
    is_repeated = both["customer_id"].duplicated(keep=False)  # most stand there once, and need no putting together
    groups = both[is_repeated].groupby("customer_id", sort=True)
    merged = groups[["account_id", "persona", "role", "segment"]].first().assign(has_consent=groups["has_consent"].min()).reset_index()
    whole = pd.concat([merged, both[~is_repeated]], ignore_index=True) if len(merged) else both
    return whole.sort_values("customer_id", ignore_index=True)[list(CUSTOMERS.columns)]


def assign_personas(customers: pd.DataFrame, client: Client) -> tuple[pd.DataFrame, dict[str, int]]:
    """Each customer's persona: as declared in a source, else the first whose `when` fits in every column (M046).

    Returns the customers, and how many fit none and several.

    Raises
    ------
    ParameterError
        A persona's `when` names a column customers do not have.
    """
    declared = find_personas(customers["persona"], client)
    fits = np.zeros((len(customers), len(client.personas)), dtype=bool)
    for number, persona in enumerate(client.personas):
        if persona.when:
            fits[:, number] = _fits(customers, persona)
    ruled = pd.Series([next((client.personas[i].id for i in np.flatnonzero(row)), None) for row in fits] if fits.size else None,
                      index=customers.index, dtype="string")  # fmt: skip
    persona = declared.where(declared.notna(), ruled)
    n_several = int((fits.sum(axis=1) > 1).sum()) if fits.size else 0
    return customers.assign(persona=persona), {"n_without_persona": int(persona.isna().sum()), "n_several_personas": n_several}


def shared_persona(customers: pd.DataFrame) -> pd.Series:
    """Account → the persona all its people share, of those who have one; accounts whose people have several, or none, are left out.

    >>> people = pd.DataFrame({"account_id": ["a", "a", "b", "b"], "persona": ["boss", None, "boss", "clerk"]})
    >>> shared_persona(people).to_dict()
    {'a': 'boss'}
    """
    persona = customers.dropna(subset=["account_id", "persona"]).groupby("account_id", sort=True)["persona"]
    return persona.first()[persona.nunique() == 1]


def _fits(customers, persona):
    fits = np.ones(len(customers), dtype=bool)
    for column, pattern in persona.when.items():
        if column not in PERSONA_COLUMNS:
            raise ParameterError(f"personas.{persona.id}.when: no customer column {column!r}{nearest(column, PERSONA_COLUMNS, '.')} "
                                 f"Known: {', '.join(PERSONA_COLUMNS)}.")  # fmt: skip
        fits &= matches(customers[column].astype("string"), pattern)
    return fits


def find_personas(words: pd.Series, client: Client) -> pd.Series:
    """A sheet's words for personas as ids: by id or by name, in any case; a word nobody declared is left out."""
    known = {name.casefold(): persona.id for persona in client.personas for name in (persona.id, persona.name)}
    found = {word: known.get(str(word).strip().casefold()) for word in words.dropna().unique()}
    return words.map(found).astype("string")


def place_in_journey(frame: pd.DataFrame, model: StageModel | None) -> tuple[pd.DataFrame, int]:
    """A sheet's words for where on the journey, as atom or stage id; and how many rows name a place nobody knows.

    A sheet may name an atom, a stage's id, or its label in any of the four languages.
    """
    words = frame["stage"].dropna().unique()
    stages = {word: model.find(str(word)) if model else str(word) for word in words}
    atoms = {word: str(word).strip().casefold() for word in words if str(word).strip().casefold() in ATOMS}
    stage = frame["stage"].map({word: found for word, found in stages.items() if word not in atoms}).astype("string")
    atom = frame["atom"].where(frame["atom"].notna(), frame["stage"].map(atoms).astype("string"))
    n_unknown = int((frame["stage"].notna() & stage.isna() & ~frame["stage"].isin(list(atoms))).sum())
    return frame.assign(stage=stage, atom=atom), n_unknown
