"""Recommendation, satisfaction and effort: NPS, CSAT and CES with their intervals, period by period, and whether they have changed (practice C5)."""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats as distributions
from statsmodels.stats.multitest import multipletests

from journeylib.measures.emotion import METRICS
from journeylib.measures.places import speaker_units, speakers, stage_ids
from journeylib.measures.stats import LEVEL, design_effect, newcombe, standard_error, t_interval, wilson, z_value
from journeylib.schema import SCORE_CHANGES, SCORES, check

#: Periods tried, in months, and the customers each of the two last must have: shorter ones only where they can tell something.
PERIODS = ((3, 100), (6, 10))
FALSE_DISCOVERY_RATE = 0.05
#: From this share of the smaller period's customers up, those asked both times are compared with themselves.
SAME_PEOPLE = 0.5
FEWEST_PAIRS = 10
PLACE = ["metric", "stage", "touchpoint"]
QUESTION = ["wording_id", "scale_min", "scale_max"]


class Score(NamedTuple):
    """A score with its interval, and the estimate and standard error a difference is tested on."""

    score: float
    lo: float
    hi: float
    estimate: float
    se: float


def scores(voices: pd.DataFrame, model, *, as_of: dt.date, by_account: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """NPS, CSAT and CES by place and wording, of all answers and of each period, and the two last periods compared.

    One value a customer and period, the latest. Periods are counted back from the data cut, so none is cut short: quarters where
    the two last have a hundred customers each, else half-years where they have ten, else none. A period is compared with an
    earlier one of the same wording and scale alone. Where at least half of the smaller period's customers answered in both, those
    are compared with themselves; else the two are taken as independent, which is too careful by a little where a few are the same.
    *Changed* means that chance alone is ruled out at 5 % over all comparisons (Benjamini–Hochberg).

    Returns
    -------
    SCORES, SCORE_CHANGES.
    """
    answers = _answers(voices, model, by_account)
    end = pd.Timestamp(as_of, tz="UTC") + pd.Timedelta(days=1)
    rows, changes = [], []
    for place, asked in answers.groupby(PLACE, sort=True):
        waved = _in_waves(asked, end)
        rows += [_row(place, question, wave, part) for question, series in waved.groupby(QUESTION, sort=True)
                 for wave, part in ((0, series), *series[series["wave"] > 0].groupby("wave", sort=True))]  # fmt: skip
        changes += _changes(place, waved)
    return check(pd.DataFrame(rows, columns=list(SCORES.columns)), SCORES), check(_adjusted(pd.DataFrame(changes, columns=list(SCORE_CHANGES.columns))), SCORE_CHANGES)


def nps(n_promoters: float, n_passives: float, n_detractors: float, deff: float = 1.0) -> Score:
    """Promoters − detractors with the adjusted Wald interval: ¾, 1½ and ¾ answers are added first (Rocks 2016).

    SE = √((p̂ + d̂ − (p̂ − d̂)²) / (n + 3)); the ends are cut at ±1. `deff` is the design effect of answers that belong together.

    >>> [round(100 * part, 1) for part in nps(45, 30, 25)]
    [20.0, 3.8, 35.1, 19.4, 8.0]
    """
    n = n_promoters + n_passives + n_detractors
    p, d = ((count / deff + 0.75) / (n / deff + 3) for count in (n_promoters, n_detractors))
    se = math.sqrt((p + d - (p - d) ** 2) / (n / deff + 3))
    half = z_value() * se
    return Score((n_promoters - n_detractors) / n, max(-1.0, p - d - half), min(1.0, p - d + half), p - d, se)


def nps_change(before: Score, after: Score) -> tuple[float, float, float, float]:
    """after − before of two independent groups, its interval and p, on the adjusted estimates.

    >>> [round(part, 2) for part in nps_change(nps(45, 30, 25), nps(55, 28, 17))]
    [0.17, -0.04, 0.39, 0.11]
    """
    change, se = after.estimate - before.estimate, math.hypot(before.se, after.se)
    return change, change - z_value() * se, change + z_value() * se, float(2 * distributions.norm.sf(abs(change) / se))


# --- answers ------------------------------------------------------------------------------------------------------------


def _answers(voices, model, by_account):
    asked = pd.DataFrame({
        "metric": voices["metric"], "stage": stage_ids(voices, model), "touchpoint": voices["touchpoint"].fillna(""), "wording_id": voices["wording_id"].fillna(""),
        "scale_min": voices["scale_min"], "scale_max": voices["scale_max"], "score": voices["score"], "said_at": voices["said_at"],
        "customer": speakers(voices), "unit": speaker_units(voices, by_account), "voice_id": voices["voice_id"],
    })  # fmt: skip
    of_customers = (voices["kind"] == "stated").fillna(False) & voices["metric"].isin(METRICS) & voices["score"].notna() & voices["scale_max"].notna()
    asked = asked[of_customers & (voices["scale_max"] > voices["scale_min"])].sort_values(["said_at", "voice_id"], kind="stable")
    of_all = (asked["metric"] == "nps") & (asked.groupby(["metric", "wording_id", "touchpoint"])["stage"].transform("nunique") == 1)
    asked["stage"] = asked["stage"].mask(of_all & (asked["touchpoint"] == ""), "")
    return asked.assign(level=[_level(*row) for row in asked[["metric", "score", "scale_min", "scale_max"]].itertuples(index=False)])


def _level(metric, score, low, high) -> int:
    """+1 promoter, satisfied, easy; −1 detractor, dissatisfied, hard; 0 between."""
    if metric == "nps":
        return 1 if score >= high - 1 else -1 if score <= high - 4 else 0
    if metric == "ces":
        share = (score - low) / (high - low)
        return 1 if share >= 4 / 6 - 1e-9 else -1 if share <= 2 / 6 + 1e-9 else 0
    reach = 1 if high - low >= 4 else 0  # two highest answers mean nothing on a scale of two
    return 1 if score >= high - reach else -1 if score <= low + reach else 0


def _in_waves(asked, end):
    """`wave`: 0 = in no period, 1 … the periods in order of time; `from_on`, `until_on` its ends."""
    for months, fewest in PERIODS:
        ago = _periods_ago(asked["said_at"], end, months)
        counted = asked.assign(ago=ago)[ago.notna()].groupby([*QUESTION, "ago"])["customer"].nunique().sort_index(level="ago")
        last_two = counted.groupby(QUESTION).head(2).groupby(QUESTION).agg(["size", "min"])
        if ((last_two["size"] == 2) & (last_two["min"] >= fewest)).any():
            return _dated(asked, ago, end, months)
    return _dated(asked, ago, end, months) if len(asked[QUESTION].drop_duplicates()) > 1 else _undated(asked)


def _periods_ago(said_at, end, months):
    edges = [end - pd.DateOffset(months=months * i) for i in range(1, 240 // months)]
    told = said_at.notna() & (said_at < end)
    return pd.Series(np.where(told, np.searchsorted(-np.array([edge.value for edge in edges]), -said_at.astype("datetime64[ns, UTC]").astype("int64"), side="left"), np.nan),
                     index=said_at.index)  # fmt: skip


def _dated(asked, ago, end, months):
    oldest = ago.max()
    dates = [ago.map(lambda i, shift=shift: end - pd.DateOffset(months=months * (int(i) + shift)), na_action="ignore") for shift in (1, 0)]
    return asked.assign(wave=(oldest - ago + 1).fillna(0).astype(int), from_on=dates[0], until_on=dates[1])


def _undated(asked):
    return asked.assign(wave=0, from_on=pd.NaT, until_on=pd.NaT)


# --- one question in one period -----------------------------------------------------------------------------------------


def _row(place, question, wave, part):
    latest = part.drop_duplicates("customer", keep="last")
    scored, mean = score_of(place[0], latest), t_interval(latest["score"], latest["unit"], within=question[1:])
    ends = (part["from_on"].iloc[0], part["until_on"].iloc[0]) if wave else (part["said_at"].min(), part["said_at"].max())
    middle = (question[1] + question[2]) / 2
    return dict(zip([*PLACE, *QUESTION], [*place, *question], strict=True)) | {
        "wave": wave, "from_on": ends[0], "until_on": ends[1], "n": len(latest), "n_answers": len(part), "n_high": int((latest["level"] > 0).sum()),
        "n_low": int((latest["level"] < 0).sum()), "score": scored.score, "lo": scored.lo, "hi": scored.hi,
        "mean": mean.mean, "mean_lo": mean.lo, "mean_hi": mean.hi, "is_hard": bool(mean.hi < middle) if place[0] == "ces" else None,
    }  # fmt: skip


def score_of(metric: str, answers: pd.DataFrame) -> Score:
    """The score of customers' answers, one row a customer with `level` (−1, 0, 1) and `unit`."""
    if metric == "nps":
        return nps(*((answers["level"] == level).sum() for level in (1, 0, -1)), deff=_deff(answers["level"], answers["unit"]))
    by_unit = answers.assign(is_high=answers["level"] > 0).groupby("unit")["is_high"].agg(["sum", "size"])
    deff, (k, n) = design_effect(by_unit["sum"], by_unit["size"]), by_unit.sum()
    lo, hi = wilson(k / deff, n / deff)
    return Score(k / n, float(lo), float(hi), k / deff, n / deff)


def _deff(values, unit):
    codes = pd.factorize(unit)[0]
    if codes.max(initial=0) < 1 or len(codes) == codes.max() + 1 or values.nunique() < 2:
        return 1.0 if len(codes) == codes.max(initial=0) + 1 else float((np.bincount(codes) ** 2).sum() / len(codes))
    alone = standard_error(values, np.arange(len(values)))
    return float(max(1.0, (standard_error(values, codes) / alone) ** 2))


# --- two periods --------------------------------------------------------------------------------------------------------


def _changes(place, waved):
    """One comparison a wording with two periods; where the last period's wording has none before it, that it cannot be compared."""
    waves = waved[waved["wave"] > 0].drop_duplicates(["wave", *QUESTION, "customer"], keep="last")
    sizes = waves.groupby([*QUESTION, "wave"]).size()
    judged = sizes[sizes >= PERIODS[-1][1]].reset_index(name="n")
    if judged.empty or judged["wave"].nunique() < 2:
        return []
    last = judged["wave"].max()
    made = []
    for question, mine in judged.groupby(QUESTION, sort=True):
        if mine["wave"].max() == last and len(mine) > 1:
            made.append(_change(place, question, *(_of(waves, question, wave) for wave in sorted(mine["wave"])[-2:])))
    return made or [_not_comparable(place, waves, judged)]


def _of(waves, question, wave):
    return waves[(waves["wave"] == wave) & (waves[QUESTION] == list(question)).all(axis=1)]


def _not_comparable(place, waves, judged):
    later, earlier = (judged[judged["wave"] == wave].sort_values("n").iloc[-1] for wave in sorted(judged["wave"].unique())[:-3:-1])
    before, after = (_of(waves, tuple(row[QUESTION]), row["wave"]) for row in (earlier, later))
    return _ends(place, tuple(later[QUESTION]), before, after) | {"is_paired": False, "verdict": "not_comparable"}


def _ends(place, question, before, after):
    return dict(zip([*PLACE, "wording_id"], [*place, question[0]], strict=True)) | {
        "from_on": before["from_on"].iloc[0], "until_on": after["until_on"].iloc[0], "n": min(len(before), len(after)), "n_before": len(before),
        "n_after": len(after), "before": score_of(place[0], before).score, "after": score_of(place[0], after).score,
    }  # fmt: skip


def _change(place, question, before, after):
    both = set(before["customer"]) & set(after["customer"])
    is_paired = len(both) >= max(FEWEST_PAIRS, SAME_PEOPLE * min(len(before), len(after)))
    change, lo, hi, p = _paired(place[0], before, after, both) if is_paired else _independent(place[0], before, after)
    return _ends(place, question, before, after) | {"change": change, "lo": lo, "hi": hi, "p": p, "is_paired": is_paired, "verdict": "not_established"}


def _independent(metric, before, after):
    first, second = (score_of(metric, part) for part in (before, after))
    if metric == "nps":
        return nps_change(first, second)
    change, lo, hi = newcombe(second.estimate, second.se, first.estimate, first.se)  # yes and n, each divided by its design effect
    pooled = (first.estimate + second.estimate) / (first.se + second.se)
    se = math.sqrt(pooled * (1 - pooled) * (1 / first.se + 1 / second.se))
    return change, lo, hi, float(2 * distributions.norm.sf(abs(change) / se)) if se > 0 else 1.0


def _paired(metric, before, after, both):
    first, second = (part[part["customer"].isin(both)].set_index("customer").sort_index() for part in (before, after))
    levels = [part["level"] if metric == "nps" else part["level"] > 0 for part in (second, first)]
    moved = levels[0].astype(float) - levels[1].astype(float)
    mean = t_interval(moved, first["unit"])
    units = first["unit"].nunique()
    half = (mean.hi - mean.lo) / 2
    if not half > 0:
        return mean.mean, mean.lo, mean.hi, 1.0 if units < 2 or mean.mean == 0 else 0.0
    t = mean.mean / half * distributions.t.ppf((1 + LEVEL) / 2, units - 1)
    return mean.mean, mean.lo, mean.hi, float(2 * distributions.t.sf(abs(t), units - 1))


def _adjusted(changes):
    tested = changes["p"].notna()
    if not tested.any():
        return changes
    stands, adjusted, *_ = multipletests(changes.loc[tested, "p"].astype(float), FALSE_DISCOVERY_RATE, "fdr_bh")
    changes.loc[tested, "p_adjusted"] = adjusted
    changes.loc[tested, "verdict"] = np.where(stands, "changed", "not_established")
    return changes
