"""Whether the company keeps in touch, and what comes of it: follow-up, silence, forgotten customers, repeat, referral, win rate.

A contact is an event the company started. Contacts reach the unit (the person, the account), whichever of its journeys
they are noted on. Each measure is one function; a measure the log cannot show has no row.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, journeys_of, over_blocks
from journeylib.measures.places import speaker_units
from journeylib.measures.stats import share_by_unit
from journeylib.schema import ATOMS, INITIATORS, OUTCOMES, RATES, check

COMPANY = INITIATORS.index("company")
WON = OUTCOMES.index("won")
EVALUATING = [ATOMS.index("a3_evaluate"), ATOMS.index("a4_decide")]
REPEATING, ADVOCATING = ATOMS.index("a8_repeat"), ATOMS.index("a9_advocate")
DAYS_A_MONTH = 365.25 / 12
#: Customers followed for less than this since their first purchase cannot yet have shown whether they come back.
REPEAT_DAYS = 365
#: An NPS answer at or above this part of its scale is a promoter's (9 of 0–10).
PROMOTER = 0.9
#: Where more of those who did not buy have no offer, an offer's share would be of buyers alone: the order is what names it.
LARGEST_UNNAMED_SHARE = 0.3


class Moments(NamedTuple):
    """The rows of the log that these measures look at: `journey`, `unit`, `at_us` and what each needs."""

    contacts: pd.DataFrame
    purchases: pd.DataFrame
    evaluations: pd.DataFrame


def rates(log: EventLog, journeys: pd.DataFrame, *, follow_up_days: float, silence_days: float, forgotten_months: float,
          voices: pd.DataFrame | None = None, by_account: bool = False, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """The named shares of contact and loyalty, each with Wilson's interval and the design effect of the unit.

    - follow_up: won journeys whose unit the company contacted later than the first purchase, within `follow_up_days`.
    - silence: journeys open since evaluation whose longest wait for the company, until the data cut, exceeds `silence_days`.
    - forgotten: units that bought at least `forgotten_months` ago and that the company has not contacted since then.
    - repeat: units with a second purchase (a won event, or an a8 of a touchpoint never said to be won); group '365': within a year, of those who have had the year.
    - referred: units whose first journey came through a referral.
    - promoters_asked: promoters the company asked to recommend it.
    - win: won of won and lost journeys, and by offer where the lost ones name theirs; absent where no loss is ever recorded.
    - bought: won of all journeys, and by offer, where no loss is ever recorded; absent where every journey is a purchase.

    Those too recent to judge are in no n. follow_up, silence and forgotten are absent where the log has no event the
    company started: then nobody knows, and the answer is not 0.

    Returns
    -------
    RATES.
    """
    seen = _find_moments(log, journeys, n_rows)
    rows = []
    if len(seen.contacts):
        rows += follow_up(seen, log.as_of_us, follow_up_days)
        rows += silence(seen, journeys, log.as_of_us, silence_days)
        rows += forgotten(seen, log.as_of_us, forgotten_months)
    rows += repeat_purchase(seen, log.as_of_us) + referred(journeys)
    if voices is not None:
        rows += promoters_asked(seen, voices, log, by_account)
    return check(pd.DataFrame(rows + win(journeys) + bought(journeys), columns=list(RATES.columns)), RATES)


def follow_up(seen: Moments, as_of_us: int, days: float) -> list[dict]:
    """Buyers the company contacted after the purchase and within the time, of buyers followed that long."""
    bought = _first_won(seen)
    if bought.empty:
        return []
    judged = bought[as_of_us - bought["at_us"] >= days * DAY_US]
    contacts = seen.contacts[["unit", "at_us"]].assign(contact_us=seen.contacts["at_us"]).sort_values("at_us")
    after = pd.merge_asof(judged.sort_values("at_us"), contacts, on="at_us", by="unit", direction="forward",
                          allow_exact_matches=False)  # fmt: skip
    in_time = (after["contact_us"] - after["at_us"]) <= days * DAY_US
    return [_row("follow_up", share_by_unit(in_time, after["unit"]), days=days)]


def silence(seen: Moments, journeys: pd.DataFrame, as_of_us: int, days: float) -> list[dict]:
    """Open prospects in evaluation who at some time waited longer than the limit for a word from the company."""
    is_open = journeys.loc[journeys["state"] == "open", "journey"]
    entered = seen.evaluations[seen.evaluations["journey"].isin(is_open)]
    judged = entered[as_of_us - entered["at_us"] > days * DAY_US]
    heard = judged[["journey", "unit", "at_us"]].merge(seen.contacts[["unit", "at_us"]], on="unit", suffixes=("", "_contact"))
    heard = heard.loc[heard["at_us_contact"] > heard["at_us"], ["journey", "at_us_contact"]].set_axis(["journey", "at_us"], axis=1)
    marks = pd.concat([judged[["journey", "at_us"]], heard, judged[["journey"]].assign(at_us=as_of_us)])
    marks = marks.sort_values(["journey", "at_us"], kind="stable")
    longest = marks.groupby("journey")["at_us"].diff().groupby(marks["journey"]).max().reindex(judged["journey"])
    return [_row("silence", share_by_unit(longest.to_numpy() > days * DAY_US, judged["unit"]), days=days)]


def forgotten(seen: Moments, as_of_us: int, months: float) -> list[dict]:
    """Customers of at least so many months whom the company has not contacted in that time."""
    bought = _first_won(seen)
    if bought.empty:
        return []
    days = months * DAYS_A_MONTH
    judged = bought.groupby("unit")["at_us"].min()
    judged = judged[as_of_us - judged >= days * DAY_US]
    last = seen.contacts.groupby("unit")["at_us"].max().reindex(judged.index)
    is_forgotten = ~(as_of_us - last <= days * DAY_US)
    return [_row("forgotten", share_by_unit(is_forgotten, judged.index), days=days)]


def repeat_purchase(seen: Moments, as_of_us: int) -> list[dict]:
    """Customers who bought again, until the data cut and within a year."""
    if seen.purchases.empty:
        return []
    ordered = seen.purchases.sort_values(["unit", "at_us"], kind="stable")
    number = ordered.groupby("unit").cumcount()
    first = ordered[number == 0].set_index("unit")["at_us"]
    second = ordered[number == 1].set_index("unit")["at_us"].reindex(first.index)
    year = first[as_of_us - first >= REPEAT_DAYS * DAY_US]
    came_back = (second.reindex(year.index) - year) <= REPEAT_DAYS * DAY_US
    return [_row("repeat", share_by_unit(second.notna(), first.index)),
            _row("repeat", share_by_unit(came_back, year.index), str(REPEAT_DAYS), days=REPEAT_DAYS)]  # fmt: skip


def referred(journeys: pd.DataFrame) -> list[dict]:
    """New customers who came through a referral, of those whose first journey tells."""
    first = journeys.sort_values(["unit", "started_at", "journey"], kind="stable").drop_duplicates("unit")
    told = first[first["is_referred"].notna()]
    return [_row("referred", share_by_unit(told["is_referred"].astype(bool), told["unit"]))] if len(told) else []


def promoters_asked(seen: Moments, voices: pd.DataFrame, log: EventLog, by_account: bool) -> list[dict]:
    """Promoters whom the company asked to recommend it, after their answer; absent where no such request is recorded."""
    asked = seen.contacts[seen.contacts["atom"] == ADVOCATING]
    scale = (voices["score"] - voices["scale_min"]) / (voices["scale_max"] - voices["scale_min"])
    said = (voices["metric"] == "nps") & (voices["kind"] == "stated") & voices["customer_id"].notna()
    answers = voices[said & (scale >= PROMOTER)]
    if asked.empty or answers.empty:
        return []
    promoters = answers.assign(unit=speaker_units(answers, by_account)).sort_values(["said_at", "voice_id"]).drop_duplicates("customer_id")
    names = pd.Series(log.names["customer"], dtype="string")
    last = asked.assign(customer_id=asked["customer"].map(names)).groupby("customer_id")["at_us"].max()
    asked_at = pd.to_datetime(promoters["customer_id"].map(last).astype("Int64"), unit="us", utc=True)
    is_asked = (asked_at >= promoters["said_at"]) | (asked_at.notna() & promoters["said_at"].isna())
    return [_row("promoters_asked", share_by_unit(is_asked, pd.factorize(promoters["unit"])[0]))]


def win(journeys: pd.DataFrame) -> list[dict]:
    """Won of decided journeys, with their value; by offer too where there are several."""
    decided = journeys[journeys["state"].isin(["won", "lost"])]
    return _won_of("win", decided) if (decided["state"] == "lost").any() else []


def bought(journeys: pd.DataFrame) -> list[dict]:
    """Won of all journeys where nobody records a loss, so that none is decided against; the open ones may still buy."""
    is_won = journeys["state"] == "won"
    return _won_of("bought", journeys) if is_won.any() and not is_won.all() and not (journeys["state"] == "lost").any() else []


def _won_of(measure, journeys):
    """Won of the journeys, with their value; by offer too where there are several, and those not won name theirs as well."""
    not_won = journeys.loc[journeys["state"] != "won", "offer"]
    offers = sorted(journeys["offer"].dropna().unique()) if not_won.isna().mean() <= LARGEST_UNNAMED_SHARE else []
    groups = {"": journeys} | {offer: journeys[journeys["offer"] == offer] for offer in offers if len(offers) > 1}
    return [_row(measure, share_by_unit(rows["state"] == "won", rows["unit"]), group,
                 value=rows.loc[rows["state"] == "won", "value"].sum(min_count=1)) for group, rows in groups.items()]  # fmt: skip


def _find_moments(log, journeys, n_rows):
    rows = over_blocks(log, _looked_at, n_rows)
    rows["unit"] = journeys_of(journeys, rows["journey"].to_numpy(), "unit")["unit"].to_numpy()
    is_won, is_repeat = rows["outcome"] == WON, rows["atom"] == REPEATING
    told = rows.loc[is_won & is_repeat & (rows["touchpoint"] >= 0), "touchpoint"].unique()
    is_purchase = is_won | (is_repeat & ~rows["touchpoint"].isin(told))
    evaluations = rows[rows["atom"].isin(EVALUATING)].drop_duplicates("journey")
    return Moments(rows[rows["initiator"] == COMPANY], rows[is_purchase], evaluations)


def _looked_at(block):
    wanted = (block.initiator == COMPANY) | (block.outcome == WON) | np.isin(block.atom, [*EVALUATING, REPEATING])
    columns = ("journey", "at_us", "atom", "outcome", "initiator", "customer", "touchpoint")
    return pd.DataFrame({name: getattr(block, name)[wanted] for name in columns})


def _first_won(seen):
    return seen.purchases[seen.purchases["outcome"] == WON].drop_duplicates("journey")


def _row(measure, counted, group="", *, days=None, value=None):
    return {"measure": measure, "group": group, "n": counted.n, "n_yes": counted.n_yes, "rate": counted.rate,
            "lo": counted.lo, "hi": counted.hi, "n_units": counted.n_units, "days": days, "value": value}  # fmt: skip
