"""Is the way winding, and do those who wind go on less often? Thirds of the journeys in each stage (Q39, practice C15).

People in trouble go round more, and who stays long has time to: so only the first days in a stage are looked at, only those still
there after them are compared, and the outcome is what comes later (a landmark). What goes with winding need not be caused by it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from journeylib.event_log import ARRAYS, DAY_US, EventLog
from journeylib.measures.complexity import tally_journeys, winding_score
from journeylib.measures.passages import BLOCK_ROWS, NEVER, find_passages, journeys_of, moments, over_blocks
from journeylib.measures.stats import mean_of, share_by_unit
from journeylib.measures.unit_pairs import difference_of_shares
from journeylib.measures.visits import is_own
from journeylib.schema import OUTCOMES, WINDING, check

#: Early days where no window says how long a stage may take; else a sixth of the window.
EARLY_DAYS = 30.0
#: A third of fewer than this is not compared (practice C0).
FEWEST = 10
COMPONENTS = ("active_days", "repeats", "backward", "switches")
_THIRDS = ("straight", "between", "winding")
_WON = OUTCOMES.index("won")


def winding(log: EventLog, journeys: pd.DataFrame, model, *, window_days: float | None, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How winding the first days in every stage are, and how many of the straightest and the most winding third go on afterwards.

    A journey's score is the mean of four numbers of its own steps in those days, each in standard deviations from the stage's mean:
    days from the first step to the last, repeats, moves back and changes of channel. Journeys with the same score are in the same third.

    Parameters
    ----------
    window_days : time to go on after the early days (a sixth of it); None = until the data cut, for whoever is followed at all.

    Returns
    -------
    WINDING; a stage in which any third would hold fewer than ten journeys is left out: their ways are too much alike, or they are few.
    """
    early_days = window_days / 6 if window_days else EARLY_DAYS
    passages = find_passages(log, model, of=("touched", "at_least"), n_rows=n_rows)
    if not len(passages.journey):
        return check(pd.DataFrame(columns=list(WINDING.columns)), WINDING)
    about = journeys_of(journeys, passages.journey, "journey", "unit", "state", "ended_at")
    judged = [_still_there(about, entered_us, next_us, log.as_of_us, early_days, window_days) for entered_us, next_us in _places(log, passages, model, n_rows)]
    del passages, about
    counted = over_blocks(log, lambda block: _first_days(block, model, judged, early_days), n_rows)
    rows = [{"stage": stage} | row for place, stage in enumerate((*model.ids[:-1], ""))
            for row in _compare(judged[place].merge(counted[counted["place"] == place], on="journey"), early_days, window_days)]  # fmt: skip
    table = check(pd.DataFrame(rows, columns=list(WINDING.columns)), WINDING)
    return _adjusted(table)


def _places(log, passages, model, n_rows):
    """Every stage but the last, and the whole way: when each journey entered it, and when it went on from it."""
    for i in range(len(model.ids) - 1):
        yield passages.touched[:, i], passages.at_least[:, i + 1]
    firsts = over_blocks(log, _first_and_won, n_rows).groupby("journey").min().reindex(passages.journey, fill_value=NEVER)
    yield firsts["first_us"].to_numpy(), firsts["won_us"].to_numpy()


def _first_and_won(log):
    won = np.minimum.reduceat(np.where(log.outcome == _WON, log.at_us, NEVER), log.starts[:-1]) if len(log) else log.at_us
    return pd.DataFrame({"journey": log.journeys_present, "first_us": log.at_us[log.starts[:-1]], "won_us": won})


def _still_there(about, entered_us, next_us, as_of_us, early_days, window_days):
    """Journeys that entered, had neither gone on nor been lost when the early days were over, and were followed for the window."""
    entered = entered_us < NEVER
    end_us = np.where(entered, entered_us, 0) + round(early_days * DAY_US)
    last_us = end_us + round((window_days or 0) * DAY_US)
    lost_us = np.where((about["state"] == "lost").fillna(False), moments(about["ended_at"]), NEVER)
    keep = entered & (next_us > end_us) & (lost_us > end_us) & (last_us <= as_of_us)
    went_on = next_us <= (last_us if window_days else as_of_us)
    return pd.DataFrame({"journey": about["journey"].to_numpy(), "unit": about["unit"].to_numpy(), "from_us": entered_us, "went_on": went_on})[keep]


def _first_days(log, model, judged, early_days):
    """The components of every journey judged in each place, in its first days there."""
    own = _only(log, is_own(log))
    parts = [tally_journeys(_only(own, _is_early(own, there, early_days)), model, early_days).assign(place=place) for place, there in enumerate(judged)]
    counted = pd.concat(parts, ignore_index=True)
    counted["active_days"] = counted["days"].astype(float).round(2)  # a quarter of an hour more is no longer way
    return counted[["place", "journey", *COMPONENTS]]


def _only(log, rows):
    return EventLog(**{name: getattr(log, name)[rows] for name in ARRAYS}, names=log.names, as_of_us=log.as_of_us)


def _is_early(log, there, early_days):
    """Events of the journeys there, from their first moment to the end of the early days."""
    if not len(log):
        return np.zeros(0, dtype=bool)
    lowest, highest, judged = int(log.journey.min()), int(log.journey.max()), there["journey"].to_numpy()
    mine = slice(*np.searchsorted(judged, [lowest, highest + 1]))
    start = np.full(highest - lowest + 1, NEVER)
    start[judged[mine] - lowest] = there["from_us"].to_numpy()[mine]
    since = log.at_us - start[log.journey - lowest]
    return (since >= 0) & (since <= early_days * DAY_US)


def _compare(judged, early_days, window_days):
    if len(judged) < 3 * FEWEST:
        return []
    judged = judged.assign(score=winding_score(judged, COMPONENTS))
    low, high = np.quantile(judged["score"], [1 / 3, 2 / 3], method="inverted_cdf")
    third = np.where(judged["score"] <= low, "straight", np.where(judged["score"] < high, "between", "winding"))
    groups = {name: judged[third == name] for name in _THIRDS}
    if min(len(groups["straight"]), len(groups["winding"])) < FEWEST:
        return []
    about = {"early_days": early_days, "window_days": window_days}
    rows = [about | _row(name, group) for name, group in ({"": judged} | groups).items() if len(group)]
    found = difference_of_shares(*(part for name in ("winding", "straight") for part in (groups[name]["went_on"], groups[name]["unit"])))
    return [row | {"difference": found.difference, "difference_lo": found.lo, "difference_hi": found.hi, "p_adjusted": found.p} if row["third"] == "winding" else row for row in rows]


def _row(third, group):
    told = share_by_unit(group["went_on"], group["unit"])
    means = {name: mean_of(group[name].to_numpy(dtype=float)) for name in ("score", *COMPONENTS)}
    return {"third": third, "n": told.n, "n_yes": told.n_yes, "n_units": told.n_units, "rate": told.rate, "lo": told.lo, "hi": told.hi} | means


def _adjusted(table):
    tested = table["p_adjusted"].notna()
    if tested.any():
        table.loc[tested, "p_adjusted"] = multipletests(table.loc[tested, "p_adjusted"], method="fdr_bh")[1]
    return table
