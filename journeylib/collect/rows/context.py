"""What reading a file's cells depends on, decided once a file: decimal mark, order of dates, time zone, and what is noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from journeylib.client import Client, Source
from journeylib.collect.files.reading import RawFile
from journeylib.collect.formats import Format
from journeylib.collect.rows.deciding import are_all_serial, decide_dates, decide_decimals, decimal_of_language, null_marks
from journeylib.collect.rows.headers import Match
from journeylib.collect.values.amounts import detect_decimal
from journeylib.collect.values.conditions import has_value
from journeylib.collect.values.noticing import of_columns


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
        settled, said = (source.decimal, {}) if source.decimal else decimal_of_language(columns["number"], raw, name, client.language)
        decimal = settled or detect_decimal([*columns["number"].values(), *scores], raw.separator)
        decimals, noticed = decide_decimals(columns["number"], settled, decimal, raw, name)
        noticed |= said
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
