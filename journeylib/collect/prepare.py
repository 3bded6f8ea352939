"""Canonical events → the prepared log: repeats out, rules applied, cut, sorted by journey and time, coded as integers.

Order of equal moments: the order of the sources in the parameters, then of the files by name, then of the rows in the file.
Codes follow the alphabet of the raw content, never that of pseudonyms, so nothing depends on the salt.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from journeylib.client import Client
from journeylib.collect.rules import RuleBook, apply_rules, count_unmatched
from journeylib.event_log import CODED, EventLog
from journeylib.schema import EVENTS, INITIATORS

_CODES = {name: name for name in CODED} | {"customer": "customer_id", "referrer": "referrer_id", "offer": "offer", "key": "journey_key"}
_FEW_VALUES = ("source", "touchpoint", "detail", "channel", "offer", "initiator", "department")
_RUN = {
    "unit": "0",
    "offer": "coalesce(offer, {next}, {last}, -1)",
    "key": "coalesce(key, {next}, {last}, -1)",
}
_WINDOW = "over (partition by unit order by at_us, seq rows between {span})"


@dataclass(frozen=True)
class Prepared:
    """The log, with identities still in the raw words: `customer` names, units, and what was left out and why.

    Attributes
    ----------
    units : name of each unit, by unit code. unit_of, run_of : unit code and run code, one a journey.
    has_referrer : one an event; None where no source tells who referred whom.
    """

    log: EventLog
    units: np.ndarray
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
    n_all = len(events)
    events = _without_repeats(events).reset_index(drop=True)
    facts = {"n_repeated_across_files": n_all - len(events)}
    events = events.astype(dict.fromkeys(_FEW_VALUES, "category"))
    decided = apply_rules(events, book)
    coded, names = _coded(events, client)
    coded = coded.assign(rule=decided["rule"], atom=decided["atom"], outcome=decided["outcome"])
    in_time, facts = _cut(coded, client, facts)
    sorted_ = _sorted(coded[in_time], book, client)
    in_period, facts = _cut_to_period(sorted_, client, facts)
    sorted_ = {name: values[in_period] for name, values in sorted_.items()}
    seq = sorted_["seq"]
    facts |= {"n_events": len(seq), "n_unmatched": int((sorted_["rule"] < 0).sum())}
    unmatched = count_unmatched(events.iloc[np.sort(seq)], decided["rule"].to_numpy()[np.sort(seq)])
    return _finished(sorted_, names, client, unmatched, facts)


def data_cut(client: Client) -> pd.Timestamp:
    """The last microsecond of the day of the data cut, in the client's zone, as UTC."""
    return _day_start(client.as_of, client, 1) - pd.Timedelta(1, "us")


def _day_start(day, client, later=0) -> pd.Timestamp:
    return (pd.Timestamp(day) + pd.Timedelta(days=later)).tz_localize(client.timezone).tz_convert("UTC").as_unit("us")


def _without_repeats(events):
    """Events that two files of one source both hold, once: the nth equal event of one file is the nth of the other."""
    several = events.groupby("source")["file"].transform("nunique") > 1 if len(events) else pd.Series(dtype=bool)
    if not several.any():
        return events
    columns = [column for column in EVENTS.columns if column in events]
    some = events.loc[several, columns].astype("string").fillna("")
    nth = some.assign(file=events["file"]).groupby([*columns, "file"], sort=False).cumcount()
    repeated = some.assign(nth=nth).duplicated()
    return events.drop(index=repeated.index[repeated])


# --- codes ----------------------------------------------------------------------------------------------------------


def _coded(events, client) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Every text column as codes into its names in alphabetical order; −1 = missing. Units and runs included."""
    coded, names = {"seq": np.arange(len(events), dtype="int64")}, {}
    for name, column in _CODES.items():
        coded[name], names[name] = _codes(events[column]) if name != "initiator" else _fixed(events[column], INITIATORS)
    coded["unit"], names["unit"] = _codes(_units(events, client))
    coded["at_us"] = events["occurred_at"].to_numpy(dtype="datetime64[us]").astype("int64")
    coded["value"] = events["value"].to_numpy(dtype="float64")
    coded["won_only"] = (events["value_only"] == "won").to_numpy(dtype=bool)
    return pd.DataFrame(coded), names


def _codes(values) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.remove_unused_categories()
        order = np.argsort(values.cat.categories.to_numpy(dtype=object), kind="stable")
        place = np.append(np.argsort(order), -1)
        return place[values.cat.codes.to_numpy()].astype("int32"), values.cat.categories.to_numpy(dtype=object)[order]
    codes, distinct = pd.factorize(values)
    return _codes(pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(distinct))))


def _fixed(values, known):
    return pd.Categorical(values.astype("object"), categories=list(known)).codes.astype("int32"), np.array(known, dtype=object)


def _units(events, client) -> pd.Series:
    """The unit of analysis of each event: the person in B2C, the account in B2B; the run itself where nobody is known.

    In B2B a person nobody can place in an account is no unit and is left out, counted as `n_events_without_account`; with
    `market: both`, with runs (`journey: key`) or where no account is known at all, such a person stands for itself.
    """
    person, account, key = events["customer_id"], events["account_id"], events["journey_key"]
    if client.market == "b2b" and client.journey != "key" and account.notna().any():
        return account
    unit = person.where(person.notna(), account) if client.market == "b2c" else account.where(account.notna(), person)
    if client.journey == "key" and key.notna().any() and unit.isna().any():
        known = pd.DataFrame({"key": key, "unit": unit}).dropna().drop_duplicates("key").set_index("key")["unit"]
        unit = unit.where(unit.notna(), key.map(known))
    return unit.where(unit.notna(), ("run:" + key.astype("str")).where(key.notna()))


# --- cuts -----------------------------------------------------------------------------------------------------------


def _cut(coded, client, facts):
    """Leave out what lies after the data cut or is older than may be kept."""
    at, cut = coded["at_us"].to_numpy(), data_cut(client)
    after = at > _us(cut)
    old = np.zeros(len(at), dtype=bool)
    if client.privacy.retention_months:
        oldest = _day_start(pd.Timestamp(client.as_of) - pd.DateOffset(months=client.privacy.retention_months), client)
        old = at < _us(oldest)
    nobody = coded["unit"].to_numpy() < 0
    facts |= {"n_after_cut": int(after.sum()), "n_too_old": int((old & ~after).sum())}
    return ~after & ~old & ~nobody, facts


def _us(moment) -> int:
    return (moment - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(1, "us")


def _cut_to_period(sorted_, client, facts):
    """Leave out what lies outside the report's period; what came before it has already decided what is a repeat."""
    at = sorted_["at_us"]
    if client.period is None:
        return np.ones(len(at), dtype=bool), facts | {"n_before_period": 0, "n_after_period": 0}
    before, after = at < _us(_day_start(client.period.start, client)), at >= _us(_day_start(client.period.end, client, 1))
    return ~before & ~after, facts | {"n_before_period": int(before.sum()), "n_after_period": int(after.sum())}


# --- order ----------------------------------------------------------------------------------------------------------


def _sorted(coded, book: RuleBook, client) -> dict[str, np.ndarray]:
    """The events by unit, run, moment and source order, with the atom of repeats in place."""
    column = {"offer": "offer", "key": "key"}.get(client.journey, "key")
    following = f"first_value({column} ignore nulls) " + _WINDOW.format(span="current row and unbounded following")
    before = f"last_value({column} ignore nulls) " + _WINDOW.format(span="unbounded preceding and current row")
    run = _RUN[client.journey].format(next=following, last=before)
    plain = ", ".join(name for name in coded if name not in ("offer", "key"))
    sql = f"""
        with events as (select {plain}, nullif(offer, -1) as offer, nullif(key, -1) as key from coded),
             placed as (select *, {run} as run from events)
        select *, row_number() over (partition by unit, run, rule order by at_us, seq) as nth from placed order by unit, run, at_us, seq
    """
    table = pa.Table.from_pandas(coded, preserve_index=False)
    with duckdb.connect() as connection:
        connection.register("coded", table)
        result = connection.execute(sql).fetchnumpy()
    arrays = {name: np.ma.filled(values, -1) if name != "value" else np.ma.filled(values, np.nan) for name, values in result.items()}
    again = book.again()[arrays["rule"]]
    arrays["atom"] = np.where((arrays["nth"] > 1) & (again >= 0), again, arrays["atom"]).astype("int8")
    arrays["value"] = np.where(arrays["won_only"].astype(bool) & (arrays["outcome"] != 1), np.nan, arrays["value"])
    return arrays


# --- the finish -----------------------------------------------------------------------------------------------------


def _finished(sorted_, names, client, unmatched, facts) -> Prepared:
    """The log with codes that name only what is in it."""
    unit, run = sorted_["unit"], sorted_["run"]
    new = np.ones(len(unit), dtype=bool)
    new[1:] = (unit[1:] != unit[:-1]) | (run[1:] != run[:-1])
    arrays = {"journey": (np.cumsum(new) - 1).astype("int32"), "at_us": sorted_["at_us"].astype("int64"),
              "atom": sorted_["atom"].astype("int8"), "outcome": sorted_["outcome"].astype("int8"), "value": sorted_["value"].astype("float64")}  # fmt: skip
    kept = {}
    for column in CODED:
        arrays[column], kept[column] = _compact(sorted_[column], names[column]) if column != "initiator" else (
            sorted_[column].astype("int32"), INITIATORS)  # fmt: skip
    units, unit_names = _compact(unit[new], names["unit"])
    log = EventLog(**arrays, names=kept, as_of_us=_us(data_cut(client)))
    referrer = sorted_["referrer"] >= 0
    return Prepared(log, np.array(unit_names, dtype=object), units, referrer if len(names["referrer"]) else None, unmatched, facts)


def _compact(codes, names) -> tuple[np.ndarray, tuple[str, ...]]:
    """Codes and names without the names nobody bears any more."""
    used = np.unique(codes[codes >= 0])
    place = np.full(len(names) + 1, -1, dtype="int32")
    place[used] = np.arange(len(used), dtype="int32")
    return place[codes], tuple(str(names[i]) for i in used)
