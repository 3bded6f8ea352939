"""Raw files as frames of cells: encoding, separator, preamble, totals and blank lines found, reported and overridable."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from journeylib.collect.layout import HEAD_LINES, detect_separator, head_of, header_place, unique_names, without_blank_and_totals
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


def read_file(path: Path, known: Collection[str] = (), *, encoding: str | None = None, separator: str | None = None, sheet: str | None = None) -> RawFile:
    """Read a CSV (also `.gz`), a workbook or a Parquet file.

    Parameters
    ----------
    known : tidied header names to recognise the header line by, where title lines stand above it.
    encoding, separator, sheet : overrides of what is found.

    Raises
    ------
    SourceError
        A file that cannot be read as what its name says, or that holds no header.
    """
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    plain = gzip.decompress(data) if path.suffix == ".gz" else data
    suffix = Path(path.stem).suffix.lower() if path.suffix == ".gz" else path.suffix.lower()
    if suffix == ".parquet":
        return RawFile(path, _read_parquet(path, plain), sha256)
    if suffix in (".xlsx", ".xlsm"):
        return _from_rows(path, _workbook_rows(path, plain, sheet), known, sha256)
    text, encoding = decode(plain, encoding, path)
    separator = separator or detect_separator(text)
    return _read_text(path, text, known, sha256, encoding, separator)


def decode(data: bytes, encoding: str | None, path: Path) -> tuple[str, str]:
    """The bytes as text, and the encoding: declared, told by a byte order mark or by zero bytes, UTF-8 where valid, else cp1252 or latin-1."""
    for name in [encoding] if encoding else _encodings(data):
        try:
            return data.decode(name).lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), name
        except (UnicodeDecodeError, LookupError):
            continue
    raise SourceError(f"{path.name}: cannot be read as {encoding}. Take `encoding:` out of the source, or name the right one, e.g. cp1252.")


def _encodings(data: bytes) -> list[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        return ["utf-8-sig", "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    zeros = data[:2000].count(0)
    if zeros > len(data[:2000]) // 4:
        return ["utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"]
    return ["utf-8", "cp1252", "latin-1"]


def _read_text(path, text, known, sha256, encoding, separator):
    body = text.rstrip("\n")
    n_blank_end = max(len(text) - len(body) - 1, 0)
    head = [(row, line) for row, line in _numbered_rows(head_of(body), separator)]
    place = header_place([row for row, _ in head], known)
    if place is None:
        raise SourceError(f"{path.name}: no header line found. The first lines hold {len(head)} rows; expected one with column names.")
    header, first_line = head[place]
    names, repeated = unique_names(header)
    rest = _after_line(body, head[place + 1][1] if place + 1 < len(head) else first_line + 1) if body.count("\n") else ""
    frame, n_broken = _read_rows(rest, names, separator)
    frame, n_skipped = without_blank_and_totals(frame)
    frame = frame[[name for name in frame if not (name.startswith("(no name") and (frame[name] == "").all())]]
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


def _read_parquet(path, data):
    try:
        return pd.read_parquet(io.BytesIO(data)).reset_index(drop=True)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path.name}: cannot be read as Parquet ({type(error).__name__}). Export it again.") from None
