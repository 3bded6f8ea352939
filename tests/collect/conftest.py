"""Small clients for tests of collection: raw files written as text, parameters as keywords."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from journeylib.client import Client
from journeylib.collect import collect

SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(autouse=True)
def _known_salt(monkeypatch):
    monkeypatch.setenv("JOURNEY_SALT", "a salt for tests")


@pytest.fixture
def shared():
    """The folder of real data sets, or a skipped test where this checkout has none beside it."""
    if not SHARED.is_dir():
        pytest.skip("no shared/data beside the project: the real data sets are not here")
    return SHARED


class Desk:
    """A client's data folder and its parameters, made as a test goes along."""

    def __init__(self, folder: Path):
        self.folder, self.sources = folder, {}
        (folder / "data").mkdir()

    def file(self, name: str, content: str | bytes, encoding="utf-8") -> Path:
        path = self.folder / "data" / name
        path.write_bytes(content if isinstance(content, bytes) else _lines(content).encode(encoding))
        return path

    def source(self, format: str, content: str | bytes, name="", *, file="", encoding_of_file="utf-8", **settings) -> Desk:
        name = name or format
        file = file or f"{name}.csv"
        self.file(file, content, encoding_of_file)
        self.sources[name] = {"file": file, "format": format, **settings}
        return self

    def client(self, **changes) -> Client:
        given = {
            "slug": "acme", "name": "Acme", "language": "en", "market": "b2c", "goal": "more_conversions", "timezone": "UTC",
            "as_of": dt.date(2026, 1, 31), "sources": self.sources, "data_folder": self.folder / "data",
            "params_file": self.folder / "params" / "acme.yml",
        }  # fmt: skip
        return Client(**(given | changes))

    def collect(self, work="work", model=None, **changes):
        return collect(self.client(**changes), model, self.folder / work)


def _lines(text: str) -> str:
    """The text without the indentation of the test it stands in."""
    return "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)
