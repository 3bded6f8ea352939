"""The reference pages, written from the code they describe: parameters, tables and words."""

from __future__ import annotations

import re
import sys
import tempfile
import types
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from journeylib.client import Client
from journeylib.knowledge import load
from journeylib.parameters import SET_BY_LOADER
from journeylib.schema import TABLES
from journeylib.wording import NBSP

HEAD = "<!-- Written by `make docs` from {source}; do not edit. -->\n"


def parameters_page() -> str:
    """Every key of `params/<client>.yml`, from the typed model itself."""
    lines = ["# Parameters", "", HEAD.format(source="journeylib/client.py"), "One file a client: `params/<client>.yml`. `journey check <client>` says what is wrong, all at once.",
             "`params/norrsken_it.yml` is the commented example.", ""]  # fmt: skip
    for model in _models(Client):
        lines += [f"## {model.__name__.lower()}", "", " ".join((model.__doc__ or "").split()), "", "| key | type | default | meaning |", "|---|---|---|---|"]
        for name, field in model.model_fields.items():
            if model is Client and name in SET_BY_LOADER:
                continue
            lines.append(f"| `{name}` | {_type(field.annotation)} | {_default(field)} | {_cell(field.description or '')} |")
        lines.append("")
    return "\n".join(lines)


def _models(model):
    found = [model]
    for field in model.model_fields.values():
        for inner in _inner_models(field.annotation):
            found += [each for each in _models(inner) if each not in found]
    return found


def _inner_models(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _inner_models(inner)]


def _type(annotation) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin in (types.UnionType,):
        return " or ".join(_type(each) for each in inner if each is not type(None))
    if origin is dict:
        return f"mapping of {_type(inner[1])}"
    if origin is tuple:
        return f"list of {_type(inner[0])}"
    names = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false", "Path": "path", "Any": "anything"}
    name = getattr(annotation, "__name__", str(annotation))
    return f"[{name.lower()}](#{name.lower()})" if _inner_models(annotation) else names.get(name, name)


def _default(field) -> str:
    if "Set from the project" in (field.description or ""):
        return "`data/<client>`"
    if field.is_required():
        return "**needed**"
    value = field.default
    return "none" if value in (None, PydanticUndefined, (), {}) or isinstance(value, BaseModel) else f"`{value}`".replace("True", "true").replace("False", "false")


def _cell(text) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def tables_page() -> str:
    """Every table and column, from the schema."""
    lines = ["# Data model", "", HEAD.format(source="journeylib/schema/"), "Shares and rates are 0–1, times are UTC, money is in the client's currency. A column without a mark always has a value; ○ may be missing.", ""]
    for table in TABLES.values():
        lines += [f"## {table.name}", "", f"One row is {table.one_row_is}." + (f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""), "", "| column | type | | meaning |", "|---|---|---|---|"]
        lines += [f"| `{name}` | {column.type} | {'' if column.required else '○'} | {_cell(column.meaning)} |" for name, column in table.columns.items()]
        lines.append("")
    return "\n".join(lines)


def glossary_page() -> str:
    """The words of the field in four languages, with the definitions the reports print."""
    glossary = load("glossary")
    lines = ["# Glossary", "", HEAD.format(source="journeylib/knowledge/glossary.yml"), ""]
    for group, heading in glossary["groups"].items():
        lines += [f"## {heading['en'] if isinstance(heading, dict) else heading}", "", "| id | sv | da | nb | en | means |", "|---|---|---|---|---|---|"]
        for name, term in glossary["terms"].items():
            if term["group"] == group:
                words = " | ".join(_cell(term["name"][language]) for language in ("sv", "da", "nb", "en"))
                lines.append(f"| {name} | {words} | {_cell(term.get('definition', {}).get('en', ''))} |")
        lines.append("")
    return "\n".join(lines)


def demo_finding(work: Path) -> tuple[str, str]:
    """What the README shows: the demo client's largest loss in one English sentence, and its map as SVG in the client's own Swedish."""
    import journeylib as jl
    from journeylib.findings.movement import where_do_customers_leave
    from journeylib.wording import Words

    run = jl.open_run("norrsken_it", work=str(work))
    improved = jl.improve_journey(run, jl.map_journey(run, jl.collect_sources(run)))
    jl.journey_map(run, improved)
    in_english = replace(run, words=Words("en", run.client.currency, run.client.timezone))
    return where_do_customers_leave(in_english, improved.mapped).takeaway, (work / "journey-map.svg").read_text(encoding="utf-8")


def readme_with(text: str, sentence: str) -> str:
    """The README with the finding between its marks."""
    shown = f"""![The one-page journey map of the Swedish demo client: stages across, what customers do and feel above the line, what the company does below](docs/journey-map.svg)

> {sentence.replace(NBSP, " ")}"""
    return re.sub(r"(<!-- finding -->).*?(<!-- /finding -->)", lambda marks: f"{marks[1]}\n{shown}\n{marks[2]}", text, flags=re.S)


PAGES = {"parameters.md": parameters_page, "data-model.md": tables_page, "glossary.md": glossary_page}


def write_pages(folder: Path) -> None:
    """Write every reference page into `docs/`."""
    for name, page in PAGES.items():
        (folder / name).write_text(page() + "\n", encoding="utf-8")


def write_readme(root: Path) -> None:
    """Write the demo's own sentence and map into README.md and docs/."""
    with tempfile.TemporaryDirectory() as work:
        sentence, sheet = demo_finding(Path(work))
    (root / "docs" / "journey-map.svg").write_text(sheet, encoding="utf-8")
    (root / "README.md").write_text(readme_with((root / "README.md").read_text(encoding="utf-8"), sentence), encoding="utf-8")


if __name__ == "__main__":
    checkout = Path(__file__).parents[1]
    write_readme(checkout) if "readme" in sys.argv[1:] else write_pages(checkout / "docs")
