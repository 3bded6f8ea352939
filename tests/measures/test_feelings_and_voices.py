"""How stages feel and what customers say, one customer one voice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.measures.emotion import emotion
from journeylib.measures.stats import wilson
from journeylib.measures.voices import voice_counts
from journeylib.schema import VOICES
from tests.drawing import FIVE, at, table

CSAT = {"row": "emotion", "metric": "csat", "scale_min": 1, "scale_max": 5, "kind": "stated", "source": "survey"}


def scores(text, **columns):
    return table(text, VOICES, **(CSAT | columns))


def said(text, **columns):
    return table(text, VOICES, **({"kind": "stated", "source": "interviews"} | columns))


def test_a_customers_several_answers_are_one_value():
    row = emotion(scores("""
        voice_id | customer_id | atom | score
        1        | ann         | a3   | 5
        2        | ann         | a3   | 5
        3        | ann         | a3   | 5
        4        | bo          | a3   | 1
    """), FIVE).iloc[0]  # fmt: skip
    assert (row["n_answers"], row["n"], row["mean"]) == (4, 2, 0)
    assert (row["share_m2"], row["share_p2"]) == (1 / 2, 1 / 2)


def test_only_one_question_in_one_wording_makes_a_curve():
    table_ = emotion(scores("""
        voice_id | customer_id | atom | score | wording_id
        1        | ann         | a3   | 5     | how
        2        | ann         | a4   | 4     | how
        3        | bo          | a3   | 1     | other
        4        | cy          | a3   | 1     | other
        5        | dan         | a3   | 1     | other
    """), FIVE)  # fmt: skip
    assert table_["wording_id"].tolist() == ["how", "how"]
    assert table_["mean"].tolist() == [2, 1]


def test_what_staff_believe_customers_feel_is_not_on_the_curve():
    assert emotion(scores("voice_id | atom | score\n1 | a3 | 5", kind="staff"), FIVE).empty


def test_an_answer_about_no_stage_in_scope_is_on_no_curve():
    assert emotion(scores("voice_id | atom | score\n1 |  | 5"), FIVE).empty


@pytest.mark.parametrize(("score", "share"), [(0, "share_m2"), (2, "share_m2"), (3, "share_m1"), (4, "share_0"), (5, "share_0"),
                                              (6, "share_0"), (7, "share_p1"), (8, "share_p2"), (10, "share_p2")])  # fmt: skip
def test_the_strip_treats_both_sides_alike(score, share):
    row = emotion(scores(f"voice_id | customer_id | atom | score\n1 | ann | a3 | {score}", scale_min=0, scale_max=10), FIVE).iloc[0]
    assert row[share] == 1


def test_one_customer_has_a_point_and_no_interval():
    row = emotion(scores("voice_id | customer_id | atom | score\n1 | ann | a3 | 4"), FIVE).iloc[0]
    assert row["mean"] == 1
    assert pd.isna(row[["lo", "hi"]]).all()


def test_neighbouring_points_say_whether_they_are_the_same_people():
    table_ = emotion(scores("""
        voice_id | customer_id | atom | score
        1        | ann         | a3   | 5
        2        | bo          | a3   | 4
        3        | bo          | a4   | 4
        4        | cy          | a4   | 2
        5        | cy          | a9   | 2
    """), FIVE)  # fmt: skip
    assert table_["overlap_next"].iloc[0] == 1 / 3
    assert table_["overlap_next"].iloc[1:].isna().all()


def test_anonymous_answers_are_not_called_different_people():
    assert np.isnan(emotion(scores("voice_id | atom | score\n1 | a3 | 5\n2 | a4 | 5"), FIVE)["overlap_next"].iloc[0])


def test_a_small_stage_is_pulled_towards_the_others_and_a_large_one_is_not():
    lines = [f"a{i} | a{i} | a3 | {3 + i % 3}" for i in range(200)] + [f"b{i} | b{i} | a4 | {1 + i % 2}" for i in range(200)]
    lines += ["c1 | c1 | a9 | 5", "c2 | c2 | a9 | 4"]
    table_ = emotion(scores("voice_id | customer_id | atom | score\n" + "\n".join(lines)), FIVE).set_index("stage")
    pull = (table_["pooled"] - table_["mean"]).abs()
    assert pull["consideration"] < 0.02
    assert pull["advocacy"] > 0.05


def test_colleagues_widen_the_interval_where_accounts_are_the_unit():
    said = ((score, f"firm {account}") for account, score in enumerate([4, 3, 3, 4]) for _ in range(3))
    lines = [f"{i} | person {i} | {account} | a3 | {score}" for i, (score, account) in enumerate(said)]
    voices = scores("voice_id | customer_id | account_id | atom | score\n" + "\n".join(lines))
    persons, accounts = emotion(voices, FIVE).iloc[0], emotion(voices, FIVE, by_account=True).iloc[0]
    assert persons["mean"] == accounts["mean"]
    assert accounts["hi"] - accounts["lo"] > persons["hi"] - persons["lo"]


def test_no_interval_reaches_beyond_the_ends_of_the_scale():
    row = emotion(scores("voice_id | customer_id | atom | score\n1 | ann | a3 | 5\n2 | bo | a3 | 5\n3 | cy | a3 | 4"), FIVE).iloc[0]
    assert row["mean"] == pytest.approx((2 + 2 + 1) / 3)
    assert row["hi"] == 2  # Student's end would be 3.1
    assert row["lo"] == pytest.approx(5 / 3 - 4.303 / 3, abs=1e-3)


def test_answers_without_a_date_still_count():
    row = emotion(scores("voice_id | atom | score | said_at\n1 | a3 | 5 | 7\n2 | a3 | 4 |"), FIVE).iloc[0]
    assert row["first_on"] == row["last_on"] == at(7)


FEARS = """
    voice_id | customer_id | atom | row      | code  | text                    | has_consent
    1        | ann         | a3   | question | price | What does it cost?      | yes
    2        | ann         | a3   | question | price | And what does it cost?  | yes
    3        | bo          | a3   | question | price | Is it dear?             | no
    4        | cy          | a3   | question | time  | How long does it take?  | yes
    5        | dan         | a3   | question |       | Hm, well.               | yes
    6        | eva         | a4   | question | price | And after the discount? | yes
"""


def test_voices_are_counted_per_customer_among_those_heard_on_that_row_in_that_stage():
    row = voice_counts(said(FEARS), FIVE).query("stage == 'consideration' and code == 'price'").iloc[0]
    assert (row["n_customers"], row["n_asked"], row["share"]) == (2, 4, 2 / 4)
    assert (row["lo"], row["hi"]) == wilson(2, 4)


def test_a_quote_needs_consent_and_leave_to_be_shown_and_enough_voices():
    allowed = voice_counts(said(FEARS), FIVE, k=4).set_index(["stage", "code"])["quote"]
    assert allowed["consideration", "price"] == "What does it cost?"
    assert pd.isna(allowed["decision", "price"])
    assert voice_counts(said(FEARS), FIVE, k=5)["quote"].isna().all()
    assert voice_counts(said(FEARS), FIVE, k=1, quotes=False)["quote"].isna().all()
    silent = said(FEARS).assign(has_consent=False)
    assert voice_counts(silent, FIVE, k=1)["quote"].isna().all()
    assert voice_counts(said(FEARS).assign(has_consent=pd.NA), FIVE, k=1)["quote"].isna().all()


def test_the_quote_does_not_depend_on_the_order_of_rows():
    voices = said(FEARS)
    assert voice_counts(voices, FIVE, k=1).equals(voice_counts(voices.iloc[::-1].reset_index(drop=True), FIVE, k=1))


def test_what_is_assumed_is_nobodys_voice():
    row = voice_counts(said("""
        voice_id | stage       | row  | text
        1        | advocacy    | need | They want to be seen.
        2        | no_such     | need | Something else.
    """, kind="assumed"), FIVE)  # fmt: skip
    assert row["stage"].tolist() == ["advocacy", ""]
    assert row["code"].tolist() == ["They want to be seen.", "Something else."]
    assert row["n_customers"].tolist() == row["n_asked"].tolist() == [0, 0]
    assert row["share"].isna().all()


def test_a_score_alone_says_nothing_in_words():
    assert voice_counts(scores("voice_id | customer_id | atom | score\n1 | ann | a3 | 4"), FIVE).empty


def test_one_accounts_many_voices_are_less_evidence():
    voices = said("\n".join(["voice_id | customer_id | account_id | atom | row | code"] +
                            [f"{i} | p{i} | acc{i // 5} | a3 | objection | {'price' if i < 5 else 'time'}" for i in range(20)]))  # fmt: skip
    widths = [voice_counts(voices, FIVE, by_account=whole).query("code == 'price'").eval("hi - lo").item() for whole in (False, True)]
    assert widths[1] > widths[0]
