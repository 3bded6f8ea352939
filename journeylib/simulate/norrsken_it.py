"""Norrsken IT: a Swedish B2B firm that wins new customers slowly and then stops calling them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from journeylib.simulate import norrsken_crm, norrsken_web, registers, search
from journeylib.simulate.people import Person, invent
from journeylib.simulate.truth import Truth
from journeylib.simulate.walk import DAY, OFFICE_SEASON, Calendar, Walk, wait, walk
from journeylib.simulate.world import Made, calendar, gathered, load_world, planted_rates, reached, stream

NAME = "norrsken_it"


@dataclass(frozen=True)
class Account:
    """One invented company: its people, its way, and what became of it."""

    id: int
    name: str
    people: tuple[Person, ...]
    walk: Walk
    offer: str
    won_at: int | None
    is_forgotten: bool
    follow_up_at: int | None
    meetings: frozenset[int]

    def actor(self, rng: Random, stage: int) -> Person:
        """Who acts: someone whose role takes part by this stage."""
        allowed = [person for person in self.people if ROLES[person.role][1] <= stage] or list(self.people[:1])
        return rng.choice(allowed)

    def contact_days(self, rng: Random, cut: int) -> list[int]:
        """Moments the firm contacts a customer after the purchase: rarely, or for the forgotten never again."""
        found = [self.follow_up_at] if self.follow_up_at else []
        if self.won_at and not self.is_forgotten:
            at = self.won_at + 43 * DAY
            while at < cut - DAY:
                found.append(at)
                at += int(max(30, wait(rng, 62)) * DAY)
        return found


ROLES: dict[str, Any] = load_world(NAME)["roles"]


def draw(seed: int) -> tuple[dict[str, bytes], Truth]:
    """Raw files and truth."""
    world = load_world(NAME)
    days = calendar(world, OFFICE_SEASON, (7, 16), weekdays_only=True)
    rng = stream(NAME, seed, "accounts")
    accounts = [_account(rng, world, days, number) for number in range(world["n_accounts"])]
    made = gathered(part(stream(NAME, seed, part.__name__), world, days, accounts) for part in PARTS)
    return made.files | registers.workbook(world, "sv"), _truth(seed, world, days, accounts, made)


def _account(rng: Random, world: dict, days: Calendar, number: int) -> Account:
    n = rng.choices(range(1, 6), [7, 8, 7, 3, 1])[0]
    roles = _roles(rng, n)
    people = tuple(invent(rng, "sv", 10 * number + i, domain=f"foretag{number:03d}.example", role=role, account=number)
                   for i, role in enumerate(roles))  # fmt: skip
    way = walk(rng, world["steps"], days)
    entered, offer = way.entered("loyalty"), rng.choice(list(world["offers"]))
    forgotten, followed = rng.random() < world["forgotten_share"], rng.random() < world["follow_up_share"]
    before = max((visit.at for visit in way.visits if entered and visit.at < entered), default=0)
    won_at = max(before + 3600, entered - rng.randint(1, 3) * DAY) if entered else None
    followed_at = days.moment(rng, days.day_of(won_at) + rng.uniform(3, 24)) if won_at and followed else None
    if followed_at and followed_at >= days.end:
        followed_at = None
    return Account(9_001_000 + number, f"Påhittade Bolaget {number + 1:03d} AB", people, way, offer, won_at, forgotten, followed_at,
                   _meetings(rng, way))


def _meetings(rng, way):
    """Visits that are a meeting or a call; the others are visits to the web site."""
    share = {"a1_problem": 0.0, "a2_brand": 0.04, "a3_evaluate": 0.25, "a4_decide": 0.5, "a7_use": 0.1, "a9_advocate": 1.0}
    return frozenset(i for i, visit in enumerate(way.visits) if rng.random() < share.get(visit.atom, 0.0))


def _roles(rng, n):
    first = rng.choices(["IT-chef", "Systemadministratör"], [3, 1])[0]
    rest = [rng.choices(list(ROLES), [weight for weight, _ in ROLES.values()])[0] for _ in range(n - 1)]
    return [first, *rest]


def _truth(seed, world, days, accounts, made) -> Truth:
    bought = [account for account in accounts if account.won_at and account.won_at < days.cut_at - 30 * DAY]
    contacted = sum(account.follow_up_at is not None for account in bought)
    sizes = made.sizes | {
        "accounts": len(accounts), "customers": sum(len(account.people) for account in accounts),
        "without_account": world["n_anonymous"] + 1, "won_accounts": sum(account.won_at is not None for account in accounts),
    }  # fmt: skip
    return Truth(
        NAME, seed, "loyalty_advocacy_5", sizes, planted_rates(world), reached(world, [account.walk for account in accounts]),
        largest_drop_off="consideration", unserved_stage="advocacy", content_hole=("consideration", "ekonomichef"),
        planted=("G01:advocacy", "G03", "G04:decision", "G05:consideration:ekonomichef", "G13:consideration", "G20", "G21:consideration", "G23", "G27"),
        absent=("G01:awareness", "G01:consideration", "G01:decision", "G01:loyalty", "G02", "G21:awareness", "G21:decision", "G29"),
        follow_up=(len(bought), contacted), feelings=made.feelings, lowest_feeling=min(made.feelings, key=made.feelings.get),
        flaws=made.flaws, personal=tuple(dict.fromkeys(made.personal)),
    )  # fmt: skip


def phrases(rng: Random, world: dict, days: Calendar, accounts: list[Account]) -> Made:
    """The keyword analysis."""
    return search.keyword_sheet(rng, world, "sv")


PARTS = (norrsken_web.web, norrsken_crm.contacts, norrsken_crm.deals, norrsken_crm.mails, norrsken_crm.meetings,
         norrsken_crm.tickets, norrsken_web.survey, norrsken_web.interviews, phrases)  # fmt: skip
