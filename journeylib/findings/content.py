"""What content to make first, and what the buttons should say: findings of notebook 03, folded under their questions (M091, M092)."""

from __future__ import annotations

import json

import pandas as pd

from journeylib.figures.tables import Tag, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import persona_label, stage_label
from journeylib.knowledge import load

#: Lines of a table; the rest stand in the delivered one.
MOST_LINES = 12


def what_content_first(run, improved) -> Finding | None:
    """Stage, persona and need that nothing answers, each with a proposed type; None where no list of content was delivered."""
    plan, w = improved.doing.get("content_plan"), run.words
    if plan is None:
        return None
    question = w.say("doing.content.question")
    if plan.empty:
        return Finding("what_content_first", "actions", question, w.say("doing.content.none"), state="none", is_folded=True)
    first = plan.iloc[0]
    takeaway = _say_first(run, first)
    return Finding("what_content_first", "actions", question, takeaway, text=(w.say("doing.content.reading"),), picture=_plan_table(run, improved, plan.head(MOST_LINES)), tables={"content_plan": plan},
                   is_folded=True, numbers={"plan_id": first["plan_id"], "type": first["type"], "n": len(plan)})  # fmt: skip


def _say_first(run, first):
    """What is missing, for whom where it is one persona, and the type proposed."""
    has_need = pd.notna(first["need"]) and first["reason"] != "thin"
    key = "clear_thin" if first["reason"] == "thin" else f"clear{'_need' if has_need else ''}{'' if first['persona'] else '_all'}"
    values = {"who": persona_label(run, first["persona"])} | ({"need": first["need"]} if has_need else {})
    return run.words.say(f"doing.content.{key}", stage=stage_label(run, first["stage"]), type=_type(run.words, first["type"]), **values)


def _type(w, name):
    return w.label(load("content_types")[name]["name"])


def _plan_table(run, improved, plan):
    w, owners = run.words, improved.actions.set_index("action_id")
    has_agreed, has_need = plan["action_id"].notna().any(), plan["need"].notna().any()
    names = ["where", *(["need"] if has_need else []), "why", "type", "about", "customers", *(["agreed"] if has_agreed else [])]
    rows = [[_place(run, row), *([row.need if pd.notna(row.need) else None] if has_need else []), Tag(w.say(f"doing.content.reason.{row.reason}"), "found" if row.reason == "hole" else "uncertain"),
             _types(w, row), _about(w, row), w.count(row.n_customers), *([_agreed(w, row, owners)] if has_agreed else [])] for row in plan.itertuples()]  # fmt: skip
    return html_table([w.say(f"doing.content.{name}") for name in names], rows, numeric=(names.index("customers"),))


def _place(run, row):
    return f"{stage_label(run, row.stage)} · {persona_label(run, row.persona)}" if row.persona else stage_label(run, row.stage)


def _types(w, row):
    others = [] if pd.isna(row.other_types) else [_type(w, name) for name in row.other_types.split(",")]
    return w.say("doing.content.types", first=_type(w, row.type), others=w.list(others)) if others else _type(w, row.type)


def _about(w, row):
    if pd.isna(row.about):
        return None
    about = json.loads(row.about)
    told = {name: ", ".join(about[name]) for name in ("phrases", "said") if about[name]}
    return w.say(f"doing.content.{'_'.join(told)}", **told)


def _agreed(w, row, owners):
    if pd.isna(row.action_id) or row.action_id not in owners.index:
        return None
    action = owners.loc[row.action_id]
    return w.say("doing.content.owner", action=action["title"], owner=action["owner"]) if pd.notna(action["owner"]) else action["title"]


# --- calls to action ----------------------------------------------------------------------------------------------------


def what_should_buttons_say(run, improved) -> Finding | None:
    """Pages and texts whose call to action is missing or weak, with wording; None where neither requests nor clicks were delivered."""
    calls, w = improved.doing.get("calls"), run.words
    if calls is None:
        return None
    question = w.say("doing.calls.question")
    if calls.empty:
        return Finding("what_should_buttons_say", "actions", question, w.say("doing.calls.none"), state="none", is_folded=True)
    first = calls.iloc[0]
    kinds = ("missing", "not_clicked") if first["standing"] in ("missing", "not_clicked") else ("weak", "vague")
    n = int(calls["standing"].isin(kinds[:1] if first["standing"] == "missing" else kinds).sum())
    takeaway = w.say(f"doing.calls.{'missing' if kinds[0] == 'missing' else 'weak'}", n=n, title=first["title"], proposed=first["proposed"])
    return Finding("what_should_buttons_say", "actions", question, takeaway, text=(w.say("doing.calls.reading"),), picture=_call_table(run, calls.head(MOST_LINES)), tables={"calls": calls},
                   is_folded=True, numbers={"n": len(calls), "n_missing": int((calls["standing"] == "missing").sum()), "n_deciding": int(calls["is_deciding"].sum())})  # fmt: skip


def _call_table(run, calls):
    w, has_now = run.words, calls["now"].notna().any()
    headings = [
        w.say("doing.calls.page"),
        w.say("doing.stage"),
        *(w.say(f"doing.calls.{name}") for name in ("standing", *(["now"] if has_now else []), "proposed", "other")),
    ]
    rows = [[row.title, stage_label(run, row.stage), Tag(w.say(f"doing.calls.is.{row.standing}"), "found" if row.standing == "missing" else "uncertain"),
             *([row.now if pd.notna(row.now) else None] if has_now else []), _quoted(w, row.proposed), _quoted(w, row.other)] for row in calls.itertuples()]  # fmt: skip
    return html_table(headings, rows)


def _quoted(w, text):
    return None if pd.isna(text) else w.say("doing.in_quotes", text=text)
