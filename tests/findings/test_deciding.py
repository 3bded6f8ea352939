"""The table of decisions: what is chosen is written, what cannot be is said, elsewhere it is one line."""

from __future__ import annotations

import pytest

from journeylib.findings.deciding import DecisionTable
from journeylib.improve.record import Decision, decisions_on_file, record_decisions
from journeylib.wording import Words
from tests.gaps.material import a_client


@pytest.fixture
def table(tmp_path):
    client = a_client(params_file=tmp_path / "drawn.yml")
    record_decisions(client, [Decision("G05", "park", "vd", "senare", "")], seen={})
    return DecisionTable(client, Words("sv"), {"G03:loyalty": ("Tyst · Lojalitet", "Ingen hör av sig."), "G05": ("Lucka", "Tom.")}, decisions_on_file(client))


def test_what_is_chosen_is_written_and_what_is_not_touched_stays(table):
    assert table.save([Decision("G03:loyalty", "accept", "vd", "ja", ""), Decision("G05", "park", "vd", "senare", "")]) == (
        "Ett beslut är sparat i drawn/decisions.csv. Det gäller från nästa körning.")  # fmt: skip
    assert {gap: each.decision for gap, each in decisions_on_file(table.client).items()} == {"G05": "park", "G03:loyalty": "accept"}
    assert table.save([Decision("G03:loyalty", "accept", "vd", "ja", "")]) == "Inget har ändrats."


def test_a_mistake_is_said_and_nothing_is_written(table):
    assert "a date as 2026-03-31" in table.save([Decision("G03:loyalty", "accept", "vd", "ja", "snart")])
    assert list(decisions_on_file(table.client)) == ["G05"]


def test_pressing_save_in_the_notebook_writes_what_the_widgets_hold(table):
    box = table._draw()
    *gaps, button, told = box.children
    chosen, by, why, until = gaps[0].children[1].children
    assert gaps[1].children[1].children[0].value == "park"
    chosen.value, by.value, why.value = "reject", "vd", "finns redan"
    button.click()
    assert told.value.startswith("Ett beslut är sparat")
    assert decisions_on_file(table.client)["G03:loyalty"] == Decision("G03:loyalty", "reject", "vd", "finns redan", "")


def test_without_a_gap_there_is_nothing_to_decide(table):
    assert DecisionTable(table.client, Words("da"), {})._repr_mimebundle_() == {"text/plain": "Ingen huller at beslutte om."}
