"""Raw rows → canonical rows, by a declared format. Every row that gives nothing is counted with its reason.

Identities leave here as labels, `space:value` in the file's own words (`email:anna@firma.se`); they never leave `collect`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from journeylib.client import Client, Source
from journeylib.collect.cells import Context, read_field
from journeylib.collect.conditions import has_value, meets
from journeylib.collect.formats import Emit, Format
from journeylib.collect.grouping import group_rows
from journeylib.collect.headers import Match, headings, match_headers
from journeylib.collect.labels import first_filled, identity_labels, label, label_links
from journeylib.collect.reading import RawFile
from journeylib.collect.surveys import melt_questions
from journeylib.errors import SourceError, nearest
from journeylib.schema import CANONICAL, check

#: Settings of a source that are no canonical column.
SPACES = ("customer_space", "account_space")
#: What a canonical row cannot do without, beyond the schema: any one of each group.
NEEDED = {
    "events": (("occurred_at",), ("touchpoint",), ("customer_id", "account_id", "journey_key")),
    "voices": (("row",), ("text", "code", "score")),
    "customers": (("customer_id",),),
    "activities": (("title",),),
    "content": (("title",),),
    "needs": (("wording",),),
    "keywords": (("phrase",),),
    "campaign_stats": (("name",),),
}
_REASONS = {"customer_id": "no_customer", "occurred_at": "no_moment", "text": "no_answer"}


@dataclass(frozen=True)
class Delivery:
    """What one file gave.

    Attributes
    ----------
    tables : canonical rows by table, identities as labels; `_row` and `_part` give their order, `_value_only` an emit's demand.
    person_links, account_links : pairs of labels that stood in one row.
    reasons : reason → raw rows that gave nothing. unreadable : canonical column → cells that could not be read.
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


def to_canonical(raw: RawFile, name: str, source: Source, fmt: Format, client: Client) -> Delivery:
    """One file's canonical rows.

    Raises
    ------
    SourceError
        The file is not this format, a named column is not there, or an order of day and month nobody can decide.
    """
    match = match_headers(raw, name, source, fmt)
    reasons = pd.Series(pd.NA, index=raw.frame.index, dtype="object")
    _drop_duplicates(raw.frame, source.duplicates or fmt.duplicates, reasons)
    _drop_by_conditions(raw, name, source, reasons)
    frame = raw.frame[reasons.isna()]
    context = Context.of(raw, name, source, fmt, client, match)
    fields = pd.DataFrame({key: read_field(frame, key, context) for key in match.fields}, index=frame.index)
    _drop_by_format(fields, fmt, reasons)
    fields = fields[reasons[fields.index].isna()]
    people, accounts = identity_labels(fields, fmt.person, source, "customer_space"), identity_labels(fields, fmt.account, source, "account_space")
    links = label_links(people), label_links(accounts)
    fields["_person"], fields["_account"] = first_filled(people, fields.index), first_filled(accounts, fields.index)
    thing = pd.Series(fields.index, index=fields.index)
    if fmt.group:
        fields, thing = group_rows(fields, fmt.group, reasons)
    tables, outcome = _emit_all(fields, name, source, fmt, match, context)
    if fmt.only_links:
        outcome[(fields["_account"].notna() | fields["_person"].notna()).to_numpy()] = None
    _settle(reasons, thing, outcome)
    _refuse_nobody(raw, name, fmt, reasons)
    counted = reasons.dropna().value_counts().sort_index()
    return Delivery(
        name, fmt, raw, tables, *links, n_rows=len(raw.frame) + raw.n_broken_lines, n_kept=int(reasons.isna().sum()),
        reasons={**counted.astype(int).to_dict(), **({"broken_line": raw.n_broken_lines} if raw.n_broken_lines else {})},
        not_understood=match.not_understood, decimal=context.decimal_used, unreadable=dict(context.unreadable),
    )  # fmt: skip


def _refuse_nobody(raw, name, fmt, reasons):
    """A sheet of events that names nobody is a heading nobody found, not a shop without customers."""
    left = reasons[reasons.isna() | (reasons == "no_customer")]
    if len(left) and left.notna().all() and any(emit.table == "events" for emit in fmt.emits):
        raise SourceError(f"{raw.path.name}: no row names a customer, an account or a journey. Found: {headings(raw)}. "
                          f"Name the column under `columns:` of source {name!r}, as customer_id, account_id or journey_key.")  # fmt: skip


def _drop_duplicates(frame, rule, reasons):
    if rule == "remove" and len(frame):
        reasons[frame.duplicated()] = "duplicate"


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


# --- what rows give -------------------------------------------------------------------------------------------------


def _emit_all(fields, name, source, fmt: Format, match: Match, context):
    """All canonical tables, and for each thing why it gave nothing (None = it gave something)."""
    _check_set(name, source, fmt)
    outcome = pd.Series("not_used", index=fields.index, dtype="object")
    given: dict[str, list[pd.DataFrame]] = {}
    for number, emit in enumerate(fmt.emits):
        if emit.if_absent and match.columns_of(emit.if_absent):
            continue
        for part, rows in enumerate(_melted(fields, emit, match, context)):
            frame, why = _emit(rows, name, source, emit, context)
            failed = why.dropna()
            first_time = failed[(outcome[failed.index] == "not_used").to_numpy()]
            outcome[first_time.index] = first_time
            outcome[frame.index] = None
            given.setdefault(emit.table, []).append(frame.assign(_row=frame.index, _part=number * 100 + part, _value_only=emit.value_only))
    return {table: _joined(frames, table) for table, frames in given.items()}, outcome


def _check_set(name, source, fmt):
    for column in source.set:
        if column not in fmt.columns and column not in SPACES:
            raise SourceError(f"Source {name!r}: `set:` names {column!r}, which format {fmt.name!r} has no column for"
                              f"{nearest(column, fmt.columns, '.')} Columns: {', '.join(fmt.columns)}.")  # fmt: skip


def _melted(fields, emit: Emit, match: Match, context):
    """The rows themselves, or one set of rows for each column of a family; its field then holds the cell, `<field>_name` the column's."""
    if emit.melt is None:
        yield fields
    elif emit.melt == "questions":
        yield from melt_questions(fields, match, context)
    else:
        for column in match.columns_of(emit.melt):
            cells = context.read_column(emit.melt, column).reindex(fields.index)
            yield fields.assign(**{emit.melt: cells, f"{emit.melt}_name": column.captured})


def _emit(rows, name, source, emit: Emit, context):
    table = CANONICAL[emit.table]
    wanted = np.ones(len(rows), dtype=bool)
    for key, condition in emit.when.items():
        wanted &= meets(rows[key], condition) if key in rows else condition == "missing"
    rows = rows[wanted]
    taken = {column: _taken(rows, expression) for column, expression in emit.take.items()}
    given = {column: values for column, values in taken.items() if values is not None}
    if emit.melt == "questions":
        given |= {column: rows[column] for column in rows if column in table.columns and column not in given}
    for column, who in (("customer_id", "_person"), ("account_id", "_account")):
        if column in table.columns and column not in given:
            given[column] = rows[who]
    if "referrer_id" in given:
        given["referrer_id"] = label(given["referrer_id"], str(source.set.get("customer_space", "customer")))
    given |= {column: _constant(value, rows, given.get(column)) for column, value in emit.set.items()}
    given |= {column: _constant(value, rows) for column, value in source.set.items() if column in table.columns}
    given |= {column: _local_day(given[column], context) for column in given if table.columns[column].type == "date"}
    given["source"] = pd.Series([name] * len(rows), index=rows.index, dtype="str")
    frame = pd.DataFrame(given, index=rows.index)
    return _only_whole(frame, emit, rows, context)


def _constant(value, rows, where_missing=None):
    constant = pd.Series([value] * len(rows), index=rows.index)
    return constant if where_missing is None else where_missing.where(where_missing.notna(), constant)


def _local_day(moments, context):
    return moments.dt.tz_convert(context.timezone).dt.tz_localize(None).dt.normalize() if getattr(moments.dtype, "tz", None) else moments


def _taken(rows, expression) -> pd.Series | None:
    """The field's values, the first filled of several; None where the file has none of them."""
    found = None
    for key in (key.strip() for key in expression.split("|")):
        if key in rows:
            found = rows[key] if found is None else found.where(found.notna(), rows[key])
    return found


def _only_whole(frame, emit, rows, context):
    """The rows that have what the table cannot do without, and for the others why not."""
    why = pd.Series(None, index=frame.index, dtype="object")
    for group in NEEDED[emit.table]:
        filled = np.zeros(len(frame), dtype=bool)
        for column in group:
            filled |= has_value(frame[column]) if column in frame else False
        fails = ~filled & why.isna().to_numpy()
        why[fails] = _REASONS.get(group[0], f"no_{group[0]}")
        if group == ("occurred_at",) and fails.any():
            lost = rows[fails]
            why[lost.index[context.was_unreadable(lost, emit.take.get("occurred_at", ""))]] = "bad_moment"
    return frame[why.isna().to_numpy()], why


def _joined(frames, table) -> pd.DataFrame:
    """All parts in the order of the raw rows, checked at the door; registers without ids of their own get the row's number."""
    whole = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)
    whole = whole.sort_values(["_row", "_part"], kind="stable").reset_index(drop=True)
    own = [column for column in whole if column.startswith("_")]
    declared = CANONICAL[table]
    for key in (key for key in declared.key if key != "customer_id"):
        numbers = pd.Series("", index=whole.index, dtype="str") + (whole["_row"] + 1).astype("str")
        whole[key] = whole[key].where(whole[key].notna(), numbers) if key in whole else numbers
    plain = whole[[column for column in whole if column in declared.columns]]
    return pd.concat([check(plain, replace(declared, key=())), whole[own]], axis=1)  # keys may repeat until all files are together


def _settle(reasons, thing, outcome):
    """A raw row's reason is that of the thing it belongs to."""
    mapped = outcome.reindex(thing.to_numpy())
    empty = mapped.notna().to_numpy()
    reasons[thing.index[empty]] = mapped.to_numpy()[empty]
