"""How winding are the journeys? Counts a journey, and how many different ways there are (practice C15).

Definitions are those of bupaR's edeaR: a *self-loop* is a touchpoint met again at once (a run of it counts once), a *repeat* one met
again after something else. Only steps count (`visits.is_step`): what a tracker writes of itself would make every journey long.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.number_sums import interval_of, sum_numbers
from journeylib.measures.passages import BLOCK_ROWS, add_up, blocks_of_units, count_rows
from journeylib.measures.stats import mean_of, t_interval, unit_codes
from journeylib.measures.visits import HELP, coded, find_visits, is_step, matching
from journeylib.schema import COMPLEXITY, check

PER_JOURNEY = ("touchpoints", "distinct", "days", "self_loops", "repeats", "backward", "switches", "long_waits", "help", "handovers")
#: What makes a journey winding (C15).
WINDING_OF = ("days", "repeats", "backward", "switches")
_MIX = np.uint64(0x9E3779B97F4A7C15)


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
    names = {by: sorted(journeys[by].dropna().unique()) for by in ("offer", "persona")}
    coded_journeys = journeys[["journey", "unit"]].assign(**{by: pd.Categorical(journeys[by], names[by]).codes for by in names})
    tallies = [_tally(block, about, model, wait_days, help_at) for block, about in blocks_of_units(log, coded_journeys, n_rows=n_rows)]
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


#: What is kept of each journey: the rest adds up.
_KEPT = {**dict.fromkeys(("repeats", "backward", "switches", "unit"), np.int32), "days": np.float64, "variant": np.uint64, "offer": np.int16, "persona": np.int16}


def _tally(log, about, model, wait_days, help_at):
    """Of a block of whole units: the sums of each group, how often each step follows each, and what is kept of each journey."""
    counted = tally_journeys(log, model, wait_days, help_at)
    about = about.iloc[np.searchsorted(log.journeys_present, counted["journey"].to_numpy())].reset_index(drop=True)
    counted = counted.assign(unit=about["unit"].to_numpy(dtype=np.int64), offer=about["offer"].to_numpy(), persona=about["persona"].to_numpy())
    sums = {}
    coded_by = {by: [int(code) for code in np.unique(counted[by]) if code >= 0] for by in ("offer", "persona")}
    for by, code in [("all", 0), *((kind, code) for kind, codes in coded_by.items() for code in codes)]:
        inside = counted if by == "all" else counted[counted[by] == code]
        unit = unit_codes(inside["unit"])
        sums[by, code] = {name: sum_numbers(inside[name], unit) for name in PER_JOURNEY if name != "days"} if len(inside) else {}
    return {"sums": {key: found for key, found in sums.items() if found}, "moves": _tally_moves(log, about, counted["journey"].to_numpy()),
            "counted": counted[list(_KEPT)].astype(_KEPT)}  # fmt: skip


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


def tally_journeys(log: EventLog, model, wait_days: float, help_at=HELP) -> pd.DataFrame:
    """One row a journey with the counts of `PER_JOURNEY` and a number for its variant."""
    rows = np.flatnonzero(is_step(log))
    journey, touchpoint = log.journey[rows], log.touchpoint[rows]
    if not len(rows):
        return pd.DataFrame(columns=["journey", *PER_JOURNEY, "variant"])
    starts = np.flatnonzero(np.append(True, journey[1:] != journey[:-1]))
    ends = np.append(starts[1:], len(rows))
    is_new_run = np.append(True, (journey[1:] != journey[:-1]) | (touchpoint[1:] != touchpoint[:-1]))
    n_runs, n_looped = _sum(is_new_run, starts), _sum(_is_looped(is_new_run), starts)
    n_distinct = _distinct(journey, touchpoint, starts)
    at = log.at_us[rows]
    wait = np.append(0, np.diff(at)) * ~np.isin(np.arange(len(rows)), starts)
    return pd.DataFrame({
        "journey": journey[starts], "touchpoints": ends - starts, "distinct": n_distinct, "days": (at[ends - 1] - at[starts]) / DAY_US,
        "self_loops": n_looped, "repeats": n_runs - n_distinct, "backward": _backward(log, model, journey[starts]),
        "switches": _changes(log.channel[rows], journey, journey[starts]), "long_waits": _sum(wait > wait_days * DAY_US, starts),
        "help": _sum(coded(matching(log.names["touchpoint"], help_at), touchpoint), starts),
        "handovers": _changes(log.department[rows], journey, journey[starts]), "variant": _variant(touchpoint, is_new_run, starts),
    })  # fmt: skip


def _sum(flags, starts):
    return np.add.reduceat(flags.astype(np.int64), starts)


def _is_looped(is_new_run):
    """The second event of each run: one for every run longer than one."""
    return ~is_new_run & np.append(False, is_new_run[:-1])


def _distinct(journey, touchpoint, starts):
    place = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(journey))))
    return np.bincount(count_rows({"journey": place, "touchpoint": touchpoint})["journey"], minlength=len(starts))


def _changes(codes, journey, present):
    """Changes of a code from one event that has it to the next that has it, a journey."""
    known = np.flatnonzero(codes >= 0)
    changed = (codes[known][1:] != codes[known][:-1]) & (journey[known][1:] == journey[known][:-1])
    return np.bincount(np.searchsorted(present, journey[known][1:][changed]), minlength=len(present))


def _backward(log, model, present):
    visits = find_visits(log, model)
    back = np.append(False, visits.atom[1:] < visits.atom[:-1])[: len(visits.atom)] & visits.follows
    return np.bincount(np.searchsorted(present, visits.journey[back]), minlength=len(present))


def _variant(touchpoint, is_new_run, starts):
    """A number for the sequence of runs, equal for equal sequences: Σ code · 1.6180…ⁱ modulo 2⁶⁴."""
    run = np.cumsum(is_new_run) - 1
    place = run - np.repeat(run[starts], np.diff(np.append(starts, len(run))))
    powers = np.cumprod(np.full(int(place.max()) + 1, _MIX, dtype=np.uint64))
    code = (touchpoint.astype(np.uint64) + np.uint64(1)) * np.uint64(0xBF58476D1CE4E5B9)
    code = (code ^ (code >> np.uint64(29))) * powers[place]
    return np.add.reduceat(np.where(is_new_run, code, np.uint64(0)), starts)


def _tally_moves(log, about, present):
    """How often each touchpoint comes directly after each, by offer and persona of the journey."""
    rows = np.flatnonzero(is_step(log))
    journey, touchpoint = log.journey[rows], log.touchpoint[rows]
    same = journey[1:] == journey[:-1]
    place = np.searchsorted(present, journey[1:][same])
    return count_rows({"offer": about["offer"].to_numpy()[place], "persona": about["persona"].to_numpy()[place], "a": touchpoint[:-1][same], "b": touchpoint[1:][same]})


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
