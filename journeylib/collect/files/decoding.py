"""A file's bytes as text: unpacked, told from what is no text at all, decoded in the encoding declared or found."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from pathlib import Path

from journeylib.collect.files.encodings import tell_encoding
from journeylib.errors import SourceError

#: What a file begins with that is no table, what it is, and the way out.
_KINDS = (
    (b"PK\x03\x04", "a zip archive or a workbook", "Unpack it, or name it .xlsx if it is a workbook."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "Open it and save it as .xlsx or CSV."),
    (b"%PDF", "a PDF", "Ask for the rows it was made from."),
    (b"\x89PNG", "a picture", "Ask for the rows it was made from."),
    (b"\xff\xd8\xff", "a picture", "Ask for the rows it was made from."),
    (b"GIF8", "a picture", "Ask for the rows it was made from."),
    (b"\x1f\x8b", "packed by gzip", "Name it with .gz at the end."),
    (b"PAR1", "Parquet", "Name it with .parquet at the end."),
    (b"SQLite format 3\x00", "a SQLite database", "Name it under `database:` with a `query:`, or export the table as CSV."),
)
_PAGE = re.compile(r"\s*<(?:!doctype|html|table|\?xml|head|body)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f\x7f-\x9f]")
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
#: What UTF-8 letters look like that were once read as Windows-1252 and saved so.
_GARBLED = re.compile("\u00c3[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
#: Stands at the end of a text whose last letter was cut in two.
CUT = "\ufffd"


def unpacked(path: Path, data: bytes) -> bytes:
    """The bytes inside a `.gz`."""
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        raise SourceError(f"{path.name}: cannot be unpacked as .gz. Export it again, or name it as what it is, e.g. .csv.") from None


def unzipped(path: Path, data: bytes, member: str | None) -> tuple[str, bytes]:
    """Name and bytes of the file in a `.zip`: the only one, or the one named.

    Raises
    ------
    SourceError
        It is no zip, locked, damaged, or holds several files and none was named.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX") and Path(name).name[:1] != "."]
            wanted = [name for name in inside if not member or member in (name, Path(name).name)]
            if len(wanted) == 1:
                return Path(wanted[0]).name, archive.read(wanted[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        locked = "password" in str(error)
        raise SourceError(f"{path.name}: cannot be unpacked as .zip{', it asks for a password' if locked else ''}. Export it again, or unpack it yourself.") from None
    listed = ", ".join(name[:60] for name in inside[:20]) or "nothing"
    raise SourceError(f"{path.name}: holds {len(inside)} files, expected one{f' called {member!r}' if member else ''}. Inside: {listed}. Name one under `sheet:`, or unpack it.")


def refuse_other_kinds(path: Path, data: bytes) -> None:
    """Files that are no text, whatever their name says."""
    for mark, kind, cure in _KINDS:
        if data.startswith(mark):
            raise SourceError(f"{path.name}: is {kind}, expected CSV, XLSX or Parquet. {cure}")


def refuse_no_text(path: Path, text: str) -> None:
    """Refuse an empty file, a web page, and bytes that are no text in any encoding."""
    if not text.strip(" \t\n\x00\x1a"):
        raise SourceError(f"{path.name}: the file is empty. Expected a line of column names with rows under it; export it again, or take the source out.")
    head = text[:4000].rstrip("\x00")
    if len(_CONTROL.findall(head)) > len(head) / 100 or head.count("\x00") > len(head) / 4:
        raise _no_text(path)
    if _PAGE.match(head):
        raise SourceError(f"{path.name}: is a web page or XML, expected CSV, XLSX or Parquet. Open it in a spreadsheet and save it as .xlsx or CSV.")


def _no_text(path):
    return SourceError(f"{path.name}: is no text, expected CSV, XLSX or Parquet. Export it again; if it is text, name its `encoding:`.")


def cleaned(text: str) -> tuple[str, dict[str, int]]:
    """The text without zero bytes and an end-of-file mark of DOS, and what is to know about its letters, each with its number.

    `zero_byte`, `lost_letter` (a replacement sign stands for it), `garbled_letter` (`Ã¥` for `å`), `cut_off` (it ends inside a letter).
    """
    body = text.rstrip("\x1a\x00\ufffd") if text.endswith(("\x1a", "\x00", CUT)) else text
    found = {
        "zero_byte": text.count("\x00"), "lost_letter": body.count("\ufffd"), "garbled_letter": len(_GARBLED.findall(body)),
        "cut_off": int(text.endswith(CUT)),
    }  # fmt: skip
    return body.replace("\x00", "") if found["zero_byte"] else body, {code: n for code, n in found.items() if n}


def decode(data: bytes, encoding: str | None, path: Path) -> tuple[str, str]:
    """The bytes as text, and the encoding: declared, told by a byte order mark or by zero bytes, UTF-8 where valid, else told by its letters.

    Files glued together from UTF-8 and cp1252 (some lines the one, others the other) are read line by line, as `utf-8+cp1252`. A last
    letter that was cut in two is read as `CUT`.

    Raises
    ------
    SourceError
        It is not in the declared encoding, or its letters fit several encodings alike.
    """
    mixed = None if encoding else _decode_mixed(data)
    if mixed is not None:
        return _plain_lines(mixed), "utf-8+cp1252"
    for name in [encoding] if encoding else _encodings(data, path):
        text = _decoded(data, name, encoding is None)
        if text is not None:
            return _plain_lines(text), name
    raise SourceError(f"{path.name}: cannot be read as {encoding or name}. Take `encoding:` out of the source, or name the right one, e.g. cp1252.")


def _plain_lines(text):
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").replace("\n\ufeff", "\n")


def _decode_mixed(data) -> str | None:
    """The text of a file that is neither UTF-8 nor cp1252 throughout; None where one encoding does."""
    if data.isascii() or data.startswith((b"\xff\xfe", b"\xfe\xff")) or 0 in data[:2000].rstrip(b"\x00") or _decoded(data, "utf-8", True) is not None:
        return None
    lines, n_utf8 = [], 0
    for line in data.split(b"\n"):
        as_utf8 = _decoded(line, "utf-8")
        n_utf8 += as_utf8 is not None and not line.isascii()
        lines.append(as_utf8 if as_utf8 is not None else _decoded(line, "cp1252"))
    return "\n".join(lines) if n_utf8 and None not in lines else None


def _decoded(data, encoding, may_be_cut=False) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        cut = getattr(error, "start", 0)
    if not may_be_cut or cut < len(data) - 4 or not encoding.startswith("utf") or data[:cut].isascii():
        return None
    return data[:cut].decode(encoding) + CUT


def _encodings(data: bytes, path) -> list[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        return ["utf-8-sig", "cp1252"]
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return ["utf-32"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    head = data[:2000].rstrip(b"\x00")
    if head.count(0) > len(head) // 4:
        return ["utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"]
    if _decoded(data, "utf-8", True) is not None:
        return ["utf-8"]
    if len(_CONTROL_BYTES.findall(data[:4000])) > len(data[:4000]) / 100:
        raise _no_text(path)
    told = tell_encoding(data)
    if told is None:
        raise SourceError(f"{path.name}: is no UTF-8, and its letters beyond a to z fit several encodings about equally. Say which under `encoding:`: "
                          "cp1252 from Windows, mac_roman from a Mac, cp865 from an old business system.")  # fmt: skip
    return [told, "latin-1"]
