"""Norrsken IT's CRM, mail log, meetings and tickets, in the layouts those systems export."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

from journeylib.simulate.files import csv_bytes, xlsx_bytes
from journeylib.simulate.people import invent, phone
from journeylib.simulate.voices import local, pick, utc
from journeylib.simulate.walk import DAY, wait
from journeylib.simulate.world import Made

ZONE = ZoneInfo("Europe/Stockholm")
CONTACT_HEADER = ("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Job Title", "Company Name", "Lifecycle Stage",
                  "Original Source", "Create Date", "Contact owner", "Country/Region", "Associated Company",
                  "Associated Company IDs")  # fmt: skip
DEAL_HEADER = ("Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Close Date", "Create Date", "Deal owner",
               "Associated Company", "Associated Company IDs", "Associated Contact IDs", "Product", "Closed Lost Reason")  # fmt: skip
NEW, MORE = "Nyförsäljning", "Merförsäljning"
NEW_STAGES = ("Behovsanalys", "Lösningsförslag", "Offert skickad", "Förhandling", "Vunnen", "Förlorad")
MORE_STAGES = ("Tilläggsbehov", "Tilläggsoffert", "Tillägg vunnet")
N_TWICE, N_TESTS, N_BOTS = 3, 6, 60


def contacts(rng: Random, world, days, accounts) -> Made:
    """The contact export: a byte-order mark, a few people twice, test addresses, and one person without a company."""
    rows = []
    for account in accounts:
        first = account.walk.visits[0].at
        last = account.won_at or account.walk.visits[-1].at
        for number, person in enumerate(account.people):
            created = first + 3600 if number == 0 else first + 3600 + int(rng.random() * max(0, last - first - 3600))
            rows.append(_contact(person, account, created))
    twice = [list(row) for row in rng.sample(rows, N_TWICE)]
    for number, row in enumerate(twice):
        row[0], row[3] = 990_000 + number, row[3].title()
    lone = invent(rng, "sv", 99_990, domain="utan-bolag.example", role="IT-chef")
    tests = [[991_000 + i, "Test", "Testsson", f"test{i}@norrsken-it.example", phone(rng, "sv"), "IT-chef", "Test", "Lead", "OFFLINE",
              "2024-09-02 10:00", "Säljare 1", "Sverige", "Påhittade Bolaget 001 AB", 9_001_000] for i in range(N_TESTS)]  # fmt: skip
    rows += [*twice, *tests, [992_000, lone.first, lone.last, lone.email, lone.phone, lone.role, "", "Lead", "OFFLINE",
                              "2025-02-11 09:12", "Säljare 2", "Sverige", "", ""]]  # fmt: skip
    personal = [text for account in accounts[:3] for person in account.people for text in (person.email, person.phone, person.name)]
    return Made({"hubspot_kontakter.csv": csv_bytes(CONTACT_HEADER, rows, encoding="utf-8-sig")}, {"contact_rows": len(rows)},
                {"orphans": 1, "contacts_twice": N_TWICE, "test_rows": N_TESTS}, tuple(personal))  # fmt: skip


def _contact(person, account, created):
    stage = "Customer" if account.won_at else "Lead"
    return [501_000 + person.number, person.first, person.last, person.email, person.phone, person.role, account.name, stage,
            "ORGANIC_SEARCH", local(created, ZONE, "%Y-%m-%d %H:%M"), f"Säljare {account.id % 4 + 1}", "Sverige", account.name,
            account.id]  # fmt: skip


def deals(rng: Random, world, days, accounts) -> Made:
    """The deal export with the day each stage was entered; a blank line and a totals row close it, as in a saved sheet."""
    rows = []
    for account in accounts:
        entered = account.walk.entered("consideration")
        has_deal = account.walk.entered("decision") or account.walk.lost_at or rng.random() < 0.45
        if entered and has_deal:
            rows.append(_deal(rng, world, account, _new_stages(rng, account, entered)))
        if account.won_at and not account.is_forgotten and rng.random() < world["add_on_share"]:
            rows += _add_on(rng, world, days, account)
    rows.sort(key=lambda row: (row[6], row[0]))
    value = sum(row[4] for row in rows if row[2] in ("Vunnen", "Tillägg vunnet"))
    entered = [f"Date entered {stage} ({pipeline})" for pipeline, stages in ((NEW, NEW_STAGES), (MORE, MORE_STAGES)) for stage in stages]
    total = ["Totalt", "", "", "", sum(row[4] for row in rows)]
    sizes = {"deals": len(rows), "won_value": value, "deals_won": sum(row[2] == "Vunnen" for row in rows),
             "deals_lost": sum(row[2] == "Förlorad" for row in rows)}  # fmt: skip
    data = csv_bytes([*DEAL_HEADER, *entered], [*rows, [], total], encoding="utf-8-sig")
    return Made({"hubspot_affarer.csv": data}, sizes, {"totals_rows": 1, "blank_lines": 1})


def _new_stages(rng, account, entered):
    visits = [visit for visit in account.walk.visits if visit.step == "decision"]
    stages = {"Behovsanalys": entered + 5400}
    if rng.random() < 0.6:
        stages["Lösningsförslag"] = entered + 9000
    if visits:
        stages["Offert skickad"] = visits[0].at + 600
    if len(visits) > 1:
        stages["Förhandling"] = visits[1].at + 600
    if account.won_at:
        stages["Vunnen"] = max(account.won_at, max(stages.values()) + 600)
    elif account.walk.lost_at:
        stages["Förlorad"] = max(account.walk.lost_at, max(stages.values()) + 600)
    return stages


def _deal(rng, world, account, stages):
    low, high = world["offers"][account.offer]
    now, closed = list(stages)[-1], stages.get("Vunnen") or stages.get("Förlorad")
    reason = pick(rng, world["lost_reasons"])[0] if now == "Förlorad" else ""
    buyers = ";".join(str(501_000 + person.number) for person in account.people[:3])
    dates = [_minute(stages[stage]) if stage in stages else "" for stage in NEW_STAGES]
    return [70_000 + account.id - 9_001_000, f"{account.offer} – {account.name}", now, NEW, round(rng.uniform(low, high), -3),
            _minute(closed) if closed else "", _minute(stages["Behovsanalys"]), f"Säljare {account.id % 4 + 1}", account.name,
            account.id, buyers, account.offer, reason, *dates, *[""] * len(MORE_STAGES)]  # fmt: skip


def _add_on(rng, world, days, account):
    at = [account.won_at + int(day * DAY) for day in (rng.uniform(130, 200), rng.uniform(201, 215), rng.uniform(216, 240))]
    if at[-1] >= days.end:
        return []
    low, high = world["offers"][account.offer]
    return [[80_000 + account.id - 9_001_000, f"Tillägg – {account.name}", MORE_STAGES[-1], MORE, round(rng.uniform(low, high) / 3, -3),
             _minute(at[-1]), _minute(at[0]), f"Säljare {account.id % 4 + 1}", account.name, account.id,
             str(501_000 + account.people[0].number), account.offer, "", *[""] * len(NEW_STAGES), *map(_minute, at)]]  # fmt: skip


def _minute(at):
    return local(at, ZONE, "%Y-%m-%d %H:%M")


def mails(rng: Random, world, days, accounts) -> Made:
    """The mail log: prospects hear from the firm a few times a year, customers never; robots open mails too."""
    rows = []
    for account in accounts:
        entered = account.walk.entered("consideration")
        at = entered + 10 * DAY if entered else days.end
        until = min(account.walk.entered("decision") or days.end, account.walk.lost_at or days.end, days.end - 2 * DAY)
        while at < until - 2 * DAY:
            rows += _mail(rng, account.people[0].email, days.moment(rng, days.day_of(at)), until)
            at += int(max(50, wait(rng, world["nurture_days"])) * DAY)
    n_sent = sum(row[2] == "SENT" for row in rows)
    for row in rng.sample([row for row in rows if row[2] == "DELIVERED"], N_BOTS):
        rows.append([f"{rng.getrandbits(64):016x}", row[1] + 1500, "OPEN", *row[3:-1], "true"])
    rows.sort(key=lambda row: (row[1], row[0]))
    header = ["id", "created", "type", "recipient", "email_campaign_id", "app_id", "sent_by_id", "filtered_event"]
    return Made({"hubspot_utskick.csv": csv_bytes(header, rows)}, {"mails_sent": n_sent}, {"filtered_events": N_BOTS})


def _mail(rng, email, at, until):
    campaign, sent = 75_310_000 + (at // (30 * DAY)) % 1000, f"{rng.getrandbits(64):016x}"
    steps = [("SENT", 0), ("DELIVERED", 4)]
    if rng.random() < 0.36:
        steps.append(("OPEN", rng.randint(300, 80_000)))
        if rng.random() < 0.3:
            steps.append(("CLICK", steps[-1][1] + 40))
    return [[f"{rng.getrandbits(64):016x}", (at + later) * 1000 + rng.randrange(1000), kind, email, campaign, 22924, sent, "false"]
            for kind, later in steps if at + later < until]  # fmt: skip


def meetings(rng: Random, world, days, accounts) -> Made:
    """The register of meetings and calls: one sheet for those the firm took, one for those the customer took."""
    ours, theirs = [], []
    for account in accounts:
        for number in sorted(account.meetings):
            visit = account.walk.visits[number]
            mine, yours = (world["meetings"][side].get(visit.atom, []) for side in ("company", "customer"))
            is_ours = bool(mine) and (not yours or rng.random() < 0.7)
            what, channel, department = rng.choice(mine if is_ours else yours)
            person = account.actor(rng, 1)
            (ours if is_ours else theirs).append([_minute(visit.at), person.email, what, channel, department])
        for at in account.contact_days(rng, days.end):
            what = "Uppföljningssamtal" if at == account.follow_up_at else "Kundmöte"
            ours.append([_minute(days.moment(rng, days.day_of(at))), account.people[0].email, what, "telefon", "Sälj"])
    ours = [row for row in ours if row[0] < _minute(days.end)]
    header = ["Datum", "Kund", "Vad", "Kanal", "Avdelning"]
    sheets = {"Vi tog kontakt": (header, sorted(ours)), "Kunden tog kontakt": (header, sorted(theirs))}
    return Made({"moten.xlsx": xlsx_bytes(sheets)}, {"meetings": len(ours) + len(theirs)})


def tickets(rng: Random, world, days, accounts) -> Made:
    """The ticket view, saved again from a spreadsheet: semicolons and Windows-1252."""
    rows, personal = [], []
    kinds = [(tag, weight) for tag, (weight, _) in world["tickets"].items()]
    for account in accounts:
        for _ in range(rng.choices([0, 1, 2, 3], [4, 3, 2, 2])[0] if account.walk.entered("loyalty") else 0):
            at = days.moment(rng, days.day_of(account.won_at) + 5 + wait(rng, 22))
            if at < days.end - 4 * DAY:
                rows.append(_ticket(rng, world, pick(rng, kinds)[0], account.actor(rng, 3), account, at, personal))
    rows.sort(key=lambda row: (row[7], row[1]))
    rows = [[number, *row[1:]] for number, row in enumerate(rows, 3001)]
    header = ["Id", "Requester id", "Requester", "Requester email", "Subject", "Tags", "Status", "Created at", "Solved at",
              "Satisfaction Score", "Organization"]  # fmt: skip
    data = csv_bytes(header, rows, separator=";", encoding="cp1252")
    return Made({"zendesk_arenden.csv": data}, {"tickets": len(rows)}, personal=tuple(personal))


def _ticket(rng, world, tag, person, account, at, personal):
    subject = rng.choice(world["tickets"][tag][1])
    if len(personal) < 12 and rng.random() < 0.12:
        subject = world["ticket_personal"].format(name=person.name, phone=person.phone, email=person.email)
        personal += [person.name, person.phone, person.email]
    happy = rng.choices(["Not Offered", "Offered", "Good", "Bad"], [3, 3, 2, 3])[0]
    return [0, 501_000 + person.number, person.name, person.email, subject, tag, "Solved", utc(at), utc(at + rng.randint(4, 90) * 3600),
            happy, account.name]  # fmt: skip
