"""What is no table is said to be none, in words and without its bytes; text in two encodings loses no letter."""

from __future__ import annotations

import pytest

from journeylib.collect.files.decoding import decode
from journeylib.collect.files.reading import read_file
from journeylib.errors import SourceError

BYTES = bytes(range(256)) * 20


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"\x89PNG\r\n" + BYTES, "a.csv: is a picture, expected CSV, XLSX or Parquet. Ask for the rows it was made from."),
        ("a.xls", b"\xd0\xcf\x11\xe0" + BYTES, "a.xls: is an old Excel workbook (.xls), expected CSV, XLSX or Parquet. Open it and save it as .xlsx or CSV."),
        ("a.csv", b"PK\x03\x04" + BYTES, "a.csv: is a zip archive or a workbook, expected CSV, XLSX or Parquet. Unpack it, or name it .xlsx if it is a workbook."),
        ("a.csv", BYTES[1:], "a.csv: is no text, expected CSV, XLSX or Parquet. Export it again; if it is text, name its `encoding:`."),
        ("a.csv", b"", "a.csv: the file is empty. Expected a line of column names with rows under it; export it again, or take the source out."),
        ("a.csv", b"\n\n", "a.csv: the file is empty. Expected a line of column names with rows under it; export it again, or take the source out."),
        ("a.csv.gz", b"a,b\n1,2\n", "a.csv.gz: cannot be unpacked as .gz. Export it again, or name it as what it is, e.g. .csv."),
    ],
)
def test_a_file_that_is_no_table_is_called_what_it_is(tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError) as error:
        read_file(tmp_path / name)
    assert str(error.value) == said


def test_lines_glued_from_two_encodings_keep_their_letters(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"namn;ort\n" + "Åsa;Umeå\n".encode() + "Björn;Malmö\n".encode("cp1252"))
    raw = read_file(path)
    assert (raw.encoding, raw.frame.to_numpy().tolist()) == ("utf-8+cp1252", [["Åsa", "Umeå"], ["Björn", "Malmö"]])


def test_a_file_in_one_encoding_is_not_called_mixed(tmp_path):
    text = "Smörgås, blåbær\r\nÆrø\n"
    for encoding in ("utf-8", "cp1252"):
        assert decode(text.encode(encoding), None, tmp_path / "a.csv") == (text.replace("\r\n", "\n"), encoding)


def test_a_separator_of_one_blank_stands_for_any_run_of_blanks(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(" customer_id  date value\n 00001 19970101  11.77\n 00002 19970112   12.00\n")
    assert read_file(path, separator=" ").frame.to_dict("list") == {
        "customer_id": ["00001", "00002"], "date": ["19970101", "19970112"], "value": ["11.77", "12.00"]}  # fmt: skip
