"""Reading cells for drawing: one cell of the map as its rows, values by name and item."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Cell:
    """One cell of the map; `rows` as dicts in order. Empty = nothing was handed over: it is unknown."""

    row: str
    stage: str
    rows: tuple[dict[str, Any], ...]

    @property
    def status(self) -> str:
        return self.rows[0]["status"] if self.rows else "unknown"

    @property
    def is_written(self) -> bool:
        """Whether the cell holds what people inside say or assume: texts without numbers."""
        return bool(self.rows) and all(row["kind"] in ("assumed", "staff") and row["method"] == "written" for row in self.rows)

    def get(self, name: str, item: int = 0) -> dict[str, Any] | None:
        return next((row for row in self.rows if row["name"] == name and row["item"] == item), None)

    def value(self, name: str, item: int = 0) -> float | None:
        row = self.get(name, item)
        return None if row is None or pd.isna(row["value"]) else float(row["value"])

    def named(self, *names: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["name"] in names]


@dataclass(frozen=True)
class MapCells:
    """All cells of one map, by row and stage."""

    by_place: dict[tuple[str, str], tuple[dict[str, Any], ...]]

    def cell(self, row: str, stage: str) -> Cell:
        return Cell(row, stage, self.by_place.get((row, stage), ()))

    def any_named(self, *names: str) -> bool:
        return any(row["name"] in names for rows in self.by_place.values() for row in rows)

    def all(self, *names: str) -> list[dict[str, Any]]:
        return [row for rows in self.by_place.values() for row in rows if row["name"] in names]


def read_cells(cells: pd.DataFrame, persona: str = "") -> MapCells:
    """The cells of one persona, with `extra` decoded."""
    by_place: dict[tuple[str, str], list] = {}
    for row in cells[cells["persona"].fillna("") == persona].sort_values("item", kind="stable").to_dict("records"):
        row = {name: None if _missing(value) else value for name, value in row.items()}
        row["extra"] = json.loads(row["extra"]) if row["extra"] else {}
        by_place.setdefault((row["row"], row["stage"] or ""), []).append(row)
    return MapCells({place: tuple(rows) for place, rows in by_place.items()})


def _missing(value) -> bool:
    return value is None or (not isinstance(value, (str, list, dict)) and bool(pd.isna(value)))
