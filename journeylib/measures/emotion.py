"""How each stage feels: the emotion curve, from answers to one question in one wording (practice C4)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from journeylib.measures.places import feelings, join_sources, speaker_units, speakers, stage_ids, with_dates
from journeylib.measures.stats import mean_of, pool, t_interval
from journeylib.schema import EMOTION, check

METRICS = ("csat", "ces", "nps")
#: Inner edges of the five classes of the strip, symmetric around neutral.
EDGES = (-1.2, -0.4, 0.4, 1.2)
#: The ends of the scale.
ENDS = (-2.0, 2.0)
CLASSES = ("share_m2", "share_m1", "share_0", "share_p1", "share_p2")
#: Below this many customers a stage's own spread is not trusted: that of all stages is used for pooling.
FEW = 5


def emotion(voices: pd.DataFrame, model, *, by_account: bool = False) -> pd.DataFrame:
    """The emotion of each stage on −2 … +2, e = 4 (s − min) / (max − min) − 2, one value a customer.

    Only answers to one metric in one wording share a curve: the one asked in most stages, then the one with most
    answers. A customer's several answers in a stage are averaged first; the interval is Student's, by unit.
    `pooled` pulls small stages towards the mean of all (random effects). `overlap_next` says whether neighbouring
    points are the same people: of the known customers asked at either, the share asked at both.

    Parameters
    ----------
    by_account : whether accounts are the unit (B2B).

    Returns
    -------
    EMOTION, by stage; stages without answers have no row.
    """
    answers = curve_answers(voices, model, by_account)
    order = [stage.id for stage in model.in_scope if stage.id in set(answers["stage"])]
    customers = {stage: _by_customer(answers[answers["stage"] == stage]) for stage in order}
    rows = [_stage_row(stage, answers[answers["stage"] == stage], customers[stage]) for stage in order]
    frame = with_dates(pd.DataFrame(rows, columns=list(EMOTION.columns)))
    frame["pooled"] = _pooled(customers) if len(frame) else frame["pooled"]
    frame["overlap_next"] = [_overlap(customers, stage, _next(model, stage)) for stage in order]
    return check(frame, EMOTION)


def curve_answers(voices: pd.DataFrame, model, by_account: bool) -> pd.DataFrame:
    """The answers the curve is made of, one row an answer: stage, customer, unit and feeling on −2 … +2."""
    return _one_wording(_scored_answers(voices, model, by_account))


def _scored_answers(voices, model, by_account):
    feeling = feelings(voices["score"], voices["scale_min"], voices["scale_max"])
    answers = pd.DataFrame({
        "stage": stage_ids(voices, model), "metric": voices["metric"], "wording_id": voices["wording_id"].fillna(""),
        "customer": speakers(voices), "is_known": voices["customer_id"].notna(), "unit": speaker_units(voices, by_account),
        "feeling": feeling, "said_at": voices["said_at"], "source": voices["source"],
    })  # fmt: skip
    usable = np.isfinite(feeling) & voices["metric"].isin(METRICS) & (voices["kind"] == "stated") & (answers["stage"] != "")
    return answers[usable]


def _one_wording(answers):
    if answers.empty:
        return answers
    asked = answers.groupby(["metric", "wording_id"]).agg(n_stages=("stage", "nunique"), n=("stage", "size")).reset_index()
    asked["preference"] = asked["metric"].map(METRICS.index)
    best = asked.sort_values(["n_stages", "n", "preference", "wording_id"], ascending=[False, False, True, True]).iloc[0]
    return answers[(answers["metric"] == best["metric"]) & (answers["wording_id"] == best["wording_id"])]


def _by_customer(answers):
    return answers.groupby("customer", sort=True).agg(feeling=("feeling", "mean"), unit=("unit", "first"), is_known=("is_known", "any"))


def _stage_row(stage, answers, customers):
    mean = t_interval(customers["feeling"], customers["unit"], within=ENDS)
    row = {"stage": stage, "metric": answers["metric"].iloc[0], "wording_id": answers["wording_id"].iloc[0],
           "n_answers": len(answers), "n": mean.n, "mean": mean.mean, "lo": mean.lo, "hi": mean.hi}  # fmt: skip
    dates = {"first_on": answers["said_at"].min(), "last_on": answers["said_at"].max()}
    return row | dict(zip(CLASSES, _strip(customers["feeling"]), strict=True)) | dates | {"sources": join_sources(answers["source"])}


def _strip(feeling):
    """Shares of the five classes; an answer on an edge belongs to the outer class, on both sides alike."""
    values = feeling.to_numpy().round(9)
    outwards = np.where(values <= 0, np.searchsorted(EDGES, values, side="left"), np.searchsorted(EDGES, values, side="right"))
    inner = np.abs(values) <= EDGES[2]
    return np.bincount(np.where(inner, 2, outwards), minlength=5) / len(values)


def _pooled(customers):
    counts = np.array([len(rows) for rows in customers.values()])
    means = [mean_of(rows["feeling"]) for rows in customers.values()]
    squares = np.array([math.fsum((rows["feeling"] - mean) ** 2) for mean, rows in zip(means, customers.values(), strict=True)])
    freedom = counts.sum() - len(counts)
    common = squares.sum() / freedom if freedom > 0 else 0.0
    own = squares / np.maximum(counts - 1, 1)
    spread = np.where((counts >= FEW) & (own > 0), own, common)
    return pool(means, spread / counts)


def _next(model, stage):
    ids = [stage.id for stage in model.in_scope]
    place = ids.index(stage) + 1
    return ids[place] if place < len(ids) else None


def _overlap(customers, stage, next_stage):
    if next_stage not in customers:
        return np.nan
    here, there = (set(rows.index[rows["is_known"]]) for rows in (customers[stage], customers[next_stage]))
    return len(here & there) / len(here | there) if here and there else np.nan
