"""What raw rows give: canonical rows by the format's emits, and for each row that gives none the reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from journeylib.collect.formats import Emit, Format
from journeylib.collect.frames.distinct import all_missing, all_the_same, code_text, first_of, lightened
from journeylib.collect.frames.stacking import stack
from journeylib.collect.rows.cells import read_column
from journeylib.collect.rows.headers import Match
from journeylib.collect.rows.labels import label
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
    "page_behaviour": (("page",),),
}
_REASONS = {"customer_id": "no_customer", "occurred_at": "no_moment", "text": "no_answer"}


def emit_all(fields, name, source, fmt: Format, match: Match, context):
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
            cells = read_column(context, emit.melt, column).reindex(fields.index)
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
