"""How many go on, how long it takes, where they stop and what it came to: numbers of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import Part, draw_stacked
from journeylib.figures.curves import draw_time_curve
from journeylib.figures.tables import html_table
from journeylib.findings import Finding
from journeylib.findings.labels import number_or_none, say_answers, say_grain, say_rate, stage_label
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
    said = "comparing.after_purchase" if _have_bought(run, mapped, worst) else "findings.leave"  # who has bought is not lost
    ending = "_until_cut" if pd.isna(window) else ""
    values = {"a": a, "b": b, "n": n, "of": w.count(numbers["of"]), "rate": lost, "days": w.days(window)}
    if second is not None and worst["rate_hi"] >= second["rate_lo"]:
        return w.say(f"{said}.close{ending}", c=stage_label(run, second["stage"]), **values), "close", numbers
    return w.say(f"{said}.clear{ending}", **values), "clear", numbers


def _have_bought(run, mapped, row) -> bool:
    """Whether who is in the stage has bought: it lies after the purchase, or holds it and as good as all who came there bought."""
    position, bought = list(run.model.ids).index(row["stage"]), run.model.purchase_position
    if bought is None or position != bought:
        return bought is not None and position > bought
    totals = mapped.shown.get("totals")
    return totals is not None and totals.set_index("name")["value"].get("won", 0) >= 0.95 * row["n_reached"]


def _say_window(w, rows):
    window = rows["window_days"].iloc[0]
    if pd.isna(window):
        return w.say("findings.leave.no_window")
    recent = rows["n_too_recent"].iloc[0]
    return "" if pd.isna(recent) else w.say("findings.leave.window" if recent else "findings.leave.window_all", days=w.days(window), n=int(recent))


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
    if not row.n_reached or row.n_followed > 0 and row.n_went_on > 0 and pd.isna(row.rate):  # nobody was ever seen there: unknown, whoever came later
        return f"{label} · {w.say('map.unknown')}", [], ""
    head = f"{label} · {say_grain(run, int(row.n_reached))}"
    if stage_id == run.model.ids[-1] or pd.isna(row.n_went_on):
        return head, [Part(row.n_reached, "ink", w.count(row.n_reached), w.count(row.n_reached))], ""
    parts = _bar_parts(run, row, legend)
    if pd.isna(row.rate):
        return head, parts, ""
    rate = say_rate(w, row.n_converted, row.n_followed, row.rate, row.rate_lo, row.rate_hi, digits=0)
    return head, parts, w.say("findings.leave.note", rate=rate, k=int(row.n_converted), n=int(row.n_followed))


def _bar_parts(run, row, legend):
    """Gone on, lost, not yet on; where one of the last two is too few to show, both are one part of the rest."""
    w = run.words
    if pd.isna(row.n_lost):
        (_, lost), (tone, still) = legend[1:]
        few = [f"{name}: {said}" for name, said in zip((lost, still), say_answers(run, row, "n_lost", "n_open"), strict=True) if said]
        return [_part(w, row.n_went_on, *legend[0]), Part(row.n_reached - row.n_went_on, tone, "", "; ".join(few))]
    return [_part(w, n, *each) for n, each in zip((row.n_went_on, row.n_lost, row.n_open), legend, strict=True)]


def _part(w, n, tone, words):
    return Part(n, tone, w.count(n), f"{words}: {w.count(n)}")


def _funnel_tables(run, funnel):
    w = run.words
    headings = [w.say(f"findings.leave.{name}") for name in ("stage", "reached", "went_on", "lost", "open", "followed", "converted", "rate")]
    html = []
    for semantics in ("at_least", "in_order", "any"):
        rows = funnel[(funnel["semantics"] == semantics) & (funnel["persona"] == "")].sort_values("position")
        if not rows["n_reached"].any():  # where no source shows the first stage, nobody can have passed it
            continue
        cells = [[stage_label(run, r.stage), w.count(r.n_reached), *_next_counts(run, r, rows), say_rate(w, r.n_converted, r.n_followed, r.rate, r.rate_lo, r.rate_hi)]
                 for r in rows.itertuples()]  # fmt: skip
        html.append(html_table(headings, cells, caption=w.say(f"findings.semantics.{semantics}"), numeric=range(1, 8)))
    return "".join(html)


def _next_counts(run, row, rows):
    if row.position == rows["position"].max():
        return [None] * 5
    count = run.words.count
    went_on, followed, converted = (count(value) if pd.notna(value) else None for value in (row.n_went_on, row.n_followed, row.n_converted))
    return [went_on, *say_answers(run, row, "n_lost", "n_open"), followed, converted]


# --- how long -------------------------------------------------------------------------------------------------------


def how_long_does_it_take(run, mapped) -> Finding:
    """The stage customers stay longest in, clear only where its median's interval clears the others'; those still there count as still there (C1)."""
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
        slowest = never.assign(n_not_on=never["n_entered"] - never["n_went_on"]).sort_values(["n_not_on", "stage"], ascending=[False, True]).iloc[0]
        return w.say("findings.time.not_reached", stage=stage_label(run, slowest["stage"]), days=w.days(slowest["max_followed_days"])), "clear", slowest
    longest = judged.sort_values(["median_days", "stage"], ascending=[False, True])
    slowest, others = longest.iloc[0], longest.iloc[1:]
    values = {"stage": stage_label(run, slowest["stage"]), "days": _median_with_range(w, slowest), "n": int(slowest["n_entered"])}
    close = others[~(others["median_hi_days"] < slowest["median_lo_days"])]  # an end nobody knows leaves it open
    if len(close):
        return w.say("comparing.slowest", others=w.list([stage_label(run, stage) for stage in close["stage"]]), **values), "close", slowest
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
    return _median_with_range(w, row) if row.median_days >= 1 else w.say("map.time.under_a_day")


def _median_with_range(w, row):
    """'45 dagar (32–62)'; where the upper end is not reached, '45 dagar (≥ 32)'."""
    days = w.days(max(row.median_days, 1))
    if pd.isna(row.median_lo_days):
        return days
    lo, hi = round(row.median_lo_days), row.median_hi_days
    return f"{days} (≥\N{NO-BREAK SPACE}{w.count(lo)})" if pd.isna(hi) else days if lo == round(hi) else f"{days} ({w.span(lo, hi)})"
