"""Is the client planning for one customer where there are several? Check G07."""

from __future__ import annotations

import pandas as pd

from journeylib.gaps.engine import FEWEST_FOR_PERCENT, Gap, Known, held_against, not_checkable

#: A persona that holds more of the customers than this is the only one in practice.
LARGEST_SHARE = 0.9


def is_there_one_persona_only(known: Known) -> list[Gap]:
    """G07: one persona is declared, or one holds more than nine customers in ten, while the data show groups that come back.

    Which groups there are is found without the declaration (C14). Where one group tells best of all customers, one persona is enough. Where several
    do and none of their partitions comes back, or too few customers are known to look for groups, nothing is said for one persona nor against it.
    """
    table = known.table("persona_check")
    if not known.client.personas or table is None:
        return not_checkable("G07", ("personas_of_seen" if known.client.personas and _is_told(known) else "personas",))
    rows = table.set_index("measure")
    largest, groups = rows.loc["largest"], rows.loc["groups"] if "groups" in rows.index else None
    n = int(largest["n"])
    if n < known.client.privacy.k:
        return [Gap("G07", "uncertain", "too_few")]
    only = len(known.client.personas) == 1
    holds = "found" if only else held_against(largest["lo"], largest["hi"], LARGEST_SHARE, bad="above", is_large_enough=n >= FEWEST_FOR_PERCENT)
    if holds == "not_found":
        return [Gap("G07", "not_found", n=n, details={"k": len(known.client.personas)}, evidence="persona_check")]
    return [_beside_groups(holds, only, largest, groups)]


def _is_told(known: Known) -> bool:
    """Whether a source says of somebody which persona it is, though of nobody seen in the data."""
    customers = known.table("customers")
    return customers is not None and bool(customers["persona"].notna().any())


def _beside_groups(holds: str, only: bool, largest: pd.Series, groups: pd.Series | None) -> Gap:
    """One persona, for certain or perhaps, beside the groups the data show."""
    n, evidence = int(largest["n"]), "persona_check"
    if groups is None or pd.isna(groups["verdict"]):
        return Gap("G07", "uncertain", "unknown_groups", n=n, evidence=evidence)
    if groups["verdict"] == "not_stable":
        return Gap("G07", "uncertain", "unstable_groups", n=int(groups["n"]), evidence=evidence)
    if groups["verdict"] == "one":
        return Gap("G07", "not_found", "no_groups", n=int(groups["n"]), evidence=evidence)
    details = {"k": int(groups["n_groups"])}
    if only or holds == "uncertain":
        return Gap("G07", holds, "found_one" if only else "uncertain", value=1.0 if only else None, n=int(groups["n"]), unit="count" if only else None,
                   details=details, evidence=evidence)  # fmt: skip
    return Gap("G07", "found", "found_largest", persona=str(largest["persona"]), value=largest["value"], lo=largest["lo"], hi=largest["hi"], n=n,
               threshold=LARGEST_SHARE, unit="share", details=details | {"bad": "above"}, evidence=evidence)  # fmt: skip
