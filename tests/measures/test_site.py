"""The site: hand counts of visits, exits and reading time, and requests to act that are ranked by what is known of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.measures.site import beta_prior, chance_of_best, site
from tests.drawing import events, from_frame

MINUTE = 1 / 1440


def clicks(text, *, until=100, n_rows=None):
    """A drawn web log whose `at` counts minutes; every row is a customer's own."""
    drawn = drawn_log(text, until)
    more = {} if n_rows is None else {"n_rows": n_rows}
    return site(drawn.log, drawn.journeys, drawn.model, window_days=30, **more)


def drawn_log(text, until):
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0]).replace("", pd.NA)
    frame = frame.assign(day=frame["at"].astype(float) * MINUTE, source=frame.get("source", "web"), initiator="customer").drop(columns="at")
    return from_frame(frame, until=until)


VISITS = """
    journey | at    | touchpoint   | detail  | atom | channel
    ann     | 0     | page_view    | /       | a2   | search
    ann     | 1     | page_view    | /guide  | a3   | search
    ann     | 4     | page_view    | /guide  | a3   | search
    ann     | 5     | form_submit  | /offer  | a4   | search
    bob     | 0     | page_view    | /       | a2   | direct
    bob     | 10    | page_view    | /guide  | a3   | direct
    bob     | 600   | page_view    | /guide  | a3   | social
    bob     | 602   | page_view    | /offer  | a4   | social
    cat     | 0     | page_view    | /       | a2   | search
"""


def row(table, page):
    return table.set_index("page").loc[page]


def test_pages_equal_a_hand_count():
    pages = clicks(VISITS)["pages"]
    home, guide, offer = (row(pages, page) for page in ("/", "/guide", "/offer"))
    assert [home[name] for name in ("n_views", "n_visits", "n_journeys", "n_landings", "n_exits")] == [3, 3, 3, 3, 1]
    assert [guide[name] for name in ("n_views", "n_visits", "n_journeys", "n_landings", "n_exits")] == [4, 3, 2, 1, 2]
    assert [offer[name] for name in ("n_views", "n_visits", "n_journeys", "n_landings", "n_exits")] == [1, 1, 1, 0, 1]
    assert (home["stage"], guide["stage"], offer["stage"]) == ("awareness", "consideration", "decision")
    assert home["exit_rate"] == pytest.approx(1 / 3)
    assert home["landing_share"] == pytest.approx(3 / 4)
    assert home["channel"] == "search"


def test_time_on_a_page_lasts_until_the_next_page_or_the_visits_last_event():
    pages = clicks(VISITS)["pages"]
    assert row(pages, "/")["median_seconds"] == (60 + 600) / 2  # ann a minute, bob ten; cat saw nothing else
    assert row(pages, "/guide")["median_seconds"] == 120  # 3 min, 1 min to the form, 2 min; bob's first time it was the last page
    assert row(pages, "/guide")["n_timed"] == 3


def test_who_comes_in_by_a_page_and_later_reaches_the_next_stage():
    home, guide = (row(clicks(VISITS)["pages"], page) for page in ("/", "/guide"))
    assert (home["n_entered"], home["n_next"]) == (3, 2)
    assert (guide["n_entered"], guide["n_next"]) == (1, 1)
    assert row(clicks(VISITS, until=20)["pages"], "/")["n_entered"] == 0  # followed for less than the window


def test_who_comes_in_by_a_page_and_is_seen_in_no_stage_has_come_in_and_reached_nothing():
    guide = row(clicks(VISITS + "    zoe     | 0     | page_view    | /guide  |      | search\n")["pages"], "/guide")
    assert (guide["n_entered"], guide["n_next"]) == (row(clicks(VISITS)["pages"], "/guide")["n_entered"] + 1, row(clicks(VISITS)["pages"], "/guide")["n_next"])


def test_who_leaves_to_pay_has_not_left():
    bought = "    ann     | 20    | order        |         | a4   |        | won\n"
    text = VISITS.replace("channel\n", "channel | outcome\n", 1).replace("search\n", "search |\n").replace("direct\n", "direct |\n").replace("social\n", "social |\n")
    assert row(clicks(text)["pages"], "/guide")["n_exits"] == 2
    assert row(clicks(text.rstrip() + "\n" + bought)["pages"], "/guide")["n_exits"] == 1


def idle(seconds):
    return "journey | at | touchpoint | detail | atom\n" + "\n".join(
        f"c{i} | 0 | page_view | / | a2\nc{i} | {after / 60} | page_view | /b | a3" for i, after in enumerate(seconds))  # fmt: skip


def test_tabs_left_open_do_not_move_the_median():
    reading = [20, 30, 40, 50, 60]
    assert row(clicks(idle(reading))["pages"], "/")["median_seconds"] == 40
    assert row(clicks(idle([*reading, *[8 * 3600] * 20]))["pages"], "/")["median_seconds"] == 40


def test_a_tab_that_goes_on_sending_counts_half_an_hour_at_most():
    pings = "\n".join(f"ann | {minute} | user_engagement | / | " for minute in range(10, 300, 10))
    pages = clicks(f"journey | at | touchpoint | detail | atom\nann | 0 | page_view | / | a2\n{pings}")["pages"]
    assert row(pages, "/")["median_seconds"] == 30 * 60


def test_without_page_views_there_is_no_table():
    assert clicks("journey | at | touchpoint | detail | atom\nann | 0 | order | / | a4") == {}


def test_where_only_the_company_opened_pages_there_is_no_table():
    drawn = events("journey | day | touchpoint | detail | initiator\n ann | 0 | page_view | / | company", until=100)
    assert site(drawn.log, drawn.journeys, drawn.model) == {}


def test_mails_and_orders_of_other_sources_are_no_part_of_a_visit():
    mail = "    bob     | 603   | email_click  | offer   | a3   | email  | mail\n"
    text = "\n".join(f"{line} | {'source' if 'journey' in line else 'web'}" for line in VISITS.strip().splitlines())
    assert clicks(text + "\n" + mail)["pages"].equals(clicks(VISITS)["pages"])


# --- pages that lose more than their type -----------------------------------------------------------------------------


def visits_to(page, n, n_leave):
    return "\n".join(f"{page}{i} | 0 | page_view | {page} | a2" + ("" if i < n_leave else f"\n{page}{i} | 1 | page_view | /more | a3") for i in range(n))


def test_a_page_that_loses_more_than_its_type_stands_out_and_chance_does_not():
    head = "journey | at | touchpoint | detail | atom\n"
    pages = clicks(head + "\n".join([visits_to("/bad", 200, 160), visits_to("/a", 200, 80), visits_to("/b", 200, 84), visits_to("/thin", 5, 5)]))["pages"]
    assert row(pages, "/bad")["stands_out"] == "more"
    assert row(pages, "/bad")["exit_rate"] == 160 / 200
    assert pd.isna(row(pages, "/thin")["stands_out"])
    same = clicks(head + "\n".join([visits_to("/a", 200, 100), visits_to("/b", 200, 104), visits_to("/c", 200, 96)]))["pages"]
    assert same.loc[same["page"] != "/more", "stands_out"].isna().all()


# --- requests to act --------------------------------------------------------------------------------------------------


def with_clicks(*planted):
    """Pages `/p0`, `/p1` … of the decision, each seen by n visitors of its own, k of whom click."""
    lines = ["journey | at | touchpoint | detail | atom"]
    for place, (k, n) in enumerate(planted):
        for i in range(n):
            lines.append(f"v{place}x{i} | 0 | page_view | /p{place} | a4")
            lines += [f"v{place}x{i} | 1 | cta_click | call {place} | a4"] if i < k else []
    return "\n".join(lines)


def test_a_request_that_is_clicked_belongs_to_the_page_last_seen_and_its_rate_is_of_visits():
    ctas = clicks(with_clicks((30, 100), (5, 50)))["ctas"].set_index("cta")
    assert ctas.loc["call 0", ["page", "n_views", "n_clicks"]].tolist() == ["/p0", 100, 30]
    assert ctas.loc["call 1", "rate"] == 5 / 50


def test_the_best_request_with_many_views_comes_before_one_of_one():
    ctas = clicks(with_clicks((1, 1), (120, 400), (40, 400), (2, 2)))["ctas"]
    assert ctas["cta"].iloc[0] == "call 1"
    assert ctas["p_best"].sum() == pytest.approx(1)
    assert ctas.set_index("cta").loc["call 0", "shrunk"] < 0.9  # pulled towards the others


@pytest.mark.parametrize("low", [(5, 1000), (1, 300), (40, 50)])
def test_one_of_one_is_never_first(low):
    assert clicks(with_clicks((1, 1), low))["ctas"]["cta"].iloc[0] == "call 1"


def test_what_comes_with_every_visit_to_its_page_is_no_request():
    found = clicks(with_clicks((50, 50)))
    assert len(found["ctas"]) == 0
    assert found["rates"] == []


def test_a_click_counts_once_a_visit():
    twice = with_clicks((3, 20)) + "\nv0x0 | 2 | cta_click | call 0 | a4\nv0x0 | 3 | page_view | /p0 | a4"
    assert clicks(twice)["ctas"]["n_clicks"].tolist() == [3]


def test_the_click_rate_of_the_decision_is_of_visits_to_its_pages():
    elsewhere = "\n".join(f"w{i} | 0 | page_view | /blog | a1\nw{i} | 1 | cta_click | read on | a1" for i in range(5)) + "\nw9 | 0 | page_view | /blog | a1"
    (rate,) = clicks(with_clicks((30, 100), (5, 50)) + "\n" + elsewhere)["rates"]
    assert (rate["measure"], rate["n_yes"], rate["n"]) == ("cta", 35, 150)
    assert rate["lo"] < 35 / 150 < rate["hi"]


def test_shrinkage_reaches_all_the_way_where_rates_are_alike_and_hardly_where_they_differ():
    alike, apart = beta_prior([10] * 5, [100] * 5), beta_prior([5, 50, 95, 20, 80], [100] * 5)
    assert sum(alike) == 25 * 4
    assert sum(apart) < 5
    assert alike[0] / sum(alike) == pytest.approx(50.5 / 501)


def test_the_chance_of_being_best_equals_drawing_from_the_rates():
    a, b = np.array([30.0, 20, 5]), np.array([70.0, 60, 30])
    drawn = np.random.default_rng(1).beta(a, b, (200_000, 3)).argmax(axis=1)
    np.testing.assert_allclose(chance_of_best(a, b), np.bincount(drawn) / 200_000, atol=0.01)


# --- laws -------------------------------------------------------------------------------------------------------------

STEP = st.tuples(st.sampled_from("abc"), st.integers(0, 90), st.sampled_from([("page_view", "/"), ("page_view", "/x"), ("page_view", "/y"), ("cta_click", "go"), ("scroll", "/x")]))


@settings(max_examples=20, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=25, unique_by=lambda step: (step[0], step[1])), st.randoms())
def test_every_visit_begins_once_ends_once_and_the_order_of_rows_decides_nothing(steps, random):
    lines = [f"{who} | {minute} | {touchpoint} | {detail} | a2" for who, minute, (touchpoint, detail) in steps]
    head = "journey | at | touchpoint | detail | atom\n"
    found = clicks(head + "\n".join(lines))
    random.shuffle(lines)
    assert_same(found, clicks(head + "\n".join(lines), n_rows=1))
    if found:
        pages = found["pages"]
        assert pages["n_landings"].sum() == pages["n_exits"].sum()
        assert (pages["n_exits"] <= pages["n_visits"]).all()
        assert (pages["n_visits"] <= pages["n_views"]).all()


def assert_same(found, other):
    assert set(found) == set(other)
    for name in set(found) & {"pages", "ctas"}:
        pd.testing.assert_frame_equal(found[name], other[name])


def test_colleagues_on_one_account_make_visits_of_their_own():
    drawn = events(
        """
        journey | day | touchpoint | atom | detail | source | customer | initiator
        firm    | 0   | page_view  | a2   | /      | web    | ann      | customer
        firm    | 0.001 | page_view | a2  | /x     | web    | bob      | customer
        firm    | 0.002 | page_view | a2  | /x     | web    | ann      | customer
        """,
    )
    pages = site(drawn.log, drawn.journeys, drawn.model)["pages"]
    assert row(pages, "/")[["n_landings", "n_exits"]].tolist() == [1, 0]
    assert row(pages, "/x")[["n_landings", "n_exits", "n_visits"]].tolist() == [1, 2, 2]
