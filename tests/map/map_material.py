"""Drawn material for the map's tests: measured tables, registers and voices of a made-up client, in four languages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from journeylib.client import Client
from journeylib.figures.map import lay_out_journey_map
from journeylib.journeymap import add_conclusions, build_cells, build_head
from journeylib.schema import (
    ACTIONS,
    ACTIVITIES,
    CHANNELS,
    CONTENT,
    COVERAGE,
    DEVIATIONS,
    EFFECTS,
    EMOTION,
    FUNNEL,
    GAPS,
    MOMENTS,
    NEED_SCORES,
    PRESENCE,
    SEARCH,
    SOURCES,
    STAGE_TIMES,
    TOUCHPOINTS,
    VOICE_COUNTS,
    VOICES,
    check,
)
from journeylib.stages import load_stage_model
from journeylib.wording import Words

ATOM_OF = ("a1_problem", "a2_brand", "a3_evaluate", "a4_decide", "a5_reassure", "a6_onboard", "a7_use", "a8_repeat", "a9_advocate")
MOMENT = pd.Timestamp("2025-11-03", tz="UTC")

#: Long, natural words of each language: labels, needs, questions, actions, owners.
TEXTS = {
    "sv": {
        "labels": ["Problemmedvetenhet", "Varumärkeskännedom", "Leverantörsjämförelse", "Beslut och upphandling", "Bekräftelse av valet",
                   "Välkomnande och utbildning", "Användning och kundvård", "Återköp och merförsäljning"],
        "needs": ["Kunna jämföra leverantörer utan att boka möte", "Förstå vad införandet kostar totalt", "Veta vem som hjälper oss om det krånglar"],
        "questions": ["Hur lång tid tar ett införande för ett företag i vår storlek?"],
        "quote": "Vi fick leta länge innan vi hittade ett pris, och då hade vi nästan gett upp.",
        "good": "Äntligen någon som ringer tillbaka samma dag.",
        "reasons": ["för dyrt i förhållande till nyttan"], "looked": ["branschkollegor", "sökmotor", "facktidning"],
        "owners": ["marknadschefen", "försäljningschefen"], "departments": ["marknad", "försäljning"],
        "title": "Flest lämnar mellan Övervägande och Beslut: 412 av 675 (61 %, 57–65), och ingen hör av sig efter köpet",
        "action": "Lägg till ett tydligt nästa steg på sidorna om priser och referenser",
        "offer": "Driftavtal", "scenario": "It-chefen byter leverantör inför nytt avtalsår",
        "assumed": {"need": "Vill känna sig trygg med att leveransen fungerar", "question": "Vad händer om jag ångrar mig?", "emotion": "Nyfiken men osäker",
                    "action": "Läser omdömen och frågar vänner", "info_source": "Sociala medier och vänner", "touchpoint": "Butiken och webbplatsen",
                    "company": "Vi syns i lokaltidningen och svarar i telefon", "reason": "För dyrt just nu"},
    },
    "da": {
        "labels": ["Problemerkendelse", "Kendskab til virksomheden", "Leverandørsammenligning", "Beslutning og kontraktindgåelse", "Bekræftelse af valget",
                   "Velkomst og oplæring", "Brug og kundepleje", "Genkøb og mersalg"],
        "needs": ["At kunne sammenligne rådgivere uden at booke et møde", "At forstå, hvad forløbet koster i alt", "At vide, hvem der hjælper bagefter"],
        "questions": ["Hvor lang tid tager et rådgivningsforløb for en virksomhed af vores størrelse?"],
        "quote": "Jeg var i tvivl bagefter, for jeg hørte ikke noget i tre uger.",
        "good": "Endelig en, der ringer tilbage samme dag.",
        "reasons": ["for dyrt i forhold til udbyttet"], "looked": ["kolleger i branchen", "søgemaskine", "fagblad"],
        "owners": ["indehaveren", "marketingansvarlig"], "departments": ["marketing", "salg"],
        "title": "Flest falder fra mellem Overvejelse og Beslutning: 27 af 46 (59 %, 44–72)",
        "action": "Tilføj en tydelig opfordring til handling på siderne om priser og forløb",
        "offer": "Strategiforløb", "scenario": "Direktøren i en mindre virksomhed vil have hjælp til sin strategi",
        "assumed": {"need": "Vil føle sig tryg ved, at leveringen fungerer", "question": "Hvad sker der, hvis jeg fortryder?", "emotion": "Nysgerrig, men usikker",
                    "action": "Læser anmeldelser og spørger venner", "info_source": "Sociale medier og venner", "touchpoint": "Butikken og hjemmesiden",
                    "company": "Vi annoncerer i lokalavisen og tager telefonen", "reason": "For dyrt lige nu"},
    },
    "nb": {
        "labels": ["Problemerkjennelse", "Kjennskap til merkevaren", "Leverandørsammenligning", "Beslutning og kontraktsinngåelse", "Bekreftelse av valget",
                   "Velkomst og opplæring", "Bruk og kundepleie", "Gjenkjøp og mersalg"],
        "needs": ["Kunne sammenligne produkter uten å måtte spørre noen", "Forstå hva behandlingen koster totalt", "Vite hvem som hjelper hvis noe går galt"],
        "questions": ["Hvor lang tid tar det før jeg merker at det virker, og er det trygt?"],
        "quote": "Jeg angret nesten på kjøpet fordi ingen svarte på spørsmålet mitt.",
        "good": "Endelig noen som forklarer det enkelt.",
        "reasons": ["for dyrt i forhold til nytten"], "looked": ["helsesøster", "søkemotor", "venner"],
        "owners": ["markedssjefen", "kundeserviceansvarlig"], "departments": ["markedsføring", "kundeservice"],
        "title": "Flest faller fra mellom Vurdering og Kjøp: 1 204 av 2 310 (52 %, 50–54)",
        "action": "Legg inn en tydelig oppfordring til handling på sidene om pris og levering",
        "offer": "Helseprodukt", "scenario": "En travel småbarnsmor vil sove bedre",
        "assumed": {"need": "Vil føle seg trygg på at leveringen fungerer", "question": "Hva skjer hvis jeg angrer?", "emotion": "Nysgjerrig, men usikker",
                    "action": "Leser anmeldelser og spør venner", "info_source": "Sosiale medier og venner", "touchpoint": "Butikken og nettstedet",
                    "company": "Vi annonserer i lokalavisen og svarer på telefonen", "reason": "For dyrt akkurat nå"},
    },
    "en": {
        "labels": ["Problem recognition", "Brand awareness", "Supplier comparison", "Decision and procurement", "Reassurance afterwards",
                   "Onboarding and training", "Use and customer care", "Repurchase and expansion"],
        "needs": ["Compare suppliers without having to book a meeting", "Understand the total cost of switching", "Know who helps when something breaks"],
        "questions": ["How long does an implementation take for a company of our size?"],
        "quote": "We had to search for a price for so long that we almost gave up.",
        "good": "Finally somebody who calls back the same day.",
        "reasons": ["too expensive for what it gives"], "looked": ["peers in the trade", "search engine", "trade press"],
        "owners": ["head of marketing", "head of sales"], "departments": ["marketing", "sales"],
        "title": "Most leave between Consideration and Decision: 412 of 675 (61%, 57–65)",
        "action": "Add a clear next step to the pages about prices and references",
        "offer": "Bikes on subscription", "scenario": "A commuter wants to leave the car at home",
        "assumed": {"need": "Wants to feel sure that delivery works", "question": "What happens if I change my mind?", "emotion": "Curious but unsure",
                    "action": "Reads reviews and asks friends", "info_source": "Social media and friends", "touchpoint": "The shop and the website",
                    "company": "We advertise locally and answer the phone", "reason": "Too expensive right now"},
    },
}  # fmt: skip
SHIPPED = {3: "inbound_3", 5: "loyalty_advocacy_5"}
CURRENCY = {"sv": "SEK", "da": "DKK", "nb": "NOK", "en": "GBP"}


def a_client(language="sv", n_stages=5, **changes) -> Client:
    values = {
        "slug": "prov", "name": "Exempelbolaget", "language": language, "market": "b2b", "goal": "more_conversions", "as_of": dt.date(2026, 1, 15),
        "offer": TEXTS[language]["offer"], "scenario": TEXTS[language]["scenario"], "currency": CURRENCY[language], "data_folder": Path("data"),
        "params_file": Path("params/prov.yml"), "stage_model": SHIPPED.get(n_stages) or own_model(n_stages),
        "sources": {"webb": {"file": "webb.csv", "format": "ga4_events"}, "affarer": {"file": "a.csv", "format": "hubspot_deals"},
                    "enkat": {"file": "e.csv", "format": "typeform_survey"}, "arenden": {"file": "t.csv", "format": "zendesk_tickets"}},
        "planned": [{"touchpoint": name} for name in ("page_view", "guide_download", "welcome_call", "quote_request")],
    }  # fmt: skip
    return Client(**values | changes)


def own_model(n_stages: int) -> dict:
    """A client's own model with the longest labels, one atom a stage and the rest with the last."""
    stages = []
    for i in range(n_stages):
        atoms = list(ATOM_OF[i : i + 1]) if i < n_stages - 1 else list(ATOM_OF[i:])
        stages.append({"id": f"stage_{i + 1}", "atoms": atoms, "label": {language: TEXTS[language]["labels"][min(i, 7)] for language in TEXTS}})
    return {"id": "own", "name": dict.fromkeys(TEXTS, "Own"), "stages": stages}


def drawn_map(language="sv", n_stages=5, *, client=None, tables=None, registers=None, voices=None, conclude=True, title=None):
    """Client, model, words, cells and the drawn map of the material, whole or in the parts given."""
    client = client or a_client(language, n_stages)
    model, words = load_stage_model(client), Words(language, client.currency)
    tables = full_tables(model, language) if tables is None else tables
    registers = full_registers(model, language) if registers is None else registers
    voices = full_voices(model, language) if voices is None else voices
    cells = build_cells(tables, registers, voices, model, client, words)
    gaps, actions = (a_gap_list(model), an_action_list(model, language)) if conclude else (None, None)
    cells = add_conclusions(cells, gaps, actions, model, client, words, effects=some_effects(model) if conclude else None,
                            felt_then=felt_before(model.ids) if conclude else None)  # fmt: skip
    n_journeys = int(tables["funnel"]["n_reached"].max()) if "funnel" in tables else None
    head = build_head(client, words, title=title or TEXTS[language]["title"], n_journeys=n_journeys, run="a1b2c3")
    return client, model, words, cells, lay_out_journey_map(cells, model, words, head)


def full_tables(model, language, *, n=1240) -> dict[str, pd.DataFrame]:
    ids = model.ids
    return {
        "funnel": a_funnel(ids, n), "stage_times": stage_times(ids), "emotion": an_emotion(ids), "touchpoints": some_touchpoints(ids),
        "channels": some_channels(ids), "need_scores": need_scores(ids, language), "voice_counts": voice_counts(ids, language),
        "coverage": a_coverage(ids), "sources": the_sources(), "moments": the_moments(ids), "deviations": some_deviations(), "search": a_search(ids),
    }  # fmt: skip


def some_deviations() -> pd.DataFrame:
    """The plan of `a_client`: a planned call that many go without, a guide out of order, mail nobody planned, quotes that fail; one too rare to mark."""
    kinds = [("missing", "welcome_call", 0.62), ("irregular", "guide_download", 0.17), ("ad_hoc", "email_unsubscribe", 0.31), ("failed", "quote_request", 0.12),
             ("ad_hoc", "page_view", 0.03)]  # fmt: skip
    rows = [{"kind": kind, "touchpoint": name, "n": 400, "n_yes": round(400 * share), "share": share, "lo": share - 0.02, "hi": share + 0.02} for kind, name, share in kinds]
    return check(pd.DataFrame(rows), DEVIATIONS)


def a_search(ids) -> pd.DataFrame:
    rows = [{"line": "organic", "stage": stage, "n_phrases": 34, "n_by_client": 0, "n_unmatched": 0, "n_positions": 20, "n_top": 8, "n_volumes": 30} for stage in ids[:2]]
    return check(pd.DataFrame(rows).reindex(columns=list(SEARCH.columns)), SEARCH)


def some_effects(model) -> pd.DataFrame:
    """One change a stage, each with another verdict."""
    verdicts = [("better", 3, 0.052), ("worse", 2, -0.031), ("no_effect", 4, 0.004), ("too_early", 1, None), ("better", 1, 0.08), ("cannot_judge", 0, None)]
    rows = [{"change_id": f"f{i}", "title": "x", "stage": stage, "start_on": pd.Timestamp("2025-10-01"), "kpi": "conversion", "unit": "share",
             "design": {0: "none", 1: "before_after", 2: "interrupted", 3: "differences", 4: "ab"}[strength], "strength": strength, "effect": effect,
             "lo": None if effect is None else effect - 0.02, "hi": None if effect is None else effect + 0.02, "n": 310, "verdict": verdict,
             "judged_from": pd.Timestamp("2026-04-01") if verdict == "too_early" else None, "reasons": "[]"}
            for i, (stage, (verdict, strength, effect)) in enumerate(zip(model.ids, verdicts, strict=False))]  # fmt: skip
    return check(pd.DataFrame(rows).reindex(columns=list(EFFECTS.columns)), EFFECTS)


def the_moments(ids) -> pd.DataFrame:
    """The second stage is the moment of truth."""
    rows = [{"stage": stage, "outcome": "nps", "weight": 0.3 if i == 1 else 0.02, "lo": 0.2 if i == 1 else 0.0, "hi": 0.4 if i == 1 else 0.1,
             "correlation": 0.5, "explained": 0.4, "n": 200, "p_first": float(i == 1), "is_moment": i == 1} for i, stage in enumerate(ids)]  # fmt: skip
    return check(pd.DataFrame(rows), MOMENTS)


def a_funnel(ids, n=1240, rates=(0.54, 0.39, 0.72, 0.48, 0.61, 0.66, 0.58)) -> pd.DataFrame:
    from journeylib.measures.stats import wilson

    rows, reached = [], n
    for i, stage in enumerate(ids):
        last = i == len(ids) - 1
        went = 0 if last else round(reached * rates[i % len(rates)])
        followed, converted = round(reached * 0.9), round(went * 0.9)
        lo, hi = (None, None) if last or not followed else (float(end) for end in wilson(converted, followed)[-2:])
        rest = reached - went
        rows.append({"semantics": "at_least", "persona": "", "stage": stage, "position": i, "n_reached": reached, "n_went_on": went,
                     "n_lost": round(rest * 0.6), "n_open": rest - round(rest * 0.6), "n_followed": followed, "n_converted": converted,
                     "n_too_recent": reached - followed, "rate": None if last or not followed else converted / followed, "rate_lo": lo,
                     "rate_hi": hi, "n_units": followed, "window_days": 180.0})  # fmt: skip
        reached = went
    return check(pd.DataFrame(rows), FUNNEL)


def stage_times(ids) -> pd.DataFrame:
    medians = [12.4, 34.0, None, 1.5, 88.0, 20.0, 45.0, 9.0]
    rows = []
    for i, stage in enumerate(ids):
        median = medians[i % 8]
        rows.append({"stage": stage, "n_entered": 400, "n_went_on": 200, "n_lost": 100, "n_open": 100, "n_returned": 3, "median_days": median,
                     "q25_days": None if median is None else median / 2, "q75_days": None if median is None or i == 4 else median * 3,
                     "median_went_on_days": median, "horizon_days": 90.0, "went_on_share": 0.5, "went_on_lo": 0.45, "went_on_hi": 0.55,
                     "lost_share": 0.2, "lost_lo": 0.16, "lost_hi": 0.24, "open_share": 0.3, "max_followed_days": 365.0})  # fmt: skip
    return check(pd.DataFrame(rows), STAGE_TIMES)


def felt_before(ids) -> pd.DataFrame:
    """The last report: another level in every stage but the third, which was not asked about."""
    return pd.DataFrame([{"stage": stage, "n": 33, "mean": 0.9 - 0.25 * i, "lo": 0.6 - 0.25 * i, "hi": 1.2 - 0.25 * i} for i, stage in enumerate(ids) if i != 2])


def an_emotion(ids, means=(0.6, -0.7, 0.4, 1.2, -0.2, 0.9, 0.1, 1.4), ns=(64, 41, 8, 120, 36, 24, 77, 12)) -> pd.DataFrame:
    rows = []
    for i, stage in enumerate(ids):
        mean, n = means[i % 8], ns[i % 8]
        half = 1.1 * 2 / n**0.5
        rows.append({"stage": stage, "metric": "csat", "wording_id": "q1", "n_answers": n + 3, "n": n, "mean": mean, "lo": mean - half, "hi": mean + half,
                     "pooled": mean * 0.8, "share_m2": 0.1, "share_m1": 0.15, "share_0": 0.2, "share_p1": 0.35, "share_p2": 0.2,
                     "overlap_next": 0.1 if i == 2 else 0.6, "first_on": MOMENT, "last_on": MOMENT, "sources": "enkat"})  # fmt: skip
    return check(pd.DataFrame(rows), EMOTION)


def some_touchpoints(ids) -> pd.DataFrame:
    offered = [("page_view", "customer", 0.82, 0.4, 30), ("guide_download", "customer", 0.44, None, 0), ("email_unsubscribe", "company", 0.38, -0.9, 22),
               ("quote_request", "customer", 0.21, 1.1, 40), ("meeting", "company", 0.12, 1.5, 9)]  # fmt: skip
    rows = [{"stage": stage, "touchpoint": name, "channel": "web", "initiator": who, "n_events": 900, "n_journeys": round(400 * share), "n_stage": 400,
             "share": share, "lo": share - 0.04, "hi": share + 0.04, "satisfaction": feeling, "n_answers": n}
            for stage in ids for name, who, share, feeling, n in offered]  # fmt: skip
    return check(pd.DataFrame(rows), TOUCHPOINTS)


def some_channels(ids) -> pd.DataFrame:
    mix = {"search": 0.3, "social": 0.12, "web": 0.34, "call": 0.16, "review_site": 0.08}
    shifted = [dict(zip(mix, [*list(mix.values())[i % 5 :], *list(mix.values())[: i % 5]], strict=True)) for i in range(len(ids))]
    rows = [{"stage": stage, "channel": name, "n_events": round(1000 * share), "n_journeys": round(400 * share), "n_stage": 400, "share": share}
            for stage, shares in zip(ids, shifted, strict=True) for name, share in shares.items()]  # fmt: skip
    return check(pd.DataFrame(rows), CHANNELS)


def need_scores(ids, language) -> pd.DataFrame:
    scores = [(9.1, 4.2, 3.0), (7.8, 7.1, -0.4), (5.5, None, None)]
    rows = [{"need_id": f"n{i}_{j}", "stage": stage, "wording": TEXTS[language]["needs"][j], "importance": importance, "satisfaction": satisfaction,
             "n": 48, "opportunity": 10.0, "gap": 1.0, "gap_lo": lo, "gap_hi": None if lo is None else lo + 2, "n_activities": 1, "n_content": 1}
            for i, stage in enumerate(ids) for j, (importance, satisfaction, lo) in enumerate(scores)]  # fmt: skip
    return check(pd.DataFrame(rows), NEED_SCORES)


def voice_counts(ids, language) -> pd.DataFrame:
    texts = TEXTS[language]
    said = [("question", texts["questions"][0], 14, 40, texts["questions"][0]), ("reason", texts["reasons"][0], 19, 60, None),
            ("info_source", texts["looked"][0], 25, 60, None), ("info_source", texts["looked"][1], 12, 60, None)]  # fmt: skip
    rows = [{"stage": stage, "row": row, "code": code, "kind": "stated", "n_customers": k, "n_asked": n, "share": k / n, "lo": max(0.0, k / n - 0.1),
             "hi": k / n + 0.1, "voice_id": f"v-{i}-{j}", "quote": quote, "first_on": MOMENT, "last_on": MOMENT, "sources": "arenden"}
            for i, stage in enumerate(ids) for j, (row, code, k, n, quote) in enumerate(said)]  # fmt: skip
    for stage in ids:
        rows.append({"stage": stage, "row": "emotion", "code": "känsla", "kind": "stated", "n_customers": 6, "n_asked": 20, "share": 0.3, "lo": 0.15,
                     "hi": 0.5, "voice_id": f"q-{stage}", "quote": texts["quote" if stage == ids[1] else "good"], "first_on": MOMENT,
                     "last_on": MOMENT, "sources": "enkat"})  # fmt: skip
    return check(pd.DataFrame(rows), VOICE_COUNTS)


def a_coverage(ids) -> pd.DataFrame:
    statuses = ["covered", "thin", "covered", "hole", "covered", "covered", "thin", "covered"]
    rows = [{"stage": stage, "persona": "", "n_content": 0 if statuses[i % 8] == "hole" else 4, "n_activities": 3, "n_owned": 2, "n_customers": 400,
             "demand_share": 0.2, "supply_share": 0.2, "ratio_lo": 0.6, "ratio_hi": 1.4, "status": statuses[i % 8]} for i, stage in enumerate(ids)]  # fmt: skip
    return check(pd.DataFrame(rows), COVERAGE)


def the_sources() -> pd.DataFrame:
    rows = [{"source": name, "format": form, "table": table, "file": f"{name}.csv", "sha256": "0", "n_rows": 10, "n_kept": 10, "n_dropped": 0,
             "n_skipped_lines": 0, "first_at": MOMENT, "last_at": MOMENT}
            for name, form, table in (("webb", "ga4_events", "events"), ("affarer", "hubspot_deals", "events, voices"), ("enkat", "typeform_survey", "voices"))]  # fmt: skip
    return check(pd.DataFrame(rows), SOURCES)


def full_registers(model, language) -> dict[str, pd.DataFrame]:
    texts = TEXTS[language]
    activities = [{"activity_id": f"a{i}{j}", "title": "x", "stage": stage, "owner": None if i == 2 else texts["owners"][j], "source": "register",
                   "department": texts["departments"][j]} for i, stage in enumerate(model.ids) for j in range(2) if i != len(model.ids) - 1]  # fmt: skip
    content = [{"content_id": f"c{i}{j}", "title": "x", "stage": stage, "source": "register"} for i, stage in enumerate(model.ids) for j in range(4)]
    places = [{"presence_id": f"p{i}{j}", "place": place, "is_present": j == 1, "stage": stage, "source": "register"}
              for i, stage in enumerate(model.ids[:-1]) for j, place in enumerate(texts["looked"])]  # fmt: skip
    return {"activities": check(pd.DataFrame(activities), ACTIVITIES), "content": check(pd.DataFrame(content), CONTENT),
            "presence": check(pd.DataFrame(places).reindex(columns=list(PRESENCE.columns)), PRESENCE)}  # fmt: skip


def full_voices(model, language) -> pd.DataFrame:
    rows = [{"voice_id": f"v{i}-{j}", "customer_id": f"c{i}-{j}", "stage": stage, "row": "emotion", "score": 4.0, "scale_min": 1.0, "scale_max": 5.0,
             "metric": "csat", "kind": "stated", "source": source} for i, stage in enumerate(model.ids) for j, source in enumerate(["enkat"] * 12 + ["arenden"] * 7)]  # fmt: skip
    return check(pd.DataFrame(rows), VOICES)


def an_answer_sheet(model, language, kind="assumed") -> pd.DataFrame:
    """Every row of the sheet filled in for every stage (M006)."""
    said = TEXTS[language]["assumed"]
    rows = [{"voice_id": f"s-{stage}-{row}", "stage": stage, "row": row, "text": text, "kind": kind, "source": "svar"}
            for stage in model.ids for row, text in said.items()]  # fmt: skip
    return check(pd.DataFrame(rows), VOICES)


def a_gap_list(model) -> pd.DataFrame:
    ids = model.ids
    found = [(ids[0], "G05", "uncertain", 240000.0), (ids[1], "G04", "found", 1200000.0), (ids[1], "G09", "found", None), ("", "G09", "found", None), (ids[-1], "G21", "found", None), (ids[-1], "G03", "found", 860000.0),
             (ids[-1], "G20", "uncertain", None), ("", "G19", "found", None), (ids[2:3] or [None])[0] and (ids[2], "G01", "not_checkable", None)]  # fmt: skip
    rows = [{"gap_id": f"{check_id}:{stage}", "check": check_id, "stage": stage, "persona": "", "status": status, "reason": "gaps.x", "value_at_stake": value,
             "value_lo": None if value is None else value * 0.6, "value_hi": None if value is None else value * 1.5, "severity": 2}
            for stage, check_id, status, value in filter(None, found)]  # fmt: skip
    rows += [{"gap_id": f"G01:{stage}", "check": "G01", "stage": stage, "persona": "", "status": "not_found", "reason": "gaps.x"} for stage in ids if stage not in ids[2:3]]
    return check(pd.DataFrame(rows), GAPS)


def an_action_list(model, language) -> pd.DataFrame:
    owner = TEXTS[language]["owners"][0]
    rows = [{"action_id": f"A{i}", "kind": "A02", "stage": stage, "persona": "", "title": TEXTS[language]["action"], "status": "under_way" if i == 1 else "proposed",
             "owner": owner if i != 0 else None, "due_on": pd.Timestamp("2026-05-31") if i else None, "value": 500000.0, "value_lo": 120000.0,
             "value_hi": 900000.0, "rank": i + 1} for i, stage in enumerate(model.ids) if i != 2]  # fmt: skip
    return check(pd.DataFrame(rows), ACTIONS)
