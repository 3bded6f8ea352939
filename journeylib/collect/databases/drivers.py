"""Reading from PostgreSQL, SQLite and DuckDB: one question, blocks of rows; what goes wrong is said in our words.

A driver's own words are never passed on whole: they may hold the address, the password or a cell. What stays of them is what names tables,
columns and the place of a wrong word in the query.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from journeylib.collect.databases.columns import from_arrow, from_values
from journeylib.errors import JourneyError, SourceError, nearest

_BLOCK = 20_000
_CONNECT_SECONDS = 10
_TABLES = "select table_name from information_schema.tables where table_schema not in ('information_schema', 'pg_catalog') order by 1 limit 40"
_SQLITE_TABLES = "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%' order by 1 limit 40"
#: What a server says before there is a query, in the words of its client library, and what it means.
_NO_CONNECTION = {
    r"resolve|translate host|Name or service|nodename": "has a host no name server knows. Check the host's name, and whether it needs a VPN",
    r"refused|No such file": "leads to no server: nothing answers at that host and port. Check both, and whether the server runs",
    r"timeout|timed out|unreachable|No route": f"leads to a server that did not answer within {_CONNECT_SECONDS} seconds. Check the host and port, and whether a firewall or a VPN stands between",
    r"password|authentication|role .* does not exist": "has a user name or password the server does not accept. Set it anew, or ask for a login that may read",
    r"database .* does not exist": "names a database the server does not have. Check the part after the last `/`",
    r"pg_hba|no encryption|SSL": "is not let in from this machine by the server. Ask its keeper to let this login in from here, or try `?sslmode=require` at the end of the address",
    r"too many|remaining connection": "leads to a server with no connection left. Try again later",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One query and where it is put. `place` is a file, or an address nobody is ever shown.

    Attributes
    ----------
    label : what messages call it. database : the file's name, or that of the environment variable.
    timezone : zone of the session, so that `moment::date` means the client's day. seconds : the longest wait.
    """

    label: str
    database: str
    place: Path | str = field(repr=False)
    sql: str
    timezone: str
    seconds: float
    encoding: str | None = None


#: Names of the columns, and a block of rows as one array a column.
Block = tuple[list[str], list[pa.Array]]


def read_sqlite(asked: Asked) -> Iterator[Block]:
    """A query's rows from an SQLite file, which is not touched: no lock is left, no journal written."""
    # `immutable` writes nothing at all, but does not see what waits in a write-ahead log.
    mode = "mode=ro" if asked.place.with_name(asked.place.name + "-wal").exists() else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"{asked.place.resolve().as_uri()}?{mode}", uri=True, timeout=_CONNECT_SECONDS)
    try:
        connection.text_factory = lambda cell: cell.decode(asked.encoding or "utf-8")
        until = time.monotonic() + asked.seconds
        connection.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        cursor = connection.execute(asked.sql)
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(_BLOCK):
            yield names, [from_values(values) for values in zip(*rows, strict=True)]
    except sqlite3.Error as error:
        raise _sqlite_mistake(error, asked, connection) from None
    except (UnicodeDecodeError, LookupError):
        raise SourceError(f"{asked.label}: a text is not {asked.encoding or 'UTF-8'}. Say under `encoding:` of the source what it is, e.g. cp1252.") from None
    finally:
        connection.close()


def _sqlite_mistake(error, asked: Asked, connection) -> JourneyError:
    said, name = str(error), getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_INTERRUPT"):
        return _too_slow(asked)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return SourceError(f"{asked.database}: is damaged, or no SQLite database at all. Export or copy it again, with no program writing to it.")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN")):
        return _in_use(asked)
    if said.startswith("no such table: "):
        connection.set_progress_handler(None, 0)
        return _no_table(asked, said.removeprefix("no such table: "), [row[0] for row in connection.execute(_SQLITE_TABLES)])
    if re.match(r"no such (column|function)|near |ambiguous|incomplete input|wrong number|misuse|unrecognized token", said):
        return _wrong_query(asked, said)
    return _failed(asked, name or type(error).__name__)


def read_duckdb(asked: Asked) -> Iterator[Block]:
    """A query's rows from a DuckDB file, read-only and shut off from other files and the network."""
    shut = {"enable_external_access": "false", "autoload_known_extensions": "false", "autoinstall_known_extensions": "false"}
    try:
        connection = duckdb.connect(str(asked.place), read_only=True, config=shut)
    except duckdb.Error as error:
        raise _no_duckdb(error, asked) from None
    watch = threading.Timer(asked.seconds, connection.interrupt)
    watch.daemon = True
    try:
        connection.execute(f"set TimeZone = '{asked.timezone}'")
        connection.execute("set lock_configuration = true")
        watch.start()
        connection.execute(asked.sql)
        names, kinds = [column[0] for column in connection.description], [str(column[1]) for column in connection.description]
        for batch in connection.to_arrow_reader(_BLOCK):
            yield names, [_from_duckdb(array, kind) for array, kind in zip(batch.columns, kinds, strict=True)]
    except (duckdb.Error, pa.ArrowException, OverflowError) as error:
        raise _duckdb_mistake(error, asked, connection) from None
    finally:
        watch.cancel()
        connection.close()


def _from_duckdb(array, kind):
    return from_values([None if cell is None else json.loads(cell) for cell in array.to_pylist()]) if kind == "JSON" else from_arrow(array)


def _no_duckdb(error, asked):
    if re.search("lock on file|different configuration|Permission denied", str(error)):
        return _in_use(asked)
    cure = f"written by a version of DuckDB that {duckdb.__version__} here cannot read" if "version" in str(error) else "damaged or encrypted"
    return SourceError(f"{asked.database}: cannot be opened as a DuckDB database; it is {cure}. Write it again, or export the tables as Parquet.")


def _duckdb_mistake(error, asked, connection):
    said = str(error).partition("\n\nLINE")[0].strip()
    if isinstance(error, duckdb.InterruptException):
        return _too_slow(asked)
    missing = re.search(r"Table with name (\S+) does not exist", said)
    if missing:
        return _no_table(asked, missing[1], [row[0] for row in connection.execute(_TABLES).fetchall()])
    if isinstance(error, (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException)):
        return _wrong_query(asked, " ".join(said.split()))
    if isinstance(error, duckdb.PermissionException):
        return _wrong_query(asked, "it reaches for another file or the network, and a source reads its own database alone")
    return _failed(asked, type(error).__name__)


def read_postgres(asked: Asked) -> Iterator[Block]:
    """A query's rows from a PostgreSQL server, in a transaction that may only read, through a cursor on the server."""
    psycopg = _psycopg()
    until = time.monotonic() + asked.seconds
    try:
        connection = psycopg.connect(asked.place, connect_timeout=_CONNECT_SECONDS, client_encoding="utf8", application_name="journey")
    except (psycopg.Error, ValueError, OSError) as error:
        raise _no_server(error, asked) from None
    try:
        connection.read_only = True
        limits = ("TimeZone", asked.timezone, "statement_timeout", str(max(int(asked.seconds * 1000), 1)))
        connection.execute("select set_config(%s, %s, true), set_config(%s, %s, true)", limits)
        with connection.cursor(name="journey") as cursor:
            cursor.execute(asked.sql)
            names = [column.name for column in cursor.description]
            while rows := cursor.fetchmany(_BLOCK):
                if time.monotonic() > until:
                    raise _too_slow(asked)
                yield names, [from_values(values) for values in zip(*rows, strict=True)]
    except (psycopg.Error, UnicodeDecodeError) as error:
        raise _postgres_mistake(error, asked, connection) from None
    finally:
        connection.close()


def _psycopg():
    try:
        import psycopg
    except ImportError:
        raise SourceError("PostgreSQL is read with the driver psycopg, which is not installed here. Install it: pip install 'journeylib[postgres]'.") from None
    return psycopg


def _no_server(error, asked):
    said = next((meant for words, meant in _NO_CONNECTION.items() if re.search(words, str(error), re.I)), None)
    if said is None:
        said = "did not lead to a connection. Check host, port, database, user name and password; signs such as @ : / in a password are written %40 %3A %2F"
    return SourceError(f"{asked.database}: the address in this environment variable {said}. (It is not shown here.)")


def _postgres_mistake(error, asked, connection):
    code, said = getattr(error, "sqlstate", None) or "", getattr(getattr(error, "diag", None), "message_primary", None) or ""
    if code == "57014":
        return _too_slow(asked)
    if code == "42P01":
        return _no_table(asked, _quoted(said), _tables_of(connection))
    if code == "42501":
        return SourceError(f"{asked.label}: {said}. Ask for a login that may read it, or take it out of the query.")
    if code.startswith("42"):
        return _wrong_query(asked, said)
    if code in ("25006", "0A000"):
        return _wrong_query(asked, "it would change something, and sources are only read")
    if isinstance(error, UnicodeDecodeError) or code.startswith("22021"):
        return SourceError(f"{asked.label}: a text is not UTF-8. Mend it in the database, or leave the column out of the query.")
    if "too large" in str(error) or "too small" in str(error):
        return endless(asked.label)
    if not code or code.startswith(("08", "57P")):
        return SourceError(f"{asked.label}: the server broke the connection off before all rows had come. Try again; if it happens again, ask its keeper.")
    return _failed(asked, type(error).__name__)


def _quoted(said):
    found = re.search(r'"([^"]+)"', said)
    return found[1] if found else "named in it"


def _tables_of(connection):
    connection.rollback()
    return [row[0] for row in connection.execute(_TABLES)]


# --- what is said ---------------------------------------------------------------------------------------------------


def _no_table(asked, missing, there) -> SourceError:
    hint = nearest(missing.rpartition(".")[2], there, ".")
    return SourceError(f"{asked.label}: no table {missing!r} in {asked.database}, or none this login may read{hint} Found: {', '.join(there) or 'no table'}. Mend the query.")


def _wrong_query(asked, said) -> SourceError:
    return SourceError(f"{asked.label}: the query cannot be run: {said.rstrip('.')}. Mend it under `query:` of the source.")


def _failed(asked, kind) -> SourceError:
    return SourceError(f"{asked.label}: the query failed on the rows it met ({kind}); what the database said is not shown, it may hold a customer's data. "
                       "Run the query in a database client to see, and mend it.")  # fmt: skip


def _too_slow(asked) -> SourceError:
    return SourceError(f"{asked.label}: not all rows had come after {asked.seconds:g} seconds. Ask for fewer rows or columns, or allow more under `timeout_seconds:`.")


def _in_use(asked) -> SourceError:
    return SourceError(f"{asked.database}: is open in another program, or may not be read here. Close it there, or put a copy in the client's data folder.")


def endless(label: str) -> SourceError:
    """A moment no calendar has: what to say."""
    return SourceError(f"{label}: a date lies before the year 1 or after 9999 (databases write `infinity` for *no end*). Make it empty in the query: nullif(column, 'infinity').")
