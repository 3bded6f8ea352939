"""What another stage model would show: every stage by what it is made of, what is gone, and which shares stay the same (M018)."""

from __future__ import annotations

import sys

import pytest

from journeylib import cli
from journeylib.client import LANGUAGES
from journeylib.schema import ATOMS
from journeylib.stages import in_model, load_stage_model, shipped_models
from journeylib.stages.comparing import say_correspondence
from journeylib.wording import Words

OWN = {"stages": [{"id": "look", "label": "Look", "atoms": ["a2_brand", "a3_evaluate"]}, {"id": "buy", "label": "Buy", "atoms": ["a4_decide"]}]}


def said(client_with, first, second, language="en", **given):
    client = client_with(stage_model=first, **given)
    return say_correspondence(load_stage_model(client), load_stage_model(in_model(client, second)), Words(language))


def test_a_shorter_model_keeps_its_stages_and_says_what_is_gone(client_with):
    assert said(client_with, "loyalty_advocacy_5", "inbound_3") == [
        "Awareness: the same as Awareness today, with the same customers and events.",
        "Consideration: the same as Consideration today, with the same customers and events.",
        "Decision: the same as Decision today, with the same customers and events.",
        "No longer shown: Loyalty and Advocacy.",
        "The share that goes on is the same from Awareness to Consideration and from Consideration to Decision.",
    ]


def test_what_is_divided_and_put_together_names_the_parts(client_with):
    assert said(client_with, "retention_loyalty_5", "post_purchase_5")[2:5] == [
        "Purchase: a part of Decision (Decides) today. Cells and numbers are divided, and counted anew from the events.",
        "Post-purchase: a part of Decision (Looks for confirmation) and a part of Retention (Gets started) today. Cells and numbers are both divided and put together, and counted anew from the events.",
        "Loyalty: a part of Retention (Uses) and Loyalty today. Cells and numbers are both divided and put together, and counted anew from the events.",
    ]


def test_a_model_of_the_clients_own_may_become_wider_or_be_put_together_and_get_what_it_never_had(client_with):
    assert said(client_with, OWN, "before_during_after") == [
        "Before: Look today, and more that is not shown now. The numbers can only grow.",
        "During: the same as Buy today, with the same customers and events.",
        "After: nothing of it is shown today.",
    ]


def test_the_scope_and_the_labels_are_those_of_today_and_the_other_model_is_whole(client_with):
    found = said(client_with, "loyalty_advocacy_5", "loyalty_advocacy_5", scope={"to_stage": "decision"}, labels={"decision": {"sv": "Avtal", "en": "Signing"}})
    assert found[2:5] == ["Decision: the same as Signing today, with the same customers and events.", "Loyalty: nothing of it is shown today.", "Advocacy: nothing of it is shown today."]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("second", shipped_models())
def test_every_atom_of_today_is_in_a_stage_or_said_to_be_gone(client_with, language, second):
    client = client_with(stage_model="retention_loyalty_5")
    model = load_stage_model(in_model(client, second))
    found = said(client_with, "retention_loyalty_5", second, language)
    gone = [atom for atom in ATOMS if model.stage_id_of_atom(atom) is None]
    assert len(found) >= len(model.ids) + bool(gone)
    assert not any("{" in line for line in found)


# --- as typed -----------------------------------------------------------------------------------------------------------

PARAMS = """
name: Acme
language: en
market: b2c
goal: more_conversions
as_of: 2026-01-31
targets: {loyalty: 0.3}
sources: {orders: {file: orders.csv, format: plain_events}}
rules: [{touchpoint: visit, atom: a3_evaluate}, {touchpoint: order, atom: a4_decide}, {touchpoint: use, atom: a7_use}]
"""
EVENTS = """Customer,Date,Event
ann,2025-01-01,visit
ann,2025-01-02,order
ann,2025-01-05,use
bo,2025-01-01,visit
cy,2025-02-01,use
"""


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    """What `journey check acme --model …` answers."""
    for name in ("params", "notebooks", "data/acme"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "params" / "acme.yml").write_text(PARAMS, encoding="utf-8")
    (tmp_path / "data" / "acme" / "orders.csv").write_text(EVENTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOURNEY_ROOT", raising=False)
    monkeypatch.setenv("JOURNEY_SALT", "a salt for tests")

    def answer(model) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["journey", "check", "acme", "--model", model])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code or 0, capsys.readouterr().out

    return answer


def test_the_command_counts_what_is_gone_and_says_what_to_mend(typed):
    status, said = typed("inbound_3")
    assert status == 0
    assert said.splitlines()[0] == "acme: Five stages to advocacy → Three stages up to the decision"
    assert "  · What happened in Loyalty and Advocacy is not shown in Three stages up to the decision: 2 journeys are affected, 1 cannot be seen at all.\n" in said
    assert "  To choose it: `stage_model: inbound_3`, and mend:\n  ! targets.loyalty: no such stage" in said


def test_a_model_that_is_none_is_refused_with_the_nearest(typed):
    status, said = typed("inbound_4")
    assert status == 1
    assert said.startswith("No stage model 'inbound_4'; did you mean 'inbound_3'?")
