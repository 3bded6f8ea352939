"""What protects the client's customers: pseudonyms with a salt kept out of the repository, and masked text.

A pseudonym is HMAC-SHA256(salt, identity), shortened: the same person has the same one in every run with the same salt, and
nobody without the salt can tell whose it is or test a guess.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
from collections.abc import Collection
from pathlib import Path

import pandas as pd
import pyarrow as pa

from journeylib.client import Client
from journeylib.errors import SourceError
from journeylib.personal_data import MASK, Names, mask, mask_distinct, personal_data_in
from journeylib.schema import CANONICAL, Table

__all__ = ["MASK", "Names", "consent_to_quote", "find_salt", "free_text_columns", "mask", "mask_names", "mask_text", "oldest_kept", "personal_data_in",
           "pseudonyms", "pseudonyms_of_distinct", "salt_id", "without_old_rows"]  # fmt: skip

#: Columns that become pseudonyms, ids of ours, or the client's declared stages, personas and sources.
_NO_FREE_TEXT = frozenset({"customer_id", "account_id", "journey_key", "referrer_id", "voice_id", "source", "stage", "persona"})
#: Pseudonyms made at a time: bounds the memory.
_AT_ONCE = 100_000
SALT_VARIABLE, SALT_FILE = "JOURNEY_SALT", ".journey-salt"


def find_salt(client: Client) -> bytes:
    """The client's own salt, derived from the project's: a person who is two clients' customer has two pseudonyms that nobody can join.

    The project's comes from the environment's JOURNEY_SALT, else from `.journey-salt`, made at first need, readable by its owner alone.

    Raises
    ------
    SourceError
        The salt file is there and empty.
    """
    return hmac.new(_project_salt(client), b"client " + client.slug.encode(), hashlib.sha256).hexdigest().encode()


def _project_salt(client: Client) -> bytes:
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
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
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
    """HMAC-SHA256 of each identity, each distinct one once, 16 hexadecimal digits after the prefix; missing stays missing."""
    codes, distinct = pd.factorize(identities)
    known = pseudonyms_of_distinct(distinct, salt, prefix).array
    return pd.Series(known.take(codes, allow_fill=True), index=identities.index)


def pseudonyms_of_distinct(identities, salt: bytes, prefix: str) -> pd.Series:
    """HMAC-SHA256 of each of these identities, of which none is missing."""
    texts = pa.array(identities, pa.large_string())
    parts = (texts[first : first + _AT_ONCE].to_pylist() for first in range(0, len(texts), _AT_ONCE))
    made = [pa.array(_pseudonyms(part, salt, prefix), pa.large_string()) for part in parts]
    return pd.Series(pa.chunked_array(made or [[]], pa.large_string()), dtype="string")


def _pseudonyms(identities: list[str], salt: bytes, prefix: str) -> list[str]:
    """The salt is hashed once and not for each of a million people: `inner` and `outer` are the two halves of HMAC (RFC 2104)."""
    key = (salt if len(salt) <= 64 else hashlib.sha256(salt).digest()).ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in key)).copy for pad in (0x36, 0x5C))

    def made(identity):
        first, second = inner(), outer()
        first.update(identity.encode())
        second.update(first.digest())
        return prefix + second.hexdigest()[:16]

    return [made(identity) for identity in identities]


def free_text_columns(table: Table) -> tuple[str, ...]:
    """The columns of a canonical table that hold words of a source: every text that is no identity, no place in the journey and no closed list.

    >>> free_text_columns(CANONICAL["needs"])
    ('need_id', 'wording')
    """
    return tuple(name for name, column in table.columns.items() if column.type == "text" and not column.one_of and name not in _NO_FREE_TEXT)


def oldest_kept(client: Client) -> pd.Timestamp | None:
    """The first moment that may be kept: midnight, in the client's zone, `retention_months` before the data cut; None = all may."""
    months = client.privacy.retention_months
    return (pd.Timestamp(client.as_of) - pd.DateOffset(months=months)).tz_localize(client.timezone) if months else None


def without_old_rows(register: pd.DataFrame, name: str, client: Client) -> pd.DataFrame:
    """A register without the rows whose last day counted is older than may be kept; what carries no day stays.

    Search phrases and campaign counts come from people. When the company published a text does not, and is no reason to forget it.
    """
    oldest = oldest_kept(client)
    if oldest is None or not {"from_on", "to_on"} <= set(CANONICAL[name].columns):
        return register
    last = pd.to_datetime(register["to_on"].fillna(register["from_on"]))
    return register[~(last < oldest.tz_localize(None)).fillna(False)].reset_index(drop=True)


def consent_to_quote(voices: pd.DataFrame) -> pd.Series:
    """Whether each voice may be quoted: as its row says, and never once its speaker has said no anywhere.

    Who took the consent back may have done so in another sheet. A yes is the row's own: it does not reach what was said without one.
    """
    said_no = set(voices.loc[voices["has_consent"].eq(False).fillna(False), "customer_id"].dropna())
    return voices["has_consent"].mask(voices["customer_id"].isin(said_no), False)


def mask_text(texts: pd.Series, names: Collection[str] | Names = ()) -> pd.Series:
    """Free text with everything personal masked (`journeylib.personal_data`), each distinct text once.

    Parameters
    ----------
    names : full names in small letters, of at least two words.
    """
    return mask_distinct(texts, names if isinstance(names, Names) else Names.of(names))


def mask_names(text: str, names: Collection[str]) -> str:
    """A text with the known full names masked, whatever case they are written in.

    >>> mask_names("Hälsa Anna Maria Ek från mig", {"anna maria ek"})
    'Hälsa ••• från mig'
    """
    for first, last in reversed(list(Names.of(names).find(text))):
        text = text[:first] + MASK + text[last:]
    return text
