"""What was known of somebody at a landmark: one row of numbers, from events and answers up to that moment and from nothing later.

Names of features are `kind` or `kind:name`; the findings put them into words. Counts go in as ln(1 + n), spans as ln(1 + days):
the tenth visit tells less than the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import NEVER
from journeylib.measures.places import feelings
from journeylib.predict.histories import History

#: Days that count as lately.
LATELY_DAYS = 28
#: Touchpoints, channels and offers looked at one by one: the commonest, met by at least so many subjects.
MOST, LEAST_SUBJECTS = {"touchpoint": 15, "channel": 6, "offer": 6}, 20
ALONE = ("recency", "age", "n_own", "n_own_lately", "n_company", "n_company_lately", "n_days", "n_channels", "n_bought", "spent", "since_bought",
         "answered", "feeling")  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """Which features: the fixed ones, and one a stage, a touchpoint, a channel and an offer that was common before `until_us`.

    `counted` : (column of the events, code) of each feature after the fixed ones; `names` : all features in order. `unseen` : codes of
    refused touchpoints: no feature counts them, a sum over all events or a stage would give them away as well.
    """

    names: tuple[str, ...]
    counted: tuple[tuple[str, int], ...]
    unseen: tuple[int, ...] = ()


def plan_features(history: History, log: EventLog, stages: tuple[str, ...], until_us: int, without: frozenset[str] = frozenset()) -> Plan:
    """The features to look at; what is common is decided by what had happened by the last landmark that is learnt from.

    Parameters
    ----------
    stages : ids in scope, by position. without : names of refused features.
    """
    early = history.events["at_us"].to_numpy() <= until_us
    unseen = tuple(code for code, name in enumerate(log.names["touchpoint"]) if f"touchpoint:{name}" in without)
    early &= ~np.isin(history.events["touchpoint"].to_numpy(), unseen)
    counted = [("stage", place, f"stage:{stage}") for place, stage in enumerate(stages)]
    for column, most in MOST.items():
        names = log.names[column]
        counted += [(column, code, f"{column}:{names[code]}") for code in _common(history, early, column, most)]
    kept = [(column, code, name) for column, code, name in counted if name not in without]
    return Plan((*(name for name in ALONE if name not in without), *(name for *_, name in kept)), tuple((column, code) for column, code, _ in kept), unseen)


def _common(history, early, column, most):
    """Codes met by most subjects, in the order of how many; equal ones in the order of their code."""
    codes = history.events[column].to_numpy()
    met = pd.DataFrame({"subject": history.subject, "code": codes})[early & (codes >= 0)].drop_duplicates()["code"].value_counts()
    met = met[met >= LEAST_SUBJECTS].rename_axis("code").reset_index().sort_values(["count", "code"], ascending=[False, True])
    return [int(code) for code in met["code"].head(most)]


def answers_of(voices: pd.DataFrame, journeys: pd.DataFrame) -> pd.DataFrame:
    """Scored answers of customers with the moment they were given: `unit`, `at_us`, `feeling` on −2 … +2, oldest first. Undated ones are left out."""
    scored = voices[voices["score"].notna() & voices["said_at"].notna() & (voices["row"] == "emotion") & (voices["kind"] == "stated")]
    unit = pd.Series(dtype="Int64", index=scored.index)
    for column in ("account_id", "customer_id"):
        known = journeys.dropna(subset=[column]).drop_duplicates(column).set_index(column)["unit"]
        unit = unit.fillna(scored[column].map(known).astype("Int64"))
    found = pd.DataFrame({"unit": unit, "at_us": scored["said_at"].to_numpy(dtype="datetime64[us]").astype("int64"),
                          "feeling": feelings(scored["score"], scored["scale_min"], scored["scale_max"])})  # fmt: skip
    return found.dropna().sort_values(["unit", "at_us", "feeling"], kind="stable", ignore_index=True)


def features_at(history: History, plan: Plan, answers: pd.DataFrame, landmark_us: int, subjects: np.ndarray) -> np.ndarray:
    """The features of these subjects at the landmark: rows in the order of `subjects`, columns as `plan.names`."""
    events = history.events
    place = np.full(history.n, -1)
    place[subjects] = np.arange(len(subjects))
    who = place[history.subject]
    seen = (events["at_us"].to_numpy() <= landmark_us) & (who >= 0) & ~np.isin(events["touchpoint"].to_numpy(), plan.unseen)
    who, known = who[seen], events[seen]
    found = _alone(who, known, landmark_us, len(subjects)) | _answered(history.unit[subjects], answers, landmark_us)
    columns = [found[name] for name in plan.names if name in found]
    columns += [np.log1p(np.bincount(who[known[column].to_numpy() == code], minlength=len(subjects))) for column, code in plan.counted]
    return np.column_stack(columns) if columns else np.zeros((len(subjects), 0))


def _alone(who, known, landmark_us, n):
    at, own = known["at_us"].to_numpy(), known["is_own"].to_numpy()
    bought, late = known["outcome"].to_numpy() == 1, at > landmark_us - LATELY_DAYS * DAY_US
    counts = {"n_own": own, "n_own_lately": own & late, "n_company": ~own, "n_company_lately": ~own & late, "n_bought": bought}
    found = {name: np.log1p(np.bincount(who[mask], minlength=n)) for name, mask in counts.items()}
    spent = np.bincount(who[bought], weights=np.nan_to_num(np.maximum(known["value"].to_numpy()[bought], 0)), minlength=n)
    return found | {
        "recency": _days_since(who, at, own, landmark_us, n, latest=True), "age": _days_since(who, at, np.ones(len(at), dtype=bool), landmark_us, n, latest=False),
        "since_bought": _days_since(who, at, bought, landmark_us, n, latest=True), "spent": np.log1p(spent),
        "n_days": np.log1p(_n_distinct(who[own], at[own] // DAY_US, n)), "n_channels": _n_distinct(who, known["channel"].to_numpy(), n).astype(float),
    }  # fmt: skip


def _days_since(who, at, mask, landmark_us, n, *, latest):
    """ln(1 + days) since the last (or first) event of each; 0 where there is none."""
    found = np.full(n, -NEVER if latest else NEVER)
    (np.maximum if latest else np.minimum).at(found, who[mask], at[mask])
    has = np.abs(found) < NEVER
    return np.where(has, np.log1p((landmark_us - np.where(has, found, landmark_us)) / DAY_US), 0.0)


def _n_distinct(who, values, n):
    pairs = pd.DataFrame({"who": who, "value": values})
    pairs = pairs[pairs["value"] >= 0].drop_duplicates()
    return np.bincount(pairs["who"].to_numpy(dtype=np.int64), minlength=n)


def _answered(unit, answers, landmark_us):
    last = answers[answers["at_us"] <= landmark_us].drop_duplicates("unit", keep="last").set_index("unit")["feeling"]
    feeling = pd.Series(unit).map(last).astype("float64").to_numpy()
    return {"answered": (~np.isnan(feeling)).astype(float), "feeling": np.nan_to_num(feeling)}
