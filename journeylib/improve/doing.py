"""What the actions are made of, in one go: content, requests to act, flows, questions, waste, the goal tree and the three orders."""

from __future__ import annotations

import pandas as pd

from journeylib.client import Client
from journeylib.improve.calls_to_act import calls_to_act
from journeylib.improve.content_plan import content_plan
from journeylib.improve.flows import header_of, read_flows
from journeylib.improve.goal_tree import goal_tree
from journeylib.improve.nurturing import flow_problems, propose_flows
from journeylib.improve.self_service import self_service
from journeylib.improve.waste import waste
from journeylib.presets import resolved_thresholds
from journeylib.stages import StageModel
from journeylib.wording import Words


def plan_doing(
    shown: dict[str, pd.DataFrame], collected, gaps: pd.DataFrame, actions: pd.DataFrame, model: StageModel, client: Client, words: Words
) -> dict[str, pd.DataFrame]:
    """Every table of `schema.DOING` but `orders` that the delivered data allow; what cannot be computed is absent.

    Parameters
    ----------
    shown : measures as far as they may be shown. collected : what `collect` returned.

    Raises
    ------
    ParameterError
        A mistake in `flows.csv`.
    """
    registers, limits = collected.registers, resolved_thresholds(client)
    activities, window = registers.get("activities"), None if limits.until_cut else limits.window_days
    own = read_flows(client)
    proposed = propose_flows(gaps, own, model, client, words)
    found = {
        "content_plan": content_plan(shown, registers, actions, model, client), "calls": calls_to_act(shown, registers, model, client),
        "flows": pd.concat([each for each in (own, proposed) if each is not None and len(each)], ignore_index=True) if own is not None or len(proposed) else None,
        "flow_problems": None if own is None else flow_problems(own, model, contacts_a_week=limits.contacts_a_week, header=header_of(client)),
        "self_service": self_service(collected.voices, registers.get("content"), model, client),
        "waste": waste(activities, shown, collected.log, collected.journeys, model, window_days=window, k=client.privacy.k),
        "goal_tree": goal_tree(activities, shown, model, client, words),
    }  # fmt: skip
    return {name: table for name, table in found.items() if table is not None}
