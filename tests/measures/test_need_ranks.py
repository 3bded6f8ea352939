"""Which need comes first and how surely, what chance adds to opportunity, what the recommendation hangs on, and what serves each need."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from journeylib.measures.need_ranks import corrected_opportunity
from journeylib.measures.needs import need_scores, need_support, opportunity
from journeylib.measures.stats import wilson
from journeylib.schema import ACTIVITIES, CONTENT, NEEDS, VOICES, check
from tests.drawing import FIVE, at, table

NEEDS_OF = table("need_id | wording | atom\nN1 | compare | a3\nN2 | be safe | a4\nN3 | start | a6", NEEDS, source="register")


def asked(importance, satisfaction, recommend=None):
    """Scores 1–5 by customer (rows) and need (columns); NaN = not asked."""
    rows = []
    for metric, scores in (("importance", importance), ("satisfaction", satisfaction)):
        rows += [{"voice_id": f"{metric}-{j}-{i}", "customer_id": f"c{i:03d}", "said_at": at(1), "row": "need", "metric": metric, "need_id": f"N{j + 1}", "score": float(score),
                  "scale_min": 1.0, "scale_max": 5.0, "kind": "stated", "source": "s", "atom": "a3_evaluate"}
                 for i, line in enumerate(np.asarray(scores, dtype=float)) for j, score in enumerate(line) if not np.isnan(score)]  # fmt: skip
    rows += [{"voice_id": f"nps-{i}", "customer_id": f"c{i:03d}", "said_at": at(1), "row": "emotion", "metric": "nps", "score": float(score), "scale_min": 0.0,
              "scale_max": 10.0, "kind": "stated", "source": "s"} for i, score in enumerate(() if recommend is None else recommend)]  # fmt: skip
    return check(pd.DataFrame(rows), VOICES)


def test_the_golden_opportunities():
    assert [opportunity(*pair) for pair in ((9, 4), (8.5, 8), (4, 9), (6, 6))] == [14, 9.0, 4, 6]


@pytest.mark.parametrize(("n", "excess"), [(20, 0.59), (60, 0.35), (200, 0.19)])
def test_what_chance_adds_when_importance_equals_satisfaction_is_taken_off(n, excess):
    rng = np.random.default_rng(n)
    important, met = (rng.binomial(n, 0.6, 40000) / n * 10 for _ in range(2))
    found = important + np.maximum(important - met, 0)
    assert found.mean() - 6 == pytest.approx(excess, abs=0.04)
    corrected = [corrected_opportunity(one, 10 * np.sqrt(2 * 0.6 * 0.4 / n)) for one in found]
    assert np.mean(corrected) == pytest.approx(6, abs=0.05)


def test_importance_and_satisfaction_have_their_intervals():
    found = need_scores(asked([[5], [4], [2]], [[1], [2], [5]]), NEEDS_OF, FIVE).set_index("need_id").loc["N1"]
    assert (found["importance"], found["satisfaction"]) == pytest.approx((10 * 2 / 3, 10 * 1 / 3))
    assert (found["importance_lo"], found["importance_hi"]) == pytest.approx([10 * end for end in wilson(2, 3)])


def test_one_need_surely_before_another_and_two_that_cannot_be_told_apart():
    n = 60
    rng = np.random.default_rng(1)
    importance = np.full((n, 3), 5.0)
    satisfaction = np.column_stack([rng.integers(1, 3, n), rng.integers(3, 6, n), rng.integers(3, 6, n)])
    found = need_scores(asked(importance, satisfaction), NEEDS_OF, FIVE).set_index("need_id")
    assert found.loc["N1", "p_outranks_next"] > 0.99
    assert 0.4 < found["p_outranks_next"].drop("N1").max() < 0.95
    assert found["p_outranks_next"].isna().sum() == 1


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(30)))
def test_the_names_a_salt_gives_customers_change_no_number(others):
    scores = np.random.default_rng(2).integers(1, 6, (30, 3))
    answers = asked(np.full((30, 3), 5.0), scores)
    renamed = answers.assign(customer_id=answers["customer_id"].str[1:].astype(int).map(lambda i: f"c{others[i]:03d}"))
    first, second = (need_scores(one, NEEDS_OF, FIVE) for one in (answers, renamed))
    assert 0 < first["p_outranks_next"].min() < first["p_outranks_next"].max() < 1
    assert_frame_equal(first, second)


def test_derived_importance_is_the_standardised_slope_and_is_told_from_fifty_customers_up():
    n = 80
    rng = np.random.default_rng(5)
    met = rng.integers(1, 6, (n, 3)).astype(float)
    recommend = np.clip(np.round(2 * met[:, 1] + rng.normal(0, 1, n)), 0, 10)
    found = need_scores(asked(np.full((n, 3), 4.0), met, recommend), NEEDS_OF, FIVE).set_index("need_id")
    scaled = (met - met.mean(axis=0)) / met.std(axis=0, ddof=1)
    oracle = sm.OLS((recommend - recommend.mean()) / recommend.std(ddof=1), sm.add_constant(scaled)).fit()
    assert found["derived"].to_numpy() == pytest.approx(oracle.params[1:])
    assert found.loc["N2", "derived_lo"] > 0.5
    assert (found.loc[["N1", "N3"], "derived_lo"] < 0).all()
    few = need_scores(asked(np.full((49, 3), 4.0), met[:49], recommend[:49]), NEEDS_OF, FIVE)
    assert few["derived"].isna().all()


def test_every_item_stands_with_the_needs_it_serves_or_with_none():
    activities = table("activity_id | title | atom | need_id\nA1 | demo | a3 | N1; N2\nA2 | fair | a2 |", ACTIVITIES, source="r")
    content = table("content_id | title | atom | need_id\nC1 | guide | a3 | N1", CONTENT, source="r")
    found = need_support(activities, content, FIVE)
    assert found[["kind", "item_id", "stage", "need_id"]].to_numpy().tolist() == [
        ["activity", "A1", "consideration", "N1"], ["activity", "A1", "consideration", "N2"], ["activity", "A2", "awareness", ""],
        ["content", "C1", "consideration", "N1"]]  # fmt: skip
    scores = need_scores(asked([[5]], [[1]]), NEEDS_OF, FIVE, activities=activities, content=content).set_index("need_id")
    assert scores["n_activities"].to_dict() == {"N1": 1, "N2": 1, "N3": 0}
    assert scores["n_content"].to_dict() == {"N1": 1, "N2": 0, "N3": 0}


def test_without_registers_nothing_is_said_about_what_serves_a_need():
    assert need_support(None, None, FIVE).empty
