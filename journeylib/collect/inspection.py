"""What `journey check` says of a client's sources: what stands in the way of a report, and what is there and yet counts for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from journeylib.client import Client
from journeylib.collect.databases.answers import try_databases
from journeylib.collect.deliveries import deliver
from journeylib.collect.files.layout import tidy
from journeylib.collect.files.reading import RawFile
from journeylib.collect.log.prepare import data_cut
from journeylib.collect.log.rules import apply_rules, count_unmatched, rule_book
from journeylib.collect.looks import parts_by_blanks
from journeylib.collect.rows.canonical import Delivery
from journeylib.collect.values.noticing import say_noticed, say_read_as
from journeylib.errors import JourneyError
from journeylib.wording import Words


@dataclass(frozen=True)
class Seen:
    """One source as `journey check` saw it: what stands in the way, what counts for nothing, and how each of its files was read."""

    source: str
    problem: str | None = None
    remarks: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()


def inspect_sources(client: Client, answers: Mapping[str, RawFile | JourneyError] | None = None) -> tuple[list[str], list[str]]:
    """Sources that cannot be read, and what is to know of files that can be: a sentence each, in the order of the parameters.

    Parameters
    ----------
    answers : from `try_databases`, where the databases have been asked already; none = they are asked here.
    """
    seen = list(inspect_each(client, answers))
    return [each.problem for each in seen if each.problem], [remark for each in seen for remark in each.remarks]


def inspect_each(client: Client, answers: Mapping[str, RawFile | JourneyError] | None = None) -> Iterator[Seen]:
    """Each source in turn, in the order of the parameters; `answers` as for `inspect_sources`."""
    answers = try_databases(client) if answers is None else answers
    needs = _Needs({}, set())
    for name in client.sources:
        try:
            if isinstance(answers.get(name), JourneyError):
                raise answers[name]
            deliveries = deliver(client, name, answers)
            remarks = tuple(remark for delivery in deliveries for remark in _remarks(delivery, client))
            needs.take(name, deliveries)
        except JourneyError as error:
            yield Seen(name, f"sources.{name}: {error}")
            continue
        yield Seen(name, _nothing_counts(name, deliveries, client), remarks, tuple(say_read_as(delivery, Words("en")) for delivery in deliveries))
    yield from needs.without_words(client)


@dataclass(frozen=True)
class _Needs:
    """The needs that sources name by their ids, and those of which a source holds the words."""

    named: dict[str, dict[str, None]]
    worded: set[str]

    def take(self, source: str, deliveries) -> None:
        for delivery in deliveries:
            for table, rows in delivery.tables.items():
                ids = rows["need_id"].dropna().astype("str").unique() if "need_id" in rows else ()
                if table == "needs":
                    self.worded.update(ids)
                elif len(ids):
                    self.named.setdefault(source, {}).update(dict.fromkeys(ids))

    def without_words(self, client) -> Iterator[Seen]:
        for source, ids in self.named.items():
            lost = sorted(set(ids) - self.worded)
            if lost:
                yield Seen(source, None, (
                    f"sources.{source}: names {_some(lost)}, and no source holds the words of {'that need' if len(lost) == 1 else 'those needs'}: in the report the ids will stand alone. "
                    f"Add a list of needs (format needs_register); `journey kit {client.slug}` prints the source of the kit's sheet.",))  # fmt: skip


def _some(ids, most=5) -> str:
    return ", ".join(map(repr, ids[:most])) + (f" and {len(ids) - most} more" if len(ids) > most else "")


#: Noticed in many whole files: it stands in the data sheet, and would be noise here.
_COMMON = ("no_line_end",)
#: Reasons that mean a row could not be understood, rather than that it was not wanted.
_LOST = ("bad_moment", "no_moment", "no_customer", "no_touchpoint", "no_row", "no_title", "no_wording", "no_key")


def _remarks(delivery: Delivery, client):
    file = _where(delivery, client)
    if not delivery.n_rows:
        yield f"{file}: has headings and no row."
    elif not delivery.n_kept and set(delivery.reasons) <= {"no_moment", "duplicate"} and (wanted := _no_dates(delivery)):
        yield (f"{file}: no column says when, so none of its {delivery.n_rows:,} rows can be placed in time. Ask for the export with a date, e.g. {wanted}; "
               f"or name the column under `columns:` of source {delivery.source!r}, as occurred_at.")  # fmt: skip
    elif not delivery.n_kept and not _is_lost(delivery):
        yield f"{file}: none of its {delivery.n_rows:,} rows counts ({_reasons(delivery.reasons)})."
    elif "events" in delivery.tables and len(delivery.tables["events"]):
        if delivery.reasons.get("duplicate"):
            yield (f"{file}: {delivery.reasons['duplicate']:,} of {delivery.n_rows:,} rows equal another in every cell and are left out. "
                   f"If they are real, say `duplicates: keep` on source {delivery.source!r}.")  # fmt: skip
        yield from _out_of_time(file, delivery.tables["events"]["occurred_at"], client)
        yield from _without_rule(file, delivery, client)
    if delivery.format.name == "customers" and delivery.n_kept and not len(delivery.tables["customers"]):
        yield (f"{file}: a list of companies without persons: it tells which ids and domains are one company. What it says of persona, role and segment is not used, "
               "for those belong to a person.")  # fmt: skip
    noticed = {what: n for what, n in delivery.noticed.items() if what not in _COMMON}
    yield from (f"{file}: {said}" for said in say_noticed(noticed, Words("en")))
    lost = {reason: n for reason, n in delivery.reasons.items() if reason in _LOST}
    if delivery.n_kept and lost:
        yield f"{file}: {sum(lost.values()):,} of {delivery.n_rows:,} rows cannot be used ({_reasons(lost)})."


def _where(delivery, client) -> str:
    """The file, and which of its sheets or tables: several sources may read one workbook."""
    sheet = client.sources[delivery.source].sheet
    return f"{delivery.raw.path.name}, sheet {sheet!r} (source {delivery.source!r})" if sheet else delivery.raw.path.name


def _is_lost(delivery) -> bool:
    """Whether no row of a file counts, and most could not be understood."""
    n_lost = sum(n for reason, n in delivery.reasons.items() if reason in _LOST)
    return bool(delivery.n_rows) and not delivery.n_kept and 2 * n_lost > delivery.n_rows and not _no_dates(delivery)


def _nothing_counts(name, deliveries, client) -> str | None:
    """What is wrong with a source no row of which can be understood, and what to do."""
    lost = [delivery for delivery in deliveries if _is_lost(delivery)]
    if not lost or any(delivery.n_kept for delivery in deliveries):
        return None
    first, n_parts = lost[0], parts_by_blanks(lost[0].raw)
    mend = (f"Its lines have {n_parts} parts with blanks between and were read as one column: say `separator: \" \"` on source {name!r}." if n_parts else
            f"Look whether `columns:`, `headings:` and `separator:` of source {name!r} fit the file; `journey check --guess` says what its columns look like.")  # fmt: skip
    return f"sources.{name}: {_where(first, client)}: none of its {first.n_rows:,} rows counts ({_reasons(first.reasons)}). {mend}"


def _no_dates(delivery) -> str | None:
    """The headings of dates the format knows, where the file has none of them."""
    takes = [emit.take.get("occurred_at", "") for emit in delivery.format.emits if emit.table == "events"]
    keys = dict.fromkeys(key.strip() for take in takes for key in take.split("|") if key.strip() in delivery.format.fields)
    known = [header for key in keys for header in delivery.format.fields[key].headers if "*" not in header]
    there = {tidy(header) for header in delivery.raw.frame.columns}
    return " or ".join(repr(header) for header in known[:4]) if known and not any(tidy(header) in there for header in known) else None


def _reasons(reasons):
    words = Words("en")
    said = []
    for reason, n in reasons.items():
        code, _, what = reason.partition(": ")
        key = f"collect.dropped.{code}"
        said.append(f"{words.say(key, what=what) if words.has(key) else reason}: {n:,}")
    return "; ".join(said)


def _without_rule(file, delivery, client):
    """Events most of which no rule fits: they would stand outside every stage."""
    events = delivery.tables["events"]
    rule = apply_rules(events, rule_book(client, {delivery.source: delivery.format}))["rule"].to_numpy()
    n_lost = int((rule < 0).sum())
    if 2 * n_lost > len(events):
        most = count_unmatched(events, rule).iloc[0]
        yield f"{file}: no rule fits {n_lost:,} of {len(events):,} events, most often touchpoint {most['touchpoint']!r}. Write a rule for it under `rules:`."


def _out_of_time(file, moments, client):
    """Events that all lie after the data cut, or outside the period."""
    first, last = (moment.tz_convert(client.timezone).date() for moment in (moments.min(), moments.max()))
    if moments.min() > data_cut(client):
        yield f"{file}: every event lies after the data cut, as_of: {client.as_of}; the first is of {first}."
        return
    n_late = int((moments > data_cut(client)).sum())
    if n_late:
        yield f"{file}: {n_late:,} of {len(moments):,} events lie after the data cut, as_of: {client.as_of}, and are left out; the last is of {last}."
    if client.period and (last < client.period.start or first > client.period.end):
        yield f"{file}: every event lies outside the period {client.period.start} to {client.period.end}; the file spans {first} to {last}."
