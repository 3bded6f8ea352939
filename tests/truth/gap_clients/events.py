"""A heap of drawn events, and who made them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.client import Rule

#: Days before the data cut on which the first journeys begin.
SPAN = 900.0
#: touchpoint, detail (or None) → atom and what it decides; no atom: a trace that belongs to no stage.
_RULES = (
    ("search", None, "a1_problem"), ("ad_click", None, "a2_brand"), ("page_view", "offer*", "a4_decide"), ("cta_click", None, "a4_decide"), ("page_view", None, "a2_brand"), ("home", None, "a2_brand"), ("review_page", None, "a2_brand"),
    ("mention", None, "a2_brand"),
    ("error_page", "first*", "a2_brand"), ("error_page", "choice*", "a3_evaluate"), ("filter_results", "first*", "a2_brand"), ("filter_results", "choice*", "a3_evaluate"),
    ("filter_results", "buy*", "a4_decide"), ("catalog", "first*", "a2_brand"), ("catalog", "choice*", "a3_evaluate"), ("catalog", "buy*", "a4_decide"),
    ("support_chat", "first*", "a2_brand"), ("support_chat", "choice*", "a3_evaluate"), ("support_chat", "buy*", "a4_decide"),
    ("view_item", "again*", "a8_repeat"), ("view_item", None, "a3_evaluate"), ("compare", None, "a3_evaluate"), ("form_submit", None, "a3_evaluate"),
    ("meeting", "choice*", "a3_evaluate"), ("meeting", "buy*", "a4_decide"), ("begin_checkout", None, "a4_decide"), ("quote_request", None, "a4_decide"),
    ("order_confirmation", None, "a5_reassure"), ("payment", None, "a5_reassure"), ("activation", None, "a6_onboard"), ("usage", None, "a7_use"), ("ticket", None, "a7_use"),
    ("complaint", None, "a7_use"), ("review", None, "a9_advocate"), ("survey", None, "a9_advocate"),
)  # fmt: skip
RULES = (Rule(touchpoint="order", atom="a4_decide", again="a8_repeat", outcome="won"), Rule(touchpoint="deal_lost", outcome="lost"),
         *(Rule(touchpoint=touchpoint, detail=detail, atom=atom) for touchpoint, detail, atom in _RULES), Rule(touchpoint="*"))  # fmt: skip
_COLUMNS = {"person": -1, "initiator": "customer", "department": None, "detail": None, "channel": "web", "value": np.nan, "is_referred": False, "source": "web"}


class Events:
    """Events as they are added: a unit, a day (0 … SPAN) and a touchpoint each; what is not told is the customer's own doing on the web."""

    def __init__(self):
        self.parts = []

    def add(self, unit, day, touchpoint, **told) -> None:
        """One event a unit; days that are missing or after the cut are no events."""
        frame = pd.DataFrame({"unit": np.asarray(unit), "day": np.asarray(day, dtype=float), "touchpoint": touchpoint, **(_COLUMNS | told)})
        self.parts.append(frame[(frame["day"] >= 0) & (frame["day"] < SPAN)])

    def by_company(self, unit, day, touchpoint, department, **told) -> None:
        """What the company starts: a call, a mail, a confirmation."""
        channel = told.pop("channel", "phone" if touchpoint == "call" else "email")
        self.add(unit, day, touchpoint, initiator="company", department=department, channel=channel, source="crm", **told)

    def frame(self) -> pd.DataFrame:
        return pd.concat(self.parts, ignore_index=True)


def spread(unit, start, end, rng, *, n, longest_gap=20.0):
    """Days between a start and an end: `n` random ones a unit, and as many more as keep every pause short. Gives units and days."""
    start, end, n = np.asarray(start, float), np.asarray(end, float), np.broadcast_to(n, np.shape(start))
    n_gaps = np.floor(np.maximum(end - start, 0) / longest_gap).astype(int)
    owner, steps = np.repeat(np.arange(len(start)), n_gaps), np.concatenate([np.arange(1, k + 1) for k in n_gaps]) if n_gaps.sum() else np.array([])
    even = start[owner] + steps * longest_gap * 0.97
    random_owner = np.repeat(np.arange(len(start)), n)
    days = start[random_owner] + rng.random(len(random_owner)) * (end - start)[random_owner]
    owner, days = np.concatenate([owner, random_owner]).astype(int), np.concatenate([even, days])
    return np.asarray(unit)[owner], days
