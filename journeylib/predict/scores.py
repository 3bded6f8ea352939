"""How good predicted chances are: Brier score and skill, the area under the curve, calibration, each with an interval by unit (practice C10)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from journeylib.measures.stats import LEVEL, z_value

#: Times the units are drawn anew for an interval.
DRAWS = 400
_AT_ONCE = 40


class Interval(NamedTuple):
    """A number and its 95 % interval."""

    value: float
    lo: float
    hi: float


def brier(p, y) -> float:
    """Mean squared difference of chance and outcome (Brier 1950); p̄(1 − p̄) for who always says the base rate p̄."""
    return float(np.mean((np.asarray(p, dtype=float) - np.asarray(y, dtype=float)) ** 2))


def auc(p, y, weight=None) -> float:
    """The chance that of one who did and one who did not, the one who did was given the higher chance; ties count half (Mann & Whitney 1947).

    >>> auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    weight = np.ones((1, len(p))) if weight is None else np.atleast_2d(weight)
    return float(_areas(np.asarray(p), np.asarray(y), weight)[0])


def _areas(p, y, weight):
    """The area for each row of weights."""
    order = np.argsort(p, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(p[order]) != 0])
    yes, no = (np.add.reduceat(weight[:, order] * kind[order], starts, axis=1) for kind in (y == 1, y != 1))
    below = np.cumsum(no, axis=1) - no
    with np.errstate(invalid="ignore", divide="ignore"):
        return (yes * (below + no / 2)).sum(axis=1) / (yes.sum(axis=1) * no.sum(axis=1))


def compare_chances(p, p_rule, y, unit, rng: np.random.Generator) -> dict[str, Interval]:
    """Skill of the model and of a one-variable rule over the base rate, the model's gain over the rule, and its area; by unit.

    skill = 1 − B / (p̄(1 − p̄)), with p̄ the share that came true in the test itself; gain = (B_rule − B) / (p̄(1 − p̄)).
    Intervals: units drawn anew `DRAWS` times, the middle 95 %.

    Returns
    -------
    `skill`, `rule_skill`, `gain`, `auc`.
    """
    y, unit = np.asarray(y, dtype=float), np.unique(unit, return_inverse=True)[1]
    off, off_rule = (np.asarray(p) - y) ** 2, (np.asarray(p_rule) - y) ** 2
    drawn = {name: [] for name in ("skill", "rule_skill", "gain", "auc")}
    n_units = unit.max() + 1
    for _ in range(0, DRAWS, _AT_ONCE):
        weight = np.stack([np.bincount(rng.integers(n_units, size=n_units), minlength=n_units)[unit] for _ in range(_AT_ONCE)]).astype(float)
        for name, values in _compared(off, off_rule, np.asarray(p), y, weight).items():
            drawn[name].append(values)
    whole = _compared(off, off_rule, np.asarray(p), y, np.ones((1, len(y))))
    return {name: Interval(float(whole[name][0]), *map(float, np.nanquantile(np.concatenate(values), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])))
            for name, values in drawn.items()}  # fmt: skip


def _compared(off, off_rule, p, y, weight):
    total = weight.sum(axis=1)
    rate = weight @ y / total
    base = rate * (1 - rate)
    with np.errstate(invalid="ignore", divide="ignore"):
        model, rule = (weight @ values / total / np.where(base > 0, base, np.nan) for values in (off, off_rule))
    return {"skill": 1 - model, "rule_skill": 1 - rule, "gain": rule - model, "auc": _areas(p, y, weight)}


def calibration(p, y, unit) -> tuple[Interval, Interval]:
    """Intercept and slope of the outcomes over the log odds of the chances; 0 and 1 where chances are right (Van Calster et al. 2019).

    The intercept is that of the model with slope 1: over 0, too little was promised. Intervals from the sandwich variance by unit.
    """
    score, y = logit(np.clip(p, 1e-9, 1 - 1e-9)), np.asarray(y, dtype=float)
    unit = np.unique(unit, return_inverse=True)[1]
    ones = np.ones((len(y), 1))
    return _fit(ones, y, score, unit)[0], _fit(np.column_stack([ones[:, 0], score]), y, np.zeros(len(y)), unit)[1]


def _fit(x, y, offset, unit):
    """Maximum likelihood of a small logistic model, with the interval of each number."""
    b = np.zeros(x.shape[1])
    for _ in range(60):
        p = expit(offset + x @ b)
        curve = (x * (p * (1 - p))[:, None]).T @ x + 1e-9 * np.eye(len(b))
        step = np.linalg.solve(curve, x.T @ (y - p))
        b = b + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    p = expit(offset + x @ b)
    by_unit = np.stack([np.bincount(unit, weights=column * (y - p)) for column in x.T], axis=1)
    bread = np.linalg.inv((x * (p * (1 - p))[:, None]).T @ x + 1e-9 * np.eye(len(b)))
    error = np.sqrt(np.diag(bread @ (by_unit.T @ by_unit) @ bread))
    return [Interval(float(value), float(value - z_value() * e), float(value + z_value() * e)) for value, e in zip(b, error, strict=True)]
