"""Whom a prediction is about at a landmark, what came of them, and that nothing after the landmark is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.client import Privacy
from journeylib.event_log import DAY_US, EventLog, encode_log
from journeylib.predict.features import Plan, features_at, plan_features
from journeylib.predict.histories import histories
from journeylib.predict.landmarks import STEP_DAYS, lay_landmarks
from journeylib.predict.outcomes import outcomes
from journeylib.predict.targets import predict_target
from tests.drawing import DAY_0, at, events
from tests.predict.simulated import KINDS, MODEL, client_of, collected_of, noise_client, signal_client

NOW = (DAY_0 - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(1, "us")
NOBODY_ANSWERED = pd.DataFrame({"unit": pd.Series(dtype="Int64"), "at_us": pd.Series(dtype="int64"), "feeling": pd.Series(dtype="float64")})

DRAWN = """
    journey | day | atom | touchpoint | initiator | outcome
    ann     | 0   | a2   | visit      | customer  |
    ann     | 30  | a4   | order      | customer  | won
    bea     | 0   | a2   | visit      | customer  |
    bea     | 20  | a3   | mail       | company   |
    cas     | 0   | a2   | visit      | customer  |
    cas     | 5   | a3   | no         | customer  | lost
    dan     | 0   | a2   | visit      | customer  |
    dan     | 5   | a3   | no         | customer  | lost
    dan     | 9   | a3   | visit      | customer  |
    eva     | 15  | a2   | visit      | customer  |
    eva     | 90  | a4   | order      | customer  | won
"""


def of(text, target, silent_days=np.inf, by_unit=False, until=365):
    drawn = events(text, until=until)
    history = histories(drawn.log, drawn.journeys, drawn.model, by_unit=by_unit, rng=np.random.default_rng(0))
    return outcomes(history, target, silent_days=silent_days)


def names(found, mask):
    return "".join("abcde"[code] for code in found.history.code[mask])


def test_asked_about_are_those_begun_undecided_and_heard_from_lately():
    found = of(DRAWN, "buy")
    assert names(found, found.at_risk(NOW + 10 * DAY_US)) == "abd"  # cas is lost, dan came back, eva has not begun
    assert names(found, found.at_risk(NOW + 40 * DAY_US)) == "bde"  # ann has bought
    assert names(of(DRAWN, "buy", silent_days=30), of(DRAWN, "buy", silent_days=30).at_risk(NOW + 40 * DAY_US)) == "e"  # a mail of ours is no sign of life


def test_a_purchase_counts_within_the_horizon_and_not_after():
    found = of(DRAWN, "buy")
    assert names(found, found.has_come(NOW + 10 * DAY_US, 20 * DAY_US)) == "a"
    assert names(found, found.has_come(NOW + 10 * DAY_US, 19 * DAY_US)) == ""
    assert names(found, found.has_come(NOW + 30 * DAY_US, 60 * DAY_US)) == "e"  # bought at the landmark itself: known


CUSTOMERS = """
    journey | day | atom | touchpoint | initiator | outcome
    ann     | 0   | a4   | order      | customer  | won
    ann     | 50  | a7   | visit      | customer  |
    bea     | 0   | a4   | order      | customer  | won
    bea     | 50  | a7   | mail       | company   |
    cas     | 0   | a3   | visit      | customer  |
"""


def test_where_no_loss_is_recorded_leaving_is_silence_for_the_whole_horizon():
    found = of(CUSTOMERS, "leave", by_unit=True)
    assert found.is_by_silence
    assert names(found, found.at_risk(NOW + 20 * DAY_US)) == "ab"  # cas has not bought
    assert names(found, found.at_risk(NOW + 20 * DAY_US) & found.has_come(NOW + 20 * DAY_US, 40 * DAY_US)) == "b"  # our mail is not a word from bea


def test_where_losses_of_customers_are_recorded_they_are_what_leaving_means():
    rows = "journey | day | atom | outcome\n" + "\n".join(f"c{i:02d} | 0 | a4 | won\nc{i:02d} | {20 + i} | a7 | lost" for i in range(20)) + "\nd | 0 | a4 | won"
    found = of(rows, "leave", by_unit=True)
    assert not found.is_by_silence
    assert found.has_come(NOW + 10 * DAY_US, 15 * DAY_US).sum() == 6  # days 20 … 25
    assert found.at_risk(NOW + 25 * DAY_US).sum() == 21 - 6


def test_what_is_learnt_from_has_come_true_before_the_test_begins():
    marks = lay_landmarks(0, 500 * DAY_US, 60)
    assert marks.train[-1] + marks.horizon_us <= marks.test[0]
    assert marks.test[-1] + marks.horizon_us == 500 * DAY_US  # the last is followed for the whole horizon
    assert marks.train[0] >= 60 * DAY_US
    assert set(np.diff(marks.train) / DAY_US) == {STEP_DAYS}


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 1200), st.integers(7, 400))
def test_no_outcome_learnt_from_lies_in_the_test_whatever_the_span(days, horizon):
    marks = lay_landmarks(0, days * DAY_US, horizon)
    if marks is not None:
        assert marks.train[-1] + horizon * DAY_US <= marks.test[0]
        assert marks.test[-1] + horizon * DAY_US <= days * DAY_US


def test_data_too_short_for_two_parts_have_no_landmarks():
    assert lay_landmarks(0, 150 * DAY_US, 60) is None


# --- features know nothing that comes later ------------------------------------------------------------------------


def features(drawn, landmark_day, subjects):
    history = histories(drawn.log, drawn.journeys, drawn.model, by_unit=False, rng=np.random.default_rng(0))
    codes = [(column, code, f"{column}:{name}") for column in ("touchpoint", "channel") for code, name in enumerate(drawn.log.names[column])]
    plan = Plan(("recency", "age", "n_own", "n_own_lately", "n_company", "n_company_lately", "n_days", "n_channels", "n_bought", "spent", "since_bought", "answered", "feeling",
                 *(name for *_, name in codes)), tuple((column, code) for column, code, _ in codes))  # fmt: skip
    values = features_at(history, plan, NOBODY_ANSWERED, NOW + landmark_day * DAY_US, np.array(subjects))
    return pd.DataFrame(values, columns=list(plan.names))


def test_a_feature_counts_what_was_there_by_the_landmark():
    drawn = events("""
        journey | day | atom | touchpoint | initiator | channel | outcome | value
        ann     | 0   | a2   | visit      | customer  | web     |         |
        ann     | 2   | a3   | visit      | customer  | web     |         |
        ann     | 8   | a3   | mail       | company   | email   |         |
        ann     | 40  | a4   | order      | customer  | shop    | won     | 100
    """)
    (early,), (late,) = (features(drawn, day, [0]).to_dict("records") for day in (10, 50))
    assert early["recency"] == pytest.approx(np.log1p(10 - 2))
    assert early["age"] == pytest.approx(np.log1p(10))
    assert [early[name] for name in ("n_own", "n_company", "n_bought", "spent", "touchpoint:order")] == pytest.approx([np.log1p(2), np.log1p(1), 0, 0, 0])
    assert late["n_own_lately"] == pytest.approx(np.log1p(1))
    assert [late[name] for name in ("n_channels", "spent", "since_bought")] == pytest.approx([3, np.log1p(100), np.log1p(10)])


def without_events_after(log: EventLog, day: float) -> EventLog:
    kept = log.at_us <= NOW + day * DAY_US
    frame = pd.DataFrame({"journey": log.journey, "occurred_at": pd.to_datetime(log.at_us, unit="us", utc=True)} | {
        name: [log.names[name][code] if code >= 0 else None for code in getattr(log, name)] for name in ("touchpoint", "initiator", "channel")})  # fmt: skip
    return encode_log(frame[kept].assign(outcome="none"), as_of=at(day))


@pytest.mark.parametrize("day", [100, 250, 400])
def test_a_feature_is_the_same_in_a_log_that_ends_at_the_landmark(day):
    """The trap of traps: whatever happens later may not move a single number."""
    client, model, _ = noise_client(3, n=150)
    whole = histories(client.log, client.journeys, model, by_unit=False, rng=np.random.default_rng(0))
    cut = histories(without_events_after(client.log, day), client.journeys, model, by_unit=False, rng=np.random.default_rng(0))
    known = np.flatnonzero(outcomes(whole, "buy", silent_days=np.inf).at_risk(NOW + day * DAY_US))
    names_of = ("recency", "age", "n_own", "n_own_lately", "n_company", "n_company_lately", "n_days", "n_channels")
    counted, cut_counted = (tuple(("touchpoint", log.code("touchpoint", kind)) for kind in KINDS) for log in (client.log, without_events_after(client.log, day)))
    ours = features_at(whole, Plan(names_of, counted), NOBODY_ANSWERED, NOW + day * DAY_US, known)
    place = np.searchsorted(cut.code, whole.code[known])
    theirs = features_at(cut, Plan(names_of, cut_counted), NOBODY_ANSWERED, NOW + day * DAY_US, place)
    assert ours == pytest.approx(theirs)


def test_which_touchpoints_are_looked_at_is_decided_before_the_test():
    """A touchpoint that everybody meets later, and nobody before the last landmark learnt from, is no feature."""
    client, model, _ = noise_client(4, n=100)
    late = pd.DataFrame({"journey": range(100), "day": 450.0, "touchpoint": "survey", "outcome": "none", "initiator": "company"})
    frame = pd.concat([pd.DataFrame({"journey": client.log.journey, "day": (client.log.at_us - NOW) / DAY_US, "touchpoint": [client.log.names["touchpoint"][c] for c in client.log.touchpoint],
                                     "outcome": np.where(client.log.outcome == 1, "won", "none"), "initiator": "customer"}), late])  # fmt: skip
    collected = collected_of(frame)
    history = histories(collected.log, collected.journeys, model, by_unit=False, rng=np.random.default_rng(0))
    assert "touchpoint:survey" not in plan_features(history, collected.log, model.ids, NOW + 300 * DAY_US).names
    assert "touchpoint:survey" in plan_features(history, collected.log, model.ids, NOW + 460 * DAY_US).names


# --- the whole question ----------------------------------------------------------------------------------------------


def test_a_planted_signal_is_found_by_its_name():
    found = predict_target(*signal_client(0), "buy")
    assert found.verdict == "predictable"
    assert {name for name, _ in found.drivers()[:2]} == {"touchpoint:call", "touchpoint:video"}
    assert [band["share"] for band in found.chances.bands][0] > 2 * found.chances.base_rate


def test_noise_is_not_predicted():
    assert predict_target(*noise_client(0), "buy").verdict == "no_skill"


def test_too_few_purchases_are_said_to_be_too_few():
    assert predict_target(*noise_client(1, n=25), "buy").verdict == "too_few"


def test_groups_that_could_not_be_shown_are_not_answered():
    """With k = 400 no fifth of the test has so many customers."""
    collected, model, client = noise_client(0)
    assert predict_target(collected, model, client, "buy").verdict == "no_skill"
    assert predict_target(collected, model, client.model_copy(update={"privacy": Privacy(k=400)}), "buy").verdict == "too_few"


def test_without_a_purchase_there_is_nothing_to_ask():
    frame = pd.DataFrame({"journey": [0, 1], "day": [0.0, 3.0], "touchpoint": "visit", "outcome": "none", "initiator": "customer"})
    assert predict_target(collected_of(frame), MODEL, client_of(), "buy").verdict == "not_checkable"


def test_the_same_client_gives_the_same_numbers():
    one, other = (predict_target(*noise_client(2), "buy").chances.numbers for _ in range(2))
    assert one == other
