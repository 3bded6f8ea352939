"""Small logs whose truth is known: customers who come back at random and buy by chance, or because of what they did."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.special import expit

from journeylib.client import Client, Privacy, Thresholds
from journeylib.client import Prediction as Settings
from journeylib.event_log import encode_log
from journeylib.schema import CUSTOMERS, JOURNEYS, VOICES, check, empty
from tests.drawing import DAY_0, stage_model

MODEL = stage_model("look: a1 a2 a3; buy: a4")
DAYS = 500
KINDS = ("visit", "video", "mail", "call", "shop")


def client_of(**changes):
    """What prediction asks of a client's parameters."""
    given = {"seed": 7, "market": "b2c", "as_of": (DAY_0 + pd.Timedelta(days=DAYS - 1)).date(), "period": None, "timezone": "UTC", "privacy": Privacy(), "thresholds": Thresholds(),
             "prediction": Settings(horizon_days=28)}  # fmt: skip
    return Client.model_construct(**(given | changes))


def collected_of(frame: pd.DataFrame, *, until: float = DAYS):
    """A log and journeys of events `journey`, `day`, `touchpoint`, `outcome`, `initiator`; every journey is one customer's."""
    frame = frame.assign(occurred_at=DAY_0 + pd.to_timedelta(frame["day"], unit="D"), atom=np.where(frame["outcome"] == "won", "a4_decide", "a3_evaluate")).drop(columns="day")
    log = encode_log(frame, as_of=DAY_0 + pd.Timedelta(days=until))
    ids = np.sort(frame["journey"].unique())
    seen = frame.groupby("journey")["occurred_at"].agg(["min", "max"])
    journeys = pd.DataFrame({"journey": ids, "unit": ids, "customer_id": [f"c{i}" for i in ids], "started_at": seen["min"].array, "last_at": seen["max"].array, "state": "open"})
    return SimpleNamespace(log=log, journeys=check(journeys, JOURNEYS), customers=empty(CUSTOMERS), voices=empty(VOICES), model=MODEL)


def visits(rng, n: int, per_day: float = 0.04) -> pd.DataFrame:
    """Events of customers who set out all the time and come back at random, each with a liking of its own for one kind of touchpoint."""
    start = rng.uniform(0, DAYS - 40, size=n)
    counts = rng.poisson(per_day * (DAYS - start)) + 1
    journey = np.repeat(np.arange(n), counts)
    day = np.where(np.r_[True, journey[1:] != journey[:-1]], start[journey], rng.uniform(start[journey], DAYS))
    kind = np.where(rng.random(len(journey)) < 0.5, rng.integers(len(KINDS), size=n)[journey], rng.integers(len(KINDS), size=len(journey)))
    return pd.DataFrame({"journey": journey, "day": day, "touchpoint": np.array(KINDS)[kind], "outcome": "none", "initiator": np.where(kind == 2, "company", "customer")})


def with_purchases(events: pd.DataFrame, day: np.ndarray) -> pd.DataFrame:
    """The events and a purchase of each journey on its day, none where it is infinite; nothing is left out after it."""
    has = np.isfinite(day) & (day < DAYS)
    bought = pd.DataFrame({"journey": np.flatnonzero(has), "day": day[has], "touchpoint": "order", "outcome": "won", "initiator": "customer"})
    return pd.concat([events, bought], ignore_index=True)


def noise_client(seed: int, n: int = 600):
    """A client whose customers buy at a rate that nothing tells of."""
    rng = np.random.default_rng([20, seed])
    events = visits(rng, n)
    start = events.groupby("journey")["day"].min().to_numpy()
    return collected_of(with_purchases(events, start + rng.exponential(300, size=n))), MODEL, client_of()


def signal_client(seed: int, n: int = 2500):
    """A client whose customers are likelier to buy the more they have been called lately, and the more videos they have seen before."""
    return collected_of(signal_frame(seed, n)), MODEL, client_of()


def signal_frame(seed: int, n: int, weight: float = 1.0) -> pd.DataFrame:
    """Its events; with a larger weight calls and videos tell more."""
    rng = np.random.default_rng([21, seed])
    events = visits(rng, n)
    table = {kind: np.zeros((n, DAYS // 28 + 1)) for kind in ("call", "video")}
    for kind, counts in table.items():
        here = events[events["touchpoint"] == kind]
        np.add.at(counts, (here["journey"], (here["day"] // 28).astype(int)), 1)
    seen = {kind: np.log1p(np.cumsum(counts, axis=1)) for kind, counts in table.items()}
    start, day = events.groupby("journey")["day"].min().to_numpy(), np.full(n, np.inf)
    for month in range(1, DAYS // 28):
        may = np.isinf(day) & (start < month * 28)
        p = expit(-4.2 + weight * 1.3 * seen["call"][:, month - 1] + weight * 1.1 * seen["video"][:, month - 1])
        buys = may & (rng.random(n) < p)
        day[buys] = month * 28 + rng.uniform(0, 28, size=buys.sum())
    return with_purchases(events, day)
