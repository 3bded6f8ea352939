"""What each role of the buying group needs to know: roles by title, texts by persona, drawn."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from journeylib.measures.role_needs import role_needs
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.schema import CONTENT, CUSTOMERS, NEEDS, VOICES, check
from tests.drawing import FIVE, table

NEEDS_DRAWN = "need_id | wording | source\nN1 | What it costs in all | needs\nN2 | How it is run | needs"
TITLES = {"ann": "Ekonomichef", "bo": "Ekonomichef", "cia": "IT-chef", "dag": "IT-chef", "eva": None}


def customers(personas=("vd", "vd", "it", "it", None)):
    rows = [{"customer_id": who, "account_id": f"a_{who}", "persona": persona, "role": title} for (who, title), persona in zip(TITLES.items(), personas, strict=True)]
    return check(pd.DataFrame(rows), CUSTOMERS)


def answers(drawn):
    """who need score, each its own answer on 1–5."""
    rows = [line.split() for line in drawn.strip().splitlines()]
    return check(pd.DataFrame([{"voice_id": str(i), "customer_id": who, "account_id": f"a_{who}", "row": "need", "metric": "importance", "need_id": need,
                                "score": float(score), "scale_min": 1.0, "scale_max": 5.0, "kind": "stated", "source": "survey"}
                               for i, (who, need, score) in enumerate(rows)]), VOICES)  # fmt: skip


def texts(drawn):
    return table(drawn, CONTENT)


def found(voices, content=None, people=None):
    return role_needs(voices, customers() if people is None else people, table(NEEDS_DRAWN, NEEDS), FIVE, content=content, as_of=dt.date(2026, 1, 1))


ASKED = answers("""
    ann N1 5
    bo  N1 3
    cia N1 2
    dag N2 4
    eva N1 5
""")


def test_importance_in_a_role_is_the_share_of_its_people_in_the_two_highest_answers():
    rows = found(ASKED).set_index(["need_id", "role"])
    assert rows.loc[("N1", "finance"), ["n", "n_important", "importance"]].tolist() == [2, 1, 1 / 2]
    assert rows.loc[("N1", "technical"), "importance"] == 0 / 1
    assert rows.loc[("N2", "technical"), "importance"] == 1 / 1
    assert rows.loc[("N1", "unknown"), "n"] == 1
    assert ("N2", "finance") not in rows.index


def test_the_interval_is_wilsons_where_every_customer_is_an_account():
    row = found(ASKED).set_index(["need_id", "role"]).loc[("N1", "finance")]
    assert (row["importance_lo"], row["importance_hi"]) == pytest.approx(proportion_confint(1, 2, method="wilson"))


def test_a_customers_latest_answer_counts():
    voices = answers("ann N1 1\nann N1 5").assign(said_at=pd.to_datetime(["2025-01-01", "2025-06-01"], utc=True))
    assert found(check(voices, VOICES)).set_index("role").loc["finance", ["n", "n_important"]].tolist() == [1, 1]


def test_a_text_is_for_a_role_when_it_is_for_everybody_or_for_a_persona_most_of_whom_have_the_role():
    content = texts("""
        content_id | title     | persona | need_id | source
        c1         | All costs |         | N1      | texts
        c2         | ROI       | vd      | N1      | texts
        c3         | How it is run and paid | it | N1, N2 | texts
    """)
    rows = found(ASKED, content).set_index(["need_id", "role"])["n_content"]
    assert rows[("N1", "finance")] == 1 + 1
    assert rows[("N1", "technical")] == 1 + 1
    assert rows[("N2", "technical")] == 1
    assert pd.isna(rows[("N1", "unknown")])


def test_a_persona_half_of_whom_have_a_role_stands_for_none():
    content = texts("content_id | title | persona | need_id | source\nc2 | ROI | vd | N1 | texts")
    rows = found(ASKED, content, customers(("vd", None, "vd", None, None))).set_index(["need_id", "role"])["n_content"]
    assert rows[("N1", "finance")] == 0


def test_a_text_that_is_withdrawn_answers_nothing():
    content = texts("content_id | title | need_id | live_to | source\nc1 | Old | N1 | 2025-06-01 | texts")
    assert found(ASKED, content).set_index(["need_id", "role"]).loc[("N1", "finance"), "n_content"] == 0


def test_without_a_register_of_texts_their_number_is_missing_not_0():
    assert found(ASKED)["n_content"].isna().all()


def test_where_nobodys_role_is_known_there_is_nothing_to_tell():
    assert found(answers("eva N1 5")).empty
    assert role_needs(ASKED, None, None, FIVE, as_of=dt.date(2026, 1, 1)).empty


def test_one_small_role_takes_the_next_along_so_that_the_sum_tells_nothing():
    rows = found(ASKED).query("need_id == 'N1'").assign(n=[12, 3, 7]).reset_index(drop=True)
    shown = withhold_small_groups({"role_needs": rows}, k=5)["role_needs"]
    assert shown["n"].tolist() == [12]
