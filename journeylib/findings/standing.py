"""What is folded under how long it takes: months of beginning, where everybody stands, and dates that were entered in heaps."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.cohorts import Cell, draw_cohorts
from journeylib.figures.tables import html_table
from journeylib.findings.labels import say_answers, stage_label
from journeylib.measures.cohorts import PURCHASE

#: Rows drawn, and the times since that are drawn where the curve is long.
_MOST_COHORTS, _SPARSE = 12, (1, 2, 3, 6, 9, 12)


def stuck_and_heaped(run, mapped) -> list[str]:
    """The stage most are stuck in, and one sentence for each source whose dates heap up: what limits the times above."""
    return [*_say_stuck(run, mapped.shown.get("standing")), *_say_heaps(run, mapped.shown.get("spikes"))]


def standing_details(run, mapped) -> str:
    """The table of where everybody stands and the cohort triangle, as HTML; '' where neither can be made."""
    shown = mapped.shown
    parts = [draw(run, shown[name]) for name, draw in (("standing", _standing_table), ("cohorts", _triangle)) if name in shown and len(shown[name])]
    return "".join(parts)


def _say_stuck(run, standing):
    """The stage most are stuck in, where at least k are."""
    if standing is None or not (standing["n_stuck"] >= run.client.privacy.k).any():
        return
    most = standing.sort_values(["n_stuck", "position"], ascending=[False, True]).iloc[0]
    w = run.words
    yield w.say("leaving.standing.stuck_most", n=int(most["n_stuck"]), stage=stage_label(run, most["stage"]), days=w.days(most["stuck_days"]),
                share=w.percent(run.client.thresholds.stuck_quantile))  # fmt: skip


def _say_heaps(run, spikes):
    w = run.words
    if spikes is None:
        return
    for heap in spikes.sort_values("share", ascending=False, kind="stable").drop_duplicates("source").sort_values("source").itertuples():
        day = w.locale.days["format"]["wide"][int(heap.day) - 1] if heap.kind == "weekday" else w.date(pd.Timestamp(heap.day))
        yield w.say(f"leaving.spikes.{heap.kind}", source=heap.source, share=w.percent(heap.share), day=day)


def _standing_table(run, standing):
    w = run.words
    headings = [w.say(f"leaving.standing.{name}") for name in ("stage", "in", "stuck", "past", "lost")]
    last = standing["position"].max()
    rows = [[stage_label(run, row.stage), *_standing_cells(run, row, row.position == last)] for row in standing.sort_values("position").itertuples()]
    return html_table(headings, rows, caption=w.say("leaving.standing.caption"), numeric=range(1, 5))


def _standing_cells(run, row, is_last):
    """There now, stuck, past and lost, as the map and the funnel tell them: what 1 to k − 1 do is withheld alike."""
    lost, here = say_answers(run, row, "n_lost", "n_in")
    return [here, _stuck(run, row), None if is_last else _count(run.words, row.n_past), lost]


def _count(w, n):
    return None if pd.isna(n) else w.count(n)


def _stuck(run, row):
    w = run.words
    if pd.isna(row.n_stuck):
        return None
    return w.say("leaving.standing.longer", n=int(row.n_stuck), days=w.days(row.stuck_days)) if row.n_stuck else w.count(0)


def _triangle(run, cohorts):
    w = run.words
    months = _months_drawn(cohorts)
    ripe = cohorts[cohorts["is_ripe"].astype(bool)]
    if len(ripe) and (ripe["n_yes"] == ripe["n"]).all():  # the journey begins with what is counted: every share is 100 %
        return ""
    every = sorted(cohorts["cohort"].unique())
    drawn = every[-_MOST_COHORTS:]
    cells = cohorts.set_index(["cohort", "months"])
    rows = [(w.month(pd.Timestamp(f"{cohort}-01")), w.count(cells.loc[(cohort, months[0]), "n"]), [_cell(w, cells.loc[(cohort, month)]) for month in months])
            for cohort in drawn]  # fmt: skip
    headings = [w.say("leaving.cohorts.corner"), w.say("leaving.cohorts.total"), *(w.say("leaving.cohorts.months", n=int(month)) for month in months)]
    target = cohorts["target"].iloc[0]
    caption = w.say("leaving.cohorts.caption") if target == PURCHASE else w.say("leaving.cohorts.caption_stage", stage=stage_label(run, target))
    key = w.say("leaving.cohorts.key") + (f" {w.say('leaving.cohorts.latest', n=len(drawn), of=w.count(len(every)))}" if len(every) > len(drawn) else "")
    return draw_cohorts(headings, rows, caption=caption, key=key)


def _months_drawn(cohorts):
    """Until no cohort buys any more, at least three months; every month, or a few where that is long."""
    ripe = cohorts[cohorts["is_ripe"].astype(bool)]
    grown = ripe[ripe.groupby("cohort")["n_yes"].diff().fillna(0) > 0]
    last = max(3, int(grown["months"].max()) if len(grown) else 0)
    return [month for month in sorted(cohorts["months"].unique()) if month <= last and (last <= 6 or month in _SPARSE or month == last)]


def _cell(w, row):
    if not row["is_ripe"]:
        return Cell(w.say("leaving.cohorts.unripe"))
    if row["n"] < 10:
        return Cell(w.say("findings.k_of_n", k=int(row["n_yes"]), n=int(row["n"])), share=float(row["share"]))
    return Cell(w.percent(row["share"]), w.span(row["lo"] * 100, row["hi"] * 100), float(row["share"]))
