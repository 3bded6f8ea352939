"""Which column of a file is which field of its format: by the client's `columns:`, else by the format's aliases."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from journeylib.client import Question, Source
from journeylib.collect.files.layout import tidy
from journeylib.collect.files.reading import RawFile
from journeylib.collect.formats import Format
from journeylib.collect.privacy import personal_data_in
from journeylib.collect.values.conditions import compile_pattern
from journeylib.collect.values.dates import date_form
from journeylib.errors import SourceError, nearest

#: So many headings, and so much of one, does a message show.
_MOST_SHOWN, _LONGEST_SHOWN = 40, 80
_VALUE = re.compile(r"[-+(]?[$€£]?\s?\d[\d.,:'\s/%)-]*|\d{4}-\d\d-\d\d[T ].*|https?://.*|\d(?:[.,]\d+)?E\+\d+")
_PLACE = re.compile(r"\(column (\d+)(?: of (\d+))?\)")


@dataclass(frozen=True)
class FamilyColumn:
    """One column of a family: its header, and what stood where the family's name has `*`."""

    header: str
    captured: str


@dataclass(frozen=True)
class Match:
    """Field → the headers it is read from (several are joined), families, questions, and what nobody asked for.

    `by_place` are fields whose heading no alias knows, taken by where the column stands, as the format allows.
    """

    fields: dict[str, tuple[str, ...]]
    families: dict[str, tuple[FamilyColumn, ...]]
    questions: dict[str, Question]
    not_understood: tuple[str, ...]
    by_place: tuple[str, ...] = ()

    def columns_of(self, key: str) -> tuple:
        """The columns of a family or field; empty = the file has none."""
        return self.families.get(key, self.fields.get(key, ()))


def known_headers(source: Source, fmt: Format) -> set[str]:
    """Tidied names a header line of this format may hold."""
    names = [header for spec in fmt.fields.values() for header in spec.headers]
    return {tidy(name) for name in (*names, *source.columns.values(), *fmt.personal, *fmt.ignored, *source.questions) if "*" not in name}


def match_headers(raw: RawFile, name: str, source: Source, fmt: Format) -> Match:
    """Find every field's column.

    Raises
    ------
    SourceError
        A column the client named is not there, or a field the format is recognised by is not.
    """
    headers = {tidy(header): header for header in reversed(list(raw.frame.columns))}
    named = _named_by_client(raw, name, source, fmt, headers)
    fields, families = {}, {}
    for key, spec in fmt.fields.items():
        wanted = named.get(key, spec.headers)
        if key in fmt.families:
            found = _family(wanted, raw.frame.columns)
            families |= {key: found} if found else {}
        elif key in named and "*" not in wanted[0]:
            fields[key] = wanted
        else:
            hits = [headers[tidy(header)] for header in wanted if tidy(header) in headers]
            hits += [column.header for column in _family([header for header in wanted if "*" in header], raw.frame.columns)]
            fields |= {key: (hits[0],)} if hits else {}
    by_place = _by_place(raw, fmt, fields)
    fields |= by_place
    for key, spec in fmt.fields.items():
        made_of = spec.product or spec.join
        if made_of and key not in fields and set(made_of) <= set(fields):
            fields[key] = made_of
    questions = _questions(raw, name, source, fields)
    _recognise(raw, name, source, fmt, {*fields, *families})
    told = tuple(f"{headers[0]} (taken as {key} by its place)" for key, headers in by_place.items())
    return Match(_in_order(fields, fmt), families, questions, told + _left_over(raw, source, fmt, fields, families, questions), tuple(by_place))


def _by_place(raw, fmt, fields) -> dict[str, tuple[str, ...]]:
    """Fields no heading was found for, taken from where their column stands: `(column 1)`, or `(column 2 of 5)` in files of that width only."""
    taken, columns, found = {header for headers in fields.values() for header in headers}, list(raw.frame.columns), {}
    for key, spec in fmt.fields.items():
        places = [place for header in spec.headers if (place := _PLACE.fullmatch(header))]
        for number, width in ((int(place[1]), place[2]) for place in places if key not in fields):
            if number <= len(columns) and (not width or int(width) == len(columns)) and columns[number - 1] not in taken:
                found[key] = (columns[number - 1],)
    return found


def _in_order(fields, fmt):
    return {key: fields[key] for key in fmt.fields if key in fields}


def _named_by_client(raw, name, source, fmt, headers) -> dict[str, tuple[str, ...]]:
    named = {}
    for column, header in source.columns.items():
        key = fmt.field_of(column)
        if key is None:
            valid = sorted({*fmt.fields, *(c for emit in fmt.emits for c in emit.take)})
            raise SourceError(f"Source {name!r}: `columns:` names {column!r}, which format {fmt.name!r} does not know"
                              f"{nearest(column, valid, '.')} Known: {', '.join(valid)}.")  # fmt: skip
        parts = [header] if tidy(header) in headers or "*" in header else [part.strip() for part in header.split(" + ")]
        for part in parts:
            if "*" not in part and tidy(part) not in headers:
                raise SourceError(f"{raw.path.name}: no column {part!r}{nearest(part, raw.frame.columns, '.')} Found: {headings(raw)}. "
                                  f"Mend `columns:` of source {name!r}.")  # fmt: skip
        named[key] = tuple(part if "*" in part else headers[tidy(part)] for part in parts)
    return named


def headings(raw: RawFile) -> str:
    """The file's headings for a message; where the first line is a customer's row and no headings, nothing of it is shown."""
    names = list(raw.frame.columns)
    if personal_data_in(" | ".join(names[:_MOST_SHOWN])):
        return "no headings, it seems, for the first line holds what looks like personal data"
    if is_a_row(names, raw.frame):
        return "no headings, it seems, for the first line holds values as the rows under it do (name them under `headings:`)"
    alone = " (read as one column: name its `separator:`)" if len(names) == 1 else ""
    more = f" and {len(names) - _MOST_SHOWN:,} more" if len(names) > _MOST_SHOWN else ""
    return ", ".join(_clipped(name) for name in names[:_MOST_SHOWN]) + more + alone


def _clipped(name: str) -> str:
    """A heading's first line, or its beginning: what an open quotation mark swallowed is no part of it."""
    line = name.split("\n")[0].strip()
    return line if len(line) <= _LONGEST_SHOWN and line == name else f"{line[:_LONGEST_SHOWN].rstrip()} …"


def is_a_row(names: list[str], frame: pd.DataFrame) -> bool:
    """Whether what stands where headings should looks like a row: a date, an amount or an address, or cells its own columns hold again."""
    shown = [(place, name.strip()) for place, name in enumerate(names[:_MOST_SHOWN]) if name.strip() and not name.startswith("(no name")]
    if any(date_form(name) or _VALUE.fullmatch(name) or "@" in name.strip("@") for _, name in shown):
        return True
    top = frame.iloc[:200]
    return any((top.iloc[:, place].astype("str").str.strip() == name).any() for place, name in shown if place < top.shape[1])


def _family(patterns, columns) -> tuple[FamilyColumn, ...]:
    found = []
    for header in columns:
        for pattern in patterns:
            fit = re.fullmatch("(.*)".join(re.escape(part) for part in pattern.split("*")), header.strip(), re.IGNORECASE)
            if fit:
                found.append(FamilyColumn(header, fit[1].strip() if fit.groups() else header))
                break
    return tuple(found)


def _questions(raw, name, source, fields) -> dict[str, Question]:
    taken = {header for headers in fields.values() for header in headers}
    found = {}
    for pattern, question in source.questions.items():
        hits = [header for header in raw.frame.columns if tidy(header) == tidy(pattern)]
        hits = hits or [header for header in raw.frame.columns if compile_pattern(pattern.replace("|", "*")).fullmatch(header.strip()) and header not in taken]
        if not hits:
            raise SourceError(f"{raw.path.name}: no question {pattern!r}{nearest(pattern, raw.frame.columns, '.')} "
                              f"Mend `questions:` of source {name!r}; `*` stands for any run of characters.")  # fmt: skip
        found |= {header: question for header in hits if header not in found}
    return found


def _recognise(raw, name, source, fmt, found):
    missing = [key for key in fmt.lacks(found) if not any(_is_set(each, fmt, source.set) for each in key.split("|"))]
    if missing:
        keys = missing[0].split("|")
        wanted = " or ".join(repr(header) for key in keys for header in fmt.fields[key].headers[: max(4 // len(keys), 1)])
        raise SourceError(f"{raw.path.name}: no column for {' or '.join(map(repr, keys))} (expected {wanted}), so this is not {fmt.label}. "
                          f"Found: {headings(raw)}. Name it under `columns:` of source {name!r}, or choose another format.")  # fmt: skip


def _is_set(key, fmt, given):
    return any(column in given and key in [field.strip() for field in emit.take.get(column, "").split("|")] for emit in fmt.emits for column in emit.take)


def _left_over(raw, source, fmt, fields, families, questions) -> tuple[str, ...]:
    used = {header for headers in fields.values() for header in headers} | set(questions) | set(source.where)
    used |= {column.header for columns in families.values() for column in columns}
    known = [compile_pattern(tidy(header).replace("|", "*")) for header in (*fmt.personal, *fmt.ignored)]
    return tuple(header for header in raw.frame.columns
                 if header not in used and not header.startswith("(no name") and not any(pattern.fullmatch(tidy(header)) for pattern in known))  # fmt: skip
