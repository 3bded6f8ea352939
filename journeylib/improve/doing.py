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
from journeylib.improve.wordings import read_wordings
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
        A mistake in `flows.csv` or `calls_to_act.csv`.
    """
    registers, limits = collected.registers, resolved_thresholds(client)
    activities, window = registers.get("activities"), None if limits.until_cut else limits.window_days
    written = read_flows(client)
    proposed = propose_flows(gaps, written, model, client, words)
    own = None if written is None else written[written["origin"] == "own"]
    flows = [each for each in (own, proposed) if each is not None and len(each)]
    found = {
        "content_plan": content_plan(shown, registers, actions, model, client), "calls": calls_to_act(shown, registers, model, client, read_wordings(client)),
        "flows": pd.concat(flows, ignore_index=True) if flows else None,
        "flow_problems": None if own is None else _problems_of(own, proposed, model, client),
        "self_service": self_service(collected.voices, registers.get("content"), model, client),
        "waste": waste(activities, shown, collected.log, collected.journeys, model, window_days=window, k=client.privacy.k),
        "goal_tree": goal_tree(activities, shown, model, client, words),
    }  # fmt: skip
    return {name: table for name, table in found.items() if table is not None}


def _problems_of(own, proposed, model, client):
    """What does not hold together in the flows of the client's file that the report shows: those in use, and its templates that are proposed."""
    of_file = pd.concat([own, proposed[proposed["line"].notna()]], ignore_index=True)
    return flow_problems(of_file, model, contacts_a_week=resolved_thresholds(client).contacts_a_week, header=header_of(client))
