"""The command `journey`: new, check and report, as typed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

sys.path.insert(0, str(Path(__file__).parent))
from small_project import add_client, make_project  # noqa: E402

from journeylib import cli  # noqa: E402
from journeylib.client import Client  # noqa: E402
from journeylib.new_client import client_template  # noqa: E402


@pytest.fixture
def project(tmp_path, monkeypatch):
    made = make_project(tmp_path / "p")
    monkeypatch.chdir(made.root)
    monkeypatch.delenv("JOURNEY_ROOT", raising=False)
    return made


def journey(capsys, monkeypatch, *arguments) -> tuple[int, str]:
    """Exit status and output of a command line."""
    monkeypatch.setattr(sys, "argv", ["journey", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code or 0, capsys.readouterr().out


def test_a_new_client_lacks_only_what_must_be_filled_in(project, capsys, monkeypatch):
    status, said = journey(capsys, monkeypatch, "new", "acme")
    assert status == 0
    assert said == "Wrote params/acme.yml. Fill in what is left empty, put the raw files in data/acme/, then: journey check acme\n"
    assert (project.data / "acme").is_dir()
    status, said = journey(capsys, monkeypatch, "check", "acme")
    assert status == 1
    assert {line.split(": ")[1] for line in said.splitlines() if line.startswith("acme.yml:")} == {"language", "market", "goal", "as_of"}
    path = project.params / "acme.yml"
    text = path.read_text()
    for key, value in {"language": "da", "market": "b2c", "goal": "more_loyalty", "as_of": "2026-01-15"}.items():
        text = text.replace(f"\n{key}:\n", f"\n{key}: {value}\n")
    path.write_text(text)
    assert journey(capsys, monkeypatch, "check", "acme") == (0, "✓ acme: acme, da, b2c\n")


def test_the_template_explains_every_key_and_stays_yaml_when_set():
    template = client_template("acme")
    everything = "\n".join(line.removeprefix("# ") for line in template.splitlines() if _is_key(line))
    keys = set(YAML(typ="safe").load(everything))
    assert keys == set(Client.model_fields) - {"slug", "params_file", "data_folder", "simulate"}


def _is_key(line):
    text = line.removeprefix("# ")
    return bool(text) and (text.startswith((" ", "-")) or text.split(":")[0] in Client.model_fields)


def test_a_new_client_cannot_leave_its_folder_or_overwrite_another(project, capsys, monkeypatch):
    status, said = journey(capsys, monkeypatch, "new", "../evil")
    assert (status, said) == (1, "'../evil' is no client's name: expected small letters, digits, _ and -, as in 'acme_shop'.\n")
    add_client(project, "acme")
    status, said = journey(capsys, monkeypatch, "new", "acme")
    assert (status, said) == (1, "params/acme.yml is already there; choose another name, or edit it and run: journey check acme\n")


def test_check_says_every_mistake_with_its_place_and_the_nearest_name(project, capsys, monkeypatch):
    add_client(project, "acme", goal="more_loyality", curency="DKK")
    status, said = journey(capsys, monkeypatch, "check")
    assert status == 1
    assert "acme.yml:4:1: goal: got 'more_loyality', expected one of" in said
    assert "did you mean 'more_loyalty'?" in said
    assert "acme.yml:6:1: curency: unknown key; did you mean 'currency'?" in said


def test_check_says_which_source_files_are_there(project, capsys, monkeypatch):
    add_client(project, "acme", sources="{shop: {file: 'orders_*.csv', format: plain_events}, talks: {file: talks.xlsx, format: plain_voices}}")
    (project.data / "acme").mkdir()
    (project.data / "acme" / "orders_1.csv").write_text("x\n")
    status, said = journey(capsys, monkeypatch, "check", "acme")
    assert status == 1
    assert said == "✗ acme: Acme, sv, b2b\n  · shop (plain_events): orders_1.csv\n  ✗ talks (plain_voices): no file 'talks.xlsx' in data/acme\n"


def test_a_report_needs_clients_and_not_both_some_and_all(project, capsys, monkeypatch):
    assert journey(capsys, monkeypatch, "report") == (1, "No client to report on. Name some, or give --all for every client in params/.\n")
    assert journey(capsys, monkeypatch, "report", "acme", "--all") == (1, "Got both clients and --all; expected one of them.\n")


def test_a_report_of_a_broken_client_ends_with_its_reason_and_status_1(project, capsys, monkeypatch):
    add_client(project, "anna")
    add_client(project, "broken", goal="more", curency="DKK")
    status, said = journey(capsys, monkeypatch, "report", "--all")
    assert status == 1
    lines = said.splitlines()
    assert "✓ anna: reports/anna/2026-01-15/report.html" in lines
    assert lines[-2].startswith("✗ broken: broken.yml:4:1: goal: got 'more', expected one of")
    assert lines[-2].endswith("(and 1 more: journey check broken)")
    assert lines[-1] == "1 of 2 reports. Open reports/index.html"
