"""The client's own ids of people on a list are found again from the raw files, and only theirs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd

from journeylib.client import Client
from journeylib.collect import collect
from journeylib.collect.customers.own_ids import own_ids_of

EVENTS = "e-mail,when,what\nann@shop.example,2025-01-01,visit\nbea@shop.example,2025-01-02,visit\nvisitor.1,2025-01-03,visit\n"
ORDERS = "kund,when,what\nann@shop.example,2025-01-05,order\n"


def the_client(folder: Path) -> Client:
    for name, text in (("events.csv", EVENTS), ("orders.csv", ORDERS)):
        (folder / name).write_text(text, encoding="utf-8")
    source = {"format": "plain_events"}
    return Client(slug="shop", name="Shop", language="en", market="b2c", goal="more_loyalty", as_of=dt.date(2025, 3, 1), data_folder=folder, params_file=folder / "shop.yml",
                  sources={"web": source | {"file": "events.csv"}, "orders": source | {"file": "orders.csv"}})  # fmt: skip


def test_a_pseudonym_leads_back_to_the_ids_of_the_raw_files(tmp_path):
    client = the_client(tmp_path)
    collected = collect(client, None, tmp_path / "work")
    buyer = collected.journeys.loc[collected.log.journey[[collected.log.names["touchpoint"][code] == "order" for code in collected.log.touchpoint]], "customer_id"]
    assert own_ids_of(client, pd.Series(buyer.to_numpy())).tolist() == ["email:ann@shop.example"]


def test_nothing_of_it_is_kept_in_the_work_folder(tmp_path):
    client = the_client(tmp_path)
    collected = collect(client, None, tmp_path / "work")
    own_ids_of(client, collected.journeys["customer_id"])
    for path in (tmp_path / "work").rglob("*"):
        if path.is_file():
            assert b"ann@shop" not in path.read_bytes(), path.name
    assert "ann@shop" not in json.dumps(collected.facts, default=str)
