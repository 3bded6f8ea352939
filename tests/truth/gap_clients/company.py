"""What the company does before the purchase: answers, calls, hands over, and sends mailings (G06, G08, G18, G23, G34)."""

from __future__ import annotations

import numpy as np

from tests.truth.gap_clients.events import SPAN, Events
from tests.truth.gap_clients.switches import EFFECTS, Plan
from tests.truth.gap_clients.walk import Walk

QUARTER = 91.0
#: Days of silence that are too many, and after which an open journey sleeps.
SILENCE = {"b2c": (30.0, 180.0), "b2b": (45.0, 365.0), "both": (45.0, 365.0)}


def add_handovers(events: Events, plan: Plan, walk: Walk) -> None:
    """A meeting while choosing and one when deciding: both with sales, or the first with marketing."""
    rng, n = plan.rng, len(walk.unit)
    comes = walk.meets & ~np.isnan(walk.choice) & (np.isnan(walk.won) | (walk.won > walk.buy + 1) | np.isnan(walk.buy))
    to = np.where(walk.is_handed_over, "marketing", "sales")
    both = {"channel": "meeting", "source": "crm"}
    events.add(walk.unit[comes], (walk.choice + 0.3 + 0.2 * rng.random(n))[comes], "meeting", detail="choice meeting", department=to[comes], **both)
    events.add(walk.unit[comes], (walk.buy + 0.3 + 0.2 * rng.random(n))[comes], "meeting", detail="buy meeting", department="sales", **both)


def add_answers(events: Events, plan: Plan, walk: Walk) -> None:
    """The first contact after interest is shown, those that follow while the customer considers, and what marketing sends meanwhile."""
    rng, n = plan.rng, len(walk.unit)
    answered, silent = plan.plant("answered", "G34"), plan.plant("silence", "G23")
    collides = plan.plant("collisions", "G06", part="collisions")
    start = np.fmin(walk.choice, walk.buy)
    comes = ~np.isnan(start)
    first = start + np.where(rng.random(n) < answered, rng.uniform(0.05, 0.85, n), rng.uniform(3, 10, n))
    _while_open(events, walk, first, comes, "call", "sales")
    mailed = comes & (rng.random(n) < 0.7)
    soon = rng.random(n) < collides
    _while_open(events, walk, first + np.where(soon, rng.uniform(0.2, 1.5, n), rng.uniform(4, 6.5, n)), mailed, "email", "marketing")
    limit, sleeps = SILENCE[plan.market]
    is_silent = rng.random(n) < silent
    for k in range(int((sleeps + 130) / (0.75 * limit)) + 1):
        on = comes & ~is_silent & (first + k * 0.75 * limit < start + sleeps + 130)
        _while_open(events, walk, first + (k + 0.6 + 0.15 * rng.random(n)) * 0.75 * limit, on, "call", "sales")


def _while_open(events, walk, day, chosen, touchpoint, department):
    chosen = chosen & (day < walk.until - 0.02)
    events.by_company(walk.unit[chosen], day[chosen], touchpoint, department)


def add_last_words(events: Events, plan: Plan, walk: Walk) -> None:
    """A word to those who said no, or none."""
    lost = ~np.isnan(walk.lost) & np.isnan(walk.won)
    told = lost & (plan.rng.random(len(walk.unit)) < plan.plant("ended_well", "G18"))
    events.by_company(walk.unit[told], (walk.lost + plan.rng.uniform(1, 25, len(walk.unit)))[told], "email", "sales")


def add_mailings(events: Events, plan: Plan, walk: Walk) -> None:
    """A mailing each quarter to people who have not begun to choose: of one kind for all, or by persona; followed by a call, or not."""
    rng, n = plan.rng, len(walk.unit)
    by_whom, unfollowed = plan.plant("index", "G08"), plan.plant("unfollowed", "G06", part="unfollowed")
    day = np.fmin(walk.need, walk.first) + rng.uniform(1, 10, n)
    never = np.isnan(walk.choice) & np.isnan(walk.buy)
    gets = ~np.isnan(day) & (rng.random(n) < 0.35) & never & (day < SPAN)
    _send(events, plan, walk, day, gets, by_whom, unfollowed, "before")


def _send(events, plan, walk, day, gets, by_whom, unfollowed, when):
    """Each mailing's variant goes by persona and stage with the planted share, else by chance; its name holds variant and quarter."""
    rng, n = plan.rng, len(walk.unit)
    own = (walk.persona + (2 if when == "after" else 0)) % 3
    variant = np.where(rng.random(n) < by_whom, own, rng.integers(0, 3, n))
    quarter = (np.nan_to_num(day) // QUARTER).astype(int)
    name = np.char.add(np.char.add(np.char.add("letter ", (quarter + 1).astype(str)), " "), variant.astype(str))
    events.by_company(walk.unit[gets], day[gets], "email_sent", "marketing", detail=name[gets])
    for campaign in np.unique(name[gets]):
        if rng.random() >= unfollowed:
            of = rng.permutation(np.flatnonzero(gets & (name == campaign)))[:2]
            events.by_company(walk.unit[of], day[of] + rng.uniform(5, 20, len(of)), "call", "sales")


def add_letters(events: Events, plan: Plan, walk: Walk) -> None:
    """Letters to customers within the last year before the cut, or none for long: who is forgotten."""
    rng, n = plan.rng, len(walk.unit)
    forgotten = plan.plant("forgotten", "G20")
    day = rng.uniform(np.clip(np.nan_to_num(walk.won, nan=SPAN) + 60, SPAN - 330, SPAN - 1), SPAN - 1)
    gets = (walk.won < SPAN - 70) & (rng.random(n) >= forgotten)
    _send(events, plan, walk, day, gets, _planted(plan, "index", "G08", ""), _planted(plan, "unfollowed", "G06", "unfollowed"), "after")


def _planted(plan: Plan, effect: str, check: str, part: str) -> float:
    return EFFECTS[effect][("on", "off", "border").index(plan.truth[(check, "", part)])]
