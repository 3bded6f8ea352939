"""NPS, CSAT and CES: the golden numbers of practice C5, what may be compared with what, and effort that is hard."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportions_ztest

from journeylib.measures.scores import nps, nps_change, scores
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.schema import VOICES, check
from tests.drawing import FIVE, at

AS_OF = dt.date(2025, 12, 31)
LAST, BEFORE = 300, 100  # days since 1 January 2025: in the last half-year, and in the one before


def answers(given, *, day, metric="nps", low=0, high=10, who="c", atom="a9_advocate", start=0, **columns):
    rows = [{"voice_id": f"{metric}-{day}-{start + i}-{columns.get('wording_id', 'q')}", "customer_id": f"{who}{start + i}", "said_at": at(day), "row": "emotion",
             "atom": atom, "metric": metric, "score": float(score), "scale_min": float(low), "scale_max": float(high), "kind": "stated", "source": "s",
             "wording_id": "q"} | columns for i, score in enumerate(given)]  # fmt: skip
    return check(pd.DataFrame(rows), VOICES)


def recommending(promoters, passives, detractors):
    return [10] * promoters + [8] * passives + [3] * detractors


def compared(*waves):
    return scores(pd.concat(waves, ignore_index=True), FIVE, as_of=AS_OF)


# --- golden (C5) --------------------------------------------------------------------------------------------------------


def test_the_golden_recommendation_score_and_its_adjusted_interval():
    score = nps(45, 30, 25)
    assert score.score == pytest.approx(45 / 100 - 25 / 100)
    assert round(100 * score.se, 2) == 7.98
    assert (round(100 * score.lo, 1), round(100 * score.hi, 1)) == (3.8, 35.1)


def test_eighteen_points_up_are_not_established_with_a_hundred_answers_each():
    before, after = nps(45, 30, 25), nps(55, 28, 17)
    change, lo, hi, p = nps_change(before, after)
    se = np.hypot(before.se, after.se)
    assert (round(100 * change, 1), round(100 * se, 1), round(change / se, 2), round(p, 2)) == (17.5, 10.9, 1.60, 0.11)
    assert lo < 0 < hi


def test_ten_promoters_of_ten_reach_the_end_of_the_scale_and_not_beyond():
    score = nps(10, 0, 0)
    assert round(100 * (score.estimate + 1.959964 * score.se)) == 106
    assert (score.score, score.hi) == (1, 1)


# --- one question -------------------------------------------------------------------------------------------------------


def test_recommendation_is_about_the_whole_journey_and_counts_each_customer_once_with_the_latest_answer():
    found, _ = compared(answers([0, 0, 9], day=BEFORE), answers([10], day=LAST))
    whole = found[found["wave"] == 0].iloc[0]
    assert (whole["stage"], whole["n"], whole["n_answers"]) == ("", 3, 4)
    assert whole["score"] == pytest.approx(2 / 3 - 1 / 3)


def test_satisfied_is_the_two_highest_answers_but_only_the_highest_on_a_scale_of_two():
    five, _ = compared(answers([5, 4, 3, 1], day=LAST, metric="csat", low=1, high=5))
    two, _ = compared(answers([1, 0, 0, 0], day=LAST, metric="csat", low=0, high=1))
    assert (five.loc[0, "score"], two.loc[0, "score"]) == (2 / 4, 1 / 4)
    assert five.loc[0, "mean"] == (5 + 4 + 3 + 1) / 4


def test_easy_is_five_to_seven_and_hard_only_where_the_whole_interval_lies_under_the_middle():
    hard, _ = compared(answers([2, 3, 2, 3, 5, 2, 3, 2], day=LAST, metric="ces", low=1, high=7, atom="a4_decide"))
    unsure, _ = compared(answers([2, 6, 2, 6, 1], day=LAST, metric="ces", low=1, high=7, atom="a4_decide"))
    assert (hard.loc[0, "stage"], hard.loc[0, "score"], hard.loc[0, "is_hard"]) == ("decision", 1 / 8, True)
    assert unsure.loc[0, "mean"] < 4 < unsure.loc[0, "mean_hi"]
    assert not unsure.loc[0, "is_hard"]


def test_what_staff_believe_is_no_score():
    found, changes = compared(answers([9, 9], day=LAST, kind="staff"))
    assert found.empty
    assert changes.empty


def test_colleagues_of_one_account_are_not_as_many_answers():
    given = answers([10] * 10 + [0] * 10, day=LAST, account_id="same").assign(account_id=["a"] * 10 + ["b"] * 10).astype({"account_id": "string"})
    alone, together = (scores(given, FIVE, as_of=AS_OF, by_account=by)[0].iloc[0] for by in (False, True))
    assert together["hi"] - together["lo"] > 1.5 * (alone["hi"] - alone["lo"])


# --- two periods --------------------------------------------------------------------------------------------------------


def test_a_large_change_is_changed_and_a_small_one_is_not_established():
    _, large = compared(answers(recommending(20, 20, 60), day=BEFORE), answers(recommending(70, 20, 10), day=LAST, who="d"))
    _, small = compared(answers(recommending(45, 30, 25), day=BEFORE), answers(recommending(55, 28, 17), day=LAST, who="d"))
    assert large.loc[0, "verdict"] == "changed"
    assert (small.loc[0, "verdict"], round(small.loc[0, "p"], 2), small.loc[0, "is_paired"]) == ("not_established", 0.11, False)


def test_the_same_people_twice_are_compared_with_themselves():
    was, now = [3] * 6 + [8] * 30, [8] * 6 + [8] * 30
    _, changes = compared(answers(was, day=BEFORE), answers(now, day=LAST))
    one = changes.iloc[0]
    assert one["is_paired"]
    assert one["change"] == pytest.approx(6 / 36)
    assert one["verdict"] == "changed"
    _, strangers = compared(answers(was, day=BEFORE), answers(now, day=LAST, who="d"))
    assert strangers.loc[0, "p"] > one["p"]


@pytest.mark.parametrize("changed", [{"wording_id": "new"}, {"low": 1}])
def test_a_new_wording_or_scale_breaks_the_series(changed):
    _, changes = compared(answers(recommending(5, 20, 20), day=BEFORE), answers(recommending(20, 20, 5), day=LAST, **changed))
    assert changes["verdict"].tolist() == ["not_comparable"]
    assert changes["change"].isna().all()


def test_nine_answers_are_no_period_to_compare():
    assert compared(answers([9] * 9, day=BEFORE), answers([9] * 40, day=LAST))[1].empty


def test_quarters_are_used_where_both_have_a_hundred_customers():
    found, changes = compared(answers([9, 7] * 60, day=200), answers([9, 7] * 60, day=LAST + 40, who="d"))
    months = (changes.loc[0, "until_on"] - changes.loc[0, "from_on"]).days / 30.4
    assert round(months) == 6
    assert sorted(found["wave"]) == [0, 1, 2]


def test_two_shares_are_compared_as_the_oracle_does():
    first, second = [5] * 30 + [2] * 30, [5] * 45 + [2] * 15
    _, changes = compared(answers(first, day=BEFORE, metric="csat", low=1, high=5), answers(second, day=LAST, metric="csat", low=1, high=5, who="d"))
    assert changes.loc[0, "p"] == pytest.approx(proportions_ztest([45, 30], [60, 60])[1])


def test_many_questions_at_once_are_judged_together():
    waves = [answers(recommending(10 + 8 * (i == 0), 10, 20 - 8 * (i == 0)), day=day, who=f"{day}", wording_id=f"q{i}", touchpoint=f"t{i}") if day == LAST
             else answers(recommending(10, 10, 20), day=day, who=f"{day}", wording_id=f"q{i}", touchpoint=f"t{i}") for i in range(8) for day in (BEFORE, LAST)]  # fmt: skip
    _, changes = compared(*waves)
    assert (changes["p"] <= 0.05).sum() == 1
    assert (changes["verdict"] == "changed").sum() == 0


def test_a_lone_small_period_is_withheld_with_the_next_smallest():
    found, changes = compared(answers([9] * 3, day=-200), answers([9] * 12, day=BEFORE, who="d"), answers([9] * 20, day=LAST, who="e"))
    shown = withhold_small_groups({"scores": found, "score_changes": changes}, 5)["scores"]
    assert found[found["wave"] > 0]["n"].tolist() == [3, 12, 20]
    assert shown["n"].tolist() == [35, 20]
    assert changes["n_before"].tolist() == [12]
    assert withhold_small_groups({"scores": found, "score_changes": changes}, 5)["score_changes"].empty  # 35 − 12 − 20 would tell
    assert len(withhold_small_groups({"scores": found, "score_changes": changes}, 3)["score_changes"]) == 1
