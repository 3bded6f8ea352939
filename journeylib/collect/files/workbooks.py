"""A workbook's sheet as rows of cells; what a spreadsheet does to numbers and formulas is told, not passed on."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from journeylib.errors import SourceError

#: Spreadsheets keep fifteen digits; a longer number is no longer the one that was typed.
_EXACT = 10**15


def workbook_rows(path: Path, data: bytes, sheet: str | None) -> tuple[list[list[str]], dict[str, int]]:
    """The rows of one sheet, and what is to know: `lost_formula` (a formula whose value was never stored), `other_sheet` (with cells, not read).

    Raises
    ------
    SourceError
        It cannot be opened, is damaged, or has no such sheet.
    """
    try:
        return _rows(path, data, sheet)
    except SourceError:
        raise
    except Exception as error:  # openpyxl raises zipfile, XML, key and value errors alike, some only as rows are read
        raise SourceError(f"{path.name}: cannot be opened as a workbook ({type(error).__name__}). Save it as .xlsx or .csv again.") from None


def _rows(path, data, sheet):
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    if sheet and sheet not in book.sheetnames:
        raise SourceError(f"{path.name}: no sheet {sheet!r}. Sheets: {', '.join(book.sheetnames)}. Name one under `sheet:`.")
    visible = [each for each in book.worksheets if each.sheet_state == "visible"] or book.worksheets
    if not visible and not sheet:
        raise SourceError(f"{path.name}: has no sheet of cells. Expected one with a line of column names.")
    chosen = book[sheet] if sheet else visible[0]
    rows = _cells(chosen)
    noticed = {"lost_formula": _n_lost_formulas(data, chosen.title) if _has_formulas(data) else 0,
               "other_sheet": 0 if sheet else sum(any(any(row) for row in _cells(each)) for each in visible[1:])}  # fmt: skip
    return [[cell_text(cell) for cell in row] for row in rows], {code: n for code, n in noticed.items() if n}


def _cells(sheet) -> list[tuple]:
    """All rows; the size a file claims for its sheet is not believed, for some exporters write A1."""
    sheet.reset_dimensions()
    return list(sheet.iter_rows(values_only=True))


def _has_formulas(data) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
        return any(re.search(rb"<f[ >/]", archive.read(name)) for name in sheets)


def _n_lost_formulas(data, title) -> int:
    import openpyxl

    books = [openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=only) for only in (True, False)]
    values, formulas = (_cells(book[title]) for book in books)
    return sum(value is None and formula is not None for row, other in zip(values, formulas, strict=False) for value, formula in zip(row, other, strict=False))


def cell_text(cell) -> str:
    """A cell as text. A number beyond fifteen digits is written as the rounded number it is: nobody can take it for an id.

    >>> cell_text(12.0), cell_text(1.2345678901234568e18), cell_text(1234567890123456789)
    ('12', '1.23456789012346E+18', '1234567890123456789')
    """
    if cell is None:
        return ""
    if hasattr(cell, "isoformat"):
        return cell.isoformat(sep=" ") if hasattr(cell, "hour") and hasattr(cell, "year") else cell.isoformat()
    if isinstance(cell, float) and abs(cell) >= _EXACT:
        return f"{cell:.15G}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell)
    return f"{text}0" if isinstance(cell, float) and re.fullmatch(r"-?\d{1,3}\.\d{3}", text) else text  # 1.2340 is no thousand
