"""The same rows in each of the three databases, and the clients that ask for them."""

from __future__ import annotations

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path

import duckdb

from tests.collect.postgres import Server

KINDS = ("sqlite", "duckdb", "postgres")
#: Python type → what a database calls it. SQLite has no moments and no exact decimals: it keeps them as people store them there, as text and numbers.
_TYPES = {int: "bigint", float: "double precision", Decimal: "numeric(14,2)", dt.datetime: "timestamp", dt.date: "date", bool: "boolean", str: "text"}


def store(kind: str, folder: Path, server: Server | None, table: str, columns: dict[str, type], rows: list[tuple]) -> str:
    """Write a table, with a column `n` that keeps the order of the rows, and say what `database:` must be."""
    declared = ", ".join(f'"{name}" {_TYPES[kind]}' for name, kind in columns.items())
    create, rows = f"create table {table} (n bigint, {declared})", [(number, *row) for number, row in enumerate(rows)]
    marks = ", ".join(["?"] * (len(columns) + 1))
    if kind == "sqlite":
        with sqlite3.connect(folder / "shop.sqlite") as connection:
            connection.execute(create)
            connection.executemany(f"insert into {table} values ({marks})", [tuple(map(_as_sqlite, row)) for row in rows])
        connection.close()
        return "shop.sqlite"
    if kind == "duckdb":
        with duckdb.connect(str(folder / "shop.duckdb")) as connection:
            connection.execute(create)
            connection.executemany(f"insert into {table} values ({marks})", rows)
        return "shop.duckdb"
    import psycopg

    with psycopg.connect(server.address()) as connection:
        connection.execute(f"drop table if exists {table}")
        connection.execute(create)
        with connection.cursor().copy(f"copy {table} from stdin") as copy:
            for row in rows:
                copy.write_row(row)
    return "env:SHOP_DB"


def _as_sqlite(value):
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat(sep=" ") if isinstance(value, dt.datetime) else value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
