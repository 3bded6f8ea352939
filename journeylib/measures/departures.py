"""What those who leave do next: to which touchpoint or channel, and how long after (M066)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.contacts import COMPANY
from journeylib.measures.dossier import by_stage
from journeylib.measures.passages import BLOCK_ROWS, NEVER
from journeylib.measures.quantiles import quantiles_by
from journeylib.schema import DEPARTURES, check


def departures(log: EventLog, followed: pd.DataFrame, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Of those who left at a stage: the touchpoint before they came, their own last step in time, and what they did next, if anything.

    Only the customer's own steps (not what the company sent). Next is the first own event after the last one of the stage, or, of
    whom the company brought to the stage and who did nothing there, after coming: another touchpoint, a return to an earlier stage,
    or a later stage after the window; '' = silence.

    Returns
    -------
    DEPARTURES, by stage and kind, most common first; in each kind n_journeys adds up to n_left, the funnel's n_followed − n_converted.
    """
    left = followed[followed["is_left"].astype(bool)] if len(followed) else followed
    if left.empty:
        return check(pd.DataFrame(columns=list(DEPARTURES.columns)), DEPARTURES)
    found = {i: _OwnSteps(here["journey"].to_numpy(), here["entered_us"].to_numpy(), here["until_us"].to_numpy()) for i, here in by_stage(left)}
    for block in log.blocks(n_rows):
        _find_own_steps(block, found, model)
    parts = [_count_ways(model.in_scope[i].id, order, *way, log).assign(stage_no=i) for i, steps in found.items() for order, way in enumerate(steps.ways())]
    table = pd.concat(parts).sort_values(["stage_no", "order", "n_journeys", "what"], ascending=[True, True, False, True], kind="stable")
    return check(table.drop(columns=["order", "stage_no"]), DEPARTURES)


class _OwnSteps:
    """Of those who left at one stage, ascending by journey: the own event before the entry, the last one of the stage in time, and the one after it."""

    def __init__(self, journey, entered_us, until_us):
        self.journey, self.entered_us, self.until_us = journey, entered_us, until_us
        self.touchpoint = {name: np.full(len(journey), -1, dtype=np.int32) for name in ("from", "last", "next")}
        self.at_us = {name: np.full(len(journey), NEVER) for name in ("from", "last", "next")}
        self.next_channel = np.full(len(journey), -1, dtype=np.int32)

    def put(self, name, left, log, rows):
        self.touchpoint[name][left], self.at_us[name][left] = log.touchpoint[rows], log.at_us[rows]
        if name == "next":
            self.next_channel[left] = log.channel[rows]

    def ways(self):
        """Kind, column of names, codes and µs it took (NEVER where there is none)."""
        came, stayed, went = (self._took(*pair) for pair in ((self.at_us["from"], self.entered_us), (self.entered_us, self.at_us["last"]), (self.at_us["last"], self.at_us["next"])))
        return (("came_from", "touchpoint", self.touchpoint["from"], came), ("last", "touchpoint", self.touchpoint["last"], stayed),
                ("next", "touchpoint", self.touchpoint["next"], went), ("next_channel", "channel", self.next_channel, went))  # fmt: skip

    @staticmethod
    def _took(start, end):
        known = (start < NEVER) & (end < NEVER)
        return np.where(known, np.where(known, end, 0) - np.where(known, start, 0), NEVER)


def _find_own_steps(log, found, model):
    """Puts down the own steps in a block of whole journeys of those who left."""
    reach, own = np.append(model.reach_of_atom, -1).astype(np.int8)[log.atom], log.initiator != COMPANY
    row, n = np.arange(len(log)), len(log)
    before = np.maximum.accumulate(np.where(own, row, -1))  # the last own event so far
    after = np.append(np.minimum.accumulate(np.where(own, row, n)[::-1])[::-1], n)  # the first own one from here on
    begins, present, at = log.starts, log.journeys_present, log.at_us
    place = log.place
    for i, steps in found.items():
        left = slice(*np.searchsorted(steps.journey, (present[0], present[-1] + 1)))
        where = np.searchsorted(present, steps.journey[left])
        entered, until = np.full(len(present), NEVER), np.full(len(present), -NEVER)
        entered[where], until[where] = steps.entered_us[left], steps.until_us[left]
        kept = np.arange(left.start, left.stop)
        first = np.minimum.reduceat(np.where(at >= entered[place], row, n), begins[:-1])[where]  # the event the stage was come to by
        came = np.where(first > begins[where], before[first - 1], -1)
        steps.put("from", kept[came >= begins[where]], log, came[came >= begins[where]])
        here = np.flatnonzero(own & (reach == i) & (at >= entered[place]) & (at <= until[place]))
        last = np.full(len(present), -1)
        last[place[here]] = here  # rows ascend, so the last one stays
        last = last[where]
        has = last >= 0
        steps.put("last", kept[has], log, last[has])
        following = after[np.where(has, last, first) + 1]
        goes = following < begins[where + 1]
        steps.put("next", kept[goes], log, following[goes])


def _count_ways(stage, order, kind, column, codes, took_us, log):
    names = np.array([*log.names[column], ""], dtype=object)
    n = np.bincount(codes + 1, minlength=len(names))
    met = np.flatnonzero(n)
    known = took_us < NEVER
    days = quantiles_by(codes[known] + 1, took_us[known], (0.25, 0.5, 0.75), len(names))[met] / DAY_US
    return pd.DataFrame({"stage": stage, "what": names[met - 1], "n_journeys": n[met], "q25_days": days[:, 0], "median_days": days[:, 1], "q75_days": days[:, 2],
                         "n_left": len(codes), "kind": kind, "order": order, "share": n[met] / len(codes)})  # fmt: skip
