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
from journeylib.collect.formats import Emit, Format
from journeylib.collect.frames.distinct import all_missing, all_the_same, code_text, distinct_pairs, first_of, lightened
from journeylib.collect.frames.memory import give_memory_back
from journeylib.collect.frames.stacking import stack
from journeylib.collect.rows.cells import Context, read_field
from journeylib.collect.rows.grouping import group_rows
from journeylib.collect.rows.headers import Match, headings, match_headers
from journeylib.collect.rows.labels import first_filled, identity_labels, label, label_links
from journeylib.collect.rows.surveys import melt_questions
from journeylib.collect.values.conditions import has_value, meets
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
    "routines": (("title",),),
    "presence": (("place",),),
}
_REASONS = {"customer_id": "no_customer", "occurred_at": "no_moment", "text": "no_answer"}


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
    tables, outcome = _emit_all(fields, name, source, fmt, match, context)
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
    return {table: _joined(frames, table, context) for table, frames in given.items()}, outcome


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
    rows = rows if wanted.all() else rows[wanted]
    taken = {column: _taken(rows, expression) for column, expression in emit.take.items()}
    given = {column: values for column, values in taken.items() if values is not None}
    if emit.melt == "questions":
        given |= {column: rows[column] for column in rows if column in table.columns and column not in given}
    for column, who in (("customer_id", "_person"), ("account_id", "_account")):
        if column in table.columns and column not in given:
            given[column] = rows[who]
    if "referrer_id" in given:
        given["referrer_id"] = label(given["referrer_id"], str(source.set.get("customer_space", "customer")))
    given |= {column: _constant(value, rows, context, given.get(column)) for column, value in emit.set.items()}
    given |= {column: _constant(value, rows, context) for column, value in source.set.items() if column in table.columns}
    given |= {column: _local_day(given[column], context) for column in given if table.columns[column].type == "date"}
    given["source"] = _constant(name, rows, context).astype("str" if context.raw.rows is None else "category")
    frame = pd.DataFrame(given, index=rows.index)
    return _only_whole(frame, emit, rows, context)


def _constant(value, rows, context, where_missing=None):
    is_coded = isinstance(value, str) and context.raw.rows is not None
    constant = all_the_same(value, rows.index) if is_coded else pd.Series([value] * len(rows), index=rows.index)
    return constant if where_missing is None else first_of(where_missing, constant)


def _local_day(moments, context):
    return moments.dt.tz_convert(context.timezone).dt.tz_localize(None).dt.normalize() if getattr(moments.dtype, "tz", None) else moments


def _taken(rows, expression) -> pd.Series | None:
    """The field's values, the first filled of several; None where the file has none of them."""
    found = None
    for key in (key.strip() for key in expression.split("|")):
        if key in rows:
            found = rows[key] if found is None else first_of(found, rows[key])
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
    is_whole = why.isna().to_numpy()
    return frame if is_whole.all() else frame[is_whole], why


def _joined(frames, table, context) -> pd.DataFrame:
    """All parts in the order of the raw rows, checked at the door; registers without ids of their own get the row's number."""
    whole = stack(frames) if len(frames) > 1 else frames[0].reset_index(drop=True)
    if not whole["_row"].is_monotonic_increasing or len(frames) > 1:
        whole = whole.sort_values(["_row", "_part"], kind="stable").reset_index(drop=True)
    own = [column for column in whole if column.startswith("_")]
    declared = CANONICAL[table]
    if context.raw.rows is not None:
        absent = [column for column, about in declared.columns.items() if about.type == "text" and not about.required and column not in whole]
        whole = whole.assign(_value_only=code_text(whole["_value_only"]), **{column: all_missing(whole.index) for column in absent})
        whole = whole.assign(_row=whole["_row"].astype("int32"), _part=whole["_part"].astype("int16"))
        whole = whole.assign(**{column: code_text(whole[column]) for column, about in declared.columns.items() if about.type == "text" and column in whole})
    for key in (key for key in declared.key if key != "customer_id"):
        numbers = pd.Series("", index=whole.index, dtype="str") + (whole["_row"] + 1).astype("str")
        whole[key] = whole[key].where(whole[key].notna(), numbers) if key in whole else numbers
    plain = whole[[column for column in whole if column in declared.columns]]
    checked = check(plain, replace(declared, key=()))  # keys may repeat until all files are together
    if context.raw.rows is None:
        return pd.concat([checked, whole[own]], axis=1)
    return pd.DataFrame({name: lightened(values) for frame in (checked, whole[own]) for name, values in frame.items()}, copy=False)


def _settle(reasons, thing, outcome):
    """A raw row's reason is that of the thing it belongs to."""
    mapped = outcome.reindex(thing.to_numpy())
    empty = mapped.notna().to_numpy()
    reasons[thing.index[empty]] = mapped.to_numpy()[empty]
