"""Short, medium, long or too long: the journey to each offer (M011)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.measures.lengths import lengths
from journeylib.schema import JOURNEYS, check
from tests.drawing import at

UNTIL = 700


def journeys(**days) -> pd.DataFrame:
    """Forty bought journeys an offer around so many days, begun evenly in the first hundred days."""
    rows = []
    for offer, middle in days.items():
        for i in range(40):
            begun, took = 2.5 * i, middle * (0.8 + 0.4 * i / 39)
            rows.append({"unit": len(rows), "offer": offer, "started_at": at(begun), "last_at": at(begun + took), "ended_at": at(begun + took), "state": "won"})
    return check(pd.DataFrame(rows).assign(journey=range(len(rows))), JOURNEYS)


def classes(frame, limit=None):
    table = lengths(frame, as_of_us=int(at(UNTIL).timestamp() * 1e6), limit_days=limit, seed=1)
    return table.set_index("offer")["class"].dropna().to_dict()


def test_each_offer_falls_in_its_class_beside_the_others():
    assert classes(journeys(quick=10, some=30, other=33, slow=90)) == {"quick": "short", "some": "medium", "other": "medium", "slow": "long"}


def test_what_takes_longer_than_the_client_allows_is_too_long_whatever_the_others_take():
    assert classes(journeys(some=30, other=33, slow=90), limit=60)["slow"] == "too_long"
    assert set(classes(journeys(some=90, other=95), limit=60).values()) == {"too_long"}


def test_journeys_cut_by_the_data_cut_are_not_taken_for_short_ones():
    rng = np.random.default_rng(1)
    begun, took = rng.uniform(0, 200, 2000), rng.gamma(2, 30, 2000)
    is_seen = begun + took <= 200
    ends = np.where(is_seen, begun + took, 200)
    frame = check(pd.DataFrame({"journey": range(2000), "unit": range(2000), "started_at": [at(d) for d in begun], "last_at": [at(d) for d in ends],
                                "ended_at": [at(d) if seen else pd.NaT for d, seen in zip(ends, is_seen, strict=True)],
                                "state": np.where(is_seen, "won", "open")}), JOURNEYS)  # fmt: skip
    row = lengths(frame, as_of_us=int(at(200).timestamp() * 1e6), seed=1).iloc[0]
    truth, naive = np.median(took[took <= row["horizon_days"]]), np.median(took[is_seen])
    assert row["lo"] <= truth <= row["hi"]
    assert naive < row["lo"]


def test_an_offer_few_have_bought_has_no_class():
    frame = journeys(some=30, rare=30)
    assert "rare" not in classes(frame[(frame["offer"] == "some") | (frame["unit"] % 5 == 0)])
