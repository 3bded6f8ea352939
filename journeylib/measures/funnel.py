"""How many journeys reach each stage and go on to the next, under three named counting rules (practice C1).

- `in_order`: all earlier stages were passed, in order.
- `any`: the stage was touched.
- `at_least`: this stage or any later one was touched; the numbers never rise along the stages. The map's rule.

A journey goes on when the next stage comes at or after its first entry into this one. A rate counts only journeys that
entered at least a window before the data cut: those who had the time. Open is not lost.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, NEVER, Passages, blocks_of_units, pass_stages
from journeylib.measures.unit_counts import NOTHING, count_units, share_of
from journeylib.schema import FUNNEL, SEMANTICS, check


def funnel(log: EventLog, journeys: pd.DataFrame, model, *, window_days: float | None = None,
           personas: Sequence[str] = (), n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """The stage funnel under all three counting rules, for everybody and for each persona that has journeys.

    rate = n_converted / n_followed, Wilson's interval with the design effect of the unit; missing for the last stage, and
    where no source shows the stage, or what comes after it: that everybody or nobody went on would then say nothing of them.
    Conserved in every row but the last stage's rate: n_reached = n_went_on + n_lost + n_open = n_followed + n_too_recent.

    Parameters
    ----------
    window_days : time given to reach the next stage, from the first entry into the stage; None = until the data cut.
    personas : declared personas' ids.

    Returns
    -------
    FUNNEL, by rule, persona ('' first) and stage.
    """
    sums = [_tally(block, about, model, personas, log.as_of_us, window_days)
            for block, about in blocks_of_units(log, journeys, "unit", "state", "persona", n_rows=n_rows)]  # fmt: skip
    rows = [_stage_row(semantics, persona, model, i, sums, window_days) for semantics in SEMANTICS for persona in ("", *personas)
            for i in range(len(model.in_scope)) if persona == "" or any(part["members"][persona] for part in sums)]  # fmt: skip
    return check(pd.DataFrame(rows), FUNNEL)


def _tally(log, about, model, personas, as_of_us, window_days) -> dict:
    """Sums of a block of whole units: who was seen in each stage, and by rule, persona and stage what became of those who reached it."""
    codes, times = pass_stages(log, model)
    passages = Passages(codes, **times)
    about = about.iloc[np.searchsorted(log.journeys_present, codes)]
    unit, is_lost = about["unit"].to_numpy(dtype=np.int64), (about["state"] == "lost").to_numpy(bool)
    groups = {"": np.ones(len(about), dtype=bool)} | {persona: (about["persona"] == persona).fillna(False).to_numpy(bool) for persona in personas}
    sums = {(semantics, persona, i): _count(*(times[:, i] for times in entries(passages, semantics)), members, unit, is_lost, as_of_us, window_days)
            for semantics in SEMANTICS for persona, members in groups.items() for i in range(len(model.in_scope)) if members.any()}  # fmt: skip
    seen = {name: (times[name] < NEVER).any(axis=0) for name in ("touched", "at_least")}
    return {"sums": sums, "seen": seen, "members": {persona: bool(members.any()) for persona, members in groups.items()}}


def _count(entered_at, next_at, members, unit, is_lost, as_of_us, window_days):
    """How many reached the stage, went on and were lost, and the sums by unit of those followed, with a yes for those who went on in time."""
    reached = members & (entered_at < NEVER)
    went_on = reached & (next_at < NEVER)
    followed, converted = _within(entered_at, next_at, reached, went_on, as_of_us, window_days)
    return np.array([reached.sum(), went_on.sum(), (reached & ~went_on & is_lost).sum()]), count_units(converted[followed], unit[followed])


def entries(passages: Passages, semantics: str) -> tuple[np.ndarray, np.ndarray]:
    """When each journey reached each stage, and the next one after it, under a counting rule; both (n, k)."""
    if semantics == "any":
        return passages.touched, passages.next_touched
    reached = passages.in_order if semantics == "in_order" else passages.at_least
    never = np.full((len(reached), 1), NEVER)
    return reached, np.hstack([reached[:, 1:], never])


def _is_seen(sums, semantics) -> np.ndarray:
    """Whether anybody was ever seen in each stage, and in the next one (under `at_least`: in any later one)."""
    here, after = (np.logical_or.reduce([part["seen"][name] for part in sums]) for name in ("touched", "at_least" if semantics == "at_least" else "touched"))
    return here & np.append(after[1:], False)


def _stage_row(semantics, persona, model, i, sums, window_days):
    parts = [part["sums"][semantics, persona, i] for part in sums if (semantics, persona, i) in part["sums"]]
    n_reached, n_went_on, n_lost = sum((counts for counts, _ in parts), start=np.zeros(3, dtype=int))
    followed = sum((counted for _, counted in parts), start=NOTHING)
    rate, is_seen = share_of(followed), bool(sums) and _is_seen(sums, semantics)[i]
    return {
        "semantics": semantics, "persona": persona, "stage": model.in_scope[i].id, "position": i,
        "n_reached": n_reached, "n_went_on": n_went_on, "n_lost": n_lost, "n_open": n_reached - n_went_on - n_lost,
        "n_followed": rate.n, "n_converted": rate.n_yes, "n_too_recent": n_reached - rate.n,
        "rate": rate.rate if is_seen else np.nan, "rate_lo": rate.lo if is_seen else np.nan,
        "rate_hi": rate.hi if is_seen else np.nan, "n_units": rate.n_units, "window_days": window_days,
    }  # fmt: skip


def _within(entered_at, next_at, reached, went_on, as_of_us, window_days):
    if window_days is None:
        return reached, went_on
    window_us = round(window_days * DAY_US)
    followed = reached & (as_of_us - np.where(reached, entered_at, as_of_us) >= window_us)
    waited = np.where(went_on, next_at, 0) - np.where(went_on, entered_at, 0)
    return followed, followed & went_on & (waited <= window_us)
