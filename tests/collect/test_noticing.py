"""What a spreadsheet, a mail or two systems in one file did to cells is read where it can be, said with its number, and asked where it cannot."""

from __future__ import annotations

import datetime as dt
import re

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeylib.client import Client, Source
from journeylib.collect import inspect_sources
from journeylib.collect.deliveries import deliver
from journeylib.collect.inspection import inspect_each
from journeylib.collect.values import noticing
from journeylib.collect.values.amounts import Evidence, decimal_evidence, parse_numbers
from journeylib.collect.values.noticing import say_noticed
from journeylib.errors import SourceError
from journeylib.knowledge import load
from journeylib.wording import Words


def read(desk, text, **settings):
    desk.source("plain_events", text, "calls", **settings)
    return deliver(desk.client(timezone="Europe/Stockholm"), "calls")[0]


def values(delivery, column="value"):
    return delivery.tables["events"][column].tolist()


def dates(delivery):
    return [moment.tz_convert("Europe/Stockholm").strftime("%Y-%m-%d %H:%M") for moment in delivery.tables["events"]["occurred_at"]]


def asked(desk, text, **settings) -> str:
    with pytest.raises(SourceError) as error:
        read(desk, text, **settings)
    return str(error.value)


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1'234.50", 1234.5), ("1’234’567", 1234567), ("1.234.567", 1234567), ("499:-", 499), ("1 234,-", 1234), ("1.234,-", 1234), ("5-", -5), ("(1 234,50)", -1234.5),
     ("$(12.50)", -12.5), ("kr.12", 12), ("-$5", -5), ("1,234,567.891", 1234567.891), (",5", 0.5), ("12 of 34", None), ("0:01:46", None), ("1 2345", None),
     ("12.03.2026", None), ("=cmd|' /C calc'!A0", None), ("1e999", None)],
)  # fmt: skip
def test_an_amount_is_read_whatever_marks_surround_it_and_never_out_of_other_things(cell, number):
    found = parse_numbers(pd.Series([cell]), ",").iloc[0]
    assert (None if pd.isna(found) else found) == number


def test_a_point_among_commas_is_read_as_it_is_written_and_told(desk):
    found = read(desk, "customer;date;what;amount\na;2025-03-01;order;12,5\nb;2025-03-01;order;1 200,75\nc;2025-03-01;order;12.5\n")
    assert values(found) == [12.5, 1200.75, 12.5]  # and not 125
    assert found.noticed == {"mixed_decimal: amount": 1}


def test_numbers_that_contradict_each_other_leave_the_open_ones_to_be_asked_about(desk):
    text = "customer;date;what;amount\na;2025-03-01;order;12,5\nb;2025-03-01;order;12.5\nc;2025-03-01;order;1.234\n"
    assert asked(desk, text) == (
        "calls.csv: some numbers have a decimal comma, others a decimal point, so 1 such as 1,234 in column 'amount' can be read two ways. "
        "Say which under `decimal:` of source 'calls': ',' or '.'.")  # fmt: skip
    assert values(read(desk, text, decimal=",")) == [12.5, 12.5, 1234]
    assert values(read(desk, text, decimal=".")) == [12.5, 12.5, 1.234]


def test_numbers_nothing_decides_are_read_as_thousands_and_told(desk):
    found = read(desk, 'customer,date,what,amount\na,2025-03-01,order,"1,234"\n')
    assert (values(found), found.noticed) == ([1234], {"open_comma: amount": 1})


def test_what_is_no_number_is_missing_and_told(desk):
    found = read(desk, "customer,date,what,amount\na,2025-03-01,order,see note\nb,2025-03-01,order,5\nc,2025-03-01,order,#REF!\n")
    assert found.noticed == {"sheet_error: amount": 1, "unreadable_number: amount": 1}
    assert found.n_kept == 3


def test_evidence_counts_cells():
    assert decimal_evidence(pd.Series(["1,5", "1,5", "2.5", "1.234", "7", None])) == Evidence(2, 1, 1)


# --- dates ----------------------------------------------------------------------------------------------------------


def test_day_numbers_of_a_spreadsheet_are_dates_and_told(desk):
    found = read(desk, "customer,date,what\na,45658,order\nb,45658.75,order\n")
    assert (dates(found), found.noticed) == (["2025-01-01 00:00", "2025-01-01 18:00"], {"serial_date: date": 2})


def test_day_numbers_among_dates_are_not_trusted_for_day_and_month_may_have_changed_places(desk):
    found = read(desk, "customer,date,what\na,13/04/2025,order\nb,45751,order\n")
    assert (found.n_kept, found.reasons, found.noticed) == (1, {"bad_moment": 1}, {"stray_serial_date: date": 1})


def test_several_forms_in_one_column_are_read_each_by_its_own_and_told(desk):
    found = read(desk, "customer,date,what\na,2025-04-13,order\nb,13/04/2025,order\nc,13 april 2025,order\nd,2025-04-14,order\n")
    assert dates(found) == ["2025-04-13 00:00"] * 3 + ["2025-04-14 00:00"]
    assert found.noticed == {"several_forms: date": 2}


@pytest.mark.parametrize(("first", "then"), [("03/04/2025", "04/03/2025"), ("3.4.2025", "13/4/2025"), ("13/04/2025", "04/13/2025")])
def test_an_order_is_asked_for_only_where_no_cell_decides_it(desk, first, then):
    text = f"customer,date,what\na,{first},order\nb,{then},order\n"
    if first == "3.4.2025":
        assert dates(read(desk, text)) == ["2025-04-03 00:00", "2025-04-13 00:00"]
    else:
        assert "`dates:` of source 'calls'" in asked(desk, text)


def test_years_of_two_digits_are_told_and_where_they_may_stand_first_it_is_asked(desk):
    found = read(desk, "customer,date,what\na,13/04/25,order\n")
    assert (dates(found), found.noticed) == (["2025-04-13 00:00"], {"short_year: date": 1})
    text = "customer,date,what\na,25-03-04,order\nb,25-04-05,order\n"
    assert asked(desk, text) == ("calls.csv: dates such as 26-03-04 can begin with the year or with the day, and no cell decides. "
                                 "Say which under `dates:` of source 'calls': Y-M-D or D/M/Y.")  # fmt: skip
    assert dates(read(desk, text, dates="Y-M-D")) == ["2025-03-04 00:00", "2025-04-05 00:00"]
    assert dates(read(desk, text, dates="D/M/Y")) == ["2004-03-25 00:00", "2005-04-25 00:00"]


def test_many_days_of_few_years_tell_where_the_year_stands(desk):
    lines = "".join(f"c{day},25-03-{day:02d},order\n" for day in range(1, 29))
    assert dates(read(desk, "customer,date,what\n" + lines))[27] == "2025-03-28 00:00"
    lines = "".join(f"c{day},{day:02d}-03-25,order\n" for day in range(1, 29))
    assert dates(read(desk, "customer,date,what\n" + lines))[27] == "2025-03-28 00:00"


def test_the_zone_in_a_cell_counts_and_a_mixture_is_told(desk):
    found = read(desk, "customer,date,what\n" + "".join(f"c{i},{cell},order\n" for i, cell in enumerate(
        ["2025-07-01 12:00", "2025-07-01T12:00:00+02:00", "2025-07-01T10:00:00Z", "2025-07-01 12:00 CEST", "2025-07-01 12:00+02", "2025-07-01 12:00 GMT+0200"])))  # fmt: skip
    assert dates(found) == ["2025-07-01 12:00"] * 6
    assert found.noticed == {"some_zones: date": 5}
    assert (found.timezone, found.dates) == ("Europe/Stockholm", "Y-M-D")


def test_a_zone_of_several_meanings_is_not_read(desk):
    found = read(desk, "customer,date,what\na,2025-07-01 12:00 CST,order\nb,2025-07-01 12:00,order\n")
    assert found.reasons == {"bad_moment": 1}


def test_the_first_day_of_1970_and_the_end_of_time_are_no_dates(desk):
    found = read(desk, "customer,date,what\n" + "".join(f"c{i},{cell},order\n" for i, cell in enumerate(
        ["1970-01-01", "0001-01-01", "1900-01-01", "9999-12-31", "0000-00-00", "2025-03-01"])))  # fmt: skip
    assert (found.n_kept, found.reasons) == (1, {"bad_moment": 5})
    assert found.noticed == {"no_real_date: date": 4}


# --- ids ------------------------------------------------------------------------------------------------------------


def test_ids_a_spreadsheet_rounded_are_nobody_and_told(desk):
    found = read(desk, "customer,date,what\n1.23E+15,2025-03-01,order\n\"1,23E+15\",2025-03-01,call\nb,2025-03-01,order\n")
    assert (found.n_kept, found.reasons, found.noticed) == (1, {"no_customer": 2}, {"rounded_id: customer": 2})


def test_guards_are_taken_off_ids(desk):
    found = read(desk, "customer,date,what\n'0070,2025-03-01,order\n\"=\"\"0071\"\"\",2025-03-01,order\n'+46701234567,2025-03-01,order\n")
    assert values(found, "customer_id") == ["customer:0070", "customer:0071", "customer:+46701234567"]
    assert found.noticed == {"guarded: customer": 3}


def test_long_ids_that_all_end_in_zeros_are_told(desk):
    found = read(desk, "customer,date,what\n1234567890123450000,2025-03-01,order\n1234567890123460000,2025-03-01,order\n")
    assert found.noticed == {"long_id: customer": 2}
    assert read(desk, "customer,date,what\n1234567890123456789,2025-03-01,order\n1234567890123456788,2025-03-01,order\n").noticed == {}


def test_a_workbook_keeps_ids_written_as_text_and_tells_those_it_rounded(desk, tmp_path):
    book = openpyxl.Workbook()
    for row in (["customer", "date", "what", "amount"], ["1234567890123456789", "2025-03-01", "order", 1.234], [1.2345678901234568e18, "2025-03-01", "order", 12.5],
                [42.0, dt.datetime(2025, 3, 1, 10), "order", 3], ["x", "2025-03-01", "order", "=1+1"]):  # fmt: skip
        book.active.append(row)
    book.create_sheet("Second").append(["something"])
    book.save(tmp_path / "a.xlsx")
    desk.source("plain_events", (tmp_path / "a.xlsx").read_bytes(), "calls", file="calls.xlsx")
    found = deliver(desk.client(), "calls")[0]
    assert values(found, "customer_id") == ["customer:1234567890123456789", "customer:42", "customer:x"]
    assert found.tables["events"]["value"].iloc[:2].tolist() == [1.234, 3]
    assert found.noticed == {"lost_formula": 1, "other_sheet": 1, "rounded_id: customer": 1}


# --- what is said ---------------------------------------------------------------------------------------------------


def test_a_formula_is_text_and_told(desk):
    found = read(desk, "customer,date,what,detail\n=cmd|' /C calc'!A0,2025-03-01,order,@SUM(A1)\n")
    assert (found.noticed, found.n_kept) == ({"formula: customer": 1}, 1)


def test_check_says_how_a_file_was_read_and_what_is_to_know(tmp_path):
    (tmp_path / "a.csv").write_bytes("customer;date;what;amount;amount\n'07;13/04/2025;köp;12,5;x\n1.23E+15;14/04/2025;köp;1,5;y\n".encode("cp1252"))
    source = Source(file="a.csv", format="plain_events")
    client = Client(slug="acme", name="Acme", language="sv", market="b2c", goal="more_loyalty", timezone="Europe/Stockholm", as_of=dt.date(2026, 1, 15), data_folder=tmp_path,
                    params_file=tmp_path / "acme.yml", sources={"calls": source}, rules=({"touchpoint": "köp", "atom": "a4_decide"},))  # fmt: skip
    (seen,) = inspect_each(client)
    assert seen.read_as == ("cp1252, parted by ';', decimal mark ,, dates as D/M/Y, times without a zone in Europe/Stockholm",)
    assert seen.remarks == (
        "a.csv: 1 cell in 'customer' had an apostrophe or equals sign in front to guard its digits. The guard was taken off.",
        "a.csv: 1 id in 'customer' was rounded by a spreadsheet (1.23E+15). Its digits are gone: export again and do not open the file on the way.",
        "a.csv: The heading 'amount' stands over 1 more column. The first is used.",
        "a.csv: 1 of 2 rows cannot be used (without a customer: 1).",
    )
    (tmp_path / "a.csv").write_text("id;name;value;status\n1;A;5;Vunnen\n", encoding="utf-8")
    client = client.model_copy(update={"sources": {"deals": Source(file="a.csv", format="lime_deals")}})
    assert inspect_sources(client)[1] == [
        "a.csv: no column says when, so none of its 1 rows can be placed in time. Ask for the export with a date, e.g. 'created' or 'createdtime' or 'Skapad den' or 'Skapad'; "
        "or name the column under `columns:` of source 'deals', as occurred_at."]  # fmt: skip


def test_the_data_sheet_holds_what_was_noticed(desk):
    desk.source("plain_events", "customer,date,what\n'07,13/04/2025,order\n", "calls")
    sheet = desk.collect().sources.iloc[0]
    assert (sheet["dates"], sheet["timezone"], sheet["noticed"]) == ("D/M/Y", "UTC", "guarded: customer: 1")


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_everything_noticed_has_a_sentence_in_four_languages(language):
    texts = load("messages/reading")["noticed"]
    assert all({"sv", "da", "nb", "en"} == set(text) for text in texts.values())
    for code in texts:
        (said,) = say_noticed({f"{code}: Kund": 2}, Words(language))
        assert said.endswith(".")
        assert "{" not in said


def test_one_of_several_tables_of_a_report_can_be_named(desk):
    text = "# Start date: 20260801\n# End date: 20260831\nSession source,Sessions\ngoogle,10\n\n# Start date: 20260801\n# End date: 20260831\nCountry,Sessions\nSweden,7\nNorway,3\n"
    desk.source("ga4_report", text)
    first = deliver(desk.client(), "ga4_report")[0]
    assert (first.tables["campaign_stats"]["name"].tolist(), first.noticed) == (["google"], {"other_table": 1})
    desk.source("ga4_report", text, sheet="Country")
    assert deliver(desk.client(), "ga4_report")[0].tables["campaign_stats"]["name"].tolist() == ["Sweden", "Norway"]
    desk.source("ga4_report", text, sheet="City")
    with pytest.raises(SourceError) as error:
        deliver(desk.client(), "ga4_report")
    assert str(error.value) == "ga4_report.csv: no table begins with the heading 'City'. Tables begin with: Session source, Country. Name one under `sheet:`."


def test_one_of_several_lists_of_a_json_file_is_named(desk):
    text = '{"events": [{"customer": "a", "date": "2025-03-01", "what": "order"}], "users": [{"id": 1}]}'
    desk.source("plain_events", text, "calls", file="calls.json")
    with pytest.raises(SourceError) as error:
        deliver(desk.client(), "calls")
    assert str(error.value) == "calls.json: holds 2 lists of records: events, users. Name one under `sheet:`."
    desk.source("plain_events", text, "calls", file="calls.json", sheet="events")
    assert deliver(desk.client(), "calls")[0].n_kept == 1


@given(cell=st.from_regex(noticing._PLAIN, fullmatch=True))
def test_a_cell_passed_over_as_plain_is_worth_no_look(cell):
    assert not re.match(noticing._WORTH_A_LOOK, cell)
