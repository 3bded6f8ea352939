"""What a reader is told of a change, whole messages in four languages; and which ending the headline takes."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.effects import ab_proportions
from journeylib.findings.effects import did_it_work
from journeylib.findings.since import what_has_changed
from journeylib.schema import EFFECT_SERIES, EFFECTS, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import NBSP, Words, message_keys
from tests.gaps.material import a_client

LANGUAGES = ("sv", "da", "nb", "en")


def run(language="sv"):
    client = a_client(language=language)
    return SimpleNamespace(client=client, model=load_stage_model(client), words=Words(language, "SEK", client.timezone))


def effects(*rows):
    usual = {"start_on": pd.Timestamp("2025-06-02"), "kpi": "conversion", "unit": "share", "design": "differences", "strength": 3, "before": 0.3, "after": 0.4,
             "effect": 0.08, "lo": 0.02, "hi": 0.14, "n": 900, "verdict": "better", "reasons": "[]", "stage": "decision"}  # fmt: skip
    return check(pd.DataFrame([usual | {"change_id": str(i), "title": f"Ändring {i}"} | row for i, row in enumerate(rows)]), EFFECTS)


def improved(*rows, since=None):
    return SimpleNamespace(effects=effects(*rows) if rows else empty(EFFECTS), effect_series=empty(EFFECT_SERIES), since=since, purchase_change=None, unsteady=())


NONE = {"verdict": "no_effect", "effect": 0.01, "lo": -0.04, "hi": 0.06}
EARLY = {"verdict": "too_early", "judged_from": pd.Timestamp("2026-04-01"), "effect": None, "lo": None, "hi": None, "after": None}
CANNOT = {"verdict": "cannot_judge", "effect": None, "lo": None, "hi": None, "after": None}
MOVED = {"design": "before_after", "strength": 1}


@pytest.mark.parametrize(("rows", "state", "said"), [
    ([{}, NONE, EARLY], "clear", "”Ändring 0” har fungerat: +8 procentenheter (2–14). 1 av 3 loggade ändringar har gett något."),
    ([MOVED], "clear", "Sedan ”Ändring 0” har siffran blivit bättre: +8 procentenheter (2–14). Vad som låg bakom visar inte data."),
    ([{}, {"verdict": "worse", "effect": -0.08, "lo": -0.14, "hi": -0.02}], "clear", "”Ändring 1” har gjort det sämre: −8 procentenheter (från −14 till −2)."),
    ([NONE, EARLY], "none", "Den ändring som går att bedöma har inte gett någon effekt som syns."),
    ([EARLY, CANNOT], "too_few", "Det är för tidigt att bedöma ändringen: det går från 1 april 2026."),
    ([CANNOT], "too_few", "Ändringen går inte att bedöma med de data som finns."),
    ([], "not_checkable", "Inga ändringar är loggade. Skriv in nästa i ändringsloggen innan den börjar, så visar rapporten om den fungerade."),
])  # fmt: skip
def test_the_headline_has_its_endings(rows, state, said):
    finding = did_it_work(run(), improved(*rows))
    assert (finding.state, finding.takeaway.replace(NBSP, " ")) == (state, said)


@pytest.mark.parametrize(("language", "said"), [
    ("sv", "Grupperna är 1 000 och 1 200 kunder, vilket slumpen inte ger: fördelningen är trasig, och då säger skillnaden ingenting om orsaken."),
    ("da", "Grupperne er 1.000 og 1.200 kunder, hvilket tilfældet ikke giver: fordelingen er i stykker, og så siger forskellen intet om årsagen."),
    ("nb", "Gruppene er 1 000 og 1 200 kunder, noe tilfeldigheten ikke gir: fordelingen er ødelagt, og da sier forskjellen ingenting om årsaken."),
    ("en", "The groups are 1,000 and 1,200 customers, which chance does not give: the split is broken, and the difference then tells nothing of the cause."),
])  # fmt: skip
def test_of_a_broken_split_no_effect_is_told(language, said):
    stopped = ab_proportions(300, 1_000, 100, 1_200)
    reasons = json.dumps([{"key": reason.key, **reason.values} for reason in stopped.reasons])
    finding = did_it_work(run(language), improved(CANNOT | {"design": "ab", "strength": 4, "reasons": reasons}))
    assert said in finding.details.replace(NBSP, " ")
    assert not re.search(r"[+−]\d", finding.picture + finding.takeaway + "".join(finding.text))


def test_a_change_not_begun_whose_effect_nobody_can_see_is_to_be_decided_and_one_under_way_is_left_to_run():
    hopeless = EARLY | {"smallest": 0.063, "is_worth_testing": False}
    ahead = did_it_work(run(), improved(hopeless | {"start_on": pd.Timestamp("2026-03-01")}))
    assert ahead.so_what.replace(NBSP, " ") == "Testa inte ”Ändring 0”: med de kunder ni har syns ingen effekt under 6,3 procentenheter. Bestäm er."
    assert did_it_work(run(), improved(hopeless)).so_what == ""


def test_without_an_earlier_report_the_section_is_one_line():
    finding = what_has_changed(run(), improved())
    assert (finding.state, finding.text, finding.picture) == ("not_checkable", (), "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_the_designs_has_its_sentence(language):
    values = {"n": 3, "of": 20, "least": 19, "other": 4, "titles": ["Ny kassa"], "points": 0.02}
    keys = [key.rpartition(".")[2] for key in message_keys() if key.startswith("effects.reason.")]
    reasons = [{"key": key} | ({"kind": "easter"} if key.startswith("special") else {"n": 1, "other": 2} if key == "sample_ratio" else
               {name: value for name, value in values.items() if name != "other"}) for key in keys]  # fmt: skip
    finding = did_it_work(run(language), improved({"reasons": json.dumps(reasons)}))
    assert "{" not in finding.details
    assert len(keys) >= 20


PLANNED = {"title": "Ny kassa", "start_on": pd.Timestamp("2026-03-01"), "verdict": "too_early", "judged_from": pd.Timestamp("2026-09-01"), "effect": None, "lo": None,
           "hi": None, "after": None, "smallest": 0.04}  # fmt: skip


@pytest.mark.parametrize(("language", "visible", "hopeless"), [
    ("sv", "”Ny kassa” börjar 1 mars 2026 och går att bedöma från 1 september 2026. Då syns en effekt på minst 4,0 procentenheter.",
     "”Ny kassa” börjar 1 mars 2026. Först en effekt på 4,0 procentenheter skulle synas, och ni väntar er mindre: testa inte, bestäm er."),
    ("da", "”Ny kassa” begynder 1. marts 2026 og kan bedømmes fra 1. september 2026. Så kan en effekt på mindst 4,0 procentpoint ses.",
     "”Ny kassa” begynder 1. marts 2026. Først en effekt på 4,0 procentpoint ville kunne ses, og I venter mindre: test ikke, beslut jer."),
    ("nb", "«Ny kassa» begynner 1. mars 2026 og kan vurderes fra 1. september 2026. Da synes en effekt på minst 4,0 prosentpoeng.",
     "«Ny kassa» begynner 1. mars 2026. Først en effekt på 4,0 prosentpoeng ville synes, og dere venter mindre: ikke test, bestem dere."),
    ("en", "“Ny kassa” starts on 1 March 2026 and can be judged from 1 September 2026. An effect of at least 4.0 percentage points will then show.",
     "“Ny kassa” starts on 1 March 2026. Only an effect of 4.0 percentage points would show, and you expect less: do not test, decide."),
])  # fmt: skip
def test_a_planned_change_is_told_what_it_will_be_able_to_show(language, visible, hopeless):
    for worth, said in ((True, visible), (None, visible), (False, hopeless)):
        assert did_it_work(run(language), improved(PLANNED | {"is_worth_testing": worth})).text[0].replace(NBSP, " ") == said


def test_a_planned_change_of_unknown_customers_and_one_under_way_say_what_they_can():
    unknown = did_it_work(run(), improved(PLANNED | {"smallest": None})).text[0].replace(NBSP, " ")
    assert unknown == "”Ny kassa” börjar 1 mars 2026 och går att bedöma från 1 september 2026. För få kunder är kända för att säga hur stor effekt som då syns."
    begun = did_it_work(run(), improved(PLANNED | {"start_on": pd.Timestamp("2025-12-01")}))
    assert begun.text[0].replace(NBSP, " ") == "”Ny kassa”: för tidigt att säga före 1 september 2026."
    assert "Med de kunder ni har syns en effekt först om den är 4,0 procentenheter eller mer." in begun.details.replace(NBSP, " ")


def test_the_groups_a_change_reached_stand_beside_its_name():
    finding = did_it_work(run(), improved({"scope": "segment:norr@2025-06-02|söder", "design": "staggered"}))
    assert "Ändring 0 (norr och söder)" in finding.picture
    assert "●●● grupper jämförda med dem som ännu inte fått den" in finding.picture


@pytest.mark.parametrize(("language", "said"), [
    ("sv", "Det var och en gjorde före starten är borträknat; det tog bort 42 % av spridningen."),
    ("da", "Det, hver enkelt gjorde før starten, er regnet fra; det fjernede 42 % af spredningen."),
    ("nb", "Det hver enkelt gjorde før starten, er regnet bort; det tok bort 42 % av spredningen."),
    ("en", "What each one did before the start is taken away; that removed 42% of the spread."),
])  # fmt: skip
def test_what_was_taken_away_is_told(language, said):
    reasons = json.dumps([{"key": "known_before", "taken": 0.42}])
    assert said in did_it_work(run(language), improved({"design": "ab", "strength": 4, "reasons": reasons})).details.replace(NBSP, " ")
