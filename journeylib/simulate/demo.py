"""Writing a demo client's raw files: once, whole, and again only when the seed or the simulator has changed."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
from functools import cache
from pathlib import Path

from journeylib.client import Client
from journeylib.errors import ParameterError, RunError, nearest
from journeylib.simulate.truth import Truth

NAMES = ("norrsken_it", "fjordhelse", "lind_raadgivning", "harbour_bikes")
MANIFEST = ".simulated.json"
_FOLDER = Path(__file__).parent


def raw_files(name: str, seed: int) -> tuple[dict[str, bytes], Truth]:
    """A simulated client's raw files, file name → bytes, and the truth they were drawn from.

    Raises
    ------
    ParameterError
        No simulated client of that name.
    """
    if name not in NAMES:
        raise ParameterError(f"No simulated client {name!r}{nearest(name, NAMES)}. Known: {', '.join(NAMES)}.")
    return importlib.import_module(f"journeylib.simulate.{name}").draw(seed)


def simulate(name: str, seed: int) -> Truth:
    """The truth of a simulated client, without writing anything. Same name and seed, same truth.

    Raises
    ------
    ParameterError
        No simulated client of that name.
    """
    return raw_files(name, seed)[1]


def write_demo(client: Client) -> None:
    """Write a demo client's raw files into its data folder, unless this simulator has already put them there.

    The files appear all at once: they are written beside the folder and moved into place. A client that is not
    simulated is left alone.

    Raises
    ------
    ParameterError
        `simulate:` names no simulated client.
    RunError
        The data folder holds files the simulator did not write.
    """
    folder = client.data_folder
    if client.simulate is None or _is_current(folder, client.simulate, client.seed):
        return
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise RunError(f"The folder {folder.name!r} of client {client.slug!r} holds files the simulator did not write. "
                       "Move them away, or take `simulate:` out of the parameters.")  # fmt: skip
    files, _ = raw_files(client.simulate, client.seed)
    manifest = {"simulate": client.simulate, "seed": client.seed, "simulator": simulator_hash(), "files": sorted(files)}
    _replace(folder, files | {MANIFEST: json.dumps(manifest, indent=1, sort_keys=True).encode()}, client)


@cache
def simulator_hash() -> str:
    """Hash of the simulator's own code and worlds: other simulator, other files."""
    parts = sorted(path for path in _FOLDER.rglob("*") if path.suffix in (".py", ".yml"))
    hashed = hashlib.sha256()
    for path in parts:
        hashed.update(path.relative_to(_FOLDER).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()


def _is_current(folder: Path, name: str, seed: int) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    key = (manifest.get("simulate"), manifest.get("seed"), manifest.get("simulator"))
    return key == (name, seed, simulator_hash()) and all((folder / file).is_file() for file in manifest.get("files", ["?"]))


def _replace(folder: Path, files: dict[str, bytes], client: Client) -> None:
    """Put the files in place of the folder. Where another run was quicker, its equal folder stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh, stale = (folder.parent / f".{folder.name}.{word}-{os.getpid()}" for word in ("new", "old"))
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, content in files.items():
        (fresh / name).write_bytes(content)
    try:
        if folder.exists():
            folder.rename(stale)
        fresh.rename(folder)
    except OSError:
        if not _is_current(folder, client.simulate, client.seed):
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(stale, ignore_errors=True)
