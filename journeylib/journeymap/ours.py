"""Cells of the company's side: activities, content, departments, owner and how far content covers the demand."""

from __future__ import annotations

import pandas as pd

from journeylib.journeymap.cell_rows import Materials, Record


def our_cells(materials: Materials, stage: str) -> list[dict]:
    """Number of activities and of content items, departments, owners and coverage; from the registers that were delivered."""
    activities, content = (_of_stage(materials, name, stage) for name in ("activities", "content"))
    if activities is None and content is None:
        return []
    record = Record("our_activities", stage, materials.persona, materials.client.as_of, "staff", _sources(activities, content), method="registers")
    cells = []
    if activities is not None:
        cells += _activity_cells(record, activities)
    if content is not None:
        cells.append(record.cell(0, "n_content", _n_content(materials, stage, content), unit="count", n=len(content)))
    return cells + _coverage(materials, stage, record)


def _of_stage(materials, name, stage):
    register = materials.registers.get(name)
    if register is None:
        return None
    atoms = list(materials.model.stage(stage).atoms)
    here = (register["stage"].fillna("") == stage) | (register["stage"].isna() & register["atom"].isin(atoms))
    if materials.persona:
        here &= register["persona"].isna() | (register["persona"] == materials.persona)
    return register[here]


def _activity_cells(record, rows):
    cells = [record.cell(0, "n_activities", len(rows), unit="count", n=len(rows))]
    if len(rows):
        cells.append(record.cell(0, "n_owned", int(rows["owner"].notna().sum()), unit="count", n=len(rows)))
    for name in ("department", "owner"):
        for item, text in enumerate(rows[name].dropna().value_counts(sort=False).sort_index().index):
            cells.append(record.cell(item, name, label=str(text)))
    return cells


def _coverage_row(materials, stage):
    rows = materials.table("coverage", stage)
    rows = rows[rows["persona"].fillna("") == materials.persona] if rows is not None else None
    return None if rows is None or rows.empty else rows.iloc[0]


def _n_content(materials, stage, content):
    """Live items as the coverage measure counts them, so that map and table say one number."""
    it = _coverage_row(materials, stage)
    return len(content) if it is None else it["n_content"]


def _coverage(materials, stage, record):
    it = _coverage_row(materials, stage)
    if it is None or it["status"] == "not_checkable":
        return []
    if 0 < it["n_customers"] < materials.k:
        return []
    label = materials.words.say(f"map.ours.coverage.{it['status']}")
    half = (it["ratio_hi"] - it["ratio_lo"]) / 2 if pd.notna(it["ratio_hi"]) and pd.notna(it["ratio_lo"]) else None
    return [record.cell(0, "coverage", label=label, n=it["n_content"], half_width=half, extra={"status": it["status"]})]


def _sources(*registers):
    names = [str(name) for rows in registers if rows is not None for name in rows["source"].dropna()]
    return ",".join(dict.fromkeys(names))
