"""Of those who began in a month, how many have bought a month later, two months later …: the cohort triangle (practice C1).

A cell is ripe when every journey of the cohort has been followed so long. A cell that is not has no share: the youngest
cohorts would look terrible for being young.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.contacts import DAYS_A_MONTH, WON
from journeylib.measures.passages import BLOCK_ROWS, NEVER, find_passages, first_moments, journeys_of, over_blocks
from journeylib.measures.stats import share_by_unit
from journeylib.schema import COHORTS, check

MONTHS = tuple(range(1, 13))
PURCHASE = "purchase"


def cohorts(log: EventLog, journeys: pd.DataFrame, model, *, timezone: str = "UTC", months=MONTHS, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """The share of each month's new journeys that had gone on to the purchase after 1, 2 … 12 months.

    The purchase is the first won event; where the log has none, the last stage in scope. Wilson's interval with the design
    effect of the unit.

    Parameters
    ----------
    timezone : whose months the cohorts are.

    Returns
    -------
    COHORTS, by cohort and months; a cohort that has not had a single month is in it, unripe.
    """
    began = over_blocks(log, _first_and_won, n_rows)
    target = PURCHASE
    if not (began["target_us"] < NEVER).any():
        target, began = model.in_scope[-1].id, _until_last_stage(log, model, began, n_rows)
    about = journeys_of(journeys, began["journey"].to_numpy(), "unit")
    began = began.assign(unit=about["unit"].to_numpy(), cohort=_month_of(began["start_us"], timezone))
    rows = [_cell(cohort, members, month, target, log.as_of_us) for cohort, members in began.groupby("cohort", sort=True) for month in months]
    return check(pd.DataFrame(rows, columns=list(COHORTS.columns)), COHORTS)


def _first_and_won(log):
    return pd.DataFrame({"journey": log.journeys_present, "start_us": log.at_us[log.starts[:-1]], "target_us": first_moments(log, log.outcome == WON)})


def _until_last_stage(log, model, began, n_rows):
    passages = find_passages(log, model, of=("at_least",), n_rows=n_rows)
    reached = pd.Series(passages.at_least[:, -1], index=passages.journey).reindex(began["journey"], fill_value=NEVER)
    return began.assign(target_us=reached.to_numpy())


def _month_of(at_us, timezone):
    return pd.to_datetime(at_us, unit="us", utc=True).dt.tz_convert(timezone).dt.strftime("%Y-%m")


def _cell(cohort, members, month, target, as_of_us):
    time_us = round(month * DAYS_A_MONTH * DAY_US)
    row = {"cohort": cohort, "months": month, "target": target, "n": len(members)}
    if as_of_us - members["start_us"].max() < time_us:
        return row | {"is_ripe": False, "n_yes": None, "share": np.nan, "lo": np.nan, "hi": np.nan}
    bought = (members["target_us"] < NEVER) & (members["target_us"].mask(members["target_us"] == NEVER, 0) - members["start_us"] <= time_us)
    share = share_by_unit(bought.to_numpy(), members["unit"].to_numpy())
    return row | {"is_ripe": True, "n_yes": share.n_yes, "share": share.rate, "lo": share.lo, "hi": share.hi}
