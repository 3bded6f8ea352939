"""A client's own model needs no code, and every mistake in it is named with its place."""

from __future__ import annotations

import pytest

from journeylib.errors import ParameterError
from journeylib.schema import ATOMS
from journeylib.stages import load_stage_model, stage_mistakes


def _stage(name, *atoms, **more):
    return {"id": name, "atoms": list(atoms), "label": {"sv": name.capitalize()}, **more}


def _four():
    return {"id": "shop", "name": {"sv": "Butikens fyra steg"}, "loops": True, "stages": [
        _stage("discover", "a1_problem", "a2_brand", goal="attention", process=["establish_contact"]),
        _stage("choose", "a3_evaluate", "a4_decide", goal="Vi gör det enkelt att välja.", kpis=["purchase_share", "Kundvagnar per dag"]),
        _stage("enjoy", "a5_reassure", "a6_onboard", "a7_use", expected_days=30, owner="Kundservice"),
        _stage("return", "a8_repeat", "a9_advocate", optional=True, repeatable=True),
    ]}  # fmt: skip


def _eight():
    groups = [["a1_problem"], ["a2_brand"], ["a3_evaluate"], ["a4_decide"], ["a5_reassure"], ["a6_onboard"], ["a7_use"], ["a8_repeat", "a9_advocate"]]
    return {"id": "fine", "stages": [_stage(f"step_{i}", *atoms) for i, atoms in enumerate(groups, start=1)]}


def _mistakes(client_with, model, **more):
    return {".".join(map(str, at)): message for at, message in stage_mistakes(client_with(stage_model=model, **more))}


def test_a_model_of_four_stages_of_ones_own(client_with):
    model = load_stage_model(client_with(stage_model=_four()))
    assert model.ids == ("discover", "choose", "enjoy", "return")
    assert model.stage_of_atom.tolist() == [0, 0, 1, 1, 2, 2, 2, 3, 3]
    assert model.name["sv"] == "Butikens fyra steg"
    assert model.loops
    assert model.purchase_position == 1
    assert [stage.id for stage in model.after_purchase] == ["enjoy", "return"]
    assert model.stage("choose").goal["sv"] == "Vi gör det enkelt att välja."
    assert [kpi["name"]["sv"] for kpi in model.stage("choose").kpis] == ["Andel som köper", "Kundvagnar per dag"]
    assert (model.stage("enjoy").expected_days, model.stage("enjoy").owner) == (30, "Kundservice")
    assert model.stage("return").optional
    assert model.stage("return").repeatable


def test_a_model_of_eight_stages_of_ones_own(client_with):
    model = load_stage_model(client_with(stage_model=_eight()))
    assert len(model.ids) == 8
    assert model.stage_of_atom.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 7]


def test_phases_left_out_follow_from_the_atoms(client_with):
    model = load_stage_model(client_with(stage_model=_four()))
    assert model.stage("choose").process == ("build_relation", "qualify_close")
    assert model.stage("enjoy").process == ("develop_customer", "keep_customer")


def test_a_stage_without_rules_is_entered_by_what_its_atoms_are_seen_as(client_with):
    stage = load_stage_model(client_with(stage_model=_four())).stage("discover")
    assert [rule["sv"] for rule in stage.entry][0] == "Kunden söker på sitt problem eller läser om det."


def test_a_stage_can_borrow_a_shipped_stages_words(client_with):
    own = {"stages": [{"id": "first", "text": "awareness", "atoms": ["a2_brand"]}, {"id": "second", "text": "advocacy", "atoms": ["a9_advocate"], "label": "Fans"}]}
    model = load_stage_model(client_with(stage_model=own, language="nb"))
    assert [stage.label["nb"] for stage in model.stages] == ["Bevissthet", "Fans"]
    assert model.stage("second").goal["nb"] == "Bli anbefalt til andre."


def test_words_in_one_language_serve_in_all(client_with):
    label = load_stage_model(client_with(stage_model=_four())).stage("enjoy").label
    assert set(label) == {"sv", "da", "nb", "en"}
    assert set(label.values()) == {"Enjoy"}


def test_a_model_has_two_to_ten_stages(client_with):
    one = {"stages": [_stage("only", "a1_problem")]}
    assert _mistakes(client_with, one) == {"stage_model.stages": "got 1 stages, expected a list of 2 to 10 stages"}
    eleven = {"stages": [_stage(f"s{i}", ATOMS[0]) for i in range(11)]}
    assert _mistakes(client_with, eleven) == {"stage_model.stages": "got 11 stages, expected a list of 2 to 10 stages"}
    assert _mistakes(client_with, {}) == {"stage_model.stages": "got none, expected a list of 2 to 10 stages"}


def test_a_misspelt_model_gets_the_nearest(client_with):
    with pytest.raises(ParameterError) as refused:
        load_stage_model(client_with(stage_model="retention_loyalty"))
    assert str(refused.value) == (
        "stage_model: no stage model 'retention_loyalty'; did you mean 'retention_loyalty_5'?; known: loyalty_advocacy_5, retention_loyalty_5, "
        "post_purchase_5, inbound_3, before_during_after, sales_marketing_process_5, or a model of your own"
    )


def test_every_mistake_is_named_at_once(client_with):
    own = {"stages": [
        {"id": "Discover", "atoms": ["a1_problm"], "label": {"sv": "Upptäck"}, "gaol": "attention"},
        {"id": "lost", "atoms": ["a3_evaluate"], "label": {"en": "Lost"}, "goal": "atention"},
        {"id": "buy", "atoms": ["a3_evaluate", "a4_decide"], "process": ["close"], "expected_days": -2, "optional": "perhaps"},
        {"id": "buy", "atoms": [], "label": {"sv": "Köp", "fi": "Osto"}, "kpis": ["win_shares"]},
    ]}  # fmt: skip
    found = _mistakes(client_with, own)
    assert found["stage_model.stages.0.id"] == "got 'Discover', expected small letters, digits and _, starting with a letter"
    assert found["stage_model.stages.0.atoms.0"].startswith("no atom 'a1_problm'; did you mean 'a1_problem'?; known: a1_problem, a2_brand")
    assert found["stage_model.stages.0.gaol"].startswith("unknown key; did you mean 'goal'?; known: id, atoms, label")
    assert found["stage_model.stages.1.id"] == "'lost' is a state beside the stages, not a stage; choose another id"
    assert found["stage_model.stages.1.label"] == "has no text in 'sv', the report's language; found en"
    assert found["stage_model.stages.1.goal"].startswith("no goal 'atention'; did you mean 'attention'?")
    assert found["stage_model.stages.2.atoms.0"] == "a3_evaluate already belongs to 'lost'; an atom belongs to one stage"
    assert found["stage_model.stages.2.label"] == "is missing; a stage needs a label, at least in 'sv'"
    assert found["stage_model.stages.2.process.0"].startswith("no phase 'close'")
    assert found["stage_model.stages.2.expected_days"] == "got -2, expected a number of days above 0"
    assert found["stage_model.stages.2.optional"] == "got 'perhaps', expected true or false"
    assert found["stage_model.stages.3.id"] == "'buy' is the id of two stages"
    assert found["stage_model.stages.3.atoms"].startswith("is missing; a stage groups at least one of a1_problem")
    assert found["stage_model.stages.3.label.fi"] == "no such language; known: sv, da, nb, en (no is read as nb)"
    assert found["stage_model.stages.3.kpis.0"].startswith("no KPI 'win_shares'; did you mean 'win_share'?")
    assert len(found) == 15


def test_a_loop_needs_a_recommendation_at_its_end(client_with):
    own = {"loops": True, "stages": [_stage("one", "a2_brand"), _stage("two", "a4_decide")]}
    assert _mistakes(client_with, own) == {
        "stage_model.loops": "is true, but a loop leads from a9_advocate in the last stage to a2_brand in the first"
    }


@pytest.mark.parametrize("odd", [{"stages": ["first", "second"]}, {"stages": [{"id": 7, "atoms": 3, "label": 5}, {"id": None, "text": ["x"]}]},
                                 {"stages": {"a": 1}}, {"stages": None}, {"stages": [[], {}]}])  # fmt: skip
def test_nonsense_is_refused_in_words(client_with, odd):
    assert _mistakes(client_with, odd)
