"""The names of the people a client delivered: found in any text, in any case, either order, with blanks, hyphens or dots between."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

Span = tuple[int, int]

_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 5
_BETWEEN = re.compile(r"[\s\-_.+'’,/]{1,3}|%20")


@dataclass(frozen=True)
class Names:
    """Full names, as they are or as salted hashes that can be recognised and not read.

    Attributes
    ----------
    known : names of two words or more, each in small letters with single blanks; or their hashes.
    first : the first words of those, or their hashes: most words of a text need no second look.
    salt : what the hashes were made with; empty = plain names.
    """

    known: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    salt: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, names: Collection[str]) -> Names:
        """The names as delivered: `Ek, Anna`, `anna ek` and `Anna-Karin Ek` alike; one of a single word is no name to look for."""
        split = [words for words in (tuple(_WORD.findall(name.casefold())) for name in names) if 2 <= len(words) <= _MOST_WORDS and len("".join(words)) > 3]
        turned = {(*words[1:], words[0]) for words in split if len(words) == 2} | {(words[-1], *words[:-1]) for words in split}
        both = {*split, *turned}
        return cls(frozenset(" ".join(words) for words in both), frozenset(words[0] for words in both))

    def hashed(self, salt: bytes) -> Names:
        """The same names, to be recognised by who has the salt, and read by nobody."""
        return Names(*(frozenset(_hash(one, salt) for one in group) for group in (self.known, self.first)), salt)

    def __bool__(self) -> bool:
        return bool(self.known)

    def find(self, text: str) -> Iterator[Span]:
        """The places of known names in a text, the longest at each place."""
        if not self.known:
            return
        words = [(found.start(), found.end(), found[0].casefold()) for found in _WORD.finditer(text)]
        at = 0
        while at < len(words):
            length = self._length(words, at, text) if self._holds(words[at][2], self.first) else 0
            if length:
                yield words[at][0], words[at + length - 1][1]
            at += length or 1

    def _length(self, words, at, text):
        """How many words from a place on are a known name; 0 = none."""
        longest = 1
        while longest < _MOST_WORDS and at + longest < len(words) and _BETWEEN.fullmatch(text, words[at + longest - 1][1], words[at + longest][0]):
            longest += 1
        return next((n for n in range(longest, 1, -1) if self._holds(" ".join(word[2] for word in words[at : at + n]), self.known)), 0)

    def _holds(self, text, group):
        return (_hash(text, self.salt) if self.salt else text) in group


def _hash(text, salt):
    return hmac.digest(salt, b"name " + text.encode(), hashlib.sha256).hex()[:24] if salt else text
