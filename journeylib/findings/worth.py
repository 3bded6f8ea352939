"""Value at stake, folded: where an improvement gives most, what several give together, and where a change in purchases lies (C2)."""

from __future__ import annotations

from html import escape

import pandas as pd

from journeylib.figures.tables import html_table
from journeylib.findings.labels import stage_label


def say_value_split(run, split: pd.DataFrame | None, *, with_heading: bool = True) -> str:
    """What each stage would give alone, all together, and each one's part, as safe HTML; nothing where the way to the purchase is not known."""
    if split is None or len(split) < 3:
        return ""
    w, stages, whole = run.words, split.iloc[:-1], split.iloc[-1]
    ties = _tied(stages)
    names = [stage_label(run, stage) for stage in stages["stage"]]
    text = [] if ties and ties[0][0] == 0 else [w.say(f"effects_more.split.{whole['kind']}", stage=names[0])]
    text += [w.say("effects_more.split.tied", stages=w.list([names[place] for place in group])) for group in ties]
    text.append(w.say("effects_more.split.joint", joint=w.money_range(whole["part_lo"], whole["part_hi"]), sum=w.money_range(whole["alone_lo"], whole["alone_hi"])))
    headings = [w.say(f"effects_more.split.{name}") for name in ("stage", "alone", "part")]
    rows = [[stage_label(run, row.stage) if row.stage else w.say("effects_more.split.all"), w.money_range(row.alone_lo, row.alone_hi), w.money_range(row.part_lo, row.part_hi)]
            for row in split.itertuples()]  # fmt: skip
    return _folded(w.say("effects_more.split.heading") if with_heading else "", text, html_table(headings, rows, numeric=(1, 2)))


def _tied(stages) -> list[list[int]]:
    """Runs of neighbours that cannot be told apart, as positions."""
    groups, last = [], None
    for place, is_tied in enumerate(stages["is_tied"]):
        if is_tied and last == place:
            groups[-1].append(place + 1)
        elif is_tied:
            groups.append([place, place + 1])
        last = place + 1 if is_tied else None
    return groups


def say_purchase_change(run, change: pd.DataFrame | None, unsteady: tuple[str, ...] = ()) -> str:
    """Where the change in purchases lies, as safe HTML; the sources that keep two periods apart, else nothing, where they cannot be set beside each other."""
    w = run.words
    if change is None:
        return _folded("", [w.say("comparing.unsteady", sources=w.list(unsteady))], "") if unsteady else ""
    first = change.iloc[0]
    text = [w.say(f"effects_more.purchases.{'a_year' if first['is_a_year'] else 'in_a_row'}", days=w.days(first["days"]), now_from=w.date(first["now_from"]),
                  now=w.count(first["n_now"]), then=w.count(first["n_then"])), *_say_parts(run, change), w.say("effects_more.purchases.note")]  # fmt: skip
    headings = [w.say(f"effects_more.purchases.{name}") for name in ("place", "then", "now", "part")]
    rows = [[_place(run, row), _level(w, row, row.then), _level(w, row, row.now), _part(w, change, row)] for row in change.itertuples()]
    return _folded("", text, html_table(headings, rows, numeric=(1, 2, 3)))


def _say_parts(run, change):
    w = run.words
    certain = change[(change["lo"] > 0) | (change["hi"] < 0)].assign(size=lambda rows: rows["part"].abs()).sort_values("size", ascending=False, kind="stable")
    tied = change[change["is_tied"]]
    if certain.empty:
        yield w.say("effects_more.purchases.close")
        return
    row = next(certain.itertuples())
    yield w.say("effects_more.purchases.clear", part=_part(w, change, row), place=_place(run, row))
    if len(tied):
        yield w.say("effects_more.purchases.tied", places=w.list([_place(run, each) for each in tied.itertuples()]))


def _part(w, change, row):
    """A part with its range, in tenths where all parts are small."""
    digits = 0 if change["part"].abs().max() >= 10 else 1
    return f"{w.score(row.part, digits)} ({w.span(row.lo, row.hi, digits)})"


def _place(run, row):
    return run.words.say("effects_more.purchases.went_on", stage=stage_label(run, row.stage)) if row.stage else run.words.say("effects_more.purchases.began")


def _level(w, row, value):
    return w.percent(value) if row.stage else w.count(round(value))


def _folded(heading, text, table):
    head = f"<p><strong>{escape(heading)}</strong></p>" if heading else ""
    return f"{head}{table}" + "".join(f"<p>{escape(sentence)}</p>" for sentence in text)
