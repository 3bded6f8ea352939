"""The registers and sheets a client fills in by hand, with headers and words in the client's language."""

from __future__ import annotations

from journeylib.simulate.files import xlsx_bytes

STAGES = {
    "sv": {"awareness": "Medvetenhet", "consideration": "Övervägande", "decision": "Beslut", "loyalty": "Lojalitet",
           "advocacy": "Ambassadör"},
    "nb": {"awareness": "Bevissthet", "consideration": "Vurdering", "purchase": "Kjøp", "post_purchase": "Etterkjøp",
           "loyalty": "Lojalitet"},
    "da": {"awareness": "Opmærksomhed", "consideration": "Overvejelse", "decision": "Beslutning", "retention": "Fastholdelse",
           "loyalty": "Loyalitet"},
}  # fmt: skip
ROWS = {
    "sv": {"need": "behov", "question": "fråga", "problem": "problem", "emotion": "känsla", "thought": "tanke",
           "driver": "drivkraft", "expectation": "förväntan", "info_source": "informationskälla", "objection": "invändning",
           "reason": "orsak", "company": "vad vi gör"},
    "nb": {"need": "behov", "question": "spørsmål", "problem": "problem", "emotion": "følelse", "thought": "tanke",
           "driver": "drivkraft", "expectation": "forventning", "info_source": "informasjonskilde", "objection": "innvending",
           "reason": "årsak", "company": "hva vi gjør"},
    "da": {"need": "behov", "question": "spørgsmål", "problem": "problem", "emotion": "følelse", "thought": "tanke",
           "driver": "drivkraft", "expectation": "forventning", "info_source": "informationskilde", "objection": "indvending",
           "reason": "årsag", "company": "hvad vi gør"},
}  # fmt: skip
SHEETS = {
    "sv": ("Aktiviteter", "Innehåll", "Behov"), "nb": ("Aktiviteter", "Innhold", "Behov"), "da": ("Aktiviteter", "Indhold", "Behov"),
}  # fmt: skip
ACTIVITY_HEADERS = {
    "sv": ["Id", "Aktivitet", "Fas", "Persona", "Behov", "Syfte", "Nästa steg", "Kanal", "Ansvarig", "Avdelning", "Kostnad",
           "Timmar", "Räckvidd", "Resultat"],
    "nb": ["Id", "Aktivitet", "Fase", "Persona", "Behov", "Formål", "Neste steg", "Kanal", "Ansvarlig", "Avdeling", "Kostnad",
           "Timer", "Rekkevidde", "Resultat"],
    "da": ["Id", "Aktivitet", "Trin", "Persona", "Behov", "Formål", "Næste skridt", "Kanal", "Ansvarlig", "Afdeling",
           "Omkostning", "Timer", "Rækkevidde", "Resultat"],
}  # fmt: skip
CONTENT_HEADERS = {
    "sv": ["Id", "Titel", "Typ", "Fas", "Persona", "Behov", "Språk", "CTA", "Spärr", "Räckvidd", "Publicerad"],
    "nb": ["Id", "Tittel", "Type", "Fase", "Persona", "Behov", "Språk", "CTA", "Sperre", "Rekkevidde", "Publisert"],
    "da": ["Id", "Titel", "Type", "Trin", "Persona", "Behov", "Sprog", "CTA", "Spærring", "Rækkevidde", "Udgivet"],
}  # fmt: skip
NEED_HEADERS = {
    "sv": ["Id", "Behov", "Fas", "Slag"], "nb": ["Id", "Behov", "Fase", "Slag"], "da": ["Id", "Behov", "Trin", "Slags"],
}  # fmt: skip


#: Of a client whose world has them: insights, habits and tools.
ROUTINES = {"da": ("Rutiner", ["Id", "Rutine", "Slags", "Trin", "Status", "Ansvarlig"])}


def said(language: str, stage: str, row: str) -> list[str]:
    """Stage and row in the words of the sheet."""
    return [STAGES[language][stage], ROWS[language][row]]


def workbook(world: dict, language: str) -> dict[str, bytes]:
    """The registers of activities, content and needs, three sheets of one workbook; a fourth of routines where the world has them."""
    stages, (activities, content, needs) = STAGES[language], SHEETS[language]
    doing = [[f"AK{n:02d}", title, stages[stage], *rest] for n, (title, stage, *rest) in enumerate(world["activities"], 1)]
    having = [[f"IN{n:02d}", title, kind, stages[stage], persona, need, language, cta, gated, reach, str(live)]
              for n, (title, kind, stage, persona, need, cta, gated, reach, live) in enumerate(world["content"], 1)]  # fmt: skip
    wanting = [[need, wording, stages[stage], kind] for need, (stage, kind, wording, *_) in world["needs"].items()]
    return {"register.xlsx": xlsx_bytes({
        activities: (ACTIVITY_HEADERS[language], map(_blank_none, doing)),
        content: (CONTENT_HEADERS[language], map(_blank_none, having)),
        needs: (NEED_HEADERS[language], wanting),
    } | _routines(world, language, stages))}  # fmt: skip


def _routines(world, language, stages):
    if "routines" not in world:
        return {}
    title, headers = ROUTINES[language]
    rows = [[f"RU{n:02d}", name, kind, stages.get(stage, ""), standing, owner] for n, (name, kind, stage, standing, owner) in enumerate(world["routines"], 1)]
    return {title: (headers, map(_blank_none, rows))}


def _blank_none(row):
    return [None if value == "" else value for value in row]
