"""Through what customers meet the company: findings of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import Part, draw_counts, draw_stacked
from journeylib.figures.tables import Bar, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import channel_label, say_rate, stage_label, touchpoint_label


def which_channels(run, mapped) -> Finding:
    """The channel mix of each stage, in the five fixed groups of the map."""
    w, question = run.words, run.words.say("findings.channels.question")
    channels = mapped.shown.get("channels")
    if channels is None or channels.empty:
        return Finding("which_channels", "channels", question, w.say("findings.channels.not_checkable"), state="not_checkable")
    largest = channels.sort_values(["n_events", "channel"], ascending=[False, True]).drop_duplicates("stage")
    total = channels.groupby("channel")["n_events"].sum().sort_values(ascending=False, kind="stable")
    top = total.index[0]
    share = total.iloc[0] / (largest["n_events"] / largest["share"]).sum()  # of all contacts, those of no known channel too
    n_first = int((largest["channel"] == top).sum())
    takeaway = w.say("findings.channels.clear", channel=channel_label(run, top), share=w.percent(share), n=n_first, of=w.count(len(largest)))
    return Finding("which_channels", "channels", question, takeaway, picture=_draw_channels(run, channels, takeaway), tables={"channels": channels},
                   numbers={"channel": top, "share": float(share)})  # fmt: skip


def _draw_channels(run, channels, alt):
    w = run.words
    tones = ("ink", "blue", "mid", "pale", "open")
    top = list(channels.groupby("channel")["n_events"].sum().sort_values(ascending=False, kind="stable").index[:4])
    legend = [(tones[i], channel_label(run, name)) for i, name in enumerate(top)] + [(tones[4], w.say(f"findings.channels.{_rest(channels)}"))]
    drawn = []
    for stage in run.model.in_scope:
        rows = channels[channels["stage"] == stage.id]
        if rows.empty or rows["n_stage"].iloc[0] < max(10, run.client.privacy.k):
            continue
        shares = [float(rows.loc[rows["channel"] == name, "share"].sum()) for name in top]
        shares.append(max(0.0, 1 - sum(shares)))
        parts = [Part(share, tone, w.percent(share), f"{words}: {w.percent(share)}") for share, (tone, words) in zip(shares, legend, strict=True)]
        drawn.append((w.label(stage.label), parts, _largest_other(run, rows, shares, top)))
    return draw_stacked(drawn, total=1.0, legend=legend, alt=alt)


def _rest(channels):
    """What is left of a stage beside the channels drawn: others, and events of no known channel where there are any."""
    return "other" if (channels.groupby("stage")["share"].sum() > 0.995).all() else "other_or_unknown"


def _largest_other(run, rows, shares, top):
    """The channel behind 'other', named where other channels together are the largest."""
    others = rows[~rows["channel"].isin(top)].sort_values(["n_events", "channel"], ascending=[False, True])
    if others.empty or shares[-1] < max(shares):
        return ""
    return f"{channel_label(run, others.iloc[0]['channel'])}: {run.words.percent(others.iloc[0]['share'])}"


def which_touchpoints(run, mapped) -> Finding:
    """The touchpoints of each stage: how many met them, how often, how satisfied they were."""
    w, question = run.words, run.words.say("findings.touch.question")
    touch = mapped.shown.get("touchpoints")
    if touch is None or touch.empty:
        return Finding("which_touchpoints", "channels", question, w.say("findings.touch.not_checkable"), state="not_checkable")
    k = run.client.privacy.k
    shown = touch[touch["n_journeys"] >= k]
    if shown.empty:
        return Finding("which_touchpoints", "channels", question, w.say("findings.touch.too_few"), state="too_few", tables={"touchpoints": touch})
    top = shown.sort_values(["n_events", "touchpoint"], ascending=[False, True]).iloc[0]
    takeaway = w.say("findings.touch.clear", touchpoint=touchpoint_label(run, top["touchpoint"]), n=int(top["n_events"]), stage=stage_label(run, top["stage"]))
    headings = [w.say(f"findings.touch.{name}") for name in ("stage", "touchpoint", "channel", "events", "share", "satisfaction")]
    order = {stage.id: i for i, stage in enumerate(run.model.in_scope)}
    ranked = shown.assign(at=shown["stage"].map(order)).sort_values(["at", "n_events", "touchpoint"], ascending=[True, False, True]).groupby("at").head(6)
    rows = [[stage_label(run, r.stage), touchpoint_label(run, r.touchpoint), channel_label(run, r.channel), w.count(r.n_events),
             Bar(r.share, say_rate(w, r.n_journeys, r.n_stage, r.share, r.lo, r.hi), r.lo, r.hi),
             w.say("findings.feel.point", score=w.score(r.satisfaction), n=int(r.n_answers)) if pd.notna(r.satisfaction) and r.n_answers >= k else None] for r in ranked.itertuples()]  # fmt: skip
    return Finding("which_touchpoints", "channels", question, takeaway, picture=_draw_touchpoints(run, shown, takeaway), details=html_table(headings, rows, numeric=(3,)), details_label=w.say("findings.touch.details"),
                   tables={"touchpoints": touch} | {name: mapped.shown[name] for name in ("transitions",) if name in mapped.shown},
                   numbers={"touchpoint": top["touchpoint"], "n_events": int(top["n_events"])})  # fmt: skip


def _draw_touchpoints(run, shown, alt):
    """The six meetings that happen most often, by the number of times."""
    most = shown.sort_values(["n_events", "touchpoint"], ascending=[False, True]).head(6)
    rows = [(f"{touchpoint_label(run, r.touchpoint)} · {stage_label(run, r.stage)}", r.n_events) for r in most.itertuples()]
    return draw_counts(rows, say=run.words.count, alt=alt)
