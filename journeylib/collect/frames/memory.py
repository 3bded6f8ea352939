"""How a process with a large file in it gives memory back as soon as it is done with it. On Linux with glibc; elsewhere only Arrow is told."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from functools import cache

import pyarrow as pa

_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1
_OWN_PAGES_FROM = 128 * 1024
#: Arrays of a block of the log (`measures.passages.BLOCK_ROWS`) are smaller, those with a number for each of a million journeys larger.
_LARGER_THAN_A_BLOCK, _KEPT_FREE = 6 << 20, 64 << 20


@cache
def keep_memory_low() -> None:
    """From now on let arrays of 128 KB and more go back to the system when they are freed.

    glibc raises its limit for such arrays to 32 MB by itself, and Arrow's own pool keeps what it once had: half as much again.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _OWN_PAGES_FROM)


def reuse_memory_of_blocks() -> None:
    """From now on keep what arrays of a block of the log took for those of the next one: asking the system each time is a third of a measure."""
    if sys.platform == "linux" and keep_memory_low.cache_info().currsize:
        with suppress(AttributeError, OSError):
            library = ctypes.CDLL(None)
            library.mallopt(_M_MMAP_THRESHOLD, _LARGER_THAN_A_BLOCK)
            library.mallopt(_M_TRIM_THRESHOLD, _KEPT_FREE)


def give_memory_back() -> None:
    """Hand what is free to the system, where `keep_memory_low` was asked for."""
    if sys.platform == "linux" and keep_memory_low.cache_info().currsize:
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)
