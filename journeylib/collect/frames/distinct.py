"""Something worked out once per distinct cell, and spread over the rows: for columns of text, and for columns already coded.

A coded column (pandas: categorical) keeps its distinct cells over all blocks of a file; what was made of them is then remembered
as long as the cells themselves are.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

#: Rows looked up at a time.
_AT_ONCE = 1 << 20
_MADE: dict[int, dict[Hashable, object]] = {}


def is_coded(values: pd.Series) -> bool:
    """Whether a column holds codes into its distinct cells."""
    return isinstance(values.dtype, pd.CategoricalDtype)


def look_up(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """`values[places]`, a piece at a time: numpy first makes eight bytes of every place."""
    if len(places) <= _AT_ONCE:
        return values[places]
    if values.strides == (0,):
        return np.broadcast_to(values[0], len(places))
    found = np.empty(len(places), dtype=values.dtype)
    for first in range(0, len(places), _AT_ONCE):
        found[first : first + _AT_ONCE] = values[places[first : first + _AT_ONCE]]
    return found


def are_used(codes: np.ndarray, n: int) -> np.ndarray:
    """Which of the codes 0 … n − 1 occur."""
    used = np.zeros(n + 1, dtype=bool)
    for first in range(0, len(codes), _AT_ONCE):
        used[codes[first : first + _AT_ONCE]] = True
    return used[:-1]


def cell_type(cells: pd.Index) -> pd.CategoricalDtype:
    """The type of a column of codes into these cells, distinct by construction: to have pandas see for itself costs ten times their memory."""
    return pd.CategoricalDtype._from_fastpath(cells, ordered=False)


def from_codes(codes: np.ndarray, kind: pd.CategoricalDtype, index: pd.Index | None = None) -> pd.Series:
    """A coded column; −1 = missing."""
    return pd.Series(pd.Categorical.from_codes(codes, dtype=kind, validate=False), index=index)


def distinct_cells(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """For each row the place of its cell among the distinct cells, −1 = missing; and those cells."""
    if is_coded(values):
        return values.cat.codes.to_numpy(), values.cat.categories
    codes, distinct = pd.factorize(values)
    return codes, pd.Index(distinct)


def once(cells: pd.Index, what: Hashable, make: Callable[[pd.Index], object]):
    """What `make` gives for distinct cells; asked again of the same cells under the same name, it is remembered."""
    made = _MADE.get(id(cells))
    if made is None:
        made = _MADE[id(cells)] = {}
        weakref.finalize(cells, _MADE.pop, id(cells), None)
    if what not in made:
        made[what] = make(cells)
    return made[what]


def of_each(values: pd.Series, what: Hashable, make: Callable[[pd.Index], np.ndarray], missing) -> np.ndarray:
    """For each row what `make` gives for its cell; `missing` where there is none."""
    codes, cells = distinct_cells(values)
    made = once(cells, what, lambda cells: _with_missing(make(cells), missing))
    return look_up(made, codes)


def _with_missing(made, missing):
    made = np.asarray(made)
    return np.append(made, np.array([missing], dtype=made.dtype))


def text_of_each(values: pd.Series, what: Hashable, make: Callable[[pd.Index], list[str | None]], dtype="str") -> pd.Series:
    """For each row the text `make` gives for its cell; a coded column gives a coded one."""
    codes, cells = distinct_cells(values)
    if not is_coded(values):
        return pd.Series(pd.array([*make(cells), None], dtype=dtype).take(codes), index=values.index)
    place, kind = once(cells, what, lambda cells: _coded(make(cells)))
    return from_codes(look_up(place, codes), kind, values.index)


def first_of(one: pd.Series, other: pd.Series) -> pd.Series:
    """The one column's value, the other's where it is missing; coded where either is."""
    if not is_coded(one) and not is_coded(other):
        return one.where(one.notna(), other)
    one, other = code_text(one), code_text(other)
    if not len(other.cat.categories):
        return one
    if not len(one.cat.categories):
        return other
    codes, kind = union([one, other])
    first, second = codes[: len(one)], codes[len(one) :]
    return from_codes(np.where(first < 0, second, first), kind, one.index)


def distinct_pairs(one: pd.Series, other: pd.Series) -> pd.DataFrame:
    """What stands together in a row of two columns, each pair once, in the order they first do, as plain text."""
    codes, cells = zip(*((column.cat.codes.to_numpy(), column.cat.categories.astype("str")) for column in map(code_text, (one, other))), strict=True)
    width = len(cells[1]) + 1
    parts = [slice(first, first + _AT_ONCE) for first in range(0, len(one), _AT_ONCE)]
    found = [pd.unique((codes[0][part].astype("int64") + 1) * width + codes[1][part] + 1) for part in parts]
    found = pd.unique(np.concatenate(found)) if found else np.array([], dtype="int64")
    first, second = (_texts(place - 1, known) for place, known in ((found // width, cells[0]), (found % width, cells[1])))
    return pd.DataFrame({one.name: first, other.name: first if first.equals(second) else second}, copy=False)


def n_distinct_texts(columns: list[pd.Series]) -> int:
    """How many different texts stand in the columns."""
    used = [(cells, are_used(codes, len(cells))) for codes, cells in map(distinct_cells, columns)]
    if len(used) == 1:
        return int(used[0][1].sum())
    return int(pd.concat([pd.Series(cells.array.take(np.flatnonzero(is_used))).astype("str") for cells, is_used in used]).nunique())


def are_among(texts, wanted) -> np.ndarray:
    """For each text whether it is one of the wanted ones; a missing one never is. As `isin`, without a word of Python for each."""
    given, known = (pa.array(values, pa.large_string(), from_pandas=True) for values in (pd.Series(texts, dtype="str"), pd.Series(list(wanted) if isinstance(wanted, (set, frozenset)) else wanted, dtype="str")))
    return pc.is_in(given, value_set=known.drop_null()).to_numpy(zero_copy_only=False)


def mapped(texts: pd.Series, known: pd.Series) -> pd.Series:
    """For each text what is known under it. As `map`, without a word of Python for each."""
    given, keys = (pa.array(pd.Series(values, dtype="str"), pa.large_string(), from_pandas=True) for values in (texts, known.index))
    place = pc.index_in(given, value_set=keys, skip_nulls=True).fill_null(-1).to_numpy()
    return pd.Series(known.array.take(place, allow_fill=True), index=texts.index)


def _texts(codes, cells) -> pd.Series:
    return pd.Series(cells.array.take(codes, allow_fill=True))


def together(parts: list[np.ndarray]) -> np.ndarray:
    """Arrays one after the other; where all hold one and the same number, that number once, seen as often as needed."""
    firsts = {part.flat[0] for part in parts if len(part)}
    if len(parts) > 1 and len(firsts) == 1 and all((part == part.flat[0]).all() for part in parts if len(part)):
        return np.broadcast_to(parts[0].dtype.type(firsts.pop()), sum(map(len, parts)))
    return np.concatenate(parts)


def union(columns: list[pd.Series]) -> tuple[np.ndarray, pd.CategoricalDtype]:
    """The codes of coded columns, one after the other, into the cells of all of them."""
    kinds = [column.dtype for column in columns]
    if all(kind.categories is kinds[0].categories for kind in kinds):
        return together([column.cat.codes.to_numpy() for column in columns]), kinds[0]
    places, cells = pd.factorize(pd.concat([kind.categories.to_series().astype("str") for kind in kinds], ignore_index=True))
    starts = np.cumsum([0, *(len(kind.categories) for kind in kinds)])
    parts = [np.append(places[first:last], -1)[column.cat.codes.to_numpy()] for column, first, last in zip(columns, starts[:-1], starts[1:], strict=True)]
    return np.concatenate(parts), cell_type(pd.Index(cells, dtype="str"))


def code_text(values: pd.Series) -> pd.Series:
    """A column of text as codes into its distinct cells; a coded one as it is."""
    if is_coded(values):
        return values
    codes, distinct = pd.factorize(values)
    return from_codes(codes, cell_type(pd.Index(distinct, dtype="str")), values.index)


def all_the_same(value: str, index: pd.Index) -> pd.Series:
    """A coded column that holds one text in every row."""
    return from_codes(np.zeros(len(index), dtype="int8"), cell_type(pd.Index([value], dtype="str")), index)


def lightened(values: pd.Series) -> pd.Series:
    """A coded column or one of whole numbers that is the same in every row, without a place in memory for each; others as they are."""
    if is_coded(values):
        codes = values.cat.codes.to_numpy()
        return from_codes(np.broadcast_to(codes[0], len(codes)), values.dtype, values.index) if len(codes) and (codes == codes[0]).all() else values
    if values.dtype.kind == "i" and len(values) and (values == values.iloc[0]).all():
        return pd.Series(np.broadcast_to(values.to_numpy()[0], len(values)), index=values.index, copy=False)
    return values


def all_missing(index: pd.Index) -> pd.Series:
    """A coded column that holds nothing."""
    return from_codes(np.full(len(index), -1, dtype="int8"), cell_type(pd.Index([], dtype="str")), index)


def _coded(made) -> tuple[np.ndarray, pd.CategoricalDtype]:
    """Texts as codes, −1 for none and for the place after the last, and the distinct ones."""
    codes, distinct = pd.factorize(made if isinstance(made, pd.Series) else pd.Series(made, dtype="str"))
    kind = cell_type(pd.Index(distinct, dtype="str"))
    return np.append(codes, -1).astype("int8" if len(distinct) < 2**7 else "int16" if len(distinct) < 2**15 else "int32"), kind
