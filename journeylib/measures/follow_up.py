"""How soon is interest answered, and does it matter? From an interest signal to the first contact (practice C17).

A signal is something the customer does that asks for an answer: a form, an enquiry, a request for an offer or a demo. It is
answered by the first thing the company starts after it, or by a step of the deal, which somebody at the company took.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.incidence import cumulative_incidence, incidence_design_effect, interval_at, share_at, time_until_end
from journeylib.measures.passages import BLOCK_ROWS, NEVER, first_moments, journeys_of, over_blocks
from journeylib.measures.stats import share_by_unit
from journeylib.measures.visits import COMPANY, CUSTOMER, coded, matching
from journeylib.schema import ATOMS, FOLLOW_UP, OUTCOMES, check

#: Touchpoints that ask for an answer, where the client has not named its own (`signals:`).
SIGNALS = ("form_submit", "generate_lead", "contact_request", "quote_request", "demo_request", "demo", "booking")
#: Steps of a deal: the company's own people wrote down that they did something.
DEAL_STEPS = ("deal_*", "offer_sent", "contract")
WEEK_HOURS = 168.0
_INTERESTED = [ATOMS.index("a3_evaluate"), ATOMS.index("a4_decide")]
_WON, _LOST = OUTCOMES.index("won"), OUTCOMES.index("lost")
_HOUR_US = 3_600_000_000


def follow_up(log: EventLog, journeys: pd.DataFrame, *, limit_hours: float, signals: Sequence[str] = (), n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """How soon the first signal of each journey is answered, and how many of those answered early, late or not went on to buy.

    - answered: share contacted within `limit_hours` and within a week (Aalen–Johansen: who buys or says no before being
      contacted needed no answer; who is not yet answered is followed until the data cut). Interval with the design effect of the unit.
    - median: hours by which half are answered.
    - converted: share that bought *after* a week, by when it was answered, of journeys neither won nor lost by then and followed
      that long. Counting from the landmark keeps those who bought at once from making quick answers look good (immortal time).

    Parameters
    ----------
    signals : patterns of touchpoints; none = `SIGNALS` among what the customer did while evaluating or deciding.

    Returns
    -------
    FOLLOW_UP; empty where no signal is in the log, or nothing that could answer one.
    """
    told = over_blocks(log, lambda block: _tally_signals(block, signals), n_rows)
    if told.empty or not _can_answer(log).any():
        return check(pd.DataFrame(columns=list(FOLLOW_UP.columns)), FOLLOW_UP)
    told["unit"] = pd.factorize(journeys_of(journeys, told["journey"].to_numpy(), "unit")["unit"])[0]
    told, ends = _ended(told, log.as_of_us)
    hours, unit = told["hours"].to_numpy(), told["unit"].to_numpy()
    incidence = cumulative_incidence(hours, ends)
    rows = [_answered_row(incidence, hours, ends, unit, limit) for limit in sorted({float(limit_hours), WEEK_HOURS})]
    half = time_until_end(incidence, 0.5, 1)
    rows.append({"measure": "median", "group": "", "hours": half, "n": len(told), "n_yes": int((ends == 1).sum()), "n_units": len(np.unique(unit))})
    rows += _converted(told, log.as_of_us, limit_hours)
    return check(pd.DataFrame(rows, columns=list(FOLLOW_UP.columns)), FOLLOW_UP)


def is_signal(log: EventLog, signals: Sequence[str] = ()) -> np.ndarray:
    """Events that ask for an answer."""
    named = coded(matching(log.names["touchpoint"], signals or SIGNALS), log.touchpoint) & (log.initiator != COMPANY)
    return named if signals else named & (log.initiator == CUSTOMER) & np.isin(log.atom, _INTERESTED)


def _can_answer(log):
    deal = coded(matching(log.names["touchpoint"], DEAL_STEPS), log.touchpoint)
    return (log.initiator == COMPANY) | (deal & (log.initiator != CUSTOMER) & (log.outcome != _LOST))


def _tally_signals(log, signals):
    """One row a journey with a signal: when it came, was first answered after it, was won, was lost (µs, NEVER)."""
    if not len(log):
        return pd.DataFrame(columns=["journey", "signal_us", "answer_us", "won_us", "lost_us"])
    lengths = np.diff(log.starts)
    signal = first_moments(log, is_signal(log, signals))
    after = log.at_us > np.repeat(signal, lengths)
    columns = {"journey": log.journeys_present, "signal_us": signal, "answer_us": first_moments(log, _can_answer(log) & after),
               "won_us": first_moments(log, log.outcome == _WON), "lost_us": first_moments(log, log.outcome == _LOST)}  # fmt: skip
    return pd.DataFrame(columns)[(signal < NEVER) & (columns["won_us"] > signal) & (columns["lost_us"] > signal)]


def _ended(told, as_of_us):
    """Hours from each signal to its end, and which: 1 answered, 2 won or lost before any answer, 0 neither by the data cut."""
    over = np.minimum(told["won_us"], told["lost_us"])
    first = np.minimum(told["answer_us"], over)
    ends = np.where(first == NEVER, 0, np.where(told["answer_us"] <= over, 1, 2))
    until = np.where(first == NEVER, as_of_us, first)
    return told.assign(hours=(until - told["signal_us"]) / _HOUR_US).reset_index(drop=True), ends


def _answered_row(incidence, hours, ends, unit, limit):
    deff = incidence_design_effect(incidence, hours, ends, unit, time=limit, end=1)
    lo, hi = interval_at(incidence, limit, 1, deff=deff)
    return {"measure": "answered", "group": "", "hours": limit, "n": len(hours), "n_yes": int(((ends == 1) & (hours <= limit)).sum()),
            "n_units": len(np.unique(unit)), "rate": share_at(incidence, limit, 1), "lo": lo, "hi": hi}  # fmt: skip


def _converted(told, as_of_us, limit_hours):
    """Of those still open at the landmark, who bought after it, by when they were answered."""
    landmark = told["signal_us"] + round(max(WEEK_HOURS, limit_hours) * _HOUR_US)
    still = (told["won_us"] > landmark) & (told["lost_us"] > landmark) & (landmark <= as_of_us)
    waited = (told["answer_us"].astype("float64") - told["signal_us"]) / _HOUR_US
    groups = {"answered_early": waited <= limit_hours, "answered_late": (waited > limit_hours) & (told["answer_us"] <= landmark),
              "not_answered": told["answer_us"] > landmark}  # fmt: skip
    for name, members in groups.items():
        rows = told[still & members]
        if len(rows):
            counted = share_by_unit(rows["won_us"] < NEVER, rows["unit"])
            yield {"measure": "converted", "group": name, "hours": max(WEEK_HOURS, limit_hours), "n": counted.n, "n_yes": counted.n_yes,
                   "n_units": counted.n_units, "rate": counted.rate, "lo": counted.lo, "hi": counted.hi}  # fmt: skip
