"""Is that somebody's personal number, payment card or bank account? Each has a form, a real date or a check digit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache

from journeylib.personal_data.words import alternatives

Span = tuple[int, int]

_BEFORE, _AFTER = r"(?<![\w.-])", r"(?![\w-]|\.\d)"
#: 811228-9874, 19811228-9874, 8112289874, 811228+9874 (a hundred years old), 010190-1234.
_TEN = re.compile(rf"{_BEFORE}(?:SE ?)?(?P<century>18|19|20)?(?P<six>\d{{6}})(?P<sign> ?[-+] ?| )?(?P<four>\d{{4}})(?:{_AFTER}|(?=01{_AFTER}))")
#: 010190 12345: Norwegian fødselsnummer and D-nummer.
_ELEVEN = re.compile(rf"{_BEFORE}(?P<six>\d{{6}})[ -]?(?P<five>\d{{5}}){_AFTER}")
#: QQ 12 34 56 C; two first letters HMRC never gives out are left out, but for its own example.
_INSURANCE = re.compile(r"(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)(?:QQ|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]) ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w.,-])(?:\d{4}(?P<sep>[ -])\d{4}(?P=sep)\d{4}(?P=sep)\d{1,4}(?:(?P=sep)\d{1,3})?|\d{4}[ -]\d{6}[ -]\d{4,5}|\d{13,19})(?![\w-]|[.,]\d)")
#: First digits of the payment cards there are, with the lengths they have.
_ISSUERS = (
    (re.compile(r"4"), (13, 16, 19)), (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), (16,)), (re.compile(r"3[47]"), (15,)),
    (re.compile(r"3(?:0[0-5]|[689])"), (14, 16, 19)), (re.compile(r"6(?:011|5|4[4-9])|62|35"), (16, 17, 18, 19)), (re.compile(r"50|5[6-9]|6[0-9]"), tuple(range(13, 20))),
)  # fmt: skip
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)", re.IGNORECASE)
#: 1234.56.78903: a Norwegian account, with a check digit.
_NORWEGIAN_ACCOUNT = re.compile(r"(?<![\w.])(\d{4})[. ](\d{2})[. ](\d{5})(?![\w]|\.\d)")


def find_personal_numbers(text: str) -> Iterator[Span]:
    """Personal numbers of the four countries.

    Swedish personnummer and samordningsnummer (a real day and Luhn's check digit; also as the organisation number of a sole
    trader), Danish CPR (a real day; modulus 11 ended in 2007), Norwegian fødselsnummer and D-nummer (a real day and two check
    digits), British National Insurance numbers. After a word such as *personnummer* the form alone is enough.
    """
    for found in _TEN.finditer(text):
        if _is_swedish(found) or _is_danish(found) or _is_called_one(text, found.start()):
            yield found.span()
    for found in _ELEVEN.finditer(text):
        if _is_norwegian(found["six"], found["five"]) or _is_called_one(text, found.start()):
            yield found.span()
    yield from (found.span() for found in _INSURANCE.finditer(text))


@cache
def _called() -> re.Pattern:
    return re.compile(rf"(?<![\w-]){alternatives('personal_number_labels')}(?:et)?\.?(?: (?:är|er|is|nr\.?|nummer|mitt|mit))?\s?[:#=]?\s?$", re.IGNORECASE)


def _is_called_one(text, start):
    return _called().search(text[max(0, start - 40) : start]) is not None


def _is_swedish(found):
    six, four, sign = found["six"], found["four"], (found["sign"] or "").strip()
    return is_day(six[4:], six[2:4]) and luhn(six + four) and (sign != "+" or not found["century"])


def _is_danish(found):
    if found["century"] or "+" in (found["sign"] or "") or not is_day(found["six"][:2], found["six"][2:4]):
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(found["six"] + found["four"], (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return "-" in (found["sign"] or "") or weighted % 11 == 0


def _is_norwegian(six, five):
    day, month = six[:2], int(six[2:4])
    month = next((month - extra for extra in (80, 65, 40, 0) if 1 <= month - extra <= 12), 0)
    weights = ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
    return bool(month) and is_day(day, str(month)) and all(sum(w * int(d) for w, d in zip(row, six + five, strict=False)) % 11 == 0 for row in weights)


def is_day(day: str, month: str) -> bool:
    """Whether day and month exist in some year; a day with 60 (Swedish samordningsnummer) or 40 (Norwegian D-nummer) added counts.

    >>> is_day("29", "02"), is_day("72", "12"), is_day("31", "04")
    (True, True, False)
    """
    number = int(day)
    try:
        dt.date(2000, int(month), number - 60 if number > 60 else number - 40 if number > 40 else number)
    except ValueError:
        return False
    return True


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it (ISO/IEC 7812, mod 10).

    >>> luhn("8112289874"), luhn("8112289875")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def find_cards(text: str) -> Iterator[Span]:
    """Payment cards: 13–19 digits in a card's groups, an issuer's first digits and length, and the check digit."""
    for found in _CARD.finditer(text):
        groups = list(re.finditer(r"\d+", found[0]))
        for last in reversed(groups[-2:] if len(groups) > 4 else groups[-1:]):  # what follows a card may be another number
            if _is_card(re.sub(r"\D", "", found[0][: last.end()])):
                yield found.start(), found.start() + last.end()
                break


def _is_card(digits):
    return any(start.match(digits) and len(digits) in lengths for start, lengths in _ISSUERS) and luhn(digits)


def find_accounts(text: str) -> Iterator[Span]:
    """Bank accounts: IBAN (mod 97), Norwegian accounts (mod 11), and digits after a word such as *kontonummer*."""
    yield from (found.span() for found in _IBAN.finditer(text) if _is_iban(found[0]))
    for found in _NORWEGIAN_ACCOUNT.finditer(text):
        digits = "".join(found.groups())
        if sum(w * int(d) for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), digits, strict=True)) % 11 == 0:
            yield found.span()
    yield from (found.span("number") for found in _said_account().finditer(text))


@cache
def _said_account() -> re.Pattern:
    return re.compile(rf"(?<!\w){alternatives('account_labels')}\.?(?: ?(?:nr|no|number|nummer)\.?)?(?: (?:är|er|is))?\s?[:#=]?\s?"
                      r"(?P<number>\d{2,5}(?:[ .,-]{1,2}\d{1,10}){1,5}|\d{7,17})(?![\w%])", re.IGNORECASE)  # fmt: skip


def _is_iban(text):
    compact = re.sub(r"\s", "", text).upper()
    if not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])) % 97 == 1
