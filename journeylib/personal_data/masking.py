"""All finders together: what is personal in a text, the text with a mask over it, and many texts at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

import pandas as pd

from journeylib.personal_data.contacts import find_emails, find_ip_addresses, find_phones, find_web_identities
from journeylib.personal_data.names import Names
from journeylib.personal_data.numbers import find_accounts, find_cards, find_personal_numbers
from journeylib.personal_data.people import find_names
from journeylib.personal_data.places import find_addresses

MASK = "•••"
#: Kind → its finder, and what a text must hold to be worth asking it: most texts hold none of it.
_FINDERS: dict[str, tuple[Callable[[str], Iterator[tuple[int, int]]], re.Pattern]] = {
    "email": (find_emails, re.compile(r"@|%40|[(\[{] ?(?:at|a|snabel)|snabel|kr.ll-?alfa| at ", re.IGNORECASE)),
    "phone": (find_phones, re.compile(r"(?:\d\D{0,3}){7}")),
    "personal_number": (find_personal_numbers, re.compile(r"(?:\d\D{0,3}){6}")),
    "card": (find_cards, re.compile(r"(?:\d[ -]?){13}")),
    "account": (find_accounts, re.compile(r"kont|account|acct|clearing|reg|sort|[a-z]{2}\d\d|\d{4}[. ]\d\d[. ]\d{5}", re.IGNORECASE)),
    "address": (find_addresses, re.compile(r"[^\W\d_] \d|\d[A-Za-z]? [^\W\d_]")),
    "ip_address": (find_ip_addresses, re.compile(r"\d\.\d{1,3}\.\d|:[0-9a-fA-F]*:")),
    "web_identity": (find_web_identities, re.compile(r"=|%3D|\.com/", re.IGNORECASE)),
}
#: The kinds of personal data `personal_data_in` can name; `name` where it is given names to look for.
KINDS = (*_FINDERS, "name")
#: What looks different and means the same; one character for one, so that places stay.
_ALIKE = str.maketrans({"\xa0": " ", "\u202f": " ", "\u2007": " ", "\u2009": " ", "‐": "-", "‑": "-", "‒": "-", "–": "-", "−": "-", "＠": "@", "․": ".", "·": "."}
                       | {chr(0xFF10 + digit): str(digit) for digit in range(10)})  # fmt: skip
_INVISIBLE = re.compile("[\u200b\u00ad\u2060\ufeff]")
_NAMED = re.compile(r"[A-ZÅÄÖÆØÉÁÓÜ]|(?i:mvh|hilsen|hilsning|hälsning|regards)")
_NOT_SHOWN = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+|<style\b.*?</style>|<script\b(?![^>]*json).*?</script>", re.DOTALL | re.IGNORECASE)
_DRAWING = re.compile(r"""\s(?:d|points|transform|viewBox|style|class|id|href|width|height|[xy]\d?|[cd][xy]|r[xy]?)=("[^"]*"|'[^']*')""")


def find_personal_data(text: str, names: Names | None = None) -> list[tuple[str, int, int]]:
    """Kind, first and last place of everything personal in a text, without names nobody delivered; may overlap.

    >>> find_personal_data("ring 070-123 45 67")
    [('phone', 5, 18)]
    """
    plain = _alike(text)
    found = [(kind, *place) for kind, (find, hint) in _FINDERS.items() if hint.search(plain) for place in find(plain)]
    return found + ([("name", *place) for place in names.find(plain)] if names else [])


def _alike(text):
    return text if text.isascii() else text.translate(_ALIKE)


def mask(text: str, names: Names | None = None) -> str:
    """A free text with everything personal masked, names after greetings and sign-offs included.

    >>> mask("Ring mig på 070-123 45 67 eller anna@firma.se, ordern var på 1 234 kr. Mvh Anna")
    'Ring mig på ••• eller •••, ordern var på 1 234 kr. Mvh •••'
    """
    seen = _INVISIBLE.sub("", text)
    guessed = find_names(_alike(seen)) if _NAMED.search(seen) else ()
    return _covered(text, seen, [*(place[1:] for place in find_personal_data(seen, names)), *guessed])


def mask_certain(text: str, names: Names | None = None) -> str:
    """A text of our own with what is certainly personal masked: no names but those known. For messages, where a capital starts a sentence.

    >>> mask_certain("line 7: got 'anna@firma.se', expected a role")
    "line 7: got '•••', expected a role"
    """
    seen = _INVISIBLE.sub("", text)
    return _covered(text, seen, [place[1:] for place in find_personal_data(seen, names)])


def _covered(text, seen, places):
    """The text as it was where nothing is to be covered, else what is seen of it with masks."""
    for first, last in reversed(_joined(places)):
        seen = seen[:first] + MASK + seen[last:]
    return seen if places else text


def _joined(places) -> list[tuple[int, int]]:
    """Places in order, those that touch made one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(places):
        if joined and first < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def mask_distinct(texts: pd.Series, names: Names | None = None) -> pd.Series:
    """Many texts masked, each distinct one once; missing stays missing."""
    codes, distinct = pd.factorize(texts)
    masked = [mask(str(text), names) for text in distinct]
    return pd.Series(pd.array([*masked, None], dtype="string").take(codes), index=texts.index)


def personal_data_in(text: str, names: Names | None = None, allowed: Collection[str] = ()) -> list[str]:
    """The kinds of personal data found in a text or a page, from `KINDS`; empty = none.

    For the last scan of every output and for what people write. Of a page, styles, pictures and the coordinates of drawings are passed over.

    Parameters
    ----------
    names : the client's people; without them names are not looked for.
    allowed : texts that are no secret: the client's own address and telephone, as written.

    >>> personal_data_in("<p title='a@b.se'>call +46 70 123 45 67</p>")
    ['email', 'phone']
    >>> personal_data_in("2026-01-14: 12 345 678 kr, 39 % (34–45)")
    []
    """
    if "<" in text or "base64," in text:
        text = _DRAWING.sub(" ", _NOT_SHOWN.sub(" ", text)) if "<" in text else _NOT_SHOWN.sub(" ", text)
    for known in allowed:
        text = text.replace(known, " ")
    found = {kind for kind, _, _ in find_personal_data(_INVISIBLE.sub("", text), names)}
    return [kind for kind in KINDS if kind in found]
