"""What is bought next: shares drawn towards what sells most, judged on later purchases against naming that to everybody (M105)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from journeylib.predict.next_offer import best_weight, judge_pairs, next_offers, pairs_of_purchases
from tests.drawing import events

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def pairs(*runs):
    """Pairs `ab` with how many, one customer each, in turn in time."""
    rows = [pair for pair, n in runs for _ in range(n)]
    order = np.random.default_rng(1).permutation(len(rows))
    return pd.DataFrame({"unit": np.arange(len(rows)), "at_us": np.arange(len(rows)), "last_offer": ["abc".index(rows[i][0]) for i in order],
                         "next_offer": ["abc".index(rows[i][1]) for i in order]})  # fmt: skip


def judged(*runs):
    return judge_pairs(pairs(*runs), ("apple", "bread", "cheese"), np.random.default_rng(1))


def test_a_purchase_follows_the_one_before_of_the_same_customer():
    drawn = events("""
        journey | unit | day | atom | outcome | offer
        one     | ann  | 0   | a4   | won     | apple
        one     | ann  | 5   | a3   |         | cheese
        one     | ann  | 9   | a4   | won     | bread
        two     | ann  | 12  | a4   | won     | apple
        bea     | bea  | 3   | a4   | won     | apple
        bea     | bea  | 8   | a4   | won     |
    """)
    found = pairs_of_purchases(drawn.log, drawn.journeys)
    names = drawn.log.names["offer"]
    assert [(names[row.last_offer], names[row.next_offer]) for row in found.itertuples()] == [("apple", "bread"), ("bread", "apple")]


def test_things_bought_at_one_moment_are_one_purchase():
    drawn = events("""
        journey | day | atom | outcome | offer
        ann     | 0   | a4   | won     | apple
        ann     | 0   | a4   | won     | bread
        ann     | 9   | a4   | won     | cheese
    """)
    assert len(pairs_of_purchases(drawn.log, drawn.journeys)) == 1


def test_buyers_who_follow_a_pattern_are_foretold_better():
    found = judged(("ab", 80), ("ac", 20), ("ba", 80), ("bc", 20), ("ca", 40))
    assert (found.verdict, found.popular) == ("better", "apple")
    assert found.gain.value == pytest.approx(found.hits - found.popular_hits)
    assert found.gain.lo > 0
    row = found.table.set_index("last_offer").loc["apple"]
    assert (row["next_offer"], row["n"], row["n_next"]) == ("bread", 100, 80)
    assert 80 / 240 < row["share"] < 80 / 100  # drawn from its own share towards that of all


def test_buyers_without_a_pattern_are_not():
    found = judged(("aa", 60), ("ab", 30), ("ba", 60), ("bb", 30), ("ca", 60), ("cb", 30))
    assert (found.verdict, found.popular) == ("no_better", "apple")
    assert found.hits == pytest.approx(found.popular_hits)


def test_the_share_is_drawn_by_as_many_purchases_as_the_weight_says():
    found = judged(("ab", 80), ("ac", 20), ("ba", 80), ("bc", 20), ("ca", 40))
    counts = pd.DataFrame({0: [0, 80, 40], 1: [80, 0, 0], 2: [20, 20, 0]})
    m = best_weight(counts)
    assert found.table.set_index("last_offer").loc["apple", "share"] == pytest.approx((80 + m * 80 / 240) / (100 + m))


def test_the_weight_is_large_where_all_buy_alike_and_small_where_each_goes_its_way():
    assert best_weight(pd.DataFrame([[30, 15, 15], [28, 16, 16], [32, 14, 14]])) >= 300
    assert best_weight(pd.DataFrame([[58, 1, 1], [1, 58, 1], [1, 1, 58]])) <= 3


def test_a_few_repeat_purchases_are_too_few_and_offers_without_names_cannot_be_asked_about():
    assert judged(("ab", 20), ("ba", 20)).verdict == "too_few"
    drawn = events("journey | day | atom | outcome\nann | 0 | a4 | won\nann | 3 | a4 | won")
    assert next_offers(drawn.log, drawn.journeys, 1).verdict == "not_checkable"


def test_complete_journey_the_last_department_tells_no_more_than_that_most_buy_groceries():
    """Each basket by its dearest article: three in five are groceries whatever was bought before; the answer is 'no better', not a table of suggestions."""
    folder = DATA / "completejourney"
    if not folder.is_dir():
        pytest.skip("completejourney is not here: it lies in shared/data beside the project")
    bought = pd.read_parquet(folder / "transactions_sample.parquet", columns=["household_id", "basket_id", "product_id", "sales_value", "transaction_timestamp"])
    assert (bought["household_id"].nunique(), bought["basket_id"].nunique()) == (2_377, 47_243)
    bought = bought.merge(pd.read_parquet(folder / "products.parquet", columns=["product_id", "department"]), on="product_id").dropna(subset=["department"])
    baskets = bought.sort_values(["household_id", "transaction_timestamp", "basket_id", "sales_value"], ascending=[True, True, True, False]).drop_duplicates("basket_id")
    offer = pd.Categorical(baskets["department"])
    table = pd.DataFrame({"unit": pd.factorize(baskets["household_id"])[0], "at_us": baskets["transaction_timestamp"].astype("int64").to_numpy(), "next_offer": offer.codes.astype("int64")})
    table = table.assign(last_offer=table.groupby("unit")["next_offer"].shift()).dropna().astype({"last_offer": "int64"}).sort_values(["at_us", "unit"], ignore_index=True)
    found = judge_pairs(table, tuple(offer.categories), np.random.default_rng(1))
    later = table[table["at_us"] >= table["at_us"].quantile(2 / 3, interpolation="nearest")]
    assert (found.verdict, found.popular) == ("no_better", "GROCERY")
    assert found.popular_hits == pytest.approx((later["next_offer"] == list(offer.categories).index("GROCERY")).mean())
