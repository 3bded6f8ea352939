"""Lind Rådgivning's own log of contacts, invoices, lists and survey: sheets kept by one person."""

from __future__ import annotations

import datetime as dt
from random import Random
from zoneinfo import ZoneInfo

from journeylib.simulate import registers
from journeylib.simulate.files import csv_bytes, xlsx_bytes
from journeylib.simulate.voices import answers, hardest_answers, local, mean_feelings, score
from journeylib.simulate.walk import DAY
from journeylib.simulate.world import Made

ZONE = ZoneInfo("Europe/Copenhagen")
N_DUPLICATES, N_UNMATCHED = 3, 9


def log(rng: Random, world, days, customers) -> Made:
    """The contact log: a sheet for contacts the consultant took, and one for those the customer took."""
    ours, theirs = [], []
    for customer in customers:
        person = customer.people[-1]
        for visit in customer.walk.visits:
            _write_visit(rng, world, rng.choice(customer.people), customer, visit, ours, theirs)
        if customer.won_at:
            theirs.append([customer.won_at, person.email, customer.company, "Aftale underskrevet", "e-mail"])
        if customer.walk.lost_at:
            theirs.append([customer.walk.lost_at, person.email, customer.company, "Takkede nej", "e-mail"])
        if customer.follow_up_at:
            ours.append([customer.follow_up_at, person.email, customer.company, "Opfølgende opkald", "telefon"])
        for at in customer.touches(rng, world, days.end):
            ours.append([at, person.email, customer.company, *rng.choice(world["touches"])])
        for at in customer.care(rng, world, days.end):
            ours.append([at, person.email, customer.company, "Kundekaffe", "møde"])
    for customer in rng.sample(customers, N_UNMATCHED):
        theirs.append([customer.walk.visits[0].at + 60, customer.people[-1].email, customer.company, *world["unmatched"]])
    ours += [list(row) for row in rng.sample(ours, N_DUPLICATES)]
    header = ["Dato", "Kunde", "Virksomhed", "Hvad", "Kanal"]
    sheets = {name: (header, [_timed(row) for row in sorted(rows)]) for name, rows in (("Ud", ours), ("Ind", theirs))}
    return Made({"kundelog.xlsx": xlsx_bytes(sheets)}, {"log_rows": len(ours) + len(theirs)},
                {"exact_duplicates": N_DUPLICATES, "unmatched": N_UNMATCHED})  # fmt: skip


def _write_visit(rng, world, person, customer, visit, ours, theirs):
    mine, yours = (world["events"][side].get(visit.atom, []) for side in ("company", "customer"))
    is_ours = bool(mine) and (not yours or rng.random() < 0.5)
    if mine or yours:
        (ours if is_ours else theirs).append([visit.at, person.email, customer.company, *rng.choice(mine if is_ours else yours)])


def _timed(row):
    """The row with its moment as a cell of date and time, in local time, as a spreadsheet keeps it."""
    moment = dt.datetime.fromtimestamp(row[0], ZONE).replace(tzinfo=None, microsecond=0)
    return [moment, row[1], row[2] or None, *row[3:]]


def invoices(rng: Random, world, days, customers) -> Made:
    """Invoice lines, saved with semicolons, Windows-1252, decimal commas and a totals row."""
    placed = []
    for customer in customers:
        if customer.won_at:
            later = [visit.at for visit in customer.walk.visits if visit.atom == "a8_repeat"]
            placed += [(at + DAY, customer.people[-1].email) for at in [customer.won_at, *later] if at + DAY < days.end]
    rows, value = [], 0.0
    for number, (at, email) in enumerate(sorted(placed), 2401):
        for service in rng.sample(list(world["services"]), rng.choices([1, 2], [3, 1])[0]):
            price, quantity = world["services"][service], rng.randint(1, 4)
            value += price * quantity
            rows.append([number, local(at, ZONE, "%d-%m-%Y"), email, service, quantity, _amount(price)])
    header = ["Fakturanummer", "Dato", "Kunde", "Ydelse", "Antal", "Stykpris"]
    data = csv_bytes(header, [*rows, [], ["I alt", "", "", "", "", _amount(value)]], separator=";", encoding="cp1252")
    return Made({"fakturaer.csv": data}, {"invoices": len(placed), "invoice_lines": len(rows), "invoice_value": round(value, 2)},
                {"totals_rows": 1, "blank_lines": 1})  # fmt: skip


def _amount(value):
    """12.500,00

    >>> _amount(12500.0)
    '12.500,00'
    """
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def people(rng: Random, world, days, customers) -> Made:
    """The customer sheet."""
    rows = [[person.email, customer.company or None, person.name, person.phone, person.role, rng.choices(["ja", "nej"], [5, 1])[0]]
            for customer in customers for person in customer.people]  # fmt: skip
    header = ["Kunde", "Virksomhed", "Navn", "Telefon", "Rolle", "Samtykke"]
    personal = [text for customer in customers[:3] for person in customer.people for text in (person.name, person.phone, person.email)]
    return Made({"kunder.xlsx": xlsx_bytes({"Kunder": (header, rows)})}, {"people": len(rows)}, personal=tuple(personal))


def newsletter(rng: Random, world, days, customers) -> Made:
    """The newsletter list."""
    signed = _signed(customers, days)
    rows = [[person.email, person.last, person.first, f"'{person.phone}", "No", "No", local(at, ZONE, "%d-%m-%Y %H:%M"),
             local(at, ZONE, "%d-%m-%Y %H:%M")] for at, _, person in signed]  # fmt: skip
    header = ["EMAIL", "LASTNAME", "FIRSTNAME", "SMS", "EMAIL_BLACKLISTED", "SMS_BLACKLISTED", "ADDED_TIME", "MODIFIED_TIME"]
    return Made({"brevo_nyhedsbrev.csv": csv_bytes(header, rows, separator=";")}, {"signups": len(rows)})


def _signed(customers, days):
    return sorted((customer.subscribes_at, customer.people[-1].number, customer.people[-1]) for customer in customers
                  if customer.subscribes_at and customer.subscribes_at < days.end)  # fmt: skip


def survey(rng: Random, world, days, customers) -> Made:
    """The survey's answers."""
    rows, scores, personal = [], {stage: [] for stage in world["questions"]}, []
    for customer in customers:
        stages = list(dict.fromkeys(visit.step for visit in customer.walk.visits))
        base = rng.gauss(0, 0.35)
        if answers(rng, world["feelings"][stages[-1]] + base, world["answer_share"]):
            rows.append(_answer(rng, world, days, customer, stages, base, scores, personal))
    asked = [world["needs"][need][2] for need in world["asked_needs"]]
    header = ["Tidsstempel", "Mailadresse", *world["questions"].values(), world["nps"],
              *(text.format(f"{need[0].lower()}{need[1:]}") for need in asked
                for text in ("Hvor vigtigt er det for dig at: {}? (1–5)", "Hvor tilfreds er du med at: {}? (1–5)")),
              *(header for pair in world["hardest"].values() for header in pair), "Må jeg citere dig uden navn?"]  # fmt: skip
    rows = [row[1:] for row in sorted(rows)]
    return Made({"tilfredshed.csv": csv_bytes(header, rows)}, {"respondents": len(rows), "scores": sum(map(len, scores.values()))},
                personal=tuple(personal), feelings=mean_feelings(scores))  # fmt: skip


def _answer(rng, world, days, customer, stages, base, scores, personal):
    person, given = customer.people[-1], []
    for stage in world["questions"]:
        asked = stage in stages and (stage == stages[0] or rng.random() < 0.95)
        given.append(score(rng, world["feelings"][stage] + base) if asked else "")
        if asked:
            scores[stage].append(given[-1])
    nps = score(rng, 1.0 + base, lowest=0, highest=10) if customer.won_at else ""
    needs = []
    for need in world["asked_needs"]:
        stage, _, _, importance, satisfaction = world["needs"][need]
        needs += [score(rng, mean - 3 + base / 3) if stage in stages else "" for mean in (importance, satisfaction)]
    hardest = hardest_answers(rng, world, stages[-1], person, personal, " Ring til {name} på {phone} eller skriv til {email}.")
    at = min(customer.walk.visits[-1].at + rng.randint(3, 20) * DAY, days.end - 3600)
    return [at, local(at, ZONE, "%d/%m/%Y %H.%M.%S"), person.email, *given, nps, *needs, *hardest, rng.choice(["Ja", "Ja", "Nej"])]


def quotes(rng: Random, world, days, customers) -> Made:
    """Notes of talks with customers, coded."""
    came = {stage: [customer for customer in customers if any(visit.step == stage for visit in customer.walk.visits)]
            for stage in world["questions"]}  # fmt: skip
    rows = []
    for stage, row, code, text, consent in world["quotes"]:
        customer = rng.choice(came[stage])
        at = min(customer.walk.visits[-1].at + rng.randint(5, 40) * DAY, days.end - 3600)
        rows.append([local(at, ZONE, "%d-%m-%Y"), customer.people[-1].email, *registers.said("da", stage, row), code, text,
                     "ja" if consent else "nej"])  # fmt: skip
    header = ["Dato", "Kunde", "Trin", "Række", "Kode", "Citat", "Samtykke"]
    return Made({"citater.xlsx": xlsx_bytes({"Citater": (header, rows)})}, {"quotes": len(rows)})
