"""Needs: how important they are to customers, how well they are served, and what the company does for them (practice C6)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.measures.need_ranks import corrected_opportunity, derived_importance, outranking
from journeylib.measures.places import speaker_units, speakers, stage_ids
from journeylib.measures.stats import standard_error, t_interval, wilson_clustered
from journeylib.schema import NEED_SCORES, NEED_SUPPORT, NEEDS, check, empty


def need_scores(voices: pd.DataFrame, needs: pd.DataFrame | None, model, *, activities: pd.DataFrame | None = None,
                content: pd.DataFrame | None = None, by_account: bool = False, seed=0) -> pd.DataFrame:  # fmt: skip
    """Importance, satisfaction, opportunity and gap of every need in the register or in the answers.

    Importance and satisfaction are 10 × the share of customers in the two highest answers. Opportunity is
    I + max(I − S, 0) (Ulwick); its max() makes it too high when I = S and few were asked, so rank on `gap`: the mean over
    customers who answered both of importance − satisfaction on 0–10, with Student's interval by unit. `opportunity_corrected` takes
    off what max() adds by chance. `p_outranks_next` is how surely a need's gap is wider than the next one's; `derived` how much the
    recommendation hangs on the need (`measures/need_ranks.py`).

    Parameters
    ----------
    voices : answers with metric importance or satisfaction and a need; a customer's latest answer counts.
    needs, activities, content : the registers, where delivered. A register that was not leaves its count missing.

    Returns
    -------
    NEED_SCORES, by stage and need.
    """
    needs = empty(NEEDS) if needs is None else needs
    answers = latest_answers(voices, model, by_account)
    known = pd.DataFrame({"need_id": needs["need_id"], "wording": needs["wording"], "stage": stage_ids(needs, model)})
    heard = answers.drop_duplicates("need_id")[["need_id", "stage"]].assign(wording=lambda rows: rows["need_id"])
    known = pd.concat([known, heard[~heard["need_id"].isin(known["need_id"])]], ignore_index=True)
    rows = [_need_row(need, answers[answers["need_id"] == need["need_id"]], activities, content) for need in known.to_dict("records")]
    frame = _compared(pd.DataFrame(rows, columns=list(NEED_SCORES.columns)), answers, voices, seed)
    places = {stage.id: i for i, stage in enumerate(model.in_scope)}
    order = frame.assign(place=frame["stage"].map(places).fillna(len(places))).sort_values(["place", "need_id"], kind="stable").index
    return check(frame.loc[order], NEED_SCORES)


def opportunity(importance: float, satisfaction: float) -> float:
    """I + max(I − S, 0), both on 0–10 (C6).

    >>> [opportunity(9, 4), opportunity(8.5, 8), opportunity(4, 9), opportunity(6, 6)]
    [14, 9.0, 4, 6]
    """
    return importance + max(importance - satisfaction, 0)


def latest_answers(voices: pd.DataFrame, model, by_account: bool) -> pd.DataFrame:
    """Each customer's latest answer about each need: `need_id`, `stage`, `metric`, `customer`, `unit`, `is_top` (two highest), `score` on 0–10."""
    asked = voices["metric"].isin(["importance", "satisfaction"]) & (voices["kind"] == "stated")
    scored = voices[asked & voices["score"].notna() & voices["need_id"].notna()].sort_values(["said_at", "voice_id"], kind="stable")
    answers = pd.DataFrame({
        "need_id": scored["need_id"], "stage": stage_ids(scored, model), "metric": scored["metric"], "customer": speakers(scored),
        "unit": speaker_units(scored, by_account), "is_top": scored["score"] >= scored["scale_max"] - 1,
        "score": 10 * (scored["score"] - scored["scale_min"]) / (scored["scale_max"] - scored["scale_min"]),
    })  # fmt: skip
    answers = answers[np.isfinite(answers["score"])]
    return answers.drop_duplicates(["need_id", "metric", "customer"], keep="last")


def _compared(frame, answers, voices, seed):
    """What holds of needs beside one another: which surely outranks the next, and which the recommendation hangs on."""
    wide = answers.pivot(index=["need_id", "customer", "unit"], columns="metric", values="score").reindex(columns=["importance", "satisfaction"])
    wide = wide.reindex(pd.MultiIndex.from_frame(answers[["need_id", "customer", "unit"]].drop_duplicates()))
    both = wide.assign(difference=wide["importance"] - wide["satisfaction"])["difference"].dropna().reset_index()
    ranked = outranking(both, frame.set_index("need_id")["gap"].astype(float), seed)
    met = answers[answers["metric"] == "satisfaction"].pivot(index="customer", columns="need_id", values="score")
    derived = derived_importance(met, answers.drop_duplicates("customer").set_index("customer")["unit"], voices)
    frame = frame.assign(p_outranks_next=frame["need_id"].map(ranked).astype(float))
    return frame.assign(**{name: frame["need_id"].map(derived[name]).astype(float) for name in derived})


def _need_row(need, answers, activities, content):
    asked = answers.pivot(index="customer", columns="metric", values="score").reindex(columns=["importance", "satisfaction"])
    both = asked.dropna()
    units = answers.drop_duplicates("customer").set_index("customer")["unit"].reindex(both.index)
    gap = t_interval(both["importance"] - both["satisfaction"], units, within=(-10.0, 10.0))
    ends = {metric: _top_interval(answers[answers["metric"] == metric]) for metric in ("importance", "satisfaction")}
    top = (10 * answers.groupby("metric")["is_top"].mean()).reindex(["importance", "satisfaction"])
    score = opportunity(top["importance"], top["satisfaction"]) if top.notna().all() else np.nan
    return need | {
        "importance": top["importance"], "satisfaction": top["satisfaction"], "n": len(asked), "opportunity": score,
        **{f"{metric}_{end}": value for metric, span in ends.items() for end, value in zip(("lo", "hi"), span, strict=True)},
        "opportunity_corrected": corrected_opportunity(score, _top_difference_se(answers)),
        "gap": gap.mean, "gap_lo": gap.lo, "gap_hi": gap.hi,
        "n_activities": _serving(activities, need["need_id"]), "n_content": _serving(content, need["need_id"]),
    }  # fmt: skip


def _top_interval(answers):
    by_unit = answers.groupby("unit")["is_top"].agg(["sum", "size"])
    return tuple(10 * float(end) for end in wilson_clustered(by_unit["sum"], by_unit["size"])) if len(by_unit) else (np.nan, np.nan)


def _top_difference_se(answers):
    """Standard error of I − S, both 10 × top-two shares: of the same customers where they answered both, else of two groups."""
    wide = answers.pivot(index=["customer", "unit"], columns="metric", values="is_top").reindex(columns=["importance", "satisfaction"]).astype(float)
    both = wide.dropna().reset_index()
    if len(both) < 2 or both["unit"].nunique() < 2:
        return np.nan
    return 10 * standard_error(both["importance"] - both["satisfaction"], pd.factorize(both["unit"])[0])


def _serving(register, need_id):
    return None if register is None else int(served_by(register).eq(need_id).sum())


def served_by(register: pd.DataFrame) -> pd.Series:
    """Needs of a register's rows, one an item and need: several may stand in one cell, with ; or , between. '' = none named."""
    return register["need_id"].fillna("").str.split(r"\s*[;,]\s*", regex=True).explode().str.strip()


def need_support(activities: pd.DataFrame | None, content: pd.DataFrame | None, model) -> pd.DataFrame:
    """Every activity and content item with the need it serves: need × activity (C6), where a register was delivered.

    Returns
    -------
    NEED_SUPPORT, in the registers' order; an item that names several needs has a row for each, one that names none a row with ''.
    """
    parts = [_support(kind, register, model) for kind, register in (("activity", activities), ("content", content)) if register is not None and len(register)]
    return check(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(NEED_SUPPORT.columns)), NEED_SUPPORT)


def _support(kind, register, model):
    items = pd.DataFrame({"kind": kind, "item_id": register[f"{kind}_id"], "title": register["title"], "stage": stage_ids(register, model)})
    return items.join(served_by(register).rename("need_id")).drop_duplicates(["item_id", "need_id"])
