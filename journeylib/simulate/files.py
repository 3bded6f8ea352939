"""Raw files as programs write them: the same bytes for the same rows, with the flaws real exports have."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import openpyxl

from journeylib.workbook import fixed_bytes

Rows = Iterable[Sequence]


def csv_bytes(header: Sequence[str], rows: Rows, *, separator=",", encoding="utf-8", decimal=".") -> bytes:
    """Rows as a CSV file. `encoding="utf-8-sig"` adds a byte-order mark; `decimal=","` writes 3,5 for 3.5.

    >>> csv_bytes(["a", "b"], [[1.5, None]], separator=";", decimal=",")
    b'a;b\\r\\n1,5;\\r\\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(header)
    if decimal == ",":
        rows = ([_comma(value) for value in row] for row in rows)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def _comma(value):
    return str(value).replace(".", ",") if isinstance(value, float) else value


def xlsx_bytes(sheets: dict[str, tuple[Sequence[str], Rows]]) -> bytes:
    """Sheets of a workbook: sheet name → header and rows. The same bytes on every machine and day."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(header))
        for row in rows:
            sheet.append(list(row))
    return fixed_bytes(book)
