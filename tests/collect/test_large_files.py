"""A file read in blocks gives what it gives when read whole: the log, every table and every count, however it is cut."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeylib import event_log
from journeylib.collect import large_files
from journeylib.collect.collected import COLLECTED_TABLES
from journeylib.collect.deliveries import deliver
from journeylib.collect.files import coded
from journeylib.collect.files.coded import code_rows
from journeylib.collect.formats import load_format
from journeylib.collect.frames.repeats import find_repeats, packed
from journeylib.collect.large_files import is_read_in_blocks, read_in_blocks
from journeylib.errors import SourceError
from journeylib.event_log import ARRAYS

from .conftest import Desk

RULES = (
    {"touchpoint": "visit", "detail": "/pris*", "atom": "a3_evaluate"}, {"touchpoint": "visit", "atom": "a2_brand"},
    {"touchpoint": "order", "atom": "a4_decide", "again": "a8_repeat", "outcome": "won"},
)  # fmt: skip
COLUMNS = {"customer": "customer", "company": "account", "time": "when", "what": "what", "page": "detail", "via": "channel", "product": "offer",
           "amount": "value", "recommended": "referrer"}  # fmt: skip
EVENT = st.fixed_dictionaries({
    "customer": st.sampled_from(["7", "07", "anna@firma.se", "Anna@Firma.se ", "n/a", None, "", "1.2E+12"]),
    "company": st.sampled_from(["Alfa", "alfa ", None, "Beta"]),
    "time": st.sampled_from(["2025-01-01", "2025-03-01 10:00", "2026-01-31", "2026-02-01", "2020-05-05", "soon", None]),
    "what": st.sampled_from(["visit", "order", "call", None]), "page": st.sampled_from(["/pris/1", "/om", "ring 070-123 45 67", None]),
    "via": st.sampled_from(["E-post", "telefon", None]), "product": st.sampled_from(["Soap", None]),
    "amount": st.sampled_from(["10,5", "1 000", "-", None]), "recommended": st.sampled_from([None, None, "7"]), "unused": st.sampled_from(["x", "y", None]),
})  # fmt: skip


def write(path: Path, rows: list[dict], types: dict[str, pa.DataType] | None = None) -> None:
    schema = pa.schema([(name, (types or {}).get(name, pa.string())) for name in rows[0]])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=5)


def collected(folder: Path, rows, block_rows: int, monkeypatch, **changes):
    """Everything a client's one Parquet file gives, read in blocks of so many rows."""
    monkeypatch.setattr(coded, "BLOCK_ROWS", block_rows)
    desk = Desk(folder / str(block_rows))
    write(desk.folder / "data" / "events.parquet", rows)
    desk.sources["events"] = {"file": "events.parquet", "format": "plain_events", "columns": {field: header for header, field in COLUMNS.items()}}
    return desk.collect(**{"rules": RULES, "market": "both", "privacy": {"retention_months": 36}} | changes)


def same(one, other):
    assert one.facts == other.facts
    for name in COLLECTED_TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    assert one.log.names == other.log.names
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one.log, name), getattr(other.log, name), err_msg=name)


@pytest.mark.parametrize("changes", [{}, {"market": "b2c"}, {"market": "b2b"}, {"journey": "offer"}], ids=str)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(EVENT, min_size=2, max_size=30), block_rows=st.integers(1, 9))
def test_how_a_file_is_cut_changes_nothing(changes, monkeypatch, rows, block_rows):
    rows = [{"customer": "7", "company": None, "time": "2025-02-02", "what": "visit", "page": "/om", "via": None, "product": None, "amount": None,
             "recommended": None, "unused": None}, *rows]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for size in (block_rows, 10**6):
            (Path(folder) / str(size)).mkdir()
        same(collected(Path(folder), rows, block_rows, monkeypatch, **changes), collected(Path(folder), rows, 10**6, monkeypatch, **changes))


def coded_rows(rows: list[dict], block_rows: int = 3, **options):
    schema = pa.schema([(name, pa.int64() if isinstance(next((row[name] for row in rows if row[name] is not None), ""), int) else pa.string()) for name in rows[0]])
    batches = pa.Table.from_pylist(rows, schema=schema).to_batches(max_chunksize=4)
    return code_rows(batches, schema.names, block_rows=block_rows, **options)


def test_the_rows_laid_aside_are_the_rows_of_the_file():
    rows = [{"who": f"c{i % 4}" if i % 5 else None, "n": i if i % 3 else None} for i in range(11)]
    frames = list(coded_rows(rows).frames())
    assert [len(frame) for frame in frames] == [3, 1, 3, 1, 3]  # blocks of three, of batches of four
    whole = pd.concat([frame.astype({"who": "str"}) for frame in frames])
    pd.testing.assert_frame_equal(whole, pd.DataFrame(rows).astype({"who": "str"}), check_index_type=False)


def test_whole_numbers_are_floats_where_one_is_missing_anywhere_in_the_file():
    kinds = {str(frame["n"].dtype) for frame in coded_rows([{"n": i if i != 9 else None} for i in range(11)]).frames()}
    assert kinds == {"float64"}


def test_a_cell_keeps_its_code_whichever_batch_it_comes_in():
    rows = coded_rows([{"who": who} for who in "abcaddbe"])
    assert (list(rows.cells["who"]), rows.n_each["who"].to_dict()) == (list("abcde"), {"a": 2, "b": 2, "c": 1, "d": 2, "e": 1})
    assert [code for frame in rows.frames() for code in frame["who"].cat.codes] == [0, 1, 2, 0, 3, 3, 1, 4]


def test_a_cell_of_a_files_own_dictionary_that_no_row_holds_is_no_cell():
    batches = [pa.record_batch({"who": pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(known))})
               for codes, known in (([2, None, 0], ["b", "gone", "a"]), ([1, 1], ["gone", "c"]))]  # fmt: skip
    rows = code_rows(batches, ["who"])
    assert rows.n_each["who"].to_dict() == {"b": 1, "a": 1, "c": 2}
    assert pd.concat([frame["who"].astype("object") for frame in rows.frames()]).replace({np.nan: None}).tolist() == ["a", None, "b", "c", "c"]


def test_the_dictionaries_a_file_keeps_are_taken_over_and_change_nothing(desk, monkeypatch):
    monkeypatch.setattr(coded, "BLOCK_ROWS", 4)
    rows = [{"date": "2025-01-01", "what": "visit" if i % 3 else None, "customer": str(i % 7), "unused": "x" * (i % 2)} for i in range(23)] * 2
    write(desk.folder / "data" / "a.parquet", rows)  # groups of five rows
    desk.sources["a"] = {"file": "a.parquet", "format": "plain_events"}
    source, path = desk.client().sources["a"], desk.folder / "data" / "a.parquet"
    plain = read_in_blocks(path, "a", source, load_format("plain_events"))
    monkeypatch.setattr(large_files, "_LARGE_GROUP", 1)
    taken = read_in_blocks(path, "a", source, load_format("plain_events"))
    one, other = (pd.concat([frame.astype("object") for frame in raw.rows.frames()]) for raw in (plain, taken))
    pd.testing.assert_frame_equal(one, other)
    assert plain.rows.repeated.tolist() == taken.rows.repeated.tolist()
    assert {name: each.to_dict() for name, each in plain.rows.n_each.items()} == {name: each.to_dict() for name, each in taken.rows.n_each.items()}


CODES = st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 4), st.integers(-1, 0)), min_size=1, max_size=30)


@given(rows=CODES, widths=st.sampled_from([(4, 6, 2), (1 << 40, 1 << 40, 2)]))
def test_packed_numbers_are_equal_where_all_codes_are(rows, widths):
    numbers = packed([(np.array(codes), n) for codes, n in zip(zip(*rows, strict=True), widths, strict=True)])
    assert len(numbers) == (1 if widths[0] == 4 else 2)
    assert len(set(zip(*(number.tolist() for number in numbers), strict=True))) == len(set(rows))


CELLS = st.sampled_from([None, "", "a", "b"])


@given(rows=st.lists(st.tuples(CELLS, CELLS, st.sampled_from([None, 0, 1])), min_size=1, max_size=30))
def test_rows_equal_to_an_earlier_one_are_those_pandas_finds(rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "n"]).astype({"a": "str", "b": "str", "n": "Int64"})
    found = coded_rows([dict(zip("abn", row, strict=True)) for row in rows] if any(row[2] is not None for row in rows) else frame.drop(columns="n").replace({np.nan: None}).to_dict("records"))
    assert found.repeated.tolist() == np.flatnonzero(frame.duplicated()).tolist()


def test_rows_that_differ_in_a_column_nobody_reads_are_no_repeats():
    batch = pa.RecordBatch.from_pydict({"a": ["x", "x", "x"], "unread": ["1", "2", "1"]})
    rows = code_rows([batch], ["a"])
    assert (rows.repeated.tolist(), list(rows.frames())[0].columns.tolist()) == ([2], ["a"])


def test_equal_hashes_of_one_kind_are_not_enough_to_be_a_repeat():
    same, other = np.array([7, 7], dtype="uint64"), np.array([1, 2], dtype="uint64")
    assert find_repeats([(same, other)]).tolist() == []
    assert find_repeats([(same, same)]).tolist() == [1]


def test_a_large_log_read_from_disk_is_the_log_in_memory(tmp_path, monkeypatch):
    rng, n = np.random.default_rng(1), 700
    frame = pd.DataFrame({"journey": np.sort(rng.integers(0, 90, n)), "occurred_at": pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 10**6, n), unit="s"),
                          "touchpoint": rng.choice(["visit", "order"], n), "customer": rng.choice(["c_1", "c_2"], n), "value": rng.random(n)})  # fmt: skip
    log = event_log.encode_log(frame, as_of=pd.Timestamp("2026-01-01"))
    monkeypatch.setattr(event_log, "_WRITTEN_ROWS", 64)
    event_log.write_log(log, tmp_path / "log.parquet")
    in_memory = event_log.read_log(tmp_path / "log.parquet")
    monkeypatch.setattr(event_log, "IN_MEMORY_ROWS", 200)
    on_disk = event_log.read_log(tmp_path / "log.parquet")
    assert (len(on_disk), on_disk.names, on_disk.names["customer"]) == (n, in_memory.names, ("c_1", "c_2"))
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(on_disk, name), getattr(in_memory, name), err_msg=name)
        pieces = [getattr(block, name) for block in on_disk.blocks(150)]
        np.testing.assert_array_equal(np.concatenate(pieces), getattr(in_memory, name), err_msg=name)


def test_which_files_are_read_in_blocks(desk, monkeypatch):
    monkeypatch.setattr(coded, "BLOCK_ROWS", 2)
    write(desk.folder / "data" / "a.parquet", [{"date": "2025-01-01", "what": "visit", "customer": str(i)} for i in range(3)])
    desk.sources["a"] = {"file": "a.parquet", "format": "plain_events"}
    client = desk.client()
    source, path = client.sources["a"], desk.folder / "data" / "a.parquet"
    assert is_read_in_blocks(path, source, load_format("plain_events"))
    assert not is_read_in_blocks(path, source, load_format("orders_lines"))  # the lines of an order belong together
    assert not is_read_in_blocks(desk.file("b.csv", "date,what\n"), source, load_format("plain_events"))


def test_a_large_file_of_nobody_is_said_to_name_nobody(desk, monkeypatch):
    monkeypatch.setattr(coded, "BLOCK_ROWS", 2)
    write(desk.folder / "data" / "a.parquet", [{"date": "2025-01-01", "what": "visit", "customer": ""}] * 2 + [{"date": "2025-01-02", "what": "visit", "customer": ""}])
    desk.sources["a"] = {"file": "a.parquet", "format": "plain_events"}
    with pytest.raises(SourceError, match="no row names a customer"):
        deliver(desk.client(), "a")
