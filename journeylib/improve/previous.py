"""The report a client got last time, as it was delivered: its record and its tables (M112)."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from journeylib.client import Client
from journeylib.errors import JourneyError, ParameterError, RunError
from journeylib.project import Project, find_project

#: The parameter's word for comparing with nothing.
NOTHING = "nothing"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TABLES = ("funnel", "gaps", "actions", "effects", "emotion", "sources")


@dataclass(frozen=True)
class Delivery:
    """A delivered report: what it was made from (`run.json`), and its tables by name; those it did not have are absent.

    `key_numbers`: the numbers of its first page, as `findings.json` keeps them; empty where it has none.
    """

    folder: Path
    record: dict = field(repr=False)
    tables: dict[str, pd.DataFrame] = field(repr=False)
    key_numbers: dict = field(default_factory=dict, repr=False)

    @property
    def as_of(self) -> dt.date:
        return dt.date.fromisoformat(self.record["as_of"])

    @property
    def parameters(self) -> dict:
        return self.record["parameters"]


def read_delivery(folder: Path) -> Delivery:
    """A delivered report's record and tables.

    Raises
    ------
    RunError
        The folder holds no finished report.
    """
    folder = Path(folder)
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise RunError(f"{folder.name}: no finished report there. Expected a folder with run.json and tables/, as reports/CLIENT/2026-01-15.") from None
    if record.get("status") != "done" or "parameters" not in record:
        raise RunError(f"{folder.name}: its run.json is not of a finished report. Make it anew with: journey report {record.get('client', 'CLIENT')}")
    found = {name: folder / "tables" / f"{name}.parquet" for name in _TABLES}
    return Delivery(folder, record, {name: pd.read_parquet(path) for name, path in found.items() if path.is_file()}, _key_numbers(folder))


def _key_numbers(folder):
    """What the first page of a delivered report said in numbers."""
    try:
        found = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
        findings = found if isinstance(found, list) else found.get("findings", [])
        return next((finding["numbers"] for finding in findings if finding.get("id") == "essentials"), {})
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def find_previous(client: Client, project: Project | None = None, reports: Path | None = None) -> Delivery | None:
    """The report to compare with: the one `compare_with` names, else the last one kept whose data end before this one's.

    `compare_with` is a date (`reports/CLIENT/DATE`), a folder inside the project, or `nothing`.

    Parameters
    ----------
    reports : the folder this report will be delivered to; the last one kept is looked for there. None = `reports/` of the project.

    Raises
    ------
    ParameterError
        `compare_with` names no finished report, or one whose data do not end before this one's.
    """
    if client.compare_with == NOTHING:
        return None
    project = project or _project_of(client)
    reports = reports or project.reports
    if client.compare_with:
        return _named(client, project, reports)
    kept = sorted(path.parent for path in (reports / client.slug).glob("*/run.json") if _DATE.fullmatch(path.parent.name))
    earlier = [folder for folder in kept if folder.name < client.as_of.isoformat()]
    for folder in reversed(earlier):
        try:
            return read_delivery(folder)
        except RunError:
            continue
    return None


def reports_around(work: Path) -> Path | None:
    """The folder of reports that a run's working folder lies in (`<reports>/.work/…`); None where it lies elsewhere."""
    return next((folder.parent for folder in Path(work).resolve().parents if folder.name == ".work"), None)


def _project_of(client):
    """The checkout the client's parameters lie in, else the one around here."""
    try:
        return find_project(client.params_file.parent)
    except JourneyError:
        return find_project()


def _named(client, project, reports):
    named = client.compare_with
    if _DATE.fullmatch(named):  # in the folder this report goes to, else where reports usually lie
        folder = next((place / client.slug / named for place in (reports, project.reports) if (place / client.slug / named).is_dir()), reports / client.slug / named)
    else:
        folder = project.root / named
    try:
        found = read_delivery(folder)
    except RunError as error:
        raise ParameterError(f"compare_with: got {named!r}: {error}") from None
    if found.as_of >= client.as_of:
        raise ParameterError(f"compare_with: got {named!r}, whose data end {found.as_of}; expected a report whose data end before {client.as_of}.")
    return found
