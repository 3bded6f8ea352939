"""Cells → values: a field's kind, what is made of it, and its value map, worked out once per distinct cell."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from journeylib.collect.formats import Format, FormatField, value_map
from journeylib.collect.frames.distinct import is_coded, of_each, once
from journeylib.collect.rows.context import Context
from journeylib.collect.rows.deciding import null_marks
from journeylib.collect.rows.texts import each, first_fit, read_text
from journeylib.collect.values.amounts import parse_numbers
from journeylib.collect.values.conditions import has_value
from journeylib.collect.values.dates import are_no_real_dates, are_serial_days, from_serial_days, parse_moments
from journeylib.errors import SourceError


def read_field(frame: pd.DataFrame, key: str, context: Context) -> pd.Series:
    """A field's values: of one column, of several joined with `/`, or the product of two fields."""
    spec, headers = context.format.fields[key], context.match.fields[key]
    if spec.product and headers == spec.product:
        factors = [read_field(frame, factor, context) for factor in spec.product]
        return factors[0] * factors[1]
    if spec.join and headers == spec.join:
        one, other = (frame[context.match.fields[part][0]].astype("str").fillna("").str.strip() for part in spec.join)
        return read_text(one.str.cat(other, sep=" / ").mask((one == "") & (other == "")), spec)
    columns = [read_cells(frame[header], key, spec, context, header) for header in headers]
    joined = columns[0]
    for other in columns[1:]:
        joined = joined.astype("str") + "/" + other.astype("str")
    return joined


def read_column(context: Context, key: str, column) -> pd.Series:
    """One column of a family, read as the family's field is."""
    return read_cells(context.raw.frame[column.header], key, context.format.fields[key], context, column.header)


def read_cells(cells: pd.Series, key: str, spec: FormatField, context: Context, header: str) -> pd.Series:
    """A column's cells as the field's kind; what holds something and cannot be read is counted under the field."""
    if spec.kind == "yes_no":
        known = value_map(spec.map if isinstance(spec.map, str) else "yes_no")
        read = of_each(cells, ("yes_no", id(spec)), lambda distinct: each(distinct, lambda cell: first_fit(cell, known)), None)
        return pd.Series(read, index=cells.index).astype("boolean")
    if spec.kind not in ("moment", "number"):
        return read_text(cells, spec)
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
