"""Repeat journey not shorter (G33): whoever knows you already should not have to start all over again."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib.gaps import say_gap
from journeylib.schema import REPEATS, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.gaps.material import a_client, ask


def measured(*intervals, n=120, unseen=0, first=20.0):
    """Three rows of ratios, as (lo, hi) each; one interval stands for all three."""
    intervals = intervals if len(intervals) == 3 else intervals * 3
    rows = []
    for gap, (lo, hi) in zip((30.0, 60.0, 90.0), intervals, strict=True):
        ratio = None if lo is None else (lo * hi) ** 0.5
        rows.append({"gap_days": gap, "horizon_days": 300.0, "n": n - unseen, "n_first": 500, "n_first_bought": 200, "n_first_unseen": 0, "n_first_within": 200,
                     "n_later": n, "n_later_bought": n, "n_later_unseen": unseen, "n_later_within": n - unseen, "first_days": first,
                     "later_days": None if ratio is None else ratio * first, "ratio": ratio, "lo": lo, "hi": hi, "verdict": "not_established"})  # fmt: skip
    return check(pd.DataFrame(rows), REPEATS)


def asked(table, language="en"):
    client = a_client(language=language)
    row = ask("G33", client=client, repeats=table)["G33"]
    return row, say_gap(row, Words(language, "SEK"), load_stage_model(client), client).replace("\N{NO-BREAK SPACE}", " ")


def test_a_later_journey_as_long_as_the_first_is_a_gap():
    row, said = asked(measured((0.96, 1.1)))
    assert row["status"] == "found"
    assert said == "The repeat journey is not shorter than the first. The 120 repeat purchases took 21 days on average, against 20 days the first time."


def test_a_shorter_one_is_none_and_one_that_may_be_either_is_uncertain():
    assert asked(measured((0.5, 0.8)))[0]["status"] == "not_found"
    assert asked(measured((0.8, 1.2)))[0]["status"] == "uncertain"


def test_the_answer_stands_only_if_it_does_not_hang_on_what_silence_ends_a_try():
    assert asked(measured((0.5, 0.8), (0.5, 0.9), (0.7, 1.1)))[0]["status"] == "uncertain"


def test_where_nobody_buys_again_or_too_few_do_nothing_is_judged():
    assert ask("G33")["G33"]["reason"] == "gaps.G33.nobody_again"
    assert asked(measured((None, None), n=4))[0]["reason"] == "gaps.common.too_few"
    assert asked(measured((None, None), n=9))[0]["status"] == "uncertain"
    assert ask("G33", funnel=None)["G33"]["missing"] == "events"


def test_purchases_without_a_step_before_them_cannot_be_timed():
    row, said = asked(measured((None, None), unseen=100))
    assert (row["status"], said) == ("not_checkable", "Could not be checked, because most purchases show no steps before them.")


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_every_answer_can_be_said(language):
    for table in (measured((0.96, 1.1)), measured((0.5, 0.8)), measured((0.8, 1.2)), measured((None, None), unseen=100)):
        assert asked(table, language)[1].endswith(".")
