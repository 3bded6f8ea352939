"""What has moved since last time, and what lies behind it? Stages, gaps, actions and purchases, then and since (M112)."""

from __future__ import annotations

from html import escape

import pandas as pd

from journeylib.client import Client
from journeylib.errors import RunError
from journeylib.figures.tables import html_table
from journeylib.findings import Finding
from journeylib.findings.effects import say_effect
from journeylib.findings.labels import say_rate, stage_label
from journeylib.findings.worth import say_purchase_change
from journeylib.improve.since import compare_reports
from journeylib.knowledge import load
from journeylib.run import Run
from journeylib.stages import load_stage_model
from journeylib.wording import Words


def what_has_changed(run, improved) -> Finding:
    """Stages then and since, gaps opened and closed, actions carried out; compared only where both reports count alike.

    Folded: where the change in purchases between two periods of the data lies, with or without an earlier report.
    """
    w, since = run.words, improved.since
    question, purchases = w.say("effects.since.question"), say_purchase_change(run, improved.purchase_change, improved.unsteady)
    folded = {"details": purchases, "details_label": w.say("effects_more.purchases.heading"),
              "tables": {} if improved.purchase_change is None else {"purchase_change": improved.purchase_change}}  # fmt: skip
    if since is None:
        return Finding("what_has_changed", "since", question, w.say("effects.since.first"), state="not_checkable", **folded)
    takeaway, state = say_since(run, since)
    text = list(_say_lists(run, since))
    return Finding("what_has_changed", "since", question, takeaway, text=tuple(text), picture=_stage_table(run, since), state=state, **folded,
                   numbers={"then_on": str(since.then_on), "n_opened": len(since.opened), "n_closed": len(since.closed), "differing": list(since.differing)})  # fmt: skip


def say_since(run, since) -> tuple[str, str]:
    """What has moved since the last report in one sentence, and its ending."""
    w, date = run.words, run.words.date(since.then_on)
    if since.differing:
        return w.say("effects.since.not_alike", date=date), "not_checkable"
    moved = since.stages[since.stages["moved"] != "not"] if len(since.stages) else since.stages
    if len(moved):
        row = moved.loc[moved["change"].abs().idxmax()]
        return w.say(f"effects.since.{row['moved']}", date=date, stage=stage_label(run, row["stage"]), since=w.rate(row["since"], row["since_lo"], row["since_hi"]),
                     then=w.rate(row["then"], row["then_lo"], row["then_hi"]), n=int(row["n_since"])), "clear"  # fmt: skip
    if len(since.opened) or len(since.closed):
        return w.say("effects.since.gaps", date=date, opened=w.count(len(since.opened)), closed=w.count(len(since.closed))), "clear"
    return w.say("effects.since.quiet", date=date), "none"


def _say_lists(run, since):
    w = run.words
    if since.differing:
        yield w.say("effects.since.what_differs", what=w.list([w.say(f"effects.since.differs.{name}") for name in since.differing]))
    changed = [w.say(f"comparing.sources.{kind}", sources=w.list(names)) for kind in ("added", "gone", "altered") if (names := getattr(since.sources, kind))]
    yield from [*changed, w.say("comparing.sources.rest")] if changed else []
    if since.limits_differing and (len(since.opened) or len(since.closed)):
        yield w.say("effects.since.limits_differ", what=w.list([w.say(f"effects.since.differs.{name}") for name in since.limits_differing]))
    for key, gaps in (("opened", since.opened), ("closed", since.closed)):
        if len(gaps):
            yield w.say(f"effects.since.{key}_list", gaps=w.list([_gap_name(run, gap) for gap in gaps.itertuples()][:5]))
    for key, actions in (("done", since.done), ("begun", since.begun)):
        if len(actions):
            yield w.say(f"effects.since.{key}_list", actions=w.list(list(actions["title"])[:5]))


def _gap_name(run, gap):
    name = run.words.label(load("gaps")[gap.check]["name"])
    place = stage_label(run, gap.stage) if gap.stage and gap.stage in run.model.all_ids else ""
    return f"{name} ({place})" if place else name


def _stage_table(run, since):
    w = run.words
    if since.stages.empty:
        return ""
    headings = [w.say("effects.since.stage"), w.say("effects.since.then", date=w.date(since.then_on)), *(w.say(f"effects.since.{name}") for name in ("after", "change", "moved"))]
    rows = [[stage_label(run, row.stage), w.rate(row.then, row.then_lo, row.then_hi), w.rate(row.since, row.since_lo, row.since_hi) if row.n_since >= 10 else None,
             w.say("effects.unit.share", value=w.score(row.change * 100, 0), range=w.span(row.lo * 100, row.hi * 100)) if row.n_since >= 10 else None,
             w.say(f"effects.since.moved_{row.moved}")] for row in since.stages.itertuples()]  # fmt: skip
    return html_table(headings, rows, caption=w.say("effects.since.caption"), numeric=(1, 2)) + f"<p>{escape(w.say('effects.since.counting'))}</p>"


def say_difference(then, now) -> list[str]:
    """Two delivered reports set beside each other, line by line, in the later one's language (`journey diff`).

    Raises
    ------
    RunError
        They are of different clients, or not in order of time.
    """
    if then.record["client"] != now.record["client"]:
        raise RunError(f"The reports are of {then.record['client']!r} and {now.record['client']!r}; expected two of one client.")
    if then.as_of >= now.as_of:
        raise RunError(f"The data of the first report end {then.as_of}, of the second {now.as_of}; expected the earlier report first.")
    run = _run_of(now)
    since, w = compare_reports(then, now), run.words
    lines = [say_since(run, since)[0], *_say_lists(run, since)]
    lines += [_say_stage(run, row) for row in since.stages.itertuples()]
    return lines + [say_effect(w, row) for row in now.tables.get("effects", pd.DataFrame()).itertuples()]


def _say_stage(run, row):
    """A stage's share then, and that of those who could be followed since: a number of neither report, so it says of whom; few as counts."""
    w = run.words
    added = say_rate(w, round(row.since * row.n_since), row.n_since, row.since, row.since_lo, row.since_hi)
    return w.say("comparing.line", stage=stage_label(run, row.stage), then=w.rate(row.then, row.then_lo, row.then_hi), since=added, n=row.n_since,
                 moved=w.say(f"effects.since.moved_{row.moved}"))  # fmt: skip


def _run_of(delivery):
    """As much of a run as words and stages' names need, from what was delivered."""
    told = {**delivery.parameters, "data_folder": delivery.folder, "params_file": delivery.folder / "run.json"}
    client = Client(**told)
    return Run(client, load_stage_model(client), Words(client.language, client.currency, client.timezone), delivery.folder)
