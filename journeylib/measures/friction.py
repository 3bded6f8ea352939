"""Where is the way hard? Kinds of trouble in each stage, each beside the stages next to it (practice C15, M067).

- help: came to the stage and asked for help there.
- wait: typical days from entering the stage to the next, of those who went on (geometric mean).
- blockage: went on within the window, of those followed that long; near nil is a blockage.
- loop: came back at least twice, in later visits, to a touchpoint left before.
- detour: went back to an earlier stage.
- dead_end: a touchpoint after which the customer took no further step, of journeys that had it there and have come to rest.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.clustered import difference_of_means, difference_of_shares
from journeylib.measures.passages import BLOCK_ROWS, NEVER, count_rows, find_passages, journeys_of, over_blocks, stage_of_events
from journeylib.measures.stats import share_by_unit, t_interval
from journeylib.measures.visits import COMPANY, HELP, coded, find_visits, furthest_before, is_own, matching
from journeylib.schema import FRICTION, OUTCOMES, check

#: What a tracker writes at every turn: coming back to it says nothing of going in circles.
BROWSING = ("page_view", "session_start", "first_visit", "user_engagement", "scroll", "click", "email_open", "email_click", "view_item",
            "view_item_list", "product_view", "usage", "login", "order", "purchase")  # fmt: skip
#: What answers the company's own mail is no step on the way: it goes on long after the customer has come to rest.
ANSWERS_TO_MAIL = ("email_open", "email_click", "email_unsubscribe", "email_unsubscribed", "unsubscribe")
#: Coming back so many times to the same touchpoint is going in circles; once may be a second thought.
FEWEST_RETURNS = 2
_LOST = OUTCOMES.index("lost")
_HOUR_US = DAY_US // 24


def friction(log: EventLog, journeys: pd.DataFrame, model, *, window_days: float | None, help_at=HELP, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Every kind of trouble in every stage anybody came to.

    Shares have Wilson's interval with the design effect of the unit; what stands beside them (`compared`, the neighbouring
    stages taken together) is subtracted with an interval by unit. A kind nobody could show in a stage has no row there: no
    waits where nobody went on, no blockage where nothing after the stage was ever seen.

    Returns
    -------
    FRICTION, by stage and kind.
    """
    marks = over_blocks(log, lambda block: tally_trouble(block, model, help_at), n_rows)
    steps = over_blocks(log, lambda block: _tally_ends(block, model), n_rows)
    passages = find_passages(log, model, n_rows=n_rows)
    about = journeys_of(journeys, passages.journey)
    rows = []
    for i, stage in enumerate(model.in_scope):
        rows += [row | {"stage": stage.id} for row in (
            *_shares(marks, journeys, i), *_waits(passages, about, i), *_going_on(passages, about, i, log.as_of_us, window_days),
            *_dead_ends(steps, journeys, i, log.names["touchpoint"]))]  # fmt: skip
    return check(pd.DataFrame(rows, columns=list(FRICTION.columns)), FRICTION)


def tally_trouble(log: EventLog, model, help_at=HELP) -> pd.DataFrame:
    """One row a journey and stage it came to: whether it asked for help there, looped there, or went back from there."""
    visits = find_visits(log, model)
    here = count_rows({"journey": visits.journey, "stage": visits.stage})
    here = here.loc[here["stage"] >= 0, ["journey", "stage"]]
    return here.assign(help=_has(here, *_helped(log, model, help_at)), loop=_has(here, *_looped(log, model)), detour=_has(here, *_went_back(visits)))


def _has(here, journey, stage):
    pairs = pd.MultiIndex.from_arrays([journey, stage])
    return pd.MultiIndex.from_frame(here[["journey", "stage"]]).isin(pairs)


def _helped(log, model, help_at):
    rows = is_own(log) & coded(matching(log.names["touchpoint"], help_at), log.touchpoint)
    return log.journey[rows], stage_of_events(log, model)[rows]


def _went_back(visits):
    """From which stage somebody went to an earlier one: the furthest the person had come."""
    before = furthest_before(visits, visits.stage)
    back = (visits.stage >= 0) & (visits.stage < before)
    return visits.journey[back], before[back]


def _looped(log, model):
    """Journeys and stages in which a person came back, in a later visit and after something else, to the same touchpoint."""
    own = is_own(log) & ~coded(matching(log.names["touchpoint"], BROWSING), log.touchpoint)
    rows = np.flatnonzero(own)
    rows = rows[np.lexsort((log.at_us[rows], log.customer[rows], log.journey[rows]))]
    stage = stage_of_events(log, model)[rows]
    frame = pd.DataFrame({"journey": log.journey[rows], "person": log.customer[rows], "stage": stage, "touchpoint": log.touchpoint[rows]})
    person = ["journey", "person", "stage"]
    is_new = frame["touchpoint"] != frame.groupby(person, sort=False)["touchpoint"].shift()
    runs = frame[is_new].groupby([*person, "touchpoint"], sort=False).size()
    looped = runs[runs > FEWEST_RETURNS].reset_index()
    return looped["journey"].to_numpy(), looped["stage"].to_numpy()


# --- shares of those who came to a stage ------------------------------------------------------------------------------


def _shares(marks, journeys, i):
    here = marks[marks["stage"] == i]
    beside = marks[marks["stage"].isin([i - 1, i + 1])]
    if here.empty:
        return
    unit, other = (journeys_of(journeys, rows["journey"].to_numpy())["unit"].to_numpy() for rows in (here, beside))
    for kind in ("help", "loop", "detour"):
        if kind == "detour" and i == 0:  # nothing lies before the first stage
            continue
        told = share_by_unit(here[kind], unit)
        row = {"kind": kind, "touchpoint": "", "n": told.n, "n_yes": told.n_yes, "n_units": told.n_units, "value": told.rate, "lo": told.lo, "hi": told.hi}
        yield row | _beside(beside[kind].mean(), difference_of_shares(here[kind], unit, beside[kind], other)) if len(beside) else row


def _beside(compared, told):
    return {"compared": float(compared), "versus": told.difference, "versus_lo": told.lo, "versus_hi": told.hi}


def _log_days(passages, i):
    """Logarithm of the days from stage i to the next, of journeys that went from the one to the other; at least an hour."""
    if not 0 <= i < passages.touched.shape[1] - 1:
        return np.array([]), np.array([], dtype=np.int64)
    entered, left = passages.in_order[:, i], passages.in_order[:, i + 1]
    rows = np.flatnonzero((entered < NEVER) & (left < NEVER))
    return np.log(np.maximum(left[rows] - entered[rows], _HOUR_US) / DAY_US), rows


def _waits(passages, about, i):
    days, rows = _log_days(passages, i)
    if not len(days):
        return
    units = about["unit"].to_numpy()
    told = t_interval(days, units[rows])
    row = {"kind": "wait", "touchpoint": "", "n": told.n, "n_units": len(np.unique(units[rows])), "value": float(np.exp(told.mean)),
           "lo": float(np.exp(told.lo)), "hi": float(np.exp(told.hi))}  # fmt: skip
    beside = [_log_days(passages, j) for j in (i - 1, i + 1)]
    others, other_rows = (np.concatenate(parts) for parts in zip(*beside, strict=True))
    if len(others):
        is_here = np.arange(len(days) + len(others)) < len(days)
        versus = difference_of_means(np.concatenate([days, others]), is_here, units[np.concatenate([rows, other_rows]).astype(np.int64)])
        row |= {"compared": float(np.exp(others.mean()))} | {name: float(np.exp(value)) for name, value in
                                                            zip(("versus", "versus_lo", "versus_hi"), versus[:3], strict=True)}  # fmt: skip
    yield row


def _going_on(passages, about, i, as_of_us, window_days):
    if i >= passages.touched.shape[1] - 1 or not (passages.at_least[:, i + 1] < NEVER).any():
        return
    entered, left = passages.touched[:, i], passages.at_least[:, i + 1]
    window_us = 0 if window_days is None else round(window_days * DAY_US)
    followed = (entered < NEVER) & (as_of_us - np.where(entered < NEVER, entered, as_of_us) >= window_us)
    if not followed.any():
        return
    waited = np.where(left < NEVER, left, 0) - np.where(entered < NEVER, entered, 0)
    went_on = (left < NEVER) & ((waited <= window_us) if window_days is not None else True)
    told = share_by_unit(went_on[followed], about["unit"].to_numpy()[followed])
    yield {"kind": "blockage", "touchpoint": "", "n": told.n, "n_yes": told.n_yes, "n_units": told.n_units, "value": told.rate, "lo": told.lo, "hi": told.hi}


# --- dead ends --------------------------------------------------------------------------------------------------------


def _tally_ends(log, model):
    """One row a journey, stage and own touchpoint, and whether it was the last own step of the journey; what decides a loss is no step."""
    is_answer = coded(matching(log.names["touchpoint"], ANSWERS_TO_MAIL), log.touchpoint)
    own = np.flatnonzero(is_own(log) & (log.initiator != COMPANY) & (log.outcome != _LOST) & ~is_answer)
    journey = log.journey[own]
    is_last = np.append(journey[1:] != journey[:-1], True)[: len(own)]
    frame = pd.DataFrame({"journey": journey, "stage": stage_of_events(log, model)[own], "touchpoint": log.touchpoint[own], "is_last": is_last})
    return frame.groupby(["journey", "stage", "touchpoint"], sort=True, as_index=False)["is_last"].max()


def _dead_ends(steps, journeys, i, names):
    here = steps[steps["stage"] == i]
    if here.empty:
        return
    about = journeys_of(journeys, here["journey"].to_numpy())
    rested = about["state"].isin(["lost", "dormant", "won"]).to_numpy()
    stopped = here["is_last"].to_numpy() & (about["state"] != "won").to_numpy()
    here, unit, stopped = here[rested], about["unit"].to_numpy()[rested], stopped[rested]
    for code, rows in sorted(here.groupby("touchpoint").indices.items()):
        others = np.setdiff1d(np.arange(len(here)), rows)
        told = share_by_unit(stopped[rows], unit[rows])
        row = {"kind": "dead_end", "touchpoint": names[code], "n": told.n, "n_yes": told.n_yes, "n_units": told.n_units,
               "value": told.rate, "lo": told.lo, "hi": told.hi}  # fmt: skip
        if len(others):
            row |= _beside(stopped[others].mean(), difference_of_shares(stopped[rows], unit[rows], stopped[others], unit[others]))
        yield row
