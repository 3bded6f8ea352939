"""Did the changed group move more than a comparable one did? Difference-in-differences (practice C9 c).

(after − before of the changed) − (after − before of the others): whatever moved both is nobody's effect. The time
series of each unit is first collapsed to two numbers, its means before and after: months of one unit resemble one another,
and counted one by one they cry effect far too often (Bertrand, Duflo & Mullainathan 2004).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats as distributions

from journeylib.effects.autoregression import fit_line
from journeylib.effects.randomised import difference_of_means
from journeylib.effects.record import Effect, cannot_judge, series_of
from journeylib.measures.stats import LEVEL

#: Periods before the change that are needed to see whether the groups already moved apart.
N_FOR_TREND = 6
TREND_P = 0.01
#: Fewer changed or unchanged units than this are taken together instead, and seen period by period.
N_UNITS = 3
#: Periods that are needed to see how alike neighbouring ones are.
N_FOR_ERRORS = 12


def collapsed_differences(panel: pd.DataFrame, *, start, higher_is_better: bool = True) -> Effect:
    """Several changed and several unchanged units (shops, regions, accounts), each seen before and after.

    Parameters
    ----------
    panel : columns `unit`, `at` (sortable), `value`, `is_changed` (bool, the same throughout for a unit).
    start : the first moment after the change.

    Returns
    -------
    Effect: Welch's test between the groups' own differences; units without a value on either side are left out.
    """
    after = panel["at"] >= start
    means = panel.assign(after=after).pivot_table(index=["is_changed", "unit"], columns="after", values="value")
    if means.shape[1] < 2:
        return cannot_judge("group_differences", "nothing_before")
    moved = (means[True] - means[False]).dropna()
    groups = [moved[moved.index.get_level_values(0) == changed].to_numpy() for changed in (True, False)]
    if min(map(len, groups)) < 2:
        return cannot_judge("group_differences", "no_one_to_compare")
    d, lo, hi, p = difference_of_means(*groups)
    changed = means.xs(True, level=0)
    found = Effect("group_differences", changed[False].mean(), changed[True].mean(), d, lo, hi, p, len(moved), series=_group_series(panel, after))
    return found.judged(higher_is_better)


def _group_series(panel, after):
    by_group = panel.pivot_table(index="at", columns="is_changed", values="value")
    first_after = panel["at"][after].min()
    return _shifted_series(by_group[True], by_group[False], by_group.index >= first_after)


def _shifted_series(changed, other, is_after):
    """What the changed group would have shown had it kept its distance to the other."""
    expected = other + (changed - other)[~is_after].mean()
    return series_of(changed.index, changed.to_numpy(), expected.to_numpy(), np.nan, np.nan, np.asarray(is_after))


def difference_of_series(changed: pd.DataFrame, other: pd.DataFrame, *, higher_is_better: bool = True) -> Effect:
    """Two groups seen period by period, in each period other customers than in the last.

    The distance between them, period by period, is a series that nothing common moves. Before and after are compared by
    their means, weighted by how precisely each period is known. Neighbouring periods resemble one another, so the error is that of
    a regression with AR(1) errors; with fewer than twelve periods it is the spread of the periods, and never less than chance among the
    customers gives. Groups that were moving apart before the change cannot be compared.

    Parameters
    ----------
    changed, other : indexed alike by period, with columns `value`, `error` (standard error of the value), `n`, `is_after`.
    """
    both = changed.join(other[["value", "error", "n"]], rsuffix="_other", how="inner").dropna(subset=["value", "value_other"])
    after = both["is_after"].to_numpy(bool)
    if min(after.sum(), (~after).sum()) < 1:
        return cannot_judge("differences", "nothing_after" if not after.any() else "nothing_before")
    d, variance = (both["value"] - both["value_other"]).to_numpy(), (both["error"] ** 2 + both["error_other"] ** 2).to_numpy()
    if _moved_apart(d[~after], variance[~after]):
        return cannot_judge("differences", "moved_apart")
    effect, lo, hi, p = (_step_among_neighbours if len(d) >= N_FOR_ERRORS else _step)(d, variance, after)
    levels = [np.average(both["value"][side], weights=both["n"][side]) for side in (~after, after)]
    n = int(both["n"].sum() + both["n_other"].sum())
    found = Effect("differences", *levels, effect, lo, hi, p, n, series=_shifted_series(both["value"], both["value_other"], after))
    return found.judged(higher_is_better)


def _step_among_neighbours(d, variance, after):
    """After − before with AR(1) errors, averaged over how alike neighbours may be: effect, interval, p."""
    weights = variance.mean() / variance if (variance > 0).all() else None
    line = fit_line(d, np.column_stack([np.ones(len(d)), after]).astype(float), [0, 1], weights=weights)
    return line.value, line.lo, line.hi, line.p


def _step(d, variance, after):
    """After − before where there are too few periods to see how alike neighbours are."""
    (before, error_before), (later, error_after) = (_weighted(d[side], variance[side]) for side in (~after, after))
    error, freedom = _error_of_step(d, variance, after, np.hypot(error_before, error_after))
    effect, half = later - before, distributions.t.ppf((1 + LEVEL) / 2, freedom) * error
    return effect, effect - half, effect + half, float(2 * distributions.t.sf(abs(effect) / error, freedom)) if error > 0 else np.nan


def _weighted(values, variance):
    """Mean weighted by precision (equal weights where a variance is nought), and its standard error from chance alone."""
    weight = 1 / variance if (variance > 0).all() else np.ones(len(values))
    share = weight / weight.sum()
    return float(share @ values), float(np.sqrt(share**2 @ variance))


def _error_of_step(d, variance, after, by_chance):
    """Standard error of after − before: from the spread between periods where there are enough, at least what chance gives."""
    sides = [(d[side], variance[side]) for side in (~after, after)]
    freedom = sum(len(values) for values, _ in sides) - 2
    if freedom < 4:
        return by_chance, np.inf
    squares, shares = 0.0, 0.0
    for values, spread in sides:
        weight = 1 / spread if (spread > 0).all() else np.ones(len(values))
        mean = weight @ values / weight.sum()
        squares += (weight / weight.mean()) @ (values - mean) ** 2
        shares += ((weight / weight.sum()) ** 2 / (weight / weight.mean())).sum()
    between = np.sqrt(squares / freedom * shares)
    return (between, freedom) if between > by_chance else (by_chance, np.inf)


def _moved_apart(d, variance):
    """Whether the distance between the groups already grew or shrank before the change."""
    if len(d) < N_FOR_TREND:
        return False
    if len(d) >= N_FOR_ERRORS:
        line = fit_line(d, np.column_stack([np.ones(len(d)), np.arange(len(d))]).astype(float), [0, 1], weights=variance.mean() / variance if (variance > 0).all() else None)
        return line.p < TREND_P
    line = distributions.linregress(np.arange(len(d)), d)
    chance = np.sqrt(np.mean(variance) / (len(d) * np.var(np.arange(len(d)))))
    error = max(line.stderr, chance)
    return error > 0 and 2 * distributions.t.sf(abs(line.slope) / error, len(d) - 2) < TREND_P
