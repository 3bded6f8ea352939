"""Norrsken IT's web analytics, its survey and its interviews."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

from journeylib.simulate import registers
from journeylib.simulate.files import csv_bytes, xlsx_bytes
from journeylib.simulate.people import cookie, invent
from journeylib.simulate.voices import answers, hardest_answers, local, mean_feelings, pick, score, utc
from journeylib.simulate.walk import DAY
from journeylib.simulate.web import HEADER, Site, dated, session
from journeylib.simulate.world import Made

ZONE = ZoneInfo("Europe/Stockholm")
N_DUPLICATES, N_STRANGERS = 37, 5
UNMATCHED = "/karriar/lediga-jobb"


def web(rng: Random, world, days, accounts) -> Made:
    """Events of the site, and the list that ties a client id of the tag to an e-mail address."""
    site = Site("https://www.norrsken-it.example", ZONE, tuple(map(tuple, world["sources"])))
    rows, known = [], {}
    for account in accounts:
        for number, visit in enumerate(account.walk.visits):
            if number not in account.meetings and visit.atom in world["pages"]:
                rows += _visit(rng, world, days, site, account, visit, known)
    for _ in range(world["n_anonymous"]):
        atom, at = rng.choice(["a1_problem", "a2_brand"]), days.moment(rng, days.arrival(rng))
        rows += session(rng, site, cookie(rng), at, rng.choices(world["pages"][atom], k=rng.randint(1, 4)), is_new=True)
    rows = [row for row in rows if row[1] < days.end * 1_000_000]
    n_unmatched = sum(row[5].endswith(UNMATCHED) for row in rows)
    doubled = rng.sample([row for row in rows if not row[5].endswith(UNMATCHED) and row[3] in known], N_DUPLICATES)
    rows = dated(rows + [list(row) for row in doubled], site)
    links = [[cookie_id, email] for cookie_id, email in sorted(known.items())]
    links += [[cookie(rng), invent(rng, "sv", 9900 + i, domain="okand.example").email] for i in range(N_STRANGERS)]
    files = {"ga4_handelser.csv": csv_bytes(HEADER, rows), "kopplingar.csv": csv_bytes(["Klient-id", "E-post"], links, separator=";")}
    return Made(files, {"web_events": len(rows)}, {"exact_duplicates": N_DUPLICATES, "unmatched": n_unmatched})


def _visit(rng, world, days, site, account, visit, known):
    stage = ["awareness", "consideration", "decision", "loyalty", "advocacy"].index(visit.step)
    rows, at = [], visit.at
    for _ in range(1 + rng.choices([0, 1, 2], [3, 4, 3])[0]):
        person = account.actor(rng, stage)
        device = person.cookie if rng.random() < 0.85 else f"{person.cookie[:-3]}999"
        pages = rng.choices(world["pages"][visit.atom], k=rng.randint(2, 6))
        if rng.random() < 0.3:
            pages.insert(0, rng.choice(world["pages"]["a2_brand"]))
        if rng.random() < 0.02:
            pages.append(UNMATCHED)
        rows += session(rng, site, device, at, pages, is_new=device not in known, extra=_extra(rng, visit.atom))
        known[device] = person.email
        at += rng.randint(1200, 5400)
    return rows


def _extra(rng, atom):
    if atom == "a3_evaluate" and rng.random() < 0.25:
        return [("file_download", "/guide/valja-it-partner")]
    if atom == "a4_decide" and rng.random() < 0.3:
        return [("form_submit", "/offert/begar")]
    return []


def survey(rng: Random, world, days, accounts) -> Made:
    """The survey's answers: the same question about every stage the company has come to."""
    people = [(account, person) for account in accounts for person in account.people]
    rng.shuffle(people)
    rows, scores, personal = [], {stage: [] for stage in world["questions"]}, []
    for account, person in people:
        stages = list(dict.fromkeys(visit.step for visit in account.walk.visits))
        base = rng.gauss(0, 0.45)
        if len(rows) < world["n_respondents"] and answers(rng, world["feelings"][stages[-1]] + base, 0.42):
            rows.append(_answer(rng, world, days, account, person, stages, base, scores, personal))
    hardest = [header for pair in world["hardest"].values() for header in pair]
    header = ["#", *world["questions"].values(), world["nps"], *_need_questions(world), *hardest, world["chose"], "Får vi citera dig utan namn?",
              "email", "Response Type", "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags", "Ending"]  # fmt: skip
    rows.sort(key=lambda row: (row[-4], row[0]))
    return Made({"enkat_typeform.csv": csv_bytes(header, rows)}, {"respondents": len(rows), "scores": sum(map(len, scores.values()))},
                personal=tuple(personal), feelings=mean_feelings(scores))  # fmt: skip


def _need_questions(world):
    asked = [need for need in world["needs"].values() if need[0] in ("consideration", "decision", "loyalty")]
    return [text.format(need[2][0].lower() + need[2][1:]) for need in asked
            for text in ("Hur viktigt är det att: {}? (1–5)", "Hur nöjd är du med att: {}? (1–5)")]  # fmt: skip


def _answer(rng, world, days, account, person, stages, base, scores, personal):
    given = []
    for stage in world["questions"]:
        asked = stage in stages and (stage == stages[0] or rng.random() < 0.9)
        given.append(score(rng, world["feelings"][stage] + base) if asked else "")
        if asked:
            scores[stage].append(given[-1])
    nps = score(rng, world["feelings"][stages[-1]] + base, lowest=0, highest=10) if "loyalty" in stages else ""
    needs = []
    for stage, _, _, importance, satisfaction in world["needs"].values():
        if stage in ("consideration", "decision", "loyalty"):
            reached = stage in stages and rng.random() < 0.9
            needs += [score(rng, mean - 3 + base / 3) if reached else "" for mean in (importance, satisfaction)]
    hardest = hardest_answers(rng, world, stages[-1], person, personal, " Hör av er till {name}, {phone} eller {email}.")
    chose = pick(rng, world["chose_answers"])["code"].capitalize() if "loyalty" in stages and rng.random() < 0.7 else ""
    at = min(account.walk.visits[-1].at + rng.randint(2, 20) * DAY, days.end - 3600)
    return [f"{rng.getrandbits(64):016x}", *given, nps, *needs, *hardest, chose, rng.choice(["Ja", "Ja", "Nej"]), person.email,
            "completed", utc(at - rng.randint(120, 900)), "", utc(at), f"{rng.getrandbits(40):010x}", "", "Tack"]  # fmt: skip


def interviews(rng: Random, world, days, accounts) -> Made:
    """Coded interview quotes, and what sales says it hears."""
    talked = {stage: [account for account in accounts if any(visit.step == stage for visit in account.walk.visits)]
              for stage in world["questions"]}  # fmt: skip
    quotes = []
    for stage, row, code, text, consent in world["interviews"]:
        account = rng.choice(talked[stage])
        at = min(account.walk.visits[-1].at + rng.randint(5, 60) * DAY, days.end - 3600)
        quotes.append([local(at, ZONE, "%Y-%m-%d"), account.people[0].email, *registers.said("sv", stage, row), code, text,
                       "ja" if consent else "nej"])  # fmt: skip
    header = ["Datum", "Kund", "Fas", "Rad", "Kod", "Citat", "Samtycke"]
    heard = [["2025-11-03", "", *registers.said("sv", stage, row), code, text, "nej"] for stage, row, code, text in world["sales_notes"]]
    return Made({"intervjuer.xlsx": xlsx_bytes({"Kunder": (header, sorted(quotes)), "Sälj": (header, heard)})}, {"quotes": len(quotes)})
