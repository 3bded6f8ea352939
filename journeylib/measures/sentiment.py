"""Whether the feeling of a text can be told from its words, and how the texts of each stage feel (practice C4).

No list of good and bad words is shipped: what is learnt is learnt from the client's own texts whose writers also gave a score,
and it is used only where it comes out right on customers it has not seen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats as distributions

from journeylib.measures.places import feelings, join_sources, speaker_units, speakers, stage_ids
from journeylib.measures.stats import LEVEL, mean_of, standard_error, wilson
from journeylib.measures.texts import STEMMERS, language_of, stems_of, weigh_terms, words_of
from journeylib.schema import TEXT_CALIBRATION, TEXT_FEELING, check

#: Fewer texts with own scores than this, and nothing is learnt (C4).
FEWEST_TEXTS = 100
#: The lower end of the agreement has to reach this: seven pairs of ten in the right order, where a coin gets five.
LIMIT = 0.70
MOST_TEXTS, N_FOLDS = 1500, 10
#: Weight of the penalty of the ridge regression, on texts of length 1.
PENALTY = 1.0
#: Words that turn the next word round: "inte bra" is a term of its own.
NEGATIONS = {"sv": ("inte", "ej", "aldrig", "ingen", "inget"), "da": ("ikke", "aldrig", "ingen", "intet"),
             "nb": ("ikke", "aldri", "ingen", "ingenting"), "en": ("not", "never", "no", "don't", "didn't", "isn't", "wasn't")}  # fmt: skip
SMALLEST_DF = 2


def text_feelings(voices: pd.DataFrame, model, *, language: str, by_account: bool = False, seed=0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How far the words tell the score, language by language, and the feeling of each stage's texts where they tell it well.

    A text's own score is the one it came with (a review's stars). Where fewer than a hundred texts came with one, it is the mean of
    what the writer scored in the same answer about the same stage (a survey's comment).
    A ridge regression on stems (TF-IDF; a word after *not* is a term of its own) is fitted to the scores on −2 … +2 and tried on
    customers it has not seen, ten folds by customer. *Agreement* is the share of pairs of texts with different scores that the words
    put in the right order (Harrell's C; a coin gets ½), with a jackknife interval by customer. Usable when its lower end
    reaches `LIMIT`. Then the texts of the same sources are judged: texts with a score by the fold that had not seen them, the
    others by all; turned back to the scale of the scores by a line fitted out of sample. One value a customer; the interval holds
    how much customers differ and how far a judged text is off.

    Returns
    -------
    TEXT_CALIBRATION, one row a language with scored texts, and TEXT_FEELING for the client's language; empty where not usable.
    """
    texts = _texts(voices, model, language, by_account, np.random.default_rng(seed))
    learnt = {name: _learn(texts[texts["language"] == name], name, seed) for name in STEMMERS if texts.loc[texts["language"] == name, "score"].notna().any()}
    calibrations = pd.DataFrame([row for row, _ in learnt.values()], columns=list(TEXT_CALIBRATION.columns))
    row, judged = learnt.get(language, (None, None))
    rows = [] if judged is None else [_stage_row(stage.id, judged[judged["stage"] == stage.id], row) for stage in model.in_scope
                                      if (judged["stage"] == stage.id).any()]  # fmt: skip
    return check(calibrations, TEXT_CALIBRATION), check(pd.DataFrame(rows, columns=list(TEXT_FEELING.columns)), TEXT_FEELING)


# --- texts and scores ---------------------------------------------------------------------------------------------------


def _texts(voices, model, language, by_account, rng):
    stated = voices[(voices["kind"] == "stated").fillna(False)].sort_values("voice_id", kind="stable")
    frame = pd.DataFrame({
        "text": stated["text"], "stage": stage_ids(stated, model), "customer": speakers(stated), "unit": speaker_units(stated, by_account),
        "source": stated["source"], "answer": stated["voice_id"].str.split(".").str[0],
        "score": feelings(stated["score"], stated["scale_min"], stated["scale_max"]).where(stated["row"] == "emotion"),
    })  # fmt: skip
    if (frame["text"].notna() & frame["score"].notna()).sum() < FEWEST_TEXTS:
        frame["score"] = frame["score"].fillna(frame.groupby(["answer", "stage"], sort=False)["score"].transform("mean"))
    said = frame[frame["text"].notna()].drop_duplicates(["customer", "stage", "text"])
    kept = [np.sort(rng.permutation(np.flatnonzero(rows))[:MOST_TEXTS]) for rows in (said["score"].notna(), said["score"].isna())]
    said = said.iloc[np.sort(np.concatenate(kept))].reset_index(drop=True)
    return said.assign(language=[language_of(text, language) for text in said["text"]])


def _terms(text, language):
    """Stems, and for the word after a negation its stem once more, marked."""
    words = words_of(text)
    turned = {after for word, after in zip(words, words[1:], strict=False) if word in NEGATIONS[language]}
    return [term for word, stem in stems_of(text, language) for term in ((stem, f"not {stem}") if word in turned else (stem,))]


# --- learning -----------------------------------------------------------------------------------------------------------


def _learn(texts, language, seed) -> tuple[dict, pd.DataFrame | None]:
    """The calibration of one language, and its judged texts where it is usable."""
    texts = texts.reset_index(drop=True)
    scored = texts["score"].notna().to_numpy()
    score, unit = texts["score"].to_numpy()[scored], pd.factorize(texts["unit"][scored])[0]
    row = {"language": language, "n": int(scored.sum()), "n_customers": texts["customer"][scored].nunique(), "limit": LIMIT,
           "is_usable": False, "sources": join_sources(texts["source"][scored])}  # fmt: skip
    if row["n"] < FEWEST_TEXTS or unit.max() + 1 < N_FOLDS:
        return row | {"reason": "too_few"}, None
    if len(np.unique(score)) < 2:
        return row | {"reason": "one_score"}, None
    weights, _ = weigh_terms([_terms(text, language) for text in texts["text"]], fewest=SMALLEST_DF)
    inner = (weights @ weights.T).toarray()
    unseen = _unseen(inner[np.ix_(scored, scored)], score, unit, seed)
    agreement, lo, hi = concordance(score, unseen, unit)
    correlation = float(np.corrcoef(score, unseen)[0, 1]) if unseen.std() > 0 else 0.0
    usable = bool(lo >= LIMIT)
    row |= {"correlation": correlation, "agreement": agreement, "lo": lo, "hi": hi, "is_usable": usable, "reason": None if usable else "too_weak"}
    return row, _judged(texts, inner, scored, unseen) if usable else None


def _unseen(inner, score, unit, seed) -> np.ndarray:
    """Each text's score as told by a model that saw no text of its customer."""
    rng = np.random.default_rng(seed)
    fold = (rng.permutation(unit.max() + 1) % N_FOLDS)[unit]
    told = np.empty(len(score))
    for number in range(N_FOLDS):
        out = fold == number
        told[out] = ridge(inner[np.ix_(~out, ~out)], score[~out], inner[np.ix_(out, ~out)])
    return told


def ridge(inner, score, inner_new, penalty: float = PENALTY) -> np.ndarray:
    """Ridge regression with a free mean, by the texts' inner products: ȳ + K_new (K + λI)⁻¹ (y − ȳ)."""
    mean = mean_of(score)
    return mean + inner_new @ np.linalg.solve(inner + penalty * np.eye(len(score)), score - mean)


def concordance(score, told, unit) -> tuple[float, float, float]:
    """Of pairs of different units with different scores, the share told in the right order (ties count half), and its interval.

    The variance is the jackknife's over units: (U − 1) / U · Σ (C₋ᵤ − C̄)²; but it is never surer than a share of U units (Wilson).

    >>> concordance([1, 2, 3], [1, 2, 3], [0, 1, 2])[0]
    1.0
    """
    score, told, unit = (np.asarray(values) for values in (score, told, unit))
    comparable = (score[:, None] > score[None, :]) & (unit[:, None] != unit[None, :])
    right = np.where(told[:, None] > told[None, :], 1.0, np.where(told[:, None] == told[None, :], 0.5, 0.0)) * comparable
    n_units = unit.max() + 1
    by_unit = [np.bincount(unit, table.sum(axis=1) + table.sum(axis=0), n_units) for table in (right, comparable)]
    n_right, n_pairs = right.sum(), comparable.sum()
    if not n_pairs:
        return np.nan, np.nan, np.nan
    rest = n_pairs - by_unit[1]
    without = (n_right - by_unit[0])[rest > 0] / rest[rest > 0]
    error = np.sqrt((len(without) - 1) / len(without) * ((without - without.mean()) ** 2).sum())
    half = distributions.norm.ppf((1 + LEVEL) / 2) * error
    agreement = float(n_right / n_pairs)
    lo, hi = wilson(agreement * n_units, n_units)
    return agreement, float(min(lo, agreement - half)), float(max(hi, min(1.0, agreement + half)))


# --- judging ------------------------------------------------------------------------------------------------------------


def _judged(texts, inner, scored, unseen) -> pd.DataFrame:
    """Texts of the sources that were learnt from, each with its feeling; `off` is the variance of what a judged text is off by."""
    score = texts["score"].to_numpy()
    slope, start = np.polyfit(unseen, score[scored], 1)
    told = np.empty(len(texts))
    told[scored] = unseen
    if (~scored).any():
        told[~scored] = ridge(inner[np.ix_(scored, scored)], score[scored], inner[np.ix_(~scored, scored)])
    feeling = np.clip(start + slope * told, -2, 2)
    off = float(np.mean((score[scored] - feeling[scored]) ** 2))
    known = texts["source"].isin(set(texts["source"][scored]))
    return texts.assign(feeling=feeling, off=off)[known & (texts["stage"] != "")]


def _stage_row(stage, texts, calibration) -> dict:
    customers = texts.groupby("customer", sort=True).agg(feeling=("feeling", "mean"), unit=("unit", "first"), has_score=("score", lambda score: score.notna().any()))
    n, mean, units = len(customers), mean_of(customers["feeling"]), pd.factorize(customers["unit"])[0]
    row = {"stage": stage, "language": calibration["language"], "n": n, "n_without_score": int((~customers["has_score"]).sum()), "mean": mean,
           "agreement": calibration["agreement"], "n_calibration": calibration["n"]}  # fmt: skip
    if units.max() < 1:
        return row
    error = np.sqrt(standard_error(customers["feeling"], units) ** 2 + texts["off"].iloc[0] / n)
    half = distributions.t.ppf((1 + LEVEL) / 2, units.max()) * error
    return row | {"lo": max(-2.0, mean - half), "hi": min(2.0, mean + half)}
