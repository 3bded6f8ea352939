"""What customers meet in each stage, and through what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.passages import BLOCK_ROWS, count_presences, journeys_of
from journeylib.measures.places import feelings, stage_ids
from journeylib.measures.stats import share
from journeylib.schema import CHANNELS, TOUCHPOINTS, VOICES, check, empty

#: Satisfaction of a touchpoint: asked about the contact itself; NPS is about the relation and is not used (B4).
METRICS = ("csat", "ces")


def touchpoints(log: EventLog, journeys: pd.DataFrame, model, *, voices: pd.DataFrame | None = None,
                n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """Every touchpoint of every stage: how many journeys had it there, of all that touched the stage.

    Shares with Wilson's interval and the design effect of the unit. Satisfaction is the mean of the answers about the
    touchpoint on −2 … +2 (csat, or ces where there is no csat), those that name another stage left out.

    Returns
    -------
    TOUCHPOINTS, by stage, most common first.
    """
    seen = count_presences(log, model, "touchpoint", "channel", "initiator", n_rows=n_rows)
    seen["unit"] = journeys_of(journeys, seen["journey"].to_numpy())["unit"].to_numpy()
    cells = seen[seen["touchpoint"] >= 0].groupby(["stage", "touchpoint"], sort=True)
    in_stage = {stage: _journeys_by_unit(rows) for stage, rows in seen.groupby("stage")}
    answers = _answers(empty(VOICES) if voices is None else voices, model)
    rows = [_touchpoint_row(log, model, stage, code, rows, in_stage[stage], answers) for (stage, code), rows in cells]
    return _by_stage(rows, model, TOUCHPOINTS)


def channels(log: EventLog, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Every channel of every stage; share = its events of all events of the stage.

    Events whose channel is not known have no row, so the shares of a stage may sum to less than 1.

    Returns
    -------
    CHANNELS, by stage, most journeys first.
    """
    seen = count_presences(log, model, "channel", n_rows=n_rows)
    n_stage = seen.groupby("stage")["journey"].nunique()
    n_events = seen.groupby("stage")["n_events"].sum()
    cells = seen[seen["channel"] >= 0].groupby(["stage", "channel"], sort=True)
    rows = [{
        "stage": model.in_scope[stage].id, "channel": log.names["channel"][code], "n_events": rows["n_events"].sum(),
        "n_journeys": len(rows), "n_stage": n_stage[stage], "share": rows["n_events"].sum() / n_events[stage],
    } for (stage, code), rows in cells]  # fmt: skip
    return _by_stage(rows, model, CHANNELS)


def _touchpoint_row(log, model, stage, code, rows, in_stage, answers):
    having = _journeys_by_unit(rows)
    had = share(having.reindex(in_stage.index, fill_value=0).to_numpy(), in_stage.to_numpy())
    stage_id, name = model.in_scope[stage].id, log.names["touchpoint"][code]
    about = answers[(answers["touchpoint"] == name) & answers["stage"].isin(["", stage_id])]["feeling"]
    return {
        "stage": stage_id, "touchpoint": name, "channel": _most_common(rows, "channel", log) or "",
        "initiator": _most_common(rows, "initiator", log), "n_events": rows["n_events"].sum(),
        "n_journeys": had.n_yes, "n_stage": had.n, "share": had.rate, "lo": had.lo, "hi": had.hi,
        "satisfaction": about.mean(), "n_answers": len(about),
    }  # fmt: skip


def _journeys_by_unit(rows):
    return rows.drop_duplicates("journey").groupby("unit").size()


def _most_common(rows, column, log):
    known = rows[rows[column] >= 0].groupby(column)["n_events"].sum()
    return log.names[column][int(known.idxmax())] if len(known) else None


def _answers(voices, model):
    asked = voices["metric"].isin(METRICS) & (voices["kind"] == "stated")
    scored = voices[asked & voices["score"].notna() & voices["touchpoint"].notna()]
    has_csat = set(scored.loc[scored["metric"] == "csat", "touchpoint"])
    scored = scored[(scored["metric"] == "csat") | ~scored["touchpoint"].isin(has_csat)]
    answers = pd.DataFrame({"touchpoint": scored["touchpoint"], "stage": stage_ids(scored, model),
                            "feeling": feelings(scored["score"], scored["scale_min"], scored["scale_max"])})  # fmt: skip
    return answers[np.isfinite(answers["feeling"])]


def _by_stage(rows, model, table):
    frame = pd.DataFrame(rows, columns=list(table.columns))
    position = frame["stage"].map({stage.id: i for i, stage in enumerate(model.in_scope)})
    order = frame.assign(position=position).sort_values(["position", "n_journeys"], ascending=[True, False], kind="stable").index
    return check(frame.loc[order], table)
