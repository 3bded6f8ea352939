"""From a client's raw files to the prepared log, the journeys, the voices and the registers."""

from __future__ import annotations

from pathlib import Path

from journeylib.client import Client
from journeylib.collect.collected import COLLECTED_TABLES, Collected
from journeylib.collect.databases.answers import ask_servers, try_databases
from journeylib.collect.formats import format_names, load_format
from journeylib.collect.frames.memory import give_memory_back, keep_memory_low
from journeylib.collect.gathering import gather
from journeylib.collect.guessing import Guess, guess_format
from journeylib.collect.inspection import inspect_sources
from journeylib.collect.privacy import find_salt, personal_data_in, salt_id
from journeylib.collect.store import is_of_one_run, manifest_key, read_manifest, read_table, write_manifest, write_people, write_table
from journeylib.event_log import IN_MEMORY_ROWS, Names, read_log
from journeylib.schema import REGISTERS, TABLES, check
from journeylib.stages import StageModel

__all__ = ["Collected", "Guess", "collect", "format_names", "guess_format", "inspect_sources", "load_format", "personal_data_in",
           "try_databases"]  # fmt: skip


def collect(client: Client, model: StageModel | None, work: Path) -> Collected:
    """Read a client's sources, prepare them and write the result to `work`; reuse it there while nothing has changed.

    Whether a server's data have changed only asking tells. In a folder of one run (`store.mark_one_run`) it is asked once, so that
    all three notebooks see one answer; elsewhere each collection asks anew.

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
    answers = {} if manifest and is_of_one_run(work) else ask_servers(client)
    hashes = {name: answer.sha256 for name, answer in answers.items()}
    if manifest is None or (answers and manifest["answers"] != hashes):
        manifest = _collect_anew(client, model, work, salt, {"key": key, "answers": hashes}, answers)
        give_memory_back()
    if manifest["facts"]["n_events"] > IN_MEMORY_ROWS:
        keep_memory_low()
    log = read_log(work / "event_log.parquet")
    people = Names(log.names["customer"]).column
    tables = {name: _read(work, name, people) for name in COLLECTED_TABLES}
    tables["voices"] = _coded(tables["voices"], client)
    registers = {name: _read(work, name, people) for name in manifest["registers"]}
    give_memory_back()
    return Collected(client, model, log, **tables, registers=registers, facts=manifest["facts"])


def _coded(voices, client):
    """The voices with the topics people accepted; what stems words is loaded only where there is a file of topics."""
    if not (client.folder / "topics.csv").is_file():
        return voices
    from journeylib.collect.topics import code_texts, read_topics

    return code_texts(voices, read_topics(client), client.language)


def _read(work, name, people):
    frame = read_table(work / f"{name}.parquet", people)
    return check(frame, TABLES[name]) if name in TABLES else frame


def _collect_anew(client, model, work, salt, of, answers) -> dict:
    """Gather, write, and say what was written; what is read back is what every later run reads, too."""
    (work / "manifest.json").unlink(missing_ok=True)
    gathered = gather(client, model, salt, answers, work / "event_log.parquet")
    tables = {name: getattr(gathered, name) for name in COLLECTED_TABLES} | gathered.registers
    for name, frame in tables.items():
        write_table(frame, work / f"{name}.parquet")
    files = [f"{name}.parquet" for name in (*tables, "event_log", "event_log_people")]
    manifest = {**of, "files": files, "registers": [name for name in REGISTERS if name in gathered.registers], "facts": gathered.facts}
    write_people(work, gathered.people)
    write_manifest(work, manifest)
    return manifest
