"""Did the changes work? Every change of the log judged on the client's own data, with what speaks against each verdict (M110)."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd

from journeylib.effects import KPIS, Effect, Ground, Reason, judge_change, observations, smallest_effect
from journeylib.effects.nordic import country_of
from journeylib.effects.record import cannot_judge
from journeylib.effects.series import data_from
from journeylib.improve.changes import is_written_late
from journeylib.measures.stats import pool
from journeylib.predict.called import list_named, rows_of_list
from journeylib.presets import resolved_thresholds
from journeylib.schema import EFFECT_SERIES, EFFECTS, check, empty

#: Designs that a group picked for its bad figure deceives: it would have got better by itself (pitfall 6).
_DECEIVED = ("interrupted", "before_after")
_LEAST_RETURN = 0.005


def judge_changes(changes: pd.DataFrame, collected, client) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every change judged, and the series behind each.

    Parameters
    ----------
    changes : CHANGES. collected : what `collect` gave; client : for windows, data cut and time zone.

    Returns
    -------
    EFFECTS in the order of the changes, EFFECT_SERIES.
    """
    if changes.empty:
        return empty(EFFECTS), empty(EFFECT_SERIES)
    changes = changes.astype(object).where(changes.notna(), None)
    grounds: dict[tuple, Ground] = {}
    rows, series = [], []
    for change in changes.itertuples(index=False):
        listed = list_named(change.scope)
        key = (change.kpi, change.stage or "", listed and change.change_id)
        if key not in grounds:
            grounds[key] = _ground_of_list(change, collected, client) if listed else _ground(*key[:2], collected, client)
        effect = cannot_judge("none", _why_no_ground(change, collected)) if grounds[key] is None else judge_change(change, grounds[key])
        effect = effect.because(*_remarks(change, changes, effect, grounds[key], collected, client))
        rows.append(_row(change, effect, grounds[key]))
        series += [] if effect.series is None else [effect.series.assign(change_id=change.change_id)]
    table = check(pd.concat(series, ignore_index=True), EFFECT_SERIES) if series else empty(EFFECT_SERIES)
    return check(pd.DataFrame(rows), EFFECTS), table


def _ground(kpi, stage, collected, client) -> Ground | None:
    """What a KPI of a stage is judged on; None where nothing was delivered that tells of it."""
    window = _window_days(kpi, client)
    if (kpi != "satisfaction" and not len(collected.log)) or (stage and stage not in collected.model.ids):
        return None
    rows = observations(collected, collected.model, kpi=kpi, stage=stage, window_days=window)
    if rows.empty:
        return None
    as_of = pd.Timestamp(collected.log.as_of_us, unit="us", tz="UTC").tz_convert(client.timezone)
    first = rows["at"].min() if kpi == "satisfaction" else data_from(collected.log)
    return Ground(rows, first, as_of, window if kpi != "satisfaction" else 0.0, country_of(client.timezone), client.privacy.k, client.seed)


def _ground_of_list(change, collected, client) -> Ground | None:
    """What contact with the people of a list is judged on: who bought within the horizon; None where the list is not there, or nobody of it is known."""
    if not len(collected.log):
        return None
    as_of = pd.Timestamp(collected.log.as_of_us, unit="us", tz="UTC").tz_convert(client.timezone)
    ground = Ground(pd.DataFrame(), data_from(collected.log), as_of, 0.0, country_of(client.timezone), client.privacy.k, client.seed)
    rows = rows_of_list(list_named(change.scope), collected, client, start=ground.moment(change.start_on), horizon_days=float(change.horizon_days))
    return None if rows is None else replace(ground, rows=rows)


def _why_no_ground(change, collected) -> str:
    if list_named(change.scope):
        return "no_list"
    return "out_of_scope" if change.stage and change.stage not in collected.model.ids else "nothing_delivered"


def _window_days(kpi, client) -> float:
    thresholds = resolved_thresholds(client)
    return float(thresholds.follow_up_days if kpi == "contacted" else thresholds.window_days)


def _row(change, effect: Effect, ground: Ground) -> dict:
    until = next((reason.values["until"] for reason in effect.reasons if reason.key == "until"), None)
    smallest, worth = smallest_effect(change, ground) if ground and effect.verdict == "too_early" else (np.nan, None)
    said = [{"key": reason.key, **{name: _plain(value) for name, value in reason.values.items()}} for reason in effect.reasons if reason.key != "until"]
    same = {name: getattr(change, name) for name in ("change_id", "action_id", "title", "stage", "scope", "start_on", "kpi")}
    return same | {
        "unit": KPIS[change.kpi][0], "design": effect.design, "strength": effect.strength, "verdict": effect.verdict, "n": int(effect.n),
        **{name: float(getattr(effect, name)) for name in ("before", "after", "effect", "lo", "hi", "p")},
        "judged_from": None if until is None else pd.Timestamp(until), "smallest": float(smallest), "is_worth_testing": worth,
        "reasons": json.dumps(said, ensure_ascii=False),
    }  # fmt: skip


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


def _remarks(change, changes, effect, ground, collected, client) -> list[Reason]:
    """What is to be said beside any verdict: written late, other changes at the same time, a stage picked because it was worst."""
    found = [Reason("written_late")] if is_written_late(change) else []
    others = [other.title for other in changes.itertuples(index=False) if other.change_id != change.change_id and _overlap(change, other)]
    if others and effect.strength < 3:  # a comparison group met the other change, too
        found.append(Reason("other_changes", {"titles": others}))
    if effect.design in _DECEIVED and change.kpi == "conversion" and effect.verdict == "better":
        found += _return_to_mean(change, collected, client, ground)
    return found


def _overlap(change, other) -> bool:
    """Whether another change of the same stage began while this one was measured, or in the horizon's length before it."""
    span = pd.Timedelta(days=float(change.horizon_days))
    return change.stage == other.stage and change.start_on - span < other.start_on < change.start_on + span


def _return_to_mean(change, collected, client, ground) -> list[Reason]:
    """The part of a rise that would have come by itself, where the stage was the worst when it was picked (practice C2)."""
    start = pd.Timestamp(change.start_on).tz_localize(client.timezone)
    model, before = collected.model, {}
    for stage in model.ids[:-1]:
        rows = ground.rows if stage == (change.stage or "") else observations(collected, model, kpi="conversion", stage=stage, window_days=ground.window_days)
        values = rows.loc[rows["at"] < start, "value"]
        if len(values) >= 10 and 0 < values.mean() < 1:
            before[stage] = values
    stage = (change.stage or "") or model.ids[0]
    means = {name: values.mean() for name, values in before.items()}
    if len(means) < 3 or stage not in means or means[stage] > min(means.values()):
        return []
    pooled = pool(list(means.values()), [values.mean() * (1 - values.mean()) / len(values) for values in before.values()])
    gain = float(pooled[list(means).index(stage)] - means[stage])
    return [Reason("return_to_mean", {"points": gain})] if gain >= _LEAST_RETURN else []
