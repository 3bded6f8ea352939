"""What to do: the plan by time, what each action may give for the work, and what must be in place first (C8, M102, M106)."""

from __future__ import annotations

from html import escape

import pandas as pd

from journeylib.figures.bars import Spread, draw_spreads
from journeylib.figures.tables import Tag, html_table, set_text
from journeylib.findings import Finding
from journeylib.findings.conclusions import leading_gap
from journeylib.findings.labels import place_label, stage_label
from journeylib.improve.actions import say_action
from journeylib.improve.first import first_of_all
from journeylib.improve.prerequisites import standing_of
from journeylib.knowledge import load
from journeylib.names import lowered

HORIZONS = ("now", "next", "later")
#: Bars of the chart, and lines of each part of the plan.
MOST_BARS, MOST_LINES = 6, {"now": 3, "next": 3, "later": 2}
PREREQUISITES = ("insight", "habit", "tool")


def what_to_do(run, improved) -> Finding:
    """Agreed and proposed actions by when they can be done, ranked by what they may give a day of work; ties are said."""
    w, actions = run.words, improved.actions
    shown = actions[actions["status"] != "rejected"].sort_values(["rank", "action_id"], na_position="last")
    question = w.say("actions.plan.question")
    if shown.empty:
        return Finding("what_to_do", "actions", question, w.say("actions.plan.none"), state="none", tables={"actions": actions})
    first = first_of_all(shown, leading_gap(run, improved))
    first = shown.iloc[0] if first is None else first
    is_tied = bool(first["is_tied"]) if pd.notna(first["is_tied"]) else False
    takeaway = w.say(f"actions.plan.{'close' if is_tied else 'clear'}", action=f"{first['title']} ({place_label(run, first)})", n=len(shown))
    return Finding("what_to_do", "actions", question, takeaway, text=tuple(_say_why(w, shown, run.client.priority)), picture=_draw_values(w, shown, takeaway) + _plan(run, _beginning_with(first, shown)),
                   details=_how(run, shown) + _weighing(w, shown) + _three_orders(run, improved) + _prerequisites(run, shown, improved.mapped.collected.registers.get("routines")) + _in_place(run, improved), details_label=w.say("actions.plan.details"),
                   tables={"actions": actions} | ({"orders": improved.doing["orders"]} if "orders" in improved.doing else {}), state="close" if is_tied else "clear", numbers={"actions": list(shown["action_id"])})  # fmt: skip


def _say_why(w, actions, priority):
    """How the order came about, how sure it is, and what to find out before anything is chosen."""
    weighed = actions[actions["p_best"].notna()]
    if len(weighed) and priority == "money":
        yield w.say("actions.plan.reading")
    if priority != "money":
        yield w.say("doing.orders.chosen", chosen=w.say(f"doing.orders.by.{priority}"))
    if len(weighed) > 1:
        best = weighed.loc[weighed["p_best"].idxmax()]
        yield w.say("actions.plan.chance", n=len(weighed), action=best["title"], chance=w.percent(best["p_best"]))
    unsure = actions[actions["is_measured_first"].fillna(False).astype(bool)]
    if len(unsure):
        yield w.say("actions.plan.measure_first", actions=w.list(list(unsure["title"].drop_duplicates().head(3))))
    open_ones = actions[actions["missing"].notna()]
    if len(open_ones):
        yield w.say("actions.plan.not_agreed", n=len(open_ones), of=w.count(len(actions)))


def _draw_values(w, actions, alt):
    worth = actions[actions["value"].notna()].head(MOST_BARS)
    rows = [Spread(row.title, row.value_lo, row.value, row.value_hi, w.money_range(row.value_lo, row.value_hi)) for row in worth.itertuples()]
    return draw_spreads(rows, alt=alt) if rows else ""


def _plan(run, actions) -> str:
    """One table a horizon: what, where, who, by when, and what shows that it worked."""
    w = run.words
    headings = [w.say(f"actions.plan.{name}") for name in ("action", "where", "status", "owner", "kpi", "due")]
    tables = []
    for horizon in HORIZONS:
        n_most = 0 if horizon == "later" and tables else MOST_LINES[horizon]  # what can wait stands in the table of all
        lines = _lines(actions[actions["horizon"] == horizon], n_most)
        rows = [[row["title"], place_label(run, row), Tag(w.say(f"findings.action_status.{row['status']}"), "muted"),
                 _or_missing(w, row["owner"]), _kpi(w, row), _due(w, row)] for _, row in lines.iterrows()]  # fmt: skip
        tables += [html_table(headings, rows, kind="actions", caption=w.say(f"actions.plan.{horizon}"))] if rows else []
    return "".join(tables)


def _beginning_with(first, actions):
    """The actions by rank, but for the one to start with: it stands above them."""
    is_first = actions["action_id"] == first["action_id"]
    return pd.concat([actions[is_first], actions[~is_first]])


def _lines(actions, n_most):
    """What people agreed on, however many they are, and proposals while there is room, in the order of their rank."""
    is_agreed = actions["status"] != "proposed"
    room = max(n_most - int(is_agreed.sum()), 0)
    return actions[is_agreed | actions.index.isin(actions.index[~is_agreed][:room])]


def _how(run, actions) -> str:
    """Every action in a whole sentence, those that found no room in the plan too."""
    w = run.words
    headings = [w.say(f"actions.plan.{name}") for name in ("action", "where", "how")]
    rows = [[row["title"], place_label(run, row), say_action(row, w, run.model, run.client)] for _, row in actions.iterrows()]
    return html_table(headings, rows, caption=w.say("actions.plan.every"))


def _or_missing(w, value):
    return str(value) if pd.notna(value) and value else Tag(w.say("actions.plan.missing"), "uncertain")


def _kpi(w, row):
    if pd.isna(row["kpi"]) or not row["kpi"]:
        return Tag(w.say("actions.plan.missing"), "uncertain")
    is_share = pd.notna(row["target"]) and 0 < row["target"] <= 1
    return w.say("actions.plan.kpi_target", kpi=row["kpi"], target=w.percent(row["target"])) if is_share else str(row["kpi"])


def _due(w, row):
    return w.short_date(row["due_on"]) if pd.notna(row["due_on"]) else Tag(w.say("actions.plan.missing"), "uncertain")


def _weighing(w, actions) -> str:
    """The numbers behind the order, for those whose worth is known in money."""
    weighed = actions[actions["score"].notna()]
    chances = ["best", "top3"] if len(weighed) > 3 else ["best"]
    headings = [w.say(f"actions.weighing.{name}") for name in ("action", "value", "days", "score", *chances)]
    rows = [[row.title, w.money_range(row.value_lo, row.value_hi), _days(w, row), w.money_range(row.score_lo, row.score_hi),
             *(w.percent(getattr(row, f"p_{name}")) for name in chances)] for row in weighed.itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=range(1, 6), caption=w.say("actions.weighing.caption")) if rows else ""


def _days(w, row):
    """The days the effort stands for, and those of what has to be put in place first."""
    efforts, n_first = load("efforts"), len(row.lacks.split(",")) if pd.notna(row.lacks) else 0
    (lo, _, hi), (first_lo, _, first_hi) = efforts[row.effort if pd.notna(row.effort) else "medium"]["days"], efforts["low"]["days"]
    return w.days_range(lo + n_first * first_lo, hi + n_first * first_hi)


def _three_orders(run, improved) -> str:
    """The order by money, RICE and ICE beside one another, and where they disagree."""
    orders, w = improved.doing.get("orders"), run.words
    if orders is None or len(orders) < 2:
        return ""
    headings = [w.say(f"doing.orders.{name}") for name in ("action", "where", "money", "rice", "ice")]
    rows = [[row["title"], place_label(run, row), w.count(row["money_rank"]), *(w.say("doing.orders.cell", rank=w.count(row[f"{name}_rank"]), score=w.count(round(row[name]))) for name in ("rice", "ice"))]
            for _, row in orders.iterrows()]  # fmt: skip
    return html_table(headings, rows, numeric=(2, 3, 4), caption=w.say("doing.orders.caption")) + "".join(f'<p class="bar-note">{set_text(text)}</p>' for text in _say_orders(w, orders))


def _say_orders(w, orders):
    ranks = ("money_rank", "rice_rank", "ice_rank")
    firsts = [orders.loc[orders[name].idxmin()] for name in ranks]
    if len({row["action_id"] for row in firsts}) == 1:
        yield w.say("doing.orders.agree")
    else:
        yield w.say("doing.orders.differ", **{name: row["title"] for name, row in zip(("money", "rice", "ice"), firsts, strict=True)})
    lo, hi = orders[list(ranks)].min(axis=1).astype(int), orders[list(ranks)].max(axis=1).astype(int)
    most = (hi - lo).idxmax()
    if hi[most] - lo[most] >= 3:
        yield w.say("doing.orders.most", action=orders.loc[most, "title"], lo=int(lo[most]), hi=int(hi[most]))


def _prerequisites(run, actions, routines) -> str:
    """What each kind of action rests on: an insight, a habit, a tool; and what of it the list of routines says is missing."""
    w, known = run.words, load("actions")
    kinds = [kind for kind in actions["kind"].drop_duplicates() if kind in known]
    headings = [*(w.say(f"actions.prerequisites.{name}") for name in ("action", *PREREQUISITES)), w.say("doing.place.lacks")]
    rows = [[w.label(known[kind]["name"]), *(w.label(known[kind]["prerequisites"][name]) for name in PREREQUISITES), _lamp(run, actions[actions["kind"] == kind], routines)] for kind in kinds]
    note = f'<p class="bar-note">{escape(w.say("actions.prerequisites.note"))}</p>'
    return html_table(headings, rows, caption=w.say("actions.prerequisites.caption")) + note if rows else ""


def _lamp(run, actions, routines):
    """What is missing where the actions of one kind are to be done; unknown where the list of routines does not say of all three."""
    w = run.words
    lacking = {name for lacks in actions["lacks"].dropna() for name in lacks.split(",")}
    if lacking:
        return Tag(w.say("doing.place.missing", kinds=w.list([lowered(w.say(f"actions.prerequisites.{name}")) for name in PREREQUISITES if name in lacking])), "found")
    known = {name for stage in actions["stage"] for name, standing in standing_of(routines, stage, run.model).items() if standing != "unknown"}
    return Tag(w.say("doing.place.ok"), "ok") if set(PREREQUISITES) <= known else Tag(w.say("doing.place.unknown"), "unknown")


def _in_place(run, improved) -> str:
    """The client's own insights, habits and tools, and whether each is there; the missing ones first (M107)."""
    routines, w = improved.mapped.collected.registers.get("routines"), run.words
    if routines is None or routines.empty:
        return ""
    order = {"missing": 0, "partly": 1, "in_place": 2}
    listed = routines.assign(order=routines["standing"].map(order).fillna(3)).sort_values(["order", "routine_id"], kind="stable")
    tones = {"missing": "found", "partly": "uncertain", "in_place": "ok"}
    rows = [[row.title, w.say(f"actions.prerequisites.{row.kind}") if pd.notna(row.kind) else None, stage_label(run, row.stage) if pd.notna(row.stage) and row.stage in run.model.all_ids else w.say("findings.whole_journey"),
             Tag(w.label(load("kit")["choices"]["standing"][row.standing]), tones[row.standing]) if pd.notna(row.standing) else None, row.owner if pd.notna(row.owner) else None]
            for row in listed.itertuples()]  # fmt: skip
    headings = [w.say("doing.place.title"), w.say("doing.place.kind"), w.say("doing.stage"), w.say("doing.place.standing"), w.say("actions.plan.owner")]
    return html_table(headings, rows, caption=w.say("doing.place.caption"))
