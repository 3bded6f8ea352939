"""What to do first: a proposal for every gap, what people agreed, ranked with its spread."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib import knowledge
from journeylib.gaps import CHECKS
from journeylib.improve.actions import propose_actions, say_action
from journeylib.schema import ACTIONS, GAPS, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import rows
from tests.gaps.material import a_client

GAP_LIST = """
    gap_id           | check | stage         | persona | status    | value_lo | value_at_stake | value_hi | severity | decision | unit  | threshold
    G04:decision     | G04   | decision      |         | found     | 80000    | 100000         | 120000   |          |          | share | 0
    G13:awareness    | G13   | awareness     |         | found     | 8000     | 10000          | 12000    |          |          | share | 0.4
    G03:loyalty      | G03   | loyalty       |         | found     |          |                |          | 3        |          | share | 0.5
    G29              | G29   |               |         | found     |          |                |          | 1        | reject   | share | 0
    G23              | G23   | consideration |         | uncertain |          |                |          | 1        |          | share | 0.3
    G20:loyalty      | G20   | loyalty       |         | not_found |          |                |          |          |          | share | 0.2
"""


def gaps(text=GAP_LIST):
    drawn = rows(text)
    for name in ("value_lo", "value_at_stake", "value_hi", "severity", "threshold"):
        drawn[name] = pd.to_numeric(drawn[name])
    drawn[["stage", "persona"]] = drawn[["stage", "persona"]].fillna("")
    return check(drawn.assign(reason="gaps.common.too_few"), GAPS)


def proposed(text=GAP_LIST, agreed=None, language="sv"):
    return propose_actions(gaps(text), a_client(language=language), empty(ACTIONS) if agreed is None else agreed, Words(language))


def agreed(**columns):
    given = {"action_id": "A02:G04:decision", "kind": "A02", "gap_id": "G04:decision", "stage": "decision", "persona": "", "title": "Knapp på prissidan",
             "status": "agreed"}  # fmt: skip
    return check(pd.DataFrame([given | columns]), ACTIONS)


def test_every_check_has_an_action_that_closes_its_gap():
    closed = {gap for entry in knowledge.load("actions").values() for gap in entry["closes"]}
    assert set(CHECKS) <= closed


def test_found_gaps_get_the_catalogues_actions():
    assert set(proposed()["gap_id"]) == {"G04:decision", "G13:awareness", "G03:loyalty"}
    assert set(proposed().query("gap_id == 'G13:awareness'")["kind"]) == {"A06"}  # awareness is no place for a simpler checkout


def test_an_action_is_proposed_where_it_fits_the_market_and_the_stage():
    at_decision = GAP_LIST.replace("G13:awareness    | G13   | awareness ", "G13:decision     | G13   | decision  ")
    kinds = {market: set(propose_actions(gaps(at_decision), a_client(market=market), empty(ACTIONS), Words("sv")).query("gap_id == 'G13:decision'")["kind"])
             for market in ("b2b", "b2c")}  # fmt: skip
    assert kinds == {"b2b": {"A03", "A05"}, "b2c": {"A03"}}


def test_two_gaps_of_one_stage_ask_for_the_same_action_once():
    both = GAP_LIST + "\n    G23:awareness | G23 | awareness | | found | 800 | 1000 | 1200 | | | share | 0.3"
    assert proposed(both).query("kind == 'A06'")["gap_id"].tolist() == ["G13:awareness"]


def test_a_rejected_gap_gets_no_proposal_and_an_accepted_uncertain_one_does():
    accepted = GAP_LIST.replace("uncertain |          |                |          | 1        |          |", "uncertain |          |                |          | 1        | accept   |")
    assert "G29" not in set(proposed(accepted)["gap_id"])
    assert "G23" in set(proposed(accepted)["gap_id"])


def test_the_largest_value_comes_first_and_money_before_severity():
    ranked = proposed()
    assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
    assert ranked["gap_id"].iloc[0] == "G04:decision"
    assert ranked["gap_id"].iloc[-1] == "G03:loyalty"
    assert ranked["value"].dropna().is_monotonic_decreasing


def test_an_action_is_worth_the_gap_times_the_chance_that_it_works():
    lo, mode, hi = knowledge.load("actions")["A02"]["p_works"]
    first = proposed().iloc[0]
    assert first["value"] == pytest.approx(100_000 * (lo + mode + hi) / 3, rel=0.1)
    assert first["value_lo"] < first["value"] < first["value_hi"]


def test_a_gap_ten_times_as_large_is_told_apart_and_actions_on_one_gap_are_not():
    ranked = proposed().set_index("action_id")
    assert not ranked.loc["A02:G04:decision", "is_tied"]
    both = propose_actions(gaps(GAP_LIST.replace("G13:awareness    | G13   | awareness ", "G13:decision     | G13   | decision  ")), a_client(market="b2b"), empty(ACTIONS), Words("sv"))
    assert both.set_index("action_id").loc[["A03:G13:decision", "A05:G13:decision"], "is_tied"].all()


def test_what_nobody_has_filled_in_is_said():
    assert proposed().iloc[0]["missing"] == "owner,due_on"
    kept = proposed(agreed=agreed(owner="säljchef", kpi="klick", due_on=pd.Timestamp("2026-03-01")))
    assert pd.isna(kept.set_index("action_id").loc["A02:G04:decision", "missing"])


def test_an_agreed_action_replaces_its_proposal_and_keeps_its_words():
    kept = proposed(agreed=agreed(status="under_way")).set_index("action_id")
    assert kept.loc["A02:G04:decision", ["title", "status"]].tolist() == ["Knapp på prissidan", "under_way"]
    assert kept.loc["A02:G04:decision", "rank"] == 1
    assert len(kept) == len(proposed())


def test_an_agreed_action_stays_when_its_gap_is_gone():
    kept = proposed(GAP_LIST.replace("G04:decision     | G04   | decision      |         | found ", "G04:decision     | G04   | decision      |         | not_found"),
                    agreed())  # fmt: skip
    assert "A02:G04:decision" in set(kept["action_id"])


def test_an_agreed_action_on_a_check_belongs_to_the_gap_it_found():
    kept = proposed(agreed=agreed(action_id="brev", kind="A10", gap_id="G03", stage="")).set_index("action_id")
    assert kept.loc["brev", ["gap_id", "stage"]].tolist() == ["G03:loyalty", "loyalty"]
    assert "A10:G03:loyalty" not in kept.index


def test_a_rejected_action_is_kept_without_a_rank():
    kept = proposed(agreed=agreed(status="rejected")).set_index("action_id")
    assert pd.isna(kept.loc["A02:G04:decision", "rank"])
    assert kept.drop("A02:G04:decision")["rank"].notna().all()


def test_no_gaps_and_nothing_agreed_gives_no_actions():
    assert proposed(GAP_LIST.replace("| found ", "| not_found ")).empty


def test_the_same_seed_gives_the_same_ranking():
    pd.testing.assert_frame_equal(proposed(), proposed())


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_a_proposal_is_said_in_the_clients_language(language):
    client = a_client(language=language)
    entry = knowledge.load("actions")["A02"]
    first = proposed(language=language).iloc[0]
    assert first["title"] == entry["name"][language]
    assert say_action(first, Words(language), load_stage_model(client), client) == entry["text"][language]


def test_an_action_in_the_clients_own_words_is_said_in_them():
    client = a_client()
    kept = proposed(agreed=agreed()).iloc[0]
    assert say_action(kept, Words("sv"), load_stage_model(client), client) == "Knapp på prissidan"
