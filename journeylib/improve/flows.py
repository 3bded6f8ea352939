"""The client's follow-up flows: `flows.csv` in the client's own folder, read and never written, mistakes by line and column (M093)."""

from __future__ import annotations

import pandas as pd

from journeylib.client import Client
from journeylib.knowledge import load
from journeylib.names import channel_id
from journeylib.schema import FLOW_EXITS, FLOWS, check
from journeylib.sheets import Sheet, read_sheet
from journeylib.stages import load_stage_model, shipped_stages

FLOW_COLUMNS = (
    "flow_id",
    "flow",
    "stage",
    "persona",
    "audience",
    "goal",
    "trigger",
    "consent",
    "step",
    "wait_days",
    "message",
    "channel",
    "next",
    "exit",
    "at_most",
    "gaps",
)
#: Columns of the delivered table that need not be taken out when its lines are copied.
DELIVERED = ("origin", "gap_id", "has_consent", "line")
#: What is said once, on the first line of a flow, and holds for all of it.
OF_FLOW = ("flow", "stage", "persona", "audience", "goal", "trigger", "consent", "gaps")
_REQUIRED = ("flow_id", "step", "message")
#: Words for the end of a flow, and for yes and no.
END = "end"
ENDS = (END, "slut", "slutt")
_YES, _NO = ("yes", "ja", "true"), ("no", "nej", "nei", "false", "")


def read_flows(client: Client) -> pd.DataFrame | None:
    """The client's flows, a step a row, in the order of the file; None where there is no `flows.csv`.

    Columns `flow_id`, `step` and `message`, and of choice `flow` (name), `stage`, `persona`, `audience` (prospects, customers), `goal` (a stage),
    `trigger`, `consent` (yes, no), said once on a flow's first line; `wait_days` after the step before; `channel`; `next` (the id of a step, or
    `end`; empty = the line below); `exit` (purchase, answer, goal, no, silent, unsubscribe; several with `|`; counts from its line on);
    `at_most` (how many times the step is done). Lines of a delivered `tables/flows.csv` can be copied as they stand.

    A flow with `gaps` on its first line (checks, several with `|`) is a template of the client's own: not in use yet, but proposed where one of
    them is found. Its `origin` is proposed, and its `gap_id` names the checks. With the id of a flow of the catalogue it takes that one's place.

    Raises
    ------
    ParameterError
        Every mistake in the file, one a line: line, column, got, expected, nearest. What does not hold together in a flow that can
        be read is no mistake of the file: `improve.nurturing.flow_problems` says it.
    """
    sheet = read_sheet(client.folder / "flows.csv", FLOW_COLUMNS + DELIVERED, required=_REQUIRED, own_contacts=client.privacy.own_contacts)
    if sheet is None:
        return None
    firsts: dict[str, dict] = {}
    rows = [_read_step(sheet, line, _cells(cells), firsts, client) for line, cells in sheet.lines]
    _check_steps(sheet, rows)
    sheet.close()
    return check(pd.DataFrame([_joined(row, rows) for row in rows], columns=list(FLOWS.columns)), FLOWS) if rows else None


def header_of(client: Client) -> tuple[str, ...]:
    """The columns of the client's file as they stand, from left to right; the usual ones where there is no file."""
    sheet = read_sheet(client.folder / "flows.csv", FLOW_COLUMNS + DELIVERED, required=())
    return tuple(sheet.lines[0][1]) if sheet is not None and sheet.lines else FLOW_COLUMNS


def _cells(cells) -> dict[str, str]:
    """A line's cells; consent under the name of the delivered table, too."""
    return {name: cells.get(name, "") for name in FLOW_COLUMNS} | {"consent": cells.get("consent", "") or cells.get("has_consent", "")}


def _read_step(sheet: Sheet, line, cells, firsts, client) -> dict:
    for name in _REQUIRED:
        if not cells[name]:
            sheet.refuse(
                line,
                name,
                "",
                {"flow_id": "the id of a flow", "step": "an id no other step of the flow has", "message": "what is said"}[name],
            )
    first = firsts.setdefault(cells["flow_id"], cells)
    if first is cells:
        _check_flow(sheet, line, cells, client)
    for name in OF_FLOW:
        if first is not cells and cells[name] and cells[name] != first[name]:
            sheet.refuse(line, name, cells[name], f"nothing, or what the flow's first line says, {first[name]!r}")
    wait = sheet.number(line, "wait_days", cells["wait_days"])
    if wait is not None and wait < 0:
        sheet.refuse(line, "wait_days", cells["wait_days"], "days after the step before, e.g. 3")
    return {"flow_id": cells["flow_id"], "flow": first["flow"] or cells["flow_id"], "origin": "proposed" if first["gaps"] else "own", "gap_id": ",".join(_checks(first["gaps"])) or None, "stage": _stage(first["stage"], client), "persona": first["persona"],
            "audience": first["audience"] or "prospects", "goal": _stage(first["goal"], client) or None, "trigger": first["trigger"] if first is cells else None, "step": cells["step"],
            "wait_days": wait or 0.0, "message": cells["message"], "channel": _channel(sheet, line, cells["channel"]), "next": cells["next"], "exit": _exits(sheet, line, cells["exit"]),
            "at_most": _count(sheet, line, cells["at_most"]), "has_consent": first["consent"].casefold() in _YES, "line": line}  # fmt: skip


def _check_flow(sheet, line, cells, client):
    model, personas = load_stage_model(client), tuple(persona.id for persona in client.personas)
    for name in ("stage", "goal"):
        if cells[name] and model.find(cells[name]) is None and cells[name] not in shipped_stages():
            sheet.refuse(line, name, cells[name], f"a stage of the model ({', '.join(model.all_ids)})", model.all_ids)
    if cells["persona"] and cells["persona"] not in personas:
        sheet.refuse(line, "persona", cells["persona"], f"a declared persona ({', '.join(personas) or 'none is declared'})", personas)
    if cells["audience"]:
        sheet.one_of(line, "audience", cells["audience"], ("prospects", "customers"))
    for name in _checks(cells["gaps"]):
        if name not in load("gaps"):
            sheet.refuse(line, "gaps", name, "a check, e.g. G23")
    if cells["consent"].casefold() not in (*_YES, *_NO):
        sheet.refuse(line, "consent", cells["consent"], "yes or no")


def _checks(got) -> list[str]:
    return [part.strip() for part in got.split("|") if part.strip()]


def _stage(name, client) -> str:
    return (load_stage_model(client).find(name) or name) if name else ""


def _channel(sheet, line, got) -> str | None:
    found = channel_id(got) if got else None
    if got and found is None:
        sheet.refuse(line, "channel", got, "a channel, e.g. email, sms, phone", load("channels")["channels"])
    return found


def _exits(sheet, line, got) -> str | None:
    named = [part.strip() for part in got.replace(",", "|").split("|") if part.strip()]
    for each in named:
        sheet.one_of(line, "exit", each, FLOW_EXITS)
    return ",".join(each for each in FLOW_EXITS if each in named) or None


def _count(sheet, line, got) -> int | None:
    number = sheet.number(line, "at_most", got)
    if number is not None and (number < 1 or number != int(number)):
        sheet.refuse(line, "at_most", got, "a whole number of times, e.g. 3")
        return None
    return None if number is None else int(number)


def _check_steps(sheet, rows):
    """Each step of a flow has an id of its own, and `next` names one of them."""
    steps: dict[str, dict[str, int]] = {}
    for row in rows:
        own = steps.setdefault(row["flow_id"], {})
        if row["step"] in own:
            sheet.refuse(row["line"], "step", row["step"], f"an id no other step of the flow has; line {own[row['step']]} has it")
        own.setdefault(row["step"], row["line"])
    for row in rows:
        if row["next"] and row["next"].casefold() not in ENDS and row["next"] not in steps[row["flow_id"]]:
            sheet.refuse(
                row["line"],
                "next",
                row["next"],
                f"a step of the flow ({', '.join(steps[row['flow_id']])}), or `end`",
                (*steps[row["flow_id"]], END),
            )


def _joined(row, rows) -> dict:
    """The step with what follows it: named, `end`, or the flow's next line; none after the last line."""
    if row["next"]:
        return row | {"next": END if row["next"].casefold() in ENDS else row["next"]}
    after = [other["step"] for other in rows if other["flow_id"] == row["flow_id"] and other["line"] > row["line"]]
    return row | {"next": after[0] if after else None}
