"""Cells of what people inside say or assume, used where customers and data are silent: a map from an answer sheet alone (M006)."""

from __future__ import annotations

import pandas as pd

from journeylib.journeymap.cell_rows import Materials, Record
from journeylib.journeymap.stated import FIRST_ITEM, MAP_ROW, N_NEEDS, stage_voices

#: Staff first: they have seen something; an assumption is only a guess.
_KINDS = ("staff", "assumed")
#: Rows of the map that words can fill: why they leave, but never how many or how long.
WRITTEN_ROWS = ("go_on", "emotion", "needs", "actions", "channels", "touchpoints", "our_activities")


def written_cells(materials: Materials, row: str, stage: str) -> list[dict]:
    """What staff say, or else what is assumed, about one cell; texts alone, never a number."""
    if row not in WRITTEN_ROWS:
        return []
    voices = stage_voices(materials, stage)
    voices = voices[voices["row"].map(MAP_ROW).eq(row) & (voices["text"].notna() | voices["code"].notna())]
    for kind in _KINDS:
        said = voices[voices["kind"] == kind]
        if len(said):
            return [cell for about in MAP_ROW if MAP_ROW[about] == row for cell in _cells(materials, row, stage, kind, about, said)]
    return []


def _cells(materials, row, stage, kind, about, said):
    said = said[said["row"] == about].drop_duplicates(["text", "code"]).head(N_NEEDS)
    for place, it in enumerate(said.to_dict("records")):
        on = it["said_at"] if pd.notna(it["said_at"]) else None
        record = Record(row, stage, materials.persona, materials.client.as_of, kind, it["source"], on, on, "written")
        extra = {"voice_id": str(it["voice_id"])}
        yield record.cell(FIRST_ITEM[about] + place, about, label=it["text"] if pd.notna(it["text"]) else it["code"], extra=extra)
