"""Harbour Bikes: an English bike hire firm with no data but the answer sheet of one meeting (M006)."""

from __future__ import annotations

from journeylib.simulate.files import csv_bytes
from journeylib.simulate.truth import Truth
from journeylib.simulate.world import load_world

NAME = "harbour_bikes"


def draw(seed: int) -> tuple[dict[str, bytes], Truth]:
    """The answer sheet and its truth; nothing here is random."""
    answers = load_world(NAME)["answers"]
    data = csv_bytes(["Stage", "Row", "Persona", "Text", "Said by"], answers, encoding="utf-8-sig")
    return {"answer_sheet.csv": data}, Truth(NAME, seed, "before_during_after", {"answers": len(answers)})
