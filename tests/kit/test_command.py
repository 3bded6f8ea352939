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


def test_filled_flows_are_printed_for_their_file_and_the_check_reads_them_there(project, capsys, monkeypatch):
    journey(capsys, monkeypatch, "kit", "acme")
    hand = Hand(load_client("acme", project=project))
    hand.write("flows", {"flow": "Guide", "stage": "Consideration", "goal": "Decision", "trigger": "The guide", "consent": "yes", "step": 1, "message": "Thanks",
                         "channel": "E-mail", "next_step": "end", "exit": "purchase"})  # fmt: skip
    said = journey(capsys, monkeypatch, "kit", "acme")[1]
    lines = said.split("Paste into params/acme/flows.csv:\n\n")[1]
    (project.params / "acme").mkdir()
    (project.params / "acme" / "flows.csv").write_text(lines.strip() + "\n", encoding="utf-8")
    assert "Paste into params/acme/flows.csv" not in journey(capsys, monkeypatch, "kit", "acme")[1]
    status, said = journey(capsys, monkeypatch, "check", "acme")
    assert (status, "flows.csv, N2: there is no way to unsubscribe" in said) == (0, True)


def test_what_the_parameters_have_is_not_printed_again_and_a_key_never_twice(project, capsys, monkeypatch):
    file = project.params / "acme.yml"
    block = journey(capsys, monkeypatch, "kit", "acme")[1].split("Paste into params/acme.yml:\n\n")[1]
    file.write_text(PARAMS + block, encoding="utf-8")
    assert "Paste" not in journey(capsys, monkeypatch, "kit", "acme")[1]
    file.write_text(PARAMS + "sources:\n  shop: {file: shop.csv, format: plain_events}\n", encoding="utf-8")
    said = journey(capsys, monkeypatch, "kit", "acme")[1]
    under = said.split("Paste into params/acme.yml, under its `sources:`:\n\n")[1]
    assert under.startswith("  kit_survey:\n")
    file.write_text(file.read_text(encoding="utf-8") + under.replace("kit/survey.xlsx", "kit/other.xlsx"), encoding="utf-8")
    said = journey(capsys, monkeypatch, "kit", "acme")[1]
    assert "Paste into params/acme.yml, under its `sources:`, in place of kit_survey:\n\n  kit_survey:\n" in said
    assert "kit_quotes" not in said


def test_a_persona_told_in_the_sheet_goes_under_those_told_before(project, capsys, monkeypatch):
    journey(capsys, monkeypatch, "kit", "acme")
    Hand(load_client("acme", project=project)).write("personas", {"id": "cfo", "name": "Money"})
    said = journey(capsys, monkeypatch, "kit", "acme")[1]
    assert 'Paste into params/acme.yml, under its `personas:`:\n\n  - {id: "cfo", name: "Money"}\n' in said


def test_answers_about_needs_whose_words_no_source_holds_are_told_of(project, capsys, monkeypatch):
    block = journey(capsys, monkeypatch, "kit", "acme")[1].split("Paste into params/acme.yml:\n\n")[1]
    (project.params / "acme.yml").write_text(PARAMS + block, encoding="utf-8")
    hand = Hand(load_client("acme", project=project))
    survey = next(sheet for file in hand.kit.plan for sheet in file.sheets if sheet.id == "survey")
    hand.write("survey", *({"when": "2026-01-12", "customer": f"C{n}"} | {column.id: column.scale[1] for column in survey.columns if column.scale} for n in range(3)))
    said = journey(capsys, monkeypatch, "check", "acme")[1]
    assert "! sources.kit_survey: names 'N1', 'N2', 'N3', 'N4', 'N5', and no source holds the words of those needs" in " ".join(said.split())
    under = journey(capsys, monkeypatch, "kit", "acme")[1].split("Paste into params/acme.yml, under its `sources:`:\n\n")[1]
    assert under.startswith("  kit_needs:\n")
    (project.params / "acme.yml").write_text(PARAMS + block + under, encoding="utf-8")
    assert "holds the words" not in " ".join(journey(capsys, monkeypatch, "check", "acme")[1].split())
