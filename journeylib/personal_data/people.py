"""Is that somebody's name? Capitalised words after a greeting, a sign-off, an introduction or a title, and given names with a surname."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from journeylib.personal_data.words import alternatives, words

Span = tuple[int, int]

_LETTERS = r"[^\W\d_]"
_CAPITAL = r"[A-ZÅÄÖÆØÉÁÓÜ]"
#: A capital with small letters after it, or an initial; what is shouted in capitals throughout is no sign of a name.
_WORD = rf"{_CAPITAL}(?:\.|['’]?(?:{_CAPITAL})?[^\W\d_A-ZÅÄÖÆØ]{_LETTERS}*(?:['’-]{_LETTERS}+)*\.?)"
_LINK = r"(?:(?:von|van|de|af|av|der|den|el|al|bin) )?"


def find_names(text: str) -> Iterator[Span]:
    """Names where the words around them give them away; a lone first name in running text is not found."""
    for pattern in (_greeted(), _signed(), _introduced(), _titled()):
        for found in pattern.finditer(text):
            yield from _named(text, found)
    yield from _given_with_surname(text)


def _named(text, found) -> Iterator[Span]:
    """The words from the first on that can be a name, at most three."""
    start, end, is_sure = found.start("name"), None, found.groupdict().get("weak") is None
    for word in re.finditer(rf"{_LETTERS}+(?:['’-]{_LETTERS}+)*", found["name"]):
        plain = word[0].casefold()
        if plain in words("nobody") or not (is_sure or end or plain in words("given_names")):
            break
        end = start + word.end()
    if end:
        yield start, end


@cache
def _greeted() -> re.Pattern:
    """*Hej Anna!* – a comma, a full stop or the end must follow, unless it is a known given name."""
    known = rf"(?=(?i:{_given()})\b)"
    return re.compile(rf"(?<!\w)(?i:{alternatives('greetings')})[ ,]{{1,2}}(?P<name>(?:{known}{_WORD}(?: {_WORD})?)|(?P<sure>{_WORD}(?: {_LINK}{_WORD}){{0,2}})(?=\s*(?:[,!:;–-]|\.(?:\s|$)|$|\n)))")


@cache
def _signed() -> re.Pattern:
    """*Mvh Anna Ek*; in small letters, too, where it is a known given name."""
    return re.compile(rf"(?<!\w)(?i:{alternatives('sign_offs')})[\s,.!/–:-]{{1,4}}(?P<name>{_WORD}(?: {_LINK}{_WORD}){{0,2}}|(?:{_given()})\b(?: {_LETTERS}+(?=\s*$))?)")


@cache
def _introduced() -> re.Pattern:
    """*Jag heter Anna Ek*; after what introduces other things as well, only a known given name."""
    weak = alternatives("weak_introductions")
    return re.compile(rf"(?<![\w/])(?:(?P<weak>(?i:{weak}))|(?i:{alternatives('introductions')}))[ :]{{1,2}}(?P<name>{_WORD}(?: {_LINK}{_WORD}){{0,2}})")


@cache
def _titled() -> re.Pattern:
    titles = "|".join(re.escape(title.capitalize()) for title in sorted(words("titles"), key=lambda word: (-len(word), word)))
    return re.compile(rf"(?<!\w)(?:{titles})\.? (?P<name>{_WORD}(?: {_LINK}{_WORD}){{0,2}})")


@cache
def _given() -> str:
    return alternatives("given_names")


_PAIR = re.compile(rf"(?<![\w/@.])(?P<given>{_CAPITAL}[^\W\d_A-ZÅÄÖÆØ]+(?:-{_LETTERS}+)?)(?P<more>(?: {_LINK}{_WORD}){{1,2}})")


def _given_with_surname(text) -> Iterator[Span]:
    """*Anna Ek*: a common given name and one or two capitalised words after it."""
    for found in _PAIR.finditer(text):
        first, second = found["given"].casefold(), re.findall(rf"{_LETTERS}+", found["more"])[-1].casefold()
        if first.split("-")[0] in words("given_names") and second not in words("nobody") and found["more"].split()[0].casefold() not in words("nobody"):
            yield found.start(), found.end() - (found[0].endswith("."))
