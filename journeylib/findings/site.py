"""Where visitors land and leave, and which request to act works best: a finding of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.tables import Bar, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import number_or_none, say_rate, stage_label, touchpoint_label
from journeylib.measures.stats import wilson

#: Fewer visits than this say nothing of where people leave; fewer views than this, nothing of a request.
FEWEST_VISITS, FEWEST_VIEWS = 30, 10
#: More landing pages than this that cannot be told apart, and none is named.
MOST_NAMED = 3
#: Pages in the picture; the rest is folded. A request leads where it is the best with this probability.
MOST_PAGES, MOST_CTAS, SURE = 6, 15, 0.95


def is_the_site_doing_its_job(run, mapped) -> Finding | None:
    """Where visits begin and end, time on the page, who goes on, and the requests to act (C19); None where no page view was delivered."""
    w, pages, ctas = run.words, mapped.shown.get("pages"), mapped.shown.get("ctas")
    if pages is None or pages.empty:
        return None
    takeaway, state, numbers = _say_pages(run, pages)
    return Finding("is_the_site_doing_its_job", "channels", w.say("site.question"), takeaway, text=(_say_ctas(run, ctas),),
                   so_what=w.say("site.so_what") if state == "clear" else "", picture=_page_table(run, _picked(pages)), details=_details(run, pages, ctas),
                   details_label=w.say("site.details"), tables={"pages": pages} if ctas is None else {"pages": pages, "ctas": ctas}, state=state, numbers=numbers, folded_under=w.say("findings.show"))  # fmt: skip


def _say_pages(run, pages):
    """The sentence: the landing pages that cannot be told apart from the first, and the page that loses most beyond its type."""
    w, n_visits = run.words, int(pages["n_landings"].sum())
    if n_visits < FEWEST_VISITS:
        return w.say("site.too_few", n=n_visits), "too_few", {"n_visits": n_visits}
    first, losing = _first_pages(pages), _losing(pages)
    landing = {} if len(first) > MOST_NAMED else {"landing": w.list(list(first["page"])), "share": w.percent(first["landing_share"].sum())}
    kind = "" if landing else "_many"
    numbers = {"landing": list(first["page"])[:MOST_NAMED] if landing else [], "n_visits": n_visits, "page": None, "exit_rate": None}
    if losing is None:
        return w.say(f"site.even{kind}", **landing), "none", numbers
    numbers |= {"page": losing["page"], "exit_rate": number_or_none(losing["exit_rate"])}
    return w.say(f"site.leave{kind}", page=losing["page"], rate=w.percent(losing["exit_rate"]), expected=w.percent(losing["exit_expected"]), **landing), "clear", numbers


def _first_pages(pages):
    """The pages most visits begin on: the first, and all that cannot be told from it."""
    lo, hi = wilson(pages["n_landings"].to_numpy(float), float(pages["n_landings"].sum()))
    ranked = pages.assign(lo=lo, hi=hi).sort_values(["n_landings", "page"], ascending=[False, True], kind="stable")
    return ranked[ranked["hi"] >= ranked["lo"].iloc[0]]


def _losing(pages):
    """The page whose exits exceed those of its type by most visits, among those that do so for certain."""
    more = pages[pages["stands_out"] == "more"]
    if more.empty:
        return None
    excess = (more["exit_rate"] - more["exit_expected"]) * more["n_visits"].astype(float)
    return more.loc[excess.idxmax()]


def _say_ctas(run, ctas):
    w = run.words
    if ctas is None or ctas.empty:
        return w.say("site.cta_none")
    known = ctas[ctas["n_views"] >= FEWEST_VIEWS]
    if known.empty:
        return w.say("site.cta_few")
    top = known.iloc[0]
    said = {"cta": _cta(run, top), "page": top["page"], "rate": w.rate(top["shrunk"], top["lo"], top["hi"])}
    if len(ctas) == 1:
        return w.say("site.cta_one", **said)
    if top["p_best"] >= SURE or len(known) == 1:
        return w.say("site.cta_clear", **said) if top["p_best"] >= SURE else w.say("site.cta_one", **said)
    b = known.iloc[1]
    return w.say("site.cta_close", a=_cta(run, top), a_page=top["page"], a_rate=said["rate"], b=_cta(run, b), b_page=b["page"], b_rate=w.rate(b["shrunk"], b["lo"], b["hi"]))


def _cta(run, row):
    """What is clicked, in the client's words; the kind of click where the source names nothing else."""
    text = touchpoint_label(run, row["touchpoint"]) if row["cta"] == row["touchpoint"] else row["cta"]
    return run.words.say("site.quoted", text=text)


def _picked(pages):
    """The pages in the picture: those that lose more than their type, filled up with the most visited."""
    order = pages.assign(is_calm=pages["stands_out"].fillna("") != "more").sort_values(["is_calm", "n_visits", "page"], ascending=[True, False, True], kind="stable")
    return order.head(MOST_PAGES).sort_values(["n_visits", "page"], ascending=[False, True], kind="stable")


def _page_table(run, pages, caption=""):
    w = run.words
    headings = [w.say(f"site.{name}") for name in ("page", "stage", "visits", "landings", "exits", "time", "goes_on")]
    rows = [[row.page, stage_label(run, row.stage) if row.stage else w.say("site.no_stage"), w.count(row.n_visits), w.percent(row.landing_share), _exits(w, row),
             _time(w, row.median_seconds), say_rate(w, row.n_next, row.n_entered, row.next_rate, row.next_lo, row.next_hi, 0) if pd.notna(row.n_entered) and row.n_entered else None] for row in pages.itertuples()]  # fmt: skip
    return html_table(headings, rows, caption=caption, numeric=(2, 3, 5))


def _exits(w, row):
    tone = "red" if pd.notna(row.stands_out) and row.stands_out == "more" else "blue"
    return Bar(row.exit_rate, say_rate(w, row.n_exits, row.n_visits, row.exit_rate, row.exit_lo, row.exit_hi, 0), row.exit_lo, row.exit_hi, tone)


def _time(w, seconds):
    if pd.isna(seconds):
        return None
    whole = int(seconds + 0.5)
    return w.say("site.seconds", s=whole) if whole < 60 else w.say("site.minutes", m=whole // 60, s=whole % 60)


def _details(run, pages, ctas):
    return _page_table(run, pages, run.words.say("site.pages_caption")) + (_cta_table(run, ctas.head(MOST_CTAS)) if ctas is not None and len(ctas) else "")


def _cta_table(run, ctas):
    w = run.words
    headings = [w.say(f"site.{name}") for name in ("cta", "page", "visits", "clicks", "rate", "p_best")]
    rows = [[_cta(run, row), row["page"], w.count(row["n_views"]), w.count(row["n_clicks"]), Bar(row["shrunk"], _click_rate(w, row), row["lo"], row["hi"]),
             w.percent(row["p_best"])] for _, row in ctas.iterrows()]  # fmt: skip
    return html_table(headings, rows, caption=w.say("site.cta_caption"), numeric=(2, 3, 5))


def _click_rate(w, row):
    if row["n_views"] < FEWEST_VIEWS:
        return w.say("findings.k_of_n", k=int(row["n_clicks"]), n=int(row["n_views"]))
    return w.rate(row["shrunk"], row["lo"], row["hi"])
