"""What visitors of the site see and click where they decide (G04)."""

from __future__ import annotations

import numpy as np

from tests.truth.gap_clients.events import Events
from tests.truth.gap_clients.switches import Plan
from tests.truth.gap_clients.walk import Walk

#: The client's benchmark for the share of visits that do what the page with the offer asks.
CLICK_LIMIT = 0.10
#: Days from one visit to the next: more than the half hour that parts two.
_APART = 0.06


def add_offer_visits(events: Events, plan: Plan, walk: Walk) -> None:
    """One or two visits to the page with the offer, in which the customer asks for it or not; some are readier to than others. Some sites count no clicks."""
    rng = plan.rng
    share = 0.0 if plan.chance(0.1) else plan.plant("clicked", "G04", part="clicks")
    comes = np.flatnonzero(~np.isnan(walk.buy) & (rng.random(len(walk.unit)) < 0.8))
    ready = rng.beta(4 * share, 4 * (1 - share), len(comes)) if share else np.zeros(len(comes))
    for visit, goes in enumerate((np.ones(len(comes), bool), rng.random(len(comes)) < 0.4)):
        day = walk.buy[comes] + _APART * (1 + visit + 0.3 * rng.random(len(comes)))
        events.add(walk.unit[comes][goes], day[goes], "page_view", detail="offer page")
        clicks = goes & (rng.random(len(comes)) < ready)
        events.add(walk.unit[comes][clicks], day[clicks] + 0.002, "cta_click", detail="ask for the offer")
