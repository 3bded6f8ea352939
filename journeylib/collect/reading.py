"""Raw files as frames of cells: encoding, separator, preamble, totals and blank lines found, reported and overridable."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from journeylib.collect.decoding import decode, refuse_no_text, refuse_other_kinds, unpacked
from journeylib.collect.layout import HEAD_LINES, detect_separator, head_of, header_place, unique_names, without_blank_and_totals
from journeylib.collect.records import flat_frame, is_nested, read_records
from journeylib.collect.shapes import FROM, PLAIN, TO, Shape, find_period, join_headings, split_tables
from journeylib.errors import SourceError


@dataclass(frozen=True)
class RawFile:
    """One file as read.

    Attributes
    ----------
    frame : one row a data row, in file order, index from 0; text cells, or typed ones from Parquet.
    n_skipped_lines : preamble, totals, footers and blank lines passed over.
    n_broken_lines : lines with more cells than the header, which cannot be trusted and were left out.
    repeated : header names that stand twice; the second is read as `name (2)`.
    """

    path: Path
    frame: pd.DataFrame
    sha256: str
    encoding: str | None = None
    separator: str | None = None
    n_skipped_lines: int = 0
    n_broken_lines: int = 0
    repeated: tuple[str, ...] = ()


def read_file(
    path: Path, known: Collection[str] = (), *, encoding: str | None = None, separator: str | None = None, sheet: str | None = None, shape: Shape = PLAIN
) -> RawFile:
    """Read a CSV (also `.gz`), a workbook, JSON or a Parquet file.

    Parameters
    ----------
    known : tidied header names to recognise the header line by, where title lines stand above it.
    encoding, separator, sheet : overrides of what is found. A separator of one blank stands for any run of blanks.
    shape : how the file differs from one heading line above plain rows, as its format says.

    Raises
    ------
    SourceError
        A file that cannot be read as what its name says, or that holds no header.
    """
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    plain = unpacked(path, data) if path.suffix == ".gz" else data
    suffix = Path(path.stem).suffix.lower() if path.suffix == ".gz" else path.suffix.lower()
    if suffix == ".parquet":
        return RawFile(path, _read_parquet(path, plain, shape), sha256)
    if suffix in (".xlsx", ".xlsm"):
        return _with_headings(_from_rows(path, _workbook_rows(path, plain, sheet), known, sha256), shape, known)
    refuse_other_kinds(path, plain)
    text, encoding = decode(plain, encoding, path)
    refuse_no_text(path, text)
    if suffix in (".json", ".jsonl", ".ndjson"):
        frame, n_broken = read_records(path, text, shape)
        return RawFile(path, frame, sha256, encoding, n_broken_lines=n_broken)
    if separator == " ":
        text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    separator = separator or detect_separator(text)
    read = _read_tables if shape.tables else _read_text
    return _with_headings(read(path, text, known, sha256, encoding, separator, shape), shape, known)


def _with_headings(raw: RawFile, shape: Shape, known) -> RawFile:
    frame, n_lines = join_headings(raw.frame, shape, known)
    return replace(raw, frame=frame, n_skipped_lines=raw.n_skipped_lines + n_lines)


def _read_tables(path, text, known, sha256, encoding, separator, shape):
    """The tables of one file that have this format's headings, one after the other."""
    chosen, n_others = split_tables(text.rstrip("\n").split("\n"), known, separator)
    if not chosen:
        return _read_text(path, text, known, sha256, encoding, separator, shape)
    parts = [_read_text(path, "\n".join(lines) + "\n", known, sha256, encoding, separator, shape) for lines in chosen]
    n_skipped = n_others + sum(part.n_skipped_lines for part in parts) + len(parts) - 1
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    return replace(parts[0], frame=frame, n_skipped_lines=n_skipped, n_broken_lines=sum(part.n_broken_lines for part in parts))


def _read_text(path, text, known, sha256, encoding, separator, shape=PLAIN):
    body = text.rstrip("\n")
    n_blank_end = max(len(text) - len(body) - 1, 0)
    head = [(row, line) for row, line in _numbered_rows(head_of(body), separator)]
    place = header_place([row for row, _ in head], known)
    if place is None:
        raise SourceError(f"{path.name}: no line of column names found, only blank lines and comments. Export it again with its headings.")
    header, first_line = head[place]
    names, repeated = unique_names(header)
    rest = _after_line(body, head[place + 1][1] if place + 1 < len(head) else first_line + 1) if body.count("\n") else ""
    frame, n_broken = _read_rows(rest, names, separator)
    frame, n_skipped = without_blank_and_totals(frame)
    frame = frame[[name for name in frame if not (name.startswith("(no name") and (frame[name] == "").all())]]
    period = find_period(body.split("\n", first_line)[:first_line]) if shape.period else None
    frame = frame.assign(**{FROM: period[0], TO: period[1]}) if period else frame
    return RawFile(path, frame, sha256, encoding, separator, first_line + n_skipped + n_blank_end, n_broken, repeated)


def _numbered_rows(lines, separator):
    """Each record of the head with the physical line it starts on."""
    reader, start, numbered = csv.reader(lines, delimiter=separator), 0, []
    for row in reader:
        numbered.append((row, start))
        start = reader.line_num
    return numbered


def _after_line(text, n_lines):
    at = 0
    for _ in range(n_lines):
        at = text.find("\n", at) + 1
        if not at:
            return ""
    return text[at:]


def _read_rows(text, names, separator) -> tuple[pd.DataFrame, int]:
    """The fast road for regular files; a line of another width sends the whole file down the careful one."""
    if not text:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in names}), 0
    keys = [str(i) for i in range(len(names))]
    try:
        table = pa_csv.read_csv(
            io.BytesIO(text.encode("utf-8", "surrogatepass")),
            read_options=pa_csv.ReadOptions(column_names=keys, block_size=1 << 24),
            parse_options=pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return _read_rows_carefully(text, names, separator)
    return table.rename_columns(names).to_pandas(), 0


def _read_rows_carefully(text, names, separator):
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    trimmed = [row[: len(names)] if len(row) > len(names) and not any(cell.strip() for cell in row[len(names) :]) else row for row in rows]
    whole = [row + [""] * (len(names) - len(row)) for row in trimmed if len(row) <= len(names)]
    return pd.DataFrame(whole, columns=names, dtype="str"), len(rows) - len(whole)


def _workbook_rows(path, data, sheet) -> list[list[str]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises zipfile, key and value errors alike
        raise SourceError(f"{path.name}: cannot be opened as a workbook ({type(error).__name__}). Save it as .xlsx or .csv again.") from None
    if sheet and sheet not in book.sheetnames:
        raise SourceError(f"{path.name}: no sheet {sheet!r}. Sheets: {', '.join(book.sheetnames)}. Name one under `sheet:`.")
    rows = (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)
    return [[_cell_text(cell) for cell in row] for row in rows]


def _cell_text(cell) -> str:
    if cell is None:
        return ""
    if hasattr(cell, "isoformat"):
        return cell.isoformat(sep=" ") if hasattr(cell, "hour") and hasattr(cell, "year") else cell.isoformat()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _from_rows(path, rows, known, sha256):
    place = header_place(rows[:HEAD_LINES], known)
    if place is None:
        raise SourceError(f"{path.name}: the sheet is empty. Expected a line of column names; name another sheet under `sheet:`.")
    width = max((i + 1 for i, cell in enumerate(rows[place]) if cell.strip()), default=0)
    names, repeated = unique_names(rows[place][:width])
    body = [row[:width] + [""] * (width - len(row)) for row in rows[place + 1 :]]
    while body and not any(cell.strip() for cell in body[-1]):
        body.pop()
    frame, n_skipped = without_blank_and_totals(pd.DataFrame(body, columns=names, dtype="str"))
    return RawFile(path, frame, sha256, n_skipped_lines=place + n_skipped, repeated=repeated)


def _read_parquet(path, data, shape=PLAIN):
    try:
        frame = pd.read_parquet(io.BytesIO(data)).reset_index(drop=True)
        return flat_frame(frame.to_dict("records"), shape) if is_nested(frame) else frame
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path.name}: cannot be read as Parquet ({type(error).__name__}). Export it again.") from None
