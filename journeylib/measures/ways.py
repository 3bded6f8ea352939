"""How the steps of each journey follow one another, counted: what `complexity` and `winding` are made of.

Definitions are those of bupaR's edeaR: a *self-loop* is a touchpoint met again at once (a run of it counts once), a *repeat* one met
again after something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import distinct
from journeylib.measures.visits import count_moves_back

_MIX, _SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
#: Which touchpoints a way meets is ticked off in a table of all it might meet, of no more entries than so many a step; else sorted.
_ENTRIES_A_STEP = 4


@dataclass(frozen=True)
class Steps:
    """Some steps of a block of whole journeys, each journey's together: its way. What is counted is (n,) by way.

    Attributes
    ----------
    log : the block. rows : (m,) its rows that are steps looked at, ascending; each has a touchpoint.
    """

    log: EventLog
    rows: np.ndarray

    @cached_property
    def journeys(self) -> np.ndarray:
        """Whose way it is: positions in `log.journeys_present`."""
        return self.log.place[self.rows[self.starts]]

    @cached_property
    def is_first(self) -> np.ndarray:
        """(m,) whether the step is its way's first."""
        return is_another(self.log.place[self.rows])

    @cached_property
    def starts(self) -> np.ndarray:
        """(n,) where among the steps each way begins."""
        return np.flatnonzero(self.is_first)

    @cached_property
    def ends(self) -> np.ndarray:
        """(n,) where each way ends: one step further than its last."""
        return np.append(self.starts[1:], len(self.rows))[: len(self.starts)]

    @cached_property
    def way(self) -> np.ndarray:
        """(m,) which way each step belongs to: 0 …, int32."""
        return np.cumsum(self.is_first, dtype=np.int32) - np.int32(1)

    @cached_property
    def touchpoint(self) -> np.ndarray:
        """(m,) codes ≥ 0."""
        return self.log.touchpoint[self.rows]

    @cached_property
    def is_new_run(self) -> np.ndarray:
        """(m,) whether the step's touchpoint is another than that of the step before it."""
        return self.is_first | is_another(self.touchpoint)

    @cached_property
    def n_distinct(self) -> np.ndarray:
        """(n,) different touchpoints."""
        n, n_touchpoints = len(self.starts), len(self.log.names["touchpoint"])
        met = self.touchpoint.astype(np.int64) * n + self.way
        if n * n_touchpoints > _ENTRIES_A_STEP * len(met):
            return np.bincount(distinct(met) % max(n, 1), minlength=n)
        is_met = np.zeros(n_touchpoints * n, dtype=np.int8)
        is_met[met] = 1
        return is_met.reshape(n_touchpoints, n).sum(axis=0, dtype=np.int64)

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Σ by way of one whole number (unsigned: modulo 2⁶⁴) or flag a step."""
        upto = np.zeros(len(values) + 1, dtype=np.uint64 if values.dtype.kind == "u" else np.int64)
        np.cumsum(values, out=upto[1:])
        return upto[self.ends] - upto[self.starts]


def is_another(values: np.ndarray) -> np.ndarray:
    """Whether each value differs from the one before it; the first does."""
    found = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def days_between(steps: Steps) -> np.ndarray:
    """Days from the first step to the last."""
    at = steps.log.at_us
    return (at[steps.rows[steps.ends - 1]] - at[steps.rows[steps.starts]]) / DAY_US


def count_waits(steps: Steps, wait_days: float) -> np.ndarray:
    """Waits from one step to the next that are longer than `wait_days`."""
    waited = np.diff(steps.log.at_us[steps.rows], prepend=0)
    return steps.sum((waited > wait_days * DAY_US) & ~steps.is_first)


def count_self_loops(steps: Steps) -> np.ndarray:
    """Runs of one touchpoint longer than one step: each has one second step."""
    is_second = ~steps.is_new_run
    is_second[1:] &= steps.is_new_run[:-1]
    return steps.sum(is_second)


def count_repeats(steps: Steps) -> np.ndarray:
    """Runs of a touchpoint that the way had a run of before."""
    return steps.sum(steps.is_new_run) - steps.n_distinct


def count_changes(steps: Steps, column: str) -> np.ndarray:
    """Changes of a coded column from one step that has it to the next that has it."""
    is_changed = np.zeros(len(steps.rows), dtype=bool)
    if len(steps.log.names[column]) > 1:
        codes = getattr(steps.log, column)[steps.rows]
        known = np.flatnonzero(codes >= 0)
        is_changed[known] = is_another(codes[known]) & ~is_another(steps.way[known])
    return steps.sum(is_changed)


def count_backward(steps: Steps, rows: np.ndarray | None = None) -> np.ndarray:
    """Moves back to an earlier atom, visit by visit and person by person.

    Parameters
    ----------
    rows : the steps that are moves of the customer's; none = all of them.
    """
    return count_moves_back(steps.log, steps.rows if rows is None else rows)[steps.journeys]


def number_variants(steps: Steps) -> np.ndarray:
    """A number for the sequence of runs, equal for equal sequences: Σ code · 1.6180…ⁱ modulo 2⁶⁴."""
    run = np.cumsum(steps.is_new_run) - 1
    place = run - run[steps.starts][steps.way]
    powers = np.cumprod(np.full(int(place.max(initial=0)) + 1, _MIX, dtype=np.uint64))
    code = np.arange(1, len(steps.log.names["touchpoint"]) + 1, dtype=np.uint64) * _SPREAD
    code = (code ^ (code >> np.uint64(29)))[steps.touchpoint] * powers[place]
    return steps.sum(np.where(steps.is_new_run, code, np.uint64(0)))
