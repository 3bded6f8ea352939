"""What the documentation shows works: its parameters load, its files are read, its decisions are understood."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from journeylib.collect import collect
from journeylib.improve.changes import read_changes
from journeylib.improve.decisions import read_agreed_actions, read_decisions
from journeylib.parameters import load_client
from journeylib.stages import load_stage_model
from tests.docs.examples import LEAST, examples_of, write_project

ROOT = Path(__file__).parents[2]
EXAMPLES = examples_of(ROOT / "docs" / "your-first-client.md")
CLIENTS = [example.file for example in EXAMPLES if example.file.startswith("params/") and example.file.endswith(".yml")]
FRAGMENTS = [example.text for example in EXAMPLES if example.language == "yaml" and not example.file]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_project(EXAMPLES, tmp_path_factory.mktemp("walk"))


@pytest.fixture(scope="module")
def walk(project):
    client = load_client("acme", project=project)
    return collect(client, load_stage_model(client), project.reports / ".work" / "acme")


def test_the_walk_has_its_clients_and_fragments():
    assert CLIENTS == ["params/acme_draft.yml", "params/acme.yml", "params/acme_stages.yml"]
    assert len(FRAGMENTS) == 5


@pytest.mark.parametrize("file", CLIENTS)
def test_a_complete_example_loads(project, file):
    client = load_client(Path(file).stem, project=project)
    assert 2 <= len(load_stage_model(client).in_scope) <= 10


@pytest.mark.parametrize("text", FRAGMENTS, ids=lambda text: text.split(":")[0])
def test_a_fragment_loads_on_top_of_the_least_a_client_needs(project, text):
    (project.params / "fragment.yml").write_text(LEAST + text, encoding="utf-8")
    load_client("fragment", project=project)


def test_every_file_of_the_walk_is_read_and_every_event_understood(walk):
    kept = walk.sources.set_index("source")["n_kept"].to_dict()
    assert kept == {"customers": 4, "ids": 2, "web": 4, "meetings": 6, "invoices": 3, "survey": 3, "interviews": 3, "activities": 3, "content": 3, "needs": 2}
    assert walk.sources.set_index("source").loc["invoices", "drop_reasons"] == "condition: Status: 1"
    assert len(walk.log) == (4 - 1) + 6 + 3  # the visitor in no list belongs to no account
    assert walk.unmatched.empty


def test_ids_that_stand_in_one_row_are_one_customer(walk):
    assert sorted(walk.journeys["state"].value_counts().to_dict().items()) == [("open", 1), ("won", 2)]
    assert walk.journeys["account_id"].notna().all()
    assert walk.journeys["value"].sum() == 12_500 + 4_000 + 9_800


def test_the_registers_of_the_walk_are_placed_in_the_journey(walk):
    assert walk.registers["activities"]["stage"].tolist() == ["awareness", "decision", "awareness"]
    assert walk.registers["content"]["cta"].notna().tolist() == [True, True, False]
    assert walk.registers["needs"]["kind"].tolist() == ["pain", "job"]


def test_an_answer_sheet_alone_is_a_draft_of_assumptions(project):
    client = load_client("acme_draft", project=project)
    drafted = collect(client, load_stage_model(client), project.reports / ".work" / "acme_draft")
    assert drafted.voices["kind"].unique().tolist() == ["assumed"]
    assert drafted.voices["stage"].tolist() == ["awareness", "consideration", "decision", "loyalty", "advocacy"]
    assert len(drafted.log) == 0


def test_decisions_and_actions_of_the_walk_are_understood(project):
    client = load_client("acme", project=project)
    assert read_decisions(client)["decision"].tolist() == ["accept", "park", "reject"]
    assert read_changes(client)["change_id"].tolist() == ["AC-C1"]
    assert read_agreed_actions(client)["action_id"].tolist() == ["AC-01", "AC-02"]


def test_every_page_the_guide_links_to_is_there():
    page = (ROOT / "docs" / "your-first-client.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page):
        assert (ROOT / "docs" / link).exists(), link
