"""The files people keep beside the parameters: comma- or semicolon-separated, every mistake named by line and column."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from journeylib.errors import ParameterError, nearest
from journeylib.personal_data import mask, personal_data_in

#: Columns that want a role, never a person.
ROLES = ("decided_by", "owner", "written_by")


@dataclass
class Sheet:
    """A file people keep: its lines as read, and every mistake found in them."""

    file: Path
    lines: list[tuple[int, dict[str, str]]]
    mistakes: list[str] = field(default_factory=list)
    own_contacts: tuple[str, ...] = ()

    def refuse(self, line: int, column: str, got: str, expected: str, valid: Iterable[str] = ()) -> None:
        """Note one mistake: file, line, column, got, expected, nearest."""
        self.mistakes.append(f"{self.file.name}, line {line}, column {column!r}: got {got!r}, expected {expected}{nearest(got, valid)}")

    def one_of(self, line: int, column: str, got: str, valid: tuple[str, ...]) -> None:
        if got not in valid:
            self.refuse(line, column, got, f"one of {', '.join(valid)}", valid)

    def date(self, line: int, column: str, got: str) -> pd.Timestamp | None:
        moment = pd.to_datetime(got, format="%Y-%m-%d", errors="coerce") if got else None
        if got and pd.isna(moment):
            self.refuse(line, column, got, "a date as 2026-03-31")
        return None if moment is None or pd.isna(moment) else moment

    def number(self, line: int, column: str, got: str) -> float | None:
        try:
            return float(got.replace(",", ".")) if got else None
        except ValueError:
            self.refuse(line, column, got, "a number, e.g. 0.45")
            return None

    def close(self) -> None:
        """Raise every mistake at once, if there was any."""
        if self.mistakes:
            raise ParameterError("\n".join(self.mistakes))


def read_sheet(file: Path, columns: tuple[str, ...], required: tuple[str, ...], own_contacts: tuple[str, ...] = ()) -> Sheet | None:
    """The lines of a comma- or semicolon-separated file with a header; None where it is not there.

    What people write is delivered as they wrote it: personal data are refused, apart from the client's own contacts.
    """
    if not file.is_file():
        return None
    lines = _decode(file).splitlines()
    header_line = lines[0] if lines else ""
    reader = csv.reader(lines, delimiter=";" if header_line.count(";") > header_line.count(",") else ",")
    header = [name.strip() for name in next(reader, [])]
    sheet = Sheet(file, [], own_contacts=own_contacts)
    for name in header:
        if name not in columns:
            sheet.refuse(1, name, name, f"a column of {', '.join(columns)}", columns)
    for name in required:
        if name not in header:
            sheet.refuse(1, name, ", ".join(header), f"a column {name!r}")
    sheet.close()
    for cells in reader:
        _read_line(sheet, reader.line_num, header, [cell.strip() for cell in cells])
    sheet.close()
    return sheet


def _read_line(sheet, line, header, cells):
    if not any(cells):
        return
    if len(cells) > len(header):
        sheet.refuse(line, header[-1], f"{len(cells)} cells", f"{len(header)}, as in the header; quote a cell that holds the separator")
        return
    for name, cell in zip(header, cells, strict=False):
        kinds = personal_data_in(cell, allowed=sheet.own_contacts) or (["name"] if name in ROLES and mask(cell) != cell else [])
        if kinds:
            sheet.mistakes.append(f"{sheet.file.name}, line {line}, column {name!r}: got what looks like personal data ({', '.join(kinds)}), expected a role, or words without it")
    sheet.lines.append((line, dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=True))))


def _decode(file: Path) -> str:
    raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
