"""A new client's parameter file: every key of the model with its meaning, written from the model itself."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from journeylib.client import GOALS, SLUG, Client
from journeylib.errors import ParameterError
from journeylib.parameters import SET_BY_LOADER
from journeylib.project import Project

_CHOICES = {"goal": GOALS}
_LEFT_OUT = {*SET_BY_LOADER, "simulate", "data_folder"}
_WIDTH = 116


def write_new_client(slug: str, project: Project) -> Path:
    """Write `params/<slug>.yml` and make `data/<slug>/`.

    Raises
    ------
    ParameterError
        A name that is no slug (it could leave its folder), or a client that is already there.
    """
    if not SLUG.fullmatch(slug):
        raise ParameterError(f"{slug!r} is no client's name: expected small letters, digits, _ and -, as in 'acme_shop'.")
    path = project.params / f"{slug}.yml"
    if path.exists():
        raise ParameterError(f"params/{path.name} is already there; choose another name, or edit it and run: journey check {slug}")
    path.write_text(client_template(slug), encoding="utf-8")
    (project.data / slug).mkdir(parents=True, exist_ok=True)
    return path


def client_template(slug: str) -> str:
    """The commented parameter file of a new client.

    Keys that must be filled in stand empty; all others stand behind `#` with the value they have when left out.
    """
    head = ["# What differs between this client and others. Keys that stand empty must be filled in.",
            "# A key behind `#` has the value shown; take away the `# ` to set it.", ""]  # fmt: skip
    fields = {name: field for name, field in Client.model_fields.items() if name not in _LEFT_OUT}
    required = [_block(name, field, slug) for name, field in fields.items() if field.is_required()]
    optional = [_block(name, field, slug) for name, field in fields.items() if not field.is_required()]
    return "\n".join([*head, *required, *optional])


def _block(name: str, field: FieldInfo, slug: str) -> str:
    choices = f" One of: {', '.join(_CHOICES[name])}." if name in _CHOICES else ""
    meaning = textwrap.wrap(f"{field.description}{choices}", _WIDTH, initial_indent="# ", subsequent_indent="# ")
    if field.is_required():
        return "\n".join([*meaning, f"{name}: {slug if name == 'name' else ''}".rstrip(), ""])
    return "\n".join([*meaning, *(f"# {line}" for line in _lines(name, field)), ""])


def _lines(name: str, field: FieldInfo) -> Iterator[str]:
    """The key with its default, and its inner keys where it holds records."""
    record = _record_in(field.annotation)
    if record is None:
        yield f"{name}: {_value(field)}"
        return
    yield f"{name}:"
    if get_origin(field.annotation) is dict:
        yield f"  my_{name.rstrip('s')}:"
        yield from _inner(record, "    ")
    elif get_origin(field.annotation) is tuple:
        first, *rest = _inner(record, "    ")
        yield from ("  - " + first.lstrip(), *rest)
    else:
        yield from _inner(record, "  ")


def _inner(record: type[BaseModel], indent: str) -> Iterator[str]:
    for name, field in record.model_fields.items():
        yield f"{indent}{name}: {_value(field)}  # {field.description}"


def _record_in(annotation) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _record_in(inner))), None)


def _value(field: FieldInfo) -> str:
    if field.is_required():
        return "2025-01-01" if field.annotation is dt.date else "fill_in"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None:
        return "null"
    if isinstance(default, bool):
        return str(default).lower()
    return "[]" if default == () else "{}" if default == {} else str(default)
