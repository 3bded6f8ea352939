"""Is the way winding, and do those who wind go on less often? Thirds of the journeys in each stage (Q39, practice C15).

People in trouble go round more, and who stays long has time to: so only the first days in a stage are looked at, only those still
there after them are compared, and the outcome is what comes later (a landmark). What goes with winding need not be caused by it.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from journeylib.event_log import DAY_US, EventLog, narrow
from journeylib.measures import ways
from journeylib.measures.complexity import winding_score
from journeylib.measures.passages import BLOCK_ROWS, NEVER, journeys_of, moments, over_blocks, pass_stages
from journeylib.measures.stats import mean_of
from journeylib.measures.unit_counts import count_units, share_of
from journeylib.measures.unit_pairs import difference_of_shares
from journeylib.measures.visits import is_own
from journeylib.schema import OUTCOMES, WINDING, check

#: Early days where no window says how long a stage may take; else a sixth of the window.
EARLY_DAYS = 30.0
#: A third of fewer than this is not compared (practice C0).
FEWEST = 10
COMPONENTS = ("active_days", "repeats", "backward", "switches")
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
    lost_us = np.where(journeys["state"].isin(["lost"]), moments(journeys["ended_at"]), NEVER)
    about = journeys[["journey", "unit"]].assign(lost_us=lost_us)
    counted = over_blocks(log, lambda block: _first_days(block, about, model, early_days, window_days), n_rows)
    rows = [{"stage": stage} | row for place, stage in enumerate((*model.ids[:-1], ""))
            for row in _compare(counted[counted["place"] == place], early_days, window_days)]  # fmt: skip
    table = check(pd.DataFrame(rows, columns=list(WINDING.columns)), WINDING)
    return _adjusted(table)


def _first_days(log, about, model, early_days, window_days):
    """Of a block, the journeys judged in each place: unit, whether they went on, and the components of their own first days there."""
    passed, times = pass_stages(log, model, ("touched", "at_least"))
    about, position = journeys_of(about, passed), np.searchsorted(log.journeys_present, passed)
    own = np.flatnonzero(is_own(log))
    whose, at, parts = log.place[own], log.at_us[own], []
    for place, (entered_us, next_us) in enumerate(_places(log, times, position)):
        is_there, went_on = _still_there(about, entered_us, next_us, log.as_of_us, early_days, window_days)
        from_us = np.full(len(log.starts) - 1, NEVER)
        from_us[position[is_there]] = entered_us[is_there]
        steps = ways.Steps(log, own[_is_within(at - from_us[whose], early_days)])
        judged = np.searchsorted(position, steps.journeys)
        units = about["unit"].to_numpy(dtype=np.int32)[judged]
        parts.append({"place": np.full(len(judged), place, dtype=np.int8), "unit": units, "went_on": went_on[judged]} | _components(steps))
    return pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _places(log, times, position):
    """Every stage but the last, and the whole way: when each journey that passed one entered it, and when it went on from it."""
    for i in range(times["touched"].shape[1] - 1):
        yield times["touched"][:, i], times["at_least"][:, i + 1]
    won, won_us = np.flatnonzero(log.outcome == _WON)[::-1], np.full(len(log.starts) - 1, NEVER)
    won_us[log.place[won]] = log.at_us[won]  # from the last to the first: the first stays
    yield log.at_us[log.starts[:-1]][position], won_us[position]


def _still_there(about, entered_us, next_us, as_of_us, early_days, window_days):
    """Which journeys were neither gone on nor lost when the early days were over, and were followed for the window; and which went on."""
    entered = entered_us < NEVER
    end_us = np.where(entered, entered_us, 0) + round(early_days * DAY_US)
    last_us = end_us + round((window_days or 0) * DAY_US)
    lost_us = about["lost_us"].to_numpy()
    is_there = entered & (next_us > end_us) & (lost_us > end_us) & (last_us <= as_of_us)
    return is_there, next_us <= (last_us if window_days else as_of_us)


def _is_within(waited_us, days):
    """Whether a time is neither negative nor longer than so many days; read without its sign, a negative one is too long."""
    return waited_us.view(np.uint64) <= np.uint64(math.floor(days * DAY_US))


def _components(steps):
    days = np.round(ways.days_between(steps), 2)  # a quarter of an hour more is no longer way
    switches = ways.count_changes(steps, "channel")
    counted = {"repeats": ways.count_repeats(steps), "backward": ways.count_backward(steps), "switches": switches}
    return {"active_days": days} | {name: narrow(values) for name, values in counted.items()}


def _compare(judged, early_days, window_days):
    if len(judged) < 3 * FEWEST:
        return []
    judged = judged.assign(score=winding_score(judged, COMPONENTS))
    low, high = np.quantile(judged["score"], [1 / 3, 2 / 3], method="inverted_cdf")
    is_straight, is_winding = judged["score"] <= low, (judged["score"] >= high) & (judged["score"] > low)
    groups = {"straight": judged[is_straight], "between": judged[~is_straight & ~is_winding], "winding": judged[is_winding]}
    if min(len(groups["straight"]), len(groups["winding"])) < FEWEST:
        return []
    about = {"early_days": early_days, "window_days": window_days}
    rows = [about | _row(name, group) for name, group in ({"": judged} | groups).items() if len(group)]
    found = difference_of_shares(*(part for name in ("winding", "straight") for part in (groups[name]["went_on"], groups[name]["unit"])))
    return [row | {"difference": found.difference, "difference_lo": found.lo, "difference_hi": found.hi, "p_adjusted": found.p} if row["third"] == "winding" else row for row in rows]


def _row(third, group):
    told = share_of(count_units(group["went_on"], group["unit"]))
    means = {name: mean_of(group[name]) for name in ("score", *COMPONENTS)}
    return {"third": third, "n": told.n, "n_yes": told.n_yes, "n_units": told.n_units, "rate": told.rate, "lo": told.lo, "hi": told.hi} | means


def _adjusted(table):
    tested = table["p_adjusted"].notna()
    if tested.any():
        table.loc[tested, "p_adjusted"] = multipletests(table.loc[tested, "p_adjusted"], method="fdr_bh")[1]
    return table
