"""Every measure over the log is a tally over blocks and a finish: whatever the blocks, the answer is the same.

The measures are found in the code: a new one that is not called in `block_calls` fails the first test, so none can be forgotten. Here on
two drawn logs; on any log that can be drawn in `tests/truth/test_any_blocks.py`.
"""

from __future__ import annotations

import inspect
from functools import cache

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from journeylib.measures.definition import Conversion, count
from tests.drawing import from_frame
from tests.measures.block_calls import CALLS, CUT, MEASURES, NO_MEASURE, OF_A_WHOLE_LOG, SAYS, draw_log, public_functions, same


def test_every_measure_over_the_log_is_asked():
    assert sorted(set(MEASURES) - NO_MEASURE) == sorted(CALLS)


def test_every_table_of_a_log_is_told_in_blocks():
    tables = {name for name, found in public_functions() if "log" in (given := inspect.signature(found)).parameters and "DataFrame" in str(given.return_annotation)}
    assert tables - set(MEASURES) - OF_A_WHOLE_LOG == set()


@cache
def a_log(is_together):
    rng, n = np.random.default_rng(7), 70
    rows = pd.DataFrame({"journey": rng.integers(0, 10, n)} | {name: [words[i] for i in rng.integers(0, len(words), n)] for name, words in SAYS.items()})
    return draw_log(rows, rng.permutation(20_000)[:n], is_together)


@pytest.mark.parametrize("is_together", [True, False], ids=["units lie together", "units do not lie together"])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_any_split_into_blocks_gives_the_same(name, is_together):
    whole, *parts = (CALLS[name](MEASURES[name], *a_log(is_together), n_rows) for n_rows in (1_000, 1, 13))
    for blocks in parts:
        same(whole, blocks, name)


def test_one_definition_is_counted_the_same_for_every_grain_and_block():
    frame = pd.DataFrame({"journey": [0, 0, 1, 1, 2], "day": [0, 5, 2, 9, 4], "touchpoint": ["ad", "order", "ad", "ad", "order"], "customer": ["x", "x", "x", "y", "y"]})
    drawn = from_frame(frame.assign(atom="a2", unit=["u", "u", "u", "u", "v"]), until=200)
    for grain in ("journey", "unit", "customer"):
        whole, blocks = (count(drawn.log, drawn.journeys, Conversion(CUT.steps, window_days=90, grain=grain), n_rows=n) for n in (1_000, 1))
        assert_frame_equal(whole, blocks)
