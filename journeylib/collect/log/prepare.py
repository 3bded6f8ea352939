"""Canonical events → the prepared log: repeats out, rules applied, cut, sorted by journey and time, coded as integers.

Order of equal moments: the order of the sources in the parameters, then of the files by name, then of the rows in the file.
Codes follow the alphabet of the raw content, never that of pseudonyms, so nothing depends on the salt.

Everything works on codes, one column at a time, and lets a column go once it stands in order: that bounds the memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.collect.frames.distinct import are_used, code_text, first_of, from_codes, is_coded, look_up, once, text_of_each
from journeylib.collect.frames.memory import give_memory_back
from journeylib.collect.frames.ordering import alphabet_of, fill_within, order_by, order_by_group
from journeylib.collect.frames.repeats import mix
from journeylib.collect.log.rules import RuleBook, apply_rules, count_unmatched
from journeylib.collect.values.conditions import matches
from journeylib.errors import SourceError
from journeylib.event_log import CODED, EventLog, narrow
from journeylib.schema import EVENTS, INITIATORS, OUTCOMES

#: The columns of text of canonical events.
EVENT_TEXTS = tuple(name for name, column in EVENTS.columns.items() if column.type == "text")
_COLUMN = {name: name for name in CODED} | {"customer": "customer_id"}
#: What is put in order; the rest has done its part by then.
_SORTED = {*_COLUMN.values(), "referrer_id", "at_us", "value", "rule", "atom", "outcome", "value_only"}
#: What a run is, where it is not the unit's whole way.
_RUN = {"offer": "offer", "key": "journey_key"}


@dataclass(frozen=True)
class Prepared:
    """The log before its customers have names, the raw words for customers and units, and what was left out and why.

    Attributes
    ----------
    customers : name of each customer, by the log's code, in alphabetical order.
    units : name of each unit, by unit code, in alphabetical order. unit_of : unit code, one a journey.
    has_referrer : one an event; None where no source tells who referred whom.
    """

    log: EventLog
    customers: pd.Series
    units: pd.Index
    unit_of: np.ndarray
    has_referrer: np.ndarray | None
    unmatched: pd.DataFrame
    facts: dict[str, int]


def prepare(events: pd.DataFrame, book: RuleBook, client: Client) -> Prepared:
    """The prepared log of a client.

    Parameters
    ----------
    events : canonical events in source order, identities resolved to raw names, with `file` (number of the file) and `value_only`.
    """
    columns = code_events(events)
    del events
    repeated = _repeated_across_files(columns)
    columns["unit"] = _units(columns, client)
    at = columns.pop("occurred_at").to_numpy(dtype="datetime64[us]").astype("int64")
    in_time, facts = _cut(at, columns["unit"], client, repeated)
    facts["tells_referrers"] = bool(columns["referrer_id"][~repeated].notna().any())
    decided = apply_rules(pd.DataFrame(columns, copy=False), book)
    columns |= {"at_us": at, "rule": decided["rule"].to_numpy(), "atom": decided["atom"].to_numpy(), "outcome": decided["outcome"].to_numpy()}
    del decided, at
    names = columns["unit"].cat.categories
    journey, unit_of, sorted_ = _sorted(columns, in_time, book, client)
    give_memory_back()
    in_period, facts = _cut_to_period(sorted_["at_us"], client, facts)
    if not in_period.all():
        journey, sorted_ = journey[in_period], {name: values[in_period] for name, values in sorted_.items()}
    of_offer = _of_offer(journey, sorted_["offer"], client)
    facts["n_of_other_offers"] = int((~of_offer).sum())
    if not of_offer.all():
        journey, sorted_ = journey[of_offer], {name: values[of_offer] for name, values in sorted_.items()}
    facts |= {"n_events": len(journey), "n_unmatched": int((sorted_["rule"] < 0).sum())}
    return _finished(journey, unit_of, names, sorted_, client, facts)


def code_events(events: pd.DataFrame) -> dict[str, pd.Series]:
    """The columns of canonical events, those of text coded; a column no text stands in is coded, too."""
    return {name: code_text(events[name]) if name in (*EVENT_TEXTS, "value_only") else events[name] for name in events}


def data_cut(client: Client) -> pd.Timestamp:
    """The last microsecond of the day of the data cut, in the client's zone, as UTC."""
    return _day_start(client.as_of, client, 1) - pd.Timedelta(1, "us")


def _day_start(day, client, later=0) -> pd.Timestamp:
    return (pd.Timestamp(day) + pd.Timedelta(days=later)).tz_localize(client.timezone).tz_convert("UTC").as_unit("us")


def _repeated_across_files(columns) -> np.ndarray:
    """Events that two files of one source both hold, but the first time: the nth equal event of one file is the nth of the other."""
    n = len(columns["source"])
    file = columns["file"].to_numpy()
    repeated = np.zeros(n, dtype=bool)
    if not n or file.min() == file.max():
        return repeated
    pairs = pd.DataFrame({"source": columns["source"].cat.codes, "file": file}).drop_duplicates()
    several = pairs["source"].value_counts()
    rows = np.flatnonzero(np.isin(columns["source"].cat.codes.to_numpy(), several.index[several > 1].to_numpy()))
    hashes = None
    for name in (name for name in EVENTS.columns if name in columns):
        hashes = mix(hashes, (_cell_bits(columns[name].iloc[rows]),) * 2, len(rows))
    event = pd.DataFrame({"one": hashes[0], "other": hashes[1]}, index=rows)
    event["nth"] = event.assign(file=file[rows]).groupby(["one", "other", "file"], sort=False).cumcount()
    repeated[rows] = event.duplicated().to_numpy()
    return repeated


def _cell_bits(values) -> np.ndarray:
    if is_coded(values):
        return values.cat.codes.to_numpy().astype("int64").view("uint64")
    if values.dtype.kind == "f":
        return np.where(values.isna(), np.float64(-0.0), values.to_numpy(dtype="float64") + 0.0).view("uint64")
    return values.to_numpy(dtype="datetime64[us]").view("uint64")


# --- codes ----------------------------------------------------------------------------------------------------------


def _units(columns, client) -> pd.Series:
    """The unit of analysis of each event: the person in B2C, the account in B2B; the run itself where nobody is known.

    In B2B a person nobody can place in an account is no unit and is left out, counted as `n_events_without_account`; with
    `market: both`, with runs (`journey: key`) or where no account is known at all, such a person stands for itself.
    """
    person, account, key = columns["customer_id"], columns["account_id"], columns["journey_key"]
    if only_accounts_count(client, account):
        return account
    unit = first_of(person, account) if client.market == "b2c" else first_of(account, person)
    if client.journey == "key" and key.notna().any() and unit.isna().any():
        known = pd.DataFrame({"key": key, "unit": unit}).dropna().drop_duplicates("key").astype("str").set_index("key")["unit"]
        unit = first_of(unit, text_of_each(key, "unit of the run", lambda keys: known.reindex(keys).reset_index(drop=True)))
    return first_of(unit, text_of_each(key, "the run itself", lambda keys: [f"run:{key}" for key in keys]))


def only_accounts_count(client, account: pd.Series) -> bool:
    """Whether a person nobody can place in an account is no unit: in B2B, where any account is known and runs have no names of their own."""
    return bool(client.market == "b2b" and client.journey != "key" and account.notna().any())


def _alphabetical(values) -> tuple[np.ndarray, pd.Index]:
    """Codes into the names in alphabetical order, −1 = missing; and those names."""
    place = once(values.cat.categories, "alphabet", alphabet_of)
    return look_up(place, values.cat.codes.to_numpy()), values.cat.categories


# --- cuts -----------------------------------------------------------------------------------------------------------


def _cut(at, unit, client, repeated):
    """Leave out what is held twice, what lies after the data cut or is older than may be kept, and what belongs to nobody."""
    after = (at > _us(data_cut(client))) & ~repeated
    old = np.zeros(len(at), dtype=bool)
    if client.privacy.retention_months:
        oldest = _day_start(pd.Timestamp(client.as_of) - pd.DateOffset(months=client.privacy.retention_months), client)
        old = (at < _us(oldest)) & ~repeated & ~after
    facts = {"n_repeated_across_files": int(repeated.sum()), "n_after_cut": int(after.sum()), "n_too_old": int(old.sum())}
    return ~repeated & ~after & ~old & unit.notna().to_numpy(), facts


def _us(moment) -> int:
    return (moment - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(1, "us")


def _cut_to_period(at, client, facts):
    """Leave out what lies outside the report's period; what came before it has already decided what is a repeat."""
    if client.period is None:
        return np.ones(len(at), dtype=bool), facts | {"n_before_period": 0, "n_after_period": 0}
    before, after = at < _us(_day_start(client.period.start, client)), at >= _us(_day_start(client.period.end, client, 1))
    return ~before & ~after, facts | {"n_before_period": int(before.sum()), "n_after_period": int(after.sum())}


def _of_offer(journey, offer, client) -> np.ndarray:
    """Events of the journeys to the offer the report is about: a journey is to one offer, which any of its events may name."""
    if client.only_offer is None or not len(journey):
        return np.ones(len(journey), dtype=bool)
    of_it = matches(offer, client.only_offer)
    if not of_it.any():
        known = sorted(map(str, offer.dropna().unique()))[:5]
        raise SourceError(f"only_offer: no event names an offer like {client.only_offer!r}. Found: {', '.join(known) or 'no offer at all'}. "
                          "Name one of them, or take the column in as `offer` under `columns:`.")  # fmt: skip
    return np.bincount(journey, weights=of_it, minlength=journey[-1] + 1)[journey] > 0


# --- order ----------------------------------------------------------------------------------------------------------


def _sorted(columns, in_time, book: RuleBook, client) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray | pd.Series]]:
    """The journey of each event, the unit of each journey, and the events by unit, run, moment and source order, with the atom of repeats in place.

    `columns` is emptied as it goes.
    """
    for name in set(columns) - _SORTED - {"unit", _RUN.get(client.journey)}:
        del columns[name]
    rows = np.flatnonzero(in_time).astype("int32")
    alphabet = once(columns["unit"].cat.categories, "alphabet", alphabet_of)[:-1]
    unit = look_up(_alphabetical(columns.pop("unit"))[0], rows)
    place = order_by(unit, columns["at_us"] if in_time.all() else look_up(columns["at_us"], rows))
    unit, rows = look_up(unit, place), look_up(rows, place)
    del place
    start = _starts(unit)
    if client.journey in _RUN:
        run = fill_within(_alphabetical(columns[_RUN[client.journey]])[0][rows], np.flatnonzero(start)) + 1
        place = order_by_group(_dense(unit.astype("int64") * (int(run.max(initial=0)) + 1) + run))
        unit, run, rows = unit[place], run[place], rows[place]
        start = _starts(unit) | _starts(run)
    journey, unit_of = np.cumsum(start, dtype="int32") - 1, np.argsort(alphabet)[unit[start]]
    del unit, start
    sorted_ = {name: _taken(columns.pop(name), rows) for name in list(columns)}
    _mark_repeats(journey, sorted_, book)
    won_only = (sorted_.pop("value_only") == "won").to_numpy()
    sorted_["value"] = np.where(won_only & (sorted_["outcome"] != OUTCOMES.index("won")), np.nan, sorted_["value"]) if won_only.any() else sorted_["value"]
    return journey, unit_of, sorted_


def _starts(values) -> np.ndarray:
    new = np.ones(len(values), dtype=bool)
    new[1:] = values[1:] != values[:-1]
    return new


def _dense(keys) -> np.ndarray:
    return np.unique(keys, return_inverse=True)[1]


def _taken(values, rows):
    if isinstance(values, pd.Series) and is_coded(values):
        return from_codes(look_up(values.cat.codes.to_numpy(), rows), values.dtype)
    return look_up(np.asarray(values), rows)


def _mark_repeats(journey, sorted_, book) -> None:
    """The atom of `again` from the second event of its rule in a journey on."""
    again = book.again()[sorted_["rule"]]
    candidates = np.flatnonzero(again >= 0)
    events = pd.DataFrame({"journey": journey[candidates], "rule": sorted_["rule"][candidates]})
    later = candidates[events.duplicated().to_numpy()]
    sorted_["atom"][later] = again[later]


# --- the finish -----------------------------------------------------------------------------------------------------


def _finished(journey, unit_of, unit_names, sorted_, client, facts) -> Prepared:
    """The log with codes that name only what is in it."""
    new = _starts(journey)
    units, unit_names = _without_gaps(unit_of[journey[new]], unit_names)
    journey = np.cumsum(new, dtype="int32") - 1
    unmatched = _unmatched(sorted_)
    has_referrer = sorted_["referrer_id"].notna().to_numpy() if facts.pop("tells_referrers") else None
    coded, kept, customers = {}, {}, None
    for column in CODED:
        values = sorted_.pop(_COLUMN[column])
        coded[column], names = _compact(values) if column != "initiator" else (_fixed(values, INITIATORS), INITIATORS)
        coded[column], kept[column] = narrow(coded[column]), () if column == "customer" else tuple(names)
        customers = pd.Series(names.array) if column == "customer" else customers
    log = EventLog(journey=journey, at_us=sorted_["at_us"], atom=sorted_["atom"], outcome=sorted_["outcome"], value=sorted_["value"], **coded, names=kept,
                   as_of_us=_us(data_cut(client)))  # fmt: skip
    return Prepared(log, customers, unit_names, units, has_referrer, unmatched, facts)


def _unmatched(sorted_) -> pd.DataFrame:
    lost = np.flatnonzero(sorted_["rule"] < 0)
    return count_unmatched(pd.DataFrame({name: sorted_[name].iloc[lost] for name in ("source", "touchpoint", "detail")}), np.full(len(lost), -1))


def _compact(values) -> tuple[np.ndarray, pd.Index]:
    """Codes into the names somebody bears, in alphabetical order; and those names."""
    return _without_gaps(values.cat.codes.to_numpy(), values.cat.categories)


def _without_gaps(codes, names) -> tuple[np.ndarray, pd.Index]:
    order = np.argsort(once(names, "alphabet", alphabet_of)[:-1])
    used = order[are_used(codes, len(names))[order]]
    place = np.full(len(names) + 1, -1, dtype="int32")
    place[used] = np.arange(len(used), dtype="int32")
    return look_up(narrow(place), codes), _named(names, used)


def _named(names, used) -> pd.Index:
    """The names of the used codes; where customers are the units, they are one and the same."""
    known = once(names, "named", lambda names: [])
    found = next((named for places, named in known if np.array_equal(places, used)), None)
    if found is None:
        found = pd.Index(names.array.take(used))
        known.append((used, found))
    return found


def _fixed(values, known) -> np.ndarray:
    place = np.array([*(known.index(name) if name in known else -1 for name in values.cat.categories), -1], dtype="int32")
    return look_up(place, values.cat.codes.to_numpy())
