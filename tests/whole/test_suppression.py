"""In a delivered report nobody can work out a group under k: not from its tables, not from the map, not from the gaps."""

from __future__ import annotations

import pytest

from tests.measures.auditor import audit, read_cells, read_gaps
from tests.measures.auditor_tables import MORE
from tests.whole.in_process import answer, demo
from tests.whole.reports import DEMOS

pytestmark = pytest.mark.report


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """Client and k → what a reader can hold each withheld group for."""

    def look(slug, k):
        client = demo(slug)
        client = client.model_copy(update={"privacy": client.privacy.model_copy(update={"k": k})})
        found = answer(client, tmp_path_factory.mktemp(slug))
        whole = found.improved.mapped.tables
        shown = found.improved.mapped.shown | {"cells": found.improved.cells, "gaps": found.improved.gaps}
        assert ("funnel" in whole) == (slug != "harbour_bikes")
        return audit(shown, whole, k, more=(read_cells, read_gaps, *MORE) if "funnel" in whole else ())

    return look


@pytest.mark.parametrize("k", [5, 10])
@pytest.mark.parametrize("slug", DEMOS)
def test_no_withheld_group_of_a_demo_client_can_be_worked_out(audited, slug, k):
    found = audited(slug, k)
    assert {key: known for key, known in found.items() if known[1] == known[2]} == {}
    assert [key for key, (true, lo, hi) in found.items() if not lo <= true <= hi] == []


def test_the_small_client_has_groups_to_protect_and_each_may_be_at_least_two_sizes(audited):
    found = audited("lind_raadgivning", 10)
    assert len(found) >= 10
    assert min(hi - lo for _, lo, hi in found.values()) >= 1
