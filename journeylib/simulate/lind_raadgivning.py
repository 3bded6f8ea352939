"""Lind Rådgivning: a Danish one-person consultancy that looks after its customers well and loses them before they choose."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from journeylib.simulate import lind_files, registers
from journeylib.simulate.people import Person, invent
from journeylib.simulate.truth import Truth
from journeylib.simulate.walk import DAY, OFFICE_SEASON, Calendar, Walk, wait, walk
from journeylib.simulate.world import calendar, gathered, load_world, planted_rates, reached, stream

NAME = "lind_raadgivning"


@dataclass(frozen=True)
class Customer:
    """One unit: a company with one or two people, or a private person."""

    people: tuple[Person, ...]
    company: str
    walk: Walk
    won_at: int | None
    follow_up_at: int | None
    subscribes_at: int | None

    def touches(self, rng: Random, world: dict, cut: int) -> list[int]:
        """Moments the consultant is in touch with an open prospect: every other week or so, until it is decided."""
        entered = self.walk.entered("consideration")
        until = min(self.walk.entered("decision") or cut, self.walk.lost_at or cut, cut) - 3600
        return _rhythm(rng, entered + 2 * DAY, until, world["touch_days"]) if entered else []

    def care(self, rng: Random, world: dict, cut: int) -> list[int]:
        """Moments the consultant meets a customer after the first months, until the cut."""
        return _rhythm(rng, self.won_at + 50 * DAY, cut - DAY, world["care_days"]) if self.won_at else []


def _rhythm(rng, first, until, mean_days):
    found, at = [], first
    while at < until:
        found.append(at)
        at += int(min(max(mean_days / 3, wait(rng, mean_days)), mean_days * 1.6) * DAY)
    return found


def draw(seed: int) -> tuple[dict[str, bytes], Truth]:
    """Raw files and truth."""
    world = load_world(NAME)
    days = calendar(world, OFFICE_SEASON, (7, 16), weekdays_only=True)
    rng = stream(NAME, seed, "customers")
    customers = [_customer(rng, world, days, number) for number in range(world["n_units"])]
    made = gathered(part(stream(NAME, seed, part.__name__), world, days, customers) for part in PARTS)
    return made.files | registers.workbook(world, "da"), _truth(seed, world, days, customers, made)


def _customer(rng: Random, world: dict, days: Calendar, number: int) -> Customer:
    is_company = number < world["n_companies"]
    n = 2 if number < world["n_second_contacts"] else 1
    domain = f"firma{number:03d}.example" if is_company else "privat.example"
    people = tuple(invent(rng, "da", 10 * number + i, domain=domain, account=number if is_company else None,
                          role=rng.choices(list(world["roles"]), list(world["roles"].values()))[0]) for i in range(n))  # fmt: skip
    way = walk(rng, world["steps"], days)
    started = way.entered("retention")
    before = max((visit.at for visit in way.visits if started and visit.at < started), default=0)
    won_at = max(before + 3600, started - rng.randint(2, 4) * DAY) if started else None
    follows, subscribes = rng.random() < world["follow_up_share"], rng.random() < world["subscriber_share"]
    follow_up_at = days.moment(rng, days.day_of(won_at) + rng.uniform(6, 24)) if won_at and follows else None
    compared = way.entered("consideration")
    return Customer(people, f"Opdigtet Firma {number + 1:03d} ApS" if is_company else "", way, won_at,
                    follow_up_at if follow_up_at and follow_up_at < days.end else None,
                    compared + 5400 if compared and subscribes else None)  # fmt: skip


def _truth(seed, world, days, customers, made) -> Truth:
    bought = [customer for customer in customers if customer.won_at and customer.won_at < days.cut_at - 30 * DAY]
    contacted = sum(_is_contacted(customer) for customer in bought)
    sizes = made.sizes | {"units": len(customers), "customers": sum(len(customer.people) for customer in customers),
                          "won_units": sum(customer.won_at is not None for customer in customers)}  # fmt: skip
    return Truth(
        NAME, seed, "retention_loyalty_5", sizes, planted_rates(world), reached(world, [customer.walk for customer in customers]),
        largest_drop_off="consideration", unserved_stage="awareness", content_hole=("decision", "leder"),
        planted=("G01:awareness", "G05:decision:leder", "G13:consideration", "G29"),
        absent=("G01:consideration", "G01:decision", "G01:retention", "G01:loyalty", "G02", "G03", "G04", "G20", "G23", "G27"),
        follow_up=(len(bought), contacted), feelings=made.feelings, lowest_feeling=min(made.feelings, key=made.feelings.get),
        flaws=made.flaws, personal=tuple(dict.fromkeys(made.personal)),
    )  # fmt: skip


def _is_contacted(customer):
    """Follow-up calls, and first meetings the consultant called: both are contacts after the purchase."""
    meetings = [visit.at for visit in customer.walk.visits if visit.atom == "a6_onboard"]
    return any(0 < at - customer.won_at <= 30 * DAY for at in [customer.follow_up_at or 0, *meetings])


PARTS = (lind_files.log, lind_files.invoices, lind_files.people, lind_files.newsletter, lind_files.survey, lind_files.quotes)
