"""The log of changes: what is written before a change begins, read and never written, every mistake named."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from journeylib.client import Persona
from journeylib.errors import ParameterError
from journeylib.improve.changes import is_written_late, read_changes
from tests.gaps.material import a_client

HEADER = "change_id,title,start_on,stage,scope,kpi,horizon_days,comparison,design,written_on,written_by\n"


@pytest.fixture
def client(tmp_path):
    return a_client(params_file=tmp_path / "drawn.yml", personas=(Persona(id="cio", name="IT-chefen"),), as_of=dt.date(2025, 12, 31))


def write(client, text):
    client.folder.mkdir(exist_ok=True)
    (client.folder / "changes.csv").write_text(text, encoding="utf-8")


def test_without_a_file_nothing_was_changed(client):
    assert read_changes(client).empty


def test_changes_come_in_the_order_they_began(client):
    write(client, HEADER + "B,Ny kassa,2025-05-01,decision,,conversion,90,,,2025-04-20,VD\nA,Nytt brev,2025-03-01,loyalty,persona:cio,contacted,60,persona:*,,2025-02-20,VD\n")
    changes = read_changes(client)
    assert changes["change_id"].tolist() == ["A", "B"]
    assert changes["horizon_days"].tolist() == [60, 90]
    assert (client.folder / "changes.csv").read_text(encoding="utf-8").startswith(HEADER)


def test_what_was_written_after_the_data_cut_is_no_news_yet(client):
    write(client, HEADER + "A,Nytt brev,2026-02-01,loyalty,,contacted,60,,,2025-12-30,\nB,Ny kassa,2025-12-01,decision,,conversion,60,,,2026-01-02,\n")
    assert read_changes(client)["change_id"].tolist() == ["A"]


@pytest.mark.parametrize(("written", "late"), [("2025-04-30", False), ("2025-05-01", False), ("2025-05-02", True), ("", True)])
def test_a_measure_written_after_the_start_is_written_late(client, written, late):
    write(client, HEADER + f"A,Nytt brev,2025-05-01,,,conversion,90,,,{written},\n")
    assert is_written_late(next(read_changes(client).itertuples())) is late


def test_every_mistake_is_named_with_its_line_and_its_cell(client):
    write(client, HEADER + "A,Nytt brev,1/5-25,decison,persona:cyo,conversoin,0,,ab,,\nA,,2025-05-01,decision,boss,conversion,90,persona:*,,,\n")
    with pytest.raises(ParameterError) as mistakes:
        read_changes(client)
    assert str(mistakes.value).splitlines() == [
        "changes.csv, line 2, column 'kpi': got 'conversoin', expected one of conversion, won, contacted, days, satisfaction; did you mean 'conversion'?",
        "changes.csv, line 2, column 'stage': got 'decison', expected one of awareness, consideration, decision, loyalty, advocacy; did you mean 'decision'?",
        "changes.csv, line 2, column 'start_on': got '1/5-25', expected a date as 2026-03-31",
        "changes.csv, line 2, column 'scope': got 'persona:cyo', expected a declared persona in place of 'cyo' (cio); did you mean 'persona:cio'?",
        "changes.csv, line 2, column 'comparison': got '', expected the group that did not get the change: design 'ab' compares with it",
        "changes.csv, line 2, column 'horizon_days': got '0', expected days after the start, e.g. 90",
        "changes.csv, line 3, column 'change_id': got 'A', expected an id no other line has; line 2 has it",
        "changes.csv, line 3, column 'title': got '', expected what was changed, in the client's language: it is written before the change begins",
        "changes.csv, line 3, column 'scope': got 'boss', expected a group, as persona:trainer, offer:x, channel:email or segment:north",
        "changes.csv, line 3, column 'comparison': got 'persona:*', expected a scope of the same kind, persona:…, whose others are meant",
    ]


def test_a_change_is_read_as_the_schema_has_it(client):
    write(client, HEADER + "A,Nytt brev,2025-05-01,,,days,90,,,2025-04-01,VD\n")
    change = next(read_changes(client).itertuples())
    assert (change.start_on, change.kpi, change.written_by) == (pd.Timestamp("2025-05-01"), "days", "VD")
    assert pd.isna(change.stage)
