"""Cells → values: a field's kind, what is made of it, and its value map, worked out once per distinct cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from journeylib import knowledge
from journeylib.client import Client, Source
from journeylib.collect.files.reading import RawFile
from journeylib.collect.formats import Format, FormatField, value_map
from journeylib.collect.frames.distinct import is_coded, of_each, once, text_of_each
from journeylib.collect.rows.deciding import are_all_serial, decide_dates, decide_decimals, null_marks
from journeylib.collect.rows.headers import Match
from journeylib.collect.values.amounts import NULL_MARKS, detect_decimal, is_null_mark, parse_numbers
from journeylib.collect.values.conditions import compile_pattern, has_value
from journeylib.collect.values.dates import are_no_real_dates, are_serial_days, from_serial_days, parse_moments
from journeylib.collect.values.noticing import ROUNDED, of_columns
from journeylib.errors import SourceError
from journeylib.names import channel_id


@dataclass(frozen=True)
class Context:
    """What reading a file's cells depends on.

    Attributes
    ----------
    decimals : heading → how its open numbers (`1,234`) are read, where not as the file's. serials : headings of day numbers.
    readers : heading → the first field that read it, which alone notices its cells.
    unreadable : cells that hold something and could not be read, by field. noticed : what is to know of cells (`noticing.py`).
    """

    raw: RawFile
    name: str
    format: Format
    match: Match
    decimal: str
    order: str | None
    timezone: str
    unreadable: dict[str, int] = field(default_factory=dict)
    noticed: dict[str, int] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)
    serials: frozenset[str] = frozenset()
    readers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: RawFile, name: str, source: Source, fmt: Format, client: Client, match: Match) -> Context:
        """The file's decimal mark and date order, declared or found; raises where they cannot be decided."""
        columns = {kind: {header: raw.cells_of(header) for header in dict.fromkeys(_headers_of(kind, fmt, match))} for kind in ("number", "moment", "id")}
        scores = [raw.cells_of(header) for header, question in match.questions.items() if question.metric]
        decimal = source.decimal or detect_decimal([*columns["number"].values(), *scores], raw.separator)
        decimals, noticed = decide_decimals(columns["number"], source.decimal, decimal, raw, name)
        serials = frozenset(header for header, cells in columns["moment"].items() if are_all_serial(cells))
        moments = [cells for header, cells in columns["moment"].items() if header not in serials]
        order = source.dates or decide_dates(moments, fmt, raw, name)
        noticed |= of_columns((kind, header, cells, raw.n_each_of(header)) for kind, of_kind in columns.items() for header, cells in of_kind.items())
        noticed |= {f"repeated_name: {header}": sum(other.startswith(f"{header} (") for other in raw.frame.columns) for header in raw.repeated}
        return cls(raw, name, fmt, match, decimal, order, source.timezone or fmt.timezone or client.timezone, noticed=noticed, decimals=decimals, serials=serials)

    @property
    def decimal_used(self) -> str | None:
        """The decimal mark, where the file has number columns written as text."""
        texts = [header for header in _headers_of("number", self.format, self.match) if self.raw.frame[header].dtype.kind not in "iuf"]
        return self.decimal if texts else None

    @property
    def dates_used(self) -> str | None:
        """The order of day, month and year, where the file has dates written as text."""
        return self.order if self._has_moment_texts else None

    @property
    def timezone_used(self) -> str | None:
        """The zone assumed, where the file has moments written as text."""
        return self.timezone if self._has_moment_texts else None

    @property
    def _has_moment_texts(self) -> bool:
        return any(self.raw.frame[header].dtype.kind not in "Miuf" for header in _headers_of("moment", self.format, self.match) if header in self.raw.frame)

    def notice(self, code: str, header: str, n: int, reader: str) -> None:
        """Count what is to know of a column's cells; blocks of one file add up, two fields of one column do not."""
        if n and self.readers.setdefault(header, reader) == reader:
            key = f"{code}: {header.replace(';', ',')}"
            self.noticed[key] = self.noticed.get(key, 0) + n

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
                    found |= has_value(cells) & ~null_marks(cells)
        return found


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
    if spec.kind == "yes_no":
        known = value_map(spec.map if isinstance(spec.map, str) else "yes_no")
        read = of_each(cells, ("yes_no", id(spec)), lambda distinct: _each(distinct, lambda cell: _first_fit(cell, known)), None)
        return pd.Series(read, index=cells.index).astype("boolean")
    if spec.kind not in ("moment", "number"):
        return _read_text(cells, spec)
    values, found = _measured(cells, spec.kind, context, header)
    if spec.kind == "moment":
        values = _real_moments(values, cells, context, header, key)
    n_lost = int((values.isna().to_numpy() & has_value(cells) & ~null_marks(cells)).sum()) if cells.dtype.kind not in "Miuf" else 0
    if n_lost and spec.kind == "moment" and found.isna().all() and _dates_events(key, context.format):
        raise _no_moments(cells, context, header)
    if n_lost:
        context.unreadable[key] = context.unreadable.get(key, 0) + n_lost
        if spec.kind == "number":
            context.notice("unreadable_number", header, n_lost, key)
    return values


def _real_moments(values, cells, context, header, key) -> pd.Series:
    """The moments without those that stand for no date; and what is to know of them."""
    is_none = are_no_real_dates(values)
    context.notice("no_real_date", header, int(is_none.sum()), key)
    if cells.dtype.kind not in "Miuf":
        serial = are_serial_days(cells)
        context.notice("serial_date" if header in context.serials else "stray_serial_date", header, int(serial.sum()), key)
    return values.mask(is_none) if is_none.any() else values


def _measured(cells, kind, context, header) -> tuple[pd.Series, pd.Series]:
    """Moments or numbers, and those of the file: of a coded column its distinct cells', of others the column itself."""
    def read(cells):
        if kind == "number":
            return parse_numbers(cells, context.decimals.get(header, context.decimal))
        zone = "UTC" if "(utc)" in header.casefold() else context.timezone
        if header not in context.serials:
            return parse_moments(cells, order=context.order, timezone=zone)
        is_day = are_serial_days(cells)
        return from_serial_days(cells.where(is_day), zone)

    if not is_coded(cells):
        return (values := read(cells)), values
    found = once(cells.cat.categories, (kind, header, context.order, context.decimals.get(header, context.decimal), context.timezone), lambda distinct: read(pd.Series(distinct)))
    codes = cells.cat.codes.to_numpy()
    return found.reindex(np.where(codes < 0, len(found), codes)).set_axis(cells.index), found


def _dates_events(key, fmt: Format) -> bool:
    """Whether events of this format get their moment from the field."""
    takes = [emit.take.get("occurred_at", "") for emit in fmt.emits if emit.table == "events"]
    return any(key in [part.strip() for part in take.split("|")] for take in takes)


def _no_moments(cells, context, header):
    """What to say of a column of dates none of which can be read: what they look like, never what they are."""
    cell = next(str(cell).strip() for cell in cells[has_value(cells) & ~null_marks(cells)])
    looks = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", cell))[:30]
    return SourceError(f"{context.raw.path.name}: no date in column {header!r} can be read; they look like {looks!r}, expected e.g. 2026-01-31, "
                       f"31/01/2026 or 20260131. Name another column under `columns:` of source {context.name!r}, or set `dates:`.")  # fmt: skip


def _read_text(cells, spec: FormatField):
    known = value_map(spec.map) if isinstance(spec.map, str) else spec.map

    def read(cells):
        whole = _whole_ids(pd.Series(cells)) if cells.dtype.kind == "f" and spec.kind == "id" else cells
        made = pd.Series(_plain_texts(whole) if known is None and not spec.then else None, index=range(len(whole)), dtype="str")
        others = made.isna().to_numpy()
        made[others] = _each(whole[others], lambda cell: _text_of(cell, spec, known))
        return made

    return text_of_each(cells, ("text", id(spec)), read)


def _plain_texts(cells) -> pd.Series:
    """Cells of letters and digits that stand for themselves, which most ids are; missing where a cell needs a closer look."""
    texts = pd.Series(cells)
    if not isinstance(texts.dtype, pd.StringDtype):
        return pd.Series(None, index=texts.index, dtype="str")
    texts = texts.astype("str")
    return texts.where(texts.str.fullmatch(r"[A-Za-z0-9_]+").astype(bool) & ~texts.str.lower().isin(NULL_MARKS))


def _whole_ids(cells) -> pd.Series:
    """Ids a file keeps as numbers with a fraction: whole ones as they are, and beyond 2^53, where such numbers are rounded, none."""
    is_whole = (cells % 1 == 0) & (cells.abs() < 2**53)
    texts = cells.where(is_whole).astype("Int64").astype("string")
    return texts.where(is_whole | cells.isna(), cells.map(lambda cell: str(cell) if abs(cell) < 2**53 else f"{cell:.15E}", na_action="ignore").astype("string"))


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
        return None if ROUNDED.fullmatch(made) else re.sub(r"^(\d+)\.0$", r"\1", made)
    return made


def _first_fit(cell: str, known: dict):
    return next((value for pattern, value in known.items() if compile_pattern(pattern).fullmatch(cell)), None)


def _each(distinct, read) -> np.ndarray:
    values = np.empty(len(distinct), dtype=object)
    values[:] = [read(_bare(str(value).strip())) for value in distinct]
    return values


def _bare(cell: str) -> str:
    """A cell without the marks that guard it from a spreadsheet: `'0070` and `="0070"` are 0070."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell.removeprefix("'")


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
