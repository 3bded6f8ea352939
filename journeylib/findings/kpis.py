"""The KPI a mapping is led by: the goal's own, or the next that these data can answer (M001)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from journeylib.findings.labels import number_or_none, say_rate, stage_label
from journeylib.knowledge import load
from journeylib.measures.stats import share_by_unit
from journeylib.presets import resolved_thresholds

#: KPIs that are shares of the rates table → the measure there.
_RATES = {"win_share": "win", "repeat_share": "repeat", "follow_up_share": "follow_up", "forgotten_share": "forgotten", "silence_share": "silence",
          "referred_share": "referred", "promoters_asked_share": "promoters_asked", "early_regret": "regretted",
          "consented_contacts": "contactable"}  # fmt: skip
#: KPIs that are scores of the emotion table → the metric they need.
_SCORES = {"purchase_effort": "ces", "recommend_score": "nps", "satisfaction": "csat"}


@dataclass(frozen=True)
class Kpi:
    """A KPI that could be computed: its id, its number in words, what it is, and the numbers behind."""

    id: str
    number: str
    label: str
    numbers: dict


def lead_kpi(run, mapped) -> Kpi | None:
    """The first of the goal's KPIs, in the goal's order, that the data can answer; None where none can."""
    goal = load("goals")[run.client.goal]
    for name in (goal["lead_kpi"], *goal["else_kpis"]):
        found = kpi_of_journey(run, mapped, name)
        if found is not None:
            return found
    return None


def kpi_of_journey(run, mapped, name: str) -> Kpi | None:
    """A KPI of `kpis.yml` as a number of the whole journey; None where the data cannot answer it."""
    if name in _RATES:
        return _rate_kpi(run, mapped, name)
    if name in _SCORES:
        return _score_kpi(run, mapped, name)
    if name == "purchase_share":
        return _purchase_kpi(run, mapped)
    if name in ("customer_value", "order_value"):
        return _value_kpi(run, mapped, name)
    return None


def _name(run, name):
    return run.words.label(load("kpis")[name]["name"])


def _rate_kpi(run, mapped, name):
    rates = mapped.shown.get("rates")
    rows = rates[(rates["measure"] == _RATES[name]) & (rates["group"] == "") & (rates["n"] >= max(1, run.client.privacy.k))] if rates is not None else ()
    return _share(run, name, rows.iloc[0]["n_yes"], rows.iloc[0]["n"], rows.iloc[0]) if len(rows) else None


def _share(run, name, k, n, row):
    w = run.words
    label = w.say("findings.kpi.share", kpi=_name(run, name), k=int(k), n=int(n))
    numbers = {"kpi": name, "n": int(n), "n_yes": int(k)} | {key: number_or_none(row[key]) for key in ("rate", "lo", "hi")}
    return Kpi(name, say_rate(w, k, n, row["rate"], row["lo"], row["hi"], digits=0), label, numbers)


def _purchase_kpi(run, mapped):
    """Of the journeys begun at least a window before the data cut, the share that bought, by unit; None where the data hold buyers alone."""
    journeys, window = mapped.collected.journeys, resolved_thresholds(run.client).window_days or 0.0
    cut = pd.Timestamp(run.client.as_of, tz=run.client.timezone) + pd.Timedelta(days=1)
    followed = journeys[journeys["started_at"] <= cut - pd.Timedelta(days=window)]
    if len(followed) < max(10, run.client.privacy.k):
        return None
    won = share_by_unit(followed["state"] == "won", followed["unit"])
    if won.n_yes == won.n:
        return None
    found = _share(run, "purchase_share", won.n_yes, won.n, pd.Series({"rate": won.rate, "lo": won.lo, "hi": won.hi}))
    w, name = run.words, _name(run, "purchase_share")
    return replace(found, label=w.say("findings.kpi.given_time", kpi=name, k=won.n_yes, n=won.n, days=w.days(window))) if window else found


def _score_kpi(run, mapped, name):
    emotion = mapped.shown.get("emotion")
    if emotion is None:
        return None
    rows = emotion[(emotion["metric"] == _SCORES[name]) & (emotion["n"] >= max(5, run.client.privacy.k))]
    if name == "purchase_effort" and run.model.purchase_position is not None:
        rows = rows[rows["stage"] == run.model.ids[run.model.purchase_position]]
    if rows.empty:
        return None
    row, w = rows.sort_values(["mean", "stage"]).iloc[0], run.words
    label = w.say("findings.kpi.score", kpi=_name(run, name), stage=stage_label(run, row["stage"]), n=int(row["n"]))
    return Kpi(name, w.score(row["mean"]), label, {"kpi": name, "mean": float(row["mean"]), "n": int(row["n"])})


def _value_kpi(run, mapped, name):
    totals = mapped.shown.get("totals")
    if totals is None:
        return None
    known = totals.set_index("name")["value"]
    count = "orders" if name == "order_value" else "won"
    if "value" not in known or known.get(count, 0) < max(10, run.client.privacy.k):
        return None
    mean = known["value"] / known[count]
    return Kpi(name, run.words.money(mean), run.words.say("findings.kpi.mean", kpi=_name(run, name), n=int(known[count])), {"kpi": name, "mean": float(mean), "n": int(known[count])})
