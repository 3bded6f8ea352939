"""How filled sheets come back: the `sources:` and `personas:` to paste into the client's parameters."""

from __future__ import annotations

import json
from dataclasses import dataclass

from journeylib.client import Client, Source
from journeylib.collect.files.layout import tidy
from journeylib.collect.formats import load_format
from journeylib.kit.filled import Filled, FilledSheet
from journeylib.kit.plan import KitFile, Sheet

#: The sheet the kit fills with suggestions.
_SUGGESTED = "needs"


def kit_sources(plan: tuple[KitFile, ...], filled: Filled, folder: str) -> dict[str, dict]:
    """Source name → settings, as `client.Source` takes them.

    The sheets that have something filled in; where none has, all of them, so that the block can be pasted beforehand. Needs
    that the kit itself suggests are nobody's word yet: they come along once customers have answered the survey about them.

    Parameters
    ----------
    folder : the kit's folder as seen from the client's data folder; empty = the same.
    """
    live = [sheet for sheet in filled.sheets if sheet.sheet.format and (sheet.rows or sheet.sheet.id == _SUGGESTED and filled.of("survey"))]
    if not live:
        return {f"kit_{sheet.id}": _settings(sheet, f"{file.name}.xlsx", sheet.title, len(file.sheets), folder)
                for file in plan for sheet in file.sheets if sheet.format and sheet.id != _SUGGESTED}  # fmt: skip
    found: dict[str, dict] = {}
    for sheet in live:
        name = f"kit_{sheet.sheet.id}"
        n_same = sum(other == name or other.startswith(f"{name}_") for other in found)
        settings = _settings(sheet.sheet, sheet.file, sheet.title, sheet.n_sheets, folder, sheet)
        found[f"{name}_{n_same + 1}" if n_same else name] = settings
    return found


def _settings(sheet: Sheet, file, title, n_sheets, folder, filled: FilledSheet | None = None) -> dict:
    settings: dict = {"file": f"{folder}/{file}" if folder else file, "format": sheet.format}
    if n_sheets > 1:
        settings["sheet"] = title
    if any(column.kind == "number" for column in sheet.columns):
        settings["decimal"] = sheet.decimal
    if sheet.decimal == "," and any(column.kind == "date" for column in sheet.columns):
        settings["dates"] = "D/M/Y"  # dates are date cells; whoever writes 2/1-97 as text means a day first in these languages
    if sheet.set:
        settings["set"] = dict(sheet.set)
    columns = _columns(sheet)
    if columns:
        settings["columns"] = columns
    questions = [question for number, question in enumerate(sheet.questions, start=1) if filled is None or f"q{number}" in filled.letters]
    if questions:
        settings["questions"] = {question.header: question.settings() for question in questions}
    return settings


def _columns(sheet: Sheet) -> dict[str, str]:
    """Field → heading, where the format would not know the heading by itself."""
    known = load_format(sheet.format).fields
    return {column.field: column.header for column in sheet.columns
            if column.field and tidy(column.header) not in {tidy(header) for header in known[column.field].headers}}  # fmt: skip


def described_personas(filled: Filled) -> list[dict[str, str]]:
    """The personas written or changed in the kit's sheet, as the parameters take them; those that stand there already are left out."""
    return [{key: str(value).strip() for key, value in row.cells.items()} for sheet in filled.of("personas") for row in sheet.rows]


@dataclass(frozen=True)
class Block:
    """Lines for the parameter file, and where they go: `key` = under the key that stands there already, empty = anywhere; `instead_of` = in place of these."""

    text: str
    key: str = ""
    instead_of: tuple[str, ...] = ()


def to_paste(client: Client, sources: dict[str, dict], personas: list[dict[str, str]]) -> tuple[Block, ...]:
    """What the parameters lack, and what stands there otherwise; a key that the file has is not written again, for a key stands once."""
    declared = {persona.id for persona in client.personas}
    known = {name: settings for name, settings in sources.items() if name in client.sources}
    changed = {name: settings for name, settings in known.items() if not _stands(client.sources[name], settings)}
    parts = [
        ("personas", [persona for persona in personas if persona.get("id") not in declared], ()),
        ("personas", again := [persona for persona in personas if persona.get("id") in declared], tuple(persona["id"] for persona in again)),
        ("sources", {name: settings for name, settings in sources.items() if name not in known}, ()),
        ("sources", changed, tuple(changed)),
    ]
    return tuple(_block(client, key, part, instead) for key, part, instead in parts if part)


def _stands(declared: Source, settings: dict) -> bool:
    """Whether the parameters say of a source what the kit would; what they say besides (who delivered it) is their own."""
    wanted = Source(**settings)
    return all(getattr(declared, key) == getattr(wanted, key) for key in settings)


def _block(client, key, part, instead) -> Block:
    lines = _source_lines(part) if key == "sources" else [f"  - {_flow(persona)}" for persona in part]
    has_key = bool(getattr(client, key))
    return Block("\n".join(lines if has_key else [f"{key}:", *lines]), key if has_key else "", instead)


def _source_lines(sources: dict[str, dict]) -> list[str]:
    """The sources as they stand in `params/<client>.yml`; texts are quoted, so that no word is read as a sign."""
    lines = []
    for name, settings in sources.items():
        lines.append(f"  {name}:")
        for key, value in settings.items():
            if key == "questions":
                lines += ["    questions:", *(f"      {_flow(header)}: {_flow(question)}" for header, question in value.items())]
            else:
                lines.append(f"    {key}: {_flow(value)}")
    return lines


def _flow(value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
