"""A count names its unit: people are never called customers where companies are counted, nor companies people."""

from __future__ import annotations

import re

import pytest

from journeylib.grain import say_journeys, say_people
from journeylib.wording import Words, message_keys
from tests.gaps.material import a_client

#: Words for who is counted, as stems: people themselves; whoever travels (a person or a company); who has bought; companies; journeys.
STEMS = {
    "sv": {"people": "kontaktperson|person(?![ao])", "customers": "kund(?!res|företag)", "buyers": "köpare", "companies": "kundföretag|företag", "journeys": "kundres|resa|resor"},
    "da": {"people": "kontaktperson|person(?!a)", "customers": "kunde(?!rejse|virksomhed)", "buyers": "køber", "companies": "kundevirksomhed|virksomhed", "journeys": "kunderejse|rejse"},
    "nb": {"people": "kontaktperson|person(?!a)", "customers": "kunde(?!reise)", "buyers": "kjøper", "companies": "bedrift", "journeys": "kundereise|reise"},
    "en": {"people": "contact|person(?!a)|people", "customers": "customer", "buyers": "buyer", "companies": "compan|account", "journeys": "journey"},
}  # fmt: skip
_COUNT = r"\{(?:n|of|k|n_lost|n_open|accounts)\} "
#: Message (or all that begin so) → who is counted there. What people said, felt or may be sent, and the content that meets them, count people;
#: what became of journeys counts whoever travels.
COUNTED = {
    "people": ("clarity.people", "customers_b2b.people", "feelings.effort", "feelings.moment", "feelings.rated", "findings.counted", "findings.essentials.feeling",
               "findings.feel", "findings.grain.contact", "findings.kpi.score", "findings.need", "findings.say", "gaps.G05", "gaps.G06.joins", "gaps.G22",
               "gaps.G25", "heard", "joins", "map.emotion", "needs", "predicting"),
    "customers": ("effects.reason", "findings.grain.person", "findings.time", "flow.way.clear_all", "flow.way.close_all", "flow.way.none_all", "gaps.G06.collisions", "gaps.G17",
                  "gaps.G19", "gaps.G20", "gaps.G23", "leaving.standing", "stage_kpis"),
    "buyers": ("flow.way.clear", "flow.way.close", "flow.way.none", "gaps.G03", "gaps.G09", "gaps.G14", "gaps.G15"),
    "companies": ("clarity.made_of", "customers_b2b", "findings.grain.account", "gaps.G30", "personas.whom", "report.index"),
    "journeys": ("findings.exits", "findings.grain.offer", "findings.grain.run", "findings.rates", "flow.way.drawn", "map.head", "mapping_more", "stages"),
}  # fmt: skip
#: Not who: contacts as meetings.
NOT_WHO = ("doing", "channels")


def unit_of(key: str) -> str | None:
    """The unit of the longest entry the key begins with."""
    fitting = [(len(prefix), unit) for unit, prefixes in COUNTED.items() for prefix in prefixes if key == prefix or key.startswith((f"{prefix}.", f"{prefix}_"))]
    return max(fitting)[1] if fitting else None


def named(texts, language: str) -> set[str]:
    """The units named next to a count in the texts of one message."""
    forms = texts.values() if isinstance(texts, dict) else [texts]
    return {unit for unit, stems in STEMS[language].items() for text in forms if re.search(rf"{_COUNT}(?:{stems})\w*\b", str(text))}


@pytest.mark.parametrize("language", STEMS)
def test_every_sentence_with_a_count_names_the_unit_that_is_counted(language):
    found = {key: named(texts[language], language) for key, texts in message_keys().items() if not key.startswith(NOT_WHO)}
    wrong = {key: (units, unit_of(key)) for key, units in found.items() if units and units != {unit_of(key)}}
    assert not wrong


@pytest.mark.parametrize(("market", "people", "journeys"), [("b2c", "7 kunder", "7 kunder"), ("b2b", "7 kontaktpersoner", "7 kundföretag"), ("both", "7 personer", "7 kunder")])
def test_people_and_those_who_travel_have_one_word_only_where_they_are_the_same(market, people, journeys):
    words, client = Words("sv"), a_client(market=market)
    assert (say_people(words, client, 7), say_journeys(words, client, 7)) == (people, journeys)
