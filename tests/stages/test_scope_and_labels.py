"""Where the journey begins and ends, and what the client calls its stages."""

from __future__ import annotations

import pytest

from journeylib.errors import ParameterError
from journeylib.stages import load_stage_model, purchase_journey, stage_mistakes


def test_stages_outside_the_scope_vanish_and_nothing_else_moves(client_with):
    whole = load_stage_model(client_with())
    narrow = load_stage_model(client_with(scope={"from_stage": "consideration", "to_stage": "decision"}))
    assert narrow.ids == ("consideration", "decision")
    assert narrow.all_ids == whole.ids
    assert narrow.stage_of_atom.tolist() == [-1, -1, 0, 1, -1, -1, -1, -1, -1]
    assert narrow.stage("decision") == whole.stage("decision")
    assert narrow.position("decision") == 1
    assert narrow.position("advocacy") == -1
    assert narrow.stage_id_of_atom("a9_advocate") is None


def test_who_came_past_the_last_stage_in_scope_has_reached_it(client_with):
    narrow = load_stage_model(client_with(scope={"from_stage": "consideration", "to_stage": "decision"}))
    assert narrow.reach_of_atom.tolist() == [-1, -1, 0, 1, 1, 1, 1, 1, 1]
    ends_early = load_stage_model(client_with(stage_model="inbound_3"))
    assert ends_early.reach_of_atom.tolist() == [0, 0, 1, 2, 2, 2, 2, 2, 2]


def test_a_scope_that_cuts_either_end_has_no_return_arrow(client_with):
    assert not load_stage_model(client_with(scope={"to_stage": "loyalty"})).loops
    assert not load_stage_model(client_with(scope={"from_stage": "consideration"})).loops
    assert load_stage_model(client_with(scope={"from_stage": "awareness"})).loops


def test_a_scope_after_the_purchase_has_no_purchase_stage(client_with):
    model = load_stage_model(client_with(scope={"from_stage": "loyalty"}))
    assert model.purchase_position is None
    assert [stage.id for stage in model.after_purchase] == ["loyalty", "advocacy"]
    assert "stages.no_purchase" in model.notes


def test_a_scope_names_stages_of_the_model(client_with):
    with pytest.raises(ParameterError) as refused:
        load_stage_model(client_with(scope={"from_stage": "considration"}))
    assert str(refused.value) == (
        "scope.from_stage: no such stage 'considration'; did you mean 'consideration'?; "
        "stages: awareness, consideration, decision, loyalty, advocacy"
    )


def test_a_scope_begins_before_it_ends(client_with):
    found = stage_mistakes(client_with(scope={"from_stage": "loyalty", "to_stage": "awareness"}))
    assert found == [(("scope",), "begins at 'loyalty', which comes after its end, 'awareness'; "
                      "order: awareness, consideration, decision, loyalty, advocacy")]  # fmt: skip


def test_the_clients_own_label_overrides_in_its_language_only(client_with):
    label = load_stage_model(client_with(labels={"awareness": "Upptäckt"})).stage("awareness").label
    assert label == {"sv": "Upptäckt", "da": "Opmærksomhed", "nb": "Bevissthet", "en": "Awareness"}


def test_no_is_read_as_nb(client_with):
    client = client_with(language="no", labels={"awareness": {"no": "Oppdage", "en": "Discover"}})
    label = load_stage_model(client).stage("awareness").label
    assert label == {"sv": "Medvetenhet", "da": "Opmærksomhed", "nb": "Oppdage", "en": "Discover"}


def test_a_label_belongs_to_a_stage_and_a_language(client_with):
    found = stage_mistakes(client_with(labels={"awarenes": "Upptäckt", "loyalty": {"fi": "Uskollisuus"}}))
    assert found == [
        (("labels", "awarenes"), "no such stage; did you mean 'awareness'?; stages: awareness, consideration, decision, loyalty, advocacy"),
        (("labels", "loyalty", "fi"), "no such language; known: sv, da, nb, en (no is read as nb)"),
    ]


def test_a_sheet_may_name_a_stage_by_its_label_in_any_language(client_with):
    model = load_stage_model(client_with(labels={"advocacy": "Fans"}))
    assert model.find("  övervägande ") == "consideration"
    assert model.find("Overvejelse") == "consideration"
    assert model.find("fans") == "advocacy"
    assert model.find("något annat") is None


def test_the_anchor_is_a_choice_of_before_during_after_only(client_with):
    found = stage_mistakes(client_with(anchor="use"))
    assert found == [(("anchor",), "'use' is a choice of before_during_after; take it out, or choose that stage model")]


def test_the_purchase_journey_is_evaluation_and_decision(client_with):
    model = purchase_journey(load_stage_model(client_with(stage_model="post_purchase_5")))
    assert model.ids == ("consideration", "purchase")
    with pytest.raises(ParameterError, match="has no purchase journey: no stage in scope holds a3_evaluate or a4_decide"):
        purchase_journey(load_stage_model(client_with(scope={"from_stage": "loyalty"})))


def test_an_unknown_stage_is_refused_with_the_nearest(client_with):
    with pytest.raises(ParameterError, match="has no stage 'loyality'; did you mean 'loyalty'"):
        load_stage_model(client_with()).stage("loyality")


def test_a_sheet_may_still_use_the_shipped_name_of_a_stage_the_client_renamed(client_with):
    model = load_stage_model(client_with(labels={"advocacy": "Rekommendation"}))
    assert (model.find("Rekommendation"), model.find("Ambassadör")) == ("advocacy", "advocacy")
