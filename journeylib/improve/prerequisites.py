"""Is what an action rests on in place: an insight, a habit, a tool? From the client's register of routines (M106, M107)."""

from __future__ import annotations

import pandas as pd

from journeylib.measures.places import stage_ids
from journeylib.stages import StageModel

KINDS = ("insight", "habit", "tool")
#: From the worst to the best; what the register says nothing of is unknown.
STANDINGS = ("missing", "partly", "in_place")


def standing_of(routines: pd.DataFrame | None, stage: str, model: StageModel) -> dict[str, str]:
    """Kind → the worst standing of what the register lists for the stage or for the whole journey; unknown where it lists nothing.

    An action of no stage rests on what is listed for the whole journey.
    """
    if routines is None or routines.empty:
        return dict.fromkeys(KINDS, "unknown")
    place = stage_ids(routines, model)
    is_whole = (routines["stage"].isna() & routines["atom"].isna()).to_numpy()
    here = routines[is_whole | ((place == stage) if stage else False)]
    return {kind: _worst(here.loc[here["kind"] == kind, "standing"]) for kind in KINDS}


def _worst(standings) -> str:
    return next((name for name in STANDINGS if (standings == name).fillna(False).any()), "unknown")


def lacking(routines: pd.DataFrame | None, stage: str, model: StageModel) -> str | None:
    """The kinds that are missing, comma-separated; None where none is known to be.

    Each has to be put in place first, which makes the action's work longer: feasibility is lower, not the worth.
    """
    found = standing_of(routines, stage, model)
    return ",".join(kind for kind in KINDS if found[kind] == "missing") or None
