"""A client's sources as delivered: which files, read and brought to canonical rows, one delivery a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from journeylib.client import Client, Source
from journeylib.collect.databases.answers import ask, database_files
from journeylib.collect.files.layout import tidy
from journeylib.collect.files.reading import RawFile, read_file
from journeylib.collect.formats import Format, load_format
from journeylib.collect.large_files import is_read_in_blocks, read_in_blocks
from journeylib.collect.rows.canonical import Delivery, to_canonical
from journeylib.collect.rows.headers import known_headers
from journeylib.errors import SourceError, nearest

_NO_ANSWERS: Mapping[str, RawFile] = MappingProxyType({})


def find_files(client: Client, name: str) -> list[Path]:
    """The files of one source, by name.

    Raises
    ------
    SourceError
        No such file under the client's data folder, or a name that leads out of it.
    """
    pattern, folder = client.sources[name].file, client.data_folder.resolve()
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise SourceError(f"Source {name!r}: {pattern!r} leads out of the client's data folder. Name a file inside it.")
    found = sorted(path for path in folder.glob(pattern) if path.is_file()) if folder.is_dir() else []
    if not found:
        there = sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else []
        raise SourceError(f"Source {name!r}: no file {pattern!r} in {folder.name}/{nearest(pattern, there, '.')} Found: {', '.join(there) or 'nothing'}. "
                          "Put it there, mend `file:`, or take the source out of the parameters.")  # fmt: skip
    return found


def input_files(client: Client) -> list[Path]:
    """Every file a collection reads: the sources' own (a database's file and its query's, too) and those their formats look things up in."""
    files = []
    for name, source in client.sources.items():
        if source.database:
            files += database_files(client, name)
            continue
        own = find_files(client, name)
        files += own + [_lookup_file(own[0], lookup.file, name) for lookup in load_format(source.format, client).lookup]
    return list(dict.fromkeys(files))


def deliver(client: Client, name: str, answers: Mapping[str, RawFile] = _NO_ANSWERS) -> list[Delivery]:
    """All files of one source, or the answer to its query, read and brought to canonical rows.

    Parameters
    ----------
    answers : what databases were asked already, by source; a database is asked where its answer is not among them.

    Raises
    ------
    SourceError
        A missing or unreadable file, or one that is not what its format says.
    """
    source = client.sources[name]
    fmt = load_format(source.format, client)
    if source.database:  # a query joins what it needs itself, so there is no file to look things up in
        return [to_canonical(answers[name] if name in answers else ask(client, name), name, source, fmt, client)]
    return [_deliver_file(path, client, name, source, fmt) for path in find_files(client, name)]


def _deliver_file(path, client, name, source: Source, fmt: Format):
    if is_read_in_blocks(path, source, fmt):
        return to_canonical(read_in_blocks(path, name, source, fmt), name, source, fmt, client)
    known = known_headers(source, fmt)
    raw = read_file(path, known, encoding=source.encoding, separator=source.separator, sheet=source.sheet, shape=fmt.shape,
                    headings=source.headings)  # fmt: skip
    for lookup in fmt.lookup:
        raw = _looked_up(raw, _lookup_file(path, lookup.file, name), lookup.on)
    return to_canonical(raw, name, source, fmt, client)


def _lookup_file(path: Path, file: str, name: str) -> Path:
    other = path.parent / Path(file).name
    if not other.is_file():
        raise SourceError(f"Source {name!r}: {path.name} needs {other.name} beside it, and it is not there.")
    return other


def _looked_up(raw: RawFile, path: Path, key: str) -> RawFile:
    other = read_file(path, {tidy(key)}).frame
    for frame, file in ((raw.frame, raw.path.name), (other, path.name)):
        if key not in frame:
            raise SourceError(f"{file}: no column {key!r} to look {path.name} up by{nearest(key, frame.columns, '.')} Found: {', '.join(frame.columns)}.")
    if other[key].duplicated().any():
        raise SourceError(f"{path.name}: {int(other[key].duplicated().sum())} rows repeat a {key!r}; expected one row each, to look things up in.")
    joined = raw.frame.merge(other, on=key, how="left", suffixes=("", f" ({path.stem})"))
    return replace(raw, frame=joined)


def names_in(delivery: Delivery) -> set[str]:
    """People's full names in the columns the format says hold them, in small letters: masked where free text repeats them."""
    headers = {tidy(header): header for header in delivery.raw.frame.columns}
    found: set[str] = set()
    for wanted in delivery.format.names:
        parts = [headers.get(tidy(part)) for part in wanted.split(" + ")]
        for block in delivery.raw.blocks() if all(parts) else ():
            found |= {" ".join(name.split()).casefold() for name in _joined(block.frame, parts).unique()}
    return {name for name in found if len(name.split()) > 1}


def without_rows(delivery: Delivery) -> Delivery:
    """What a file gave, without the coded rows it was read from and its events' places among them, once they have told all they had to."""
    tables = delivery.tables | {name: frame.drop(columns=["_row", "_part"]) for name, frame in delivery.tables.items() if name == "events"}
    return replace(delivery, raw=replace(delivery.raw, rows=None), tables=tables)


def without_links(delivery: Delivery) -> Delivery:
    """What a file gave, without its links, once they have told who is who."""
    return replace(delivery, person_links=delivery.person_links.iloc[:0].copy(), account_links=delivery.account_links.iloc[:0].copy())


def _joined(frame, parts):
    whole = frame[parts[0]].astype("str").fillna("")
    for part in parts[1:]:
        whole = whole + " " + frame[part].astype("str").fillna("")
    return whole
