"""Eight whole reports, built once through the same command a user gives, and shared by every test here."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from journeylib.batch import run_clients
from tests.whole import removal, turning
from tests.whole.reports import DEMOS, REAL, ROOT, TWICE, Report, parameter_file

SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def in_background(request):
    """Module → its runs in this process's place, begun at once in two processes while the reports are built: argument → future."""
    wanted = {name: module for name, module in (("test_removed_sources", removal), ("test_goal_scope_and_stages", turning))
              if any(name in item.nodeid for item in request.session.items)}  # fmt: skip
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield {module.__name__: {asked: pool.submit(module.run, asked) for asked in module.ASKED} for module in wanted.values()}
        pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def built(tmp_path_factory, in_background):
    """The folder of the reports, and beside it second reports made by another process with another hash seed and salt."""
    folder = tmp_path_factory.mktemp("whole")
    names = [*DEMOS, *(REAL if SHARED.is_dir() else ())]
    others = {**os.environ, "JOURNEY_ROOT": str(ROOT), "PYTHONHASHSEED": "4711", "JOURNEY_SALT": "another salt"}
    command = [sys.executable, "-m", "journeylib.cli", "report", *TWICE, "--jobs", "1", "--out", str(folder / "again")]
    with subprocess.Popen(command, cwd=ROOT, env=others, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as again:
        outcomes = run_clients([parameter_file(name) for name in names], jobs=2, out=folder / "reports")
        said = again.communicate()[0]
    assert again.returncode == 0, said
    assert [(outcome.slug, outcome.reason) for outcome in outcomes if outcome.state != "done"] == []
    return folder


@pytest.fixture(scope="session")
def reports(built):
    """Slug → report; a real client's where its data are here."""
    found = {path.parent.parent.name: path.parent for path in sorted((built / "reports").glob("*/*/report.html"))}
    return {slug: Report(slug, folder) for slug, folder in found.items()}


@pytest.fixture(scope="session")
def report(reports):
    """One client's report, or a skip where its data are not here."""

    def find(slug):
        if slug not in reports:
            pytest.skip(f"../shared/data is not here, so {slug} has no data")
        return reports[slug]

    return find


@pytest.fixture(scope="session")
def again(built):
    """The second reports of those made twice."""
    return {slug: Report(slug, next((built / "again" / slug).glob("*/report.html")).parent) for slug in TWICE}
