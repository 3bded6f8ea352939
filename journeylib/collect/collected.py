"""What collecting gives: a client's data as every later step sees them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from journeylib.client import Client
from journeylib.event_log import EventLog
from journeylib.personal_data import Names
from journeylib.stages import StageModel

#: The tables of `Collected`, in the order they are written.
COLLECTED_TABLES = ("journeys", "customers", "voices", "sources", "unmatched", "joins", "identities", "conflicts", "coverage_in_time")


@dataclass(frozen=True)
class Collected:
    """A client's data as every later step sees them: pseudonyms for people, masked texts, nothing raw.

    Attributes
    ----------
    log : the prepared events. journeys : one row a run of the journey (`schema.JOURNEYS`).
    customers, voices : `schema.CUSTOMERS`, `schema.VOICES`. registers : activities, content, needs; only those delivered.
    sources : the data sheet of each raw file. unmatched : events no rule matched, by source, touchpoint and detail.
    joins, identities, conflicts : how the sources hang together and where they contradict one another, examples as pseudonyms.
    coverage_in_time : rows of each source by month.
    facts : counts of what was joined, left out and why (`n_exact_duplicates`, `n_no_customer`, `n_undated` …) and `salt_id`.
    people : the names of the delivered people, hashed, so that the last scan knows them and nobody can read them; only right after gathering.
    """

    client: Client
    model: StageModel | None
    log: EventLog
    journeys: pd.DataFrame
    customers: pd.DataFrame
    voices: pd.DataFrame
    registers: dict[str, pd.DataFrame]
    sources: pd.DataFrame
    unmatched: pd.DataFrame
    joins: pd.DataFrame
    identities: pd.DataFrame
    conflicts: pd.DataFrame
    coverage_in_time: pd.DataFrame
    facts: dict[str, int | str] = field(default_factory=dict)
    people: Names = field(default_factory=Names, repr=False)
