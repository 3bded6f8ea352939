"""Which questions could customers answer themselves? Topics by how often they come and stay unresolved (M101)."""

from __future__ import annotations

from journeylib.figures.tables import Bar, Tag, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import stage_label
from journeylib.improve.self_service import AGAIN_DAYS

MOST_TOPICS = 10
#: Fewer unresolved contacts than this in all, and which topic stays unresolved cannot be told.
FEWEST = 10


def which_questions_to_answer_once(run, improved) -> Finding | None:
    """The question list ranked by volume × unresolved; None where no contact with a topic was delivered."""
    table, w = improved.doing.get("self_service"), run.words
    if table is None or table.empty:
        return None
    is_told = int(table["n_again"].sum()) >= FEWEST
    shown = table if is_told else table.sort_values(["a_year", "topic"], ascending=[False, True], kind="stable")
    first, state = shown.iloc[0], "too_few" if not is_told else "close" if _is_tied(shown) else "clear"
    values = (
        {"other": shown["topic"].iloc[1]}
        if state == "close"
        else {"a_year": w.count(round(first["a_year"])), "unresolved": w.percent(first["unresolved_rate"])}
    )
    takeaway = w.say(f"doing.service.{'tied' if state == 'close' else state}", topic=first["topic"], **values)
    return Finding("which_questions_to_answer_once", "actions", w.say("doing.service.question"), takeaway, text=(w.say("doing.service.reading", days=w.days(AGAIN_DAYS)),),
                   picture=_topics(run, shown.head(MOST_TOPICS), is_told), tables={"self_service": table}, state=state, is_folded=True,
                   numbers={"topic": first["topic"], "a_year": float(first["a_year"]), "unresolved_rate": float(first["unresolved_rate"]), "n": int(first["n_contacts"])})  # fmt: skip


def _is_tied(table):
    """Whether the second topic may well leave as many unresolved as the first: their ranges overlap."""
    if len(table) < 2:
        return False
    first, second = table.iloc[0], table.iloc[1]
    return bool(second["a_year"] * second["hi"] >= first["a_year"] * first["lo"])


def _topics(run, table, is_told):
    w = run.words
    headings = [
        w.say("doing.service.topic"),
        w.say("doing.stage"),
        *(w.say(f"doing.service.{name}") for name in ("contacts", *(("unresolved", "a_year") if is_told else ()), "answered")),
    ]
    rows = [[row.topic, stage_label(run, row.stage) if row.stage else None, w.count(round(row.a_year)), *(_unresolved(w, row) if is_told else ()),
             row.answered_by if isinstance(row.answered_by, str) else Tag(w.say("doing.service.no_answer"), "uncertain")] for row in table.itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=(2, 4) if is_told else (2,))


def _unresolved(w, row):
    return Bar(row.unresolved_rate, w.rate(row.unresolved_rate, row.lo, row.hi), row.lo, row.hi, tone="red"), w.count(
        round(row.unresolved_a_year)
    )
