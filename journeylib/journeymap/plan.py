"""Where the customers' way leaves the client's plan, touchpoint by touchpoint, as marks on the map (practice C15, E; CJML)."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pandas as pd

from journeylib.journeymap.cell_rows import Materials, Record
from journeylib.names import touchpoint_name

#: A deviation is marked from this share of the journeys on (practice E).
LEAST_SHARE = 0.05
#: Planned touchpoints that are not among the stage's most common are numbered from here.
FIRST_UNMET = 20
N_UNMET = 2
#: What is told of a touchpoint with several deviations: what hurts the customer most.
_WORST_FIRST = ("failed", "missing", "irregular", "ad_hoc")


def is_planned(materials: Materials, touchpoint: str) -> bool:
    """Whether the client's plan has the touchpoint."""
    return any(fnmatchcase(touchpoint, step.touchpoint) for step in materials.client.planned)


def deviation_cells(materials: Materials, stage: str, record: Record, shown: list[str]) -> list[dict]:
    """One mark for each touchpoint shown that customers often meet off the plan, then planned ones many go without.

    Parameters
    ----------
    shown : the touchpoints the stage's cell holds, in order: a mark takes the item of its touchpoint.
    """
    rows = _often(materials.table("deviations"))
    if rows.empty or materials.persona:
        return []
    marked = [_mark(record, item, rows[[_is_of(it, name) for it in rows["touchpoint"]]]) for item, name in enumerate(shown)]
    unmet = rows[(rows["kind"] == "missing") & ~rows["touchpoint"].map(lambda pattern: any(_is_of(pattern, name) for name in shown))]
    unmet = unmet[unmet["touchpoint"].map(lambda pattern: stage_of_step(materials, pattern) == stage)].head(N_UNMET)
    return [mark for mark in marked if mark] + [_unmet(materials, record, place, it) for place, it in enumerate(unmet.to_dict("records"))]


def stage_of_step(materials: Materials, pattern: str) -> str | None:
    """The stage where a planned touchpoint is met most; one never met belongs where the planned one before it is met, else the one after."""
    steps = [step.touchpoint for step in materials.client.planned]
    place = steps.index(pattern) if pattern in steps else 0
    order = [pattern, *reversed(steps[:place]), *steps[place + 1 :]]
    return next((stage for stage in (_met_most(materials, step) for step in order) if stage), None)


def _often(deviations):
    if deviations is None:
        return pd.DataFrame(columns=["kind", "touchpoint"])
    rows = deviations[(deviations["touchpoint"] != "") & (deviations["share"] > LEAST_SHARE)]
    return rows.assign(at=rows["kind"].map(_WORST_FIRST.index)).sort_values(["at", "share", "touchpoint"], ascending=[True, False, True])


def _is_of(pattern, touchpoint):
    return pattern == touchpoint or fnmatchcase(touchpoint, pattern)


def _met_most(materials, pattern):
    met = materials.table("touchpoints")
    if met is None:
        return None
    met = met[[_is_of(pattern, name) for name in met["touchpoint"]]].sort_values("n_events", ascending=False, kind="stable")
    return next((stage for stage in met["stage"] if stage in materials.model.ids), None)


def _mark(record, item, rows):
    return _cell(record, item, rows.iloc[0]) if len(rows) else None


def _unmet(materials, record, place, it):
    return _cell(record, FIRST_UNMET + place, it, label=touchpoint_name(it["touchpoint"].strip("*"), materials.words.language))


def _cell(record, item, it, label=None):
    return record.cell(item, it["kind"], it["share"], label=label, unit="share", n=it["n"], lo=it["lo"], hi=it["hi"], extra={"n_yes": int(it["n_yes"])})
