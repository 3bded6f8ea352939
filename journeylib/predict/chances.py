"""Can it be predicted? Learnt on earlier landmarks, put to the test on later ones, against the base rate and the best one-variable rule (C10)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from journeylib.measures.stats import share_by_unit
from journeylib.predict.leaks import columns_too_good
from journeylib.predict.logistic import RIDGES, Logistic, fit_logistic, log_loss
from journeylib.predict.scores import Interval, calibration, compare_chances

#: Units with the outcome, and units without it, that each part must have.
LEAST_UNITS = 20
BANDS = 5
#: The ridge where the learning part is too short to choose one in time, and the one of a single feature.
_RIDGE, _RIDGE_OF_ONE = 10.0, 1.0
VERDICTS = ("predictable", "one_rule", "no_skill", "too_few", "not_checkable")


@dataclass(frozen=True)
class Rows:
    """One row a subject and landmark: features, whether it came true within the horizon, the unit and the landmark's number."""

    x: np.ndarray
    y: np.ndarray
    unit: np.ndarray
    landmark: np.ndarray

    def part(self, mask) -> Rows:
        """The rows where the mask holds."""
        return Rows(self.x[mask], self.y[mask], self.unit[mask], self.landmark[mask])

    def keep(self, columns: list[int]) -> Rows:
        """The rows with these features alone."""
        return Rows(self.x[:, columns], self.y, self.unit, self.landmark)

    @property
    def n_least(self) -> int:
        """Units with the outcome, or without it, whichever are fewer."""
        return min(self.n_of(value) for value in (0, 1))

    def n_of(self, value: int) -> int:
        """Units with the outcome (1), or without it (0)."""
        return len(np.unique(self.unit[self.y == value]))


@dataclass(frozen=True)
class Chances:
    """What came of trying to predict one outcome.

    Attributes
    ----------
    verdict : `predictable` (beats base rate and rule), `one_rule` (beats the base rate, and so does one feature alone), `no_skill`,
        `too_few`, `not_checkable`. Only of the first may a list be made.
    model, columns : fitted on all landmarks, and the places of its features among those given; None without a verdict.
    rule : the feature of the best one-variable rule.
    numbers : skill, rule_skill, gain, auc, intercept, slope: each with its interval.
    bands : for each fifth of the test by predicted chance, highest first: n, n_units, n_yes, mean chance, share, lo, hi, and the fifth's lowest chance.
    n, n_yes, base_rate : of the test. n_train : rows learnt from. too_good : refused features.
    scarce : of too few, `with` or `without` the outcome: which of the two there are too few of.
    """

    verdict: str
    model: Logistic | None = None
    columns: tuple[int, ...] = ()
    rule: int | None = None
    numbers: dict[str, Interval] = field(default_factory=dict)
    bands: tuple[dict, ...] = ()
    n: int = 0
    n_units: int = 0
    n_yes: int = 0
    n_train: int = 0
    too_good: dict[str, str] = field(default_factory=dict)
    scarce: str | None = None

    @property
    def base_rate(self) -> float:
        """The share of the test for which it came true."""
        return self.n_yes / self.n if self.n else np.nan


def predict_chances(train: Rows, test: Rows, names: tuple[str, ...], rng: np.random.Generator, *, least_units: int = LEAST_UNITS) -> Chances:
    """Learn on `train`, judge on `test`; `test` is looked at once.

    Parameters
    ----------
    names : of the features. rng : draws units for the intervals. least_units : with and without the outcome, in each part.
    """
    counts = {"n": len(test.y), "n_units": len(np.unique(test.unit)), "n_yes": int(test.y.sum()), "n_train": len(train.y)}
    if not len(train.y) or not len(test.y):
        return Chances("not_checkable", **counts)
    if min(train.n_least, test.n_least) < least_units:
        n_with, n_without = (min(part.n_of(value) for part in (train, test)) for value in (1, 0))
        return Chances("too_few", scarce="with" if n_with <= n_without else "without", **counts)
    too_good = columns_too_good(train.x, train.y, names)
    columns = [i for i, name in enumerate(names) if name not in too_good and train.x[:, i].std() > 1e-12]
    if not columns:
        return Chances("no_skill", too_good=too_good, **counts)
    learnt, asked = train.keep(columns), test.keep(columns)
    ridge = _choose_ridge(learnt)
    p = fit_logistic(learnt.x, learnt.y, ridge).chances(asked.x)
    rule, p_rule = _best_rule(learnt, asked)
    numbers = compare_chances(p, p_rule, asked.y, asked.unit, rng)
    numbers["intercept"], numbers["slope"] = calibration(p, asked.y, asked.unit)
    return Chances(_verdict(numbers), _refitted(learnt, asked, ridge), tuple(columns), columns[rule], numbers, _bands(p, asked), too_good=too_good, **counts)


def _verdict(numbers):
    if numbers["skill"].lo > 0 and numbers["gain"].lo > 0:
        return "predictable"
    return "one_rule" if numbers["rule_skill"].lo > 0 else "no_skill"


def _choose_ridge(train: Rows) -> float:
    """The ridge that does best on the last third of the landmarks learnt from, after learning on the others."""
    landmarks = np.unique(train.landmark)
    cut = landmarks[-max(1, len(landmarks) // 3)]
    early, late = train.part(train.landmark < cut), train.part(train.landmark >= cut)
    if min(early.n_least, late.n_least) < LEAST_UNITS // 2:
        return _RIDGE
    losses = [log_loss(fit_logistic(early.x, early.y, ridge).chances(late.x), late.y) for ridge in RIDGES]
    return RIDGES[int(np.argmin(np.round(losses, 9)))]


def _best_rule(train: Rows, test: Rows):
    """The one feature that fits best alone, and the chances it gives in the test."""
    fits = [fit_logistic(train.x[:, [i]], train.y, _RIDGE_OF_ONE) for i in range(train.x.shape[1])]
    losses = [log_loss(fit.chances(train.x[:, [i]]), train.y) for i, fit in enumerate(fits)]
    best = int(np.argmin(np.round(losses, 9)))
    return best, fits[best].chances(test.x[:, [best]])


def _refitted(train, test, ridge):
    """The model for people of today, learnt on every landmark whose outcome is known."""
    return fit_logistic(np.vstack([train.x, test.x]), np.r_[train.y, test.y], ridge)


def _bands(p, test) -> tuple[dict, ...]:
    """The test in fifths by chance; equal chances lie together."""
    edges = np.unique(np.quantile(np.round(p, 9), np.arange(1, BANDS) / BANDS))
    band = np.searchsorted(edges, np.round(p, 9), side="right")
    found = []
    for number in np.unique(band)[::-1]:
        here = band == number
        seen = share_by_unit(test.y[here] == 1, np.unique(test.unit[here], return_inverse=True)[1])
        found.append({"n": seen.n, "n_units": seen.n_units, "n_yes": seen.n_yes, "chance": float(p[here].mean()), "share": seen.rate, "lo": seen.lo, "hi": seen.hi,
                      "from_chance": float(p[here].min())})  # fmt: skip
    return tuple(found)
