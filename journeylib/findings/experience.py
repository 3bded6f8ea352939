"""How it feels, what is said, needed and done: findings of notebook 02."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from journeylib.figures.bars import draw_matrix
from journeylib.figures.curves import draw_emotion
from journeylib.figures.tables import Bar, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import number_or_none, persona_label, say_rate, stage_label, voice_row_label
from journeylib.knowledge import load


def how_does_it_feel(run, mapped) -> Finding:
    """The low point of the emotion curve; clear only when its interval lies under the next lowest's (C4)."""
    w, emotion = run.words, mapped.shown.get("emotion")
    takeaway, state = say_feeling(run, mapped)
    found = Finding("how_does_it_feel", "feelings", w.say("findings.feel.question"), takeaway, state=state)
    if state not in ("clear", "close"):
        return found if emotion is None else replace(found, tables={"emotion": emotion})
    judged = _judged(emotion)
    low, high = judged.iloc[0], judged.iloc[-1]
    return replace(found, text=(w.say("findings.feel.counting"), *_quotes(run, mapped, low, high)), picture=_draw_emotion(run, emotion, takeaway),
                   details=_emotion_table(run, emotion), details_label=w.say("findings.feel.details"), tables={"emotion": emotion},
                   numbers={"stage": low["stage"], "mean": float(low["mean"]), "lo": number_or_none(low["lo"]), "hi": number_or_none(low["hi"]), "n": int(low["n"])})  # fmt: skip


def say_feeling(run, mapped) -> tuple[str, str]:
    """The sentence about the low point, and how sure it is: clear, close, too_few or not_checkable."""
    w, emotion = run.words, mapped.shown.get("emotion")
    if emotion is None:
        return w.say("findings.feel.not_checkable"), "not_checkable"
    judged = _judged(emotion)
    if judged.empty:
        return w.say("findings.feel.too_few"), "too_few"
    low, high = judged.iloc[0], judged.iloc[-1]
    values = {"stage": stage_label(run, low["stage"]), "score": w.score(low["mean"]), "n": int(low["n"])}
    close = len(judged) > 1 and pd.notna(low["hi"]) and low["hi"] >= judged.iloc[1]["lo"]
    takeaway = w.say(f"findings.feel.{'one' if len(judged) == 1 else 'close' if close else 'clear'}", **values,
                     other=stage_label(run, judged.iloc[1]["stage"]) if len(judged) > 1 else "", high=stage_label(run, high["stage"]),
                     high_score=w.score(high["mean"]))  # fmt: skip
    return takeaway, "close" if close else "clear"


def _judged(emotion):
    """Stages with answers enough to judge, the lowest first."""
    return emotion[emotion["n"] >= 5].sort_values(["mean", "stage"])


def _quotes(run, mapped, low, high):
    counts = mapped.shown.get("voice_counts")
    if counts is None:
        return []
    said = []
    for end, stage in (("low", low["stage"]), ("high", high["stage"])):
        rows = counts[(counts["stage"] == stage) & counts["quote"].notna() & counts["row"].isin(["emotion", "problem"] if end == "low" else ["emotion"])]
        if len(rows) and (end == "low" or stage != low["stage"]):
            row = rows.sort_values(["n_customers", "voice_id"], ascending=[False, True]).iloc[0]
            said.append(run.words.say("findings.feel.quote", stage=stage_label(run, stage), quote=row["quote"]))
    return said


def _draw_emotion(run, emotion, alt):
    w = run.words
    words = {name: w.say(f"findings.feel.axis_{name}") for name in ("low", "neutral", "high", "unknown")}
    words |= {f"point_{r.stage}": w.say("findings.feel.point", score=w.score(r.mean), n=int(r.n)) for r in emotion.itertuples()}
    return draw_emotion(emotion, {stage.id: w.label(stage.label) for stage in run.model.in_scope}, words=words, alt=alt)


def _emotion_table(run, emotion):
    w = run.words
    headings = [w.say(f"findings.feel.{name}") for name in ("stage", "mean", "interval", "customers", "metric", "pooled")]
    rows = [[stage_label(run, r.stage), w.score(r.mean, 2) if r.n >= run.client.privacy.k else None,
             w.span(r.lo, r.hi, 1) if pd.notna(r.lo) and r.n >= run.client.privacy.k else None, w.count(r.n), w.label(load("rows")["metrics"][r.metric]),
             w.score(r.pooled, 2) if pd.notna(r.pooled) and r.n >= run.client.privacy.k else None] for r in emotion.itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=(1, 3, 5))


def what_do_they_say(run, mapped) -> Finding:
    """What customers say most, counted per customer and not per mention (C16)."""
    w, question = run.words, run.words.say("findings.say.question")
    counts = mapped.shown.get("voice_counts")
    if counts is None:
        return Finding("what_do_they_say", "feelings", question, w.say("findings.say.not_checkable"), state="not_checkable")
    heard = counts[counts["kind"].eq("stated") & (counts["n_customers"] >= run.client.privacy.k) & ~counts["row"].isin(["emotion"]) & (counts["code"] != "")]
    if heard.empty:
        assumed = counts[counts["kind"] != "stated"]
        key, table = ("assumed", _assumed_table(run, assumed)) if len(assumed) else ("too_few", "")
        return Finding("what_do_they_say", "feelings", question, w.say(f"findings.say.{key}", n=len(assumed)) if key == "assumed" else w.say("findings.say.too_few"),
                       picture=table, state="too_few", tables={"voice_counts": counts})  # fmt: skip
    heard = heard.sort_values(["n_customers", "stage", "code"], ascending=[False, True, True])
    top = heard.iloc[0]
    takeaway = w.say("findings.say.clear", code=top["code"], stage=stage_label(run, top["stage"]), n=int(top["n_customers"]), of=w.count(top["n_asked"]))
    headings = [w.say(f"findings.say.{name}") for name in ("code", "about", "stage", "share")]
    rows = [[r.code, voice_row_label(run, r.row), stage_label(run, r.stage), Bar(r.share, say_rate(w, r.n_customers, r.n_asked, r.share, r.lo, r.hi), r.lo, r.hi)]
            for r in heard.head(12).itertuples()]  # fmt: skip
    return Finding("what_do_they_say", "feelings", question, takeaway, picture=html_table(headings, rows), tables={"voice_counts": counts},
                   numbers={"code": top["code"], "stage": top["stage"], "n": int(top["n_customers"]), "of": int(top["n_asked"])})  # fmt: skip


def _assumed_table(run, assumed):
    w = run.words
    headings = [w.say(f"findings.say.{name}") for name in ("stage", "about", "assumption")]
    rows = [[stage_label(run, r.stage), voice_row_label(run, r.row), r.code] for r in assumed.itertuples()]
    return html_table(headings, rows)


def what_do_they_need(run, mapped) -> Finding:
    """Needs by importance and satisfaction; the widest gap that is a gap for certain (C6)."""
    w, question = run.words, run.words.say("findings.need.question")
    needs = mapped.shown.get("need_scores")
    if needs is None or needs["opportunity"].isna().all():
        return Finding("what_do_they_need", "needs", question, w.say("findings.need.not_checkable"), state="not_checkable")
    judged = needs[needs["opportunity"].notna() & (needs["n"] >= 10)].sort_values(["gap", "need_id"], ascending=[False, True])
    if judged.empty:
        return Finding("what_do_they_need", "needs", question, w.say("findings.need.too_few"), state="too_few", tables={"need_scores": needs})
    top = judged.iloc[0]
    certain = pd.notna(top["gap_lo"]) and top["gap_lo"] > 0
    takeaway = w.say(f"findings.need.{'clear' if certain else 'none'}", need=top["wording"], importance=w.number(top["importance"], 1),
                     satisfaction=w.number(top["satisfaction"], 1), n=int(top["n"]))  # fmt: skip
    headings = [w.say(f"findings.need.{name}") for name in ("need", "stage", "importance", "satisfaction", "activities", "content")]
    rows = [[r.wording, stage_label(run, r.stage), Bar(r.importance / 10, w.number(r.importance, 1)), Bar(r.satisfaction / 10, w.number(r.satisfaction, 1), tone="ink"),
             w.count(r.n_activities), w.count(r.n_content)] for r in judged.head(10).itertuples()]  # fmt: skip
    return Finding("what_do_they_need", "needs", question, takeaway, text=(w.say("findings.need.counting"),), picture=html_table(headings, rows, numeric=(4, 5)),
                   tables={"need_scores": needs}, state="clear" if certain else "none",
                   numbers={"need_id": top["need_id"], "gap": number_or_none(top["gap"]), "n": int(top["n"])})  # fmt: skip


def what_do_you_do(run, mapped) -> Finding:
    """Content and activities per stage and persona beside the customers there; empty cells with demand are holes (C7)."""
    w, question = run.words, run.words.say("findings.do.question")
    coverage = mapped.shown.get("coverage")
    if coverage is None:
        return Finding("what_do_you_do", "needs", question, w.say("findings.do.not_checkable"), state="not_checkable")
    holes = coverage[(coverage["status"] == "hole") & ((coverage["persona"] != "") | (not run.client.personas))]
    if holes.empty:
        known = (coverage["status"] != "not_checkable").any()
        takeaway, state = w.say("findings.do.none" if known else "findings.do.no_demand"), "none" if known else "not_checkable"
    else:
        first = holes.sort_values(["n_customers", "stage", "persona"], ascending=[False, True, True]).iloc[0]
        key = "clear" if first["persona"] else "clear_everybody"
        takeaway = w.say(f"findings.do.{key}", n=len(holes), stage=stage_label(run, first["stage"]), persona=persona_label(run, first["persona"]),
                         customers=w.count(first["n_customers"]))  # fmt: skip
        state = "clear"
    return Finding("what_do_you_do", "needs", question, takeaway, text=(w.say("findings.do.reading"),), picture=_draw_coverage(run, coverage),
                   tables={"coverage": coverage}, state=state, numbers={"holes": [f"{r.stage}:{r.persona}" for r in holes.itertuples()]})  # fmt: skip


def _draw_coverage(run, coverage):
    w = run.words
    personas = ["", *(persona.id for persona in run.client.personas)]
    by_place = coverage.set_index(["stage", "persona"])
    rows = []
    for persona in personas:
        cells = []
        for stage in run.model.in_scope:
            row = by_place.loc[(stage.id, persona)] if (stage.id, persona) in by_place.index else None
            cells.append((_say_cover(w, row, run.client.privacy.k), row["status"] if row is not None else "not_checkable"))
        rows.append((persona_label(run, persona), cells))
    return draw_matrix([w.label(stage.label) for stage in run.model.in_scope], rows, caption=w.say("findings.do.caption"))


def _say_cover(w, row, k):
    if row is None:
        return w.say("findings.unknown")
    n = row["n_customers"]
    few = w.say("findings.leave.too_few_here", n=k)  # withheld: some, but fewer than k
    customers = w.count(n) if pd.notna(n) else w.say("findings.unknown") if row["status"] == "not_checkable" else few
    shown = [w.say("findings.unknown") if pd.isna(row[name]) else w.count(row[name]) for name in ("n_content", "n_activities")]
    return w.say("findings.do.cell", content=shown[0], activities=shown[1], customers=customers)
