"""What a search phrase asks and where on the journey it belongs, by the rules of `knowledge/search_rules.yml` (practice C19)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import pandas as pd

from journeylib.knowledge import load

_NOT_WORD = re.compile(r"[^\w*]+")
_APOSTROPHE = re.compile(r"['’]")


class Place(NamedTuple):
    """Where a phrase belongs, what it asks, and who said so: `own_rule`, `rule` or `nothing`."""

    atom: str | None
    question: str | None
    placed_by: str


NOWHERE = Place(None, None, "nothing")


@dataclass(frozen=True)
class PhraseRules:
    """How one client's phrases are read: its language beside English, its own names, and its own rules, which go first.

    Attributes
    ----------
    own : pairs of a phrase pattern (`*` any letters, `|` or) and an atom.

    >>> PhraseRules("sv", ("Norrsken IT",)).place("Norrsken IT pris")
    Place(atom='a3_evaluate', question='price', placed_by='rule')
    >>> PhraseRules("sv", ("Norrsken IT",)).place("molndrift")
    Place(atom=None, question=None, placed_by='nothing')
    """

    language: str
    names: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()

    def place(self, phrase: str) -> Place:
        """The first of the client's own rules that fits, else the first question of the catalogue; else nowhere, never a guess."""
        text = plain_phrase(phrase)
        atom = next((atom for pattern, atom in self.own if _pattern(tuple(pattern.split("|"))).search(text)), None)
        question = self._question(text)
        if atom:
            return Place(atom, question, "own_rule")
        return Place(load("search_rules")[question]["atom"], question, "rule") if question else NOWHERE

    def _question(self, text) -> str | None:
        named = self.is_named(text)
        for question, rule in load("search_rules").items():
            if rule.get("is_name"):
                if named:
                    return question
            elif _pattern(self._words(rule, named)).search(text):
                return question
        return None

    def is_named(self, text: str) -> bool:
        """Whether a plain phrase holds one of the company's own names, also written in one word."""
        return bool(self.names) and bool(_pattern(_spellings(self.names)).search(text))

    def _words(self, rule, named) -> tuple[str, ...]:
        kinds = ("words", "with_name") if named else ("words",)
        return tuple(word for kind in kinds for language in dict.fromkeys((self.language, "en")) for word in rule.get(kind, {}).get(language, ()))


def plain_phrase(phrase: str) -> str:
    """A phrase in small letters, its words parted by one blank each.

    >>> plain_phrase("CRM-system,  pris?")
    'crm system pris'
    """
    return _NOT_WORD.sub(" ", _APOSTROPHE.sub("", str(phrase).casefold())).strip()


def place_phrases(phrases: Sequence[str], rules: PhraseRules) -> pd.DataFrame:
    """Every phrase's `atom`, `question` and `placed_by`, missing where no rule fits."""
    known = {phrase: rules.place(phrase) for phrase in dict.fromkeys(phrases)}
    return pd.DataFrame([known[phrase] for phrase in phrases], columns=list(Place._fields)).astype("string")


def _spellings(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(spelling for name in map(plain_phrase, names) for spelling in (name, f"{name.replace(' ', '')}*"))


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern:
    """One expression for a list of words or runs of words; none fits nothing."""
    runs = [re.escape(plain_phrase(word)).replace(r"\*", r"\w*").replace(r"\ ", " ") for word in words]
    return re.compile(rf"(?<!\S)(?:{'|'.join(runs)})(?!\S)") if runs else re.compile(r"(?!)")
