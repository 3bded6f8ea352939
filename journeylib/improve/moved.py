"""More or fewer purchases than a year ago: does it lie in how many began, or in a stage? The change split without a rest (practice C2)."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.event_log import DAY_US
from journeylib.improve.what_if import draw_rates, lmdi_split
from journeylib.measures.funnel import entries
from journeylib.measures.passages import NEVER, find_passages, journeys_of, moments, over_blocks
from journeylib.presets import resolved_thresholds
from journeylib.schema import PURCHASE_CHANGE, check
from journeylib.stages import StageModel

N_DRAWS = 4000
YEAR_DAYS = 364
#: The shortest two periods that are set beside each other: with a year between them, and one after the other.
SHORTEST_DAYS = 84
#: A source counts as one that journeys begin in where at least this share of them do.
LEAST_BEGIN = 0.1
#: Fewer purchases than this in either period are not split.
FEWEST = 10


class Split(NamedTuple):
    """The change in purchases, part by part (PURCHASE_CHANGE), or None; and the sources whose months it cannot be told from."""

    table: pd.DataFrame | None
    unsteady: tuple[str, ...] = ()


class Periods(NamedTuple):
    """Two periods of equally many days, by when they begin (microseconds), and whether a year lies between them."""

    then_us: int
    now_us: int
    days: int
    is_a_year: bool


def split_purchases(collected, model: StageModel, client: Client) -> Split:
    """The change in purchases between two periods of journeys followed equally long: how much of it lies in the beginnings, how much in each stage.

    Journeys count under the day they began; each is followed for the window. The latest period that is ripe is set beside the same weeks a
    year earlier, or, with less data, beside the one just before. Without a window journeys are not followed equally long, and nothing is told.
    Nor where a source that journeys begin in has a month without rows in either period, its first ones among them: who sets out there is not seen.

    Returns
    -------
    The table: `part` = more (fewer) purchases that lie there, with its 95 % range; the parts add up. None where it cannot be told.
    """
    window_days = resolved_thresholds(client).window_days
    if model.purchase_position is None or not len(collected.log) or window_days is None:
        return Split(None)
    journey, reached, began_us, unit = _reached(collected, model, window_days)
    periods = two_periods(began_us[began_us < NEVER], collected.log.as_of_us - round(window_days * DAY_US))
    if periods is None:
        return Split(None)
    unsteady = unsteady_sources(_sources(collected.log, journey), began_us, periods, collected.coverage_in_time, client)
    return Split(None, unsteady) if unsteady else Split(_split(reached, began_us, unit, periods, model, client))


def _split(reached, began_us, unit, periods, model, client) -> pd.DataFrame | None:
    spans = [_span(began_us, start, periods.days) for start in (periods.then_us, periods.now_us)]
    counts = [reached[span].sum(axis=0) for span in spans]
    if min(count[-1] for count in counts) < FEWEST:
        return None
    weight = [len(np.unique(unit[span])) / span.sum() for span in spans]
    return _table(counts, weight, periods, model.ids[: model.purchase_position + 1], client)


def _span(began_us, start, days):
    return (began_us >= start) & (began_us < start + days * DAY_US)


def _reached(collected, model, window_days):
    """Journeys seen in a stage: which stages up to the purchase each reached within the window, last of all whether it bought; when it began; its unit."""
    passages = find_passages(collected.log, model)
    about = journeys_of(collected.journeys, passages.journey)
    places = range(model.purchase_position + 1)
    entered = np.column_stack([entries(passages, "at_least")[0][:, place] for place in places])
    bought = np.where((about["state"] == "won").to_numpy(bool), moments(about["ended_at"]), NEVER)
    began = entered[:, 0]
    within = np.where(began < NEVER, began, 0) + round(window_days * DAY_US)
    reached = (entered < NEVER) & (entered <= within[:, None])
    return passages.journey, np.column_stack([reached, reached[:, -1] & (bought < NEVER) & (bought <= within)]), began, about["unit"].to_numpy()


def two_periods(began_us: np.ndarray, ripe_until_us: int) -> Periods | None:
    """The longest two equal periods of whole weeks that end a year apart, else that follow each other; None where the data are too short."""
    if not len(began_us):
        return None
    days = int((ripe_until_us - began_us.min()) // DAY_US)
    a_year = min(days - YEAR_DAYS, YEAR_DAYS) // 7 * 7
    if a_year >= SHORTEST_DAYS:
        return Periods(ripe_until_us - (YEAR_DAYS + a_year) * DAY_US, ripe_until_us - a_year * DAY_US, a_year, True)
    half = days // 14 * 7
    return Periods(ripe_until_us - 2 * half * DAY_US, ripe_until_us - half * DAY_US, half, False) if half >= SHORTEST_DAYS else None


def _sources(log, journey) -> np.ndarray:
    """The source of the first event of each of these journeys."""
    names = np.array([*log.names["source"], ""], dtype=object)
    firsts = over_blocks(log, lambda block: pd.DataFrame({"journey": block.journeys_present, "source": block.source[block.starts[:-1]]}))
    return names[firsts["source"].to_numpy()[np.searchsorted(firsts["journey"].to_numpy(), journey)]]


def unsteady_sources(source: np.ndarray, began_us: np.ndarray, periods: Periods, in_time: pd.DataFrame, client: Client) -> tuple[str, ...]:
    """The sources that at least a tenth of the journeys of the two periods begin in, and that have a month without rows in them."""
    starts = (periods.then_us, periods.now_us)
    began = pd.Series(source[np.logical_or(*(_span(began_us, start, periods.days) for start in starts))], dtype="str")
    months = {month for start in starts for month in pd.period_range(_day(start, client), _day(start + periods.days * DAY_US - 1, client), freq="M").to_timestamp()}
    rows = in_time.groupby("source")["month"].agg(set)
    often = began.value_counts(normalize=True)
    return tuple(name for name in sorted(often.index[often >= LEAST_BEGIN]) if name in rows.index and months - rows[name])


def _table(counts, weight, periods, stages, client):
    then, now = (np.append(count[0], count[1:] / count[:-1]) for count in counts)
    parts = lmdi_split(then, now)
    rng = np.random.default_rng([client.seed, zlib.crc32(b"purchase change")])
    draws = lmdi_split(*(_draw(count, each, rng) for count, each in zip(counts, weight, strict=True)))
    lo, hi = np.quantile(draws, [tail := 0.025 / len(parts), 1 - tail], axis=0)  # all parts at once (Bonferroni): which one moved was not asked before
    size = np.abs(draws)
    first, second = np.argsort(-np.abs(parts), kind="stable")[:2]
    is_tied = float((size[:, first] > size[:, second]).mean()) < 0.8
    span = {"days": float(periods.days), "then_from": _day(periods.then_us, client), "now_from": _day(periods.now_us, client), "is_a_year": periods.is_a_year}
    rows = [{"stage": name, "then": then[i], "now": now[i], "part": parts[i], "lo": lo[i], "hi": hi[i], "n_then": int(counts[0][-1]), "n_now": int(counts[1][-1]),
             "is_tied": bool(is_tied and i in (first, second)), **span} for i, name in enumerate(["", *stages])]  # fmt: skip
    return check(pd.DataFrame(rows), PURCHASE_CHANGE)


def _draw(count, weight, rng):
    """Draws of how many began (Poisson) and of each share, as strong as the units behind them."""
    count = count * weight
    began = rng.gamma(count[0] + 0.5, size=(N_DRAWS, 1)) / weight
    return np.column_stack([began, draw_rates(count[1:], count[:-1], rng, N_DRAWS)])


def _day(moment_us, client):
    return pd.Timestamp(moment_us, unit="us", tz="UTC").tz_convert(client.timezone).tz_localize(None).normalize()
