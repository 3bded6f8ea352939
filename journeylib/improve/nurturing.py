"""Which follow-up flow is needed, and does each hold together? Proposals for the gaps, and what is wrong with the client's own (M093)."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd
from openpyxl.utils import get_column_letter

from journeylib import knowledge
from journeylib.client import Client
from journeylib.improve.flows import END, FLOW_COLUMNS
from journeylib.schema import FLOW_PROBLEMS, FLOWS, check
from journeylib.stages import StageModel
from journeylib.wording import Words

#: Channels by which a person is written to or rung up.
DIRECT = ("email", "newsletter", "sms", "phone", "app", "post")
#: Of these each needs a way to say no to more.
WITH_UNSUBSCRIBE = ("email", "newsletter", "sms", "app")
WEEK_DAYS = 7.0
#: A flow is followed for so many messages at most.
MOST_MESSAGES = 100


@dataclass(frozen=True)
class _Template:
    """A flow to propose: for which checks, where it may be done (stage ids, the first that fits), and its steps as rows of FLOWS."""

    checks: tuple[str, ...]
    stages: tuple[str, ...]
    steps: list[dict]


def propose_flows(gaps: pd.DataFrame, own: pd.DataFrame | None, model: StageModel, client: Client, words: Words) -> pd.DataFrame:
    """Flows for gaps that were found and are neither rejected nor parked: the client's own templates, then those of `knowledge/flows.yml`.

    A flow is proposed once, for the first such gap, and not where the client has one in use for the same people in the same stage. A flow of the
    client's, in use or a template, that has the id of one of the catalogue takes its place.

    Parameters
    ----------
    own : the client's flows as read (`read_flows`), templates among them.

    Returns
    -------
    FLOWS with `origin` proposed.
    """
    found = gaps[(gaps["status"] == "found") & ~gaps["decision"].fillna("").isin(["reject", "park"])]
    in_use = None if own is None else own[own["origin"] == "own"]
    taken = set() if in_use is None else set(zip(in_use["stage"], in_use["audience"], strict=True))
    rows = []
    for template in _templates(own, model, client, words).values():
        places = [(gap["gap_id"], _place(gap, template.stages)) for gap in found[found["check"].isin(template.checks)].to_dict("records")]
        place = next((place for place in places if place[1] and (place[1], template.steps[0]["audience"]) not in taken), None)
        rows += [] if place is None else [_placed(step, *place, model) for step in template.steps]
    return check(pd.DataFrame(rows, columns=list(FLOWS.columns)), FLOWS)


def _templates(own, model, client, words) -> dict[str, _Template]:
    """By id: the client's own first, then the catalogue's of the market that it has not replaced."""
    written = {} if own is None else dict(list(own.groupby("flow_id", sort=False)))
    found = {flow_id: _own_template(steps, model) for flow_id, steps in written.items() if steps["origin"].iloc[0] == "proposed"}
    for key, flow in knowledge.load("flows").items():
        if key not in written and (client.market == "both" or client.market in flow["market"]):
            stages = tuple(stage.id for stage in model.in_scope if set(stage.atoms) & set(flow["atoms"]))
            found[key] = _Template(tuple(flow["gaps"]), stages, list(_steps(key, flow, words)))
    return found


def _own_template(steps, model) -> _Template:
    first = steps.iloc[0]
    stages = tuple(stage for stage in model.ids if first["stage"] in ("", stage))
    return _Template(tuple(first["gap_id"].split(",")), stages, steps.to_dict("records"))


def _place(gap, stages) -> str | None:
    """The stage whose customers get the flow: the gap's own where it fits, else the first that fits; None where none does."""
    if gap["stage"]:
        return gap["stage"] if gap["stage"] in stages else None
    return stages[0] if stages else None


def _placed(step, gap_id, stage, model) -> dict:
    """The step for a gap in a stage; it moves people to the next stage unless it says otherwise."""
    goal = step["goal"] if pd.notna(step["goal"]) else model.ids[min(model.ids.index(stage) + 1, len(model.ids) - 1)]
    return step | {"gap_id": gap_id, "stage": stage, "goal": goal}


def _steps(key, flow, words):
    for number, step in enumerate(flow["steps"], start=1):
        yield {"flow_id": key, "flow": words.label(flow["name"]), "origin": "proposed", "persona": "", "audience": flow["audience"], "goal": None,
               "trigger": words.label(flow["trigger"]) if number == 1 else None, "step": str(number), "wait_days": float(step["wait_days"]), "message": words.label(step["message"]),
               "channel": step["channel"], "next": str(number + 1) if number < len(flow["steps"]) else END, "exit": ",".join(flow["exit"]), "at_most": None,
               "has_consent": True, "line": None}  # fmt: skip


# --- does it hold together? ---------------------------------------------------------------------------------------------


def flow_problems(
    flows: pd.DataFrame | None, model: StageModel, *, contacts_a_week: float, header: tuple[str, ...] = FLOW_COLUMNS
) -> pd.DataFrame:
    """Everything that does not hold together, by flow and line.

    no_trigger, no_goal: not said. goal_behind: the goal is no later stage (of customers: an earlier one). dead_end: the last step neither
    ends nor goes on. unreached: no way leads to the step. endless_loop: a loop without `at_most`, whom silence does not take out.
    no_purchase_exit: who buys goes on getting what is for prospects; after_purchase: the same, of a step before the exit is named.
    no_consent: prospects are written to without consent. no_unsubscribe: no way to say no to more. too_often: more than `contacts_a_week` within
    seven days, in one flow, or together with others in use that meet the same people.

    Parameters
    ----------
    header : the columns of the file from left to right, to name the cell; a column the file lacks has the cell of the line's first.

    Returns
    -------
    FLOW_PROBLEMS; empty where all holds together.
    """
    rows: list[dict] = []
    if flows is not None and len(flows):
        for _, flow in flows.groupby("flow_id", sort=False):
            rows += [{"flow_id": flow["flow_id"].iloc[0]} | problem for problem in _of_flow(flow, model, contacts_a_week)]
        rows += _together(flows[flows["origin"] == "own"], contacts_a_week)
    rows = [
        row | {"cell": f"{get_column_letter(header.index(row['column']) + 1 if row['column'] in header else 1)}{row['line']}"}
        for row in rows
    ]
    table = pd.DataFrame(rows, columns=list(FLOW_PROBLEMS.columns)).drop_duplicates(["flow_id", "line", "fault"])
    return check(table.sort_values(["line", "fault"], kind="stable"), FLOW_PROBLEMS)


def _problem(step, column, fault, **details) -> dict:
    return {"line": 0 if pd.isna(step["line"]) else int(step["line"]), "column": column, "fault": fault,
            "details": json.dumps(details, ensure_ascii=False, sort_keys=True) if details else None}  # fmt: skip


def _of_flow(flow, model, contacts_a_week):
    first = flow.iloc[0]
    if pd.isna(first["trigger"]) or not first["trigger"]:
        yield _problem(first, "trigger", "no_trigger")
    yield from _goal(first, model)
    yield from _ways(flow)
    yield from _exits(flow)
    most = busiest_week(flow)
    if most > contacts_a_week:
        yield _problem(first, "wait_days", "too_often", n=most)


def _goal(first, model):
    if pd.isna(first["goal"]) or not first["goal"]:
        if first["origin"] == "proposed":
            return  # the stage after the one it is proposed in
        yield _problem(first, "goal", "no_goal")
        return
    ids = list(model.all_ids)
    if first["stage"] in ids and first["goal"] in ids:
        ahead = ids.index(first["goal"]) - ids.index(first["stage"])
        if ahead < 0 or (ahead == 0 and first["audience"] == "prospects"):
            yield _problem(first, "goal", "goal_behind")


def _ways(flow):
    """Dead ends, steps nobody comes to, and loops without an end."""
    steps = {row["step"]: row for row in flow.to_dict("records")}
    for row in steps.values():
        if pd.isna(row["next"]):
            yield _problem(row, "next", "dead_end")
    reached, loop = _walk(flow.iloc[0]["step"], steps)
    for name in steps:
        if name not in reached:
            yield _problem(steps[name], "step", "unreached")
    ends = [pd.notna(steps[name]["at_most"]) or "silent" in _named(steps[name]) for name in loop]
    if loop and not any(ends):
        yield _problem(steps[loop[-1]], "next", "endless_loop")


def _walk(step, steps) -> tuple[list[str], list[str]]:
    """The steps one comes to from the first, and those of the loop the way ends in, if it does."""
    way: list[str] = []
    while step in steps and step not in way:
        way.append(step)
        step = steps[step]["next"]
    return way, way[way.index(step) :] if step in way else []


def _named(step) -> list[str]:
    return [] if pd.isna(step["exit"]) else str(step["exit"]).split(",")


def _exits(flow):
    """Exits count from their line on: who has bought, or said no to more, is not written to again."""
    first, direct = flow.iloc[0], flow[flow["channel"].isin(DIRECT)]
    named = flow["exit"].fillna("").str.split(",")
    if first["audience"] == "prospects":
        buys = named.map(lambda exits: "purchase" in exits).cummax()
        if not buys.any():
            yield _problem(first, "exit", "no_purchase_exit")
        elif not buys.iloc[0]:  # what is sent at once, goes to nobody who has bought since
            yield from (
                _problem(step, "exit", "after_purchase")
                for step in flow[~buys & ((flow["wait_days"] > 0) | (flow["step"] != first["step"]))].to_dict("records")
            )
        if len(direct) and not bool(first["has_consent"]):
            yield _problem(first, "consent", "no_consent")
    if flow["channel"].isin(WITH_UNSUBSCRIBE).any() and not named.map(lambda exits: "unsubscribe" in exits).any():
        yield _problem(first, "exit", "no_unsubscribe")


def busiest_week(flow: pd.DataFrame) -> int:
    """Most messages a person who never leaves gets within seven days, loops followed as often as they may."""
    steps, done, days, at, step = {row["step"]: row for row in flow.to_dict("records")}, {}, [], 0.0, flow.iloc[0]["step"]
    while step in steps and len(days) < MOST_MESSAGES:
        row = steps[step]
        done[step] = done.get(step, 0) + 1
        if pd.notna(row["at_most"]) and done[step] > row["at_most"]:
            break
        at += float(row["wait_days"])
        days.append(at)
        step = row["next"]
    return max((sum(day <= other < day + WEEK_DAYS for other in days) for day in days), default=0)


def _together(flows, contacts_a_week):
    """Flows that meet the same people at the same time, each within the limit and together above it."""
    each = [(flow.iloc[0], busiest_week(flow)) for _, flow in flows.groupby("flow_id", sort=False)]
    for place, (first, most) in enumerate(each):
        others = [(other, n) for i, (other, n) in enumerate(each) if i < place and _meet(first, other)]
        total = most + sum(n for _, n in others)
        if others and total > contacts_a_week and max(most, *(n for _, n in others)) <= contacts_a_week:
            yield {"flow_id": first["flow_id"]} | _problem(
                first, "wait_days", "too_often_together", n=total, flows=[other["flow"] for other, _ in others]
            )


def _meet(one, other) -> bool:
    return (
        all(one[name] == other[name] or "" in (one[name], other[name]) for name in ("stage", "persona"))
        and one["audience"] == other["audience"]
    )
