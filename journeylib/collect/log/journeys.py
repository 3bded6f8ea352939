"""The journeys of a prepared log, and how each stands at the data cut: won, lost, open or dormant."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.collect.customers.people import shared_persona
from journeylib.collect.frames.distinct import mapped
from journeylib.collect.log.prepare import Prepared
from journeylib.event_log import DAY_US, EventLog
from journeylib.presets import resolved_thresholds
from journeylib.schema import INITIATORS, JOURNEYS, OUTCOMES, STATES, check, empty

_WON, _LOST, _COMPANY = OUTCOMES.index("won"), OUTCOMES.index("lost"), INITIATORS.index("company")
#: States in which a journey has ended.
_ENDED = (STATES.index("won"), STATES.index("lost"))
#: Events looked at in one go: bounds the memory, changes no result.
_BLOCK_ROWS = 500_000


def build_journeys(prepared: Prepared, customers: pd.DataFrame, accounts: frozenset[str], client: Client) -> pd.DataFrame:
    """One row a journey of the log.

    A journey is *won* at its first won event. Without one it is *lost* at its last lost event, unless the customer came back to some
    stage after it; or when the customer has been silent longer than `lost_after_days` (it then ended that many days after the last
    event the company did not start). Else it is *dormant* after `dormant_after_days` of silence, else *open*.

    Parameters
    ----------
    customers : `customer_id`, `account_id` (raw names) and `persona`. accounts : raw names of units that are accounts.
    """
    log = prepared.log
    if not len(log):
        return empty(JOURNEYS)
    unit = pd.Series(prepared.units[prepared.unit_of], dtype="string")
    is_account = unit.isin(accounts)
    is_person = ~is_account & ~unit.str.startswith("run:")
    told = _told(prepared, client)
    frame = pd.DataFrame({
        "journey": np.arange(len(unit)), "unit": prepared.unit_of,
        "customer_id": unit.where(is_person), "account_id": unit.where(is_account),
        "offer": _named(told["offer"], log.names["offer"]),
        "started_at": _moments(told["started_at"]), "last_at": _moments(told["last_at"]),
        "ended_at": _moments(told["ended_at"]).where(np.isin(told["state"], _ENDED)),
        "state": np.array(STATES, dtype=object)[told["state"]], "value": told["value"],
        "first_channel": _named(told["first_channel"], log.names["channel"]),
        "is_referred": _referred(told),
    })  # fmt: skip
    frame["persona"] = _persona_of(frame, customers, client)
    return check(frame, JOURNEYS)


def _told(prepared: Prepared, client: Client) -> dict[str, np.ndarray]:
    """What the events of each journey tell, a block of the log after the other: a large one need not be held."""
    blocks, first = [], 0
    for log in prepared.log.blocks(_BLOCK_ROWS):
        referred = prepared.has_referrer[first : first + len(log)] if prepared.has_referrer is not None else None
        blocks.append(_told_by(log, referred, client))
        first += len(log)
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _told_by(log: EventLog, referred, client) -> dict[str, np.ndarray]:
    starts = log.starts[:-1]
    state, ended = _states(log, starts, client)
    told = {"state": state.astype("int8"), "ended_at": ended, "started_at": log.at_us[starts], "last_at": log.at_us[log.starts[1:] - 1],
            "offer": _offers(log, starts), "value": _won_values(log, starts), "first_channel": log.channel[starts]}  # fmt: skip
    return told if referred is None else told | {"is_referred": _last_where(referred, starts) >= 0}


def _persona_of(frame, customers, client):
    """A person's own persona; of an account the one all its people share, where accounts and persons are counted alike."""
    own = mapped(frame["customer_id"], customers.dropna(subset="customer_id").set_index("customer_id")["persona"]).astype("string")
    return own if client.market != "both" else own.where(own.notna(), mapped(frame["account_id"], shared_persona(customers)).astype("string"))


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
    return state, ended


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


def _referred(told):
    known = told.get("is_referred")
    return pd.Series(pd.NA if known is None else known, index=range(len(told["state"])), dtype="boolean")
