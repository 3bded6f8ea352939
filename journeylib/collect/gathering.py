"""All sources of a client brought together: one identity a customer, rules applied, the log prepared, pseudonyms put on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from journeylib.client import Client
from journeylib.collect.canonical import Delivery
from journeylib.collect.deliveries import deliver, names_in
from journeylib.collect.identity import Identities, resolve
from journeylib.collect.journeys import build_journeys
from journeylib.collect.people import assign_personas, find_personas, merge_customers, place_in_journey
from journeylib.collect.prepare import Prepared, data_cut, prepare
from journeylib.collect.privacy import mask_text, pseudonyms, salt_id
from journeylib.collect.quality import source_sheets
from journeylib.collect.rules import rule_book
from journeylib.event_log import EventLog
from journeylib.schema import CANONICAL, CUSTOMERS, JOURNEYS, REGISTERS, VOICES, check, empty
from journeylib.stages import StageModel

_PEOPLE, _ACCOUNTS = "c_", "a_"
_FREE_TEXT = {"voices": ("text", "code"), "activities": ("title", "purpose", "next_step", "owner", "result"), "content": ("title", "cta"),
              "needs": ("wording",), "keywords": ("phrase",), "campaign_stats": ("name",)}  # fmt: skip


@dataclass(frozen=True)
class Gathered:
    """What `collect` writes."""

    log: EventLog
    journeys: pd.DataFrame
    customers: pd.DataFrame
    voices: pd.DataFrame
    registers: dict[str, pd.DataFrame]
    sources: pd.DataFrame
    unmatched: pd.DataFrame
    facts: dict


def gather(client: Client, model: StageModel | None, salt: bytes) -> Gathered:
    """Every source of the client, joined.

    Raises
    ------
    SourceError
        A source is missing, or is not what its format says.
    """
    deliveries = [delivery for name in client.sources for delivery in deliver(client, name)]
    people = resolve((delivery.source, delivery.person_links) for delivery in deliveries)
    accounts = resolve((delivery.source, delivery.account_links) for delivery in deliveries)
    names = frozenset().union(*(names_in(delivery) for delivery in deliveries))
    tables = {table: _identified(_stacked(deliveries, table), people, accounts) for table in CANONICAL}
    account_of = _account_of(tables)
    tables = {name: _with_account(table, account_of) for name, table in tables.items()}
    facts = _facts(deliveries, people, accounts, salt)
    events = _masked(tables["events"], ("touchpoint", "detail", "offer", "department"), names)
    prepared = prepare(events, rule_book(client, {delivery.source: delivery.format for delivery in deliveries}), client)
    voices, voice_facts = _finish_voices(tables["voices"], client, model, names)
    customers, customer_facts = _customers(tables, _told(tables["customers"], deliveries), prepared, voices, client)
    known_accounts = frozenset(events["account_id"].dropna().unique())
    journeys = build_journeys(prepared, customers, known_accounts, client)
    persona_of = customers.set_index("customer_id")["persona"]
    voices = voices.assign(persona=voices["persona"].where(voices["persona"].notna(), voices["customer_id"].map(persona_of)))
    registers = {name: _finish_register(tables[name], name, client, model, names) for name in REGISTERS if len(tables[name])}
    facts |= prepared.facts | voice_facts | customer_facts | _unit_facts(journeys, tables["events"], client)
    facts["n_exact_duplicates"] += facts.pop("n_repeated_across_files")
    return Gathered(
        _named_log(prepared.log, salt), check(_named(journeys, salt), JOURNEYS), check(_named(customers, salt), CUSTOMERS),
        check(_named(voices, salt), VOICES), registers, source_sheets(deliveries, people, accounts, client), prepared.unmatched, facts,
    )  # fmt: skip


# --- one table of all sources ---------------------------------------------------------------------------------------


def _stacked(deliveries: list[Delivery], table: str) -> pd.DataFrame:
    frames = [delivery.tables[table].assign(file=number, source_name=delivery.source) for number, delivery in enumerate(deliveries) if table in delivery.tables]
    if not frames:
        return empty(CANONICAL[table]).assign(
            file=pd.Series(dtype="int64"), source_name=pd.Series(dtype="str"), _value_only=pd.Series(dtype="object"))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _identified(table, people: Identities, accounts: Identities):
    known = {"customer_id": people, "referrer_id": people, "account_id": accounts}
    return table.assign(**{column: known[column].of(table[column].astype("str")) for column in known if column in table})


def _account_of(tables) -> pd.Series:
    """Person → the account the first source names for them."""
    pairs = [tables[name][["customer_id", "account_id"]] for name in ("customers", "events", "voices")]
    return pd.concat(pairs).dropna().drop_duplicates("customer_id").set_index("customer_id")["account_id"]


def _with_account(table, account_of):
    if "account_id" not in table or "customer_id" not in table or not len(account_of):
        return table
    return table.assign(account_id=table["account_id"].where(table["account_id"].notna(), table["customer_id"].map(account_of)).astype("str"))


def _masked(table, columns, names):
    return table.assign(value_only=table["_value_only"], **{column: mask_text(table[column], names) for column in columns})


# --- voices, customers, registers -----------------------------------------------------------------------------------


def _finish_voices(voices, client: Client, model, names):
    """Voices of the time that counts, placed in the journey, masked, each with an id: `<source>:<row>`, and `.<part>` where a row gives several."""
    voices, n_cut = _voices_in_time(voices, client)
    voices, n_unplaced = place_in_journey(voices, model)
    row = (voices["_row"] + 1).astype("string") if len(voices) else pd.Series(dtype="string")
    part = ("." + voices["_part"].astype("string")).where(voices["_part"] > 0, "") if len(voices) else pd.Series(dtype="string")
    voice_id = voices["source"].astype("string") + _file_marks(voices) + ":" + row + part
    voices = voices.assign(voice_id=voice_id, persona=find_personas(voices["persona"], client))
    voices = voices.assign(**{column: mask_text(voices[column], names) for column in _FREE_TEXT["voices"]})
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
    if client.privacy.retention_months:
        out |= said < (pd.Timestamp(client.as_of) - pd.DateOffset(months=client.privacy.retention_months)).tz_localize(client.timezone)
    if client.period:
        last = (pd.Timestamp(client.period.end) + pd.Timedelta(days=1)).tz_localize(client.timezone)
        out |= (said < pd.Timestamp(client.period.start).tz_localize(client.timezone)) | (said >= last)
    return voices[~out.fillna(False)].reset_index(drop=True), int(out.sum())


def _told(customers, deliveries) -> pd.DataFrame:
    """Customer rows of sources that tell something about customers; a mere list of ids makes nobody a customer."""
    telling = {delivery.source for delivery in deliveries for emit in delivery.format.emits if emit.table == "customers" and emit.take}
    return customers[customers["source_name"].isin(telling)] if len(customers) else customers


def _customers(tables, told, prepared: Prepared, voices, client):
    """Everybody a customer sheet tells of, or the log and the voices still hold; and how many belong to no account or no persona."""
    seen = pd.concat([
        pd.DataFrame({"customer_id": pd.Series(prepared.log.names["customer"], dtype="str")}),
        voices[["customer_id", "account_id"]],
        tables["events"][["customer_id", "account_id"]].drop_duplicates(),
        tables["customers"][["customer_id", "account_id"]],
    ])  # fmt: skip
    alive = set(prepared.log.names["customer"]) | set(voices["customer_id"].dropna()) | set(told["customer_id"].dropna())
    merged = merge_customers(told[list(CUSTOMERS.columns)], seen[seen["customer_id"].isin(alive)])
    customers, facts = assign_personas(merged, client)
    if client.market != "b2c":
        known = customers["customer_id"].isin(set(told["customer_id"].dropna()))
        facts["n_known_without_account"] = int((known & customers["account_id"].isna()).sum())
    return customers, facts


def _finish_register(table, name, client, model, names):
    if "stage" in table:
        table, _ = place_in_journey(table, model)
        table = table.assign(persona=find_personas(table["persona"], client))
    table = table.assign(**{column: mask_text(table[column], names) for column in _FREE_TEXT[name]})
    key = CANONICAL[name].key[0]
    repeated = table[key].duplicated(keep="first")
    table[key] = table[key].where(~repeated, table[key] + "-" + (table.groupby(key).cumcount() + 1).astype("string"))
    return check(table[list(CANONICAL[name].columns)], CANONICAL[name])


# --- pseudonyms -----------------------------------------------------------------------------------------------------


def _named(table, salt):
    prefixes = {"customer_id": _PEOPLE, "account_id": _ACCOUNTS}
    return table.assign(**{column: pseudonyms(table[column], salt, prefix) for column, prefix in prefixes.items() if column in table})


def _named_log(log: EventLog, salt) -> EventLog:
    customers = pseudonyms(pd.Series(log.names["customer"], dtype="str"), salt, _PEOPLE)
    return replace(log, names=log.names | {"customer": tuple(customers)})


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


def _unit_facts(journeys, events, client) -> dict:
    without = events["account_id"].isna() & events["customer_id"].isna()
    facts = {"n_events_of_unknown": int(without.sum()), "n_units": int(journeys["unit"].nunique())}
    if client.market != "b2c":
        facts["n_events_without_account"] = int(events["account_id"].isna().sum())
    return facts
