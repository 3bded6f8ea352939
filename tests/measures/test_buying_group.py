"""Who of an account takes part (C12): accounts and not people are counted, at a landmark and not to the end."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from journeylib.measures.accounts import buying_role
from journeylib.measures.buying_group import buying_tables, chao1
from journeylib.measures.funnel import funnel
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.measures.stats import newcombe
from journeylib.schema import CUSTOMERS, ROLES, check
from tests.drawing import events, from_frame, rows, table

PEOPLE = check(rows("""
    customer_id | account_id | role
    ann         | acme       | IT-chef
    bo          | acme       | Ekonomichef
    cia         | acme       | VD
    dan         | bolt       | IT-ansvarig
    eva         | bolt       | Korist
    fia         | core       | Systemutvecklare
"""), CUSTOMERS)  # fmt: skip

THREE = """
    journey | account_id | day | atom | touchpoint | channel | initiator | customer | outcome
    acme    | acme       | 0   | a3   | page_view  | web     | customer  | ann      |
    acme    | acme       | 5   | a3   | page_view  | web     | customer  | ann      |
    acme    | acme       | 20  | a3   | call       | phone   | company   | bo       |
    acme    | acme       | 40  | a3   | page_view  | web     | customer  | cia      |
    acme    | acme       | 60  | a4   | order      | web     | customer  | ann      | won
    bolt    | bolt       | 0   | a3   | page_view  | web     | customer  | dan      |
    bolt    | bolt       | 3   | a3   | email_sent | email   | company   | eva      |
    bolt    | bolt       | 50  | a3   | refusal    | phone   | customer  | dan      | lost
    core    | core       | 0   | a3   | page_view  | web     | customer  | fia      |
"""


def measured(drawn, customers=PEOPLE, **given_):
    return buying_tables(drawn.log, drawn.journeys, drawn.model, customers=customers, **given_)


def anywhere(roles):
    return roles[roles["stage"] == ""].set_index("role")


def test_who_acts_or_talks_takes_part_and_who_is_only_written_to_does_not():
    """Of acme ann acted and bo was rung by day 30; cia came later. Of bolt eva got a mail, which is no act of hers."""
    roles = anywhere(measured(events(THREE))["roles"])
    assert roles.loc["technical", ["n_accounts", "n_with", "n_won_with", "n_lost_with", "n_open_with"]].tolist() == [3, 3, 1, 1, 1]
    assert roles.loc["finance", ["n_with", "n_won", "n_won_with", "n_lost", "n_lost_with", "n_open"]].tolist() == [1, 1, 1, 1, 0, 1]
    assert roles.loc["decision_maker", "n_with"] == 0
    assert "unknown" not in roles.index


def test_a_role_enters_on_the_day_it_is_first_active_in_the_middle_account():
    roles = anywhere(measured(events(THREE))["roles"])
    assert roles["enters_days"].round(6).to_dict() == {"decision_maker": 40, "finance": 20, "technical": 0}


def test_group_sizes_are_people_an_account_and_a_quarter_has_so_many_or_fewer():
    group = measured(events(THREE))["buying_group"].set_index(["stage", "outcome"])
    whole = group.loc[("", "")]
    assert whole[["n_accounts", "n_nobody", "n_decided", "n_too_recent"]].tolist() == [3, 0, 0, 0]
    assert whole[["q1", "median", "q3"]].tolist() == [1, 1, 2]
    assert whole["mean"] == pytest.approx((2 + 1 + 1) / 3)
    assert whole["mean_with_unseen"] == pytest.approx((2.0 + 1.0 + 1.0) / 3)  # acme: two seen, one of them on one day: 2 + 1·0 / (2·1)
    assert group.loc[("", "won"), "mean"] == 2
    assert group.loc[("consideration", ""), "mean"] == pytest.approx((3 + 1 + 1) / 3)  # cia is inside the 90 days


def test_chaos_bound_is_the_bias_corrected_one_and_never_under_those_seen():
    assert chao1(5, 3, 1) == 5 + 3 * 2 / (2 * (1 + 1))
    assert chao1(2, 0, 0) == 2


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_those_unseen_are_never_fewer_than_none(days):
    assert chao1(len(days), days.count(1), days.count(2)) >= len(days)


def test_a_talk_by_the_landmark_is_set_against_winning_within_the_window_after_it():
    """Of those with a talk two of three are won; dee is decided before the landmark, eli is not followed for the window."""
    log = []
    for name, talk, won in (("abe", 5, 60), ("bea", 5, 80), ("cal", 5, None), ("dee", 1, 10), ("ned", None, 60), ("ola", 40, None), ("pia", None, 200)):
        log.append((name, 0, "page_view", "web", None))
        log += [(name, talk, "meeting", None, None)] if talk else []
        log += [(name, won, "order", "web", "won")] if won else []
    log.append(("eli", 250, "page_view", "web", None))
    frame = pd.DataFrame(log, columns=["journey", "day", "touchpoint", "channel", "outcome"]).assign(atom="a3", initiator="customer")
    row = measured(from_frame(frame.assign(account_id=frame["journey"], customer=frame["journey"]), until=300), window_days=90)["human_contact"].iloc[0]
    assert row[["n_with", "n_with_won", "n_without", "n_without_won", "n_decided", "n_too_recent"]].tolist() == [3, 2, 3, 1, 1, 1]
    assert row["difference"] == pytest.approx(2 / 3 - 1 / 3)
    assert row["p"] == pytest.approx(fisher_exact([[2, 1], [1, 2]])[1])


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.floats(0, 1))
def test_the_interval_of_a_difference_is_that_of_an_independent_library(n, n_other, share, share_other):
    k, k_other = round(share * n), round(share_other * n_other)
    lo, hi = confint_proportions_2indep(k, n, k_other, n_other, method="newcomb", compare="diff")
    assert newcombe(k, n, k_other, n_other) == pytest.approx((k / n - k_other / n_other, lo, hi), abs=1e-9)


def test_consumers_have_no_buying_group():
    drawn = events("journey | day | atom | touchpoint | customer\nann | 0 | a3 | page_view | ann")
    assert [len(each) for each in measured(drawn).values()] == [0, 0, 0]


def test_without_titles_there_is_no_table_of_roles_and_an_unknown_title_is_counted():
    assert measured(events(THREE), customers=None)["roles"].empty
    some = PEOPLE.assign(role=PEOPLE["role"].where(PEOPLE["customer_id"] != "dan"))
    assert anywhere(measured(events(THREE), customers=some)["roles"]).loc["unknown", "n_with"] == 1


@pytest.mark.parametrize(("role", "titles"), [
    ("decision_maker", "VD|Vd och ägare|Direktør|Administrerende direktør|Daglig leder|Leder|Selvstændig|CEO|Managing Director|Verkställande direktör|DECISION_MAKER"),
    ("finance", "Ekonomichef|Ekonomidirektör|Økonomichef|Økonomisjef|CFO|Head of Finance|Controller|Regnskabschef|Economic Buyer"),
    ("technical", "IT-chef|it_chef|IT-direktør|CTO|Systemadministratör|Teknisk chef|Utviklingsingeniør|Software Engineer|Technical Buyer"),
    ("buyer", "Inköpare|Inköpschef|Indkøber|Innkjøpssjef|Purchasing manager|Head of Procurement"),
    ("influencer", "Rådgivare|Konsulent|External consultant|Influencer"),
    ("user", "Användare|Bruger|Brukerrepresentant|End user|Handläggare|Sagsbehandler"),
    ("unknown", "|Korist|Säljchef|Vdu|Itinerary planner"),
])  # fmt: skip
def test_a_title_means_its_role_in_each_language(role, titles):
    assert {title: buying_role(title) for title in titles.split("|")} == dict.fromkeys(titles.split("|"), role)


# --- M084: accounts, and not people ---------------------------------------------------------------------------------------


def accounts_of_people(seed=3, n=1_500):
    """Accounts that are won one time in four whatever they do; the won have as many people again, so that people win more often."""
    rng, log = np.random.default_rng(seed), []
    is_won = rng.random(n) < 0.25
    for i in range(n):
        people = rng.integers(1, 4) * (2 if is_won[i] else 1)
        log += [(i, f"{i}-{person}", float(rng.uniform(0, 20)), "a3", "page_view", None) for person in range(people)]
        log += [(i, f"{i}-0", float(rng.uniform(31, 80)), "a4", "order", "won")] if is_won[i] else []
    frame = pd.DataFrame(log, columns=["account_id", "customer", "day", "atom", "touchpoint", "outcome"]).assign(initiator="customer")
    return frame.assign(journey=frame["account_id"].map("{:05d}".format), account_id=frame["account_id"].astype(str)), is_won


def rate_of_consideration(frame):
    rows_ = funnel(*from_frame(frame), window_days=None)
    return rows_[(rows_["semantics"] == "any") & (rows_["stage"] == "consideration")].iloc[0]


def test_the_rate_is_that_of_accounts_and_people_would_give_another():
    frame, is_won = accounts_of_people()
    row = rate_of_consideration(frame)
    assert row["rate"] == pytest.approx(is_won.mean())
    assert row["n_units"] == len(is_won)
    by_person = frame["customer"].groupby(frame["account_id"]).nunique()
    won_by_account = pd.Series(is_won, index=map(str, range(len(is_won))))
    of_people = np.average(won_by_account.reindex(by_person.index), weights=by_person)
    assert of_people - row["rate"] > 0.1
    assert not row["rate_lo"] <= of_people <= row["rate_hi"]


def test_it_does_not_matter_which_of_an_accounts_people_did_what():
    frame, _ = accounts_of_people(n=200)
    turned = frame.assign(customer=frame["account_id"] + "-" + frame["customer"].str.split("-").str[1].map(lambda who: str(int(who) * 7 % 101)))
    for name, one in measured(from_frame(frame), customers=None).items():
        pd.testing.assert_frame_equal(one, measured(from_frame(turned), customers=None)[name])
    pd.testing.assert_frame_equal(funnel(*from_frame(frame)), funnel(*from_frame(turned)))


# --- the landmark ---------------------------------------------------------------------------------------------------------


def accounts_in_time(seed=5, n=1_200):
    """A colleague joins, and a talk comes, at any time, and neither matters; the won take 150 days, the lost 40: they have longer for it."""
    rng, log = np.random.default_rng(seed), []
    is_won = rng.random(n) < 0.5
    for i in range(n):
        end = 150.0 if is_won[i] else 40.0
        log += [(i, f"{i}-tech", 0.0, "page_view", None), (i, f"{i}-tech", end, "order" if is_won[i] else "refusal", "won" if is_won[i] else "lost")]
        joins, talks = rng.exponential(90), rng.exponential(90)
        log += [(i, f"{i}-money", joins, "page_view", None)] if joins < end else []
        log += [(i, f"{i}-tech", talks, "meeting", None)] if talks < end else []
    frame = pd.DataFrame(log, columns=["journey", "customer", "day", "touchpoint", "outcome"])
    return frame.assign(atom="a3", initiator="customer", account_id=frame["journey"].astype(str))


def titled(frame):
    people = pd.DataFrame({"customer_id": frame["customer"].unique()})
    return check(people.assign(role=people["customer_id"].str.split("-").str[1].map({"tech": "IT-chef", "money": "Ekonomichef"})), CUSTOMERS)


def test_the_landmark_takes_away_what_time_lends_to_the_won():
    frame = accounts_in_time()
    won = frame.groupby("journey")["outcome"].transform(lambda ends: (ends == "won").any())
    with_money = frame["customer"].str.endswith("money").groupby(frame["journey"]).transform("any")
    once = frame.drop_duplicates("journey").index
    assert with_money[once][won[once]].mean() - with_money[once][~won[once]].mean() > 0.35  # counted to the end: an artefact
    found = measured(from_frame(frame, until=400), customers=titled(frame), window_days=200)
    finance = anywhere(found["roles"]).loc["finance"]
    assert abs(finance["difference"]) < 0.08
    assert finance["difference_lo"] < 0 < finance["difference_hi"]
    sizes = found["buying_group"].query("stage == ''").set_index("outcome")["mean"]
    assert abs(sizes["won"] - sizes["lost"]) < 0.08
    talk = found["human_contact"].iloc[0]
    assert talk["lo"] < 0 < talk["hi"]


def test_a_role_that_goes_with_winning_is_found_as_large_as_it_is():
    rng, n, log = np.random.default_rng(8), 600, []
    is_won = rng.random(n) < 0.4
    has_money = rng.random(n) < np.where(is_won, 0.7, 0.3)
    for i in range(n):
        log += [(i, f"{i}-tech", 0.0, "page_view", None), (i, f"{i}-tech", 70.0, "order" if is_won[i] else "refusal", "won" if is_won[i] else "lost")]
        log += [(i, f"{i}-money", float(rng.uniform(0, 29)), "page_view", None)] if has_money[i] else []
    frame = pd.DataFrame(log, columns=["journey", "customer", "day", "touchpoint", "outcome"]).assign(atom="a3", initiator="customer")
    roles = anywhere(measured(from_frame(frame.assign(account_id=frame["journey"].astype(str))), customers=titled(frame))["roles"])
    assert roles.loc["finance", "difference"] == pytest.approx(has_money[is_won].mean() - has_money[~is_won].mean())
    assert roles.loc["finance", "difference_lo"] < 0.7 - 0.3 < roles.loc["finance", "difference_hi"]
    assert roles.loc["finance", "p_adjusted"] < 0.001
    assert roles.loc["technical", "p_adjusted"] == 1


# --- what may be shown ----------------------------------------------------------------------------------------------------


def test_of_few_won_accounts_no_role_is_told_and_a_role_of_few_accounts_is_left_out():
    drawn = table("""
        stage | role      | n_accounts | n_with | share | n | n_won | n_won_with | n_lost | n_lost_with | n_open | n_open_with | days
              | technical | 90         | 80     | 0.9   | 3 | 3     | 2          | 40     | 30          | 47     | 40          | 30
              | finance   | 90         | 4      | 0.04  | 3 | 3     | 1          | 40     | 1           | 47     | 2           | 30
              | buyer     | 90         | 0      | 0.0   | 3 | 3     | 0          | 40     | 0           | 47     | 0           | 30
    """.replace("              |", "        all   |"), ROLES)  # fmt: skip
    shown = withhold_small_groups({"roles": drawn.assign(stage="")}, k=5)["roles"]
    assert shown["role"].tolist() == ["technical", "buyer"]
    assert shown[["n", "n_won", "n_lost_with", "n_open"]].isna().all(axis=None)
    assert shown["share"].tolist() == [0.9, 0]
