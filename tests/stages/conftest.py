"""A client with nothing but what a stage model asks for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from journeylib.client import Client


@pytest.fixture(scope="session")
def client_with():
    """`client_with(stage_model=…, scope=…)`: a Swedish B2B client that differs only in what is given."""

    def build(**given):
        plain = {"slug": "acme", "name": "Acme", "language": "sv", "market": "b2b", "goal": "more_loyalty", "as_of": dt.date(2026, 1, 15),
                 "data_folder": Path("data"), "params_file": Path("params/acme.yml")}  # fmt: skip
        return Client(**{**plain, **given})

    return build
