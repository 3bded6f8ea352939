"""Which days of a period are unlike others: Easter, July, Midsummer, 17 May, Grundlovsdag, Black Week, Christmas (pitfall 21)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from journeylib import knowledge

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def easter_sunday(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones & Butcher).

    >>> easter_sunday(2026), easter_sunday(2025)
    (datetime.date(2026, 4, 5), datetime.date(2025, 4, 20))
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)


def special_days(country: str, year: int) -> dict[str, tuple[dt.date, dt.date]]:
    """Kind of day → its first and last date that year, for SE, DK or NO; every kind that country keeps.

    >>> special_days("SE", 2026)["midsummer"]
    (datetime.date(2026, 6, 18), datetime.date(2026, 6, 21))
    """
    return {name: _span(rule, year) for name, rule in knowledge.load("calendar")["days"].items() if country in rule["countries"]}


def country_of(timezone: str) -> str:
    """The country whose calendar a client keeps, by its time zone; Sweden's days where it lies elsewhere."""
    return knowledge.load("calendar")["countries"].get(timezone, "SE")


def special_shares(first_days: pd.DatetimeIndex, n_days: int, country: str) -> pd.DataFrame:
    """Share of the days of each period that are of each kind: columns are kinds, rows periods beginning on `first_days`."""
    kinds = {}
    for year in range(first_days.min().year - 1, first_days.max().year + 2) if len(first_days) else ():
        for name, (first, last) in special_days(country, year).items():
            kinds.setdefault(name, []).append((np.datetime64(first), np.datetime64(last)))
    starts = first_days.to_numpy(dtype="datetime64[D]")
    ends = starts + np.timedelta64(n_days - 1, "D")
    shares = {name: sum(_overlap(starts, ends, *span) for span in spans) / n_days for name, spans in kinds.items()}
    return pd.DataFrame(shares, index=first_days)


def day_name(kind: str) -> dict[str, str]:
    """What a kind of day is called, in four languages."""
    return knowledge.load("calendar")["days"][kind]["name"]


def _overlap(starts, ends, first, last):
    return np.maximum((np.minimum(ends, last) - np.maximum(starts, first)).astype(int) + 1, 0)


def _span(rule, year):
    if "dates" in rule:
        return tuple(dt.date.fromisoformat(f"{year}-{day}") for day in rule["dates"])
    if "easter" in rule:
        anchor, days = easter_sunday(year), rule["easter"]
    elif "thanksgiving" in rule:
        anchor, days = _weekday_from(dt.date(year, 11, 22), "thu"), rule["thanksgiving"]
    else:
        anchor, days = _weekday_from(dt.date.fromisoformat(f"{year}-{rule['weekday']['between'][0]}"), rule["weekday"]["day"]), rule["weekday"]["days"]
    return tuple(anchor + dt.timedelta(days=n) for n in days)


def _weekday_from(first, weekday):
    """The first such weekday on or after a date."""
    return first + dt.timedelta(days=(_WEEKDAYS.index(weekday) - first.weekday()) % 7)
