"""Who stands behind a unit: persons of accounts with their titles, personas, consent (G22, G30)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.schema import CUSTOMERS, check
from tests.truth.gap_clients.events import Events
from tests.truth.gap_clients.switches import OFF, ON, Plan
from tests.truth.gap_clients.walk import LAST_LOOK, Walk

TITLES = {
    "sv": {"decision_maker": "VD", "technical": "IT-chef", "finance": "Ekonomichef", "user": "Handläggare"},
    "da": {"decision_maker": "Direktør", "technical": "IT-chef", "finance": "Økonomichef", "user": "Sagsbehandler"},
    "nb": {"decision_maker": "Daglig leder", "technical": "IT-sjef", "finance": "Økonomisjef", "user": "Saksbehandler"},
    "en": {"decision_maker": "Managing Director", "technical": "IT Manager", "finance": "CFO", "user": "End user"},
}  # fmt: skip
ROLES = ("decision_maker", "technical", "finance", "user")
#: Codes of persons: ten to a unit, the first is the one who does everything.
PERSONS = 10


def is_account(plan: Plan, walk: Walk) -> np.ndarray:
    """Which units are accounts: none, all, or (a client with both markets) two in three."""
    return {"b2c": walk.unit < 0, "b2b": walk.unit >= 0, "both": walk.unit % 3 > 0}[plan.market]


def add_colleagues(events: Events, plan: Plan, walk: Walk) -> dict[int, str]:
    """Colleagues of each account who look in within the first month; gives the role of every person code.

    One role may take part where the purchase comes about and be missing where it does not (G30).
    """
    rng, accounts = plan.rng, is_account(plan, walk)
    if plan.market == "b2c":
        return {}
    start = np.fmin(np.fmin(walk.need, walk.first), np.fmin(walk.choice, walk.buy))
    missing = plan.any(ROLES[1:]) if plan.chance(0.5) else ""
    won = ~np.isnan(walk.won)
    role_of = {int(unit) * PERSONS: "decision_maker" for unit in walk.unit[accounts]}
    for k, role in enumerate(ROLES[1:], start=1):
        difference = plan.plant("role", "G30", part=role, state=ON if role == missing else OFF)
        base = 0.8 if role == missing else rng.choice([0.25, 0.9])
        there = accounts & (rng.random(len(won)) < np.where(won, base, base - difference))
        person = walk.unit[there] * PERSONS + k
        day = start[there] + rng.uniform(1, LAST_LOOK - 1, there.sum())
        day = np.where(day < walk.until[there], day, np.nan)
        where = np.select([~np.isnan(part[there]) for part in (walk.first, walk.need, walk.choice)], ["page_view", "search", "view_item"], "begin_checkout")
        events.add(walk.unit[there], day, where, person=person, detail="a look")
        role_of |= {int(code): role for code in person}
    return role_of


def customers(plan: Plan, codes: np.ndarray, walk: Walk, role_of: dict[int, str], names, *, personas: list[str]) -> pd.DataFrame:
    """Everybody seen, with persona, title and whether they may be contacted; some never said."""
    rng, unit = plan.rng, codes // PERSONS
    allowed = rng.random(len(codes)) < plan.plant("contactable", "G22")
    told = allowed | (rng.random(len(codes)) < 0.6)
    titles = pd.Series([role_of.get(int(code)) for code in codes], dtype="object").map(TITLES[plan.language])
    titles = titles.mask(rng.random(len(codes)) < 0.04, "Okänd" if plan.language == "sv" else "–")
    persona = pd.Series(np.array(personas, dtype=object)[walk.persona[unit]] if personas else None, index=range(len(codes)), dtype="object")
    return check(pd.DataFrame({
        "customer_id": [names["person"](code) for code in codes], "account_id": [names["account"](u) for u in unit], "persona": persona.mask(rng.random(len(codes)) < 0.05),
        "role": titles, "has_consent": pd.Series(np.where(told, allowed, None), dtype="object").astype("boolean")}), CUSTOMERS)  # fmt: skip


