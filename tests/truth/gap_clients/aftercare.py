"""After the purchase: confirmations, help, regret, use, second purchases, rescue and recommendation (G03, G14, G15, G17, G19, G33), with what customers answer."""

from __future__ import annotations

import numpy as np

from tests.truth.gap_clients.events import Events, spread
from tests.truth.gap_clients.switches import OFF, ON, Plan
from tests.truth.gap_clients.walk import Walk


def add_care(events: Events, plan: Plan, walk: Walk) -> None:
    """Confirmation and follow-up call (which add up to the follow-up share), introduction, use, returns and early trouble."""
    rng, n, won, unit = plan.rng, len(walk.unit), walk.won, walk.unit
    is_bought = ~np.isnan(won)
    state = plan.pick()
    confirming = "missing" if plan.chance(0.15) else {ON: ON if plan.rng.random() < 0.8 else "missing"}.get(state) or (plan.pick() if state == OFF else ON)
    follow = plan.plant("follow_up", "G03", state=state)
    confirmed = 0.0 if confirming == "missing" else plan.plant("confirmed", "G14", state=confirming)
    called = max(0.0, 1 - (1 - follow) / (1 - confirmed))

    def some(share):
        return is_bought & (rng.random(n) < share)

    gets = some(confirmed)
    events.by_company(unit[gets], (won + rng.uniform(0.02, 1.5, n))[gets], "order_confirmation", "sales")
    gets = some(called)
    events.by_company(unit[gets], (won + rng.uniform(4, 25, n))[gets], "call", "service")
    gets = some(plan.plant("onboarded", "G15"))
    events.add(unit[gets], (won + rng.uniform(1, 25, n))[gets], "activation", channel="app")
    uses = some(0.92)
    for k in range(2):
        events.add(unit[uses], (won + rng.uniform(3, 20, n) + 30 * k)[uses], "usage", channel="app")
    gets = some(plan.plant("regret", "G14", part="regret"))
    events.add(unit[gets], (won + rng.uniform(2, 25, n))[gets], "return", channel="shop")
    gets = some(plan.plant("trouble", "G15", part="trouble"))
    events.add(unit[gets], (won + rng.uniform(2, 25, n))[gets], "ticket", channel="support")


def add_second_purchases(events: Events, plan: Plan, walk: Walk) -> None:
    """Some buy again: as quickly as the first time, or quicker."""
    rng, ratio = plan.rng, plan.plant("repeat", "G33")
    first = walk.won - np.fmin(walk.choice, walk.buy)
    again = ~np.isnan(first) & (rng.random(len(first)) < 0.5)
    unit, begins = walk.unit[again], (walk.won + rng.uniform(100, 250, len(first)))[again]
    lasts = rng.permutation(first[again]) * ratio
    events.add(unit, begins, "view_item", detail="again page", channel="app")
    owner, days = spread(unit, begins, begins + lasts - 0.05, rng, n=rng.integers(1, 4, len(unit)))
    events.add(owner, days, "view_item", detail="again page", channel="app")
    buys = rng.random(len(unit)) < 0.85
    events.add(unit[buys], (begins + lasts)[buys], "order", value=500.0, channel="app")


def add_unhappy(events: Events, plan: Plan, walk: Walk, answered: tuple[np.ndarray, np.ndarray]) -> None:
    """Complaints, and a mail to some of those who complained or answered that they were unhappy (`answered`: units and days)."""
    rng, n = plan.rng, len(walk.unit)
    complains = ~np.isnan(walk.won) & (rng.random(n) < 0.12)
    day = walk.won + rng.uniform(37, 120, n)
    events.add(walk.unit[complains], day[complains], "complaint", channel="support")
    sign = np.full(n, np.inf)
    np.minimum.at(sign, answered[0], answered[1])
    sign = np.minimum(sign, np.where(complains, day, np.inf))
    rescued = np.isfinite(sign) & (rng.random(n) < plan.plant("rescued", "G17"))
    events.by_company(walk.unit[rescued], (sign + rng.uniform(0.5, 12, n))[rescued], "email", "service")


def add_recommendation(events: Events, plan: Plan, walk: Walk, promoters: tuple[np.ndarray, np.ndarray]) -> None:
    """Reviews, and promoters (units and days of their answer) who are asked to recommend, or not."""
    rng, n = plan.rng, len(walk.unit)
    tells = ~np.isnan(walk.won) & (rng.random(n) < 0.2)
    events.add(walk.unit[tells], (walk.won + rng.uniform(20, 70, n))[tells], "review", channel="review_site")
    unit, day = promoters
    asked = rng.random(len(unit)) < plan.plant("asked", "G19", part="asked")
    events.by_company(unit[asked], (day + rng.uniform(1, 20, len(unit)))[asked], "survey", "marketing")
