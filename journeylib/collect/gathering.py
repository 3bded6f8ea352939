"""All sources of a client brought together: one identity a customer, rules applied, the log prepared, pseudonyms put on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.collect.collected import Collected
from journeylib.collect.coverage_in_time import coverage_in_time
from journeylib.collect.customers.accounts import place_people
from journeylib.collect.customers.identity import Identities, resolve
from journeylib.collect.customers.joins import compare_sources, rows_of_nobody
from journeylib.collect.customers.people import assign_personas, find_personas, merge_customers, place_in_journey
from journeylib.collect.deliveries import deliver, names_in, without_links, without_rows
from journeylib.collect.files.reading import RawFile
from journeylib.collect.frames.distinct import are_among, code_text, distinct_pairs, first_of, is_coded, mapped, text_of_each
from journeylib.collect.frames.memory import give_memory_back
from journeylib.collect.frames.stacking import stack
from journeylib.collect.log.journeys import build_journeys
from journeylib.collect.log.prepare import EVENT_TEXTS, Prepared, data_cut, only_accounts_count, prepare
from journeylib.collect.log.rules import rule_book
from journeylib.collect.privacy import (
    Names,
    consent_to_quote,
    free_text_columns,
    mask_text,
    oldest_kept,
    pseudonyms,
    pseudonyms_of_distinct,
    salt_id,
    without_old_rows,
)
from journeylib.collect.quality import source_sheets
from journeylib.collect.rows.canonical import Delivery
from journeylib.event_log import read_log, write_log
from journeylib.schema import CANONICAL, CUSTOMERS, JOURNEYS, REGISTERS, VOICES, check, empty
from journeylib.stages import StageModel

_PEOPLE, _ACCOUNTS = "c_", "a_"
_FREE_TEXT = {name: free_text_columns(table) for name, table in CANONICAL.items()}


def gather(client: Client, model: StageModel | None, salt: bytes, answers: Mapping[str, RawFile], log_file: Path | None = None) -> Collected:
    """Every source of the client, joined.

    Parameters
    ----------
    answers : what servers gave to the sources' queries, by source.
    log_file : where to write the log as soon as it is prepared, so that a large one need not be held; None = nowhere.

    Raises
    ------
    SourceError
        A source is missing, or is not what its format says.
    """
    deliveries = [delivery for name in client.sources for delivery in deliver(client, name, answers)]
    names = Names.of(frozenset().union(*(names_in(delivery) for delivery in deliveries)))
    in_time = coverage_in_time(deliveries, client.timezone)
    deliveries = [without_rows(delivery) for delivery in deliveries]
    give_memory_back()
    people = resolve((delivery.source, delivery.person_links) for delivery in deliveries)
    accounts = resolve((delivery.source, delivery.account_links) for delivery in deliveries)
    deliveries = [without_links(delivery) for delivery in deliveries]
    sheets = source_sheets(deliveries, people, accounts, client)
    placed = place_people(deliveries, people, accounts, client)
    nobody = rows_of_nobody(deliveries)
    tables = {table: _identified(_stacked(deliveries, table), people, accounts) for table in CANONICAL}
    joined = compare_sources(deliveries, people, accounts, placed, tables["customers"], nobody, client, salt)
    tables = {name: _with_account(table, placed.account_of) for name, table in tables.items()}
    facts = _facts(deliveries, people, accounts, salt) | {f"n_placed_by_{rule}": n for rule, n in placed.n_by_rule.items()}
    del people, accounts, placed
    seen, event_facts, known_accounts = _seen_in(tables), _event_facts(tables["events"], client), _known(tables["events"]["account_id"])
    book, told = rule_book(client, {delivery.source: delivery.format for delivery in deliveries}), _told(tables["customers"], deliveries, names)
    del deliveries
    give_memory_back()
    naming = _Naming(salt)
    prepared = _on_disk(prepare(_masked(tables.pop("events"), _FREE_TEXT["events"], names), book, client), naming, log_file)
    give_memory_back()
    voices, voice_facts = _finish_voices(tables["voices"], client, model, names)
    customers, customer_facts = _customers(seen, told, prepared, voices, client)
    del seen
    journeys = check(naming.name(build_journeys(prepared, customers, known_accounts, client)), JOURNEYS)
    persona_of = customers.set_index("customer_id")["persona"]
    voices = voices.assign(persona=voices["persona"].where(voices["persona"].notna(), mapped(voices["customer_id"], persona_of)))
    registers = {name: _finish_register(tables[name], name, client, model, names) for name in REGISTERS if len(tables[name])}
    facts |= prepared.facts | voice_facts | customer_facts | event_facts | {"n_units": int(journeys["unit"].nunique())}
    facts["n_exact_duplicates"] += facts.pop("n_repeated_across_files")
    return Collected(
        client, model, prepared.log, journeys, check(naming.name(customers), CUSTOMERS), check(naming.name(voices), VOICES), registers, sheets, prepared.unmatched,
        joined.joins, joined.identities, joined.conflicts, in_time, facts, names.hashed(salt),
    )  # fmt: skip


# --- one table of all sources ---------------------------------------------------------------------------------------


def _stacked(deliveries: list[Delivery], table: str) -> pd.DataFrame:
    """One canonical table of all deliveries, which give it away. Of events only what the log needs, coded."""
    frames = [_of_delivery(delivery, number, table) for number, delivery in enumerate(deliveries) if table in delivery.tables]
    if not frames:
        return empty(CANONICAL[table]).assign(
            file=pd.Series(dtype="int64"), source_name=pd.Series(dtype="str"), _value_only=pd.Series(dtype="object"))  # fmt: skip
    return stack(frames)


def _of_delivery(delivery, number, table):
    frame = delivery.tables.pop(table)
    if table != "events":
        return frame.assign(file=number, source_name=delivery.source)
    return frame.assign(file=np.broadcast_to(np.int32(number), len(frame)), **{name: code_text(frame[name]) for name in (*EVENT_TEXTS, "_value_only")})


def _identified(table, people: Identities, accounts: Identities):
    known = {"customer_id": people, "referrer_id": people, "account_id": accounts}
    return table.assign(**{column: known[column].of(_plain(table[column])) for column in known if column in table})


def _with_account(table, account_of):
    if "account_id" not in table or "customer_id" not in table or not len(account_of):
        return table
    found = text_of_each(table["customer_id"], ("account", id(account_of)), lambda people: account_of.reindex(people).reset_index(drop=True))
    return table.assign(account_id=_plain(first_of(table["account_id"], found)))


def _masked(table, columns, names):
    return table.assign(value_only=table["_value_only"], **{column: _masked_text(table[column], names) for column in columns})


def _masked_text(values, names):
    return text_of_each(values, ("masked", id(names)), lambda texts: mask_text(pd.Series(texts), names), dtype="string")


def _plain(values):
    return values if is_coded(values) else values.astype("str")


def _known(values) -> frozenset[str]:
    return frozenset(values.dropna().unique())


# --- voices, customers, registers -----------------------------------------------------------------------------------


def _finish_voices(voices, client: Client, model, names):
    """Voices of the time that counts, placed in the journey, masked, each with an id: `<source>:<row>`, and `.<part>` where a row gives several."""
    voices, n_cut = _voices_in_time(voices, client)
    voices, n_unplaced = place_in_journey(voices, model)
    row = (voices["_row"] + 1).astype("string") if len(voices) else pd.Series(dtype="string")
    part = ("." + voices["_part"].astype("string")).where(voices["_part"] > 0, "") if len(voices) else pd.Series(dtype="string")
    voice_id = voices["source"].astype("string") + _file_marks(voices) + ":" + row + part
    voices = voices.assign(voice_id=voice_id, persona=find_personas(voices["persona"], client))
    voices = voices.assign(**{column: mask_text(voices[column], names) for column in _FREE_TEXT["voices"]}, has_consent=consent_to_quote(voices))
    facts = {"n_voices": len(voices), "n_voices_out_of_time": n_cut, "n_voices_unplaced": n_unplaced}
    return check(voices[list(VOICES.columns)], VOICES), facts


def _file_marks(voices) -> pd.Series:
    """Empty for a source's first file, `/2` for its second …"""
    files = voices[["source", "file"]].drop_duplicates()
    numbers = files.groupby("source").cumcount() + 1
    marks = {file: "" if number == 1 else f"/{number}" for file, number in zip(files["file"], numbers, strict=True)}
    return voices["file"].map(marks).astype("string")


def _voices_in_time(voices, client):
    """Leave out what was said after the data cut, outside the period, or longer ago than may be kept; undated voices stay."""
    said = voices["said_at"]
    out = said > data_cut(client)
    oldest = oldest_kept(client)
    if oldest is not None:
        out |= said < oldest
    if client.period:
        last = (pd.Timestamp(client.period.end) + pd.Timedelta(days=1)).tz_localize(client.timezone)
        out |= (said < pd.Timestamp(client.period.start).tz_localize(client.timezone)) | (said >= last)
    return voices[~out.fillna(False)].reset_index(drop=True), int(out.sum())


def _told(customers, deliveries, names) -> pd.DataFrame:
    """Customer rows of sources that tell something about customers; a mere list of ids makes nobody a customer."""
    telling = {delivery.source for delivery in deliveries for emit in delivery.format.emits if emit.table == "customers" and emit.take}
    told = customers[customers["source_name"].isin(telling)] if len(customers) else customers
    return told.assign(**{column: mask_text(told[column], names) for column in _FREE_TEXT["customers"]})


def _seen_in(tables) -> pd.DataFrame:
    """Every customer and account that stand together in an event or on a customer list."""
    return pd.concat([distinct_pairs(tables[name]["customer_id"], tables[name]["account_id"]) for name in ("events", "customers")])


def _customers(seen, told, prepared: Prepared, voices, client):
    """Everybody a customer sheet tells of, or the log and the voices still hold; and how many belong to no account or no persona."""
    seen = pd.concat([voices[["customer_id", "account_id"]], seen])
    alive = pd.concat([prepared.customers, voices["customer_id"], told["customer_id"]]).dropna()
    merged = merge_customers(told[list(CUSTOMERS.columns)], seen[are_among(seen["customer_id"], alive)])
    customers, facts = assign_personas(merged, client)
    if client.market != "b2c":
        known = customers["customer_id"].isin(set(told["customer_id"].dropna()))
        facts["n_known_without_account"] = int((known & customers["account_id"].isna()).sum())
    return customers, facts


def _finish_register(table, name, client, model, names):
    table = without_old_rows(table, name, client)
    if "stage" in table:
        table, _ = place_in_journey(table, model)
        table = table.assign(persona=find_personas(table["persona"], client))
    table = table.assign(**{column: mask_text(table[column], names) for column in _FREE_TEXT[name]})
    key = CANONICAL[name].key[0]
    repeated = table[key].duplicated(keep="first")
    table[key] = table[key].where(~repeated, table[key] + "-" + (table.groupby(key).cumcount() + 1).astype("string"))
    return check(table[list(CANONICAL[name].columns)], CANONICAL[name])


# --- pseudonyms -----------------------------------------------------------------------------------------------------


def _on_disk(prepared: Prepared, naming: _Naming, file: Path | None) -> Prepared:
    """The log under pseudonyms, written and read back."""
    log = prepared.log.renamed("customer", naming.of(prepared.customers, _PEOPLE, are_distinct=True))
    if file is None:
        return replace(prepared, log=log)
    write_log(log, file)
    return replace(prepared, log=read_log(file))


class _Naming:
    """Pseudonyms for several tables that tell of the same people: log, journeys and customers mostly know them in one order."""

    def __init__(self, salt: bytes):
        self.salt, self.made = salt, {}

    def of(self, identities: pd.Series, prefix: str, *, are_distinct: bool = False) -> pd.Series:
        plain = identities.reset_index(drop=True).astype("str")
        known, named = self.made.get(prefix, (None, None))
        if known is None or not known.equals(plain):
            named = (pseudonyms_of_distinct if are_distinct else pseudonyms)(plain, self.salt, prefix)
            self.made[prefix] = plain, named
        return named.set_axis(identities.index)

    def name(self, table: pd.DataFrame) -> pd.DataFrame:
        prefixes = {"customer_id": _PEOPLE, "account_id": _ACCOUNTS}
        return table.assign(**{column: self.of(table[column], prefix) for column, prefix in prefixes.items() if column in table})


# --- what was left out ----------------------------------------------------------------------------------------------


def _facts(deliveries, people, accounts, salt) -> dict:
    reasons: dict[str, int] = {}
    for delivery in deliveries:
        for reason, n in delivery.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + n
    return {
        "salt_id": salt_id(salt), "n_rows": sum(delivery.n_rows for delivery in deliveries),
        "n_exact_duplicates": reasons.get("duplicate", 0), "n_no_customer": reasons.get("no_customer", 0),
        "n_no_moment": reasons.get("no_moment", 0), "n_bad_moments": reasons.get("bad_moment", 0), "n_filtered": reasons.get("filtered", 0),
        "n_conditions": sum(n for reason, n in reasons.items() if reason.startswith("condition:")),
        "n_broken_lines": reasons.get("broken_line", 0),
        "n_unreadable_scores": sum(delivery.unreadable.get("score", 0) for delivery in deliveries),
        "n_people": people.n, "n_linked_people": people.n_linked, "n_people_in_one_source": people.n_in_one_source,
        "n_people_in_several_sources": people.n_in_several, "n_doubtful_people": people.n_doubtful,
        "n_accounts": accounts.n,
    }  # fmt: skip


def _event_facts(events, client) -> dict:
    without = events["account_id"].isna() & events["customer_id"].isna()
    facts = {"n_events_of_unknown": int(without.sum())}
    if only_accounts_count(client, events["account_id"]):
        facts["n_events_without_account"] = int(events["account_id"].isna().sum())
    return facts
