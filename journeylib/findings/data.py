"""What came in: the findings of notebook 01."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.tables import Lines, html_table
from journeylib.findings import Finding
from journeylib.findings.coverage import draw_missing, draw_timeline, stale_sources
from journeylib.findings.heard import say_heard
from journeylib.findings.labels import n_seen, say_grain, say_people, touchpoint_label
from journeylib.measures.small_answers import shown_ends


def what_came_in(run, collected) -> Finding:
    """Every file: its rows, what was kept, what was dropped and why, its period, when it has rows and what is missing in it (M040)."""
    w, sources = run.words, collected.sources
    question = w.say("findings.came_in.question")
    if sources.empty:
        return Finding("what_came_in", "appendix", question, w.say("findings.came_in.none"), state="none")
    log = collected.log
    if len(log):
        first, last = (pd.Timestamp(int(end), unit="us", tz="UTC") for end in (log.at_us.min(), log.at_us.max()))
        takeaway = w.say("findings.came_in.clear", n=len(sources), events=w.count(len(log)), customers=_say_seen(run, collected),
                         first=w.date(first), last=w.date(last))  # fmt: skip
    else:
        takeaway = w.say("findings.came_in.no_events", n=len(sources))
    facts = collected.facts | {"n_outside_period": collected.facts.get("n_before_period", 0) + collected.facts.get("n_after_period", 0)}
    text = tuple(w.say(f"findings.came_in.{name}", n=int(facts[name])) for name in _CUTS if facts.get(name))
    stale = stale_sources(run, collected)
    text = (*_say_listed_only(run, collected), *text)
    text = (w.say("joins.time.stale", sources=w.list(stale)), *text) if stale else text
    text = (*text, *_say_whole_files(run, sources))
    picture = _source_table(w, sources) + draw_timeline(run, collected) + draw_missing(run, sources)
    return Finding("what_came_in", "appendix", question, takeaway, text=text, picture=picture, details=_quality_table(run, sources),
                   details_label=w.say("findings.came_in.details"), tables={"sources": sources},
                   state="clear" if len(log) else "none",
                   numbers={"n_sources": len(sources), "n_events": len(log), "n_customers": len(collected.customers), "stale": stale})  # fmt: skip


def _say_seen(run, collected):
    """People seen; where only accounts or runs are known, those."""
    return say_people(run, n_seen(collected)) if n_seen(collected) else say_grain(run, int(collected.journeys["unit"].nunique()))


def _say_listed_only(run, collected):
    """People on a customer list whom no event knows: why fewer are counted elsewhere."""
    n = len(collected.customers) - n_seen(collected) if len(collected.log) else 0
    return [run.words.say("clarity.listed_only", people=say_people(run, n))] if n > 0 else []


def _say_whole_files(run, sources):
    """Where a file goes on after the data cut: the table shows it whole, everything else only until then."""
    if (sources["last_at"] >= pd.Timestamp(run.client.as_of, tz=run.client.timezone) + pd.Timedelta(days=1)).any():
        yield run.words.say("comparing.whole_files", date=run.words.date(run.client.as_of))


_CUTS = ("n_exact_duplicates", "n_too_old", "n_outside_period", "n_of_other_offers", "n_after_cut", "n_no_customer", "n_events_without_account", "n_no_moment", "n_filtered")


def _source_table(w, sources):
    headings = [w.say(f"findings.came_in.{name}") for name in ("source", "rows", "kept", "dropped", "customers", "period", "read_as", "by")]
    rows = [
        [Lines((row.source,) if row.file == row.source else (row.source, row.file)), w.count(row.n_rows), w.count(row.n_kept), _dropped(w, row),
         w.count(row.n_customers) if pd.notna(row.n_customers) else None, _period(w, row), _read_as(row), row.delivered_by if pd.notna(row.delivered_by) else None]
        for row in sources.itertuples()
    ]  # fmt: skip
    return html_table(headings, rows, caption=w.say("findings.came_in.caption"), numeric=(1, 2, 4))


def _quality_table(run, sources):
    """Per file: how old its newest row is at the data cut, lines passed over, fields left empty, columns nobody understood."""
    w, cut = run.words, pd.Timestamp(run.client.as_of, tz="UTC") + pd.Timedelta(days=1)
    headings = [w.say(f"findings.came_in.{name}") for name in ("source", "age", "skipped", "empty", "not_understood")]
    rows = [[row.source, w.days(max((cut - row.last_at).days, 0)) if pd.notna(row.last_at) else None, w.count(row.n_skipped_lines),
             _empty_fields(w, row.missing_fields), row.not_understood if pd.notna(row.not_understood) else None] for row in sources.itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=(1, 2))


def _empty_fields(w, missing):
    """'need_id: 0.21; reach: 0.07' in words."""
    if pd.isna(missing) or not missing:
        return None
    pairs = [part.rpartition(":") for part in str(missing).split(";")]
    return ", ".join(f"{w.say(f'fields.{name.strip()}')} {w.percent(float(share))}" for name, _, share in pairs)


def _dropped(w, row):
    """How many rows were dropped and why; where there is one reason, it says the number itself."""
    if not row.n_dropped or pd.isna(row.drop_reasons):
        return w.count(row.n_dropped or 0)
    reasons = say_reasons(w, row.drop_reasons)
    return f"{w.count(row.n_dropped)}: {reasons}" if ";" in row.drop_reasons else reasons


def say_reasons(w, reasons: str) -> str:
    """'no_customer: 12; where: Quantity > 0: 3' in words, the number first: each reason's code is a message, what follows it is quoted."""
    said = []
    for part in filter(None, (piece.strip() for piece in str(reasons).split(";"))):
        reason, _, number = part.rpartition(":")
        code, _, what = reason.partition(":")
        key = f"collect.dropped.{code.strip()}"
        text = w.say(key, what=what.strip()) if w.has(key) else reason.strip()
        said.append(f"{w.count(int(number))} {text}")
    return "; ".join(said)


def _period(w, row):
    return Lines((f"{w.short_date(row.first_at)} –", w.short_date(row.last_at))) if pd.notna(row.first_at) else None


def _read_as(row):
    return Lines(tuple(str(part) for part in (row.format, row.encoding) if pd.notna(part)))


def how_much_is_understood(run, collected) -> Finding:
    """How many events a rule gave a place in the journey, and what the rest are (M021: counted and shown, never dropped)."""
    w, log = run.words, collected.log
    question = w.say("findings.understood.question")
    if not len(log):
        return Finding("how_much_is_understood", "appendix", question, w.say("findings.understood.too_few"), state="too_few")
    unmatched = collected.unmatched
    n = int(unmatched["n_events"].sum()) if len(unmatched) else 0
    if n == 0:
        takeaway, state = w.say("findings.understood.none", events=w.count(len(log))), "clear"
    else:
        takeaway = w.say("findings.understood.clear", n=n, events=w.count(len(log)), share=w.percent(n / len(log)))
        state = "clear"
    return Finding("how_much_is_understood", "appendix", question, takeaway, picture=_unmatched_table(run, unmatched) if n else "", state=state,
                   numbers={"n_events": len(log), "n_unmatched": n})  # fmt: skip


def _unmatched_table(run, unmatched):
    w, k = run.words, run.client.privacy.k
    shown = unmatched[unmatched["n_events"] >= k].sort_values(["n_events", "source", "touchpoint", "detail"], ascending=[False, True, True, True]).head(20)
    headings = [w.say(f"findings.understood.{name}") for name in ("source", "touchpoint", "detail", "events")]
    rows = [[row.source, touchpoint_label(run, row.touchpoint), row.detail if pd.notna(row.detail) else None, w.count(row.n_events)] for row in shown.itertuples()]
    return html_table(headings, rows, numeric=(3,)) if rows else ""


def who_is_in_this_report(run, collected) -> Finding:
    """The journeys of the report and their state at the data cut: open is not lost."""
    w, journeys = run.words, collected.journeys
    question = w.say("findings.who.question")
    if journeys.empty:
        return Finding("who_is_in_this_report", "numbers", question, w.say("findings.who.none"), state="none")
    states = {state: int((journeys["state"] == state).sum()) for state in ("won", "lost", "open", "dormant")}
    grain = say_grain(run, len(journeys))
    still = states["open"] + states["dormant"]
    k = run.client.privacy.k
    shown = shown_ends(states, k)
    takeaway = (w.say("findings.who.clear", journeys=grain, won=w.count(states["won"]), lost=w.count(states["lost"]), open=w.count(still)) if shown
                else w.say("clarity.few_decided", journeys=grain, k=k))  # fmt: skip
    text = [*_say_made_of(run, collected), w.say("findings.who.cut", date=w.date(run.client.as_of))]
    text.append(w.say("findings.who.lost_rule", days=w.days(run.client.thresholds.lost_after_days)) if run.client.thresholds.lost_after_days
                else w.say("findings.who.no_lost_rule"))  # fmt: skip
    text += say_heard(run, collected)
    return Finding("who_is_in_this_report", "numbers", question, takeaway, text=tuple(text), numbers={"n_journeys": len(journeys), **shown})


def _say_made_of(run, collected):
    """Where companies are counted as customers: how many people stand behind them, for other numbers of the report count people."""
    w, journeys, n_people, market = run.words, collected.journeys, n_seen(collected), run.client.market
    n_accounts = int(journeys["account_id"].nunique())
    n_private = int(journeys.loc[journeys["account_id"].isna(), "unit"].nunique())
    if market == "b2c" or not n_people or not n_accounts or run.client.journey in ("key", "offer"):
        return
    people = say_people(run, n_people)
    if market == "b2b":
        yield w.say("clarity.made_of.b2b", people=people)
    elif n_private:
        yield w.say("clarity.made_of.both", accounts=w.count(n_accounts), private=w.count(n_private), people=people)
