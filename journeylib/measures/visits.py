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
    """Visits of persons in a block of whole journeys, by journey, person and time: (v,) arrays.

    Attributes
    ----------
    rows : the block's rows that are moves, by journey, person and time. begins : where among them each visit begins.
    place : which of the block's journeys each visit is on. is_first : whether it is the person's first there.
    """

    rows: np.ndarray
    begins: np.ndarray
    place: np.ndarray
    is_first: np.ndarray

    def furthest(self, position: np.ndarray) -> np.ndarray:
        """The furthest each visit came, from the position of every event of the block."""
        moved = position[self.rows]
        return np.maximum.reduceat(moved, self.begins) if len(self.begins) else moved


def is_step(log: EventLog) -> np.ndarray:
    """Events that are steps of the journey: they have a touchpoint and an atom (or any, in a log where none has an atom)."""
    placed = log.atom >= 0 if log.has_atoms else np.ones(len(log), dtype=bool)
    return (log.touchpoint >= 0) & placed


def is_own(log: EventLog) -> np.ndarray:
    """Steps the customer took; where no source tells who started what, all steps."""
    steps = is_step(log)
    return steps & (log.initiator == CUSTOMER) if log.has_initiators else steps


def find_visits(log: EventLog, rows: np.ndarray) -> Visits:
    """The visits of every person in a block of whole journeys.

    Parameters
    ----------
    rows : of the block, ascending: the moves.
    """
    rows, place, person = _by_person(log, rows)
    at = log.at_us[rows]
    is_another = np.ones(len(rows), dtype=bool)
    is_another[1:] = (place[1:] != place[:-1]) | (person[1:] != person[:-1])
    is_new = is_another.copy()
    is_new[1:] |= at[1:] - at[:-1] > PAUSE_US
    begins = np.flatnonzero(is_new)
    return Visits(rows, begins, place[begins], is_another[begins])


def count_moves_back(log: EventLog, rows: np.ndarray) -> np.ndarray:
    """How often somebody's next visit came less far in the atoms than the one before: (n,) by journey of the block.

    Parameters
    ----------
    rows : of the block, ascending: the moves.
    """
    visits = find_visits(log, rows)
    atom = visits.furthest(log.atom)
    back = np.flatnonzero((atom[1:] < atom[:-1]) & ~visits.is_first[1:]) + 1
    return np.bincount(visits.place[back], minlength=len(log.starts) - 1)


def stage_of_visits(log: EventLog, model, own: np.ndarray) -> np.ndarray:
    """For every event that is a move the furthest stage of its visit (who goes to the prices by way of the home page goes to the prices), −1 for others."""
    visits = find_visits(log, np.flatnonzero(own))
    found = np.full(len(log), -1, dtype=np.int64)
    found[visits.rows] = np.repeat(visits.furthest(stage_of_events(log, model)), np.diff(np.append(visits.begins, len(visits.rows))))
    return found


def by_person(log: EventLog, rows: np.ndarray) -> np.ndarray:
    """Rows of the log by journey, person and time; they stand so already where a journey is one person's."""
    return _by_person(log, rows)[0]


def _by_person(log, rows):
    """The rows by journey, person and time, and the journey's place and the person of each."""
    place, person = log.place[rows], log.customer[rows]
    if ((place[1:] == place[:-1]) & (person[1:] != person[:-1])).any():
        order = np.lexsort((log.at_us[rows], person, place))
        rows, place, person = rows[order], place[order], person[order]
    return rows, place, person


def furthest_before(visits: Visits, position: np.ndarray) -> np.ndarray:
    """The furthest position (≥ −1) any earlier visit of the same person reached; −1 before the first visit."""
    step = np.int64(position.max(initial=-1)) + 2
    lifted = np.cumsum(visits.is_first) * step
    running = np.maximum.accumulate(lifted + position)
    before = np.full(len(position), -1, dtype=np.int64)
    before[1:] = np.where(visits.is_first[1:], -1, running[:-1] - lifted[1:])
    return before


def matching(names, patterns) -> np.ndarray:
    """Which names fit one of the patterns (`*` any run of characters, small or capital letters)."""
    return np.array([any(fnmatchcase(str(name).casefold(), pattern.casefold()) for pattern in patterns) for name in names], dtype=bool)


def coded(flags: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The flag of each code; False for −1."""
    return np.append(flags, False)[codes]
