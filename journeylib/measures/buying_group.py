"""Who of an account takes part in the decision: how many people, in which roles, and does a talk with a person go with winning? (C12, M088)

The account is what is counted, once each; its people are what is told of it. What goes with winning need not be the cause of it:
larger accounts have more people and other odds, and a seller rings those who seem about to buy.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.accounts import LANDMARK_DAYS, UNKNOWN, account_ends, active_days, first_conversation, outcome_after, roles_of
from journeylib.measures.passages import BLOCK_ROWS, NEVER, find_passages, journeys_of
from journeylib.measures.stats import newcombe, t_interval, wilson
from journeylib.schema import BUYING_GROUP, BUYING_ROLES, HUMAN_CONTACT, LANDMARK_OUTCOMES, ROLES, check, empty

WINDOW_DAYS = 90.0


def buying_tables(log: EventLog, journeys: pd.DataFrame, model, *, customers: pd.DataFrame | None = None, window_days: float | None = None,
                  n_rows: int = BLOCK_ROWS) -> dict[str, pd.DataFrame]:  # fmt: skip
    """The tables of the buying group: `buying_group`, `roles`, `human_contact`; a table nothing is known for is empty.

    Parameters
    ----------
    customers : CUSTOMERS with the title of each person in `role`. window_days : time an account is given to be won after the landmark.
    """
    if not journeys["account_id"].notna().any():
        return {table.name: empty(table) for table in (BUYING_GROUP, ROLES, HUMAN_CONTACT)}
    accounts, active = account_ends(journeys), active_days(log, journeys, model, n_rows=n_rows)
    places = _places(accounts, _entries(log, journeys, model, n_rows), model)
    return {
        "buying_group": _buying_group(active, places, log.as_of_us), "roles": _roles(active, places, roles_of(log, customers), log.as_of_us),
        "human_contact": human_contact(accounts, first_conversation(log, journeys, n_rows=n_rows), log.as_of_us, window_days=window_days),
    }  # fmt: skip


def chao1(n_seen, n_once, n_twice):
    """A lower bound of how many people there are: S + f₁(f₁ − 1) / (2(f₂ + 1)) (Chao 1987, bias-corrected); numbers or arrays.

    S are seen, f₁ of them on one day only and f₂ on two. Rough: people of one account are not alike.

    >>> chao1(5, 3, 1)
    6.5
    """
    return n_seen + n_once * (n_once - 1) / (2 * (n_twice + 1))


def human_contact(accounts: pd.DataFrame, talked_us: pd.Series, as_of_us: int, *, window_days: float | None = None,
                  landmark_days: float = LANDMARK_DAYS) -> pd.DataFrame:  # fmt: skip
    """The share of accounts won within the window after the landmark, of those with a conversation by the landmark and of those without.

    Only accounts neither won nor lost by the landmark, and followed for the whole window after it; an open one is not won, and not lost.

    Returns
    -------
    HUMAN_CONTACT, one row; empty where nobody had a conversation, or everybody.
    """
    landmark = accounts["started_us"] + round(landmark_days * DAY_US)
    until = landmark + round((window_days or 0) * DAY_US)
    decided = (outcome_after(accounts, landmark, as_of_us) == "decided") & (until <= as_of_us)
    counted = (until <= as_of_us) & ~decided
    won = accounts["won_us"] <= (until if window_days else NEVER - 1)
    talked = talked_us.reindex(accounts["unit"], fill_value=NEVER).to_numpy() <= landmark
    (n_with, n_with_won), (n_without, n_without_won) = ((int((counted & group).sum()), int((counted & group & won).sum())) for group in (talked, ~talked))
    if not n_with or not n_without:
        return empty(HUMAN_CONTACT)
    difference, lo, hi = newcombe(n_with_won, n_with, n_without_won, n_without)
    return check(pd.DataFrame([{
        "landmark_days": landmark_days, "window_days": window_days, "n": min(n_with, n_without), "n_with": n_with, "n_with_won": n_with_won,
        "n_without": n_without, "n_without_won": n_without_won, "difference": difference, "lo": lo, "hi": hi,
        "p": _fisher(n_with_won, n_with, n_without_won, n_without), "n_decided": int(decided.sum()), "n_too_recent": int((until > as_of_us).sum()),
    }]), HUMAN_CONTACT)  # fmt: skip


def _entries(log, journeys, model, n_rows) -> pd.DataFrame:
    """When each account was first in each stage: unit × position, µs."""
    passages = find_passages(log, model, of=("touched",), n_rows=n_rows)
    unit = journeys_of(journeys, passages.journey, "unit")["unit"].to_numpy(int)
    return pd.DataFrame(passages.touched).groupby(unit).min()


def _places(accounts, entries, model):
    """(stage id, position, accounts there with the moment they are followed from): the whole way first, then every stage."""
    whole = [("", -1, accounts.assign(from_us=accounts["started_us"]))]
    entered = [(stage.id, i, accounts.assign(from_us=entries[i].reindex(accounts["unit"], fill_value=NEVER).to_numpy()))
               for i, stage in enumerate(model.in_scope) if i in entries]  # fmt: skip
    return whole + [(stage, i, rows[rows["from_us"] < NEVER]) for stage, i, rows in entered if (rows["from_us"] < NEVER).any()]


def _seen(active, position, there, days):
    """The days persons of these accounts were active in the stage (−1 = anywhere) until so long after the account came there."""
    rows = active if position < 0 else active[active["stage"] == position]
    from_us = rows["unit"].map(there.set_index("unit")["from_us"])
    return rows[from_us.notna() & (rows["first_us"] <= from_us.fillna(0) + round(days * DAY_US))]


# --- how many -----------------------------------------------------------------------------------------------------------


def _buying_group(active, places, as_of_us):
    rows = [row for stage, position, there in places for row in _group_rows(active, stage, position, there, as_of_us)]
    return check(pd.DataFrame(rows, columns=list(BUYING_GROUP.columns)), BUYING_GROUP) if rows else empty(BUYING_GROUP)


def _group_rows(active, stage, position, there, as_of_us):
    days = WINDOW_DAYS if stage else LANDMARK_DAYS
    until = there["from_us"] + round(days * DAY_US)
    became = outcome_after(there, until, as_of_us) if not stage else np.where(until > as_of_us, "too_recent", "")
    groups = {"": np.isin(became, ["", *LANDMARK_OUTCOMES])} | ({name: became == name for name in LANDMARK_OUTCOMES} if not stage else {})
    on_days = _seen(active, position, there, days).groupby(["unit", "person"])["day"].nunique()
    people = pd.DataFrame({"n": 1, "once": on_days == 1, "twice": on_days == 2}).astype(int).groupby(level="unit").sum()
    by_account = people.assign(chao=chao1(people["n"], people["once"], people["twice"]))
    for outcome, members in groups.items():
        size = by_account.reindex(there.loc[members, "unit"]).dropna()
        if size.empty:
            continue
        left_out = {} if outcome else {"n_too_recent": int((became == "too_recent").sum())} | ({} if stage else {"n_decided": int((became == "decided").sum())})
        mean = t_interval(size["n"], within=(1.0, math.inf))
        q1, median, q3 = np.quantile(size["n"], [0.25, 0.5, 0.75], method="inverted_cdf")
        yield {"stage": stage, "outcome": outcome, "days": days, "n_accounts": len(size), "n_nobody": int(members.sum()) - len(size), **left_out,
               "median": median, "q1": q1, "q3": q3, "mean": mean.mean, "lo": mean.lo, "hi": mean.hi, "mean_with_unseen": float(size["chao"].mean())}  # fmt: skip


# --- in which roles -----------------------------------------------------------------------------------------------------


def _roles(active, places, role_of_person, as_of_us):
    present = set(role_of_person[active["person"].to_numpy()]) if len(active) else set()
    if not present - {UNKNOWN}:
        return empty(ROLES)
    active = active.assign(role=role_of_person[active["person"].to_numpy()])
    rows = [row for stage, position, there in places for row in _role_rows(active, stage, position, there, present, as_of_us)]
    table = pd.DataFrame(rows)
    tested = (table["stage"] == "") & table["p"].notna() & (table["role"] != UNKNOWN)
    if tested.any():
        table.loc[tested, "p_adjusted"] = multipletests(table.loc[tested, "p"], method="fdr_bh")[1]
    return check(table, ROLES)


def _role_rows(active, stage, position, there, present, as_of_us):
    """One row a role: in how many accounts it was active by the landmark, of all, the won, the lost and the open."""
    became = pd.Series(outcome_after(there, there["from_us"] + round(LANDMARK_DAYS * DAY_US), as_of_us), index=there["unit"])
    seen = _seen(active, position, there, LANDMARK_DAYS)
    enters = (active["first_us"] - active["unit"].map(there.set_index("unit")["from_us"])) / DAY_US
    followed = became[became != "too_recent"]
    for role in [role for role in BUYING_ROLES if role in present] if len(followed) else []:
        is_with = followed.index.isin(seen.loc[seen["role"] == role, "unit"])
        n_with = {name: int((is_with & (followed == name)).sum()) for name in LANDMARK_OUTCOMES}
        n = {name: int((followed == name).sum()) for name in LANDMARK_OUTCOMES}
        share_lo, share_hi = wilson(is_with.sum(), len(followed))
        first = enters[active["role"] == role].groupby(active["unit"]).min() if not stage else pd.Series(dtype=float)
        yield {"stage": stage, "role": role, "n_accounts": len(followed), "n_with": int(is_with.sum()), "share": float(is_with.mean()), "lo": float(share_lo),
               "hi": float(share_hi), "n": min(n["won"], n["lost"]), "days": LANDMARK_DAYS, "enters_days": first.median() if len(first) else np.nan,
               **{f"n_{name}": n[name] for name in n}, **{f"n_{name}_with": n_with[name] for name in n}, **_won_beside_lost(n, n_with)}  # fmt: skip


def _won_beside_lost(n, n_with):
    difference, lo, hi = newcombe(n_with["won"], n["won"], n_with["lost"], n["lost"])
    p = _fisher(n_with["won"], n["won"], n_with["lost"], n["lost"])
    return {"difference": difference, "difference_lo": lo, "difference_hi": hi, "p": p, "p_adjusted": np.nan}


def _fisher(k, n, k_other, n_other):
    return float(fisher_exact([[k, n - k], [k_other, n_other - k_other]])[1]) if n and n_other else np.nan
