"""What the actions are made of: content for the empty cells, words for the buttons, questions to answer once, waste and the goal tree."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from journeylib import knowledge
from journeylib.client import LANGUAGES
from journeylib.improve.calls_to_act import calls_to_act, is_vague, propose_wordings
from journeylib.improve.content_plan import content_plan, propose_types
from journeylib.improve.goal_tree import goal_tree
from journeylib.improve.self_service import self_service
from journeylib.improve.waste import total_waste, waste
from journeylib.measures.stats import poisson_ratio_interval
from journeylib.presets import content_types
from journeylib.schema import ACTIONS, ACTIVITIES, ATOMS, CONTENT, COVERAGE, CTAS, HANDOVERS, NEEDS, VOICES, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import events, rows, table
from tests.gaps.material import a_client, coverage

CLIENT = a_client(market="b2b")
MODEL = load_stage_model(CLIENT)
COVERED = """
    stage         | persona | n_content | n_activities | n_owned | n_customers | status
    awareness     |         | 5         | 1            | 1       | 500         | covered
    consideration |         | 4         | 1            | 1       | 300         | covered
    consideration | cfo     | 0         | 1            | 1       | 60          | hole
    decision      |         | 2         | 1            | 1       | 100         | covered
    loyalty       |         | 0         | 1            | 1       | 80          | hole
    loyalty       | cfo     | 0         | 1            | 1       | 20          | hole
    advocacy      |         | 0         | 0            | 0       | 0           | no_demand
"""
ITEMS = """
    content_id | title      | type  | stage         | persona | need_id | cta       | reach | language
    C1         | The cloud  | blog  | awareness     |         | N1      | Läs mer   | 900   | sv
    C2         | Choosing   | guide | consideration | cio     | N2      | Boka demo | 300   | sv
    C3         | Prices     | case  | decision      |         |         |           | 500   | sv
    C4         | Contract   | case  | decision      |         |         |           | 100   | da
"""
WANTED = """
    need_id | wording                       | stage
    N1      | Förstå riskerna               | awareness
    N2      | Kunna jämföra leverantörer    | consideration
    N3      | Räkna hem investeringen       | consideration
    N5      | Komma igång                   | loyalty
"""


def content(text=ITEMS, **columns):
    return table(text, CONTENT, source="sheet", **columns)


def plan(cells=COVERED, items=ITEMS, needs=WANTED, scores=None, agreed=None, **tables):
    told = {"coverage": coverage(cells)} | ({} if scores is None else {"need_scores": scores}) | tables
    registers = {"content": content(items)} | ({"needs": table(needs, NEEDS, source="sheet")} if needs else {})
    return content_plan(told, registers, empty(ACTIONS) if agreed is None else agreed, MODEL, CLIENT)


# --- content ------------------------------------------------------------------------------------------------------------


def test_every_hole_is_planned_for_split_by_the_needs_nothing_answers_there():
    assert [(row.stage, row.persona, row.need_id) for row in plan().itertuples()] == [("loyalty", "", "N5"), ("consideration", "cfo", "N2"), ("consideration", "cfo", "N3")]


def test_what_everybody_lacks_is_not_said_again_of_a_persona():
    assert plan().query("stage == 'loyalty'")["persona"].tolist() == [""]


def test_an_important_need_that_no_content_names_is_planned_for_where_there_is_content():
    scores = pd.DataFrame({"need_id": ["N2", "N3"], "importance": [8.0, 9.0], "satisfaction": [6.0, 2.0]})
    found = plan(scores=scores)
    assert [(row.persona, row.need_id, row.reason) for row in found.itertuples() if row.stage == "consideration"] == [("", "N3", "need"), ("cfo", "N2", "hole")]
    assert found["plan_id"].iloc[0] == "consideration:all:N3"  # 300 customers there, 80 in the hole of loyalty


def test_a_need_that_hardly_matters_waits():
    scores = pd.DataFrame({"need_id": ["N3"], "importance": [4.0], "satisfaction": [2.0]})
    assert "need" not in plan(scores=scores)["reason"].tolist()


def test_moving_an_item_into_the_hole_takes_away_exactly_that_line():
    before = set(plan()["plan_id"])
    cells = COVERED.replace("consideration | cfo     | 0         | 1            | 1       | 60          | hole", "consideration | cfo     | 1         | 1            | 1       | 60          | covered")
    assert before - set(plan(cells)["plan_id"]) == {"consideration:cfo:N2", "consideration:cfo:N3"}
    assert set(plan(cells)["plan_id"]) <= before


def test_terms_policies_and_the_like_are_given_no_request_to_act():
    items = content(ITEMS.replace("C4         | Contract   | case ", "C4         | Contract   | terms"))
    assert "C4" not in list(calls_to_act({}, {"content": items}, MODEL, CLIENT)["call_id"])


def test_the_type_answers_the_need_in_its_words_and_is_not_there_already():
    types = plan().set_index("plan_id")["type"]
    assert types["consideration:cfo:N3"] == "roi_sheet"
    assert types["consideration:cfo:N2"] == "comparison"
    assert propose_types(("a3_evaluate",), CLIENT, "Kunna jämföra", {"comparison", "fair_comparison"})[0] == "guide"


@pytest.mark.parametrize("market", ["b2b", "b2c", "both"])
@pytest.mark.parametrize("atom", ATOMS)
def test_there_is_a_type_of_the_market_for_every_atom(atom, market):
    assert propose_types((atom,), a_client(market=market))[0] in content_types(market)


def test_what_people_agreed_to_make_stands_beside_its_line():
    agreed = check(pd.DataFrame([{"action_id": "X1", "kind": "A01", "stage": "consideration", "persona": "cfo", "title": "En kalkyl", "status": "agreed"}]), ACTIONS)
    found = plan(agreed=agreed).set_index("plan_id")["action_id"]
    assert found["consideration:cfo:N3"] == "X1"
    assert pd.isna(found["loyalty:all:N5"])


def test_without_a_list_of_content_there_is_no_plan():
    assert content_plan({"coverage": coverage(COVERED)}, {}, empty(ACTIONS), MODEL, CLIENT) is None
    assert content_plan({}, {"content": content()}, empty(ACTIONS), MODEL, CLIENT) is None


def test_the_hints_name_types_that_exist_in_four_languages():
    for entry in knowledge.load("content_needs").values():
        assert set(entry["types"]) <= set(knowledge.load("content_types"))
        assert tuple(entry["words"]) == LANGUAGES


# --- calls to action ----------------------------------------------------------------------------------------------------


def calls(items=ITEMS, **tables):
    return calls_to_act(tables, {"content": content(items)}, MODEL, CLIENT)


def test_every_item_of_the_decision_without_a_request_is_listed_first_the_most_read_first():
    assert [(row.call_id, row.standing) for row in calls().itertuples()] == [("C3", "missing"), ("C4", "missing"), ("C1", "vague")]


def test_an_item_of_no_known_type_gets_its_wording_all_the_same():
    found = calls(ITEMS.replace("| terms |", "|       |"))
    assert found.set_index("call_id")["proposed"].notna().all()
    assert {"C3", "C4"} <= set(found["call_id"])


def test_the_wording_is_in_the_language_of_the_item_and_suits_its_stage():
    found = calls().set_index("call_id")["proposed"]
    assert found["C3"] == "Boka ett samtal"
    assert found["C4"] == "Book en samtale"
    assert found["C1"] == "Gör testet"


def test_a_list_whose_requests_are_all_blank_was_not_filled_in():
    assert calls_to_act({}, {"content": content().assign(cta=pd.array([None] * 4, dtype="string"))}, MODEL, CLIENT) is None


@pytest.mark.parametrize("text", ["Läs mer", "LÆS MERE »", "Klikk her!", "Click here", "submit"])
def test_words_that_say_nothing_of_what_happens_next_are_vague(text):
    assert is_vague(text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("market", ["b2b", "b2c"])
def test_there_is_wording_for_every_atom_and_it_is_never_vague(language, market):
    for atom in ATOMS:
        first, other = propose_wordings((atom,), market, language)
        assert not is_vague(first)
        assert other is None or not is_vague(other)


def test_a_request_surely_clicked_too_seldom_is_weak():
    clicks = check(pd.DataFrame([{"cta": "Köp", "touchpoint": "click", "page": page, "stage": "decision", "n_views": 400, "n_clicks": 4, "n_journeys": 300, "rate": 0.01, "shrunk": 0.01,
                                  "lo": 0.005, "hi": hi, "p_best": 0.5, "rank": i} for i, (page, hi) in enumerate([("/a", 0.02), ("/b", 0.08)], start=1)]), CTAS)  # fmt: skip
    client = a_client(market="b2b", thresholds={"cta_rate": 0.05})
    found = calls_to_act({"ctas": clicks}, {}, MODEL, client)
    assert [(row.call_id, row.standing) for row in found.itertuples()] == [("/a", "weak")]


# --- questions to answer once -------------------------------------------------------------------------------------------


def tickets(text):
    drawn = rows(text)
    drawn["voice_id"] = [str(i) for i in range(len(drawn))]
    score = pd.to_numeric(drawn["score"]) if "score" in drawn else pd.Series(np.nan, index=drawn.index)
    said = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(pd.to_numeric(drawn.pop("day")), unit="D")
    row = np.where(score.notna(), "emotion", "problem")
    return check(drawn.assign(said_at=said, row=row, score=score, scale_min=1.0, scale_max=5.0, kind="stated", touchpoint="ticket", atom="a7_use", source="desk"), VOICES)


def asked(voices, **changes):
    client = a_client(**({"privacy": {"k": 2}, "as_of": dt.date(2025, 12, 31)} | changes))
    return self_service(voices, None, load_stage_model(client), client)


def test_a_question_asked_again_within_thirty_days_was_not_resolved():
    found = asked(tickets("""
        customer_id | code  | day
        ann         | login | 0
        ann         | login | 20
        bo          | login | 0
        bo          | login | 40
        cy          | bill  | 5
        di          | bill  | 6
    """)).set_index("topic")  # fmt: skip
    assert found.loc["login", ["n_contacts", "n_customers", "n_followed", "n_again"]].tolist() == [4, 2, 4, 1]
    assert found.loc["bill", "n_again"] == 0
    assert found.index[0] == "login"


def test_a_bad_mark_says_that_it_was_not_resolved_either():
    found = asked(tickets("""
        customer_id | code  | day | score
        ann         | login | 0   |
        ann         |       | 1   | 1
        bo          | login | 3   |
        bo          |       | 4   | 5
    """)).set_index("topic")  # fmt: skip
    assert found.loc["login", "n_again"] == 1


def test_a_contact_too_late_to_be_followed_does_not_count_as_resolved():
    found = asked(tickets("""
        customer_id | code  | day
        ann         | login | 0
        bo          | login | 350
    """)).set_index("topic")  # fmt: skip
    assert found.loc["login", ["n_contacts", "n_followed"]].tolist() == [2, 1]


def test_a_topic_of_fewer_than_k_customers_is_left_out():
    text = """
        customer_id | code  | day
        ann         | login | 0
        bo          | login | 1
        cy          | odd   | 2
    """
    assert asked(tickets(text))["topic"].tolist() == ["login"]
    assert asked(tickets(text), privacy={"k": 5}) is None


def test_one_of_one_is_not_the_most_unresolved():
    lines = [f"u{i} | often | {i}" for i in range(40)] + [f"u{i} | often | {i + 10}" for i in range(20)] + ["x | rare | 0", "x | rare | 3", "y | rare | 50"]
    found = asked(tickets("customer_id | code | day\n" + "\n".join(lines)))
    assert found["topic"].tolist() == ["often", "rare"]
    rare = found.set_index("topic").loc["rare"]
    assert rare["lo"] < rare["unresolved_rate"] < rare["hi"]


def test_without_topics_there_is_no_list():
    assert asked(None) is None
    assert asked(empty(VOICES)) is None


# --- waste and the goal tree --------------------------------------------------------------------------------------------

CLEAN = """
    activity_id | title     | stage         | need_id | purpose | next_step | channel | department | cost | hours | reach
    A1          | Ads       | awareness     | N1      | found   | read      | search  | Marketing  | 100  | 10    | 900
    A2          | Meetings  | consideration | N2      | helps   | demo      | meeting | Sales      | 0    | 80    | 50
    A3          | Portal    | loyalty       | N5      | service | log in    | web     | Service    | 50   | 20    | 40
"""


def activities(text=CLEAN):
    return table(text, ACTIVITIES, source="sheet")


def wasted(text=CLEAN, tables=None, log=None, journeys=None, model=MODEL):
    return waste(activities(text), tables or {}, log, journeys, model, window_days=None)


def test_nothing_is_wasted_in_a_clean_register():
    assert wasted().empty


def test_each_planted_waste_is_found_with_its_rule():
    text = CLEAN + """
    A4          | Fair      | awareness     |         |         |           | event   | Marketing  | 300  | 40    | 20
    A5          | Leaflet   | decision      | N1      | sell    | call      | post    | Marketing  | 70   | 5     | 0
    A6          | More ads  | awareness     | N1      | found   | read      | search  | Marketing  | 60   | 5     | 400
    """
    assert {(row.activity_id, row.rule) for row in wasted(text).itertuples()} == {("A4", "W1"), ("A4", "W2"), ("A4", "W4"), ("A5", "W3"), ("A6", "W6")}


def test_money_and_hours_of_an_activity_count_once_however_much_is_the_matter():
    text = CLEAN + "    A4 | Fair | awareness | | | | event | Marketing | 300 | 40 | 20"
    total = total_waste(wasted(text), activities(text))
    assert (total["n"], total["cost"], total["hours"]) == (1, 300, 40)
    assert total["cost_share"] == 300 / (100 + 0 + 50 + 300)
    assert total["hours_share"] == 40 / (10 + 80 + 20 + 40)


def test_a_register_without_purposes_cannot_be_judged():
    assert wasted(CLEAN.replace("found  ", "       ").replace("helps  ", "       ")) is None
    assert waste(None, {}, None, None, MODEL, window_days=None) is None


def met(n_met, n_on_met, n_other, n_on_other):
    """So many journeys that met the meeting in the consideration, and of how many others, went on to the decision."""
    lines = [(f"m{i}", "meeting", i < n_on_met) for i in range(n_met)] + [(f"o{i}", "web", i < n_on_other) for i in range(n_other)]
    text = "journey | day | atom | touchpoint | channel\n" + "\n".join(
        f"{name} | 0 | a3 | talk | {channel}" + (f"\n{name} | 1 | a4 | order | web" if goes_on else "") for name, channel, goes_on in lines)  # fmt: skip
    return events(text)


def test_reach_without_follow_on_is_questioned_and_never_added_up():
    drawn = met(200, 60, 200, 100)
    found = wasted(log=drawn.log, journeys=drawn.journeys)
    assert [(row.rule, row.activity_id, row.is_counted) for row in found.itertuples()] == [("W5", "A2", False)]
    assert found["value"].iloc[0] == pytest.approx(60 / 200 - 100 / 200)
    assert total_waste(found, activities())["cost"] == 0


@pytest.mark.parametrize("counts", [(200, 120, 200, 100), (12, 4, 200, 100), (8, 0, 200, 100)])
def test_what_may_well_be_of_use_or_is_seldom_met_is_not_questioned(counts):
    drawn = met(*counts)
    assert wasted(log=drawn.log, journeys=drawn.journeys).empty


def test_a_full_stage_is_questioned_while_a_later_one_is_empty():
    cells = pd.DataFrame({"stage": MODEL.ids, "persona": "", "n_content": [40, 2, 2, 2, 0], "n_activities": [9, 1, 1, 1, 0], "n_customers": [100, 100, 100, 100, 100],
                          "demand_share": 0.2, "supply_share": [0.87, 0.04, 0.04, 0.04, 0.0], "ratio_lo": [2.5, 0.02, 0.02, 0.02, 0.0], "ratio_hi": [9.0, 0.9, 0.9, 0.9, 0.4],
                          "status": ["covered", "thin", "thin", "thin", "hole"]})  # fmt: skip
    found = wasted(tables={"coverage": check(cells, COVERAGE)})
    assert [(row.rule, row.activity_id) for row in found.itertuples()] == [("W7", "A1")]
    assert wasted(tables={"coverage": check(cells.assign(status="covered", n_content=5), COVERAGE)}).empty


def test_a_stage_nobody_is_seen_in_is_not_called_full():
    """Orders alone: one of two pieces stands before the purchase, where no source shows anybody, and loyalty has none."""
    lo, hi = poisson_ratio_interval(1, 2, 0, 346)
    assert (lo > 2, hi) == (True, np.inf)
    cells = pd.DataFrame({"stage": MODEL.ids, "persona": "", "n_content": [1, 0, 1, 0, 0], "n_activities": [1, 0, 1, 1, 0], "n_customers": [0, 0, 200, 146, 0],
                          "demand_share": [0.0, 0.0, 200 / 346, 146 / 346, 0.0], "supply_share": [0.5, 0.0, 0.5, 0.0, 0.0], "ratio_lo": [lo, 0.0, 0.0, 0.0, None],
                          "ratio_hi": [hi, None, 9.0, 1.0, None], "status": ["no_demand", "no_demand", "covered", "hole", "no_demand"]})  # fmt: skip
    assert wasted(tables={"coverage": check(cells, COVERAGE)}).empty


def test_a_certain_wait_longer_than_the_work_is_questioned():
    wait = pd.DataFrame([{"measure": "wait", "stage": "awareness", "next_stage": "consideration", "department": "Marketing", "next_department": "Sales", "n": 40, "n_changed": 40,
                          "n_same": 40, "changed": 6.0, "same": 2.0, "difference": 4.0, "lo": 1.0, "hi": 7.0, "p": 0.01}])  # fmt: skip
    found = wasted(tables={"handovers": check(wait, HANDOVERS)})
    assert [(row.rule, row.value) for row in found.itertuples()] == [("W8", 6.0)]
    assert found["limit"].iloc[0] == 80 / 50 / 7.5
    assert wasted(tables={"handovers": check(wait.assign(lo=-1.0), HANDOVERS)}).empty


def test_the_tree_hangs_every_activity_on_its_stage_and_sums_up():
    text = CLEAN + "    A4 | Fair | awareness | | | | event | Marketing | 300 | 40 | 20"
    tree = goal_tree(activities(text), {}, MODEL, CLIENT, Words("sv")).set_index("node")
    assert tree.loc["goal", "cost"] == 100 + 0 + 50 + 300
    assert tree.loc["stage:awareness", ["cost", "hours"]].tolist() == [100 + 300, 10 + 40]
    assert tree.loc["activity:A1", "parent"] == "stage:awareness"
    assert tree.index[tree["is_loose"]].tolist() == ["activity:A4"]


def test_an_activity_without_a_place_in_the_journey_hangs_on_nothing():
    tree = goal_tree(activities(CLEAN.replace("loyalty      ", "             ")), {}, MODEL, CLIENT, Words("sv")).set_index("node")
    assert tree.loc["activity:A3", "parent"] == ""
    assert tree.loc["activity:A3", "is_loose"]
