"""The prepared tables on disk: written whole, reused as long as nothing they rest on has changed."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path

import pandas as pd

from journeylib import __version__
from journeylib.client import Client
from journeylib.collect.deliveries import input_files
from journeylib.collect.formats import load_format

MANIFEST = "manifest.json"
_PACKAGE = Path(__file__).parents[1]


def manifest_key(client: Client, model_key: str, salt: str) -> str:
    """A hash of everything a collection rests on: the files' bytes, the parameters, the formats, the stage model's words, the salt, the code."""
    params = client.model_dump(mode="json", exclude={"data_folder", "params_file"})
    formats = {source.format: load_format(source.format, client).model_dump_json() for source in client.sources.values()}
    files = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in input_files(client)]
    whole = json.dumps([__version__, _code_hash(), params, formats, files, model_key, salt], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


@cache
def _code_hash() -> str:
    """Of the code and value maps that make the tables, so that a checkout in the making never reuses what older code wrote."""
    code = [*Path(__file__).parent.glob("*.py"), *(Path(__file__).parent / "formats").rglob("*.yml"),
            *(_PACKAGE / "schema").glob("*.py"), _PACKAGE / "event_log.py", _PACKAGE / "knowledge" / "channels.yml"]  # fmt: skip
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


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """A table as Parquet, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    frame.to_parquet(draft, index=False)
    os.replace(draft, path)


def write_manifest(work: Path, manifest: dict) -> None:
    """The manifest, written last: without it nothing is reused."""
    draft = work / f".{MANIFEST}.{os.getpid()}"
    draft.write_text(json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    os.replace(draft, work / MANIFEST)
