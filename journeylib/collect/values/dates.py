"""Moments as exports write them, brought to UTC; an order of day and month the file cannot decide is never guessed."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

ORDERS = ("Y-M-D", "D/M/Y", "M/D/Y")
#: Abbreviated zones that mean one thing only, in minutes from UTC. CST, IST and BST are several zones each, so they cannot be read.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "CET": 60, "MET": 60, "CEST": 120, "MEST": 120, "EET": 120, "EEST": 180,
          "EST": -300, "EDT": -240, "PST": -480, "PDT": -420}  # fmt: skip
_TIME = (r"(?:[T ,]+(?:kl\.? ?)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
         rf"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?\s*(?P<zone>(?:UTC|GMT)?[+-]\d{{2}}(?::?\d{{2}})?|{'|'.join(_ZONES)})?")  # fmt: skip
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _TIME)
_SHORT_YEAR_FIRST = re.compile(r"(?P<year>\d{2})-(?P<month>\d{2})-(?P<day>\d{2})" + _TIME)
_YEAR_LAST = re.compile(r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<then>\d{1,2})[-/.](?P<year>\d{4}|\d{2})" + _TIME)
_NAMED_US = re.compile(r"(?P<name>[^\W\d]{3,})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + _TIME)
_NAMED = re.compile(r"(?P<day>\d{1,2})\.?[ -](?P<name>[^\W\d]{3,})\.?[ -](?P<year>\d{4})" + _TIME)
_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?"
_ISO_ZONED = _ISO + r"(?:Z|[+-]\d{2}:\d{2})"
_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "maj": 5, "mai": 5, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
           "okt": 10, "oct": 10, "nov": 11, "dec": 12, "des": 12}  # fmt: skip
_EPOCH = {10: 1_000_000, 13: 1_000, 16: 1}


def are_iso(cells: pd.Index) -> np.ndarray:
    """For each distinct cell, whether it is a plain ISO moment, which no other reading fits: most moments are, and need no closer look."""
    if not isinstance(cells.dtype, pd.StringDtype):
        return np.zeros(len(cells), dtype=bool)
    return pd.Series(cells).str.fullmatch(f"(?:{_ISO}|{_ISO_ZONED})").fillna(False).to_numpy(dtype=bool)


def _unusual(column: pd.Series) -> list[str]:
    """A column's distinct cells without the plain ISO moments."""
    cells = pd.Index(column.dropna().unique())
    return [str(cell).strip() for cell in cells[~are_iso(cells)]]


def decide_order(columns: list[pd.Series]) -> str | None:
    """The order of day, month and year in a file's date columns, decided by the cells themselves.

    Returns `Y-M-D` where no cell begins with a day or a month, `D/M/Y` or `M/D/Y` where a number above 12 settles it (a date
    with points is read day first unless the cells say otherwise), and None where they leave it open or contradict each other.
    """
    pairs = _leading_pairs(columns)
    if not pairs:
        return "Y-M-D"
    day_first, month_first = any(first > 12 for first, _, _ in pairs), any(then > 12 for _, then, _ in pairs)
    if day_first != month_first:
        return "D/M/Y" if day_first else "M/D/Y"
    if not day_first and all(mark == "." for _, _, mark in pairs):
        return "D/M/Y"
    return None


def orders_clash(columns: list[pd.Series]) -> bool:
    """Whether some dates can only be read day first and others only month first."""
    pairs = _leading_pairs(columns)
    return any(first > 12 for first, _, _ in pairs) and any(then > 12 for _, then, _ in pairs)


def _leading_pairs(columns):
    pairs = [_leading_pair(cell) for column in columns if column.dtype.kind not in "Miuf" for cell in _unusual(column)]
    return [pair for pair in pairs if pair]


def _leading_pair(cell):
    found = _YEAR_LAST.fullmatch(cell)
    return (int(found["first"]), int(found["then"]), found["mark"]) if found else None


def parse_moments(values: pd.Series, *, order: str | None, timezone: str) -> pd.Series:
    """Cells as UTC moments; what is no moment is NaT.

    Parameters
    ----------
    values : text, whole numbers (epoch in s, ms or µs, or YYYYMMDD), dates or moments.
    order : how to read 03/04/2026: `D/M/Y` or `M/D/Y`; dates that begin with the year never need it.
    timezone : zone of moments that carry none. In the hour that occurs twice the first is taken; one that does not occur moves forward.

    >>> parse_moments(pd.Series(["2026-07-01 12:00", "1.7.2026", "20260701"]), order="D/M/Y", timezone="Europe/Oslo").dt.hour.tolist()
    [10, 22, 22]
    """
    if values.dtype.kind == "M":
        return to_utc(values, timezone)
    if values.dtype.kind in "iuf":
        values = (values // 1).astype("Int64").astype("string")  # databases hold epochs with fractions of a second
    codes, distinct = pd.factorize(values)
    cells = pd.Series(distinct.astype(str) if len(distinct) else [], dtype="str").str.strip().str.lstrip("'")
    moments = _parse_distinct(cells, order, timezone)
    taken = moments.reindex(np.where(codes < 0, len(moments), codes))
    return pd.Series(taken.to_numpy(), index=values.index).dt.tz_localize("UTC") if taken.dt.tz is None else taken.set_axis(values.index)


def _parse_distinct(cells: pd.Series, order, timezone) -> pd.Series:
    moments = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us, UTC]")
    digits = cells.str.fullmatch(r"\d{8}(?:\d{2}|\d{5}|\d{8})?(?:\.0)?").fillna(False).astype(bool)
    iso = cells.str.fullmatch(_ISO).fillna(False).astype(bool)
    if digits.any():
        moments[digits] = _from_digits(cells[digits].str.removesuffix(".0"), timezone)
    if iso.any():
        moments[iso] = to_utc(pd.to_datetime(cells[iso], format="ISO8601", errors="coerce"), timezone)
    zoned = cells.str.fullmatch(_ISO_ZONED).fillna(False).astype(bool) & ~iso
    if zoned.any():
        moments[zoned] = pd.to_datetime(cells[zoned].str.replace(r"(\.\d{6})\d+", r"\1", regex=True), format="ISO8601", errors="coerce", utc=True).dt.as_unit("us")
    rest = cells[~digits & ~iso & ~zoned]
    if len(rest):
        moments[rest.index] = _from_parts(rest, order, timezone)
    return moments


def _from_digits(cells, timezone):
    """YYYYMMDD, or an epoch in seconds, milliseconds or microseconds by its length."""
    found = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us, UTC]")
    length = cells.str.len()
    days = length == 8
    found[days] = to_utc(pd.to_datetime(cells[days], format="%Y%m%d", errors="coerce"), timezone)
    for n_digits, factor in _EPOCH.items():
        rows = length == n_digits
        found[rows] = pd.to_datetime(cells[rows].astype("int64") * factor, unit="us", utc=True)
    return found


def _from_parts(cells, order, timezone):
    """Dates the fast roads do not know, taken apart one distinct cell at a time."""
    parts = [_parts(cell, order) for cell in cells]
    naive = pd.to_datetime(pd.Series([text for text, _ in parts], index=cells.index, dtype="str"), format="ISO8601", errors="coerce")
    offsets = pd.Series([offset for _, offset in parts], index=cells.index, dtype="Float64")
    moments = to_utc(naive, timezone)
    zoned = offsets.notna()
    if zoned.any():
        shift = pd.to_timedelta(offsets[zoned].astype("float64"), unit="m")
        moments[zoned] = (naive[zoned] - shift).dt.tz_localize("UTC").dt.as_unit("us")
    return moments


def _parts(cell: str, order) -> tuple[str | None, float | None]:
    found = _YEAR_FIRST.fullmatch(cell) or _short_year_first(cell, order) or _year_last(cell, order) or _NAMED_US.fullmatch(cell) or _NAMED.fullmatch(cell)
    if not found:
        return None, None
    got = found.groupdict()
    if "first" in got:
        got["day"], got["month"] = (got["first"], got["then"]) if order != "M/D/Y" else (got["then"], got["first"])
    if "name" in got:
        got["month"] = _MONTHS.get(got["name"][:3].casefold())
    if not got["month"]:
        return None, None
    date = f"{_century(got['year']):04d}-{int(got['month']):02d}-{int(got['day']):02d}"
    return f"{date}T{_hour(got):02d}:{got['minute'] or '00'}:{got['second'] or '00'}.{(got['fraction'] or '0')[:6]}", _offset(got["zone"])


def _short_year_first(cell, order):
    return _SHORT_YEAR_FIRST.fullmatch(cell) if order == "Y-M-D" else None


def _year_last(cell, order):
    return _YEAR_LAST.fullmatch(cell) if order != "Y-M-D" else None


def looks_short_year_first(columns: list[pd.Series]) -> bool | None:
    """Whether dates like 26-03-04 begin with the year: True or False where the cells tell, None where they leave it open or there are none.

    The part that is the year takes few values, the day many; a part above 31 is a year, a middle above 12 is no month.
    """
    found = [hit for column in columns if column.dtype.kind not in "Miuf" for cell in _unusual(column) if (hit := _SHORT_YEAR_FIRST.fullmatch(cell))]
    if not found:
        return False
    firsts, lasts = ({int(hit[part]) for hit in found} for part in ("year", "day"))
    if max(lasts) > 31 or 0 in lasts or any(int(hit["month"]) > 12 for hit in found):
        return False
    if max(firsts) > 31 or 0 in firsts:
        return True
    more, fewer = max(len(firsts), len(lasts)), min(len(firsts), len(lasts))
    return len(lasts) > len(firsts) if more >= 3 * fewer else None


def date_form(cell: str) -> str | None:
    """How a cell writes a moment: `year_first`, `year_last`, `named` month, `digits`; None for what is no moment.

    >>> date_form("2026-01-31"), date_form("31/1/2026"), date_form("31 januari 2026"), date_form("20260131"), date_form("soon")
    ('year_first', 'year_last', 'named', 'digits', None)
    """
    cell = cell.strip().lstrip("'")
    if re.fullmatch(r"\d{8}(?:\d{2}|\d{5}|\d{8})?", cell):
        return "digits"
    forms = {"year_first": _YEAR_FIRST, "year_last": _YEAR_LAST, "named": _NAMED, "named_us": _NAMED_US}
    return next((name.removesuffix("_us") for name, pattern in forms.items() if pattern.fullmatch(cell)), None)


def are_no_real_dates(moments: pd.Series) -> np.ndarray:
    """For each moment, whether it only stands for *no date*: the first day of 1970 or earlier, the year 2200 or later."""
    return ((moments < pd.Timestamp("1970-01-02", tz="UTC")) | (moments >= pd.Timestamp("2200-01-01", tz="UTC"))).to_numpy(dtype=bool, na_value=False)


def are_serial_days(values: pd.Series) -> np.ndarray:
    """For each cell, whether it is a spreadsheet's day number (45 658 = 1 January 2025, with a fraction for the time of day)."""
    codes, distinct = pd.factorize(values)
    fits, unusual = np.zeros(len(distinct) + 1, dtype=bool), np.flatnonzero(~are_iso(pd.Index(distinct)))
    fits[unusual] = [bool(re.fullmatch(r"[2-7]\d{4}(?:[.,]\d+)?", str(distinct[place]).strip())) for place in unusual]
    return fits[codes]


def from_serial_days(values: pd.Series, timezone: str) -> pd.Series:
    """A spreadsheet's day numbers as UTC moments, counted from 1900 as all but old Mac workbooks do, to the second.

    >>> from_serial_days(pd.Series(["45658.5"]), "UTC").iloc[0].isoformat()
    '2025-01-01T12:00:00+00:00'
    """
    days = values.astype("str").str.strip().str.replace(",", ".").astype("float64")
    seconds = pd.to_timedelta((days * 86_400).round(), unit="s")
    return to_utc((pd.Timestamp("1899-12-30") + seconds).dt.as_unit("us"), timezone)


def _century(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year) if int(year) < 69 else 1900 + int(year)


def _hour(got) -> int:
    hour = int(got["hour"] or 0)
    if not got["half"]:
        return hour
    return hour % 12 + (12 if got["half"][0] in "pP" else 0)


def _offset(zone) -> float | None:
    if not zone:
        return None
    if zone in _ZONES:
        return float(_ZONES[zone])
    sign, digits = re.fullmatch(r"(?:UTC|GMT)?([+-])([\d:]+)", zone).groups()
    minutes = int(digits[:2]) * 60 + int(digits[2:].lstrip(":") or 0)
    return float(minutes if sign == "+" else -minutes)


def to_utc(moments: pd.Series, timezone: str) -> pd.Series:
    """Moments of any zone in UTC; those without one are local to `timezone`."""
    if moments.dt.tz is None:
        first = np.ones(len(moments), dtype=bool)
        moments = moments.dt.tz_localize(timezone, ambiguous=first, nonexistent="shift_forward")
    return moments.dt.tz_convert("UTC").dt.as_unit("us")
