"""The shipped models are mission §2.2, complete in four languages."""

from __future__ import annotations

import pytest

from journeylib import knowledge
from journeylib.client import GOALS
from journeylib.schema import ATOMS, KINDS, MAP_ROWS, STATES, VOICE_ROWS
from journeylib.stages import load_stage_model, say_notes, shipped_models
from journeylib.wording import Words

FOUR = {"sv", "da", "nb", "en"}

#: mission §2.2, row by row: the atoms of each stage.
CROSSWALK = {
    ("loyalty_advocacy_5", "purchase"): ["a1 a2", "a3", "a4", "a5 a6 a7 a8", "a9"],
    ("sales_marketing_process_5", "purchase"): ["a1 a2", "a3", "a4", "a5 a6 a7 a8", "a9"],
    ("retention_loyalty_5", "purchase"): ["a1 a2", "a3", "a4 a5", "a6 a7", "a8 a9"],
    ("post_purchase_5", "purchase"): ["a1 a2", "a3", "a4", "a5 a6", "a7 a8 a9"],
    ("inbound_3", "purchase"): ["a1 a2", "a3", "a4"],
    ("before_during_after", "purchase"): ["a1 a2 a3", "a4", "a5 a6 a7 a8 a9"],
    ("before_during_after", "use"): ["a1 a2 a3 a4 a5", "a6 a7", "a8 a9"],
}
LABELS = {
    ("loyalty_advocacy_5", "sv"): ["Medvetenhet", "Övervägande", "Beslut", "Lojalitet", "Ambassadör"],
    ("retention_loyalty_5", "da"): ["Opmærksomhed", "Overvejelse", "Beslutning", "Fastholdelse", "Loyalitet"],
    ("post_purchase_5", "nb"): ["Bevissthet", "Vurdering", "Kjøp", "Etterkjøp", "Lojalitet"],
    ("inbound_3", "en"): ["Awareness", "Consideration", "Decision"],
    ("before_during_after", "sv"): ["Före", "Under", "Efter"],
    ("before_during_after", "da"): ["Før", "Under", "Efter"],
    ("before_during_after", "nb"): ["Før", "Under", "Etter"],
    ("sales_marketing_process_5", "sv"): ["Etablera kontakt", "Bygga relation", "Kvalificera och stänga affär", "Utveckla kund", "Behålla kund"],
}


def _model(client_with, name, anchor="purchase"):
    return load_stage_model(client_with(stage_model=name, anchor=anchor))


def test_every_model_of_the_mission_is_shipped():
    assert set(shipped_models()) == {name for name, _ in CROSSWALK}


@pytest.mark.parametrize(("name", "anchor"), CROSSWALK)
def test_stages_group_the_atoms_of_the_crosswalk(client_with, name, anchor):
    model = _model(client_with, name, anchor)
    assert [" ".join(atom[:2] for atom in stage.atoms) for stage in model.stages] == CROSSWALK[name, anchor]


@pytest.mark.parametrize(("name", "language"), LABELS)
def test_labels_are_those_of_the_trade(client_with, name, language):
    assert [stage.label[language] for stage in _model(client_with, name).stages] == LABELS[name, language]


@pytest.mark.parametrize(("name", "anchor"), CROSSWALK)
def test_an_atom_belongs_to_at_most_one_stage(client_with, name, anchor):
    atoms = [atom for stage in _model(client_with, name, anchor).stages for atom in stage.atoms]
    assert len(atoms) == len(set(atoms))


@pytest.mark.parametrize(("name", "anchor"), CROSSWALK)
def test_every_stage_is_complete_in_four_languages(client_with, name, anchor):
    model = _model(client_with, name, anchor)
    assert _is_complete(model.name)
    for stage in model.stages:
        assert _is_complete(stage.label)
        assert _is_complete(stage.goal)
        assert _is_complete(stage.question)
        assert stage.kpis
        assert all(_is_complete(kpi["name"]) and _is_complete(kpi["how"]) for kpi in stage.kpis)
        assert stage.entry
        assert all(map(_is_complete, stage.entry + stage.exit))
        assert set(stage.process) <= set(knowledge.load("process")["phases"])


@pytest.mark.parametrize(("name", "anchor"), CROSSWALK)
def test_a_stage_is_left_by_entering_the_next(client_with, name, anchor):
    stages = _model(client_with, name, anchor).stages
    assert [stage.exit for stage in stages[:-1]] == [stage.entry for stage in stages[1:]]
    assert stages[-1].exit == ()


def _is_complete(texts):
    return set(texts) == FOUR and all(isinstance(text, str) and text.strip() == text and text for text in texts.values())


def test_company_phases_are_mapped_many_to_many_and_at_risk_belongs_to_keeping(client_with):
    process = {stage.id: stage.process for stage in _model(client_with, "loyalty_advocacy_5").stages}
    assert process["loyalty"] == process["advocacy"] == ("develop_customer", "keep_customer")
    phases = knowledge.load("process")["phases"]
    assert [name for name, phase in phases.items() if "at_risk" in phase["states"]] == ["keep_customer"]


def test_only_models_that_end_in_advocacy_return_to_the_start(client_with):
    loops = {name for name in shipped_models() if _model(client_with, name).loops}
    assert loops == {"loyalty_advocacy_5", "retention_loyalty_5", "post_purchase_5", "before_during_after"}


def test_a_model_that_ends_at_the_decision_says_that_nothing_follows(client_with):
    model = _model(client_with, "inbound_3")
    assert model.after_purchase == ()
    assert "stages.no_after_purchase" in model.notes
    assert model.phases_without_stage == ("develop_customer", "keep_customer")


@pytest.mark.parametrize(("last", "is_said"), [(["a4_decide"], True), (["a4_decide", "a5_reassure", "a6_onboard", "a7_use", "a8_repeat", "a9_advocate"], False)])
def test_a_last_stage_that_holds_the_purchase_and_what_follows_does_not_end_at_the_purchase(client_with, last, is_said):
    stages = [{"id": name, "label": name, "atoms": atoms} for name, atoms in (("seeking", ["a1_problem", "a2_brand"]), ("weighing", ["a3_evaluate"]), ("customer", last))]
    model = load_stage_model(client_with(stage_model={"stages": stages}))
    assert ("stages.no_after_purchase" in model.notes) is is_said


def test_reassurance_sits_where_each_model_says(client_with):
    homes = {name: _model(client_with, name).stage_id_of_atom("a5_reassure") for name in shipped_models()}
    assert homes["retention_loyalty_5"] == "decision"
    assert homes["post_purchase_5"] == "post_purchase"
    assert homes["loyalty_advocacy_5"] == "loyalty"
    assert homes["inbound_3"] is None


@pytest.mark.parametrize("name", ["atoms", "process", "kpis", "stage_models", "goals", "rows", "channels", "touchpoints", "presets",
                                  "starter_texts", "messages/stages"])  # fmt: skip
def test_every_text_of_a_knowledge_file_stands_in_all_four_languages(name):
    found = list(_texts(knowledge.load(name)))
    assert found
    assert [place for place, texts in found if set(texts) != FOUR or any(not text for text in texts.values())] == []


def _texts(node, place=""):
    if isinstance(node, dict) and set(node) & FOUR:
        yield place, node
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from _texts(child, f"{place}.{key}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _texts(child, f"{place}.{number}")


def test_every_row_voice_kind_and_state_has_a_name():
    rows = knowledge.load("rows")
    assert tuple(rows["map_rows"]) == MAP_ROWS
    assert tuple(rows["voice_rows"]) == VOICE_ROWS
    assert tuple(rows["kinds"]) == KINDS
    assert set(STATES) <= set(rows["states"])


def test_company_rows_stand_below_the_line():
    sides = [row["side"] for row in knowledge.load("rows")["map_rows"].values()]
    assert sides == sorted(sides, reverse=True)


def test_every_goal_has_a_lead_kpi_and_a_place_to_look_first():
    goals, kpis = knowledge.load("goals"), knowledge.load("kpis")
    assert tuple(goals) == GOALS
    for goal in goals.values():
        assert {goal["lead_kpi"], *goal["else_kpis"]} <= set(kpis)
        assert set(goal["atoms"]) <= set(ATOMS)
        assert set(goal["checks"]) <= set(knowledge.load("gaps"))


def test_no_two_atoms_share_a_name():
    names = [atom["name"]["sv"] for atom in knowledge.load("atoms").values()]
    assert tuple(knowledge.load("atoms")) == ATOMS
    assert len(set(names)) == len(ATOMS)


def test_the_reader_is_told_what_a_model_without_an_after_leaves_out(client_with):
    assert say_notes(_model(client_with, "inbound_3"), Words("sv")) == [
        "De faser ni har valt slutar vid köpet, så rapporten säger inget om tiden därefter.",
        "Delar av er egen process hör inte till någon av de valda faserna: Utveckla kund och Behålla kund.",
    ]
