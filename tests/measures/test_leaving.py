"""Who leaves and who stands where: cohorts, standing, heaps of dates, the drop-off dossier, and what of them is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from journeylib.measures.cohorts import cohorts
from journeylib.measures.departures import departures
from journeylib.measures.dossier import dossier, leavers
from journeylib.measures.funnel import funnel
from journeylib.measures.last_words import last_words
from journeylib.measures.small_leaving import withhold_leaving
from journeylib.measures.standing import spikes, standing
from journeylib.schema import COHORTS, DEPARTURES, DOSSIER, LAST_WORDS, VOICE_COUNTS, VOICES, check, empty
from tests.drawing import SHORT, at, events, from_frame, stage_model, table

THREE = stage_model("aware: a1 a2; decide: a3 a4; use: a6 a7")
few = settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow])

# --- cohorts ------------------------------------------------------------------------------------------------------------

MONTHS = """
    journey | day | atom | outcome
    ann     | 0   | a1   |
    ann     | 20  | a4   | won
    bo      | 5   | a1   |
    bo      | 50  | a4   | won
    cia     | 30  | a1   |
    dan     | 70  | a1   |
    dan     | 72  | a4   | won
    eva     | 85  | a1   |
"""


def cells(table):
    return {(row.cohort, row.months): (row.n, None if pd.isna(row.n_yes) else row.n_yes) for row in table.itertuples()}


def test_a_cohort_is_counted_only_where_all_of_it_has_had_the_time():
    drawn = events(MONTHS, until=95)
    found = cells(cohorts(drawn.log, drawn.journeys, drawn.model, months=(1, 2, 3)))
    assert [found["2025-01", month] for month in (1, 2, 3)] == [(3, 1), (3, 2), (3, None)]  # cia began on 31 January: 65 days
    assert [found["2025-03", month] for month in (1, 2, 3)] == [(2, None)] * 3


def test_an_unripe_cell_has_no_share_at_all():
    drawn = events(MONTHS, until=95)
    table = cohorts(drawn.log, drawn.journeys, drawn.model)
    assert table.loc[~table["is_ripe"], ["n_yes", "share", "lo", "hi"]].isna().all(axis=None)
    assert table.loc[table["is_ripe"], "share"].notna().all()


def test_the_month_is_the_clients_own():
    drawn = events("journey | day | atom | outcome\nann | 30.99 | a1 | won", until=300)
    assert cohorts(drawn.log, drawn.journeys, drawn.model)["cohort"].unique().tolist() == ["2025-01"]
    assert cohorts(drawn.log, drawn.journeys, drawn.model, timezone="Europe/Oslo")["cohort"].unique().tolist() == ["2025-02"]


def test_where_nothing_is_won_the_last_stage_is_the_goal():
    drawn = events("journey | day | atom\nann | 0 | a1\nann | 40 | a6", model=THREE, until=300)
    table = cohorts(drawn.log, drawn.journeys, drawn.model, months=(1, 2))
    assert (table["target"].unique().tolist(), table["n_yes"].tolist()) == (["use"], [0, 1])


def test_young_cohorts_do_not_look_terrible():
    """Ultimate conversion 30 %, gamma lag of 60 days: the naive share of the last cohort is a few percent, ours is missing (C1)."""
    rng, rows = np.random.default_rng(1), []
    for number in range(1200):
        start, lag = rng.uniform(0, 360), rng.gamma(2, 30)
        rows.append({"journey": number, "day": start, "atom": "a1", "outcome": None})
        if rng.random() < 0.3 and start + lag < 365:
            rows.append({"journey": number, "day": start + lag, "atom": "a4", "outcome": "won"})
    drawn = from_frame(pd.DataFrame(rows), until=365)
    table = cohorts(drawn.log, drawn.journeys, drawn.model, months=(3, 6)).set_index(["cohort", "months"])
    truth = {3: 0.3 * 0.8085, 6: 0.3 * 0.9830}  # gamma(2, 30) within 91.3 and 182.6 days
    ripe = table[table["is_ripe"]]
    assert all(ripe.xs(month, level=1)["share"].mean() == np.clip(ripe.xs(month, level=1)["share"].mean(), truth[month] - 0.03, truth[month] + 0.03) for month in truth)
    assert not table.loc["2025-12", "is_ripe"].any()


# --- standing -------------------------------------------------------------------------------------------------------------

STANDS = "journey | day | atom | outcome\n" + "\n".join(
    [f"quick{i} | 0 | a1 |\nquick{i} | {i + 1} | a3 |" for i in range(10)]  # leave the first stage after 1 … 10 days
    + ["gone | 0 | a1 |\ngone | 4 | a1 | lost", "slow | 0 | a1 |", "young | 95 | a1 |"]
    + ["used | 0 | a1 |\nused | 3 | a3 |\nused | 9 | a6 |"]
)


def test_in_past_stuck_and_lost_are_those_drawn():
    drawn = events(STANDS, model=THREE, until=100)
    table = standing(drawn.log, drawn.journeys, drawn.model).set_index("stage")
    counted = table[["n_reached", "n_past", "n_in", "n_lost"]].to_dict("index")
    assert counted["aware"] == {"n_reached": 14, "n_past": 11, "n_in": 2, "n_lost": 1}
    assert counted["decide"] == {"n_reached": 11, "n_past": 1, "n_in": 10, "n_lost": 0}
    assert counted["use"] == {"n_reached": 1, "n_past": 0, "n_in": 1, "n_lost": 0}
    # Kaplan–Meier: young is censored after 5 days, with 7 of 14 gone (1, 2, 3, 3, 4, 4, 5); of the 6 left, each day one:
    # S(9) = 1/2 · 5/6 · 4/5 · 3/4 · 2/3 = 1/6 is the first at or under 1/5
    assert table.loc["aware", "stuck_days"] == 9
    assert (table.loc["aware", "n_stuck"], table.loc["aware", "median_stuck_days"]) == (1, 100)  # slow; young has had five days


def test_under_ten_who_left_nobody_is_called_stuck():
    drawn = events(STANDS, model=THREE, until=100)
    table = standing(drawn.log, drawn.journeys, drawn.model).set_index("stage")
    assert table.loc["decide", ["n_stuck", "stuck_days"]].isna().all()


# --- heaps of dates ---------------------------------------------------------------------------------------------------------


def crm(day_of, n=80, seed=3):
    """Deals whose three stage dates are put by `day_of(deal, stage, rng)`."""
    rng = np.random.default_rng(seed)
    rows = [{"journey": deal, "day": day_of(deal, stage, rng), "atom": atom, "source": "crm"} for deal in range(n) for stage, atom in enumerate(("a1", "a3", "a6"))]
    return from_frame(pd.DataFrame(rows), model=THREE, until=365)


def test_dates_entered_on_fridays_are_found():
    friday = 2  # 3 January 2025
    drawn = crm(lambda deal, stage, rng: friday + 7 * (deal % 40) + stage / 100 if deal % 2 else deal % 200 + 5 * stage + 0.4)
    found = spikes(drawn.log, drawn.model)
    row = found[found["kind"] == "weekday"].iloc[0]
    assert (row["source"], row["day"], row["n"]) == ("crm", "5", 240)
    assert row["n_same_day"] >= 120


def test_dates_that_came_as_they_happened_are_no_heap():
    drawn = crm(lambda deal, stage, rng: rng.uniform(0, 300) + 10 * stage)
    assert spikes(drawn.log, drawn.model).empty


def test_a_mailing_to_all_on_one_day_is_no_heap():
    rows = [{"journey": i, "day": 30.0, "atom": "a1", "source": "mail"} for i in range(60)] + [{"journey": i, "day": 60.0 + i, "atom": "a3", "source": "mail"} for i in range(60)]
    drawn = from_frame(pd.DataFrame(rows), model=THREE, until=365)
    assert spikes(drawn.log, drawn.model).empty


# --- dossier --------------------------------------------------------------------------------------------------------------


def two_personas(rate_cfo, rate_cio, n=80):
    rows = []
    for persona, rate in (("cfo", rate_cfo), ("cio", rate_cio)):
        for i in range(n):
            rows.append({"journey": f"{persona}{i:03d}", "day": 0, "atom": "a1", "touchpoint": "ad", "persona": persona})
            if i < rate * n:
                rows.append({"journey": f"{persona}{i:03d}", "day": 5, "atom": "a3", "touchpoint": "call", "persona": persona})
    return from_frame(pd.DataFrame(rows), model=THREE, until=100)


def test_the_persona_that_leaves_more_is_named():
    drawn = two_personas(0.2, 0.7)
    table = dossier(leavers(drawn.log, drawn.journeys, drawn.model, window_days=30), drawn.model).set_index("group")
    row = table.loc["cfo"]
    assert (row["n"], row["n_left"], row["share"], row["share_others"]) == (80, 64, 64 / 80, 24 / 80)
    assert row["is_certain"]
    assert row["lo"] < row["difference"] < row["hi"]


def test_where_they_are_alike_nothing_sets_them_apart():
    drawn = two_personas(0.5, 0.52)
    assert not dossier(leavers(drawn.log, drawn.journeys, drawn.model, window_days=30), drawn.model)["is_certain"].any()


def test_a_group_under_ten_is_counted_and_not_compared():
    drawn = two_personas(0, 1, n=8)
    table = dossier(leavers(drawn.log, drawn.journeys, drawn.model, window_days=30), drawn.model)
    assert table["p"].isna().all()
    assert not table["is_certain"].any()


def test_chance_alone_is_seldom_called_certain():
    """Benjamini–Hochberg over all comparisons: 40 clients without differences, three personas and three offers each."""
    rng, found = np.random.default_rng(8), 0
    for _ in range(40):
        n = 120
        followed = pd.DataFrame({"journey": range(n), "stage": 0, "is_left": rng.random(n) < 0.5, "unit": range(n), "customer_id": None, "is_referred": None,
                                 "persona": rng.choice(["a", "b", "c"], n), "offer": rng.choice(["x", "y", "z"], n), "first_channel": "web"})  # fmt: skip
        found += dossier(followed, THREE)["is_certain"].any()
    assert found <= 5


LEFT = """
    journey | day | atom | touchpoint | initiator | channel
    ann     | 0   | a1   | ad         | customer  | web
    ann     | 2   | a3   | visit      | customer  | web
    ann     | 4   | a3   | quote      | customer  | phone
    ann     | 6   | a3   | mail       | company   | mail
    ann     | 9   | a1   | ad         | customer  | social
    bo      | 0   | a3   | visit      | customer  | web
    cia     | 0   | a3   | visit      | customer  | web
    cia     | 80  | a6   | start      | customer  | web
    dan     | 0   | a3   | visit      | customer  | web
    dan     | 3   | a6   | start      | customer  | web
"""


def test_ways_in_last_steps_and_ways_out_are_the_customers_own():
    drawn = events(LEFT, model=THREE, until=100)
    followed = leavers(drawn.log, drawn.journeys, drawn.model, window_days=30)
    ways = departures(drawn.log, followed, drawn.model)
    here = {(row.kind, row.what): (row.n_journeys, row.median_days) for row in ways[ways["stage"] == "decide"].itertuples()}
    assert here["came_from", "ad"] == (1, 2.0)
    assert here["came_from", ""][0] == 2
    assert here["last", "quote"] == (1, 2.0)
    assert here["last", "visit"] == (2, 0.0)
    assert here["next", "ad"] == (1, 5.0)
    assert here["next", "start"] == (1, 80.0)
    assert here["next", ""][0] == 1
    assert here["next_channel", "social"] == (1, 5.0)


def test_whom_the_company_called_first_and_who_said_no_is_not_silent():
    drawn = events("""
        journey | day | atom | touchpoint | initiator | channel
        ann     | 0   | a3   | call       | company   | phone
        ann     | 9   |      | no         | customer  | phone
        bo      | 0   | a3   | call       | company   | phone
        cia     | 0   | a3   | visit      | customer  | web
        cia     | 3   | a6   | start      | customer  | web
    """, model=THREE, until=100)  # fmt: skip
    followed = leavers(drawn.log, drawn.journeys, drawn.model, window_days=30)
    ways = departures(drawn.log, followed, drawn.model)
    here = {(row.kind, row.what): row.n_journeys for row in ways[ways["stage"] == "decide"].itertuples()}
    assert (here["last", ""], here["next", "no"], here["next", ""]) == (2, 1, 1)


EVENT = st.fixed_dictionaries({
    "journey": st.integers(0, 7), "atom": st.sampled_from([*SHORT, None]), "touchpoint": st.sampled_from(["ad", "visit", "call", None]),
    "channel": st.sampled_from(["web", "phone", None]), "initiator": st.sampled_from(["customer", "company", None]), "outcome": st.sampled_from([None, None, "won", "lost"]),
})  # fmt: skip


@st.composite
def logs(draw):
    drawn = draw(st.lists(EVENT, min_size=1, max_size=40))
    days = draw(st.lists(st.integers(0, 3000), min_size=len(drawn), max_size=len(drawn), unique=True))
    return pd.DataFrame(drawn).assign(day=[day / 10 for day in days])


@few
@given(logs(), st.sampled_from([None, 60.0]))
def test_those_who_left_are_those_of_the_funnel(frame, window):
    drawn = from_frame(frame)
    followed = leavers(*drawn, window_days=window)
    told = funnel(*drawn, window_days=window).query("semantics == 'at_least'").set_index("stage")
    ways = departures(drawn.log, followed, drawn.model)
    for (stage, _), rows in ways.groupby(["stage", "kind"]):
        assert rows["n_journeys"].sum() == told.loc[stage, "n_followed"] - told.loc[stage, "n_converted"]
        assert np.isclose(rows["share"].sum(), 1)
    if len(followed):
        left = followed.assign(stage=[drawn.model.ids[i] for i in followed["stage"]]).groupby("stage")["is_left"].agg(["size", "sum"])
        assert (left["size"] == told.loc[left.index, "n_followed"]).all()


@few
@given(logs(), st.integers(1, 9))
def test_any_split_into_blocks_gives_the_same(frame, n_rows):
    drawn = from_frame(frame.assign(source="web"))
    followed = leavers(*drawn, window_days=60, n_rows=n_rows)
    if len(followed):
        assert_frame_equal(departures(drawn.log, followed, drawn.model), departures(drawn.log, followed, drawn.model, n_rows=n_rows))
    for measure in (cohorts, standing):
        assert_frame_equal(measure(*drawn), measure(*drawn, n_rows=n_rows))
    assert_frame_equal(spikes(drawn.log, drawn.model), spikes(drawn.log, drawn.model, n_rows=n_rows))


@few
@given(logs())
def test_everybody_stands_somewhere(frame):
    drawn = from_frame(frame)
    table = standing(*drawn)
    told = funnel(*drawn).query("semantics == 'at_least'").reset_index(drop=True)
    assert (table["n_reached"] == table["n_past"] + table["n_in"] + table["n_lost"]).all()
    assert (table["n_stuck"].fillna(0) <= table["n_in"]).all()
    assert table["n_lost"].tolist() == told["n_lost"].tolist()
    assert table["n_in"].tolist() == told["n_open"].tolist()


VOICE_ROWS = """
    voice_id | customer_id | stage  | row     | code    | text        | kind   | source | has_consent
    1        | ann         | decide | problem | price   | Too dear.   | stated | survey | yes
    2        | bo          | decide | problem | price   | Dear.       | stated | survey | no
    3        | dan         | decide | problem | price   | Expensive.  | stated | survey | yes
    4        | bo          | decide | reason  | time    |             | stated | ticket | no
    5        | ann         | aware  | problem | hard    |             | stated | ticket | no
"""


def test_last_words_are_of_those_who_left_there_and_of_that_stage():
    drawn = events(LEFT, model=THREE, until=100)
    journeys = drawn.journeys.assign(customer_id=["ann", "bo", "cia", "dan"])
    words = last_words(leavers(drawn.log, journeys, drawn.model, window_days=30), journeys, table(VOICE_ROWS, VOICES), drawn.model, k=2)
    said = {(row.stage, row.row, row.code): (row.n_customers, row.n_heard) for row in words.itertuples()}
    assert said == {("decide", "problem", "price"): (2, 2), ("decide", "reason", "time"): (1, 1)}
    assert words["quote"].iloc[1] == "Too dear."


# --- what is shown ------------------------------------------------------------------------------------------------------------


def test_a_small_cohort_takes_the_next_smallest_along():
    small = check(pd.DataFrame([{"cohort": cohort, "months": 1, "target": "purchase", "n": n, "is_ripe": True, "n_yes": 1, "share": 1 / n, "lo": 0.0, "hi": 1.0}
                                for cohort, n in (("2025-01", 3), ("2025-02", 20), ("2025-03", 30))]), COHORTS)  # fmt: skip
    assert withhold_leaving({"cohorts": small}, 5)["cohorts"]["cohort"].tolist() == ["2025-03"]


def test_a_small_way_out_takes_the_next_smallest_along():
    rows = [{"stage": "decide", "kind": "last", "what": what, "n_journeys": n, "n_left": 33, "share": n / 33} for what, n in (("ad", 20), ("call", 10), ("visit", 3))]
    shown = withhold_leaving({"departures": check(pd.DataFrame(rows), DEPARTURES)}, 5)["departures"]
    assert shown["what"].tolist() == ["ad"]


def test_a_last_step_that_would_tell_a_withheld_exit_is_withheld():
    rows = [{"stage": "decide", "kind": "last", "what": what, "n_journeys": n, "n_left": 60, "share": n / 60} for what, n in (("ad", 20), ("call", 23), ("visit", 17))]
    exits = pd.DataFrame([("decide", "ad", "open"), ("decide", "ad", "lost"), ("decide", "call", "lost"), ("decide", "visit", "open")], columns=["stage", "touchpoint", "state"])
    shown = withhold_leaving({"departures": check(pd.DataFrame(rows), DEPARTURES), "exits": exits.drop(index=1)}, 5, {"exits": exits})
    assert shown["departures"]["what"].tolist() == ["call"]  # ad is withheld, visit is rarer: call is the commonest there is


def test_of_two_groups_none_is_shown_where_one_is_small():
    row = {"stage": "decide", "kind": "persona", "n_left": 1, "share": 0.1, "n_left_others": 1, "share_others": 0.1, "is_certain": False}
    rows = [row | {"group": "cfo", "n": 3, "n_others": 40}, row | {"group": "cio", "n": 40, "n_others": 3}]
    assert "dossier" not in withhold_leaving({"dossier": check(pd.DataFrame(rows), DOSSIER)}, 5)


def test_words_few_stayers_said_are_not_told_of_the_leavers():
    words = check(pd.DataFrame([{"stage": "decide", "row": "problem", "code": code, "n_customers": 10, "n_heard": 20, "quote": None} for code in ("price", "time")]), LAST_WORDS)
    counts = check(pd.concat([empty(VOICE_COUNTS), pd.DataFrame([
        {"stage": "decide", "row": "problem", "code": code, "kind": "stated", "n_customers": n, "n_asked": 40, "sources": "survey", "first_on": at(0), "last_on": at(1)}
        for code, n in (("price", 12), ("time", 30))])]), VOICE_COUNTS)  # fmt: skip
    assert withhold_leaving({"last_words": words, "voice_counts": counts}, 5)["last_words"]["code"].tolist() == ["time"]
