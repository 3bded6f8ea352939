"""What customers need and what the company does for each need: findings of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import draw_matrix
from journeylib.figures.importance import Point, draw_importance
from journeylib.figures.tables import Bar, html_table, set_text
from journeylib.findings import Finding
from journeylib.findings.labels import FEWEST_FOR_INTERVAL, number_or_none, stage_label
from journeylib.measures.stats import widened

#: Needs drawn and listed; the rest stand in the delivered table.
MOST = 10
#: From this probability up one need is said to come before another: which of the two stands first was seen before it was asked.
SURE = 0.975


def what_do_they_need(run, mapped) -> Finding:
    """Needs by importance and satisfaction; the widest gap that is a gap for certain (C6)."""
    w, question = run.words, run.words.say("findings.need.question")
    needs = mapped.shown.get("need_scores")
    if needs is None or needs["opportunity"].isna().all():
        return Finding("what_do_they_need", "needs", question, w.say("findings.need.not_checkable"), state="not_checkable", **_of_registers(run, mapped))
    judged = needs[needs["opportunity"].notna() & (needs["n"] >= 10)].sort_values(["gap", "need_id"], ascending=[False, True])
    if judged.empty:
        return Finding("what_do_they_need", "needs", question, w.say("findings.need.too_few"), state="too_few", **_of_registers(run, mapped, {"need_scores": needs}))
    top = judged.iloc[0]
    certain = pd.notna(top["gap_lo"]) and (top["gap"] - top["gap_lo"]) * widened(len(judged)) < top["gap"]
    takeaway = w.say(f"findings.need.{'clear' if certain else 'none'}", need=top["wording"], importance=w.number(top["importance"], 1),
                     satisfaction=w.number(top["satisfaction"], 1), n=int(top["n"]))  # fmt: skip
    text = (w.say("findings.need.counting"), w.say("needs.reading"), *_say_rank(run, judged), *_say_unserved(run, mapped), *_say_expected(run, mapped))
    tables = {name: mapped.shown[name] for name in ("need_scores", "need_support") if name in mapped.shown}
    return Finding("what_do_they_need", "needs", question, takeaway, text=text, picture=_draw_needs(run, judged.head(MOST), takeaway) + _needs_table(run, judged.head(MOST)),
                   details=_scores_table(run, judged) + _matrix(run, mapped), details_label=w.say("needs.details"), tables=tables, state="clear" if certain else "none",
                   numbers={"need_id": top["need_id"], "gap": number_or_none(top["gap"]), "n": int(top["n"]), "unserved": _unserved(mapped)["need_id"].to_list(),
                            "purposeless": _purposeless(mapped)["item_id"].to_list()})  # fmt: skip


def _of_registers(run, mapped, tables=None):
    """What the registers tell of needs nobody has been asked about."""
    tables = (tables or {}) | {name: mapped.shown[name] for name in ("need_support",) if name in mapped.shown}
    matrix = _matrix(run, mapped)
    return {"details": matrix, "details_label": run.words.say("needs.details") if matrix else "", "tables": tables, "text": (*_say_unserved(run, mapped), *_say_expected(run, mapped))}


def _say_rank(run, judged):
    if len(judged) < 2 or pd.isna(judged.iloc[0]["p_outranks_next"]):
        return []
    w, (top, other) = run.words, (row for _, row in judged.head(2).iterrows())
    key = "clear" if top["p_outranks_next"] >= SURE else "close"
    share = w.percent(min(top["p_outranks_next"], 0.999))
    return [w.say(f"needs.rank.{key}", need=top["wording"], other=other["wording"], share=share)]


def _say_expected(run, mapped):
    rates, w = mapped.shown.get("rates"), run.words
    rows = [] if rates is None else list(rates[(rates["measure"] == "expectation_met") & (rates["n"] >= 10)].itertuples())
    return [w.say("needs.expected", share=w.rate(r.rate, r.lo, r.hi), n=int(r.n)) for r in rows[:1]]


# --- the plot and its list ----------------------------------------------------------------------------------------------


def _draw_needs(run, judged, alt):
    points = [Point(i, (r.importance, r.importance_lo, r.importance_hi), (r.satisfaction, r.satisfaction_lo, r.satisfaction_hi),
                    is_strong=bool(pd.notna(r.gap_lo) and r.gap_lo > 0)) for i, r in enumerate(judged.itertuples(), start=1)]  # fmt: skip
    words = {name: run.words.say(f"needs.axis.{name}") for name in ("importance", "satisfaction")}
    words |= {name: run.words.say(f"needs.quadrant.{name}") for name in ("concentrate", "keep", "low", "overkill")}
    return draw_importance(points, words=words, alt=alt)


def _needs_table(run, judged):
    w = run.words
    headings = [w.say(f"findings.need.{name}") for name in ("need", "stage", "importance", "satisfaction", "activities", "content")]
    rows = [[w.say("needs.numbered", i=i, need=r.wording), stage_label(run, r.stage), _bar(w, r, "importance", "blue"), _bar(w, r, "satisfaction", "ink"),
             w.count(r.n_activities), w.count(r.n_content)] for i, r in enumerate(judged.itertuples(), start=1)]  # fmt: skip
    return html_table(headings, rows, numeric=(4, 5))


def _bar(w, row, name, tone):
    value, lo, hi = (getattr(row, f"{name}{end}") for end in ("", "_lo", "_hi"))
    return Bar(value / 10, w.number(value, 1), lo / 10, hi / 10, tone=tone)


def _scores_table(run, judged):
    w, has_derived = run.words, judged["derived"].notna().any()
    columns = ["need", "n", "gap", "opportunity", "outranks", *(["derived"] if has_derived else [])]
    rows = [[r.wording, w.count(r.n), _with_span(w, r.gap, *((r.gap_lo, r.gap_hi) if r.n >= FEWEST_FOR_INTERVAL else (None, None))), w.number(r.opportunity_corrected, 1), _surely(w, r.p_outranks_next),
             *([_with_span(w, r.derived, r.derived_lo, r.derived_hi, 2)] if has_derived else [])] for r in judged.itertuples()]  # fmt: skip
    notes = [w.say("needs.opportunity_note")]
    if has_derived:
        notes.append(w.say("needs.derived_note", n=int(judged["n_derived"].max())))
    return html_table([w.say(f"needs.scores.{name}") for name in columns], rows, caption=w.say("needs.scores.caption"), numeric=(1, 3, 4)) + _paragraphs(notes)


def _with_span(w, value, lo, hi, digits=1):
    return None if pd.isna(value) else w.score(value, digits) if pd.isna(lo) else w.say("feelings.rated.score", score=w.score(value, digits), span=w.span(lo, hi, digits))


def _surely(w, probability):
    return None if pd.isna(probability) else w.percent(min(probability, 0.999))


def _paragraphs(sentences):
    return "".join(f"<p>{set_text(sentence)}</p>" for sentence in sentences)


# --- needs and what is done ---------------------------------------------------------------------------------------------


def _unserved(mapped):
    """Needs that no activity and no content serves, where both registers, or the one there is, were delivered."""
    needs = mapped.shown.get("need_scores")
    if needs is None:
        return pd.DataFrame({"need_id": [], "wording": []})
    known = needs["n_activities"].notna() | needs["n_content"].notna()
    return needs[known & (needs["n_activities"].fillna(0) + needs["n_content"].fillna(0) == 0)]


def _purposeless(mapped):
    support = mapped.shown.get("need_support")
    return pd.DataFrame({"item_id": [], "title": []}) if support is None else support[support["need_id"] == ""]


def _say_unserved(run, mapped):
    w, missing = run.words, _unserved(mapped)
    named = w.list([w.say("needs.quoted", need=wording) for wording in missing["wording"].head(4)])
    return [w.say("needs.unserved", n=len(missing), needs=named)] if 0 < len(missing) <= 4 else []


def _matrix(run, mapped):
    """Needs by stages, what is done in each; the last column and the last row are the margins."""
    needs, support, w = mapped.shown.get("need_scores"), mapped.shown.get("need_support"), run.words
    if needs is None or support is None:
        return ""
    stages = [stage.id for stage in run.model.in_scope]
    rows = [(r.wording, _matrix_row(w, support[support["need_id"] == r.need_id], stages, own=r.stage)) for r in needs.head(2 * MOST).itertuples()]
    idle = _purposeless(mapped)
    rows += [(w.say("needs.matrix.no_need"), _matrix_row(w, idle, stages, own=None))] if len(idle) else []
    named = w.list(list(idle["title"].head(8)))
    headings = [*(stage_label(run, stage) for stage in stages), w.say("needs.matrix.all")]
    return draw_matrix(headings, rows, caption=w.say("needs.matrix.caption")) + _paragraphs([w.say("needs.matrix.purposeless", n=len(idle), items=named)] if 0 < len(idle) <= 8 else [])


def _matrix_row(w, items, stages, own):
    return [*(_matrix_cell(w, items[items["stage"] == stage], is_own=stage == own) for stage in stages), _matrix_cell(w, items, is_own=own is not None)]


def _matrix_cell(w, items, *, is_own):
    if items.empty:
        return (w.say("needs.matrix.nothing"), "hole") if is_own else ("–", "no_demand")
    n = items["kind"].value_counts()
    return w.say("needs.matrix.cell", activities=int(n.get("activity", 0)), content=int(n.get("content", 0))), "covered"
