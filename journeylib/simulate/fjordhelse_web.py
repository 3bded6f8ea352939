"""Fjordhelse's web analytics and survey."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

from journeylib.simulate.files import csv_bytes
from journeylib.simulate.people import cookie, invent
from journeylib.simulate.voices import answers, hardest_answers, local, mean_feelings, score
from journeylib.simulate.walk import DAY
from journeylib.simulate.web import HEADER, Site, dated, session
from journeylib.simulate.world import Made

ZONE = ZoneInfo("Europe/Oslo")
N_DUPLICATES, N_STRANGERS = 120, 8
UNMATCHED = "/kampanje/sommerkonkurranse"
#: Pages of a session at each atom, and the events the tag adds to it.
EVENTS = {"a3_evaluate": "view_item", "a4_decide": "add_to_cart"}


def web(rng: Random, world, days, shoppers) -> Made:
    """Events of the shop's site, and the list that ties a client id of the tag to an e-mail address."""
    site = Site("https://www.fjordhelse.example", ZONE, tuple(map(tuple, world["sources"])))
    rows = []
    for shopper in shoppers:
        for number, visit in enumerate(shopper.walk.visits):
            rows += _visit(rng, world, site, shopper, visit, is_new=number == 0)
    rows = [row for row in rows if row[1] < days.end * 1_000_000]
    n_unmatched = sum(row[5].endswith(UNMATCHED) for row in rows)
    doubled = rng.sample([row for row in rows if not row[5].endswith(UNMATCHED)], N_DUPLICATES)
    rows = dated(rows + [list(row) for row in doubled], site)
    links = [[shopper.person.cookie, shopper.person.email] for shopper in shoppers if shopper.is_known]
    links += [[cookie(rng), invent(rng, "nb", 9900 + i, domain="ukjent.example").email] for i in range(N_STRANGERS)]
    files = {"ga4_hendelser.csv": csv_bytes(HEADER, rows), "koblinger.csv": csv_bytes(["Klient-id", "E-post"], links, separator=";")}
    return Made(files, {"web_events": len(rows)}, {"exact_duplicates": N_DUPLICATES, "unmatched": n_unmatched})


def _visit(rng, world, site, shopper, visit, *, is_new):
    atom = "a4_decide" if visit.atom == "a8_repeat" else visit.atom
    pages = rng.choices(world["pages"][atom], k=rng.choices([1, 2, 3], [6, 3, 1])[0])
    if atom == "a4_decide":
        pages = world["pages"][atom][: len(pages)]
    if rng.random() < 0.01:
        pages = [*pages, UNMATCHED]
    extra = [(EVENTS[atom], pages[0])] if atom in EVENTS else []
    return session(rng, site, shopper.person.cookie, visit.at, pages, is_new=is_new, extra=extra, starts=False)


def survey(rng: Random, world, days, shoppers) -> Made:
    """The survey's answers: one question about every stage the customer has come to."""
    known = [shopper for shopper in shoppers if shopper.is_known]
    rng.shuffle(known)
    rows, scores, personal = [], {stage: [] for stage in world["questions"]}, []
    for shopper in known:
        stages = list(dict.fromkeys(visit.step for visit in shopper.walk.visits))
        base = rng.gauss(0, 0.4)
        if len(rows) < world["n_respondents"] and answers(rng, world["feelings"][stages[-1]] + base, 0.22):
            rows.append(_answer(rng, world, days, shopper, stages, base, scores, personal))
    asked = [world["needs"][need][2] for need in world["asked_needs"]]
    header = ["Tidsmerke", "E-postadresse", *world["questions"].values(), world["effort"], world["nps"],
              *(text.format(f"{need[0].lower()}{need[1:]}") for need in asked
                for text in ("Hvor viktig er det for deg å: {}? (1–5)", "Hvor fornøyd er du med å: {}? (1–5)")),
              *(header for pair in world["hardest"].values() for header in pair), "Kan vi sitere deg uten navn?"]  # fmt: skip
    rows = [row[1:] for row in sorted(rows)]
    return Made({"skjema_svar.csv": csv_bytes(header, rows)}, {"respondents": len(rows), "scores": sum(map(len, scores.values()))},
                personal=tuple(personal), feelings=mean_feelings(scores))  # fmt: skip


def _answer(rng, world, days, shopper, stages, base, scores, personal):
    given = []
    for stage in world["questions"]:
        asked = stage in stages and (stage == stages[0] or rng.random() < 0.9)
        given.append(score(rng, world["feelings"][stage] + base) if asked else "")
        if asked:
            scores[stage].append(given[-1])
    effort = score(rng, -0.3 + base, lowest=1, highest=7) if "purchase" in stages else ""
    nps = score(rng, world["feelings"][stages[-1]] + base, lowest=0, highest=10) if shopper.ordered_at else ""
    needs = []
    for need in world["asked_needs"]:
        stage, _, _, importance, satisfaction = world["needs"][need]
        reached = stage in stages and rng.random() < 0.9
        needs += [score(rng, mean - 3 + base / 3) if reached else "" for mean in (importance, satisfaction)]
    hardest = hardest_answers(rng, world, stages[-1], shopper.person, personal, " Ring gjerne {name} på {phone} eller skriv til {email}.")
    at = min(shopper.walk.visits[-1].at + rng.randint(2, 14) * DAY, days.end - 3600)
    return [at, local(at, ZONE, "%d/%m/%Y %H.%M.%S"), shopper.person.email, *given, effort, nps, *needs, *hardest,
            rng.choice(["Ja", "Ja", "Nei"])]  # fmt: skip

