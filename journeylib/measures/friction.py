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
from journeylib.measures.clustered import difference_of_means
from journeylib.measures.passages import BLOCK_ROWS, NEVER, blocks_of_units, distinct, pass_stages, stage_of_events
from journeylib.measures.stats import t_interval, unit_codes
from journeylib.measures.unit_counts import count_units, share_of
from journeylib.measures.unit_pairs import difference_of, each_and_the_rest, pair_sums, place_of
from journeylib.measures.visits import COMPANY, HELP, by_person, coded, find_visits, furthest_before, is_own, matching
from journeylib.schema import FRICTION, OUTCOMES, check

#: What a tracker writes at every turn: coming back to it says nothing of going in circles.
BROWSING = ("page_view", "session_start", "first_visit", "user_engagement", "scroll", "click", "email_open", "email_click", "view_item",
            "view_item_list", "product_view", "usage", "login", "order", "purchase")  # fmt: skip
#: What answers the company's own mail is no step on the way: it goes on long after the customer has come to rest.
ANSWERS_TO_MAIL = ("email_open", "email_click", "email_unsubscribe", "email_unsubscribed", "unsubscribe")
#: Coming back so many times to the same touchpoint is going in circles; once may be a second thought.
FEWEST_RETURNS = 2
_LOST = OUTCOMES.index("lost")
_AT_REST = ("lost", "dormant", "won")
_HOUR_US = DAY_US // 24


def friction(log: EventLog, journeys: pd.DataFrame, model, *, window_days: float | None, help_at=HELP, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Every kind of trouble in every stage anybody came to.

    Shares have Wilson's interval with the design effect of the unit; what stands beside them (`compared`, the neighbouring
    stages taken together) is subtracted with an interval by unit. A kind nobody could show in a stage has no row there: no
    waits where nobody went on, no blockage where nothing after the stage was ever seen, no help where no source names any.

    Returns
    -------
    FRICTION, by stage and kind.
    """
    kinds = ("help", "loop", "detour") if matching(log.names["touchpoint"], help_at).any() else ("loop", "detour")
    known = journeys[["journey", "unit"]].assign(is_at_rest=journeys["state"].isin(_AT_REST), is_won=journeys["state"].isin(["won"]))
    tallies = [_tally(block, about, model, kinds, help_at, window_days) for block, about in blocks_of_units(log, known, n_rows=n_rows)]
    if not tallies:
        return check(pd.DataFrame(columns=list(FRICTION.columns)), FRICTION)
    sums = {name: sum((tally[name] for tally in tallies[1:]), start=tallies[0][name]) for name in tallies[0] if name != "waits"}
    waits = [tuple(np.concatenate(parts) for parts in zip(*(tally["waits"][i] for tally in tallies), strict=True)) for i in range(len(model.in_scope))]
    rows = []
    for i, stage in enumerate(model.in_scope):
        rows += [row | {"stage": stage.id} for row in (
            *_shares(sums, i, kinds), *_waits(waits, i), *_going_on(sums, i), *_dead_ends(sums["dead_ends", i], log.names["touchpoint"]))]  # fmt: skip
    return check(pd.DataFrame(rows, columns=list(FRICTION.columns)), FRICTION)


def _tally(log, about, model, kinds, help_at, window_days) -> dict:
    """Sums by unit over a block of whole units, of every kind in every stage, and the waits of its journeys."""
    unit, codes = about["unit"].to_numpy(dtype=np.int64), unit_codes(about["unit"])
    own, stage = np.flatnonzero(is_own(log)), stage_of_events(log, model)
    here, trouble = _trouble(log, own, stage, len(model.in_scope), kinds, help_at)
    n_units, k = int(codes.max()) + 1, len(model.in_scope)
    came, yes = _by_unit(here, codes, n_units), {kind: _by_unit(flags, codes, n_units) for kind, flags in trouble.items()}
    found = {kind: pair_sums(came, yes[kind], _neighbours(came), _neighbours(yes[kind])) for kind in kinds}
    passed, times = pass_stages(log, model, ("touched", "in_order", "at_least"))
    units_passed = unit[np.searchsorted(log.journeys_present, passed)]
    found["reached"] = (times["at_least"] < NEVER).sum(axis=0)
    found |= {("blockage", i): count_units(*_went_on(times, i, units_passed, log.as_of_us, window_days)) for i in range(k - 1)}
    found |= {("dead_ends", i): pairs for i, pairs in enumerate(_tally_ends(log, own, stage, k, about))}
    return found | {"waits": [_log_days(times["in_order"], i, units_passed) for i in range(k)]}


def _by_unit(flags, codes, n_units):
    """(journeys, stages) flags as counts by unit; as they stand where each journey is a unit's only one."""
    if n_units == len(codes):
        return flags.view(np.uint8)
    return np.stack([np.bincount(codes, weights=column, minlength=n_units) for column in flags.T], axis=1).astype(np.int64)


def _neighbours(counts):
    """What stands in the stages next to each."""
    beside = np.zeros_like(counts)
    beside[:, 1:] += counts[:, :-1]
    beside[:, :-1] += counts[:, 1:]
    return beside


def _trouble(log, own, stage, k, kinds, help_at):
    """For every journey of a block and stage (n, k): whether it came there, and whether it asked for help there, looped there, or went back from there."""
    visits = find_visits(log, own)
    came = visits.furthest(stage)
    found = {"help": lambda: _helped(log, own, stage, help_at), "loop": lambda: _looped(log, own, stage, k), "detour": lambda: _went_back(visits, came)}
    here = _flags(log, k, visits.place, came)
    return here, {kind: here & _flags(log, k, *found[kind]()) for kind in kinds}


def _flags(log, k, place, stage):
    flags = np.zeros((len(log.starts) - 1, k), dtype=bool, order="F")  # a stage's flags lie together
    known = stage >= 0
    flags[place[known], stage[known]] = True
    return flags


def _helped(log, own, stage, help_at):
    rows = own[coded(matching(log.names["touchpoint"], help_at), log.touchpoint[own])]
    return log.place[rows], stage[rows]


def _went_back(visits, came):
    """From which stage somebody went to an earlier one: the furthest the person had come."""
    before = furthest_before(visits, came)
    back = (came >= 0) & (came < before)
    return visits.place[back], before[back]


def _looped(log, own, stage, k):
    """Journeys and stages in which a person came back, in a later visit and after something else, to the same touchpoint."""
    rows = by_person(log, own[~coded(matching(log.names["touchpoint"], BROWSING), log.touchpoint[own])])
    place, person, touchpoint = log.place[rows], log.customer[rows], log.touchpoint[rows].astype(np.int64)
    is_new = np.append(True, (place[1:] != place[:-1]) | (person[1:] != person[:-1]))[: len(rows)]
    n, there = len(log.names["touchpoint"]), (np.cumsum(is_new) - 1) * (k + 1) + stage[rows] + 1
    order = np.argsort(there, kind="stable")
    run = (there * n + touchpoint)[order]
    run, times = np.unique(run[np.append(True, run[1:] != run[:-1])[: len(run)]], return_counts=True)
    looped = run[times > FEWEST_RETURNS] // n
    return place[is_new][looped // (k + 1)], looped % (k + 1) - 1


# --- shares of those who came to a stage ------------------------------------------------------------------------------


def _shares(sums, i, kinds):
    for kind in kinds:
        if kind == "detour" and i == 0:  # nothing lies before the first stage
            continue
        pairs = place_of(sums[kind], i)
        if pairs.first.n:
            yield {"kind": kind, "touchpoint": ""} | _told(pairs)


def _told(pairs):
    """The first share, with the second beside it where that has any."""
    told = share_of(pairs.first)
    row = {"n": told.n, "n_yes": told.n_yes, "n_units": told.n_units, "value": told.rate, "lo": told.lo, "hi": told.hi}
    return row | _beside(pairs.second.n_yes / pairs.second.n, difference_of(pairs)) if pairs.second.n else row


def _beside(compared, told):
    return {"compared": float(compared), "versus": told.difference, "versus_lo": told.lo, "versus_hi": told.hi}


def _log_days(in_order, i, unit):
    """Logarithm of the days from stage i to the next, of journeys that went from the one to the other, at least an hour; and their units."""
    if not 0 <= i < in_order.shape[1] - 1:
        return np.array([]), np.array([], dtype=np.int64)
    entered, left = in_order[:, i], in_order[:, i + 1]
    rows = np.flatnonzero((entered < NEVER) & (left < NEVER))
    return np.log(np.maximum(left[rows] - entered[rows], _HOUR_US) / DAY_US), unit[rows]


def _waits(waits, i):
    days, unit = waits[i]
    if not len(days):
        return
    told = t_interval(days, unit)
    row = {"kind": "wait", "touchpoint": "", "n": told.n, "n_units": int(unit_codes(unit).max()) + 1, "value": float(np.exp(told.mean)),
           "lo": float(np.exp(told.lo)), "hi": float(np.exp(told.hi))}  # fmt: skip
    beside = [waits[j] for j in (i - 1, i + 1) if 0 <= j < len(waits)]
    others, other_unit = (np.concatenate(parts) for parts in zip(*beside, strict=True))  # nobody waits for a next stage where there is one only
    if len(others):
        is_here = np.arange(len(days) + len(others)) < len(days)
        versus = difference_of_means(np.concatenate([days, others]), is_here, np.concatenate([unit, other_unit]))
        row |= {"compared": float(np.exp(others.mean()))} | {name: float(np.exp(value)) for name, value in
                                                            zip(("versus", "versus_lo", "versus_hi"), versus[:3], strict=True)}  # fmt: skip
    yield row


def _went_on(times, i, unit, as_of_us, window_days):
    """Of journeys followed past stage i, whether they reached a later one in time; and their units."""
    window_us = 0 if window_days is None else round(window_days * DAY_US)
    followed = np.flatnonzero(times["touched"][:, i] <= as_of_us - window_us)
    entered, left = times["touched"][followed, i], times["at_least"][followed, i + 1]
    went_on = left < NEVER
    if window_days is not None:
        went_on &= np.where(went_on, left, entered) - entered <= window_us
    return went_on, unit[followed]


def _going_on(sums, i):
    if i >= len(sums["reached"]) - 1 or not sums["reached"][i + 1] or not sums["blockage", i].n:
        return
    told = share_of(sums["blockage", i])
    yield {"kind": "blockage", "touchpoint": "", "n": told.n, "n_yes": told.n_yes, "n_units": told.n_units, "value": told.rate, "lo": told.lo, "hi": told.hi}


# --- dead ends --------------------------------------------------------------------------------------------------------


def _tally_ends(log, own, stage, k, about):
    """By stage, each own touchpoint beside the others: whether it was the last own step, of journeys come to rest; what decides a loss is no step."""
    is_answer = coded(matching(log.names["touchpoint"], ANSWERS_TO_MAIL), log.touchpoint)
    is_step = (log.initiator != COMPANY) & (log.outcome != _LOST) & ~is_answer & about["is_at_rest"].to_numpy()[log.place]
    rows = own[is_step[own]]
    place, n = log.place[rows], len(log.names["touchpoint"])
    key = (place.astype(np.int64) * (k + 1) + stage[rows] + 1) * n + log.touchpoint[rows]
    met, is_last = distinct(key), np.append(place[1:] != place[:-1], True)[: len(rows)]
    stopped = np.zeros(len(met), dtype=bool)
    stopped[np.searchsorted(met, key[is_last])] = True
    place, where, touchpoint = met // ((k + 1) * n), met // n % (k + 1) - 1, met % n
    stopped &= ~about["is_won"].to_numpy()[place]
    unit = about["unit"].to_numpy(dtype=np.int64)[place]
    for i in range(k):
        here = np.flatnonzero(where == i)
        yield each_and_the_rest(unit[here], touchpoint[here], stopped[here], n)


def _dead_ends(pairs, names):
    for code in np.flatnonzero(pairs.first.n):
        yield {"kind": "dead_end", "touchpoint": names[code]} | _told(place_of(pairs, code))
