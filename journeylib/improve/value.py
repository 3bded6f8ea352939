"""What a gap costs a year: the value of bringing its stage to the level it is held against (practice C2)."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from journeylib import knowledge
from journeylib.client import Client
from journeylib.improve.what_if import draw_rates, shrink
from journeylib.measures.stats import standard_error, z_value
from journeylib.schema import GAPS, check
from journeylib.stages import StageModel

N_DRAWS = 4000
#: Data over a shorter time are not blown up to a year.
SHORTEST_DAYS = 28
#: Checks whose gap weighs on how many go on from its stage, and so may carry the stage's value.
WEIGH_ON_THE_STAGE = ("G01", "G04", "G05", "G13", "G23")


@dataclass(frozen=True)
class Chain:
    """The way to the purchase: k of n went on at each stage in `stages`, and at the last one k of n bought.

    `worth` is the money of one purchase and `worth_se` its standard error; `n_a_year` journeys begin in a year.
    """

    stages: tuple[str, ...]
    k: np.ndarray
    n: np.ndarray
    n_a_year: float
    worth: float
    worth_se: float


def add_value(gaps: pd.DataFrame, tables: dict[str, pd.DataFrame], model: StageModel, client: Client) -> pd.DataFrame:
    """The gaps with what is at stake: money a year (10 %, median, 90 %), else a severity of 0–3.

    - A drop-off (G13): what the stage would give at the level it was held against, by draws of the shares; the shortfalls
      are first pulled together (empirical Bayes), so that the worst of equals is not overrated.
    - Other gaps of the same stage: the same value, for it is one stage's value and no sum, where the drop-off is not refuted.
    - Waste (G27): what the activities cost.
    - Everything else, and all where a purchase's worth or the data's length is unknown: the catalogue's severity.
    """
    worths = _stage_values(gaps, tables, model, client)
    rows = [row | _stake(row, worths) for row in gaps.to_dict("records")]
    return check(pd.DataFrame(rows, columns=list(GAPS.columns)), GAPS)


def _stake(row, worths) -> dict:
    nothing = {"value_at_stake": None, "value_lo": None, "value_hi": None, "severity": None}
    if row["status"] not in ("found", "uncertain"):
        return nothing
    cost = _cost(row)
    if cost:
        return nothing | {"value_at_stake": cost, "value_lo": cost, "value_hi": cost}
    worth = worths.get((row["stage"], row["persona"])) if _weighs_on_stage(row) else None
    if worth is None:
        return nothing | {"severity": max(0, knowledge.load("gaps")[row["check"]]["severity"] - (row["status"] == "uncertain"))}
    lo, median, hi = worth
    return nothing | {"value_at_stake": median, "value_lo": lo, "value_hi": hi}


def _weighs_on_stage(row) -> bool:
    has_part = row["gap_id"].count(":") == 3
    return row["check"] in WEIGH_ON_THE_STAGE and bool(row["stage"]) and not has_part


def _cost(row) -> float | None:
    details = _details(row)
    return float(details["cost"]) if row["check"] == "G27" and row["status"] == "found" and details.get("cost") else None


def _details(row) -> dict:
    return {} if pd.isna(row["details"]) else json.loads(row["details"])


def _stage_values(gaps, tables, model, client) -> dict[tuple[str, str], tuple[float, float, float]]:
    """(stage, persona) → money a year at 10 %, 50 % and 90 %, for drop-offs that are not refuted."""
    drops = gaps[(gaps["check"] == "G13") & gaps["value"].notna() & gaps["threshold"].notna() & gaps["lo"].notna()]
    shortfalls = _shrunken_shortfalls(drops)
    values = {}
    for row, shortfall in zip(drops.to_dict("records"), shortfalls, strict=True):
        chain = way_to_purchase(tables, model, client, row["persona"]) if row["status"] in ("found", "uncertain") else None
        draws = None if chain is None else draw_value(chain, row, shortfall, client.seed)
        if draws is not None and np.median(draws) > 0:
            values[row["stage"], row["persona"]] = tuple(float(q) for q in np.quantile(draws, [0.1, 0.5, 0.9]))
    return values


def _shrunken_shortfalls(drops) -> np.ndarray:
    """How far each share lies under its level, pulled together within targets and within personas."""
    shortfall = (drops["threshold"] - drops["value"]).to_numpy(dtype="float64", copy=True)
    variance = ((drops["hi"] - drops["lo"]) / (2 * z_value())).to_numpy(dtype="float64") ** 2
    is_persona = (drops["persona"] != "").to_numpy(dtype=bool)
    for family in (is_persona, ~is_persona):
        shortfall[family] = shrink(shortfall[family], np.maximum(variance[family], 1e-12))
    return shortfall


def draw_value(chain: Chain, drop: dict, shortfall: float, seed: int) -> np.ndarray | None:
    """Draws of the money a year that the stage of a drop-off would give at its level; None after the purchase.

    N · Π p_j · s / p_i · worth, where s is the stage's shortfall: `shortfall` on average, spread as its share is.
    """
    if drop["stage"] not in chain.stages:
        return None
    rng = np.random.default_rng([seed, zlib.crc32(f"value:{drop['stage']}:{drop['persona']}".encode())])
    rates, place = draw_rates(chain.k, chain.n, rng, N_DRAWS), chain.stages.index(drop["stage"])
    own = rates[:, place] if place < len(chain.stages) - 1 else draw_rates(*_counts(drop), rng, N_DRAWS)[:, 0]
    missing = np.maximum(shortfall - (own - own.mean()), 0)
    worth = np.maximum(chain.worth + chain.worth_se * rng.standard_normal(N_DRAWS), 0)
    return chain.n_a_year * rates.prod(axis=1) * missing / own * worth


def _counts(drop):
    """Counts as strong as the share's interval, which knows of the units behind them."""
    p, se = drop["value"], (drop["hi"] - drop["lo"]) / (2 * z_value())
    n = min(drop["n"], p * (1 - p) / se**2) if 0 < p < 1 and se > 0 else drop["n"]
    return [p * n], [n]


def way_to_purchase(tables, model: StageModel, client: Client, persona: str = "") -> Chain | None:
    """The chain of shares from the first stage to a purchase; None where a part of it is not known."""
    last, funnel, journeys = model.purchase_position, tables.get("funnel"), tables.get("journeys")
    if last is None or funnel is None or journeys is None or journeys.empty:
        return None
    rows = funnel[(funnel["semantics"] == "at_least") & (funnel["persona"] == persona)].set_index("stage")
    stages = model.ids[: last + 1]
    n_a_year, worth = a_year(float(rows["n_reached"].get(stages[0], 0.0)), journeys, client), _worth(journeys, client)
    if n_a_year is None or worth is None or not set(stages) <= set(rows.index):
        return None
    steps = rows.loc[list(stages[:-1])]
    k, n = _by_unit(steps)
    won = np.array(_won(rows.loc[stages[-1]], journeys, persona)) * _weight(rows.loc[[stages[-1]]])
    k, n = np.append(k, won[0]), np.append(n, won[1])
    return Chain(stages, k, n, n_a_year, *worth) if (n > 0).all() else None


def _by_unit(steps) -> tuple[np.ndarray, np.ndarray]:
    """Counts as strong as the units behind them: several journeys of one unit are not as many witnesses."""
    n, k = steps["n_followed"].to_numpy(dtype="float64"), steps["n_converted"].to_numpy(dtype="float64")
    return k * _weight(steps), n * _weight(steps)


def _weight(steps) -> np.ndarray:
    """Units a journey: 1 where each journey is a unit of its own."""
    n, n_units = (steps[name].to_numpy(dtype="float64") for name in ("n_followed", "n_units"))
    return np.divide(np.minimum(n_units, n), n, out=np.ones_like(n), where=n > 0)


def _won(row, journeys, persona) -> tuple[float, float]:
    """Journeys won, of those that reached the purchase's stage and had the time: won, lost there, or open nevertheless.

    Of the undecided as many are too recent to judge as of all who reached the stage. To leave all of them out would count
    silence as no answer, and make everybody a buyer where nobody records a loss.
    """
    own = journeys[journeys["persona"] == persona] if persona else journeys
    n_reached = float(row["n_reached"])
    n_won = min(float((own["state"] == "won").sum()), n_reached)
    n_undecided = max(0.0, n_reached - n_won - float(row["n_lost"]))
    had_the_time = float(row["n_followed"]) / n_reached if n_reached else 0.0
    return n_won, n_won + float(row["n_lost"]) + n_undecided * had_the_time


def a_year(n_reached: float, journeys: pd.DataFrame, client: Client) -> float | None:
    """Of so many journeys that came to a stage, how many come there in a year: n · share begun in the last year · 365.25 / days of it with data.

    One rate for the value at stake and for the reach of RICE. None where the data span less than `SHORTEST_DAYS`, or nobody came.
    """
    cut = pd.Timestamp(client.as_of, tz="UTC") + pd.Timedelta(days=1)
    age_days = (cut - journeys["started_at"]).dt.total_seconds() / 86_400
    span = min(float(age_days.max()), 365.25)
    if span < SHORTEST_DAYS:
        return None
    share = float((age_days <= 365.25).mean())
    return n_reached * share * 365.25 / span or None


def _worth(journeys, client) -> tuple[float, float] | None:
    """Money of one purchase and its standard error: the client's own figure, else the mean of won journeys."""
    if client.value_per_conversion is not None:
        return float(client.value_per_conversion), 0.0
    won = journeys[(journeys["state"] == "won") & journeys["value"].notna()]
    if won.empty or won["value"].mean() <= 0:
        return None
    unit, names = pd.factorize(won["unit"])
    return float(won["value"].mean()), standard_error(won["value"], unit) if len(names) > 1 else 0.0
