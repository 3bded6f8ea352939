"""One question of prediction asked of a client's log: who is about to buy, or who is about to leave."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from journeylib.predict.chances import LEAST_UNITS, Chances, Rows, predict_chances
from journeylib.predict.features import Plan, answers_of, features_at, plan_features
from journeylib.predict.histories import History, histories
from journeylib.predict.landmarks import Landmarks, lay_landmarks
from journeylib.predict.leaks import columns_too_good, leaking_touchpoints, undated_columns
from journeylib.predict.outcomes import Outcomes, outcomes
from journeylib.presets import market_preset, resolved_thresholds


@dataclass(frozen=True)
class Prediction:
    """What is known about one outcome's chances, and what is needed to say them of people of today.

    Attributes
    ----------
    target : `buy` or `leave`. horizon_days : how far ahead. is_by_silence : leaving is to be silent for so long.
    chances : verdict, model and test. refused : feature or column → why it must not be used (`leaks.REASONS`).
    plan, found, landmarks, answers : what the features of a landmark are made of; None where the log holds nothing to ask.
    """

    target: str
    horizon_days: float
    chances: Chances
    is_by_silence: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    plan: Plan | None = None
    found: Outcomes | None = field(default=None, repr=False)
    landmarks: Landmarks | None = None
    answers: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def verdict(self) -> str:
        """`predictable`, `one_rule`, `no_skill`, `too_few` or `not_checkable`."""
        return self.chances.verdict

    def drivers(self) -> list[tuple[str, float]]:
        """Features of the model with their slope (log odds a standard deviation), the strongest first; empty without a model."""
        if self.chances.model is None:
            return []
        slopes = zip((self.plan.names[i] for i in self.chances.columns), self.chances.model.slopes, strict=True)
        return sorted(((name, float(slope)) for name, slope in slopes if slope), key=lambda pair: (-round(abs(pair[1]), 9), pair[0]))


def predict_target(collected, model, client, target: str) -> Prediction:
    """Ask one question of prediction of a client's log.

    Who to buy: journeys begun, undecided and heard from within the client's limit of silence; it comes true with the first purchase
    within the horizon. Who to leave: units that have bought; it comes true with a loss recorded after that, or, where no loss of a
    customer is ever recorded, with silence for the whole horizon.

    Parameters
    ----------
    collected : log, journeys, customers and voices. model : stage model. target : `buy` or `leave`.
    """
    horizon = horizon_days(client)
    rng = np.random.default_rng([client.seed, zlib.crc32(f"prediction {target}".encode())])
    if not len(collected.log):
        return Prediction(target, horizon, Chances("not_checkable"))
    history = histories(collected.log, collected.journeys, model, by_unit=target == "leave", rng=rng, end_us=_end_us(collected.log, client))
    found = outcomes(history, target, silent_days=_silent_days(client))
    about = {"target": target, "horizon_days": horizon, "is_by_silence": target == "leave" and found.is_by_silence}
    if not history.has_outcome("won").any():
        return Prediction(**about, chances=Chances("not_checkable"))
    landmarks = lay_landmarks(history.first_us, history.end_us, horizon)
    if landmarks is None:
        return Prediction(**about, chances=Chances("too_few"))
    refused = undated_columns(collected.customers) | leaking_touchpoints(found, collected.log)
    answers = answers_of(collected.voices, collected.journeys)
    plan, train, refused = _learnt_from(found, collected.log, model.ids, answers, landmarks, refused)
    test = _rows(found, plan, answers, landmarks.test, landmarks.horizon_us)
    k = client.privacy.k
    chances = predict_chances(train, test, plan.names, rng, least_units=max(LEAST_UNITS, 2 * k))
    if any(band["n_units"] < k for band in chances.bands):  # what cannot be shown is not answered
        chances = Chances("too_few")
    return Prediction(**about, chances=chances, refused=refused | chances.too_good, plan=plan, found=found, landmarks=landmarks, answers=answers)


def _learnt_from(found, log, stages, answers, landmarks, refused):
    """Features and rows to learn from, once every touchpoint that alone gives the outcome away is out of them."""
    while True:
        plan = plan_features(found.history, log, stages, landmarks.train[-1], frozenset(refused))
        train = _rows(found, plan, answers, landmarks.train, landmarks.horizon_us)
        more = columns_too_good(train.x, train.y, plan.names) if 0 < train.y.sum() < len(train.y) else {}
        more = {name: reason for name, reason in more.items() if name.startswith("touchpoint:")}
        if not more:
            return plan, train, refused
        refused = refused | more


def horizon_days(client) -> float:
    """How far ahead is predicted: the client's own number of days, else its market's."""
    own = client.prediction.horizon_days
    return float(own if own is not None else market_preset(client.market)["prediction_days"])


def _silent_days(client):
    limits = resolved_thresholds(client)
    return min(limits.lost_after_days or np.inf, limits.dormant_after_days or np.inf)


def _end_us(log, client):
    """The moment until which the log is complete: the data cut, or the end of the period where that comes first."""
    if client.period is None:
        return log.as_of_us
    last = (pd.Timestamp(client.period.end) + pd.Timedelta(days=1)).tz_localize(client.timezone)
    return min(log.as_of_us, int((last - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(1, "us")) - 1)


def _rows(found: Outcomes, plan, answers, moments, horizon_us) -> Rows:
    history: History = found.history
    parts = []
    for number, landmark in enumerate(moments):
        who = np.flatnonzero(found.at_risk(landmark))
        y = found.has_come(landmark, horizon_us)[who].astype(float)
        parts.append(Rows(features_at(history, plan, answers, landmark, who), y, history.unit[who], np.full(len(who), number)))
    return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("x", "y", "unit", "landmark")))


def chances_today(prediction: Prediction, collected, client) -> pd.DataFrame:
    """The chance of everybody the question is about at the data cut: `code` (journey, or unit), `unit`, `chance`, the highest first.

    Equal chances stand in the order of the codes, which follow the alphabet of the raw names and not that of pseudonyms.
    """
    chances, by_unit = prediction.chances, prediction.target == "leave"
    history = histories(collected.log, collected.journeys, collected.model, by_unit=by_unit, end_us=_end_us(collected.log, client))
    found, now = outcomes(history, prediction.target, silent_days=_silent_days(client)), history.end_us
    who = np.flatnonzero(found.at_risk(now))
    x = features_at(found.history, prediction.plan, prediction.answers, now, who)[:, list(chances.columns)]
    table = pd.DataFrame({"code": found.history.code[who], "unit": found.history.unit[who], "chance": np.round(chances.model.chances(x), 9)})
    return table.sort_values(["chance", "code"], ascending=[False, True], ignore_index=True)


