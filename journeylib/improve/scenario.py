"""What if? The way to the purchase as a flow through stages, week by week, today and with one thing changed (practice C11).

Journeys enter at random moments, at each stage a share goes on after a wait, and the rest do not: a semi-Markov process. Entering at
random (a Poisson process) and parting ways at random keep every flow a Poisson process, so the expected sales of a week follow
exactly by adding up waits, and what chance alone does is Poisson around them. Nothing has to be simulated but what is not known:
the shares and the worth of a purchase, drawn from what was counted.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.improve.value import Chain, way_to_purchase
from journeylib.improve.what_if import draw_rates
from journeylib.schema import SCENARIO, check
from journeylib.stages import StageModel

N_DRAWS = 1000
WEEKS = 52
#: Weeks of arrivals before the change, so that today's flow has filled the stages; longer waits are cut off there.
WARM_UP = 156
#: How much of an average journey's worth the additional ones are, low and high: those moved along were less ready to buy.
QUALITY = (0.5, 1.0)


@dataclass(frozen=True)
class Flow:
    """Today's flow: the chain to the purchase, and how long each of its boundaries takes.

    Attributes
    ----------
    waits : one array a stage: share of those who go on that do so in week 0, 1, 2 … after entering; each sums to 1.
    capacity : stage → most journeys a week it can serve once something has changed; never fewer than it serves today.
    """

    chain: Chain
    waits: tuple[np.ndarray, ...]
    capacity: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What is different: one stage's share that goes on, its wait as a multiple of today's, arrivals as a multiple of today's.

    `quality`: of the additional journeys, the part that goes on as average ones do. `capacity`: most a week the stage can pass.
    """

    stage: str
    rate: float | None = None
    wait: float = 1.0
    arrivals: float = 1.0
    quality: float = 1.0
    capacity: float | None = None


@dataclass(frozen=True)
class Scenario:
    """A change and what it would give.

    Attributes
    ----------
    weeks : SCENARIO, purchases added up since the change, today and changed, with both bands.
    extra, money : 10 %, 50 %, 90 % of the additional purchases and money in a year.
    levers : what the result leans on: name → money at its low and at its high end, all else in the middle.
    """

    change: Change
    today: float
    weeks: pd.DataFrame
    extra: tuple[float, float, float]
    money: tuple[float, float, float]
    levers: dict[str, tuple[float, float]]


def flow_today(tables: dict[str, pd.DataFrame], model: StageModel, client: Client) -> Flow | None:
    """The flow as measured; None where a part of the way to the purchase is not known."""
    chain = way_to_purchase(tables, model, client)
    if chain is None:
        return None
    return Flow(chain, tuple(_waits(tables.get("time_curve"), stage) for stage in chain.stages[:-1]), dict(client.what_if.capacity))


def _waits(curve: pd.DataFrame | None, stage: str) -> np.ndarray:
    """Weeks from entering a stage to going on, among those who go on by the end of the curve (Aalen–Johansen increments)."""
    rows = pd.DataFrame() if curve is None else curve[(curve["stage"] == stage) & (curve["end"] == "went_on")].sort_values("at_days")
    if rows.empty or rows["share"].iloc[-1] <= 0:
        return np.ones(1)
    steps = np.diff(rows["share"].to_numpy(dtype=float), prepend=0.0)
    weeks = np.minimum((rows["at_days"].to_numpy(dtype=float) // 7).astype(int), WARM_UP - 1)
    pmf = np.bincount(weeks, weights=np.maximum(steps, 0))
    return pmf / pmf.sum()


def stretched(waits: np.ndarray, factor: float) -> np.ndarray:
    """The same waits, each so many times as long, in whole weeks: 0.5 halves them.

    >>> stretched(np.array([0.0, 0.0, 1.0]), 0.5).tolist()
    [0.0, 1.0]
    """
    weeks = np.rint(np.arange(len(waits)) * factor).astype(int)
    return np.bincount(np.minimum(weeks, WARM_UP - 1), weights=waits)


def expected_purchases(flow: Flow, rates: np.ndarray, change: Change | None = None) -> np.ndarray:
    """Expected purchases in each week after the change.

    Parameters
    ----------
    rates : (draws, stages) shares that go on; the last is the share that buys.

    Returns
    -------
    (draws, WEEKS). Journeys that entered the changed stage before week 0 go on as they did.
    """
    n_weeks, stages = WARM_UP + WEEKS, flow.chain.stages
    since = np.arange(n_weeks) >= WARM_UP
    arrivals = flow.chain.n_a_year * 7 / 365.25
    entering = np.tile(np.where(since, arrivals * (change.arrivals if change else 1.0), arrivals), (len(rates), 1))
    for place, stage in enumerate(stages):
        here = change if change and change.stage == stage else None
        going = _let_through(entering, _limit(flow, change, stage, entering), since)
        now = rates[:, [place]]
        then = now if here is None or here.rate is None else now + here.quality * (here.rate - now)
        went_on = going * np.where(since, then, now)
        entering = went_on if place == len(stages) - 1 else _after_waiting(went_on, flow.waits[place], here, since)
    return entering[:, WARM_UP:]


def _after_waiting(went_on, waits, here, since):
    """When those who go on arrive at the next stage; who entered after the change waits as it says."""
    if here is None or here.wait == 1.0:
        return _delayed(went_on, waits)
    return _delayed(np.where(since, 0, went_on), waits) + _delayed(np.where(since, went_on, 0), stretched(waits, here.wait))


def _delayed(flow, waits):
    out = np.zeros_like(flow)
    for week, share in enumerate(waits[: flow.shape[1]]):
        if share:
            out[:, week:] += share * flow[:, : flow.shape[1] - week]
    return out


def _limit(flow, change, stage, entering):
    """The most a stage can pass in a week once something has changed: the change's own, else the client's, which today's flow always fits in."""
    if change is None:
        return None
    if change.stage == stage and change.capacity is not None:
        return np.full(len(entering), float(change.capacity))
    return None if stage not in flow.capacity else np.maximum(flow.capacity[stage], entering[:, WARM_UP - 1])


def _let_through(entering, limit, since):
    """At most `limit` a week after the change; the others queue."""
    if limit is None:
        return entering
    through, queue = entering.copy(), np.zeros(len(entering))
    for week in np.flatnonzero(since):
        waiting = queue + entering[:, week]
        through[:, week] = np.minimum(waiting, limit)
        queue = waiting - through[:, week]
    return through


def draw_chain(chain: Chain, seed: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Draws of the shares (draws, stages) and of the worth of a purchase (draws)."""
    rng = np.random.default_rng([seed, zlib.crc32(f"scenario:{name}".encode())])
    worth = np.maximum(chain.worth + chain.worth_se * rng.standard_normal(N_DRAWS), 0)
    return draw_rates(chain.k, chain.n, rng, N_DRAWS), worth


def try_change(flow: Flow, change: Change, seed: int) -> Scenario:
    """What a change would give in a year, with what is not known and what chance does kept apart."""
    rates, worth = draw_chain(flow.chain, seed, change.stage)
    today, then = expected_purchases(flow, rates), expected_purchases(flow, rates, change)
    extra = then.sum(axis=1) - today.sum(axis=1)
    weeks = pd.concat([_weekly(today, "today", seed), _weekly(then, "changed", seed)], ignore_index=True)
    quantiles = [tuple(float(q) for q in np.quantile(values, [0.1, 0.5, 0.9])) for values in (extra, extra * worth)]
    return Scenario(change, float(np.median(today.sum(axis=1))), check(weeks, SCENARIO), *quantiles, levers(flow, change, seed))


def _weekly(purchases, what, seed) -> pd.DataFrame:
    """Purchases added up week by week: 10–90 % of what is not known, and the same with what chance adds (Poisson)."""
    rng = np.random.default_rng([seed, zlib.crc32(f"chance:{what}".encode())])
    total = np.cumsum(purchases, axis=1)
    by_chance = np.cumsum(rng.poisson(np.maximum(purchases, 0)), axis=1)
    (lo, median, hi), (least, most) = np.quantile(total, [0.1, 0.5, 0.9], axis=0), np.quantile(by_chance, [0.1, 0.9], axis=0)
    return pd.DataFrame({"what": what, "week": np.arange(1, WEEKS + 1), "median": median, "lo": lo, "hi": hi,
                         "lo_chance": np.minimum(least, lo), "hi_chance": np.maximum(most, hi)})  # fmt: skip


def levers(flow: Flow, change: Change, seed: int) -> dict[str, tuple[float, float]]:
    """Money a year with one assumption at its low and its high end and all others in the middle, largest swing first (tornado).

    `target`: half the change and the whole; `quality`: additional journeys half as ready and quite as ready; `today`: the stage's share
    at 10 and 90 %; `other_stages`: all other shares at 10 and at 90 %; `worth`: a purchase's worth at 10 and 90 %; `capacity`, where one
    is set: as many as can be served, and all.
    """
    rates, worth = draw_chain(flow.chain, seed, change.stage)
    low, middle, high = np.quantile(rates, [0.1, 0.5, 0.9], axis=0)
    poor, usual, rich = np.quantile(worth, [0.1, 0.5, 0.9])
    place = flow.chain.stages.index(change.stage)
    own = [np.where(np.arange(len(middle)) == place, end, middle) for end in (low, high)]
    others = [np.where(np.arange(len(middle)) == place, middle, end) for end in (low, high)]
    half = replace(change, rate=None if change.rate is None else (middle[place] + change.rate) / 2,
                   wait=(1 + change.wait) / 2, arrivals=(1 + change.arrivals) / 2)  # fmt: skip

    def money(shares, value=usual, made=change, within=flow):
        both = [expected_purchases(within, shares[None, :], what).sum() for what in (made, None)]
        return float((both[0] - both[1]) * value)

    found = {
        "target": (money(middle, made=half), money(middle)), "today": tuple(sorted(money(shares) for shares in own)),
        "quality": tuple(money(middle, made=replace(change, quality=quality)) for quality in QUALITY),
        "other_stages": tuple(money(shares) for shares in others), "worth": (money(middle, poor), money(middle, rich)),
    }  # fmt: skip
    if flow.capacity:
        found["capacity"] = (money(middle), money(middle, within=replace(flow, capacity={})))
    return dict(sorted(found.items(), key=lambda item: -abs(item[1][1] - item[1][0])))


def closing_the_largest_gap(gaps: pd.DataFrame, tables: dict[str, pd.DataFrame], model: StageModel, client: Client) -> Scenario | None:
    """What it would give to bring the costliest certain drop-off to the level it is held against; None where there is none in money."""
    flow = flow_today(tables, model, client)
    drops = gaps[(gaps["check"] == "G13") & (gaps["status"] == "found") & (gaps["persona"] == "") & gaps["value_at_stake"].notna()]
    decided = drops["decision"].fillna("").isin(["reject", "park"])
    drops = drops[~decided & drops["stage"].isin(() if flow is None else flow.chain.stages)]
    if drops.empty:
        return None
    worst = drops.sort_values(["value_at_stake", "gap_id"], ascending=[False, True]).iloc[0]
    return try_change(flow, Change(worst["stage"], rate=float(worst["threshold"]), quality=client.what_if.quality), client.seed)
