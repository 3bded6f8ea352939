"""Did the change work, where groups met it at different times? Group-time effects (practice C9 c).

A plain regression on group and period takes those who changed early as comparison for those who change late, and is wrong where an effect
grows. Here a group is only ever compared with groups that have not met the change yet (Callaway & Sant'Anna 2021).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats as distributions

from journeylib.effects.record import Effect, Reason, cannot_judge, series_of
from journeylib.measures.stats import LEVEL

#: Fewer groups cannot tell chance from effect: their starts can be dealt out in too few ways.
N_GROUPS = 6


def group_time_effects(panel: pd.DataFrame, *, rng: np.random.Generator, n_draws: int = 400, n_base: int | None = 1, higher_is_better: bool = True) -> Effect:
    """Units that change at different moments, against those that have not changed yet.

    ATT(g, t) = mean over units of cohort g of (y_t − y_{g−1}) − the same of units not changed by t; averaged over all t ≥ g with the
    cohorts' sizes as weights. The error comes from dealing the starts out anew among the units, the effect taken away first: a bootstrap
    over few units is too narrow.

    Parameters
    ----------
    panel : columns `unit`, `period` (consecutive ints), `value`, `changed_in` (the unit's first whole period after; missing = never). A
        missing value is left out.
    rng : deals out the starts. n_base : how many of the last periods before g the level is taken from; None = all of them.
    """
    wide = panel.pivot(index="unit", columns="period", values="value")
    cohort = panel.drop_duplicates("unit").set_index("unit")["changed_in"].reindex(wide.index).astype(float).to_numpy()
    values, periods = wide.to_numpy(dtype=float), wide.columns.to_numpy()
    if len(values) < N_GROUPS:
        return cannot_judge("staggered", "too_few_controls", n=len(values), least=N_GROUPS)
    effect = _average_att(values, cohort, periods, n_base)
    if np.isnan(effect):
        return cannot_judge("staggered", "no_one_to_compare")
    is_later = periods[None, :] >= np.where(np.isfinite(cohort), cohort, np.inf)[:, None]
    placebos = _placebos(values - effect * is_later, cohort, periods, n_base, rng, n_draws)
    error, freedom = float(np.sqrt(np.mean(placebos**2))), len(values) - 1
    half = distributions.t.ppf((1 + LEVEL) / 2, freedom) * error
    p = float(2 * distributions.t.sf(abs(effect) / error, freedom)) if error > 0 else np.nan
    mine = np.isfinite(cohort)[:, None] & np.isfinite(values)
    levels = values[mine & ~is_later].mean(), values[mine & is_later].mean()
    series = _series(values, cohort, periods, n_base)
    found = Effect("staggered", *levels, effect, effect - half, effect + half, p, len(values), reasons=(Reason("staggered"),), series=series)
    return found.judged(higher_is_better)


def _placebos(values, cohort, periods, n_base, rng, n_draws) -> np.ndarray:
    """The same sums with the starts dealt out anew among the units."""
    found = np.array([_average_att(values, rng.permutation(cohort), periods, n_base) for _ in range(n_draws)])
    return found[np.isfinite(found)]


def _average_att(values, cohort, periods, n_base) -> float:
    found = np.array([(moved, n) for _, moved, n in _group_times(values, cohort, periods, n_base)])
    return float(np.average(found[:, 0], weights=found[:, 1])) if len(found) else np.nan


def _group_times(values, cohort, periods, n_base):
    """Of each cohort and each period since it changed: the period's place, ATT(g, t), and how many units."""
    for g in np.unique(cohort[np.isfinite(cohort)]):
        before = np.flatnonzero(periods < g)[-n_base if n_base else None :]
        if not len(before):
            continue
        moved = values - _means(values[:, before])[:, None]
        mine = cohort == g
        for t in np.flatnonzero(periods >= g):
            others = ~(cohort <= periods[t])
            ours, theirs = (moved[who, t][np.isfinite(moved[who, t])] for who in (mine, others))
            if len(ours) and len(theirs):
                yield t, ours.mean() - theirs.mean(), len(ours)


def _means(values):
    known = np.isfinite(values)
    n = known.sum(axis=1)
    return np.divide(np.where(known, values, 0).sum(axis=1), n, out=np.full(len(values), np.nan), where=n > 0)


def _series(values, cohort, periods, n_base):
    """By period: the mean of the groups that changed at some time, and the same less the effect that period holds."""
    mine = np.isfinite(cohort)
    observed = _means(values[mine].T)
    gained = np.zeros(len(periods))
    for t, moved, n in _group_times(values, cohort, periods, n_base):
        gained[t] += moved * n / mine.sum()
    return series_of(periods, observed, observed - gained, np.nan, np.nan, periods >= np.nanmin(cohort))
