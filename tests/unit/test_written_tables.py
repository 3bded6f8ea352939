"""What a run writes is the same bytes on every processor: no digit further down than twelve reaches a delivered table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.run import _rounded


def test_the_last_digits_of_a_sum_do_not_depend_on_its_order():
    one, other = pd.DataFrame({"share": [0.1 + 0.2 + 0.3]}), pd.DataFrame({"share": [0.3 + 0.2 + 0.1]})
    assert one["share"][0] != other["share"][0]
    pd.testing.assert_frame_equal(_rounded(one), _rounded(other), check_exact=True)


def test_money_missing_and_endless_numbers_pass_as_they_are():
    frame = pd.DataFrame({"value": [10_005_534.35, np.nan, np.inf], "n": [1, 2, 3], "stage": ["a", "b", None]})
    pd.testing.assert_frame_equal(_rounded(frame), frame, check_exact=True)
