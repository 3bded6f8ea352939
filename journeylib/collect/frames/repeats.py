"""Which rows of a file equal an earlier one in every cell, by two 64-bit hashes of the row: no two rows need be held side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_STIR = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0xFF51AFD7ED558CCD))
_KEYS = ("0123456789123456", "6543219876543210")
_BITS = np.uint64(40)

#: Two hashes of each of some rows.
Hashes = tuple[np.ndarray, np.ndarray]


def hash_cells(column: pa.Array) -> Hashes:
    """Each cell as two 64-bit numbers that are equal where cells are equal; a missing cell is a value of its own."""
    if pa.types.is_integer(column.type) and not column.null_count:
        bits = column.to_numpy(zero_copy_only=False).astype("int64").view("uint64")
        return bits, bits
    if _is_plain(column.type):
        bits = _bits(column)
        return bits, bits
    if isinstance(column, pa.DictionaryArray) and len(column.dictionary) < len(column):
        known, codes = hash_cells(column.dictionary), column.indices.fill_null(-1).to_numpy()
        return tuple(np.append(each, missing)[codes] for each, missing in zip(known, hash_cells(pa.array([None], pa.string())), strict=True))
    cells = np.array([None if cell is None else str(cell) for cell in column.to_pylist()], dtype=object)
    filled = np.where(pd.isna(cells), "", cells)
    gone = pd.isna(cells).astype("uint64")
    return tuple(pd.util.hash_array(filled, hash_key=key, categorize=False) + gone for key in _KEYS)


def packed(columns: list[tuple[np.ndarray, int]]) -> list[np.ndarray]:
    """Columns of codes, each with how many it can hold (−1 counts), as few numbers a row that are equal where all codes are."""
    numbers, n_held = [], 1 << 64
    for codes, n in columns:
        n_held *= n
        if n_held >= 1 << 63:
            numbers.append(codes.astype("int64"))
            n_held = n
        else:
            numbers[-1] *= n
            numbers[-1] += codes
    return [number.view("uint64") for number in numbers]


def _is_plain(kind) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_timestamp(kind)


def _bits(column):
    """The bits of a number, with one pattern of its own for a missing one and one for nought."""
    gone = np.asarray(column.is_null(nan_is_null=pa.types.is_floating(column.type)))
    if pa.types.is_floating(column.type):
        bits = (column.cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False) + 0.0).view("uint64")
    elif pa.types.is_boolean(column.type):
        bits = column.fill_null(False).to_numpy(zero_copy_only=False).astype("uint64")
    else:
        bits = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False).view("uint64")
    return np.where(gone, _ODD[0] ^ np.uint64(1), bits) if gone.any() else bits


def mix(hashes, cells, n_rows) -> Hashes:
    """The hashes of rows with one more cell."""
    hashes = hashes or (np.full(n_rows, _STIR[0]), np.full(n_rows, _STIR[1]))
    return tuple(_stirred(row ^ (cell * odd), stir) for row, cell, odd, stir in zip(hashes, cells, _ODD, _STIR, strict=True))


def _stirred(bits, stir):
    bits = (bits ^ (bits >> np.uint64(31))) * stir
    bits ^= bits >> np.uint64(29)
    bits *= _ODD[1]
    bits ^= bits >> np.uint64(32)
    return bits


def find_repeats(hashes: list[Hashes]) -> np.ndarray:
    """Numbers of the rows that equal an earlier row, ascending.

    Parameters
    ----------
    hashes : the two hashes of the rows of each block, in file order; the list is emptied, to have their memory back.
    """
    first = np.concatenate([one for one, _ in hashes])
    second = [other for _, other in hashes]
    hashes.clear()
    ordered = np.sort(first)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    if not len(twice):
        return np.array([], dtype="int64")
    is_near = np.zeros(1 << 24, dtype=bool)
    is_near[twice >> _BITS] = True
    rows = np.flatnonzero(is_near[first >> _BITS])
    pairs = pd.DataFrame({"first": first[rows], "second": np.concatenate(second)[rows]})
    return rows[pairs.duplicated().to_numpy()]
