"""The customer's own moves: which events are the customer's doing, and the visits they make up.

What the company sends is no move of the customer's, and what a tracker or a CRM writes for its own sake (a session begins, a
contact is put on file) carries no atom and is none either. Several people travel on one account's journey: a colleague who
arrives later begins at the beginning and has not gone back, so moves are followed person by person.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from journeylib.event_log import EventLog
from journeylib.measures.passages import stage_of_events
from journeylib.schema import INITIATORS

CUSTOMER, COMPANY = INITIATORS.index("customer"), INITIATORS.index("company")
#: A pause after which the same person's next event begins a new visit: what web analytics takes for the end of a session.
PAUSE_US = 30 * 60 * 1_000_000
#: Touchpoints at which a customer asks for help; patterns of whole names, for the client's own words.
HELP = ("ticket", "complaint", "support_chat", "*support*", "*helpdesk*", "*klagomål*", "*reklamation*", "*klage*", "*kundtjänst*", "*kundeservice*",
        "*customer service*")  # fmt: skip


@dataclass(frozen=True)
class Visits:
    """Visits of persons, by journey, person and time: (v,) arrays.

    Attributes
    ----------
    journey, person : codes. at_us, until_us : first and last event. atom, stage : the furthest reached in it; stage −1 = outside.
    """

    journey: np.ndarray
    person: np.ndarray
    at_us: np.ndarray
    until_us: np.ndarray
    atom: np.ndarray
    stage: np.ndarray

    @property
    def follows(self) -> np.ndarray:
        """Whether each visit follows another of the same person on the same journey."""
        same = (self.journey[1:] == self.journey[:-1]) & (self.person[1:] == self.person[:-1])
        return np.append(False, same) if len(self.journey) else np.zeros(0, dtype=bool)


def is_step(log: EventLog) -> np.ndarray:
    """Events that are steps of the journey: they have a touchpoint and an atom (or any, in a log where none has an atom)."""
    placed = log.atom >= 0 if log.has_atoms else np.ones(len(log), dtype=bool)
    return (log.touchpoint >= 0) & placed


def is_own(log: EventLog) -> np.ndarray:
    """Steps the customer took; where no source tells who started what, all steps."""
    steps = is_step(log)
    return steps & (log.initiator == CUSTOMER) if log.has_initiators else steps


def find_visits(log: EventLog, model, own: np.ndarray | None = None) -> Visits:
    """The visits of every person in a block of whole journeys.

    Parameters
    ----------
    own : which events are moves; none = `is_own`.
    """
    rows, first = _by_visit(log, is_own(log) if own is None else own)
    last = np.append(first[1:], len(rows)) - 1 if len(first) else first
    atom, stage = log.atom[rows], stage_of_events(log, model)[rows]
    furthest = (np.maximum.reduceat(values, first) if len(first) else values[:0] for values in (atom, stage))
    return Visits(log.journey[rows[first]], log.customer[rows[first]], log.at_us[rows[first]], log.at_us[rows[last]], *furthest)


def stage_of_visits(log: EventLog, model, own: np.ndarray) -> np.ndarray:
    """For every event that is a move the furthest stage of its visit (who goes to the prices by way of the home page goes to the prices), −1 for others."""
    rows, first = _by_visit(log, own)
    found = np.full(len(log), -1, dtype=np.int64)
    if len(first):
        furthest = np.maximum.reduceat(stage_of_events(log, model)[rows], first)
        found[rows] = np.repeat(furthest, np.diff(np.append(first, len(rows))))
    return found


def _by_visit(log, own):
    """The rows of moves by journey, person and time, and where among them each visit begins."""
    rows = by_person(log, np.flatnonzero(own))
    journey, person, at = log.journey[rows], log.customer[rows], log.at_us[rows]
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = (journey[1:] != journey[:-1]) | (person[1:] != person[:-1]) | (at[1:] - at[:-1] > PAUSE_US)
    return rows, np.flatnonzero(begins)


def by_person(log: EventLog, rows: np.ndarray) -> np.ndarray:
    """Rows of the log by journey, person and time; they stand so already where a journey is one person's."""
    journey, person = log.journey[rows], log.customer[rows]
    if not ((journey[1:] == journey[:-1]) & (person[1:] != person[:-1])).any():
        return rows
    return rows[np.lexsort((log.at_us[rows], person, journey))]


def furthest_before(visits: Visits, position: np.ndarray) -> np.ndarray:
    """The furthest position any earlier visit of the same person reached; −1 before the first visit."""
    before = np.full(len(position), -1, dtype=np.int64)
    if len(position) < 2:
        return before
    group = np.cumsum(~visits.follows) - 1
    lifted = position.astype(np.int64) + group * 1000
    running = np.maximum.accumulate(lifted)
    before[1:] = np.where(visits.follows[1:], running[:-1] - group[1:] * 1000, -1)
    return before


def matching(names, patterns) -> np.ndarray:
    """Which names fit one of the patterns (`*` any run of characters, small or capital letters)."""
    return np.array([any(fnmatchcase(str(name).casefold(), pattern.casefold()) for pattern in patterns) for name in names], dtype=bool)


def coded(flags: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The flag of each code; False for −1."""
    return np.append(flags, False)[codes]
