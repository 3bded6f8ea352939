"""How it feels through the journey: the curve, who is left at its end, the moment of truth and the effort of each step. Notebook 02."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from journeylib.figures.emotion_curve import draw_emotion
from journeylib.figures.tables import Bar, Tag, html_table, set_text
from journeylib.findings import Finding
from journeylib.findings.labels import FEWEST_FOR_INTERVAL, number_or_none, say_rate, stage_label, touchpoint_label
from journeylib.findings.texts import feeling_of_texts
from journeylib.knowledge import load

N_TO_JUDGE = 5


def how_does_it_feel(run, mapped) -> Finding:
    """The low point of the emotion curve; clear only when its interval lies under the next lowest's (C4)."""
    w, emotion = run.words, mapped.shown.get("emotion")
    takeaway, state = say_feeling(run, mapped)
    found = Finding("how_does_it_feel", "feelings", w.say("findings.feel.question"), takeaway, state=state)
    if state not in ("clear", "close"):
        return found if emotion is None else replace(found, tables={"emotion": emotion})
    judged = _judged(emotion)
    low, high = judged.iloc[0], judged.iloc[-1]
    text = [w.say("findings.feel.counting"), *_say_survivors(run, mapped, emotion), *_say_moment(run, mapped), *_say_hard(run, mapped), *_quotes(run, mapped, low, high)]
    tables = {name: mapped.shown[name] for name in ("emotion", "stayers", "moments") if name in mapped.shown}
    return replace(found, text=tuple(text), picture=_draw_emotion(run, mapped, emotion, takeaway), tables=tables, details_label=w.say("findings.feel.details"),
                   details=_emotion_table(run, mapped, emotion) + _moments_table(run, mapped) + _effort_table(run, mapped) + feeling_of_texts(run, mapped),
                   numbers={"stage": low["stage"], "mean": float(low["mean"]), "lo": number_or_none(low["lo"]), "hi": number_or_none(low["hi"]),
                            "n": int(low["n"]), "moment": moment_of_truth(mapped), "survivors": [r.stage for r in _survivors(mapped)]})  # fmt: skip


def say_feeling(run, mapped) -> tuple[str, str]:
    """The sentence about the low point, and of the high one where it is as sure: clear, close, too_few or not_checkable."""
    w, emotion = run.words, mapped.shown.get("emotion")
    if emotion is None:
        return w.say("findings.feel.not_checkable"), "not_checkable"
    judged = _judged(emotion)
    if judged.empty:
        return w.say("findings.feel.too_few"), "too_few"
    low, high = judged.iloc[0], judged.iloc[-1]
    values = {"stage": stage_label(run, low["stage"]), "score": w.score(low["mean"]), "n": int(low["n"])}
    close = len(judged) > 1 and pd.notna(low["hi"]) and low["hi"] >= judged.iloc[1]["lo"]
    highest = len(judged) > 1 and pd.notna(high["lo"]) and high["lo"] > judged.iloc[-2]["hi"]
    takeaway = w.say(f"findings.feel.{'one' if len(judged) == 1 else 'close' if close else 'clear_both' if highest else 'clear'}", **values,
                     other=stage_label(run, judged.iloc[1]["stage"]) if len(judged) > 1 else "", high=stage_label(run, high["stage"]),
                     high_score=w.score(high["mean"]))  # fmt: skip
    return takeaway, "close" if close else "clear"


def moment_of_truth(mapped) -> str:
    """The stage whose feeling goes most with the outcome for certain; '' where none does."""
    moments = mapped.shown.get("moments")
    found = [] if moments is None else moments.loc[moments["is_moment"], "stage"].to_list()
    return found[0] if found else ""


def _judged(emotion):
    """Stages with answers enough to judge, the lowest first."""
    return emotion[emotion["n"] >= N_TO_JUDGE].sort_values(["mean", "stage"])


def _last_judged(run, emotion):
    judged = set(_judged(emotion)["stage"])
    return [stage.id for stage in run.model.in_scope if stage.id in judged][-1]


def _quotes(run, mapped, low, high):
    """A quote for either end, only from a voice that fits it: for the low one what was a problem, or scored under the middle; for the high one scored over it."""
    counts = mapped.shown.get("voice_counts")
    if counts is None:
        return []
    score, said = _scores(mapped), []
    for end, stage in (("low", low["stage"]), ("high", high["stage"])):
        scored = counts["voice_id"].map(score)
        fits = (counts["row"].isin(["emotion", "problem"]) & (scored < 0.5)) | ((counts["row"] == "problem") & scored.isna()) if end == "low" else (counts["row"] == "emotion") & (scored > 0.5)
        rows = counts[(counts["stage"] == stage) & counts["quote"].notna() & fits]
        if len(rows) and (end == "low" or stage != low["stage"]):
            row = rows.sort_values(["n_customers", "voice_id"], ascending=[False, True]).iloc[0]
            said.append(run.words.say("findings.feel.quote", stage=stage_label(run, stage), quote=row["quote"]))
    return said


def _scores(mapped) -> dict[str, float]:
    """Voice → its score on a scale from 0 to 1; those that gave none are not in it."""
    voices = mapped.collected.voices
    if voices is None:
        return {}
    scored = voices[voices["score"].notna() & (voices["scale_max"] > voices["scale_min"])]
    return dict(zip(scored["voice_id"], (scored["score"] - scored["scale_min"]) / (scored["scale_max"] - scored["scale_min"]), strict=True))


# --- who is left, and what decides --------------------------------------------------------------------------------------


def _survivors(mapped):
    stayers = mapped.shown.get("stayers")
    return [] if stayers is None else list(stayers[stayers["differs"]].sort_values("p").itertuples())


def _say_survivors(run, mapped, emotion):
    found = _survivors(mapped)
    if not found:
        return []
    most, w = found[0], run.words
    all_of_them = emotion.set_index("stage")["mean"].get(most.stage)
    return [w.say("feelings.survivors", last=stage_label(run, _last_judged(run, emotion)), stage=stage_label(run, most.stage), score=w.score(most.mean),
                  all=w.score(all_of_them))] if pd.notna(all_of_them) else []  # fmt: skip


def _say_moment(run, mapped):
    stage = moment_of_truth(mapped)
    if not stage:
        return []
    it = mapped.shown["moments"].set_index("stage").loc[stage]
    return [run.words.say(f"feelings.moment.{it['outcome']}", stage=stage_label(run, stage), n=int(it["n"]))]


def _moments_table(run, mapped):
    moments, w = mapped.shown.get("moments"), run.words
    if moments is None or moments.empty:
        return ""
    note = "" if moment_of_truth(mapped) else f"<p>{set_text(w.say('feelings.moment.none', n=int(moments['n'].iloc[0])))}</p>"
    rows = [[stage_label(run, r.stage), Bar(r.weight, w.rate(r.weight, r.lo, r.hi), r.lo, r.hi)] for r in moments.itertuples()]
    return html_table([w.say("feelings.moment.stage"), w.say("feelings.moment.weight")], rows, caption=w.say("feelings.moment.caption")) + note


# --- the picture and its table ------------------------------------------------------------------------------------------


def _draw_emotion(run, mapped, emotion, alt):
    w, star = run.words, moment_of_truth(mapped)
    words = {name: w.say(f"findings.feel.axis_{name}") for name in ("low", "neutral", "high", "unknown")}
    for r in emotion.itertuples():
        point = w.say("findings.feel.point", score=w.score(r.mean), n=int(r.n))
        words[f"point_{r.stage}"] = w.say("feelings.star", point=point) if r.stage == star else point
    words |= {f"mark_{stage}": mark for stage, mark in _marks(run, emotion).items()}
    beside = _beside(run, mapped, emotion)
    words |= {f"beside_{name}": w.say(f"feelings.beside.{name}", **({"stage": stage_label(run, _last_judged(run, emotion))} if name == "stayers" else {})) for name in beside}
    emotion = emotion.assign(**{end: emotion[end].where(emotion["n"] >= FEWEST_FOR_INTERVAL) for end in ("lo", "hi")})
    return draw_emotion(emotion, {stage.id: w.label(stage.label) for stage in run.model.in_scope}, words=words, alt=alt, beside=beside)


def _marks(run, emotion):
    """The peak, the low and the end: what is remembered of an experience leans on them (Fredrickson & Kahneman 1993)."""
    judged = _judged(emotion)
    if len(judged) < 3:
        return {}
    marks: dict[str, list[str]] = {}
    for name, stage in (("low", judged.iloc[0]["stage"]), ("high", judged.iloc[-1]["stage"]), ("last", _last_judged(run, emotion))):
        marks.setdefault(stage, []).append(run.words.say(f"feelings.mark.{name}"))
    return {stage: ", ".join(names) for stage, names in marks.items()}


def _beside(run, mapped, emotion):
    """Stayers end in the same point as everybody; texts only where their feeling can be told from the words."""
    beside, stayers, texts = {}, mapped.shown.get("stayers"), mapped.shown.get("text_feeling")
    if stayers is not None and (stayers["n"] >= N_TO_JUDGE).any():
        last = _last_judged(run, emotion)
        kept = stayers[stayers["n"] >= N_TO_JUDGE]
        beside["stayers"] = dict(zip(kept["stage"], kept["mean"], strict=True)) | {last: float(emotion.set_index("stage").loc[last, "mean"])}
    if texts is not None and len(texts) > 1:
        beside["texts"] = dict(zip(texts["stage"], texts["mean"], strict=True))
    return beside


def _emotion_table(run, mapped, emotion):
    w, k, stayers = run.words, run.client.privacy.k, mapped.shown.get("stayers")
    stayed = {} if stayers is None else {r.stage: f"{w.score(r.mean)} ({w.count(r.n)})" for r in stayers.itertuples()}
    headings = [w.say(f"findings.feel.{name}") for name in ("stage", "mean", "interval", "customers", "metric", "pooled")] + [w.say("feelings.stayed"), w.say("feelings.why")]
    rows = [[stage_label(run, r.stage), w.score(r.mean, 2) if r.n >= k else None, w.span(r.lo, r.hi, 1) if pd.notna(r.lo) and r.n >= FEWEST_FOR_INTERVAL else None, w.count(r.n),
             w.label(load("rows")["metrics"][r.metric]), w.score(r.pooled, 2) if pd.notna(r.pooled) and r.n >= k else None, stayed.get(r.stage),
             _why(run, mapped, r.stage)] for r in emotion.itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=(1, 3, 5, 6))


def _why(run, mapped, stage):
    """What is said most about a stage, besides the score: the coded reason behind a turn of the curve."""
    counts = mapped.shown.get("voice_counts")
    if counts is None:
        return None
    said = counts[(counts["stage"] == stage) & (counts["kind"] == "stated") & (counts["code"] != "") & counts["row"].isin(["emotion", "thought", "problem", "driver"])]
    said = said[said["n_customers"] >= run.client.privacy.k]
    if said.empty:
        return None
    top = said.sort_values(["n_customers", "code"], ascending=[False, True]).iloc[0]
    return run.words.say("feelings.why_cell", code=top["code"], n=int(top["n_customers"]), of=int(top["n_asked"]))


# --- how hard each step is ----------------------------------------------------------------------------------------------


def _effort(mapped):
    scores = mapped.shown.get("scores")
    return None if scores is None else scores[(scores["metric"] == "ces") & (scores["wave"] == 0) & (scores["n"] >= N_TO_JUDGE)]


def place_of(run, row) -> str:
    """Where a question was asked: the touchpoint and its stage, or the stage as such."""
    if not row.touchpoint:
        return stage_label(run, row.stage)
    touchpoint = touchpoint_label(run, row.touchpoint)
    return run.words.say("feelings.place", touchpoint=touchpoint, stage=stage_label(run, row.stage)) if row.stage else touchpoint


def _say_hard(run, mapped):
    effort, w = _effort(mapped), run.words
    if effort is None:
        return []
    hard = effort[effort["is_hard"].fillna(False).astype(bool) & (effort["n"] >= 10)].sort_values(["score", "stage"])
    return [w.say("feelings.effort.sentence", step=place_of(run, r), share=w.rate(r.score, r.lo, r.hi), n=int(r.n)) for r in hard.head(1).itertuples()]


def _effort_table(run, mapped):
    effort, w = _effort(mapped), run.words
    if effort is None or effort.empty:
        return ""
    headings = [w.say(f"feelings.effort.{name}") for name in ("step", "easy", "mean", "n", "verdict")]
    rows = [[place_of(run, r), Bar(r.score, say_rate(w, r.n_high, r.n, r.score, r.lo, r.hi), r.lo, r.hi),
             _effort_mean(w, r),
             w.count(r.n), Tag(w.say(f"feelings.effort.{'hard' if r.is_hard else 'not_hard'}"), "found" if r.is_hard else "muted")] for r in effort.itertuples()]  # fmt: skip
    return html_table(headings, rows, caption=w.say("feelings.effort.caption"), numeric=(3,))


def _effort_mean(w, row):
    """The mean on its scale; from ten answers with its interval."""
    if row.n < FEWEST_FOR_INTERVAL or pd.isna(row.mean_lo):
        return w.number(row.mean, 1)
    return w.say("feelings.effort.of_scale", mean=w.number(row.mean, 1), span=w.span(row.mean_lo, row.mean_hi, 1), low=w.count(row.scale_min), high=w.count(row.scale_max))
