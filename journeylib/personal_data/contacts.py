"""Is that an e-mail address, a telephone number, or a web address that says whose it is?"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import cache

from journeylib.personal_data.words import alternatives, label_before, word_after

Span = tuple[int, int]

_LOCAL = r"[^\W_][\w.+'’&%-]*|[\w.+-]+"
_AT = r"@|%40|\s?[(\[{]\s?(?:at|a|@|snabel-?a|snabela|krøll-?alfa|alfakrøll)\s?[)\]}]\s?|\s(?:snabel-?a|krøll-?alfa)\s"
_DOT = r"\.|\s?[(\[{]\s?(?:dot|punkt|punktum|prikk)\s?[)\]}]\s?|\s(?:dot|punkt|punktum|prikk)\s"
_SPELT_DOT = r"\s(?:dot|punkt|punktum|prikk)\s"
_EMAIL = re.compile(
    rf"(?<![\w@])(?:{_LOCAL})(?:{_AT})[^\W_][\w-]*(?:(?:{_DOT})[\w-]+)*(?:{_DOT})[^\W\d_]{{2,}}"
    rf"|(?<![\w@])(?:{_LOCAL}) ?@ ?[^\W_][\w-]*(?:\.[\w-]+)*\.[^\W\d_]{{2,}}"
    rf"|(?<![\w@])(?:{_LOCAL}) at [^\W_][\w-]*(?:(?:{_DOT})[\w-]+)*(?:{_SPELT_DOT})[^\W\d_]{{2,}}",
    re.IGNORECASE,
)

_BEFORE = r"(?<![\w.,+/#-])(?<!\d:)"
_AFTER = r"(?![\w%]|[.,:/-]\d|-?\w)"
#: Country codes: the Nordic ones, the rest of Europe, North America.
_CODE = r"(?:4[0-9]|3[0-9]{1,2}|1|7|6[0-9]|8[0-9]|9[0-9]|2[0-9]{1,2})"
_ABROAD = re.compile(rf"(?<![\w.,#-])(?:\+ ?|00 ?(?=[2-9]|1[ -])){_CODE}[ ./-]?(?:\(0\)[ -]?)?(?:\(?\d(?:[ ()./-]{{0,2}}\d){{5,11}})(?![\w%]|[.,:/-]\d)")
_NATIONAL = re.compile(
    _BEFORE + r"(?:"
    r"\(0\d{1,4}\)[ -]?\d{2,4}(?:[ -]?\d{2,4}){1,3}"  # (08) 123 45 67, (020) 7946 0958
    r"|0\d{1,3} ?[/–-] ?\d{2,4}(?:[ .-]?\d{2,3}){1,3}"  # 070-123 45 67, 08-123 45 67
    r"|0\d{1,3} \d{2,3}(?: ?\d{2,3}){1,3}"  # 070 123 45 67
    r"|0[1-9]\d{1,2}\.\d{2,3}\.\d{2}(?:\.\d{2})?"  # 070.123.45.67
    r"|0[1-9]\d{7,8}"  # 0701234567
    r"|0[1-9]\d{2,3} \d{3} \d{3,4}|0[1-9]\d{3} \d{6}|0[1-3]\d \d{4} \d{4}|0[1-9]\d{9}"  # United Kingdom
    r"|\d{2}(?: \d{2}){3}|\d{2}(?:\.\d{2}){3}|[2-9]\d-\d{2}-\d{2}-\d{2}"  # Danish and Norwegian, 12 34 56 78
    r"|[489]\d{2} \d{2} \d{3}"  # Norwegian mobile, 912 34 567
    r")" + _AFTER
)  # fmt: skip
#: Digits that are a telephone number only where something says so.
_SAID = re.compile(r"\d{8}|\d{4} \d{4}|\d{3} \d{3} \d{2,3}|\d{2,3}[ -]\d{2,3}[ -]\d{2,4}(?:[ -]\d{2,3})?|0\d{7,10}")
_DATE = re.compile(r"(?:19|20)\d{2}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d{2}(?: \d{2})?")

#: A signed number with its interval, as a report writes it: +1 315 (1 111–1 524).
_INTERVAL = re.compile(r"[+\u2212-]\d{1,3}(?:[ \u00a0\u202f.,]\d{3})* ?\([+\u2212-]?\d{1,3}(?:[ \u00a0\u202f.,]\d{3})*[-\u2013][+\u2212-]?\d{1,3}(?:[ \u00a0\u202f.,]\d{3})*\)")

_PARAMETER = re.compile(
    r"[?&;#](?:e-?mail|e-?post|mail|name|namn|navn|first_?name|last_?name|fname|lname|full_?name|fornavn|etternavn|efternavn|förnamn|efternamn|phone|telefon|tel|tlf|mobile?|"
    r"user(?:_?name|_?id)?|uid|login|customer_?id|kund_?id|kunde_?id|contact_?id|member_?id|subscriber_?id|ssn|pnr|personnummer|cpr|fnr|token|session_?id|sid|auth|"
    r"address|adress|adresse|postcode|zip|gclid|fbclid|msclkid|dclid|wbraid|gbraid|mc_eid|_hsenc|_hsmi|hsctatracking|vero_id|ip)"
    r"(?:=|%3D)(?P<value>[^&#\s\"'<>]+)",
    re.IGNORECASE,
)
_PROFILE = re.compile(r"(?:linkedin\.com/in/|facebook\.com/|instagram\.com/|twitter\.com/|x\.com/)(?P<value>[\w.%-]{3,})", re.IGNORECASE)
_IPV4 = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?:/\d{1,2})?(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)


def find_emails(text: str) -> Iterator[Span]:
    """E-mail addresses, also spelt out: *anna.ek@firma.se*, *anna (at) firma punkt se*."""
    yield from (found.span() for found in _EMAIL.finditer(text))


def find_phones(text: str) -> Iterator[Span]:
    """Telephone numbers as written in the four countries, and any with a country code; amounts, dates and order numbers are none."""
    ranges = [found.span() for found in _INTERVAL.finditer(text)]
    yield from (span for span in _numbers_to_call(text) if not any(start <= span[0] < end for start, end in ranges))


def _numbers_to_call(text) -> Iterator[Span]:
    for found in _ABROAD.finditer(text):
        if 8 <= _n_digits(found[0]) <= 16 and not word_after(text, found.end(), "units") and not label_before(text, found.start(), "thing_labels"):
            yield found.span()
    for found in _NATIONAL.finditer(text):
        if 7 <= _n_digits(found[0]) <= 11 and not _DATE.fullmatch(found[0]) and not word_after(text, found.end(), "units") \
                and not label_before(text, found.start(), "thing_labels"):
            yield found.span()
    for found in _said().finditer(text):
        if not _DATE.fullmatch(found["number"]):
            yield found.span("number")


@cache
def _said() -> re.Pattern:
    """A number after *tlf*, *mobil*, *ring* …, in any grouping."""
    between = r"(?:nr\.?|nummer|number|no\.?|mig|mej|meg|me|us|oss|på|på tlf|på tel|on|at|er|är|is)"
    return re.compile(rf"(?<!\w){alternatives('phone_labels')}\b[.:]? ?(?:{between}[.:]? ){{0,2}}(?P<number>{_SAID.pattern})(?![\w%]|[.,:/-]\d)", re.IGNORECASE)


def find_web_identities(text: str) -> Iterator[Span]:
    """What a web address says of its visitor: the value of a parameter such as `email=` or a click id, and a profile's name."""
    yield from (found.span("value") for pattern in (_PARAMETER, _PROFILE) for found in pattern.finditer(text))


def find_ip_addresses(text: str) -> Iterator[Span]:
    """IP addresses of both kinds; a version number (*v1.2.3.4*, all parts of one digit) is none."""
    for found in _IPV4.finditer(text):
        parts = found[1].split(".")
        is_version = all(len(part) == 1 for part in parts) or label_before(text, found.start(), "thing_labels")
        if all(int(part) <= 255 for part in parts) and not is_version:
            yield found.span()
    for found in _IPV6.finditer(text):
        if _is_ipv6(found[0]):
            yield found.span()


def _is_ipv6(text):
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return sum(bool(part) for part in text.split(":")) >= 3


def _n_digits(text):
    return sum(letter.isdigit() for letter in text)
