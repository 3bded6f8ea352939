"""A file's bytes as text: unpacked, told from what is no text at all, decoded in the encoding declared or found."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

from journeylib.errors import SourceError

#: What a file begins with that is no table, what it is, and the way out.
_KINDS = (
    (b"PK\x03\x04", "a zip archive or a workbook", "Unpack it, or name it .xlsx if it is a workbook."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "Open it and save it as .xlsx or CSV."),
    (b"%PDF", "a PDF", "Ask for the rows it was made from."),
    (b"\x89PNG", "a picture", "Ask for the rows it was made from."),
    (b"\xff\xd8\xff", "a picture", "Ask for the rows it was made from."),
    (b"\x1f\x8b", "packed by gzip", "Name it with .gz at the end."),
    (b"PAR1", "Parquet", "Name it with .parquet at the end."),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x9f]")


def unpacked(path: Path, data: bytes) -> bytes:
    """The bytes inside a `.gz`."""
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        raise SourceError(f"{path.name}: cannot be unpacked as .gz. Export it again, or name it as what it is, e.g. .csv.") from None


def refuse_other_kinds(path: Path, data: bytes) -> None:
    """Files that are no text, whatever their name says."""
    for mark, kind, cure in _KINDS:
        if data.startswith(mark):
            raise SourceError(f"{path.name}: is {kind}, expected CSV, XLSX or Parquet. {cure}")


def refuse_no_text(path: Path, text: str) -> None:
    """Refuse an empty file, and bytes that are no text in any encoding."""
    if not text.strip():
        raise SourceError(f"{path.name}: the file is empty. Expected a line of column names with rows under it; export it again, or take the source out.")
    head = text[:4000]
    if len(_CONTROL.findall(head)) > len(head) / 100:
        raise SourceError(f"{path.name}: is no text, expected CSV, XLSX or Parquet. Export it again; if it is text, name its `encoding:`.")


def decode(data: bytes, encoding: str | None, path: Path) -> tuple[str, str]:
    """The bytes as text, and the encoding: declared, told by a byte order mark or by zero bytes, UTF-8 where valid, else cp1252 or latin-1.

    Files glued together from both (some lines UTF-8, others cp1252) are read line by line, as `utf-8+cp1252`.
    """
    mixed = None if encoding else _decode_mixed(data)
    if mixed is not None:
        return _plain_lines(mixed), "utf-8+cp1252"
    for name in [encoding] if encoding else _encodings(data):
        try:
            return _plain_lines(data.decode(name)), name
        except (UnicodeDecodeError, LookupError):
            continue
    raise SourceError(f"{path.name}: cannot be read as {encoding or name}. Take `encoding:` out of the source, or name the right one, e.g. cp1252.")


def _plain_lines(text):
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decode_mixed(data) -> str | None:
    """The text of a file that is neither UTF-8 nor cp1252 throughout; None where one encoding does."""
    if data.isascii() or data.startswith((b"\xff\xfe", b"\xfe\xff")) or 0 in data[:2000] or _decoded(data, "utf-8") is not None:
        return None
    lines, n_utf8 = [], 0
    for line in data.split(b"\n"):
        as_utf8 = _decoded(line, "utf-8")
        n_utf8 += as_utf8 is not None and not line.isascii()
        lines.append(as_utf8 if as_utf8 is not None else _decoded(line, "cp1252"))
    return "\n".join(lines) if n_utf8 and None not in lines else None


def _decoded(data, encoding) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _encodings(data: bytes) -> list[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        return ["utf-8-sig", "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    zeros = data[:2000].count(0)
    if zeros > len(data[:2000]) // 4:
        return ["utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"]
    return ["utf-8", "cp1252", "latin-1"]
