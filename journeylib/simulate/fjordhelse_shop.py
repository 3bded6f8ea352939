"""Fjordhelse's orders, mailing lists, referrals, reviews and tickets, in the layouts those systems export."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

from journeylib.simulate.files import csv_bytes
from journeylib.simulate.people import phone
from journeylib.simulate.voices import local, pick, score, utc
from journeylib.simulate.walk import DAY, wait
from journeylib.simulate.world import Made

ZONE = ZoneInfo("Europe/Oslo")
ORDER_HEADER = ("Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing", "Currency",
                "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Created at", "Lineitem quantity",
                "Lineitem name", "Lineitem price", "Billing Name", "Billing Zip", "Billing Phone", "Cancelled at", "Refunded Amount",
                "Id")  # fmt: skip
N_TESTS = 4
FREIGHT = 79.0


def orders(rng: Random, world, days, shoppers) -> Made:
    """The order export: the order's own columns stand on its first line only; test orders are among them."""
    placed = _placed(shoppers, days)
    lines, value, refunded = [], 0.0, 0
    for number, (at, _, person) in enumerate(placed, 1001):
        added, total, refund = _order(rng, world, number, at, person)
        lines, value, refunded = lines + [added], value + total, refunded + (refund > 0)
    made = "2024-08-01 10:00:00 +0200"
    tests = [[f"#T{i}", "test@fjordhelse.example", "paid", made, "unfulfilled", "", "no", "NOK", 1.0, 0.0, 0.2, 1.0, "", 0.0, made, 1,
              "Testvare", 1.0, "Test Testesen", "'0001", "", "", 0.0, 1] for i in range(N_TESTS)]  # fmt: skip
    rows = [line for order in lines for line in order] + tests
    personal = tuple(text for *_, person in placed[:4] for text in (person.name, person.email, person.phone))
    return Made({"shopify_ordrer.csv": csv_bytes(ORDER_HEADER, rows)},
                {"orders": len(placed), "order_lines": len(rows), "order_value": round(value, 2), "refunds": refunded},
                {"test_rows": N_TESTS}, personal)  # fmt: skip


def _placed(shoppers, days):
    bought = [shopper for shopper in shoppers if shopper.ordered_at]
    return sorted((at, shopper.person.number, shopper.person) for shopper in bought
                  for at in [shopper.ordered_at, *shopper.repeats()] if at < days.end)  # fmt: skip


def _order(rng, world, number, at, person):
    items = rng.sample(list(world["products"].items()), rng.choices([1, 2, 3], [6, 3, 1])[0])
    items = [(name, float(price), rng.choices([1, 2], [5, 1])[0]) for name, price in items]
    subtotal = sum(price * quantity for _, price, quantity in items)
    total, refund = subtotal + FREIGHT, round(subtotal, 2) if rng.random() < 0.05 else 0.0
    made = local(at, ZONE, "%Y-%m-%d %H:%M:%S %z")
    first = ["refunded" if refund else "paid", made, "fulfilled", "", "no", "NOK",  # the carrier's system never reports back when
             subtotal, FREIGHT, round(total * 0.2, 2), total, "", 0.0]  # fmt: skip
    last = [person.name, f"'{rng.randint(1, 99):04d}", f"'{person.phone}", "", refund, 5_500_000_000 + number]
    lines = []
    for place, (name, price, quantity) in enumerate(items):
        order, buyer = (first, last) if place == 0 else ([""] * len(first), [""] * len(last))
        lines.append([f"#{number}", person.email, *order, made, quantity, name, price, *buyer])
    return lines, total, refund


def contacts(rng: Random, world, days, shoppers) -> Made:
    """The mailing list as it is exported, and the shop's own card file of customers with their segment."""
    signed = sorted((s.signed_up_at, s.person.number, s.person) for s in shoppers if s.signed_up_at)
    rows = [[person.email, person.last, person.first, f"'{person.phone}", rng.choices(["No", "Yes"], [24, 1])[0], "No",
             local(at, ZONE, "%d-%m-%Y %H:%M"), local(at, ZONE, "%d-%m-%Y %H:%M")] for at, _, person in signed]  # fmt: skip
    header = ["EMAIL", "LASTNAME", "FIRSTNAME", "SMS", "EMAIL_BLACKLISTED", "SMS_BLACKLISTED", "ADDED_TIME", "MODIFIED_TIME"]
    cards = [[s.person.email, s.person.name, s.segment] for s in shoppers if s.is_known]
    return Made({"brevo_kontakter.csv": csv_bytes(header, rows, separator=";"),
                 "kundekort.csv": csv_bytes(["Kunde", "Navn", "Segment"], cards, separator=";", encoding="cp1252")},
                {"signups": len(rows), "cards": len(cards)})  # fmt: skip


def mails(rng: Random, world, days, shoppers) -> Made:
    """Newsletters sent to those who signed up, their clicks, and the few letters customers get."""
    sent, clicks, letters = [], [], []
    for shopper in shoppers:
        for at in _sends(rng, world, days, shopper):
            sent.append([at, shopper.person.email, "Nyhetsbrev"])
            if rng.random() < 0.06 and at + 7200 < min(shopper.ordered_at or days.end, days.end):
                clicks.append([at + rng.randint(300, 7200), shopper.person.email, "Nyhetsbrev"])
        for at in shopper.letters(rng, days.end):
            letters.append([at, shopper.person.email, "Oppfølging" if at == shopper.follow_up_at else "Kundeavis"])
    header = ["Tidspunkt", "E-post", "Utsendelse"]
    written = {"nyhetsbrev_sendt.csv": sent, "nyhetsbrev_klikk.csv": clicks, "kundebrev_sendt.csv": letters}
    files = {name: csv_bytes(header, ([local(at, ZONE, "%d.%m.%Y %H:%M:%S"), *rest] for at, *rest in sorted(rows)), separator=";")
             for name, rows in written.items()}  # fmt: skip
    return Made(files, {"mails_sent": len(sent), "mail_clicks": len(clicks), "letters_sent": len(letters)})


def _sends(rng: Random, world, days, shopper) -> list[int]:
    """Moments the newsletter goes to someone who signed up, until they buy; then the shop moves them to a list nobody uses."""
    if shopper.signed_up_at is None:
        return []
    until, at, found = min(shopper.ordered_at or days.end, days.end), shopper.signed_up_at + 2 * DAY, []
    if rng.random() < world["unsubscribed_share"]:
        until = min(until, at + int(wait(rng, 90) * DAY))
    while at < until - 3600:
        found.append(at)
        at += int(rng.uniform(0.8, 1.2) * world["send_days"] * DAY)
    return found


def referrals(rng: Random, world, days, shoppers) -> Made:
    """New customers and the friend who sent them: the friend is a loyal customer by then."""
    loyal = sorted((s.walk.entered("loyalty"), s.person.email) for s in shoppers if s.walk.entered("loyalty"))
    rows = []
    for shopper in shoppers:
        arrived = shopper.walk.visits[0].at
        friends = [email for at, email in loyal if at < arrived - 86_400 and email != shopper.person.email]
        if shopper.is_referred and friends:
            rows.append([arrived - 1800, shopper.person.email, rng.choice(friends)])
    rows = [[local(at, ZONE, "%d.%m.%Y %H:%M"), *rest] for at, *rest in sorted(rows)]
    return Made({"vervinger.csv": csv_bytes(["Dato", "Ny kunde", "Fra kunde"], rows, separator=";", encoding="utf-8-sig")},
                {"referrals": len(rows)})  # fmt: skip


def reviews(rng: Random, world, days, shoppers) -> Made:
    """Reviews by loyal customers; the stars follow their feeling."""
    rows = []
    for shopper in shoppers:
        for visit in shopper.walk.visits:
            if visit.atom == "a9_advocate" and visit.at + 900 < days.end:
                stars = score(rng, world["feelings"]["loyalty"] + rng.gauss(0, 0.4))
                text = rng.choice(world["reviews"][stars])
                rows.append([utc(visit.at + 900), f"{rng.getrandbits(48):012x}", shopper.person, stars, text])
    rows.sort(key=lambda row: row[:2])
    header = ["Domain Url", "Webshop Name", "Review Id", "Review Created (UTC)", "Review Username", "Review User Email", "Review Title",
              "Review Content", "Review Stars", "Source Of Review", "Reference Id", "Tags", "Company Response"]  # fmt: skip
    lines = [["fjordhelse.example", "Fjordhelse", key, at, person.name, person.email, text.split(".")[0], text, stars, "Invitation", "",
              "", ""] for at, key, person, stars, text in rows]  # fmt: skip
    return Made({"trustpilot_anmeldelser.csv": csv_bytes(header, lines)}, {"reviews": len(lines)})


def tickets(rng: Random, world, days, shoppers) -> Made:
    """Tickets at the till and after the purchase."""
    rows, personal = [], []
    for shopper in shoppers:
        for stage, share in (("purchase", 0.10), ("post_purchase", 0.17)):
            entered = shopper.walk.entered(stage)
            if entered and shopper.is_known and rng.random() < share:
                at = entered + 1800 if stage == "purchase" else entered + int((1 + wait(rng, 8)) * 86_400)
                if at < days.end - 86_400:
                    rows.append(_ticket(rng, world, stage, shopper.person, at, personal))
    rows = [[number, *row[1:]] for number, row in enumerate(sorted(rows, key=lambda row: (row[7], row[3])), 70_001)]
    header = ["Id", "Requester id", "Requester", "Requester email", "Subject", "Tags", "Status", "Created at", "Solved at",
              "Satisfaction Score"]  # fmt: skip
    return Made({"zendesk_saker.csv": csv_bytes(header, rows)}, {"tickets": len(rows)}, personal=tuple(personal))


def _ticket(rng, world, stage, person, at, personal):
    tag, _ = pick(rng, [(tag, weight) for tag, (weight, where, _) in world["tickets"].items() if where == stage])
    subject = rng.choice(world["tickets"][tag][2])
    if len(personal) < 12 and rng.random() < 0.06:
        number = phone(rng, "nb")
        subject = world["ticket_personal"].format(name=person.name, phone=number, email=person.email)
        personal += [person.name, number, person.email]
    happy = rng.choices(["Not Offered", "Offered", "Good", "Bad"], [3, 3, 2, 2])[0]
    solved = utc(at + rng.randint(2, 80) * 3600)
    return [0, 8_800_000 + person.number, person.name, person.email, subject, tag, "Solved", utc(at), solved, happy]
