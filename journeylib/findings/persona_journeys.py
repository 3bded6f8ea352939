"""What meets each persona, stage by stage (M045), what weighs most for it (M048), and what customers who say a thing decide by (M054)."""

from __future__ import annotations

from html import escape

import pandas as pd

from journeylib.figures.tables import Lines, Tag, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import number_or_none, persona_label, stage_label, voice_row_label
from journeylib.measures.persona_voices import FEWEST

LEVEL = 0.05
MOST_LINKS = 10


def what_meets_each_persona(run, mapped) -> Finding | None:
    """Where a persona meets no message of ours; the journeys of all personas are folded. None where no persona is declared."""
    w, table = run.words, mapped.persona_journeys
    if table.empty:
        return None
    takeaway, state, numbers = _say_holes(run, table)
    picture = "".join(_journey(run, rows) for _, rows in table.groupby("journey", sort=True))
    needs = mapped.shown.get("persona_needs")
    details = "" if needs is None or needs.empty else _needs_table(run, needs)
    return Finding("what_meets_each_persona", "customers", w.say("mapping_more.messages.question"), takeaway, text=(w.say("mapping_more.messages.reading"),), picture=picture, details=details,
                   details_label=w.say("mapping_more.needs.caption"), tables={"persona_journeys": table} | ({} if needs is None else {"persona_needs": needs}), state=state, numbers=numbers,
                   is_folded=True)  # fmt: skip


def _say_holes(run, table):
    w, known = run.words, table[table["n_messages"].notna()]
    if known.empty:
        return w.say("mapping_more.messages.not_checkable"), "not_checkable", {}
    holes = known[known["message"].isna()]
    numbers = {"n_holes": len(holes), "of": len(known), "n_unanswered": int((known["answers_need"] == "no").sum())}
    if holes.empty:
        return w.say("mapping_more.messages.none"), "none", numbers
    first = holes.sort_values(["position", "journey"], kind="stable").iloc[0]
    return w.say("mapping_more.messages.clear", n=len(holes), of=w.count(len(known)), persona=persona_label(run, first["persona"]), stage=stage_label(run, first["stage"])), "clear", numbers


def _journey(run, rows):
    """The combination as a heading, and its stages."""
    w, rows = run.words, rows.astype(object).where(rows.notna(), None)
    first = rows.iloc[0]
    about = " · ".join([persona_label(run, first["persona"]), *filter(None, (first["problem"], first["offer"]))])
    headings = [w.say(f"mapping_more.messages.{name}") for name in ("stage", "need", "question_heading", "objection", "message", "next_step")]
    lines = [[stage_label(run, r.stage), *(_told(w, r, what) for what in ("need", "question", "objection")), _message(w, r), r.next_step]
             for r in rows.itertuples()]  # fmt: skip
    return html_table(headings, lines, caption=about, kind="loose")


def _told(w, row, what):
    text = getattr(row, what)
    return None if text is None else Lines((text, w.say(f"mapping_more.messages.by_{getattr(row, f'{what}_by')}")))


def _message(w, row):
    if row.message is None:
        return None if row.n_messages is None else Tag(w.say("mapping_more.messages.nothing"), "found")
    notes = [w.say(f"mapping_more.messages.{key}") for key, holds in (("for_all", row.message_for == "everybody"), ("beside_need", row.answers_need == "no")) if holds]
    return Lines((row.message, *notes))


def _needs_table(run, needs):
    """The needs of every persona by importance, as far as ten or more were asked."""
    w, rows = run.words, needs[needs["n"] >= FEWEST]
    if rows.empty:
        return ""
    headings = [w.say(f"mapping_more.needs.{name}") for name in ("persona", "need", "importance", "satisfaction", "n")]
    cells = [[persona_label(run, r.persona), r.wording, _score(w, r, "importance"), _score(w, r, "satisfaction"), w.count(r.n)] for r in rows.itertuples()]
    sure = [w.say("mapping_more.needs.sure", persona=persona_label(run, r.persona), need=r.wording) for r in rows[rows["is_first"] == "yes"].itertuples()]
    return html_table(headings, cells, numeric=(2, 3, 4)) + "".join(f"<p>{escape(sentence)}</p>" for sentence in sure or [w.say("mapping_more.needs.unsure")])


def _score(w, row, name):
    value, lo, hi = (getattr(row, f"{name}{end}") for end in ("", "_lo", "_hi"))
    return None if pd.isna(value) else w.number(value, 1) if pd.isna(lo) else f"{w.number(value, 1)} ({w.span(lo, hi, 1)})"


# --- thoughts and reasons -----------------------------------------------------------------------------------------------


def what_do_they_go_by(run, mapped) -> Finding | None:
    """What customers who say one thing give as reason or need more often than others; None where no two such voices are of one customer."""
    w, table = run.words, mapped.shown.get("thought_links")
    if table is None or table.empty:
        return None
    certain = table[(table["p_adjusted"] < LEVEL) & (table["n_said"] >= FEWEST) & (table["share"] > table["share_others"])]
    certain = certain.sort_values(["p_adjusted", "n_both"], ascending=[True, False], kind="stable")
    if certain.empty:
        takeaway, state, numbers = w.say("mapping_more.links.none"), "none", {}
    else:
        first = certain.iloc[0]
        takeaway = w.say("mapping_more.links.clear", said=first["code"], reason=first["linked_code"], share=w.rate(first["share"], first["lo"], first["hi"]), others=w.percent(first["share_others"]))
        state, numbers = "clear", {name: number_or_none(first[name]) for name in ("n_both", "n_said", "share", "share_others")}
    return Finding("what_do_they_go_by", "feelings", w.say("mapping_more.links.question"), takeaway, text=(w.say("mapping_more.links.counting"),), picture=_links_table(run, table),
                   tables={"thought_links": table}, state=state, numbers=numbers, is_folded=True)  # fmt: skip


def _links_table(run, table):
    w = run.words
    headings = [w.say(f"mapping_more.links.{name}") for name in ("said", "stage", "reason", "both", "others")]
    rows = [[w.say("mapping_more.links.of_kind", what=r.code, kind=voice_row_label(run, r.row)), stage_label(run, r.stage) if r.stage else None,
             w.say("mapping_more.links.of_kind", what=r.linked_code, kind=voice_row_label(run, r.linked_row)), w.say("findings.k_of_n", k=int(r.n_both), n=int(r.n_said)),
             w.percent(r.share_others) if pd.notna(r.share_others) else None] for r in table.head(MOST_LINKS).itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=(3, 4))
