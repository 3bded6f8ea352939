"""What a report depends on, as one hash: notebooks, parameters, data, library and versions. No clock."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import journeylib
from journeylib.client import Client
from journeylib.improve.previous import find_previous

PACKAGES = ("pandas", "numpy", "pyarrow", "duckdb", "psycopg", "matplotlib", "seaborn", "statsmodels", "snowballstemmer", "babel", "pydantic", "nbconvert", "papermill", "ipykernel")
LIBRARY = Path(journeylib.__file__).parent
_LIBRARY_FILES = (".py", ".yml", ".j2", ".css", ".json")


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_text(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def hash_files(folder: Path, suffixes: tuple[str, ...] = ()) -> dict[str, str]:
    """Every file under a folder, by its path inside it, hidden ones left out."""
    if not folder.is_dir():
        return {}
    files = [path for path in folder.rglob("*") if path.is_file() and (not suffixes or path.suffix in suffixes)]
    inside = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: hash_file(inside[name]) for name in sorted(inside) if not any(part.startswith((".", "__pycache__")) for part in name.split("/"))}


def input_hashes(client: Client) -> dict[str, str]:
    """The client's raw files and its own decisions."""
    data = {f"data/{name}": found for name, found in hash_files(client.data_folder).items()}
    decisions = {f"params/{client.slug}/{name}": found for name, found in hash_files(client.folder).items()}
    return data | decisions


def versions() -> dict[str, str]:
    """Versions of Python, this library and the packages a number may depend on."""
    found = {"python": platform.python_version(), "journeylib": journeylib.__version__}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def parameters_of(client: Client) -> dict:
    """The resolved parameters, without where they lie on this machine."""
    return client.model_dump(mode="json", exclude={"data_folder", "params_file"})


def library_hash() -> str:
    """Hash of the library's own source and knowledge."""
    return hash_text(json.dumps(hash_files(LIBRARY, _LIBRARY_FILES)))


def run_inputs(client: Client, notebooks: tuple[Path, ...], library: str, reports: Path | None = None) -> dict:
    """Everything the report is made from, as hashes and plain values, and their one key.

    Same key, same report; `--resume` leaves a client alone whose finished report carries it. What a server would answer is known only
    once the run has asked it (`with_answers`), so no client with a source on a server is ever left alone.
    """
    inputs = {
        "notebooks": {path.name: hash_file(path) for path in notebooks},
        "parameters": parameters_of(client),
        "inputs": input_hashes(client),
        "library": library,
        "versions": versions(),
        "compared_with": _compared_with(client, reports),
    }
    return _keyed(inputs)


def _compared_with(client, reports) -> str | None:
    """The key of the earlier report this one is set beside, looked for where this one goes."""
    previous = find_previous(client, reports=reports)
    return previous.record.get("key") if previous else None


def with_answers(inputs: dict, answers: dict[str, str]) -> dict:
    """The inputs of a finished run, with the hash of what each server answered (source → hash) and the key that follows."""
    if not answers:
        return inputs
    asked = {f"query/{name}": answers[name] for name in sorted(answers)}
    return _keyed({name: value for name, value in inputs.items() if name != "key"} | {"inputs": inputs["inputs"] | asked})


def _keyed(inputs):
    return {"key": hash_text(json.dumps(inputs, sort_keys=True, ensure_ascii=False)), **inputs}
