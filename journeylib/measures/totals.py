"""Plain counts of what the client delivered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.schema import OUTCOMES, STATES, TOTALS, check

WON = OUTCOMES.index("won")


def totals(log: EventLog | None, journeys: pd.DataFrame | None, *, voices: pd.DataFrame | None = None,
           registers: dict[str, pd.DataFrame] | None = None) -> pd.DataFrame:  # fmt: skip
    """Events, customers, accounts, units, journeys by state, orders (won events) and their value, voices, registers.

    Returns
    -------
    TOTALS. What was not delivered has no row.
    """
    counts = {}
    if log is not None and len(log):
        counts |= _of_log(log) | _of_journeys(journeys)
    if voices is not None and len(voices):
        counts |= {"voices": len(voices), "answers": int(voices["score"].notna().sum())}
    counts |= {name: len(register) for name, register in (registers or {}).items()}
    units = ["money" if name == "value" else "count" for name in counts]
    return check(pd.DataFrame({"name": list(counts), "value": list(counts.values()), "unit": units}), TOTALS)


def _of_log(log):
    won = log.outcome == WON
    counts = {"events": len(log), "events_outside_stages": int((log.atom < 0).sum()),
              "customers": len(np.unique(log.customer[log.customer >= 0])), "orders": int(won.sum())}  # fmt: skip
    value = log.value[won & np.isfinite(log.value)]
    return counts | ({"value": float(value.sum())} if len(value) else {})


def _of_journeys(journeys):
    counts = {"journeys": len(journeys), "units": journeys["unit"].nunique(), "accounts": journeys["account_id"].nunique()}
    if not counts["accounts"]:
        del counts["accounts"]
    return counts | {state: int((journeys["state"] == state).sum()) for state in STATES}
