"""What happened last, and what did it come to? The last touchpoints of those who stopped, plain shares and totals: findings of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import draw_counts
from journeylib.figures.tables import Bar, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import number_or_none, say_rate, stage_label, touchpoint_label
from journeylib.measures.paths import RECORDED


def where_do_they_stop(run, mapped) -> Finding:
    """The customer's own last step in journeys that ended or fell silent, per stage: the open and the won have not stopped."""
    w, question = run.words, run.words.say("findings.exits.question")
    if "exits" not in mapped.shown or mapped.shown["exits"].empty:
        return Finding("where_do_they_stop", "numbers", question, w.say("findings.exits.not_checkable"), state="not_checkable")
    exits = mapped.shown["exits"]
    stopped = exits[exits["state"].isin(["lost", "dormant"])]
    if stopped.empty and not mapped.collected.journeys["state"].isin(["lost", "dormant"]).any():
        return Finding("where_do_they_stop", "numbers", question, w.say("findings.exits.nobody"), state="none")
    total = stopped.groupby(["stage", "touchpoint"], as_index=False, sort=True)["n_journeys"].sum()
    shown = total[total["n_journeys"] >= run.client.privacy.k]
    if len(shown) and shown["touchpoint"].isin(RECORDED).all():
        return Finding("where_do_they_stop", "numbers", question, w.say("clarity.exits_recorded_only"), state="not_checkable")
    shown = shown[~shown["touchpoint"].isin(RECORDED)]
    if shown.empty:
        return Finding("where_do_they_stop", "numbers", question, w.say("findings.exits.too_few"), state="too_few")
    top = shown.sort_values(["n_journeys", "stage"], ascending=[False, True]).iloc[0]
    takeaway = w.say("findings.exits.clear", stage=stage_label(run, top["stage"]), touchpoint=touchpoint_label(run, top["touchpoint"]), n=int(top["n_journeys"]))
    headings = [w.say(f"findings.exits.{name}") for name in ("stage", "touchpoint", "journeys")]
    order = {stage: i for i, stage in enumerate(run.model.ids)}
    ranked = shown.assign(at=shown["stage"].map(order)).sort_values(["at", "n_journeys", "touchpoint"], ascending=[True, False, True]).groupby("at").head(3)
    rows = [[stage_label(run, r.stage), touchpoint_label(run, r.touchpoint), w.count(r.n_journeys)] for r in ranked.itertuples()]
    most = shown.sort_values(["n_journeys", "stage", "touchpoint"], ascending=[False, True, True]).head(5)
    counts = [(f"{touchpoint_label(run, r.touchpoint)} · {stage_label(run, r.stage)}", r.n_journeys) for r in most.itertuples()]
    return Finding("where_do_they_stop", "numbers", question, takeaway, picture=draw_counts(counts, say=w.count, alt=takeaway), details=html_table(headings, rows, numeric=(2,)),
                   details_label=w.say("findings.exits.details"), tables={"exits": exits},
                   numbers={"stage": top["stage"], "touchpoint": top["touchpoint"], "n": int(top["n_journeys"])})  # fmt: skip


def what_did_it_come_to(run, mapped) -> Finding:
    """Totals and the plain shares: won, repeated, referred, each with n and interval."""
    w, question = run.words, run.words.say("findings.rates.question")
    totals, rates = mapped.shown.get("totals"), mapped.shown.get("rates")
    if totals is None:
        return Finding("what_did_it_come_to", "numbers", question, w.say("findings.rates.not_checkable"), state="not_checkable")
    lead = _lead_rate(run, rates)
    if lead is None:
        takeaway, state, numbers = w.say("findings.rates.too_few"), "too_few", {}
    else:
        value = say_rate(w, lead["n_yes"], lead["n"], lead["rate"], lead["lo"], lead["hi"], digits=0)
        takeaway = w.say(f"findings.rates.{lead['measure']}", k=int(lead["n_yes"]), n=int(lead["n"]), rate=value)
        n_open = int((~mapped.collected.journeys["state"].isin(["won", "lost"])).sum()) if lead["measure"] == "win" else 0
        takeaway += f" {w.say('findings.rates.still_open', n=n_open)}" if n_open >= max(1, run.client.privacy.k) else ""
        state, numbers = "clear", {name: number_or_none(lead[name]) for name in ("n", "n_yes", "rate", "lo", "hi")}
    return Finding("what_did_it_come_to", "numbers", question, takeaway, picture=_rate_table(run, rates) if rates is not None else "",
                   details=_totals_table(run, totals), details_label=w.say("findings.rates.details"),
                   tables={"totals": totals} | ({} if rates is None else {"rates": rates}), state=state, numbers=numbers, folded_under=w.say("findings.show"))  # fmt: skip


def _lead_rate(run, rates):
    if rates is None:
        return None
    order = ("win", "bought", "repeat") if run.client.market != "b2c" or run.client.journey == "key" else ("repeat", "win", "bought")
    for measure in order:
        rows = rates[(rates["measure"] == measure) & (rates["group"] == "") & (rates["n"] >= 1)]
        if len(rows):
            return rows.iloc[0]
    return None


def _rate_table(run, rates):
    w, k = run.words, run.client.privacy.k
    rows = []
    for r in rates.itertuples():
        if r.n < k or pd.isna(r.rate):
            continue
        in_time = r.measure == "repeat" and r.group != ""
        name = w.say(f"findings.rates.name_{r.measure}{'_in_time' if in_time else ''}", days=w.days(r.days) if pd.notna(r.days) else "–")
        name = f"{name}: {r.group}" if r.group and not in_time else name
        bar = Bar(r.rate, say_rate(w, r.n_yes, r.n, r.rate, r.lo, r.hi), r.lo, r.hi)
        rows.append([name, w.count(r.n_yes), w.count(r.n), bar, w.exact_money(r.value, 0) if pd.notna(r.value) else None])
    headings = [w.say(f"findings.rates.{name}") for name in ("measure", "yes", "of", "share", "value")]
    return html_table(headings, rows, numeric=(1, 2, 4), caption=w.say("findings.rates.caption")) if rows else ""


def _totals_table(run, totals):
    w = run.words
    rows = [[w.say(f"findings.totals.{r.name}") if w.has(f"findings.totals.{r.name}") else r.name,
             w.exact_money(r.value, 0 if float(r.value).is_integer() else 2) if r.unit == "money" else w.count(r.value)]
            for r in totals.itertuples(index=False) if r.value or r.name not in ("customers", "accounts")]  # fmt: skip
    return html_table([w.say("findings.totals.what"), w.say("findings.totals.number")], rows, numeric=(1,))
