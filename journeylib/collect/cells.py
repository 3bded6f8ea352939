"""Cells → values: a field's kind, what is made of it, and its value map, worked out once per distinct cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from journeylib import knowledge
from journeylib.client import Client, Source
from journeylib.collect.amounts import detect_decimal, is_null_mark, parse_numbers
from journeylib.collect.conditions import compile_pattern, has_value
from journeylib.collect.dates import decide_order, orders_clash, parse_moments
from journeylib.collect.formats import Format, FormatField, value_map
from journeylib.collect.headers import Match
from journeylib.collect.reading import RawFile
from journeylib.errors import SourceError
from journeylib.names import channel_id

_DAMAGED = re.compile(r"\d(?:[.,]\d+)?E\+\d{2,}", re.IGNORECASE)


@dataclass(frozen=True)
class Context:
    """What reading a file's cells depends on; `unreadable` counts cells that hold something and could not be read."""

    raw: RawFile
    name: str
    format: Format
    match: Match
    decimal: str
    order: str | None
    timezone: str
    unreadable: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: RawFile, name: str, source: Source, fmt: Format, client: Client, match: Match) -> Context:
        """The file's decimal mark and date order, declared or found; raises where the order cannot be decided."""
        columns = {kind: [raw.frame[header] for header in _headers_of(kind, fmt, match)] for kind in ("number", "moment")}
        numbers = columns["number"] + [raw.frame[header] for header, question in match.questions.items() if question.metric]
        decimal = source.decimal or detect_decimal(numbers, raw.separator)
        order = source.dates or _order(columns["moment"], fmt, raw, name)
        return cls(raw, name, fmt, match, decimal, order, source.timezone or fmt.timezone or client.timezone)

    @property
    def decimal_used(self) -> str | None:
        """The decimal mark, where the file has number columns written as text."""
        texts = [header for header in _headers_of("number", self.format, self.match) if self.raw.frame[header].dtype.kind not in "iuf"]
        return self.decimal if texts else None

    def read_column(self, key: str, column) -> pd.Series:
        """One column of a family, read as the family's field is."""
        return read_cells(self.raw.frame[column.header], key, self.format.fields[key], self, column.header)

    def was_unreadable(self, rows: pd.DataFrame, expression: str) -> np.ndarray:
        """For each row, whether the raw cell behind a missing moment held something."""
        found = np.zeros(len(rows), dtype=bool)
        for key in (part.strip() for part in expression.split("|")):
            for header in self.match.fields.get(key, ()):
                if header in self.raw.frame.columns:
                    cells = self.raw.frame[header].reindex(rows.index)
                    found |= has_value(cells) & ~_null_marks(cells)
        return found


def _order(columns, fmt: Format, raw, name) -> str:
    """The order of day, month and year: what the cells tell, else the vendor's. A vendor's `Y-M-D` cannot read 03/04/2026, so it decides nothing there."""
    found = decide_order(columns)
    if found in ("D/M/Y", "M/D/Y"):
        return found
    order = fmt.dates if found or fmt.dates != "Y-M-D" else None
    if order or found:
        return order or found
    if orders_clash(columns):
        raise SourceError(f"{raw.path.name}: some dates can only be read day first, others only month first. Export the file again in one order, "
                          f"or say under `dates:` of source {name!r} which rows count: D/M/Y or M/D/Y; the others are left out and counted.")  # fmt: skip
    raise SourceError(f"{raw.path.name}: dates such as 03/04/2026 can be read day first or month first, and no cell decides. "
                      f"Say which under `dates:` of source {name!r}: D/M/Y or M/D/Y.")  # fmt: skip


def _headers_of(kind, fmt, match):
    keys = [key for key, spec in fmt.fields.items() if spec.kind == kind]
    plain = [header for key in keys for header in match.fields.get(key, ()) if match.fields[key] not in (fmt.fields[key].product, fmt.fields[key].join)]
    return plain + [column.header for key in keys for column in match.families.get(key, ())]


def read_field(frame: pd.DataFrame, key: str, context: Context) -> pd.Series:
    """A field's values: of one column, of several joined with `/`, or the product of two fields."""
    spec, headers = context.format.fields[key], context.match.fields[key]
    if spec.product and headers == spec.product:
        factors = [read_field(frame, factor, context) for factor in spec.product]
        return factors[0] * factors[1]
    if spec.join and headers == spec.join:
        one, other = (frame[context.match.fields[part][0]].astype("str").fillna("").str.strip() for part in spec.join)
        return _read_text(one.str.cat(other, sep=" / ").mask((one == "") & (other == "")), spec)
    columns = [read_cells(frame[header], key, spec, context, header) for header in headers]
    joined = columns[0]
    for other in columns[1:]:
        joined = joined.astype("str") + "/" + other.astype("str")
    return joined


def read_cells(cells: pd.Series, key: str, spec: FormatField, context: Context, header: str) -> pd.Series:
    """A column's cells as the field's kind; what holds something and cannot be read is counted under the field."""
    if spec.kind == "moment":
        zone = "UTC" if "(utc)" in header.casefold() else context.timezone
        values = parse_moments(cells, order=context.order, timezone=zone)
    elif spec.kind == "number":
        values = parse_numbers(cells, context.decimal)
    elif spec.kind == "yes_no":
        known = value_map(spec.map if isinstance(spec.map, str) else "yes_no")
        return _by_distinct(cells, lambda cell: _first_fit(cell, known)).astype("boolean")
    else:
        return _read_text(cells, spec)
    n_lost = int((values.isna().to_numpy() & has_value(cells) & ~_null_marks(cells)).sum()) if cells.dtype.kind not in "Miuf" else 0
    if n_lost and spec.kind == "moment" and values.isna().all() and _dates_events(key, context.format):
        raise _no_moments(cells, context, header)
    if n_lost:
        context.unreadable[key] = context.unreadable.get(key, 0) + n_lost
    return values


def _dates_events(key, fmt: Format) -> bool:
    """Whether events of this format get their moment from the field."""
    takes = [emit.take.get("occurred_at", "") for emit in fmt.emits if emit.table == "events"]
    return any(key in [part.strip() for part in take.split("|")] for take in takes)


def _no_moments(cells, context, header):
    """What to say of a column of dates none of which can be read: what they look like, never what they are."""
    cell = next(str(cell).strip() for cell in cells[has_value(cells) & ~_null_marks(cells)])
    looks = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", cell))[:30]
    return SourceError(f"{context.raw.path.name}: no date in column {header!r} can be read; they look like {looks!r}, expected e.g. 2026-01-31, "
                       f"31/01/2026 or 20260131. Name another column under `columns:` of source {context.name!r}, or set `dates:`.")  # fmt: skip


def _read_text(cells, spec: FormatField):
    if cells.dtype.kind == "f" and spec.kind == "id":
        cells = cells.astype("Int64")
    known = value_map(spec.map) if isinstance(spec.map, str) else spec.map
    return _by_distinct(cells, lambda cell: _text_of(cell, spec, known)).astype("str")


def _text_of(cell: str, spec: FormatField, known):
    mapped = _first_fit(cell, known) if known else None
    if mapped == "":
        return None
    if mapped is not None:
        return _THEN[spec.then](mapped) if spec.then else mapped
    if is_null_mark(cell) or (known is not None and spec.otherwise == "missing"):
        return None
    made = _THEN[spec.then](cell) if spec.then else cell
    if spec.kind == "id" and made is not None:
        return None if _DAMAGED.fullmatch(made) else re.sub(r"^(\d+)\.0$", r"\1", made)
    return made


def _first_fit(cell: str, known: dict):
    return next((value for pattern, value in known.items() if compile_pattern(pattern).fullmatch(cell)), None)


def _by_distinct(cells, read):
    codes, distinct = pd.factorize(cells)
    values = [read(str(value).strip().removeprefix("'")) for value in distinct]
    return pd.Series(pd.array([*values, None], dtype="object").take(codes), index=cells.index)


def _null_marks(cells):
    codes, distinct = pd.factorize(cells)
    return np.array([is_null_mark(str(value)) for value in distinct] + [True])[codes]


def page_path(address: str) -> str:
    """The path of a page address, without host, query and trailing slash.

    >>> page_path("https://norrsken.se/priser/?utm_source=x#top"), page_path("https://norrsken.se")
    ('/priser', '/')
    """
    path = urlsplit(address).path if "://" in address or address.startswith("/") else urlsplit(f"//{address}").path
    return path.rstrip("/") or "/"


def _only(text: str) -> str | None:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    return parts[0] if len(parts) == 1 else None


def _number(text: str) -> str | None:
    found = re.match(r"\s*(\d+(?:[.,]\d+)?)", text)
    return found[1].replace(",", ".") if found else None


def _channel(text: str) -> str:
    """The channel's id, or the client's own word for it."""
    return channel_id(text) or text.casefold()


def _content_type(text: str) -> str:
    """The content type's id, or the client's own word for it."""
    wanted = " ".join(re.sub(r"[_-]", " ", text).casefold().split())
    for name, kind in knowledge.load("content_types").items():
        if wanted in {name.replace("_", " "), *kind["aliases"], *(word.casefold() for word in kind["name"].values())}:
            return name
    return text


_THEN = {
    "channel": _channel,
    "content_type": _content_type,
    "path": page_path,
    "first": lambda text: next((part.strip() for part in text.split(";") if part.strip()), None),
    "only": _only,
    "tag": lambda text: next((part for part in re.split(r"[,\s]+", text) if part), None),
    "number": _number,
    "lower": str.casefold,
    "id15": lambda text: text[:15],
}
