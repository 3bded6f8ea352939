"""How straight is the way? The typical journey, its detours, and folded under it how winding journeys are: a finding of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import Part
from journeylib.figures.path import Step, draw_path
from journeylib.figures.tables import html_table
from journeylib.findings import Finding
from journeylib.findings.labels import persona_label, say_rate, stage_label, touchpoint_label
from journeylib.measures.typical import N_ALIGNED

FEWEST_JOURNEYS = 10
#: A detour fewer take is one customer's way, not a detour of the journey.
SMALLEST_DETOUR = 0.05
N_DETOURS = 3
_ID = "how_straight_is_the_way"
_TONES = {"straight": "blue", "round": "amber", "skipped": "blue_pale", "ended": "grey_pale"}
_PER_JOURNEY = ("touchpoints", "distinct", "days", "self_loops", "repeats", "backward", "switches", "long_waits", "help", "handovers")
_USED = ("complexity", "friction", "typical_path", "detours", "deviations", "handovers", "follow_up")


def how_straight_is_the_way(run, mapped) -> Finding:
    """The typical journey (the one least far from all others) and its commonest detours; clear only when the first clears the second."""
    w, shown = run.words, mapped.shown
    path = shown.get("typical_path")
    if path is None or path.empty:
        return _without_picture(run, "not_checkable")
    if path["n_journeys"].iloc[0] < max(FEWEST_JOURNEYS, run.client.privacy.k):
        return _without_picture(run, "too_few")
    detours = _common(shown.get("detours"))
    suffix = "" if path["is_until_purchase"].iloc[0] else "_all"
    takeaway, state, numbers = _say_way(run, path, detours, suffix)
    text = (w.say(f"flow.way.counting{suffix}"), _say_exact(run, path.iloc[0]), *_say_drawn(run, path), *_say_half(run, shown.get("complexity")))
    return Finding(_ID, "channels", w.say("flow.way.question"), takeaway, text=text, picture=_draw_way(run, path, detours, takeaway),
                   details=_tables(run, shown), details_label=w.say("flow.way.details"), state=state, numbers=numbers,
                   tables={name: shown[name] for name in _USED if name in shown}, folded_under=w.say("findings.show"))  # fmt: skip


def _without_picture(run, state):
    return Finding(_ID, "channels", run.words.say("flow.way.question"), run.words.say(f"flow.way.{state}"), state=state)


def _common(detours):
    """The three commonest detours, if they are common at all."""
    return pd.DataFrame() if detours is None else detours[detours["share"] >= SMALLEST_DETOUR].head(N_DETOURS)


def _say_way(run, path, detours, suffix):
    w, n = run.words, int(path["n_journeys"].iloc[0])
    numbers = {"n_steps": len(path), "n": n}
    if detours.empty:
        return w.say(f"flow.way.none{suffix}", n=n), "none", numbers
    first = detours.iloc[0]
    numbers |= {"touchpoint": first["touchpoint"], "stage": first["stage"], "n_detour": int(first["n_journeys"]), "share": float(first["share"])}
    values = {"touchpoint": touchpoint_label(run, first["touchpoint"]), "stage": _place(run, first["stage"]),
              "share": w.rate(first["share"], first["lo"], first["hi"]), "n": n}  # fmt: skip
    others = detours[detours["touchpoint"] != first["touchpoint"]]
    if len(others) and others.iloc[0]["hi"] >= first["lo"]:
        return w.say(f"flow.way.close{suffix}", other=touchpoint_label(run, others.iloc[0]["touchpoint"]), **values), "close", numbers
    return w.say(f"flow.way.clear{suffix}", **values), "clear", numbers


def _say_drawn(run, path):
    """That not all were laid side by side, where there are more than the measure draws."""
    if path["n_journeys"].iloc[0] == N_ALIGNED:
        yield run.words.say("flow.way.drawn", n=N_ALIGNED)


def _say_half(run, measures):
    """How long the middle journey is."""
    if measures is None:
        return
    middle = measures[measures["by"] == "all"].set_index("measure")["median"]
    if {"touchpoints", "days"} <= set(middle.index) and middle["touchpoints"] >= 2:
        yield run.words.say("flow.way.half", touchpoints=run.words.count(middle["touchpoints"]), days=run.words.days(middle["days"]))


def _say_exact(run, first):
    """How many took just this path: the one nearest to all others need not be common."""
    w, k = run.words, first["n_exact"]
    said = w.say("findings.leave.too_few_here", n=run.client.privacy.k) if pd.isna(k) else w.count(k)
    return w.say("flow.way.exact", k=said, n=w.count(first["n_journeys"]))


def _place(run, stage):
    return stage_label(run, stage) if stage else run.words.say("flow.way.outside")


def _draw_way(run, path, detours, alt):
    w, total = run.words, int(path["n_journeys"].iloc[0])
    words = {name: w.say(f"flow.way.{name}") for name in _TONES}
    steps = []
    for row in path.itertuples():
        counts = (row.n_straight, row.n_detour, row.n_skipped, row.n_ended) if row.position < len(path) - 1 else ()
        parts = [Part(n, _TONES[name], w.count(n), w.say("flow.way.part", n=int(n), what=words[name])) for name, n in zip(words, counts, strict=False)]
        here = detours[detours["position"] == row.position] if len(detours) else detours
        off = [w.say("flow.way.detour", touchpoint=touchpoint_label(run, each.touchpoint), stage=_place(run, each.stage), n=int(each.n_journeys), of=w.count(total))
               for each in here.itertuples()]  # fmt: skip
        steps.append(Step(touchpoint_label(run, row.touchpoint), _place(run, row.stage), row.n_met / total,
                          w.say("flow.way.met", n=int(row.n_met), of=w.count(total)), tuple(parts), tuple(off)))  # fmt: skip
    return draw_path(steps, total=total, legend=[(tone, words[name]) for name, tone in _TONES.items()], alt=alt)


# --- folded tables ----------------------------------------------------------------------------------------------------


def _tables(run, shown):
    made = ((_measures, "complexity"), (_trouble, "friction"), (_plan, "deviations"), (_between, "handovers"), (_answers, "follow_up"))
    return "".join(make(run, shown[name]) for make, name in made if name in shown and len(shown[name]))


def _measures(run, measures):
    w = run.words
    headings = [w.say(f"flow.measures.{name}") for name in ("measure", "group", "mean", "median", "journeys")]
    rows = [[w.say(f"flow.measures.{row.measure}"), _group(run, row), _mean(w, row), None if pd.isna(row.median) else w.number(row.median, 0), w.count(row.n_journeys)]
            for row in measures.itertuples() if w.has(f"flow.measures.{row.measure}") and (row.by == "all" or row.measure in ("touchpoints", "days"))]  # fmt: skip
    return html_table(headings, rows, caption=w.say("flow.measures.caption"), numeric=(2, 3, 4))


def _group(run, row):
    return persona_label(run, row.group) if row.by == "persona" else row.group or run.words.say("flow.between.all")


def _mean(w, row):
    if row.measure in _PER_JOURNEY:
        ends = f" ({w.span(row.lo, row.hi, 1)})" if pd.notna(row.lo) and row.n_journeys >= FEWEST_JOURNEYS else ""
        return f"{w.number(row.value, 1)}{ends}"
    return w.percent(row.value) if row.measure.endswith("share") else w.count(row.value)


def _trouble(run, friction):
    w = run.words
    kinds = [kind for kind in ("wait", "help", "loop", "detour") if (friction["kind"] == kind).any()]
    headings = [w.say("flow.trouble.stage"), *(w.say(f"flow.trouble.{kind}") for kind in kinds)]
    table = friction[friction["kind"].isin(kinds)].set_index(["stage", "kind"])
    rows = [[stage_label(run, stage.id), *(_trouble_cell(w, table, stage.id, kind) for kind in kinds)] for stage in run.model.in_scope if stage.id in set(friction["stage"])]
    return html_table(headings, rows, caption=w.say("flow.trouble.caption"), numeric=range(1, len(kinds) + 1))


def _trouble_cell(w, table, stage, kind):
    if (stage, kind) not in table.index:
        return None
    row = table.loc[(stage, kind)]
    if kind == "wait":
        return w.days(row["value"]) if row["n"] >= 10 else None
    return say_rate(w, row["n_yes"], int(row["n"]), row["value"], row["lo"], row["hi"], digits=0)


def _plan(run, deviations):
    w = run.words
    headings = [w.say(f"flow.plan.{name}") for name in ("what", "touchpoint", "share")]
    rows = [[w.say(f"flow.plan.{row.kind}"), touchpoint_label(run, row.touchpoint) if row.touchpoint else w.say("flow.plan.any"),
             say_rate(w, row.n_yes, int(row.n), row.share, row.lo, row.hi, digits=0)] for row in deviations.head(16).itertuples()]  # fmt: skip
    return html_table(headings, rows, caption=w.say("flow.plan.caption" if run.client.planned else "mapping_more.failed.caption"), numeric=(2,))


def _between(run, handovers):
    w = run.words
    headings = [w.say(f"flow.between.{name}") for name in ("where", "who", "changed", "same")]
    rows = []
    for row in handovers[handovers["n"] >= FEWEST_JOURNEYS].itertuples():
        say = w.days if row.measure == "wait" else w.percent
        where = w.say("flow.between.pair", a=stage_label(run, row.stage), b=stage_label(run, row.next_stage)) if row.stage else w.say("flow.between.all")
        who = w.say("flow.between.pair", a=row.department, b=row.next_department) if row.stage else None
        rows.append([w.say(f"flow.between.{row.measure}", where=where), who, say(max(row.changed, 0.0)), say(max(row.same, 0.0))])
    return html_table(headings, rows, caption=w.say("flow.between.caption"), numeric=(2, 3)) if rows else ""


def _answers(run, table):
    w = run.words
    headings = [w.say(f"flow.answers.{name}") for name in ("when", "answered", "n")]
    rows = [[w.say("gaps.numbers.hours", n=round(row.hours)), say_rate(w, row.n_yes, int(row.n), row.rate, row.lo, row.hi, digits=0), w.count(row.n)]
            for row in table[table["measure"] == "answered"].itertuples()]  # fmt: skip
    made = html_table(headings, rows, caption=w.say("flow.answers.caption"), numeric=(1, 2))
    bought = [[w.say(f"flow.answers.{row.group}"), say_rate(w, row.n_yes, int(row.n), row.rate, row.lo, row.hi, digits=0)]
              for row in table[table["measure"] == "converted"].itertuples()]  # fmt: skip
    headings = [w.say("flow.answers.group"), w.say("flow.answers.bought")]
    return made + (html_table(headings, bought, caption=w.say("flow.answers.bought_caption"), numeric=(1,)) if bought else "")
