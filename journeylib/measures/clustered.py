"""Differences between groups whose journeys share units: what both sides say of one account is one piece of evidence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm

from journeylib.measures.stats import z_value


class Difference(NamedTuple):
    """A difference with its interval and its two-sided p; the ends are missing where one unit alone stands behind it."""

    difference: float
    lo: float
    hi: float
    p: float


def difference_of_means(values, is_first, unit, stratum=None) -> Difference:
    """Mean of the first group minus that of the second, within strata, standard error by unit.

    d = Σ_s w_s (x̄₁ₛ − x̄₀ₛ) / Σ w_s with w_s = n₁ₛ n₀ₛ / (n₁ₛ + n₀ₛ) (Cochran's weights); strata with one group only do not
    count. Each value's influence is summed by unit: se² = U/(U − 1) Σ_u (Σ_i IF_i)².
    """
    rows = pd.DataFrame({"x": np.asarray(values, dtype=float), "first": np.asarray(is_first, dtype=bool), "unit": np.asarray(unit)})
    rows["stratum"] = 0 if stratum is None else np.asarray(stratum)
    n1, n0 = (rows["first"] == flag for flag in (True, False))
    n1, n0 = (flags.groupby(rows["stratum"]).transform("sum").astype(float) for flags in (n1, n0))
    rows, n1, n0 = (part[(n1 > 0) & (n0 > 0)] for part in (rows, n1, n0))
    if rows.empty:
        return Difference(np.nan, np.nan, np.nan, np.nan)
    mean = rows.groupby(["stratum", "first"])["x"].transform("mean")
    own = np.where(rows["first"], n1, n0)
    weight = n1 * n0 / (n1 + n0)
    total = float((weight / (n1 + n0)).sum())
    share = weight / total / own * np.where(rows["first"], 1.0, -1.0)
    difference = float((share * rows["x"]).sum())
    by_unit = (share * (rows["x"] - mean)).groupby(rows["unit"]).sum().to_numpy()
    return _with_interval(difference, by_unit)


def difference_of_shares(yes_first, unit_first, yes_second, unit_second) -> Difference:
    """Share among the first minus share among the second, which may hold the same units; standard error by unit."""
    values = np.concatenate([np.asarray(yes_first, dtype=float), np.asarray(yes_second, dtype=float)])
    is_first = np.arange(len(values)) < len(yes_first)
    return difference_of_means(values, is_first, np.concatenate([np.asarray(unit_first), np.asarray(unit_second)]))


def _with_interval(difference, by_unit) -> Difference:
    n_units = len(by_unit)
    if n_units < 2:
        return Difference(difference, np.nan, np.nan, np.nan)
    se = float(np.sqrt(n_units / (n_units - 1) * (by_unit**2).sum()))
    if se == 0:
        return Difference(difference, difference, difference, float(difference == 0))
    half = z_value() * se
    return Difference(difference, difference - half, difference + half, float(2 * norm.sf(abs(difference) / se)))
