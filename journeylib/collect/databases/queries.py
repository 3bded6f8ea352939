"""The text of a source's query: where it stands, whether it asks one question and nothing else, and whether it says the order of its rows."""

from __future__ import annotations

import re
from pathlib import Path

from journeylib.client import Client
from journeylib.errors import SourceError, nearest

_FILE = re.compile(r"[^\s;()]+\.sql")
#: What is no word of the query: comments, texts, quoted names, and PostgreSQL's $$ texts.
_ASIDE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(\w*)\$.*?\$\1\$", re.S)
_INNERMOST = re.compile(r"\([^()]*\)")


def query_text(client: Client, name: str) -> str:
    """The SQL of a database source: written in the parameters, or in `params/<client>/<file>.sql`.

    Raises
    ------
    SourceError
        No such file, or a query that is not one SELECT.
    """
    mistake = query_mistake(client, name)
    if mistake:
        raise SourceError(f"Source {name!r}: `query:` {mistake}.")
    return _text(client, name).strip().rstrip(";").rstrip()


def query_mistake(client: Client, name: str) -> str | None:
    """What is wrong with a source's query, or None."""
    path = query_file(client, name)
    if path is not None:
        there = sorted(file.relative_to(client.folder).as_posix() for file in client.folder.rglob("*.sql"))
        wanted = client.sources[name].query.strip()
        if Path(wanted).is_absolute() or ".." in Path(wanted).parts:
            return f"names {wanted!r}, which leads out of params/{client.slug}/; name a file inside it"
        if not path.is_file():
            return f"names {wanted!r}, and there is no such file in params/{client.slug}/{nearest(wanted, there)}; found: {', '.join(there) or 'no .sql file'}"
    try:
        return _no_single_select(_text(client, name))
    except UnicodeDecodeError:
        return f"names {client.sources[name].query!r}, which is not UTF-8 text; save it as UTF-8"


def query_file(client: Client, name: str) -> Path | None:
    """The file a source's query stands in, in the folder of the client's own decisions; None where it is written in the parameters."""
    query = client.sources[name].query.strip()
    return client.folder / query if _FILE.fullmatch(query) else None


def has_order(sql: str) -> bool:
    """Whether the query itself says in which order its rows come; an order inside brackets or quotes is not the rows'.

    >>> has_order("select * from orders order by id"), has_order("select max(x) over (order by y) from orders -- order by id")
    (True, False)
    """
    bare = _bare(sql)
    while _INNERMOST.search(bare):
        bare = _INNERMOST.sub(" ", bare)
    return bool(re.search(r"\border\s+by\b", bare, re.I))


def _text(client, name):
    path = query_file(client, name)
    return client.sources[name].query if path is None else path.read_text(encoding="utf-8-sig")


def _no_single_select(text) -> str | None:
    bare = _bare(text).strip().rstrip(";").strip()
    first = re.match(r"\w*", bare.lstrip("( \n\t"))[0].lower()
    if not bare:
        return "is empty; expected one SELECT"
    if ";" in bare:
        return "holds several statements; expected one SELECT"
    if first not in ("select", "with"):
        return f"begins with {first.upper() or bare[:1]!r}; expected one SELECT (or WITH … SELECT): sources are only read"
    return None


def _bare(sql):
    return _ASIDE.sub(" ", sql)
