"""Before a run: what cannot be read is a mistake, and what is read and counts for nothing is said."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest

from journeylib.client import Client, Period, Source
from journeylib.collect import inspect_sources

HEAD = "customer,date,what\n"
ROWS = "c1,2025-03-01,visit\nc2,2025-04-01,order\n"


def inspect(tmp_path, text, fmt="plain_events", source=None, **given):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    client = Client(
        slug="acme", name="Acme", language="en", market="b2c", goal="more_loyalty", as_of=given.pop("as_of", dt.date(2026, 1, 15)), data_folder=tmp_path,
        params_file=tmp_path / "acme.yml", sources={"events": Source(**({"file": "a.csv", "format": fmt} | (source or {})))}, **given,
    )  # fmt: skip
    return inspect_sources(client)


RULES = ({"touchpoint": "visit", "atom": "a2_brand"}, {"touchpoint": "order", "atom": "a4_decide"})


def test_a_sheet_that_counts_needs_no_words(tmp_path):
    assert inspect(tmp_path, HEAD + ROWS, rules=RULES) == ([], [])


def test_events_no_rule_fits_are_said_with_the_commonest_of_them(tmp_path):
    assert inspect(tmp_path, HEAD + ROWS, rules=RULES[1:]) == ([], [])
    assert inspect(tmp_path, HEAD + ROWS + "c3,2025-03-01,visit\n", rules=RULES[1:]) == ([], [
        "a.csv: no rule fits 2 of 3 events, most often touchpoint 'visit'. Write a rule for it under `rules:`."])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        (HEAD, {}, "a.csv: has headings and no row."),
        (HEAD + ROWS, {"source": {"where": {"what": "paid"}}}, "a.csv: none of its 2 rows counts (did not meet the condition for what: 2)."),
        (HEAD + ROWS, {"as_of": dt.date(2001, 1, 1)}, "a.csv: every event lies after the data cut, as_of: 2001-01-01; the first is of 2025-03-01."),
        (HEAD + ROWS, {"period": Period(start=dt.date(2010, 1, 1), end=dt.date(2010, 12, 31))},
         "a.csv: every event lies outside the period 2010-01-01 to 2010-12-31; the file spans 2025-03-01 to 2025-04-01."),
    ],
)  # fmt: skip
def test_a_file_that_counts_for_nothing_is_said(tmp_path, text, given, said):
    assert inspect(tmp_path, text, rules=RULES, **given) == ([], [said])


def test_equal_rows_that_were_left_out_are_said(tmp_path):
    """CDNOW holds 255 of them, and 4,333 dollars."""
    text = HEAD + ROWS + "c1,2025-03-01,visit\n"
    assert inspect(tmp_path, text, rules=RULES) == ([], [
        "a.csv: 1 of 3 rows equal another in every cell and are left out. If they are real, say `duplicates: keep` on source 'events'."])  # fmt: skip
    assert inspect(tmp_path, text, rules=RULES, source={"duplicates": "keep"}) == ([], [])


def test_a_sheet_of_events_that_names_nobody_is_a_heading_to_name(tmp_path):
    assert inspect(tmp_path, "visitorx,date,what\nc1,2025-03-01,visit\n") == ([
        "sources.events: a.csv: no row names a customer, an account or a journey. Found: visitorx, date, what. "
        "Name the column under `columns:` of source 'events', as customer_id, account_id or journey_key."], [])  # fmt: skip


def test_dates_none_of_which_can_be_read_are_described_and_not_shown(tmp_path):
    assert inspect(tmp_path, HEAD + "c1,kl 12 maj,visit\nc2,soon,order\n") == ([
        "sources.events: a.csv: no date in column 'date' can be read; they look like 'aa 99 aaa', expected e.g. 2026-01-31, 31/01/2026 or 20260131. "
        "Name another column under `columns:` of source 'events', or set `dates:`."], [])  # fmt: skip


def test_dates_of_both_orders_in_one_file_are_told_from_dates_nobody_can_decide(tmp_path):
    assert inspect(tmp_path, HEAD + "c1,13/04/2025,visit\nc2,04/13/2025,order\n") == ([
        "sources.events: a.csv: some dates can only be read day first, others only month first. Export the file again in one order, "
        "or say under `dates:` of source 'events' which rows count: D/M/Y or M/D/Y; the others are left out and counted."], [])  # fmt: skip


def test_a_first_line_that_is_somebody_is_not_shown_as_headings(tmp_path):
    (said,), remarks = inspect(tmp_path, "anna@bageriet.example,2025-01-02,order\nbo@bageriet.example,2025-01-03,order\n")
    assert "anna@" not in said
    assert "Found: no headings, it seems, for the first line holds what looks like personal data." in said


DEALS = "Record ID,Deal Stage,Create Date,Close Date,Associated Company\n"


def test_an_export_saved_again_by_a_danish_excel_keeps_its_dates(tmp_path):
    """HubSpot writes the year first; a spreadsheet that saved the file writes the day first."""
    assert inspect(tmp_path, DEALS + "1,Closed won,14-03-2025 10:00,15-04-2025 10:00,Co\n", "hubspot_deals") == ([], [])


def test_an_export_whose_dates_a_spreadsheet_made_ambiguous_is_asked_about(tmp_path):
    (said,), _ = inspect(tmp_path, DEALS + "1,Closed won,04-03-2025 10:00,05-04-2025 10:00,Co\n", "hubspot_deals")
    assert said.endswith("and no cell decides. Say which under `dates:` of source 'events': D/M/Y or M/D/Y.")


@pytest.mark.parametrize("stage", ["Closed won", "Lukket og vundet", "Aftale indgået - vundet", "Stängd – vunnen", "Lukket vunnet"])
def test_a_deal_is_won_in_the_words_of_each_language(tmp_path, stage):
    from journeylib.collect.deliveries import deliver

    (tmp_path / "a.csv").write_text(DEALS + f"1,{stage},2025-03-14,2025-04-15,Co\n", encoding="utf-8")
    client = Client(slug="acme", name="Acme", language="da", market="b2b", goal="more_conversions", as_of=dt.date(2026, 1, 15), data_folder=tmp_path,
                    params_file=tmp_path / "acme.yml", sources={"deals": Source(file="a.csv", format="hubspot_deals")})  # fmt: skip
    (delivery,) = deliver(client, "deals")
    assert delivery.tables["events"]["touchpoint"].tolist() == ["deal_created", "deal_stage"]


def test_columns_set_with_blanks_are_asked_for_and_then_read(tmp_path):
    text = " customer  date  what\n c1 20250301   visit\n c2 20250401   order\n"
    (said,), _ = inspect(tmp_path, text)
    assert "Found: customer  date  what (read as one column: name its `separator:`)." in said
    assert inspect(tmp_path, text, rules=RULES, source={"separator": " "}) == ([], [])


def test_a_source_no_row_of_which_can_be_understood_is_a_mistake_with_a_way_out(tmp_path):
    lines = "".join(f" {number:05d} 19970{1 + number % 9}01  2   29.33\n" for number in range(60))
    source = {"headings": ("customer", "date", "n", "value"), "set": {"touchpoint": "order"}}
    problems, _ = inspect(tmp_path, lines, source=source)
    assert problems == ["sources.events: a.csv: none of its 60 rows counts (without a date: 60). Its lines have 4 parts with blanks between and were read as one column: "
                        "say `separator: \" \"` on source 'events'."]  # fmt: skip
    assert inspect(tmp_path, lines, source=source | {"separator": " "}, rules=RULES) == ([], [])


def test_of_a_workbook_the_sheet_is_named(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Møder"
    book.active.append(["customer", "date", "what"])
    book.save(tmp_path / "register.xlsx")
    assert inspect(tmp_path, "", source={"file": "register.xlsx", "sheet": "Møder"}) == ([], ["register.xlsx, sheet 'Møder' (source 'events'): has headings and no row."])


@pytest.mark.parametrize("text", ["Firmanavn;Segment;Domæne\nAcme A/S;small;acme.dk\n", "Virksomhed;Branche\nAcme A/S;small\n", "Selskap;Bransje\nAcme AS;small\n", "Company name;Industry\nAcme;small\n"])
def test_a_list_of_companies_without_persons_is_taken_and_said_to_be_one(tmp_path, text):
    assert inspect(tmp_path, text, fmt="customers") == ([], [
        "a.csv: a list of companies without persons: it tells which ids and domains are one company. What it says of persona, role and segment is not used, "
        "for those belong to a person."])  # fmt: skip


def test_a_list_of_nobody_says_what_it_might_name(tmp_path):
    problems, _ = inspect(tmp_path, "Navn;CVR\nAcme;12345678\n", fmt="customers")
    assert problems[0].startswith("sources.events: a.csv: no column for 'customer' or 'email' or 'account' (expected 'customer_id' or 'email address' or 'account_id'), so this is not")


def test_one_odd_date_among_clear_ones_is_named_by_its_column(tmp_path):
    clear = "".join(f"c{day},2025-03-{day:02d},order\n" for day in range(1, 10))
    (problem,), _ = inspect(tmp_path, HEAD + clear + "c10,2/1-97,order\n")
    assert problem.endswith("Say which under `dates:` of source 'events': D/M/Y or M/D/Y. Only 1 of its 10 dates is written so (1 in 'date'): you may mend them in the file instead.")
