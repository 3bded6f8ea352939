"""Did one long series break when the change came? Interrupted time series, with or without untouched series beside it (practice C9 e).

y = β₀ + β₁t + β₂D + β₃D(t − t₀) + season + special days + e, with AR(1) errors. The effect is what β₂ and β₃ say of the
periods after the change, on average: the distance to the line that would have gone on. Untouched series that moved along
before take the place of trend and season: then they are the counterfactual.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.effects.autoregression import fit_line
from journeylib.effects.nordic import special_shares
from journeylib.effects.record import Effect, Reason, cannot_judge, series_of

#: Shorter series before the change have no trend or season of their own to take away.
N_BEFORE, N_AFTER = 24, 3
YEAR_DAYS = 364
#: Untouched series that do not tell at least this much of the course before are no counterfactual.
_LEAST_R2 = 0.3
#: An effect that as large a share of the placebo dates shows is nothing unusual for this series.
PLACEBO_SHARE = 0.1
_N_FOR_PLACEBOS = 10


def interrupted_series(values, is_after, *, first_days: pd.DatetimeIndex | None = None, n_days: int = 7, country: str = "SE", controls=None,
                       weights=None, n: int | None = None, n_before_least: int = N_BEFORE, higher_is_better: bool = True) -> Effect:  # fmt: skip
    """The effect of a change on one series.

    Parameters
    ----------
    values : (t,), one a period. is_after : (t,) bool, False … False True … True.
    first_days : the periods' first days; with them season and special days are taken away, and a gap between periods is known.
    n_days : length of a period. country : SE, DK or NO.
    controls : (t, c) untouched series; then no trend and no season are fitted beside them.
    weights : (t,) how much each point is worth: the customers behind it.

    Returns
    -------
    Effect of design `interrupted`, or `controlled_series` with controls; placebo dates among the reasons.
    """
    values, is_after = np.asarray(values, dtype=float), np.asarray(is_after, dtype=bool)
    design = "interrupted" if controls is None else "controlled_series"
    if (~is_after).sum() < n_before_least:
        return cannot_judge(design, "short_before", n=int((~is_after).sum()), least=n_before_least)
    if is_after.sum() < N_AFTER:
        return cannot_judge(design, "nothing_after")
    at = np.arange(len(values)) if first_days is None else ((first_days - first_days[0]).days // n_days).to_numpy()
    base, reasons = _course(at, is_after, first_days, n_days, country, controls)
    if controls is not None and _explained(values[~is_after], base[~is_after]) < _LEAST_R2:
        return cannot_judge(design, "controls_unlike")
    line, x, steps = _fit(values, base, at, is_after, weights, with_slope=controls is None)
    share, n_dates = placebo_dates(values, base, at, is_after, weights, abs(line.value) / line.error, controls is None)
    if n_dates >= _N_FOR_PLACEBOS:
        reasons.append(Reason("placebo_dates", {"n": round(share * n_dates), "of": n_dates}))
    expected, half = x[:, :-steps] @ line.coefficients[:-steps], (line.hi - line.lo) / 2
    series = series_of(at if first_days is None else first_days, values, expected, np.where(is_after, expected - half, np.nan),
                       np.where(is_after, expected + half, np.nan), is_after)  # fmt: skip
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    before, after = (float(np.average(values[side], weights=weight[side])) for side in (~is_after, is_after))
    found = Effect(design, before, after, line.value, line.lo, line.hi, line.p, len(values) if n is None else n, reasons=tuple(reasons), series=series).judged(higher_is_better)
    if found.verdict != "no_effect" and n_dates >= _N_FOR_PLACEBOS and share > PLACEBO_SHARE:
        return Effect(**{**vars(found), "verdict": "no_effect", "reasons": (*reasons, Reason("placebo_as_large"))})
    return found


def placebo_dates(values, base, at, is_after, weights, size, with_slope) -> tuple[float, int]:
    """Share of dates before the change at which the same sums find as large a step (|effect| / error), and how many dates were tried."""
    before = np.flatnonzero(~is_after)
    n_after = min(int(is_after.sum()), max(len(before) // 4, N_AFTER))
    least = max(base.shape[1] + 4, len(before) // 3)
    dates = before[least : len(before) - n_after + 1]
    dates = dates[:: max(1, len(dates) // 25)]
    found = []
    for date in dates:
        rows = slice(0, date + n_after)
        columns = _alive(base[rows], at[rows] >= at[date])
        line = _fit(values[rows], base[rows][:, columns], at[rows], np.arange(date + n_after) >= date, None if weights is None else weights[rows], with_slope)[0]
        found.append(abs(line.value) / line.error >= size)
    return (float(np.mean(found)), len(found)) if found else (0.0, 0)


def _course(at, is_after, first_days, n_days, country, controls):
    """The columns of what would have gone on anyway, and what of the season could not be taken away."""
    if controls is not None:
        controls = np.asarray(controls, dtype=float).reshape(len(at), -1)
        return np.column_stack([np.ones(len(at)), (controls - controls.mean(axis=0)) / controls.std(axis=0)]), []
    columns, reasons = [np.ones(len(at)), at / at.max()], []
    if first_days is not None:
        season, reasons = _season(first_days, n_days, country, is_after)
        columns += season
    base = np.column_stack(columns)
    return base[:, _alive(base, is_after)], reasons


def _season(first_days, n_days, country, is_after):
    """Months where two years came before, two waves a year where one did, and the special days that came before, too."""
    days_before = int((~is_after).sum()) * n_days
    if days_before < YEAR_DAYS:
        return [], [Reason("season_not_removed")]
    middle = first_days + pd.Timedelta(days=n_days / 2)
    if days_before >= 2 * YEAR_DAYS:
        columns = [(middle.month == month).astype(float) for month in range(2, 13)]
    else:
        angle = 2 * np.pi * middle.dayofyear.to_numpy() / 365.25
        columns = [wave(angle * k) for k in (1, 2) for wave in (np.sin, np.cos)]
    shares = special_shares(first_days, n_days, country).drop(columns="july" if days_before >= 2 * YEAR_DAYS else [])
    reasons = [Reason("special_only_after", {"kind": kind}) for kind in shares if shares.loc[is_after, kind].any() and not shares.loc[~is_after, kind].any()]
    known = [kind for kind in shares if shares.loc[~is_after, kind].any() and shares.loc[is_after, kind].any()]
    return columns + [shares[kind].to_numpy() for kind in known], reasons


def _alive(base, is_after):
    """Columns that vary before the change and are no mixture of those before them."""
    keep = []
    for column in range(base.shape[1]):
        trial = base[~is_after][:, [*keep, column]]
        if np.linalg.matrix_rank(trial / np.maximum(np.abs(trial).max(axis=0), 1e-12)) == len(keep) + 1:
            keep.append(column)
    return keep


def _fit(values, base, at, is_after, weights, with_slope):
    """The step (and change of slope) after the change beside the course, and the line of its mean effect."""
    since = np.where(is_after, at - at[is_after][0], 0) / max(at[-1], 1)
    steps = [is_after.astype(float)] + ([since] if with_slope and is_after.sum() > N_AFTER else [])
    x = np.column_stack([base, *steps])
    combination = np.zeros(x.shape[1])
    combination[base.shape[1]] = 1
    if len(steps) == 2:
        combination[-1] = since[is_after].mean()
    return fit_line(values, x, combination, at=at, weights=weights), x, len(steps)


def _explained(values, base):
    residual = values - base @ np.linalg.lstsq(base, values, rcond=None)[0]
    return 1 - (residual**2).sum() / max(((values - values.mean()) ** 2).sum(), 1e-300)
