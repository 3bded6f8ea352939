"""Measures → the cells of the journey map, each with its evidence and grade; nothing is drawn here.

`build_cells` fills every stage × row from tables, registers and voices; `add_conclusions` adds gaps and actions.
A cell nobody knows anything about is one row with status unknown; a group under k is suppressed.
"""

from __future__ import annotations

import pandas as pd

from journeylib.journeymap.cell_rows import Materials, cells_frame, unknown_cell
from journeylib.journeymap.conclusions import add_conclusions
from journeylib.journeymap.evidence import Evidence, grade
from journeylib.journeymap.head import build_head
from journeylib.journeymap.observed import action_cells, channel_cells, go_on_cells, time_cells, touchpoint_cells
from journeylib.journeymap.ours import our_cells
from journeylib.journeymap.presence import absent_cells
from journeylib.journeymap.stated import counted_cells, emotion_cells, need_cells
from journeylib.journeymap.summary import evidence_cells
from journeylib.journeymap.written import written_cells
from journeylib.schema import VOICES, empty

__all__ = ["Evidence", "add_conclusions", "build_cells", "build_head", "grade"]

_MEASURED = {
    "go_on": go_on_cells, "time": time_cells, "emotion": emotion_cells, "needs": need_cells, "actions": action_cells,
    "channels": channel_cells, "touchpoints": touchpoint_cells, "our_activities": our_cells,
}  # fmt: skip


def build_cells(tables, registers, voices, model, client, words, *, persona: str = "") -> pd.DataFrame:
    """The cells of the map for every stage in scope, before gaps and actions are known.

    Parameters
    ----------
    tables : measured tables by name (`schema.MEASURES`); those that could not be measured are absent. `sources`
        (`schema.SOURCES`), where given, dates the evidence.
    registers : activities, content, needs and presence, those that were delivered.
    voices : VOICES, or None. What staff say and what is assumed fills only cells that data and customers leave open.
    persona : id of a persona, '' = everybody.

    Returns
    -------
    CELLS, in the order of the map: row, stage, item.
    """
    materials = Materials(tables, registers or {}, empty(VOICES) if voices is None else voices, model, client, words, persona)
    rows = []
    for stage in model.ids:
        cells = [cell for row in _MEASURED for cell in _cell(materials, row, stage)]
        rows += cells + (evidence_cells(materials, stage, cells) or [unknown_cell("evidence", stage, persona)])
    return cells_frame(rows, model)


def _cell(materials, row, stage):
    """What is measured or stated, else what is written down, else unknown; the channels add where customers look, and where we are absent."""
    cells = _MEASURED[row](materials, stage)
    if row == "channels" and cells:
        cells = cells + [cell for cell in counted_cells(materials, stage, ("info_source",)) if cell["status"] == "known"]
    cells = cells or written_cells(materials, row, stage)
    cells += absent_cells(materials, stage) if row == "channels" else []
    return cells or [unknown_cell(row, stage, materials.persona)]
