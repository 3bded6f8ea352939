"""Reading `params/<client>.yml`: every mistake at once, each with file, line, key, got, expected and the nearest name."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, SequenceNode

from journeylib.agreement import disagreements, nearest_or_all
from journeylib.client import GOALS, SLUG, Client
from journeylib.errors import ParameterError, nearest
from journeylib.project import Project, find_project
from journeylib.slips import language_of
from journeylib.stand_ins import disagreements_besides

#: Set by the loader from where the file lies, never written in it.
SET_BY_LOADER = ("slug", "params_file")
#: What a key wants, where the model's own words are a programmer's.
_DATE = "a date, year first, without quotes: 2026-01-15"
_NUMBER = "a number, with a point: 0.45"
_EXPECTED = {
    "date_type": _DATE, "date_parsing": _DATE, "date_from_datetime_parsing": _DATE, "date_from_datetime_inexact": _DATE,
    "float_type": _NUMBER, "float_parsing": _NUMBER, "int_type": "a whole number", "int_parsing": "a whole number", "int_from_float": "a whole number",
    "bool_type": "true or false", "bool_parsing": "true or false", "string_type": "text (put it in quotes if it looks like a number)",
    "dict_type": "keys with values, one a line and indented", "model_type": "keys with values, one a line and indented",
    "tuple_type": "a list, each item on a line of its own that begins with `- `",
}  # fmt: skip
#: Kinds of mistakes that only follow from another: a default that depends on a key with a mistake.
_FOLLOWS = ("default_factory_not_called",)
_PATTERNS = {r"^[A-Z]{3}$": "three capital letters, e.g. SEK", r"^[a-z0-9_]+$": "small letters, digits and _, e.g. small_firm"}


@dataclass(frozen=True)
class Mistake:
    """One thing wrong in a parameter file."""

    line: int
    column: int
    key: str
    message: str

    def say(self, file: Path) -> str:
        """`acme.yml:7:3: thresholds.window_dayz: unknown key; did you mean 'window_days'?`"""
        return f"{file.name}:{self.line}:{self.column}: {self.key}: {self.message}"


def client_file(name: str, project: Project) -> Path:
    """The parameter file of a client named by its slug or by a path to a `.yml`.

    Raises
    ------
    ParameterError
        A name that is no slug (it could leave its folder), or a file that is not there.
    """
    if name.endswith((".yml", ".yaml")):
        path = Path(name)
        path = path if path.is_absolute() or path.exists() else project.root / path
        slug = path.stem
    else:
        path, slug = project.params / f"{name}.yml", name
    if not SLUG.fullmatch(slug):
        raise ParameterError(f"{name!r} is no client's name: expected small letters, digits, _ and -, as in 'acme_shop'.")
    if not path.is_file():
        known = sorted(file.stem for file in project.params.glob("*.yml"))
        raise ParameterError(f"No parameters for client {slug!r} ({path.name} is not there){nearest(slug, known, '.')} "
                             f"Clients: {', '.join(known) or 'none yet'}. Make one with: journey new {slug}")  # fmt: skip
    return path


def load_client(name: str | Path, *, project: Project | None = None, as_of: str | dt.date | None = None) -> Client:
    """A client's parameters as a frozen record.

    Parameters
    ----------
    name : the client's slug (`params/<slug>.yml`) or a path to a parameter file.
    as_of : a data cut that overrides the file's.

    Raises
    ------
    ParameterError
        With one line for every mistake found: file, line, column, key, what was got and expected, the nearest name.
    """
    project = project or find_project()
    path = client_file(str(name), project).resolve()
    tree = _read(path)
    values = _plain(tree)
    mistakes = [_at(tree, (key,), "is set from the file's name; take it out") for key in SET_BY_LOADER if key in values]
    if as_of:
        values["as_of"] = _date(as_of)
    values.update(slug=path.stem, params_file=path)
    values["data_folder"] = (path.parent / values["data_folder"]).resolve() if values.get("data_folder") else project.data / path.stem
    try:
        client = Client(**values)
    except ValidationError as error:
        found = [details for details in error.errors() if details["type"] not in _FOLLOWS]
        mistakes += [_mistake(tree, details) for details in found]
        places = [tuple(part for part in details["loc"] if not _is_branch(part)) for details in found]
        mistakes += [_at(tree, place, message) for place, message in disagreements_besides(values, places)]
        raise ParameterError(_report(path, mistakes)) from None
    mistakes += [_at(tree, path, message) for path, message in disagreements(client)]
    if mistakes:
        raise ParameterError(_report(path, mistakes))
    return client


def _report(path, mistakes):
    lines = [mistake.say(path) for mistake in sorted(mistakes, key=lambda found: (found.line, found.column, found.key))]
    return "\n".join(dict.fromkeys(lines))


def _read(path: Path) -> CommentedMap:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ParameterError(f"{path.name}:1:1: file: not UTF-8 text; save it as UTF-8 and try again.") from None
    try:
        tree = YAML(typ="rt", pure=True).load(io.StringIO(text))
    except DuplicateKeyError:
        raise ParameterError(_report(path, list(_repeated_keys(YAML(typ="rt", pure=True).compose(io.StringIO(text)))))) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise ParameterError(f"{path.name}:{where}: YAML: {error.problem or 'cannot be read'}; mend the line, or the one above it.") from None
    if not isinstance(tree, CommentedMap):
        raise ParameterError(f"{path.name}:1:1: file: expected keys with values, as in params/norrsken_it.yml.")
    return tree


def _repeated_keys(node, path=()) -> Iterator[Mistake]:
    """Every key that stands twice in one mapping, at its second line."""
    if isinstance(node, MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            place, name = key.start_mark, str(key.value)
            if name in first:
                mend = f"put all under one `{name}:`" if isinstance(value, CollectionNode) and not path else "take one of them out"
                yield Mistake(place.line + 1, place.column + 1, ".".join((*path, name)), f"stands on line {first[name]} already; {mend}")
            first.setdefault(name, place.line + 1)
            yield from _repeated_keys(value, (*path, name))
    for number, item in enumerate(node.value if isinstance(node, SequenceNode) else ()):
        yield from _repeated_keys(item, (*path, str(number)))


def _plain(node: Any) -> Any:
    if isinstance(node, CommentedMap):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    return node


def _date(value):
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise ParameterError(f"as_of: got {value!r}, expected a date such as 2026-01-15.") from None


def _position(tree, loc):
    """Line and column of the deepest key of `loc` that stands in the file."""
    line, column, node = 0, 0, tree
    for part in loc:
        try:
            key = next((key for key in node if str(key) == str(part)), None) if isinstance(node, CommentedMap) else None
            if key is not None:
                line, column = node.lc.key(key)
                node = node[key]
            elif isinstance(node, CommentedSeq) and isinstance(part, int):
                line, column = node.lc.item(part)
                node = node[part]
            else:
                break
        except (KeyError, IndexError, TypeError):
            break
    return line + 1, column + 1


def _at(tree, loc, message) -> Mistake:
    line, column = _position(tree, loc)
    return Mistake(line, column, ".".join(str(part) for part in loc), message)


def _mistake(tree, details) -> Mistake:
    loc = tuple(part for part in details["loc"] if not _is_branch(part))
    kind, got = details["type"], details.get("input")
    if kind == "said":
        return _at(tree, loc, details["msg"])
    if kind == "extra_forbidden":
        return _at(tree, loc, f"unknown key{nearest_or_all(str(loc[-1]), _keys_beside(loc))}")
    if kind == "missing" and loc == ("goal",):
        return _at(tree, loc, f"no goal is set, and a mapping without a goal leads nowhere; choose one of {', '.join(GOALS)}")
    if kind == "missing":
        return _at(tree, loc, f"is missing; expected {_meaning(loc) or 'a value'}")
    if got is None and (split := _split_number(tree, loc)):
        return _at(tree, loc, split)
    if got is None and len(loc) == 1 and not Client.model_fields[loc[0]].is_required():
        return _at(tree, loc, "is empty; fill it in, or take the line out")
    if kind == "literal_error":
        expected = details["ctx"]["expected"].replace("'", "")
        names = expected.replace(" or ", ", ").split(", ")
        if got is None:
            return _at(tree, loc, f"is empty; choose one of {', '.join(names)}")
        meant = language_of(str(got)) if loc == ("language",) else None
        return _at(tree, loc, f"got {got!r}, expected one of {', '.join(names)}" + (f"; did you mean {meant!r}?" if meant else nearest(str(got), names)))
    expected = _EXPECTED.get(kind) or _PATTERNS.get(details.get("ctx", {}).get("pattern")) or details["msg"].removeprefix("Input should be ")
    return _at(tree, loc, f"{'is empty' if got is None else f'got {_short(got)}'}, expected {expected}" + _hint(loc))


def _split_number(tree, loc) -> str:
    """What to say where a decimal comma has parted a number in two keys, `{decision: 0,6}`; nothing where it has not."""
    for part in loc[:-1]:
        tree = tree.get(part) if isinstance(tree, CommentedMap) else None
    keys = list(tree) if isinstance(tree, CommentedMap) else []
    place = next((number for number, key in enumerate(keys) if str(key) == str(loc[-1])), 0)
    before = keys[place - 1] if place else None
    if not str(loc[-1]).isdigit() or not isinstance(tree.get(before) if tree else None, int):
        return ""
    return f"is empty; a comma parts two keys here, so write a decimal point: `{before}: {tree[before]}.{loc[-1]}`"


def _is_branch(part):
    return isinstance(part, str) and (part.startswith(("dict[", "function-", "tuple[", "list[")) or part in {"str", "constrained-str"})


def _short(got):
    if isinstance(got, (dict, list, tuple)):
        return f"{'keys' if isinstance(got, dict) else 'a list'} of {len(got)}"
    return repr(got) if len(repr(got)) < 60 else repr(got)[:57] + "…"


def _hint(loc):
    meaning = _meaning(loc)
    return f" ({meaning})" if meaning else ""


def _field(loc):
    """The field and its model for a location, or None where the file leaves the model."""
    model, field = Client, None
    for part in loc:
        if isinstance(part, int):
            continue
        if model is None:
            model = _model_in(field.annotation) if field is not None else None
            if model is not None and part not in model.model_fields:
                continue  # the free key of a mapping, e.g. a source's name
        if model is None or part not in model.model_fields:
            return None
        field = model.model_fields[part]
        model = _model_in(field.annotation) if not _is_mapping(field.annotation) else None
    return field


def _is_mapping(annotation):
    return get_origin(annotation) is dict


def _model_in(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)


def _meaning(loc):
    field = _field(loc)
    return field.description.rstrip(".") if field is not None and field.description else ""


def _keys_beside(loc):
    parent = _field(loc[:-1]) if len(loc) > 1 else None
    model = Client if len(loc) == 1 else _model_in(parent.annotation) if parent is not None else Client
    return [name for name in (model or Client).model_fields if name not in SET_BY_LOADER]
