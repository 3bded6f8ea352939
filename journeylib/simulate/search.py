"""What people search for, as a keyword tool and an ads account export it."""

from __future__ import annotations

from random import Random

from journeylib.simulate.files import csv_bytes
from journeylib.simulate.world import Made

HEADERS = {"sv": ("sokord.csv", ["Sökord", "Sökvolym", "Egen position", "Fas"]), "nb": ("sokeord.csv", ["Søkeord", "Søkevolum", "Posisjon", "Fase"])}
ADS_HEADER = ["Search term", "Match type", "Campaign", "Currency code", "Clicks", "Impr.", "Cost"]


def keyword_sheet(rng: Random, world: dict, language: str) -> Made:
    """The list of phrases with volume and own position; a position the tool does not know is left empty."""
    name, header = HEADERS[language]
    rows = [[phrase, volume, position, *(stage or [""])] for phrase, volume, position, *stage in world["search"]]
    rng.shuffle(rows)
    return Made({name: csv_bytes(header, rows, separator=";", encoding="utf-8-sig")}, {"search_phrases": len(rows)})


def ads_report(world: dict) -> Made:
    """The search terms of the ads, with the period above and the sum below, as the ads account writes them."""
    rows = [[phrase, "Phrase match", "Søk", "NOK", clicks, shown, cost] for phrase, shown, clicks, cost in world["search_ads"]]
    total = ["Total: Search terms", "", "", "NOK", *(sum(row[place] for row in rows) for place in (4, 5, 6))]
    title = b'Search terms report\r\n"December 1, 2025 - December 31, 2025"\r\n'
    return Made({"annonser_soketermer.csv": title + csv_bytes(ADS_HEADER, [*rows, total])}, {"search_terms": len(rows)})
