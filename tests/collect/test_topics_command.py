"""`journey topics`, as typed: a form the first time, only what is new the next, and a person's labels counted in the report's tables."""

from __future__ import annotations

import sys

import pytest

from journeylib import cli
from journeylib.collect import collect
from journeylib.parameters import load_client
from journeylib.project import Project
from journeylib.stages import load_stage_model

PARAMS = """
name: Acme
language: sv
market: b2c
goal: more_conversions
as_of: 2026-01-31
sources: {svar: {file: svar.csv, format: plain_voices, set: {kind: stated}}}
"""
TEXTS = ["Frakten var dyr och kom sent", "Dyr frakt och sen leverans", "Frakten blev dyr", "Kontot gick inte att logga in på", "Kontot låste sig vid inloggning",
         "Kundtjänst svarade aldrig", "Ingen på kundtjänst svarade"]


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("params", "notebooks", "data/acme"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "params" / "acme.yml").write_text(PARAMS, encoding="utf-8")
    lines = [f"k{i};Beslut;problem;{TEXTS[i % len(TEXTS)]}" for i in range(70)]
    (tmp_path / "data" / "acme" / "svar.csv").write_text("\n".join(["Kund;Fas;Rad;Citat", *lines]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOURNEY_ROOT", raising=False)
    monkeypatch.setenv("JOURNEY_SALT", "a salt for tests")
    return Project(tmp_path)


def typed(capsys, monkeypatch) -> str:
    monkeypatch.setattr(sys, "argv", ["journey", "topics", "acme"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    return capsys.readouterr().out


def test_a_form_is_written_once_filled_in_and_counted(project, capsys, monkeypatch):
    assert typed(capsys, monkeypatch).startswith("Wrote params/acme/topics.csv. Give each topic you accept a label")
    form = project.params / "acme" / "topics.csv"
    header, *lines = form.read_text(encoding="utf-8").splitlines()
    assert header == "language,words,label,row,customers,texts,example"
    assert len(lines) == 3
    shipping = next(line for line in lines if "frakt" in line)
    form.write_text("\n".join([header, shipping.replace('",,problem', '",Dyr frakt,problem')]), encoding="utf-8")

    said = typed(capsys, monkeypatch)
    assert said.startswith("Not in your topics.csv yet.")
    assert "kontot" in said.lower()
    assert "frakt" not in said
    client = load_client("acme", project=project)
    voices = collect(client, load_stage_model(client), project.root / "work").voices
    assert voices.loc[voices["code"] == "Dyr frakt", "customer_id"].nunique() == 30
    assert voices["code"].isna().sum() == 40


def test_where_nothing_hangs_together_it_says_so(project, capsys, monkeypatch):
    (project.data / "acme" / "svar.csv").write_text("Kund;Fas;Rad;Citat\nk1;Beslut;problem;Frakten var dyr", encoding="utf-8")
    assert typed(capsys, monkeypatch).startswith("No topic to suggest")
    assert not (project.params / "acme" / "topics.csv").exists()
