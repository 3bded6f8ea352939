"""What does each role at the customer need to know, and is it written? A finding of notebook 02 (M087)."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import draw_matrix
from journeylib.findings import Finding
from journeylib.findings.customers import FEWEST, role_name
from journeylib.measures.accounts import UNKNOWN


def what_does_each_role_need(run, mapped) -> Finding | None:
    """Role × need: how important, and how many texts answer it; None for consumers and where no role answered."""
    w, table = run.words, mapped.shown.get("role_needs")
    if table is None or not (table["role"] != UNKNOWN).any():
        return None
    known = table[table["role"] != UNKNOWN]
    takeaway, state, text, numbers = _say(run, known)
    return Finding("what_does_each_role_need", "needs", w.say("role_needs.question"), takeaway, state=state, text=(*text, w.say("role_needs.reading")),
                   picture=_draw(run, known), tables={"role_needs": table}, numbers=numbers, folded_under=w.say("findings.show"))  # fmt: skip


def _say(run, known) -> tuple[str, str, list[str], dict]:
    w, judged = run.words, known[known["n"] >= FEWEST]
    numbers = {"n_roles": int(known["role"].nunique()), "n_holes": int(_is_hole(judged).sum())}
    if judged.empty:
        return w.say("role_needs.too_few"), "too_few", [], numbers
    if judged["n_content"].isna().all():
        return w.say("role_needs.not_checkable"), "not_checkable", [], numbers
    if not _matters(judged).any():
        return w.say("role_needs.none"), "none", [], numbers
    holes = judged[_is_hole(judged)].sort_values(["importance_lo", "need_id", "role"], ascending=[False, True, True], kind="stable")
    if holes.empty:
        return w.say("role_needs.served"), "none", [], numbers
    first = holes.iloc[0]
    said = w.say("role_needs.hole", role=role_name(run, first["role"]), need=first["wording"], k=int(first["n_important"]), n=int(first["n"]))
    return said, "clear", [w.say("role_needs.more_holes", n=len(holes) - 1)] if len(holes) > 1 else [], numbers


def _matters(rows) -> pd.Series:
    """Surely important to more than half of the role."""
    return rows["importance_lo"] > 0.5


def _is_hole(rows) -> pd.Series:
    return _matters(rows) & (rows["n_content"] == 0).fillna(False)


def _draw(run, known):
    w, cells = run.words, {(row.need_id, row.role): row for row in known.itertuples()}
    roles = list(dict.fromkeys(known.sort_values("n", ascending=False, kind="stable")["role"]))
    needs = known.drop_duplicates("need_id").set_index("need_id")["wording"]
    headings = [name[:1].upper() + name[1:] for name in (role_name(run, role) for role in roles)]
    rows = [(wording, [_cell(w, cells.get((need, role))) for role in roles]) for need, wording in needs.items()]
    return draw_matrix(headings, rows, caption=w.say("role_needs.caption"))


def _cell(w, row) -> tuple[str, str]:
    if row is None:
        return "–", "not_checkable"
    few = row.n < FEWEST
    share = w.say("findings.k_of_n", k=row.n_important, n=row.n) if few else w.say("role_needs.of", share=w.percent(row.importance), n=w.count(row.n))
    if pd.isna(row.n_content):
        return share, "not_checkable"
    hole = row.n_content == 0 and not few and row.importance_lo > 0.5
    return f"{share}\n{w.say('role_needs.texts', n=int(row.n_content))}", "hole" if hole else "covered" if row.n_content else "no_demand"
