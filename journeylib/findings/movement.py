"""How many go on, how long it takes, where they stop and what it came to: numbers of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import Part, draw_counts, draw_stacked
from journeylib.figures.curves import draw_time_curve
from journeylib.figures.tables import Bar, html_table
from journeylib.findings import Finding
from journeylib.findings.data import say_grain
from journeylib.findings.labels import number_or_none, say_rate, stage_label, touchpoint_label
from journeylib.findings.standing import standing_details, stuck_and_heaped


def where_do_customers_leave(run, mapped) -> Finding:
    """The boundary that the largest share does not cross within the window; clear only when its interval clears the next."""
    w, question = run.words, run.words.say("findings.leave.question")
    takeaway, state, numbers = say_leaving(run, mapped)
    if state == "not_checkable":
        return Finding("where_do_customers_leave", "numbers", question, takeaway, state=state)
    funnel = mapped.shown["funnel"]
    rows = _of_everybody(funnel)
    text = [w.say("findings.leave.counting"), _say_window(w, rows)]
    return Finding("where_do_customers_leave", "numbers", question, takeaway, text=tuple(filter(None, text)), picture=_draw_funnel(run, rows, takeaway),
                   details=_funnel_tables(run, funnel), details_label=w.say("findings.leave.details"), tables={"funnel": funnel}, state=state,
                   numbers=numbers)  # fmt: skip


def _of_everybody(funnel):
    return funnel[(funnel["semantics"] == "at_least") & (funnel["persona"] == "")].sort_values("position")


def worst_boundaries(rows: pd.DataFrame):
    """The stages with the lowest and next lowest share going on, among boundaries with ten or more followed; None where there is none.

    A stage nobody was ever seen in is unknown, not empty: the boundary into it is not judged.
    """
    judged = rows[rows["rate"].notna() & (rows["n_followed"] >= 10) & (rows["n_went_on"] > 0)].sort_values(["rate", "position"])
    return (judged.iloc[0] if len(judged) else None), (judged.iloc[1] if len(judged) > 1 else None)


def say_leaving(run, mapped) -> tuple[str, str, dict]:
    """Where most leave, in one sentence; its ending (clear, close, none, too_few, not_checkable) and its numbers."""
    w = run.words
    if "funnel" not in mapped.shown:
        return w.say("findings.leave.not_checkable"), "not_checkable", {}
    worst, second = worst_boundaries(_of_everybody(mapped.shown["funnel"]))
    if worst is None:
        return w.say("findings.leave.too_few"), "too_few", {}
    ids = list(run.model.ids)
    a, b = stage_label(run, worst["stage"]), stage_label(run, ids[ids.index(worst["stage"]) + 1])
    n = int(worst["n_followed"] - worst["n_converted"])
    numbers = {"stage": worst["stage"], "n": n, "of": int(worst["n_followed"]), "rate": float(1 - worst["rate"]),
               "lo": float(1 - worst["rate_hi"]), "hi": float(1 - worst["rate_lo"])}  # fmt: skip
    if n == 0:
        return w.say("findings.leave.none"), "none", numbers
    lost = w.rate(1 - worst["rate"], 1 - worst["rate_hi"], 1 - worst["rate_lo"])
    window = worst["window_days"]
    ending = "_until_cut" if pd.isna(window) else ""
    values = {"a": a, "b": b, "n": n, "of": w.count(numbers["of"]), "rate": lost, "days": w.days(window)}
    if second is not None and worst["rate_hi"] >= second["rate_lo"]:
        return w.say(f"findings.leave.close{ending}", c=stage_label(run, second["stage"]), **values), "close", numbers
    return w.say(f"findings.leave.clear{ending}", **values), "clear", numbers


def _say_window(w, rows):
    window = rows["window_days"].iloc[0]
    if pd.isna(window):
        return w.say("findings.leave.no_window")
    recent = rows["n_too_recent"].iloc[0]
    return "" if pd.isna(recent) else w.say("findings.leave.window", days=w.days(window), n=int(recent))


def _draw_funnel(run, rows, alt):
    w = run.words
    legend = [(tone, w.say(f"findings.leave.legend_{name}")) for tone, name in (("blue", "went_on"), ("red", "lost"), ("open", "open"))]
    by_stage = {row.stage: row for row in rows.itertuples()}
    drawn = [_funnel_bar(run, stage.id, by_stage.get(stage.id), legend) for stage in run.model.in_scope]
    return draw_stacked(drawn, total=float(rows["n_reached"].max() or 1), legend=legend, alt=alt)


def _funnel_bar(run, stage_id, row, legend):
    """One stage's bar: gone on, lost and not yet on; of the last stage only how many reached it; of a small group nothing."""
    w, label = run.words, stage_label(run, stage_id)
    if row is None:
        return f"{label} · {w.say('findings.leave.too_few_here', n=run.client.privacy.k)}", [], ""
    if not row.n_reached:  # nobody was ever seen there or later: unknown, not nought
        return f"{label} · {w.say('map.unknown')}", [], ""
    head = f"{label} · {say_grain(run, int(row.n_reached))}"
    if stage_id == run.model.ids[-1] or pd.isna(row.n_went_on):
        return head, [Part(row.n_reached, "ink", w.count(row.n_reached), w.count(row.n_reached))], ""
    counts = (row.n_went_on, row.n_lost, row.n_open)
    parts = [Part(n, tone, w.count(n), f"{words}: {w.count(n)}") for n, (tone, words) in zip(counts, legend, strict=True)]
    if pd.isna(row.rate):
        return head, parts, ""
    rate = say_rate(w, row.n_converted, row.n_followed, row.rate, row.rate_lo, row.rate_hi, digits=0)
    return head, parts, w.say("findings.leave.note", rate=rate, k=int(row.n_converted), n=int(row.n_followed))


def _funnel_tables(run, funnel):
    w = run.words
    headings = [w.say(f"findings.leave.{name}") for name in ("stage", "reached", "went_on", "lost", "open", "followed", "converted", "rate")]
    html = []
    for semantics in ("at_least", "in_order", "any"):
        rows = funnel[(funnel["semantics"] == semantics) & (funnel["persona"] == "")].sort_values("position")
        if not rows["n_reached"].any():  # where no source shows the first stage, nobody can have passed it
            continue
        cells = [[stage_label(run, r.stage), w.count(r.n_reached), *_next_counts(w, r, rows), say_rate(w, r.n_converted, r.n_followed, r.rate, r.rate_lo, r.rate_hi)]
                 for r in rows.itertuples()]  # fmt: skip
        html.append(html_table(headings, cells, caption=w.say(f"findings.semantics.{semantics}"), numeric=range(1, 8)))
    return "".join(html)


def _next_counts(w, row, rows):
    if row.position == rows["position"].max():
        return [None] * 5
    return [w.count(value) if pd.notna(value) else None for value in (row.n_went_on, row.n_lost, row.n_open, row.n_followed, row.n_converted)]


# --- how long -------------------------------------------------------------------------------------------------------


def how_long_does_it_take(run, mapped) -> Finding:
    """The stage customers stay longest in, with those still there counted as still there (C1, Aalen–Johansen)."""
    w, question = run.words, run.words.say("findings.time.question")
    if "stage_times" not in mapped.shown:
        return Finding("how_long_does_it_take", "numbers", question, w.say("findings.time.not_checkable"), state="not_checkable")
    times = mapped.shown["stage_times"]
    once = times.drop_duplicates("stage")
    judged = once[once["n_entered"] >= 10]
    takeaway, state, slowest = _say_slowest(run, judged)
    picture = _draw_time(run, mapped, slowest, takeaway) if slowest is not None else ""
    return Finding("how_long_does_it_take", "numbers", question, takeaway, text=(w.say("findings.time.counting"), *_say_own_rule(run, judged), *stuck_and_heaped(run, mapped)) if slowest is not None else (),
                   picture=picture, details=_time_table(run, times) + standing_details(run, mapped), details_label=w.say("leaving.standing.details"),
                   tables={name: mapped.shown[name] for name in ("stage_times", "time_curve", "cohorts", "standing", "spikes") if name in mapped.shown}, state=state,
                   numbers={} if slowest is None else {"stage": slowest["stage"], "median_days": number_or_none(slowest["median_days"])})  # fmt: skip


def _say_slowest(run, judged):
    w = run.words
    if judged.empty:
        return w.say("findings.time.too_few"), "too_few", None
    limit = run.client.thresholds.lost_after_days
    judged = judged.drop(_left_by_our_rule(judged, limit).index)
    never = judged[judged["median_days"].isna()]
    if len(never):
        slowest = never.sort_values(["n_open", "stage"], ascending=[False, True]).iloc[0]
        return w.say("findings.time.not_reached", stage=stage_label(run, slowest["stage"]), days=w.days(slowest["max_followed_days"])), "clear", slowest
    slowest = judged.sort_values(["median_days", "stage"], ascending=[False, True]).iloc[0]
    values = {"stage": stage_label(run, slowest["stage"]), "days": w.days(max(slowest["median_days"], 1)), "n": int(slowest["n_entered"])}
    return w.say("findings.time.clear", **values), "clear", slowest


def _left_by_our_rule(judged, limit):
    """Stages half have left only because our own limit calls them lost: that is the rule, not their time; none where no other is left."""
    is_ours = judged["median_days"] >= limit - 1 if limit else pd.Series(False, index=judged.index)
    return judged[is_ours & bool(limit and (judged["median_days"] < limit - 1).any())]


def _say_own_rule(run, judged):
    w, limit = run.words, run.client.thresholds.lost_after_days
    ours = _left_by_our_rule(judged, limit)
    if len(ours):
        yield w.say("findings.time.own_rule", stages=w.list([stage_label(run, stage) for stage in ours["stage"]]), days=w.days(limit))


def _draw_time(run, mapped, slowest, alt):
    w, curve = run.words, mapped.shown.get("time_curve")  # nobody left the stage: no curve to draw
    rows = None if curve is None else curve[curve["stage"] == slowest["stage"]]
    if rows is None or rows.empty:
        return ""
    words = {name: w.say(f"findings.time.curve_{name}") for name in ("went_on", "lost", "open")}
    words |= {"days": w.say("findings.time.axis", stage=stage_label(run, slowest["stage"])), "percent": w.percent(0.0).replace("0", "")}
    until = float(min(slowest["max_followed_days"], max(rows["at_days"].max(), 180.0), 365.0))
    if until <= 0:  # all left on the day they came
        return ""
    return draw_time_curve(rows, until_days=until, words=words, alt=alt)


def _time_table(run, times):
    w = run.words
    headings = [w.say(f"findings.time.{name}") for name in ("stage", "horizon", "went_on_share", "lost_share", "open_share", "median", "entered")]
    rows = [[stage_label(run, r.stage), w.days(r.horizon_days), w.rate(r.went_on_share, r.went_on_lo, r.went_on_hi),
             w.rate(r.lost_share, r.lost_lo, r.lost_hi), w.percent(r.open_share), _median(w, r), w.count(r.n_entered)]
            for r in times.itertuples() if r.n_entered >= max(10, run.client.privacy.k) and r.horizon_days <= r.max_followed_days]  # fmt: skip
    return html_table(headings, rows, numeric=range(1, 7))


def _median(w, row):
    if pd.isna(row.median_days):
        return f">\N{NO-BREAK SPACE}{w.days(row.max_followed_days)}" if pd.notna(row.max_followed_days) else None
    return w.days(row.median_days) if row.median_days >= 1 else w.say("map.time.under_a_day")


def where_do_they_stop(run, mapped) -> Finding:
    """The customer's own last step in journeys that ended or fell silent, per stage: the open and the won have not stopped."""
    w, question = run.words, run.words.say("findings.exits.question")
    if "exits" not in mapped.shown or mapped.shown["exits"].empty:
        return Finding("where_do_they_stop", "numbers", question, w.say("findings.exits.not_checkable"), state="not_checkable")
    exits = mapped.shown["exits"]
    stopped = exits[exits["state"].isin(["lost", "dormant"])]
    total = stopped.groupby(["stage", "touchpoint"], as_index=False, sort=True)["n_journeys"].sum()
    shown = total[total["n_journeys"] >= run.client.privacy.k]
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
        if r.n < k or (r.measure == "repeat" and r.group):
            continue
        name = w.say(f"findings.rates.name_{r.measure}", days=w.days(r.days) if pd.notna(r.days) else "–")
        name = f"{name}: {r.group}" if r.group else name
        if pd.isna(r.rate):
            continue
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
