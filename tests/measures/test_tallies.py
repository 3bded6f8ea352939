"""What measures tally with gives in one pass what the plain way gives: first moments, places among the known, medians in two looks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.measures.passages import NEVER, first_moments, place_among
from journeylib.measures.quantiles import medians_over
from tests.drawing import DAY_0, events

DRAWN = """
    journey | day | touchpoint
    ann     | 0   | ad
    ann     | 3   | order
    ann     | 5   | order
    bob     | 1   | ad
"""


def test_the_first_moment_is_the_earliest_event_that_is_wanted_and_never_where_none_is():
    log = events(DRAWN, until=10).log
    order = first_moments(log, log.touchpoint == log.code("touchpoint", "order"))
    assert [int(at) for at in order] == [int(DAY_0.to_datetime64().astype("datetime64[us]").astype("int64")) + 3 * 86_400_000_000, NEVER]


@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=40), st.data())
@settings(max_examples=50, deadline=None)
def test_the_place_among_the_known_is_the_same_by_table_and_by_search(known, data):
    known = np.array(sorted(known))
    place = np.array(data.draw(st.lists(st.integers(0, len(known) - 1), max_size=60)), dtype=np.int64)
    assert place_among(known[place], known).tolist() == place.tolist()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**13) | st.integers(0, 50)), max_size=60), st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_medians_over_blocks_are_the_medians(rows, size):
    blocks = [rows[first : first + size] for first in range(0, len(rows), size)]
    found = medians_over(lambda: ((np.array([c for c, _ in block]), np.array([v for _, v in block])) for block in blocks), 4)
    plain = [np.median([v for c, v in rows if c == cell]) if any(c == cell for c, _ in rows) else np.nan for cell in range(4)]
    np.testing.assert_array_equal(found, plain)
