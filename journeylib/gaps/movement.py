"""Do customers move, and fast enough? Checks G09 (journey too long) and G13 (drop-off)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binom, norm
from statsmodels.stats.multitest import multipletests

from journeylib.gaps.engine import FEWEST_FOR_PERCENT, Gap, Known, funnel_of, held_against, not_checkable, out_of_scope, stage_with
from journeylib.measures.stats import z_value

#: A share must lie this far under its target before it is called a drop-off, however many customers stand behind it.
SMALLEST_SHORTFALL = 0.02
#: … and this far under the other personas.
SMALLEST_DIFFERENCE = 0.05
FALSE_DISCOVERY_RATE = 0.05
_Z = z_value()


def is_the_journey_too_long(known: Known) -> list[Gap]:
    """G09: the median time from first contact to purchase is above `thresholds.journey_days`, whole interval.

    Counted on units that bought and that began at least the limit before the data cut, so that each had the time; the
    interval is the exact one for a median (order statistics). *Not found* must hold of those with twice the time too, for of journeys that take
    longer than the data reach back only the quick are seen. Without a limit the length cannot be judged.
    """
    stage = stage_with(known.model, "a4_decide")
    if stage is None or not stage.in_scope:
        return out_of_scope("G09")
    if known.limits.journey_days is None:
        return [Gap("G09", "not_checkable", "no_limit", missing=("journey_days",))]
    missing = known.missing("journeys")
    if missing:
        return not_checkable("G09", missing)
    limit = known.limits.journey_days
    had_time, had_twice = (days_to_purchase(known.table("journeys"), pd.Timestamp(known.client.as_of, tz="UTC"), times * limit) for times in (1, 2))
    return [_judge_days(known, had_time, had_twice, limit)]


def days_to_purchase(journeys: pd.DataFrame, as_of: pd.Timestamp, limit_days: float) -> np.ndarray:
    """Days from first event to purchase, one value a unit (its median), of journeys begun `limit_days` before the cut."""
    bought = journeys[(journeys["state"] == "won") & journeys["ended_at"].notna()]
    bought = bought[bought["started_at"] <= as_of - pd.Timedelta(days=limit_days)]
    days = (bought["ended_at"] - bought["started_at"]).dt.total_seconds() / 86_400
    return np.sort(days.groupby(bought["unit"]).median().to_numpy(dtype="float64"))


def median_interval(sorted_values: np.ndarray) -> tuple[float, float, float]:
    """Median with its exact 95 % interval by order statistics; missing ends under six values.

    >>> median_interval(np.arange(1.0, 12.0))
    (6.0, 2.0, 10.0)
    """
    n = len(sorted_values)
    k = int(binom.ppf(0.025, n, 0.5))
    if k < 1:
        return float(np.median(sorted_values)), float("nan"), float("nan")
    return float(np.median(sorted_values)), float(sorted_values[k - 1]), float(sorted_values[n - k])


def _judge_days(known: Known, days: np.ndarray, had_twice: np.ndarray, limit: float) -> Gap:
    if not len(days):
        return Gap("G09", "not_checkable", "nobody", missing=("events",))
    if len(days) < known.client.privacy.k:
        return Gap("G09", "uncertain", "too_few", threshold=limit, unit="days")
    median, lo, hi = median_interval(days)
    status = held_against(lo, hi, limit, bad="above", is_large_enough=len(days) >= FEWEST_FOR_PERCENT)
    if status == "not_found" and (len(had_twice) < FEWEST_FOR_PERCENT or held_against(*median_interval(had_twice)[1:], limit, bad="above") != status):
        status = "uncertain"
    slowest = _slowest_stage(known)
    reason = "found_where" if status == "found" and slowest else status
    return Gap("G09", status, reason, value=median, lo=lo, hi=hi, n=len(days), threshold=limit, unit="days",
               details=slowest, evidence="journeys, stage_times")  # fmt: skip


def _slowest_stage(known: Known) -> dict:
    """The stage up to the purchase that takes longest to go on from; nothing where fewer than half ever go on from one.

    To be given up for lost is not to be quick, and a stage most never leave is not to be passed over for one they do.
    """
    times, last = known.table("stage_times"), known.model.purchase_position
    if times is None or last is None:
        return {}
    times = times[times["stage"].isin(known.model.ids[: last + 1])].drop_duplicates("stage")
    if times.empty or times["median_went_on_days"].isna().any():
        return {}
    slowest = times.loc[times["median_went_on_days"].idxmax()]
    return {"slowest": slowest["stage"], "slowest_days": float(slowest["median_went_on_days"])}


def where_do_customers_drop_off(known: Known) -> list[Gap]:
    """G13: a stage whose share that goes on is under the client's target; without one, under the other personas.

    The map's counting rule (*at least*), among those followed for the whole window. Targets: the whole interval under
    and at least 2 points. Personas: Benjamini–Hochberg at 5 % over all stages and personas, at least 5 points.
    Without either there is nothing to hold the share against. Where no source shows a stage, or anything after it, its share
    says nothing of customers and is not judged; nor is one that is not told, since it would give a small group away.
    """
    funnel = funnel_of(known, "at_least")
    if funnel is None:
        return not_checkable("G13", known.missing("funnel") or ("events",))
    reached = [stage for stage in known.model.ids[:-1] if stage in funnel.index]
    steps = [stage for stage in reached if not _is_unseen(funnel.loc[stage])]
    unseen = [Gap("G13", "not_checkable", _why_without_share(known, stage), stage, missing=("events",)) for stage in reached if stage not in steps]
    with_target = [_against_target(known, funnel.loc[stage]) for stage in steps if stage in known.client.targets]
    without = [stage for stage in steps if stage not in known.client.targets]
    return [*with_target, *_against_personas(known, without), *unseen]


def _measured(known, row) -> dict:
    """What every drop-off answer tells of its share."""
    position = known.model.ids.index(row["stage"])
    details = {"k": int(row["n_converted"]), "next": known.model.ids[position + 1]}
    details |= {"days": float(row["window_days"])} if pd.notna(row["window_days"]) else {}
    return {"stage": row["stage"], "persona": row["persona"], "value": row["rate"], "lo": row["rate_lo"], "hi": row["rate_hi"],
            "n": int(row["n_followed"]), "unit": "share", "evidence": "funnel: at_least", "details": details}  # fmt: skip


def _is_thin(known, row) -> bool:
    return pd.isna(row["rate"]) or row["n_followed"] < known.client.privacy.k


def _is_unseen(row) -> bool:
    """Whether those followed have no share: no source shows the stage or what comes after it, or the share is not told."""
    return bool(pd.isna(row["rate"]) and row["n_followed"] > 0)


def _why_without_share(known, stage) -> str:
    later = known.model.ids[known.model.ids.index(stage) :]
    is_seen = not known.has_no_events(stage) and any(not known.has_no_events(after) for after in later[1:])
    return "withheld" if is_seen else "unseen"


def _too_few(row) -> Gap:
    return Gap("G13", "uncertain", "too_few", row["stage"], row["persona"], unit="share")


def _against_target(known: Known, row: pd.Series) -> Gap:
    if _is_thin(known, row):
        return _too_few(row)
    target = known.client.targets[row["stage"]]
    is_large = row["n_followed"] >= FEWEST_FOR_PERCENT and target - row["rate"] >= SMALLEST_SHORTFALL
    status = held_against(row["rate_lo"], row["rate_hi"], target, bad="below", is_large_enough=is_large)
    measured = _measured(known, row)
    measured["details"] |= {"compared_with": "target"}
    return Gap("G13", status, status, threshold=target, **measured)


def _against_personas(known: Known, stages: list[str]) -> list[Gap]:
    """Stages without a target, persona by persona against the others taken together."""
    if not stages:
        return []
    funnels = {persona.id: funnel_of(known, "at_least", persona.id) for persona in known.client.personas}
    funnels = {persona: funnel for persona, funnel in funnels.items() if funnel is not None}
    if len(funnels) < 2:
        return [Gap("G13", "not_checkable", "no_comparison", stage, missing=("targets",)) for stage in stages]
    pairs = [compared for stage in stages for compared in _compare_at(known, stage, funnels)]
    tested = [pair for pair in pairs if isinstance(pair, dict)]
    is_flagged = multipletests([pair["p"] for pair in tested], FALSE_DISCOVERY_RATE, "fdr_bh")[0] if tested else []
    judged = iter([_judge_difference(known, pair, bool(flag)) for pair, flag in zip(tested, is_flagged, strict=True)])
    return [next(judged) if isinstance(pair, dict) else pair for pair in pairs]


def _compare_at(known, stage, funnels):
    rows = [funnel.loc[stage] for funnel in funnels.values() if stage in funnel.index]
    solid = [row for row in rows if pd.notna(row["rate"]) and row["n_followed"] >= FEWEST_FOR_PERCENT]
    for row in rows:
        others = [other for other in solid if other["persona"] != row["persona"]]
        is_solid = any(row["persona"] == other["persona"] for other in solid)
        yield _difference(row, others) if is_solid and others else _too_few(row)


def _difference(row, others) -> dict:
    """Share of one persona minus that of the others together, with the spread their own intervals tell of."""
    n = np.array([other["n_followed"] for other in others], dtype="float64")
    rates = np.array([other["rate"] for other in others], dtype="float64")
    spread = np.sqrt(((n / n.sum()) ** 2 * np.array([_se(other) ** 2 for other in others])).sum())
    level = float((n * rates).sum() / n.sum())
    difference, se = float(row["rate"] - level), float(np.hypot(_se(row), spread))
    return {"row": row, "level": level, "difference": difference, "se": se, "p": 2 * norm.sf(abs(difference) / se)}


def _se(row) -> float:
    return max(float(row["rate_hi"] - row["rate_lo"]) / (2 * _Z), 1e-9)


def _judge_difference(known: Known, pair: dict, is_flagged: bool) -> Gap:
    difference, se = pair["difference"], pair["se"]
    is_level = difference - _Z * se >= -SMALLEST_DIFFERENCE
    is_worse = is_flagged and difference <= -SMALLEST_DIFFERENCE
    status = "found" if is_worse else "not_found" if is_level else "uncertain"
    measured = _measured(known, pair["row"])
    measured["details"] |= {"compared_with": "personas", "difference": difference, "level": pair["level"]}
    return Gap("G13", status, f"persona_{status}", threshold=pair["level"], **measured)
