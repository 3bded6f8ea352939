"""Needs: how important they are to customers, how well they are served, and what the company does for them (practice C6)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.measures.places import speaker_units, speakers, stage_ids
from journeylib.measures.stats import t_interval
from journeylib.schema import NEED_SCORES, NEEDS, check, empty


def need_scores(voices: pd.DataFrame, needs: pd.DataFrame | None, model, *, activities: pd.DataFrame | None = None,
                content: pd.DataFrame | None = None, by_account: bool = False) -> pd.DataFrame:  # fmt: skip
    """Importance, satisfaction, opportunity and gap of every need in the register or in the answers.

    Importance and satisfaction are 10 × the share of customers in the two highest answers. Opportunity is
    I + max(I − S, 0) (Ulwick); its max() makes it too high when I = S and few were asked, so rank on `gap`: the mean over
    customers who answered both of importance − satisfaction on 0–10, with Student's interval by unit.

    Parameters
    ----------
    voices : answers with metric importance or satisfaction and a need; a customer's latest answer counts.
    needs, activities, content : the registers, where delivered. A register that was not leaves its count missing.

    Returns
    -------
    NEED_SCORES, by stage and need.
    """
    needs = empty(NEEDS) if needs is None else needs
    answers = _answers(voices, model, by_account)
    known = pd.DataFrame({"need_id": needs["need_id"], "wording": needs["wording"], "stage": stage_ids(needs, model)})
    heard = answers.drop_duplicates("need_id")[["need_id", "stage"]].assign(wording=lambda rows: rows["need_id"])
    known = pd.concat([known, heard[~heard["need_id"].isin(known["need_id"])]], ignore_index=True)
    rows = [_need_row(need, answers[answers["need_id"] == need["need_id"]], activities, content) for need in known.to_dict("records")]
    frame = pd.DataFrame(rows, columns=list(NEED_SCORES.columns))
    places = {stage.id: i for i, stage in enumerate(model.in_scope)}
    order = frame.assign(place=frame["stage"].map(places).fillna(len(places))).sort_values(["place", "need_id"], kind="stable").index
    return check(frame.loc[order], NEED_SCORES)


def opportunity(importance: float, satisfaction: float) -> float:
    """I + max(I − S, 0), both on 0–10 (C6).

    >>> [opportunity(9, 4), opportunity(8.5, 8), opportunity(4, 9), opportunity(6, 6)]
    [14, 9.0, 4, 6]
    """
    return importance + max(importance - satisfaction, 0)


def _answers(voices, model, by_account):
    asked = voices["metric"].isin(["importance", "satisfaction"]) & (voices["kind"] == "stated")
    scored = voices[asked & voices["score"].notna() & voices["need_id"].notna()].sort_values(["said_at", "voice_id"], kind="stable")
    answers = pd.DataFrame({
        "need_id": scored["need_id"], "stage": stage_ids(scored, model), "metric": scored["metric"], "customer": speakers(scored),
        "unit": speaker_units(scored, by_account), "is_top": scored["score"] >= scored["scale_max"] - 1,
        "score": 10 * (scored["score"] - scored["scale_min"]) / (scored["scale_max"] - scored["scale_min"]),
    })  # fmt: skip
    answers = answers[np.isfinite(answers["score"])]
    return answers.drop_duplicates(["need_id", "metric", "customer"], keep="last")


def _need_row(need, answers, activities, content):
    asked = answers.pivot(index="customer", columns="metric", values="score").reindex(columns=["importance", "satisfaction"])
    both = asked.dropna()
    units = answers.drop_duplicates("customer").set_index("customer")["unit"].reindex(both.index)
    gap = t_interval(both["importance"] - both["satisfaction"], units)
    top = (10 * answers.groupby("metric")["is_top"].mean()).reindex(["importance", "satisfaction"])
    score = opportunity(top["importance"], top["satisfaction"]) if top.notna().all() else np.nan
    return need | {
        "importance": top["importance"], "satisfaction": top["satisfaction"], "n": len(asked), "opportunity": score,
        "gap": gap.mean, "gap_lo": gap.lo, "gap_hi": gap.hi,
        "n_activities": _serving(activities, need["need_id"]), "n_content": _serving(content, need["need_id"]),
    }  # fmt: skip


def _serving(register, need_id):
    return None if register is None else int((register["need_id"] == need_id).sum())
