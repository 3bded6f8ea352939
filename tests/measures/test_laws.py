"""Laws every measure of the log keeps, whatever the log."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from journeylib.measures.contacts import rates
from journeylib.measures.funnel import funnel
from journeylib.measures.paths import exits, transitions
from journeylib.measures.timing import stage_times, time_curve
from journeylib.measures.touchpoints import channels, touchpoints
from tests.drawing import FIVE, SHORT, from_frame, stage_model

settings.register_profile("laws", max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")

ATOM = st.sampled_from([*SHORT, None])
EVENT = st.fixed_dictionaries({
    "journey": st.integers(0, 7), "atom": ATOM, "outcome": st.sampled_from([None, None, None, "won", "lost"]),
    "touchpoint": st.sampled_from(["ad", "visit", "call"]), "channel": st.sampled_from(["web", "phone", None]),
    "initiator": st.sampled_from(["customer", "company", None]),
})  # fmt: skip
THREE = stage_model("before: a1 a2 a3; during: a4; after: a5 a6 a7 a8 a9")
LIMITS = {"follow_up_days": 30, "silence_days": 20, "forgotten_months": 3}


@st.composite
def logs(draw):
    """Up to 40 events of up to 8 journeys of 4 units, each journey's at distinct moments."""
    drawn = draw(st.lists(EVENT, min_size=1, max_size=40))
    days = draw(st.lists(st.integers(0, 3000), min_size=len(drawn), max_size=len(drawn), unique=True))
    frame = pd.DataFrame(drawn).assign(day=[day / 10 for day in days])
    return frame.assign(unit="u" + (frame["journey"] % 4).astype(str))


def measures(drawn, **options):
    log, journeys, model = drawn
    return {
        "funnel": funnel(log, journeys, model, window_days=60, **options), "stage_times": stage_times(log, journeys, model, **options),
        "time_curve": time_curve(log, journeys, model, **options), "transitions": transitions(log, model, **options),
        "exits": exits(log, journeys, model, **options), "touchpoints": touchpoints(log, journeys, model, **options),
        "channels": channels(log, model, **options), "rates": rates(log, journeys, **LIMITS, **options),
    }  # fmt: skip


def same(left, right):
    for name, table in left.items():
        assert_frame_equal(table, right[name], obj=name)


@given(logs())
def test_outcomes_sum_to_starters(frame):
    table = funnel(*from_frame(frame), window_days=60)
    assert (table["n_reached"] == table["n_went_on"] + table["n_lost"] + table["n_open"]).all()
    assert (table["n_reached"] == table["n_followed"] + table["n_too_recent"]).all()
    assert (table["n_converted"] <= table["n_followed"]).all()
    times = stage_times(*from_frame(frame))
    assert (times["n_entered"] == times["n_went_on"] + times["n_lost"] + times["n_open"]).all()
    assert np.allclose(times["went_on_share"] + times["lost_share"] + times["open_share"], 1)


@given(logs())
def test_at_least_never_rises_along_the_stages(frame):
    table = funnel(*from_frame(frame)).query("semantics == 'at_least'")
    assert (table["n_reached"].astype(int).diff().dropna() <= 0).all()
    assert (table["n_went_on"].iloc[:-1].tolist() == table["n_reached"].iloc[1:].tolist()) is True


@given(logs())
def test_who_passed_in_order_touched_and_who_touched_reached_at_least(frame):
    table = funnel(*from_frame(frame)).pivot(index="stage", columns="semantics", values="n_reached")
    assert (table["in_order"] <= table["any"]).all()
    assert (table["any"] <= table["at_least"]).all()


@given(logs(), st.integers(1, 12))
def test_any_split_into_blocks_of_whole_journeys_gives_the_same(frame, n_rows):
    same(measures(from_frame(frame)), measures(from_frame(frame), n_rows=n_rows))


@given(logs(), st.integers(0, 5))
def test_the_order_of_rows_changes_nothing(frame, seed):
    same(measures(from_frame(frame)), measures(from_frame(frame.sample(frac=1, random_state=seed))))


@given(logs())
def test_the_names_of_customers_and_journeys_change_nothing(frame):
    renamed = frame.assign(journey=90 - 7 * frame["journey"], unit="x" + frame["unit"].str.translate(str.maketrans("0123", "2031")))
    same(measures(from_frame(frame)), measures(from_frame(renamed)))


@given(logs())
def test_the_names_of_touchpoints_and_channels_change_nothing_but_the_names(frame):
    swap = {"ad": "zebra", "visit": "ant", "call": "moth"}
    back = {name: old for old, name in swap.items()}
    mine, theirs = (measures(from_frame(one)) for one in (frame, frame.assign(touchpoint=frame["touchpoint"].map(swap))))
    for name in ("transitions", "exits", "touchpoints"):
        keys = [column for column in mine[name] if column in ("stage", "next_stage", "touchpoint", "next_touchpoint", "state")]
        named = theirs[name].assign(**{key: theirs[name][key].map(back).astype("string") for key in keys if key.endswith("touchpoint")})
        assert_frame_equal(*(table.sort_values(keys).reset_index(drop=True) for table in (mine[name], named)), check_dtype=False)
    same({name: mine[name] for name in ("funnel", "stage_times", "time_curve", "channels", "rates")}, theirs)


@given(logs())
def test_every_share_lies_between_0_and_1_and_within_its_interval(frame):
    for name, table in measures(from_frame(frame)).items():
        for share in [column for column in table if column in ("rate", "share") or column.endswith("_share")]:
            ends = [end for end in (share.replace("rate", "rate_lo"), share.replace("_share", "_lo"), "lo") if end in table and end != share][:1]
            values = [table[column].astype(float) for column in (share, *ends, *(f"{end[:-2]}hi" for end in ends))]
            assert all(one.dropna().between(0, 1).all() for one in values), (name, share)
            if ends and share != "open_share":
                assert ((values[1] <= values[0] + 1e-12) & (values[0] <= values[2] + 1e-12) | values[0].isna()).all(), (name, share)


@given(logs())
def test_funnel_and_time_come_from_the_same_matched_events(frame):
    """Who reached a stage without stopping there, or came back to it, went on at once; all others stand in both tables alike."""
    drawn = from_frame(frame)
    counted = funnel(*drawn).query("semantics == 'at_least'").set_index("stage")
    times = stage_times(*drawn).drop_duplicates("stage").set_index("stage")
    for stage, row in times.iterrows():
        at_once = counted.loc[stage, "n_reached"] - row["n_entered"]
        assert row["n_went_on"] == counted.loc[stage, "n_went_on"] - at_once >= 0
        assert (row["n_lost"], row["n_open"]) == (counted.loc[stage, "n_lost"], counted.loc[stage, "n_open"])
        touched = funnel(*drawn).query("semantics == 'any' and stage == @stage")["n_reached"].item()
        assert row["n_entered"] + row["n_returned"] == touched


@given(logs(), st.sampled_from([5.0, 30.0, 90.0]))
def test_where_everybody_was_followed_the_share_of_the_time_curve_is_the_rate_of_the_funnel(frame, window):
    drawn = from_frame(frame.assign(outcome=None), until=1000)
    counted = funnel(*drawn, window_days=window).query("semantics == 'at_least'").set_index("stage")
    for stage, row in stage_times(*drawn, horizons=[window]).set_index("stage").iterrows():
        at_once = counted.loc[stage, "n_reached"] - row["n_entered"]
        assert row["went_on_share"] * row["n_entered"] == pytest.approx(counted.loc[stage, "n_converted"] - at_once)


@given(logs())
def test_as_many_come_to_a_touchpoint_as_leave_it(frame):
    moved = transitions(*from_frame(frame)[::2]).groupby(["touchpoint", "next_touchpoint"])["n_transitions"].sum().reset_index()
    in_order = frame.sort_values("day").groupby("journey")["touchpoint"]
    for name, met in frame["touchpoint"].value_counts().items():
        came = moved.loc[moved["next_touchpoint"] == name, "n_transitions"].sum() + (in_order.first() == name).sum()
        left = moved.loc[moved["touchpoint"] == name, "n_transitions"].sum() + (in_order.last() == name).sum()
        assert came == left == met


@given(logs())
def test_twice_the_customers_are_twice_the_counts_and_the_same_rates(frame):
    twins = frame.assign(journey=frame["journey"] + 100, unit="twin " + frame["unit"])
    once, twice = measures(from_frame(frame)), measures(from_frame(pd.concat([frame, twins])))
    for name in ("funnel", "touchpoints", "channels", "transitions", "exits"):
        counts = [column for column in once[name] if column.startswith("n_")]
        assert_frame_equal(once[name][counts] * 2, twice[name][counts])
    assert_frame_equal(once["funnel"][["rate"]], twice["funnel"][["rate"]])
    assert_frame_equal(once["stage_times"][["went_on_share", "median_days"]], twice["stage_times"][["went_on_share", "median_days"]])
    assert_frame_equal(once["rates"][["measure", "rate"]], twice["rates"][["measure", "rate"]])
    assert (once["rates"]["n"] * 2).tolist() == twice["rates"]["n"].tolist()


@given(logs())
def test_a_coarser_model_counts_the_union(frame):
    fine, coarse = from_frame(frame, model=FIVE), from_frame(frame, model=THREE)
    known = frame.dropna(subset="atom")
    for stage, atoms in {"before": "a1 a2 a3", "during": "a4", "after": "a5 a6 a7 a8 a9"}.items():
        union = known.loc[known["atom"].isin(atoms.split()), "journey"].nunique()
        assert funnel(*coarse).query(f"semantics == 'any' and stage == '{stage}'")["n_reached"].item() == union
    shared = [table.query("semantics == 'at_least' and stage == @stage")["n_reached"].item()
              for table, stage in ((funnel(*fine), "decision"), (funnel(*coarse), "during"))]  # fmt: skip
    assert shared[0] == shared[1]


@given(logs())
def test_moves_and_events_are_conserved(frame):
    drawn = from_frame(frame)
    assert transitions(drawn.log, drawn.model)["n_transitions"].sum() == len(frame) - frame["journey"].nunique()
    assert touchpoints(*drawn)["n_events"].sum() == frame["atom"].notna().sum()
    assert exits(*drawn)["n_journeys"].sum() == frame.dropna(subset="atom")["journey"].nunique()
