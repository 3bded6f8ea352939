"""What weighs most for each persona (M048), and what customers who think or ask a thing go by when they decide (M054)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

from journeylib.measures.needs import need_scores
from journeylib.measures.places import speakers, stage_ids
from journeylib.measures.stats import wilson
from journeylib.schema import PERSONA_NEEDS, THOUGHT_LINKS, check, empty

#: What customers think, ask, feel and run into; and what they say they go by.
SAID, GO_BY = ("thought", "question", "emotion", "problem"), ("reason", "driver", "objection", "need")
#: Under this many a link is counted, not tested (practice C0).
FEWEST = 10


def persona_needs(voices: pd.DataFrame, needs: pd.DataFrame | None, model, *, personas: Sequence[str], by_account: bool = False) -> pd.DataFrame:
    """Every need as each declared persona weighs it, its weightiest first.

    The first need surely matters more than the next when the lower end of its importance lies above the upper end of the next one's.

    Returns
    -------
    PERSONA_NEEDS; empty where no persona was asked.
    """
    parts = []
    for persona in personas:
        own = need_scores(voices[(voices["persona"] == persona).fillna(False)], needs, model, by_account=by_account)
        asked = own[own["importance"].notna()].sort_values(["importance", "need_id"], ascending=[False, True], kind="stable")
        if len(asked):
            parts.append(asked.assign(persona=persona, rank=range(1, len(asked) + 1), is_first=[_is_first(asked), *[""] * (len(asked) - 1)]))
    return check(pd.concat(parts)[list(PERSONA_NEEDS.columns)], PERSONA_NEEDS) if parts else empty(PERSONA_NEEDS)


def _is_first(asked):
    if len(asked) < 2 or asked["n"].iloc[0] < FEWEST:
        return "no"
    return "yes" if asked["importance_lo"].iloc[0] > asked["importance_hi"].iloc[1] else "no"


def thought_links(voices: pd.DataFrame, model) -> pd.DataFrame:
    """What customers who said one thing of a stage gave as reason, driver, objection or need, beside all others who gave one.

    Only coded voices of customers count, each customer once a code, and only customers who gave a reason or a need at all.
    `p_adjusted` is Fisher's exact test over all pairs two customers or more share, after Benjamini–Hochberg.

    Returns
    -------
    THOUGHT_LINKS, most shared first.
    """
    coded = voices[(voices["kind"] == "stated") & voices["code"].fillna("").ne("")]
    coded = coded.assign(who=speakers(coded), stage=stage_ids(coded, model)) if len(coded) else coded
    go_by = coded[coded["row"].isin(GO_BY)]
    said = coded[coded["row"].isin(SAID) & coded.get("who", coded["row"]).isin(go_by.get("who", []))]
    if said.empty:
        return empty(THOUGHT_LINKS)
    everybody, given = go_by["who"].nunique(), {key: set(rows["who"]) for key, rows in go_by.groupby(["row", "code"], sort=True)}
    rows = [_link(key, set(group["who"]), reason, who, everybody) for key, group in said.groupby(["stage", "row", "code"], sort=True) for reason, who in given.items()]
    rows = [row for row in rows if row["n_both"] > 1]
    if not rows:
        return empty(THOUGHT_LINKS)
    table = pd.DataFrame(rows).assign(p_adjusted=lambda found: multipletests(found["p_adjusted"], method="fdr_bh")[1])
    order = ["n_both", "stage", "row", "code", "linked_row", "linked_code"]
    return check(table.sort_values(order, ascending=[False, *[True] * 5], kind="stable"), THOUGHT_LINKS)


def _link(key, said, reason, gave, everybody):
    n_both, n_said = len(said & gave), len(said)
    n_others, n_others_gave = everybody - n_said, len(gave - said)
    lo, hi = wilson(n_both, n_said)
    p = fisher_exact([[n_both, n_said - n_both], [n_others_gave, n_others - n_others_gave]])[1] if n_others else 1.0
    return {"stage": key[0], "row": key[1], "code": key[2], "linked_row": reason[0], "linked_code": reason[1], "n_both": n_both, "n_said": n_said,
            "share": n_both / n_said, "lo": float(lo), "hi": float(hi), "share_others": n_others_gave / n_others if n_others else None, "p_adjusted": float(p)}  # fmt: skip
