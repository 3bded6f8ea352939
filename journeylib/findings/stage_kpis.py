"""What is each stage measured by, and can it be measured? A finding of notebook 02 (M020, M089)."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.tables import Lines, html_table
from journeylib.findings import Finding
from journeylib.findings.kpis import kpi_of_journey
from journeylib.findings.labels import FEWEST_FOR_INTERVAL, say_rate
from journeylib.findings.ratings import say_score
from journeylib.knowledge import load
from journeylib.presets import driver_names, market_preset

#: KPIs asked of customers in a stage → the metric of the scores table; the recommendation is asked of the whole journey.
_ASKED = {"satisfaction": "csat", "purchase_effort": "ces", "recommend_score": "nps"}
#: Drivers heard that are named, the most heard first.
_MOST = 3


def what_is_each_stage_measured_by(run, mapped) -> Finding:
    """Every stage with its goal, its KPIs (the model's, the market's and the client's own) and what each is today."""
    w, rows = run.words, list(_kpi_rows(run, mapped))
    n_known = sum(value is not None for *_, value in rows)
    silent = [stage for stage in run.model.in_scope if not any(value for of, *_, value in rows if of == stage.id)]
    numbers = {"n_kpis": len(rows), "n_measured": n_known, "stages_without": [stage.id for stage in silent]}
    if not n_known:
        takeaway, state = w.say("stage_kpis.nothing"), "not_checkable"
    elif silent:
        takeaway, state = w.say("stage_kpis.silent", stages=w.list([w.label(stage.label) for stage in silent]), n=len(silent)), "clear"
    else:
        takeaway, state = w.say("stage_kpis.all", k=n_known, n=len(rows)), "clear"
    return Finding("what_is_each_stage_measured_by", "numbers", w.say("stage_kpis.question"), takeaway, state=state, picture=_table(run, rows),
                   text=(*_say_own(run), *_say_market(run, mapped)), numbers=numbers, is_folded=True)  # fmt: skip


def _kpi_rows(run, mapped):
    """(stage, id of the KPI, its name, (its value in words, of how many) or None)."""
    for stage in run.model.in_scope:
        own = run.client.kpis.get(stage.id)
        for name in dict.fromkeys([*kpis_of_stage(stage, run.client.market), *([own] if own else [])]):
            known = load("kpis").get(name)
            yield stage.id, name, run.words.label(known["name"]) if known else name, _value(run, mapped, stage, name)


def kpis_of_stage(stage, market: str) -> list[str]:
    """Ids of the KPIs a stage is followed by: its model's first, then those the market follows its atoms by."""
    of_market = market_preset(market)["kpis"]
    return list(dict.fromkeys([*(kpi.get("id") or kpi["name"]["en"] for kpi in stage.kpis), *(name for atom in stage.atoms for name in of_market.get(atom, ()))]))


def _value(run, mapped, stage, name) -> tuple[str, int | None] | None:
    w, shown = run.words, mapped.shown
    if name in _ASKED:
        return _asked(run, shown.get("scores"), stage, _ASKED[name])
    if name in ("next_stage_share", "new_journeys"):
        return _of_funnel(run, shown.get("funnel"), stage, name)
    if name == "time_in_stage":
        times = shown.get("stage_times")
        here = times[(times["stage"] == stage.id) & times["median_days"].notna()] if times is not None else ()
        return (w.days(here.iloc[0]["median_days"]), int(here.iloc[0]["n_entered"])) if len(here) else None
    found = kpi_of_journey(run, mapped, name)
    return None if found is None else (found.number, found.numbers.get("n"))


def _asked(run, scores, stage, metric):
    if scores is None:
        return None
    place = stage.id if metric != "nps" or (scores["metric"].eq("nps") & scores["stage"].eq(stage.id)).any() else ""
    rows = scores[(scores["metric"] == metric) & (scores["wave"] == 0) & (scores["stage"] == place) & (scores["n"] >= FEWEST_FOR_INTERVAL)]
    if rows.empty:
        return None
    row = rows.sort_values(["n", "wording_id"], ascending=[False, True], kind="stable").iloc[0]
    return say_score(run.words, metric, row["score"]), int(row["n"])


def _of_funnel(run, funnel, stage, name):
    if funnel is None:
        return None
    rows = funnel[(funnel["semantics"] == "at_least") & (funnel["persona"] == "") & (funnel["stage"] == stage.id)]
    if rows.empty:
        return None
    row, w = rows.iloc[0], run.words
    if name == "new_journeys":
        return (w.count(int(row["n_reached"])), None) if row["position"] == 0 else None
    if pd.isna(row["rate"]) or not row["n_followed"]:
        return None
    return say_rate(w, row["n_converted"], row["n_followed"], row["rate"], row["rate_lo"], row["rate_hi"], digits=0), int(row["n_followed"])


def _table(run, rows):
    """A row a stage: its goal, what is measured with its number today, and what is not measured yet."""
    w = run.words
    headings = [w.say(f"stage_kpis.{name}") for name in ("stage", "goal", "today", "not_measured")]
    cells = []
    for stage in run.model.in_scope:
        mine = [(name, value) for of, _, name, value in rows if of == stage.id]
        known = [_with_number(w, name, *value) for name, value in mine if value]
        cells.append([w.label(stage.label), w.label(stage.goal) if stage.goal else None, Lines(tuple(known)) if known else None,
                      Lines(tuple(name[:1].upper() + name[1:] for name, value in mine if not value)) if len(known) < len(mine) else None])  # fmt: skip
    return html_table(headings, cells, caption=w.say("stage_kpis.caption"), kind="loose even")


def _with_number(w, name, value, n):
    name = name[:1].upper() + name[1:]
    if n is None:
        return w.say("stage_kpis.value", kpi=name, value=value)
    return w.say("stage_kpis.value_of" if "%" in value else "stage_kpis.value_from", kpi=name, value=value, n=n)


def _say_own(run):
    """Of how many stages the client has chosen a KPI: the measures above are what stages like these are usually followed by (G29 is about the client's own)."""
    stages = run.model.in_scope
    n = sum(stage.id in run.client.kpis for stage in stages)
    if n < len(stages):
        yield run.words.say("stage_kpis.own", n=n, of=run.words.count(len(stages)))


def _say_market(run, mapped):
    """What the relation rests on in this market, what usually decides, and what customers have named."""
    w, preset = run.words, market_preset(run.client.market)
    yield w.say("stage_kpis.relation", relation=w.label(preset["relation"]), drivers=w.list([w.label(name) for name in driver_names(run.client.market)]))
    again = pd.Timestamp(run.client.as_of) + pd.DateOffset(months=preset["rhythm_months"])
    yield w.say("stage_kpis.again", months=w.say("stage_kpis.months", n=preset["rhythm_months"]), month=w.month(again))
    counts = mapped.shown.get("voice_counts")
    drivers = counts[(counts["row"] == "driver") & (counts["kind"] == "stated")] if counts is not None else ()
    if len(drivers):
        heard = drivers.groupby("code")["n_customers"].max().sort_values(ascending=False, kind="stable").head(_MOST)
        yield w.say("stage_kpis.heard", drivers=w.list([w.say("stage_kpis.driver", driver=str(code), n=int(n)) for code, n in heard.items()]))
