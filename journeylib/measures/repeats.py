"""Is the second journey shorter than the first? From the first sign of interest to the purchase, first and later times (practice C13).

A journey here is a *try*: it begins with the customer's first step of evaluation (a3, a4 or a8), the first time as later on, and ends
with the purchase, with being lost, or in silence. So both are measured on one clock, and getting to know the company, which
nobody does twice, counts in neither. What the company sends is no step of the customer's.
"""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, NEVER, journeys_of, moments
from journeylib.measures.stats import z_value
from journeylib.measures.time_to_purchase import BOUGHT, GAVE_UP, N_DRAWS, Bought, bought_within, common_horizon, draw_curves, drawn_means, random_blocks
from journeylib.measures.visits import COMPANY, PAUSE_US, is_step
from journeylib.schema import ATOMS, OUTCOMES, REPEAT_CURVE, REPEATS, check

#: Days of silence after which a try is over; the middle one is the answer, all three must agree on a verdict.
GAPS_DAYS = (30.0, 60.0, 90.0)
MAIN_GAP_DAYS = 60.0
#: Fewer purchases than this, the first time or later, and lengths are not compared (practice C0).
FEWEST_BOUGHT = 10
#: Where more purchases than this have no step before them, their start is not seen and the rest is no picture of them.
LARGEST_UNSEEN = 0.5
_EVALUATION = tuple(ATOMS.index(atom) for atom in ("a3_evaluate", "a4_decide", "a8_repeat"))
_WON = OUTCOMES.index("won")


def repeats(log: EventLog, journeys: pd.DataFrame, *, seed=0, n_rows: int = BLOCK_ROWS) -> dict[str, pd.DataFrame]:
    """First and later journeys beside each other, one row a gap of silence, and the two curves at the middle gap.

    Mean days are those of the ones who buy within a common horizon (Aalen–Johansen), so slow journeys cut short by the data cut
    do not make later ones look quick. The ratio has a bootstrap interval by unit, on the log scale. A purchase without any step
    before it has no visible start: it is counted and left out of the lengths, the first time as later on.

    Returns
    -------
    REPEATS as `repeats`, REPEAT_CURVE as `repeat_curve`; empty where nobody bought again.
    """
    parts = _tally_all(log, n_rows)
    if not any((part["is_bought"] & (part["no"] > 1)).any() for of_gap in parts.values() for part in of_gap):
        return {"repeats": pd.DataFrame(columns=list(REPEATS.columns)), "repeat_curve": pd.DataFrame(columns=list(REPEAT_CURVE.columns))}
    rng = np.random.default_rng([*np.atleast_1d(seed), zlib.crc32(b"repeats")])
    tries = ((gap, pd.concat(parts.pop(gap), ignore_index=True)) for gap in GAPS_DAYS)
    rows, curves = zip(*(compare(_with_ends(found, gap, journeys, log.as_of_us), gap, rng) for gap, found in tries), strict=True)
    curve = curves[GAPS_DAYS.index(MAIN_GAP_DAYS)]
    return {"repeats": check(pd.DataFrame(rows), REPEATS), "repeat_curve": check(curve, REPEAT_CURVE)}


def compare(tries: pd.DataFrame, gap_days: float, rng: np.random.Generator) -> tuple[dict, pd.DataFrame]:
    """One row of REPEATS and its two curves.

    Parameters
    ----------
    tries : `unit`, `no` (1 = first), `days`, `end` (0 under way, 1 bought, 2 gave up), `followed_days` (start to data cut),
        `n_steps`, `is_bought`, `is_unseen` (a purchase without a step before it).
    """
    seen = tries[~tries["is_unseen"]]
    later = seen["no"].to_numpy() > 1
    horizon = common_horizon([seen["followed_days"].to_numpy()[~later], seen["followed_days"].to_numpy()[later]])
    sides = [bought_within(seen["days"][of], seen["end"][of], horizon) for of in (~later, later)]
    row = {"gap_days": gap_days, "horizon_days": horizon, "n": min(side.n for side in sides), **_counts(tries)}
    row |= {f"n_{name}_within": side.n for name, side in zip(("first", "later"), sides, strict=True)}
    if row["n"] < FEWEST_BOUGHT or _is_mostly_unseen(row):
        return row | {"verdict": "not_established"}, _curve(())
    draws = drawn_means(draw_curves(seen["unit"], later.astype(int), seen["days"], seen["end"], horizon, rng))
    row |= {"first_days": sides[0].mean_days, "later_days": sides[1].mean_days} | _ratio("ratio", sides[0].mean_days, sides[1].mean_days, draws)
    row |= _touchpoints(seen, later, horizon, rng)
    return row | {"verdict": _verdict(row["lo"], row["hi"])}, _curve(sides)


def _counts(tries):
    counts = {}
    for name, of in (("first", tries[tries["no"] == 1]), ("later", tries[tries["no"] > 1])):
        counts |= {f"n_{name}": len(of), f"n_{name}_bought": int(of["is_bought"].sum()), f"n_{name}_unseen": int(of["is_unseen"].sum())}
    return counts


def _is_mostly_unseen(row):
    return any(row[f"n_{name}_unseen"] > LARGEST_UNSEEN * row[f"n_{name}_bought"] for name in ("first", "later"))


def _ratio(name, first, later, draws):
    """later / first, with its interval from the spread of log ratios over the draws."""
    drawn = draws[(draws > 0).all(axis=1)]
    if not (first > 0 and later > 0) or len(drawn) < len(draws) / 2:
        return {name: later / first if first > 0 else None}
    half = z_value() * np.std(np.log(drawn[:, 1] / drawn[:, 0]), ddof=1)
    ends = {"ratio": ("lo", "hi")}.get(name, (f"{name}_lo", f"{name}_hi"))
    return {name: later / first, ends[0]: later / first * np.exp(-half), ends[1]: later / first * np.exp(half)}


def _touchpoints(seen, later, horizon, rng):
    """Mean steps of the tries that had the whole horizon and bought within it, and their ratio, by unit."""
    chosen = ((seen["end"] == BOUGHT) & (seen["days"] <= horizon) & (seen["followed_days"] >= horizon)).to_numpy()
    steps, arm = seen["n_steps"].to_numpy()[chosen], later[chosen].astype(int)
    if min((arm == 0).sum(), (arm == 1).sum()) < FEWEST_BOUGHT:
        return {}
    block = random_blocks(seen["unit"].to_numpy()[chosen], rng)
    weight = rng.poisson(1.0, size=(N_DRAWS, block.max() + 1)).astype(float)
    sums, counts = (weight @ np.stack([np.bincount(block[arm == k], weights=values[arm == k], minlength=weight.shape[1]) for k in (0, 1)], axis=1)
                    for values in (steps, np.ones(len(steps))))  # fmt: skip
    drawn = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
    first, second = steps[arm == 0].mean(), steps[arm == 1].mean()
    return {"first_touchpoints": first, "later_touchpoints": second} | _ratio("touchpoint_ratio", first, second, drawn)


def _verdict(lo, hi):
    if lo is None or pd.isna(lo):
        return "not_established"
    return "shorter" if hi < 1 else "longer" if lo > 1 else "not_established"


def _curve(sides: tuple[Bought, ...]) -> pd.DataFrame:
    """Share of those who buy within the horizon that have bought by each day; at most 200 steps a curve."""
    rows = [{"journeys": name, "at_days": at, "share": share} for name, side in zip(("first", "later"), sides, strict=False)
            for at, share in _thinned(side.at, side.curve)]  # fmt: skip
    return pd.DataFrame(rows, columns=list(REPEAT_CURVE.columns))


def _thinned(at, share):
    keep = np.unique(np.linspace(0, len(at) - 1, min(len(at), 200)).round().astype(int))
    return zip(at[keep], share[keep], strict=True)


# --- the tally: one row a try ------------------------------------------------------------------------------------------


_OF_TRY = {"journey": np.int32, "no": np.int32, "at_us": np.int64, "last_us": np.int64, "n_steps": np.int32, "is_bought": np.bool_}


def _tally_all(log, n_rows) -> dict[float, list[pd.DataFrame]]:
    """By gap of silence the tries of every block."""
    parts = {gap: [] for gap in GAPS_DAYS}
    for block in log.blocks(n_rows):
        rows = np.flatnonzero((is_step(block) & (block.initiator != COMPANY) & np.isin(block.atom, _EVALUATION)) | (block.outcome == _WON))
        rows = rows[~((block.outcome[rows] == _WON) & _is_same_visit(block, rows))]
        is_tail = _is_same_visit(block, rows)
        for gap, found in parts.items():
            found.append(_tally(block, rows, is_tail, gap))
    return parts


def _is_same_visit(log, rows):
    """Whether each row follows a purchase within half an hour: another line of the order, or a page of the same visit whose clock is late."""
    won = log.outcome[rows] == _WON
    latest = np.append(-1, np.maximum.accumulate(np.where(won, np.arange(len(rows)), -1)))[: len(rows)]
    bought = rows[np.maximum(latest, 0)]
    return (latest >= 0) & (log.journey[bought] == log.journey[rows]) & (log.at_us[rows] - log.at_us[bought] <= PAUSE_US)


def _tally(log, rows, is_tail, gap_days):
    journey, at, won = log.journey[rows], log.at_us[rows], log.outcome[rows] == _WON
    is_new_journey = np.append(True, journey[1:] != journey[:-1])[: len(rows)]
    after = np.append(False, won[:-1] | is_tail[:-1])[: len(rows)] & ~is_tail
    is_silent = np.append(False, np.diff(at) > gap_days * DAY_US)[: len(rows)]
    first = np.flatnonzero(is_new_journey | after | is_silent)
    if not len(first):
        return pd.DataFrame(columns=list(_OF_TRY)).astype(_OF_TRY)
    bought_before = np.cumsum(won) - won
    of_journey = np.flatnonzero(is_new_journey)[np.cumsum(is_new_journey) - 1]
    bought_at = np.maximum.reduceat(np.where(won, at, 0), first)
    last = np.append(first[1:], len(rows)) - 1
    return pd.DataFrame({"journey": journey[first], "no": 1 + bought_before[first] - bought_before[of_journey[first]], "at_us": at[first],
                         "last_us": np.where(bought_at > 0, bought_at, at[last]), "n_steps": last - first + 1, "is_bought": bought_at > 0}).astype(_OF_TRY)  # fmt: skip


def _with_ends(tries, gap_days, journeys, as_of_us):
    """Each try's end: bought, which takes half an hour at least; given up in silence or lost in so many words, whichever came first; or under way."""
    about = journeys_of(journeys, tries["journey"].to_numpy(), "unit", "state", "ended_at")
    lost = np.where(about["state"].eq("lost").to_numpy(), moments(about["ended_at"]), NEVER)
    start, last = tries["at_us"].to_numpy(np.int64), tries["last_us"].to_numpy(np.int64)
    silent = last + int(gap_days * DAY_US)
    over = np.where(lost >= last, np.minimum(silent, lost), silent)
    bought = tries["is_bought"].to_numpy(bool)
    until = np.where(bought, last, np.minimum(over, as_of_us))
    end = np.where(bought, BOUGHT, np.where(over <= as_of_us, GAVE_UP, 0))
    return tries[["no", "n_steps", "is_bought"]].assign(
        unit=about["unit"].to_numpy(), days=np.maximum(until - start, PAUSE_US * bought) / DAY_US, end=end.astype(np.int8),
        followed_days=(as_of_us - start) / DAY_US, is_unseen=bought & (tries["n_steps"].to_numpy() == 1))  # fmt: skip
