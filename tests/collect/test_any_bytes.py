"""Laws of reading, for any bytes and any table: what was written comes back cell by cell, and what cannot be read is a message."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.client import Client, Source
from journeylib.collect.files.encodings import tell_encoding
from journeylib.collect.files.lines import read_rows
from journeylib.collect.files.reading import read_file
from journeylib.collect.formats import load_format
from journeylib.collect.rows.canonical import to_canonical
from journeylib.collect.values.amounts import parse_numbers
from journeylib.collect.values.dates import parse_moments
from journeylib.errors import JourneyError
from tests.collect.damages import text_of

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\x1a\r\ufeff\ufffd", exclude_categories=("Cs", "Cc")) | st.sampled_from('",;\n\t| åäöæø'), max_size=12)
_KEPT = tempfile.TemporaryDirectory()
FOLDER = Path(_KEPT.name)
SHEET = [["customer", "date", "what", "amount"], *([f"c{i}", f"2026-01-{i + 1:02d}", 'köp "stort"' if i % 2 else "möte, långt", f"{i},50"] for i in range(12))]


def read(data: bytes, ending="csv"):
    path = FOLDER / f"a.{ending}"
    path.write_bytes(data)
    return read_file(path)


def refused_or(read):
    """What was read, or why not."""
    try:
        return read(), ""
    except JourneyError as error:
        return None, str(error)


@QUICK
@given(st.binary(max_size=300), st.sampled_from(["csv", "xlsx", "json", "jsonl", "csv.gz", "zip", "parquet", "txt"]))
def test_any_bytes_are_a_table_or_a_message(data, ending):
    raw, why = refused_or(lambda: read(data, ending))
    assert why.startswith(f"a.{ending}: ") if raw is None else raw.frame.columns.is_unique


@QUICK
@given(st.text(max_size=200), st.sampled_from(["csv", "json", "jsonl"]))
def test_any_text_is_a_table_or_a_message(text, ending):
    raw, why = refused_or(lambda: read(text.encode("utf-8", "surrogatepass"), ending))
    assert why.startswith(f"a.{ending}: ") if raw is None else raw.frame.columns.is_unique


@QUICK
@given(st.data(), st.integers(1, 5), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
def test_what_a_program_wrote_comes_back_cell_by_cell(data, width, separator, quoting):
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6))
    names = [f"n{i}" for i in range(width)]
    text = text_of(rows, separator, quoting=quoting) if rows else ""
    if quoting == csv.QUOTE_MINIMAL and width == 1:
        text = text_of(rows, separator, quoting=csv.QUOTE_ALL) if rows else ""
    found = read_rows(text, names, separator)
    assert (found.frame.to_numpy().tolist(), found.n_broken) == (rows, 0)


@QUICK
@given(st.integers(0, 10_000), st.integers(0, 60), st.binary(max_size=12))
def test_a_piece_lost_or_overwritten_loses_no_row_in_silence(at, n, instead):
    whole = text_of(SHEET).encode()
    at %= len(whole)
    path = FOLDER / "b.csv"
    path.write_bytes(whole[:at] + instead + whole[at + n :])
    source = Source(file=path.name, format="plain_events")
    client = Client(slug="acme", name="-", language="en", market="b2c", goal="more_conversions", timezone="UTC", as_of=dt.date(2026, 1, 31),
                    sources={"s": source}, data_folder=FOLDER, params_file=FOLDER / "acme.yml")  # fmt: skip
    found, why = refused_or(lambda: to_canonical(read_file(path), "s", source, load_format("plain_events"), client))
    assert not any(word in why for word in ("köp", "långt"))
    if found is None:
        return
    assert found.n_rows == found.n_kept + sum(found.reasons.values())
    touched = 2 + (whole[at : at + n] + instead).count(b"\n") + (b'"' in whole[at : at + n] + instead) * 2
    assert found.n_kept >= len(SHEET) - 1 - touched


@QUICK
@given(st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 2)), st.sampled_from([" ", "\u00a0", "\u202f", ".", ",", "'", ""]), st.sampled_from([",", "."]),
       st.sampled_from(["{}", "{} kr", "SEK {}", "$ {}", "{} €"]))  # fmt: skip
def test_an_amount_is_read_as_it_was_written(number, thousands, decimal, around):
    if thousands == decimal:
        thousands = ""
    written = f"{number:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    found = parse_numbers(pd.Series([around.format(written)]), decimal).iloc[0]
    assert found == pytest.approx(number)


@QUICK
@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1)), st.sampled_from(["%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y kl. %H.%M", "%Y%m%d", "%Y-%m-%dT%H:%MZ"]))
def test_a_moment_is_read_as_it_was_written(moment, form):
    written = moment.strftime(form)
    wanted = dt.datetime.strptime(written, form)
    found = parse_moments(pd.Series([written]), order="D/M/Y", timezone="UTC").iloc[0]
    assert found.to_pydatetime().replace(tzinfo=None) == wanted


NORDIC = st.lists(st.sampled_from(["Åsa", "Björk", "Öberg", "Märta", "Søren", "Ærø", "fjørd", "blåbær", "smörgås", "Håkan", "Ødegård", "får", "æble", "KØBENHAVN", "GÖTEBORG"]), min_size=3, max_size=12)


@QUICK
@given(NORDIC, st.sampled_from(["cp1252", "mac_roman", "cp865"]), st.sampled_from([" ", ";", "\n", ", "]))
def test_nordic_words_tell_their_encoding(words, encoding, between):
    data = between.join(words).encode(encoding)
    assert tell_encoding(data) == encoding


def test_letters_that_fit_several_encodings_are_asked_about(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"namn,ort\nse\x96or,Lima\n")
    with pytest.raises(JourneyError) as error:
        read_file(tmp_path / "a.csv")
    assert str(error.value) == ("a.csv: is no UTF-8, and its letters beyond a to z fit several encodings about equally. Say which under `encoding:`: "
                                "cp1252 from Windows, mac_roman from a Mac, cp865 from an old business system.")  # fmt: skip
    assert read_file(tmp_path / "a.csv", encoding="mac_roman").frame["namn"].tolist() == ["señor"]


def test_a_sheet_read_row_by_row_is_the_same_as_the_csv(tmp_path):
    (tmp_path / "a.csv").write_text(text_of(SHEET), encoding="utf-8")
    assert list(csv.reader(io.StringIO(text_of(SHEET))))[1:] == read_file(tmp_path / "a.csv").frame.to_numpy().tolist()
