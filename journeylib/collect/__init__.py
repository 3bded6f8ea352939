"""From a client's raw files to the prepared log, the journeys, the voices and the registers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from journeylib.client import Client
from journeylib.collect.formats import format_names, load_format
from journeylib.collect.gathering import gather
from journeylib.collect.guessing import Guess, guess_format
from journeylib.collect.inspection import inspect_sources
from journeylib.collect.privacy import find_salt, personal_data_in, salt_id
from journeylib.collect.store import manifest_key, read_manifest, write_manifest, write_table
from journeylib.event_log import EventLog, read_log, write_log
from journeylib.schema import REGISTERS, TABLES, check
from journeylib.stages import StageModel

__all__ = ["Collected", "Guess", "collect", "format_names", "guess_format", "inspect_sources", "load_format", "personal_data_in"]

_TABLES = ("journeys", "customers", "voices", "sources", "unmatched")


@dataclass(frozen=True)
class Collected:
    """A client's data as every later step sees them: pseudonyms for people, masked texts, nothing raw.

    Attributes
    ----------
    log : the prepared events. journeys : one row a run of the journey (`schema.JOURNEYS`).
    customers, voices : `schema.CUSTOMERS`, `schema.VOICES`. registers : activities, content, needs; only those delivered.
    sources : the data sheet of each raw file. unmatched : events no rule matched, by source, touchpoint and detail.
    facts : counts of what was joined, left out and why (`n_exact_duplicates`, `n_no_customer`, `n_undated` …) and `salt_id`.
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
    facts: dict[str, int | str] = field(default_factory=dict)


def collect(client: Client, model: StageModel | None, work: Path) -> Collected:
    """Read a client's sources, prepare them and write the result to `work`; reuse it there while nothing has changed.

    Raises
    ------
    SourceError
        A source is missing, or is not what its format says.
    """
    work = Path(work)
    work.mkdir(parents=True, exist_ok=True)
    salt = find_salt(client)
    words = {stage.id: stage.label for stage in model.stages} if model else {}
    key = manifest_key(client, str(words), salt_id(salt))
    manifest = read_manifest(work, key)
    if manifest is None:
        manifest = _collect_anew(client, model, work, salt, key)
    tables = {name: _read(work, name) for name in _TABLES}
    registers = {name: _read(work, name) for name in manifest["registers"]}
    return Collected(client, model, read_log(work / "event_log.parquet"), **tables, registers=registers, facts=manifest["facts"])


def _read(work, name):
    frame = pd.read_parquet(work / f"{name}.parquet")
    return check(frame, TABLES[name]) if name in TABLES else frame


def _collect_anew(client, model, work, salt, key) -> dict:
    """Gather, write, and say what was written; what is read back is what every later run reads, too."""
    gathered = gather(client, model, salt)
    (work / "manifest.json").unlink(missing_ok=True)
    tables = {name: getattr(gathered, name) for name in _TABLES} | gathered.registers
    for name, frame in tables.items():
        write_table(frame, work / f"{name}.parquet")
    write_log(gathered.log, work / "event_log.parquet")
    files = [f"{name}.parquet" for name in (*tables, "event_log")]
    manifest = {"key": key, "files": files, "registers": [name for name in REGISTERS if name in gathered.registers], "facts": gathered.facts}
    write_manifest(work, manifest)
    return manifest
