"""Sums to the last bit: the same in whatever order the numbers stand, and as quick as an array.

Customers stand in the order of their pseudonyms, and a plain sum rounds after every number: another salt would move its last digits.
"""

from __future__ import annotations

import math

import numpy as np

_CHUNK_BITS = 15
#: Beyond this the number that parts high bits from low ones is none; `math.fsum` takes any.
_LARGEST = 2.0**1000


def exact_sum(values) -> float:
    """Σ values, rounded once: what `math.fsum` gives, of a million numbers in a twentieth of its time.

    What of the numbers lies above a common bit adds up without rounding; so does what is left, above a lower bit, until nothing is
    left (the splitting of Rump, Ogita & Oishi 2008, algorithm 3.3). The few exact sums are then added by `math.fsum`.

    >>> exact_sum(np.array([1e16, 1.0, -1e16])), float(np.sum([1e16, 1.0, -1e16]))
    (1.0, 0.0)
    """
    values = np.asarray(values, dtype=np.float64)
    if len(values) and not max(values.max(), -values.min()) < _LARGEST:
        return math.fsum(values.tolist())
    chunks = (values[first : first + (1 << _CHUNK_BITS)] for first in range(0, len(values), 1 << _CHUNK_BITS))
    return math.fsum(part for chunk in chunks for part in _exact_parts(chunk))


def _exact_parts(left):
    """Few numbers whose sum is exactly that of these."""
    while (largest := float(max(left.max(), -left.min()))) > 0:
        parting = math.ldexp(1.0, math.frexp(largest)[1] + _CHUNK_BITS + 1)
        high = left + parting
        high -= parting
        yield float(high.sum())
        left = left - high
