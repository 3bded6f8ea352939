"""What must not be predicted from: columns that know the outcome, because they were filled in with it or after it.

A feature made of dated events up to the landmark cannot look ahead, as long as the dates are true. Refused are

- `undated`: a column of which nobody knows when it was filled in (a customer's segment or role may have changed with the purchase);
- `is_outcome`: a touchpoint that is the purchase or the loss itself;
- `comes_after`: a touchpoint that in nine journeys of ten comes with the outcome or after it;
- `too_good`: a single column that all but gives the outcome away;
- `alone_best`: an undated column that alone says far more than five or more others together.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.passages import NEVER
from journeylib.predict.logistic import fit_logistic
from journeylib.predict.outcomes import Outcomes
from journeylib.predict.scores import auc

REASONS = ("undated", "is_outcome", "comes_after", "too_good", "alone_best")
#: From this area on one column alone is too good; so is a level in which the rarer outcome is as sure as this.
TOO_GOOD_AUC, SURE, LEAST_ROWS = 0.97, 0.98, 50
#: Share of the journeys in which a touchpoint comes with the outcome or later.
AFTER_SHARE, LEAST_MET = 0.9, 10
#: By how much the area of an undated column alone must be over that of all the others together, and how many others there must be.
ALONE_BY, LEAST_OTHERS = 0.15, 5
#: Columns of customers that carry no date.
_UNDATED = ("role", "segment", "persona", "has_consent")
_RIDGE = 10.0
_MOST_LEVELS = 50


def undated_columns(customers: pd.DataFrame) -> dict[str, str]:
    """The columns of customers that hold anything, each with why it is not looked at."""
    return {f"column:{name}": "undated" for name in _UNDATED if name in customers and customers[name].notna().any()}


def leaking_touchpoints(found: Outcomes, log: EventLog) -> dict[str, str]:
    """Touchpoints that are the outcome, or come with it or after it, as features `touchpoint:…` with their reason."""
    h = found.history
    codes, refused = h.events["touchpoint"].to_numpy(), {}
    outcome_us = found.won_us if found.target == "buy" else found.lost_us
    decided = np.zeros(len(codes), dtype=bool) if found.target == "leave" and found.is_by_silence else _is_outcome(found)
    for code in np.unique(codes[codes >= 0]):
        name = f"touchpoint:{log.names['touchpoint'][code]}"
        here = codes == code
        if (decided & here).sum() > here.sum() / 2:
            refused[name] = "is_outcome"
            continue
        first = h.first_where(here)
        both = (first < NEVER) & (outcome_us < NEVER)
        if both.sum() >= LEAST_MET and (first[both] >= outcome_us[both]).mean() >= AFTER_SHARE:
            refused[name] = "comes_after"
    return refused


def _is_outcome(found):
    """Events that are the outcome the target asks for."""
    h = found.history
    return h.has_outcome("won") | h.has_outcome("lost") if found.target == "buy" else h.has_outcome("lost")


def columns_too_good(x: np.ndarray, y: np.ndarray, names: Iterable[str]) -> dict[str, str]:
    """Columns of which one alone gives the outcome away: an area of 0.97 or more, or a value for which the rarer outcome is all but sure."""
    y = np.asarray(y)
    rare = y if y.mean() <= 0.5 else 1 - y
    return {name: "too_good" for name, column in zip(names, np.asarray(x).T, strict=True) if _is_too_good(column, rare)}


def _is_too_good(column, rare):
    area = auc(column, rare)
    if max(area, 1 - area) >= TOO_GOOD_AUC:
        return True
    levels, place = np.unique(column, return_inverse=True)
    if len(levels) > _MOST_LEVELS:
        edges = np.quantile(column, np.linspace(0, 1, _MOST_LEVELS + 1)[1:-1])
        place = np.searchsorted(edges, column)
    n, k = np.bincount(place), np.bincount(place, weights=rare)
    return bool(((n >= LEAST_ROWS) & (k >= SURE * n)).any() and rare.mean() < SURE)


def leaking_columns(table: pd.DataFrame, y: np.ndarray) -> dict[str, str]:
    """For a table without dates, one row a case, oldest first: the columns to refuse, each with its reason.

    A column is learnt from on the older half and judged on the younger. Texts stand for the rate of their level, missing ones for a
    level of their own, so that a column filled in only afterwards is found by being there at all.

    >>> y = np.tile([0, 1, 0, 0], 100)
    >>> leaking_columns(pd.DataFrame({"reason": np.where(y == 1, "left", None)}), y)
    {'reason': 'too_good'}
    """
    y = np.asarray(y, dtype=float)
    half = len(y) // 2
    x = np.column_stack([_as_rates(table[name], y, half) for name in table])
    refused = columns_too_good(x, y, table.columns)
    kept = [i for i, name in enumerate(table.columns) if name not in refused]
    for i in kept:
        others = [j for j in kept if j != i]
        if len(others) >= LEAST_OTHERS and _area_later(x[:, [i]], y, half) > _area_later(x[:, others], y, half) + ALONE_BY:
            refused[table.columns[i]] = "alone_best"
    return refused


def _as_rates(column, y, half):
    """A column as numbers: those of few values, and texts, by the share of the older half that came true, drawn to that of all."""
    numeric = pd.api.types.is_numeric_dtype(column) and column.nunique() > _MOST_LEVELS
    if numeric and column.notna().all():
        return column.to_numpy(dtype=float)
    edges = np.unique(np.nanquantile(column.to_numpy(dtype=float), np.linspace(0, 1, 11)[1:-1])) if numeric else None
    level = (
        pd.factorize(column, use_na_sentinel=False)[0]
        if edges is None
        else np.where(column.isna(), -1, np.searchsorted(edges, column.to_numpy(dtype=float))) + 1
    )
    n, k = (np.bincount(level[:half], weights=weight, minlength=level.max() + 1) for weight in (None, y[:half]))
    return ((k + 10 * y[:half].mean()) / (n + 10))[level]


def _area_later(x, y, half):
    return auc(fit_logistic(x[:half], y[:half], _RIDGE).chances(x[half:]), y[half:])
