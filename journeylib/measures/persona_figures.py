"""The key figures of each persona beside the other personas together, each with its difference and what it may be (practice C14)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact, norm
from scipy.stats import t as student
from statsmodels.stats.multitest import multipletests

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.behaviour import main_channels
from journeylib.measures.emotion import emotion
from journeylib.measures.needs import need_scores
from journeylib.measures.passages import moments
from journeylib.measures.stats import newcombe, wilson, z_value
from journeylib.measures.time_to_purchase import bought_within, common_horizon, draw_curves, drawn_means

#: Fewer than this on either side, and a difference is not looked for (practice C0).
FEWEST = 10
N_CHANNELS = 3


@dataclass(frozen=True)
class Told:
    """What the figures are made of. `known` : persona of each customer (or journey) with one, by code in the log. `chosen` : whose behaviour is looked at."""

    log: EventLog
    journeys: pd.DataFrame
    model: object
    known: pd.Series
    chosen: np.ndarray | None
    customers: pd.DataFrame
    voices: pd.DataFrame | None
    needs: pd.DataFrame | None
    funnel: pd.DataFrame | None
    declared: tuple[str, ...]
    by_account: bool


def differences(told: Told, rng: np.random.Generator) -> list[dict]:
    """Rows of PERSONA_DIFFERENCE; p after Benjamini–Hochberg over all of them."""
    rows = [*_goes_on(told), *_days(told, rng), *_channels(told), *_voices(told)]
    if rows:
        for row, p in zip(rows, multipletests([row["p"] for row in rows], method="fdr_bh")[1], strict=True):
            row["p_adjusted"] = float(p)
    return rows


def _shares(metric, part, counts: dict[str, tuple[float, float]], shown: dict[str, int] | None = None):
    """One row a persona from how many did of how many could; `shown` : the number to tell where those are effective ones."""
    counts = {persona: (k, n) for persona, (k, n) in counts.items() if n > 0}
    for persona, (k, n) in counts.items():
        k_other, n_other = (sum(pair[i] for name, pair in counts.items() if name != persona) for i in (0, 1))
        if min(n, n_other) < FEWEST:
            continue
        difference, lo, hi = newcombe(k, n, k_other, n_other)
        table = np.rint([[k, n - k], [k_other, n_other - k_other]])
        ends = wilson(k, n)
        yield {"metric": metric, "part": part, "persona": persona, "n": int((shown or {}).get(persona, round(n))), "n_smallest": _smallest(counts, n_other),
               "value": k / n, "lo": float(ends[0]), "hi": float(ends[1]), "others": k_other / n_other, "difference": difference,
               "difference_lo": lo, "difference_hi": hi, "p": float(fisher_exact(table)[1])}  # fmt: skip


def _smallest(counts, n_other):
    return int(round(min([n_other, *(n for _, n in counts.values())])))


def _goes_on(told):
    """Share going on from each stage, of those followed for the window; journeys of one unit count as one by their number."""
    if told.funnel is None or told.funnel.empty:
        return
    rows = told.funnel[(told.funnel["semantics"] == "at_least") & told.funnel["persona"].isin(told.declared) & told.funnel["rate"].notna()]
    for stage, mine in rows.groupby("stage", sort=False):
        scale = {row.persona: row.n_units / row.n_followed for row in mine.itertuples()}
        counts = {row.persona: (row.n_converted * scale[row.persona], row.n_followed * scale[row.persona]) for row in mine.itertuples()}
        yield from _shares("goes_on", stage, counts, {row.persona: int(row.n_followed) for row in mine.itertuples()})


def _days(told, rng):
    """Mean days from first contact to purchase of those who buy within a common horizon."""
    timed = _timed(told)
    n_bought = timed[timed["end"] == 1]["persona"].value_counts()
    for persona in sorted(n_bought.index[n_bought >= FEWEST]):
        mine = (timed["persona"] == persona).to_numpy()
        horizon = common_horizon([timed["followed"].to_numpy()[mine], timed["followed"].to_numpy()[~mine]])
        sides = [bought_within(timed["days"][of], timed["end"][of], horizon) for of in (~mine, mine)]
        if min(side.n for side in sides) < FEWEST:
            continue
        means = drawn_means(draw_curves(timed["unit"], mine.astype(int), timed["days"], timed["end"], horizon, rng))
        spread, apart = np.nanstd(means[:, 1], ddof=1), np.nanstd(means[:, 1] - means[:, 0], ddof=1)
        value, others = sides[1].mean_days, sides[0].mean_days
        yield {"metric": "days", "part": "", "persona": persona, "n": sides[1].n, "n_smallest": min(int(n_bought.min()), sides[0].n), "value": value,
               "lo": max(0.0, value - z_value() * spread), "hi": value + z_value() * spread, "others": others, "difference": value - others, "horizon_days": horizon,
               "difference_lo": value - others - z_value() * apart, "difference_hi": value - others + z_value() * apart,
               "p": float(2 * norm.sf(abs(value - others) / apart)) if apart > 0 else 1.0}  # fmt: skip


def _timed(told):
    about = told.journeys[told.journeys["persona"].isin(told.declared).fillna(False).astype(bool)]
    started, ended, cut = moments(about["started_at"]), moments(about["ended_at"]), told.log.as_of_us
    end = about["state"].map({"won": 1, "lost": 2}).fillna(0).to_numpy(int) * (ended <= cut)
    return pd.DataFrame({"persona": about["persona"], "unit": about["unit"], "end": end, "followed": (cut - started) / DAY_US,
                         "days": (np.where(end > 0, ended, cut) - started) / DAY_US})  # fmt: skip


def _channels(told):
    """Share of customers whose commonest channel before deciding is each of the three most usual."""
    main = main_channels(told.log, told.chosen)
    persona = told.known.reindex(main.index).dropna()
    main = main[persona.index]
    common = main.value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:N_CHANNELS]
    for channel in common:
        counts = {name: (int((main[who.index] == channel).sum()), len(who)) for name, who in persona.groupby(persona, sort=True)}
        yield from _shares("channel", channel, counts)


def _voices(told):
    if told.voices is None or told.voices.empty:
        return
    by_id = told.customers.dropna(subset="persona").drop_duplicates("customer_id").set_index("customer_id")["persona"]
    persona = told.voices["persona"].fillna(told.voices["customer_id"].map(by_id).astype("string"))
    heard = told.voices[persona.isin(told.declared).fillna(False).astype(bool)]
    groups = {name: heard[persona[heard.index] == name] for name in sorted(persona[heard.index].unique())}
    if len(groups) > 1:
        yield from _feelings(told, heard, groups)
        yield from _needs(told, groups)


def _feelings(told, heard, groups):
    """Mean feeling of each stage, one value a customer, in the one wording of the curve (C4)."""
    curve = emotion(heard, told.model, by_account=told.by_account)
    if curve.empty:
        return
    metric, wording = curve.iloc[0]["metric"], curve.iloc[0]["wording_id"]
    own = {name: _means(voices, told, metric, wording) for name, voices in groups.items()}
    rest = {name: _means(heard[~heard.index.isin(groups[name].index)], told, metric, wording) for name in groups}
    for stage in curve["stage"]:
        here = {name: means.loc[stage] for name, means in own.items() if stage in means.index}
        for name, row in here.items():
            if stage in rest[name].index and min(row["n"], rest[name].loc[stage, "n"]) >= FEWEST:
                smallest = int(min(rest[name].loc[stage, "n"], *(each["n"] for each in here.values())))
                yield {"metric": "feeling", "part": stage, "persona": name, "n": int(row["n"]), "n_smallest": smallest, **_welch(row, rest[name].loc[stage])}


def _means(voices, told, metric, wording):
    same = voices[(voices["metric"] == metric) & (voices["wording_id"].fillna("") == wording)]
    return emotion(same, told.model, by_account=told.by_account).set_index("stage")


def _welch(one, other) -> dict:
    """The difference of two means with Welch's interval, from the wider half of their own intervals: the other may be cut at the end of the scale."""
    se = [max(row["hi"] - row["mean"], row["mean"] - row["lo"]) / student.ppf(0.975, row["n"] - 1) for row in (one, other)]
    apart = max(float(np.hypot(*se)), 1e-12)
    freedom = apart**4 / max(sum(s**4 / (row["n"] - 1) for s, row in zip(se, (one, other), strict=True)), 1e-300)
    difference, half = one["mean"] - other["mean"], student.ppf(0.975, freedom) * apart
    return {"value": one["mean"], "lo": one["lo"], "hi": one["hi"], "others": other["mean"], "difference": difference,
            "difference_lo": difference - half, "difference_hi": difference + half, "p": float(2 * student.sf(abs(difference) / apart, freedom))}  # fmt: skip


def _needs(told, groups):
    """Share for whom a need is important: the two highest answers (C6)."""
    scores = {name: need_scores(voices, told.needs, told.model, by_account=told.by_account).set_index("need_id") for name, voices in groups.items()}
    for need in sorted(set().union(*(frame.index for frame in scores.values()))):
        asked = {name: frame.loc[need] for name, frame in scores.items() if need in frame.index and pd.notna(frame.loc[need, "importance"])}
        wording = next(str(row["wording"]) for row in asked.values()) if asked else need
        yield from _shares("need", wording, {name: (row["importance"] / 10 * row["n"], int(row["n"])) for name, row in asked.items()})
