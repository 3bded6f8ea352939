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
from journeylib.measures.passages import BLOCK_ROWS, NEVER, Passages, find_passages, journeys_of
from journeylib.measures.stats import share_by_unit
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
    passages = find_passages(log, model, n_rows=n_rows)
    about = journeys_of(journeys, passages.journey)
    groups = {"": np.ones(len(about), dtype=bool)}
    groups |= {persona: (about["persona"] == persona).fillna(False).to_numpy(bool) for persona in personas}
    seen = {semantics: _is_seen(passages, semantics) for semantics in SEMANTICS}
    rows = [_stage_row(passages, about, model, semantics, persona, members, i, log.as_of_us, window_days, seen[semantics][i])
            for semantics in SEMANTICS for persona, members in groups.items() if persona == "" or members.any()
            for i in range(len(model.in_scope))]  # fmt: skip
    return check(pd.DataFrame(rows), FUNNEL)


def entries(passages: Passages, semantics: str) -> tuple[np.ndarray, np.ndarray]:
    """When each journey reached each stage, and the next one after it, under a counting rule; both (n, k)."""
    if semantics == "any":
        return passages.touched, passages.next_touched
    reached = passages.in_order if semantics == "in_order" else passages.at_least
    never = np.full((len(reached), 1), NEVER)
    return reached, np.hstack([reached[:, 1:], never])


def _is_seen(passages, semantics) -> np.ndarray:
    """Whether anybody was ever seen in each stage, and in the next one (under `at_least`: in any later one)."""
    here = (passages.touched < NEVER).any(axis=0)
    after = (passages.at_least < NEVER).any(axis=0) if semantics == "at_least" else here
    return here & np.append(after[1:], False)


def _stage_row(passages, about, model, semantics, persona, members, i, as_of_us, window_days, is_seen):
    entered_at, next_at = (matrix[:, i] for matrix in entries(passages, semantics))
    reached = members & (entered_at < NEVER)
    went_on = reached & (next_at < NEVER)
    lost = reached & ~went_on & (about["state"] == "lost").to_numpy(bool)
    followed, converted = _within(entered_at, next_at, reached, went_on, as_of_us, window_days)
    rate = share_by_unit(converted[followed], about["unit"].to_numpy()[followed])
    return {
        "semantics": semantics, "persona": persona, "stage": model.in_scope[i].id, "position": i,
        "n_reached": reached.sum(), "n_went_on": went_on.sum(), "n_lost": lost.sum(),
        "n_open": (reached & ~went_on & ~lost).sum(),
        "n_followed": followed.sum(), "n_converted": converted.sum(), "n_too_recent": (reached & ~followed).sum(),
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
