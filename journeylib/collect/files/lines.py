"""A text's lines as rows of cells, where they are regular and where they are not; what cannot be a row is counted, never guessed at."""

from __future__ import annotations

import csv
import io
import re
import sys
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from journeylib.collect.files.layout import SEPARATORS, is_totals

csv.field_size_limit(sys.maxsize)  # a cell may hold a whole letter; what does not end is found below
_MOST_IN_ONE_BLOCK = 1 << 24


@dataclass(frozen=True)
class Rows:
    """The rows of a text.

    Attributes
    ----------
    n_broken : lines that are no rows: more cells than headings, a quotation mark never closed, another separator, the end cut off.
    noticed : how many of each: `unclosed_quote`, `long_line`, `other_separator`, `cut_off`, all broken; and `short_line`, filled with empty cells.
    """

    frame: pd.DataFrame
    n_broken: int = 0
    noticed: dict[str, int] = field(default_factory=dict)


def read_rows(text: str, names: list[str], separator: str, *, is_whole: bool = True) -> Rows:
    """The rows under a heading line: the fast road for regular text; a line of another width sends the whole text down the careful one.

    Quotation marks inside a cell may be doubled or stand behind a backslash. Where the text does not end with a line (`is_whole`), a
    last line that is short was cut off.
    """
    if not text:
        return Rows(pd.DataFrame({name: pd.Series(dtype="str") for name in names}))
    is_regular = _is_well_quoted(text, separator)
    if not is_regular and '\\"' in text and _is_well_quoted(doubled := text.replace('\\"', '""'), separator):
        text, is_regular = doubled, True
    frame = _read_regular(text, names, separator) if is_regular else None
    return Rows(frame) if frame is not None else _read_carefully(text, names, separator, is_whole)


def _read_regular(text, names, separator) -> pd.DataFrame | None:
    keys = [str(i) for i in range(len(names))]
    try:
        table = pa_csv.read_csv(
            io.BytesIO(text.encode("utf-8", "replace")),
            read_options=pa_csv.ReadOptions(column_names=keys, block_size=_MOST_IN_ONE_BLOCK),
            parse_options=pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    return table.rename_columns(names).to_pandas()


def _is_well_quoted(text, separator) -> bool:
    """Whether every quotation mark opens or closes a whole cell, or is doubled inside one."""
    if '"' not in text:
        return True
    edge = re.escape(separator) + r"\n"
    return '"' not in re.sub(rf'(?<![^{edge}])"(?:[^"]++|"")*+"(?![^{edge}])', "", text)


# --- the careful road -----------------------------------------------------------------------------------------------


def _read_carefully(text, names, separator, is_whole) -> Rows:
    records, noticed = _records(text, len(names), separator)
    rows = [_trimmed(row, len(names)) for row in csv.reader(records, delimiter=separator)]
    kinds = [_kind(row, names, separator) for row in rows]
    if not is_whole and _ends_in_a_line(rows, kinds):
        kinds[-1] = "cut_off"
    elif not is_whole and noticed and records and not text.endswith(records[-1]):
        noticed = {"unclosed_quote": noticed["unclosed_quote"] - 1, "cut_off": 1}
    noticed |= {kind: kinds.count(kind) for kind in ("long_line", "other_separator", "short_line")}
    noticed["cut_off"] = noticed.get("cut_off", 0) + kinds.count("cut_off")
    whole = [row + [""] * (len(names) - len(row)) for row, kind in zip(rows, kinds, strict=True) if kind in (None, "short_line")]
    n_broken = sum(n for kind, n in noticed.items() if kind != "short_line")
    return Rows(pd.DataFrame(whole, columns=names, dtype="str"), n_broken, {kind: n for kind, n in noticed.items() if n})


def _kind(row, names, separator) -> str | None:
    """What is wrong with a row's width, if anything; a blank row is not short."""
    if len(row) > len(names):
        return "long_line"
    if len(row) == 1 and len(names) > 1 and _other_separator(row[0], names, separator):
        return "other_separator"
    return "short_line" if len(row) < len(names) and any(cell.strip() for cell in row) else None


def _ends_in_a_line(rows, kinds) -> bool:
    """Whether the last line alone is short, and neither a line of totals nor a footer under a blank line."""
    if not rows or kinds[-1] != "short_line" or kinds.count("short_line") > 1:
        return False
    return not is_totals(rows[-1][0]) and not (len(rows) > 1 and not any(cell.strip() for cell in rows[-2]))


def _trimmed(row, width):
    return row[:width] if len(row) > width and not any(cell.strip() for cell in row[width:]) else row


def _other_separator(cell, names, separator) -> bool:
    return any(mark != separator and cell.count(mark) >= len(names) - 1 and len(next(csv.reader([cell], delimiter=mark))) == len(names) for mark in SEPARATORS)


def _records(text, width, separator) -> tuple[list[str], dict[str, int]]:
    """The text cut into records; lines whose quotation marks make no sense are left out, so that one of them swallows no other line."""
    record = _record_pattern(separator)
    records, n_broken, is_open, at = [], 0, False, 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        line, found = text[at:end], record.match(text, at)
        is_odd = line.count('"') % 2 == 1
        if found and _is_sure(found, end, is_open, is_odd, width, separator):
            is_open = is_open and found.end() <= end
            records.append(found[0])
            at = found.end()
            continue
        if not found and not is_odd and _width(line, separator) == width:
            records.append(line)
        else:
            n_broken, is_open = n_broken + 1, is_open != is_odd
        at = end
    return records, {"unclosed_quote": n_broken} if n_broken else {}


def _is_sure(found, end, is_open, is_odd, width, separator) -> bool:
    """Whether a well-quoted record is one row: over several lines not wider than the headings, after an open quotation mark exactly as wide."""
    if found.end() <= end:
        return not is_open or (not is_odd and _width(found[0], separator) == width)
    wide = _width(found[0], separator)
    return wide == width if is_open else wide <= width


def _record_pattern(separator):
    cell = rf'(?:"(?:[^"]++|"")*+"|(?!")[^{re.escape(separator)}\n]*+)'
    return re.compile(rf"{cell}(?:{re.escape(separator)}{cell})*+(?:\n|\Z)")


def _width(record, separator) -> int:
    return len(next(csv.reader([record], delimiter=separator), []))
