"""G04's click part: the click rate of the decision stage, counted from visits, against the client's benchmark."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib.client import Thresholds
from journeylib.measures.site import site
from journeylib.schema import RATES, check
from tests.drawing import from_frame
from tests.gaps.material import RATES_IN_ORDER, a_client, ask, shares


def visits(n_clicks, n):
    """n visitors of the page with the offer, so many of whom click on it."""
    rows = [{"journey": f"v{i:04d}", "day": 0, "touchpoint": "page_view", "detail": "/offer", "atom": "a4"} for i in range(n)]
    rows += [{"journey": f"v{i:04d}", "day": 0.001, "touchpoint": "cta_click", "detail": "ask for an offer", "atom": "a4"} for i in range(n_clicks)]
    drawn = from_frame(pd.DataFrame(rows).assign(source="web", initiator="customer"))
    return site(drawn.log, drawn.journeys, drawn.model)["rates"]


def judged(n_clicks, n, benchmark=0.05):
    measured = check(pd.concat([shares(RATES_IN_ORDER), pd.DataFrame(visits(n_clicks, n))], ignore_index=True), RATES)
    return ask("G04", client=a_client(thresholds=Thresholds(cta_rate=benchmark)), rates=measured)["G04:decision::clicks"]


@pytest.mark.parametrize(("n_clicks", "n", "status"), [(4, 400, "found"), (80, 400, "not_found"), (20, 400, "uncertain"), (1, 12, "uncertain")])
def test_too_few_click_only_where_the_whole_interval_is_under_the_benchmark(n_clicks, n, status):
    row = judged(n_clicks, n)
    assert (row["status"], row["value"], row["n"]) == (status, n_clicks / n, n)


def test_visits_without_any_click_say_that_clicks_are_not_measured():
    assert judged(0, 400)["status"] == "not_checkable"
    assert visits(0, 400) == []
