"""The journeys of a prepared log, and how each stands at the data cut: won, lost, open or dormant."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.collect.frames.distinct import mapped
from journeylib.collect.log.prepare import Prepared
from journeylib.event_log import DAY_US, EventLog
from journeylib.presets import resolved_thresholds
from journeylib.schema import INITIATORS, JOURNEYS, OUTCOMES, STATES, check, empty

_WON, _LOST, _COMPANY = OUTCOMES.index("won"), OUTCOMES.index("lost"), INITIATORS.index("company")


def build_journeys(prepared: Prepared, customers: pd.DataFrame, accounts: frozenset[str], client: Client) -> pd.DataFrame:
    """One row a journey of the log.

    A journey is *won* at its first won event. Without one it is *lost* at its last lost event, unless the customer came back to some
    stage after it; or when the customer has been silent longer than `lost_after_days` (it then ended that many days after the last
    event the company did not start). Else it is *dormant* after `dormant_after_days` of silence, else *open*.

    Parameters
    ----------
    customers : `customer_id` (raw name) and `persona`. accounts : raw names of units that are accounts.
    """
    log = prepared.log
    if not len(log):
        return empty(JOURNEYS)
    starts = log.starts[:-1]
    unit = pd.Series(prepared.units[prepared.unit_of], dtype="string")
    is_account, is_person = unit.isin(accounts), ~unit.isin(accounts) & ~unit.str.startswith("run:")
    state, ended = _states(log, starts, client)
    frame = pd.DataFrame({
        "journey": np.arange(len(starts)), "unit": prepared.unit_of,
        "customer_id": unit.where(is_person), "account_id": unit.where(is_account),
        "offer": _named(_offers(log, starts), log.names["offer"]),
        "started_at": _moments(log.at_us[starts]), "last_at": _moments(log.at_us[log.starts[1:] - 1]), "ended_at": ended,
        "state": np.array(STATES, dtype=object)[state], "value": _won_values(log, starts),
        "first_channel": _named(log.channel[starts], log.names["channel"]),
        "is_referred": _referred(prepared, starts),
    })  # fmt: skip
    persona = customers.dropna(subset="customer_id").set_index("customer_id")["persona"]
    frame["persona"] = mapped(frame["customer_id"], persona).astype("string")
    return check(frame, JOURNEYS)


def _moments(at_us) -> pd.Series:
    return pd.Series(pd.to_datetime(np.asarray(at_us), unit="us", utc=True)).dt.as_unit("us")


def _named(codes, names) -> pd.Series:
    return pd.Series(pd.array([*names, None], dtype="string").take(np.asarray(codes)), dtype="string")


def _first_where(mask, starts):
    """Row of the first true cell of each journey; a row past the end where there is none."""
    return np.minimum.reduceat(np.where(mask, np.arange(len(mask)), len(mask)), starts)


def _last_where(mask, starts):
    """Row of the last true cell of each journey; −1 where there is none."""
    return np.maximum.reduceat(np.where(mask, np.arange(len(mask)), -1), starts)


def _states(log: EventLog, starts, client):
    limits = resolved_thresholds(client)
    ours = log.initiator == _COMPANY
    won, lost = _first_where(log.outcome == _WON, starts), _last_where(log.outcome == _LOST, starts)
    back = _last_where((log.atom >= 0) & ~ours & (log.outcome != _LOST), starts)
    heard = _last_where(~ours, starts)
    last = log.at_us[np.where(heard >= 0, heard, log.starts[1:] - 1)]
    silent = log.as_of_us - last
    n = len(log)
    is_lost, by_silence = (lost >= 0) & (lost > back), silent > (limits.lost_after_days or np.inf) * DAY_US
    is_dormant = silent > (limits.dormant_after_days or np.inf) * DAY_US
    state = np.select([won < n, is_lost | by_silence, is_dormant], [0, 1, 3], default=2)
    ended = np.select([won < n, is_lost, by_silence],
                      [log.at_us[np.minimum(won, n - 1)], log.at_us[lost], last + int((limits.lost_after_days or 0) * DAY_US)], default=0)  # fmt: skip
    moments = _moments(ended)
    return state, moments.where(np.isin(state, (0, 1)))


def _won_values(log: EventLog, starts):
    counts = (log.outcome == _WON) & ~np.isnan(log.value)
    sums = np.add.reduceat(np.where(counts, np.nan_to_num(log.value), 0.0), starts)
    return np.where(np.add.reduceat(counts.astype("int64"), starts) > 0, sums, np.nan)


def _offers(log: EventLog, starts):
    """The offer of the first won event that names one, else the last offer named."""
    has = log.offer >= 0
    won, last = _first_where(has & (log.outcome == _WON), starts), _last_where(has, starts)
    row = np.where(won < len(log), won, last)
    return np.where(row >= 0, log.offer[row], -1)


def _referred(prepared, starts):
    if prepared.has_referrer is None:
        return pd.Series(pd.NA, index=range(len(starts)), dtype="boolean")
    return pd.Series(_last_where(prepared.has_referrer, starts) >= 0, dtype="boolean")
