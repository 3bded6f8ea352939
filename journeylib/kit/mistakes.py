"""Mistakes in filled sheets, each with its cell: what stands there, what may stand there, and the nearest of it. All at once."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator

import pandas as pd

from journeylib.collect.formats import value_map
from journeylib.collect.privacy import personal_data_in
from journeylib.collect.values.amounts import parse_numbers
from journeylib.collect.values.conditions import compile_pattern
from journeylib.collect.values.dates import parse_moments
from journeylib.kit.filled import Filled, FilledSheet
from journeylib.kit.flows import flow_mistakes
from journeylib.kit.plan import OPEN_KINDS, SEVERAL, Column, Names, chosen
from journeylib.schema import ATOMS
from journeylib.stages import StageModel
from journeylib.wording import Words

#: Kind → the value map its cells come back through.
_MAPS = {"row": "voice_rows", "yes_no": "yes_no", "relation": "relations", "need_kind": "need_kinds", "initiator": "initiators", "gate": "gates",
         "routine_kind": "routine_kinds", "standing": "standings"}  # fmt: skip
_ID = re.compile(r"[a-z0-9_]+")
_LONGEST = 40


def find_mistakes(filled: Filled, model: StageModel, names: Names, words: Words) -> list[str]:
    """Every mistake in every filled sheet, in the client's language, by file, sheet and cell; empty = all can be read."""
    found = [words.say("kit.mistakes.unreadable", file=file) for file in filled.unreadable]
    for sheet in filled.sheets:
        found += _of_sheet(sheet, model, names, words)
    return found


def _of_sheet(sheet: FilledSheet, model, names, words) -> Iterator[str]:
    where = {"file": sheet.file, "sheet": sheet.title}
    if sheet.sheet.id == "guide" or not sheet.rows:
        return
    for cell, heading in sheet.strange:
        yield _with_hint(words.say("kit.mistakes.strange_column", **where, cell=cell, got=_shown(heading, words)), heading,
                         [column.header for column in sheet.missing], words)  # fmt: skip
    for column in sheet.missing:
        yield words.say("kit.mistakes.no_column", **where, column=column.header)
    for row in sheet.rows:
        for column in sheet.sheet.columns:
            if column.id in sheet.letters:
                at = where | {"cell": sheet.cell(row.number, column.id)}
                yield from _of_cell(row.cells.get(column.id), column, at, model, names, words)
    yield from _repeated(sheet, where, words)
    if sheet.sheet.id == "flows":
        yield from flow_mistakes(sheet, where, words)


def _of_cell(value, column: Column, at, model, names: Names, words: Words) -> Iterator[str]:
    if value is None:
        if column.is_required:
            yield words.say("kit.mistakes.empty", **at, column=column.header)
        return
    at = at | {"got": _shown(value, words)}
    if column.kind == "date":
        if not _is_date(value):
            yield words.say("kit.mistakes.date", **at, column=column.header)
    elif column.kind == "number":
        decimal = "." if words.language == "en" else ","
        if not _number(value, decimal) >= 0:
            yield words.say("kit.mistakes.number", **at, column=column.header)
        elif _may_be_a_thousand(value, decimal):
            yield words.say("kit.mistakes.number_twice", **at, column=column.header)
    elif column.scale:
        if not (column.scale[0] <= _number(value) <= column.scale[1] and _number(value) == int(_number(value))):
            yield words.say("kit.mistakes.scale", **at, lo=column.scale[0], hi=column.scale[1])
    elif column.kind not in OPEN_KINDS and (column.choices or column.kind in ("persona", "need")):
        for word in str(value).split(",") if column.kind in SEVERAL else (str(value),):
            yield from _of_choice(word.strip(), column, at | {"got": _shown(word, words)}, model, names, words)


def _of_choice(value, column, at, model, names, words) -> Iterator[str]:
    if is_known(value, column.kind, model, names):
        return
    if not column.choices:
        yield words.say("kit.mistakes.none_known", **at, column=column.header, other=_sheet_of(column.kind, words))
        return
    expected = ", ".join(column.choices)
    yield _with_hint(words.say("kit.mistakes.choice", **at, column=column.header, expected=expected), value, column.choices, words)


def is_known(value: str, kind: str, model: StageModel, names: Names) -> bool:
    """Whether a word of a cell will be understood when the sheet comes back."""
    plain = value.strip().casefold()
    if kind == "stage":
        return model.find(value) in model.ids or plain in ATOMS
    if kind == "persona":
        return plain in {name.casefold() for pair in names.personas.items() for name in pair}
    if kind == "need":
        return value in {need.id for need in names.needs}
    if kind not in _MAPS:
        return chosen(value, kind) is not None
    return any(compile_pattern(pattern).fullmatch(value) for pattern in value_map(_MAPS[kind]))


def _sheet_of(kind, words):
    from journeylib import knowledge

    return words.label(knowledge.load("kit")["sheets"]["personas" if kind == "persona" else "needs"]["title"])


def _with_hint(sentence, got, valid, words):
    """The sentence, and which valid word is nearest, if one is near."""
    by_case = {name.casefold(): name for name in valid}
    near = difflib.get_close_matches(str(got).strip().casefold(), list(by_case), n=1, cutoff=0.6)
    return f"{sentence} {words.say('kit.mistakes.near', nearest=by_case[near[0]])}" if near else sentence


def _shown(value, words) -> str:
    """A cell for a message: cut when long, hidden when it looks like somebody's data."""
    text = " ".join(str(value).split())
    if personal_data_in(text):
        return words.say("kit.mistakes.hidden")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _is_date(value) -> bool:
    """A date cell, or text that can be read in one way only: year first, or with points and day first."""
    if isinstance(value, (dt.date, dt.datetime)):
        return True
    text = str(value).strip()
    if re.match(r"\d{1,2}[/-]\d{1,2}[/-]", text):
        return False
    return bool(parse_moments(pd.Series([text], dtype="str"), order="D/M/Y", timezone="UTC").notna().iloc[0])


def _number(value, decimal=None) -> float:
    if isinstance(value, bool):
        return float("nan")
    if isinstance(value, (int, float)):
        return float(value)
    return float(parse_numbers(pd.Series([str(value)], dtype="str"), decimal or ("," if "," in str(value) else ".")).iloc[0])


def _may_be_a_thousand(value, decimal) -> bool:
    """Whether a text such as 1,234 would be a fraction in the client's language, and a thousand to whoever wrote it otherwise."""
    return isinstance(value, str) and bool(re.search(rf"\d{re.escape(decimal)}\d", value)) and _number(value, ",") != _number(value, ".")


def _repeated(sheet: FilledSheet, where, words) -> Iterator[str]:
    """Ids that stand twice; and ids of personas, which the parameters use, that are no ids."""
    if not any(column.id == "id" for column in sheet.sheet.columns) or "id" not in sheet.letters:
        return
    first: dict[str, str] = {}
    for row in sheet.all_rows:
        value = str(row.cells.get("id", "")).strip()
        cell = sheet.cell(row.number, "id")
        if value and value in first:
            yield words.say("kit.mistakes.repeated", **where, cell=cell, got=_shown(value, words), other=first[value])
        elif value and sheet.sheet.id == "personas" and not _ID.fullmatch(value):
            yield words.say("kit.mistakes.bad_id", **where, cell=cell, got=_shown(value, words))
        first.setdefault(value, cell)
