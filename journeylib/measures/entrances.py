"""Through which channel do customers come to a stage? The channel of a journey's first event there (Q47)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.passages import BLOCK_ROWS, journeys_of, over_blocks, stage_of_events
from journeylib.measures.unit_counts import count_units, share_of
from journeylib.schema import ENTRANCES, check


def entrances(log: EventLog, journeys: pd.DataFrame, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Of the journeys that touched a stage, the share whose first event there came through each channel.

    Of events of the same moment the first channel by name counts, one that is known before none. Wilson's interval with the design effect
    of the unit. Every channel of the log has a row in every stage, also those through which nobody came.

    Returns
    -------
    ENTRANCES, by stage and channel; the rows of a stage sum to its journeys. Not delivered: a part of few could be told by subtraction.
    """
    names = ["", *sorted({name for name in log.names["channel"] if name})]
    place = np.array([*(names.index(name) if name else 0 for name in log.names["channel"]), 0], dtype=np.int64)
    first = over_blocks(log, lambda block: _first_channels(block, model, place), n_rows)
    unit = journeys_of(journeys, first["journey"].to_numpy(), "unit")["unit"].to_numpy()
    rows = [_share(stage.id, name, (first["channel"] == code)[here], unit[here]) for i, stage in enumerate(model.in_scope)
            if (here := (first["stage"] == i).to_numpy()).any() for code, name in enumerate(names)]  # fmt: skip
    return check(pd.DataFrame(rows, columns=list(ENTRANCES.columns)), ENTRANCES)


def _first_channels(log, model, place):
    """Of each journey and stage of a block: the channel of its first event there, as its place among the names (0 = not known)."""
    stage = stage_of_events(log, model)
    rows = np.flatnonzero(stage >= 0)
    k, channel, at = len(model.in_scope), place[log.channel[rows]], log.at_us[rows]
    key, first, of = np.unique(log.journey[rows].astype(np.int64) * k + stage[rows], return_index=True, return_inverse=True)
    is_first = at == at[first][of]
    found = np.full(len(key), len(place) + 1, dtype=np.int64)
    np.minimum.at(found, of[is_first], np.where(channel[is_first] > 0, channel[is_first], len(place) + 1))
    return pd.DataFrame({"journey": key // k, "stage": key % k, "channel": np.where(found > len(place), 0, found)})


def _share(stage, channel, came, unit) -> dict:
    found = share_of(count_units(came.to_numpy(), unit))
    return {"stage": stage, "channel": channel, "n_first": found.n_yes, "n_stage": found.n, "share": found.rate, "lo": found.lo, "hi": found.hi}
