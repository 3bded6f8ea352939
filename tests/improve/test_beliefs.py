"""What the client believes beside what was measured: contradicted only where the interval and the size both say so."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib.agreement import disagreements
from journeylib.beliefs import FIGURES, compare_beliefs
from journeylib.client import Beliefs
from journeylib.knowledge import load
from journeylib.measures.stats import wilson
from journeylib.schema import EMOTION, ENTRANCES, LENGTHS, RATES, SCORES, check
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import FUNNEL_IN_ORDER, a_client, funnel


def compared(told, **shown):
    found = compare_beliefs(a_client(beliefs=told), shown)
    return found.set_index("figure")


def lengths(median, lo, hi, n=80):
    return check(pd.DataFrame([{"offer": "", "n": n + 20, "n_bought": n, "horizon_days": 365.0, "median_days": median, "lo": lo, "hi": hi}]), LENGTHS)


def share(measure, k, n, group=""):
    lo, hi = (float(end) for end in wilson(k, n))
    return check(pd.DataFrame([{"measure": measure, "group": group, "n": n, "n_yes": k, "rate": k / n, "lo": lo, "hi": hi, "n_units": n}]), RATES)


def test_thirty_days_where_the_middle_buyer_takes_seventy_four_is_contradicted():
    row = compared({"journey_days": 30}, lengths=lengths(74.0, 66.0, 83.0)).loc["journey_days"]
    assert (row["question_id"], row["told"], row["measured"], row["n"], row["verdict"]) == ("Q39", 30, 74, 80, "contradicts")


def test_a_figure_inside_a_narrow_interval_holds_and_inside_a_wide_one_is_not_known():
    assert compared({"journey_days": 70}, lengths=lengths(74.0, 66.0, 83.0))["verdict"].item() == "agrees"
    assert compared({"journey_days": 70}, lengths=lengths(74.0, 40.0, 120.0))["verdict"].item() == "uncertain"


def test_a_certain_difference_too_small_to_matter_contradicts_nobody():
    row = compared({"follow_up_share": 0.52}, rates=share("follow_up", 5_000, 10_000)).iloc[0]
    assert row["hi"] < 0.52
    assert row["verdict"] == "agrees"


def test_nine_customers_contradict_nobody():
    assert compared({"follow_up_share": 0.9}, rates=share("follow_up", 0, 9))["verdict"].item() == "too_few"


def test_what_was_not_measured_is_not_wrong():
    assert compared({"repeat_share": 0.4})["verdict"].item() == "not_checkable"


def test_coming_back_is_held_against_a_year_where_a_year_was_followed():
    both = pd.concat([share("repeat", 10, 100), share("repeat", 50, 100, group="365")])
    assert compared({"repeat_share": 0.5}, rates=both)["measured"].item() == 0.5


def test_the_will_to_recommend_is_told_from_minus_to_plus_a_hundred():
    scores = check(pd.DataFrame([{"metric": "nps", "stage": "", "touchpoint": "", "wording_id": "w", "wave": 0, "scale_min": 0.0, "scale_max": 10.0, "n": 200, "n_answers": 200,
                                  "n_high": 60, "n_low": 60, "score": 0.0, "lo": -0.1, "hi": 0.1, "mean": 7.0}]), SCORES)  # fmt: skip
    row = compared({"nps": 30}, scores=scores).loc["nps"]
    assert (row["measured"], row["lo"], row["hi"], row["verdict"]) == (0, -10, 10, "contradicts")


def test_the_stage_told_is_contradicted_only_by_one_that_is_surely_worse():
    rows = funnel(FUNNEL_IN_ORDER)
    one_half = compared({"most_leave_at": "decision"}, funnel=rows)
    assert one_half["verdict"].item() == "uncertain"  # all go on at one half
    worse = rows.assign(rate=rows["rate"].mask(rows["stage"] == "awareness", 0.2), rate_lo=rows["rate_lo"].mask(rows["stage"] == "awareness", 0.18),
                        rate_hi=rows["rate_hi"].mask(rows["stage"] == "awareness", 0.22))  # fmt: skip
    assert compared({"most_leave_at": "decision"}, funnel=worse)[["verdict", "measured_as"]].values.tolist() == [["contradicts", "awareness"]]
    assert compared({"most_leave_at": "awareness"}, funnel=worse)["verdict"].item() == "agrees"


def test_the_worst_feeling_is_that_of_the_lowest_curve():
    emotion = table("""
        stage     | metric | wording_id | n_answers | n  | mean | lo   | hi   | share_m2 | share_m1 | share_0 | share_p1 | share_p2 | sources
        awareness | csat   | w          | 40        | 40 | 0.9  | 0.7  | 1.1  | 0        | 0        | 0.5     | 0.5      | 0        | s
        decision  | csat   | w          | 40        | 40 | -0.6 | -0.8 | -0.4 | 0        | 0.5      | 0.5     | 0        | 0        | s
    """, EMOTION)  # fmt: skip
    assert compared({"feels_worst_at": "awareness"}, emotion=emotion)["verdict"].item() == "contradicts"
    assert compared({"feels_worst_at": "decision"}, emotion=emotion)["verdict"].item() == "agrees"


def test_who_told_nothing_is_held_against_nothing():
    assert compare_beliefs(a_client(), {}).empty


def test_every_figure_answers_a_question_of_the_bank_and_has_a_name_in_every_language():
    assert set(FIGURES) == set(Beliefs.model_fields)
    assert {question for question, _ in FIGURES.values()} <= set(load("questions"))
    assert all(Words(language).has(f"mapping_more.beliefs.figures.{figure}") for figure in FIGURES for language in ("sv", "da", "nb", "en"))


@pytest.mark.parametrize(("changes", "place", "hint"), [
    ({"beliefs": {"most_leave_at": "decison"}}, ("beliefs", "most_leave_at"), "decision"),
    ({"beliefs": {"brings_most_to": {"decison": "phone"}}}, ("beliefs", "brings_most_to", "decison"), "decision"),
    ({"beliefs": {"brings_most_to": {"decision": "serch"}}}, ("beliefs", "brings_most_to", "decision"), "search"),
    ({"focus": ({"persona": "nwe"},), "personas": ({"id": "new", "name": "New"},)}, ("focus", 0, "persona"), "new"),
])  # fmt: skip
def test_a_name_spelt_wrong_is_refused_with_the_nearest_one(changes, place, hint):
    (found,) = [each for each in disagreements(a_client(**changes)) if each[0] == place]
    assert hint in found[1]


def came(stage="decision", unknown=0, **channels):
    """Journeys of a stage by the channel of their first event there."""
    channels, n = {"": unknown} | channels, unknown + sum(channels.values())
    ends = {name: [float(end) for end in wilson(k, n)] for name, k in channels.items()}
    return check(pd.DataFrame([{"stage": stage, "channel": name, "n_first": k, "n_stage": n, "share": k / n, "lo": ends[name][0], "hi": ends[name][1]}
                               for name, k in channels.items()]), ENTRANCES)  # fmt: skip


def brought(told, entered, k=5):
    return compare_beliefs(a_client(beliefs={"brings_most_to": {"decision": told}}, privacy={"k": k}), {}, entered).iloc[0]


def test_the_channel_told_is_contradicted_by_one_that_surely_brings_more():
    row = brought("phone", came(phone=20, search=80))
    assert (row["figure"], row["question_id"], row["told_as"], row["measured_as"], row["verdict"]) == ("brings_most_to:decision", "Q47", "phone", "search", "contradicts")
    assert (row["measured"], row["n"]) == (80 / 100, 100)
    assert brought("search", came(phone=20, search=80))["verdict"] == "agrees"
    assert brought("phone", came(phone=48, search=52))["verdict"] == "uncertain"
    assert brought("search", came(phone=48, search=52))["verdict"] == "uncertain"


def test_a_channel_nobody_came_through_is_contradicted_and_one_never_logged_is_not_checkable():
    assert brought("phone", came(phone=0, search=60, email=20))["verdict"] == "contradicts"
    assert brought("phone", came(search=60, email=20))["verdict"] == "not_checkable"
    assert brought("phone", None)["verdict"] == "not_checkable"
    assert brought("phone", came(stage="loyalty", phone=60))["verdict"] == "not_checkable"


def test_those_who_came_through_no_known_channel_may_all_have_come_through_the_one_told():
    assert brought("phone", came(phone=20, search=80, unknown=100))["verdict"] == "uncertain"
    assert brought("phone", came(phone=0, search=0, unknown=100))["verdict"] == "not_checkable"


def test_nine_journeys_contradict_nobody_and_a_share_that_leaves_few_is_kept_back():
    assert brought("phone", came(phone=1, search=8))[["verdict", "measured_as"]].fillna("").tolist() == ["too_few", ""]
    row = brought("phone", came(phone=2, search=98))
    assert (row["measured_as"], row["verdict"], pd.isna(row["measured"])) == ("search", "contradicts", True)


def test_a_channel_may_be_told_by_its_name():
    assert brought("Telefon", came(phone=20, search=80))["told_as"] == "phone"
    assert brought("Luftballong", came(luftballong=80, search=20))["verdict"] == "agrees"
