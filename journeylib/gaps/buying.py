"""Is everybody who decides spoken to, at the right level? Checks G30 (missing stakeholder) and G31 (information level mismatch)."""

from __future__ import annotations

import pandas as pd

from journeylib import knowledge
from journeylib.client import Persona
from journeylib.gaps.engine import (
    FEWEST_FOR_PERCENT,
    LARGEST_EMPTY_SHARE,
    Gap,
    Known,
    first_in_scope,
    in_stage,
    is_filled,
    is_placed,
    live,
    not_checkable,
    out_of_scope,
)
from journeylib.gaps.families import FALSE_DISCOVERY_RATE
from journeylib.measures.accounts import UNKNOWN, buying_role

#: A role that fewer points part the won from the lost by is no gap.
SMALLEST_DIFFERENCE = 0.10
#: Share of the texts that may be harder to read than they should be for consumers, and the LIX from which they are.
HARD_SHARE, HARD_LIX = 0.2, 50.0
MOST_TITLES = 5
_DECIDING = ("a3_evaluate", "a4_decide")


def is_a_stakeholder_missing(known: Known) -> list[Gap]:
    """G30: a role that the accounts won have active by the landmark, and the lost lack: ten points or more, whole interval above 0.

    Benjamini–Hochberg over the roles. One answer a role that is missing or may be, among those the won have more often; else one for all. Accounts only: a
    consumer decides alone.
    """
    if known.client.market == "b2c":
        return [Gap("G30", "not_checkable", "consumers", missing=("scope",))]
    stage = first_in_scope(known.model, *_DECIDING)
    if stage is None:
        return out_of_scope("G30")
    table = known.table("roles")
    anywhere = table[table["stage"] == ""] if table is not None else pd.DataFrame(columns=["role", "share"])
    rows, unknown = anywhere[anywhere["role"] != UNKNOWN], anywhere[anywhere["role"] == UNKNOWN]
    if rows.empty or (unknown["share"] > LARGEST_EMPTY_SHARE).any():
        return [Gap("G30", "not_checkable", "" if rows.empty else "roles_unknown", stage, missing=("roles",))]
    fewest = rows.iloc[0][["n_won", "n_lost"]]
    if not fewest.min():
        return not_checkable("G30", ("losses" if fewest["n_won"] else "orders",), stage=stage)
    if fewest.min() < known.client.privacy.k:
        return [Gap("G30", "uncertain", "few_decided", stage, evidence="roles")]
    if 0 < rows.iloc[0]["n_open"] < known.client.privacy.k:  # the won and the lost would tell how many they are
        return [Gap("G30", "uncertain", "too_few", stage, evidence="roles")]
    answers = [_role_gap(known, stage, row) for _, row in rows.iterrows()]
    told = [gap for gap, difference in zip(answers, rows["difference"], strict=True) if gap.status != "not_found" and difference > 0]
    status = "uncertain" if any(gap.status == "uncertain" for gap in answers) else "not_found"
    reason = "unsure" if status == "uncertain" else ""
    return told or [Gap("G30", status, reason, stage, n=int(fewest.sum()), details={"days": float(rows.iloc[0]["days"])}, evidence="roles")]


def _role_gap(known, stage, row) -> Gap:
    details = {"role": row["role"], "days": float(row["days"]), "k": int(row["n_won_with"]), "n": int(row["n_won"]), "k_lost": int(row["n_lost_with"]),
               "n_lost": int(row["n_lost"]), "n_open": int(row["n_open"]), "n_lacking": int(row["n_open"] - row["n_open_with"])}  # fmt: skip
    status = _parts_won_from_lost(row)
    if status != "not_found" and row["n_with"] < known.client.privacy.k:
        return Gap("G30", "uncertain", "few_decided", stage, part=row["role"], evidence="roles")
    reason = "found_no_open" if status == "found" and not row["n_open"] else status
    return Gap("G30", status, reason, stage, part=row["role"], value=row["difference"], lo=row["difference_lo"], hi=row["difference_hi"],
               n=int(row["n_won"] + row["n_lost"]), threshold=SMALLEST_DIFFERENCE, unit="points", details=details, evidence="roles")  # fmt: skip


def _parts_won_from_lost(row) -> str:
    if row["difference_hi"] < SMALLEST_DIFFERENCE or row["n_lost_with"] == row["n_lost"] >= FEWEST_FOR_PERCENT:
        return "not_found"
    is_large = row["difference"] >= SMALLEST_DIFFERENCE and row["n"] >= FEWEST_FOR_PERCENT
    return "found" if is_large and row["difference_lo"] > 0 and row["p_adjusted"] <= FALSE_DISCOVERY_RATE else "uncertain"


def is_the_information_at_the_right_level(known: Known) -> list[Gap]:
    """G31: accounts: nothing before the decision at the level of those who judge the technology, or the money; consumers: texts too hard to read."""
    of_firms = [] if known.client.market == "b2c" else _for_firms(known)
    return of_firms + ([] if known.client.market == "b2b" else [_for_consumers(known)])


def _for_firms(known) -> list[Gap]:
    """One answer for each of the roles that need their own level, and take part."""
    stage = first_in_scope(known.model, *_DECIDING)
    if stage is None:
        return out_of_scope("G31")
    content = known.table("content")
    if content is None:
        return not_checkable("G31", ("content",), stage=stage)
    if not is_placed(content) or not is_filled(content["type"]):
        return [Gap("G31", "not_checkable", "no_types" if is_placed(content) else "unplaced", stage, missing=("content",))]
    deciding = [place for place in known.model.in_scope if set(place.atoms) & set(_DECIDING)]
    items = pd.concat([in_stage(live(content, known.client.as_of), place) for place in deciding]).drop_duplicates("content_id").sort_values("content_id")
    answers = [_level(known, stage, role, types, items) for role, types in knowledge.load("readability")["roles"].items()]
    nobody = "" if known.table("roles") is None else "no_such_role"
    return [gap for gap in answers if gap] or [Gap("G31", "not_checkable", nobody, stage, missing=("roles",))]


def _level(known, stage, role, types, items) -> Gap | None:
    """Whether the role finds something at its level: written for it, or for all and of a kind that gives it; None where nobody has the role."""
    personas = [persona.id for persona in known.client.personas if role_of_persona(persona) == role]
    n_seen = _accounts_with(known, role)
    if not personas and n_seen < known.client.privacy.k:
        return None
    fitting = items[items["persona"].isin(personas) | (items["persona"].isna() & items["type"].isin(types))]
    status = "not_found" if len(fitting) else "found" if n_seen >= known.client.privacy.k else "uncertain"
    details = {"kinds": types} | ({"k": len(fitting), "titles": list(fitting["title"])[:MOST_TITLES]} if len(fitting) else {})
    return Gap("G31", status, f"{status}_{role}", stage, part=role, value=float(len(fitting)), n=len(items), unit="count", details=details,
               evidence="content")  # fmt: skip


def role_of_persona(persona: Persona) -> str:
    """The role in the buying group a declared persona has: by its role, else by the titles that make a customer this persona, else by its name."""
    told = (persona.role, persona.when.get("role", "").replace("|", " "), persona.name)
    return next((role for role in map(buying_role, filter(None, told)) if role != UNKNOWN), UNKNOWN)


def _accounts_with(known, role) -> int:
    table = known.table("roles")
    rows = table[(table["stage"] == "") & (table["role"] == role)] if table is not None else ()
    return int(rows.iloc[0]["n_with"]) if len(rows) else 0


def _for_consumers(known) -> Gap:
    """More than a fifth of the texts harder than LIX 50; kinds that are meant to be detailed may be a step harder."""
    texts = known.table("readability")
    if texts is None:
        return Gap("G31", "not_checkable", missing=("content_texts",))
    hard = texts[texts["lix"] > texts["highest"].clip(lower=HARD_LIX)].sort_values(["lix", "content_id"], ascending=[False, True])
    details = {"lix": round(float(texts["lix"].median()), 1)} | ({"k": len(hard), "titles": list(hard["title"])[:MOST_TITLES], "ids": list(hard["content_id"])} if len(hard) else {"k": 0})
    if len(texts) < known.client.privacy.k:
        return Gap("G31", "uncertain", "few_texts", n=len(texts), details=details, evidence="readability")
    content = known.table("content")
    is_all = content is not None and is_filled(content["text"])
    status = "found" if len(hard) / len(texts) > HARD_SHARE else "not_found" if is_all else "uncertain"
    return Gap("G31", status, f"{status}_texts", value=float(len(hard)), n=len(texts), unit="count", details=details, evidence="readability")
