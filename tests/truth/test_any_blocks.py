"""Whatever the log and whatever the blocks, every measure over the log gives the same answer (property; `tests/measures/test_blocks.py`)."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.measures.block_calls import CALLS, MEASURES, SAYS, draw_log, same

EVENT = st.fixed_dictionaries({"journey": st.integers(0, 9)} | {name: st.sampled_from(words) for name, words in SAYS.items()})


@st.composite
def logs(draw):
    """Up to 60 events of ten journeys."""
    drawn = draw(st.lists(EVENT, min_size=1, max_size=60))
    minutes = draw(st.lists(st.integers(0, 20_000), min_size=len(drawn), max_size=len(drawn), unique=True))
    return draw_log(pd.DataFrame(drawn), minutes, draw(st.booleans()))


@pytest.mark.truth
@pytest.mark.parametrize("name", sorted(CALLS))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=logs(), n_rows=st.sampled_from([1, 2, 3, 5, 8, 13, 21]))
def test_any_split_into_blocks_gives_the_same(name, drawn, n_rows):
    whole, blocks = (CALLS[name](MEASURES[name], *drawn, n) for n in (1_000, n_rows))
    same(whole, blocks, name)
