"""What the field knows, as data: stage models on atoms, labels, goals, presets, catalogues and messages in sv, da, nb, en.

Everything here is YAML 1.2 without code; a native reader can correct a word without touching Python.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent


@cache
def load(name: str) -> dict:
    """The content of `knowledge/<name>.yml`, read once a process. Shared: look, never change.

    >>> list(load("atoms"))[0]
    'a1_problem'

    Raises
    ------
    LookupError
        No knowledge file of that name: a mistake in this program, never in a client's files.
    """
    known = names()
    if name not in known:
        raise LookupError(f"No knowledge file {name!r}. Known: {', '.join(known)}.")
    return YAML(typ="safe", pure=True).load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


@cache
def names() -> tuple[str, ...]:
    """Names of all knowledge files, message catalogues included (`messages/gaps`)."""
    return tuple(sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.yml")))
