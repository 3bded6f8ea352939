"""Invented people: names that are plainly made up, addresses under `.example`, numbers that are never given out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

FIRST = {
    "sv": "Ada Bo Cia Dag Elsa Folke Greta Hugo Ida Jon Kaj Lo Maja Nils Olle Pia Runa Sten Tora Ulf",
    "da": "Anna Bent Clara Dorte Esben Freja Gry Holger Ida Jens Karen Lars Mette Niels Olga Palle Rikke Søren Tove Uffe",
    "nb": "Anne Bjørn Celine Dag Eli Frode Guro Håkon Inger Jarle Kari Lars Marit Nils Oda Per Ragnhild Stian Tiril Unni",
    "en": "Abby Ben Cleo Drew Ella Finn Gail Hal Isla Jude Kit Lena Max Nell Owen Pam Ray Sue Tess Vic",
}
LAST = {
    "sv": "Påhittad Exempelsson Låtsasgren Testander Fiktivsson Sagomark Tänkberg Skojström",
    "da": "Opdigtet Eksempelsen Tænktgaard Prøvemand Fiktivsen Eventyrup Legebæk Skæmtsen",
    "nb": "Oppdiktet Eksempelsen Tenktnes Prøveland Fiktivsen Eventyrvik Liksomsen Lekestad",
    "en": "Madeup Sampleton Pretend Fictional Exemplar Storey Makebelieve Dummy",
}
#: Ranges that no subscriber has: set aside for fiction (sv, en), or with a leading zero that is never assigned (da, nb).
PHONE = {"sv": "070-174 06 {:02d}", "da": "+45 00 12 34 {:02d}", "nb": "+47 000 12 3{:02d}", "en": "07700 9000{:02d}"}
_LETTERS = str.maketrans({"å": "a", "ä": "a", "ö": "o", "æ": "ae", "ø": "o", "Å": "A", "Ä": "A", "Ö": "O", "Æ": "Ae", "Ø": "O"})


@dataclass(frozen=True)
class Person:
    """One invented person, with what an export would tell about them."""

    number: int
    first: str
    last: str
    email: str
    phone: str
    role: str = ""
    account: int | None = None
    cookie: str = ""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


def plain(text: str) -> str:
    """Lower-case letters of an e-mail address.

    >>> plain("Håkon Prøveland")
    'hakon.proveland'
    """
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in text.lower().replace(" ", ".") if letter.isascii())


def invent(rng: Random, language: str, number: int, *, domain: str, role="", account: int | None = None) -> Person:
    """One person; the number makes the address unique."""
    first, last = rng.choice(FIRST[language].split()), rng.choice(LAST[language].split())
    return Person(number, first, last, f"{plain(first)}.{plain(last)}{number}@{domain}", phone(rng, language), role, account,
                  cookie(rng))  # fmt: skip


def phone(rng: Random, language: str) -> str:
    return PHONE[language].format(rng.randint(5, 99))


def cookie(rng: Random) -> str:
    """A web client id as the measuring tag writes it."""
    return f"{rng.randint(10**9, 2 * 10**9)}.{rng.randint(1_718_000_000, 1_767_000_000)}"
