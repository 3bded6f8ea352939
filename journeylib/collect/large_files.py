"""Which files are read in blocks rather than whole, and what is kept of their rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from journeylib.client import Source
from journeylib.collect.files import coded
from journeylib.collect.files.layout import tidy
from journeylib.collect.files.reading import RawFile
from journeylib.collect.formats import Format
from journeylib.collect.frames.memory import keep_memory_low
from journeylib.collect.rows.headers import Match, match_headers
from journeylib.errors import SourceError

#: Rows of a file read at a time, in blocks: more at a time are coded faster, and take more memory.
_BATCH_BLOCKS = 3
#: Rows of a group of a Parquet file from which on its own dictionaries are taken over.
_LARGE_GROUP = 50_000


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, a piece at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_read_in_blocks(path: Path, source: Source, fmt: Format) -> bool:
    """Whether a file has more rows than one block holds, and every row of it can be understood without the others.

    Only flat Parquet can; lines of one order, answers of a survey and looked-up files need the whole table.
    """
    if path.suffix.lower() != ".parquet" or fmt.lookup or not can_be_read_in_blocks(source, fmt):
        return False
    try:
        about = pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError):
        return False
    return about.num_rows > coded.BLOCK_ROWS and not any(pa.types.is_nested(field.type) for field in about.schema.to_arrow_schema())


def can_be_read_in_blocks(source: Source, fmt: Format) -> bool:
    """Whether every row of a format can be understood without the others."""
    return not (fmt.group or source.questions or any(emit.melt == "questions" for emit in fmt.emits))


def read_in_blocks(path: Path, name: str, source: Source, fmt: Format) -> RawFile:
    """A large Parquet file, its rows laid aside coded; of columns nobody reads only equality is kept.

    Raises
    ------
    SourceError
        The file cannot be read, or is not what its format says.
    """
    keep_memory_low()
    try:
        schema = pq.read_schema(path)
        heads = RawFile(path, _heads(schema), hash_file(path))
        with pq.ParquetFile(path, pre_buffer=False, read_dictionary=_stored_coded(path, schema)) as file:
            batches = file.iter_batches(batch_size=_BATCH_BLOCKS * coded.BLOCK_ROWS, columns=list(heads.frame.columns))
            return lay_aside(heads, batches, name, source, fmt)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path.name}: cannot be read as Parquet ({type(error).__name__}). Export it again.") from None


def lay_aside(heads: RawFile, batches: Iterable[pa.RecordBatch], name: str, source: Source, fmt: Format) -> RawFile:
    """A file or an answer with its rows laid aside coded; of columns nobody reads only equality is kept.

    Parameters
    ----------
    heads : the columns without their rows. batches : the rows, flat.
    """
    match = match_headers(heads, name, source, fmt)
    rows = coded.code_rows(
        batches, _read_columns(heads, match, source, fmt),
        is_text=_text_columns(match, fmt).__contains__, with_repeats=(source.duplicates or fmt.duplicates) == "remove",
    )  # fmt: skip
    return replace(heads, rows=rows)


def _heads(schema) -> pd.DataFrame:
    """The file's columns without its rows; a stored row index of pandas is no column."""
    return schema.empty_table().to_pandas().reset_index(drop=True)


def _stored_coded(path, schema) -> list[str]:
    """The columns of text, which the file keeps as codes, a dictionary for each of its groups of rows; none where the groups are small."""
    about = pq.read_metadata(path)
    return [field.name for field in schema if pa.types.is_string(field.type)] if about.num_rows >= about.num_row_groups * _LARGE_GROUP else []


def _headers(match: Match):
    yield from ((key, header) for key, headers in match.fields.items() for header in headers)
    yield from ((key, column.header) for key, columns in match.families.items() for column in columns)


def _read_columns(heads, match, source, fmt) -> set[str]:
    names = {tidy(part) for wanted in fmt.names for part in wanted.split(" + ")}
    return {header for _, header in _headers(match)} | set(source.where) | {header for header in heads.frame.columns if tidy(header) in names}


def _text_columns(match, fmt) -> set[str]:
    return {header for key, header in _headers(match) if key in fmt.fields and fmt.fields[key].kind in ("text", "id")}
