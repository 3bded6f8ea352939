"""Raw rows that are one thing, such as the lines of an order, brought together."""

from __future__ import annotations

import numpy as np
import pandas as pd


def group_rows(fields, group, reasons) -> tuple[pd.DataFrame, pd.Series]:
    """One row a thing, standing where its first raw row stood; and for each raw row the thing it belongs to."""
    lost = fields[group.by].isna()
    reasons[fields.index[lost]] = "no_key"
    fields = fields[~lost]
    codes, _ = pd.factorize(fields[group.by])
    n = int(codes.max()) + 1 if len(codes) else 0
    starts = pd.Series(fields.index).groupby(codes).min().to_numpy() if n else np.array([], dtype="int64")
    result = {}
    for key in fields:
        if key in group.sum:
            result[key] = _sums(fields[key], codes, n)
        elif key in group.earliest:
            result[key] = fields[key].groupby(codes).min().reindex(range(n)) if n else fields[key]
        else:
            result[key] = _firsts(fields[key], codes, n)
    grouped = pd.DataFrame({key: pd.Series(values).set_axis(starts) for key, values in result.items()}, index=starts)
    return grouped, pd.Series(starts[codes] if n else [], index=fields.index, dtype="int64")


def _sums(values, codes, n):
    numbers = values.to_numpy(dtype="float64")
    sums = np.bincount(codes, weights=np.nan_to_num(numbers), minlength=n)
    return np.where(np.bincount(codes[~np.isnan(numbers)], minlength=n) > 0, sums, np.nan)


def _firsts(values, codes, n):
    filled = values.notna().to_numpy()
    first = values[filled][~pd.Series(codes[filled]).duplicated().to_numpy()]
    return first.set_axis(codes[filled][~pd.Series(codes[filled]).duplicated().to_numpy()]).reindex(range(n))
