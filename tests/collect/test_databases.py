"""A query is a source as a file is: the same rows give the same tables, an unchanged answer is reused, and no password is ever written down."""

from __future__ import annotations

import datetime as dt
import json
import random
from decimal import Decimal
from functools import cache

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.collect import collect, store
from journeylib.collect.databases import answers
from journeylib.collect.databases.answers import ask
from journeylib.collect.databases.columns import from_values, hash_rows, in_content_order, join_blocks, to_frame
from journeylib.collect.deliveries import deliver
from journeylib.collect.files import coded
from journeylib.parameters import load_client
from journeylib.simulate import raw_files
from tests.collect import stored
from tests.collect.postgres import PASSWORD, running_server
from tests.collect.stored import KINDS


@pytest.fixture(scope="module")
def server():
    with running_server() as running:
        yield running


@pytest.fixture
def shop(server, monkeypatch):
    """The server, with its address where clients look for it."""
    monkeypatch.setenv("SHOP_DB", server.address())
    return server


def put(desk, kind, server, table, columns, rows, format="plain_events", /, **settings):
    """A table in a database, asked for in the order of its rows."""
    wanted = ", ".join(f'"{name}"' for name in columns)
    database = stored.store(kind, desk.folder / "data", server, table, columns, rows)
    desk.sources[table] = {"database": database, "query": f"select {wanted} from {table} order by n", "format": format, **settings}
    return desk


# --- one and the same -----------------------------------------------------------------------------------------------


def _date(text):
    return dt.datetime.strptime(text, "%d-%m-%Y").date() if text else None


def _minute(text):
    return dt.datetime.fromisoformat(text) if text else None


def _yes(text):
    return text == "Yes"


def _danish(text):
    return Decimal(text.replace(".", "").replace(",", "."))


DEALS = {"Record ID": int, "Amount": float, **dict.fromkeys(("Close Date", "Create Date"), _minute), "Associated Company IDs": int}
#: Demo client, file, format, its encoding and separator, columns that are no text → what their cells are, and settings of the file alone.
DEMO = {
    "invoices": ("lind_raadgivning", "fakturaer.csv", "orders_lines", "cp1252", ";", {"Fakturanummer": int, "Dato": _date, "Antal": int, "Stykpris": _danish},
                 {"columns": {"offer": "Ydelse"}}),
    "newsletter": ("lind_raadgivning", "brevo_nyhedsbrev.csv", "brevo_contacts", "utf-8-sig", ";", {"EMAIL_BLACKLISTED": _yes}, {}),
    "deals": ("norrsken_it", "hubspot_affarer.csv", "hubspot_deals", "utf-8-sig", ",", DEALS, {"set": {"atom": "a3_evaluate"}}),
}  # fmt: skip
_TYPE_OF = {_yes: bool, _date: dt.date, _minute: dt.datetime, _danish: Decimal, int: int, float: float}


@cache
def _demo(client):
    return raw_files(client, 20260101)[0]


@pytest.mark.parametrize("demo", DEMO)
@pytest.mark.parametrize("kind", KINDS)
def test_a_demo_files_rows_give_the_same_tables_from_a_database(desk, shop, kind, demo):
    client, file, format, encoding, separator, kinds, more = DEMO[demo]
    desk.source(format, _demo(client)[file], "file", file=file, encoding=encoding, separator=separator, **more)
    given = {"timezone": "Europe/Copenhagen", "market": "b2b"}
    of_file = deliver(desk.client(**given), "file")[0]
    kinds = {name: _minute if name.startswith("Date entered") else kinds.get(name, str) for name in of_file.raw.frame}
    rows = [tuple(kinds[name](cell) if cell else None for name, cell in zip(kinds, line, strict=True)) for line in of_file.raw.frame.itertuples(index=False)]
    put(desk, kind, shop, demo, {name: _TYPE_OF.get(kinds[name], str) for name in kinds}, rows, format, **more)
    of_query = deliver(desk.client(**given), demo)[0]
    assert of_query.n_kept > 0
    assert (of_query.n_rows, of_query.n_kept, of_query.reasons, of_query.unreadable) == (of_file.n_rows, of_file.n_kept, of_file.reasons, of_file.unreadable)
    assert of_query.tables.keys() == of_file.tables.keys()
    for table, frame in of_file.tables.items():
        pd.testing.assert_frame_equal(of_query.tables[table].drop(columns="source", errors="ignore"), frame.drop(columns="source", errors="ignore"))


EVENTS = {"customer": int, "occurred_at": dt.datetime, "what": str, "value": Decimal}
VISITS = [(7, dt.datetime(2025, 7, 1, 12), "visit", None), (7, dt.datetime(2025, 7, 2, 12), "order", Decimal("12.50")), (8, dt.datetime(2025, 1, 1, 0, 30), "visit", None)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_data_sheet_names_the_database_and_the_source_and_never_the_address(desk, shop, kind):
    put(desk, kind, shop, "visits", EVENTS, VISITS)
    (sheet,) = desk.collect().sources.to_dict("records")
    where = {"sqlite": "shop.sqlite", "duckdb": "shop.duckdb", "postgres": "SHOP_DB"}[kind]
    assert (sheet["file"], sheet["n_rows"], sheet["n_kept"]) == (f"{where} (visits)", 3, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_moment_without_a_zone_is_local_and_a_day_of_a_query_is_a_local_day(desk, shop, kind):
    put(desk, kind, shop, "visits", EVENTS, VISITS)
    events = deliver(desk.client(timezone="Europe/Stockholm"), "visits")[0].tables["events"]
    assert events["occurred_at"].dt.strftime("%m-%d %H:%M").tolist() == ["07-01 10:00", "07-02 10:00", "12-31 23:30"]


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
def test_the_session_keeps_the_clients_zone(desk, shop, kind):
    put(desk, kind, shop, "visits", EVENTS, VISITS)
    desk.sources["visits"]["query"] = "select 1 as customer, 'visit' as what, (timestamptz '2025-12-31 23:30:00+00')::date as occurred_at"
    assert ask(desk.client(timezone="Europe/Stockholm"), "visits").frame["occurred_at"].tolist() == [pd.Timestamp("2026-01-01")]


def test_typed_columns_come_through_typed(desk, shop):
    query = """select 9007199254740993 as id, null::bigint as parent, 12.50::numeric as price, 7::numeric as whole, true as paid, timestamptz '2025-07-01 12:00+02' as at,
               date '2025-07-01' as day, '{"path": "/", "tags": ["a", "b"]}'::jsonb as page, array[1, 2] as steps, '\\x01ff'::bytea as raw, null as nothing
               union all select 1, 2, 3.25, 8, null, null, null, null, null, null, null order by id desc"""
    desk.sources["s"] = {"database": "env:SHOP_DB", "query": query, "format": "plain_events"}
    frame = ask(desk.client(), "s").frame
    assert frame.iloc[0][["id", "price", "whole", "paid", "page.path", "page.tags", "steps", "raw"]].tolist() == [9007199254740993, 12.5, 7, True, "/", "a; b", "1; 2", "01ff"]
    assert frame["parent"].tolist() == [pd.NA, 2]
    assert frame["at"].iloc[0] == pd.Timestamp("2025-07-01 10:00", tz="UTC")
    assert frame.dtypes.astype(str).to_dict() | {"at": "", "day": ""} == {
        "id": "int64", "parent": "Int64", "price": "float64", "whole": "int64", "paid": "boolean", "at": "", "day": "", "raw": "str", "nothing": "str",
        "page.path": "str", "page.tags": "str", "steps": "str"}  # fmt: skip


def test_lists_of_records_are_laid_out_as_the_format_says(desk):
    with duckdb.connect(str(desk.folder / "data" / "matomo.duckdb")) as connection:
        connection.execute("""create table visits as select 5 as "idVisit", 'v1' as "visitorId", timestamp '2025-03-01 10:00' as at,
                              [{'url': 'https://a.example/pris', 'type': 'action'}, {'url': 'https://a.example/', 'type': 'action'}] as "actionDetails" """)
    (desk.folder / "params" / "acme" / "formats").mkdir(parents=True)
    (desk.folder / "params" / "acme" / "formats" / "own_visits.yml").write_text("""
label: visits with a list of pages
recognised_by: [when, page]
shape: {rows_of: actionDetails}
fields:
  when: {headers: [at], is: moment}
  page: {headers: [actionDetails.url], then: path}
  visitor: {headers: [visitorId], is: id}
person: {visitor: matomo_visitor}
emits:
  - {table: events, take: {occurred_at: when, detail: page}, set: {touchpoint: page_view}}
""")
    desk.sources["web"] = {"database": "matomo.duckdb", "query": "select * from visits", "format": "own_visits"}
    events = deliver(desk.client(), "web")[0].tables["events"]
    assert events["detail"].tolist() == ["/pris", "/"]


# --- order, hash, reuse ---------------------------------------------------------------------------------------------

CELLS = st.one_of(st.none(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), st.text(max_size=3), st.booleans(), st.decimals(allow_nan=False, places=2, min_value=-99, max_value=99),
                  st.datetimes(), st.dates(), st.binary(max_size=2), st.dictionaries(st.text(max_size=1), st.integers(), max_size=2))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.randoms(use_true_random=False), st.integers(1, 6))
def test_rows_without_an_order_give_one_answer_in_whatever_order_and_blocks_they_come(rows, chance, at):
    def answer(rows):
        return hash_rows(["a", "b"], in_content_order(join_blocks([[from_values(values) for values in zip(*rows, strict=True)]])))

    def in_blocks(rows):
        blocks = [block for block in (rows[:at], rows[at:]) if block]
        return to_frame(["a", "b"], join_blocks([[from_values(values) for values in zip(*block, strict=True)] for block in blocks]))

    assert answer(rows) == answer(chance.sample(rows, len(rows)))
    assert len(in_blocks(rows)) == len(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_keep_the_order_a_query_asks_for_and_else_stand_in_the_order_of_their_contents(desk, shop, kind):
    put(desk, kind, shop, "visits", EVENTS, random.Random(1).sample(VISITS, 3))
    desk.sources["plain"] = desk.sources["visits"] | {"query": "select customer, what, occurred_at from visits"}
    desk.sources["turned"] = desk.sources["visits"] | {"query": "select customer, what, occurred_at from visits order by customer desc, occurred_at desc"}
    plain, turned = (ask(desk.client(), name).frame for name in ("plain", "turned"))
    assert plain[["customer", "what"]].to_numpy().tolist() == [[7, "order"], [7, "visit"], [8, "visit"]]
    assert turned[["customer", "what"]].to_numpy().tolist() == [[8, "visit"], [7, "order"], [7, "visit"]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_answer_laid_aside_in_blocks_gives_the_same_tables(desk, shop, kind, monkeypatch):
    rows = [(None if number % 5 == 4 else 2**53 + number % 7, dt.datetime(2025, 7, 1, number % 24), "visit", number % 3 / 4) for number in range(60)]
    put(desk, kind, shop, "visits", EVENTS | {"value": float}, rows)
    at_once = deliver(desk.client(), "visits")[0]
    monkeypatch.setattr(coded, "BLOCK_ROWS", 16)
    in_blocks = deliver(desk.client(), "visits")[0]
    assert in_blocks.raw.rows is not None
    assert at_once.raw.rows is None
    assert f"customer:{2**53 + 1}" in set(in_blocks.tables["events"]["customer_id"])
    assert (in_blocks.n_rows, in_blocks.n_kept, in_blocks.reasons, in_blocks.raw.sha256) == (at_once.n_rows, at_once.n_kept, at_once.reasons, at_once.raw.sha256)
    assert in_blocks.tables["events"].to_csv() == at_once.tables["events"].to_csv()


@pytest.fixture
def asked(monkeypatch):
    """Labels of the questions put to a server so far."""
    labels, read = [], answers.read_postgres
    monkeypatch.setattr(answers, "read_postgres", lambda question: labels.append(question.label) or read(question))
    return labels


def test_an_unchanged_answer_is_reused_and_a_changed_one_collected_anew(desk, shop, asked):
    put(desk, "postgres", shop, "visits", EVENTS, VISITS)
    written = desk.folder / "work" / "manifest.json"
    first = desk.collect().sources["sha256"].item()
    moment = written.stat().st_mtime_ns
    assert desk.collect().sources["sha256"].item() == first
    assert written.stat().st_mtime_ns == moment
    shop.run("update visits set what = 'call' where what = 'visit'", "update visits set n = n")  # the rows move, too
    changed = desk.collect()
    assert changed.sources["sha256"].item() != first
    assert "call" in changed.log.names["touchpoint"]
    assert asked == ["SHOP_DB (visits)"] * 3  # once a collection


def test_a_run_asks_a_server_once_however_many_notebooks_it_has(desk, shop, asked):
    put(desk, "postgres", shop, "visits", EVENTS, VISITS)
    work = desk.folder / "work"
    store.mark_one_run(work)
    first = desk.collect()
    shop.run("delete from visits")
    second = desk.collect()
    assert asked == ["SHOP_DB (visits)"]
    assert store.answers_of(work) == {"visits": first.sources["sha256"].item()} == {"visits": second.sources["sha256"].item()}


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_database_file_is_asked_again_only_when_its_bytes_or_the_query_have_changed(desk, kind, monkeypatch):
    put(desk, kind, None, "visits", EVENTS, VISITS)
    folder, source = desk.folder / "params" / "acme", desk.sources["visits"]
    folder.mkdir(parents=True)
    (folder / "visits.sql").write_text(source["query"])
    source["query"] = "visits.sql"
    first = desk.collect()
    assert first.sources["file"].item() == f"shop.{kind} (visits.sql)"
    with monkeypatch.context() as shut:
        shut.setattr(answers, "ask", lambda *_: pytest.fail("asked again"))
        shut.setattr("journeylib.collect.deliveries.ask", lambda *_: pytest.fail("asked again"))
        desk.collect()
    (folder / "visits.sql").write_text("select * from visits where customer = 7 order by n;\n")
    assert desk.collect().sources["n_rows"].item() == 2
    stored.store(kind, desk.folder / "data", None, "more", EVENTS, VISITS)
    assert desk.collect().sources["n_rows"].item() == 2


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_reading_leaves_no_trace_in_the_data_folder(desk, kind):
    put(desk, kind, None, "visits", EVENTS, VISITS)
    folder = desk.folder / "data"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ask(desk.client(), "visits")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_still_waits_in_an_sqlite_log_is_read(desk):
    import sqlite3

    put(desk, "sqlite", None, "visits", EVENTS, VISITS)
    connection = sqlite3.connect(desk.folder / "data" / "shop.sqlite", isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("insert into visits values (9, 9, '2025-08-01 12:00', 'order', 5)")
    assert (desk.folder / "data" / "shop.sqlite-wal").stat().st_size > 0
    assert len(ask(desk.client(), "visits").frame) == 3 + 1
    connection.close()


# --- the password ---------------------------------------------------------------------------------------------------


def _client_file(folder, visits):
    """Parameters of a client whose two sources are queries."""
    (folder / "params").mkdir()
    path = folder / "params" / "acme.yml"
    source = f"database: 'env:SHOP_DB', query: '{visits}', format: plain_events"
    path.write_text(f"""name: Acme
language: en
market: b2c
goal: more_conversions
as_of: 2026-01-31
data_folder: ../data
sources:
  visits: {{{source}}}
rules:
  - {{touchpoint: visit, atom: a2_brand}}
  - {{touchpoint: order, atom: a4_decide, outcome: won}}
""")  # fmt: skip
    return path


def _secrets(server):
    address = server.address()
    return [address, PASSWORD, address.split(":")[2].split("@")[0], str(server.folder)]


def _texts_under(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_no_file_of_a_collection_holds_the_address(desk, shop):
    put(desk, "postgres", shop, "visits", EVENTS, VISITS)
    client = load_client(_client_file(desk.folder, "select * from visits order by n"))
    collect(client, None, desk.folder / "work")
    assert json.loads((desk.folder / "work" / "manifest.json").read_text())["answers"].keys() == {"visits"}
    for name, content in _texts_under(desk.folder / "work").items():
        assert not [secret for secret in _secrets(shop) if secret.encode() in content], name


@pytest.mark.report
def test_no_file_of_a_report_holds_the_address_and_its_key_knows_the_answer(desk, shop):
    from journeylib.batch import run_clients

    rows = [(number % 40, dt.datetime(2025, 1, 1) + dt.timedelta(days=number), "order" if number % 9 == 0 else "visit", None) for number in range(300)]
    put(desk, "postgres", shop, "visits", EVENTS, rows)
    path, out = str(_client_file(desk.folder, "select * from visits order by n")), desk.folder / "out"
    records = []
    for _ in range(2):
        (outcome,) = run_clients([path], jobs=1, out=out, resume=True)
        assert (outcome.state, outcome.reason) == ("done", "")  # never left alone: only asking tells
        records.append(json.loads((outcome.folder / "run.json").read_text()))
        shop.run("delete from visits where n > 250")
    first, second = records
    assert first["inputs"].keys() == second["inputs"].keys() == {"query/visits"}
    assert first["key"] != second["key"]
    for name, content in _texts_under(out).items():
        assert not [secret for secret in _secrets(shop) if secret.encode() in content], name
