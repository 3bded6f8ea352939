"""What the report says each stage is measured by: the model's KPIs, the market's and the client's own, and what each is today."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings.stage_kpis import kpis_of_stage, what_is_each_stage_measured_by
from journeylib.run import Run
from journeylib.schema import FUNNEL, RATES, STAGE_TIMES, VOICE_COUNTS, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.gaps.material import a_client

STAGES = ("awareness", "consideration", "decision", "loyalty", "advocacy")


def some(table, *rows):
    """The columns a test is about, the others missing."""
    return pd.concat([empty(table), pd.DataFrame(rows)], ignore_index=True)


FUNNEL_DRAWN = some(FUNNEL, *({"stage": stage, "persona": "", "semantics": "at_least", "position": place, "n_reached": 100 - place, "n_followed": 80,
                               "n_converted": 40, "rate": 0.5, "rate_lo": 0.4, "rate_hi": 0.6} for place, stage in enumerate(STAGES)))  # fmt: skip
REPEAT = some(RATES, {"measure": "repeat", "group": "", "n": 40, "n_yes": 10, "rate": 0.25, "lo": 0.14, "hi": 0.4})
TIMES = some(STAGE_TIMES, {"stage": "consideration", "n_entered": 50, "median_days": 12.0})
DRIVERS = some(VOICE_COUNTS, {"stage": "decision", "row": "driver", "code": "Pris", "kind": "stated", "n_customers": 7},
               {"stage": "consideration", "row": "driver", "code": "Pris", "kind": "stated", "n_customers": 3})  # fmt: skip


def told(language="sv", market="b2b", **shown):
    client = a_client(language=language, market=market)
    mapped = SimpleNamespace(shown=shown, collected=SimpleNamespace(journeys=pd.DataFrame({"started_at": pd.to_datetime([], utc=True), "state": [], "unit": []})))
    return what_is_each_stage_measured_by(Run(client, load_stage_model(client), Words(language), Path()), mapped)


def cells(found):
    """Stage → what is measured, and what is not yet."""
    rows = [re.findall(r"<t[hd].*?</t[hd]>", row, re.S) for row in re.findall("<tr.*?</tr>", found.picture, re.S)][1:]
    return {_plain(row[0])[0]: (_plain(row[2]), _plain(row[3])) for row in rows}


def _plain(cell):
    return [re.sub("<.*?>", "", part).replace("\N{NO-BREAK SPACE}", " ") for part in cell.split("</span>") if re.sub("<.*?>", "", part)]


def test_a_stage_is_followed_by_its_models_measures_then_by_its_markets():
    client = a_client(market="b2c")
    decision = load_stage_model(client).stage("decision")
    assert kpis_of_stage(decision, "b2c")[-2:] == ["abandoned_carts", "order_value"]
    assert "abandoned_carts" not in kpis_of_stage(decision, "b2b")


def test_what_can_be_measured_stands_with_how_many_are_behind_it():
    rows = cells(told(funnel=FUNNEL_DRAWN, stage_times=TIMES, rates=REPEAT))
    assert "Tid i fasen: 12 dagar, underlag 50" in rows["Övervägande"][0]
    assert "Andel som köper igen: 25 % (14–40) av 40" in rows["Lojalitet"][0]
    assert "Nya kundresor: 100" in rows["Medvetenhet"][0]


def test_what_cannot_be_measured_says_so_and_is_no_0():
    rows = cells(told(funnel=FUNNEL_DRAWN))
    assert "Andel som förnyar avtalet" in rows["Lojalitet"][1]
    assert "Tid i fasen" in rows["Övervägande"][1]


def test_a_stage_none_of_whose_measures_can_be_taken_leads():
    found = told(funnel=FUNNEL_DRAWN)
    assert (found.state, found.takeaway) == ("clear", "Faserna Beslut, Lojalitet och Ambassadör har inget nyckeltal som kan mätas i dag.")
    assert found.numbers["stages_without"] == ["decision", "loyalty", "advocacy"]


def test_without_data_nothing_is_measured():
    found = told()
    assert (found.state, found.takeaway) == ("not_checkable", "Inget av fasernas nyckeltal kan mätas med de här uppgifterna.")


def test_which_stages_the_client_has_chosen_a_measure_for_is_told_beside_what_can_be_measured():
    client = a_client(kpis={"awareness": "Besök", "decision": "Avslut"})
    mapped = SimpleNamespace(shown={"funnel": FUNNEL_DRAWN}, collected=SimpleNamespace(journeys=pd.DataFrame({"started_at": pd.to_datetime([], utc=True), "state": [], "unit": []})))
    found = what_is_each_stage_measured_by(Run(client, load_stage_model(client), Words("sv"), Path()), mapped)
    assert found.text[0] == "Själva har ni valt nyckeltal för 2 av 5 faser."
    assert "Själva" not in told(funnel=FUNNEL_DRAWN).text[0]  # chosen for every stage: nothing to say


def test_what_usually_decides_stands_beside_what_customers_have_named():
    text = " ".join(told(voice_counts=DRIVERS).text)
    assert "bygger relationen på partnerskap" in text
    assert "Kunderna har oftast nämnt Pris (7 kunder)." in text
    assert "återkommande köp" in " ".join(told(market="b2c").text)


@pytest.mark.parametrize(("language", "said"), [
    ("da", "Ingen af trinenes nøgletal kan måles med disse data."), ("nb", "Ingen av fasenes nøkkeltall kan måles med disse dataene."),
    ("en", "No measure of any stage can be taken from these data."),
])  # fmt: skip
def test_the_sentence_in_the_other_languages(language, said):
    assert told(language).takeaway == said
