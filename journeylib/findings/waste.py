"""Where do money and hours go that reach nobody? Waste in money and hours, and the tree from the goal to each activity (M108, M109, C18)."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import Part, draw_stacked
from journeylib.figures.tables import html_table, set_text
from journeylib.figures.tree import Node, draw_tree
from journeylib.findings import Finding
from journeylib.findings.labels import stage_label
from journeylib.improve.waste import DAY_HOURS, total_waste

MOST_LINES = 12


def where_money_reaches_nobody(run, improved) -> Finding | None:
    """Activities that lead nowhere with what they cost, those worth questioning, and the goal tree; None where there is no list of activities."""
    w, tree, found = run.words, improved.doing.get("goal_tree"), improved.doing.get("waste")
    if tree is None:
        return None
    activities, question = improved.mapped.collected.registers["activities"], w.say("doing.waste.question")
    tree_html, name = _tree(run, tree), "where_money_reaches_nobody"
    if found is None:
        folded = {"details": tree_html, "details_label": w.say("doing.waste.tree"), "tables": {"goal_tree": tree}, "is_folded": True}
        return Finding(name, "actions", question, w.say("doing.waste.not_checkable"), state="not_checkable", **folded)
    total, questioned = total_waste(found, activities), _questioned(run, found)
    takeaway, state = _say(w, found, total)
    first, label = (_bars(run, activities, found, tree) + _list(run, found), "details") if total["n"] else (questioned, "tree")
    return Finding(
        name, "actions", question, takeaway, text=tuple(_text(w, total, found)), picture=first, details=(questioned if total["n"] else "") + tree_html,
        details_label=w.say(f"doing.waste.{label if questioned else 'tree'}"), tables={"waste": found, "goal_tree": tree} if len(found) else {"goal_tree": tree},
        state=state, numbers={key: value for key, value in total.items() if value == value}, is_folded=True,
    )  # fmt: skip


def _say(w, found, total):
    n, doubtful = int(total["n"]), found[~found["is_counted"]]
    if n and (total["cost"] or total["hours"]):
        return w.say(
            "doing.waste.money", n=n, of=int(total["of"]), money=w.money(total["cost"]), hours=w.count(round(total["hours"]))
        ), "clear"
    if n:
        return w.say("doing.waste.count", n=n, of=int(total["of"])), "clear"
    if len(doubtful):
        return w.say("doing.waste.doubtful", n=doubtful["title"].nunique(), title=doubtful["title"].iloc[0]), "clear"
    return w.say("doing.waste.none"), "none"


def _text(w, total, found):
    if total["n"] and total["cost_share"] == total["cost_share"] and total["hours_share"] == total["hours_share"]:
        yield w.say("doing.waste.share", cost_share=w.percent(total["cost_share"]), hours_share=w.percent(total["hours_share"]))
    if len(found):
        yield w.say("doing.waste.reading")


def _bars(run, activities, found, tree):
    """Money of each stage, or hours where no money is known: what leads on and what leads nowhere."""
    w, unit = run.words, "cost" if activities["cost"].sum() > 0 else "hours"
    wasted = set(found.loc[found["is_counted"], "activity_id"])
    if not wasted or not activities[unit].sum() > 0:
        return ""
    say = w.money if unit == "cost" else lambda hours: w.say("doing.waste.hours", n=w.count(round(hours)))
    leaves = tree[tree["level"] == "activity"].assign(is_waste=lambda rows: rows["node"].str.removeprefix("activity:").isin(wasted))
    rows = []
    for stage in tree[tree["level"] == "stage"].itertuples():
        own = leaves[leaves["parent"] == stage.node]
        sums = {flag: float(own.loc[own["is_waste"] == flag, unit].sum()) for flag in (False, True)}
        parts = [
            Part(sums[flag], tone, say(sums[flag]), f"{say(sums[flag])} {w.say(f'doing.waste.{name}')}")
            for flag, tone, name in ((False, "blue", "useful"), (True, "red", "wasted"))
        ]
        rows += [(stage.label, parts, "")] if sum(sums.values()) else []
    most = max(sum(part.size for part in parts) for _, parts, _ in rows)
    return draw_stacked(
        rows,
        total=most,
        legend=[("blue", w.say("doing.waste.useful")), ("red", w.say("doing.waste.wasted"))],
        alt=w.say("doing.waste.alt" if unit == "cost" else "doing.waste.alt_hours"),
    )


def _list(run, found):
    """Each wasted activity once, with all that is the matter."""
    w, counted = run.words, found[found["is_counted"]]
    by_activity = [
        (rows.iloc[0], w.list([w.say(f"gaps.G27.{rule}") for rule in rows["rule"]]))
        for _, rows in counted.groupby("activity_id", sort=False)
    ]
    by_activity.sort(key=lambda each: (-_number(each[0]["cost"]), -_number(each[0]["hours"]), each[0]["activity_id"]))
    rows = [
        [row["title"], _stage(run, row["stage"]), why, w.money(row["cost"]), w.count(row["hours"])] for row, why in by_activity[:MOST_LINES]
    ]
    return _table(w, rows, w.say("doing.waste.list")) if rows else ""


def _questioned(run, found):
    w, doubtful = run.words, found[~found["is_counted"]]
    rows = [
        [row["title"], _stage(run, row["stage"]), _doubt(w, row), w.money(row["cost"]), w.count(row["hours"])]
        for _, row in doubtful.head(MOST_LINES).iterrows()
    ]
    return _table(w, rows, w.say("doing.waste.questioned")) if rows else ""


def _doubt(w, row):
    if row["rule"] == "W5":
        return w.say("doing.waste.W5", span=w.span(row["lo"] * 100, row["hi"] * 100))
    if row["rule"] == "W7":
        return w.say("doing.waste.W7", ratio=w.number(row["value"], 1))
    return w.say("doing.waste.W8", wait=w.days(row["value"]), work=w.say("doing.waste.hours", n=w.number(row["limit"] * DAY_HOURS, 1)))


def _table(w, rows, caption):
    return html_table(
        [w.say("doing.waste.activity"), w.say("doing.stage"), *(w.say(f"doing.waste.{name}") for name in ("why", "cost", "time"))],
        rows,
        numeric=(3, 4),
        caption=caption,
    )


def _number(value):
    return 0.0 if pd.isna(value) else float(value)


def _stage(run, stage):
    return stage_label(run, stage) if stage else None


# --- the tree -----------------------------------------------------------------------------------------------------------


def _tree(run, tree):
    w = run.words
    leaves = {
        node: [_leaf(w, leaf) for leaf in rows.itertuples()]
        for node, rows in tree[tree["level"] == "activity"].groupby("parent", sort=False)
    }
    stages = tuple(
        Node(stage.label, _stage_note(w, stage), tuple(leaves.get(stage.node, ()))) for stage in tree[tree["level"] == "stage"].itertuples()
    )
    heading = w.say("doing.waste.tree")
    return f'<p class="bar-head">{set_text(heading)}</p>' + draw_tree(
        Node(tree["label"].iloc[0], "", stages), alt=heading, strays=leaves.get("", ()), strays_heading=w.say("doing.waste.strays")
    )


def _stage_note(w, stage):
    target = (
        w.say("doing.waste.target", target=w.percent(stage.target), now=w.percent(stage.now))
        if pd.notna(stage.target)
        else w.say("doing.waste.no_target")
    )
    return w.say("doing.waste.kpi", kpi=stage.kpi, target=target) if pd.notna(stage.kpi) else target


def _leaf(w, leaf):
    note = (
        w.say("doing.waste.purpose", purpose=leaf.purpose, next_step=leaf.next_step)
        if pd.notna(leaf.purpose) and pd.notna(leaf.next_step)
        else ""
    )
    return Node(
        leaf.label, note or (leaf.purpose if pd.notna(leaf.purpose) else ""), loose=w.say("doing.waste.loose") if leaf.is_loose else ""
    )
