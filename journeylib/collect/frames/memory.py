"""How a process with a large file in it gives memory back as soon as it is done with it. On Linux with glibc; elsewhere only Arrow is told."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from functools import cache

import pyarrow as pa

_M_MMAP_THRESHOLD = -3
_OWN_PAGES_FROM = 128 * 1024


@cache
def keep_memory_low() -> None:
    """From now on let arrays of 128 KB and more go back to the system when they are freed.

    glibc raises its limit for such arrays to 32 MB by itself, and Arrow's own pool keeps what it once had: half as much again.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _OWN_PAGES_FROM)


def give_memory_back() -> None:
    """Hand what is free to the system, where `keep_memory_low` was asked for."""
    if sys.platform == "linux" and keep_memory_low.cache_info().currsize:
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)
