"""Who was heard, whether more interviews are needed, and whether two coders agree (M025, C16)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from journeylib.kit import heard_table, say_gathering
from journeylib.measures.coding import coder_agreement, saturation
from journeylib.measures.heard import heard, people_asked
from journeylib.schema import VOICES
from journeylib.stages import load_stage_model
from tests.drawing import table
from tests.kit.kit_material import a_client

VOICES_OF = """
voice_id | customer_id | stage         | persona | relation | code  | said_at
1        | a           | awareness     | cio     | customer | price | 1
2        | a           | awareness     | cio     | customer | trust | 1
3        | a           | consideration | cio     | customer | price | 1
4        | b           | awareness     | cio     | lost     | price | 2
5        | c           | awareness     |         |          | time  | 3
6        | d           | decision      | user    | never    | Time  | 4
"""


@pytest.fixture
def voices():
    return table(VOICES_OF, VOICES, row="problem", kind="stated", source="quotes")


def test_a_person_is_heard_once_a_stage_however_often_they_spoke(voices, tmp_path):
    model = load_stage_model(a_client(tmp_path))
    found = heard(voices, model, ("cio", "user")).set_index(["stage", "persona"])
    assert found["n_customers"].loc[["awareness"]].tolist() == [3, 2, 0]
    assert found.loc[("awareness", ""), ["n_relation_known", "n_lost", "n_never"]].tolist() == [2, 1, 0]
    assert found["n_customers"].loc[["loyalty", "advocacy"]].tolist() == [0] * 6
    assert len(found) == len(model.ids) * 3


def test_who_was_asked_counts_every_person_once(voices):
    assert people_asked(voices) == {"all": 4, "customer": 1, "lost": 1, "never": 1, "unknown": 1}


def test_staff_and_assumptions_are_nobody_heard(voices, tmp_path):
    own = voices.assign(kind="assumed")
    assert people_asked(own)["all"] == 0
    assert heard(own, load_stage_model(a_client(tmp_path)))["n_customers"].sum() == 0


def test_the_saturation_curve_counts_new_codes_interview_by_interview(voices):
    found = saturation(voices.sample(frac=1, random_state=1))
    assert found["customer_id"].tolist() == ["a", "b", "c", "d"]
    assert found["n_codes"].tolist() == [2, 1, 1, 1]
    assert found["n_new"].tolist() == [2, 0, 1, 0]
    assert found["n_so_far"].tolist() == [2, 2, 3, 3]


def test_no_coded_interviews_give_no_curve(voices):
    assert len(saturation(voices.assign(code=pd.NA))) == 0


# Published tables: Cohen's kappa of known value (rows: first coder, columns: second).
GOLDEN = [
    ([[20, 5], [10, 15]], 0.4),  # (0.7 − 0.5) / (1 − 0.5)
    ([[45, 15], [25, 15]], 0.1304),  # (0.6 − 0.54) / (1 − 0.54)
    ([[25, 35], [5, 35]], 0.2593),  # (0.6 − 0.46) / (1 − 0.46)
    ([[10, 0, 0], [0, 10, 0], [0, 0, 10]], 1.0),
]


def _codes(counts):
    pairs = [(f"k{i}", f"k{j}") for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]
    return tuple(pd.Series(codes) for codes in zip(*pairs, strict=True))


@pytest.mark.parametrize(("counts", "kappa"), GOLDEN)
def test_kappa_is_the_published_one(counts, kappa):
    assert coder_agreement(*_codes(counts))["kappa"].iloc[0] == pytest.approx(kappa, abs=5e-5)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_and_its_interval_agree_with_an_independent_library(seed):
    rng = np.random.default_rng(seed)
    first = pd.Series(rng.choice(list("abcde"), 120))
    second = first.where(rng.random(120) < 0.5, pd.Series(rng.choice(list("abcd"), 120)))
    ours = coder_agreement(first, second).iloc[0]
    theirs = cohens_kappa(pd.crosstab(first, second).reindex(index=list("abcde"), columns=list("abcde"), fill_value=0).to_numpy())
    assert [ours["kappa"], ours["lo"], ours["hi"]] == pytest.approx([theirs.kappa, theirs.kappa_low, theirs.kappa_upp])


def test_kappa_is_the_same_whoever_codes_first_and_in_any_order():
    first, second = _codes(GOLDEN[1][0])
    order = np.random.default_rng(7).permutation(len(first))
    one, other = coder_agreement(first, second), coder_agreement(second.iloc[order], first.iloc[order])
    assert one["kappa"].iloc[0] == pytest.approx(other["kappa"].iloc[0])


def test_case_and_blanks_are_no_disagreement_and_uncoded_quotes_do_not_count():
    found = coder_agreement(pd.Series(["Price", "trust ", "time"]), pd.Series(["price", "Trust", None])).iloc[0]
    assert (found["n_quotes"], found["n_all"], found["agreement"], found["kappa"]) == (2, 3, 1.0, 1.0)


def test_one_code_throughout_has_no_kappa():
    found = coder_agreement(pd.Series(["a", "a"]), pd.Series(["a", "a"])).iloc[0]
    assert found["agreement"] == 1
    assert pd.isna(found["kappa"])


def test_no_second_coder_gives_no_row():
    assert len(coder_agreement(pd.Series(["a", "b"]), pd.Series([None, None]))) == 0


def _interviews(hand, relations):
    rows = [{"when": f"2026-01-{day:02d}", "customer": f"C{day}", "relation": relation, "stage": "Decision", "persona": "Chef", "about": "Problems",
             "code": "price" if day < 3 else "time", "quote": "A"} for day, relation in enumerate(relations, start=1)]  # fmt: skip
    rows[0]["second_code"], rows[1]["second_code"] = "price", "price"
    return hand.write("quotes", *rows)


def test_the_kit_says_who_was_heard_and_who_was_not(hand):
    hand = hand()
    kit = _interviews(hand, ["customer"] * 5).read()
    title, header, rows = heard_table(kit.gathering, hand.model, hand.words)
    assert (title, header) == ("How many customers were heard about each stage?", ["", "Everybody", "Chef", "Vera"])
    assert rows[2] == ["Decision", "5", "5", "0"]
    assert say_gathering(kit.gathering, hand.model, hand.words) == [
        "No customer was heard about: Awareness, Consideration, Loyalty and Advocacy.",
        "Nobody was heard from: Vera.",
        "People heard: 5. Customers: 5, left you: 0, never bought: 0, not known: 0.",
        "Only present customers were heard. Why others leave or never buy cannot be seen in the answers.",
        "Interviews: 5, codes: 2. New codes in the last 3: 1.",
        "Quotes that two people have coded: 2, all with one and the same code. Kappa then says nothing.",
    ]


def test_those_who_left_and_never_bought_close_the_blind_spot(hand):
    hand = hand()
    said = say_gathering(_interviews(hand, ["customer", "left us", "never bought"]).read().gathering, hand.model, hand.words)
    assert "People heard: 3. Customers: 1, left you: 1, never bought: 1, not known: 0." in said
    assert not any(sentence.startswith("Only present") for sentence in said)
