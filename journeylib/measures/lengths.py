"""Is the journey to each offer short, medium, long or too long? Held against the client's limit and the other offers (M011)."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US
from journeylib.measures.passages import moments
from journeylib.measures.time_to_purchase import bought_within, common_horizon, draw_curves, drawn_medians, quantile_days
from journeylib.schema import LENGTHS, check

#: Fewer purchases of an offer than this, and its journeys are not classed (practice C0).
FEWEST_BOUGHT = 10


def lengths(journeys: pd.DataFrame, *, as_of_us: int, limit_days: float | None = None, seed=0) -> pd.DataFrame:
    """The class of each offer's journeys, by the median days from first contact to purchase of those who buy within a common horizon.

    *Too long*: the whole interval above the client's limit. Else *short* or *long*: the whole interval under the lower or over the
    upper quartile of all the other offers together; *medium*: the median between them. Otherwise nothing is established. Open
    journeys are censored at the data cut, lost ones have met another end (Aalen–Johansen).

    Parameters
    ----------
    as_of_us : the data cut, µs since 1970. limit_days : `thresholds.journey_days`. seed : of the resampling by unit.

    Returns
    -------
    LENGTHS, all offers together first (''), then by name; an offer under ten purchases has no class.
    """
    timed = _timed(journeys, as_of_us)
    names = sorted(timed["offer"].dropna().unique())
    if timed.empty:
        return check(pd.DataFrame(columns=list(LENGTHS.columns)), LENGTHS)
    rng = np.random.default_rng([*np.atleast_1d(seed), zlib.crc32(b"lengths")])
    everybody = [_row("", timed, None, limit_days, rng)]
    return check(pd.DataFrame(everybody + [_row(name, timed[timed["offer"] == name], _others(timed, name), limit_days, rng) for name in names]), LENGTHS)


def _timed(journeys, cut):
    """Days to the end of every journey: bought 1, lost 2, else followed until the data cut."""
    started, ended = moments(journeys["started_at"]), moments(journeys["ended_at"])
    end = journeys["state"].map({"won": 1, "lost": 2}).fillna(0).to_numpy(int) * (ended <= cut)
    return pd.DataFrame({"unit": journeys["unit"], "offer": journeys["offer"], "end": end, "followed": (cut - started) / DAY_US,
                         "days": (np.where(end > 0, ended, cut) - started) / DAY_US})  # fmt: skip


def _others(timed, name):
    others = timed[timed["offer"].notna() & (timed["offer"] != name)]
    return others if (others["end"] == 1).sum() >= FEWEST_BOUGHT else None


def _row(offer, mine, others, limit, rng):
    horizon = common_horizon([mine["followed"].to_numpy(), *([] if others is None else [others["followed"].to_numpy()])])
    bought = bought_within(mine["days"], mine["end"], horizon)
    row = {"offer": offer, "n": len(mine), "n_bought": bought.n, "horizon_days": horizon, "limit_days": limit}
    if bought.n < FEWEST_BOUGHT:
        return row
    medians = drawn_medians(draw_curves(mine["unit"], np.zeros(len(mine), dtype=int), mine["days"], mine["end"], horizon, rng))
    lo, hi = np.nanquantile(medians[:, 0], [0.025, 0.975])
    row |= {"median_days": quantile_days(bought, 0.5), "lo": lo, "hi": hi}
    if limit is not None and limit < horizon:
        row["over_limit_share"] = float(1 - np.interp(limit, bought.at, bought.curve, left=0.0))
    if others is not None:
        beside = bought_within(others["days"], others["end"], horizon)
        row |= {"others_q25_days": quantile_days(beside, 0.25), "others_q75_days": quantile_days(beside, 0.75)}
    return row | {"class": classify(row["median_days"], lo, hi, limit, row.get("others_q25_days"), row.get("others_q75_days"))}


def classify(median: float, lo: float, hi: float, limit: float | None, q25: float | None, q75: float | None) -> str | None:
    """The class of a median with its interval; None where it cannot be told for certain.

    >>> classify(50, 40, 60, 30, 10, 90), classify(5, 4, 6, 30, 10, 90), classify(95, 80, 99, None, 10, 90)
    ('too_long', 'short', None)
    """
    if limit is not None and lo > limit:
        return "too_long"
    if q25 is None or pd.isna(q25) or pd.isna(q75):
        return None
    return "short" if hi < q25 else "long" if lo > q75 else "medium" if q25 <= median <= q75 else None
