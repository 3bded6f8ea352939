"""What `journey check` says of files whose format is missing, unknown or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from journeylib.client import Client
from journeylib.collect.formats import format_names
from journeylib.collect.guessing import UNSURE, Guess, guess_format, look_into, quoted, sheets_of
from journeylib.collect.looks import as_events, look_at, parts_by_blanks
from journeylib.errors import JourneyError

_NO_FORMAT = "No format knows the headings of {file}."
_BY_HAND = """ Name its columns yourself, as events or as what customers said:

sources:
  {name}:
    file: {file}
    format: plain_events  # or plain_voices, orders_lines, customers; journeylib/collect/formats/README.md lists all
    columns: {{occurred_at: '', customer_id: '', detail: ''}}
    set: {{touchpoint: ''}}
"""
_HAND_NAMED = """
If a row is something that happened, that may be (plain_voices, orders_lines, customers and the others stand in journeylib/collect/formats/README.md):

sources:
  {name}:
    file: {file}
    format: plain_events
"""


def say_file(path: Path) -> str:
    """What a file may be; of a workbook, each of its sheets."""
    sheets = sheets_of(path)
    if len(sheets) < 2:
        return say_guesses(path, guess_format(path))
    return "\n".join(_say_sheet(path, sheet) for sheet in sheets)


def _say_sheet(path, sheet):
    try:
        return say_guesses(path, guess_format(path, sheet=sheet), sheet)
    except JourneyError as error:
        return f"Sheet {sheet!r}: {error}\n"


def say_guesses(path: Path, guesses: list[Guess], sheet: str | None = None) -> str:
    """What a file may be, how sure that is and why, and the block to paste."""
    if not guesses:
        return say_columns(path, sheet)
    shown = f"{path.name}, sheet {sheet!r}," if sheet else path.name
    best, others = guesses[0], guesses[1:]
    head = f"{shown} {'may be' if best.sureness == UNSURE else 'is'} {best.label} ({best.format})"
    lines = [f"{head}: {best.sureness}, {best.score:.2f} of 1."] + [f"  {reason}" for reason in best.why]
    lines += [f"  Else: {', '.join(f'{guess.format} ({guess.score:.2f})' for guess in others)}."] if others else []
    return "\n".join([*lines, "", best.block])


def say_columns(path: Path, sheet: str | None = None) -> str:
    """For a file no format knows: what each of its columns looks like, and what they may be called as events."""
    names = {"file": path.name, "name": "".join(sign if sign.isalnum() else "_" for sign in path.name.split(".")[0].lower())}
    raw = look_into(path, sheet)
    n_parts = parts_by_blanks(raw)
    looks = [] if n_parts else look_at(raw)
    head = _NO_FORMAT.format(**names)
    if n_parts:
        head += f" Its lines have {n_parts} parts with blanks between: say `separator: \" \"`, and `headings: […]` with {n_parts} names if the first line has none."
    if not looks:
        return head + _BY_HAND.format(**names)
    found = as_events(looks)
    lines = [f"    sheet: {quoted(sheet)}"] if sheet else []
    lines += ["    columns:", *(f"      {column}: {quoted(heading)}" for column, heading in found.items())] if found else []
    lines += [f"      {column}: ''  # {why}" for column, why in (("occurred_at", "no column of dates was seen: when?"), ("customer_id", "no column of ids was seen: whose?")) if column not in found]
    lines += [] if "touchpoint" in found else ["    set: {touchpoint: ''}  # what happened, e.g. order"]
    return "\n".join([f"{head} Its columns look like this:", *(look.say() for look in looks), _HAND_NAMED.format(**names) + "\n".join(lines), ""])


def suggest_missing(params: Path, folder: Path) -> list[str]:
    """For a parameter file that cannot be loaded: what the sources without a known format may be; `folder` unless the file names another."""
    try:
        written = YAML(typ="safe", pure=True).load(params.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        return []
    if not isinstance(written, Mapping) or not isinstance(written.get("sources"), Mapping):
        return []
    sources, folder = written["sources"], params.parent / str(written["data_folder"]) if written.get("data_folder") else folder
    own = {path.stem for path in (params.parent / params.stem / "formats").glob("*.yml")}
    without = {name: source for name, source in sources.items() if isinstance(source, Mapping) and source.get("format") not in {*format_names(), *own}}
    return [said for source in without.values() if (said := _of_file(folder, source.get("file"), sheet=source.get("sheet")))]


def suggest_instead(client: Client, problems: list[str]) -> list[str]:
    """For sources that cannot be read as declared: another format, where one fits surely or likely."""
    said = []
    for name, source in client.sources.items():
        if any(problem.startswith(f"sources.{name}:") for problem in problems):
            said += [found] if (found := _of_file(client.data_folder, source.file, source.format, source.sheet)) else []
    return said


def _of_file(folder: Path, pattern, declared: str | None = None, sheet: str | None = None) -> str | None:
    """What the first file of a source may be; nothing where it is not there, not readable, or already named so."""
    if not isinstance(pattern, str) or Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        return None
    path = next((path for path in sorted(folder.glob(pattern)) if path.is_file()), None)
    try:
        guesses = guess_format(path, sheet=sheet) if path else []
    except JourneyError:
        return None
    if not path or (declared and (not guesses or guesses[0].sureness == UNSURE or guesses[0].format == declared)):
        return None
    return say_guesses(path, guesses, sheet)
