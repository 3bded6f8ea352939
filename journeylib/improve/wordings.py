"""The client's own words for what its buttons say: `calls_to_act.csv` in the client's own folder, read and never written (M092)."""

from __future__ import annotations

from dataclasses import dataclass

from journeylib import knowledge
from journeylib.client import LANGUAGES, Client
from journeylib.sheets import Sheet, read_sheet
from journeylib.stages import load_stage_model, shipped_stages

FILE = "calls_to_act.csv"
COLUMNS = ("wording", "stage", "types", "language", "replaces")


@dataclass(frozen=True)
class OwnWording:
    """A request to act as the client wants it said in one language: in a stage, in place of the catalogue's (its id), or both."""

    text: str
    language: str
    stage: str = ""
    types: tuple[str, ...] = ()
    replaces: str = ""


def read_wordings(client: Client) -> tuple[OwnWording, ...]:
    """The client's own wordings, in the order of the file; none where there is no `calls_to_act.csv`.

    Columns `wording`, `stage` (id or name) and `replaces` (what the report proposes now, or its name in `knowledge/calls_to_act.yml`), at
    least one of the two, and of choice `types` (content types it is for, several with `|`) and `language` (the client's where empty).

    Raises
    ------
    ParameterError
        Every mistake in the file, one a line: line, column, got, expected, nearest.
    """
    sheet = read_sheet(client.folder / FILE, COLUMNS, required=("wording",), own_contacts=client.privacy.own_contacts)
    if sheet is None:
        return ()
    found = tuple(_read_line(sheet, line, {name: cells.get(name, "") for name in COLUMNS}, client) for line, cells in sheet.lines)
    sheet.close()
    return found


def is_vague(request: str) -> bool:
    """Whether a request says nothing of what happens next, in any of the four languages.

    >>> is_vague("Läs mer »"), is_vague("Begär offert")
    (True, False)
    """
    plain = " ".join("".join(letter if letter.isalnum() else " " for letter in request.casefold()).split())
    return any(plain in words for words in knowledge.load("calls_to_act")["vague"].values())


def _read_line(sheet: Sheet, line, cells, client) -> OwnWording:
    text, stage, language = cells["wording"], cells["stage"], cells["language"] or client.language
    if not text or is_vague(text):
        sheet.refuse(line, "wording", text, "words that say what happens next, e.g. Book a talk")
    language = "nb" if language == "no" else language
    sheet.one_of(line, "language", language, LANGUAGES)
    model = load_stage_model(client)
    if stage and model.find(stage) is None and stage not in shipped_stages():
        sheet.refuse(line, "stage", stage, f"a stage of the model ({', '.join(model.all_ids)})", model.all_ids)
    if not stage and not cells["replaces"]:
        sheet.refuse(line, "stage", "", "the stage it is said in, or under `replaces` the wording whose place it takes")
    return OwnWording(text, language, (model.find(stage) or stage) if stage else "", _types(sheet, line, cells["types"]),
                      _replaced(sheet, line, cells["replaces"], language))  # fmt: skip


def _types(sheet, line, got) -> tuple[str, ...]:
    known = {word.casefold(): name for name, kind in knowledge.load("content_types").items() for word in (name, *kind["name"].values(), *kind["aliases"])}
    named = [part.strip() for part in got.split("|") if part.strip()]
    for each in named:
        if each.casefold() not in known:
            sheet.refuse(line, "types", each, "a content type, e.g. guide, case, webinar", known)
    return tuple(known[each.casefold()] for each in named if each.casefold() in known)


def _replaced(sheet, line, got, language) -> str:
    known = knowledge.load("calls_to_act")["wordings"]
    by_word = {name: name for name in known} | {entry["text"].get(language, name).casefold(): name for name, entry in known.items()}
    if got and got.casefold() not in by_word:
        sheet.refuse(line, "replaces", got, "a wording the report proposes in that language, or its name in calls_to_act.yml", [*known, *(entry["text"].get(language, name) for name, entry in known.items())])
    return by_word.get(got.casefold(), "")
