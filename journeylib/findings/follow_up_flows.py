"""Which follow-up flow is needed, and does it hold together? The client's own flows and those proposed, drawn (M093)."""

from __future__ import annotations

import json

import pandas as pd

from journeylib import names
from journeylib.client import Client
from journeylib.figures.flow_chart import FlowStep, draw_flow
from journeylib.figures.tables import html_table, set_text
from journeylib.findings import Finding
from journeylib.findings.labels import place_label, stage_label
from journeylib.improve.flows import END
from journeylib.presets import resolved_thresholds
from journeylib.wording import Words

#: Flows drawn in the open; the rest is folded.
MOST_DRAWN = 2


def which_flow_is_needed(run, improved) -> Finding | None:
    """What is wrong in the client's own flows, else which are proposed; None where there is neither a flow nor a gap that asks for one."""
    flows, w = improved.doing.get("flows"), run.words
    if flows is None or flows.empty:
        return None
    problems = improved.doing.get("flow_problems")
    takeaway, state = _say(run, flows, problems)
    drawn = [_drawing(run, flow, problems) for _, flow in flows.groupby("flow_id", sort=False)]
    tables = {"flows": flows} | ({"flow_problems": problems} if problems is not None and len(problems) else {})
    return Finding("which_flow_is_needed", "actions", w.say("doing.flows.question"), takeaway, text=(w.say("doing.flows.how"),), picture="".join(drawn[:MOST_DRAWN]) + _problem_table(run, flows, problems),
                   details="".join(drawn[MOST_DRAWN:]), details_label=w.say("doing.flows.others"), tables=tables, state=state, is_folded=True,
                   numbers={"n_own": int(flows.loc[flows["origin"] == "own", "flow_id"].nunique()), "n_proposed": int(flows.loc[flows["origin"] == "proposed", "flow_id"].nunique()),
                            "n_problems": 0 if problems is None else len(problems)})  # fmt: skip


def _say(run, flows, problems):
    w = run.words
    own, proposed = (flows[flows["origin"] == origin].drop_duplicates("flow_id") for origin in ("own", "proposed"))
    if problems is not None and len(problems):
        first = problems.iloc[0]
        return w.say(
            "doing.flows.broken", n=len(problems), flow=_name(flows, first["flow_id"]), problem=say_problem(w, run.client, first)
        ), "clear"
    if len(own) and proposed.empty:
        return w.say("doing.flows.sound", n=len(own), flow=own["flow"].iloc[0]), "none"
    first = proposed.iloc[0]
    return w.say("doing.flows.proposed", n=len(proposed), flow=first["flow"], stage=stage_label(run, first["stage"])), "clear"


def _name(flows, flow_id):
    return flows.loc[flows["flow_id"] == flow_id, "flow"].iloc[0]


def say_problem(w: Words, client: Client, problem: pd.Series) -> str:
    """One thing that does not hold together, in the client's language."""
    details = {} if pd.isna(problem["details"]) else json.loads(problem["details"])
    if "n" in details:
        details |= {"limit": w.number(resolved_thresholds(client).contacts_a_week), "n": int(details["n"])}
    if "flows" in details:
        details["flows"] = w.list([w.say("doing.in_quotes", text=name) for name in details["flows"]])
    return w.say(f"doing.flows.fault.{problem['fault']}", **details)


def _drawing(run, flow, problems):
    w, first = run.words, flow.iloc[0]
    heading = w.say(f"doing.flows.{'own' if first['origin'] == 'own' else 'ours'}", flow=first["flow"])
    start = (
        w.say("doing.flows.trigger", trigger=first["trigger"])
        if pd.notna(first["trigger"]) and first["trigger"]
        else w.say("doing.flows.no_trigger")
    )
    end = (
        w.say("doing.flows.goal", stage=_goal_label(run, first["goal"]))
        if pd.notna(first["goal"]) and first["goal"]
        else w.say("doing.flows.no_goal")
    )
    own = [] if problems is None else list(problems[problems["flow_id"] == first["flow_id"]].to_dict("records"))
    numbers, told, steps = {step: place for place, step in enumerate(flow["step"], start=1)}, None, []
    for row in flow.itertuples():
        exits = None if pd.isna(row.exit) else row.exit
        steps.append(FlowStep(_wait(w, row.wait_days, not steps), row.message, names.channel_name(row.channel, w.language) if pd.notna(row.channel) else "",
                              tuple(_notes(w, row, numbers, exits if exits != told else None)), tuple(say_problem(w, run.client, each) for each in own if each["line"] == row.line)))  # fmt: skip
        told = exits or told
    placed = f"{heading} · {place_label(run, first)}" if first["stage"] in run.model.all_ids else heading
    return f'<p class="bar-head">{set_text(placed)}</p>' + draw_flow(start, steps, end, alt=heading)


def _goal_label(run, goal):
    return stage_label(run, goal) if goal in run.model.all_ids else goal


def _wait(w, days, is_first):
    if days == 0:
        return w.say("doing.flows.at_once" if is_first else "doing.flows.same_day")
    return w.say("doing.flows.after", days=w.days(days)) if days >= 1 else w.say("doing.flows.same_day")


def _notes(w, row, numbers, exits):
    """Who leaves from here on, where it is news; where the step leads when it is not the next line; how often at most."""
    if exits:
        yield w.say("doing.flows.leaves", exits=w.list([w.say(f"doing.flows.exit.{name}") for name in exits.split(",")]))
    follows = numbers.get(row.next) if pd.notna(row.next) and row.next != END else None
    if follows is not None and follows <= numbers[row.step]:
        yield w.say("doing.flows.back", step=w.count(follows))
    if pd.notna(row.at_most):
        yield w.say("doing.flows.at_most", n=int(row.at_most))


def _problem_table(run, flows, problems):
    if problems is None or problems.empty:
        return ""
    w = run.words
    rows = [[_name(flows, row["flow_id"]), row["cell"], say_problem(w, run.client, row)] for _, row in problems.iterrows()]
    return html_table([w.say(f"doing.flows.{name}") for name in ("flow", "place", "problem")], rows, caption=w.say("doing.flows.problems"))
