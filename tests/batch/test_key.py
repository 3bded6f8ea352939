"""The key of a run: the same for the same input, another one as soon as anything a report rests on is another."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from small_project import add_client, make_project  # noqa: E402

from journeylib.batch.execute import find_notebooks  # noqa: E402
from journeylib.batch.key import run_inputs, with_answers  # noqa: E402
from journeylib.parameters import load_client  # noqa: E402


def _key(project, library="library"):
    return run_inputs(load_client("anna", project=project), find_notebooks(project), library)["key"]


def test_the_same_input_in_another_checkout_has_the_same_key(tmp_path):
    keys = set()
    for name in ("one", "two"):
        project = make_project(tmp_path / name)
        add_client(project, "anna")
        (project.data / "anna").mkdir()
        (project.data / "anna" / "sales.csv").write_text("when\n")
        for path in project.notebooks.iterdir():
            path.write_text((tmp_path / "one" / "notebooks" / path.name).read_text())
        keys.add(_key(project))
    assert len(keys) == 1


def test_data_decisions_parameters_notebooks_and_library_each_change_the_key(tmp_path):
    project = make_project(tmp_path / "p")
    add_client(project, "anna")
    keys = [_key(project), _key(project, library="another")]
    (project.data / "anna").mkdir()
    (project.data / "anna" / "sales.csv").write_text("when\n")
    keys.append(_key(project))
    (project.params / "anna").mkdir()
    (project.params / "anna" / "decisions.csv").write_text("gap_id,decision\n")
    keys.append(_key(project))
    add_client(project, "anna", offer="support")
    keys.append(_key(project))
    notebook = project.notebooks / "02_mapping.ipynb"
    notebook.write_text(notebook.read_text().replace("ANALYST", "ANOTHER"))
    keys.append(_key(project))
    assert len(set(keys)) == 6
    (project.data / "anna" / ".DS_Store").write_text("hidden")
    assert _key(project) == keys[-1]


def test_what_a_server_answered_joins_the_key_only_after_the_run_so_that_such_a_client_is_never_left_alone(tmp_path):
    project = make_project(tmp_path / "p")
    add_client(project, "anna")
    before = run_inputs(load_client("anna", project=project), find_notebooks(project), "library")
    assert with_answers(before, {}) == before
    after, other = with_answers(before, {"shop": "a1"}), with_answers(before, {"shop": "b2"})
    assert after["inputs"] == before["inputs"] | {"query/shop": "a1"}
    assert len({before["key"], after["key"], other["key"]}) == 3
