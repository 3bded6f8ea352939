"""What a client may turn: the goal leads (M001), the scope cuts and nothing else moves (M002), any stage model fits (M012)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import journeylib as jl
from journeylib import knowledge
from journeylib.client import GOALS
from journeylib.findings.conclusions import ranked_gaps
from journeylib.improve.gap_order import OF_KNOWLEDGE, is_of_goal
from journeylib.improve.orders import FROM_LISTS
from journeylib.run import Run
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.whole import turning
from tests.whole.in_process import answer, demo
from tests.whole.turning import MODELS, told

pytestmark = pytest.mark.report


@pytest.fixture(scope="module")
def turned(in_background):
    """What was turned → what the client's run then says."""
    return {asked: future.result() for asked, future in in_background[turning.__name__].items()}


@pytest.fixture(scope="module")
def aims(tmp_path_factory):
    """Goal → what the client's run says, on one and the same collected data."""
    whole = answer(demo("lind_raadgivning"), tmp_path_factory.mktemp("goals"))
    said = {}
    for goal in GOALS:
        run = replace(whole.run, client=whole.run.client.model_copy(update={"goal": goal}))
        improved = jl.improve_journey(run, whole.improved.mapped)
        said[goal] = told(replace(whole, run=run, improved=improved, findings=whole.findings | {name: getattr(jl, name)(run, improved) for name in ("essentials", "which_gaps")}))
    return said


def test_every_goal_leads_with_its_own_kpi_or_the_next_it_can(aims):
    for goal in GOALS:
        lead, declared = aims[goal]["essentials"]["lead_kpi"], knowledge.load("goals")[goal]
        assert aims[goal]["essentials"]["goal"] == goal
        assert lead is None or lead["kpi"] in (declared["lead_kpi"], *declared["else_kpis"])
    assert len({str((aims[goal]["essentials"]["lead_kpi"] or {}).get("kpi")) for goal in GOALS}) >= 4


def test_the_goal_is_said_and_no_gap_comes_or_goes_with_it(aims):
    for goal in GOALS:
        said = knowledge.load("goals")[goal]["label"]["da"]
        assert said.casefold() in aims[goal]["so_what"].casefold()
        assert set(aims[goal]["order"]) == set(aims[GOALS[0]]["order"])


def test_the_goal_leads_the_order_of_gaps_and_money_decides_among_its_equals(report):
    one = report("norrsken_it")
    gaps, model, words = one.table("gaps"), load_stage_model(one.client), Words("sv")
    known = gaps.set_index("gap_id")
    orders = {}
    for goal in GOALS:
        client = one.client.model_copy(update={"goal": goal})
        order = ranked_gaps(Run(client, model, words, one.folder), gaps)["gap_id"]
        orders[goal] = [gap for gap in order if gap.split(":")[0] not in OF_KNOWLEDGE]
        tiers = [(not is_of_goal(known["check"][gap], known["stage"][gap], model, client), known["check"][gap] in FROM_LISTS) for gap in orders[goal]]
        assert tiers == sorted(tiers)
        prices = [(tier, -known["value_at_stake"][gap]) for tier, gap in zip(tiers, orders[goal], strict=True) if pd.notna(known["value_at_stake"][gap])]
        assert prices == sorted(prices)
    assert len({tuple(order) for order in orders.values()}) >= 4
    assert one.findings["which_gaps"]["numbers"]["found"][: len(orders[one.client.goal])] == orders[one.client.goal]


def test_stages_out_of_scope_vanish_and_nothing_else_moves(turned):
    whole, cut = turned["as it is"], turned["scope"]
    assert cut["stages"] == ["consideration", "decision", "retention"]
    assert set(cut["cells"]["stage"]) <= {*cut["stages"], ""}
    assert set(cut["gaps"]["stage"]) <= {*cut["stages"], ""}
    assert [label for label in set(whole["labels"]) - set(cut["labels"]) if f">{label}<" in cut["sheet"]] == []
    assert cut["n_journeys"] == whole["n_journeys"]
    before, after = (one["funnel"].loc[["consideration", "decision"], ["n_converted", "n_followed", "rate"]] for one in (whole, cut))
    assert after.astype(float).to_dict() == before.astype(float).to_dict()


@pytest.mark.parametrize("model", MODELS)
def test_one_set_of_data_in_every_shipped_stage_model(turned, model):
    found = turned[model]
    declared = knowledge.load("stage_models")["models"][model]
    assert len(found["stages"]) == len(next(iter(declared["anchors"].values()))["stages"] if "anchors" in declared else declared["stages"])
    words = " ".join(found["sheet"].replace("\N{NO-BREAK SPACE}", " ").replace("</tspan>", " ").split())
    assert [label for label in found["labels"] if label.split()[0] not in words] == []
    assert set(found["cells"]["stage"]) <= {*found["stages"], ""}
    assert [sentence for sentence in found["takeaways"].values() if not sentence.endswith(".")] == []
    assert found["funnel"]["n_reached"].iloc[0] <= found["n_journeys"]
    assert found["funnel"]["n_reached"].is_monotonic_decreasing
