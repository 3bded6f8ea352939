"""Many limits at once: which of a family of answers stand when one looks in many places (practice C0: Benjamini–Hochberg)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from journeylib.gaps.engine import FEWEST_FOR_PERCENT, Gap, held_against
from journeylib.measures.stats import z_value

FALSE_DISCOVERY_RATE = 0.05


def p_beyond(value: float, lo: float, hi: float, limit: float, *, bad: str) -> float:
    """One-sided p of "on the good side of the limit", from an interval of 95 %.

    >>> round(p_beyond(0.5, 0.402, 0.598, 0.402, bad="above"), 3)
    0.025
    """
    spread = (hi - lo) / (2 * z_value())
    if pd.isna(spread):
        return 1.0
    distance = value - limit if bad == "above" else limit - value
    return float(norm.sf(distance / spread)) if spread > 0 else float(distance <= 0)


def answer(row, value: str, limit: float, *, bad: str) -> tuple[str, float]:
    """The answer of one measured row's interval, and its p; `value` names the column, its ends are `lo` and `hi` (or `<value>_lo` …)."""
    ends = ("lo", "hi") if value == "value" else (f"{value}_lo", f"{value}_hi")
    lo, hi = row[ends[0]], row[ends[1]]
    status = held_against(lo, hi, limit, bad=bad, is_large_enough=row["n"] >= FEWEST_FOR_PERCENT)
    return status, p_beyond(row[value], lo, hi, limit, bad=bad)


def stand(gaps: list[Gap], p: list[float]) -> list[Gap]:
    """The answers of a family: what was found but does not stand among so many is uncertain."""
    if not gaps:
        return []
    stands = multipletests(p, FALSE_DISCOVERY_RATE, "fdr_bh")[0]
    return [gap if gap.status != "found" or ok else replace(gap, status="uncertain", reason="uncertain") for gap, ok in zip(gaps, stands, strict=True)]


def worst(statuses) -> str:
    """Found if anything is found, not found only if all is; else uncertain."""
    statuses = set(statuses)
    return "found" if "found" in statuses else "not_found" if statuses == {"not_found"} else "uncertain"
