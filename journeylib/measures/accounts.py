"""What became of each account, and who of it did what by when: what the buying group and the human conversation are compared on (C12).

A comparison of the won with the lost is made at a *landmark*: what was there on day 30, against what came after it. Whoever lives
longer has more time to show another colleague; counted to the end, a large group would look like a reason to buy (immortal time).
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from journeylib import knowledge
from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, NEVER, journeys_of, moments, over_blocks, stage_of_events
from journeylib.measures.visits import coded, is_own
from journeylib.schema import BUYING_ROLES

LANDMARK_DAYS = 30.0
UNKNOWN = BUYING_ROLES[-1]


def account_ends(journeys: pd.DataFrame) -> pd.DataFrame:
    """One row an account: `unit`, `started_us`, and when it was first won or, if never, last lost (µs, NEVER).

    An account is won with its first won journey, lost when all its journeys are lost, else open. Persons without an account are not in it.
    """
    own = journeys[journeys["account_id"].notna()]
    started, ended = moments(own["started_at"]), moments(own["ended_at"])
    by_journey = pd.DataFrame({"unit": own["unit"].to_numpy(int), "started_us": started, "won_us": np.where(own["state"] == "won", ended, NEVER),
                               "lost_us": np.where(own["state"] == "lost", ended, NEVER)})  # fmt: skip
    accounts = by_journey.groupby("unit", sort=True).agg(started_us=("started_us", "min"), won_us=("won_us", "min"), lost_us=("lost_us", "max"))
    accounts["lost_us"] = accounts["lost_us"].where(accounts["won_us"] == NEVER, NEVER)
    return accounts.reset_index()


def outcome_after(accounts: pd.DataFrame, landmark_us: np.ndarray, as_of_us: int) -> np.ndarray:
    """What became of each account after its landmark: won, lost or open; `decided` before it, or `too_recent` to be followed to it."""
    decided = (accounts["won_us"] <= landmark_us) | (accounts["lost_us"] <= landmark_us)
    conditions = [decided, landmark_us > as_of_us, accounts["won_us"] < NEVER, accounts["lost_us"] < NEVER]
    return np.select(conditions, ["decided", "too_recent", "won", "lost"], "open")


def active_days(log: EventLog, journeys: pd.DataFrame, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Which person of which account was active in which stage on which day: `unit`, `person`, `stage` (position, −1 = outside), `first_us`, `n_events`.

    Active is who does something or talks with somebody: the customer's own steps, and conversations whoever began them. A mail that is
    sent to somebody, a card in the CRM or a step of a deal is no act of theirs.
    """
    active = over_blocks(log, lambda block: _tally_active(block, model), n_rows).astype("int64")
    about = journeys_of(journeys, active["journey"].to_numpy())
    active = active.assign(unit=about["unit"].to_numpy(int))[about["account_id"].notna().to_numpy()]
    keys = ["unit", "person", "stage", "day"]
    return active.groupby(keys, sort=True).agg(first_us=("first_us", "min"), n_events=("n_events", "sum")).reset_index()


def first_conversation(log: EventLog, journeys: pd.DataFrame, *, n_rows: int = BLOCK_ROWS) -> pd.Series:
    """When each account first talked with a person of the company, µs by unit; only those who did."""
    talks = over_blocks(log, _tally_talks, n_rows)
    unit = journeys_of(journeys, talks["journey"].to_numpy(), "unit")["unit"].to_numpy(int)
    return talks.assign(unit=unit).groupby("unit")["first_us"].min()


def is_conversation(log: EventLog, rows=slice(None)) -> np.ndarray:
    """Whether two people talk in each event, or in each of these: by the touchpoint (`human` in touchpoints.yml) or by the channel (`human` in channels.yml)."""
    marked = {kind: {name for name, about in knowledge.load(kind)[kind].items() if about.get("human")} for kind in ("touchpoints", "channels")}
    by_touchpoint, by_channel = (np.array([name in marked[f"{column}s"] for name in log.names[column]], dtype=bool) for column in ("touchpoint", "channel"))
    return coded(by_touchpoint, log.touchpoint[rows]) | coded(by_channel, log.channel[rows])


def buying_role(title) -> str:
    """The role of the buying group that a job title means; `unknown` where there is none, or no word of it is known.

    >>> [buying_role(title) for title in ("IT-chef", "Økonomidirektør", "VD och ägare", "Korist")]
    ['technical', 'finance', 'decision_maker', 'unknown']
    """
    plain = " ".join(str(title).casefold().replace("_", " ").replace("-", " ").split()) if pd.notna(title) else ""
    return next((role for role, words in _role_words() if words.search(plain)), UNKNOWN)


def roles_of(log: EventLog, customers: pd.DataFrame | None) -> np.ndarray:
    """The buying role of every person of the log, by code."""
    if customers is None or customers.empty:
        return np.full(len(log.names["customer"]), UNKNOWN, dtype=object)
    by_id = customers.drop_duplicates("customer_id").set_index("customer_id")["role"]
    known = {title: buying_role(title) for title in by_id.dropna().unique()}
    return np.array([known.get(title, UNKNOWN) for title in by_id.astype(object).reindex(log.names["customer"])], dtype=object)


@cache
def _role_words():
    words = knowledge.load("buying_roles")
    patterns = {role: [r"\w*".join(map(re.escape, word.split("*"))) for word in words[role]] for role in words}
    return [(role, re.compile(rf"\b(?:{'|'.join(parts)})\b")) for role, parts in patterns.items()]


def _tally_active(log, model):
    acts = (is_own(log) | is_conversation(log)) & (log.customer >= 0)
    day = log.at_us[acts] // DAY_US
    rows = {"journey": log.journey[acts], "person": log.customer[acts], "stage": stage_of_events(log, model)[acts], "day": day}
    if not acts.any():
        return pd.DataFrame({name: pd.Series(dtype="int64") for name in (*rows, "first_us", "n_events")})
    frame = pd.DataFrame(rows | {"first_us": log.at_us[acts]})
    return frame.groupby(list(rows), sort=True)["first_us"].agg(first_us="min", n_events="size").reset_index()


def _tally_talks(log):
    talks = is_conversation(log)
    return pd.DataFrame({"journey": log.journey[talks], "first_us": log.at_us[talks]}).groupby("journey")["first_us"].min().reset_index()
