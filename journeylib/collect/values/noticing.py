"""What is to know about a file's cells before they are trusted: what a spreadsheet, a mail or two systems in one file did to them.

Nothing here changes a cell. Each thing noticed is a code, the column and how many cells; its words in four languages stand in
messages/reading.yml. Reading decides for itself what becomes of such a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from journeylib.collect.values.amounts import SHEET_ERRORS
from journeylib.collect.values.dates import are_iso, date_form
from journeylib.wording import Words

#: Written by a spreadsheet for a number it has no room for: the digits are gone.
ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d{2,}", re.IGNORECASE)
#: How cells begin that may be guarded, a formula, an error, a rounded or a long number.
_WORTH_A_LOOK = r"\s*(?:['=@+#-]|\d(?:[.,]\d+)?[eE]\+\d|\d{16})"
#: None of them: what begins with a letter, or is a short number or word. Said without a word of Python for each of a million ids.
_PLAIN = r"[A-Za-z].*|[0-9][0-9A-Za-z_.]{0,14}"
_LONG = re.compile(r"\d{16,}")
_GUARDED = re.compile(r"'.+|=\".*\"", re.DOTALL)
_FORMULA = re.compile(r"[=@][A-Za-z(].*|[+-][A-Za-z(=].*", re.DOTALL)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?:\D.*)?", re.DOTALL)
_ZONE = re.compile(r".*\d\s*(?:Z|[A-Z]{3,4}|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?)", re.DOTALL)
_CLOCK = re.compile(r".*\d[:.]\d{2}.*", re.DOTALL)


def notice_cells(cells: pd.Series, kind: str, n_each: pd.Series | None = None) -> dict[str, int]:
    """Code → how many cells of a text column: `guarded`, `formula`, `sheet_error`; of ids `rounded_id`, `long_id`; of moments
    `short_year`, `several_forms` (not in the form most are), `some_zones` (with a zone, while others have none).

    Parameters
    ----------
    n_each : cell → how many rows hold it, where `cells` are distinct ones.

    >>> notice_cells(pd.Series(["'0070", "1.23E+15", "#REF!", "77"]), "id")
    {'guarded': 1, 'sheet_error': 1, 'rounded_id': 1}
    """
    if cells.dtype.kind in "Miufb":
        return {}
    n_each = cells.dropna().value_counts() if n_each is None else n_each
    if kind != "moment" and isinstance(n_each.index.dtype, pd.StringDtype):
        n_each = n_each[~n_each.index.str.fullmatch(_PLAIN)]
        n_each = n_each[n_each.index.str.match(_WORTH_A_LOOK)]  # of a million plain ids none is held as a word
    if kind == "moment":
        n_each = _by_shape(n_each)
    counts: dict[str, int] = {}
    for cell, n in n_each.items():
        counts[str(cell).strip()] = counts.get(str(cell).strip(), 0) + int(n)
    found = {
        "guarded": _n(counts, _GUARDED), "formula": _n(counts, _FORMULA) if kind != "number" else 0,
        "sheet_error": sum(n for cell, n in counts.items() if cell.casefold() in SHEET_ERRORS or re.fullmatch("#{3,}", cell)),
    }  # fmt: skip
    found |= _of_ids(counts) if kind == "id" else _of_moments(counts) if kind == "moment" else {}
    return {code: n for code, n in found.items() if n}


def _by_shape(n_each):
    """Plain ISO moments counted by their shape, 9 for each digit: nothing noticed of a moment depends on which day it is."""
    plain = are_iso(n_each.index)
    if not plain.any():
        return n_each
    shapes = n_each[plain].groupby(n_each.index[plain].str.replace(r"\d", "9", regex=True)).sum()
    return pd.concat([n_each[~plain], shapes])


def _n(counts, pattern) -> int:
    return sum(n for cell, n in counts.items() if pattern.fullmatch(cell))


def _of_ids(counts):
    long = [cell for cell in counts if _LONG.fullmatch(cell)]
    is_rounded = len(long) > 1 and all(not cell[15:].strip("0") for cell in long)
    return {"rounded_id": _n(counts, ROUNDED), "long_id": sum(counts[cell] for cell in long) if is_rounded else 0}


def _of_moments(counts):
    forms: dict[str, int] = {}
    for cell, n in counts.items():
        form = date_form(cell)
        forms[form] = forms.get(form, 0) + n if form else 0
    clocked = {cell: n for cell, n in counts.items() if _CLOCK.fullmatch(cell)}
    n_zoned = _n(clocked, _ZONE)
    return {
        "short_year": _n(counts, _SHORT_YEAR), "several_forms": sum(forms.values()) - max(forms.values(), default=0),
        "some_zones": n_zoned if n_zoned < sum(clocked.values()) else 0,
    }  # fmt: skip


def of_columns(columns: Iterable[tuple[str, str, pd.Series, pd.Series | None]]) -> dict[str, int]:
    """What is noticed in columns (kind, heading, cells, how many rows hold each), as `code: heading` → how many."""
    return {f"{code}: {heading.replace(';', ',')}": n for kind, heading, cells, n_each in columns for code, n in notice_cells(cells, kind, n_each).items()}


def say_noticed(noticed: dict[str, int], words: Words) -> list[str]:
    """A sentence each; what has no words is left out.

    >>> say_noticed({"rounded_id: Order": 2}, Words("en"))[0][:40]
    "2 ids in 'Order' were rounded by a sprea"
    """
    said = []
    for key, n in noticed.items():
        code, _, heading = key.partition(": ")
        if words.has(f"reading.noticed.{code}"):
            said.append(words.say(f"reading.noticed.{code}", n=n, column=heading))
    return said


def say_read_as(delivery, words: Words) -> str:
    """How a file was read, in one line: encoding, separator, decimal mark, order of dates, zone of moments without one."""
    marks = {"\t": words.say("reading.read_as.tab"), " ": words.say("reading.read_as.blank")}
    raw = delivery.raw
    parts = [raw.encoding, words.say("reading.read_as.separator", mark=marks.get(raw.separator, repr(raw.separator))) if raw.separator else None]
    parts += [words.say(f"reading.read_as.{key}", **{name: value}) if value else None
              for key, name, value in (("decimal", "mark", delivery.decimal), ("dates", "order", delivery.dates), ("timezone", "zone", delivery.timezone))]  # fmt: skip
    return ", ".join(part for part in parts if part)
