"""Many clients in one run: whole or not at all, one failure leaves the others, the same input gives the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from small_project import IMPROVE, MAP, add_client, contents, make_project, unstamped, write_notebook  # noqa: E402

from journeylib.batch import run_clients  # noqa: E402
from journeylib.batch.execute import execute, find_notebooks  # noqa: E402
from journeylib.batch.place import open_desk  # noqa: E402
from journeylib.errors import ParameterError, RunError  # noqa: E402

pytestmark = pytest.mark.report  # kernels start and are killed: minutes, not seconds

KILLED = """
import journeylib.batch
journeylib.batch.library_hash = lambda: "library"
journeylib.batch.run_clients(["early", "late"], jobs=1)
"""
CLIENTS = ("anna", "bo", "broken", "fails", "no_column", "dies", "../evil")


@pytest.fixture(scope="module", autouse=True)
def _one_library():
    """The library's own hash held still: here it is the clients that change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("journeylib.batch.library_hash", lambda: "library")
        yield


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """Seven clients, two of them good, run twice: once here, once into another folder."""
    project = make_project(tmp_path_factory.mktemp("batch"))
    add_client(project, "anna", name="'Anna & <b>Bo</b> <script>alert(1)</script>'")
    add_client(project, "bo", language="nb")
    add_client(project, "broken", goal="more_convertions", langauge="sv")
    add_client(project, "fails", offer="fails")
    add_client(project, "no_column", offer="no column")
    add_client(project, "dies", offer="dies")
    outcomes = run_clients(CLIENTS, project=project, jobs=2)
    again = run_clients(["anna"], project=project, out=project.root / "elsewhere")
    return project, {outcome.slug: outcome for outcome in outcomes + again}


def test_a_broken_client_leaves_the_others_their_reports(batch):
    project, outcomes = batch
    assert {slug: outcome.state for slug, outcome in outcomes.items()} == {
        "anna": "done", "bo": "done", "broken": "failed", "fails": "failed", "no_column": "failed", "dies": "failed", "../evil": "failed",
    }  # fmt: skip
    assert sorted(path.parent.parent.name for path in project.reports.glob("*/*/report.html")) == ["anna", "bo"]


def test_a_failure_is_told_in_one_plain_reason(batch):
    _, outcomes = batch
    assert outcomes["no_column"].reason == "sales.csv: no column 'when'. Found: 'date'."
    assert outcomes["fails"].reason == "02_mapping.ipynb, cell 7: ZeroDivisionError: division by zero"
    assert outcomes["dies"].reason == "02_mapping.ipynb: the kernel died, often for want of memory. Run the client alone (--jobs 1) to see."
    assert outcomes["../evil"].reason == "'../evil' is no client's name: expected small letters, digits, _ and -, as in 'acme_shop'."
    assert outcomes["broken"].reason.splitlines()[0].startswith("broken.yml:4:1: goal: got 'more_convertions', expected one of")
    assert "did you mean 'language'?" in outcomes["broken"].reason


def test_a_clients_name_cannot_leave_the_reports(batch):
    project, _ = batch
    assert not (project.root / "evil").exists()
    assert not (project.root / "evil.yml").exists()


def test_a_failure_is_kept_beside_the_reports_with_its_trace_where_the_mistake_is_ours(batch):
    project, _ = batch
    ours, theirs = (json.loads((project.reports / name / "failed.json").read_text()) for name in ("fails", "no_column"))
    assert "ZeroDivisionError" in "\n".join(ours["trace"])
    assert theirs["trace"] == []


def test_a_finished_folder_holds_report_map_notebooks_findings_tables_and_record(batch):
    project, _ = batch
    assert sorted(contents(project.reports / "anna" / "2026-01-15")) == [
        "findings.json", "journey-map.png", "journey-map.svg", "notebooks/01_data_collection.ipynb", "notebooks/02_mapping.ipynb",
        "notebooks/03_improvement_actions.ipynb", "report.html", "run.json", "tables/funnel.csv", "tables/funnel.parquet",
    ]  # fmt: skip
    assert (project.reports / "anna" / "2026-01-15" / "tables" / "funnel.csv").read_text() == "stage,n_reached\nawareness,80\ndecision,30\n"


def test_findings_come_by_section_and_then_in_notebook_order(batch):
    project, outcomes = batch
    findings = json.loads((project.reports / "anna" / "2026-01-15" / "findings.json").read_text())
    assert [finding["id"] for finding in findings] == ["first", "where", "which_data"]
    assert outcomes["anna"].headline == "Ring de öppna affärerna"


def test_two_runs_give_the_same_bytes_apart_from_the_stamped_line(batch):
    project, _ = batch
    first = contents(project.reports / "anna" / "2026-01-15")
    second = contents(project.root / "elsewhere" / "anna" / "2026-01-15")
    assert unstamped(first) == unstamped(second)
    stamped = {name for name, text in first.items() if len(unstamped({name: text})[name]) < len(text.splitlines())}
    assert stamped == {"report.html", "run.json"}


def test_executed_notebooks_show_their_code_and_no_path_of_this_machine(batch):
    project, _ = batch
    text = (project.reports / "anna" / "2026-01-15" / "notebooks" / "01_data_collection.ipynb").read_text()
    assert "load_client" in text
    assert str(project.root) not in text


def test_a_record_keeps_warnings_inputs_and_versions(batch):
    project, _ = batch
    record = json.loads((project.reports / "anna" / "2026-01-15" / "run.json").read_text())
    assert record["status"] == "done"
    assert record["warnings"] == ["slow"]
    assert set(record["notebooks"]) == {"01_data_collection.ipynb", "02_mapping.ipynb", "03_improvement_actions.ipynb"}
    assert record["parameters"]["goal"] == "more_conversions"
    assert {"python", "journeylib", "pandas"} <= set(record["versions"])


def test_the_clients_text_is_escaped_and_notes_and_code_stay_out(batch):
    project, _ = batch
    page = (project.reports / "anna" / "2026-01-15" / "report.html").read_text()
    assert "<script" not in page
    assert "Anna &amp; &lt;b&gt;Bo&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "ANALYST NOTE" not in page
    assert "load_client" not in page


def test_the_index_lists_every_client_with_its_state(batch):
    project, _ = batch
    page = (project.reports / "index.html").read_text()
    assert page.count('class="tag tag-ok">Done') == 2
    assert page.count('class="tag tag-found">Failed') == 4
    assert 'href="anna/2026-01-15/report.html"' in page
    assert "sales.csv: no column &#39;when&#39;" in page
    assert "<script" not in page


def test_nothing_is_left_on_the_desk(batch):
    project, _ = batch
    assert [path.name for path in (project.reports / ".work" / ".batch").rglob("*") if path.name not in ("aside", "lock")] == []


def test_resume_leaves_finished_clients_alone_until_something_changes(batch):
    project, _ = batch
    folder = project.reports / "anna" / "2026-01-15"
    before = contents(folder)
    (same,) = run_clients(["anna"], project=project, resume=True)
    assert (same.state, same.headline) == ("unchanged", "Ring de öppna affärerna")
    assert contents(folder) == before
    (project.data / "anna").mkdir()
    (project.data / "anna" / "sales.csv").write_text("when\n2026-01-01\n")
    (changed,) = run_clients(["anna"], project=project, resume=True)
    assert changed.state == "done"
    assert json.loads((folder / "run.json").read_text())["inputs"].keys() == {"data/sales.csv"}


def test_a_failure_keeps_the_earlier_report(batch):
    project, _ = batch
    folder = project.reports / "bo" / "2026-01-15"
    before = contents(folder)
    add_client(project, "bo", language="nb", offer="fails")
    (outcome,) = run_clients(["bo"], project=project)
    assert outcome.state == "failed"
    assert contents(folder) == before
    page = (project.reports / "index.html").read_text()
    assert "The earlier report is kept." in page


def test_a_kill_in_the_middle_leaves_the_old_report_and_resume_does_the_rest(tmp_path):
    project = make_project(tmp_path / "p")
    for slug in ("early", "late"):
        add_client(project, slug)
    run_clients(["early", "late"], project=project)
    old = contents(project.reports / "late" / "2026-01-15")
    add_client(project, "early", offer="new")
    add_client(project, "late", offer="waits")
    gate = tmp_path / "gate"
    gate.touch()
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED], cwd=project.root,
        env=os.environ | {"SMALL_GATE": str(gate), "JOURNEY_ROOT": str(project.root)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _wait_for(Path(f"{gate}.reached"))
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    gate.unlink()
    assert contents(project.reports / "late" / "2026-01-15") == old
    states = {outcome.slug: outcome.state for outcome in run_clients(["early", "late"], project=project, resume=True)}
    assert states == {"early": "unchanged", "late": "done"}
    assert not [path for path in (project.reports / ".work" / ".batch").iterdir() if path.name not in ("aside", "lock")]


def _wait_for(path, seconds=60):
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} did not come within {seconds} s"
        time.sleep(0.05)


def test_a_swap_cut_in_half_is_put_right_at_the_next_start(tmp_path):
    with open_desk(tmp_path) as desk:
        (desk.aside / "anna@2026-01-15").mkdir()
        (desk.aside / "anna@2026-01-15" / "report.html").write_text("old")
        (desk.aside / "bo@2026-01-15").mkdir()
        (tmp_path / "bo" / "2026-01-15").mkdir(parents=True)
        (tmp_path / "bo" / "2026-01-15" / "report.html").write_text("new")
        (desk.folder / "anna-x1").mkdir()
    with open_desk(tmp_path) as desk:
        assert (tmp_path / "anna" / "2026-01-15" / "report.html").read_text() == "old"
        assert (tmp_path / "bo" / "2026-01-15" / "report.html").read_text() == "new"
        assert sorted(path.name for path in desk.folder.iterdir()) == ["aside", "lock"]
        assert list(desk.aside.iterdir()) == []


def test_one_run_at_a_time_in_a_folder(tmp_path):
    with open_desk(tmp_path), pytest.raises(RunError, match="Another run is making reports"), open_desk(tmp_path):
        pass


def test_notebooks_declare_exactly_what_they_are_given(tmp_path):
    project = make_project(tmp_path / "p")
    assert len(find_notebooks(project)) == 3
    write_notebook(project.notebooks / "02_mapping.ipynb", MAP, parameters='clinet = "anna"\nas_of = ""\nwork = ""')
    with pytest.raises(RunError) as refused:
        find_notebooks(project)
    assert str(refused.value) == "notebooks/02_mapping.ipynb declares clinet, as_of, work; expected client, as_of, work."


def test_an_unknown_notebook_parameter_is_refused(tmp_path):
    write_notebook(tmp_path / "a.ipynb", IMPROVE)
    with pytest.raises(ParameterError) as refused:
        execute(tmp_path / "a.ipynb", {"clinet": "anna"})
    assert str(refused.value) == "a.ipynb has no parameter 'clinet'; did you mean 'client'? It has: client, as_of, work."
