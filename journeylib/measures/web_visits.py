"""What each visit to the site saw and clicked: the tally that pages and requests to act are counted from.

A visit is one person's events of web analytics with no pause over half an hour (`visits.PAUSE_US`): an idle tab ends the visit, so
the hours it stood open are nobody's reading time.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.passages import BLOCK_ROWS, count_rows, stage_of_events
from journeylib.measures.visits import COMPANY, PAUSE_US, coded, matching
from journeylib.schema import OUTCOMES

PAGE_VIEW = "page_view"
WON = OUTCOMES.index("won")
#: Touchpoints by which a visitor does what a page asks for; patterns of whole names, for the client's own words.
CALLS = ("cta_click", "generate_lead", "form_submit", "contact_request", "quote_request", "demo_request", "sign_up", "newsletter_signup", "booking",
         "file_download", "guide_download", "add_to_cart", "*cta*")  # fmt: skip


@dataclass(frozen=True)
class WebVisits:
    """What visits saw, one table a question; pages are codes of `detail`.

    Attributes
    ----------
    seen : by journey and page: n_views, n_visits (that viewed it), n_there (that viewed it or clicked on it), n_landings, n_exits and
        landed_us, the first landing.
    clicks : one row a visit, page, touchpoint and detail (−1 where the detail is the page itself).
    times : by page and seconds: n_events. landings : by page and channel: n_events.
    there : by journey and stage (position, −1 = none): n_visits that were on a page of it.
    """

    seen: pd.DataFrame
    clicks: pd.DataFrame
    times: pd.DataFrame
    landings: pd.DataFrame
    there: pd.DataFrame


def stage_of_pages(log: EventLog, model) -> np.ndarray | None:
    """For every detail the stage most of its page views belong to: −1 none, −2 never a page; None where no page was viewed."""
    viewed = (log.touchpoint == log.code("touchpoint", PAGE_VIEW)) & (log.touchpoint >= 0) & (log.detail >= 0)
    if not viewed.any():
        return None
    k = len(model.in_scope)
    counts = np.bincount(log.detail[viewed].astype(np.int64) * (k + 1) + stage_of_events(log, model)[viewed] + 1, minlength=len(log.names["detail"]) * (k + 1)).reshape(-1, k + 1)
    inside = counts[:, 1:].argmax(axis=1) if k else np.zeros(len(counts), dtype=int)
    return np.where(counts.sum(axis=1) == 0, -2, np.where(counts[:, 1:].sum(axis=1) * 2 >= counts.sum(axis=1), inside, -1))


def find_web_visits(log: EventLog, stages: np.ndarray, *, n_rows: int = BLOCK_ROWS) -> WebVisits:
    """Tally every visit, over blocks of whole journeys; `stages` as `stage_of_pages` gives them."""
    viewing = np.unique(log.source[(log.touchpoint == log.code("touchpoint", PAGE_VIEW)) & (log.detail >= 0)])
    parts, n_visits = [], 0
    for block in log.blocks(n_rows):
        part, n_here = _tally(block, stages, viewing, n_visits)
        parts.append(part)
        n_visits += n_here
    joined = {field.name: pd.concat([getattr(part, field.name) for part in parts], ignore_index=True) for field in fields(WebVisits)}
    for name in ("times", "landings"):
        keys = [column for column in joined[name] if column != "n_events"]
        joined[name] = joined[name].groupby(keys, sort=True, as_index=False)["n_events"].sum()
    return WebVisits(**joined)


def _tally(log, stages, viewing, n_before):
    rows = _web_rows(log, viewing)
    journey, at, detail, touchpoint = log.journey[rows], log.at_us[rows], log.detail[rows].astype(np.int64), log.touchpoint[rows]
    begins = _begins(journey, log.customer[rows], at)
    visit = np.cumsum(begins) - 1
    is_view = (touchpoint == log.code("touchpoint", PAGE_VIEW)) & (detail >= 0)
    is_call = coded(matching(log.names["touchpoint"], CALLS), touchpoint) & ~is_view
    page = _page_of(detail, visit, is_view, stages)
    calls = np.flatnonzero(is_call & (page >= 0))
    journey_of, at_of = journey[begins].astype(np.int64), at[begins]
    views = np.flatnonzero(is_view)
    first, last = _ends(visit[views])
    bought = _has_bought(log, rows[begins], at[_ends(visit)[1]])
    seen, there = _seen(visit, page, views, calls, journey_of, at_of, stages, bought)
    own = np.append(stages >= -1, False)[detail[calls]]
    clicks = count_rows({"visit": visit[calls], "page": page[calls], "touchpoint": touchpoint[calls].astype(np.int64), "detail": np.where(own, -1, detail[calls])})
    clicks = clicks.assign(journey=journey_of[clicks["visit"].to_numpy()] if len(clicks) else [], visit=clicks["visit"] + n_before)
    times = _times(visit, at, page, views, last)
    landings = count_rows({"page": page[views[first]], "channel": log.channel[rows][views[first]].astype(np.int64)})
    return WebVisits(seen, clicks, times, landings, there), int(begins.sum())


def _web_rows(log, viewing):
    """Events of the sources that hold page views, by journey, person and time; already so where a journey is one person's."""
    rows = np.flatnonzero(np.isin(log.source, viewing) & (log.initiator != COMPANY))
    same = log.journey[rows][1:] == log.journey[rows][:-1]
    if (same & (log.customer[rows][1:] != log.customer[rows][:-1])).any():
        rows = rows[np.lexsort((log.at_us[rows], log.customer[rows], log.journey[rows]))]
    return rows


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


def _seen(visit, page, views, calls, journey_of, at_of, stages, bought):
    size = len(stages)
    first, last = _ends(visit[views])
    key = visit[views] * size + page[views]
    met = np.sort(np.concatenate([key * 2, (visit[calls] * size + page[calls]) * 2 + 1]))  # views are even, clicks odd
    begins = _runs(met // 2)
    pairs = met[begins] // 2
    n_views = np.add.reduceat(1 - met % 2, begins) if len(met) else met
    left = last[~bought[visit[views[last]]]]
    lands, exits = (np.bincount(np.searchsorted(pairs, key[ends]), minlength=len(pairs)) for ends in (first, left))
    of_visit, of_page = pairs // size, pairs % size
    landed_us = np.where(lands > 0, at_of[of_visit], np.iinfo(np.int64).max)
    columns = {"n_views": n_views, "n_visits": n_views > 0, "n_there": np.ones(len(pairs)), "n_landings": lands, "n_exits": exits}
    return _by_journey(journey_of[of_visit] * size + of_page, size, columns, landed_us), _there(of_visit, stages[of_page].astype(np.int64), journey_of)


def _by_journey(key, size, columns, landed_us):
    """The columns summed by journey and page, and the first landing."""
    order = np.argsort(key, kind="stable")
    begins = _runs(key[order])
    sums = {name: np.add.reduceat(values[order].astype(np.int64), begins) if len(key) else values.astype(np.int64) for name, values in columns.items()}
    landed = np.minimum.reduceat(landed_us[order], begins) if len(key) else landed_us
    return pd.DataFrame({"journey": key[order][begins] // size, "page": key[order][begins] % size} | sums | {"landed_us": landed})


def _there(visit, stage, journey_of):
    """Visits that were on a page of each stage (−1 = none), by journey; every visit once a stage."""
    size = int(stage.max(initial=-1)) + 2
    places = np.sort(visit * size + stage + 1)
    places = places[_runs(places)]
    return count_rows({"journey": journey_of[places // size], "stage": places % size - 1}).rename(columns={"n_events": "n_visits"})


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
