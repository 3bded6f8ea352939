"""Nobody can work out a withheld group from the tables that are shown (practice C0 rule 4)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from journeylib.measures.contacts import rates
from journeylib.measures.content import coverage
from journeylib.measures.funnel import funnel
from journeylib.measures.paths import exits, transitions
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.measures.subtraction import Ledger, bounds, found_out, hide_what_tells
from journeylib.measures.timing import stage_times, time_curve
from journeylib.measures.totals import totals
from journeylib.measures.touchpoints import channels, touchpoints
from journeylib.schema import CONTENT, FUNNEL
from tests.drawing import from_frame, table
from tests.measures.auditor import audit

PERSONAS = ("cfo", "cio", "ceo")
ATOM_OF = ("a1", "a3", "a4", "a6", "a9")
CONTENT_ITEMS = "content_id | title | stage | persona | source\n1 | a | consideration | | s\n2 | b | decision | cio | s\n3 | c | loyalty | | s"


@st.composite
def clients(draw):
    """A client of up to 40 journeys, each with a persona or none, how far it came, what it met last, its offer and its end."""
    n, seed = draw(st.integers(6, 40)), draw(st.integers(0, 10**6))
    weights = draw(st.sampled_from([(1, 1, 1, 1), (6, 3, 1, 0), (20, 5, 1, 0), (1, 1, 0, 0)]))
    skipping = draw(st.sampled_from([0.0, 0.0, 0.15]))
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(n):
        persona = rng.choice(np.array([*PERSONAS, None], dtype=object), p=np.array(weights) / sum(weights))
        furthest = rng.choice(5, p=[0.25, 0.3, 0.2, 0.15, 0.1])
        offer = rng.choice(np.array(["cloud", "desk", "phone"], dtype=object), p=[0.7, 0.2, 0.1])
        end = rng.choice(np.array([None, "lost", "won"], dtype=object))
        for stage in range(furthest + 1):
            if stage < furthest and rng.random() < skipping:
                continue
            rows.append({"journey": f"{number:03d}", "day": 3 * stage + rng.random() * 2, "atom": ATOM_OF[stage], "touchpoint": str(rng.choice(["ad", "visit", "call", "order"])),
                         "channel": str(rng.choice(["web", "phone", "shop"])), "initiator": "customer", "persona": persona, "offer": offer, "customer_id": f"c{number}",
                         "outcome": end if stage == furthest else None})  # fmt: skip
    return from_frame(pd.DataFrame(rows))


def measured(drawn):
    log, journeys, model = drawn
    tables = {
        "funnel": funnel(log, journeys, model, window_days=30, personas=PERSONAS), "stage_times": stage_times(log, journeys, model), "time_curve": time_curve(log, journeys, model),
        "transitions": transitions(log, model), "exits": exits(log, journeys, model), "touchpoints": touchpoints(log, journeys, model), "channels": channels(log, model),
        "rates": rates(log, journeys, follow_up_days=30, silence_days=30, forgotten_months=3),
        "coverage": coverage(log, journeys, model, content=table(CONTENT_ITEMS, CONTENT), personas=PERSONAS, as_of=dt.date(2025, 12, 31)),
        "totals": totals(log, journeys),
    }  # fmt: skip
    return {name: frame for name, frame in tables.items() if len(frame)}


def has_k_journeys(drawn, k):
    """How many journeys a client has in all is no secret of the client's."""
    return len(drawn.journeys) >= k


@settings(max_examples=5, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(clients(), st.sampled_from([3, 5, 10]))
def test_no_group_under_k_can_be_worked_out_from_the_tables(drawn, k):
    assume(has_k_journeys(drawn, k))
    nothing_is_worked_out(drawn, k)


@pytest.mark.truth
def test_no_group_under_k_can_be_worked_out_from_the_tables_of_many_clients():
    assert sum(worked_out_of_many(200, measured, has_k_journeys)) == 0


def nothing_is_worked_out(drawn, k, of=measured, **asked):
    worked_out, wrong = _audited(drawn, k, of, asked)
    assert worked_out == {}
    assert wrong == []


def worked_out_of_many(n_clients, of, is_asked=lambda drawn, k: True, **asked) -> list[bool]:
    """Whether a withheld group can be worked out, for each of many drawn clients of 6 to 40 journeys and k up to 10: the hardest there are."""
    told = []

    @settings(max_examples=n_clients, derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(clients(), st.sampled_from([3, 5, 10]))
    def look(drawn, k):
        assume(is_asked(drawn, k))
        worked_out, wrong = _audited(drawn, k, of, asked)
        assert wrong == []
        told.append(bool(worked_out))

    look()
    print(f"{sum(told)} of {len(told)} drawn clients let a withheld group be worked out")
    return told


def _audited(drawn, k, of, asked):
    """What a reader can work out, and where the true size lies outside what the auditor says is possible."""
    whole = of(drawn)
    found = audit(withhold_small_groups(whole, k), whole, k, widths=False, **asked)
    return {key: told for key, told in found.items() if told[1] == told[2]}, [key for key, (true, lo, hi) in found.items() if not lo <= true <= hi]


@settings(max_examples=3, deadline=None)
@given(clients())
def test_what_is_shown_is_what_was_measured(drawn):
    whole = measured(drawn)
    for name, frame in withhold_small_groups(whole, 5).items():
        joined = frame.merge(whole[name].astype(frame.dtypes.to_dict()), how="left", on=[key for key in frame.columns if frame[key].notna().all() and key != "status"], suffixes=("", "_true"))
        assert len(joined) >= len(frame)
        assert joined.notna().any(axis=1).all()


def test_with_k_one_everything_is_shown():
    whole = measured(from_frame(pd.DataFrame([{"journey": "1", "day": 1, "atom": "a1", "touchpoint": "ad", "channel": "web", "persona": "cio", "customer_id": "c"}])))
    for name, frame in withhold_small_groups(whole, 1).items():
        pd.testing.assert_frame_equal(frame, whole[name].reset_index(drop=True))


# --- the rule, by hand -----------------------------------------------------------------------------------------------


def reached(**personas):
    """A funnel of one rule and two stages: `cio=(30, 12)` reached the first and the second."""
    rows = [("at_least", persona, stage, position, n, personas[persona][1] if position == 0 else 0) for persona in personas for position, (stage, n) in
            enumerate(zip(("look", "buy"), personas[persona], strict=True))]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["semantics", "persona", "stage", "position", "n_reached", "n_went_on"]).replace({"persona": {"all": ""}})
    return frame.assign(n_lost=0, n_open=frame["n_reached"] - frame["n_went_on"], n_followed=frame["n_reached"], n_converted=frame["n_went_on"], n_too_recent=0,
                        rate=frame["n_went_on"] / frame["n_reached"], rate_lo=0.0, rate_hi=1.0, n_units=frame["n_reached"], window_days=90.0, few=None)[list(FUNNEL.columns)]  # fmt: skip


def shown_reached(**personas):
    shown = withhold_small_groups({"funnel": reached(**personas)}, 5)["funnel"]
    return {(r.persona, r.stage): r.n_reached for r in shown.itertuples()}


def test_a_lone_small_persona_takes_the_next_smallest_along():
    shown = shown_reached(all=(60, 40), cio=(30, 28), cfo=(20, 9), ceo=(10, 3))
    assert shown == {("", "look"): 60, ("", "buy"): 40, ("cio", "look"): 30, ("cio", "buy"): 28, ("cfo", "look"): 20, ("ceo", "look"): 10}


def test_two_small_personas_hide_one_another_unless_their_sum_tells():
    assert ("cio", "buy") in shown_reached(all=(60, 33), cio=(30, 28), cfo=(20, 3), ceo=(10, 2))
    assert ("cio", "buy") in shown_reached(all=(60, 30), cio=(30, 28), cfo=(20, 1), ceo=(10, 1))  # 1 and 1, or 2 and none
    assert ("cio", "buy") not in shown_reached(all=(60, 36), cio=(30, 28), cfo=(20, 4), ceo=(10, 4))


def test_a_share_of_fewer_than_k_followed_is_not_shown():
    frame = reached(all=(60, 40)).assign(n_followed=[4, 0], n_converted=[2, 0], n_too_recent=[56, 40])
    shown = withhold_small_groups({"funnel": frame}, 5)["funnel"]
    assert shown["n_reached"].tolist() == [60, 40]
    assert shown.loc[0, ["n_followed", "n_converted", "n_too_recent", "rate"]].isna().all()


def test_a_sum_pins_a_lone_group_and_a_second_one_frees_it():
    ledger = Ledger(5)
    for name, n in {"small": 3, "next": 8, "large": 30}.items():
        ledger.group(name, n)
    ledger.seen("all", 41)
    ledger.equal("all", "small", "next", "large")
    assert found_out(ledger) == ["small"]
    assert hide_what_tells(ledger) == {"small", "next"}
    lo, hi = bounds(ledger)
    assert (lo["small"], hi["small"], lo["next"], hi["next"]) == (1, 4, 11 - 4, 11 - 1)


def test_a_group_between_two_shown_stages_of_one_size_hides_nothing_for_another():
    """`next` must be 9, for 9 came before and 9 after it: then `large` has to go as well."""
    ledger = Ledger(5)
    for name, n in {"small": 3, "next": 9, "large": 30, "before": 9, "after": 9}.items():
        ledger.group(name, n, is_spare=name in ("next", "large"))
    ledger.seen("all", 42)
    ledger.equal("all", "small", "next", "large")
    ledger.at_most("after", "next")
    ledger.at_most("next", "before")
    assert hide_what_tells(ledger) >= {"small", "next", "large"}
