"""What happens between departments: a planted silo is seen, equal waits are not one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from journeylib.measures.clustered import difference_of_means
from journeylib.measures.handovers import coordination, handovers
from tests.drawing import from_frame, stage_model


def world(extra_days=0.0, lost_share=0.0, n=200, seed=1):
    """Customers whose second contact is by Sales or, for half of them, by Delivery, after 5 days and some more where it changes."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        changes = i % 2
        wait = rng.gamma(4, 5 / 4) + extra_days * changes
        rows.append((i, 0.0, "a3", "meeting", "Sales"))
        rows.append((i, wait, "a4", "meeting", "Delivery" if changes else "Sales"))
        if rng.random() >= 0.4 + lost_share * changes:
            rows.append((i, wait + 3, "a6", "meeting", "Sales"))
    frame = pd.DataFrame(rows, columns=["journey", "day", "atom", "touchpoint", "department"])
    return frame.assign(initiator="company", journey=frame["journey"].map("{:04d}".format))


def measured(frame, **departments):
    log, journeys, model = from_frame(frame, until=200)
    return handovers(log, journeys, model, departments=departments, window_days=60)


def row_of(table, measure, giver="Sales", taker="Delivery"):
    return table[(table["measure"] == measure) & (table["department"] == giver) & (table["next_department"] == taker)].iloc[0]


def test_a_planted_silo_is_measured_where_it_is():
    row = row_of(measured(world(extra_days=6)), "wait")
    assert (row["stage"], row["next_stage"], row["n_changed"], row["n_same"]) == ("consideration", "decision", 100, 100)
    assert 4 < row["lo"] < 6 < row["hi"] < 8


def test_equal_waits_are_no_silo():
    row = row_of(measured(world()), "wait")
    assert row["lo"] < 0 < row["hi"]


def test_customers_lost_at_the_handover_are_counted():
    row = row_of(measured(world(lost_share=0.4)), "loss")
    assert row["lo"] > 0.1
    assert row["changed"] - row["same"] == pytest.approx(row["difference"])


def test_where_the_model_ends_with_the_purchase_those_are_lost_who_do_not_buy():
    walked = world(lost_share=0.4)
    to_purchase = walked.replace({"atom": {"a6": "a4"}}).assign(outcome=np.where(walked["atom"] == "a6", "won", None))
    ends = stage_model("awareness: a1 a2; consideration: a3; decision: a4")
    log, journeys, _ = from_frame(to_purchase, model=ends, until=200)
    table = handovers(log, journeys, ends, departments={}, window_days=60)
    row, whole = row_of(table, "loss"), row_of(measured(walked), "loss")
    assert (row["changed"], row["same"], row["n"]) == (whole["changed"], whole["same"], whole["n"])
    unbought = handovers(log, journeys.assign(state="open", ended_at=pd.NaT), ends, departments={}, window_days=60)
    assert set(unbought["measure"]) == {"wait"}


def test_a_department_may_be_told_by_the_source():
    frame = world(extra_days=6)
    frame = frame.assign(source=frame["department"].map({"Sales": "crm", "Delivery": "portal"}), department=None)
    assert row_of(measured(frame, crm="Sales", portal="Delivery"), "wait")["lo"] > 4


def test_without_departments_there_is_no_handover():
    assert measured(world().drop(columns="department")).empty


def test_a_mailing_hands_nobody_over():
    frame = world()
    frame.loc[frame["department"] == "Delivery", "touchpoint"] = "email_sent"
    assert measured(frame).empty


def test_a_form_nobody_has_read_hands_nobody_over():
    frame = world().assign(source="web", department=None, initiator="customer", touchpoint="form_submit")
    assert measured(frame, web="Marketing").empty


def test_the_difference_is_that_of_a_regression_with_errors_by_unit():
    rng = np.random.default_rng(4)
    unit, first = np.arange(300) // 3, rng.random(300) < 0.4
    values = first * 2 + rng.normal(size=100)[unit] + rng.normal(size=300)
    told = difference_of_means(values, first, unit)
    fitted = sm.OLS(values, sm.add_constant(first.astype(float))).fit(cov_type="cluster", cov_kwds={"groups": unit, "use_correction": False})
    assert told.difference == pytest.approx(fitted.params[1])
    assert (told.hi - told.lo) / 2 / stats.t.ppf(0.975, 99) == pytest.approx(fitted.bse[1], rel=0.02)  # a little wider: groups are small


def test_with_one_value_a_unit_the_difference_is_welchs_however_few_there_are():
    rng = np.random.default_rng(5)
    few, many = rng.normal(1, 2, 7), rng.normal(0, 1, 60)
    told = difference_of_means(np.r_[few, many], np.arange(67) < 7, np.arange(67))
    oracle = stats.ttest_ind(few, many, equal_var=False)
    assert (told.lo, told.hi) == pytest.approx(tuple(oracle.confidence_interval()))
    assert told.p == pytest.approx(oracle.pvalue)


def test_of_one_unit_on_either_side_nothing_is_established():
    assert np.isnan(difference_of_means([1.0, 2.0, 0.0, 0.5], [True, True, False, False], ["a", "a", "b", "c"])[1:]).all()


def test_strata_keep_unlike_stages_apart():
    stratum, first = np.repeat([0, 1], 50), np.r_[np.arange(50) < 40, np.arange(50) < 10]
    values = stratum * 10.0 + first
    assert difference_of_means(values, first, np.arange(100), stratum).difference == pytest.approx(1)
    assert difference_of_means(values, first, np.arange(100)).difference < 0


# --- contacts ---------------------------------------------------------------------------------------------------------


def contacts(*rows):
    frame = pd.DataFrame(rows, columns=["journey", "day", "department", "touchpoint", "detail"])
    log, journeys, _ = from_frame(frame.assign(initiator="company", atom="a3"), until=200)
    return coordination(log, journeys, departments={}).set_index("measure")


def test_two_departments_within_two_days_collide():
    table = contacts(("ann", 0, "Sales", "call", None), ("ann", 1, "Support", "call", None), ("bob", 0, "Sales", "call", None),
                     ("bob", 9, "Support", "call", None), ("cat", 0, "Sales", "call", None), ("cat", 1, "Sales", "call", None))  # fmt: skip
    assert (table.loc["collisions", "n"], table.loc["collisions", "n_yes"]) == (2, 1)


def test_a_campaign_is_followed_when_another_department_talks_to_somebody_it_reached():
    sent = [(f"j{i:02d}", 0, "Marketing", "email_sent", name) for i in range(10) for name in ("spring", "autumn")]
    late = [(f"j{i:02d}", 100, "Marketing", "email_sent", "winter") for i in range(10)]
    table = contacts(*sent, *late, ("j03", 12, "Sales", "call", None))
    assert (table.loc["unfollowed", "n"], table.loc["unfollowed", "n_yes"]) == (3, 1)
