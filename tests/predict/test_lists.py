"""A list of whom to contact: only of a prediction that holds, only people who have said yes, some left alone by lot, never over another list."""

from __future__ import annotations

import stat
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from journeylib.client import Prediction as Settings
from journeylib.collect.privacy import pseudonyms
from journeylib.errors import RunError
from journeylib.improve.changes import CHANGE_COLUMNS
from journeylib.improve.effects import judge_changes
from journeylib.predict.called import list_named, rows_of_list
from journeylib.predict.lists import change_of, consenting_people, list_file, make_list, read_list, write_list
from journeylib.predict.targets import chances_today, predict_target
from journeylib.schema import CHANGES, CUSTOMERS, JOURNEYS, check
from tests.drawing import DAY_0
from tests.predict.simulated import DAYS, client_of, collected_of, noise_client, signal_client, with_purchases


@pytest.fixture(scope="module")
def holds():
    """A client whose purchases can be predicted: what was collected, its parameters and the prediction. Two in three consent, a tenth says nothing."""
    collected, model, client = signal_client(0)
    says = pd.Series(np.arange(len(collected.journeys)) % 30).map(lambda i: None if i % 10 == 9 else i % 3 != 0).astype("boolean")
    customers = check(pd.DataFrame({"customer_id": collected.journeys["customer_id"], "has_consent": says}), CUSTOMERS)
    collected = SimpleNamespace(**{**vars(collected), "customers": customers})
    return collected, client, predict_target(collected, model, client, "buy")


def in_folder(client, folder):
    return client.model_copy(update={"data_folder": folder})


def test_where_it_cannot_be_predicted_there_is_no_list():
    collected, model, client = noise_client(0)
    assert make_list(predict_target(collected, model, client, "buy"), collected, client) is None


def test_nobody_without_a_recorded_yes_is_on_the_list(holds):
    collected, client, prediction = holds
    made = make_list(prediction, collected, client)
    says = collected.customers.set_index("customer_id")["has_consent"]
    assert made.people["customer_id"].map(says).eq(True).all()
    listed = made.n["contact"] + made.n["leave_alone"]
    assert made.n_without_consent == made.n_top - listed > 0


def test_the_list_is_the_likeliest_part_of_those_undecided_today(holds):
    collected, client, prediction = holds
    today, made = chances_today(prediction, collected, client), make_list(prediction, collected, client)
    assert made.n_top == round(0.2 * len(today))
    bought = set(collected.log.journey[collected.log.outcome == 1])
    assert not {int(person[1:]) for person in made.people["customer_id"]} & bought
    assert made.people["rank"].is_monotonic_increasing
    assert made.people["chance"].min() >= round(today["chance"].iloc[made.n_top - 1], 3)


def test_a_list_is_made_of_everybody_where_the_test_looked_at_some(holds, monkeypatch):
    collected, client, whole = holds
    monkeypatch.setattr("journeylib.predict.histories.MOST_UNITS", 1500)
    some = predict_target(collected, collected.model, client, "buy")
    assert (some.found.history.n, some.verdict) == (1500, "predictable")
    assert len(chances_today(some, collected, client)) == len(chances_today(whole, collected, client))


def test_three_in_ten_are_left_alone_and_the_lot_does_not_look_at_the_chance(holds):
    collected, client, prediction = holds
    many = [make_list(prediction, collected, client.model_copy(update={"seed": seed})) for seed in range(40)]
    n = sum(many[0].n.values())
    assert all(made.n["leave_alone"] == round(0.3 * n) for made in many)
    ranks = [made.people.groupby("group")["rank"].mean() for made in many]
    apart = np.array([each["contact"] - each["leave_alone"] for each in ranks])
    assert abs(apart.mean()) < 4 * apart.std() / np.sqrt(len(apart))


def test_the_same_day_gives_the_same_lot_whatever_the_pseudonyms(holds):
    collected, client, prediction = holds
    one = make_list(prediction, collected, client)
    name_of = pseudonyms(collected.journeys["customer_id"], b"another salt", "c_").set_axis(collected.journeys["customer_id"])
    renamed = SimpleNamespace(**{**vars(collected), "journeys": collected.journeys.assign(customer_id=name_of.to_numpy()),
                                 "customers": collected.customers.assign(customer_id=collected.customers["customer_id"].map(name_of))})  # fmt: skip
    other = make_list(prediction, renamed, client)
    assert sorted(zip(one.people["customer_id"].map(name_of), one.people["group"], strict=True)) == sorted(zip(other.people["customer_id"], other.people["group"], strict=True))


def test_people_of_one_account_share_a_group_and_each_needs_a_yes():
    journeys = check(pd.DataFrame({"journey": [0, 1], "unit": [0, 1], "account_id": ["firm", "other"], "state": "open", "started_at": DAY_0, "last_at": DAY_0}), JOURNEYS)
    customers = check(pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "account_id": ["firm", "firm", "firm", "other"], "has_consent": [True, False, True, None]}), CUSTOMERS)
    assert consenting_people(pd.Series([0, 1]), journeys, customers)["customer_id"].tolist() == ["a", "c"]


# --- on disk ---------------------------------------------------------------------------------------------------------


def test_a_list_lies_with_the_raw_data_readable_by_its_owner_alone(holds, tmp_path):
    collected, client, prediction = holds
    client = in_folder(client, tmp_path)
    made = make_list(prediction, collected, client)
    path, state = write_list(made, client)
    assert (path, state) == (tmp_path / "lists" / f"buy-{client.as_of}.csv", "written")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(read_list(path)) == len(made.people)
    assert write_list(made, client) == (path, "kept")


def test_a_list_is_never_written_over_another(holds, tmp_path):
    collected, client, prediction = holds
    client = in_folder(client, tmp_path)
    write_list(make_list(prediction, collected, client), client)
    other = make_list(prediction, collected, client.model_copy(update={"prediction": Settings(horizon_days=28, hold_out_share=0.5)}))
    with pytest.raises(RunError, match=r"already there, with other people or groups\. It stays, so that it can be judged"):
        write_list(other, client)


def test_own_ids_stand_on_the_list_only_where_they_are_asked_for(holds, tmp_path):
    collected, client, prediction = holds
    client = in_folder(client, tmp_path)
    made = make_list(prediction, collected, client)
    ids = pd.Series(("shop:" + made.people["customer_id"]).to_numpy(), index=made.people["customer_id"])
    path, _ = write_list(made, client, ids)
    assert read_list(path)["own_ids"].tolist() == ["shop:" + person for person in made.people["customer_id"]]


# --- judged afterwards -------------------------------------------------------------------------------------------------


def test_the_proposed_line_is_one_changes_csv_takes(holds):
    collected, client, prediction = holds
    change = change_of(make_list(prediction, collected, client), prediction, client, "Calls")
    assert tuple(change) == CHANGE_COLUMNS
    assert (change["scope"], change["comparison"], change["design"], change["kpi"]) == (f"list:buy-{client.as_of}", f"list:buy-{client.as_of}/leave_alone", "ab", "won")
    assert pd.Timestamp(change["written_on"]) < pd.Timestamp(change["start_on"])
    assert list_named(change["scope"]) == list_named(change["comparison"]) == f"buy-{client.as_of}"


@pytest.fixture
def later(holds, tmp_path):
    """Two months after the list: of the called 40 in 100 bought, of those left alone as many as are given."""
    collected, client, prediction = holds
    client = in_folder(client, tmp_path)
    made = make_list(prediction, collected, client)
    write_list(made, client)
    change = change_of(made, prediction, client, "Calls")
    changes = check(pd.DataFrame([{**{name: value or None for name, value in change.items()}, "horizon_days": 28.0, "control_share": 0.3,
                                   "start_on": pd.Timestamp(change["start_on"]), "written_on": pd.Timestamp(change["written_on"])}]), CHANGES)  # fmt: skip

    def judged(shares, days_later=60, spoil=lambda people: people):
        people = spoil(made.people.assign(journey=made.people["customer_id"].str[1:].astype(int)))
        day = np.full(len(collected.journeys), np.inf)
        for group, share in shares.items():
            mine = people.loc[people["group"] == group, "journey"].to_numpy()
            day[mine[: round(share * len(mine))]] = 10.0
        frame = with_purchases(pd.DataFrame({"journey": np.arange(len(day)), "day": 0.0, "touchpoint": "visit", "outcome": "none", "initiator": "customer"}), day)
        shifted = frame.assign(day=np.where(frame["day"] > 0, DAYS + frame["day"], frame["day"]))
        world = collected_of(shifted, until=DAYS + days_later)
        return judge_changes(changes, world, client_of(data_folder=tmp_path))[0].iloc[0]

    return judged, made


def test_a_list_that_helps_is_judged_better_by_the_lot(later):
    judged, made = later
    row = judged({"contact": 0.6, "leave_alone": 0.1})
    assert (row["design"], row["verdict"]) == ("ab", "better")
    called, alone = (round(share * made.n[group]) / made.n[group] for group, share in (("contact", 0.6), ("leave_alone", 0.1)))
    assert (row["after"], row["before"], row["effect"]) == pytest.approx((called, alone, called - alone))
    assert row["n"] == sum(made.n.values())  # all on the list, called or not


def test_a_list_that_does_nothing_shows_no_effect(later):
    assert later[0]({"contact": 0.2, "leave_alone": 0.2})["verdict"] == "no_effect"


def test_before_the_horizon_is_over_it_is_too_early(later):
    assert later[0]({"contact": 0.6, "leave_alone": 0.1}, days_later=20)["verdict"] == "too_early"


def test_a_list_that_is_gone_cannot_be_judged(later, tmp_path):
    judged, made = later
    list_file(SimpleNamespace(data_folder=tmp_path), made.name).unlink()
    row = judged({"contact": 0.6, "leave_alone": 0.1})
    assert (row["verdict"], row["reasons"]) == ("cannot_judge", '[{"key": "no_list"}]')


def test_a_purchase_before_the_start_or_after_the_horizon_is_not_the_list_s(tmp_path):
    people = pd.DataFrame({"list": "l", "group": ["contact", "contact", "leave_alone"], "rank": [1, 2, 3], "customer_id": ["c0", "c1", "c2"], "account_id": None, "chance": 0.5})
    (tmp_path / "lists").mkdir()
    people.to_csv(tmp_path / "lists" / "l.csv", index=False)
    day = np.array([99.9, 129.0, 127.9])
    world = collected_of(with_purchases(pd.DataFrame({"journey": [0, 1, 2], "day": 0.0, "touchpoint": "visit", "outcome": "none", "initiator": "customer"}), day))
    rows = rows_of_list("l", world, SimpleNamespace(data_folder=tmp_path), start=DAY_0 + pd.Timedelta(days=100), horizon_days=28)
    assert rows["value"].tolist() == [0, 0, 1]
    assert rows["list"].tolist() == ["l", "l", "l/leave_alone"]
