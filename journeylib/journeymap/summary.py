"""The evidence row: how surely each stage is known, and from which sources."""

from __future__ import annotations

import pandas as pd

from journeylib import knowledge
from journeylib.journeymap.cell_rows import Materials
from journeylib.journeymap.evidence import months_between, source_kind
from journeylib.journeymap.observed import events_origin
from journeylib.journeymap.stated import stage_voices

#: A stage is known no better than what customers do, feel and need there (practice C20).
KEY_ROWS = ("go_on", "emotion", "needs")
#: Evidence older than this says how old it is (practice E).
OLD_MONTHS = 12


def evidence_cells(materials: Materials, stage: str, cells: list[dict]) -> list[dict]:
    """The stage's grade, the lowest of its key cells that are known, and the kinds of source with n.

    What is only inferred of a stage from those seen later is no evidence of it: a stage nobody was seen in or spoke of is unknown.
    """
    known = [cell for cell in cells if cell["status"] == "known" and cell.get("grade") is not None and cell["kind"] != "inferred"]
    if not known:
        return []
    head = {"row": "evidence", "stage": stage, "persona": materials.persona, "status": "known"}
    oldest = _oldest(known)
    rows = [head | {"item": 0, "name": "grade", "value": float(_stage_grade(known)), "grade": _stage_grade(known),
                    "is_contested": any(cell.get("is_contested") for cell in known), "last_on": oldest,
                    "sources": _sources(known)},
            head | {"item": 0, "name": "n_unknown", "value": float(sum(cell["status"] == "unknown" for cell in cells)), "unit": "count"}]  # fmt: skip
    if months_between(oldest, materials.client.as_of) > OLD_MONTHS:
        rows.append(head | {"item": 0, "name": "oldest", "label": materials.words.say("map.evidence.oldest", month=materials.words.month(oldest)), "last_on": oldest})
    return rows + [head | {"item": item, "name": "source"} | entry for item, entry in enumerate(_source_entries(materials, stage, known), start=1)]


def _stage_grade(known):
    by_row = {}
    for cell in known:
        if cell["item"] == 0 or cell["row"] not in by_row:
            by_row.setdefault(cell["row"], []).append(cell["grade"])
    key = [min(grades) for row, grades in by_row.items() if row in KEY_ROWS] or [min(grades) for grades in by_row.values()]
    return min(key)


def _oldest(known):
    dates = [pd.Timestamp(cell["last_on"]) for cell in known if cell.get("last_on") is not None and pd.notna(cell["last_on"])]
    return min(dates) if dates else None


def _sources(known):
    names = [name.strip() for cell in known for name in (cell.get("sources") or "").split(",") if name.strip()]
    return ",".join(dict.fromkeys(names)) or None


def _source_entries(materials, stage, known):
    """One entry for the events together, one for each kind of source of voices, one for the searches, one for the registers."""
    reached = next((cell for cell in known if cell["name"] == "n_reached"), None)
    if reached is not None or any(cell["kind"] == "observed" for cell in known):
        kinds = list(dict.fromkeys(source_kind(name) for name in events_origin(materials).formats)) or ["data"]
        yield _entry(materials, kinds, reached["n"] if reached is not None else None, "observed")
    voices = stage_voices(materials, stage)
    for kind, rows in _voices_by_kind(materials, voices):
        n = rows["customer_id"].fillna(rows["voice_id"]).nunique()
        is_assumed = kind == "assumption"
        yield _entry(materials, [kind], n if is_assumed or n >= materials.k else None, "assumed" if is_assumed else "stated")
    phrases = materials.table("search", stage)
    if phrases is not None and phrases["n_phrases"].sum():
        yield _entry(materials, ["search"], int(phrases["n_phrases"].sum()), "observed")
    if any(cell["row"] == "our_activities" and cell["kind"] == "staff" for cell in known):
        yield _entry(materials, ["register"], None, "staff")


def _voices_by_kind(materials, voices):
    formats = {name: source.format for name, source in materials.client.sources.items()}
    kinds = voices["source"].map(lambda name: source_kind(formats.get(name, name)))
    kinds = kinds.mask(voices["kind"] == "assumed", "assumption")
    order = [kind for kind in knowledge.load("evidence_sources") if (kinds == kind).any()]
    return [(kind, voices[kinds == kind]) for kind in order]


def _entry(materials, kinds, n, kind):
    entries = [knowledge.load("evidence_sources")[name] for name in kinds]
    label = " + ".join(materials.words.label(entry["label"]) for entry in entries)
    letters = "+".join(entry["letter"] for entry in entries)
    return {"label": label, "n": None if n is None else int(n), "kind": kind, "extra": f'{{"kinds": "{",".join(kinds)}", "letters": "{letters}"}}'}
