"""Where do pages try people's patience? Angry and vain clicks and scroll depth, beside the visits of the web log: a finding of notebook 02 (M028)."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.tables import html_table
from journeylib.findings import Finding

#: A page is named when it has this many angry clicks, and this many times the rate of the other pages together.
FEWEST_CLICKS, TIMES = 10, 2.0
_MOST = 12


def where_do_pages_annoy(run, mapped) -> Finding | None:
    """The page with the most angry clicks per view, if it stands out; None where no heat-map tool's counts were delivered."""
    w, use = run.words, mapped.shown.get("page_use")
    if use is None or use.empty:
        return None
    worst = _standing_out(use)
    if use["n_rage"].isna().all():
        takeaway, state = w.say("page_use.no_clicks"), "not_checkable"
    elif worst is None:
        takeaway, state = w.say("page_use.none"), "none"
    else:
        takeaway, state = w.say("page_use.clear", page=worst["page"], k=int(worst["n_rage"]), n=int(worst["n_views"])), "clear"
    numbers = {"n_pages": len(use), "page": None if worst is None else worst["page"]}
    return Finding("where_do_pages_annoy", "channels", w.say("page_use.question"), takeaway, state=state, picture=_table(run, use), numbers=numbers,
                   text=(w.say("page_use.counting"), *_say_join(w, use)), tables={"page_use": use}, is_folded=True)  # fmt: skip


def _standing_out(use):
    """The page whose angry clicks per view are at least twice those of all other pages together, the most of those."""
    known = use[use["n_rage"].notna() & (use["n_views"] > 0)]
    others = [(known["n_rage"].sum() - row.n_rage, known["n_views"].sum() - row.n_views) for row in known.itertuples()]
    stands = [row.n_rage >= FEWEST_CLICKS and views > 0 and row.n_rage / row.n_views >= TIMES * clicks / views
              for row, (clicks, views) in zip(known.itertuples(), others, strict=True)]  # fmt: skip
    found = known[stands]
    return None if found.empty else found.sort_values(["rage_per_1000", "page"], ascending=[False, True], kind="stable").iloc[0]


def _say_join(w, use):
    """How many of the pages the web log has seen, where there is one."""
    n_known = int(use["n_visits"].notna().sum())
    return [w.say("page_use.join", k=n_known, n=len(use))] if n_known else []


def _table(run, use):
    w = run.words
    headings = [w.say(f"page_use.{name}") for name in ("page", "views", "visits", "scroll", "rage", "dead", "back")]
    rows = [[row.page, _count(w, row.n_views), _count(w, row.n_visits), None if pd.isna(row.scroll_share) else w.percent(row.scroll_share),
             *(None if pd.isna(rate) else w.number(rate, 0 if rate >= 10 else 1) for rate in (row.rage_per_1000, row.dead_per_1000, row.back_per_1000))]
            for row in use.head(_MOST).itertuples()]  # fmt: skip
    return html_table(headings, rows, caption=w.say("page_use.caption"), numeric=(1, 2, 3, 4, 5, 6))


def _count(w, n):
    return None if pd.isna(n) else w.count(int(n))
