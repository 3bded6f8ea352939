"""Invented raw events of one client, as an export gives them: one Parquet file in the order of time, written in blocks.

    python benchmarks/raw_events.py OUT.parquet [ROWS]

About one customer to eight events, most of them seen again soon after their last event; one row in 500 stands twice in the file,
one in 1,000 names no customer. Seeded: the same number of rows gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20260101
BLOCK_ROWS = 250_000
#: Share of events that are a customer's first.
NEW = 0.126
FIRST_AT_US, SPAN_US = 1_704_067_200_000_000, 730 * 86_400_000_000  # two years from 2024-01-01
TOUCHPOINTS = ("ad_click", "page_view", "guide_download", "price_view", "quote_request", "order", "support_call", "repeat_order", "review", "newsletter")
#: Chance of each touchpoint, by how far along a customer is.
CHANCES = np.array([
    [0.25, 0.60, 0.08, 0.04, 0.00, 0.00, 0.00, 0.00, 0.00, 0.03],
    [0.06, 0.55, 0.08, 0.17, 0.05, 0.02, 0.00, 0.00, 0.00, 0.07],
    [0.02, 0.38, 0.02, 0.20, 0.14, 0.12, 0.02, 0.00, 0.00, 0.10],
    [0.01, 0.30, 0.01, 0.06, 0.03, 0.08, 0.18, 0.12, 0.05, 0.16],
])  # fmt: skip
CHANNELS = ("organic_search", "paid_search", "email", "social", "direct", "referral", "phone", "display")
OFFERS = ("Basic", "Plus", "Family", "Business")
PAGES = tuple(f"/{section}/{number}" for section in ("guides", "products", "prices", "help", "stories") for number in range(80))
SCHEMA = pa.schema([("customer_id", pa.string()), ("occurred_at", pa.timestamp("us", "UTC")), ("touchpoint", pa.string()), ("page", pa.string()),
                    ("channel", pa.string()), ("offer", pa.string()), ("value", pa.float64())])  # fmt: skip


def write_raw_events(path: Path, n_rows: int) -> None:
    """Write `n_rows` raw events to a Parquet file, a block at a time."""
    rng = np.random.default_rng(SEED)
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, SCHEMA, compression="snappy") as writer:
        n_customers = 0
        for first in range(0, n_rows, BLOCK_ROWS):
            n = min(BLOCK_ROWS, n_rows - first)
            block, n_customers = _block(rng, first, n, n_rows, n_customers)
            writer.write_table(block)


def _block(rng, first, n, n_rows, n_customers):
    at = FIRST_AT_US + ((first + np.sort(rng.random(n)) * n) / n_rows * SPAN_US).astype("int64")
    is_new = rng.random(n) < NEW
    known = n_customers + np.cumsum(is_new)
    back = (rng.exponential(0.08, n) * known).astype("int64")
    customer = np.where(is_new, known - 1, np.maximum(known - 1 - back, 0))
    stage = np.minimum((back / np.maximum(0.03 * known, 1)).astype("int64"), 3)
    touchpoint = (rng.random(n)[:, None] > np.cumsum(CHANCES, axis=1)[stage]).sum(axis=1).clip(0, len(TOUCHPOINTS) - 1)
    is_order = np.isin(touchpoint, (5, 7))
    columns = [
        _taken(customer, rng.random(n) < 0.001), pa.array(at, pa.timestamp("us", "UTC")), _words(TOUCHPOINTS, touchpoint),
        _words(PAGES, np.minimum(rng.geometric(0.02, n) - 1, len(PAGES) - 1), ~np.isin(touchpoint, (1, 2, 3))),
        _words(CHANNELS, np.where(touchpoint == 9, 2, rng.integers(0, len(CHANNELS), n))),
        _words(OFFERS, customer % 4, rng.random(n) < 0.3), pa.array(np.round(rng.gamma(2.0, 300.0, n), 2), mask=~is_order),
    ]  # fmt: skip
    block = pa.table(columns, schema=SCHEMA)
    place = np.arange(n)
    twice = rng.random(n) < 0.002
    place[1:][twice[1:]] = place[:-1][twice[1:]]  # a row exported twice stands right after itself
    return block.take(pa.array(place)), int(known[-1])


def _taken(customer, is_missing):
    return pa.array(np.char.add("k", np.char.zfill((customer * 7_919 % 100_000_007).astype("U9"), 9)), pa.string(), mask=is_missing)


def _words(words, codes, is_missing=None):
    codes = pa.array(codes.astype("int32"), mask=is_missing)
    return pa.DictionaryArray.from_arrays(codes, pa.array(words)).cast(pa.string())


if __name__ == "__main__":
    write_raw_events(Path(sys.argv[1]), int(float(sys.argv[2])) if len(sys.argv) > 2 else 10_000_000)
