"""What each role of the buying group needs to know, and what is there for it: role × need (M087)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from journeylib.measures.accounts import UNKNOWN, buying_role
from journeylib.measures.content import live_content
from journeylib.measures.needs import latest_answers, served_by
from journeylib.measures.stats import wilson_clustered
from journeylib.schema import BUYING_ROLES, ROLE_NEEDS, check

#: A persona stands for a role when more than half of its customers of known role have it.
MOST = 1 / 2


def role_needs(voices: pd.DataFrame, customers: pd.DataFrame | None, needs: pd.DataFrame | None, model, *, content: pd.DataFrame | None = None,
               language: str = "sv", as_of: dt.date) -> pd.DataFrame:  # fmt: skip
    """For each need and each role that answered about it: how important it is to them, and how many live texts answer it for them.

    Importance is the share of customers in the two highest answers, with Wilson's interval at the effective number of accounts. A text
    is for a role when it names no persona, or one that stands for the role: more than half of the persona's customers of known role have it.

    Parameters
    ----------
    voices : answers with metric importance and a need; a customer's latest counts. customers : CUSTOMERS with the title of each in `role`.
    content : the register, where delivered; without it `n_content` is missing, never 0.

    Returns
    -------
    ROLE_NEEDS, the unknown role last; empty where no role is known.
    """
    answers = latest_answers(voices, model, by_account=True)
    answers = answers[answers["metric"] == "importance"]
    if customers is None or answers.empty:
        return check(pd.DataFrame(columns=list(ROLE_NEEDS.columns)), ROLE_NEEDS)
    people = customers.drop_duplicates("customer_id").set_index("customer_id")
    roles = people["role"].map(buying_role)
    answers = answers.assign(role=answers["customer"].map(roles).fillna(UNKNOWN))
    texts = None if content is None else _texts(live_content(content, language, as_of), _role_of_persona(people["persona"], roles))
    wordings = {} if needs is None else dict(zip(needs["need_id"], needs["wording"], strict=True))
    known = [role for role in BUYING_ROLES if (answers["role"] == role).any()]
    if known in ([], [UNKNOWN]):
        return check(pd.DataFrame(columns=list(ROLE_NEEDS.columns)), ROLE_NEEDS)
    rows = [_row(need, role, answers[(answers["need_id"] == need) & (answers["role"] == role)], wordings, texts)
            for need in sorted(answers["need_id"].unique()) for role in known]  # fmt: skip
    return check(pd.DataFrame([row for row in rows if row["n"]]), ROLE_NEEDS)


def _role_of_persona(personas, roles) -> dict[str, str]:
    """Persona → the role more than half of its customers of known role have."""
    known = pd.DataFrame({"persona": personas, "role": roles})[lambda rows: (rows["role"] != UNKNOWN) & rows["persona"].notna()]
    shares = known.groupby("persona")["role"].value_counts(normalize=True)
    return {persona: role for (persona, role), share in shares.items() if share > MOST}


def _texts(live, role_of_persona) -> pd.DataFrame:
    """One row a live text and need it answers: `need_id`, `role` ('' = everybody's; missing = a persona that stands for no role)."""
    role = pd.Series(np.where(live["persona"].isna(), "", live["persona"].map(role_of_persona)), index=live.index)
    return pd.DataFrame({"need_id": served_by(live)}).join(role.rename("role"))


def _row(need, role, answers, wordings, texts):
    by_unit = answers.groupby("unit")["is_top"].agg(["sum", "size"])
    lo, hi = wilson_clustered(by_unit["sum"], by_unit["size"]) if len(by_unit) else (np.nan, np.nan)
    mine = None if texts is None or role == UNKNOWN else int(((texts["need_id"] == need) & texts["role"].isin(["", role])).sum())
    return {"need_id": need, "wording": wordings.get(need, need), "role": role, "n": len(answers), "n_important": int(answers["is_top"].sum()),
            "importance": answers["is_top"].mean(), "importance_lo": lo, "importance_hi": hi, "n_content": mine}  # fmt: skip
