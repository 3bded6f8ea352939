"""What do buyers of one offer buy next? What those with the same last offer bought, drawn towards what is bought most, against "most popular" (M105).

P(b | a) = (n_ab + m q_b) / (n_a + m): of n_a who bought a and then something, n_ab bought b; q is the share of b among all next purchases,
and m, how many purchases the overall shares are worth, is chosen by how well each purchase is foretold from the others (leave one out).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.passages import BLOCK_ROWS, over_blocks
from journeylib.measures.stats import LEVEL, share_by_unit
from journeylib.predict.scores import DRAWS, Interval
from journeylib.schema import OUTCOMES

#: Part of the purchases, the latest, that is the test; pairs of purchases that learning and test must have; offers looked at.
TEST_PART, LEAST_PAIRS, MOST_OFFERS = 1 / 3, 30, 200
_WEIGHTS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
_WON = OUTCOMES.index("won")


@dataclass(frozen=True)
class NextOffers:
    """Whether what was bought last tells what is bought next, and if so, what to offer.

    Attributes
    ----------
    verdict : `better` (than naming the most popular offer to everybody), `no_better`, `too_few` or `not_checkable`.
    hits, popular_hits : share of the test's purchases that the first suggestion, and the most popular offer, foretold. gain : their difference.
    popular : the most popular offer. n, n_units : purchases of the test and who made them. n_train : those learnt from.
    table : a row an offer bought last: `last_offer`, `next_offer`, `n`, `n_units`, `n_next`, `share` (shrunken), `lo`, `hi` (of the plain share).
    """

    verdict: str
    hits: float = np.nan
    popular_hits: float = np.nan
    gain: Interval = Interval(np.nan, np.nan, np.nan)
    popular: str = ""
    n: int = 0
    n_units: int = 0
    n_train: int = 0
    table: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


def next_offers(log: EventLog, journeys: pd.DataFrame, seed: int) -> NextOffers:
    """What is bought after what, learnt on earlier purchases and judged on later ones; offers in alphabetical order where they tie."""
    pairs = pairs_of_purchases(log, journeys)
    if pairs["next_offer"].nunique() < 2:
        return NextOffers("not_checkable")
    return judge_pairs(pairs, log.names["offer"], np.random.default_rng([seed, zlib.crc32(b"next offer")]))


def pairs_of_purchases(log: EventLog, journeys: pd.DataFrame) -> pd.DataFrame:
    """Each purchase of an offer after an earlier one of the same unit: `unit`, `at_us`, codes `last_offer` and `next_offer`, oldest first."""
    bought = over_blocks(log, _purchases, BLOCK_ROWS)
    bought = bought.assign(unit=bought["journey"].map(journeys.set_index("journey")["unit"])).sort_values(
        ["unit", "at_us", "offer"], kind="stable"
    )
    moments = bought.drop_duplicates(["unit", "at_us"])  # what lies in one basket is one purchase: its first offer stands for it
    pairs = moments.assign(last_offer=moments.groupby("unit")["offer"].shift(), next_offer=moments["offer"]).dropna(subset=["last_offer"])
    pairs = pairs.astype({"last_offer": "int64"})[["unit", "at_us", "last_offer", "next_offer"]]
    return pairs.sort_values(["at_us", "unit"], kind="stable", ignore_index=True)


def _purchases(block):
    here = (block.outcome == _WON) & (block.offer >= 0)
    return pd.DataFrame({"journey": block.journey[here], "at_us": block.at_us[here], "offer": block.offer[here].astype("int64")})


def judge_pairs(pairs: pd.DataFrame, names, rng: np.random.Generator) -> NextOffers:
    """Learn on the earlier pairs, judge the first suggestion on the later third."""
    cut = pairs["at_us"].quantile(1 - TEST_PART, interpolation="nearest") if len(pairs) else 0
    train, test = pairs[pairs["at_us"] < cut], pairs[pairs["at_us"] >= cut]
    if min(len(train), len(test)) < LEAST_PAIRS:
        return NextOffers("too_few", n=len(test), n_train=len(train))
    offers = np.sort(
        train["next_offer"]
        .value_counts()
        .rename_axis("offer")
        .reset_index()
        .sort_values(["count", "offer"], ascending=[False, True])["offer"]
        .head(MOST_OFFERS)
    )
    counts = _counts(train, offers)
    overall = _shares_of_all(counts)
    best = dict(zip(counts.index, offers[_shrunken(counts.to_numpy(), overall, best_weight(counts)).argmax(axis=1)], strict=True))
    popular = int(offers[int(np.argmax(overall))])
    hit = (test["last_offer"].map(best).fillna(popular).to_numpy() == test["next_offer"].to_numpy()).astype(float)
    popular_hit = (test["next_offer"] == popular).to_numpy(dtype=float)
    gain = _mean_by_unit(hit - popular_hit, test["unit"].to_numpy(), rng)
    verdict = "better" if gain.lo > 0 else "no_better"
    sizes = {"n": len(test), "n_units": int(test["unit"].nunique()), "n_train": len(train)}
    suggestions = _suggestions(pairs, offers, names)
    return NextOffers(verdict, float(hit.mean()), float(popular_hit.mean()), gain, names[popular], **sizes, table=suggestions)


def _counts(pairs, offers):
    """Last offer × next offer, how often."""
    return pd.crosstab(pairs["last_offer"], pairs["next_offer"]).reindex(columns=offers, fill_value=0)


def _shares_of_all(counts) -> np.ndarray:
    """The share of each next offer among all."""
    return counts.to_numpy().sum(axis=0) / counts.to_numpy().sum()


def _shrunken(counts, overall, weight):
    return (counts + weight * overall) / (counts.sum(axis=1, keepdims=True) + weight)


def best_weight(counts: pd.DataFrame) -> float:
    """How many purchases the overall shares are worth: the weight under which each purchase is likeliest, foretold from all others."""
    n, overall = counts.to_numpy(dtype=float), _shares_of_all(counts)
    row, column = np.nonzero(n)
    left = n[row, column] - 1
    likely = [float((n[row, column] * np.log((left + m * overall[column]) / (n[row].sum(axis=1) - 1 + m))).sum()) for m in _WEIGHTS]
    return _WEIGHTS[int(np.argmax(np.round(likely, 9)))]


def _mean_by_unit(values, unit, rng) -> Interval:
    """A mean, its interval from drawing the units anew."""
    codes = np.unique(unit, return_inverse=True)[1]
    total, n = np.bincount(codes, weights=values), np.bincount(codes)
    draws = rng.integers(len(n), size=(DRAWS, len(n)))
    means = total[draws].sum(axis=1) / n[draws].sum(axis=1)
    return Interval(float(values.mean()), *map(float, np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])))


def _suggestions(pairs, offers, names) -> pd.DataFrame:
    """For each offer bought last the one to suggest, learnt on all pairs; the share drawn towards that of all, and the plain one's interval."""
    counts = _counts(pairs, offers)
    share = _shrunken(counts.to_numpy(), _shares_of_all(counts), best_weight(counts))
    rows = []
    for place, last in enumerate(counts.index):
        best = int(share[place].argmax())
        mine = pairs[pairs["last_offer"] == last]
        seen = share_by_unit(mine["next_offer"] == offers[best], np.unique(mine["unit"], return_inverse=True)[1])
        rows.append({"last_offer": names[last], "next_offer": names[int(offers[best])], "n": seen.n, "n_units": seen.n_units, "n_next": seen.n_yes,
                     "share": float(share[place, best]), "lo": seen.lo, "hi": seen.hi})  # fmt: skip
    return pd.DataFrame(rows).sort_values(["n", "last_offer"], ascending=[False, True], ignore_index=True)
