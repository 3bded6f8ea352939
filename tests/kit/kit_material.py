"""A client with a kit in a folder, and hands that fill sheets in as people do: in the file, cell by cell."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl

from journeylib.client import Client, Source
from journeylib.kit import read_kit
from journeylib.kit.books import HEADER_ROW
from journeylib.knowledge import load
from journeylib.stages import load_stage_model
from journeylib.wording import Words

PERSONAS = ({"id": "cio", "name": "Chef"}, {"id": "user", "name": "Vera"})


def a_client(folder: Path, language="en", model="loyalty_advocacy_5", **more) -> Client:
    given = {
        "slug": "acme", "name": "Acme", "language": language, "market": "b2c", "goal": "more_conversions", "timezone": "UTC",
        "as_of": dt.date(2026, 1, 31), "stage_model": model, "personas": PERSONAS, "data_folder": folder / "data",
        "params_file": folder / "params" / "acme.yml",
    }  # fmt: skip
    return Client(**(given | more))


class Hand:
    """Writes into the sheets of a written kit by sheet id and column id."""

    def __init__(self, client: Client):
        self.client, self.model = client, load_stage_model(client)
        self.words = Words(client.language)
        self.kit = read_kit(client, self.model)

    def write(self, sheet_id: str, *rows: dict, first: int | None = None) -> Hand:
        """Fill rows in under the heading (else from row `first`): column id → value; an id ending in `!` writes its cell empty."""
        file, sheet = next((file, sheet) for file in self.kit.plan for sheet in file.sheets if sheet.id == sheet_id)
        path = self.kit.folder / f"{file.name}.xlsx"
        book = openpyxl.load_workbook(path)
        page = book[sheet.title]
        places = {column.id: number for number, column in enumerate(sheet.columns, start=1)}
        at = first or max(HEADER_ROW + 1, HEADER_ROW + 1 + len(sheet.start))
        for number, row in enumerate(rows, start=at):
            for column, value in row.items():
                page.cell(number, places[column]).value = value
        book.save(path)
        return self

    def stage(self, place: int) -> str:
        return self.words.label(self.model.in_scope[place].label)

    def row(self, row: str) -> str:
        return self.words.label(load("rows")["voice_rows"][row]["name"])

    def choice(self, kind: str, value: str) -> str:
        return self.words.label(load("kit")["choices"][kind][value])

    def read(self):
        return read_kit(self.client, self.model)


def with_sources(client: Client, sources: dict) -> Client:
    return client.model_copy(update={"sources": {name: Source(**settings) for name, settings in sources.items()}})
