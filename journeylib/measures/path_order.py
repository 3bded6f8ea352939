"""Does the step before last matter? How far back one has to look to tell a customer's next step (practice C3).

A chain of order k tells the next step from the k before it. An order is held to be needed when it tells the steps of journeys it has
not seen better than the order below it: more memory always fits what it was made from better, which proves nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, journeys_of, moments, over_blocks
from journeylib.measures.stats import mean_of, t_interval
from journeylib.measures.visits import is_own
from journeylib.schema import FOLLOWED, PATH_ORDER, check, empty

ORDERS = (0, 1, 2, 3)
N_FOLDS = 5
#: What is seen so often weighs as much as what the order below expects.
PRIOR = 5.0
#: Fewer journeys than this tell nothing of an order; of more than the second a part is looked at, chosen by the second they began in.
FEWEST_JOURNEYS, MOST_JOURNEYS = 100, 50_000
#: A gain smaller than this part of what was uncertain is none to act on.
LEAST_GAIN = 0.02


def path_order(log: EventLog, journeys: pd.DataFrame, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How uncertain the next step is, knowing none, one, two or three steps before it.

    A step is one of the customer's own, a run of the same taken as one: by touchpoint, and by channel. Each fifth of the units (by the
    day their first journey began) is told from the other four: p₀(x) = (n_x + 1) / (N + V), p_k(x | c) = (n_cx + 5 p_{k−1}(x | c')) /
    (n_c + 5), c' the context without its oldest step. Gains are means over moves with Student's interval by unit.

    Returns
    -------
    PATH_ORDER; without rows for what fewer than a hundred journeys have two steps of.
    """
    rows = []
    for followed in FOLLOWED:
        column = followed.removesuffix("s")
        moves = over_blocks(log, lambda block, column=column: _steps(block, column), n_rows)
        moves = _contexts(_thinned(moves, journeys))
        if moves["journey"].nunique() >= FEWEST_JOURNEYS:
            rows += _judge(moves, journeys, followed)
    return check(pd.DataFrame(rows), PATH_ORDER) if rows else empty(PATH_ORDER)


def _steps(log, column):
    """The customer's own steps with a known touchpoint or channel, runs as one."""
    codes = getattr(log, column)
    rows = np.flatnonzero(is_own(log) & (codes >= 0))
    journey, code = log.journey[rows], codes[rows].astype(np.int64)
    is_new = np.append(True, (journey[1:] != journey[:-1]) | (code[1:] != code[:-1]))[: len(rows)]
    return pd.DataFrame({"journey": journey[is_new], "step": code[is_new]})


def _thinned(steps, journeys):
    present = steps["journey"].unique()
    if len(present) <= MOST_JOURNEYS:
        return steps
    seconds = moments(journeys_of(journeys, present, "started_at")["started_at"]) // 1_000_000
    return steps[steps["journey"].isin(present[seconds % -(-len(present) // MOST_JOURNEYS) == 0])].reset_index(drop=True)


def _contexts(steps):
    """One row a move: the step moved to and the three before it, 0 where the journey had not begun; steps count from 1."""
    code = pd.factorize(steps["step"], sort=True)[0] + 1
    columns = {"journey": steps["journey"].to_numpy(), "next": code}
    for back in ORDERS[1:]:
        same = steps["journey"].eq(steps["journey"].shift(back))
        columns[f"back_{back}"] = np.where(same, pd.Series(code).shift(back, fill_value=0), 0)
    moves = pd.DataFrame(columns)
    return moves[moves["back_1"] > 0].reset_index(drop=True)


def _judge(moves, journeys, followed):
    about = journeys_of(journeys, moves["journey"].to_numpy(), "unit")
    unit = about["unit"].to_numpy()
    told = _log_chances(moves, _fold(journeys, unit))
    about = {"followed": followed, "n_journeys": moves["journey"].nunique(), "n_moves": len(moves)}
    rows = [about | {"order": 0, "uncertainty": -mean_of(told[0]), "is_better": ""}]
    for order in ORDERS[1:]:
        gain = t_interval(told[order] - told[order - 1], unit)
        least = LEAST_GAIN * rows[-1]["uncertainty"]
        rows.append(about | {"order": order, "uncertainty": -mean_of(told[order]), "gain": gain.mean, "lo": gain.lo, "hi": gain.hi,
                             "is_better": "yes" if gain.lo > 0 and gain.mean >= least else "unclear" if gain.hi >= least else "no"})  # fmt: skip
    return rows


def _fold(journeys, unit):
    """Which fifth a unit is in: by the day its first journey began, so that neither names nor the order of rows decide."""
    first = pd.Series(moments(journeys["started_at"])).groupby(journeys["unit"].to_numpy()).min()
    return (first.loc[unit].to_numpy() // DAY_US % N_FOLDS).astype(np.int64)


def _log_chances(moves, fold):
    """ln p of every move under each order, told from the other folds, (orders, moves)."""
    n_steps = int(moves["next"].max())
    seen, of = _elsewhere(moves["next"].to_numpy(), fold), _elsewhere(np.zeros(len(moves), dtype=np.int64), fold)
    chance = [(seen + 1) / (of + n_steps)]
    context = np.zeros(len(moves), dtype=np.int64)
    for order in ORDERS[1:]:
        context = np.unique(context * (n_steps + 1) + moves[f"back_{order}"].to_numpy(), return_inverse=True)[1]
        seen = _elsewhere(context * (n_steps + 1) + moves["next"].to_numpy(), fold)
        chance.append((seen + PRIOR * chance[-1]) / (_elsewhere(context, fold) + PRIOR))
    return np.log(np.stack(chance))


def _elsewhere(key, fold):
    """How often each row's key is met in other folds than its own."""
    place = np.unique(key, return_inverse=True)[1]
    everywhere, here = np.bincount(place), np.bincount(place * N_FOLDS + fold, minlength=(place.max() + 1) * N_FOLDS)
    return (everywhere[place] - here[place * N_FOLDS + fold]).astype(float)


def order_needed(table: pd.DataFrame, followed: str) -> int | None:
    """The lowest order above which nothing more helps; None where that is unclear or could not be judged at all."""
    rows = table[table["followed"] == followed].set_index("order")["is_better"]
    if rows.empty:
        return None
    first = next((order for order in ORDERS[1:] if rows[order] != "yes"), None)
    return ORDERS[-1] if first is None else first - 1 if rows[first] == "no" else None
