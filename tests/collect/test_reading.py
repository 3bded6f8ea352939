"""A file is read as it was written, whatever program wrote it, and what was passed over is counted."""

from __future__ import annotations

import gzip

import openpyxl
import pandas as pd
import pytest

from journeylib.collect.files.layout import detect_separator
from journeylib.collect.files.reading import read_file
from journeylib.errors import SourceError

SWEDISH = "Namn;Belopp\nÅsa;12,50\nBjörn;1 234,00\n"


@pytest.mark.parametrize(
    ("written_as", "read_as"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("latin-1", "cp1252"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le")],
)
def test_the_encoding_is_found_and_reported(tmp_path, written_as, read_as):
    path = tmp_path / "a.csv"
    path.write_bytes(SWEDISH.encode(written_as))
    raw = read_file(path)
    assert (raw.encoding, raw.frame.columns[0], raw.frame["Namn"].tolist()) == (read_as, "Namn", ["Åsa", "Björn"])


def test_a_named_encoding_is_used_and_a_wrong_one_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Namn\nÅsa\n".encode("mac_roman"))
    assert read_file(path, encoding="mac_roman").frame["Namn"].tolist() == ["Åsa"]
    with pytest.raises(SourceError) as error:
        read_file(path, encoding="utf-8")
    assert str(error.value) == "a.csv: cannot be read as utf-8. Take `encoding:` out of the source, or name the right one, e.g. cp1252."


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_makes_a_table(mark):
    assert detect_separator(f"a{mark}b{mark}c\n1,5{mark}x y{mark}z\n".replace("1,5", "15" if mark == "," else "1,5")) == mark


def test_commas_inside_quotes_do_not_separate():
    assert detect_separator('a;b\n"1,2,3";x\n"4,5,6";y\n') == ";"


def _read(tmp_path, text, known=()):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    return read_file(path, known)


def test_comments_and_title_lines_above_the_header_are_passed_over(tmp_path):
    raw = _read(tmp_path, '# ------\n# Account: A\n#\nCampaign report\n"August 1, 2026"\nDay,Clicks,Cost\n2026-08-01,3,1.5\n', {"day", "clicks"})
    assert (list(raw.frame), raw.n_skipped_lines, len(raw.frame)) == (["Day", "Clicks", "Cost"], 5, 1)


def test_a_header_that_is_a_number_sign_is_no_comment(tmp_path):
    assert list(_read(tmp_path, "#,How was it?,Submit Date (UTC)\nx1,5,2026-01-01 10:00:00\n").frame) == ["#", "How was it?", "Submit Date (UTC)"]


def test_blank_lines_totals_and_footers_are_passed_over_and_counted(tmp_path):
    raw = _read(tmp_path, "Deal,Amount,Stage\nA,10,won\n\nB,20,won\nTotalt,30,\n\nReport made by Anna,,\nConfidential,,\n")
    assert (raw.frame["Deal"].tolist(), raw.n_skipped_lines) == (["A", "B"], 5)


def test_lines_with_too_many_cells_are_left_out_and_counted_and_short_ones_are_filled(tmp_path):
    raw = _read(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8,\n")
    assert (raw.frame.to_numpy().tolist(), raw.n_broken_lines) == ([["1", "2"], ["3", ""], ["7", "8"]], 1)


def test_line_breaks_inside_quotes_stay_inside_the_cell(tmp_path):
    assert _read(tmp_path, 'a,b\n"one\ntwo",2\n').frame["a"].tolist() == ["one\ntwo"]


def test_a_repeated_column_name_is_kept_apart_and_reported(tmp_path):
    raw = _read(tmp_path, "id,category,category\n1,a,b\n")
    assert (list(raw.frame), raw.repeated) == (["id", "category", "category (2)"], ("category",))


def test_a_packed_file_and_a_workbook_read_like_the_plain_one(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(SWEDISH.encode("cp1252")))
    book = openpyxl.Workbook()
    for row in (["Kundlista"], ["Namn", "Belopp", "Datum"], ["Åsa", 12.5, pd.Timestamp("2026-01-02 03:04").to_pydatetime()], ["Björn", 1234.0, None]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert read_file(tmp_path / "a.csv.gz").frame["Namn"].tolist() == ["Åsa", "Björn"]
    frame = read_file(tmp_path / "a.xlsx", {"namn"}).frame
    assert frame.to_numpy().tolist() == [["Åsa", "12.5", "2026-01-02 03:04:00"], ["Björn", "1234", ""]]


def test_a_missing_sheet_is_named_with_those_there_are(tmp_path):
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(SourceError) as error:
        read_file(tmp_path / "a.xlsx", sheet="Deals")
    assert str(error.value) == "a.xlsx: no sheet 'Deals'. Sheets: Sheet. Name one under `sheet:`."


def test_a_file_that_only_calls_itself_a_workbook_or_parquet_is_refused(tmp_path):
    for name in ("a.xlsx", "a.parquet"):
        (tmp_path / name).write_bytes(b"no such thing")
        with pytest.raises(SourceError, match=f"^{name}: cannot be"):
            read_file(tmp_path / name)


def test_real_exports_are_read(shared):
    users = read_file(shared / "upworthy_google_analytics" / "2013.01.01-2015.04.30-daily-users-info.csv")
    assert (users.encoding, len(users.frame), users.frame["Users"].iloc[0], users.frame["Users"].iloc[-1]) == ("utf-8-sig", 850, "67,283", "885,301")
    deals = read_file(shared / "connector_schemas" / "lime_csv_template" / "deals.csv")
    assert (deals.separator, deals.frame["status"].tolist()) == (";", ["Vunnen"])
    assert read_file(shared / "surveys_fivethirtyeight" / "StarWars.csv").encoding == "cp1252"
