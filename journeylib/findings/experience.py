"""What is said, and what the company does: findings of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import draw_matrix
from journeylib.figures.tables import Bar, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import persona_label, say_people, say_rate, stage_label, voice_row_label


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
    headings = [w.say(f"findings.say.{name}") for name in ("code", "about", "stage", "number", "share")]
    rows = [[r.code, voice_row_label(run, r.row), stage_label(run, r.stage), w.count(r.n_customers), Bar(r.share, say_rate(w, r.n_customers, r.n_asked, r.share, r.lo, r.hi, digits=0), r.lo, r.hi)]
            for r in heard.head(5).itertuples()]  # fmt: skip
    return Finding("what_do_they_say", "feelings", question, takeaway, picture=html_table(headings, rows, numeric=(3,)), tables={"voice_counts": counts},
                   numbers={"code": top["code"], "stage": top["stage"], "n": int(top["n_customers"]), "of": int(top["n_asked"])})  # fmt: skip


def _assumed_table(run, assumed):
    w = run.words
    headings = [w.say(f"findings.say.{name}") for name in ("stage", "about", "assumption")]
    rows = [[stage_label(run, r.stage), voice_row_label(run, r.row), r.code] for r in assumed.itertuples()]
    return html_table(headings, rows)


def what_do_you_do(run, mapped) -> Finding:
    """Content and activities per stage and persona beside the customers there; empty cells with demand are holes (C7)."""
    w, question = run.words, run.words.say("findings.do.question")
    coverage = mapped.shown.get("coverage")
    if coverage is None:
        return Finding("what_do_you_do", "needs", question, w.say("findings.do.not_checkable"), state="not_checkable")
    holes = coverage[coverage["status"] == "hole"]
    empty = holes.loc[holes["persona"] == "", "stage"]  # a hole for everybody is one hole, not one a persona
    holes = holes[(holes["persona"] == "") | ~holes["stage"].isin(empty)]
    if holes.empty:
        known = (coverage["status"] != "not_checkable").any()
        takeaway, state = w.say("findings.do.none" if known else "findings.do.no_demand"), "none" if known else "not_checkable"
    else:
        first = holes.sort_values(["n_customers", "stage", "persona"], ascending=[False, True, True]).iloc[0]
        key = "clear" if first["persona"] else "clear_everybody"
        takeaway = w.say(f"findings.do.{key}", n=len(holes), stage=stage_label(run, first["stage"]), persona=persona_label(run, first["persona"]),
                         customers=say_people(run, int(first["n_customers"])))  # fmt: skip
        state = "clear"
    return Finding("what_do_you_do", "needs", question, takeaway, text=(w.say("findings.do.reading"), *_say_counted(run, coverage)), picture=_draw_coverage(run, coverage),
                   tables={"coverage": coverage}, state=state, numbers={"holes": [f"{r.stage}:{r.persona}" for r in holes.itertuples()]}, folded_under=w.say("findings.show"))  # fmt: skip


def _say_counted(run, coverage):
    """People are counted under a persona, though a company is one customer everywhere else."""
    if run.client.market != "b2c" and (coverage["persona"] != "").any():
        yield run.words.say("personas.whom.counted")


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
