"""Rules event → atom and outcome: the client's first, then each format's own; the first that matches decides (M021)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from journeylib.client import Client, Rule
from journeylib.collect.formats import Format
from journeylib.collect.values.conditions import matches
from journeylib.schema import ATOMS, OUTCOMES

FIELDS = ("source", "touchpoint", "detail", "channel", "offer", "initiator")


@dataclass(frozen=True)
class RuleBook:
    """All rules of a client in the order they are tried.

    Attributes
    ----------
    has_won : whether any rule declares what wins a journey; where none does, the atom a4_decide wins it.
    """

    rules: tuple[Rule, ...]

    @property
    def has_won(self) -> bool:
        return any(rule.outcome == "won" for rule in self.rules)

    def again(self) -> np.ndarray:
        """int8, one a rule: position in `ATOMS` of the atom from the second such event of a journey on; −1 = the same."""
        return np.array([ATOMS.index(rule.again) if rule.again else -1 for rule in self.rules] + [-1], dtype="int8")


def rule_book(client: Client, formats: dict[str, Format]) -> RuleBook:
    """The client's rules, then those of each source's format, bound to that source.

    Parameters
    ----------
    formats : source name → its format.
    """
    own = [rule.model_copy(update={"source": name}) for name, fmt in formats.items() for rule in fmt.rules]
    return RuleBook((*client.rules, *own))


def apply_rules(events: pd.DataFrame, book: RuleBook) -> pd.DataFrame:
    """For each event the rule that decides it (−1 = none does), its atom and its outcome, as codes.

    Returns
    -------
    DataFrame of `rule` (int16), `atom` (int8, position in ATOMS, −1 = none), `outcome` (int8, position in OUTCOMES).
    """
    decided = np.full(len(events), -1, dtype="int16")
    for number, rule in enumerate(book.rules):
        free = decided < 0
        if not free.any():
            break
        decided[free & _fits(events, rule)] = number
    atoms = np.array([ATOMS.index(rule.atom) if rule.atom else -1 for rule in book.rules] + [-1], dtype="int8")
    outcomes = np.array([OUTCOMES.index(rule.outcome or "none") for rule in book.rules] + [0], dtype="int8")
    found = pd.DataFrame({"rule": decided, "atom": atoms[decided], "outcome": outcomes[decided]}, index=events.index)
    if not book.has_won:
        found.loc[found["atom"] == ATOMS.index("a4_decide"), "outcome"] = OUTCOMES.index("won")
    return found


def _fits(events, rule):
    fits = np.ones(len(events), dtype=bool)
    for name in FIELDS:
        pattern = getattr(rule, name)
        if pattern is not None:
            fits &= matches(events[name], pattern)
    return fits


def count_unmatched(events: pd.DataFrame, rule: np.ndarray) -> pd.DataFrame:
    """Events no rule matched, counted by source, touchpoint and detail; most first."""
    lost = events.loc[np.asarray(rule) < 0, ["source", "touchpoint", "detail"]].astype("str").fillna("")
    counted = lost.groupby(["source", "touchpoint", "detail"], observed=True).size().rename("n_events").reset_index()
    counted = counted.sort_values(["n_events", "source", "touchpoint", "detail"], ascending=[False, True, True, True])
    return counted.astype({"source": "string", "touchpoint": "string", "detail": "string", "n_events": "Int64"}).reset_index(drop=True)
