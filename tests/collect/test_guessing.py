"""Which format a file is in: guessed by its headings and its rows, with how sure that is and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from journeylib.cli import app
from journeylib.collect import guess_format
from journeylib.collect.suggestions import say_file, say_guesses, suggest_instead, suggest_missing

FIXTURES = Path(__file__).parent / "fixtures"
GENERIC = {"plain_events.hotjar.csv", "search_console_queries.xx.csv"}
CONNECTORS = {
    "ga4_export/event_data": "ga4_events", "hubspot/company_data": "hubspot_companies", "hubspot/ticket_data": "hubspot_tickets",
    "hubspot/email_event_data": "hubspot_email_events", "intercom/conversation_history_data": "intercom_conversations", "klaviyo/event": "klaviyo_events",
    "lime_csv_template/deals": "lime_deals", "lime_csv_template/organizations": "lime_companies", "lime_csv_template/persons": "lime_persons",
    "linkedin_ads/linkedin_ad_analytics_by_campaign_data": "linkedin_ads", "mailchimp/campaign_recipient_activity": "mailchimp_activity",
    "mailchimp/member": "mailchimp_audience", "salesforce/sf_opportunity_data": "salesforce_opportunities", "salesforce/sf_lead_data": "salesforce_leads",
    "salesforce/sf_account_data": "salesforce_accounts", "zendesk/ticket_data": "zendesk_tickets",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(path for path in FIXTURES.iterdir() if path.name not in GENERIC), ids=lambda path: path.name)
def test_every_layout_is_known_by_its_headings(path):
    best = guess_format(path)[0]
    assert (best.format, best.sureness) == (path.name.split(".")[0], "sure")


@pytest.mark.parametrize("name", sorted(GENERIC))
def test_a_file_no_format_knows_is_said_to_be_that(name):
    assert guess_format(FIXTURES / name) == []
    assert "No format knows the headings" in say_guesses(FIXTURES / name, [])


@pytest.mark.parametrize("name", CONNECTORS)
def test_true_headings_of_connectors_are_known(shared, name):
    assert guess_format(shared / "connector_schemas" / f"{name}.csv")[0].format == CONNECTORS[name]


@pytest.mark.parametrize(("name", "format"), [
    ("surveys_fivethirtyeight/StarWars.csv", "surveymonkey_survey"), ("surveys_fivethirtyeight/flying-etiquette.csv", "surveymonkey_survey"),
    ("snowplow_web_events/snowplow_web_events.csv", "snowplow_events"), ("online_retail/online_retail.parquet", "orders_lines"),
    ("upworthy_google_analytics/2013.01.01-2015.04.30-daily-users-info.csv", "universal_analytics"),
])  # fmt: skip
def test_real_files_are_known(shared, name, format):
    best = guess_format(shared / name)[0]
    assert best.format == format
    assert best.sureness != "unsure"


def test_what_is_said_of_a_file_can_be_pasted():
    path = FIXTURES / "salesforce_report.csv"
    assert say_guesses(path, guess_format(path, most=1)) == (
        "salesforce_report.csv is a Salesforce report of opportunities (salesforce_report): sure, 0.93 of 1.\n"
        "  14 of 14 headings are known, 'Opportunity Name', 'Opportunity Owner', 'Fiscal Period' to this format alone.\n"
        "  2 of 2 rows give events.\n"
        "\n"
        "sources:\n"
        "  salesforce_report:\n"
        "    file: salesforce_report.csv\n"
        "    format: salesforce_report\n"
    )


def test_a_survey_comes_with_its_questions_to_fill_in():
    block = guess_format(FIXTURES / "surveymonkey_survey.csv")[0].block
    assert "      'What was hard?': {row: problem}" in block
    assert "Respondent ID" not in block


def test_dates_nobody_can_order_are_asked_about(desk):
    path = desk.file("list.csv", "Customer,Date,Event\n7,03/04/2026,Demo\n8,05/04/2026,Call\n")
    best = guess_format(path)[0]
    assert best.format == "plain_events"
    assert "    dates: D/M/Y  # or M/D/Y\n" in best.block


def test_a_first_line_that_is_a_customers_row_is_not_shown(desk):
    path = desk.file("list.csv", "ann@acme.example,2026-01-02,Name\nbo@acme.example,2026-01-03,Name\n")
    assert "ann@acme.example" not in say_guesses(path, guess_format(path))


def test_a_source_with_the_wrong_format_is_told_the_right_one(desk):
    desk.source("shopify_orders", (FIXTURES / "klaviyo_events.csv").read_bytes(), "orders")
    (said,) = suggest_instead(desk.client(), ["sources.orders: orders.csv: no column for 'order'"])
    assert said.startswith("orders.csv is a Klaviyo export of events (klaviyo_events): sure")
    assert suggest_instead(desk.client(), []) == []


def test_a_source_without_a_format_is_told_one(desk):
    desk.file("tickets.csv", (FIXTURES / "zendesk_tickets.newer.csv").read_bytes())
    params = desk.folder / "acme.yml"
    params.write_text("sources:\n  tickets: {file: tickets.csv}\n", encoding="utf-8")
    (said,) = suggest_missing(params, desk.folder / "data")
    assert "format: zendesk_tickets" in said


def test_the_command_guesses_files():
    shown = CliRunner().invoke(app, ["check", "--guess", str(FIXTURES / "meta_ads.csv")])
    assert shown.exit_code == 0
    assert "meta_ads.csv is a Meta report of campaigns (meta_ads): sure" in shown.output


def test_each_sheet_of_a_workbook_is_guessed(desk):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Behov"
    book.active.append(["Behov", "Fas", "Målgrupp"])
    book.active.append(["Veta vad det kostar", "", ""])
    book.create_sheet("Sökord").append(["Sökord", "Sökvolym", "Egen position"])
    book["Sökord"].append(["crm pris", 880, 7])
    path = desk.folder / "data" / "listor.xlsx"
    book.save(path)
    said = say_file(path)
    assert "listor.xlsx, sheet 'Behov', is a register of needs (needs_register)" in said
    assert "    format: keywords_register\n    sheet: Sökord\n" in said


def test_columns_no_format_knows_are_told_by_what_they_look_like_and_put_into_a_block(desk):
    rows = [f"2025-01-{day:02d};A{1000 + day % 3};{day * 40},50;{'Kauf' if day % 2 else 'Umtausch'};{'x' if day == 1 else ''};" for day in range(1, 11)]
    path = desk.file("verkauf.csv", "\n".join(["wann;wer;betrag;gattung;rest;leer", *rows]) + "\n")
    assert say_file(path) == (
        "No format knows the headings of verkauf.csv. Its columns look like this:\n"
        "  'wann': dates\n"
        "  'wer': ids, 3 different\n"
        "  'betrag': numbers\n"
        "  'gattung': texts, 2 different\n"
        "  'rest': texts, 1 different, 90% empty\n"
        "  'leer': nothing\n"
        "\n"
        "If a row is something that happened, that may be (plain_voices, orders_lines, customers and the others stand in journeylib/collect/formats/README.md):\n"
        "\n"
        "sources:\n"
        "  verkauf:\n"
        "    file: verkauf.csv\n"
        "    format: plain_events\n"
        "    columns:\n"
        "      occurred_at: wann\n"
        "      customer_id: wer\n"
        "      value: betrag\n"
        "      touchpoint: gattung\n"
    )


def test_a_file_set_with_blanks_is_told_by_its_parts(desk):
    path = desk.file("cdnow.txt", " 00004 19970101  2   29.33\n 00004 19970118  2   29.73\n")
    assert 'Its lines have 4 parts with blanks between: say `separator: " "`' in say_file(path)


def test_who_answered_is_no_problem_of_theirs(desk):
    path = desk.file("survey.csv", "Timestamp;Gender;Ålder;Postnummer;Hvor hørte du om os?;Score of the store\n2025-01-02 10:00:00;F;35;2100;A friend;4\n2025-01-03 11:00:00;M;45;8000;;5\n")
    (best,) = [guess for guess in guess_format(path) if guess.format == "google_forms_survey"]
    assert "'Hvor hørte du om os?': {row: problem}" in best.block
    assert not [name for name in ("Gender", "Ålder", "Postnummer") if name in best.block]


def test_every_file_the_command_is_given_is_guessed():
    shown = CliRunner().invoke(app, ["check", "--guess", *(str(FIXTURES / name) for name in ("meta_ads.csv", "salesforce_report.csv", "klaviyo_events.csv"))])
    assert all(name in shown.output for name in ("(meta_ads): sure", "(salesforce_report): sure", "(klaviyo_events): sure"))
