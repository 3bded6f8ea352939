"""First and later journeys on one clock (C13)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.measures.repeats import compare, repeats
from journeylib.measures.time_to_purchase import bought_within, common_horizon, draw_curves, drawn_means, drawn_medians
from tests.drawing import events


def simulated(rng, n, *, factor=1.0, mean=60.0, pause=30.0, until=365.0, share=0.8) -> pd.DataFrame:
    """Tries of n units in one year: a first journey, then a pause, then (for a share) a later one `factor` times as long."""
    started = rng.uniform(0, 0.7 * until, n)
    took = rng.gamma(2.0, mean / 2, n)
    again = started + took + rng.exponential(pause, n)
    later = rng.gamma(2.0, mean / 2, n) * factor
    frames = [pd.DataFrame({"unit": np.arange(n), "no": 1, "at": started, "took": took}),
              pd.DataFrame({"unit": np.arange(n), "no": 2, "at": again, "took": later})[(rng.random(n) < share) & (again < until)]]  # fmt: skip
    tries = pd.concat(frames, ignore_index=True)
    is_bought = tries["at"] + tries["took"] <= until
    return tries.assign(days=np.where(is_bought, tries["took"], until - tries["at"]), end=is_bought.astype(int), followed_days=until - tries["at"],
                        n_steps=5, is_bought=is_bought, is_unseen=False)  # fmt: skip


def naive_ratio(tries):
    """Medians of completed journeys: what one gets who does not know better."""
    bought = tries[tries["is_bought"]]
    return bought.loc[bought["no"] == 2, "took"].median() / bought.loc[bought["no"] == 1, "took"].median()


def test_slow_journeys_cut_short_by_the_data_cut_do_not_make_later_ones_look_quick():
    tries = simulated(np.random.default_rng(1), 8000)
    row, _ = compare(tries, 60, np.random.default_rng(2))
    assert naive_ratio(tries) < 0.94
    assert row["lo"] < 1 < row["hi"]
    assert row["ratio"] == pytest.approx(1, abs=0.05)
    assert row["verdict"] == "not_established"


def test_a_later_journey_of_two_thirds_is_found_shorter():
    row, curve = compare(simulated(np.random.default_rng(3), 4000, factor=2 / 3), 60, np.random.default_rng(4))
    assert row["verdict"] == "shorter"
    assert row["ratio"] == pytest.approx(2 / 3, abs=0.08)
    assert curve.groupby("journeys")["share"].max().to_dict() == {"first": 1.0, "later": 1.0}


def test_a_longer_horizon_never_shortens_the_mean():
    tries = simulated(np.random.default_rng(5), 500)
    means = [bought_within(tries["days"], tries["end"], horizon).mean_days for horizon in (10, 30, 60, 120, 240)]
    assert means == sorted(means)


def test_with_everybody_followed_to_the_end_the_mean_is_the_plain_mean():
    days = np.array([3.0, 5, 8, 8, 12])
    assert bought_within(days, np.ones(5, int), 20).mean_days == pytest.approx((3 + 5 + 8 + 8 + 12) / 5)
    assert bought_within(days, np.ones(5, int), 8).mean_days == pytest.approx((3 + 5 + 8 + 8) / 4)


def test_the_draws_spread_around_the_estimate():
    tries = simulated(np.random.default_rng(6), 600)
    first = tries[tries["no"] == 1]
    draws = draw_curves(first["unit"], np.zeros(len(first), int), first["days"], first["end"], 200, np.random.default_rng(7))
    bought = bought_within(first["days"], first["end"], 200)
    assert drawn_means(draws)[:, 0].mean() == pytest.approx(bought.mean_days, rel=0.01)
    assert np.median(drawn_medians(draws)[:, 0]) == pytest.approx(np.interp(0.5, bought.curve, bought.at), rel=0.05)
    plain = first.loc[(first["end"] == 1) & (first["days"] <= 200), "days"]
    assert drawn_means(draws)[:, 0].std() == pytest.approx(plain.std() / len(plain) ** 0.5, rel=0.35)


def test_the_horizon_is_one_enough_journeys_of_both_kinds_could_be_followed_for():
    assert common_horizon([np.arange(100.0), np.arange(50.0)]) == 40
    assert common_horizon([np.arange(100.0), np.arange(5.0)]) == 0


def test_a_later_journey_begins_with_the_first_step_of_evaluation_after_a_purchase():
    drawn = events("""
        journey | day  | atom | touchpoint | initiator | outcome
        ann     | 0    | a1   | blog       | customer  |
        ann     | 5    | a3   | prices     | customer  |
        ann     | 9    | a3   | letter     | company   |
        ann     | 15   | a4   | order      | customer  | won
        ann     | 15.01| a4   | cart       | customer  |
        ann     | 100  | a7   | use        | customer  |
        ann     | 200  | a3   | prices     | customer  |
        ann     | 204  | a8   | order      | customer  | won
        bo      | 0    | a4   | order      | customer  | won
    """)
    row = repeats(drawn.log, drawn.journeys)["repeats"].set_index("gap_days").loc[60]
    assert row[["n_first", "n_first_bought", "n_first_unseen", "n_later", "n_later_bought", "n_later_unseen"]].tolist() == [2, 2, 1, 1, 1, 0]


def test_a_silence_ends_a_try_and_a_new_step_begins_another():
    drawn = events("""
        journey | day | atom | touchpoint | initiator | outcome
        ann     | 0   | a4   | order      | customer  | won
        ann     | 100 | a3   | prices     | customer  |
        ann     | 145 | a3   | prices     | customer  |
        ann     | 150 | a8   | order      | customer  | won
    """)
    n_later = repeats(drawn.log, drawn.journeys)["repeats"].set_index("gap_days")["n_later"]
    assert n_later.to_dict() == {30: 2, 60: 1, 90: 1}


def test_where_nobody_buys_again_there_is_no_table():
    drawn = events("journey | day | atom | touchpoint | outcome\nann | 0 | a3 | prices |\nann | 4 | a4 | order | won")
    assert repeats(drawn.log, drawn.journeys)["repeats"].empty


def test_any_split_into_blocks_and_any_order_gives_the_same():
    rng = np.random.default_rng(8)
    lines = ["journey | day | atom | touchpoint | initiator | outcome"]
    for i in range(60):
        for at in np.sort(rng.uniform(0, 300, 6)):
            won = rng.random() < 0.4
            lines.append(f"u{i:02d} | {at:.3f} | {'a4' if won else 'a3'} | {'order' if won else 'prices'} | customer | {'won' if won else ''}")
    drawn = events("\n".join(lines))
    whole, parts = (repeats(drawn.log, drawn.journeys, seed=1, n_rows=n) for n in (10**6, 7))
    for name in whole:
        pd.testing.assert_frame_equal(whole[name], parts[name])
