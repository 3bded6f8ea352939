"""Is that where somebody lives? Street addresses as they are written in the four countries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from journeylib.personal_data.words import alternatives, words

Span = tuple[int, int]

_CAPITAL = r"[A-ZÅÄÖÆØÉ]"
_NAME = rf"{_CAPITAL}[\w'’.-]*"
#: 12, 12 B, 12b, 12-14.
_NUMBER = r"\d{1,4}(?:(?: ?[A-Z]|[a-z])(?!\w))?(?: ?[-–] ?\d{1,4}(?! ?[\d:]))?"
#: , 2. tv. | , lgh 1102 | H0201 | 3. sal th.
_FLOOR = r"(?:,? (?:\d{1,2}\. ?(?:sal\b)? ?(?:tv|th|mf)?\b\.?|st\.? (?:tv|th|mf)\b\.?|lgh\.? ?\d{4}|H\d{4}|(?:tr|trp|vån)\b\.?(?: \d)?|\d ?(?:tr|trp|trappor)\b\.?))?"
_CITY = rf"(?:,?\s+(?:(?:SE|DK|NO|N|S)-? ?)?(?:\d{{3}} \d{{2}}|\d{{4,5}})(?: {_NAME}(?: {_CAPITAL}[\w]*)?)?)?"
_BRITISH = rf"(?:,? {_CAPITAL}[\w'’-]*)?(?:,? [A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}})?"
_NOT_A_HOUSE = r"(?!\w|%|[.,:]\d| ?(?:kr|sek|dkk|nok|st|stk|gånger|ganger|gange|times|år|dagar|dager|dage|days|veckor|uker|uger|minuter|minutter|%)(?!\w))"


def find_addresses(text: str) -> Iterator[Span]:
    """Street and number, with floor, postcode and town where they follow: *Storgatan 12 B, 114 55 Stockholm*, *10 Downing Street*."""
    for found in _fused().finditer(text):
        if found["street"].casefold() not in words("no_streets"):
            yield found.span()
    yield from (found.span() for pattern in (_of_several_words(), _english()) for found in pattern.finditer(text))


@cache
def _fused() -> re.Pattern:
    """Storgatan 12; in small letters only where nothing but the address follows."""
    ending, alone = alternatives("fused_streets"), r"(?=\s*(?:$|[,;)!?]|\.(?:\s|$)|[A-Za-z](?!\w)))"
    small = rf"[a-zåäöæøé]{{3,}}{ending} \d{{1,3}}{alone}"
    first = rf"(?:(?i:{alternatives('street_first_words')}) )?"
    return re.compile(rf"(?<![\w@/.-]){first}(?=(?P<street>\w+))(?:{_CAPITAL}[\wéü]+{ending}s? {_NUMBER}{_NOT_A_HOUSE}|{small}(?:[A-Za-z](?!\w))?){_FLOOR}{_CITY}")


@cache
def _of_several_words() -> re.Pattern:
    """Karl Johans gate 5, Gamle Kongevej 3, Sankt Eriks torg 1."""
    own = alternatives("own_streets")
    return re.compile(rf"(?<![\w@/.-])(?:{_NAME} ){{1,3}}(?i:{own}) {_NUMBER}{_NOT_A_HOUSE}{_FLOOR}{_CITY}")


@cache
def _english() -> re.Pattern:
    """10 Downing Street, Flat 2, 14 Mill Lane."""
    sure, weak = alternatives("english_streets"), alternatives("weak_english_streets")
    end = r"(?=\s*(?:$|[,;)\n]|\.(?:\s|$)|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}))"
    return re.compile(rf"(?<![\w.,/-])(?:(?i:flat|unit|apartment|apt)\.? \d{{1,3}}[A-Za-z]?,? )?\d{{1,4}}[A-Za-z]? (?:(?!The ){_CAPITAL}[a-z'’-]+ ){{1,3}}"
                      rf"(?:{_titled(sure)}\b|{_titled(weak)}\b{end})\.?{_BRITISH}"
                      rf"|(?<![\w.,/-])\d{{1,4}}[a-z]? (?:[a-z'’-]{{3,}} ){{1,2}}(?:street|road|avenue|lane|crescent|terrace)(?=\s*(?:$|[,;)]))")  # fmt: skip


def _titled(pattern):
    """The same alternatives with a capital first letter: street words are names in English."""
    return re.sub(r"(?<=[(:|])([a-z])", lambda found: found[1].upper(), pattern)
