"""Do customers go the planned way? The four deviations of CJML, by optimal alignment with the client's plan (practice C15).

- ad hoc: a touchpoint that is not planned.
- missing: a planned one left out, unless it is optional.
- irregular: a planned one in another place than planned.
- failed: help asked for again within a week, or a planned touchpoint that came later than its deadline.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.alignment import align
from journeylib.measures.passages import BLOCK_ROWS, distinct, journeys_of, over_blocks
from journeylib.measures.stats import share_by_unit
from journeylib.measures.visits import HELP, coded, is_step, matching
from journeylib.schema import DEVIATION_KINDS, DEVIATIONS, check

#: Help asked for again within this time was not given the first time.
AGAIN_DAYS = 7
N_ALIGNED = 5_000


class Planned(NamedTuple):
    """A planned touchpoint: a pattern of its name, whether it may be left out, and how many days after the planned one before it it may come."""

    touchpoint: str
    optional: bool = False
    within_days: float | None = None


def deviations(log: EventLog, journeys: pd.DataFrame, plan: Sequence[Planned], *, help_at=HELP, seed=0, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How many journeys leave the plan, in which of the four ways, and at which touchpoint.

    A journey is laid beside the plan so that the fewest touchpoints are put in, left out or swapped with a neighbour. A run of one
    touchpoint is one. What a journey has not come to yet is not missing: an open journey is held against the plan only as far as it
    has come. With many journeys a seeded sample is taken.

    Returns
    -------
    DEVIATIONS: each kind over all touchpoints, and each touchpoint it happened at, most common first.
    """
    codes = np.concatenate([distinct(block.journey[is_step(block)]) for block in log.blocks(n_rows)] or [np.zeros(0, dtype=np.int32)])
    if not len(codes):
        return check(pd.DataFrame(columns=list(DEVIATIONS.columns)), DEVIATIONS)
    chosen = np.sort(np.random.default_rng(seed).choice(codes, N_ALIGNED, replace=False)) if len(codes) > N_ALIGNED else codes
    about = journeys_of(journeys, chosen).set_index("journey")
    found = over_blocks(log, lambda block: _tally(block, plan, help_at, chosen), n_rows)
    off = _off_plan(found.assign(touchpoint=_names(log, plan)[1][found["touchpoint"]]), plan, about["state"])
    rows = [_row(kind, "", off.loc[off["kind"] == kind, "journey"], about) for kind in DEVIATION_KINDS]
    places = [_row(kind, name, group["journey"], about) for (kind, name), group in off.groupby(["kind", "touchpoint"], sort=True)]
    return check(pd.DataFrame([*rows, *sorted(places, key=lambda row: -row["n_yes"])]), DEVIATIONS)


def failed_contacts(log: EventLog, journeys: pd.DataFrame, *, help_at=HELP, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Where customers had to ask again within a week, of a client without a plan: of the journeys that asked for help there at all.

    Returns
    -------
    DEVIATIONS of kind failed, most common first; empty where nobody asked again.
    """
    found = over_blocks(log, lambda block: _asked(block, help_at), n_rows)
    if found.empty or not found["is_again"].any():
        return check(pd.DataFrame(columns=list(DEVIATIONS.columns)), DEVIATIONS)
    met = found.groupby(["touchpoint", "journey"], sort=True, as_index=False)["is_again"].max()
    rows = [_row("failed", name, group.loc[group["is_again"], "journey"], journeys_of(journeys, group["journey"].to_numpy()).set_index("journey"))
            for name, group in met.groupby("touchpoint", sort=True) if group["is_again"].any()]  # fmt: skip
    return check(pd.DataFrame(sorted(rows, key=lambda row: (-row["n_yes"], row["touchpoint"]))), DEVIATIONS)


def _asked(log, help_at):
    rows = np.flatnonzero(is_step(log) & coded(matching(log.names["touchpoint"], help_at), log.touchpoint))
    names = np.array([*map(str, log.names["touchpoint"])], dtype=object)
    journey, at = log.journey[rows], log.at_us[rows]
    return pd.DataFrame({"journey": journey, "touchpoint": names[log.touchpoint[rows]], "is_again": _asked_again(journey, at, np.ones(len(rows), dtype=bool))})


def compare_with_plan(path: Sequence[str], plan: Sequence[Planned], *, is_open: bool = False) -> list[tuple[str, str]]:
    """The deviations of one path, a touchpoint in two places being irregular rather than put in here and left out there.

    >>> plan = [Planned("quote"), Planned("demo"), Planned("order")]
    >>> compare_with_plan(["quote", "call", "order"], plan)
    [('ad_hoc', 'call'), ('missing', 'demo')]
    >>> compare_with_plan(["demo", "quote", "order"], plan)
    [('irregular', 'demo'), ('irregular', 'quote')]
    """
    plan = [step for step in plan if not step.optional or step.touchpoint in path]
    places = {step.touchpoint: place for place, step in enumerate(plan)}
    moves = align(path, [step.touchpoint for step in plan], swaps=True)
    come_to = max((places[name] for name in path if name in places), default=-1)
    added = [path[move.in_path] for move in moves if move.kind == "insert"]
    left = [plan[move.in_reference] for move in moves if move.kind == "delete"]
    moved = {step.touchpoint for step in left} & set(added)
    moved |= {path[move.in_path + k] for move in moves if move.kind == "swap" for k in (0, 1)}
    missing = {step.touchpoint for step in left if not (is_open and places[step.touchpoint] > come_to)} - moved
    again = {name for name in added if name in places} - moved
    return sorted({("irregular", name) for name in moved | again} | {("missing", name) for name in missing} | {("ad_hoc", name) for name in added if name not in places})


def _tally(log, plan, help_at, chosen):
    """Steps by journey, named by the plan where it knows them; runs are one; with what failed."""
    rows = np.flatnonzero(is_step(log) & np.isin(log.journeys_present, chosen)[log.place])
    journey, at, name = log.journey[rows], log.at_us[rows], _names(log, plan)[0][log.touchpoint[rows]]
    is_help = coded(matching(log.names["touchpoint"], help_at), log.touchpoint)[rows]
    again = _asked_again(journey, at, is_help)
    is_new = np.append(True, (journey[1:] != journey[:-1]) | (name[1:] != name[:-1]))[: len(rows)] | again
    return pd.DataFrame({"journey": journey[is_new], "at_us": at[is_new], "touchpoint": name[is_new], "is_again": again[is_new]})


def _names(log, plan):
    """What each touchpoint is called where the plan knows it, as a code; and the names of the codes."""
    names = np.array([*map(str, log.names["touchpoint"])], dtype=object)
    for step in reversed(plan):
        names[matching(log.names["touchpoint"], (step.touchpoint,))] = step.touchpoint
    known = np.array(sorted(set(names)), dtype=object)
    return np.array([list(known).index(name) for name in names], dtype=np.int32), known


def _asked_again(journey, at, is_help):
    again = np.zeros(len(journey), dtype=bool)
    rows = np.flatnonzero(is_help)
    again[rows[1:]] = (journey[rows][1:] == journey[rows][:-1]) & (np.diff(at[rows]) <= AGAIN_DAYS * DAY_US)
    return again


def _off_plan(found, plan, state) -> pd.DataFrame:
    rows = []
    known: dict[tuple, list] = {}
    for journey, steps in found.groupby("journey", sort=True):
        path, is_open = tuple(steps.loc[~steps["is_again"], "touchpoint"]), state[journey] == "open"
        if (path, is_open) not in known:
            known[path, is_open] = compare_with_plan(path, plan, is_open=is_open)
        failed = [("failed", name) for name in {*steps.loc[steps["is_again"], "touchpoint"], *_late(steps, plan)}]
        rows += [(journey, *deviation) for deviation in (*known[path, is_open], *sorted(failed))]
    return pd.DataFrame(rows, columns=["journey", "kind", "touchpoint"])


def _late(steps, plan):
    """Planned touchpoints that came later than they may after the one planned before them."""
    first = dict(zip(reversed(steps["touchpoint"].tolist()), reversed(steps["at_us"].tolist()), strict=True))  # the earliest stays
    met = [step for step in plan if step.touchpoint in first]
    for before, step in zip(met, met[1:], strict=False):
        if step.within_days is not None and first[step.touchpoint] - first[before.touchpoint] > step.within_days * DAY_US:
            yield step.touchpoint


def _row(kind, touchpoint, journeys, about):
    told = share_by_unit(about.index.isin(journeys), about["unit"])
    return {"kind": kind, "touchpoint": touchpoint, "n": told.n, "n_yes": told.n_yes, "share": told.rate, "lo": told.lo, "hi": told.hi}
