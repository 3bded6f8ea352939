"""Who was heard about what: every stage and persona, and whether anybody but customers was asked (M025)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from journeylib.measures.places import speakers, stage_ids
from journeylib.schema import HEARD, STATES, check


def heard(voices: pd.DataFrame, model, personas: Sequence[str] = ()) -> pd.DataFrame:
    """How many people were heard about each stage, by persona, and what they are to the company.

    Only what customers themselves say counts, a person once a cell however often they spoke. Existing customers alone are
    a blind spot: those who left and those who never bought know why people leave.

    Parameters
    ----------
    personas : ids of the declared personas.

    Returns
    -------
    HEARD: every stage in scope × (everybody, then each persona), with 0 where nobody was heard.
    """
    stated = voices[voices["kind"] == "stated"]
    said = pd.DataFrame({
        "stage": stage_ids(stated, model), "persona": stated["persona"].fillna("").astype("string"), "speaker": speakers(stated),
        "relation": stated["relation"].astype("string"),
    }, index=stated.index)  # fmt: skip
    rows = [_cell(said[said["stage"] == stage.id], stage.id, persona) for stage in model.in_scope for persona in ("", *personas)]
    return check(pd.DataFrame(rows, columns=list(HEARD.columns)), HEARD)


def with_known_relations(voices: pd.DataFrame, journeys: pd.DataFrame) -> pd.DataFrame:
    """The voices, with what each speaker is to the company taken from the journeys where no sheet says it.

    A speaker who, or whose account, has bought is a customer; one with journeys that were all lost or fell silent never bought.
    Somebody still on the way is neither, and stays unknown. Who bought and then left cannot be told by the log.
    """
    known = _relation_of(journeys)
    found = voices["customer_id"].map(known).astype("string")
    found = found.where(found.notna(), voices["account_id"].map(known).astype("string"))
    return voices.assign(relation=voices["relation"].astype("string").where(voices["relation"].notna(), found))


def _relation_of(journeys) -> dict[str, str]:
    """Person or account → customer or never, as far as their journeys tell."""
    who = journeys["customer_id"].fillna(journeys["account_id"])
    met = {state: set(who[(journeys["state"] == state).fillna(False)].dropna()) for state in STATES}
    never = (met["lost"] | met["dormant"]) - met["won"] - met["open"]
    return dict.fromkeys(met["won"], "customer") | dict.fromkeys(never, "never")


def people_asked(voices: pd.DataFrame) -> dict[str, int]:
    """How many different people were heard in all, by what they are to the company; `unknown` where no sheet says.

    Somebody of whom sheets say different things counts as having left before never having bought before being a customer:
    the rarer view is not to be lost.
    """
    stated = voices[voices["kind"] == "stated"]
    said = pd.DataFrame({"speaker": speakers(stated), "relation": stated["relation"].astype("string").to_numpy()})
    return {"all": said["speaker"].nunique(), **_by_relation(said)}


def _cell(said, stage, persona):
    said = said if persona == "" else said[said["persona"] == persona]
    counts = _by_relation(said)
    n = said["speaker"].nunique()
    return {"stage": stage, "persona": persona, "n_customers": n, "n_relation_known": n - counts["unknown"],
            "n_lost": counts["lost"], "n_never": counts["never"]}  # fmt: skip


def _by_relation(said) -> dict[str, int]:
    order = ("lost", "never", "customer")
    counted: set = set()
    counts = {}
    for relation in order:
        people = set(said.loc[(said["relation"] == relation).fillna(False), "speaker"]) - counted
        counts[relation] = len(people)
        counted |= people
    return {**counts, "unknown": len(set(said["speaker"]) - counted)}
