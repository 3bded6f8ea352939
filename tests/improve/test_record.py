"""Decisions survive: two people at the same file, a kill in the middle of writing, mistakes, another model."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from journeylib.errors import ParameterError
from journeylib.gaps import find_gaps
from journeylib.improve.decisions import apply_decisions, read_decisions
from journeylib.improve.record import Decision, decisions_on_file, record_decisions
from journeylib.stages import load_stage_model
from tests.gaps.material import a_client, registers_in_order, tables_in_order

YES = Decision("G03:loyalty", "accept", "Kundansvarig", "vi vet det", "")
NO = Decision("G05", "reject", "Marknadschef", "finns i appen", "2027-01-31")


@pytest.fixture
def client(tmp_path):
    return a_client(params_file=tmp_path / "drawn.yml")


def test_a_decision_is_written_and_read_back_by_every_run(client):
    record_decisions(client, [YES, NO], seen={})
    assert decisions_on_file(client) == {"G03:loyalty": YES, "G05": NO}
    assert read_decisions(client)["gap_id"].tolist() == ["G03:loyalty", "G05"]


def test_other_lines_stay_as_they_are_in_their_order_also_with_semicolons(client):
    file = client.folder / "decisions.csv"
    file.parent.mkdir()
    file.write_text("gap_id;decision;decided_why\nG01;park;senare\nG04;accept;ja\nG09;reject;nej\n", encoding="utf-8")
    record_decisions(client, [Decision("G04", "reject", "vd", "ändrat", "")], seen=decisions_on_file(client))
    assert file.read_text(encoding="utf-8").splitlines() == [
        "gap_id;decision;decided_by;decided_why;until", "G01;park;;senare;", "G04;reject;vd;ändrat;", "G09;reject;;nej;"]  # fmt: skip


def test_a_withdrawn_decision_leaves_no_line(client):
    record_decisions(client, [YES, NO], seen={})
    record_decisions(client, [Decision("G05")], seen=decisions_on_file(client))
    assert list(decisions_on_file(client)) == ["G03:loyalty"]


def test_two_people_deciding_about_different_gaps_lose_nothing(client):
    record_decisions(client, [YES], seen={})
    record_decisions(client, [NO], seen={})  # began before the first had saved
    assert set(decisions_on_file(client)) == {"G03:loyalty", "G05"}


def test_two_people_deciding_about_the_same_gap_are_told_and_the_first_stands(client):
    record_decisions(client, [YES], seen={})
    with pytest.raises(ParameterError, match="somebody else has decided about G03:loyalty meanwhile: the file says 'accept', you say 'reject'"):
        record_decisions(client, [Decision("G03:loyalty", "reject")], seen={})
    assert decisions_on_file(client) == {"G03:loyalty": YES}
    record_decisions(client, [YES], seen={})  # the same decision twice is no quarrel


@pytest.mark.parametrize("wrong", [Decision("G99", "accept"), Decision("G05", "maybe"), Decision("G05", "park", until="soon"), Decision("G05", "accept", "anna@firma.se")])
def test_what_no_run_could_read_is_never_written(client, wrong):
    record_decisions(client, [YES], seen={})
    before = (client.folder / "decisions.csv").read_bytes()
    with pytest.raises(ParameterError):
        record_decisions(client, [wrong], seen=decisions_on_file(client))
    assert (client.folder / "decisions.csv").read_bytes() == before
    assert [path.name for path in client.folder.iterdir()] == ["decisions.csv"]


def test_a_decision_on_a_stage_of_another_model_rests_until_that_model_is_chosen_again(client):
    record_decisions(client, [YES], seen={})
    other = client.model_copy(update={"stage_model": "inbound_3"})
    assert read_decisions(other)["gap_id"].tolist() == ["G03:loyalty"]
    record_decisions(other, [NO], seen=decisions_on_file(other))
    assert set(decisions_on_file(client)) == {"G03:loyalty", "G05"}


@pytest.mark.parametrize("later", [{"as_of": dt.date(2026, 3, 31)}, {"as_of": dt.date(2026, 12, 31)}, {"stage_model": "inbound_3"}, {"stage_model": "before_during_after"}, {}])
def test_decisions_outlive_a_rerun_a_new_period_and_another_model(client, later):
    lasting = Decision("G29", "reject", "VD", "vi mäter på annat sätt", "")
    record_decisions(client, [YES, lasting], seen={})
    before = (client.folder / "decisions.csv").read_bytes()
    other = client.model_copy(update=later)
    for _ in range(2):
        gaps = apply_decisions(find_gaps(tables_in_order(), registers_in_order(), load_stage_model(client), client), read_decisions(other)).set_index("gap_id")
        assert gaps.loc["G29", ["decision", "decided_why"]].tolist() == ["reject", "vi mäter på annat sätt"]
    assert (client.folder / "decisions.csv").read_bytes() == before
    assert decisions_on_file(other) == {"G03:loyalty": YES, "G29": lasting}


def test_a_decision_until_a_day_lapses_in_a_later_period_and_stays_in_the_file(client):
    record_decisions(client, [NO], seen={})
    assert read_decisions(client.model_copy(update={"as_of": dt.date(2027, 1, 31)}))["gap_id"].tolist() == ["G05"]
    later = client.model_copy(update={"as_of": dt.date(2027, 2, 1)})
    assert read_decisions(later).empty
    assert decisions_on_file(later) == {"G05": NO}


def test_a_lock_left_by_a_process_that_is_gone_stops_nobody(client):
    client.folder.mkdir()
    (client.folder / ".decisions.csv.lock").write_text("999999999")
    record_decisions(client, [YES], seen={})
    assert list(decisions_on_file(client)) == ["G03:loyalty"]


def test_while_somebody_writes_nobody_else_does(client):
    client.folder.mkdir()
    (client.folder / ".decisions.csv.lock").write_text(str(os.getpid()))
    with pytest.raises(ParameterError, match="somebody is writing it at this moment"):
        record_decisions(client, [YES], seen={})


def test_a_kill_in_the_middle_of_writing_leaves_the_file_whole(client, tmp_path):
    record_decisions(client, [YES], seen={})
    root = Path(__file__).parents[2]
    code = (f"import sys; sys.path.insert(0, {str(root)!r})\nfrom pathlib import Path\nfrom tests.gaps.material import a_client\n"
            "from journeylib.improve.record import Decision, record_decisions, decisions_on_file\n"
            f"client = a_client(params_file=Path({str(tmp_path / 'drawn.yml')!r}))\nprint('ready', flush=True)\n"
            "for n in range(100000): record_decisions(client, [Decision('G05', 'park', 'vd', 'x' * 5000 + str(n))], decisions_on_file(client))")  # fmt: skip
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(0.2)
        writer.send_signal(signal.SIGKILL)
    found = decisions_on_file(client)
    assert found["G03:loyalty"] == YES
    assert set(found) <= {"G03:loyalty", "G05"}
    record_decisions(client, [NO], seen=found)
    assert decisions_on_file(client)["G05"] == NO
