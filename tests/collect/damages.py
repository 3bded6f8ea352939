"""What happens to files on their way to us: named damages, each a function from a sheet of cells to the bytes of a file.

A sheet is a list of rows of text, the headings first. `HARMLESS` changes nothing that was said: the canonical rows must stay the same.
`LOSSY` takes something away, and every row must be accounted for. `REFUSED` leaves nothing that can be read honestly.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile

import openpyxl

Sheet = list[list[str]]


def text_of(sheet: Sheet, separator=",", newline="\n", quoting=csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=newline, quoting=quoting).writerows(sheet)
    return out.getvalue()


def encoded(encoding, bom=b""):
    return lambda sheet: bom + text_of(sheet).encode(encoding)


def plain(change):
    return lambda sheet: change(text_of(sheet)).encode()


def cells(change):
    """Every cell under the headings."""
    return lambda sheet: text_of([sheet[0], *([change(cell) for cell in row] for row in sheet[1:])]).encode()


def headings(change):
    return lambda sheet: text_of([[change(cell) for cell in sheet[0]], *sheet[1:]]).encode()


def rows(change):
    return lambda sheet: text_of(change(sheet)).encode()


def workbook(sheet: Sheet) -> bytes:
    book = openpyxl.Workbook()
    for row in sheet:
        book.active.append([cell or None for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(name, *more):
    def pack(sheet):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, text_of(sheet))
            for other in more:
                archive.writestr(other, "x")
        return out.getvalue()

    return pack


def _shuffled(sheet):
    order = sorted(range(len(sheet[0])), key=lambda i: (i * 7 + 3) % (len(sheet[0]) + 1))
    return [[row[i] for i in order] for row in sheet]


def _with_more(sheet):
    return [[*row, "Helt ny kolumn" if i == 0 else f"x{i}"] for i, row in enumerate(sheet)]


def _preamble(sheet):
    return [["Rapport över affärer"], [], *sheet]


def _mixed_ends(text):
    lines = text.split("\n")
    return "".join(line + ("\r\n" if i % 2 else "\n") for i, line in enumerate(lines[:-1]))


#: Name → (damage, file ending). The rows that come out are those of the undamaged file.
HARMLESS = {
    "utf-8 with a mark": (encoded("utf-8-sig"), "csv"),
    "utf-16 with a mark": (encoded("utf-16"), "csv"),
    "utf-16 little end first, no mark": (encoded("utf-16-le"), "csv"),
    "utf-16 big end first, no mark": (encoded("utf-16-be"), "csv"),
    "utf-16 big end first, with a mark": (encoded("utf-16-be", b"\xfe\xff"), "csv"),
    "utf-32": (encoded("utf-32"), "csv"),
    "windows": (encoded("cp1252"), "csv"),
    "latin-1": (encoded("latin-1"), "csv"),
    "mac": (encoded("mac_roman"), "csv"),
    "nordic dos": (encoded("cp865"), "csv"),
    "semicolons": (lambda sheet: text_of(sheet, ";").encode(), "csv"),
    "tabs": (lambda sheet: text_of(sheet, "\t").encode(), "csv"),
    "bars": (lambda sheet: text_of(sheet, "|").encode(), "csv"),
    "everything in quotes": (lambda sheet: text_of(sheet, quoting=csv.QUOTE_ALL).encode(), "csv"),
    "a line that names the separator": (lambda sheet: ("sep=;\n" + text_of(sheet, ";")).encode(), "csv"),
    "windows line ends": (lambda sheet: text_of(sheet, newline="\r\n").encode(), "csv"),
    "old mac line ends": (plain(lambda text: text.replace("\n", "\r")), "csv"),
    "doubled line ends": (lambda sheet: text_of(sheet, newline="\r\r\n").encode(), "csv"),
    "mixed line ends": (plain(_mixed_ends), "csv"),
    "no last line end": (plain(lambda text: text.rstrip("\n")), "csv"),
    "blank lines at the end": (plain(lambda text: text + "\n\n\n"), "csv"),
    "rows of commas at the end": (lambda sheet: (text_of(sheet) + ("," * (len(sheet[0]) - 1) + "\n") * 3).encode(), "csv"),
    "a DOS end of file": (plain(lambda text: text + "\x1a"), "csv"),
    "zero bytes at the end": (plain(lambda text: text + "\x00" * 500), "csv"),
    "zero bytes inside": (plain(lambda text: text.replace(",", ",\x00", 3)), "csv"),
    "blank lines between rows": (lambda sheet: text_of(sheet).replace("\n", "\n\n").encode() if not _has_breaks(sheet) else text_of(sheet).encode(), "csv"),
    "title lines": (rows(_preamble), "csv"),
    "comment lines": (plain(lambda text: "# exported by Anna\n#\n" + text), "csv"),
    "shuffled columns": (rows(_shuffled), "csv"),
    "a new column": (rows(_with_more), "csv"),
    "empty columns at the right": (rows(lambda sheet: [[*row, "", "", ""] for row in sheet]), "csv"),
    "headings in capitals": (headings(str.upper), "csv"),
    "headings with odd blanks": (headings(lambda cell: f" {cell.replace(' ', chr(0xA0) + ' ')} "), "csv"),
    "underscores in headings": (headings(lambda cell: cell.replace(" ", "_")), "csv"),
    "blanks around cells": (cells(lambda cell: f" {cell} "), "csv"),
    "NULL for nothing": (cells(lambda cell: cell or "NULL"), "csv"),
    "question marks for nothing": (cells(lambda cell: cell or "?"), "csv"),
    "dashes for nothing": (cells(lambda cell: cell or "-"), "csv"),
    "apostrophes as guards": (cells(lambda cell: f"'{cell}" if cell else cell), "csv"),
    "equals signs as guards": (cells(lambda cell: f'="{cell}"' if cell.isdigit() else cell), "csv"),
    "the file twice, one behind the other": (plain(lambda text: text + text), "csv"),
    "the file twice, with a mark inside": (plain(lambda text: text + "\ufeff" + text), "csv"),
    "every row twice": (rows(lambda sheet: [sheet[0], *(row for row in sheet[1:] for _ in range(2))]), "csv"),
    "rows the other way round and back": (rows(lambda sheet: [sheet[0], *sheet[1:][::-1][::-1]]), "csv"),
    "gz": (lambda sheet: gzip.compress(text_of(sheet).encode("cp1252"), mtime=0), "csv.gz"),
    "zip": (zipped("folder/export.csv", "__MACOSX/._export.csv"), "zip"),
    "a workbook": (workbook, "xlsx"),
    "a workbook with a title": (lambda sheet: workbook(_preamble(sheet)), "xlsx"),
}


def _has_breaks(sheet):
    return any("\n" in cell for row in sheet for cell in row)


def _middle(sheet, change):
    """The text with one line under the headings changed."""
    place = 1 + (len(sheet) - 1) // 2
    before, line, after = text_of(sheet[:place]), text_of([sheet[place]]), text_of(sheet[place + 1 :])
    return (before + change(line) + after).encode()


#: Name → (damage, codes one of which must be noticed or given as a reason). Rows in = rows kept + rows dropped with a reason.
LOSSY = {
    **{f"cut off after {share} %": (lambda sheet, share=share: text_of(sheet).encode()[: len(text_of(sheet).encode()) * share // 100], ()) for share in (30, 50, 61, 70, 83, 97)},
    "cut off in a letter": (lambda sheet: (text_of(sheet) + "Å").encode()[:-1], ("cut_off",)),
    "utf-16 cut off in a letter": (lambda sheet: text_of(sheet).encode("utf-16")[:-3], ()),
    "cut off in a quote": (lambda sheet: (text_of(sheet) + '"Ett avbrutet').encode(), ("cut_off",)),
    "a quote never closed": (lambda sheet: _middle(sheet, lambda line: '"' + line.replace('"', "")), ("unclosed_quote",)),
    "a line too long": (lambda sheet: _middle(sheet, lambda line: line.rstrip("\n") + ",mer,och,mer\n"), ("long_line", "unclosed_quote")),
    "a line too short": (lambda sheet: _middle(sheet, lambda line: line.split(",")[0].strip('"') + "\n"), ("short_line",)),
    "a line with another separator": (lambda sheet: _middle(sheet, lambda line: ";".join(["x"] * len(sheet[0])) + "\n"), ("other_separator",)),
    "a line of words": (lambda sheet: _middle(sheet, lambda line: line + "nonsense\n"), ("short_line",)),
    "the headings again in the middle": (lambda sheet: _middle(sheet, lambda line: line + text_of(sheet[:1])), ("repeated_heading",)),
    "lines in two encodings": (lambda sheet: text_of(sheet[:2]).encode() + text_of(sheet[2:]).encode("cp1252"), ()),
    "lost letters": (plain(lambda text: text.replace("ö", "\ufffd").replace("å", "\ufffd")), ("lost_letter",)),
    "garbled letters": (plain(lambda text: text.encode().decode("latin-1").encode("cp1252", "replace").decode("cp1252", "replace")), ("garbled_letter",)),
    "a column twice": (rows(lambda sheet: [[*row, row[0]] for row in sheet]), ("repeated_name",)),
    "a cell of 100,000 letters": (lambda sheet: _middle(sheet, lambda line: '"' + "å" * 100_000 + '"' + line[line.index(",") :]), ()),
    "a formula": (lambda sheet: _middle(sheet, lambda line: "\"=cmd|' /C calc'!A0\"" + line[line.index(",") :]), ()),
}  # fmt: skip

#: Name → (damage, file ending, words the message must hold).
REFUSED = {
    "nothing": (lambda sheet: b"", "csv", "the file is empty"),
    "blanks": (lambda sheet: b" \r\n\t\n \n", "csv", "the file is empty"),
    "zero bytes": (lambda sheet: b"\x00" * 4000, "csv", "the file is empty"),
    "random bytes": (lambda sheet: bytes((i * 37 + i // 7) % 256 for i in range(5000)), "csv", "is no text"),
    "a picture": (lambda sheet: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "csv", "is a picture"),
    "a PDF": (lambda sheet: b"%PDF-1.7\n" + bytes(range(128, 256)), "csv", "is a PDF"),
    "a zip called csv": (zipped("export.csv"), "csv", "is a zip archive or a workbook"),
    "a workbook called csv": (workbook, "csv", "is a zip archive or a workbook"),
    "an old workbook": (lambda sheet: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "xls", "is an old Excel workbook"),
    "an old or locked workbook called xlsx": (lambda sheet: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "xlsx", "is an old Excel workbook"),
    "a web page called csv": (plain(lambda text: f"<html><table><tr><td>{text}</td></tr></table></html>"), "csv", "is a web page"),
    "text called xlsx": (encoded("utf-8"), "xlsx", "cannot be opened as a workbook"),
    "text called parquet": (encoded("utf-8"), "parquet", "cannot be read as Parquet"),
    "text called json": (encoded("utf-8"), "json", "its JSON breaks off or goes wrong"),
    "text called gz": (encoded("utf-8"), "csv.gz", "cannot be unpacked as .gz"),
    "text called zip": (encoded("utf-8"), "zip", "cannot be unpacked as .zip"),
    "a gz cut off": (lambda sheet: gzip.compress(text_of(sheet).encode() * 20, mtime=0)[:-40], "csv.gz", "cannot be unpacked as .gz"),
    "a zip cut off": (lambda sheet: zipped("export.csv")(sheet)[:-30], "zip", "cannot be unpacked as .zip"),
    "a zip of several files": (zipped("a.csv", "b.csv"), "zip", "holds 2 files, expected one. Inside: a.csv, b.csv. Name one under `sheet:`"),
    "a workbook cut off": (lambda sheet: workbook(sheet)[:-200], "xlsx", "cannot be opened as a workbook"),
    "a workbook with nothing in it": (lambda sheet: workbook([]), "xlsx", "the sheet is empty"),
    "a list in JSON cut off": (lambda sheet: b'[{"a": 1}, {"a": 2}, {"a"', "json", "its JSON breaks off or goes wrong in line 1"),
    "brackets without end": (lambda sheet: b"[" * 100_000, "json", "JSON"),
    "no headings": (lambda sheet: text_of(sheet[1:]).encode(), "csv", "no headings, it seems"),
    "other headings": (headings(lambda cell: f"Fält {cell[::-1]}"), "csv", "no column"),
    "100,000 columns": (lambda sheet: text_of([[f"k{i}" for i in range(100_000)], [str(i) for i in range(100_000)]]).encode(), "csv", "has 100,000 columns, expected at most 10,000"),
    "one cell a line": (lambda sheet: "\n".join(cell.replace("\n", " ") for row in sheet for cell in row).encode(), "csv", ""),
    "headings far too few": (lambda sheet: text_of([sheet[0][:2], *sheet[1:]]).encode(), "csv", "lines are no rows of 2 cells"),
}  # fmt: skip
