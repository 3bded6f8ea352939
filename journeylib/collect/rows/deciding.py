"""How a file writes its numbers and dates: decided from its own cells, as far as they decide it, and asked for where they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.collect.formats import Format
from journeylib.collect.frames.distinct import of_each
from journeylib.collect.values.amounts import Evidence, decimal_evidence, is_null_mark
from journeylib.collect.values.conditions import has_value
from journeylib.collect.values.dates import are_serial_days, decide_order, looks_short_year_first, orders_clash
from journeylib.errors import SourceError


def decide_decimals(columns, declared, decimal, raw, name) -> tuple[dict[str, str], dict[str, int]]:
    """Heading → how its open numbers are read, where its own cells say otherwise than the file's; and what is to know."""
    evidence = {header: decimal_evidence(cells) for header, cells in columns.items()}
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
                      f"Say which under `dates:` of source {name!r}: D/M/Y or M/D/Y.")  # fmt: skip


def null_marks(cells) -> np.ndarray:
    """For each cell, whether it is one of the marks for nothing."""
    return of_each(cells, "null_mark", _are_null_marks, True)


def _are_null_marks(distinct) -> np.ndarray:
    """No mark begins with a digit, as most ids, moments and numbers do."""
    begins = distinct.str.match("[0-9]") if isinstance(distinct.dtype, pd.StringDtype) else np.zeros(len(distinct), dtype=bool)
    marks, others = np.zeros(len(distinct), dtype=bool), np.flatnonzero(~np.asarray(begins, dtype=bool))
    marks[others] = [is_null_mark(str(value)) for value in distinct[others]]
    return marks
