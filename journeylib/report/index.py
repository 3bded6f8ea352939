"""`reports/index.html`: every client with its state, headline finding and age."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from journeylib.client import LANGUAGES, SLUG
from journeylib.figures.tables import set_text
from journeylib.report.exporter import TEMPLATES, page_style
from journeylib.wording import Words


@dataclass(frozen=True)
class Entry:
    """One client as the index shows it: its newest finished report, and its failure where the latest run failed."""

    slug: str
    record: dict
    failure: dict

    @property
    def name(self) -> str:
        return self.record.get("name") or self.failure.get("name") or self.slug

    @property
    def language(self) -> str:
        return self.record.get("language") or self.failure.get("language") or "en"


def read_entries(out: Path) -> list[Entry]:
    """Every client that has a finished report or a failure under `out`, by slug."""
    folders = sorted(path for path in out.glob("*") if path.is_dir() and SLUG.fullmatch(path.name))
    entries = [Entry(folder.name, _newest(folder), _read(folder / "failed.json")) for folder in folders]
    return [entry for entry in entries if entry.record or entry.failure]


def _newest(folder: Path) -> dict:
    records = [_read(path) for path in sorted(folder.glob("*/run.json"))]
    return max((record for record in records if record.get("status") == "done"), key=lambda record: record["stamp"]["made_at"], default={})


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def index_language(entries: list[Entry]) -> str:
    """The clients' language where they share one, else English."""
    languages = {entry.language for entry in entries}
    return languages.pop() if len(languages) == 1 and languages <= set(LANGUAGES) else "en"


def make_index(entries: list[Entry]) -> str:
    """The index as one HTML page."""
    words = Words(index_language(entries))
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "journey"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["set_text"] = lambda text: Markup(set_text(text))
    failed = sum(bool(entry.failure) for entry in entries)
    return environment.get_template("clients.html.j2").render(
        language=words.language, style=page_style(), rows=[_row(entry, words) for entry in entries],
        lead=words.say("report.index.lead", n=len(entries), failed=failed), say=lambda key: words.say(f"report.index.{key}"),
    )  # fmt: skip


def _row(entry: Entry, words: Words) -> dict:
    record = entry.record
    return {
        "name": entry.name,
        "language": entry.language,
        "link": f"{entry.slug}/{quote(record['as_of'])}/report.html" if record else "",
        "is_failed": bool(entry.failure),
        "reason": entry.failure.get("reason", ""),
        "headline": record.get("headline", ""),
        "data_until": words.date(dt.date.fromisoformat(record["as_of"])) if record else "",
        "made": _made(record.get("stamp", {}).get("made_at"), record.get("timezone"), words),
        "failed_on": _made(entry.failure.get("failed_at"), entry.failure.get("timezone"), words),
    }


def _made(moment, timezone, words):
    return words.date(dt.datetime.fromisoformat(moment).astimezone(ZoneInfo(timezone or words.timezone)).date()) if moment else ""
