"""Did the changes work? Each logged change in a sentence, a row and a curve; and what a planned one will be able to show (M110, M111)."""

from __future__ import annotations

import json
from html import escape

import pandas as pd

from journeylib.effects.groups import named_groups
from journeylib.effects.nordic import day_name
from journeylib.figures.effect_series import draw_effect_series
from journeylib.figures.tables import Tag, html_table, set_text
from journeylib.findings import Finding
from journeylib.findings.labels import channel_label, number_or_none, persona_label, stage_label
from journeylib.predict.called import list_named
from journeylib.presets import resolved_thresholds

_TONES = {"better": "ok", "worse": "found", "no_effect": "none", "too_early": "uncertain", "cannot_judge": "unknown"}
#: Changes told in a sentence each, the latest ones, and curves drawn.
_N_TOLD, _N_DRAWN = 3, 3


def did_it_work(run, improved) -> Finding:
    """Each logged change: measure, level without and with, effect with its range, how it was judged and the verdict (C9)."""
    w, effects = run.words, improved.effects
    question = w.say("effects.worked.question")
    if effects.empty:
        return Finding("did_it_work", "since", question, w.say("effects.worked.not_checkable"), state="not_checkable")
    takeaway, state, lead = _say_what_worked(w, effects)
    told = [say_effect(w, row, run.client.as_of) for row in effects.itertuples()]
    drawn = [_draw(run, improved, row) for row in _drawn_first(effects)[:_N_DRAWN]]
    table = _effect_table(run, effects)
    return Finding("did_it_work", "since", question, takeaway, text=tuple(told[-_N_TOLD:]), so_what=_so_what(w, effects, run.client.as_of), picture=table + (drawn[0] if drawn else ""),
                   details="".join([*drawn[1:], _say_reasons(w, effects)]), details_label=w.say("effects.worked.details"),
                   tables={"effects": effects} | ({"effect_series": improved.effect_series} if len(improved.effect_series) else {}), state=state,
                   numbers={"n": len(effects)} | ({} if lead is None else {name: number_or_none(getattr(lead, name)) for name in ("effect", "lo", "hi")}))  # fmt: skip


def _say_what_worked(w, effects):
    """The sentence, its ending, and the change it leads with: harm first, then the surest good."""
    of = len(effects)
    for verdict in ("worse", "better"):
        rows = effects[effects["verdict"] == verdict].sort_values(["strength", "change_id"], ascending=[False, True])
        if len(rows):
            lead = next(rows.itertuples())
            key = verdict if lead.strength > 1 else f"moved_{verdict}"
            return w.say(f"effects.worked.{key}", title=lead.title, effect=_size(w, lead), n=len(rows), of=w.count(of)), "clear", lead
    n_none = int((effects["verdict"] == "no_effect").sum())
    if n_none:
        return w.say("effects.worked.none", n=n_none), "none", None
    early = effects[effects["verdict"] == "too_early"]
    if len(early):
        return w.say("effects.worked.too_early", n=len(early), date=w.date(early["judged_from"].min())), "too_few", None
    return w.say("effects.worked.cannot", n=of), "too_few", None


def say_effect(w, row, as_of=None) -> str:
    """One change in one sentence: what was seen, or from when it can be, and of one that has not begun by `as_of` how much can be seen."""
    if row.verdict in ("better", "worse", "no_effect"):
        return w.say(f"effects.one.{row.verdict}", title=row.title, effect=_size(w, row))
    if row.verdict == "too_early" and as_of is not None and row.start_on > pd.Timestamp(as_of):
        return _say_planned(w, row)
    if row.verdict == "too_early":
        return w.say("effects.one.too_early", title=row.title, date=w.date(row.judged_from))
    return w.say("effects.one.cannot_judge", title=row.title)


def _say_planned(w, row):
    values = {"title": row.title, "start": w.date(row.start_on), "date": w.date(row.judged_from)}
    if _never_shows(row):
        return w.say("effects_more.planned.unknown", **values)
    key = "hopeless" if pd.notna(row.is_worth_testing) and not row.is_worth_testing else "visible"
    return w.say(f"effects_more.planned.{key}", smallest=_smallest(w, row), **values)


def _never_shows(row) -> bool:
    """Whether no effect a share can have would show: none is known, or only one beyond the whole scale."""
    return bool(pd.isna(row.smallest) or (row.unit == "share" and row.smallest >= 1))


def _smallest(w, row):
    """The smallest effect that will show, in the KPI's own unit."""
    return w.say(f"effects.size.{row.unit}", value=w.number(row.smallest * (100 if row.unit == "share" else 1), 1))


def _size(w, row):
    """The effect with its range, in the KPI's own unit."""
    factor, digits = _scale(row)
    return w.say(f"effects.unit.{row.unit}", value=w.score(row.effect * factor, digits), range=w.span(row.lo * factor, row.hi * factor, digits))


def _scale(row):
    factor = 100 if row.unit == "share" else 1
    wide = (row.hi - row.lo) * factor >= 4
    return factor, 0 if wide else 1


def _so_what(w, effects, as_of):
    """What to do about the verdicts; a change that has not begun and cannot be judged is to be decided, one under way is left to run."""
    worse, better = (effects[(effects["verdict"] == verdict) & (effects["strength"] > 1)] for verdict in ("worse", "better"))
    ahead = effects[effects["start_on"] > pd.Timestamp(as_of)]
    hopeless = ahead[(ahead["verdict"] == "too_early") & (ahead["is_worth_testing"] == False).fillna(False)]  # noqa: E712  (missing is neither)
    if len(worse):
        return w.say("effects.worked.so_what_back", title=worse["title"].iloc[0])
    if len(hopeless):
        row = next(hopeless.itertuples())
        return w.say("effects.worked.so_what_decide", title=row.title, smallest=_smallest(w, row))
    return w.say("effects.worked.so_what_keep", title=better["title"].iloc[0]) if len(better) else ""


def _effect_table(run, effects):
    w = run.words
    headings = [w.say(f"effects.worked.{name}") for name in ("change", "kpi", "levels", "effect", "design", "verdict")]
    rows = [[_title(run, row), _kpi(run, row), _levels(w, row), _size(w, row) if pd.notna(row.effect) else None,
             f"{'●' * row.strength or '○'} {w.say(f'effects.design.{row.design}')}", _verdict(w, row)] for row in effects.itertuples()]  # fmt: skip
    return html_table(headings, rows, caption=w.say("effects.worked.caption"))


def _title(run, row):
    """The change, and the groups it reached."""
    named = named_groups(row.scope if pd.notna(row.scope) else "")
    if not named.starts:
        return row.title
    label = {"persona": persona_label, "channel": channel_label}.get(named.kind, lambda run, name: name)
    return run.words.say("effects.group", title=row.title, group=run.words.list([label(run, name) for name in named.starts]))


def _kpi(run, row):
    if list_named(row.scope if pd.notna(row.scope) else ""):
        return run.words.say("predicting.bought")
    thresholds = resolved_thresholds(run.client)
    days = run.words.days(thresholds.follow_up_days if row.kpi == "contacted" else thresholds.window_days)
    return run.words.say(f"effects.kpi.{row.kpi}", stage=stage_label(run, row.stage if pd.notna(row.stage) else run.model.ids[0]), days=days)


def _levels(w, row):
    def level(value):
        return "–" if pd.isna(value) else w.percent(value) if row.unit == "share" else w.score(value) if row.unit == "score" else w.days(value)

    without = row.before if pd.isna(row.effect) else row.after - row.effect  # what the design expects without the change
    return f"{level(without)} → {level(row.after)}"


def _verdict(w, row):
    moved = row.verdict in ("better", "worse") and row.strength <= 1
    key = f"moved_{row.verdict}" if moved else row.verdict
    return Tag(w.say(f"effects.verdict.{key}", date=w.short_date(row.judged_from)), _TONES[row.verdict])


def _say_reasons(w, effects):
    said = {row.title: [*(_say_reason(w, reason) for reason in json.loads(row.reasons)), *_say_power(w, row)] for row in effects.itertuples()}
    return "".join(f"<p><strong>{escape(title)}</strong><br>{set_text(' '.join(sentences))}</p>" for title, sentences in said.items() if sentences)


def _say_power(w, row):
    """How large an effect has to be to show, of a change that cannot be judged yet."""
    if row.verdict == "too_early" and not _never_shows(row):
        yield w.say("effects_more.power", smallest=_smallest(w, row))


def _say_reason(w, reason):
    """A reason in words: its numbers formatted as what they are."""
    values = {name: value for name, value in reason.items() if name != "key"}
    if "kind" in values:
        values["day"] = w.label(day_name(values.pop("kind")))
    if "titles" in values:
        values["titles"] = w.list(values["titles"])
    if "points" in values:
        values["points"] = w.say("effects.size.share", value=w.number(values["points"] * 100, 1))
    if "other" in values:
        values = {"a": w.count(values["n"]), "b": w.count(values["other"])}
    if "taken" in values:
        values["taken"] = w.percent(values["taken"])
    key = f"effects.reason.{reason['key']}"
    return w.say(key if w.has(key) else f"effects_more.reason.{reason['key']}", **values)


def _drawn_first(effects):
    order = {"worse": 0, "better": 1, "no_effect": 2}
    judged = effects[effects["verdict"].isin(order)]
    return list(judged.assign(at=judged["verdict"].map(order)).sort_values(["at", "change_id"]).itertuples())


def _draw(run, improved, row):
    series = improved.effect_series[improved.effect_series["change_id"] == row.change_id]
    if len(series[series["observed"].notna()]) < 3:
        return ""
    w = run.words
    words = {name: w.say(f"effects.picture.{name}") for name in ("observed", "expected", "start")}
    say_value = w.percent if row.unit == "share" else w.number
    say_at = w.short_month if series["at"].max() - series["at"].min() > pd.Timedelta(days=120) else w.short_date
    drawn = draw_effect_series(series, change_at=row.start_on, words=words, alt=say_effect(w, row), say_value=say_value, say_at=say_at)
    return f'<p class="bar-note">{escape(_title(run, row))} · {escape(_kpi(run, row))}</p>{drawn}'
