"""What has changed since last time: stages then and since, gaps opened and closed, actions carried out (M112).

Two reports are compared only where they count alike. A report holds all customers until its data cut, so the next one
holds the same customers again: what is set beside the old share is the share of those who have become countable since.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

import journeylib
from journeylib.client import Client
from journeylib.improve.changed_sources import ChangedSources, changed_sources
from journeylib.improve.previous import Delivery, find_previous, reports_around
from journeylib.measures.stats import wilson

#: Definition → where it stands in the parameters. A stage's share means the same only where all of these are equal.
COUNTING = {
    "stage_model": ("stage_model", "anchor"), "scope": ("scope",), "journey": ("journey", "only_offer", "market"), "period": ("period.start",), "rules": ("rules",), "window": ("thresholds.window_days", "thresholds.until_cut"), "lost": ("thresholds.lost_after_days",),
    "kept_for": ("privacy.retention_months",),
}  # fmt: skip
#: What only gaps are held against.
HOLDING = {"targets": ("targets", "kpis"), "limits": ("thresholds",)}
_UNDER_WAY, _DONE = ("under_way",), ("done",)


@dataclass(frozen=True)
class Since:
    """Two reports beside each other.

    Attributes
    ----------
    then_on, now_on : their data cuts.
    differing : definitions the stages' shares rest on that differ (keys of `COUNTING`, `version`, or `sources` where one that gives events or
        customers does): then stages and gaps are not compared.
    sources : the sources that came, went or are read otherwise; only gaps and feelings that rest on none of them are compared.
    limits_differing : definitions only the gaps rest on that differ; then only gaps whose own limit is the same are compared, and this is said.
    stages : stage, then, then_lo, then_hi, n_then, since, since_lo, since_hi, n_since, change, lo, hi, moved (up, down, not).
    opened, closed : rows of the gaps table, of now and of then. done, begun : rows of today's actions.
    felt : rows of the emotion table of then, of the stages asked the same question in the same words now; none where definitions differ.
    key_numbers : what the first page of then said in numbers; none where definitions differ.
    """

    then_on: object
    now_on: object
    differing: tuple[str, ...] = ()
    limits_differing: tuple[str, ...] = ()
    sources: ChangedSources = ChangedSources()
    stages: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    opened: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    closed: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    done: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    begun: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    felt: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    key_numbers: dict = field(default_factory=dict, repr=False)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing moved, opened, closed or was carried out."""
        moved = len(self.stages) and (self.stages["moved"] != "not").any()
        return not (moved or len(self.opened) or len(self.closed) or len(self.done) or len(self.begun))


def compare_reports(then: Delivery, now: Delivery) -> Since:
    """What moved between two delivered reports of one client, the older first."""
    versions = [report.record.get("versions", {}).get("journeylib") for report in (then, now)]
    return compare(then, now.as_of, now.parameters, versions[1], now.tables)


def compare_with_previous(client: Client, tables: dict[str, pd.DataFrame], work: Path | None = None) -> Since | None:
    """What moved since the client's last report; None where none is kept. `work`: the run's working folder, which tells where reports go."""
    then = find_previous(client, reports=reports_around(work) if work else None)
    if then is None:
        return None
    parameters = client.model_dump(mode="json", exclude={"data_folder", "params_file"})
    return compare(then, client.as_of, parameters, journeylib.__version__, tables)


def compare(then: Delivery, now_on, parameters: dict, version: str | None, tables: dict[str, pd.DataFrame]) -> Since:
    """The same with today's side as it is before delivery: data cut, parameters, the library's version, and shown tables."""
    differing = [name for name, keys in COUNTING.items() if any(_at(then.parameters, key) != _at(parameters, key) for key in keys)]
    sources = changed_sources(then.parameters.get("sources"), parameters.get("sources"), then.tables.get("sources"), tables.get("sources"))
    differing += ["sources"] if sources.moves_stages else []
    differing += ["version"] if version != then.record.get("versions", {}).get("journeylib") else []
    limits = [name for name, keys in HOLDING.items() if any(_at(then.parameters, key) != _at(parameters, key) for key in keys)]
    stages = pd.DataFrame() if differing or "funnel" not in tables or "funnel" not in then.tables else _stages(then.tables["funnel"], tables["funnel"])
    opened, closed = (pd.DataFrame(), pd.DataFrame()) if differing else _gaps(_untouched(then.tables.get("gaps"), sources), _untouched(tables.get("gaps"), sources), bool(limits))
    done, begun = (_actions(then.tables.get("actions"), tables.get("actions"), states) for states in (_DONE, _UNDER_WAY))
    is_said_anew = "voices" in sources.tables
    felt = pd.DataFrame() if differing or is_said_anew else _felt(then.tables.get("emotion"), tables.get("emotion"))
    numbers = {} if differing else then.key_numbers | ({"lead_kpi": None} if is_said_anew and (then.key_numbers.get("lead_kpi") or {}).get("mean") is not None else {})
    return Since(then.as_of, now_on, tuple(differing), tuple(limits), sources, stages, opened, closed, done, begun, felt, numbers)


def _untouched(gaps, sources):
    """The gaps that rest on none of the sources that differ."""
    return gaps if gaps is None or not sources.tables else gaps[~gaps["check"].map(sources.touches)]


def _at(parameters, key):
    value = parameters
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _stages(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """The share that goes on, of those who could be counted then, and of those who could since."""
    both = _everybody(now).join(_everybody(then), rsuffix="_then", how="inner").sort_values("position")
    rows = [_stage(stage, row) for stage, row in both.iterrows() if pd.notna(row["rate"]) and pd.notna(row["rate_then"])]
    return pd.DataFrame([row for row in rows if row])


def _everybody(funnel):
    return funnel[(funnel["semantics"] == "at_least") & (funnel["persona"] == "")].set_index("stage")


def _stage(stage, row):
    n, k = int(row["n_followed"] - row["n_followed_then"]), int(row["n_converted"] - row["n_converted_then"])
    if n <= 0 or not 0 <= k <= n:  # raw data were delivered anew, or old events are no longer kept
        return None
    rate, (lo, hi) = k / n, _interval(k, n, row)
    then, then_lo, then_hi = (float(row[f"{name}_then"]) for name in ("rate", "rate_lo", "rate_hi"))
    change = rate - then
    low, high = change - np.hypot(rate - lo, then_hi - then), change + np.hypot(hi - rate, then - then_lo)
    moved = "up" if low > 0 else "down" if high < 0 else "not"
    return {"stage": stage, "then": then, "then_lo": then_lo, "then_hi": then_hi, "n_then": int(row["n_followed_then"]), "since": rate, "since_lo": lo,
            "since_hi": hi, "n_since": n, "change": change, "lo": low, "hi": high, "moved": moved if n >= 10 else "not"}  # fmt: skip


def _interval(k, n, row):
    """Wilson's, with as many customers for one as today's table has units for its journeys."""
    alike = max(float(row["n_followed"]) / max(float(row["n_units"]), 1), 1)
    return tuple(map(float, wilson(k / alike, n / alike)))


def _felt(then, now):
    """How the stages felt then: only answers to the same question, in the same words, lie on one curve (practice C4)."""
    if then is None or now is None:
        return pd.DataFrame()
    asked = ["stage", "metric", "wording_id"]
    return then[asked + ["n", "mean", "lo", "hi"]].merge(now[asked], on=asked)


def _gaps(then, now, limits_differ):
    """Gaps found now that were not then, and those found then that the data no longer show; of other limits only those whose own is the same."""
    if then is None or now is None:
        return pd.DataFrame(), pd.DataFrame()
    if limits_differ:
        alike = _alike(then, now)
        then, now = then[then["gap_id"].isin(alike)], now[now["gap_id"].isin(alike)]
    before, today = then.set_index("gap_id")["status"], now.set_index("gap_id")["status"]
    opened = now[(now["status"] == "found") & (now["gap_id"].map(before) != "found").fillna(True)]
    closed = then[(then["status"] == "found") & (then["gap_id"].map(today) == "not_found").fillna(False)]
    return opened.reset_index(drop=True), closed.reset_index(drop=True)


def _alike(then, now) -> set[str]:
    """Gaps held against the same limit in both, by id."""
    both = then[["gap_id", "threshold"]].merge(now[["gap_id", "threshold"]], on="gap_id", suffixes=("_then", "_now"))
    same = (both["threshold_then"] == both["threshold_now"]) | (both["threshold_then"].isna() & both["threshold_now"].isna())
    return set(both.loc[same, "gap_id"])


def _actions(then, now, states):
    if now is None:
        return pd.DataFrame()
    before = set() if then is None else set(then.loc[then["status"].isin(states), "action_id"])
    return now[now["status"].isin(states) & ~now["action_id"].isin(before)].reset_index(drop=True)
