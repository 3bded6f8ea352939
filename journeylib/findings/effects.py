"""Did the changes work, and what has moved since last time? The section that closes the loop (M110–M112)."""

from __future__ import annotations

import json
from html import escape

import pandas as pd

from journeylib.client import Client
from journeylib.effects.nordic import day_name
from journeylib.errors import RunError
from journeylib.figures.effect_series import draw_effect_series
from journeylib.figures.tables import Tag, html_table, set_text
from journeylib.findings import Finding
from journeylib.findings.labels import channel_label, number_or_none, persona_label, stage_label
from journeylib.improve.since import compare_reports
from journeylib.knowledge import load
from journeylib.presets import resolved_thresholds
from journeylib.run import Run
from journeylib.stages import load_stage_model
from journeylib.wording import Words

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
    told = [say_effect(w, row) for row in effects.itertuples()]
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


def say_effect(w, row) -> str:
    """One change in one sentence: what was seen, or from when it can be."""
    if row.verdict in ("better", "worse", "no_effect"):
        return w.say(f"effects.one.{row.verdict}", title=row.title, effect=_size(w, row))
    if row.verdict == "too_early":
        return w.say("effects.one.too_early", title=row.title, date=w.date(row.judged_from))
    return w.say("effects.one.cannot_judge", title=row.title)


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
        smallest = w.say(f"effects.size.{row.unit}", value=w.number(row.smallest * (100 if row.unit == "share" else 1), 1))
        return w.say("effects.worked.so_what_decide", title=row.title, smallest=smallest)
    return w.say("effects.worked.so_what_keep", title=better["title"].iloc[0]) if len(better) else ""


def _effect_table(run, effects):
    w = run.words
    headings = [w.say(f"effects.worked.{name}") for name in ("change", "kpi", "levels", "effect", "design", "verdict")]
    rows = [[_title(run, row), _kpi(run, row), _levels(w, row), _size(w, row) if pd.notna(row.effect) else None,
             f"{'●' * row.strength or '○'} {w.say(f'effects.design.{row.design}')}", _verdict(w, row)] for row in effects.itertuples()]  # fmt: skip
    return html_table(headings, rows, caption=w.say("effects.worked.caption"))


def _title(run, row):
    kind, _, name = (row.scope if pd.notna(row.scope) else "").partition(":")
    if not name:
        return row.title
    named = {"persona": persona_label, "channel": channel_label}.get(kind, lambda run, name: name)(run, name)
    return run.words.say("effects.group", title=row.title, group=named)


def _kpi(run, row):
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
    said = {row.title: [_say_reason(w, reason) for reason in json.loads(row.reasons)] for row in effects.itertuples()}
    return "".join(f"<p><strong>{escape(title)}</strong><br>{set_text(' '.join(sentences))}</p>" for title, sentences in said.items() if sentences)


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
    return w.say(f"effects.reason.{reason['key']}", **values)


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
    drawn = draw_effect_series(series, change_at=row.start_on, words=words, alt=say_effect(w, row), say_value=say_value)
    return f'<p class="bar-note">{escape(_title(run, row))} · {escape(_kpi(run, row))}</p>{drawn}'


# --- since last time --------------------------------------------------------------------------------------------------


def what_has_changed(run, improved) -> Finding:
    """Stages then and since, gaps opened and closed, actions carried out; compared only where both reports count alike."""
    w, since = run.words, improved.since
    question = w.say("effects.since.question")
    if since is None:
        return Finding("what_has_changed", "since", question, w.say("effects.since.first"), state="not_checkable")
    takeaway, state = _say_since(run, since)
    text = list(_say_lists(run, since))
    return Finding("what_has_changed", "since", question, takeaway, text=tuple(text), picture=_stage_table(run, since), state=state,
                   numbers={"then_on": str(since.then_on), "n_opened": len(since.opened), "n_closed": len(since.closed), "differing": list(since.differing)})  # fmt: skip


def _say_since(run, since):
    w, date = run.words, run.words.date(since.then_on)
    if since.differing:
        return w.say("effects.since.not_alike", date=date), "not_checkable"
    moved = since.stages[since.stages["moved"] != "not"] if len(since.stages) else since.stages
    if len(moved):
        row = moved.loc[moved["change"].abs().idxmax()]
        return w.say(f"effects.since.{row['moved']}", date=date, stage=stage_label(run, row["stage"]), since=w.rate(row["since"], row["since_lo"], row["since_hi"]),
                     then=w.rate(row["then"], row["then_lo"], row["then_hi"])), "clear"  # fmt: skip
    if len(since.opened) or len(since.closed):
        return w.say("effects.since.gaps", date=date, opened=w.count(len(since.opened)), closed=w.count(len(since.closed))), "clear"
    return w.say("effects.since.quiet", date=date), "none"


def _say_lists(run, since):
    w = run.words
    if since.differing:
        yield w.say("effects.since.what_differs", what=w.list([w.say(f"effects.since.differs.{name}") for name in since.differing]))
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
    lines = [_say_since(run, since)[0], *_say_lists(run, since)]
    lines += [f"{stage_label(run, row.stage)}: {w.rate(row.then, row.then_lo, row.then_hi)} → {w.rate(row.since, row.since_lo, row.since_hi)}, "
              f"{w.say(f'effects.since.moved_{row.moved}')}" for row in since.stages.itertuples()]  # fmt: skip
    return lines + [say_effect(w, row) for row in now.tables.get("effects", pd.DataFrame()).itertuples()]


def _run_of(delivery):
    """As much of a run as words and stages' names need, from what was delivered."""
    told = {**delivery.parameters, "data_folder": delivery.folder, "params_file": delivery.folder / "run.json"}
    client = Client(**told)
    return Run(client, load_stage_model(client), Words(client.language, client.currency, client.timezone), delivery.folder)
