"""How a file writes its numbers and dates: decided from its own cells, as far as they decide it, and asked for where they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.collect.formats import Format
from journeylib.collect.frames.distinct import of_each
from journeylib.collect.values.amounts import Evidence, decimal_evidence, is_null_mark
from journeylib.collect.values.conditions import has_value
from journeylib.collect.values.dates import are_serial_days, date_form, decide_order, looks_short_year_first, orders_clash
from journeylib.errors import SourceError

_WORKBOOKS = (".xlsx", ".xlsm")
#: A number as the workbook itself holds it; one that may be a thousand, bare; and the same with a currency or a sign beside it.
_OWN_NUMBER, _BARE_POINT = r"-?\d+(?:\.\d+)?(?:E[+-]?\d+)?", r"-?[1-9]\d{0,2}\.\d{3}"
_OPEN_POINT = r"[^\d]*[1-9]\d{0,2}\.\d{3}(?:[^\d.,]|[.,](?!\d))*"


def decimal_of_language(columns: dict[str, pd.Series], raw, name, language) -> tuple[str | None, dict[str, int]]:
    """The decimal mark of a workbook's texts such as `120.000 kr.`, where the language settles it, and what is to know; None where there are none.

    In Swedish, Danish and Norwegian a point before three digits is a thousand's. The workbook's own numbers are written with a point here, so they
    are no word on how people write; a bare 120.000 beside them might be either, and it is asked.
    """
    cells = {header: column.dropna().astype("str").str.strip() for header, column in columns.items() if column.dtype.kind not in "iufb"}
    n_open = {header: int(column.str.fullmatch(_OPEN_POINT).sum()) for header, column in cells.items()} if raw.path.suffix.lower() in _WORKBOOKS else {}
    if language == "en" or not any(n_open.values()):
        return None, {}
    told = sum((decimal_evidence(_texts(column)) for column in cells.values()), Evidence())
    if told.n_comma + told.n_point:
        return told.decimal, {}
    for header, column in cells.items():
        if column.str.fullmatch(_BARE_POINT).any() and (column.str.fullmatch(_OWN_NUMBER) & column.str.contains(".", regex=False) & ~column.str.fullmatch(_BARE_POINT)).any():
            raise SourceError(f"{raw.path.name}: column {header!r} has texts such as 120.000, which may be 120 thousand or 120. Write them as numbers (120000), or say which "
                              f"under `decimal:` of source {name!r}: ',' or '.'.")  # fmt: skip
    return ",", {f"open_point: {header}": n for header, n in n_open.items() if n}


def _texts(cells: pd.Series) -> pd.Series:
    """A workbook's cells without its own numbers: what people wrote."""
    return cells if cells.dtype.kind in "iufb" else cells[~cells.astype("str").str.strip().str.fullmatch(_OWN_NUMBER).fillna(False).astype(bool)]


def decide_decimals(columns, declared, decimal, raw, name) -> tuple[dict[str, str], dict[str, int]]:
    """Heading → how its open numbers are read, where its own cells say otherwise than the file's; and what is to know."""
    as_written = _texts if declared and raw.path.suffix.lower() in _WORKBOOKS else lambda cells: cells
    evidence = {header: decimal_evidence(as_written(cells)) for header, cells in columns.items()}
    whole, found, noticed = sum(evidence.values(), Evidence()), {}, {}
    for header, own in evidence.items():
        fewer = min(own.n_comma, own.n_point)
        if own.n_open and not declared and (fewer or (not own.n_comma + own.n_point and whole.n_comma and whole.n_point)):
            raise SourceError(f"{raw.path.name}: some numbers have a decimal comma, others a decimal point, so {own.n_open} such as 1,234 in column {header!r} can be "
                              f"read two ways. Say which under `decimal:` of source {name!r}: ',' or '.'.")  # fmt: skip
        if own.decimal and not declared:
            found[header] = own.decimal
        noticed |= {f"mixed_decimal: {header}": fewer} if fewer else {}
        if own.n_open and not declared and not whole.n_comma + whole.n_point:
            as_thousands = decimal_evidence(columns[header].astype("str").str.replace("." if decimal == "," else ",", "")).n_open == 0
            noticed |= {f"open_{'point' if decimal == ',' else 'comma'}: {header}": own.n_open} if as_thousands else {}
    return found, noticed


def are_all_serial(cells) -> bool:
    """Whether a column of moments holds day numbers of a spreadsheet and nothing else."""
    if cells.dtype.kind in "Miuf":
        return False
    filled = has_value(cells) & ~null_marks(cells)
    return bool(filled.any() and are_serial_days(cells)[filled].all())


def decide_dates(columns, fmt: Format, raw, name) -> str:
    """The order of day, month and year: what the cells tell, else the vendor's. A vendor's `Y-M-D` cannot read 03/04/2026, so it decides nothing there."""
    starts_with_year = looks_short_year_first(columns)
    if starts_with_year or (starts_with_year is None and fmt.dates == "Y-M-D"):
        return "Y-M-D"
    if starts_with_year is None and fmt.dates is None:
        raise SourceError(f"{raw.path.name}: dates such as 26-03-04 can begin with the year or with the day, and no cell decides. "
                          f"Say which under `dates:` of source {name!r}: Y-M-D or D/M/Y.")  # fmt: skip
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
                      f"Say which under `dates:` of source {name!r}: D/M/Y or M/D/Y.{_say_few(columns)}")  # fmt: skip


def _say_few(columns) -> str:
    """Where most dates begin with the year, how few do not, and in which columns: mending those cells is simpler."""
    cells = [column.dropna().astype("str") for column in columns if column.dtype.kind not in "Miuf"]
    open_ones = {column.name: int((column.map(date_form) == "year_last").sum()) for column in cells}
    n_open, n_all = sum(open_ones.values()), sum(int(has_value(column).sum()) for column in cells)
    where = ", ".join(f"{n} in {header!r}" for header, n in open_ones.items() if n)
    return f" Only {n_open:,} of its {n_all:,} dates {'is' if n_open == 1 else 'are'} written so ({where}): you may mend them in the file instead." if 2 * n_open < n_all else ""


def null_marks(cells) -> np.ndarray:
    """For each cell, whether it is one of the marks for nothing."""
    return of_each(cells, "null_mark", _are_null_marks, True)


def _are_null_marks(distinct) -> np.ndarray:
    """No mark begins with a digit, as most ids, moments and numbers do."""
    begins = distinct.str.match("[0-9]") if isinstance(distinct.dtype, pd.StringDtype) else np.zeros(len(distinct), dtype=bool)
    marks, others = np.zeros(len(distinct), dtype=bool), np.flatnonzero(~np.asarray(begins, dtype=bool))
    marks[others] = [is_null_mark(str(value)) for value in distinct[others]]
    return marks
