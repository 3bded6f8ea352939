"""Groups smaller than k are suppressed, also by subtraction."""

from journeylib.measures.small_groups import withhold_small_groups
from journeylib.schema import COVERAGE, EXITS, FUNNEL, RATES
from tests.drawing import table

EXIT_ROWS = """
    stage | touchpoint | state | n_journeys | share | median_silent_days
    buy   | order      | won   | 40         | 0.80  | 3
    buy   | refund     | won   | 7          | 0.14  | 3
    buy   | ticket     | won   | 3          | 0.06  | 3
    look  | page_view  | open  | 20         | 0.77  | 3
    look  | email_open | open  | 4          | 0.15  | 3
    look  | call       | open  | 2          | 0.08  | 3
"""


def test_a_group_under_k_is_left_out_and_a_lone_one_takes_the_next_smallest_along():
    shown = withhold_small_groups({"exits": table(EXIT_ROWS, EXITS)}, k=5)["exits"]
    assert shown["touchpoint"].tolist() == ["order", "page_view"]


def test_how_few_of_a_large_group_did_something_is_a_finding():
    rates = table("""
        measure | group | n  | n_yes | rate | n_units
        repeat  | all   | 80 | 3     | 0.04 | 80
        repeat  | cloud | 4  | 1     | 0.25 | 4
    """, RATES)  # fmt: skip
    assert withhold_small_groups({"rates": rates}, k=5)["rates"]["n"].tolist() == [80]


def test_a_coverage_cell_keeps_its_content_and_hides_how_few_are_there():
    coverage = table("""
        stage | persona | n_content | n_activities | n_owned | n_customers | demand_share | supply_share | ratio_lo | ratio_hi | status
        look  | cio     | 2         | 1            | 1       | 3           | 0.1          | 0.5          | 0.2      | 0.9      | covered
        look  | cfo     | 0         | 1            | 1       | 60          | 0.9          | 0.0          | 0.0      | 0.1      | hole
    """, COVERAGE)  # fmt: skip
    shown = withhold_small_groups({"coverage": coverage}, k=5)["coverage"]
    assert shown["n_customers"].tolist()[1] == 60
    assert shown.loc[0, ["n_customers", "demand_share", "ratio_lo", "ratio_hi"]].isna().all()
    assert shown.loc[0, "n_content"] == 2


def test_how_many_went_on_is_withheld_where_it_is_the_size_of_a_small_group():
    funnel = table("""
        semantics | persona | stage | position | n_reached | n_went_on | n_lost | n_open | n_followed | n_converted | n_too_recent | rate | n_units
        at_least  | all     | look  | 0        | 40        | 9         | 20     | 11     | 40         | 9           | 0            | 0.22 | 40
        at_least  | all     | buy   | 1        | 9         | 3         | 4      | 2      | 9          | 3           | 0            | 0.33 | 9
        at_least  | all     | love  | 2        | 3         | 0         | 0      | 3      | 0          | 0           | 3            |      | 0
    """, FUNNEL)  # fmt: skip
    shown = withhold_small_groups({"funnel": funnel}, k=5)["funnel"].set_index("stage")
    assert list(shown.index) == ["look", "buy"]
    assert shown.loc["look", ["n_went_on", "n_lost", "n_open"]].tolist() == [9, 20, 11]
    assert shown.loc["buy", ["n_went_on", "n_lost", "n_open", "rate"]].isna().all()
