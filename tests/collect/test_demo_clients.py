"""The flaws planted in the demo clients' raw files are found and counted, and nothing personal leaves collection."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeylib.collect import collect, personal_data_in
from journeylib.parameters import load_client
from journeylib.project import find_project
from journeylib.simulate.demo import raw_files
from journeylib.stages import load_stage_model

pytestmark = pytest.mark.report  # with the whole reports: too long for the quick tests

DEMO = ("norrsken_it", "fjordhelse", "lind_raadgivning", "harbour_bikes")


@pytest.fixture(params=DEMO)
def demo(request, tmp_path):
    client = load_client(request.param, project=find_project(Path(__file__).parent))
    files, truth = raw_files(request.param, client.seed)
    (tmp_path / "raw").mkdir()
    for name, content in files.items():
        (tmp_path / "raw" / name).write_bytes(content)
    client = client.model_copy(update={"data_folder": tmp_path / "raw"})
    return collect(client, load_stage_model(client), tmp_path / "work"), truth, tmp_path / "work"


def test_planted_duplicates_robots_and_unmatched_events_are_counted(demo):
    collected, truth, _ = demo
    found = {"exact_duplicates": "n_exact_duplicates", "filtered_events": "n_filtered", "unmatched": "n_unmatched", "orphans": "n_known_without_account",
             "contacts_twice": "n_doubtful_people"}  # fmt: skip
    planted = {flaw: n for flaw, n in truth.flaws.items() if flaw in found}
    assert {flaw: collected.facts[found[flaw]] for flaw in planted} == planted


def test_won_value_is_the_value_that_was_drawn(demo):
    collected, truth, _ = demo
    drawn = [truth.sizes[name] for name in ("won_value", "order_value", "invoice_value") if name in truth.sizes]
    assert [collected.journeys["value"].sum()] == drawn or not drawn


def test_no_planted_name_address_or_phone_number_leaves_collection(demo):
    collected, truth, work = demo
    tables = [collected.customers, collected.voices, collected.sources, collected.unmatched, *collected.registers.values()]
    text = "\n".join(table.to_csv() for table in tables) + "".join(path.read_bytes().decode("latin-1") for path in work.iterdir())
    assert [secret for secret in truth.personal if secret in text or secret.encode().decode("latin-1") in text] == []
    assert personal_data_in("\n".join(table.to_csv() for table in tables)) == []
