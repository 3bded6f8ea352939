"""What protects the client's customers: pseudonyms with a salt kept out of the repository, masked text, and the last scan of outputs.

A pseudonym is HMAC-SHA256(salt, identity), shortened: the same person has the same one in every run with the same salt, and
nobody without the salt can tell whose it is or test a guess.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from journeylib.client import Client
from journeylib.errors import SourceError

MASK = "•••"
SALT_VARIABLE, SALT_FILE = "JOURNEY_SALT", ".journey-salt"

_EMAIL = re.compile(r"[\w.+-]+@[A-Za-z0-9](?:[\w-]*\.)+[A-Za-z]{2,}")
_PHONE = re.compile(
    r"(?<![\w.,+:/#-])(?:"
    r"(?:\+|00)\d{1,3}[ (./-]*\d(?:[ ()./-]?\d){5,11}"  # with a country code
    r"|0\d{1,3}[ /-] ?\d{2,3}(?:[ -]?\d{2,3}){1,3}|0[1-9]\d{7,8}"  # Swedish, 070-123 45 67
    r"|\d{2}(?: \d{2}){3}"  # Danish and Norwegian, 12 34 56 78
    r"|[49]\d{2} \d{2} \d{3}"  # Norwegian mobile, 912 34 567
    r"|(?<=tlf )\d{8}|(?<=tlf\. )\d{8}|(?<=tel )\d{8}|(?<=mobil )\d{8}|(?<=telefon )\d{8}"
    r")(?![\w%]|[.,:/-]\d)",
    re.IGNORECASE,
)
_PERSONAL_NUMBER = re.compile(r"(?<![\w.-])(?:(\d{2})?(\d{6})[-+](\d{4})|(\d{6}) ?(\d{5})|((?:19|20)\d{6})(\d{4}))(?![\w-]|\.\d)")
_NOT_SHOWN = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+|<style\b.*?</style>|<script\b(?![^>]*json).*?</script>", re.DOTALL | re.IGNORECASE)
_DRAWING = re.compile(r"""\s(?:d|points|transform|viewBox|style|class|id|href|width|height|[xy]\d?|[cd][xy]|r[xy]?)=("[^"]*"|'[^']*')""")


def find_salt(client: Client) -> bytes:
    """The project's salt: from the environment's JOURNEY_SALT, else from `.journey-salt`, made at first need, readable by its owner alone.

    Raises
    ------
    SourceError
        The salt file is there and empty.
    """
    from_environment = os.environ.get(SALT_VARIABLE)
    if from_environment:
        return from_environment.encode()
    path = _project_root(client) / SALT_FILE
    if not path.exists():
        _write_salt(path)
    salt = path.read_bytes().strip()
    if not salt:
        raise SourceError(f"{SALT_FILE} is empty. Take it away (a new one is made; pseudonyms change), or set {SALT_VARIABLE}.")
    return salt


def _project_root(client: Client) -> Path:
    """The folder that holds both `params/` and `notebooks/` above the parameter file, else the folder above the file's own."""
    above = client.params_file.resolve().parents
    return next((folder for folder in above if (folder / "params").is_dir() and (folder / "notebooks").is_dir()), above[min(1, len(above) - 1)])


def _write_salt(path: Path) -> None:
    """Written whole under another name and linked into place, so that of two runs at once both get the same salt."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def salt_id(salt: bytes) -> str:
    """A short name of the salt that does not give it away: two runs with the same one have comparable pseudonyms."""
    return hashlib.sha256(b"journey salt id" + salt).hexdigest()[:8]


def pseudonyms(identities: pd.Series, salt: bytes, prefix: str) -> pd.Series:
    """HMAC-SHA256 of each distinct identity, 16 hexadecimal digits after the prefix; missing stays missing."""
    codes, distinct = pd.factorize(identities)
    made = [prefix + hmac.new(salt, str(value).encode(), hashlib.sha256).hexdigest()[:16] for value in distinct]
    return pd.Series(pd.array([*made, None], dtype="string").take(codes), index=identities.index)


def mask_text(texts: pd.Series, names: Collection[str] = ()) -> pd.Series:
    """Free text with e-mail addresses, phone numbers, personal numbers and known people's names replaced by a mask.

    Parameters
    ----------
    names : full names in small letters, of at least two words.
    """
    codes, distinct = pd.factorize(texts)
    masked = [mask_names(mask(str(text)), names) for text in distinct]
    return pd.Series(pd.array([*masked, None], dtype="string").take(codes), index=texts.index)


def mask_names(text: str, names: Collection[str]) -> str:
    """A text with the known full names masked, whatever case they are written in.

    >>> mask_names("Hälsa Anna Maria Ek från mig", {"anna maria ek"})
    'Hälsa ••• från mig'
    """
    if not names:
        return text
    words = list(re.finditer(r"[\w'’-]+", text))
    spans, at = [], 0
    while at < len(words):
        length = next((n for n in (4, 3, 2) if " ".join(word[0] for word in words[at : at + n]).casefold() in names), 0)
        spans += [(words[at].start(), words[at + length - 1].end())] if length else []
        at += length or 1
    for first, last in reversed(spans):
        text = text[:first] + MASK + text[last:]
    return text


def mask(text: str) -> str:
    """One text, masked.

    >>> mask("Ring mig på 070-123 45 67 eller anna@firma.se, ordern var på 1 234 kr")
    'Ring mig på ••• eller •••, ordern var på 1 234 kr'
    """
    text = _EMAIL.sub(MASK, text)
    text = _PERSONAL_NUMBER.sub(lambda found: MASK if _is_personal_number(found) else found[0], text)
    return _PHONE.sub(lambda found: found[0] if _is_date(found[0]) else MASK, text)


def personal_data_in(text: str) -> list[str]:
    """The kinds of personal data found in a text or a page: `email`, `phone`, `personal_number`; empty = none.

    For the last scan of every output. Of a page, styles, pictures and the coordinates of drawings are passed over.

    >>> personal_data_in("<p title='a@b.se'>call +46 70 123 45 67</p>")
    ['email', 'phone']
    >>> personal_data_in("2026-01-14: 12 345 678 kr, 39 % (34–45)")
    []
    """
    text = _NOT_SHOWN.sub(" ", text)
    kinds = ["email"] if _EMAIL.search(text) else []
    text = _DRAWING.sub(" ", text)
    if any(not _is_date(found[0]) for found in _PHONE.finditer(text)):
        kinds.append("phone")
    if any(_is_personal_number(found) for found in _PERSONAL_NUMBER.finditer(text)):
        kinds.append("personal_number")
    return kinds


def _is_date(text):
    return bool(re.fullmatch(r"(?:19|20)\d{2}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d{2}", text.strip()))


def _is_personal_number(found) -> bool:
    """Whether digits in the right form are a Swedish, Danish or Norwegian personal number: a real birth date, and a check digit where one exists."""
    century, six, four, norwegian, check, eight, last = found.groups()
    if norwegian:
        return _is_day(norwegian[:2], norwegian[2:4]) and _norwegian_checks(norwegian + check)
    if eight:
        return _is_day(eight[6:], eight[4:6]) and _luhn(eight[2:] + last)
    is_swedish = _is_day(six[4:], six[2:4]) and _luhn(six + four)
    return is_swedish or (not century and _is_day(six[:2], six[2:4]))


def _is_day(day: str, month: str) -> bool:
    try:
        dt.date(2000, int(month), int(day) - 60 if int(day) > 60 else int(day) - 40 if int(day) > 40 else int(day))
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 - i % 2) for i, digit in enumerate(digits)]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _norwegian_checks(digits: str) -> bool:
    weights = ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
    return all(sum(w * int(d) for w, d in zip(row, digits, strict=False)) % 11 == 0 for row in weights)
