"""Which need comes before which, and how surely; and which needs the overall score hangs on (practice C6)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import statsmodels.api as sm

from journeylib.measures.moments import recommendations

N_DRAWS = 1000
#: Customers who must have answered about all compared needs and overall.
FEWEST_DERIVED = 50
_ABOVE_NULL = 1 / math.sqrt(2 * math.pi)


def corrected_opportunity(opportunity: float, top_difference_se: float) -> float:
    """Opportunity less what max(I − S, 0) adds by chance when I = S: its expectation there is SE / √2π.

    >>> round(corrected_opportunity(6.59, 10 * (2 * 0.4 * 0.6 / 20) ** 0.5), 2)
    5.97
    """
    return opportunity - _ABOVE_NULL * top_difference_se


def outranking(answers: pd.DataFrame, gaps: pd.Series, seed) -> pd.Series:
    """Need → probability that its gap is wider than that of the need ranked next, by bootstrap of units.

    Parameters
    ----------
    answers : one row a need and customer who answered both, with `need_id`, `unit`, `difference`, in an order that hangs on no
        pseudonym: units are drawn in the order they come here, and pseudonyms differ with the salt.
    gaps : need → mean difference; the needs to rank.
    """
    order = gaps.dropna().sort_values(ascending=False, kind="stable").index
    if len(order) < 2:
        return pd.Series(dtype="float64")
    units = answers["unit"].unique()
    sums, counts = (answers.pivot_table(index="unit", columns="need_id", values="difference", aggfunc=how).reindex(index=units, columns=order).fillna(0).to_numpy()
                    for how in ("sum", "count"))  # fmt: skip
    n_units = len(units)
    times = np.random.default_rng(seed).multinomial(n_units, np.full(n_units, 1 / n_units), size=N_DRAWS)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = (times @ sums) / (times @ counts)
    above = drawn[:, :-1] - drawn[:, 1:]
    known = np.isfinite(above)
    share = (np.where(known, (above > 0) + 0.5 * (above == 0), 0).sum(axis=0)) / np.maximum(known.sum(axis=0), 1)
    return pd.Series(share, index=order[:-1])


def derived_importance(satisfaction: pd.DataFrame, units: pd.Series, voices: pd.DataFrame) -> pd.DataFrame:
    """Standardised slopes of the recommendation (NPS) on how well each need is met, all needs together, with intervals.

    Ordinary least squares on customers who answered about every need and gave a recommendation; standard errors by unit
    (HC3 where every customer is a unit). Needs that too few of those were asked about are left out of the comparison.

    Parameters
    ----------
    satisfaction : customer × need, the scores.

    Returns
    -------
    By need: derived, derived_lo, derived_hi, n_derived; empty where fewer than fifty customers answered it all.
    """
    overall = recommendations(voices)
    known = satisfaction.reindex(satisfaction.index.intersection(overall.index))
    compared = [need for need in known if len(known) and known[need].count() >= len(known) / 2]
    whole = known[compared].dropna()
    outcome = overall.reindex(whole.index)
    if len(whole) < FEWEST_DERIVED or not compared or outcome.nunique() < 2 or (whole.nunique() < 2).any():
        return pd.DataFrame(columns=["derived", "derived_lo", "derived_hi", "n_derived"])
    fitted = _fit((whole - whole.mean()) / whole.std(), (outcome - outcome.mean()) / outcome.std(), units.reindex(whole.index))
    ends = fitted.conf_int()
    return pd.DataFrame({"derived": fitted.params, "derived_lo": ends[0], "derived_hi": ends[1], "n_derived": len(whole)}).drop(index="const")


def _fit(predictors, outcome, units):
    model = sm.OLS(outcome, sm.add_constant(predictors))
    codes = pd.factorize(units)[0]
    if codes.max() + 1 == len(codes):
        return model.fit(cov_type="HC3", use_t=True)
    return model.fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
