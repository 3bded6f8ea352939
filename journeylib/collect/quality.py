"""The data sheet of each raw file (M040): what it is, how it was read, how much of it counted, and what is missing in it."""

from __future__ import annotations

import pandas as pd

from journeylib.client import Client
from journeylib.collect.customers.identity import Identities
from journeylib.collect.frames.distinct import n_distinct_texts
from journeylib.collect.rows.canonical import Delivery
from journeylib.schema import SOURCES, check, empty

_MOMENTS = {"events": "occurred_at", "voices": "said_at"}


def source_sheets(deliveries: list[Delivery], people: Identities, accounts: Identities, client: Client) -> pd.DataFrame:
    """One row a file, as `schema.SOURCES`.

    `drop_reasons` are codes (`duplicate: 37; condition: Quantity: 10624`); their words stand in messages/collect.yml.
    """
    rows = [_sheet(delivery, people, accounts, client) for delivery in deliveries]
    if not rows:
        return empty(SOURCES)
    moments = {name: pd.to_datetime(pd.Series([row[name] for row in rows]), utc=True) for name in ("first_at", "last_at")}
    return check(pd.DataFrame(rows).assign(**moments), SOURCES)


def _sheet(delivery: Delivery, people, accounts, client):
    source, raw = client.sources[delivery.source], delivery.raw
    moments = [table[_MOMENTS[name]] for name, table in delivery.tables.items() if name in _MOMENTS]
    ends = pd.Series([end for each in moments for end in (each.min(), each.max())], dtype="datetime64[us, UTC]").dropna()
    return {
        "source": delivery.source, "format": delivery.format.name, "table": ", ".join(sorted(delivery.tables)), "file": raw.path.name,
        "sha256": raw.sha256, "encoding": raw.encoding, "separator": raw.separator, "decimal": delivery.decimal,
        "dates": delivery.dates, "timezone": delivery.timezone, "noticed": "; ".join(f"{what}: {n}" for what, n in delivery.noticed.items()) or None,
        "n_rows": delivery.n_rows, "n_kept": delivery.n_kept, "n_dropped": delivery.n_rows - delivery.n_kept,
        "drop_reasons": "; ".join(f"{reason}: {n}" for reason, n in delivery.reasons.items()) or None,
        "n_skipped_lines": raw.n_skipped_lines, "not_understood": ", ".join(delivery.not_understood) or None,
        "n_customers": _n_customers(delivery, people, accounts),
        "first_at": ends.min(), "last_at": ends.max(),
        "delivered_by": source.delivered_by, "department": source.department, "missing_fields": _missing(delivery),
    }  # fmt: skip


def _n_customers(delivery, people, accounts) -> int | None:
    """Distinct persons in it, or accounts where it knows no person; missing for sheets that name nobody."""
    for column, identities in (("customer_id", people), ("account_id", accounts)):
        labels = [table[column] for table in delivery.tables.values() if column in table and table[column].notna().any()]
        if labels:
            return n_distinct_texts([identities.of(label) for label in labels])
    return None


def _missing(delivery) -> str | None:
    """Each canonical column the format gives, with the share of its rows that lack it."""
    shares = {}
    for table, frame in delivery.tables.items():
        given = {column for emit in delivery.format.emits if emit.table == table for column in emit.take}
        for column in (column for column in frame if column in given and len(frame) and frame[column].notna().any()):
            share = float(frame[column].isna().mean())
            shares[column] = max(shares.get(column, 0.0), share)
    return "; ".join(f"{column}: {share:.2f}" for column, share in sorted(shares.items()) if share >= 0.005) or None


def reasons_of(text: str | None) -> dict[str, int]:
    """The reasons of a data sheet, or what was noticed, as code → rows.

    >>> reasons_of("duplicate: 37; condition: Quantity: 10624")
    {'duplicate': 37, 'condition: Quantity': 10624}
    """
    if text is None or pd.isna(text) or not text:
        return {}
    parts = (part.rpartition(": ") for part in text.split("; "))
    return {reason: int(n) for reason, _, n in parts}
