"""The filled sheet of follow-up flows: what does not fit together in it, and its lines as `flows.csv` takes them (M093)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from journeylib.client import Client
from journeylib.collect.formats import value_map
from journeylib.collect.rows.texts import first_fit
from journeylib.improve.flows import DELIVERED, END, ENDS, FLOW_COLUMNS
from journeylib.kit.filled import Filled, FilledSheet
from journeylib.kit.plan import chosen
from journeylib.names import channel_id
from journeylib.schema import ATOMS
from journeylib.sheets import read_sheet
from journeylib.stages import StageModel
from journeylib.wording import Words

#: Column of `flows.csv` → column of the sheet, where they are not called the same.
_OF_SHEET = {"flow_id": "flow", "next": "next_step"}


def flow_mistakes(sheet: FilledSheet, where: dict, words: Words) -> Iterator[str]:
    """Steps that stand twice in a flow, and next steps that are none, each with its cell."""
    steps: dict[str, dict[str, int]] = {}
    for row in sheet.rows:
        own, step = steps.setdefault(_text(row, "flow"), {}), _text(row, "step")
        if step in own:
            yield words.say("kit.mistakes.repeated", **where, cell=sheet.cell(row.number, "step"), got=step, other=sheet.cell(own[step], "step"))
        own.setdefault(step, row.number)
    column = next(column for column in sheet.sheet.columns if column.id == "next_step")
    for row in sheet.rows:
        follows, own = _text(row, "next_step"), steps[_text(row, "flow")]
        if follows and follows.casefold() not in ENDS and follows not in own:
            expected = ", ".join([*own, words.say("kit.end_of_flow")])
            yield words.say("kit.mistakes.choice", **where, cell=sheet.cell(row.number, "next_step"), column=column.header, got=follows, expected=expected)


def flow_lines(filled: Filled, client: Client, model: StageModel, personas: dict[str, str]) -> str:
    """The flows of the sheets as lines of `flows.csv`, with its header; without those that stand in the client's file just so, empty where none is left.

    Parameters
    ----------
    personas : id → name, declared or described in the kit.
    """
    flows: dict[str, list[tuple]] = {}
    for sheet in filled.of("flows"):
        for row in sheet.rows:
            line = tuple(_cell(name, _text(row, _OF_SHEET.get(name, name)), model, personas) for name in FLOW_COLUMNS)
            flows.setdefault(line[0], []).append(line)
    there = _lines_there(client)
    new = [line for flow, lines in flows.items() if lines != there.get(flow) for line in lines]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([FLOW_COLUMNS, *new] if new else [])
    return out.getvalue()


def _lines_there(client) -> dict[str, list[tuple]]:
    sheet, found = read_sheet(client.folder / "flows.csv", FLOW_COLUMNS + DELIVERED, required=()), {}
    for _, cells in sheet.lines if sheet else ():
        found.setdefault(cells.get("flow_id", ""), []).append(tuple(cells.get(name, "") for name in FLOW_COLUMNS))
    return found


def _text(row, column) -> str:
    """A cell as text; a whole number without a point, as people wrote it."""
    value = row.cells.get(column, "")
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value).strip()


def _cell(name, text, model: StageModel, personas) -> str:
    """A cell's word as the id the library keeps."""
    if not text:
        return ""
    if name in ("stage", "goal"):
        return model.stage_id_of_atom(text.casefold()) if text.casefold() in ATOMS else model.find(text)
    if name == "persona":
        return next(key for key, called in personas.items() if text.casefold() in (key.casefold(), called.casefold()))
    if name == "channel":
        return channel_id(text) or text
    if name == "audience":
        return chosen(text, "audience")
    if name == "consent":
        return "yes" if first_fit(text, value_map("yes_no")) else "no"
    if name == "exit":
        return "|".join(chosen(word, "exits") for word in text.split(","))
    return END if name == "next" and text.casefold() in ENDS else text
