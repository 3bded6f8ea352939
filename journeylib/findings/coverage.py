"""From when, how evenly and how freshly each source tells, and what is missing in it: the pictures of the data page (M040)."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd

from journeylib.figures.months import MonthRow, draw_months
from journeylib.figures.tables import Bar, Tag, html_table
from journeylib.journeymap.evidence import months_between

#: Months to the data cut after which what a source tells loses a point of its grade (practice C20); months the axis shows at most.
STALE_MONTHS, LONGEST_AXIS = 12, 48
#: Table → columns it may do without: search phrases get their place by rules.
_SPARED = {"keywords": ("atom", "stage")}
#: Share of a column's rows that must be empty for it to be shown, and how many columns are.
MISSING_FROM, N_MISSING = 0.05, 12


def stale_sources(run, collected) -> list[str]:
    """Sources whose newest row is more than a year old at the data cut."""
    newest = collected.sources.groupby("source", sort=True)["last_at"].max().dropna()
    return [source for source, last in newest.items() if months_between(last, pd.Timestamp(run.client.as_of)) > STALE_MONTHS]


def draw_timeline(run, collected) -> str:
    """One row a source, a square a month: when it has rows, on one axis that ends at the data cut; empty where no row has a date."""
    w, counted = run.words, _in_time(run, collected.coverage_in_time)
    if counted.empty:
        return ""
    months = _axis(counted["month"], run)
    stale = set(stale_sources(run, collected))
    n_kept = collected.sources.groupby("source")["n_kept"].sum()
    rows = [_month_row(run, source, own, months, int(n_kept[source]), source in stale) for source, own in counted.groupby("source", sort=False)]
    january = [(place, str(month.year)) for place, month in enumerate(months) if month.month == 1 and place < max(len(months) - 2, 1)]
    years = january if january and january[0][0] < 4 else [(0, str(months[0].year)), *january]
    legend = [w.say(f"joins.time.{name}") for name in ("none", "few", "some", "many", "silent")]
    alt = w.say("joins.time.alt", first=w.month(months[0]), last=w.month(months[-1]))
    return _headed(w.say("joins.time.caption"), draw_months(rows, years=years, legend=legend, alt=alt))


def _headed(heading, drawing):
    return f"<h4>{escape(heading)}</h4>{drawing}"


def _in_time(run, counted):
    """In the order of the parameters, nothing after the data cut."""
    place = {source: number for number, source in enumerate(run.client.sources)}
    kept = counted[counted["month"] <= pd.Timestamp(run.client.as_of)]
    return kept.assign(_place=kept["source"].map(place).fillna(len(place))).sort_values(["_place", "source", "month"], kind="stable").drop(columns="_place")


def _axis(months, run) -> list[pd.Timestamp]:
    last = pd.Timestamp(run.client.as_of).to_period("M")
    first = max(months.min().to_period("M"), last - LONGEST_AXIS + 1)
    return list(pd.period_range(first, last, freq="M").to_timestamp())


def _month_row(run, source, own, months, n_kept, is_stale) -> MonthRow:
    w = run.words
    by_month = own.set_index("month")["n_rows"].reindex(months, fill_value=0).astype(int).tolist()
    first, last = own["month"].min(), own["month"].max()
    n = min(n_kept, int(own["n_rows"].sum()))  # of a file that goes on after the data cut, the rows until then
    said = w.say("joins.time.rows" if first < last else "joins.time.once", n=n, first=w.month(first), last=w.month(last))
    n_holes = len(pd.period_range(first, last, freq="M")) - len(own)
    note = w.say("joins.time.with_holes", rows=said, holes=w.say("joins.time.holes", n=n_holes)) if n_holes else said
    titles = [f"{w.month(month)}: {w.count(n)}" for month, n in zip(months, by_month, strict=True)]
    n_silent = int(np.sum([month > last for month in months])) if is_stale else 0
    return MonthRow(source, note, by_month, titles, n_silent, Tag(w.say("joins.time.silent"), "uncertain") if is_stale else None)


# --- what is missing in it ------------------------------------------------------------------------------------------


def draw_missing(run, sources: pd.DataFrame) -> str:
    """Columns that hold something somewhere and are empty often, with what that costs; only those a step misses."""
    w = run.words
    missing = _missing(w, sources)
    if missing.empty:
        return ""
    headings = [w.say(f"joins.missing.{name}") for name in ("field", "source", "share", "costs")]
    rows = [[w.say(f"fields.{row.column}"), row.source, Bar(row.share, w.percent(row.share), tone="amber"), w.say(f"joins.missing.why.{row.column}")]
            for row in missing.head(N_MISSING).itertuples()]  # fmt: skip
    return html_table(headings, rows, caption=w.say("joins.missing.caption"))


def _missing(w, sources) -> pd.DataFrame:
    """`source`, `column`, `share`, the emptiest first; of several files of a source the emptiest."""
    found = [(row.source, column.strip(), float(share)) for row in sources[sources["missing_fields"].notna()].itertuples()
             for column, _, share in (part.rpartition(":") for part in str(row.missing_fields).split(";"))
             if column.strip() not in _SPARED.get(row.table, ())]  # fmt: skip
    table = pd.DataFrame(found, columns=["source", "column", "share"])
    matters = table["column"].map(lambda column: w.has(f"joins.missing.why.{column}")).astype(bool)
    table = table[matters & (table["share"] >= MISSING_FROM)]
    return table.sort_values(["share", "source", "column"], ascending=[False, True, True], kind="stable").drop_duplicates(["source", "column"])
