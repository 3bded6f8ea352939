"""What visits to the site saw and clicked: the tally that pages and requests to act are counted from.

A visit is one person's events of web analytics with no pause over half an hour (`visits.PAUSE_US`): an idle tab ends the visit, so
the hours it stood open are nobody's reading time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.keyed_sums import runs, sum_by
from journeylib.measures.passages import BLOCK_ROWS, NEVER, add_up, blocks_of_units, count_rows, pass_stages, stage_of_events
from journeylib.measures.unit_counts import NOTHING, UnitCounts, sums_by, sums_of
from journeylib.measures.visits import COMPANY, PAUSE_US, by_person, coded, matching
from journeylib.schema import OUTCOMES

PAGE_VIEW = "page_view"
WON = OUTCOMES.index("won")
#: Touchpoints by which a visitor does what a page asks for; patterns of whole names, for the client's own words.
CALLS = ("cta_click", "generate_lead", "form_submit", "contact_request", "quote_request", "demo_request", "sign_up", "newsletter_signup", "booking",
         "file_download", "guide_download", "add_to_cart", "*cta*")  # fmt: skip
#: What names a request to act.
CALL = ["page", "touchpoint", "detail"]


@dataclass(frozen=True)
class WebVisits:
    """What visits saw, one small table a question; pages are codes of `detail`.

    Attributes
    ----------
    seen : by page: n_views, n_visits (that viewed it), n_there (that viewed it or clicked on it), n_landings, n_exits, and n_journeys and
        n_journeys_there of the same.
    exits, entered, there : by page, sums by unit of: visits that viewed it and those that left from it; journeys that came in by it and those
        that reached a later stage in time; visits that were there.
    clicks : by page, touchpoint and detail (−1 where the detail is the page itself): n_clicks, one a visit, and their sums ny, yy with `there`.
    times : by page and seconds: n_events. landings : by page and channel: n_events.
    decided : sums by unit of visits to pages of the stage of decision, and those that clicked there.
    """

    seen: pd.DataFrame
    exits: UnitCounts
    entered: UnitCounts
    there: UnitCounts
    clicks: pd.DataFrame
    times: pd.DataFrame
    landings: pd.DataFrame
    decided: UnitCounts


@dataclass(frozen=True)
class Asked:
    """What is asked of the visits: the stage of every page (`stage_of_pages`), which of them is the decision (None = none), the days given to
    reach the next stage (None = until the data cut), and requests (page, touchpoint, detail) that are no choice and not counted in `decided`."""

    stages: np.ndarray
    decision: int | None = None
    window_days: float | None = None
    no_choice: frozenset[tuple[int, int, int]] = frozenset()


def stage_of_pages(log: EventLog, model, *, n_rows: int = BLOCK_ROWS) -> np.ndarray | None:
    """For every detail the stage most of its page views belong to: −1 none, −2 never a page; None where no page was viewed."""
    k, n = len(model.in_scope), len(log.names["detail"])
    counts = np.zeros((n, k + 1), dtype=np.int64)
    for block in log.blocks(n_rows):
        viewed = np.flatnonzero(_is_view(block))
        place = block.detail[viewed].astype(np.int64) * (k + 1) + stage_of_events(block, model)[viewed] + 1
        counts += np.bincount(place, minlength=n * (k + 1)).reshape(-1, k + 1)
    if not counts.any():
        return None
    inside = counts[:, 1:].argmax(axis=1) if k else np.zeros(len(counts), dtype=int)
    return np.where(counts.sum(axis=1) == 0, -2, np.where(counts[:, 1:].sum(axis=1) * 2 >= counts.sum(axis=1), inside, -1))


def find_web_visits(log: EventLog, journeys: pd.DataFrame, model, asked: Asked, *, n_rows: int = BLOCK_ROWS) -> WebVisits:
    """Tally every visit, over blocks of whole units."""
    viewing = _viewing_sources(log, n_rows)
    parts = [_tally(block, about["unit"].to_numpy(dtype=np.int64), model, asked, viewing) for block, about in blocks_of_units(log, journeys, "unit", n_rows=n_rows)]
    columns = {name: [part[name] for part in parts] for name in parts[0]}
    seen = pd.DataFrame({name: sum(part[name] for part in columns["seen"]) for name in columns["seen"][0]})
    sums = {name: sum(columns[name][1:], start=columns[name][0]) for name in ("exits", "entered", "there", "decided")}
    keys = {"clicks": CALL, "times": ["page", "seconds"], "landings": ["page", "channel"]}
    return WebVisits(seen=seen.rename_axis("page"), **sums, **{name: add_up(columns[name], by) for name, by in keys.items()})


def _is_view(log):
    view = log.code("touchpoint", PAGE_VIEW)
    return (log.touchpoint == view) & (log.detail >= 0) if view >= 0 else np.zeros(len(log), dtype=bool)


def _viewing_sources(log, n_rows):
    """Which sources hold page views, the last of the flags for a missing one; of a log of one source, that one."""
    n = len(log.names["source"])
    found = [0] if n == 1 else sorted({int(source) for block in log.blocks(n_rows) for source in np.unique(block.source[_is_view(block)])})
    return np.isin(np.append(np.arange(n), -1), found)


def _tally(log, unit, model, asked, viewing):
    rows, stages, size = _web_rows(log, viewing), asked.stages, len(asked.stages)
    journey, at, detail, touchpoint = log.journey[rows], log.at_us[rows], log.detail[rows], log.touchpoint[rows]
    begins = _begins(journey, log.customer[rows], at)
    visit, begun = np.cumsum(begins) - 1, np.flatnonzero(begins)
    ended = np.append(begun[1:], len(rows))[: len(begun)] - 1
    is_view = (touchpoint == log.code("touchpoint", PAGE_VIEW)) & (detail >= 0)
    views, calls = np.flatnonzero(is_view), np.flatnonzero(coded(matching(log.names["touchpoint"], CALLS), touchpoint) & ~is_view)
    page, page_of_call = detail[views].astype(np.int64), _page_of(calls, views, visit, detail, stages)
    calls, page_of_call = calls[page_of_call >= 0], page_of_call[page_of_call >= 0]
    place = log.place[rows[begun]].astype(np.int64)  # of each visit's journey in the block
    first, last = _ends(visit[views])
    has_left = ~_has_bought(log, rows[begun], at[ended])[visit[views[last]]]
    met = _met(visit[views] * size + page, visit[calls] * size + page_of_call, first, last[has_left], size)
    seen = sum_by(place[met["visit"]], met["page"], size, {name: met[name] for name in ("n_views", "n_visits", "n_there", "n_landings", "n_exits")},
                   np.where(met["n_landings"] > 0, at[begun][met["visit"]], NEVER))  # fmt: skip
    by_unit = sum_by(unit[seen["of"]], seen["item"], size, {name: seen[name] for name in ("n_visits", "n_there", "n_exits")})
    own = np.append(stages >= -1, False)[detail[calls]]
    clicks = count_rows({"visit": visit[calls], "page": page_of_call, "touchpoint": touchpoint[calls].astype(np.int64), "detail": np.where(own, -1, detail[calls])})
    return {
        "seen": _by_page(seen, size), "exits": sums_by(by_unit["item"], by_unit["n_visits"], by_unit["n_exits"], size),
        "there": sums_by(by_unit["item"], by_unit["n_there"], np.zeros(len(by_unit["key"])), size),
        "entered": _entered(log, model, seen, unit, asked), "clicks": _clicks_by_unit(clicks, unit[place[clicks["visit"]]], by_unit, size),
        "times": _times(at[views], at[ended[visit[views[last]]]], page, last),
        "landings": count_rows({"page": page[first], "channel": log.channel[rows[views[first]]].astype(np.int64)}),
        "decided": _decided(met, clicks, unit[place], asked),
    }  # fmt: skip


def _web_rows(log, viewing):
    """Events of the sources that hold page views, by journey, person and time."""
    return by_person(log, np.flatnonzero(viewing[log.source] & (log.initiator != COMPANY)))


def _begins(journey, person, at):
    begins = np.ones(len(journey), dtype=bool)
    begins[1:] = (journey[1:] != journey[:-1]) | (person[1:] != person[:-1]) | (at[1:] - at[:-1] > PAUSE_US)
    return begins


def _page_of(calls, views, visit, detail, stages):
    """The page of every call: its own detail where that is a page, else the page last viewed in the visit; −1 = none."""
    own = np.append(stages >= -1, False)[detail[calls]]
    before = np.append(-1, views)[np.searchsorted(views, calls)]
    known = (before >= 0) & (visit[before] == visit[calls])
    return np.where(own, detail[calls], np.where(known, detail[before], -1)).astype(np.int64)


def _ends(visit):
    """Places of the first and the last row of each visit."""
    changes = np.flatnonzero(visit[1:] != visit[:-1])
    return (np.append(0, changes + 1), np.append(changes, len(visit) - 1)) if len(visit) else (np.zeros(0, dtype=np.int64),) * 2


def _has_bought(log, first_row, until):
    """Whether a purchase follows the beginning of each visit, at most a pause after its end: who leaves to pay has not left."""
    is_won = log.outcome == WON
    won, n_before = np.append(np.flatnonzero(is_won), len(log)), np.cumsum(is_won) - is_won
    purchase = won[n_before[first_row]]
    known = np.minimum(purchase, len(log) - 1)
    return (purchase < len(log)) & (log.journey[known] == log.journey[first_row]) & (log.at_us[known] - until <= PAUSE_US)


def _met(views, calls, first, left, size):
    """One row a visit and page: how often it was viewed, whether it was, and whether the visit began or ended there.

    `views` and `calls` are numbers of visit and page; `first` and `left` tell with which views a visit began and was left.
    """
    views = views * 8
    views[first] += 2
    views[left] += 4
    met = np.sort(np.concatenate([views, calls * 8 + 1]))
    begins = runs(met >> 3)
    pairs = met[begins] >> 3
    n_met, n_calls, n_landings, n_exits = (np.add.reduceat(flag, begins) if len(met) else met for flag in (np.ones_like(met), met & 1, met >> 1 & 1, met >> 2 & 1))
    n_views = n_met - n_calls
    return {"visit": pairs // size, "page": pairs % size, "n_views": n_views, "n_visits": n_views > 0, "n_there": np.ones(len(pairs), dtype=np.int64),
            "n_landings": n_landings, "n_exits": n_exits}  # fmt: skip


def _by_page(seen, size):
    """Sums by page over its journeys, and how many journeys viewed it or were there."""
    columns = {name: seen[name] for name in ("n_views", "n_visits", "n_there", "n_landings", "n_exits")}
    columns |= {"n_journeys": seen["n_views"] > 0, "n_journeys_there": seen["n_there"] > 0}
    return {name: np.bincount(seen["item"], weights=values, minlength=size).astype(np.int64) for name, values in columns.items()}


def _entered(log, model, seen, unit, asked):
    """Of journeys that came in by a page and had not been further than its stage, how many reached a later one within the window."""
    size, k = len(asked.stages), len(model.in_scope)
    stage = asked.stages[seen["item"]]
    landed = np.flatnonzero((seen["n_landings"] > 0) & (stage >= 0) & (stage < k - 1))
    place, page, stage, at = seen["of"][landed], seen["item"][landed], stage[landed], seen["least"][landed]
    passed, moments = pass_stages(log, model, ("at_least",))
    reached = np.full((len(log.journeys_present), k), NEVER)
    reached[np.searchsorted(log.journeys_present, passed)] = moments["at_least"]
    later = reached[place, stage + 1]
    window = NEVER if asked.window_days is None else int(asked.window_days * DAY_US)
    judged = (later > at) & ((window == NEVER) | (log.as_of_us - at >= window))
    goes_on = (later < NEVER) & (later - np.where(later < NEVER, at, 0) <= window)
    sums = sum_by(unit[place[judged]], page[judged], size, {"n": np.ones(judged.sum()), "n_yes": goes_on[judged]})
    return sums_by(sums["item"], sums["n"], sums["n_yes"], size)


def _clicks_by_unit(clicks, unit, by_unit, size):
    """Visits that did what each request asks, and their sums by unit with the visits of the unit that were on its page."""
    page, touchpoint, detail = (clicks[name].to_numpy(np.int64) for name in CALL)
    shape = size, int(touchpoint.max(initial=0)) + 1, size + 1
    calls, code = np.unique(np.ravel_multi_index((page, touchpoint, detail + 1), shape), return_inverse=True)
    counted = sum_by(unit, code, len(calls), {"n_clicks": np.ones(len(code))})
    code, k = counted["item"], counted["n_clicks"]
    page, touchpoint, detail = np.unravel_index(calls, shape)
    n = by_unit["n_there"][np.searchsorted(by_unit["key"], counted["of"] * size + page[code])]
    sums = {name: np.bincount(code, weights=values, minlength=len(calls)).astype(np.int64) for name, values in (("n_clicks", k), ("ny", n * k), ("yy", k * k))}
    return pd.DataFrame({"page": page, "touchpoint": touchpoint, "detail": detail - 1} | sums)


def _decided(met, clicks, unit_of_visit, asked):
    """Visits to pages of the decision, and those that clicked there on what is a choice, by unit."""
    if asked.decision is None:
        return NOTHING
    there = np.unique(met["visit"][asked.stages[met["page"]] == asked.decision])
    clicked = clicks[asked.stages[clicks["page"].to_numpy()] == asked.decision]
    if asked.no_choice:
        clicked = clicked[[call not in asked.no_choice for call in zip(*(clicked[name] for name in CALL), strict=True)]]
    yes = np.isin(there, clicked["visit"].to_numpy())
    sums = sum_by(unit_of_visit[there], 0, 1, {"n": np.ones(len(there)), "n_yes": yes})
    return sums_of(sums["n"], sums["n_yes"])


def _times(at, last_at, page, last):
    """Whole seconds of each view until the next one, of the last of a visit until the visit's last event; capped as a pause is."""
    until = np.append(at[1:], 0)
    until[last] = last_at
    known = np.flatnonzero(until > at)
    seconds = np.minimum(until[known] - at[known], PAUSE_US) // 1_000_000
    return count_rows({"page": page[known], "seconds": seconds})


def calls_of(rows: pd.DataFrame) -> Iterable[tuple[int, int, int]]:
    """The requests of these rows, as `Asked.no_choice` names them."""
    return zip(*(rows[name].to_numpy().tolist() for name in CALL), strict=True)
