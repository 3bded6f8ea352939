"""The classical mistakes of the trade beside what is counted here, on planted truths (practice C1, C2, C4, C12); the table stands in docs/method.md, H."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma

from journeylib.improve.what_if import shrink
from journeylib.measures.cohorts import cohorts
from journeylib.measures.funnel import funnel
from journeylib.measures.incidence import cumulative_incidence, stayed_at
from journeylib.measures.stayers import stayers
from journeylib.measures.timing import stage_times
from tests.drawing import FIVE, from_frame
from tests.measures.test_buying_group import accounts_in_time, accounts_of_people, anywhere, measured, rate_of_consideration, titled
from tests.measures.test_moments import leaving

pytestmark = pytest.mark.truth
ULTIMATE, N_RUNS = 0.3, 10


def a_year_of_leads(seed, n=2500, *, loses_days=np.inf):
    """Leads of a year, cut on day 365: three in ten buy, after 60 days on average, unless they are lost before."""
    rng = np.random.default_rng([1, seed])
    start, buys = rng.uniform(0, 365, n), np.where(rng.random(n) < ULTIMATE, rng.gamma(2, 30, n), np.inf)
    lost = rng.exponential(loses_days, n) if np.isfinite(loses_days) else np.full(n, np.inf)
    end = start + np.minimum(buys, lost)
    ends = pd.DataFrame({"journey": range(n), "day": end, "atom": np.where(buys < lost, "a4", None), "outcome": np.where(buys < lost, "won", "lost")})
    entered = pd.DataFrame({"journey": range(n), "day": start, "atom": "a3", "outcome": None})
    frame = pd.concat([entered, ends[end < 365]], ignore_index=True)
    return from_frame(frame.assign(journey=frame["journey"].map("{:05d}".format)), until=365), start, end < 365, buys < lost


def percent(values):
    return f"{np.mean(values):.1%}"


def test_journeys_still_open_are_no_losses(tell):
    naive, youngest, ours, windowed, unripe = [], [], [], [], []
    for seed in range(N_RUNS):
        drawn, start, is_over, _ = a_year_of_leads(seed)
        naive.append(is_over.mean())
        youngest.append([is_over[(start >= 365 - 30 * back) & (start < 395 - 30 * back)].mean() for back in (3, 2, 1)])
        times = stage_times(*drawn).query("stage == 'consideration'").set_index("horizon_days")["went_on_share"]
        ours.append(times[[90, 180]])
        windowed.append(funnel(*drawn, window_days=90).query("semantics == 'at_least' and stage == 'consideration'")["rate"].item())
        months = cohorts(drawn.log, drawn.journeys, drawn.model, months=(3,)).set_index("cohort")
        unripe.append(months["is_ripe"].iloc[-3:].any())
    within = {day: ULTIMATE * gamma.cdf(day, 2, scale=30) for day in (90, 180)}
    by_time = np.mean(ours, axis=0)
    tell("bias", "buys within 180 days; a year of leads, open ones called lost", percent(within[180]), percent(naive), percent([by_time[1]]))
    tell("bias", "… within 90 days, leads of the last three months", percent(within[90]), " · ".join(f"{share:.1%}" for share in np.mean(youngest, axis=0)),
         f"{np.mean(windowed):.1%} of those who had the time; the young are hatched")  # fmt: skip
    assert np.mean(naive) < within[180] - 0.04
    assert np.mean(youngest, axis=0)[-1] < 0.05
    assert by_time == pytest.approx(list(within.values()), abs=0.008)
    assert np.mean(windowed) == pytest.approx(within[90], abs=0.01)
    assert not any(unripe)


def test_losses_are_no_open_journeys(tell):
    naive, ours, n = [], [], 10**6
    for seed in range(N_RUNS):
        drawn, start, is_over, is_won = a_year_of_leads(seed, loses_days=100)
        days = drawn.journeys["ended_at"].fillna(pd.Timestamp("2026-01-01", tz="UTC")) - drawn.journeys["started_at"]
        alone = cumulative_incidence(days.dt.total_seconds() / 86_400, (is_over & is_won).astype(int))
        naive.append(1 - stayed_at(alone, 180))
        ours.append(stage_times(*drawn).query("stage == 'consideration' and horizon_days == 180")["went_on_share"].item())
    rng = np.random.default_rng(0)
    buys, lost = np.where(rng.random(n) < ULTIMATE, rng.gamma(2, 30, n), np.inf), rng.exponential(100, n)
    truth = np.mean((buys < lost) & (buys <= 180))
    tell("bias", "buys within 180 days; others lost after 100 days, taken for open", percent(truth), percent(naive), percent(ours))
    assert np.mean(naive) > truth + 0.08
    assert np.mean(ours) == pytest.approx(truth, abs=0.008)


def test_the_worst_of_equal_stages_betters_itself(tell):
    rng = np.random.default_rng(3)
    naive, ours = [], []
    for _ in range(2000):
        rates = rng.binomial(200, 0.4, 5) / 200
        pulled = shrink(rates, rates * (1 - rates) / 200)
        naive.append(0.4 - rates.min())
        ours.append(0.4 - pulled.min())
    tell("bias", "worst of five equal stages, measured again: points it gains by itself", "0.0", f"{100 * np.mean(naive):.1f}", f"{100 * np.mean(ours):.1f}")
    assert np.mean(naive) == pytest.approx(0.04, abs=0.003)
    assert np.mean(ours) < np.mean(naive) / 2


def test_feelings_do_not_rise_because_the_unhappy_have_left(tell):
    naive, ours, noted = [], [], []
    for seed in range(100):
        voices = leaving(unhappy_leave=True, seed=seed)
        raw = voices.groupby("stage")["score"].mean() - 3  # 1–5 on −2 … +2
        found = stayers(voices, FIVE).set_index("stage")
        naive.append(raw["decision"] - raw["awareness"])
        ours.append(raw["decision"] - found.loc["awareness", "mean"])
        noted.append(found["differs"].any())
    tell("bias", "feeling from the first stage to the last, where the unhappy leave", "0.00", f"+{np.mean(naive):.2f}", f"{np.mean(ours):+.2f} (said in {np.mean(noted):.0%})")
    assert np.mean(naive) > 0.6
    assert abs(np.mean(ours)) < 0.05
    assert np.mean(noted) > 0.97


def test_accounts_are_counted_and_not_people(tell):
    naive, ours = [], []
    for seed in range(6):
        frame, is_won = accounts_of_people(seed=seed, n=700)
        row = rate_of_consideration(frame)
        by_person = frame["customer"].groupby(frame["account_id"]).nunique()
        naive.append(np.average(pd.Series(is_won, index=map(str, range(len(is_won)))).reindex(by_person.index), weights=by_person))
        ours.append(row["rate"])
    tell("bias", "accounts won; the won have twice the people, people counted", "25.0%", percent(naive), percent(ours))
    assert np.mean(naive) > 0.35
    assert np.mean(ours) == pytest.approx(0.25, abs=0.02)


def test_who_is_followed_longer_has_no_more_colleagues_for_it(tell):
    naive, naive_talk, ours, talk = [], [], [], []
    for seed in range(12):
        frame = accounts_in_time(seed=seed, n=500)
        whole = frame.groupby("journey").agg(won=("outcome", lambda ends: (ends == "won").any()), money=("customer", lambda who: who.str.endswith("money").any()),
                                             talk=("touchpoint", lambda what: (what == "meeting").any()))  # fmt: skip
        naive.append(whole.loc[whole["won"], "money"].mean() - whole.loc[~whole["won"], "money"].mean())
        naive_talk.append(whole.loc[whole["talk"], "won"].mean() - whole.loc[~whole["talk"], "won"].mean())
        found = measured(from_frame(frame, until=400), customers=titled(frame), window_days=200)
        role = anywhere(found["roles"]).loc["finance"]
        ours.append(role["difference"])
        talk.append(found["human_contact"].iloc[0]["difference"])
    tell("bias", "a role that does not matter, won minus lost; the won take longer", "0 points", f"+{100 * np.mean(naive):.0f}", f"{100 * np.mean(ours):+.1f}")
    tell("bias", "a talk that does not matter, won with minus without", "0 points", f"+{100 * np.mean(naive_talk):.0f}", f"{100 * np.mean(talk):+.1f}")
    assert min(np.mean(naive), np.mean(naive_talk)) > 0.3
    assert abs(np.mean(ours)) < 0.03
    assert abs(np.mean(talk)) < 0.03
