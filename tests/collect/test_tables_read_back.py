"""A prepared table read back is the table that was written, and a large one takes the memory of what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.testing import assert_frame_equal

from journeylib.collect.store import read_table, write_table
from journeylib.schema import CUSTOMERS, check, empty
from journeylib.schema.tables import _n_distinct

PEOPLE = pa.array(["c_1", "c_2", "c_3"], pa.large_string())


def customers(ids, **columns):
    return check(pd.DataFrame({"customer_id": pd.array(ids, dtype="string")} | columns), CUSTOMERS)


def read(frame, path, people=PEOPLE):
    write_table(frame, path)
    return read_table(path, people)


def address(values):
    return values.array._pa_array.chunk(0).buffers()[2].address


def test_a_table_is_read_back_as_it_was_written(tmp_path):
    said = customers(["c_1", "c_2", "c_3"], segment=["a", None, "a"], has_consent=[True, None, False])
    plain = pd.DataFrame({"n": [1, 2], "at": pd.to_datetime(["2025-01-01", None], utc=True), "share": [0.5, np.nan], "word": ["x", None], "nothing": [None, None]})
    for i, frame in enumerate((said, plain, empty(CUSTOMERS))):
        back = read(frame, tmp_path / f"{i}.parquet")
        assert_frame_equal(back, pd.read_parquet(tmp_path / f"{i}.parquet"))
    assert_frame_equal(check(read(said, tmp_path / "again.parquet"), CUSTOMERS), said)


def test_people_in_the_order_of_the_log_are_held_once_and_others_are_not_taken_for_them(tmp_path):
    known, others = (read(customers(ids), tmp_path / f"{ids[0]}.parquet")["customer_id"] for ids in (["c_1", "c_2", "c_3"], ["c_2", "c_1", "c_3"]))
    assert address(known) == PEOPLE.buffers()[2].address
    assert others.tolist() == ["c_2", "c_1", "c_3"]


def test_columns_that_say_nothing_share_one_empty_piece(tmp_path):
    n = 200_000
    back = read(customers([f"c_{i}" for i in range(n)]), tmp_path / "many.parquet")
    assert back["segment"].isna().sum() == len(back) == n
    pieces = {piece.buffers()[1].address for name in ("account_id", "persona", "segment") for piece in back[name].array._pa_array.chunks}
    assert len(pieces) == 1


def test_a_repeated_text_is_found_among_many():
    many = [f"c_{i:x}" for i in range(300_000)]
    assert _n_distinct(pa.array(many, pa.large_string())) == len(many)
    assert _n_distinct(pa.array([*many, many[7], "", ""], pa.large_string())) == len(many) + 1
