"""The log of changes: `changes.csv` in the client's own folder, read and never written (M111)."""

from __future__ import annotations

import pandas as pd

from journeylib.client import Client
from journeylib.effects import GROUPINGS
from journeylib.effects.groups import named_groups
from journeylib.schema import CHANGES, EFFECT_KPIS, check, empty
from journeylib.sheets import Sheet, read_sheet
from journeylib.stages import load_stage_model

CHANGE_COLUMNS = tuple(CHANGES.columns)
_REQUIRED = ("change_id", "title", "start_on", "kpi", "horizon_days")
_DESIGNS = CHANGES.columns["design"].one_of
_GROUP = "a group, as persona:trainer, offer:x, channel:email or segment:north"
_DAY_OF_ITS_OWN = "a day of its own in scope only, on or after start_on, as segment:north@2025-03-01|south@2025-06-01"


def read_changes(client: Client) -> pd.DataFrame:
    """The client's changes, oldest first; empty where there is no `changes.csv`.

    Columns `change_id`, `title`, `start_on`, `kpi` (conversion, won, contacted, days, satisfaction) and `horizon_days`, and of choice
    `action_id`, `end_on`, `stage`, `scope`, `expected`, `comparison`, `design` (ab, ab_sequential, controlled_series), `control_share`, `written_on`,
    `written_by` (a role). What was written after the data cut is no news yet, and is left out.

    Raises
    ------
    ParameterError
        Every mistake in the file, one a line: line, column, got, expected, nearest.
    """
    sheet = read_sheet(client.folder / "changes.csv", CHANGE_COLUMNS, required=_REQUIRED, own_contacts=client.privacy.own_contacts)
    if sheet is None:
        return empty(CHANGES)
    stages = load_stage_model(client).all_ids
    rows, seen = [], {}
    for line, cells in sheet.lines:
        cells = {name: cells.get(name, "") for name in CHANGE_COLUMNS}
        if cells["change_id"] in seen:
            sheet.refuse(line, "change_id", cells["change_id"], f"an id no other line has; line {seen[cells['change_id']]} has it")
        seen.setdefault(cells["change_id"], line)
        rows.append(_read_change(sheet, line, cells, stages, client))
    sheet.close()
    changes = check(pd.DataFrame(rows), CHANGES) if rows else empty(CHANGES)
    known = ~(changes["written_on"].fillna(changes["start_on"]) > pd.Timestamp(client.as_of))
    return changes[known].sort_values(["start_on", "change_id"], kind="stable").reset_index(drop=True)


def is_written_late(change) -> bool:
    """Whether KPI and horizon were written after the change began: then they may have been chosen by what was seen."""
    return bool(pd.isna(change.written_on) or change.written_on > change.start_on)


def _read_change(sheet: Sheet, line: int, cells: dict[str, str], stages, client: Client) -> dict:
    for name in _REQUIRED:
        if not cells[name]:
            sheet.refuse(line, name, "", f"{CHANGES.columns[name].meaning}: it is written before the change begins")
    if cells["kpi"]:
        sheet.one_of(line, "kpi", cells["kpi"], EFFECT_KPIS)
    if cells["stage"]:
        sheet.one_of(line, "stage", cells["stage"], stages)
    if cells["design"]:
        sheet.one_of(line, "design", cells["design"], _DESIGNS)
    start, end = (sheet.date(line, name, cells[name]) for name in ("start_on", "end_on"))
    if start is not None and end is not None and end < start:
        sheet.refuse(line, "end_on", cells["end_on"], f"a day after start_on, {cells['start_on']}")
    for name in ("scope", "comparison"):
        _check_group(sheet, line, name, cells[name], client)
    _check_comparison(sheet, line, cells, start)
    return {**{name: cells[name] or None for name in CHANGE_COLUMNS}, "start_on": start, "end_on": end,
            "horizon_days": _positive(sheet, line, "horizon_days", cells), "expected": sheet.number(line, "expected", cells["expected"]),
            "control_share": _share(sheet, line, cells["control_share"]), "written_on": sheet.date(line, "written_on", cells["written_on"])}  # fmt: skip


def _check_group(sheet, line, column, got, client):
    named = named_groups(got)
    if not got:
        return
    if named.kind not in GROUPINGS or not named.starts:
        sheet.refuse(line, column, got, _GROUP, GROUPINGS)
        return
    personas = tuple(persona.id for persona in client.personas)
    for name in named.starts if named.kind == "persona" and not named.is_all else ():
        if name not in personas:
            sheet.refuse(line, column, got, f"a declared persona in place of {name!r} ({', '.join(personas) or 'none is declared'})", [f"persona:{p}" for p in personas])


def _check_comparison(sheet, line, cells, start):
    scope, comparison = named_groups(cells["scope"]), named_groups(cells["comparison"])
    if cells["design"] and not cells["comparison"]:
        sheet.refuse(line, "comparison", "", f"the group that did not get the change: design {cells['design']!r} compares with it")
    if (scope.kind == "list" or comparison.kind == "list") and (scope.kind != comparison.kind or cells["kpi"] != "won"):
        sheet.refuse(line, "scope", cells["scope"], "a list with its own others as comparison and the KPI won, as `journey list` prints them")
    if scope.is_all:
        sheet.refuse(line, "scope", cells["scope"], "the groups by name, or nothing at all for everybody")
    if comparison.starts and comparison.kind == scope.kind and set(comparison.starts) & set(scope.starts):
        sheet.refuse(line, "comparison", cells["comparison"], "another group than the scope")
    if comparison.is_all and scope.kind != comparison.kind:
        sheet.refuse(line, "comparison", cells["comparison"], f"a scope of the same kind, {comparison.kind}:…, whose others are meant")
    for column, named in (("scope", scope), ("comparison", comparison)):
        for day in filter(None, named.starts.values()):
            moment = sheet.date(line, column, day)
            if moment is not None and (column == "comparison" or (start is not None and moment < start)):
                sheet.refuse(line, column, cells[column], _DAY_OF_ITS_OWN)


def _positive(sheet, line, column, cells):
    value = sheet.number(line, column, cells[column])
    if value is not None and value <= 0:
        sheet.refuse(line, column, cells[column], "days after the start, e.g. 90")
    return value


def _share(sheet, line, got):
    value = sheet.number(line, "control_share", got)
    if value is not None and not 0 < value < 1:
        sheet.refuse(line, "control_share", got, "a share between 0 and 1, e.g. 0.5")
    return value
