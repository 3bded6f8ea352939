"""Writing rows of the cells table: what every row of the map needs to say where its numbers come from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from journeylib.client import Client
from journeylib.journeymap.evidence import Evidence, grade, months_between
from journeylib.schema import CELLS, MAP_ROWS, check
from journeylib.stages import StageModel
from journeylib.wording import Words


@dataclass(frozen=True)
class Materials:
    """All that cells are made from: measured tables, registers, voices, and whose they are."""

    tables: dict[str, pd.DataFrame]
    registers: dict[str, pd.DataFrame]
    voices: pd.DataFrame
    model: StageModel
    client: Client
    words: Words
    persona: str = ""

    @property
    def k(self) -> int:
        return self.client.privacy.k

    def table(self, name: str, stage: str | None = None) -> pd.DataFrame | None:
        """A measured table, or its rows of one stage; None where it was not delivered."""
        frame = self.tables.get(name)
        if frame is None or stage is None:
            return frame
        return frame[frame["stage"].fillna("") == stage]


@dataclass(frozen=True)
class Record:
    """How one or more values of a cell are known; `cell` turns values into rows."""

    row: str
    stage: str
    persona: str
    as_of: Any
    kind: str
    sources: str = ""
    first_on: Any = None
    last_on: Any = None
    method: str = ""
    agreement: int = 0
    covers_leavers: bool = False

    def cell(self, item: int, name: str, value=None, *, label=None, unit=None, n=None, lo=None, hi=None, scale="share",
             half_width=None, extra: dict | None = None) -> dict:  # fmt: skip
        """One row: a value with its interval and the grade its evidence gives."""
        if half_width is None and lo is not None and hi is not None and pd.notna(lo) and pd.notna(hi):
            half_width = (hi - lo) / 2
        evidence = Evidence(self.kind, half_width, scale, None if n is None or pd.isna(n) else int(n), self.agreement,
                            months_between(self.last_on, self.as_of), self.covers_leavers)  # fmt: skip
        return {"row": self.row, "stage": self.stage, "persona": self.persona, "item": item, "status": "known", "name": name, "label": label,
                "value": _number(value), "unit": unit, "n": _count(n), "lo": _number(lo), "hi": _number(hi), "kind": self.kind,
                "sources": self.sources or None, "first_on": self.first_on, "last_on": self.last_on, "method": self.method or None,
                "evidence_id": f"{self.row}.{self.stage}.{item}", "grade": grade(evidence), "is_contested": self.agreement < 0,
                "extra": json.dumps(extra, sort_keys=True, ensure_ascii=False) if extra else None}  # fmt: skip

    def of_kind(self, kind: str, **changes) -> Record:
        return replace(self, kind=kind, **changes)


@dataclass(frozen=True)
class Origin:
    """Which sources a kind of evidence came from, and their dates."""

    sources: str = ""
    first_on: Any = None
    last_on: Any = None
    formats: tuple[str, ...] = field(default=())


def unknown_cell(row: str, stage: str, persona: str) -> dict:
    """The one row of a cell nothing is known about."""
    return {"row": row, "stage": stage, "persona": persona, "item": 0, "status": "unknown", "name": "unknown"}


def suppressed_cell(row: str, stage: str, materials: Materials, kind: str) -> dict:
    """The one row of a cell whose group is smaller than the client's k."""
    return {"row": row, "stage": stage, "persona": materials.persona, "item": 0, "status": "suppressed", "name": "suppressed",
            "label": materials.words.say("map.suppressed", n=materials.k), "kind": kind}  # fmt: skip


def cells_frame(rows: list[dict], model: StageModel) -> pd.DataFrame:
    """Rows → the checked table, in the order of the map: row, stage, item."""
    frame = pd.DataFrame(rows, columns=list(CELLS.columns))
    for name, column in CELLS.columns.items():
        if column.type == "moment":
            frame[name] = pd.to_datetime(frame[name], utc=True)
    order = {stage: i for i, stage in enumerate(model.ids)}
    at = frame.assign(_row=frame["row"].map({row: i for i, row in enumerate(MAP_ROWS)}), _stage=frame["stage"].map(order).fillna(-1))
    at = at.sort_values(["_row", "_stage", "persona", "item"], kind="stable")
    return check(at.drop(columns=["_row", "_stage"]), CELLS)


def _number(value):
    return None if value is None or pd.isna(value) else float(value)


def _count(value):
    return None if value is None or pd.isna(value) else int(value)
