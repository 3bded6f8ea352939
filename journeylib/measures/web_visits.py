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
        viewed = _is_view(block)
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
    return (log.touchpoint == log.code("touchpoint", PAGE_VIEW)) & (log.touchpoint >= 0) & (log.detail >= 0)


def _viewing_sources(log, n_rows):
    """The sources that hold page views; of a log of one source, that one."""
    if len(log.names["source"]) == 1:
        return [0]
    return sorted({int(source) for block in log.blocks(n_rows) for source in np.unique(block.source[_is_view(block)])})


def _tally(log, unit, model, asked, viewing):
    rows, stages, size = _web_rows(log, viewing), asked.stages, len(asked.stages)
    journey, at, detail, touchpoint = log.journey[rows], log.at_us[rows], log.detail[rows].astype(np.int64), log.touchpoint[rows]
    begins = _begins(journey, log.customer[rows], at)
    visit = np.cumsum(begins) - 1
    is_view = (touchpoint == log.code("touchpoint", PAGE_VIEW)) & (detail >= 0)
    is_call = coded(matching(log.names["touchpoint"], CALLS), touchpoint) & ~is_view
    page = _page_of(detail, visit, is_view, stages)
    calls, views = np.flatnonzero(is_call & (page >= 0)), np.flatnonzero(is_view)
    place = log.place[rows[begins]].astype(np.int64)  # of each visit's journey in the block
    first, last = _ends(visit[views])
    bought = _has_bought(log, rows[begins], at[_ends(visit)[1]])
    met = _met(visit, page, views, calls, size, bought)
    seen = _sum_by(place[met["visit"]] * size + met["page"], {name: met[name] for name in ("n_views", "n_visits", "n_there", "n_landings", "n_exits")},
                   np.where(met["n_landings"] > 0, at[begins][met["visit"]], NEVER))  # fmt: skip
    by_unit = _sum_by(unit[seen["key"] // size] * size + seen["key"] % size, {name: seen[name] for name in ("n_visits", "n_there", "n_exits")})
    own = np.append(stages >= -1, False)[detail[calls]]
    clicks = count_rows({"visit": visit[calls], "page": page[calls], "touchpoint": touchpoint[calls].astype(np.int64), "detail": np.where(own, -1, detail[calls])})
    return {
        "seen": _by_page(seen, size), "exits": sums_by(by_unit["key"] % size, by_unit["n_visits"], by_unit["n_exits"], size),
        "there": sums_by(by_unit["key"] % size, by_unit["n_there"], np.zeros(len(by_unit["key"])), size),
        "entered": _entered(log, model, seen, unit, asked), "clicks": _clicks_by_unit(clicks, unit[place[clicks["visit"]]], by_unit, size),
        "times": _times(visit, at, page, views, last),
        "landings": count_rows({"page": page[views[first]], "channel": log.channel[rows][views[first]].astype(np.int64)}),
        "decided": _decided(met, clicks, unit[place], asked),
    }  # fmt: skip


def _web_rows(log, viewing):
    """Events of the sources that hold page views, by journey, person and time."""
    return by_person(log, np.flatnonzero(np.isin(log.source, viewing) & (log.initiator != COMPANY)))


def _begins(journey, person, at):
    begins = np.ones(len(journey), dtype=bool)
    begins[1:] = (journey[1:] != journey[:-1]) | (person[1:] != person[:-1]) | (at[1:] - at[:-1] > PAUSE_US)
    return begins


def _page_of(detail, visit, is_view, stages):
    """The page of every event: its own detail where that is a page, else the page last viewed in the visit; −1 = none."""
    own = np.append(stages >= -1, False)[detail]
    before = np.maximum.accumulate(np.where(is_view, np.arange(len(detail)), -1)) if len(detail) else detail
    known = (before >= 0) & (visit[before] == visit)
    return np.where(own, detail, np.where(known, detail[before], -1))


def _ends(visit):
    """Places of the first and the last row of each visit."""
    changes = np.flatnonzero(visit[1:] != visit[:-1])
    return (np.append(0, changes + 1), np.append(changes, len(visit) - 1)) if len(visit) else (np.zeros(0, dtype=np.int64),) * 2


def _has_bought(log, first_row, until):
    """Whether a purchase follows the beginning of each visit, at most a pause after its end: who leaves to pay has not left."""
    won = np.append(np.flatnonzero(log.outcome == WON), len(log))
    purchase = won[np.searchsorted(won, first_row)]
    known = np.minimum(purchase, len(log) - 1)
    return (purchase < len(log)) & (log.journey[known] == log.journey[first_row]) & (log.at_us[known] - until <= PAUSE_US)


def _met(visit, page, views, calls, size, bought):
    """One row a visit and page: how often it was viewed, whether it was, and whether the visit began or ended there."""
    first, last = _ends(visit[views])
    key = visit[views] * size + page[views]
    met = np.sort(np.concatenate([key * 2, (visit[calls] * size + page[calls]) * 2 + 1]))  # views are even, clicks odd
    begins = _runs(met // 2)
    pairs = met[begins] // 2
    n_views = np.add.reduceat(1 - met % 2, begins) if len(met) else met
    left = last[~bought[visit[views[last]]]]
    lands, exits = (np.bincount(np.searchsorted(pairs, key[ends]), minlength=len(pairs)) for ends in (first, left))
    return {"visit": pairs // size, "page": pairs % size, "n_views": n_views, "n_visits": n_views > 0, "n_there": np.ones(len(pairs), dtype=np.int64),
            "n_landings": lands, "n_exits": exits}  # fmt: skip


def _sum_by(key, columns, least=None):
    """The columns summed by key, ascending, and the least of `least`."""
    is_sorted = bool((key[1:] >= key[:-1]).all())
    order = slice(None) if is_sorted else np.argsort(key, kind="stable")
    begins = _runs(key[order])
    sums = {name: np.add.reduceat(values[order].astype(np.int64), begins) if len(key) else values.astype(np.int64) for name, values in columns.items()}
    sums |= {} if least is None else {"landed_us": np.minimum.reduceat(least[order], begins) if len(key) else least}
    return {"key": key[order][begins]} | sums


def _by_page(seen, size):
    """Sums by page over its journeys, and how many journeys viewed it or were there."""
    page = seen["key"] % size
    columns = {name: seen[name] for name in ("n_views", "n_visits", "n_there", "n_landings", "n_exits")}
    columns |= {"n_journeys": seen["n_views"] > 0, "n_journeys_there": seen["n_there"] > 0}
    return {name: np.bincount(page, weights=values, minlength=size).astype(np.int64) for name, values in columns.items()}


def _entered(log, model, seen, unit, asked):
    """Of journeys that came in by a page and had not been further than its stage, how many reached a later one within the window."""
    size, k = len(asked.stages), len(model.in_scope)
    place, page = seen["key"] // size, seen["key"] % size
    stage = asked.stages[page]
    landed = (seen["n_landings"] > 0) & (stage >= 0) & (stage < k - 1)
    place, page, stage, at = place[landed], page[landed], stage[landed], seen["landed_us"][landed]
    passed, moments = pass_stages(log, model, ("at_least",))
    later = moments["at_least"][np.searchsorted(passed, log.journeys_present[place]), stage + 1] if len(place) else np.zeros(0, dtype=np.int64)
    window = NEVER if asked.window_days is None else int(asked.window_days * DAY_US)
    judged = (later > at) & ((window == NEVER) | (log.as_of_us - at >= window))
    goes_on = (later < NEVER) & (later - np.where(later < NEVER, at, 0) <= window)
    sums = _sum_by((unit[place] * size + page)[judged], {"n": np.ones(judged.sum()), "n_yes": goes_on[judged]})
    return sums_by(sums["key"] % size, sums["n"], sums["n_yes"], size)


def _clicks_by_unit(clicks, unit, by_unit, size):
    """Visits that did what each request asks, and their sums by unit with the visits of the unit that were on its page."""
    counted = clicks.assign(unit=unit).groupby(["unit", *CALL], sort=False, as_index=False)["n_events"].size()
    k = counted["size"].to_numpy(dtype=np.int64)
    n = by_unit["n_there"][np.searchsorted(by_unit["key"], counted["unit"].to_numpy() * size + counted["page"].to_numpy())] if len(counted) else k
    return counted[CALL].assign(n_clicks=k, ny=n * k, yy=k * k).groupby(CALL, as_index=False).sum()


def _decided(met, clicks, unit_of_visit, asked):
    """Visits to pages of the decision, and those that clicked there on what is a choice, by unit."""
    if asked.decision is None:
        return NOTHING
    there = np.unique(met["visit"][asked.stages[met["page"]] == asked.decision])
    clicked = clicks[asked.stages[clicks["page"].to_numpy()] == asked.decision]
    if asked.no_choice:
        clicked = clicked[[call not in asked.no_choice for call in zip(*(clicked[name] for name in CALL), strict=True)]]
    yes = np.isin(there, clicked["visit"].to_numpy())
    sums = _sum_by(unit_of_visit[there], {"n": np.ones(len(there)), "n_yes": yes})
    return sums_of(sums["n"], sums["n_yes"])


def _runs(values):
    """Where each run of equal values begins."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1])) if len(values) else np.zeros(0, dtype=np.int64)


def _times(visit, at, page, views, last):
    """Whole seconds on a page until the next one, on the last page of a visit until its last event; capped as a pause is."""
    until = np.append(at[views][1:], 0)
    end_row = _ends(visit)[1]
    until[last] = at[end_row[visit[views[last]]]]
    seconds = np.minimum(until - at[views], PAUSE_US) // 1_000_000
    known = until > at[views]
    return count_rows({"page": page[views][known], "seconds": seconds[known]})


def calls_of(rows: pd.DataFrame) -> Iterable[tuple[int, int, int]]:
    """The requests of these rows, as `Asked.no_choice` names them."""
    return zip(*(rows[name].to_numpy().tolist() for name in CALL), strict=True)
