"""Plain counts of what the client delivered."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.passages import BLOCK_ROWS
from journeylib.schema import OUTCOMES, STATES, TOTALS, check

WON = OUTCOMES.index("won")


def totals(log: EventLog | None, journeys: pd.DataFrame | None, *, voices: pd.DataFrame | None = None,
           registers: dict[str, pd.DataFrame] | None = None, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """Events, customers, accounts, units, journeys by state, orders (won events) and their value, voices, registers.

    Returns
    -------
    TOTALS. What was not delivered has no row.
    """
    counts = {}
    if log is not None and len(log):
        counts |= _of_log(log, n_rows) | _of_journeys(journeys)
    if voices is not None and len(voices):
        counts |= {"voices": len(voices), "answers": int(voices["score"].notna().sum())}
    counts |= {name: len(register) for name, register in (registers or {}).items()}
    units = ["money" if name == "value" else "count" for name in counts]
    return check(pd.DataFrame({"name": list(counts), "value": list(counts.values()), "unit": units}), TOTALS)


def _of_log(log, n_rows):
    n_outside, n_orders, values, is_seen = 0, 0, [], np.zeros(len(log.names["customer"]) + 1, dtype=bool)
    for block in log.blocks(n_rows):
        won = block.outcome == WON
        n_outside, n_orders = n_outside + int((block.atom < 0).sum()), n_orders + int(won.sum())
        is_seen[block.customer] = True  # the last place is nobody's
        values += block.value[won & np.isfinite(block.value)].tolist()
    counts = {"events": len(log), "events_outside_stages": n_outside, "customers": int(is_seen[:-1].sum()), "orders": n_orders}
    return counts | ({"value": math.fsum(values)} if values else {})


def _of_journeys(journeys):
    counts = {"journeys": len(journeys), "units": journeys["unit"].nunique(), "accounts": journeys["account_id"].nunique()}
    if not counts["accounts"]:
        del counts["accounts"]
    return counts | {state: int((journeys["state"] == state).sum()) for state in STATES}
