"""Filled sheets as they came back: every workbook in a folder, its kit sheets, and each filled row with the cells it stands in."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from journeylib.collect.files.layout import tidy
from journeylib.kit.plan import Column, KitFile, Sheet

#: How far down headings are looked for.
_HEAD_ROWS = 12


@dataclass(frozen=True)
class FilledRow:
    """One filled row: its number in the sheet, and the cells that hold something, by column id."""

    number: int
    cells: dict[str, object]


@dataclass(frozen=True)
class FilledSheet:
    """One sheet of one file.

    Attributes
    ----------
    letters : column id → letter in the file. missing : planned columns the sheet has no heading for.
    strange : heading cells that belong to no column: (cell, heading). rows : those with more in them than the kit put there.
    n_rows : rows that hold anything, the kit's own included.
    """

    file: str
    title: str
    sheet: Sheet
    letters: dict[str, str]
    header_row: int
    missing: tuple[Column, ...]
    strange: tuple[tuple[str, str], ...]
    rows: tuple[FilledRow, ...]
    all_rows: tuple[FilledRow, ...] = ()
    n_sheets: int = 1

    def cell(self, row: int, column: str) -> str:
        """Address of a cell, e.g. B7."""
        return f"{self.letters[column]}{row}"


@dataclass(frozen=True)
class Filled:
    """A folder of filled files; `unreadable` and `strangers` name files that are no workbook, and workbooks with no sheet of the kit."""

    sheets: tuple[FilledSheet, ...] = ()
    unreadable: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    names: tuple[str, ...] = field(default=())

    def of(self, sheet_id: str) -> tuple[FilledSheet, ...]:
        """Every copy of a sheet that holds something filled in."""
        return tuple(each for each in self.sheets if each.sheet.id == sheet_id and each.rows)


def read_filled(folder: Path, plan: tuple[KitFile, ...]) -> Filled:
    """Every workbook in the folder, by name; a lock file of an open workbook is passed over."""
    sheets, unreadable, strangers, names = [], [], [], []
    for path in sorted(folder.glob("*.xlsx")) if folder.is_dir() else ():
        if path.name.startswith("~$"):
            continue
        names.append(path.name)
        try:
            found = _read_book(path, plan)
        except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
            unreadable.append(path.name)
            continue
        sheets += found
        if not found:
            strangers.append(path.name)
    return Filled(tuple(sheets), tuple(unreadable), tuple(strangers), tuple(names))


def _read_book(path, plan):
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True)
    known = {title.casefold(): sheet for file in plan for sheet in file.sheets for title in sheet.titles}
    pages = [page for page in book.worksheets if page.sheet_state == "visible"]
    return [_read_sheet(path.name, page, known[page.title.strip().casefold()], len(pages)) for page in pages if page.title.strip().casefold() in known]


def _read_sheet(file, page, sheet: Sheet, n_sheets) -> FilledSheet:
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    columns = {tidy(header): column for column in sheet.columns for header in column.headers}
    hits = [len({columns[tidy(value)].id for value in row if _holds(value) and tidy(value) in columns}) for row in cells[:_HEAD_ROWS]]
    at = max(range(len(hits)), key=lambda i: (hits[i], -i)) if hits else 0
    letters, strange = {}, []
    for place, value in enumerate(cells[at] if cells else (), start=1):
        column = columns.get(tidy(value)) if _holds(value) else None
        if column is not None and column.id not in letters:
            letters[column.id] = get_column_letter(place)
        elif _holds(value):
            strange.append((f"{get_column_letter(place)}{at + 1}", str(value)))
    rows = [_row(number, row, letters, cells[at]) for number, row in enumerate(cells[at + 1 :], start=at + 2)] if cells else []
    rows = [row for row in rows if row.cells]
    missing = tuple(column for column in sheet.columns if column.id not in letters and not column.may_lack)
    return FilledSheet(file, page.title, sheet, letters, at + 1, missing, tuple(strange), tuple(_own_rows(rows, sheet)), tuple(rows), n_sheets)


def _row(number, values, letters, header):
    at = {get_column_letter(place): value for place, value in enumerate(values, start=1)}
    return FilledRow(number, {column: at[letter] for column, letter in letters.items() if _holds(at.get(letter))})


def _holds(value) -> bool:
    return value is not None and str(value).strip() != ""


def _own_rows(rows, sheet: Sheet):
    """Rows that say more than, or other than, what the kit put there."""
    ids = [column.id for column in sheet.columns]
    start = {tuple(sorted((key, str(value)) for key, value in zip(ids, values, strict=False) if _holds(value))) for values in sheet.start}
    return [row for row in rows if tuple(sorted((key, str(value)) for key, value in row.cells.items())) not in start]
