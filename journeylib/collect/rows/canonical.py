"""Raw rows → canonical rows, by a declared format. Every row that gives nothing is counted with its reason.

Identities leave here as labels, `space:value` in the file's own words (`email:anna@firma.se`); they never leave `collect`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from journeylib.client import Client, Source
from journeylib.collect.files.reading import RawFile
from journeylib.collect.formats import Format
from journeylib.collect.frames.distinct import distinct_pairs
from journeylib.collect.frames.memory import give_memory_back
from journeylib.collect.frames.stacking import stack
from journeylib.collect.rows.cells import read_field
from journeylib.collect.rows.context import Context
from journeylib.collect.rows.emitting import emit_all
from journeylib.collect.rows.grouping import group_rows
from journeylib.collect.rows.headers import headings, match_headers
from journeylib.collect.rows.labels import first_filled, identity_labels, label_links
from journeylib.collect.values.conditions import meets
from journeylib.errors import SourceError, nearest


@dataclass(frozen=True)
class Delivery:
    """What one file gave.

    Attributes
    ----------
    tables : canonical rows by table, identities as labels; `_row` and `_part` give their order, `_value_only` an emit's demand.
    person_links, account_links : pairs of labels that stood in one row. memberships : person label, account label of one row, each pair once.
    reasons : reason → raw rows that gave nothing. unreadable : canonical column → cells that could not be read.
    dates, timezone : how moments were read, where the file has any. noticed : what is to know about lines and cells → how many (`noticing.py`).
    """

    source: str
    format: Format
    raw: RawFile
    tables: dict[str, pd.DataFrame]
    person_links: pd.DataFrame
    account_links: pd.DataFrame
    n_rows: int
    n_kept: int
    reasons: dict[str, int]
    not_understood: tuple[str, ...]
    decimal: str | None
    unreadable: dict[str, int] = field(default_factory=dict)
    dates: str | None = None
    timezone: str | None = None
    noticed: dict[str, int] = field(default_factory=dict)
    memberships: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"person": pd.Series(dtype="str"), "account": pd.Series(dtype="str")}))


@dataclass(frozen=True)
class _Block:
    """What one block of a file's rows gave."""

    tables: dict[str, pd.DataFrame]
    links: dict[str, pd.DataFrame]
    n_kept: int
    reasons: Counter[str]


def to_canonical(raw: RawFile, name: str, source: Source, fmt: Format, client: Client) -> Delivery:
    """One file's canonical rows, a block of raw rows after the other.

    Raises
    ------
    SourceError
        The file is not this format, a named column is not there, or an order of day and month nobody can decide.
    """
    match = match_headers(raw, name, source, fmt)
    context = Context.of(raw, name, source, fmt, client, match)
    blocks = [_of_block(replace(context, raw=block), source, fmt) for block in raw.blocks()]
    give_memory_back()
    reasons = sum((block.reasons for block in blocks), Counter({"broken_line": raw.n_broken_lines} if raw.n_broken_lines else {}))
    n_kept = sum(block.n_kept for block in blocks)
    _refuse_nobody(raw, name, fmt, n_kept, reasons)
    tables, links = _together([block.tables for block in blocks]), _together([block.links for block in blocks])
    links = {what: _each_once(pairs) if len(blocks) > 1 else pairs for what, pairs in links.items()}
    return Delivery(
        name, fmt, raw, tables, links["person"], links["account"], n_rows=raw.n_rows + raw.n_broken_lines, n_kept=n_kept,
        reasons=dict(sorted(reasons.items(), key=lambda item: (item[0] == "broken_line", item[0]))),
        not_understood=match.not_understood, decimal=context.decimal_used, unreadable=dict(context.unreadable), memberships=links["membership"],
        dates=context.dates_used, timezone=context.timezone_used, noticed={**raw.noticed, **context.noticed},
    )  # fmt: skip


def _together(blocks: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """The tables of all blocks, one under the other; the blocks are emptied as it goes."""
    names = list(dict.fromkeys(name for block in blocks for name in block))
    parts = {name: [block.pop(name) for block in blocks if name in block] for name in names}
    return {name: found[0] if len(found) == 1 else stack(found) for name, found in parts.items()}


def _each_once(pairs):
    """Pairs of several blocks, each once, as plain text."""
    return distinct_pairs(*(pairs[name] for name in pairs))


def _of_block(context: Context, source: Source, fmt: Format) -> _Block:
    raw, name, match = context.raw, context.name, context.match
    reasons = pd.Series(pd.NA, index=raw.frame.index, dtype="object")
    if (source.duplicates or fmt.duplicates) == "remove":
        _drop_duplicates(raw, reasons)
    _drop_by_conditions(raw, name, source, reasons)
    frame = raw.frame[reasons.isna()]
    fields = pd.DataFrame({key: read_field(frame, key, context) for key in match.fields}, index=frame.index)
    _drop_by_format(fields, fmt, reasons)
    fields = fields[reasons[fields.index].isna()]
    people, accounts = identity_labels(fields, fmt.person, source, "customer_space"), identity_labels(fields, fmt.account, source, "account_space")
    links = label_links(people), label_links(accounts)
    fields["_person"], fields["_account"] = first_filled(people, fields.index), first_filled(accounts, fields.index)
    memberships = fields[["_person", "_account"]].dropna().drop_duplicates().set_axis(["person", "account"], axis=1).reset_index(drop=True)
    thing = pd.Series(fields.index, index=fields.index)
    if fmt.group:
        fields, thing = group_rows(fields, fmt.group, reasons)
    tables, outcome = emit_all(fields, name, source, fmt, match, context)
    if fmt.only_links:
        outcome[(fields["_account"].notna() | fields["_person"].notna()).to_numpy()] = None
    _settle(reasons, thing, outcome)
    lost = reasons.dropna()
    return _Block(tables, {"person": links[0], "account": links[1], "membership": memberships}, len(reasons) - len(lost), Counter(lost))


def _refuse_nobody(raw, name, fmt, n_kept, reasons):
    """A sheet of events that names nobody is a heading nobody found, not a shop without customers."""
    if not n_kept and reasons["no_customer"] and any(emit.table == "events" for emit in fmt.emits):
        raise SourceError(f"{raw.path.name}: no row names a customer, an account or a journey. Found: {headings(raw)}. "
                          f"Name the column under `columns:` of source {name!r}, as customer_id, account_id or journey_key.")  # fmt: skip


def _drop_duplicates(raw, reasons):
    """Rows equal to an earlier one; in a file read in blocks they are known before."""
    if raw.rows is not None:
        reasons[reasons.index.intersection(raw.rows.repeated)] = "duplicate"
    elif len(raw.frame):
        reasons[raw.frame.duplicated()] = "duplicate"


def _drop_by_conditions(raw, name, source, reasons):
    for column, condition in source.where.items():
        if column not in raw.frame:
            raise SourceError(f"{raw.path.name}: `where:` of source {name!r} names {column!r}, which is no column of the file"
                              f"{nearest(column, raw.frame.columns, '.')} Found: {headings(raw)}.")  # fmt: skip
        fails = ~meets(raw.frame[column], condition) & reasons.isna().to_numpy()
        reasons[fails] = f"condition: {column.replace(';', ',')}"


def _drop_by_format(fields, fmt, reasons):
    for reason, conditions in fmt.drop.items():
        holds = np.ones(len(fields), dtype=bool)
        for key, condition in conditions.items():
            holds &= meets(fields[key], condition) if key in fields else False
        reasons[fields.index[holds]] = reason


def _settle(reasons, thing, outcome):
    """A raw row's reason is that of the thing it belongs to."""
    mapped = outcome.reindex(thing.to_numpy())
    empty = mapped.notna().to_numpy()
    reasons[thing.index[empty]] = mapped.to_numpy()[empty]
