"""What customers meet in each stage, and through what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.passages import BLOCK_ROWS, add_up, blocks_of_units, count_rows, distinct, stage_of_events
from journeylib.measures.places import feelings, stage_ids
from journeylib.measures.stats import unit_codes
from journeylib.measures.unit_counts import UnitCounts, share_of, sums_by
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
    tallies = [_tally(block, unit_codes(about["unit"]), model) for block, about in blocks_of_units(log, journeys, "unit", n_rows=n_rows)]
    answers = _answers(empty(VOICES) if voices is None else voices, model)
    if not tallies:
        return _by_stage([], model, TOUCHPOINTS)
    sums = {name: sum((tally[name] for tally in tallies[1:]), start=tallies[0][name]) for name in ("in_stage", "n_yes", "ny", "yy", "n_events")}
    through = {name: add_up((tally[name] for tally in tallies), ["cell", name]) for name in ("channel", "initiator")}
    rows = [_touchpoint_row(log, model, cell, sums, through, answers) for cell in np.flatnonzero(sums["n_yes"])]
    return _by_stage(rows, model, TOUCHPOINTS)


def _tally(log, unit, model):
    """Sums of a block of whole units by stage, and by cell (stage and touchpoint): journeys by unit, and events, in all and through what."""
    k, n = len(model.in_scope), max(len(log.names["touchpoint"]), 1)
    stage = stage_of_events(log, model)
    rows = np.flatnonzero(stage >= 0)
    touchpoint, place = log.touchpoint[rows].astype(np.int64), unit.astype(np.int64)[log.place[rows]]
    in_stage, journeys = _journeys_by_unit(log.place[rows], place * k + stage[rows])
    known = touchpoint >= 0
    cell = (stage[rows].astype(np.int64) * n + touchpoint)[known]
    having, yes = _journeys_by_unit(log.place[rows][known], place[known] * k * n + cell)
    of = journeys[np.searchsorted(in_stage, having // n)]
    sums = {name: np.bincount(having % (k * n), weights=values, minlength=k * n).astype(np.int64) for name, values in (("n_yes", yes), ("ny", yes * of), ("yy", yes * yes))}
    through = {name: count_rows({"cell": cell, name: getattr(log, name)[rows][known]}) for name in ("channel", "initiator")}
    return sums | through | {"in_stage": sums_by(in_stage % k, journeys, np.zeros(len(journeys)), k), "n_events": np.bincount(cell, minlength=k * n)}


def _journeys_by_unit(journey, key):
    """The keys that begin with a unit, ascending, and how many journeys of the unit there are to each."""
    pairs = distinct(key * (int(journey.max(initial=0)) + 1) + journey)
    return np.unique(pairs // (int(journey.max(initial=0)) + 1), return_counts=True)


def channels(log: EventLog, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Every channel of every stage; share = its events of all events of the stage.

    Events whose channel is not known have no row, so the shares of a stage may sum to less than 1.

    Returns
    -------
    CHANNELS, by stage, most journeys first.
    """
    counted = [_count_channels(block, model) for block in log.blocks(n_rows)]
    if not counted:
        return _by_stage([], model, CHANNELS)
    cells = add_up((found[0] for found in counted), ["stage", "channel"])
    stages = add_up((found[1] for found in counted), ["stage"]).set_index("stage")
    rows = [{
        "stage": model.in_scope[row.stage].id, "channel": log.names["channel"][row.channel], "n_events": row.n_events, "n_journeys": row.n_journeys,
        "n_stage": stages["n_journeys"][row.stage], "share": row.n_events / stages["n_events"][row.stage],
    } for row in cells[cells["channel"] >= 0].itertuples()]  # fmt: skip
    return _by_stage(rows, model, CHANNELS)


def _count_channels(log, model):
    """Events and journeys of a block of whole journeys, by stage and channel (−1 = not known), and by stage."""
    stage = stage_of_events(log, model)
    rows = np.flatnonzero(stage >= 0)
    stage, channel, journey = stage[rows], log.channel[rows], log.place[rows]
    return tuple(count_rows(of).assign(n_journeys=_count_distinct(of, journey)) for of in ({"stage": stage, "channel": channel}, {"stage": stage}))


def _count_distinct(of, journey):
    """How many journeys have each combination, in ascending order of the combinations."""
    met = count_rows({**of, "journey": journey})
    return count_rows({name: met[name].to_numpy() for name in of})["n_events"].to_numpy()


def _touchpoint_row(log, model, cell, sums, through, answers):
    stage, code = divmod(int(cell), len(log.names["touchpoint"]))
    in_stage = UnitCounts(*(int(values[stage]) for values in sums["in_stage"]))
    had = share_of(in_stage._replace(n_yes=int(sums["n_yes"][cell]), ny=int(sums["ny"][cell]), yy=int(sums["yy"][cell])))
    stage_id, name = model.in_scope[stage].id, log.names["touchpoint"][code]
    about = answers[(answers["touchpoint"] == name) & answers["stage"].isin(["", stage_id])]["feeling"]
    return {
        "stage": stage_id, "touchpoint": name, "channel": _most_common(through, cell, "channel", log) or "",
        "initiator": _most_common(through, cell, "initiator", log), "n_events": sums["n_events"][cell],
        "n_journeys": had.n_yes, "n_stage": had.n, "share": had.rate, "lo": had.lo, "hi": had.hi,
        "satisfaction": about.mean(), "n_answers": len(about),
    }  # fmt: skip


def _most_common(through, cell, column, log):
    rows = through[column]
    known = rows[(rows["cell"] == cell) & (rows[column] >= 0)]
    return log.names[column][int(known[column].iat[int(known["n_events"].argmax())])] if len(known) else None


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
