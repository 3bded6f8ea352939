"""The feeling of texts is used only where the words tell the client's own scores on customers not seen before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from journeylib.measures.emotion import emotion
from journeylib.measures.sentiment import FEWEST_TEXTS, LIMIT, concordance, ridge, text_feelings
from journeylib.schema import VOICES, check
from tests.drawing import FIVE

DANISH = Path(__file__).resolve().parents[3] / "shared" / "data" / "danish_sentiment"
GOOD, BAD = ("snabb", "bra", "fin", "trevlig", "enkel"), ("dyr", "dålig", "krånglig", "sen", "trasig")
OTHER = ("frakten", "leverans", "kassan", "produkt", "butik", "pris", "kvalitet", "svar", "sida", "kartong")


def voices(texts, scores, *, customers=None, source="omdömen", atom="a7_use", lo=1, hi=5):
    n = len(texts)
    return check(pd.DataFrame({
        "voice_id": [f"{source}:{i:05d}" for i in range(n)], "customer_id": customers or [f"c{i}" for i in range(n)], "row": "emotion",
        "metric": "csat", "kind": "stated", "atom": atom, "source": source, "text": texts, "score": np.asarray(scores, dtype=float),
        "scale_min": float(lo), "scale_max": float(hi),
    }), VOICES)  # fmt: skip


def written(n, seed=0, strength=1.0):
    """Texts of six words whose score follows their good and bad words."""
    rng = np.random.default_rng(seed)
    words = [rng.choice([*GOOD, *BAD, *OTHER], 6) for _ in range(n)]
    felt = [sum(word in GOOD for word in said) - sum(word in BAD for word in said) for said in words]
    return [" ".join(said) for said in words], np.clip(3 + strength * np.array(felt) + rng.normal(0, 0.7, n), 1, 5).round()


def learnt(*given, **options):
    calibration, feeling = text_feelings(pd.concat(given, ignore_index=True), FIVE, language="sv", **options)
    return calibration.iloc[0], feeling


def test_words_that_tell_the_score_are_used_and_stay_apart_from_it():
    texts, scores = written(300)
    row, feeling = learnt(voices(texts, scores))
    assert row["is_usable"]
    assert LIMIT <= row["lo"] <= row["agreement"] <= row["hi"]
    assert feeling["stage"].tolist() == ["loyalty"]
    felt = 4 * (scores.mean() - 1) / 4 - 2
    assert feeling.loc[0, "lo"] < felt < feeling.loc[0, "hi"]
    assert emotion(voices(texts, scores), FIVE).loc[0, "mean"] == pytest.approx(felt)


@pytest.mark.parametrize("seed", range(20))
def test_in_noise_no_feeling_is_drawn(seed):
    texts, scores = written(120, seed, strength=0.0)
    row, feeling = learnt(voices(texts, np.random.default_rng(seed + 1000).permutation(scores)))
    assert (row["is_usable"], row["reason"], len(feeling)) == (False, "too_weak", 0)


def test_fewer_texts_than_a_hundred_teach_nothing():
    row, _ = learnt(voices(*written(FEWEST_TEXTS - 1)))
    assert (row["is_usable"], row["reason"], row["n"]) == (False, "too_few", FEWEST_TEXTS - 1)


def test_one_score_for_all_teaches_nothing():
    texts, _ = written(150)
    assert learnt(voices(texts, [5] * 150))[0]["reason"] == "one_score"


def test_a_customers_own_texts_never_help_to_judge_it():
    rng = np.random.default_rng(3)
    customers = [f"c{i // 12}" for i in range(240)]
    own_score, own_word = rng.integers(1, 6, 20), [f"{letter}ordet" for letter in "abcdefghijklmnopqrst"]
    texts = [f"{own_word[i // 12]} {' '.join(rng.choice(OTHER, 4))}" for i in range(240)]
    row, _ = learnt(voices(texts, [own_score[i // 12] for i in range(240)], customers=customers))
    assert not row["is_usable"]


def test_texts_without_a_score_are_judged_only_where_texts_with_scores_came_from():
    texts, scores = written(220)
    some = np.where(np.arange(220) < 200, scores, np.nan)
    elsewhere = voices(["trasig dålig dyr sen"] * 30, [np.nan] * 30, source="ärenden", customers=[f"t{i}" for i in range(30)])
    _, feeling = learnt(voices(texts, some), elsewhere)
    assert feeling.loc[0, ["n", "n_without_score"]].tolist() == [220, 20]


def test_a_surveys_comment_is_scored_by_what_its_writer_scored_in_the_same_answer_about_the_same_stage():
    texts, scores = written(150)
    given = voices([None] * 150, scores).assign(voice_id=[f"enkät:{i}" for i in range(150)])
    said = voices(texts, [np.nan] * 150).assign(voice_id=[f"enkät:{i}.1" for i in range(150)], row="problem", metric=None)
    row, _ = learnt(given, said)
    assert (row["n"], row["is_usable"]) == (150, True)


def test_not_turns_a_word_round():
    rng = np.random.default_rng(5)
    turned = rng.random(240) < 0.5
    texts = [f"{'inte ' if flip else ''}bra {' '.join(rng.choice(OTHER, 3))}" for flip in turned]
    assert learnt(voices(texts, np.where(turned, 1, 5)))[0]["is_usable"]


def test_the_order_of_rows_changes_nothing():
    given = voices(*written(150))
    first, again = learnt(given)[0], learnt(given[::-1])[0]
    assert first["agreement"] == pytest.approx(again["agreement"])


def test_the_agreement_is_kendalls_where_nothing_ties():
    rng = np.random.default_rng(1)
    score, told = rng.permutation(60), rng.normal(size=60)
    tau = stats.kendalltau(score, told).statistic
    assert concordance(score, told, np.arange(60))[0] == pytest.approx((1 + tau) / 2)


def test_the_regression_is_the_ridge_of_the_textbook():
    rng = np.random.default_rng(2)
    x, y, new = rng.normal(size=(30, 4)), rng.normal(size=30), rng.normal(size=(5, 4))
    weights = np.linalg.solve(x.T @ x + 2.0 * np.eye(4), x.T @ (y - y.mean()))
    assert ridge(x @ x.T, y, new @ x.T, penalty=2.0) == pytest.approx(y.mean() + new @ weights)


def test_danish_news_and_speeches_are_too_hard_and_it_says_so():
    if not DANISH.is_dir():
        pytest.skip("no shared/data/danish_sentiment beside the project")
    read = {"sep": "\t", "header": None, "names": ["text", "label"], "quoting": 3}
    speeches = pd.concat([pd.read_csv(DANISH / f"europarl_{part}.tsv", **read) for part in ("train", "test")], ignore_index=True)
    scores = speeches["label"].map({"negativ": 1, "neutral": 2, "positiv": 3})
    assert len(speeches) == 669 + 288
    calibration, feeling = text_feelings(voices(speeches["text"], scores, hi=3), FIVE, language="da")
    row = calibration.iloc[0]
    assert row["n"] > 900
    assert 0.55 < row["lo"] < LIMIT
    assert (row["reason"], len(feeling)) == ("too_weak", 0)
