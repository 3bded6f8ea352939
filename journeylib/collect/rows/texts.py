"""Cells → words: plain text, ids, and what a format says is made of a text (a path, a channel, the first of several)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from journeylib import knowledge
from journeylib.collect.formats import FormatField, value_map
from journeylib.collect.frames.distinct import text_of_each
from journeylib.collect.values.amounts import NULL_MARKS, is_null_mark
from journeylib.collect.values.conditions import compile_pattern
from journeylib.collect.values.noticing import ROUNDED
from journeylib.names import channel_id


def read_text(cells: pd.Series, spec: FormatField) -> pd.Series:
    """Cells as words: value map first, then what the format makes of a text; marks for nothing are missing."""
    known = value_map(spec.map) if isinstance(spec.map, str) else spec.map

    def read(cells):
        whole = _whole_ids(pd.Series(cells)) if cells.dtype.kind == "f" and spec.kind == "id" else cells
        made = pd.Series(_plain_texts(whole) if known is None and not spec.then else None, index=range(len(whole)), dtype="str")
        others = made.isna().to_numpy()
        made[others] = each(whole[others], lambda cell: _text_of(cell, spec, known))
        return made

    return text_of_each(cells, ("text", id(spec)), read)


def _plain_texts(cells) -> pd.Series:
    """Cells of letters and digits that stand for themselves, which most ids are; missing where a cell needs a closer look."""
    texts = pd.Series(cells)
    if not isinstance(texts.dtype, pd.StringDtype):
        return pd.Series(None, index=texts.index, dtype="str")
    texts = texts.astype("str")
    return texts.where(texts.str.fullmatch(r"[A-Za-z0-9_]+").astype(bool) & ~texts.str.lower().isin(NULL_MARKS))


def _whole_ids(cells) -> pd.Series:
    """Ids a file keeps as numbers with a fraction: whole ones as they are, and beyond 2^53, where such numbers are rounded, none."""
    is_whole = (cells % 1 == 0) & (cells.abs() < 2**53)
    texts = cells.where(is_whole).astype("Int64").astype("string")
    return texts.where(is_whole | cells.isna(), cells.map(lambda cell: str(cell) if abs(cell) < 2**53 else f"{cell:.15E}", na_action="ignore").astype("string"))


def _text_of(cell: str, spec: FormatField, known):
    mapped = first_fit(cell, known) if known else None
    if mapped == "":
        return None
    if mapped is not None:
        return _THEN[spec.then](mapped) if spec.then else mapped
    if is_null_mark(cell) or (known is not None and spec.otherwise == "missing"):
        return None
    made = _THEN[spec.then](cell) if spec.then else cell
    if spec.kind == "id" and made is not None:
        return None if ROUNDED.fullmatch(made) else re.sub(r"^(\d+)\.0$", r"\1", made)
    return made


def first_fit(cell: str, known: dict):
    """The value of the first pattern that fits the whole cell, else None."""
    return next((value for pattern, value in known.items() if compile_pattern(pattern).fullmatch(cell)), None)


def each(distinct, read) -> np.ndarray:
    """What `read` makes of each distinct cell, freed of spaces and of the marks that guard it from a spreadsheet."""
    values = np.empty(len(distinct), dtype=object)
    values[:] = [read(_bare(str(value).strip())) for value in distinct]
    return values


def _bare(cell: str) -> str:
    """A cell without the marks that guard it from a spreadsheet: `'0070` and `="0070"` are 0070."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell.removeprefix("'")


def page_path(address: str) -> str:
    """The path of a page address, without host, query and trailing slash.

    >>> page_path("https://norrsken.se/priser/?utm_source=x#top"), page_path("https://norrsken.se")
    ('/priser', '/')
    """
    path = urlsplit(address).path if "://" in address or address.startswith("/") else urlsplit(f"//{address}").path
    return path.rstrip("/") or "/"


def _only(text: str) -> str | None:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    return parts[0] if len(parts) == 1 else None


def _number(text: str) -> str | None:
    found = re.match(r"\s*(\d+(?:[.,]\d+)?)", text)
    return found[1].replace(",", ".") if found else None


_ABBREVIATED = re.compile(r"(?=.*[A-ZÅÄÖÆØ])[A-ZÅÄÖÆØ0-9]{1,4}(?:[ /&+-][A-ZÅÄÖÆØ0-9]{1,4})*")


def _channel(text: str) -> str:
    """The channel's id, or the client's own word for it: in small letters, so that two spellings are one, but for abbreviations (TA/TO, B2B)."""
    return channel_id(text) or (text if _ABBREVIATED.fullmatch(text) else text.casefold())


def _content_type(text: str) -> str:
    """The content type's id, or the client's own word for it."""
    wanted = " ".join(re.sub(r"[_-]", " ", text).casefold().split())
    for name, kind in knowledge.load("content_types").items():
        if wanted in {name.replace("_", " "), *kind["aliases"], *(word.casefold() for word in kind["name"].values())}:
            return name
    return text


_THEN = {
    "channel": _channel,
    "content_type": _content_type,
    "path": page_path,
    "first": lambda text: next((part.strip() for part in text.split(";") if part.strip()), None),
    "only": _only,
    "tag": lambda text: next((part for part in re.split(r"[,\s]+", text) if part), None),
    "number": _number,
    "lower": str.casefold,
    "id15": lambda text: text[:15],
}
