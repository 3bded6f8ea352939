"""How winding are the journeys? Counts a journey, and how many different ways there are (practice C15).

Only steps count (`visits.is_step`): what a tracker writes of itself would make every journey long. How steps are counted: `ways`.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures import ways
from journeylib.measures.number_sums import interval_of, sum_numbers
from journeylib.measures.passages import BLOCK_ROWS, add_up, blocks_of_units, count_rows
from journeylib.measures.stats import mean_of, t_interval, unit_codes
from journeylib.measures.visits import HELP, coded, is_own, is_step, matching
from journeylib.schema import COMPLEXITY, check

PER_JOURNEY = ("touchpoints", "distinct", "days", "self_loops", "repeats", "backward", "switches", "long_waits", "help", "handovers")
#: What makes a journey winding (C15).
WINDING_OF = ("days", "repeats", "backward", "switches")


def complexity(log: EventLog, journeys: pd.DataFrame, model, *, wait_days: float, help_at=HELP, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How winding journeys are: for all, by offer and by persona where there are several.

    A journey: steps, different touchpoints, days from first to last step, self-loops, repeats, moves back to an earlier atom
    (visit by visit and person by person), changes of channel, waits longer than `wait_days`, visits for help, changes of
    department. A group: how many variants (runs of one touchpoint taken as one), the share of the ten commonest, the
    variants' entropy over ln n, and how uncertain the next touchpoint is, in nats (`transition_entropy`). An offer or persona beside the
    others: `winding`, the mean score of its journeys (`winding_score`); all together it is nought.

    Returns
    -------
    COMPLEXITY; means with Student's interval by unit. Journeys without a step are not in it; what no source names (help, departments) has no row.
    """
    coded_journeys, names = _coded(journeys)
    tallies = [_tally(block, about, wait_days, help_at) for block, about in blocks_of_units(log, coded_journeys, n_rows=n_rows)]
    counted = pd.concat([tally["counted"] for tally in tallies], ignore_index=True) if tallies else pd.DataFrame()
    if counted.empty:
        return check(pd.DataFrame(columns=list(COMPLEXITY.columns)), COMPLEXITY)
    moves, sums = add_up((tally["moves"] for tally in tallies), ["offer", "persona", "a", "b"]), [tally["sums"] for tally in tallies]
    counted, told, rows = counted.assign(winding=winding_score(counted, WINDING_OF)), _told_by(log, help_at), []
    for by, group, code in [("all", "", 0), *((kind, name, code) for kind in names for code, name in enumerate(names[kind]))]:
        inside, followed = (table if by == "all" else table[table[by] == code] for table in (counted, moves))
        if inside.empty or (by != "all" and counted.loc[counted[by] >= 0, by].nunique() < 2):
            continue
        of_group = [parts[by, code] for parts in sums if (by, code) in parts]
        rows += [_mean_row(by, group, name, inside) if name == "days" else _sum_row(by, group, name, of_group) for name in told]
        rows += _group_rows(by, group, inside, followed)
        if by != "all":
            rows.append(_mean_row(by, group, "winding", inside))
    return check(pd.DataFrame(rows), COMPLEXITY)


def _coded(journeys):
    """Journeys with their offers and personas as codes (−1 = none), and the names of these in order."""
    found = {by: pd.factorize(journeys[by], sort=True) for by in ("offer", "persona")}
    codes = {by: codes.astype(np.int16) for by, (codes, _) in found.items()}
    return journeys[["journey", "unit"]].assign(**codes), {by: list(names) for by, (_, names) in found.items()}


_ABOUT = ("unit", "offer", "persona")
#: What is kept of each journey: the rest adds up.
_KEPT = {**dict.fromkeys(("repeats", "backward", "switches", "unit"), np.int32), "days": np.float64, "variant": np.uint64, "offer": np.int16, "persona": np.int16}


def _tally(log, about, wait_days, help_at):
    """Of a block of whole units: the sums of each group, how often each step follows each, and what is kept of each journey."""
    steps = ways.Steps(log, np.flatnonzero(is_step(log)))
    counted = tally_journeys(steps, wait_days, help_at) | {name: about[name].to_numpy(dtype=np.int64)[steps.journeys] for name in _ABOUT}
    sums = {}
    for by, code, rows in _groups(counted):
        unit = unit_codes(counted["unit"][rows])
        sums[by, code] = {name: sum_numbers(counted[name][rows], unit) for name in PER_JOURNEY if name != "days"} if len(unit) else {}
    return {"sums": {key: found for key, found in sums.items() if found}, "moves": _tally_moves(steps, counted),
            "counted": pd.DataFrame({name: counted[name].astype(kept) for name, kept in _KEPT.items()})}  # fmt: skip


def _groups(counted):
    """All journeys, then those of each offer and of each persona: by what, its code, and which rows."""
    yield "all", 0, slice(None)
    for by in ("offer", "persona"):
        for code in np.flatnonzero(np.bincount(counted[by] + 1)[1:]):
            yield by, int(code), counted[by] == code


def _told_by(log, help_at):
    """The counts the sources can tell: no help where no touchpoint is one, no change of channel or department where there are not two."""
    cannot = {"help": not matching(log.names["touchpoint"], help_at).any(), "switches": len(log.names["channel"]) < 2, "handovers": len(log.names["department"]) < 2}
    return [name for name in PER_JOURNEY if not cannot.get(name)]


def winding_score(counted: pd.DataFrame, names) -> np.ndarray:
    """How winding each journey is beside the others (Q39): mean over the columns of (x − mean) / standard deviation; a column without spread says nothing.

    >>> winding_score(pd.DataFrame({"repeats": [0, 2], "switches": [1, 1]}), ("repeats", "switches")).tolist()
    [-0.5, 0.5]
    """
    parts = []
    for name in names:
        values = counted[name].to_numpy(dtype=float)
        off = values - mean_of(values)
        spread = np.sqrt(mean_of(off**2))
        parts.append(off / spread if spread > 0 else np.zeros(len(off)))
    return np.round(np.mean(parts, axis=0), 9)


def entropy(counts, *, corrected: bool = False) -> float:
    """Shannon's entropy of counts in nats, −Σ p ln p; corrected by Miller & Madow (1955): + (K − 1) / 2n.

    >>> round(entropy([5, 5, 5, 5]), 6) == round(float(np.log(4)), 6)
    True
    """
    counts = np.asarray(counts, dtype=float)
    counts = counts[counts > 0]
    if not len(counts):
        return 0.0
    p = counts / counts.sum()
    return float(-(p * np.log(p)).sum() + ((len(counts) - 1) / (2 * counts.sum()) if corrected else 0.0))


def transition_entropy(current, following, counts) -> float:
    """How uncertain the next touchpoint is, given this one: H(this, next) − H(this), in nats; 0 = always the same next.

    >>> round(transition_entropy(["a", "a"], ["b", "c"], [1, 1]), 6) == round(float(np.log(2)), 6)
    True
    """
    table = pd.DataFrame({"a": current, "b": following, "n": counts})
    return max(0.0, entropy(table.groupby(["a", "b"])["n"].sum()) - entropy(table.groupby("a")["n"].sum()))


def tally_journeys(steps: ways.Steps, wait_days: float, help_at=HELP) -> dict[str, np.ndarray]:
    """The counts of `PER_JOURNEY` and a number for the variant, of each journey's steps in a block."""
    is_help = coded(matching(steps.log.names["touchpoint"], help_at), steps.touchpoint)
    own = steps.rows[is_own(steps.log)[steps.rows]]
    return {
        "touchpoints": steps.ends - steps.starts, "distinct": steps.n_distinct, "days": ways.days_between(steps),
        "self_loops": ways.count_self_loops(steps), "repeats": ways.count_repeats(steps), "backward": ways.count_backward(steps, own),
        "switches": ways.count_changes(steps, "channel"), "long_waits": ways.count_waits(steps, wait_days), "help": steps.sum(is_help),
        "handovers": ways.count_changes(steps, "department"), "variant": ways.number_variants(steps),
    }  # fmt: skip


def _tally_moves(steps, counted):
    """How often each touchpoint comes directly after each, by offer and persona of the journey."""
    after = np.flatnonzero(~steps.is_first)
    way, a, b = steps.way[after], steps.touchpoint[after - 1], steps.touchpoint[after]
    return count_rows({"offer": counted["offer"][way], "persona": counted["persona"][way], "a": a, "b": b})


def _mean_row(by, group, measure, inside):
    told = t_interval(inside[measure], inside["unit"], within=(0.0, math.inf) if measure == "days" else (-math.inf, math.inf))
    return {"by": by, "group": group, "measure": measure, "n_journeys": told.n, "value": told.mean, "lo": told.lo, "hi": told.hi,
            "median": float(np.median(inside[measure]))}  # fmt: skip


def _sum_row(by, group, measure, parts):
    sums = sum((part[measure] for part in parts[1:]), start=parts[0][measure])
    told = interval_of(sums)
    return {"by": by, "group": group, "measure": measure, "n_journeys": told.n, "value": told.mean, "lo": told.lo, "hi": told.hi, "median": sums.median}


def _group_rows(by, group, inside, moves):
    counts = np.sort(np.unique(inside["variant"].to_numpy(dtype=np.uint64), return_counts=True)[1])[::-1]
    n = len(inside)
    spread = min(1.0, entropy(counts, corrected=True) / np.log(n)) if n > 1 else 0.0
    values = {"variants": len(counts), "top_10_share": counts[:10].sum() / n, "variant_entropy": spread,
              "transition_entropy": transition_entropy(moves["a"], moves["b"], moves["n_events"])}  # fmt: skip
    return [{"by": by, "group": group, "measure": name, "n_journeys": n, "value": float(value)} for name, value in values.items()]
