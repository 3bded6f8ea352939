"""Effects others have published on data small enough to stand here: a textbook's, and the documentation example of CausalPy (issue 5, Shows 2)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.effects import collapsed_differences, difference_of_series

#: Banks in business on 1 July 1929 … 1934, Mississippi, sixth and eighth Federal Reserve district (Richardson & Troost 2009).
SIXTH, EIGHTH = [141, 135, 121, 113, 102, 102], [169, 165, 132, 120, 111, 109]
#: The example of CausalPy's class for difference-in-differences (pymc-labs/CausalPy, Apache-2.0): twenty units before and after, every other one changed.
BEFORE = [0.897, 1.234, 1.149, 1.210, 1.018, 1.257, 1.121, 1.225, 1.094, 1.131, 1.134, 1.277, 1.055, 1.294, 1.001, 1.262, 1.061, 1.228, 1.226, 1.263]
AFTER = [1.961, 2.753, 1.911, 2.787, 2.136, 2.635, 2.029, 2.836, 2.005, 2.597, 2.040, 2.724, 2.097, 2.829, 2.237, 2.738, 2.105, 2.689, 2.098, 2.697]


def yearly(banks):
    return pd.DataFrame({"value": np.array(banks, dtype=float), "error": 0.0, "n": 1, "is_after": np.arange(1929, 1935) >= 1931})


def test_banks_that_could_borrow_stayed_in_business():
    """20.5 banks in Angrist & Pischke, Mastering 'Metrics (2014), equation 5.3."""
    found = difference_of_series(yearly(SIXTH), yearly(EIGHTH))
    assert found.effect == pytest.approx(20.5)
    assert found.verdict == "better"


def test_nineteen_banks_when_only_the_years_beside_the_change_are_looked_at():
    """(121 − 135) − (132 − 165) = 19 in the same chapter."""
    two = [yearly(banks).iloc[1:3] for banks in (SIXTH, EIGHTH)]
    assert difference_of_series(*two).effect == pytest.approx((121 - 135) - (132 - 165))


def test_the_example_of_causalpy_comes_out_as_its_documentation_says():
    """0.5, 94 % from 0.4 to 0.6, by a Bayesian regression."""
    rows = [(unit, at, value, unit % 2 == 1) for at, values in enumerate((BEFORE, AFTER)) for unit, value in enumerate(values)]
    found = collapsed_differences(pd.DataFrame(rows, columns=["unit", "at", "value", "is_changed"]), start=1)
    assert [round(value, 1) for value in (found.effect, found.lo, found.hi)] == [0.5, 0.4, 0.6]
