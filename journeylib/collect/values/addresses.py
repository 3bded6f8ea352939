"""What an e-mail address says of who stands behind it: a person or a mailbox several share, a workplace or a free mail service."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from journeylib.collect.frames.distinct import of_each
from journeylib.knowledge import load

_EMAIL = "email:"
#: `info2@` and `info+shop@` are the mailbox `info@`.
_AFTER_NAME = re.compile(r"\+.*|\d+$")


@cache
def _shared_names() -> frozenset[str]:
    return frozenset(name for group in load("addresses")["shared"].values() for name in group)


@cache
def _freemail() -> frozenset[str]:
    known = load("addresses")
    return frozenset((*known["invented"], *(domain for group in known["freemail"].values() for domain in group)))


def is_shared_mailbox(label: str) -> bool:
    """Whether an identity label is an address several people answer under (knowledge/addresses.yml).

    >>> is_shared_mailbox("email:info@firma.se"), is_shared_mailbox("email:anna@firma.se"), is_shared_mailbox("customer:info@")
    (True, False, False)
    """
    return label.startswith(_EMAIL) and _AFTER_NAME.sub("", label[len(_EMAIL) :].partition("@")[0]) in _shared_names()


def are_shared(labels) -> np.ndarray:
    """`is_shared_mailbox` of each label, worked out once per distinct label; missing is not."""
    return of_each(pd.Series(labels), "shared_mailbox", lambda cells: np.array([is_shared_mailbox(str(label)) for label in cells], dtype=bool), False)


def domain_of(label: str) -> str | None:
    """The domain of an e-mail label; None for other labels.

    >>> domain_of("email:anna@firma.se"), domain_of("customer:17")
    ('firma.se', None)
    """
    return label.rpartition("@")[2].strip(". ") or None if label.startswith(_EMAIL) and "@" in label else None


def is_freemail(domain: str) -> bool:
    """Whether anybody may have an address at the domain, so that it names no workplace.

    >>> is_freemail("telia.com"), is_freemail("firma.se")
    (True, False)
    """
    return domain in _freemail()
