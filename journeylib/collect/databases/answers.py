"""A source that is a query: which database, what it gave, and how a changed answer is told from an unchanged one.

SQLite and DuckDB are files, and changed when their bytes are; a server has to be asked. Its address stands in an environment variable alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from journeylib.client import ON_SERVER, Client
from journeylib.collect.databases.columns import EndlessMomentError, hash_rows, in_content_order, join_blocks, nested_in, to_batches, to_frame
from journeylib.collect.databases.drivers import Asked, endless, read_duckdb, read_postgres, read_sqlite
from journeylib.collect.databases.queries import has_order, query_file, query_text
from journeylib.collect.files import coded
from journeylib.collect.files.layout import unique_names
from journeylib.collect.files.reading import RawFile
from journeylib.collect.files.records import unnested
from journeylib.collect.formats import load_format
from journeylib.collect.large_files import can_be_read_in_blocks, lay_aside
from journeylib.errors import JourneyError, SourceError, nearest

_ADDRESS = "postgresql://user:password@host:5432/database"
#: What waits to be written into a database file stands beside it under these names.
_LOGS = ("-wal", ".wal")


def ask(client: Client, name: str) -> RawFile:
    """Put a source's query to its database and read the answer whole.

    The rows keep the order the query asks for; without ORDER BY a database promises none, and they are put in the order of their contents.

    Returns
    -------
    RawFile
        Typed cells, `path` a label (`shop.sqlite (orders.sql)`), `sha256` that of the answer.

    Raises
    ------
    SourceError
        No such database, no way in, a query it cannot run, or no row. No message holds an address, a password or a cell.
    """
    asked = _asked(client, name)
    read = read_postgres if is_on_server(client, name) else _reader_of(asked.place)
    names, blocks = [], []
    for names, columns in read(asked):  # noqa: B007  (the names are the same each time)
        blocks.append(columns)
    if not sum(len(block[0]) for block in blocks):
        raise SourceError(f"{asked.label}: the query gave no row. Check its conditions, and that this is the right database; a source without rows is better taken out.")
    try:
        columns = join_blocks(blocks)
    except EndlessMomentError:
        raise endless(asked.label) from None
    blocks.clear()
    return _as_file(asked, names, columns, client, name)


def _as_file(asked, names, columns, client, name) -> RawFile:
    headings, repeated = unique_names(names)
    columns = columns if has_order(asked.sql) else in_content_order(columns)
    source, fmt = client.sources[name], load_format(client.sources[name].format, client)
    path, sha256, nested = Path(asked.label), hash_rows(headings, columns), nested_in(headings, columns)
    if len(columns[0]) > coded.BLOCK_ROWS and not nested and can_be_read_in_blocks(source, fmt):
        heads, batches = to_batches(headings, columns)
        return lay_aside(RawFile(path, heads, sha256, repeated=repeated), batches, name, source, fmt)
    frame = to_frame(headings, columns)
    return RawFile(path, unnested(frame, nested, fmt.shape) if nested else frame, sha256, repeated=repeated)


def ask_servers(client: Client) -> dict[str, RawFile]:
    """The answers of every source that lies on a server, each asked once."""
    return {name: ask(client, name) for name in client.sources if is_on_server(client, name)}


def try_databases(client: Client) -> dict[str, RawFile | JourneyError]:
    """Every database source's answer, or what stands in its way."""
    found: dict[str, RawFile | JourneyError] = {}
    for name in (name for name, source in client.sources.items() if source.database):
        try:
            found[name] = ask(client, name)
        except JourneyError as error:
            found[name] = error
    return found


def is_on_server(client: Client, name: str) -> bool:
    """Whether a source is asked of a server, so that only asking tells whether it has changed."""
    database = client.sources[name].database
    return database is not None and database.startswith(ON_SERVER)


def database_file(client: Client, name: str) -> Path | None:
    """The file of a source's SQLite or DuckDB database; None for a server.

    Raises
    ------
    SourceError
        No such file under the client's data folder, or a name that leads out of it.
    """
    if is_on_server(client, name):
        return None
    folder, wanted = client.data_folder.resolve(), client.sources[name].database
    path = folder / wanted
    if Path(wanted).is_absolute() or ".." in Path(wanted).parts:
        raise SourceError(f"Source {name!r}: {wanted!r} leads out of the client's data folder. Name a file inside it.")
    if not path.is_file():
        there = sorted(file.name for file in folder.iterdir() if not file.name.startswith(".")) if folder.is_dir() else []
        raise SourceError(f"Source {name!r}: no database {wanted!r} in {folder.name}/{nearest(wanted, there, '.')} Found: {', '.join(there) or 'nothing'}. "
                          "Put it there, or mend `database:`.")  # fmt: skip
    return path


def database_files(client: Client, name: str) -> list[Path]:
    """Every file an answer rests on, beside a server: the database with what waits to be written into it, and the file of the query."""
    path, query = database_file(client, name), query_file(client, name)
    logs = [path.with_name(path.name + log) for log in _LOGS] if path else []
    return [file for file in (path, *logs, query) if file and file.is_file()]


def label_of(client: Client, name: str) -> str:
    """What the data sheet calls a query: the database's file or variable, and the query's file or else the source.

    Never the address, and never the name a server gives itself.
    """
    query = query_file(client, name)
    return f"{_name_of(client, name)} ({query.name if query else name})"


def _name_of(client, name):
    return Path(client.sources[name].database.removeprefix(ON_SERVER)).name


def _asked(client, name) -> Asked:
    source = client.sources[name]
    place = database_file(client, name) or _address(source.database.removeprefix(ON_SERVER), name)
    zone = source.timezone or load_format(source.format, client).timezone or client.timezone
    return Asked(label_of(client, name), _name_of(client, name), place, query_text(client, name), zone, source.timeout_seconds, source.encoding)


def _address(variable: str, name: str) -> str:
    address = os.environ.get(variable, "").strip()
    if not address:
        raise SourceError(f"Source {name!r}: the environment variable {variable} is not set{nearest(variable, os.environ, '.')} Expected the database's address in it: "
                          f"{_ADDRESS}. Set it where `journey` or JupyterLab is started; never write it in the parameters.")  # fmt: skip
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("postgresql", "postgres") and parts.netloc.count("@") <= 1 and parts.port != 0 and "://" in address
    except ValueError:
        is_address = False
    if not is_address:
        raise SourceError(f"Source {name!r}: the environment variable {variable} holds no PostgreSQL address (it is not shown here). Expected {_ADDRESS}; "
                          "signs such as @ : / in a password are written %40 %3A %2F.")  # fmt: skip
    return address


def _reader_of(path: Path):
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"SQLite format 3\0"):
        return read_sqlite
    if head[8:12] == b"DUCK":
        return read_duckdb
    raise SourceError(f"{path.name}: is no SQLite or DuckDB database, or an encrypted one. Expected such a file under `database:`; an export such as CSV goes under `file:`.")
