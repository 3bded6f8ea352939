"""One definition of a conversion, and one way to count it: steps, order, window, exclusions, grain and cut (practice C1, F3).

What a funnel says depends on what was decided before counting; here all of it stands in one frozen object, which is counted by
`count` and said in words by `journeylib.findings.leaving.say_definition`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from journeylib.errors import ParameterError
from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, over_blocks
from journeylib.measures.stats import share_by_unit
from journeylib.schema import ATOMS, PURCHASE_FLOW, check

ORDERS = ("in_order", "any", "at_least", "strict")
#: Rows that are no step: another event, which `strict` minds, and one that rules a case out.
_OTHER, _EXCLUDED = -1, -2


@dataclass(frozen=True)
class Step:
    """A step: any event with one of the atoms, or one of the touchpoints (names)."""

    id: str
    atoms: tuple[str, ...] = ()
    touchpoints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversion:
    """What is counted, whole.

    Attributes
    ----------
    steps : two or more, no event in two of them.
    order : `in_order` = each step at or after the one before, other things between; `strict` = nothing at all between;
        `any` = the step was touched, whenever; `at_least` = the step or a later one was.
    window_days : time from the first step (`any`, `at_least`: from the first of any step) to each later one; None = until the cut.
    entry : which first step the window runs from: `first`, or `any` (the case may start over; in_order and strict only).
    exclude : touchpoints that leave a case out, where they come after its first step and before its last.
    grain : what one case is: a journey, a unit (the account in B2B) or a customer.
    cut_us : nothing after this moment is used; None = the log's data cut.

    Raises
    ------
    ParameterError
        Fewer than two steps, a step of nothing, an event in two steps, an unknown order, or a start over that the order has not.
    """

    steps: tuple[Step, ...]
    order: Literal["in_order", "any", "at_least", "strict"] = "in_order"
    window_days: float | None = None
    entry: Literal["first", "any"] = "first"
    exclude: tuple[str, ...] = ()
    grain: Literal["journey", "unit", "customer"] = "journey"
    cut_us: int | None = None

    def __post_init__(self):
        named = [name for step in self.steps for name in (*step.atoms, *step.touchpoints)]
        twice = sorted({name for name in named if named.count(name) > 1})
        if self.order not in ORDERS:
            raise ParameterError(f"conversion: got order {self.order!r}, expected one of {', '.join(ORDERS)}.")
        if len(self.steps) < 2 or not all(step.atoms or step.touchpoints for step in self.steps):
            raise ParameterError("conversion: expected two or more steps, each with an atom or a touchpoint.")
        if twice:
            raise ParameterError(f"conversion: {twice[0]!r} is in two steps; an event can be one step only.")
        if self.entry == "any" and self.order in ("any", "at_least"):
            raise ParameterError(f"conversion: entry 'any' needs an order of steps, got {self.order!r}; use entry 'first'.")


def count(log: EventLog, journeys: pd.DataFrame, definition: Conversion, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How many cases reached each step and went on, and what became of those who did not.

    Whoever did not go on is lost where the journeys are lost or the whole window has passed, else open. The rate counts only
    starts followed for the whole window, whether they went on or not. Events of one moment are taken in the order of the steps.

    Returns
    -------
    PURCHASE_FLOW, by step. n_reached = n_went_on + n_lost + n_open; under every order but `any` n_reached never rises.
    """
    about = _cases(log, journeys, definition.grain, n_rows)
    cut = log.as_of_us if definition.cut_us is None else definition.cut_us
    whole = definition.grain == "journey"  # a case lies in one block: reduce it there
    marks = over_blocks(log, lambda block: _reach_both(_marks(block, about, definition, cut), definition, cut) if whole
                        else _marks(block, about, definition, cut), n_rows)  # fmt: skip
    reached = marks if whole else _reach_both(marks, definition, cut)
    reached = reached.merge(about.drop_duplicates("case")[["case", "unit", "is_lost"]], on="case", how="left")
    return check(pd.DataFrame([_step_row(reached, definition, i, cut) for i in range(len(definition.steps))]), PURCHASE_FLOW)


def _cases(log, journeys, grain, n_rows):
    """Journey → case, its unit, and whether every journey of it is lost; of a customer nobody knows there is no case."""
    about = journeys[["journey", "unit", "state"]].astype({"journey": "int64", "unit": "int64"})
    if grain == "customer":
        met = over_blocks(log, lambda block: pd.DataFrame({"journey": block.journey, "case": block.customer}).drop_duplicates(), n_rows)
        about = about.merge(met[met["case"] >= 0].astype("int64"), on="journey").sort_values(["case", "unit"], kind="stable")
    else:
        about = about.assign(case=about["journey" if grain == "journey" else "unit"])
    lost = (about["state"] == "lost").astype(bool).groupby(about["case"]).transform("all")
    return about.assign(is_lost=lost)[["journey", "case", "unit", "is_lost"]]


def _marks(log, about, definition, cut):
    """The events that matter: case, moment, step (−1 another, −2 excluded)."""
    step = _step_of_events(log, definition)
    keep = (log.at_us <= cut) & ((step != _OTHER) | (definition.order == "strict"))
    by_customer = definition.grain == "customer"
    case = log.customer[keep] if by_customer else about.set_index("journey")["case"].loc[log.journey[keep]].to_numpy()
    marks = pd.DataFrame({"case": case.astype("int64"), "at": log.at_us[keep], "step": step[keep]})
    return marks[marks["case"] >= 0]


def _step_of_events(log, definition):
    by_atom = np.full(len(ATOMS) + 1, _OTHER)
    names = list(log.names["touchpoint"])
    by_touchpoint = np.full(len(names) + 1, _OTHER)
    for i, step in enumerate(definition.steps):
        by_atom[[ATOMS.index(atom) for atom in step.atoms]] = i
        by_touchpoint[[names.index(name) for name in step.touchpoints if name in names]] = i
    by_touchpoint[[names.index(name) for name in definition.exclude if name in names]] = _EXCLUDED
    named, placed = by_touchpoint[log.touchpoint], by_atom[log.atom]
    return np.where(named != _OTHER, named, placed)


def _reach_both(marks, definition, cut):
    """One row a case: `start`, when it reached each step (`at_0` …), and the same counted from starts followed for the window (`ripe_0` …)."""
    marks = marks.sort_values(["case", "at", "step"], kind="stable").reset_index(drop=True)
    all_starts = _reach(marks, definition, None)
    window = definition.window_days
    ripe = all_starts if window is None else _reach(marks, definition, cut - round(window * DAY_US))
    renamed = ripe.drop(columns=["start", "last_start", "completed"]).rename(columns=lambda name: name.replace("at_", "ripe_"))
    both = all_starts.merge(renamed, on="case", how="left")
    return both[~both["case"].isin(_ruled_out(marks, both))].reset_index(drop=True)


def _ruled_out(marks, reached):
    bad = marks[marks["step"] == _EXCLUDED].merge(reached[["case", "start", "completed"]], on="case")
    return bad.loc[(bad["at"] >= bad["start"]) & ~(bad["at"] > bad["completed"]), "case"].unique()


def _reach(marks, definition, latest_start):
    steps = marks[marks["step"] >= 0]
    way = _in_order if definition.order in ("in_order", "strict") else _touched
    times = way(marks, steps, definition, latest_start)
    k = len(definition.steps)
    frame = pd.DataFrame({f"at_{i}": times[i] for i in range(k)}, dtype="float64").dropna(how="all").rename_axis("case").sort_index()
    start = frame.min(axis=1)
    last = marks[marks["step"] == 0].groupby("case")["at"].max().reindex(frame.index)
    frame = frame.assign(start=start, last_start=last if definition.entry == "any" else start, completed=frame[f"at_{k - 1}"])
    return frame.reset_index().astype({"case": "int64"})


def _in_order(marks, steps, definition, latest_start):
    """When each case first reached each step by a chain of steps; the latest start that fits is carried along, as a row number."""
    rows, case, at, step = np.arange(len(marks)), *(marks[name].to_numpy() for name in ("case", "at", "step"))
    new_case = np.r_[True, case[1:] != case[:-1]] if len(marks) else np.array([], dtype=bool)
    case_start = np.maximum.accumulate(np.where(new_case, rows, 0)) if len(marks) else rows
    moment = np.cumsum(new_case | np.r_[True, at[1:] != at[:-1]]) if len(marks) else rows
    starts = step == 0
    if definition.entry == "first":
        starts &= rows == pd.Series(np.where(starts, rows, len(marks))).groupby(case).transform("min").to_numpy()
    if latest_start is not None:
        starts &= at <= latest_start
    chain = np.where(starts, rows, -1)
    times = [_first(case, at, chain >= 0)]
    for i in range(1, len(definition.steps)):
        before = _nearest(chain, moment) if definition.order == "strict" else np.maximum.accumulate(chain) if len(chain) else chain
        fits = (step == i) & (before >= case_start)
        if definition.window_days is not None:
            fits &= at - at[np.maximum(before, 0)] <= round(definition.window_days * DAY_US)
        chain = np.where(fits, before, -1)
        times.append(_first(case, at, fits))
    return times


def _nearest(chain, moment):
    """The latest start among rows of the same moment or the one before it."""
    best = np.full(moment.max(initial=0) + 1, -1)
    np.maximum.at(best, moment, chain)
    return np.maximum(best[moment], best[np.maximum(moment - 1, 0)])


def _touched(marks, steps, definition, latest_start):
    """When each case first touched each step (`at_least`: it or a later one), within the window from the first of any."""
    start = steps.groupby("case")["at"].transform("min")
    inside = pd.Series(True, index=steps.index) if definition.window_days is None else steps["at"] - start <= round(definition.window_days * DAY_US)
    if latest_start is not None:
        inside &= start <= latest_start
    steps = steps[inside]
    wanted = (lambda i: steps["step"] >= i) if definition.order == "at_least" else (lambda i: steps["step"] == i)
    return [steps[wanted(i)].groupby("case")["at"].min() for i in range(len(definition.steps))]


def _first(case, at, wanted):
    return pd.Series(at[wanted]).groupby(case[wanted]).min()


def _step_row(reached, definition, i, cut):
    is_last = i == len(definition.steps) - 1
    here = reached[reached[f"at_{i}"].notna()]
    on = pd.Series(False, index=here.index) if is_last else here[f"at_{i + 1}"].notna()
    window = definition.window_days
    had_time = False if window is None else cut - here["last_start"] >= round(window * DAY_US)
    lost = ~on & (here["is_lost"].astype(bool) | had_time) & (not is_last)
    ripe = here[here[f"ripe_{i}"].notna()]
    converted = pd.Series(False, index=ripe.index) if is_last else ripe[f"ripe_{i + 1}"].notna()
    rate = share_by_unit(converted.to_numpy(), ripe["unit"].to_numpy())
    waited = [] if is_last else (here.loc[on, f"at_{i + 1}"] - here.loc[on, f"at_{i}"]).abs() / DAY_US
    return {
        "step": definition.steps[i].id, "position": i, "n_reached": len(here), "n_went_on": on.sum(), "n_lost": lost.sum(), "n_open": (~on & ~lost).sum(),
        "n_followed": len(ripe), "n_converted": converted.sum(), "rate": np.nan if is_last else rate.rate, "lo": np.nan if is_last else rate.lo,
        "hi": np.nan if is_last else rate.hi, "n_units": rate.n_units, "median_days": float(np.median(waited)) if len(waited) else np.nan, "window_days": window,
    }  # fmt: skip
