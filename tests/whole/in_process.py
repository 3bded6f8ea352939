"""A client's whole road in one process: the steps and every finding the notebooks show, without kernels."""

from __future__ import annotations

import ast
import copy
import datetime as dt
import json
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

import journeylib as jl
from journeylib.batch.deliver import write_folder
from journeylib.client import Client
from journeylib.collect import gathering
from journeylib.collect.privacy import find_salt
from journeylib.collect.store import read_people
from journeylib.findings import Finding
from journeylib.parameters import load_client
from journeylib.report import Stamp, scan_delivery
from journeylib.run import Run
from journeylib.simulate import write_demo
from journeylib.stages import load_stage_model
from journeylib.steps import Improved
from journeylib.wording import Words

import nbformat  # isort: skip  (after journeylib.batch, which spares it a needless grammar)

ROOT = Path(__file__).parents[2]
MOMENT = dt.datetime(2026, 1, 16, 20, 5, tzinfo=dt.UTC)
#: Calls of the notebooks that give no finding: tools for the analyst, which no report shows.
TOOLS = ("decide_on_gaps", "try_what_if")
#: Findings that speak only where the client has what they are about.
OF_SOME = (
    "who_leaves_there", "is_it_easy_to_buy", "what_gets_the_credit", "is_the_site_doing_its_job", "how_straight_is_the_way",
    "who_takes_part", "what_meets_each_persona", "what_do_they_go_by", "is_it_as_you_thought", "how_regularly_are_you_in_touch",
    "is_the_way_winding", "what_content_first", "what_should_buttons_say", "which_flow_is_needed", "which_questions_to_answer_once",
    "where_money_reaches_nobody", "what_does_each_role_need", "where_do_pages_annoy", "how_do_customers_differ",
    "is_the_second_journey_shorter", "what_do_they_search_for", "how_satisfied_are_they", "who_is_about_to_buy", "who_is_about_to_leave",
    "what_do_they_buy_next",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A run and everything it came to."""

    run: Run
    improved: Improved
    findings: dict[str, Finding]

    @property
    def gaps(self) -> dict[str, str]:
        return dict(zip(self.improved.gaps["gap_id"], self.improved.gaps["status"], strict=True))

    @property
    def checks(self) -> dict[str, set[str]]:
        return {check: set(rows["status"]) for check, rows in self.improved.gaps.groupby("check")}

    @property
    def questions(self) -> dict[str, set[str]]:
        return {question: set(rows["status"]) for question, rows in self.improved.questions.groupby("question_id")}


def demo(name: str, **changes) -> Client:
    """A client by its slug or parameter file, its raw files written, with some parameters changed."""
    client = load_client(name)
    write_demo(client)
    return client.model_copy(update=changes)


@contextmanager
def reading_once():
    """A client's source is read the same whatever else is asked of the client: each process reads it once."""
    with patch.object(gathering, "deliver", _deliver_once):
        yield


_READ: dict[tuple[str, str], list] = {}
_deliver = gathering.deliver


def _deliver_once(client, name, answers):
    if (client.slug, name) not in _READ:
        _READ[client.slug, name] = _deliver(client, name, answers)
    return copy.deepcopy(_READ[client.slug, name])  # what is gathered is taken out of a delivery


def answer(client: Client, work: Path) -> Answer:
    """Everything the notebooks would show of a client."""
    work.mkdir(parents=True, exist_ok=True)
    run = Run(client, load_stage_model(client), Words(client.language, client.currency, client.timezone), work)
    collected = jl.collect_sources(run)
    mapped = jl.map_journey(run, collected)
    improved = jl.improve_journey(run, mapped)
    steps = {"collected": collected, "mapped": mapped, "improved": improved}
    found = {name: getattr(jl, name)(run, steps[step]) for name, step in notebook_findings().items()}
    return Answer(run, improved, {name: finding for name, finding in found.items() if finding is not None})


@cache
def notebook_findings() -> dict[str, str]:
    """Finding → what it is given, as the three notebooks call them."""
    called = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            lines = ast.parse("".join(cell["source"])).body if cell["cell_type"] == "code" else []
            if len(lines) == 1 and isinstance(lines[0], ast.Expr) and isinstance(lines[0].value, ast.Call):
                called[lines[0].value.func.attr] = lines[0].value.args[1].id
    return {name: step for name, step in called.items() if name not in TOOLS}


def deliver(found: Answer, folder: Path) -> None:
    """Write what a client would receive of an answer, notebooks with their outputs included, and give it the last look."""
    called = notebook_findings()
    notebooks = [_notebook(finding for name, finding in found.findings.items() if called[name] == step) for step in ("collected", "mapped", "improved")]
    write_folder(folder, found.run.work, found.run.client, notebooks, {"key": "a" * 64}, Stamp("a" * 12, MOMENT), 1.0)
    scan_delivery(folder, names=read_people(found.run.work, find_salt(found.run.client)), own_contacts=found.run.client.privacy.own_contacts)


def _notebook(findings):
    outputs = [nbformat.v4.new_output("display_data", finding._repr_mimebundle_()) for finding in findings]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output]) for output in outputs])
