"""What people write where the parameters want another word: their own language's, another tool's, or a city for a time zone."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import available_timezones

_KEYS = {
    "name": "navn namn", "language": "sprog språk lang", "market": "marked marknad", "goal": "mål maal formål", "currency": "valuta", "timezone": "tidszone tidszon tidssone tz time_zone",
    "sources": "kilder källor kilde", "rules": "regler regel", "targets": "måltal maltal målsætninger", "as_of": "skæringsdato datum dato date", "stage_model": "model modell trin faser",
    "dates": "datoformat datumformat date_format dateformat dato_format date_order dateorder", "encoding": "tegnsæt teckenkodning tegnkoding charset kodning",
    "separator": "skilletegn avgränsare delimiter sep kolonneskille", "decimal": "decimaltegn decimaltecken desimaltegn decimal_mark", "file": "fil filnavn filnamn filename path",
    "sheet": "ark blad fane faneblad", "columns": "kolonner kolumner", "headings": "overskrifter rubriker headers header", "where": "filter filtrer", "set": "sæt sätt",
    "format": "type typ", "questions": "spørgsmål frågor spørsmål", "touchpoint": "kontaktpunkt berøringspunkt event hændelse", "channel": "kanal", "atom": "stage trin fase fas", "outcome": "udfald utfall result",
}  # fmt: skip
_LANGUAGES = {
    "da": "dk dansk danish danska", "sv": "se svensk svenska swedish", "nb": "nn norsk norwegian bokmål norge", "en": "english engelsk engelska gb uk us",
}  # fmt: skip
_ZONES = {
    "Europe/Copenhagen": "københavn kobenhavn koebenhavn köpenhamn danmark denmark dk", "Europe/Stockholm": "sverige sweden se", "Europe/Oslo": "norge norway no",
    "Europe/Helsinki": "helsingfors finland", "Europe/London": "england uk gb",
}  # fmt: skip


def other_word(got: str, valid: Iterable[str]) -> str | None:
    """The key that goes by another name in other languages and tools, among the valid ones.

    >>> other_word("datoformat", ["dates", "encoding"])
    'dates'
    """
    return _found(got, {key: words for key, words in _KEYS.items() if key in set(valid)})


def language_of(got: str) -> str | None:
    """The language a country's code or a language's name means: `dk` → `da`."""
    return _found(got, _LANGUAGES)


def zone_of(got: str) -> str | None:
    """The time zone a city or a country means.

    >>> zone_of("København"), zone_of("Copenhagen"), zone_of("Mars")
    ('Europe/Copenhagen', 'Europe/Copenhagen', None)
    """
    plain = got.strip().casefold().rpartition("/")[2].replace(" ", "_")
    cities = sorted(zone for zone in available_timezones() if "/" in zone and zone.casefold().rpartition("/")[2] == plain)
    return _found(plain, _ZONES) or next((zone for zone in cities if zone.startswith("Europe/")), cities[0] if cities else None)


def _found(got, known):
    return next((name for name, words in known.items() if str(got).strip().casefold() in words.split()), None)
