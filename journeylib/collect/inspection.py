"""What `journey check` says of a client's sources: what stands in the way of a report, and what is there and yet counts for nothing."""

from __future__ import annotations

from journeylib.client import Client
from journeylib.collect.canonical import Delivery
from journeylib.collect.deliveries import deliver
from journeylib.collect.prepare import data_cut
from journeylib.collect.rules import apply_rules, count_unmatched, rule_book
from journeylib.errors import JourneyError
from journeylib.wording import Words


def inspect_sources(client: Client) -> tuple[list[str], list[str]]:
    """Sources that cannot be read, and files that are read but give nothing: a sentence each, in the order of the parameters."""
    problems, remarks = [], []
    for name in client.sources:
        try:
            remarks += [remark for delivery in deliver(client, name) for remark in _remarks(delivery, client)]
        except JourneyError as error:
            problems.append(f"sources.{name}: {error}")
    return problems, remarks


def _remarks(delivery: Delivery, client):
    file = delivery.raw.path.name
    if not delivery.n_rows:
        yield f"{file}: has headings and no row."
    elif not delivery.n_kept:
        yield f"{file}: none of its {delivery.n_rows:,} rows counts ({_reasons(delivery)})."
    elif "events" in delivery.tables and len(delivery.tables["events"]):
        if delivery.reasons.get("duplicate"):
            yield (f"{file}: {delivery.reasons['duplicate']:,} of {delivery.n_rows:,} rows equal another in every cell and are left out. "
                   f"If they are real, say `duplicates: keep` on source {delivery.source!r}.")  # fmt: skip
        yield from _out_of_time(file, delivery.tables["events"]["occurred_at"], client)
        yield from _without_rule(file, delivery, client)


def _reasons(delivery):
    words = Words("en")
    said = []
    for reason, n in delivery.reasons.items():
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
    elif client.period and (last < client.period.start or first > client.period.end):
        yield f"{file}: every event lies outside the period {client.period.start} to {client.period.end}; the file spans {first} to {last}."
