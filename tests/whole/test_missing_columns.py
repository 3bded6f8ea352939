"""A column that may be missing is missing: the whole report is made all the same, whichever it is, with personas and registers to compare."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from journeylib.client import Client
from tests.whole.in_process import answer

N = 60
WHAT = (("page_view", 1), ("quote", 2), ("order", 3), ("support", 5), ("order", 8))
NEEDED = {"events": ("customer", "date"), "customers": ("customer",), "activities": ("title",), "content": ("title",), "needs": ("wording",),
          "voices": ("row",)}  # fmt: skip
FORMATS = {"events": "plain_events", "customers": "customers", "voices": "plain_voices"}
PERSONAS = ({"id": "a", "name": "Anna"}, {"id": "b", "name": "Bo"})
RULES = ({"touchpoint": "page_view", "atom": "a2_brand"}, {"touchpoint": "quote", "atom": "a3_evaluate"},
         {"touchpoint": "order", "atom": "a4_decide", "again": "a8_repeat", "outcome": "won"}, {"touchpoint": "support", "atom": "a7_use"})  # fmt: skip


def delivered() -> dict[str, pd.DataFrame]:
    """Two personas that go the same way at different speeds, their words, and what the company has for them; every column filled in."""
    events = [{"customer": f"c{i}", "account": f"f{i // 2}", "date": f"2025-{month + i % 3:02d}-{1 + i % 27:02d}", "touchpoint": what, "detail": f"/{what}", "channel": "web",
               "initiator": "customer", "department": "Sales", "offer": "Hosting", "value": 100 + i, "referrer_id": f"c{(i + 1) % N}"}
              for i in range(N) for what, month in WHAT if i % 4 or what != "order"]  # fmt: skip
    customers = [{"customer": f"c{i}", "company": f"f{i // 2}", "persona": "ab"[i % 2], "role": "cfo", "segment": "small", "consent": "yes"} for i in range(N)]
    stages = ("awareness", "consideration", "decision", "loyalty", "advocacy")
    registers = [{"id": f"A{i}", "title": f"Thing {i}", "stage": stage, "persona": "ab"[i % 2], "need_id": f"N{i}", "purpose": "Be seen", "next_step": "Call", "channel": "web",
                  "owner": "CMO", "department": "Sales", "cost": 1000, "hours": 20, "reach": 90, "result": 12} for i, stage in enumerate(stages)]  # fmt: skip
    content = [{"id": f"C{i}", "title": f"Page {i}", "type": "guide", "stage": stage, "persona": "ab"[i % 2], "need_id": f"N{i}", "language": "en", "cta": "Book a demo", "gated": "no",
                "reach": 70, "live_from": "2025-01-01", "live_to": "2027-01-01", "text": "A guide for you."} for i, stage in enumerate(stages[:3])]  # fmt: skip
    needs = [{"id": f"N{i}", "wording": f"Need {i}", "stage": stage, "persona": "ab"[i % 2], "kind": "functional"} for i, stage in enumerate(stages)]
    voices = [{"customer": f"c{i}", "account": f"f{i // 2}", "said_at": "2025-05-01", "stage": stages[i % 5], "touchpoint": "order", "persona": "ab"[i % 2], "row": "emotion",
               "code": "price", "second code": "price", "text": "It was hard to find.", "metric": "csat", "need_id": "", "score": 1 + i % 5, "scale_min": 1, "scale_max": 5,
               "wording_id": "w", "has_consent": "yes", "kind": "stated", "relation": "customer"} for i in range(N)]  # fmt: skip
    tables = {"events": events, "customers": customers, "activities": registers, "content": content, "needs": needs, "voices": voices}
    return {name: pd.DataFrame(rows) for name, rows in tables.items()}


def a_client(folder: Path, tables: dict[str, pd.DataFrame], **given) -> Client:
    (folder / "data").mkdir(parents=True)
    for name, rows in tables.items():
        rows.to_csv(folder / "data" / f"{name}.csv", index=False)
    sources = {name: {"file": f"{name}.csv", "format": FORMATS.get(name, f"{name}_register")} for name in tables}
    if "touchpoint" not in tables["events"]:
        sources["events"]["set"] = {"touchpoint": "order"}
    return Client(slug="lacking", name="Lacking", language="en", goal="more_loyalty", as_of=dt.date(2026, 1, 15), data_folder=folder / "data",
                  params_file=folder / "lacking.yml", rules=RULES, sources=sources, personas=PERSONAS, **({"market": "b2c"} | given))  # fmt: skip


def optional() -> list[tuple[str, str]]:
    return [(table, column) for table, rows in delivered().items() for column in rows if column not in NEEDED[table]]


def assert_whole(client: Client, work: Path) -> None:
    found = answer(client, work)
    assert len(found.findings) > 30
    assert all(finding.takeaway and finding.as_html() for finding in found.findings.values())


@pytest.mark.report
def test_personas_meet_events_that_say_nothing_but_whose_and_when(tmp_path):
    tables = delivered()
    least = {"events": tables["events"][["customer", "date"]], "customers": tables["customers"][["customer", "persona"]]}
    assert_whole(a_client(tmp_path, least), tmp_path / "work")


@pytest.mark.report
def test_registers_of_a_client_of_whom_nothing_before_the_purchase_is_known(tmp_path):
    tables = delivered()
    orders = tables["events"].query("touchpoint == 'order'")
    content = tables["content"].query("stage != 'consideration'")
    activities = tables["activities"].query("stage in ('awareness', 'decision', 'loyalty')")
    assert_whole(a_client(tmp_path, {"events": orders, "activities": activities, "content": content}), tmp_path / "work")


@pytest.mark.report
@pytest.mark.parametrize("table", NEEDED)
def test_a_table_with_nothing_but_what_it_needs_makes_a_report(tmp_path, table):
    tables = delivered()
    assert_whole(a_client(tmp_path, tables | {table: tables[table][list(NEEDED[table])]}, market="both"), tmp_path / "work")


@pytest.mark.report
@pytest.mark.parametrize("table", NEEDED)
def test_a_table_two_thirds_of_which_is_not_filled_in_makes_a_report(tmp_path, table):
    tables = delivered()
    rows = tables[table]
    thin = rows.assign(**{column: rows[column].where((rows.index + number) % 3 == 0) for number, column in enumerate(rows) if column not in NEEDED[table]})
    assert_whole(a_client(tmp_path, tables | {table: thin}, market="both"), tmp_path / "work")


@pytest.mark.truth
@pytest.mark.parametrize(("table", "column"), optional())
def test_whichever_column_is_missing_the_report_is_made(tmp_path, table, column):
    tables = delivered()
    assert_whole(a_client(tmp_path, tables | {table: tables[table].drop(columns=column)}, market="both"), tmp_path / "work")
