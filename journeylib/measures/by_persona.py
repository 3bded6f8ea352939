"""The measures of the map counted on one persona's journeys and answers alone (M044)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import ARRAYS, IN_MEMORY_ROWS, EventLog
from journeylib.measures.emotion import emotion
from journeylib.measures.needs import need_scores
from journeylib.measures.timing import stage_times
from journeylib.measures.touchpoints import channels, touchpoints


def persona_tables(collected, persona: str, funnel: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Funnel, times, touchpoints, channels, feelings and needs of one persona; what cannot be measured is absent.

    Parameters
    ----------
    collected : what `journeylib.collect.collect` returns.
    funnel : FUNNEL of everybody and each persona: the persona's rows are taken, with persona ''.

    Times, touchpoints and channels are left out of a log too large to be held in memory.
    """
    model, voices, registers = collected.model, collected.voices, collected.registers
    tables = {} if funnel is None else {"funnel": funnel[funnel["persona"] == persona].assign(persona="")}
    if voices is not None and len(voices):
        own, by_account = voices[(voices["persona"] == persona).fillna(False)], collected.client.market != "b2c"
        tables["emotion"] = emotion(own, model, by_account=by_account)
        tables["need_scores"] = need_scores(own, registers.get("needs"), model, by_account=by_account)
    else:
        own = None
    log = _log_of(collected.log, collected.journeys, persona)
    if log is not None and len(log):
        tables |= {"stage_times": stage_times(log, collected.journeys, model), "channels": channels(log, model),
                   "touchpoints": touchpoints(log, collected.journeys, model, voices=own)}  # fmt: skip
    return {name: table.reset_index(drop=True) for name, table in tables.items() if len(table)}


def _log_of(log: EventLog | None, journeys: pd.DataFrame, persona: str) -> EventLog | None:
    if log is None or not len(log) or len(log) > IN_MEMORY_ROWS:
        return None
    chosen = journeys.loc[(journeys["persona"] == persona).fillna(False), "journey"].to_numpy(dtype="int64")
    rows = np.isin(log.journey, chosen)
    return EventLog(**{name: getattr(log, name)[rows] for name in ARRAYS}, names=log.names, as_of_us=log.as_of_us)
