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


def test_a_word_that_is_no_target_is_refused_with_the_nearest(journey):
    assert journey("list", "acme", "buys") == (1, "Got 'buys'; expected one of buy, leave; did you mean 'buy'?\n")


def test_where_nothing_can_be_said_there_is_no_list_and_the_command_fails(made, journey):
    status, said = journey("list", "acme", "leave")
    assert status == 1
    assert said.startswith("No list: ")
    assert not list((made.data / "acme" / "lists").glob("leave*"))
