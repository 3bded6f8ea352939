"""Columns that know the outcome are refused with a reason: in logs by their dates, in tables without dates by what they give away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from journeylib.predict.histories import histories
from journeylib.predict.leaks import columns_too_good, leaking_columns, leaking_touchpoints, undated_columns
from journeylib.predict.logistic import fit_logistic
from journeylib.predict.outcomes import outcomes
from journeylib.predict.scores import auc
from journeylib.predict.targets import predict_target
from tests.drawing import events
from tests.predict.simulated import MODEL, client_of, collected_of, noise_client, visits, with_purchases

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def delivered(file, read, **options):
    if not (DATA / file).is_file():
        pytest.skip(f"{file} is not here: it lies in shared/data beside the project")
    return read(DATA / file, **options)


# --- in a log --------------------------------------------------------------------------------------------------------


def refused(text, target="buy"):
    drawn = events(text)
    history = histories(drawn.log, drawn.journeys, drawn.model, by_unit=target == "leave", rng=np.random.default_rng(0))
    return leaking_touchpoints(outcomes(history, target, silent_days=np.inf), drawn.log)


def journeys(n, *lines):
    """The same few events for n journeys."""
    return "journey | day | atom | touchpoint | outcome\n" + "\n".join(f"j{i:02d} | {line}" for i in range(n) for line in lines)


def test_the_purchase_and_the_loss_themselves_are_refused():
    found = refused(journeys(12, "0 | a2 | visit |", "5 | a4 | order | won") + "\nlost | 0 | a2 | visit |\nlost | 9 | a3 | said no | lost")
    assert found == {"touchpoint:order": "is_outcome", "touchpoint:said no": "is_outcome"}


def test_a_touchpoint_that_comes_with_the_outcome_or_after_it_is_refused():
    text = journeys(10, "0 | a2 | visit |", "5 | a4 | order | won", "5 | a5 | contract signed |", "9 | a6 | welcome call |")
    assert refused(text) == {"touchpoint:order": "is_outcome", "touchpoint:contract signed": "comes_after", "touchpoint:welcome call": "comes_after"}


def test_a_touchpoint_that_one_in_five_meets_before_the_purchase_stays():
    text = journeys(8, "0 | a2 | visit |", "5 | a4 | order | won", "9 | a6 | demo |") + "".join(f"\nk{i} | 0 | a2 | demo |\nk{i} | 5 | a4 | order | won" for i in range(2))
    assert refused(text) == {"touchpoint:order": "is_outcome"}


def test_what_a_customer_sheet_says_without_a_date_is_refused():
    customers = pd.DataFrame({"customer_id": ["a", "b"], "role": [None, "boss"], "segment": [None, None], "persona": [None, None], "has_consent": [True, None]})
    assert undated_columns(customers) == {"column:role": "undated", "column:has_consent": "undated"}


def test_a_touchpoint_noted_for_buyers_alone_before_they_buy_is_too_good():
    """A 'won' flag dated back by somebody: whoever has it buys. Its dates lie, and nothing but its being too good tells."""
    rng = np.random.default_rng(1)
    bought = np.where(rng.random(600) < 0.5, rng.uniform(60, 480, size=600), np.inf)
    rows = visits(rng, 600)
    start = rows.groupby("journey")["day"].min().to_numpy()
    bought = np.where(bought > start + 1, bought, np.inf)
    flag = pd.DataFrame({"journey": np.flatnonzero(np.isfinite(bought)), "day": np.maximum(bought - 28, start)[np.isfinite(bought)], "touchpoint": "flag", "outcome": "none", "initiator": "company"})
    found = predict_target(collected_of(with_purchases(pd.concat([rows, flag], ignore_index=True), bought)), MODEL, client_of(), "buy")
    assert found.refused["touchpoint:flag"] == "too_good"
    assert found.verdict != "predictable"


def test_a_refused_feature_is_not_in_the_model():
    found = predict_target(*noise_client(5), "buy")
    assert found.refused == {"touchpoint:order": "is_outcome"}
    assert not set(found.refused) & {found.plan.names[i] for i in found.chances.columns}


# --- in tables without dates -------------------------------------------------------------------------------------------


def test_a_column_that_is_nearly_the_outcome_is_too_good_in_either_direction():
    y = np.tile([0.0, 1.0], 100)
    noise = np.random.default_rng(2).normal(scale=0.1, size=200)
    assert columns_too_good(np.column_stack([y + noise, -y + noise, noise]), y, ("up", "down", "noise")) == {"up": "too_good", "down": "too_good"}


def test_a_column_filled_in_only_for_who_left_is_refused_for_being_there():
    rng = np.random.default_rng(3)
    left = rng.random(1000) < 0.2
    table = pd.DataFrame({"reason": np.where(left, rng.choice(["price", "moved"], size=1000), None), "visits": rng.poisson(3, size=1000).astype(float)})
    assert leaking_columns(table, left) == {"reason": "too_good"}


def test_noise_and_honest_columns_stay():
    rng = np.random.default_rng(4)
    x = pd.DataFrame(rng.normal(size=(2000, 4)), columns=list("abcd"))
    y = rng.random(2000) < 1 / (1 + np.exp(-(x["a"] + x["b"])))
    assert leaking_columns(x, y) == {}


def test_bank_marketing_the_length_of_the_call_is_known_when_it_has_ended_and_is_refused():
    """Its own description says so (bank-names.txt, UCI 222): `duration` must be left out. No other column is refused."""
    bank = delivered("bank_marketing/bank-full.csv", pd.read_csv, sep=";")
    y = (bank["y"] == "yes").to_numpy(float)
    assert (len(bank), int(y.sum())) == (45_211, 5_289)
    assert leaking_columns(bank.drop(columns="y"), y) == {"duration": "alone_best"}


def test_hotel_bookings_the_deposit_that_is_an_artefact_and_the_status_are_refused():
    """Non Refund bookings are cancelled in 99.36 %: an artefact of how they were entered; the reservation's status is the outcome."""
    hotel = delivered("hotel_bookings/hotel_bookings.parquet", pd.read_parquet, columns=["is_canceled", "deposit_type", "reservation_status", "lead_time", "market_segment", "customer_type", "adults"])
    non_refund = hotel.loc[hotel["deposit_type"] == "Non Refund", "is_canceled"]
    assert non_refund.mean() == pytest.approx(0.9936, abs=5e-5)
    assert leaking_columns(hotel.drop(columns="is_canceled"), hotel["is_canceled"].to_numpy()) == {"deposit_type": "too_good", "reservation_status": "too_good"}


def test_telco_churn_nothing_is_refused_and_the_known_area_comes_out():
    """Published models of this set reach an area of 0.84 to 0.85 with these columns."""
    telco = delivered("telco_churn/Telco-Customer-Churn.csv", pd.read_csv)
    y = (telco["Churn"] == "Yes").to_numpy(float)
    columns = telco.drop(columns=["customerID", "Churn"]).assign(TotalCharges=pd.to_numeric(telco["TotalCharges"], errors="coerce").fillna(0))
    assert leaking_columns(columns, y) == {}
    x = pd.get_dummies(columns, drop_first=True).to_numpy(float)
    half = len(y) // 2
    assert 0.83 <= auc(fit_logistic(x[:half], y[:half], 1.0).chances(x[half:]), y[half:]) <= 0.86
