"""`journey kit`, as typed."""

from __future__ import annotations

import sys

import pytest
from ruamel.yaml import YAML

from journeylib import cli
from journeylib.kit import kit_folder
from journeylib.parameters import load_client
from journeylib.project import Project
from tests.kit.kit_material import Hand

PARAMS = "name: Acme\nlanguage: en\nmarket: b2c\ngoal: more_conversions\nas_of: 2026-01-31\npersonas: [{id: cio, name: Chef}]\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("params", "notebooks"):
        (tmp_path / name).mkdir()
    (tmp_path / "params" / "acme.yml").write_text(PARAMS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOURNEY_ROOT", raising=False)
    return Project(tmp_path)


def journey(capsys, monkeypatch, *arguments) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["journey", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code or 0, capsys.readouterr().out


def test_a_kit_is_written_and_its_sources_can_be_pasted(project, capsys, monkeypatch):
    status, said = journey(capsys, monkeypatch, "kit", "acme")
    assert status == 0
    assert "· data/acme/kit/quotes.xlsx: written\n" in said
    block = said.split("Paste into params/acme.yml:\n\n")[1]
    assert "kit_quotes" in YAML(typ="safe", pure=True).load(block)["sources"]
    (project.params / "acme.yml").write_text(PARAMS + block, encoding="utf-8")
    assert journey(capsys, monkeypatch, "check", "acme")[0] == 0


def test_filled_sheets_are_kept_checked_and_summed_up(project, capsys, monkeypatch):
    journey(capsys, monkeypatch, "kit", "acme")
    hand = Hand(load_client("acme", project=project))
    hand.write("quotes", {"customer": "C1", "stage": "Decision", "persona": "Chef", "about": "Needs", "code": "price", "quote": "A", "relation": "left us"})
    status, said = journey(capsys, monkeypatch, "kit", "acme")
    assert status == 0
    assert "· data/acme/kit/quotes.xlsx: kept (filled in)\n" in said
    assert "· No customer was heard about: Awareness, Consideration, Loyalty and Advocacy.\n" in said
    assert "· People heard: 1. Customers: 0, left you: 1, never bought: 0, not known: 0.\n" in said


def test_mistakes_in_filled_sheets_fail_the_command(project, capsys, monkeypatch):
    journey(capsys, monkeypatch, "kit", "acme")
    Hand(load_client("acme", project=project)).write("quotes", {"stage": "Decison", "about": "Needs", "quote": "A"})
    status, said = journey(capsys, monkeypatch, "kit", "acme")
    assert status == 1
    assert "✗ quotes.xlsx, sheet Quotes, cell E5: Stage says “Decison”" in said


def test_a_kit_may_be_written_elsewhere(project, capsys, monkeypatch):
    status, said = journey(capsys, monkeypatch, "kit", "acme", "--out", "desk")
    assert status == 0
    assert "· desk/quotes.xlsx: written\n" in said
    assert 'file: "kit/quotes.xlsx"' in said  # where the filled sheets are to be put
    assert not kit_folder(load_client("acme", project=project)).exists()
