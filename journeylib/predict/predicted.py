"""Everything that was tried to be predicted of a client, and the tables of it that are delivered; nobody stands in them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from journeylib.predict.next_offer import NextOffers, next_offers
from journeylib.predict.targets import Prediction, predict_target
from journeylib.schema import NEXT_OFFERS, PREDICTION_BANDS, PREDICTION_FEATURES, PREDICTIONS, check, empty

_NUMBERS = ("skill", "rule_skill", "gain", "auc", "intercept", "slope")
#: Decimals of what a fit gives: those after them differ between processors and threads, and mean nothing.
_DECIMALS = 8


@dataclass(frozen=True)
class Predicted:
    """Both predictions, what is bought next, and the tables PREDICTIONS, PREDICTION_BANDS, PREDICTION_FEATURES, NEXT_OFFERS; empty ones are delivered as absent."""

    buy: Prediction
    leave: Prediction
    next_offer: NextOffers
    predictions: pd.DataFrame
    bands: pd.DataFrame
    features: pd.DataFrame
    offers: pd.DataFrame


def predict_customers(collected, model, client) -> Predicted:
    """Ask who is about to buy, who is about to leave and what is bought next; no band is of fewer than k units, and offers of fewer are left out of the table."""
    asked = [predict_target(collected, model, client, target) for target in ("buy", "leave")]
    offers = next_offers(collected.log, collected.journeys, client.seed)
    rows = [row for row in (*map(_row, asked), _offer_row(offers)) if row["verdict"] != "not_checkable"]
    bands, features = ([row for each in asked for row in rows_of(each)] for rows_of in (_bands, _features))
    tables = _table(rows, PREDICTIONS), _table(bands, PREDICTION_BANDS), _table(features, PREDICTION_FEATURES)
    return Predicted(*asked, offers, *tables, _shown_offers(offers, client.privacy.k))


def _table(rows, schema):
    return check(pd.DataFrame(rows), schema) if rows else empty(schema)


def _row(asked: Prediction) -> dict:
    chances, marks = asked.chances, asked.landmarks
    outcome = "purchase" if asked.target == "buy" else "silence" if asked.is_by_silence else "loss"
    row = {"target": asked.target, "verdict": asked.verdict, "horizon_days": asked.horizon_days, "outcome": outcome}
    if asked.verdict != "too_few":  # of a few, not even how few
        row |= {"n": chances.n, "n_units": chances.n_units, "n_yes": chances.n_yes, "n_train": chances.n_train, "base_rate": chances.base_rate,
                "rule": asked.plan.names[chances.rule] if chances.rule is not None else None}  # fmt: skip
    row |= {"scarce": chances.scarce} if chances.scarce else {}
    row |= {f"test_{end}_at": _moment(marks.test[place]) if marks else None for end, place in (("from", 0), ("to", -1))}
    for name in _NUMBERS:
        if name in chances.numbers:
            value, lo, hi = (round(end, _DECIMALS) for end in chances.numbers[name])
            row |= {name: value, f"{name}_lo": lo, f"{name}_hi": hi}
    return row


def _moment(us):
    return pd.Timestamp(us, unit="us", tz="UTC")


def _offer_row(offers: NextOffers) -> dict:
    verdict = {"better": "predictable", "no_better": "no_skill"}.get(offers.verdict, offers.verdict)
    row = {"target": "next_offer", "verdict": verdict, "outcome": "offer"}
    if offers.verdict in ("better", "no_better"):
        row |= {"n": offers.n, "n_units": offers.n_units, "n_yes": round(offers.hits * offers.n), "n_train": offers.n_train, "base_rate": offers.popular_hits,
                "rule": offers.popular, "skill": offers.gain.value, "skill_lo": offers.gain.lo, "skill_hi": offers.gain.hi}  # fmt: skip
    return row


def _bands(asked: Prediction):
    for number, band in enumerate(asked.chances.bands, start=1):
        seen = {name: band[name] for name in ("n", "n_units", "n_yes", "share", "lo", "hi")}
        yield {"target": asked.target, "band": number, "chance": round(band["chance"], _DECIMALS)} | seen


def _features(asked: Prediction):
    for name, slope in asked.drivers():
        yield {"target": asked.target, "feature": name, "slope": round(slope, _DECIMALS)}
    for name, reason in sorted(asked.refused.items()):
        yield {"target": asked.target, "feature": name, "refused": reason}


def _shown_offers(offers: NextOffers, k) -> pd.DataFrame:
    """Rows of k units or more; of a table that is no better than naming the most popular offer, none. Where one row alone would be left
    out, the smallest of the others goes with it: the total of purchases would tell its size."""
    if offers.verdict != "better":
        return empty(NEXT_OFFERS)
    few = offers.table["n_units"] < k
    shown = offers.table[~few]
    return check(shown.iloc[:-1] if few.sum() == 1 else shown, NEXT_OFFERS)
