"""The prepared tables on disk: written whole, reused as long as nothing they rest on has changed."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from journeylib import __version__
from journeylib.client import Client
from journeylib.collect.deliveries import input_files
from journeylib.collect.formats import load_format
from journeylib.errors import RunError
from journeylib.personal_data import Names

MANIFEST = "manifest.json"
PEOPLE = "people.json"
#: Its presence says that a work folder belongs to one run, however many kernels read it.
ONE_RUN = "one_run"
_PACKAGE = Path(__file__).parents[1]


def manifest_key(client: Client, model_key: str, salt: str) -> str:
    """A hash of everything a collection rests on: the files' bytes, the parameters, the formats, the stage model's words, the salt, the code.

    What a server would answer is not in it; the manifest keeps the answers' hashes beside the key.
    """
    params = client.model_dump(mode="json", exclude={"data_folder", "params_file"})
    formats = {source.format: load_format(source.format, client).model_dump_json() for source in client.sources.values()}
    files = [(path.name, _hash_file(path)) for path in input_files(client)]
    whole = json.dumps([__version__, _code_hash(), params, formats, files, model_key, salt], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _hash_file(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _code_hash() -> str:
    """Of the code and value maps that make the tables, so that a checkout in the making never reuses what older code wrote."""
    code = [*Path(__file__).parent.rglob("*.py"), *(Path(__file__).parent / "formats").rglob("*.yml"),
            *(_PACKAGE / "schema").glob("*.py"), _PACKAGE / "event_log.py", *(_PACKAGE / "personal_data").glob("*.py"), _PACKAGE / "knowledge" / "personal_words.yml", _PACKAGE / "knowledge" / "channels.yml", _PACKAGE / "knowledge" / "addresses.yml"]  # fmt: skip
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(code) if path.is_file())).hexdigest()


def read_manifest(work: Path, key: str) -> dict | None:
    """The manifest of an earlier collection with the same key, or None."""
    path = work / MANIFEST
    if not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return None
    return manifest if manifest.get("key") == key and all((work / name).is_file() for name in manifest["files"]) else None


def answers_of(work: Path) -> dict[str, str]:
    """Source → hash of what its server answered in the collection last written to `work`; empty where no source lies on a server."""
    try:
        return json.loads((work / MANIFEST).read_text(encoding="utf-8")).get("answers", {})
    except (OSError, ValueError):
        return {}


def mark_one_run(work: Path) -> None:
    """Make a work folder that belongs to one run: its first collection asks the servers, the later ones take its word."""
    work.mkdir(parents=True, exist_ok=True)
    (work / ONE_RUN).touch()


def is_of_one_run(work: Path) -> bool:
    """Whether the folder belongs to one run."""
    return (work / ONE_RUN).is_file()


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """A table as Parquet, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    frame.to_parquet(draft, index=False)
    os.replace(draft, path)


def read_table(path: Path, people: pa.Array) -> pd.DataFrame:
    """A table `write_table` wrote, a column at a time. Columns of text that say nothing share one empty piece, and one that holds
    `people` in their order is held once with them: of a million people the first are ten megabytes each, the others thirty."""
    with pq.ParquetFile(path, pre_buffer=False) as file:
        types = file.schema_arrow.empty_table().to_pandas().dtypes
        return pd.DataFrame({name: _read_column(file, name, people, kind == pd.StringDtype()) for name, kind in types.items()})


def _read_column(file, name, people, is_text) -> pd.Series:
    if is_text and _is_silent(file, name):
        whole, rest = divmod(file.metadata.num_rows, len(_silence()))
        return _texts([_silence()] * whole + [_silence()[:rest]])
    values = file.read(columns=[name], use_threads=False).to_pandas()[name]
    is_people = is_text and len(values) == len(people) > 0 and pa.chunked_array([people]).equals(pa.chunked_array(pa.array(values)))
    return _texts([people]) if is_people else values


def _is_silent(file, name) -> bool:
    """Whether no row of a column holds anything."""
    groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
    told = [group.column(file.schema_arrow.get_field_index(name)).statistics for group in groups]
    return bool(told) and all(one is not None and one.null_count == group.num_rows for one, group in zip(told, groups, strict=True))


@cache
def _silence() -> pa.Array:
    return pa.nulls(1 << 16, pa.large_string())


def _texts(pieces) -> pd.Series:
    return pd.Series(pd.arrays.ArrowStringArray(pa.chunked_array(pieces)))


def write_people(work: Path, people: Names) -> None:
    """The hashed names of the delivered people: what the last scan knows them by."""
    draft = work / f".{PEOPLE}.{os.getpid()}"
    draft.write_text(json.dumps({"known": sorted(people.known), "first": sorted(people.first)}), encoding="utf-8")
    os.replace(draft, work / PEOPLE)


def read_people(work: Path, salt: bytes) -> Names:
    """The names `write_people` wrote, for who has the salt they were hashed with.

    Raises
    ------
    RunError
        They are not there: without them nobody can say that none of them is delivered.
    """
    try:
        written = json.loads((work / PEOPLE).read_text(encoding="utf-8"))
        return Names(frozenset(written["known"]), frozenset(written["first"]), salt)
    except (OSError, ValueError, KeyError):
        raise RunError(f"The names to look for before delivery are missing: no {PEOPLE} in the work folder. Run 01_data_collection again.") from None


def write_manifest(work: Path, manifest: dict) -> None:
    """The manifest, written last: without it nothing is reused."""
    draft = work / f".{MANIFEST}.{os.getpid()}"
    draft.write_text(json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    os.replace(draft, work / MANIFEST)
