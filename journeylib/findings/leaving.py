"""Who leaves where most leave, what they do next and say (M066); whether it is easy to buy (M069): numbers of notebook 02."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from journeylib.figures.tables import Bar, Tag, html_table, set_text
from journeylib.findings import Finding
from journeylib.findings.labels import channel_label, persona_label, say_answers, say_rate, stage_label, touchpoint_label, voice_row_label
from journeylib.findings.movement import worst_boundaries
from journeylib.measures.definition import Conversion
from journeylib.measures.leaving import purchase_definition
from journeylib.presets import resolved_thresholds

_TABLES = ("dossier", "departures", "last_words")
_TOP = 5


def who_leaves_there(run, mapped) -> Finding | None:
    """The dossier of the boundary where most leave: who, from where, where to, last words; None where that boundary is unknown."""
    w, funnel = run.words, mapped.shown.get("funnel")
    worst = None if funnel is None else worst_boundaries(funnel[(funnel["semantics"] == "at_least") & (funnel["persona"] == "")])[0]
    if worst is None or worst["n_followed"] == worst["n_converted"]:
        return None
    here = {name: _at(mapped.shown.get(name), worst["stage"]) for name in _TABLES}
    takeaway, state, numbers = _say_who(run, here["dossier"], worst["stage"])
    text = [*_say_ways(run, here["departures"], worst["stage"], int(worst["n_followed"] - worst["n_converted"])), *_say_words(run, here["last_words"]), *_say_elsewhere(run, mapped.shown.get("dossier"), worst["stage"])]
    return Finding("who_leaves_there", "numbers", w.say("leaving.who.question"), takeaway, text=tuple(text), state=state, numbers=numbers,
                   picture=_draw_who(run, here["dossier"], worst["stage"]) if state == "clear" else "", details=_details(run, here, worst),
                   details_label=w.say("leaving.who.details"), tables={name: mapped.shown[name] for name in _TABLES if name in mapped.shown})  # fmt: skip


def _at(table, stage):
    return pd.DataFrame() if table is None else table[table["stage"] == stage]


# --- who ----------------------------------------------------------------------------------------------------------------


def _say_who(run, dossier, stage):
    w, label = run.words, stage_label(run, stage)
    tested = dossier[dossier["p"].notna()] if len(dossier) else dossier
    if tested.empty:
        return w.say("leaving.who.too_few", stage=label), "too_few", {"stage": stage}
    certain = _certain(tested)
    if certain.empty:
        return w.say("leaving.who.none", stage=label), "none", {"stage": stage, "n_compared": len(tested)}
    first = certain.iloc[0]
    return _say_group(run, first), "clear", {"stage": stage, "kind": first["kind"], "group": first["group"], "n_compared": len(tested),
                           **{name: float(first[name]) for name in ("share", "share_others", "difference", "lo", "hi")}}  # fmt: skip


def _say_group(run, row):
    w, side = run.words, "more" if row["difference"] > 0 else "less"
    return w.say(f"leaving.who.{side}", stage=stage_label(run, row["stage"]), group=_group(run, row), share=w.percent(row["share"]), others=w.percent(row["share_others"]))


def _say_elsewhere(run, dossier, stage):
    """The largest certain difference at another stage, in the same words."""
    others = pd.DataFrame() if dossier is None else dossier[dossier["stage"] != stage]
    if len(others) and others["is_certain"].any():
        yield _say_group(run, _certain(others).iloc[0])


def _certain(dossier):
    """Groups that certainly differ, the largest difference first; of two as large, the one that leaves more."""
    certain = dossier[dossier["is_certain"].astype(bool)]
    order = certain.assign(size=-certain["difference"].abs(), less=certain["difference"] < 0)
    return certain.loc[order.sort_values(["size", "less", "kind", "group"], kind="stable").index]


def _group(run, row):
    w = run.words
    if row["kind"] == "referred":
        return w.say("leaving.group.referred")
    if row["kind"] == "first_channel":
        return w.say("leaving.group.first_channel", name=channel_label(run, row["group"]))
    return persona_label(run, row["group"]) if row["kind"] == "persona" else row["group"]


def _draw_who(run, dossier, stage):
    """The groups that certainly differ, each beside everybody else."""
    w = run.words
    rows = [[_group(run, row), Bar(row["share"], w.percent(row["share"])),
             Bar(row["share_others"], w.percent(row["share_others"]), tone="grey_pale"), w.span(row["lo"] * 100, row["hi"] * 100)]
            for _, row in _certain(dossier).head(_TOP).iterrows()]  # fmt: skip
    headings = [w.say(f"leaving.table.{name}") for name in ("group", "share", "others", "difference")]
    return html_table(headings, rows, caption=w.say("leaving.table.who", stage=stage_label(run, stage)), numeric=(3,))


# --- where to, and what they say --------------------------------------------------------------------------------------------


def _say_ways(run, departures, stage, n_left):
    if departures.empty:
        return
    w, of = run.words, run.words.count(n_left)
    last = departures[(departures["kind"] == "last") & (departures["what"] != "")]
    if len(last):
        yield w.say("leaving.who.last", stage=stage_label(run, stage), touchpoint=touchpoint_label(run, last.iloc[0]["what"]), k=w.count(last.iloc[0]["n_journeys"]), n=of)
    ways = departures[departures["kind"] == "next"]
    silent, others = ways[ways["what"] == ""], ways[ways["what"] != ""]
    if len(silent):
        values = {"k": w.count(silent.iloc[0]["n_journeys"]), "n": of}
        if others.empty:
            yield w.say("leaving.who.silent", **values)
        else:
            first = others.iloc[0]
            yield w.say("leaving.who.silent_but", touchpoint=touchpoint_label(run, first["what"]), m=w.count(first["n_journeys"]), days=_days(w, first["median_days"]), **values)


def _days(w, days):
    return w.say("map.time.under_a_day") if days < 1 else w.days(round(days))


def _say_words(run, words):
    """What most of those who left say; a quote where one may be shown."""
    if words.empty:
        return
    w, first = run.words, words.sort_values(["n_customers", "code"], ascending=[False, True], kind="stable").iloc[0]
    yield w.say("leaving.who.words", code=first["code"], k=w.count(first["n_customers"]), n=w.count(first["n_heard"]))
    if run.client.privacy.quotes and pd.notna(first["quote"]):
        yield w.say("leaving.who.quote", quote=first["quote"])


# --- folded -----------------------------------------------------------------------------------------------------------------


def _details(run, here, worst):
    w, window = run.words, worst["window_days"]
    said = w.say("leaving.who.counting_until_cut") if pd.isna(window) else w.say("leaving.who.counting", days=w.days(window))
    kinds = [w.say(f"leaving.kind.{kind}") for kind in here["dossier"]["kind"].unique()] if len(here["dossier"]) else []
    lines = [said] + ([w.say("leaving.who.compared", n=int(here["dossier"]["p"].notna().sum()), kinds=w.list(kinds))] if kinds else [])
    if len(here["dossier"]) and (here["dossier"]["n"] + here["dossier"]["n_others"]).min() < worst["n_followed"]:
        lines.append(w.say("leaving.who.known"))
    made = ((_who_table, "dossier"), (_ways_table, "departures"), (_words_table, "last_words"))
    return "".join(f"<p>{set_text(line)}</p>" for line in lines) + "".join(make(run, here[name], worst["stage"]) for make, name in made if len(here[name]))


def _who_table(run, dossier, stage):
    w = run.words
    headings = [w.say(f"leaving.table.{name}") for name in ("group", "kind", "share", "others", "difference", "verdict")]
    rows = []
    told = dossier.groupby("kind")["n_left"].transform("sum") > 0  # an offer known only of those who bought tells nothing of the others
    for _, row in dossier[told].iterrows():
        compared = pd.notna(row["p"])
        rows.append([_group(run, row), w.say(f"leaving.kind.{row['kind']}"), _share(w, row["n_left"], row["n"]), _share(w, row["n_left_others"], row["n_others"]),
                     w.span(row["lo"] * 100, row["hi"] * 100) if compared else None,
                     Tag(w.say("leaving.table.certain"), "found") if row["is_certain"] else w.say("leaving.table.uncertain") if compared else None])  # fmt: skip
    return html_table(headings, rows, caption=w.say("leaving.table.who", stage=stage_label(run, stage)), numeric=(2, 3, 4))


def _share(w, k, n):
    counts = w.say("findings.k_of_n", k=int(k), n=int(n))
    return counts if n < 10 else f"{w.percent(k / n)} ({counts})"


def _ways_table(run, departures, stage):
    w = run.words
    headings = [w.say(f"leaving.table.{name}") for name in ("when", "what", "left", "days")]
    top = departures.groupby("kind", sort=False).head(_TOP)
    rows = [[w.say(f"leaving.table.{row.kind}"), _way(run, row), w.count(row.n_journeys), _between(w, row)] for row in top.itertuples()]
    return html_table(headings, rows, caption=w.say("leaving.table.ways"), numeric=(2, 3))


def _way(run, row):
    if row.what == "":
        return run.words.say("leaving.table.nothing")
    return channel_label(run, row.what) if row.kind == "next_channel" else touchpoint_label(run, row.what)


def _between(w, row):
    if pd.isna(row.median_days) or row.q75_days < 1:
        return None if pd.isna(row.median_days) else _days(w, row.median_days)
    return f"{_days(w, row.median_days)} ({w.days_range(row.q25_days, row.q75_days)})"


def _words_table(run, words, stage):
    w = run.words
    headings = [w.say(f"leaving.table.{name}") for name in ("what", "about", "said", "of")]
    rows = [[row.code, voice_row_label(run, row.row), w.count(row.n_customers), w.count(row.n_heard)] for row in words.groupby("row", sort=False).head(_TOP).itertuples()]
    return html_table(headings, rows, caption=w.say("leaving.table.words"), numeric=(2, 3))


# --- is it easy to buy --------------------------------------------------------------------------------------------------------


def is_it_easy_to_buy(run, mapped) -> Finding | None:
    """The purchase step by step, and where it stops; None unless the log knows three of its steps by name."""
    w, flow = run.words, mapped.shown.get("purchase_flow")
    if flow is None or flow.empty:
        return None
    takeaway, state, numbers = _say_stop(run, flow)
    found = Finding("is_it_easy_to_buy", "numbers", w.say("leaving.buy.question"), takeaway, state=state, numbers=numbers, tables={"purchase_flow": flow})
    if state == "too_few":
        return found
    definition = purchase_definition(mapped.collected.log, resolved_thresholds(run.client))
    return replace(found, picture=_draw_flow(run, flow), text=(*_say_hinder(run, mapped), " ".join(say_definition(definition, run))))


def _say_stop(run, flow):
    w = run.words
    ids = list(flow["step"])
    judged = flow[flow["rate"].notna() & (flow["n_followed"] >= 10)].sort_values(["rate", "position"], kind="stable")
    if judged.empty:
        return w.say("leaving.buy.too_few"), "too_few", {}
    worst = judged.iloc[0]
    lost = {name: float(1 - worst[other]) for name, other in (("rate", "rate"), ("lo", "hi"), ("hi", "lo"))}
    numbers = {"step": worst["step"], "n": int(worst["n_followed"])} | lost
    if worst["rate"] == 1:
        return w.say("leaving.buy.none"), "none", numbers
    values = {"a": _step(w, worst["step"]), "b": _step(w, _after(ids, worst["step"])), "rate": w.rate(lost["rate"], lost["lo"], lost["hi"])}
    if len(judged) > 1 and worst["hi"] >= judged.iloc[1]["lo"]:
        return w.say("leaving.buy.close", **values), "close", numbers
    return w.say("leaving.buy.clear", **values), "clear", numbers


def _after(ids, step):
    return ids[min(ids.index(step) + 1, len(ids) - 1)]


def _step(w, step):
    return w.say(f"leaving.buy.{step}") if w.has(f"leaving.buy.{step}") else step


def _say_hinder(run, mapped):
    """What most name as an obstacle in the stage where they decide."""
    counts, place = mapped.shown.get("voice_counts"), run.model.purchase_position
    if counts is None or place is None:
        return
    stage = run.model.in_scope[place].id
    said = counts[(counts["stage"] == stage) & (counts["row"] == "problem") & (counts["kind"] == "stated") & (counts["code"] != "")]
    if len(said):
        first = said.sort_values(["n_customers", "code"], ascending=[False, True], kind="stable").iloc[0]
        yield run.words.say("leaving.buy.hinder", code=first["code"], k=run.words.count(first["n_customers"]), n=run.words.count(first["n_asked"]), stage=stage_label(run, stage))


def _draw_flow(run, flow):
    w = run.words
    headings = [w.say(f"leaving.buy.{name}") for name in ("step", "reached", "on", "lost", "open", "days")]
    rows = [[_step(w, row.step), w.count(row.n_reached), *_outcomes(run, row, row.position == flow["position"].max())] for row in flow.sort_values("position").itertuples()]
    return html_table(headings, rows, caption=w.say("leaving.buy.caption"), numeric=(1, 3, 4, 5))


def _outcomes(run, row, is_last):
    w = run.words
    if is_last or pd.isna(row.n_went_on):
        return [None] * 4
    bar = None if pd.isna(row.rate) else Bar(row.rate, say_rate(w, row.n_converted, row.n_followed, row.rate, row.lo, row.hi, digits=0), row.lo, row.hi)
    return [bar, *say_answers(run, row, "n_lost", "n_open"), None if pd.isna(row.median_days) else _days(w, row.median_days)]


def say_definition(definition: Conversion, run) -> list[str]:
    """A definition in words, as it stands under its figure: steps and order, window, exclusions and grain."""
    w = run.words
    steps = w.list([_step(w, step.id) for step in definition.steps])
    said = [w.say(f"leaving.definition.{definition.order}", steps=steps)]
    if definition.window_days is None:
        cut = run.client.as_of if definition.cut_us is None else pd.Timestamp(definition.cut_us, unit="us", tz="UTC")
        said.append(w.say("leaving.definition.no_window", date=w.date(cut)))
    else:
        said.append(w.say("leaving.definition.window_anew" if definition.entry == "any" else "leaving.definition.window", days=w.days(definition.window_days)))
    if definition.exclude:
        said.append(w.say("leaving.definition.exclude", touchpoints=w.list([touchpoint_label(run, name) for name in definition.exclude])))
    return [*said, w.say(f"leaving.definition.{definition.grain}")]
