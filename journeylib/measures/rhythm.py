"""How often and how evenly are we in touch while customers are in a stage? Contacts a month, the time between them, the longest silence.

A contact is what the company started; several on one day are one. They reach the unit, whichever of its journeys they are noted on.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.contacts import COMPANY, DAYS_A_MONTH
from journeylib.measures.passages import BLOCK_ROWS, NEVER, find_passages, journeys_of, moments, over_blocks
from journeylib.measures.stats import ratio_interval, share_by_unit
from journeylib.schema import CONTACT_RHYTHM, check, empty

#: Who is in a stage for less than a week cannot be met regularly there.
SHORTEST_DAYS = 7.0
#: Times between contacts a journey needs before one can say how even they are.
FEWEST_GAPS = 3


def contact_rhythm(log: EventLog, journeys: pd.DataFrame, model, *, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """The rhythm of contact in every stage: from the first moment of a stage until the journey goes on, is lost, or the data end.

    The contact with which a stay ends belongs to it, for the customer was there when it came; the one with which it begins does not.
    Contacts a month are days with a contact over months at risk (a ratio of sums, interval by unit). The longest silence of a journey
    is the longest of: from coming to the first contact, between two, from the last to the end; of those there for a month or more.

    Returns
    -------
    CONTACT_RHYTHM; empty where the log has no event the company started, for then nobody knows.
    """
    contacts = over_blocks(log, _days_in_touch, n_rows)
    if contacts.empty:
        return empty(CONTACT_RHYTHM)
    contacts["unit"] = journeys_of(journeys, contacts["journey"].to_numpy(), "unit")["unit"].to_numpy()
    contacts = contacts.groupby(["unit", "day"], as_index=False)["at_us"].min()
    passages = find_passages(log, model, n_rows=n_rows)
    about = journeys_of(journeys, passages.journey, "journey", "unit", "ended_at")
    rows = []
    for i, stage in enumerate(model.ids):
        after = passages.at_least[:, i + 1] if i + 1 < len(model.ids) else np.full(len(passages.journey), NEVER)
        stays = _stays(about, passages.touched[:, i], after, log.as_of_us)
        if len(stays):
            rows.append(_rhythm(stage, stays, contacts))
    return check(pd.DataFrame(rows), CONTACT_RHYTHM) if rows else empty(CONTACT_RHYTHM)


def _days_in_touch(log):
    rows = log.initiator == COMPANY
    found = pd.DataFrame({"journey": log.journey[rows], "at_us": log.at_us[rows]})
    return found.assign(day=found["at_us"] // DAY_US).drop_duplicates(["journey", "day"])


def _stays(about, entered_us, next_us, as_of_us):
    """When each journey came to the stage and left it, of those that stayed a week; a purchase or a loss is an end, too, where it came after."""
    ended = moments(about["ended_at"])
    end = np.minimum(np.minimum(next_us, np.where(ended > entered_us, ended, NEVER)), as_of_us)
    keep = (entered_us < NEVER) & (next_us > entered_us)
    keep &= end - np.where(keep, entered_us, 0) >= SHORTEST_DAYS * DAY_US
    return pd.DataFrame({"journey": about["journey"].to_numpy(), "unit": about["unit"].to_numpy(), "from_us": entered_us, "until_us": end})[keep]


def _rhythm(stage, stays, contacts):
    met = stays.merge(contacts, on="unit")
    met = met[(met["at_us"] > met["from_us"]) & (met["at_us"] <= met["until_us"])].sort_values(["journey", "at_us"], kind="stable")
    n_met = met.groupby("journey").size().reindex(stays["journey"], fill_value=0).to_numpy()
    months = (stays["until_us"] - stays["from_us"]).to_numpy() / DAY_US / DAYS_A_MONTH
    told, none = ratio_interval(n_met, months, stays["unit"].to_numpy()), share_by_unit(n_met == 0, stays["unit"])
    gaps = met.assign(days=met.groupby("journey")["at_us"].diff() / DAY_US).dropna(subset=["days"])
    quartiles = np.quantile(gaps["days"], [0.25, 0.5, 0.75]) if len(gaps) else [np.nan] * 3
    uneven, longest = _unevenness(gaps), _longest(stays, met)
    return {
        "stage": stage, "n": len(stays), "n_units": none.n_units, "months": float(np.sort(months).sum()), "n_contacts": int(n_met.sum()),
        "per_month": told.ratio, "lo": told.lo, "hi": told.hi, "n_none": none.n_yes, "none_rate": none.rate, "none_lo": none.lo, "none_hi": none.hi,
        "median_gap_days": quartiles[1], "q25_gap_days": quartiles[0], "q75_gap_days": quartiles[2], "n_gaps": len(gaps),
        "median_longest_days": float(np.median(longest)) if len(longest) else np.nan, "n_longest": len(longest),
        "unevenness": float(np.median(uneven)) if len(uneven) else np.nan, "n_judged": len(uneven),
    }  # fmt: skip


def _longest(stays, met):
    """The longest silence of every journey there for a month or more, in days: a short stay can have no long silence."""
    stays = stays[stays["until_us"] - stays["from_us"] >= DAYS_A_MONTH * DAY_US]
    met = met[met["journey"].isin(stays["journey"])]
    marks = pd.concat([stays[["journey", "from_us"]].rename(columns={"from_us": "at_us"}), met[["journey", "at_us"]],
                       stays[["journey", "until_us"]].rename(columns={"until_us": "at_us"})]).sort_values(["journey", "at_us"], kind="stable")  # fmt: skip
    return marks.groupby("journey")["at_us"].diff().groupby(marks["journey"]).max().to_numpy() / DAY_US


def _unevenness(gaps):
    """Standard deviation over mean of each journey's times between contacts."""
    by_journey = gaps.groupby("journey")["days"]
    found = pd.DataFrame({"n": by_journey.size(), "mean": by_journey.mean(), "sd": by_journey.std(ddof=1)})
    return (found["sd"] / found["mean"])[found["n"] >= FEWEST_GAPS].to_numpy()
