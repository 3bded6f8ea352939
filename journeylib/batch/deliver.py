"""A client's folder: report, map, notebooks, findings, tables and the record of the run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
from nbformat import NotebookNode

from journeylib.batch.execute import NOTEBOOKS, tidy, warnings_of
from journeylib.batch.place import stamped_json
from journeylib.client import Client
from journeylib.figures.map.picture import as_png
from journeylib.findings import FINDING_MIME
from journeylib.report import Stamp, collect_findings, make_report, report_frame

MAP_FILE = "journey-map.svg"


@dataclass(frozen=True)
class Delivered:
    """What a finished folder says first."""

    headline: str
    record: dict


def write_folder(folder: Path, work: Path, client: Client, notebooks: Sequence[NotebookNode], inputs: dict, stamp: Stamp, seconds: float) -> Delivered:
    """Write everything a client receives into `folder`.

    Parameters
    ----------
    work : the run's working folder, with `tables/*.parquet` and perhaps the map.
    inputs : from `run_inputs`: the key and what it was made of.
    seconds : how long the notebooks took.

    Raises
    ------
    RunError
        The notebooks show no finding, or one the report has no place for.
    """
    folder.mkdir(parents=True)
    map_file = _copy_map(work, folder)
    _write_tables(work / "tables", folder / "tables")
    warnings = [line for notebook in notebooks for line in warnings_of(tidy(notebook, work))]
    _write_notebooks(notebooks, folder / "notebooks")
    findings = [output["data"][FINDING_MIME] for output in collect_findings(notebooks)]
    (folder / "findings.json").write_text(_json(findings), encoding="utf-8", newline="\n")
    page = make_report(notebooks, report_frame(client, stamp, map_file=map_file))
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
    record = _record(client, stamp, findings, warnings, inputs)
    made = {"made_at": stamp.made_at.isoformat(timespec="seconds"), "minutes": round(seconds / 60, 2)}
    (folder / "run.json").write_text(stamped_json(record, made), encoding="utf-8", newline="\n")
    return Delivered(record["headline"], record)


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _record(client, stamp, findings, warnings, inputs):
    return {"status": "done", "client": client.slug, "name": client.name, "language": client.language, "timezone": client.timezone,
            "as_of": client.as_of.isoformat(), "run_id": stamp.run_id, "headline": findings[0]["takeaway"],
            "findings": {finding["id"]: finding["state"] for finding in findings}, "warnings": warnings, **inputs}  # fmt: skip


def _copy_map(work, folder):
    if not (work / MAP_FILE).is_file():
        return ""
    for sheet in sorted(work.glob("journey-map*.svg")):
        shutil.copyfile(sheet, folder / sheet.name)
        (folder / sheet.name).with_suffix(".png").write_bytes(as_png(sheet.read_text(encoding="utf-8")))
    return MAP_FILE


def _write_tables(source, target):
    target.mkdir()
    for path in sorted(source.glob("*.parquet")):
        shutil.copyfile(path, target / path.name)
        pd.read_parquet(path).to_csv(target / f"{path.stem}.csv", index=False, lineterminator="\n")


def _write_notebooks(notebooks, target):
    target.mkdir()
    for name, notebook in zip(NOTEBOOKS, notebooks, strict=True):
        (target / name).write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
