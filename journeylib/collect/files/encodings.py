"""Which single-byte encoding wrote these bytes: told by the letters they spell, asked where the letters do not tell.

The same byte is `å` in Windows-1252, `Â` in Mac-Roman and `σ` in the Nordic code page of DOS (865, whose Nordic letters are those of
850 too). In the right reading the bytes above 127 are mostly å ä ö æ ø, stand inside words, and no capital stands in the middle of a
small word; in a wrong one they are signs and odd capitals. Each reading is scored by that, byte by byte.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

WINDOWS, MAC, DOS = "cp1252", "mac_roman", "cp865"
#: How much better the best reading must be than the next, per byte above 127.
_LEAST_LEAD = 0.2
_MOST_BYTES = 20_000
_HIGH = re.compile(rb"(?s)(?:^|.)[\x80-\xff]+(?:.|$)")
_LONG_RUN = 4
_NORDIC, _NEAR, _WESTERN = set("åäöæøÅÄÖÆØ"), set("éüÉÜ"), set("àáâãçèêëìíîïñòóôõúûùýßðþÀÁÂÃÇÈÊËÌÍÎÏÑÒÓÔÕÚÛÙÝÐÞ")
_OPENING, _CLOSING, _DASHES, _SIGNS = set("“„‘«"), set("”’»"), set("–—…•·"), set("€£§°½¼¾®©™´²³×")


def tell_encoding(data: bytes) -> str | None:
    """The encoding of bytes that are no UTF-8: one of `cp1252`, `mac_roman`, `cp865`; None where their letters fit several alike.

    >>> tell_encoding("Åsa Björk".encode("mac_roman")), tell_encoding("Åsa Björk".encode("cp865"))
    ('mac_roman', 'cp865')
    """
    pieces = Counter(match[0] for match, _ in zip(_HIGH.finditer(data), range(_MOST_BYTES), strict=False))
    n = sum(len(_high(piece)) * times for piece, times in pieces.items())
    if sum(len(_high(piece)) * times for piece, times in pieces.items() if len(_high(piece)) >= _LONG_RUN) > n / 2:
        return None
    scores = sorted(((_score(pieces, name), name == WINDOWS, name) for name in (WINDOWS, MAC, DOS)), reverse=True)
    if scores[0][0] - scores[1][0] >= _LEAST_LEAD * n:
        return scores[0][2]
    return None if any(_in_word(piece) for piece in pieces) else WINDOWS


def _high(piece):
    return piece.strip(bytes(range(128))) if piece[:1] < b"\x80" or piece[-1:] < b"\x80" else piece


def _in_word(piece):
    return piece[:1].isalpha() or piece[-1:].isalpha()


def _score(pieces, encoding) -> float:
    quotes = Counter()
    for piece, times in pieces.items():
        quotes.update({sign: times for sign in _read(piece, encoding) if sign in "“”"})
    pairs = 0.8 * 2 * quotes["“"] if quotes["“"] == quotes["”"] else -0.5 * abs(quotes["“"] - quotes["”"])
    return pairs + sum(_score_piece(_read(piece, encoding)) * times for piece, times in pieces.items())


@cache
def _read(piece, encoding):
    return piece.decode(encoding, "replace")


@cache
def _score_piece(text: str) -> float:
    padded = f" {text} " if len(text) < 3 else text
    return sum(_plausible(*padded[i - 1 : i + 2]) for i in range(1, len(padded) - 1) if padded[i] > "\x7f") + _edges(text, padded)


def _edges(text, padded):
    """Signs above 127 at the very ends of the bytes."""
    if padded is not text:
        return 0.0
    first = _plausible(" ", text[0], text[1]) if text[0] > "\x7f" else 0.0
    return first + (_plausible(text[-2], text[-1], " ") if text[-1] > "\x7f" else 0.0)


def _plausible(before: str, sign: str, after: str) -> float:
    """How likely a sign stands between its neighbours in a text of the Nordic countries."""
    inside = before.isalpha() and after.isalpha()
    if sign.isalpha():
        return _plausible_letter(before, sign, after)
    if sign in "’‘" and inside:
        return 0.6
    if sign == "\xa0":
        return 0.5
    if inside:
        return -1.0
    if sign in _OPENING or sign in _CLOSING:
        return 0.3 if (sign in _OPENING) == after.isalnum() else 0.0
    return 0.3 if sign in _DASHES or sign in _SIGNS else -0.5


def _plausible_letter(before, sign, after) -> float:
    if before.isdigit() or after.isdigit():
        return -0.5
    if sign.isupper() and before.islower() or sign.islower() and after.isupper():
        return -1.0
    if sign.isupper() and before.isupper() and after.islower():
        return -1.0
    if not before.isalpha() and not after.isalpha():
        return 0.0
    return 1.0 if sign in _NORDIC else 0.5 if sign in _NEAR else 0.2 if sign in _WESTERN else -0.3
