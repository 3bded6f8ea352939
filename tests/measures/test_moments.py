"""Which stage decides, and who is left at the end of the curve."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from journeylib.measures.moments import moments, relative_weights
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.measures.stayers import stayers
from journeylib.schema import VOICES, check
from tests.drawing import FIVE, at, events

STAGES = ("awareness", "consideration", "decision")


def felt(scores, outcome=None):
    """One row a customer: scores by stage (NaN = not asked) on 1–5, and a recommendation 0–10."""
    rows = [{"voice_id": f"{stage}-{i}", "customer_id": f"c{i:03d}", "said_at": at(i % 300), "row": "emotion", "stage": stage, "metric": "csat", "score": float(score),
             "scale_min": 1.0, "scale_max": 5.0, "kind": "stated", "source": "s", "wording_id": "q"}
            for stage, column in zip(STAGES, np.asarray(scores, dtype=float).T, strict=False) for i, score in enumerate(column) if not np.isnan(score)]  # fmt: skip
    rows += [{"voice_id": f"nps-{i}", "customer_id": f"c{i:03d}", "said_at": at(i % 300), "row": "emotion", "metric": "nps", "score": float(score), "scale_min": 0.0,
              "scale_max": 10.0, "kind": "stated", "source": "s", "wording_id": "n"} for i, score in enumerate(() if outcome is None else outcome)]  # fmt: skip
    return check(pd.DataFrame(rows), VOICES)


def drawn(weights, n=120, seed=3):
    rng = np.random.default_rng(seed)
    latent = rng.normal(0, 1, (n, 3)) + 0.4 * rng.normal(0, 1, (n, 1))
    scores = np.clip(np.round(3 + latent), 1, 5)
    outcome = np.clip(np.round(5 + latent @ np.array(weights) + rng.normal(0, 1, n)), 0, 10)
    return scores, outcome


# --- weights ------------------------------------------------------------------------------------------------------------


def lindeman(x, y):
    """LMG: what each predictor adds to R², averaged over every order (Lindeman, Merenda & Gold 1980)."""
    n = x.shape[1]

    def r2(chosen):
        return sm.OLS(y, sm.add_constant(x[:, list(chosen)])).fit().rsquared if chosen else 0.0

    def share(j):
        others = [i for i in range(n) if i != j]
        return sum(factorial(len(s)) * factorial(n - len(s) - 1) / factorial(n) * (r2((*s, j)) - r2(s)) for size in range(n) for s in combinations(others, size))

    return np.array([share(j) for j in range(n)])


@pytest.mark.parametrize("n_predictors", [2, 3])
def test_relative_weights_agree_with_averaging_over_orders_and_add_up_to_r_squared(n_predictors):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, n_predictors)) + rng.normal(size=(200, 1))
    y = x @ np.arange(1, n_predictors + 1) + rng.normal(0, 2, 200)
    together = np.corrcoef(np.column_stack([x, y]).T)
    weights = relative_weights(together[:-1, :-1], together[:-1, -1])
    assert weights.sum() == pytest.approx(sm.OLS(y, sm.add_constant(x)).fit().rsquared)
    assert weights == pytest.approx(lindeman(x, y), abs=1e-9 if n_predictors == 2 else 0.02)


# --- the moment of truth ------------------------------------------------------------------------------------------------


def test_the_stage_the_recommendation_hangs_on_is_the_moment_of_truth():
    found = moments(felt(*drawn((0.1, 1.5, 0.1))), FIVE)
    assert found.set_index("stage")["is_moment"].to_dict() == {"awareness": False, "consideration": True, "decision": False}
    assert set(found["outcome"]) == {"nps"}
    assert found["weight"].sum() == pytest.approx(found["explained"].iloc[0])


@pytest.mark.parametrize("weights", [(0, 0, 0), (0.8, 0.8, 0.1)])
def test_without_a_winner_there_is_no_star(weights):
    found = moments(felt(*drawn(weights)), FIVE)
    assert len(found) == 3
    assert not found["is_moment"].any()


def test_a_stage_that_goes_with_a_worse_outcome_is_no_moment_of_truth():
    assert not moments(felt(*drawn((0.1, -1.5, 0.1))), FIVE)["is_moment"].any()


def test_where_nobody_recommends_the_outcome_is_whether_it_was_won():
    scores, outcome = drawn((0.1, 1.5, 0.1), n=150)
    journeys = pd.DataFrame({"customer_id": [f"c{i:03d}" for i in range(150)], "account_id": None, "state": np.where(outcome > 5, "won", "lost")})
    found = moments(felt(scores), FIVE, journeys=journeys)
    assert set(found["outcome"]) == {"won"}
    assert found.loc[found["is_moment"], "stage"].tolist() == ["consideration"]
    assert moments(felt(scores), FIVE, journeys=journeys.assign(state="open")).empty


def test_too_few_customers_give_no_weights():
    assert moments(felt(*drawn((0, 1, 0), n=29)), FIVE).empty


def test_the_order_of_rows_changes_nothing():
    voices = felt(*drawn((0.1, 1.5, 0.1)))
    shuffled = voices.sample(frac=1, random_state=1).reset_index(drop=True)
    pd.testing.assert_frame_equal(moments(voices, FIVE, seed=4), moments(shuffled, FIVE, seed=4))


# --- who is left --------------------------------------------------------------------------------------------------------


def leaving(unhappy_leave, n=150, seed=2):
    """Feeling does not change through the journey; the unhappy leave before the last stage, or who leaves is chance."""
    rng = np.random.default_rng(seed)
    feeling = rng.normal(0, 1, n)
    stays = feeling > 0.2 if unhappy_leave else rng.random(n) < 0.42
    scores = np.clip(np.round(3 + feeling[:, None] + rng.normal(0, 0.4, (n, 3))), 1, 5)
    scores[~stays, 2] = np.nan
    return felt(scores)


def test_where_the_unhappy_leave_the_raw_line_rises_and_that_of_those_who_stay_is_flat():
    voices = leaving(unhappy_leave=True)
    found = stayers(voices, FIVE).set_index("stage")
    raw = voices.groupby("stage")["score"].mean() - 3
    assert raw["decision"] - raw["awareness"] > 0.5
    assert abs(found.loc["consideration", "mean"] - found.loc["awareness", "mean"]) < 0.2
    assert found["differs"].all()


def test_where_leaving_is_chance_nothing_is_said():
    assert not stayers(leaving(unhappy_leave=False), FIVE)["differs"].any()


def test_those_seen_in_the_last_stage_have_stayed_even_if_they_did_not_answer_there():
    n = 20
    drawn_log = events("journey | day | atom | customer_id\n" + "\n".join(f"c{i:03d} | 0 | {'a4' if i < 10 else 'a2'} | c{i:03d}" for i in range(n)))
    scores = np.column_stack([np.full(n, 3.0), np.full(n, np.nan), np.where(np.arange(n) < 5, 4.0, np.nan)])
    found = stayers(felt(scores), FIVE, log=drawn_log.log, journeys=drawn_log.journeys)
    assert found[["stage", "n", "n_others"]].to_numpy().tolist() == [["awareness", 10, 10]]


def test_a_few_who_left_are_not_shown_by_subtraction():
    scores = np.column_stack([np.full(20, 3.0), np.full(20, 3.0), np.where(np.arange(20) < 18, 4.0, np.nan)])
    found = stayers(felt(scores), FIVE)
    assert found["n_others"].tolist() == [2, 2]
    assert withhold_small_groups({"stayers": found}, 5)["stayers"].empty
