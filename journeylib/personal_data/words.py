"""What stands beside a number: the words of `knowledge/personal_words.yml` as patterns, and whether one of them stands there."""

from __future__ import annotations

import re
from functools import cache

from journeylib import knowledge

#: How far before a number its label is looked for.
_REACH = 32


@cache
def words(name: str) -> frozenset[str]:
    """One list of the words; given names of all languages together."""
    found = knowledge.load("personal_words")[name]
    return frozenset(word for group in found.values() for word in group) if isinstance(found, dict) else frozenset(found)


@cache
def alternatives(name: str) -> str:
    """The words as alternatives of a pattern, the longest first; blanks in them match any blanks."""
    ordered = sorted(words(name), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered) + ")"


@cache
def _label(name: str) -> re.Pattern:
    return re.compile(rf"(?<![^\W_]){alternatives(name)}[.]?(?:[ -]?(?:nr|no|nummer|number|num)\b\.?)?\s?[:#=]?\s?#?$", re.IGNORECASE)


def label_before(text: str, start: int, name: str) -> bool:
    """Whether one of the words stands right before a place, with `nr`, `:` or `#` between at most.

    >>> label_before("ordernr: 12345678", 9, "thing_labels")
    True
    """
    return _label(name).search(text[max(0, start - _REACH) : start]) is not None


@cache
def _follows(name: str) -> re.Pattern:
    return re.compile(rf"[ \xa0]?{alternatives(name)}(?!\w)", re.IGNORECASE)


def word_after(text: str, end: int, name: str) -> bool:
    """Whether one of the words stands right after a place.

    >>> word_after("12 345 678 kr", 10, "units")
    True
    """
    return _follows(name).match(text, end) is not None
