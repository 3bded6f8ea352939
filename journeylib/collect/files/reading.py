"""Raw files as frames of cells: encoding, separator, preamble, totals and blank lines found, reported and overridable."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from journeylib.collect.files.coded import CodedRows
from journeylib.collect.files.decoding import cleaned, decode, refuse_no_text, refuse_other_kinds, unpacked, unzipped
from journeylib.collect.files.layout import (
    HEAD_LINES,
    detect_separator,
    head_of,
    header_place,
    named_separator,
    refuse_too_wide,
    tidy,
    unique_names,
    without_blank_and_totals,
    without_repeated_headings,
)
from journeylib.collect.files.lines import Rows, read_rows
from journeylib.collect.files.records import flat_frame, is_nested, read_records
from journeylib.collect.files.shapes import FROM, PLAIN, TO, Shape, find_period, join_headings, split_tables
from journeylib.collect.files.workbooks import workbook_rows
from journeylib.errors import SourceError, nearest


@dataclass(frozen=True)
class RawFile:
    """One file as read.

    Attributes
    ----------
    frame : one row a data row, in file order, index from 0; text cells, or typed ones from Parquet. Of a file read in blocks the
        columns alone, or one block.
    rows : the rows of a file that is read in blocks (`large_files.py`); None = `frame` holds them.
    n_skipped_lines : preamble, totals, footers and blank lines passed over.
    n_broken_lines : lines that are no rows (more cells than the header, an open quotation mark, cut off), left out.
    repeated : header names that stand twice; the second is read as `name (2)`.
    noticed : what else is to know about its letters and lines, code → how many (`noticing.py`).
    """

    path: Path
    frame: pd.DataFrame
    sha256: str
    encoding: str | None = None
    separator: str | None = None
    n_skipped_lines: int = 0
    n_broken_lines: int = 0
    repeated: tuple[str, ...] = ()
    noticed: dict[str, int] = field(default_factory=dict)
    rows: CodedRows | None = None

    @property
    def n_rows(self) -> int:
        """Data rows of the whole file."""
        return len(self.frame) if self.rows is None else self.rows.n_rows

    def blocks(self) -> Iterator[RawFile]:
        """The file in blocks of rows, each as a file of its own; the index tells the number of the row in the whole file."""
        if self.rows is None:
            yield self
        else:
            yield from (replace(self, frame=frame) for frame in self.rows.frames())

    def cells_of(self, header: str) -> pd.Series:
        """A column's cells, from which to tell how they are written; of a file read in blocks each distinct cell once."""
        return self.frame[header] if self.rows is None else self.rows.of_cells(header)

    def n_each_of(self, header: str) -> pd.Series | None:
        """Of a file read in blocks, a column's distinct cells and how many rows hold each; else None."""
        return None if self.rows is None else self.rows.n_each.get(header)


def read_file(
    path: Path, known: Collection[str] = (), *, encoding: str | None = None, separator: str | None = None, sheet: str | None = None, shape: Shape = PLAIN,
    headings: Sequence[str] = (),
) -> RawFile:
    """Read a CSV, a workbook, JSON or a Parquet file; also inside a `.gz` or a `.zip`.

    Parameters
    ----------
    known : tidied header names to recognise the header line by, where title lines stand above it.
    encoding, separator : overrides of what is found. A separator of one blank stands for any run of blanks.
    sheet : of a workbook, where it is not the first; of a `.zip`, the file in it; of several tables in a file, the first heading of the one
        wanted; of several lists in a JSON file, the list.
    headings : names of the columns of a file without a line of them.
    shape : how the file differs from one heading line above plain rows, as its format says.

    Raises
    ------
    SourceError
        A file that cannot be read as what its name says, or that holds no header.
    """
    known = {tidy(name) for name in headings} or known
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    name, plain = path.name, data
    if path.suffix.lower() == ".gz":
        name, plain = path.stem, unpacked(path, data)
    elif path.suffix.lower() == ".zip":
        (name, plain), sheet = unzipped(path, data, sheet), None
    suffix = Path(name).suffix.lower()
    if suffix == ".parquet":
        return RawFile(path, _read_parquet(path, plain, shape), sha256)
    if suffix in (".xlsx", ".xlsm"):
        refuse_other_kinds(path, plain.removeprefix(b"PK"))
        rows, noticed = workbook_rows(path, plain, sheet)
        rows = [list(headings), *rows] if headings else rows
        return _with_headings(_from_rows(path, rows, known, sha256, noticed), shape, known)
    refuse_other_kinds(path, plain)
    text, encoding = decode(plain, encoding, path)
    refuse_no_text(path, text)
    text, noticed = cleaned(text)
    if suffix in (".json", ".jsonl", ".ndjson"):
        frame, n_broken = read_records(path, text, shape, sheet)
        return RawFile(path, frame, sha256, encoding, n_broken_lines=n_broken, noticed=noticed)
    if separator == " ":
        text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    separator = separator or named_separator(text) or detect_separator(text)
    if headings:
        text = separator.join('"' + name.replace('"', '""') + '"' for name in headings) + "\n" + text
    if shape.tables:
        raw = _read_tables(path, text, known, sha256, encoding, separator, shape, sheet)
    else:
        raw = _read_text(path, text, known, sha256, encoding, separator, shape)
    raw = _with_headings(raw, shape, known)
    return replace(raw, noticed=_added(noticed, raw.noticed))


def _added(*counts: dict[str, int]) -> dict[str, int]:
    """Counts of several kinds, added up."""
    whole: dict[str, int] = {}
    for each in counts:
        for code, n in each.items():
            whole[code] = whole.get(code, 0) + n
    return whole


def _with_headings(raw: RawFile, shape: Shape, known) -> RawFile:
    frame, n_lines = join_headings(raw.frame, shape, known)
    return replace(raw, frame=frame, n_skipped_lines=raw.n_skipped_lines + n_lines)


def _read_tables(path, text, known, sha256, encoding, separator, shape, wanted=None):
    """The tables of one file that have this format's headings, or the headings wanted, one after the other."""
    chosen, others, n_others = split_tables(text.rstrip("\n").split("\n"), known, separator, wanted)
    if wanted and not chosen:
        raise SourceError(f"{path.name}: no table begins with the heading {wanted!r}{nearest(wanted, others, '.')} Tables begin with: "
                          f"{', '.join(others) or 'nothing'}. Name one under `sheet:`.")  # fmt: skip
    if not chosen:
        return _read_text(path, text, known, sha256, encoding, separator, shape)
    parts = [_read_text(path, "\n".join(lines) + "\n", known, sha256, encoding, separator, shape) for lines in chosen]
    n_skipped = n_others + sum(part.n_skipped_lines for part in parts) + len(parts) - 1
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    noticed = _added(*(part.noticed for part in parts), {"other_table": len(others)} if others else {})
    return replace(parts[0], frame=frame, n_skipped_lines=n_skipped, n_broken_lines=sum(part.n_broken_lines for part in parts), noticed=noticed)


def _read_text(path, text, known, sha256, encoding, separator, shape=PLAIN):
    body = text.rstrip("\n")
    n_blank_end = max(len(text) - len(body) - 1, 0)
    head = [(row, line) for row, line in _numbered_rows(head_of(body), separator)]
    place = header_place([row for row, _ in head], known)
    if place is None:
        raise SourceError(f"{path.name}: no line of column names found, only blank lines and comments. Export it again with its headings.")
    header, first_line = head[place]
    refuse_too_wide(path.name, len(header))
    names, repeated = unique_names(header)
    rest = _after_line(body, head[place + 1][1] if place + 1 < len(head) else first_line + 1) if body.count("\n") else ""
    rows = read_rows(rest, names, separator, is_whole=text.endswith("\n"))
    _refuse_no_rows(path, rows, names, separator)
    frame, n_again = without_repeated_headings(rows.frame, header)
    frame, n_skipped = without_blank_and_totals(frame)
    frame = frame[[name for name in frame if not (name.startswith("(no name") and (frame[name] == "").all())]]
    period = find_period(body.split("\n", first_line)[:first_line]) if shape.period else None
    frame = frame.assign(**{FROM: period[0], TO: period[1]}) if period else frame
    noticed = rows.noticed | ({"repeated_heading": n_again} if n_again else {})
    noticed |= {"no_line_end": 1} if not text.endswith("\n") and "cut_off" not in noticed else {}
    return RawFile(path, frame, sha256, encoding, separator, first_line + n_again + n_skipped + n_blank_end, rows.n_broken, repeated, noticed)


def _refuse_no_rows(path, rows: Rows, names, separator):
    """A file most of whose lines are no rows under these headings is not read by half."""
    n_lines = len(rows.frame) + rows.n_broken
    if rows.n_broken > len(rows.frame):
        mark = {"\t": "tab", " ": "blank"}.get(separator, separator)
        raise SourceError(f"{path.name}: {rows.n_broken} of {n_lines} lines are no rows of {len(names)} cells parted by {mark!r}. Is that the wrong mark, or text "
                          "without quotation marks around it? Name its `separator:`, or export it again.")  # fmt: skip


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


def _from_rows(path, rows, known, sha256, noticed):
    place = header_place(rows[:HEAD_LINES], known)
    if place is None:
        raise SourceError(f"{path.name}: the sheet is empty. Expected a line of column names; name another sheet under `sheet:`.")
    width = max(i + 1 for row in rows[place:] for i, cell in enumerate(row) if cell.strip())
    refuse_too_wide(path.name, width)
    header = rows[place] + [""] * (width - len(rows[place]))
    names, repeated = unique_names(header[:width])
    body = [row[:width] + [""] * (width - len(row)) for row in rows[place + 1 :]]
    while body and not any(cell.strip() for cell in body[-1]):
        body.pop()
    frame, n_again = without_repeated_headings(pd.DataFrame(body, columns=names, dtype="str"), header)
    frame, n_skipped = without_blank_and_totals(frame)
    frame = frame[[name for name in frame if not (name.startswith("(no name") and (frame[name] == "").all())]]
    noticed = noticed | ({"repeated_heading": n_again} if n_again else {})
    return RawFile(path, frame, sha256, n_skipped_lines=place + n_again + n_skipped, repeated=repeated, noticed=noticed)


def _read_parquet(path, data, shape=PLAIN):
    try:
        frame = pd.read_parquet(io.BytesIO(data)).reset_index(drop=True)
        return flat_frame(frame.to_dict("records"), shape) if is_nested(frame) else frame
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path.name}: cannot be read as Parquet ({type(error).__name__}). Export it again.") from None
