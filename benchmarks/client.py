"""The client whose raw events the benchmarks prepare and measure."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from journeylib.client import Client
from journeylib.stages import load_stage_model
from journeylib.stages.model import StageModel

_RULES = (
    {"touchpoint": "ad_click", "atom": "a2_brand"}, {"touchpoint": "page_view", "detail": "/help/*", "atom": "a7_use"},
    {"touchpoint": "page_view", "detail": "/prices/*", "atom": "a3_evaluate"}, {"touchpoint": "page_view", "atom": "a2_brand"},
    {"touchpoint": "guide_download", "atom": "a1_problem"}, {"touchpoint": "price_view|quote_request", "atom": "a3_evaluate"},
    {"touchpoint": "order", "atom": "a4_decide", "again": "a8_repeat", "outcome": "won"}, {"touchpoint": "repeat_order", "atom": "a8_repeat"},
    {"touchpoint": "support_call", "atom": "a5_reassure"}, {"touchpoint": "review", "atom": "a9_advocate"},
    {"touchpoint": "newsletter", "initiator": "company"}, {"touchpoint": "newsletter"},
)  # fmt: skip


def bench_client(file: Path) -> tuple[Client, StageModel]:
    """The client of one Parquet file of raw events, and its stages."""
    client = Client(
        slug="bench", name="Bench", language="en", market="b2c", goal="more_conversions", timezone="Europe/Stockholm", as_of=dt.date(2025, 12, 31),
        sources={"web": {"file": file.name, "format": "plain_events", "columns": {"detail": "page"}}}, rules=_RULES, data_folder=file.parent,
        params_file=file.parent / "params" / "bench.yml",
    )  # fmt: skip
    return client, load_stage_model(client)
