"""What people decided: `decisions.csv` and `actions.csv` in the client's own folder, read and never written (M082)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from journeylib import knowledge
from journeylib.client import Client
from journeylib.errors import nearest
from journeylib.schema import ACTIONS, GAPS, check, empty
from journeylib.sheets import Sheet, read_sheet
from journeylib.stages import load_stage_model, shipped_stages

DECISIONS = ("accept", "reject", "park")
DECISION_COLUMNS = ("gap_id", "decision", "decided_by", "decided_why", "until")
ACTION_COLUMNS = ("action_id", "kind", "gap_id", "stage", "persona", "title", "status", "owner", "kpi", "target", "start_on",
                  "due_on", "effort")  # fmt: skip
EFFORTS = ("low", "medium", "high")


def read_decisions(client: Client, file: Path | None = None) -> pd.DataFrame:
    """Which gaps people accepted, rejected or parked, by whom and why; empty where there is no `decisions.csv`.

    Columns `gap_id`, `decision` (accept, reject, park), and of choice `decided_by` (a role), `decided_why`, `until` (a
    date: the decision lapses after it). A decision on a gap that is no longer asked about rests until it is.
    `file`: another file than the client's own, to see whether it may take its place.

    Raises
    ------
    ParameterError
        Every mistake in the file, one a line: line, column, got, expected, nearest.
    """
    sheet = read_sheet(file or client.folder / "decisions.csv", DECISION_COLUMNS, required=("gap_id", "decision"), own_contacts=client.privacy.own_contacts)
    if sheet is None:
        return pd.DataFrame(columns=list(DECISION_COLUMNS))
    rows, seen = [], {}
    is_known = _gap_reader(sheet, client)
    for line, cells in sheet.lines:
        is_known(line, cells["gap_id"])
        sheet.one_of(line, "decision", cells["decision"], DECISIONS)
        if cells["gap_id"] in seen:
            sheet.refuse(line, "gap_id", cells["gap_id"], f"one decision a gap; line {seen[cells['gap_id']]} has one already")
        seen.setdefault(cells["gap_id"], line)
        rows.append(cells | {"until": sheet.date(line, "until", cells.get("until", ""))})
    sheet.close()
    decided = pd.DataFrame(rows, columns=list(DECISION_COLUMNS))
    lapsed = pd.to_datetime(decided["until"]) < pd.Timestamp(client.as_of)
    return decided[~lapsed].reset_index(drop=True)


def apply_decisions(gaps: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """The gaps with what people decided about them; a rejected gap stays in the list, with the reason.

    A decision on `G05` holds for every place of the check, one on `G05:consideration` for every persona there; the most
    precise one counts.
    """
    by_gap = {row["gap_id"]: row for row in decisions.to_dict("records")}
    chosen = [by_gap.get(most_precise(gap_id, by_gap), {}) for gap_id in gaps["gap_id"]]
    decided = {name: [row.get(name) or None for row in chosen] for name in ("decision", "decided_by", "decided_why")}
    return check(gaps.assign(**{name: pd.array(values, dtype="string") for name, values in decided.items()}), GAPS)


def most_precise(gap_id: str, ids: Iterable[str]) -> str:
    """The longest of the ids that names the gap or a part of the journey it lies in; empty when none does.

    >>> most_precise("G05:consideration:cio", ["G05", "G05:consideration", "G05:decision"])
    'G05:consideration'
    """
    return max((name for name in ids if gap_id == name or gap_id.startswith(f"{name}:")), key=len, default="")


def read_agreed_actions(client: Client) -> pd.DataFrame:
    """The actions people agreed on, as rows of the actions table; empty where there is no `actions.csv`.

    Columns `title` or `kind` (A01 … A31, or `own`), and of choice `action_id`, `gap_id`, `stage`, `persona`, `status`
    (agreed, under_way, done, rejected; agreed where empty), `owner` (a role), `kpi`, `target`, `start_on`, `due_on`, `effort`.

    Raises
    ------
    ParameterError
        Every mistake in the file, one a line.
    """
    sheet = read_sheet(client.folder / "actions.csv", ACTION_COLUMNS, required=(), own_contacts=client.privacy.own_contacts)
    if sheet is None:
        return empty(ACTIONS)
    is_known = _gap_reader(sheet, client)
    rows = [_read_action(sheet, line, cells, is_known, client) for line, cells in sheet.lines]
    ids = pd.Series([row["action_id"] for row in rows])
    for place in ids[ids.duplicated()].index:
        sheet.refuse(sheet.lines[place][0], "action_id", ids[place], "an id no other line has")
    sheet.close()
    return check(pd.DataFrame(rows), ACTIONS) if rows else empty(ACTIONS)


def _read_action(sheet: Sheet, line: int, cells: dict, is_known: Callable, client: Client) -> dict:
    cells = {name: cells.get(name, "") for name in ACTION_COLUMNS}
    catalogue, kind = knowledge.load("actions"), cells["kind"] or "own"
    sheet.one_of(line, "kind", kind, (*catalogue, "own"))
    if cells["gap_id"]:
        is_known(line, cells["gap_id"])
    place = dict(zip(("stage", "persona"), [*cells["gap_id"].split(":")[1:3], "", ""], strict=False))
    own_title = catalogue[kind]["name"][client.language] if kind in catalogue else ""
    if not (cells["title"] or own_title):
        sheet.refuse(line, "title", "", "what is to be done, or a kind of action")
    status = cells["status"] or "agreed"
    sheet.one_of(line, "status", status, ACTIONS.columns["status"].one_of)
    if cells["effort"]:
        sheet.one_of(line, "effort", cells["effort"], EFFORTS)
    return {
        "action_id": cells["action_id"] or ":".join(filter(None, [kind, cells["gap_id"] or f"line{line}"])), "kind": kind,
        "gap_id": cells["gap_id"] or None, "stage": cells["stage"] or place["stage"], "persona": cells["persona"] or place["persona"],
        "title": cells["title"] or own_title or "?", "status": status, "owner": cells["owner"] or None, "kpi": cells["kpi"] or None,
        "target": sheet.number(line, "target", cells["target"]), "start_on": sheet.date(line, "start_on", cells["start_on"]),
        "due_on": sheet.date(line, "due_on", cells["due_on"]), "effort": cells["effort"] or None,
    }  # fmt: skip


def _gap_reader(sheet: Sheet, client: Client) -> Callable[[int, str], None]:
    """Checks that a gap's id is made of a check, a stage and a persona that exist.

    A stage of another shipped model is no mistake: what was decided under that model rests until it is chosen again.
    """
    checks, own = tuple(knowledge.load("gaps")), load_stage_model(client).all_ids
    personas = tuple(persona.id for persona in client.personas)
    parts = (("a check, e.g. G05:consideration", checks, ()), ("a stage of the model", ("", *own), shipped_stages()),
             ("a declared persona", ("", *personas), ()))  # fmt: skip

    def read(line: int, gap_id: str) -> None:
        for part, (expected, valid, resting) in zip(gap_id.split(":"), parts, strict=False):
            if part not in valid and part not in resting:
                sheet.refuse(line, "gap_id", gap_id, f"{expected} in place of {part!r} ({', '.join(filter(None, valid[:12]))})")
                hint = nearest(part, valid)
                sheet.mistakes[-1] += hint

    return read
