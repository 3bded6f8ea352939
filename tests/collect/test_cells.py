"""Dates, numbers and marks for nothing are read as people write them; what cannot be decided is asked for."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from journeylib.collect.values.amounts import detect_decimal, parse_numbers
from journeylib.collect.values.dates import decide_order, parse_moments
from journeylib.errors import SourceError


def moment(cell, order="D/M/Y", timezone="Europe/Stockholm") -> str | None:
    found = parse_moments(pd.Series([cell]), order=order, timezone=timezone).iloc[0]
    return None if pd.isna(found) else found.isoformat()


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2026-03-12", "2026-03-11T23:00:00+00:00"),
        ("2026-07-12 09:14", "2026-07-12T07:14:00+00:00"),
        ("2018-12-19T19:51:13.000Z", "2018-12-19T19:51:13+00:00"),
        ("2026-03-12 09:14:02 +0200", "2026-03-12T07:14:02+00:00"),
        ("20260312", "2026-03-11T23:00:00+00:00"),
        ("12/03/2026 09:14", "2026-03-12T08:14:00+00:00"),
        ("12-03-2026", "2026-03-11T23:00:00+00:00"),
        ("12.3.2026 kl. 09.14", "2026-03-12T08:14:00+00:00"),
        ("12/3/26", "2026-03-11T23:00:00+00:00"),
        ("2024-05-31 14.05.11", "2024-05-31T12:05:11+00:00"),
        ("Sep 22, 2018 13:45:18", "2018-09-22T11:45:18+00:00"),
        ("22 maj 2024", "2024-05-21T22:00:00+00:00"),
        ("1612137600", "2021-02-01T00:00:00+00:00"),
        ("1612137600123", "2021-02-01T00:00:00.123000+00:00"),
        ("1612137600123456", "2021-02-01T00:00:00.123456+00:00"),
        ("last week", None),
        ("2026-02-30", None),
        ("", None),
    ],
)
def test_a_date_is_read_in_every_form_exports_use(cell, utc):
    assert moment(cell) == utc


def test_american_dates_and_half_days():
    assert moment("3/12/2026 1:05 PM", "M/D/Y", "UTC") == "2026-03-12T13:05:00+00:00"
    assert moment("3/12/2026 12:05 AM", "M/D/Y", "UTC") == "2026-03-12T00:05:00+00:00"


def test_the_hour_that_occurs_twice_is_its_first_and_the_one_that_does_not_occur_moves_on():
    assert moment("2025-10-26 02:30") == "2025-10-26T00:30:00+00:00"
    assert moment("2026-03-29 02:30") == "2026-03-29T01:00:00+00:00"


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2026-01-02"], "Y-M-D"),
        (["03/04/2026", "13/04/2026"], "D/M/Y"),
        (["03/04/2026", "04/13/2026"], "M/D/Y"),
        (["03.04.2026"], "D/M/Y"),
        (["03/04/2026"], None),
        (["13/04/2026", "04/13/2026"], None),
    ],
)
def test_a_number_above_twelve_decides_the_order_and_nothing_else_does(cells, order):
    assert decide_order([pd.Series(cells)]) == order


def test_an_order_the_file_cannot_decide_is_asked_for(desk):
    desk.source("plain_events", "customer,date,what\nann,03/04/2025,call\n", "calls")
    with pytest.raises(SourceError) as error:
        desk.collect()
    assert str(error.value) == (
        "calls.csv: dates such as 03/04/2026 can be read day first or month first, and no cell decides. "
        "Say which under `dates:` of source 'calls': D/M/Y or M/D/Y."
    )
    desk.sources["calls"]["dates"] = "M/D/Y"
    assert desk.collect().journeys["started_at"].dt.month.tolist() == [3]


def test_another_column_of_the_file_may_decide_its_order(desk):
    desk.source("hubspot_deals", "Record ID,Deal Stage,Create Date,Close Date,Associated Company IDs\n1,Won,2025-03-04,,77\n")
    assert len(desk.collect().log) == 1


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1 234,50 kr", 1234.5), ("1\u00a0234,50", 1234.5), ("1\u202f234,50", 1234.5), ("12,5", 12.5), ("−3", -3), ("3,0 %", 0.03), ("1.234,50", 1234.5),
     ("NOK 340000", 340000), ("(12,5)", -12.5)],
)  # fmt: skip
def test_a_number_with_decimal_comma(cell, number):
    assert parse_numbers(pd.Series([cell]), ",").tolist() == [pytest.approx(number)]


@pytest.mark.parametrize(("cell", "number"), [("$1,234.00", 1234), ("1,234", 1234), ("2.5%", 0.025), ("0.674419", 0.674419), ("1.5E+3", 1500)])
def test_a_number_with_decimal_point(cell, number):
    assert parse_numbers(pd.Series([cell]), ".").tolist() == [pytest.approx(number)]


@pytest.mark.parametrize("mark", ["", "NULL", "N/A", "?", "-", "--", " --", "(not set)", "Select", "unknown", "abc"])
def test_a_mark_for_nothing_is_missing_and_never_zero(mark):
    assert math.isnan(parse_numbers(pd.Series([mark]), ".").iloc[0])


@pytest.mark.parametrize(
    ("cells", "separator", "decimal"),
    [(["12,5", "3"], ",", ","), (["12.5", "3"], ";", "."), (["1,234.50"], ",", "."), (["1.234,50"], ",", ","), (["1,234"], ",", "."), (["1.234"], ";", ",")],
)
def test_the_decimal_mark_is_the_one_the_cells_show(cells, separator, decimal):
    assert detect_decimal([pd.Series(cells)], separator) == decimal
