"""Fjordhelse over three quarters: gaps are found, actions agreed, one change works, one does nothing, one is too early (issue 5, Shows 4)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

import journeylib as jl
from journeylib.errors import RunError
from journeylib.findings.since import say_difference
from journeylib.improve.previous import Delivery
from journeylib.improve.since import compare
from journeylib.parameters import load_client
from journeylib.run import Run
from journeylib.simulate import simulate, write_demo
from journeylib.stages import load_stage_model
from journeylib.wording import NBSP, Words

pytestmark = pytest.mark.report
QUARTERS = ("2025-07-15", "2025-10-15", "2026-01-15")
LETTER, BUTTON, FREIGHT = "Brev til nye kunder som er nye med kosttilskudd", "Ny knapp i kassen", "Vis frakten i handlekurven og ta imot Vipps"


class Quarter:
    """The report of one quarter: its run, and what it came to."""

    def __init__(self, as_of, folder):
        client = load_client("fjordhelse", as_of=as_of).model_copy(update={"data_folder": folder / "data", "compare_with": "nothing"})
        write_demo(client)
        self.run = Run(client, load_stage_model(client), Words(client.language, client.currency, client.timezone), folder / as_of)
        self.improved = jl.improve_journey(self.run, jl.map_journey(self.run, jl.collect_sources(self.run)))
        self.verdicts = dict(zip(self.improved.effects["change_id"], self.improved.effects["verdict"], strict=True))

    def said(self, language):
        words = Words(language, self.run.client.currency, self.run.client.timezone)
        return jl.did_it_work(replace(self.run, words=words), self.improved)

    def delivered(self):
        record = {"client": "fjordhelse", "as_of": self.run.client.as_of.isoformat(), "parameters": json.loads(self.run.client.model_dump_json()),
                  "versions": {"journeylib": jl.__version__}}  # fmt: skip
        return Delivery(self.run.work, record, self.improved.mapped.shown | {"gaps": self.improved.gaps, "actions": self.improved.actions, "effects": self.improved.effects})


@pytest.fixture(scope="module")
def quarters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quarters")
    return [Quarter(as_of, folder) for as_of in QUARTERS]


def test_the_first_quarter_finds_the_gaps_and_judges_nothing_yet(quarters):
    found = set(quarters[0].improved.gaps.query("status == 'found'")["check"])
    assert {"G03", "G13"} <= found
    assert quarters[0].verdicts == {"FH-E1": "too_early", "FH-E2": "too_early"}


def test_the_third_quarter_comes_to_what_is_true(quarters):
    assert quarters[2].verdicts == simulate("fjordhelse", quarters[2].run.client.seed).changes


def test_the_effect_that_was_planted_lies_in_its_range(quarters):
    """55 of 100 of those who would have got no letter get one: 0.55 · (1 − 0.11)."""
    letter = quarters[2].improved.effects.set_index("change_id").loc["FH-E1"]
    assert letter["lo"] < 0.55 * (1 - 0.11) < letter["hi"]


def test_what_did_nothing_may_have_no_effect_at_all(quarters):
    button = quarters[2].improved.effects.set_index("change_id").loc["FH-E2"]
    assert button["lo"] < 0 < button["hi"]


@pytest.mark.parametrize(("language", "works", "nothing", "early"), [
    ("sv", f"”{LETTER}”: bättre, +", f"”{BUTTON}”: ingen effekt syns, ", f"”{FREIGHT}”: för tidigt att säga före 3 juli 2026."),
    ("da", f"”{LETTER}”: bedre, +", f"”{BUTTON}”: ingen effekt kan ses, ", f"”{FREIGHT}”: for tidligt at sige før 3. juli 2026."),
    ("nb", f"«{LETTER}»: bedre, +", f"«{BUTTON}»: ingen effekt synes, ", f"«{FREIGHT}»: for tidlig å si før 3. juli 2026."),
    ("en", f"“{LETTER}”: better, +", f"“{BUTTON}”: no effect seen, ", f"“{FREIGHT}”: too early to say before 3 July 2026."),
])  # fmt: skip
def test_the_third_report_says_exactly_that(quarters, language, works, nothing, early):
    finding = quarters[2].said(language)
    first, second, third = (text.replace(NBSP, " ") for text in finding.text)
    assert first.startswith(works)
    assert second.startswith(nothing)
    assert third == early
    assert LETTER in finding.takeaway
    assert finding.state == "clear"


def test_from_quarter_to_quarter_what_is_counted_alike_is_compared(quarters):
    now = quarters[2]
    since = compare(quarters[1].delivered(), now.run.client.as_of, quarters[2].delivered().parameters, jl.__version__, quarters[2].delivered().tables)
    assert since.then_on == dt.date(2025, 10, 15)
    assert since.differing == ()
    assert {"awareness", "consideration", "purchase"} <= set(since.stages["stage"])
    assert (since.stages["moved"] == "not").sum() >= 2            # nothing about the shop's stages changed


def test_two_delivered_reports_are_set_beside_each_other_in_the_clients_language(quarters):
    lines = [line.replace(NBSP, " ") for line in say_difference(quarters[1].delivered(), quarters[2].delivered())]
    assert lines[0] == "Ingenting har beveget seg sikkert siden 15. oktober 2025."
    assert lines[-1] == f"«{FREIGHT}»: for tidlig å si før 3. juli 2026."
    with pytest.raises(RunError, match="expected the earlier report first"):
        say_difference(quarters[2].delivered(), quarters[1].delivered())


@pytest.mark.parametrize(("language", "sentence", "last"), [
    ("sv", "Inget har rört sig säkert sedan 15 oktober 2025.", "sist: "), ("da", "Intet har flyttet sig sikkert siden 15. oktober 2025.", "sidst: "),
    ("nb", "Ingenting har beveget seg sikkert siden 15. oktober 2025.", "sist: "), ("en", "Nothing has moved for certain since 15 October 2025.", "last time: "),
])  # fmt: skip
def test_page_one_says_what_has_moved_and_what_each_number_was(quarters, language, sentence, last):
    then, now = quarters[1], quarters[2]
    delivered = replace(then.delivered(), key_numbers=jl.essentials(then.run, then.improved).numbers)
    found = compare(delivered, now.run.client.as_of, now.delivered().parameters, jl.__version__, now.delivered().tables)
    words = Words(language, now.run.client.currency, now.run.client.timezone)
    page = jl.essentials(replace(now.run, words=words), replace(now.improved, since=found))
    assert page.text[0].replace(NBSP, " ") == sentence
    assert page.picture.count(f'card-since">{last}') >= 2
    assert jl.essentials(replace(now.run, words=words), now.improved).picture.count("card-since") == 0   # a first report
