"""The fenced examples of a documentation page, written out as the small project they describe."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from journeylib.project import Project

_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.M | re.S)
#: What a fragment of parameters is put under before it is loaded.
LEAST = "name: A client\nlanguage: en\nmarket: b2b\ngoal: more_conversions\nas_of: 2026-01-15\n"


class Example(NamedTuple):
    """One fenced block: its language, the file it stands for ('' = a fragment), and its text."""

    language: str
    file: str
    text: str


def examples_of(page: Path) -> list[Example]:
    """Every fenced block of a page, in order."""
    return [Example(*(part or "" for part in found)) for found in _FENCE.findall(page.read_text(encoding="utf-8"))]


def write_project(examples: list[Example], root: Path) -> Project:
    """A project with every named example as a file; `book.xlsx#Sheet` and `.parquet` are made from the table shown."""
    (root / "notebooks").mkdir()
    for example in examples:
        name, _, sheet = example.file.partition("#")
        if name:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, sheet, example.text)
    return Project(root)


def _write(path: Path, sheet: str, text: str) -> None:
    if path.suffix not in (".xlsx", ".parquet"):
        path.write_text(text, encoding="utf-8")
        return
    header, *rows = csv.reader(io.StringIO(text))
    table = pd.DataFrame(rows, columns=header)
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
        return
    with pd.ExcelWriter(path, mode="a" if path.exists() else "w") as book:
        table.to_excel(book, sheet_name=sheet, index=False)
