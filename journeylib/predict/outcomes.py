"""Whom a prediction is about at a landmark, and what became of them within the horizon: who buys, who leaves.

Whoever is asked about at a landmark L is followed for the whole horizon after it, so nothing is censored; what counts as known at L
is what happened up to L.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from journeylib.event_log import DAY_US
from journeylib.measures.passages import NEVER
from journeylib.predict.histories import History

TARGETS = ("buy", "leave")
#: Units whose loss after a purchase is recorded, from which on such a loss, not silence, is what leaving means.
LEAST_RECORDED = 20


@dataclass(frozen=True)
class Outcomes:
    """When each subject bought first, was lost after that, and the moments of its own steps.

    Attributes
    ----------
    target : `buy` or `leave`. is_by_silence : leaving is to be silent for the whole horizon, because no loss of a customer is recorded.
    won_us, lost_us : first purchase; of leaving the first loss recorded after it; `NEVER` where there is none.
    silent_us : longest silence after which somebody no longer counts as there.
    """

    history: History
    target: str
    is_by_silence: bool
    won_us: np.ndarray
    lost_us: np.ndarray
    silent_us: float

    def at_risk(self, landmark_us: int) -> np.ndarray:
        """Subjects the question is about at the landmark: there, heard from lately, and not yet bought (or lost); of leaving, those who have bought."""
        h = self.history
        before = h.events["at_us"].to_numpy() <= landmark_us
        heard = h.last_where(before & h.events["is_own"].to_numpy())
        there = (heard > -NEVER) & (landmark_us - np.maximum(heard, -NEVER // 2) <= self.silent_us)
        bought = self.won_us <= landmark_us
        if self.target == "leave":
            return there & bought & ~(self.lost_us <= landmark_us)
        lost = h.last_where(before & h.has_outcome("lost"))
        back = h.last_where(before & h.events["is_back"].to_numpy())
        return there & ~bought & ~((lost > -NEVER) & (lost > back))

    def has_come(self, landmark_us: int, horizon_us: int) -> np.ndarray:
        """Whether it came true within the horizon after the landmark: a purchase, a loss, or silence throughout."""
        end = landmark_us + horizon_us
        if self.target == "buy":
            return (self.won_us > landmark_us) & (self.won_us <= end)
        if not self.is_by_silence:
            return (self.lost_us > landmark_us) & (self.lost_us <= end)
        at = self.history.events["at_us"].to_numpy()
        own = (at > landmark_us) & (at <= end) & self.history.events["is_own"].to_numpy()
        return np.bincount(self.history.subject[own], minlength=self.history.n) == 0


def outcomes(history: History, target: str, *, silent_days: float) -> Outcomes:
    """The outcomes of a target on these histories; `silent_days` is the client's own limit for silence."""
    won = history.first_where(history.has_outcome("won"))
    lost = np.full(history.n, NEVER)
    if target == "leave":
        later = history.has_outcome("lost") & (history.events["at_us"].to_numpy() > won[history.subject])
        lost = history.first_where(later)
    recorded = len(np.unique(history.unit[lost < NEVER]))
    return Outcomes(history, target, recorded < LEAST_RECORDED, won, lost if recorded >= LEAST_RECORDED else np.full(history.n, NEVER), silent_days * DAY_US)
