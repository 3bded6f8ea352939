"""Which department met the customer, and which meetings are contacts between people rather than traces of a customer alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from journeylib import knowledge
from journeylib.event_log import EventLog
from journeylib.measures.visits import COMPANY, CUSTOMER, HELP, coded, matching
from journeylib.schema import OUTCOMES

#: Sent to many at a time, or only put on file: nobody takes the customer over by it.
TO_MANY = ("email_*", "email", "newsletter*", "campaign*", "sms", "letter", "contact_created", "deal_lost", "survey*", "unsubscribe*", "ad_*")
_LOST = OUTCOMES.index("lost")


def departments_of(log: EventLog, by_source: Mapping[str, str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """The department of every event, −1 = not known, and the departments' names.

    The event's own department; where it has none, that of the source it came from (`department:` in the client's parameters).
    """
    names = tuple(sorted({*log.names["department"], *(name for name in by_source.values() if name)}))
    own = np.append(np.searchsorted(names, log.names["department"]) if log.names["department"] else np.array([], dtype=int), -1)
    source = [names.index(by_source[name]) if by_source.get(name) else -1 for name in log.names["source"]]
    return np.where(log.department >= 0, own[log.department], np.append(source, -1).astype(int)[log.source]), names


def is_contact(log: EventLog) -> np.ndarray:
    """Events in which somebody of the company deals with the customer: neither the customer alone, nor a mailing, nor an entry of a loss.

    What the customer started is one where it names who took it: a form has been read by nobody yet. Asking for help is none: who
    rings the support has not been handed over to it.
    """
    names = log.names["touchpoint"]
    taken = (log.initiator != CUSTOMER) | (log.department >= 0)
    known = knowledge.load("touchpoints")["touchpoints"]
    alone = np.array([known.get(name, {}).get("kind") == "action" for name in names], dtype=bool)
    return (log.touchpoint >= 0) & ~coded(alone | matching(names, TO_MANY + HELP), log.touchpoint) & (log.outcome != _LOST) & taken


def company_contacts(log: EventLog, by_source: Mapping[str, str]) -> pd.DataFrame:
    """What the company started, by whichever department: `journey`, `customer`, `at_us`, `department`, `detail`."""
    department, _ = departments_of(log, by_source)
    rows = log.initiator == COMPANY
    columns = {name: getattr(log, name)[rows] for name in ("journey", "customer", "at_us", "detail")}
    return pd.DataFrame(columns | {"department": department[rows]})
