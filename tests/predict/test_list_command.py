"""`journey list`, as typed: from raw files to a list and the line for `changes.csv`, or why there is none."""

from __future__ import annotations

import stat
import sys

import numpy as np
import pandas as pd
import pytest

from journeylib import cli
from journeylib.improve.changes import read_changes
from journeylib.parameters import load_client
from journeylib.predict.lists import read_list
from journeylib.project import Project
from tests.drawing import DAY_0
from tests.predict.simulated import DAYS, signal_frame

PARAMETERS = """name: Acme
language: en
market: b2c
goal: more_conversions
as_of: {as_of}
rules: [{{touchpoint: order, atom: a4_decide, outcome: won}}, {{touchpoint: '*', atom: a3_evaluate}}]
prediction: {{horizon_days: 28}}
sources:
  events: {{file: events.csv, format: plain_events}}
  people: {{file: people.csv, format: customers}}
"""
N = 1200


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project with a client whose buyers have been called and have seen videos; two in three consent."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("params", "notebooks", "data/acme"):
        (root / folder).mkdir(parents=True)
    frame = signal_frame(1, N, weight=1.5)
    (root / "params" / "acme.yml").write_text(PARAMETERS.format(as_of=(DAY_0 + pd.Timedelta(days=DAYS - 1)).date()), encoding="utf-8")
    customer = [f"c{i}@acme.example" for i in frame["journey"]]
    when = (DAY_0 + pd.to_timedelta(frame["day"], unit="D")).dt.strftime("%Y-%m-%d %H:%M:%S")
    pd.DataFrame({"customer": customer, "when": when, "what": frame["touchpoint"], "initiator": frame["initiator"]}).to_csv(root / "data" / "acme" / "events.csv", index=False)
    consent = np.where(np.arange(N) % 3 == 0, "no", "yes")
    pd.DataFrame({"customer": [f"c{i}@acme.example" for i in range(N)], "consent": consent}).to_csv(root / "data" / "acme" / "people.csv", index=False)
    return Project(root)


@pytest.fixture
def journey(made, capsys, monkeypatch):
    monkeypatch.setenv("JOURNEY_ROOT", str(made.root))
    monkeypatch.chdir(made.root)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["journey", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code or 0, capsys.readouterr().out

    return call


def test_a_list_is_made_from_raw_files_and_its_line_is_read_back(made, journey):
    status, said = journey("list", "acme", "buy", "--own-ids")
    assert status == 0, said
    (path,) = (made.data / "acme" / "lists").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    people = read_list(path)
    assert {int(own.removeprefix("email:c").removesuffix("@acme.example")) % 3 for own in people["own_ids"]} == {1, 2}  # who said no is not on it
    n = people["group"].value_counts()
    assert said.startswith(f"{n['contact']} to contact and {n['leave_alone']} to leave alone, of ")
    assert f"Wrote: data/acme/lists/{path.name}" in said
    line = said.split("as start_on:\n\n")[1]
    (made.params / "acme").mkdir(exist_ok=True)
    (made.params / "acme" / "changes.csv").write_text(line, encoding="utf-8")
    client = load_client("acme", project=made)
    (change,) = read_changes(client).to_dict("records")
    assert (change["scope"], change["design"], change["control_share"], change["horizon_days"]) == (f"list:{path.stem}", "ab", 0.3, 28)
    status, said = journey("list", "acme", "buy", "--own-ids")
    assert (status, f"Already there: data/acme/lists/{path.name}" in said) == (0, True)


def test_own_ids_are_added_to_a_list_made_without_them(made, journey):
    for path in (made.data / "acme").glob("lists/*"):
        path.unlink()
    assert journey("list", "acme", "buy")[0] == 0
    (path,) = (made.data / "acme" / "lists").iterdir()
    before = read_list(path)
    assert "own_ids" not in before
    status, said = journey("list", "acme", "buy", "--own-ids")
    assert (status, f"Added the clients' own ids to: data/acme/lists/{path.name}" in said) == (0, True)
    assert read_list(path).drop(columns="own_ids").equals(before)
    assert read_list(path)["own_ids"].str.startswith("email:c").all()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_any_consent_delivered_it_is_said_that_none_was_and_how(made, journey):
    source = (made.params / "acme.yml").read_text(encoding="utf-8")
    (made.params / "silent.yml").write_text(source.split("  people:")[0] + "data_folder: ../data/acme\n", encoding="utf-8")
    status, said = journey("list", "silent", "buy")
    assert (status, said) == (1, "No list: no consents were delivered. Deliver a list of customers (format customers) with a column Consent, yes or no.\n")


def test_purchases_before_which_nobody_is_seen_are_not_called_none(made, journey):
    (made.data / "orders").mkdir()
    (made.data / "orders" / "orders.csv").write_text("customer,date,what\n" + "".join(f"c{i},2025-0{1 + i % 9}-{1 + i % 28:02d},order\n" for i in range(400)), encoding="utf-8")
    (made.params / "orders.yml").write_text(PARAMETERS.format(as_of="2026-01-15").split("sources:")[0] + "sources:\n  orders: {file: orders.csv, format: plain_events}\n", encoding="utf-8")
    status, said = journey("list", "orders", "buy")
    assert (status, said) == (1, "No list: There are purchases, but nobody is seen long enough before or after one to learn from it.\n")


def test_a_word_that_is_no_target_is_refused_with_the_nearest(journey):
    assert journey("list", "acme", "buys") == (1, "Got 'buys'; expected one of buy, leave; did you mean 'buy'?\n")


def test_where_nothing_can_be_said_there_is_no_list_and_the_command_fails(made, journey):
    status, said = journey("list", "acme", "leave")
    assert status == 1
    assert said.startswith("No list: ")
    assert not list((made.data / "acme" / "lists").glob("leave*"))
