"""How a process with a large file in it keeps what arrays of a block took, and gives the rest back. On Linux with glibc; elsewhere only Arrow is told."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from functools import cache

import pyarrow as pa

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
#: Arrays of a block of rows (`coded.BLOCK_ROWS`, `measures.passages.BLOCK_ROWS`) are smaller, whole columns of a large file larger.
_LARGER_THAN_A_BLOCK, _KEPT_FREE = 6 << 20, 64 << 20


@cache
def keep_memory_low() -> None:
    """From now on whole columns go back to the system when they are freed, and what arrays of a block took is kept for the next block's.

    To ask the system for every array anew is a third of the work. glibc by itself raises the limit between the two to 32 MB, and
    Arrow's own pool keeps what it once had: half as much memory again.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    _tell_glibc("mallopt", _M_MMAP_THRESHOLD, _LARGER_THAN_A_BLOCK)
    _tell_glibc("mallopt", _M_TRIM_THRESHOLD, _KEPT_FREE)


def give_memory_back() -> None:
    """Hand what is free to the system, where `keep_memory_low` was asked for."""
    if keep_memory_low.cache_info().currsize:
        _tell_glibc("malloc_trim", 0)


def _tell_glibc(what: str, *given: int) -> None:
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            getattr(ctypes.CDLL(None), what)(*given)
