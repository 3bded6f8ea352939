"""From when, until when and how evenly each source reaches: its rows by month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.collect.rows.canonical import Delivery
from journeylib.schema import COVERAGE_IN_TIME, check, empty

_MOMENTS = {"events": "occurred_at", "voices": "said_at"}
#: Months a single line of a report may span; beyond it its first month alone counts.
_LONGEST = 60
#: Rows looked at in one go: bounds the memory.
_AT_ONCE = 1 << 20


def coverage_in_time(deliveries: list[Delivery], timezone: str) -> pd.DataFrame:
    """Rows of each source by the month they belong to; a line of a report counts in every month it is about.

    Everything delivered counts, also what a later step leaves out; undated rows and registers do not. A row that gives both an
    event and an answer, or several answers, in one month is one row.
    """
    frames = [_counted(delivery, timezone).assign(source=delivery.source) for delivery in deliveries]
    counted = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if counted.empty:
        return empty(COVERAGE_IN_TIME)
    return check(counted.groupby(["source", "month"], sort=True)["n_rows"].sum().reset_index(), COVERAGE_IN_TIME)


def _counted(delivery, timezone) -> pd.DataFrame:
    dated = [_of_moments(delivery.tables[table], column, timezone) for table, column in _MOMENTS.items() if table in delivery.tables]
    dated += [_of_spans(table) for table in delivery.tables.values() if {"from_on", "to_on"} <= set(table)]
    rows = pd.concat(dated, ignore_index=True) if dated else pd.DataFrame({"month": pd.Series(dtype="int16"), "row": []})
    rows = rows.drop_duplicates() if len(rows) > delivery.n_kept else rows
    counted = rows.groupby("month").size().rename("n_rows").reset_index()
    return counted.assign(month=counted["month"].to_numpy().astype("datetime64[M]").astype("datetime64[us]"))


def _of_moments(table, column, timezone) -> pd.DataFrame:
    is_dated, moments, row = table[column].notna().to_numpy(), table[column], table["_row"].to_numpy()
    if not is_dated.all():
        moments, row = moments[is_dated], row[is_dated]
    parts = (moments.iloc[first : first + _AT_ONCE] for first in range(0, len(moments), _AT_ONCE))
    months = [part.dt.tz_convert(timezone).dt.tz_localize(None).to_numpy().astype("datetime64[M]").astype("int16") for part in parts]
    return pd.DataFrame({"month": np.concatenate([np.array([], dtype="int16"), *months]), "row": row}, copy=False)


def _of_spans(table) -> pd.DataFrame:
    dated = table[table["from_on"].notna()]
    start = dated["from_on"].to_numpy().astype("datetime64[M]")
    end = dated["to_on"].where(dated["to_on"].notna(), dated["from_on"]).to_numpy().astype("datetime64[M]")
    n = (end - start).astype(int) + 1
    n = np.where((n < 1) | (n > _LONGEST), 1, n)
    months = [np.arange(month, month + length) for month, length in zip(start, n, strict=True)]
    found = np.concatenate(months) if months else start
    return pd.DataFrame({"month": found.astype("datetime64[M]").astype("int16"), "row": np.repeat(dated["_row"].to_numpy(), n)})
