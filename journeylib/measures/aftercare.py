"""What happens around and after the purchase: is the choice confirmed or regretted, is the new customer helped, and are those
about to leave, and those who left, spoken to? (M094–M096; gaps G14, G15, G17, G18, G22, G25.)

Each measure is one share of units (persons, accounts). A share the delivered data cannot show has no row: where no source ever
tells of a confirmation, a return or an introduction, nobody knows, and the answer is neither 0 nor 100 %.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from journeylib import knowledge
from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.contacts import COMPANY, WON
from journeylib.measures.passages import BLOCK_ROWS, journeys_of, moments, over_blocks
from journeylib.measures.places import feelings
from journeylib.measures.stats import Share, share_by_unit
from journeylib.measures.visits import matching
from journeylib.schema import ATOMS, OUTCOMES, RATES, check

UNDECIDED, LOST = OUTCOMES.index("none"), OUTCOMES.index("lost")
REASSURING, ONBOARDING = ATOMS.index("a5_reassure"), ATOMS.index("a6_onboard")
#: An answer at or under this on −2 … +2 is an unhappy one.
UNHAPPY = -1.0


class Seen(NamedTuple):
    """Rows of the log these measures look at, and what is told of each: `unit`, `at_us`, and bool columns named for what it is."""

    rows: pd.DataFrame
    as_of_us: int

    def first(self, what: str) -> pd.Series:
        """Moment of each unit's first event that is `what`."""
        return self.rows[self.rows[what]].groupby("unit")["at_us"].min()

    def shows(self, what: str) -> bool:
        """Whether any source tells of `what` at all."""
        return bool(self.rows[what].any())

    def within(self, starts: pd.Series, what: str, days: float) -> pd.Series:
        """Of units followed for `days` since their start: whether something that is `what` happened within that time."""
        judged = starts[self.as_of_us - starts >= days * DAY_US]
        events = self.rows.loc[self.rows[what], ["unit", "at_us"]]
        since = events["at_us"] - events["unit"].map(judged)
        in_time = events.loc[(since >= 0) & (since <= days * DAY_US), "unit"].unique()
        return pd.Series(judged.index.isin(in_time), index=judged.index)


def aftercare(log: EventLog, journeys: pd.DataFrame, *, confirm_days: float, regret_days: float, onboarding_days: float, rescue_days: float,
              ending_days: float, voices: pd.DataFrame | None = None, customers: pd.DataFrame | None = None, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """The named shares of care after the purchase, each with Wilson's interval, one answer a unit.

    - confirmed: buyers who got a word from the company within `confirm_days` of their first purchase.
    - regretted: buyers who returned, cancelled or got their money back within `regret_days`.
    - onboarded: buyers for whom something of onboarding (a6) happened within `onboarding_days`.
    - early_trouble: buyers who asked for help or complained within `onboarding_days`.
    - rescued: customers who showed that they were unhappy and heard from the company within `rescue_days`.
    - ended_well: units that were lost, not merely silent, and that heard from the company within `ending_days` or told somebody why.
    - contactable: people seen who have said that they may be contacted.
    - expectation_met: customers who got what they expected, or more.

    Those too recent to judge are in no n.

    Returns
    -------
    RATES.
    """
    seen = _find(log, journeys, n_rows)
    bought = seen.first("is_purchase")
    rows = [] if bought.empty else [*_of_buyers(seen, bought, confirm_days, regret_days, onboarding_days)]
    unit_of = _units(journeys)
    if voices is not None:
        rows += rescued(seen, voices, unit_of, bought, rescue_days) + expectation_met(voices)
        rows += ended_well(seen, voices, unit_of, ending_days)
    rows += contactable(log, journeys, customers)
    return check(pd.DataFrame(rows, columns=list(RATES.columns)), RATES)


def _of_buyers(seen: Seen, bought: pd.Series, confirm_days, regret_days, onboarding_days):
    """The shares that begin with the first purchase; each only where the log tells of such things at all."""
    told = (("confirmed", "is_reassurance", "is_contact", confirm_days), ("regretted", "is_regret", "is_regret", regret_days),
            ("onboarded", "is_onboarding", "is_onboarding", onboarding_days), ("early_trouble", "is_trouble", "is_trouble", onboarding_days))  # fmt: skip
    for measure, shown_by, what, days in told:
        if seen.shows(shown_by):
            judged = seen.within(bought, what, days)
            yield _row(measure, share_by_unit(judged, judged.index), days)


def rescued(seen: Seen, voices: pd.DataFrame, unit_of: pd.Series, bought: pd.Series, days: float) -> list[dict]:
    """Unhappy customers the company turned to in time: an answer of −1 or lower about what follows the purchase, a complaint, or notice given.

    An answer about the way there, given afterwards, is no sign of leaving.
    """
    if not seen.shows("is_contact"):
        return []
    scored = voices[(voices["kind"] == "stated") & voices["score"].notna() & voices["said_at"].notna() & (voices["row"] == "emotion")]
    scored = scored[scored["atom"].isna() | scored["atom"].isin(ATOMS[REASSURING:])]
    unhappy = scored[feelings(scored["score"], scored["scale_min"], scored["scale_max"]) <= UNHAPPY]
    said = pd.DataFrame({"unit": _unit_of_voice(unhappy, unit_of), "at_us": moments(unhappy["said_at"])})
    signals = pd.concat([said.dropna(), seen.rows.loc[seen.rows["is_risk"], ["unit", "at_us"]]])
    signals = signals[signals["at_us"] >= signals["unit"].map(bought)]
    if signals.empty:
        return []
    judged = seen.within(signals.groupby("unit")["at_us"].min(), "is_contact", days)
    return [_row("rescued", share_by_unit(judged, judged.index), days)]


def ended_well(seen: Seen, voices: pd.DataFrame, unit_of: pd.Series, days: float) -> list[dict]:
    """Lost units with a last word from the company, or who told somebody why; silence is no ending and is not counted.

    Told is a reason noted for them, or a problem they named themselves within the same days after the loss.
    """
    lost = seen.first("is_lost")
    asked = set(_unit_of_voice(voices[voices["row"] == "reason"], unit_of).dropna()) | _told_after(lost, voices, unit_of, days)
    if lost.empty or not (seen.shows("is_contact") or asked):
        return []
    judged = seen.within(lost + 1, "is_contact", days)
    return [_row("ended_well", share_by_unit(judged | judged.index.isin(asked), judged.index), days)]


def _told_after(lost, voices, unit_of, days) -> set:
    """Units that named a problem themselves within the days after they were lost."""
    said = voices[(voices["row"] == "problem") & (voices["kind"] == "stated") & voices["said_at"].notna()]
    found = pd.DataFrame({"unit": _unit_of_voice(said, unit_of), "at_us": moments(said["said_at"])}).dropna()
    found = found[found["unit"].isin(lost.index)]
    since = found["at_us"] - lost.reindex(found["unit"]).to_numpy()
    return set(found.loc[(since >= 0) & (since <= days * DAY_US), "unit"])


def contactable(log: EventLog, journeys: pd.DataFrame, customers: pd.DataFrame | None) -> list[dict]:
    """People seen who may be contacted; absent where no source says who may."""
    if customers is None or not customers["has_consent"].notna().any():
        return []
    allowed = set(customers.loc[customers["has_consent"].fillna(False).astype(bool), "customer_id"])
    pairs = over_blocks(log, lambda block: pd.DataFrame({"customer": block.customer, "journey": block.journey}).drop_duplicates("customer"))
    people = pairs[pairs["customer"] >= 0].drop_duplicates("customer")
    units = journeys_of(journeys, people["journey"].to_numpy(), "unit")["unit"]
    names = np.array(log.names["customer"], dtype=object)[people["customer"].to_numpy()]
    return [_row("contactable", share_by_unit(pd.Series(names).isin(allowed), units))] if len(people) else []


def expectation_met(voices: pd.DataFrame) -> list[dict]:
    """Customers whose answers on what they expected lie, in mean, at the middle of the scale (as expected) or above."""
    told = voices[(voices["metric"] == "expectation") & (voices["kind"] == "stated") & voices["score"].notna() & voices["customer_id"].notna()]
    if told.empty:
        return []
    felt = told.assign(felt=feelings(told["score"], told["scale_min"], told["scale_max"]))
    by_person = felt.groupby("customer_id", sort=True).agg(felt=("felt", "mean"), account=("account_id", "first"))
    unit = pd.factorize(by_person["account"].fillna(pd.Series(by_person.index, index=by_person.index)))[0]
    return [_row("expectation_met", share_by_unit(by_person["felt"] >= 0, unit))]


# --- the rows looked at ---------------------------------------------------------------------------------------------


def _find(log: EventLog, journeys: pd.DataFrame, n_rows: int) -> Seen:
    marks = {tell: np.append(telling(log.names["touchpoint"], tell), False) for tell in ("regret", "trouble", "notice")}
    rows = over_blocks(log, lambda block: _looked_at(block, marks), n_rows)
    return Seen(rows.assign(unit=journeys_of(journeys, rows["journey"].to_numpy(), "unit")["unit"].to_numpy()), log.as_of_us)


def telling(names, tell: str) -> np.ndarray:
    """Which touchpoints tell of regret, trouble or notice (`touchpoints.yml`): known names, and the client's own by the usual words.

    >>> telling(["return", "Order_cancelled", "avbestilling", "returning_visitor"], "regret").tolist()
    [True, True, True, False]
    """
    given = knowledge.load("touchpoints")
    words = [word for language in given["own_words"].get(tell, {}).values() for word in language]
    told = [given["touchpoints"].get(name, {}).get("tells", ()) for name in names]
    plain = ["" if name in given["touchpoints"] else re.sub(r"[\s_-]+", " ", str(name)).strip() for name in names]
    return np.array([tell in each for each in told], dtype=bool) | matching(plain, words)


def _looked_at(block: EventLog, marks: dict[str, np.ndarray]) -> pd.DataFrame:
    regret, trouble, notice = (marks[name][block.touchpoint] for name in ("regret", "trouble", "notice"))
    is_contact = (block.initiator == COMPANY) & (block.outcome == UNDECIDED)  # the order in the books is no word to the customer
    what = {
        "is_purchase": block.outcome == WON, "is_lost": block.outcome == LOST, "is_contact": is_contact,
        "is_reassurance": is_contact & (block.atom == REASSURING), "is_onboarding": block.atom == ONBOARDING,
        "is_regret": regret, "is_trouble": trouble, "is_risk": notice,
    }  # fmt: skip
    wanted = np.logical_or.reduce(list(what.values()))
    columns = {"journey": block.journey, "at_us": block.at_us} | what
    return pd.DataFrame({name: values[wanted] for name, values in columns.items()})


def _units(journeys: pd.DataFrame) -> pd.Series:
    """Pseudonym of a person or an account → code of the unit."""
    pairs = [journeys[[name, "unit"]].dropna().set_axis(["id", "unit"], axis=1) for name in ("customer_id", "account_id")]
    return pd.concat(pairs).drop_duplicates("id").set_index("id")["unit"].astype("int64")


def _unit_of_voice(voices: pd.DataFrame, unit_of: pd.Series) -> pd.Series:
    known = voices["account_id"].map(unit_of)
    return known.where(known.notna(), voices["customer_id"].map(unit_of))


def _row(measure: str, counted: Share, days: float | None = None) -> dict:
    return {"measure": measure, "group": "", "n": counted.n, "n_yes": counted.n_yes, "rate": counted.rate, "lo": counted.lo,
            "hi": counted.hi, "n_units": counted.n_units, "days": days, "value": None}  # fmt: skip
