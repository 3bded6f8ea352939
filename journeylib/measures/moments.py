"""Moments of truth: the stage whose feeling goes most with how the journey ends (practice C4).

An association, not an effect: those who end well may also remember a stage more kindly.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats as distributions

from journeylib.measures.emotion import FEW, curve_answers
from journeylib.measures.places import speakers
from journeylib.schema import MOMENTS, check

#: Customers needed: thirty, or ten a stage.
FEWEST, FEWEST_PER_STAGE = 30, 10
#: A stage is compared where at least this share of those with an outcome judged it.
ASKED_SHARE = 0.5
N_DRAWS, CERTAIN, ALPHA = 1000, 0.975, 0.05


def moments(voices: pd.DataFrame, model, *, journeys: pd.DataFrame | None = None, by_account: bool = False, seed=0) -> pd.DataFrame:
    """How much the feeling of each stage weighs in the outcome, by relative weights with a bootstrap by unit.

    The outcome is the customer's latest recommendation (NPS, 0–10); where too few have one, whether the journey was won or lost.
    Stages judged by at least half of those with an outcome are compared, on customers who judged all of them, and only where
    that is at least half of the curve's judged stages. A stage is the moment of truth where its weight goes with a better outcome,
    all stages together explain more than chance does (F-test, 5 %), its interval lies above the runner-up's weight, and it weighs
    most in 97.5 % of the draws.

    Returns
    -------
    MOMENTS, by stage; empty where too few judged enough stages and have an outcome.
    """
    answers = curve_answers(voices, model, by_account)
    if answers.empty:
        return check(pd.DataFrame(columns=list(MOMENTS.columns)), MOMENTS)
    felt = answers.pivot_table(index="customer", columns="stage", values="feeling", aggfunc="mean")
    units = answers.drop_duplicates("customer").set_index("customer")["unit"]
    spoke = pd.Index(speakers(voices.sort_values("voice_id", kind="stable"))).unique()
    units = units.reindex(spoke[spoke.isin(units.index)])  # in the order of the voices: pseudonyms differ with the salt
    judged = [stage.id for stage in model.in_scope if stage.id in felt and felt[stage.id].count() >= FEW]
    for name, outcome in (("nps", recommendations(voices, answers)), ("won", _won(journeys, units, voices))):
        chosen = _complete(felt[judged], outcome)
        if chosen is not None:
            return check(_weigh(chosen[0], chosen[1], units, name, seed), MOMENTS)
    return check(pd.DataFrame(columns=list(MOMENTS.columns)), MOMENTS)


def relative_weights(among: np.ndarray, with_outcome: np.ndarray) -> np.ndarray:
    """Johnson's relative weights from correlations among predictors (… × p × p) and with the outcome (… × p).

    With Λ = V √D Vᵀ the root of the correlations, β = Λ⁻¹ r; weight_j = Σ_k Λ²_jk β²_k. They add up to R² (Johnson 2000).

    >>> relative_weights(np.eye(2), np.array([0.6, 0.3])).round(2).tolist()
    [0.36, 0.09]
    """
    values, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.clip(values, 1e-12, None))
    root = (vectors * roots[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    inverse = (vectors / roots[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    beta = inverse @ with_outcome[..., None]
    return (root**2 @ beta**2)[..., 0]


def recommendations(voices: pd.DataFrame, answers: pd.DataFrame | None = None) -> pd.Series:
    """Customer → latest answer to the recommendation question; none where the curve itself is made of those answers."""
    if answers is not None and len(answers) and answers["metric"].iloc[0] == "nps":
        return pd.Series(dtype="float64")
    asked = voices[(voices["metric"] == "nps") & (voices["kind"] == "stated") & voices["score"].notna()].sort_values(["said_at", "voice_id"], kind="stable")
    return pd.Series(asked["score"].astype(float).to_numpy(), index=speakers(asked)).groupby(level=0).last()


def _won(journeys, units, voices):
    """Customer → 1 where the journey was won, 0 where it was lost; open and dormant ones have no end yet."""
    if journeys is None:
        return pd.Series(dtype="float64")
    ended = journeys[journeys["state"].isin(["won", "lost"])].assign(won=lambda rows: (rows["state"] == "won").astype(float))
    ids = pd.concat([ended[[name, "won"]].dropna().set_axis(["id", "won"], axis=1) for name in ("customer_id", "account_id")])
    by_id = ids.groupby("id")["won"].max()
    account = voices.dropna(subset=["customer_id"]).drop_duplicates("customer_id").set_index("customer_id")["account_id"]
    own = pd.Series(units.index.map(by_id), index=units.index, dtype="float64")
    return own.fillna(pd.Series(units.index.map(account).map(by_id), index=units.index, dtype="float64")).dropna()


def _complete(felt, outcome):
    """Customers who judged every compared stage and have an outcome that varies, and their outcomes; None where too few."""
    known = felt.reindex(felt.index.intersection(outcome.index))
    if len(known) < FEWEST:
        return None
    compared = [stage for stage in felt if known[stage].count() >= ASKED_SHARE * len(known)]
    whole = known[compared].dropna()
    enough = len(whole) >= max(FEWEST, FEWEST_PER_STAGE * len(compared))
    if len(compared) < 2 or 2 * len(compared) < felt.shape[1] or not enough:
        return None
    ends = outcome.reindex(whole.index)
    varies = ends.nunique() > 1 and (whole.nunique() > 1).all()
    return (whole.sort_index(), ends.sort_index()) if varies else None


def _weigh(felt, outcome, units, name, seed):
    order = units.index[units.index.isin(felt.index)]
    felt, outcome = felt.reindex(order), outcome.reindex(order)
    values = np.column_stack([felt.to_numpy(), outcome.to_numpy()])
    n, n_stages = felt.shape
    weights, correlation = _of_draw(values, np.ones((1, n)))
    drawn, _ = _of_draw(values, _draws(units.reindex(felt.index), seed))
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    weight, explained = weights[0], weights[0].sum()
    lo, hi = np.percentile(drawn, [2.5, 97.5], axis=0)
    p_first = np.bincount(drawn.argmax(axis=1), minlength=n_stages) / len(drawn)
    f = explained / n_stages / max((1 - explained) / (n - n_stages - 1), 1e-12)
    certain = distributions.f.sf(f, n_stages, n - n_stages - 1) <= ALPHA
    top, runner_up = weight.argmax(), np.sort(weight)[-2]
    is_moment = (np.arange(n_stages) == top) & certain & (lo > runner_up) & (p_first >= CERTAIN) & (correlation[0] > 0)
    return pd.DataFrame({"stage": list(felt.columns), "outcome": name, "weight": weight, "lo": lo, "hi": hi, "correlation": correlation[0],
                         "explained": explained, "n": n, "p_first": p_first, "is_moment": is_moment})  # fmt: skip


def _draws(units, seed):
    """How often each customer is in each draw: whole units are drawn, with replacement."""
    codes = pd.factorize(units)[0]
    n_units = codes.max() + 1
    return np.random.default_rng(seed).multinomial(n_units, np.full(n_units, 1 / n_units), size=N_DRAWS)[:, codes].astype(float)


def _of_draw(values, counts):
    """Relative weights and correlations with the outcome (the last column) of each draw."""
    total = counts.sum(axis=1, keepdims=True)
    mean = counts @ values / total
    second = np.einsum("bn,ni,nj->bij", counts, values, values, optimize=True) / total[..., None]
    covariance = second - mean[:, :, None] * mean[:, None, :]
    spread = np.sqrt(np.einsum("bii->bi", covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = covariance / spread[:, :, None] / spread[:, None, :]
    usable = np.isfinite(correlation).all(axis=(1, 2))
    weights = np.full((len(counts), values.shape[1] - 1), np.nan)
    weights[usable] = relative_weights(correlation[usable][:, :-1, :-1], correlation[usable][:, :-1, -1])
    return weights, correlation[:, :-1, -1]
