"""The kit: interview guide, survey, coding sheet and registers for a client to fill in, and how they come back (M023–M038).

`write_kit` puts the files in a folder and never writes over what somebody has filled in; `read_kit` says what is wrong in
filled sheets, cell by cell, and how they are named under `sources:`. From there on they are sources like any other.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from journeylib.client import Client
from journeylib.kit.books import workbook_bytes
from journeylib.kit.filled import Filled, read_filled
from journeylib.kit.flows import flow_lines
from journeylib.kit.gathered import Gathering, gather_voices, heard_table, say_gathering
from journeylib.kit.mistakes import find_mistakes
from journeylib.kit.pages import guide_page, survey_page
from journeylib.kit.plan import KitFile, Names, plan_kit
from journeylib.kit.questions import Need, starting_needs
from journeylib.kit.sources import Block, described_personas, kit_sources, to_paste
from journeylib.stages import StageModel
from journeylib.wording import Words

__all__ = ["Gathering", "Kit", "heard_table", "kit_folder", "read_kit", "say_gathering", "write_kit"]


@dataclass(frozen=True)
class Kit:
    """A client's kit as it lies in its folder.

    Attributes
    ----------
    mistakes : what is wrong in filled sheets, a sentence each in the client's language, cell by cell.
    sources : what to put under `sources:`, by source name. blocks : of these, and of the personas described, what the parameters lack, to paste.
    flows : lines to paste into `flows.csv`, of the flows that do not stand there already; empty where there are none.
    gathering : who was heard, saturation, agreement; None while nothing is filled in or a mistake stands in the way.
    """

    folder: Path
    plan: tuple[KitFile, ...]
    names: Names
    filled: Filled
    mistakes: tuple[str, ...]
    sources: dict[str, dict]
    blocks: tuple[Block, ...]
    flows: str
    gathering: Gathering | None


def kit_folder(client: Client) -> Path:
    """Where a client's kit lies unless told otherwise: `kit/` beside the raw files, where `sources:` can name it."""
    return client.data_folder / "kit"


def read_kit(client: Client, model: StageModel, folder: Path | None = None) -> Kit:
    """The kit's filled sheets, checked cell by cell."""
    folder, words = folder or kit_folder(client), _words(client)
    names = _names_in(read_filled(folder, plan_kit(client, model, words, _first_names(client, model, words))), client, model, words)
    plan = plan_kit(client, model, words, names)
    filled = read_filled(folder, plan_kit(client, model, words, names, _may_have_been_asked(names, client, model, words)))
    mistakes = tuple(find_mistakes(filled, model, names, words))
    sources = kit_sources(plan, filled, _seen_from(client, folder))
    gathering = None
    if not mistakes and any(filled.of(sheet.sheet.id) for sheet in filled.sheets if sheet.sheet.format):
        gathering = gather_voices(client, model, folder, kit_sources(plan, filled, ""), filled, names.personas)
    return Kit(folder, plan, names, filled, mistakes, sources, to_paste(client, sources, described_personas(filled)),
               "" if mistakes else flow_lines(filled, client, model, names.personas), gathering)  # fmt: skip


def write_kit(client: Client, model: StageModel, folder: Path | None = None) -> dict[str, str]:
    """Write the kit's files; what somebody has filled in stays as it is.

    Returns
    -------
    File name → `written`, `unchanged` or `kept` (somebody has filled it in).
    """
    folder, words = folder or kit_folder(client), _words(client)
    kit = read_kit(client, model, folder)
    first = plan_kit(client, model, words, _first_names(client, model, words))
    folder.mkdir(parents=True, exist_ok=True)
    done = {}
    for file, as_first in zip(kit.plan, first, strict=True):
        done[f"{file.name}.xlsx"] = _put(folder / f"{file.name}.xlsx", workbook_bytes(file, words), _is_ours(kit, f"{file.name}.xlsx"))
        page = _page(file, client, model, words, kit.names)
        if page:
            path = folder / f"{file.name}.md"
            earlier = _page(as_first, client, model, words, _first_names(client, model, words))
            done[path.name] = _put(path, page.encode(), not path.exists() or path.read_bytes() == earlier.encode())
    return done


def _words(client: Client) -> Words:
    return Words(client.language, client.currency, client.timezone)


def _first_names(client, model, words) -> Names:
    return Names({persona.id: persona.name for persona in client.personas}, starting_needs(model, words))


def _names_in(filled: Filled, client, model: StageModel, words) -> Names:
    """Personas and needs to choose from: the declared ones, and those written in the kit's own sheets."""
    first = _first_names(client, model, words)
    described = {persona["id"]: persona["name"] for persona in described_personas(filled) if {"id", "name"} <= set(persona)}
    rows = [row.cells for sheet in filled.of("needs") for row in sheet.all_rows if {"id", "wording"} <= set(row.cells)]
    needs = tuple(Need(str(row["id"]).strip(), str(row["wording"]).strip(), model.find(str(row.get("stage", "")))) for row in rows)
    return Names(first.personas | described, needs or first.needs)


def _may_have_been_asked(names: Names, client, model, words) -> tuple[Need, ...]:
    """The needs, and suggestions since taken away: a survey may have gone out before. One reworded is another question, so not that."""
    known = {need.id for need in names.needs}
    return names.needs + tuple(need for need in _first_names(client, model, words).needs if need.id not in known)


def _seen_from(client, folder: Path) -> str:
    """The folder as `file:` names it: from the client's data folder, where sheets filled in elsewhere are to be put."""
    inside, data = folder.resolve(), client.data_folder.resolve()
    return inside.relative_to(data).as_posix().removeprefix(".") if inside.is_relative_to(data) else kit_folder(client).name


def _page(file: KitFile, client, model, words, names) -> str:
    if file.id == "guide":
        return guide_page(client, model, words, file.sheets[0].note)
    return survey_page(client, model, words, names, file.sheets[0].note) if file.id == "survey" else ""


def _is_ours(kit: Kit, name: str) -> bool:
    """Whether the file may be written: it is not there, or is the kit's own with nothing filled in."""
    if name not in kit.filled.names:
        return True
    sheets = [sheet for sheet in kit.filled.sheets if sheet.file == name]
    return bool(sheets) and not any(sheet.rows for sheet in sheets)


def _put(path: Path, content: bytes, may_write: bool) -> str:
    if path.is_file() and path.read_bytes() == content:
        return "unchanged"
    if not may_write:
        return "kept"
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    os.replace(new, path)
    return "written"
