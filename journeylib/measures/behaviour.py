"""How each customer behaves, as numbers that can be laid side by side (practice C14): what personas are tested against.

Nothing here may tell the outcome: counted are the customer's own steps in the first month from the first one, up to the first step of
deciding (a4) and not after it, and nothing of how far the customer came.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import NEVER
from journeylib.measures.visits import HELP, PAUSE_US, coded, is_own, matching
from journeylib.schema import ATOMS

LANDMARK_DAYS = 30
#: Of a customer with fewer steps than this there is no behaviour to speak of.
FEWEST_STEPS = 3
N_CHANNELS = 4
_DECIDE = ATOMS.index("a4_decide")
_WEEK_US = 7 * DAY_US


def behaviour(log: EventLog, chosen: np.ndarray | None = None) -> pd.DataFrame:
    """One row a customer (or a journey, in a log that knows no customers) with three steps or more.

    Columns: `subject` (code), `journey`; `steps`, `days` and `wait` (longest pause), as logarithms; `different` (touchpoints a
    step), `help` and `weekend` (shares of steps), `channels` (how many), and `channel_<id>` for the commonest four (shares of steps).
    `chosen` : codes of the customers to look at; none = all.
    """
    steps = _steps(log, chosen)
    if steps.empty:
        return pd.DataFrame(columns=["subject", "journey"])
    by = steps.groupby("subject", sort=True)
    frame = pd.DataFrame({
        "journey": by["journey"].first(), "steps": np.log(by.size()), "days": np.log1p(by["day"].max() - by["day"].min()),
        "wait": np.log1p(by["wait"].max()), "different": by["touchpoint"].nunique() / by.size(), "help": by["is_help"].mean(),
        "weekend": by["is_weekend"].mean(), "channels": by["channel"].nunique(),
    })  # fmt: skip
    common = steps.loc[steps["channel"] >= 0, "channel"].value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:N_CHANNELS]
    for code in common:
        frame[f"channel_{log.names['channel'][code]}"] = (steps["channel"] == code).groupby(steps["subject"]).mean()
    return frame[by.size() >= FEWEST_STEPS].reset_index()


def main_channels(log: EventLog, chosen: np.ndarray | None = None) -> pd.Series:
    """Each customer's commonest channel among those steps, by subject; of equally common ones the first by name. Missing channels count for nothing."""
    steps = _steps(log, chosen)
    if steps.empty:
        return pd.Series(dtype="string")
    steps = steps[steps["channel"] >= 0]
    n = steps.groupby(["subject", "channel"], sort=True).size().rename("n").reset_index()
    n["name"] = np.array(log.names["channel"], dtype=object)[n["channel"].to_numpy(int)] if len(n) else pd.Series(dtype=object)
    return n.sort_values(["subject", "n", "name"], ascending=[True, False, True]).drop_duplicates("subject").set_index("subject")["name"]


def subjects(log: EventLog) -> np.ndarray:
    """Who did each event: the customer's code, or the journey's in a log that knows no customers; −1 = nobody known."""
    return log.customer if (log.customer >= 0).any() else log.journey


def _steps(log, chosen):
    wanted = is_own(log) & (subjects(log) >= 0)
    if chosen is not None:
        looked_at = np.zeros(int(subjects(log).max(initial=0)) + 2, dtype=bool)
        looked_at[chosen] = True
        wanted &= looked_at[subjects(log)]
    rows = np.flatnonzero(wanted)
    who = subjects(log)[rows]
    order = np.lexsort((log.at_us[rows], who))
    rows, who = rows[order], who[order]
    if not len(rows):
        return pd.DataFrame()
    decided = pd.Series(np.where(log.atom[rows] >= _DECIDE, log.at_us[rows], NEVER)).groupby(who).transform("min").to_numpy()
    started = pd.Series(log.at_us[rows]).groupby(who).transform("min").to_numpy()
    keep = (log.at_us[rows] < decided) & (log.at_us[rows] - started <= LANDMARK_DAYS * DAY_US)
    rows, who = rows[keep], who[keep]
    at = log.at_us[rows]
    pause = np.append(0, np.diff(at)) * np.append(False, who[1:] == who[:-1])[: len(rows)]
    is_help = coded(matching(log.names["touchpoint"], HELP), log.touchpoint[rows])
    return pd.DataFrame({"subject": who, "journey": log.journey[rows], "day": at / DAY_US, "wait": np.where(pause > PAUSE_US, pause, 0) / DAY_US,
                         "touchpoint": log.touchpoint[rows], "channel": log.channel[rows], "is_help": is_help,
                         "is_weekend": (at - 4 * DAY_US) % _WEEK_US // DAY_US >= 5})  # fmt: skip
