"""Fjordhelse: a Norwegian B2C web shop that fills carts, loses them at the till, and goes quiet after the purchase."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from random import Random

from journeylib.simulate import fjordhelse_shop, fjordhelse_web, registers, search
from journeylib.simulate.people import Person, invent
from journeylib.simulate.truth import Truth
from journeylib.simulate.walk import DAY, SHOP_SEASON, Calendar, Walk, walk
from journeylib.simulate.world import Made, calendar, gathered, load_world, planted_rates, reached, stream

NAME = "fjordhelse"
#: The shop's own log of changes (params/fjordhelse/changes.csv) and what each truly did at the data cut.
CHANGES = {"FH-E1": "better", "FH-E2": "no_effect", "FH-E3": "too_early"}


@dataclass(frozen=True)
class Shopper:
    """One invented visitor: who they are, their way, and when the shop came to know them."""

    person: Person
    segment: str
    walk: Walk
    signed_up_at: int | None
    ordered_at: int | None
    follow_up_at: int | None
    is_referred: bool

    @property
    def is_known(self) -> bool:
        return self.signed_up_at is not None or self.ordered_at is not None or self.is_referred

    def repeats(self) -> list[int]:
        """Moments of later orders."""
        return [visit.at for visit in self.walk.visits if visit.atom == "a8_repeat"] if self.ordered_at else []

    def letters(self, rng: Random, cut: int) -> list[int]:
        """Moments the shop writes to a customer: the few follow-ups, then a letter now and then, never in the first month."""
        found = [self.follow_up_at] if self.follow_up_at else []
        at = self.ordered_at + 40 * DAY if self.ordered_at else cut
        while at < cut - DAY:
            found.append(at)
            at += int(rng.uniform(95, 125) * DAY)
        return found


def draw(seed: int) -> tuple[dict[str, bytes], Truth]:
    """Raw files and truth."""
    world = load_world(NAME)
    days = calendar(world, SHOP_SEASON, (6, 21), weekdays_only=False)
    rng = stream(NAME, seed, "shoppers")
    shoppers = [_met_by_change(seed, world, days, _shopper(rng, world, days, number)) for number in range(world["n_visitors"])]
    made = gathered(part(stream(NAME, seed, part.__name__), world, days, shoppers) for part in PARTS)
    return made.files | registers.workbook(world, "nb"), _truth(seed, world, days, shoppers, made)


def _shopper(rng: Random, world: dict, days: Calendar, number: int) -> Shopper:
    segment = rng.choices(list(world["segments"]), [weight for weight, _ in world["segments"].values()])[0]
    way = walk(rng, world["steps"], days, {"consideration": world["segments"][segment][1]})
    compared, received = way.entered("consideration"), way.entered("post_purchase")
    before = max((visit.at for visit in way.visits if received and visit.at < received), default=0)
    ordered_at = max(before + 300, received - rng.randint(1, 12) * 3600) if received else None
    signs, followed, referred = rng.random() < world["signup_share"], rng.random() < world["follow_up_share"], rng.random()
    signed_up_at = compared + 240 if compared and signs and compared + 240 < days.end else None
    follow_up_at = ordered_at + int(rng.uniform(4, 26) * DAY) if ordered_at and followed else None
    if follow_up_at and follow_up_at >= days.end:
        follow_up_at = None
    is_referred = referred < world["referred_share"]
    return Shopper(invent(rng, "nb", number, domain="epost.example"), segment, way, signed_up_at, ordered_at, follow_up_at, is_referred)


def _met_by_change(seed: int, world: dict, days: Calendar, shopper: Shopper) -> Shopper:
    """The shopper after the shop's own changes: from a day on, new customers of one segment get a letter, most of them."""
    letter = world["changes"]["letter"]
    start = int(dt.datetime.fromisoformat(f"{letter['start']}T00:00+00:00").timestamp())
    if shopper.follow_up_at or shopper.segment != letter["segment"] or (shopper.ordered_at or 0) < start:
        return shopper
    rng = stream(NAME, seed, f"letter to {shopper.person.number}")  # a stream of its own: nobody else's way moves
    at = shopper.ordered_at + int(rng.uniform(2, 20) * DAY)
    return replace(shopper, follow_up_at=at) if rng.random() < letter["share"] and at < days.end else shopper


def _truth(seed, world, days, shoppers, made) -> Truth:
    bought = [shopper for shopper in shoppers if shopper.ordered_at and shopper.ordered_at < days.cut_at - 30 * DAY]
    contacted = sum(shopper.follow_up_at is not None for shopper in bought)
    sizes = made.sizes | {"visitors": len(shoppers), "buyers": sum(shopper.ordered_at is not None for shopper in shoppers),
                          "known": sum(shopper.is_known for shopper in shoppers)}  # fmt: skip
    return Truth(
        NAME, seed, "post_purchase_5", sizes, planted_rates(world), reached(world, [shopper.walk for shopper in shoppers]),
        largest_drop_off="purchase", unserved_stage="loyalty", content_hole=("consideration", "parorende"),
        planted=("G01:loyalty", "G03", "G05:consideration:parorende", "G13:purchase", "G21:awareness"),
        absent=("G01:awareness", "G01:consideration", "G01:purchase", "G01:post_purchase", "G02", "G04", "G09", "G19", "G20", "G21:consideration", "G21:purchase", "G23",
                "G27", "G29"),
        follow_up=(len(bought), contacted), feelings=made.feelings, lowest_feeling=min(made.feelings, key=made.feelings.get),
        flaws=made.flaws, personal=tuple(dict.fromkeys(made.personal)), changes=CHANGES,
    )  # fmt: skip


def phrases(rng: Random, world: dict, days: Calendar, shoppers: list[Shopper]) -> Made:
    """The keyword analysis."""
    return search.keyword_sheet(rng, world, "nb")


def ads(rng: Random, world: dict, days: Calendar, shoppers: list[Shopper]) -> Made:
    """The search terms of the ads."""
    return search.ads_report(world)


PARTS = (fjordhelse_web.web, fjordhelse_web.survey, fjordhelse_shop.orders, fjordhelse_shop.contacts, fjordhelse_shop.mails,
         fjordhelse_shop.referrals, fjordhelse_shop.reviews, fjordhelse_shop.tickets, phrases, ads)  # fmt: skip
