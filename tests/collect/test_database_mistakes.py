"""What goes wrong between a client and its database is said in one sentence: got, expected, next; never an address, a password or a cell."""

from __future__ import annotations

import builtins
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import pytest

from journeylib import cli
from journeylib.collect import inspect_sources
from journeylib.collect.databases.answers import ask
from journeylib.collect.databases.queries import has_order
from journeylib.errors import ParameterError, SourceError
from journeylib.parameters import load_client
from journeylib.project import Project
from tests.collect.postgres import PASSWORD, running_server

EXPECTED = "postgresql://user:password@host:5432/database"
ESCAPES = "signs such as @ : / in a password are written %40 %3A %2F."


@pytest.fixture(scope="module")
def server():
    with running_server() as running:
        running.run(
            "create table orders (customer text, sold timestamp, mail text)", "insert into orders values ('7', '2025-01-01', 'anna@firm.example')",
            "create table salaries (amount int)", f"create role reader login password '{PASSWORD}'", "grant select on orders to reader",
        )  # fmt: skip
        yield running


@pytest.fixture
def said(desk, monkeypatch):
    """The message of asking a database, held against the password in every case."""

    def find(query="select * from orders", database="env:SHOP_DB", address=None, **settings):
        if address is not None:
            monkeypatch.setenv("SHOP_DB", address)
        desk.sources["shop"] = {"database": database, "query": query, "format": "plain_events", **settings}
        with pytest.raises(SourceError) as caught:
            ask(desk.client(), "shop")
        message = str(caught.value)
        assert "\n" not in message
        assert not [secret for secret in (address or "-none-", PASSWORD, "hemlig", "anna@") if secret in message]
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
        return message

    return find


# --- no way in ------------------------------------------------------------------------------------------------------


def test_an_address_that_is_not_set_names_the_variable_and_the_nearest_there_is(said, monkeypatch):
    monkeypatch.delenv("SHOP_DB", raising=False)
    monkeypatch.setenv("SHOPS_DB", "x")
    assert said() == (
        f"Source 'shop': the environment variable SHOP_DB is not set; did you mean 'SHOPS_DB'? Expected the database's address in it: {EXPECTED}. "
        "Set it where `journey` or JupyterLab is started; never write it in the parameters."
    )


@pytest.mark.parametrize("address", ["shop.example", "mysql://u:hemlig@h/x", "postgres:/u:hemlig@h/x", "postgresql://u:hem@lig@h/x", "postgresql://u:hemlig@h:port/x", "postgresql://[u:hemlig@h/x"])
def test_what_is_no_address_is_not_shown(said, address):
    assert said(address=address) == f"Source 'shop': the environment variable SHOP_DB holds no PostgreSQL address (it is not shown here). Expected {EXPECTED}; {ESCAPES}"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"password": "hemlig"}, "has a user name or password the server does not accept. Set it anew, or ask for a login that may read."),
        ({"user": "nobody"}, "has a user name or password the server does not accept. Set it anew, or ask for a login that may read."),
        ({"database": "shopp"}, "names a database the server does not have. Check the part after the last `/`."),
    ],
)
def test_a_server_that_lets_nobody_in_says_why(said, server, change, reason):
    assert said(address=server.address(**change)) == f"SHOP_DB: the address in this environment variable {reason} (It is not shown here.)"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postgresql://u:hemlig@127.0.0.1:1/x", "leads to no server: nothing answers at that host and port. Check both, and whether the server runs."),
        ("postgresql://u:hemlig@shop.invalid/x", "has a host no name server knows. Check the host's name, and whether it needs a VPN."),
        ("postgresql://u:hem%zzlig@h/x", f"did not lead to a connection. Check host, port, database, user name and password; {ESCAPES}"),
        ("postgresql://u:hemlig@h/x?nope=1", f"did not lead to a connection. Check host, port, database, user name and password; {ESCAPES}"),
    ],
)
def test_an_address_that_leads_nowhere_says_what_to_check(said, address, reason):
    assert said(address=address) == f"SHOP_DB: the address in this environment variable {reason} (It is not shown here.)"


def test_a_driver_that_is_not_installed_is_named_with_its_command(said, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "psycopg":
            raise ImportError("no pq wrapper available.")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert said(address="postgresql://u:hemlig@h/x") == (
        "PostgreSQL is read with the driver psycopg, which is not installed here. Install it: pip install 'journeylib[postgres]'."
    )


def test_a_database_file_that_is_not_there_or_outside_is_refused(desk, said):
    desk.file("shop.sqlite", "")
    assert said(database="shops.sqlite") == (
        "Source 'shop': no database 'shops.sqlite' in data/; did you mean 'shop.sqlite'? Found: shop.sqlite. Put it there, or mend `database:`."
    )
    for name in ("../shop.sqlite", "/shop.sqlite"):
        assert said(database=name) == f"Source 'shop': {name!r} leads out of the client's data folder. Name a file inside it."


@pytest.mark.parametrize("content", [b"", b"customer,at\n7,2025-01-01\n", b"\x00" * 4096])
def test_a_file_that_is_no_database_is_refused_by_what_it_holds(desk, said, content):
    desk.file("shop.db", content)
    assert said(database="shop.db") == (
        "shop.db: is no SQLite or DuckDB database, or an encrypted one. Expected such a file under `database:`; an export such as CSV goes under `file:`."
    )


@pytest.mark.parametrize(("name", "content"), [("shop.sqlite", b"SQLite format 3\0" + b"\xff" * 4096), ("shop.duckdb", b"\0" * 8 + b"DUCK" + b"\xff" * 12288)])
def test_a_damaged_database_is_told(desk, said, name, content):
    desk.file(name, content)
    assert said(database=name).startswith((
        "shop.sqlite: is damaged, or no SQLite database at all. Export or copy it again",
        "shop.duckdb: cannot be opened as a DuckDB database; it is ",
    ))  # fmt: skip


# --- the query ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shop:
    """One of the three databases, all with one table of one order, and what is said of a query put to it."""

    kind: str
    where: str
    said: Callable

    def says(self, query, **settings) -> str:
        return self.said(query, "env:SHOP_DB" if self.where == "SHOP_DB" else self.where, **settings).removeprefix(f"{self.where} (shop): ")


@pytest.fixture(params=["sqlite", "duckdb", "postgres"])
def shop(request, desk, said):
    rows = "create table orders (customer text, sold text, mail text); insert into orders values ('7', '2025-01-01', 'anna@firm.example')"
    if request.param == "postgres":
        address = request.getfixturevalue("server").address("reader")
        return Shop("postgres", "SHOP_DB", partial(said, address=address))
    path = desk.folder / "data" / f"shop.{request.param}"
    connection = sqlite3.connect(path) if request.param == "sqlite" else duckdb.connect(str(path))
    for statement in rows.split("; "):
        connection.execute(statement)
    connection.commit()
    connection.close()
    return Shop(request.param, path.name, said)


def test_a_table_that_is_not_there_is_named_with_those_that_are(shop):
    assert shop.says("select * from order_s") == (
        f"no table 'order_s' in {shop.where}, or none this login may read; did you mean 'orders'? Found: orders. Mend the query."
    )


@pytest.mark.parametrize(("query", "words"), [("select custmer from orders", "custmer"), ("select customer orders where", "where|incomplete"), ("select nope(customer) from orders", "nope")])
def test_a_query_that_cannot_be_run_is_told_with_the_word_that_is_wrong(shop, query, words):
    message = shop.says(query)
    assert message.startswith("the query cannot be run: ")
    assert any(word in message for word in words.split("|")) or "end of input" in message
    assert message.endswith(". Mend it under `query:` of the source.")


def test_a_query_without_a_row_is_refused(shop):
    assert shop.says("select * from orders where customer = '8'") == (
        "the query gave no row. Check its conditions, and that this is the right database; a source without rows is better taken out."
    )


def test_a_cell_that_breaks_the_query_is_not_shown(shop):
    message = shop.says("select json(mail) from orders" if shop.kind == "sqlite" else "select cast(mail as int) from orders")
    assert message.startswith("the query failed on the rows it met (")
    assert message.endswith("); what the database said is not shown, it may hold a customer's data. Run the query in a database client to see, and mend it.")


SLOW = {
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n",
    "duckdb": "select count(*) from range(1000000) a, range(1000000) b where a.range % 7 = b.range % 11",
    "postgres": "select pg_sleep(60)",
}


def test_a_query_that_takes_too_long_is_stopped(shop):
    assert shop.says(SLOW[shop.kind], timeout_seconds=0.2) == (
        "not all rows had come after 0.2 seconds. Ask for fewer rows or columns, or allow more under `timeout_seconds:`."
    )


@pytest.mark.parametrize(
    "query",
    ["with gone as (delete from orders returning *) select * from gone", "select * from read_csv('/etc/passwd')", "select set_config('transaction_read_only', 'off', true)", "select writefile('x', 'y')"],
)
def test_a_query_changes_nothing_and_reads_nothing_else(shop, server, query):
    assert shop.says(query)
    import psycopg

    with psycopg.connect(server.address()) as connection:
        assert connection.execute("select count(*) from orders").fetchone() == (1,)


def test_a_table_the_login_may_not_read_is_told(said, server):
    assert said("select * from salaries", address=server.address("reader")) == (
        "SHOP_DB (shop): permission denied for table salaries. Ask for a login that may read it, or take it out of the query."
    )


@pytest.mark.parametrize("query", ["select timestamp 'infinity' as at, customer from orders", "select date '0044-03-15 BC' as at from orders"])
def test_a_date_no_calendar_has_is_told_with_its_cure(said, server, query):
    assert said(query, address=server.address()) == (
        "SHOP_DB (shop): a date lies before the year 1 or after 9999 (databases write `infinity` for *no end*). Make it empty in the query: nullif(column, 'infinity')."
    )


def test_an_endless_date_of_duckdb_is_told_alike(desk, said):
    duckdb.connect(str(desk.folder / "data" / "shop.duckdb")).close()
    assert said("select timestamp 'infinity' as at", "shop.duckdb").startswith("shop.duckdb (shop): a date lies before the year 1 or after 9999")


def test_a_text_in_another_encoding_asks_for_it_and_is_then_read(desk, said):
    connection = sqlite3.connect(desk.folder / "data" / "shop.sqlite")
    connection.execute("create table orders as select cast(x'c5736120' as text) as customer")
    connection.commit()
    connection.close()
    assert said(database="shop.sqlite") == "shop.sqlite (shop): a text is not UTF-8. Say under `encoding:` of the source what it is, e.g. cp1252."
    desk.sources["shop"] |= {"encoding": "cp1252"}
    assert ask(desk.client(), "shop").frame["customer"].tolist() == ["Åsa "]


def test_a_database_another_program_writes_to_is_told(desk, said):
    with duckdb.connect(str(desk.folder / "data" / "shop.duckdb")):
        assert said(database="shop.duckdb") == "shop.duckdb: is open in another program, or may not be read here. Close it there, or put a copy in the client's data folder."


def test_columns_the_format_does_not_know_are_told_by_name(desk, server, monkeypatch):
    monkeypatch.setenv("SHOP_DB", server.address())
    desk.sources["shop"] = {"database": "env:SHOP_DB", "query": "select mail as who, sold as kl from orders", "format": "plain_events"}
    (problem,), _ = inspect_sources(desk.client())
    assert problem.startswith("sources.shop: SHOP_DB (shop): no column for 'when' (expected 'occurred_at' or 'when'")
    assert "Found: who, kl. Name it under `columns:` of source 'shop'" in problem


@pytest.mark.parametrize(
    ("query", "ordered"),
    [
        ("select * from a order by b", True),
        ("select * from a order\n  by b limit 3", True),
        ("select * from (select * from a order by b) c", False),
        ("select string_agg(a, ',' order by b) from c", False),
        ("select 'order by' from a", False),
        ("select * from a -- order by b", False),
        ('select "order by" from a /* order by b */', False),
        ("select $$order by$$ from a", False),
    ],
)
def test_only_an_order_of_the_rows_themselves_is_one(query, ordered):
    assert has_order(query) is ordered


# --- the parameters -------------------------------------------------------------------------------------------------

GOOD = "name: Acme\nlanguage: sv\nmarket: b2c\ngoal: more_conversions\nas_of: 2026-01-15\nsources:\n"


def mistakes(folder: Path, source: str) -> list[str]:
    for name in ("params", "notebooks"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "params" / "acme.yml").write_text(f"{GOOD}  shop: {{{source}}}\n", encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_client("acme", project=Project(folder))
    assert "hemlig" not in str(caught.value)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("format: plain_events", "7:3: sources.shop: says neither `file` nor `database`; expected one of them: a file under the data folder, or a database with its `query`"),
        ("file: a.csv, database: a.db, query: select 1, format: plain_events", "7:3: sources.shop: says both `file` and `database`; expected one of them"),
        ("database: a.db, format: plain_events", "7:3: sources.shop: has a `database` and no `query`; expected one SELECT, or the name of a .sql file"),
        ("file: a.csv, query: select 1, format: plain_events", "7:3: sources.shop: has a `query` and no `database` to put it to"),
        ("database: a.db, query: select 1, sheet: One, format: plain_events", "7:3: sources.shop: has a `database`, where `sheet` means nothing; take it out"),
        (
            "database: 'postgresql://u:hemlig@h/x', query: select 1, format: plain_events",
            "7:10: sources.shop.database: looks like a database's address, which may hold a password and never stands in a file; expected `database: env:NAME`, with the address "
            "in the environment variable NAME. If the file has been shared, change the password",
        ),
        (
            "database: SHOP_DB, query: select 1, format: plain_events",
            "7:10: sources.shop.database: is no database; expected a file (.sqlite, .sqlite3, .db, .duckdb), or `env:NAME` with the name of an environment variable that holds a PostgreSQL address",
        ),
        ("database: a.db, query: delete from orders, format: plain_events", "7:26: sources.shop.query: begins with 'DELETE'; expected one SELECT (or WITH … SELECT): sources are only read"),
        ("database: a.db, query: select 1; drop table x, format: plain_events", "7:26: sources.shop.query: holds several statements; expected one SELECT"),
        ("database: a.db, query: '-- nothing', format: plain_events", "7:26: sources.shop.query: is empty; expected one SELECT"),
        ("database: a.db, query: order.sql, format: plain_events", "7:26: sources.shop.query: names 'order.sql', and there is no such file in params/acme/; did you mean 'orders.sql'?; found: orders.sql"),
        ("database: a.db, query: ../orders.sql, format: plain_events", "7:26: sources.shop.query: names '../orders.sql', which leads out of params/acme/; name a file inside it"),
        ("database: a.db, query: select 1, timeout_seconds: 0, format: plain_events", "7:43: sources.shop.timeout_seconds: got 0, expected greater than 0 (With `database`: the longest wait for all rows)"),
    ],
)
def test_a_mistake_in_the_parameters_is_said_with_its_place(tmp_path, source, message):
    (tmp_path / "params" / "acme").mkdir(parents=True)
    (tmp_path / "params" / "acme" / "orders.sql").write_text("select 1")
    assert mistakes(tmp_path, source) == [f"acme.yml:{message}"]


def test_an_address_under_file_is_refused_alike(tmp_path):
    assert mistakes(tmp_path, "file: 'postgresql://u:hemlig@h/x', format: plain_events")[0].startswith("acme.yml:7:10: sources.shop.file: looks like a database's address")


# --- journey check --------------------------------------------------------------------------------------------------


def check(folder, monkeypatch, capsys, source):
    for name in ("params", "notebooks", "data/acme"):
        (folder / name).mkdir(exist_ok=True, parents=True)
    (folder / "params" / "acme.yml").write_text(f"{GOOD}  shop: {{{source}}}\nrules: [{{touchpoint: visit, atom: a2_brand}}]\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("JOURNEY_ROOT", raising=False)
    monkeypatch.setattr(sys, "argv", ["journey", "check", "acme"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code or 0, capsys.readouterr().out


QUERY = "query: \"select customer, sold as occurred_at, 'visit' as what from orders\""


def test_check_tries_the_connection_and_tells_the_columns(tmp_path, server, monkeypatch, capsys):
    monkeypatch.setenv("SHOP_DB", server.address("reader"))
    assert check(tmp_path, monkeypatch, capsys, f"database: 'env:SHOP_DB', {QUERY}, format: plain_events") == (
        0, "✓ acme: Acme, sv, b2c\n  · shop (plain_events): SHOP_DB (shop), 1 rows: customer (text), occurred_at (moments), what (text)\n",
    )  # fmt: skip


def test_check_says_what_stands_in_the_way_of_a_connection(tmp_path, server, monkeypatch, capsys):
    monkeypatch.setenv("SHOP_DB", server.address("reader", "hemlig"))
    status, said = check(tmp_path, monkeypatch, capsys, f"database: 'env:SHOP_DB', {QUERY}, format: plain_events")
    assert (status, said.splitlines()) == (1, [
        "✗ acme: Acme, sv, b2c", "  · shop (plain_events): SHOP_DB (shop)",
        "  ✗ sources.shop: SHOP_DB: the address in this environment variable has a user name or password the server does not accept. Set it anew, or ask for a login that may read. (It is not shown here.)",
    ])  # fmt: skip
