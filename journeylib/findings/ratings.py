"""How satisfied customers are and whether it has changed: NPS, CSAT and CES with their intervals, period by period. Notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import Part, draw_stacked
from journeylib.figures.tables import Tag, html_table
from journeylib.findings import Finding
from journeylib.findings.feelings import place_of
from journeylib.findings.labels import FEWEST_FOR_INTERVAL, number_or_none, say_rate

#: The measure spoken of first, where several are asked.
ORDER = ("nps", "ces", "csat")
SERIES = ["metric", "stage", "touchpoint", "wording_id"]
TONES = {"changed": "found", "not_established": "muted", "not_comparable": "unknown"}


def how_satisfied_are_they(run, mapped) -> Finding:
    """The score asked of the whole journey, with its interval, and whether the two last periods differ for certain (C5)."""
    w, scores = run.words, mapped.shown.get("scores")
    question = w.say("feelings.rated.question")
    if scores is None:
        return Finding("how_satisfied_are_they", "feelings", question, w.say("feelings.rated.not_checkable"), state="not_checkable")
    first = _first(scores)
    if first is None:
        return Finding("how_satisfied_are_they", "feelings", question, w.say("feelings.rated.too_few"), state="too_few", tables={"scores": scores})
    change = _change_of(mapped, first)
    takeaway = _say(run, first, change)
    tables = {name: mapped.shown[name] for name in ("scores", "score_changes") if name in mapped.shown}
    text = (w.say("feelings.rated.counting"),) if first.metric == "nps" else ()
    return Finding("how_satisfied_are_they", "feelings", question, takeaway, text=text, picture=_draw_nps(run, scores, first, takeaway) if first.metric == "nps" else "",
                   details=_table(run, mapped, scores), details_label=w.say("feelings.rated.details"), tables=tables,
                   numbers={"metric": first.metric, "score": float(first.score), "lo": float(first.lo), "hi": float(first.hi), "n": int(first.n),
                            "change": None if change is None else number_or_none(change.change), "verdict": None if change is None else change.verdict}, folded_under=w.say("findings.show"))  # fmt: skip


def _first(scores):
    """All answers to the question spoken of: recommendation before ease before satisfaction, then the one most have answered."""
    whole = scores[(scores["wave"] == 0) & (scores["n"] >= 10)]
    if whole.empty:
        return None
    order = whole.assign(place=whole["metric"].map(ORDER.index)).sort_values(["place", "n", "wording_id"], ascending=[True, False, True])
    return next(order.itertuples())


def _change_of(mapped, row):
    changes = mapped.shown.get("score_changes")
    if changes is None:
        return None
    mine = changes[(changes[SERIES] == [getattr(row, name) for name in SERIES]).all(axis=1)]
    return next(mine.itertuples(), None)


def say_score(w, metric: str, value: float) -> str:
    """NPS as a whole number of points with its sign, the others in percent."""
    return w.score(100 * value, 0) if metric == "nps" else w.percent(value)


def _with_span(w, row):
    if row.metric != "nps":
        return say_rate(w, row.n_high, row.n, row.score, row.lo, row.hi, digits=0)
    if row.n < FEWEST_FOR_INTERVAL:
        return say_score(w, "nps", row.score)
    return w.say("feelings.rated.score", score=say_score(w, "nps", row.score), span=w.span(100 * row.lo, 100 * row.hi))


def _say(run, first, change):
    w = run.words
    metric = w.say(f"feelings.rated.{first.metric}")
    if first.metric != "nps" and (first.stage or first.touchpoint):
        metric = w.say("feelings.rated.metric_at", metric=metric.rstrip(","), place=place_of(run, first))
    if change is not None and change.verdict == "changed":
        before, after = (say_score(w, first.metric, value) for value in (change.before, change.after))
        return w.say("feelings.rated.clear", metric=metric, before=before, after=after, n=int(change.n_after))
    key = "none" if change is not None and change.verdict == "not_established" else "alone"
    return w.say(f"feelings.rated.{key}", metric=metric, score=_with_span(w, first), n=int(first.n))


def _draw_nps(run, scores, first, alt):
    """Detractors, passives and promoters of each period, the latest first, and of all answers."""
    mine = scores[(scores[[*SERIES, "scale_min", "scale_max"]] == [getattr(first, name) for name in (*SERIES, "scale_min", "scale_max")]).all(axis=1)]
    rows = [_nps_bar(run, r) for r in mine[mine["n"] >= 10].sort_values("wave", ascending=False).itertuples()]
    legend = [(tone, run.words.say(f"feelings.rated.{name}")) for name, tone in (("detractors", "red"), ("passives", "open"), ("promoters", "blue"))]
    return draw_stacked(rows, total=1.0, legend=legend, alt=alt)


def _nps_bar(run, row):
    w = run.words
    heading = w.say("feelings.rated.all") if row.wave == 0 else _say_period(w, row)
    counts = (("detractors", "red", row.n_low), ("passives", "open", row.n - row.n_high - row.n_low), ("promoters", "blue", row.n_high))
    parts = [Part(n / row.n, tone, w.percent(n / row.n), w.say("feelings.rated.part", answer=w.say(f"feelings.rated.{name}"), n=int(n), of=int(row.n))) for name, tone, n in counts]
    return heading, parts, w.say("feelings.rated.note", score=_with_span(w, row), n=int(row.n))


def _say_period(w, row):
    return w.say("feelings.rated.period", start=w.month(row.from_on), end=w.month(row.until_on - pd.Timedelta(days=1)))


def _table(run, mapped, scores):
    w = run.words
    headings = [w.say(f"feelings.rated.{name}") for name in ("about", "value", "change", "verdict")]
    whole = scores[scores["wave"] == 0]
    whole = whole.assign(place=whole["metric"].map(ORDER.index)).sort_values(["place", "touchpoint", "stage"], kind="stable")
    return html_table(headings, [_table_row(run, mapped, r) for r in whole.itertuples()])


def _table_row(run, mapped, row):
    w, change = run.words, _change_of(mapped, row)
    about = w.say(f"feelings.rated.{row.metric}").rstrip(",")
    if row.stage or row.touchpoint:
        about = w.say("feelings.rated.metric_at", metric=about, place=place_of(run, row))
    value = w.say("feelings.rated.note", score=_with_span(w, row), n=int(row.n))
    if change is None:
        return [about, value, None, None]
    verdict = w.say(f"feelings.rated.verdicts.{change.verdict}")
    verdict = w.say("feelings.rated.verdicts.same_people", verdict=verdict) if change.is_paired else verdict
    moved = w.say("feelings.rated.from_to", **{name: say_score(w, row.metric, getattr(change, name)) for name in ("before", "after")},
                  n_before=int(change.n_before), n_after=int(change.n_after))  # fmt: skip
    return [about, value, moved, Tag(verdict, TONES[change.verdict])]
