"""What each journey, or each customer, had done and met by a moment: the events a prediction may look at, in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.passages import BLOCK_ROWS, NEVER, over_blocks, stage_of_events
from journeylib.schema import INITIATORS, OUTCOMES

#: Units looked at; of more, a random part of them says as much.
MOST_UNITS = 10_000
_COMPANY, _WON, _LOST = INITIATORS.index("company"), OUTCOMES.index("won"), OUTCOMES.index("lost")
_COLUMNS = ("journey", "at_us", "outcome", "touchpoint", "channel", "offer", "value")


@dataclass(frozen=True)
class History:
    """Events of n subjects (journeys, or units), sorted by subject and moment.

    Attributes
    ----------
    subject : (events,) 0 … n − 1. code : (n,) journey code, or unit code. unit : (n,) unit code, on which intervals cluster.
    events : columns `at_us`, `stage` (position in scope, −1 = none), `is_own` (the company did not start it), `is_back` (a step of the
        customer's own in the journey, no loss), `outcome`, `touchpoint`, `channel`, `offer` (codes) and `value`.
    first_us, end_us : the first event of the log, and the moment until which it is complete.
    """

    subject: np.ndarray
    code: np.ndarray
    unit: np.ndarray
    events: pd.DataFrame
    first_us: int
    end_us: int

    @property
    def n(self) -> int:
        """Subjects."""
        return len(self.code)

    def first_where(self, mask) -> np.ndarray:
        """The first moment of each subject where the mask holds; `NEVER` where it does not."""
        found = np.full(self.n, NEVER)
        np.minimum.at(found, self.subject[mask], self.events["at_us"].to_numpy()[mask])
        return found

    def last_where(self, mask) -> np.ndarray:
        """The last moment of each subject where the mask holds; `-NEVER` where it does not."""
        found = np.full(self.n, -NEVER)
        np.maximum.at(found, self.subject[mask], self.events["at_us"].to_numpy()[mask])
        return found

    def has_outcome(self, name: str) -> np.ndarray:
        """Which events are of an outcome: won or lost."""
        return self.events["outcome"].to_numpy() == OUTCOMES.index(name)


def histories(log: EventLog, journeys: pd.DataFrame, model, *, by_unit: bool, rng: np.random.Generator | None = None, end_us: int | None = None) -> History:
    """The history of every journey, or of every unit over all its journeys.

    Parameters
    ----------
    model : stage model. by_unit : a row a unit, else a row a journey. rng : draws which units are looked at, where they are very many; none = all.
    end_us : the moment until which the log is complete; none = the data cut.
    """
    unit_of = np.full(int(journeys["journey"].max()) + 1 if len(journeys) else 1, -1, dtype=np.int64)
    unit_of[journeys["journey"].to_numpy(dtype=np.int64)] = journeys["unit"].to_numpy(dtype=np.int64)
    units = np.unique(unit_of[unit_of >= 0])
    if rng is not None and len(units) > MOST_UNITS:
        units = np.sort(rng.choice(units, MOST_UNITS, replace=False))
    events = over_blocks(log, lambda block: _events_of(block, unit_of, units, model), BLOCK_ROWS)
    key = "unit" if by_unit else "journey"
    events = events.sort_values([key, "at_us"], kind="stable", ignore_index=True)
    code, subject = np.unique(events[key].to_numpy(), return_inverse=True)
    first = int(events["at_us"].min()) if len(events) else log.as_of_us
    return History(subject, code, code if by_unit else unit_of[code], events.drop(columns=["journey", "unit"]), first, log.as_of_us if end_us is None else end_us)


def _events_of(block, unit_of, units, model):
    unit = unit_of[block.journey]
    here = np.isin(unit, units)
    own = block.initiator[here] != _COMPANY
    columns = {name: getattr(block, name)[here] for name in _COLUMNS}
    back = own & (block.atom[here] >= 0) & (columns["outcome"] != _LOST)
    return pd.DataFrame(columns | {"unit": unit[here], "stage": stage_of_events(block, model)[here], "is_own": own, "is_back": back})
