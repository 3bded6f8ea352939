"""Each export layout of export-formats.md: a small file with its true headings, its totals, and rows worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from journeylib.collect.deliveries import deliver
from journeylib.schema import ATOMS

FIXTURES = Path(__file__).parent / "fixtures"
QUESTIONS = {"How was it?*": {"atom": "a4_decide", "metric": "csat", "wording": "csat"}, "What was hard*": {"atom": "a7_use", "row": "problem"}}


@pytest.fixture
def read(desk):
    """One fixture through its format, which its name begins with."""

    def delivery(file, **settings):
        name = file.split(".")[0]
        desk.source(name, (FIXTURES / file).read_bytes(), file=file, **settings)
        return deliver(desk.client(), name)[0]

    return delivery


def rows(delivery, table, *columns):
    frame = delivery.tables[table]
    frame = pd.DataFrame({column: frame[column].dt.strftime("%Y-%m-%d %H:%M") if frame[column].dtype.kind == "M" else frame[column] for column in columns})
    return frame.astype("object").where(frame.notna(), None).to_numpy().tolist()


def sums(delivery, table, *columns):
    return [round(float(delivery.tables[table][column].sum()), 2) for column in columns]


def counts(delivery):
    return delivery.n_rows, delivery.n_kept, delivery.reasons


# --- reports that came already counted ------------------------------------------------------------------------------


def test_a_ga4_report_is_its_own_table_without_totals_row_and_without_the_other_tables_of_the_file(read):
    report = read("ga4_report.csv")
    assert counts(report) == (3, 2, {"totals": 1})
    assert rows(report, "campaign_stats", "name", "channel", "sessions", "conversions", "from_on", "to_on") == [
        ["Organic Search", "search", 1204.0, 31.0, "2026-08-01 00:00", "2026-08-31 00:00"],
        ["Direct", "direct", 300.0, 9.0, "2026-08-01 00:00", "2026-08-31 00:00"],
    ]
    assert sums(report, "campaign_stats", "sessions", "conversions") == [1504, 40]
    lines = (FIXTURES / "ga4_report.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == report.raw.n_skipped_lines + 1 + report.n_rows


def test_several_ga4_tables_of_one_kind_follow_each_other_each_with_its_own_period(desk):
    desk.source("ga4_report", """
        # Start date: 20260801
        # End date: 20260831
        Session source / medium,Sessions,Key events
        google / organic,10,1

        # Start date: 20260901
        # End date: 20260930
        Session source / medium,Sessions,Key events
        google / organic,12,2
        (not set),3,0
    """)  # fmt: skip
    report = deliver(desk.client(), "ga4_report")[0]
    assert rows(report, "campaign_stats", "name", "channel", "sessions", "from_on") == [
        ["google / organic", "search", 10.0, "2026-08-01 00:00"],
        ["google / organic", "search", 12.0, "2026-09-01 00:00"],
        ["(not set)", None, 3.0, "2026-09-01 00:00"],
    ]


def test_a_universal_analytics_report(read):
    report = read("universal_analytics.csv")
    assert counts(report) == (2, 2, {})
    assert rows(report, "campaign_stats", "users", "sessions", "views", "from_on") == [
        [67283.0, 68825.0, 82590.0, "2013-01-01 00:00"], [123942.0, None, None, "2013-01-02 00:00"]]  # fmt: skip


def test_google_ads_campaigns_reconcile_to_the_total_lines_of_the_report(read):
    report = read("google_ads_campaigns.csv")
    assert sums(report, "campaign_stats", "clicks", "impressions", "cost", "conversions", "value") == [1300, 35310, 3828.40, 31.5, 41200]
    assert rows(report, "campaign_stats", "name", "channel", "from_on", "to_on") == [
        ["Search - Brand", "paid_search", "2026-08-01 00:00", "2026-08-31 00:00"], ["Display - Remarketing", "display", "2026-08-01 00:00", "2026-08-31 00:00"]]  # fmt: skip
    assert (report.n_rows, report.raw.n_skipped_lines) == (2, 4)


def test_google_ads_excel_csv_is_utf_16_with_tabs(read):
    report = read("google_ads_campaigns.utf16.csv")
    assert (report.raw.encoding, report.raw.separator) == ("utf-16", "\t")
    assert rows(report, "campaign_stats", "name", "cost", "from_on", "to_on") == [["Search - Brand", 120.5, "2026-08-01 00:00", "2026-08-01 00:00"]]


def test_meta_ads_leave_the_summary_row_out_and_reconcile_to_it(read):
    report = read("meta_ads.csv")
    assert counts(report) == (3, 2, {"totals": 1})
    assert sums(report, "campaign_stats", "cost", "clicks", "impressions", "conversions") == [150, 210, 21000, 15]


def test_linkedin_ads(read):
    report = read("linkedin_ads.csv")
    assert rows(report, "campaign_stats", "name", "channel", "cost", "conversions") == [["148633856", "paid_social", 250.5, 1.0], ["148633857", "paid_social", 49.5, 0.0]]


# --- search phrases -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "sv", "nb", "da", "xx"])
def test_search_console_queries_in_any_language(read, language):
    found = read(f"search_console_queries.{language}.csv")
    assert rows(found, "keywords", "phrase", "clicks", "impressions", "position") == [
        ["crm system, pris", 31.0, 1500.0, 4.2], ["anna@kund.example offert", 2.0, 10.0, 1.0]]  # fmt: skip


def test_columns_taken_by_their_place_are_told(read):
    assert read("search_console_queries.xx.csv").not_understood[:2] == (
        "Suosituimmat (taken as phrase by its place)", "Napsautukset (taken as clicks by its place)")  # fmt: skip
    assert read("search_console_queries.sv.csv").not_understood == ()


def test_an_address_in_a_search_phrase_never_reaches_the_register(desk):
    desk.source("search_console_queries", (FIXTURES / "search_console_queries.en.csv").read_bytes())
    phrases = desk.collect().registers["keywords"]["phrase"].tolist()
    assert phrases[0] == "crm system, pris"
    assert "anna@kund.example" not in phrases[1]


def test_search_console_pages_are_lines_of_a_report(read):
    found = read("search_console_report.csv")
    assert rows(found, "campaign_stats", "name", "channel", "clicks") == [["https://acme.example/pricing", "search", 40.0], ["https://acme.example/", "search", 60.0]]


def test_a_heat_map_tools_pages_come_by_path_and_their_shares_as_shares(read):
    found = read("page_behaviour.csv")
    assert rows(found, "page_behaviour", "page", "device", "n_views", "scroll", "n_rage") == [
        ["/pricing", "mobile", 400.0, 0.355, 32.0], ["/pricing", "desktop", 600.0, 0.71, 6.0], ["/", "mobile", 2000.0, 0.55, 4.0], ["/gone", "mobile", 50.0, 0.2, 0.0]]  # fmt: skip
    assert sums(found, "page_behaviour", "n_views", "n_rage", "n_dead", "n_back") == [3050, 42, 130, 257]


def test_google_ads_search_terms(read):
    found = read("google_ads_search_terms.csv")
    assert sums(found, "keywords", "clicks", "impressions", "cost") == [15, 390, 45.15]
    assert rows(found, "keywords", "phrase", "is_paid") == [["crm system", True], ["crm gratis", True]]


def test_a_register_of_search_phrases(read):
    assert rows(read("keywords_register.csv"), "keywords", "phrase", "volume", "position") == [["crm pris", 880.0, 7.0], ["bästa crm", 1300.0, None]]


# --- web events -----------------------------------------------------------------------------------------------------


def test_ga4_json_lines_hold_their_parameters_and_keep_all_digits(read):
    found = read("ga4_events.jsonl")
    assert rows(found, "events", "customer_id", "touchpoint", "detail", "channel", "value") == [
        ["ga_client:1234567890.1785571100", "page_view", "/pricing", "search", None], ["customer:77", "purchase", "/thanks", None, 199.5]]  # fmt: skip
    assert found.tables["events"]["occurred_at"].dt.microsecond.tolist() == [123456, 123456]
    assert found.not_understood == ()


def test_nested_parquet_is_read_as_json_lines_are(desk, tmp_path):
    import json

    records = [json.loads(line) for line in (FIXTURES / "ga4_events.jsonl").read_text(encoding="utf-8").splitlines()]
    pd.DataFrame(records).to_parquet(tmp_path / "events.parquet")
    desk.source("ga4_events", (tmp_path / "events.parquet").read_bytes(), file="events.parquet")
    assert rows(deliver(desk.client(), "ga4_events")[0], "events", "touchpoint", "detail") == [["page_view", "/pricing"], ["purchase", "/thanks"]]


def test_a_broken_line_of_json_is_counted(desk):
    lines = (FIXTURES / "ga4_events.jsonl").read_bytes()
    desk.source("ga4_events", lines + b'{"event_name": "page_v\n', file="events.jsonl")
    assert counts(deliver(desk.client(), "ga4_events")[0]) == (3, 2, {"broken_line": 1})


def test_matomo_visits_give_one_event_an_action(read):
    found = read("matomo_visits.json")
    assert counts(found) == (5, 4, {"no_touchpoint": 1})
    assert rows(found, "events", "customer_id", "touchpoint", "detail", "channel", "value") == [
        ["matomo_visitor:abc123", "page_view", "/priser", "search", None],
        ["matomo_visitor:abc123", "view_search_results", "offert", "search", None],
        ["matomo_visitor:abc123", "order", None, "search", 120.5],
        ["customer:77", "page_view", "/", "direct", None],
    ]


def test_matomo_csv_is_utf_16_and_knows_visits_only(read):
    found = read("matomo_visits.csv")
    assert found.raw.encoding == "utf-16"
    assert rows(found, "events", "customer_id", "touchpoint", "detail", "occurred_at") == [
        ["matomo_visitor:abc123", "session_start", "/priser", "2026-08-01 08:00"], ["customer:77", "session_start", "/", "2026-08-02 08:00"]]  # fmt: skip


def test_snowplow_events_that_were_collected_twice_count_once(read):
    found = read("snowplow_events.csv")
    assert (found.n_rows, len(found.tables["events"])) == (5, 4)
    assert [touchpoint for (touchpoint,) in rows(found, "events", "touchpoint")] == ["page_view", "user_engagement", "login", "click"]
    assert rows(found, "events", "occurred_at")[3] == ["2021-03-03 21:27"]


# --- CRM ------------------------------------------------------------------------------------------------------------


def test_hubspot_companies_say_which_ids_are_one_account(read):
    found = read("hubspot_companies.csv")
    assert counts(found) == (2, 2, {})
    pairs = set(map(tuple, found.account_links[found.account_links["a"] != found.account_links["b"]].to_numpy()))
    assert pairs == {("hubspot_company:900", "account:acme ab"), ("hubspot_company:900", "account:acme.example"), ("account:acme ab", "account:acme.example"),
                     ("hubspot_company:901", "account:bolaget ab")}  # fmt: skip


def test_hubspot_deals_and_contacts_with_nordic_headings(desk):
    for file in ("hubspot_deals.sv.csv", "hubspot_contacts.da.csv"):
        desk.source(file.split(".")[0], (FIXTURES / file).read_bytes(), file=file)
    deals, contacts = (deliver(desk.client(), name)[0] for name in ("hubspot_deals", "hubspot_contacts"))
    assert rows(deals, "events", "account_id", "touchpoint", "detail", "value") == [
        ["hubspot_company:900", "deal_created", None, None], ["hubspot_company:900", "deal_stage", "Vunnen", 100000.5]]  # fmt: skip
    assert rows(contacts, "customers", "customer_id", "account_id", "role") == [["hubspot_contact:501", "account:acme", "IT-chef"]]


@pytest.mark.parametrize(("file", "first"), [
    ("hubspot_tickets.csv", ["hubspot_contact:11", "Billing", "email", "2025-03-01 10:00"]),
    ("hubspot_tickets.nb.csv", ["hubspot_contact:11", "Faktura", "email", "2025-03-01 10:00"]),
])  # fmt: skip
def test_hubspot_tickets(read, file, first):
    found = read(file)
    assert rows(found, "events", "customer_id", "detail", "channel", "occurred_at")[0] == first
    assert rows(found, "voices", "row", "code")[0] == ["problem", first[1]]


def test_lime_deals_in_a_swedish_sheet(desk):
    desk.source("lime_deals", (FIXTURES / "lime_deals.sv.csv").read_bytes())
    found = deliver(desk.client(), "lime_deals")[0]
    assert rows(found, "events", "account_id", "journey_key", "touchpoint", "detail", "value")[:2] == [
        ["account:alfs ab", "A-1", "deal_created", None, None], ["account:alfs ab", "A-1", "deal_stage", "Vunnen", 10000.5]]  # fmt: skip
    journeys = desk.collect(market="b2b", journey="key").journeys
    assert sorted(journeys["state"]) == ["lost", "won"]
    assert journeys["value"].sum() == 10000.5


def test_the_lime_template_has_no_dates_and_its_deals_are_counted_as_undated(read):
    assert counts(read("lime_deals.csv")) == (2, 0, {"no_moment": 2})


@pytest.mark.parametrize("file", ["lime_companies.csv", "lime_companies.sv.csv"])
def test_lime_companies_say_which_ids_are_one_account(read, file):
    found = read(file)
    assert counts(found) == (1, 1, {})
    assert "lime_company:6" in set(found.account_links["a"])


def test_lime_persons(read):
    assert rows(read("lime_persons.csv"), "customers", "customer_id", "account_id") == [["lime_person:123", "lime_company:6"]]
    assert rows(read("lime_persons.sv.csv"), "customers", "customer_id", "account_id", "role") == [["email:rune@alfs.example", "lime_company:6", "VD"]]


def test_lime_easy_history_is_tabs_and_latin_1_and_its_notes_stay_behind(read):
    found = read("lime_history.txt")
    assert found.raw.separator == "\t"
    assert rows(found, "events", "account_id", "touchpoint", "detail") == [
        ["lime_company:6", "call", "Säljsamtal"], ["lime_company:6", "meeting", "Kundmöte"], ["lime_company:7", "follow_up", "Övrigt"]]  # fmt: skip
    assert "offert" not in found.tables["events"].to_csv()
    assert rows(read("lime_history.sv.csv"), "events", "account_id", "touchpoint") == [["lime_company:6", "follow_up"]]


def test_meetings_that_took_place_offline(read):
    found = read("meetings.csv")
    assert rows(found, "events", "customer_id", "account_id", "touchpoint", "channel", "occurred_at") == [
        ["email:rune@alfs.example", "account:alfs ab", "meeting", "meeting", "2025-02-03 09:00"],
        ["email:rune@alfs.example", "account:alfs ab", "demo", "online_meeting", "2025-02-10 13:00"],
    ]


def test_salesforce_opportunities_with_their_history_are_one_journey_each(desk):
    for name in ("salesforce_opportunities", "salesforce_opportunity_history"):
        desk.source(name, (FIXTURES / f"{name}.csv").read_bytes())
    assert counts(deliver(desk.client(), "salesforce_opportunities")[0]) == (3, 2, {"deleted": 1})
    collected = desk.collect(market="b2b", journey="key")
    journeys = collected.journeys.sort_values("value")
    assert (journeys["state"].tolist(), journeys["value"].fillna(0).tolist()) == (["won", "dormant"], [24120.0, 0.0])
    won = int(journeys["journey"].iloc[0])
    atoms = [ATOMS[code] for code in collected.log.atom[collected.log.starts[won] : collected.log.starts[won + 1]]]
    assert atoms == ["a3_evaluate", "a3_evaluate", "a4_decide", "a4_decide", "a4_decide"]  # created, qualified, proposal; won by date, won by history


def test_a_salesforce_field_history_gives_changes_of_stage_only(read):
    assert counts(read("salesforce_opportunity_history.fields.csv")) == (2, 1, {"other_fields": 1})


def test_a_salesforce_report_ends_in_footer_lines(read):
    found = read("salesforce_report.csv")
    assert (found.n_rows, found.raw.n_skipped_lines) == (2, 6)
    assert rows(found, "events", "account_id", "touchpoint", "value", "occurred_at") == [
        ["account:acme", "deal_created", None, "2025-01-29 00:00"], ["account:acme", "deal_stage", 1200.0, "2025-02-28 00:00"],
        ["account:bolaget", "deal_created", None, "2025-03-01 00:00"]]  # fmt: skip


def test_salesforce_leads_and_accounts_count_ids_by_fifteen_characters(read):
    assert rows(read("salesforce_leads.csv"), "events", "customer_id", "account_id", "touchpoint") == [
        ["salesforce_lead:00Q1G00000nDnM5", "salesforce_account:0011G00000tLWKn", "contact_created"]]  # fmt: skip
    assert "salesforce_account:0011G00000tLWKn" in set(read("salesforce_accounts.csv").account_links["a"])


# --- service, surveys -----------------------------------------------------------------------------------------------


def test_zendesk_tickets_with_the_newer_short_headings(read):
    found = read("zendesk_tickets.newer.csv")
    assert rows(found, "events", "customer_id", "detail", "channel") == [["email:ann@acme.example", "billing", "email"]]
    assert rows(found, "voices", "row", "score") == [["problem", None], ["emotion", 1.0]]


def test_intercom_conversations_count_their_latest_version_once(read):
    found = read("intercom_conversations.csv")
    assert counts(found) == (3, 1, {"not_used": 1, "older_version": 1})
    assert rows(found, "voices", "row", "text", "score") == [["question", "How do I pay?", None], ["emotion", "Quick answer", 5.0]]


def test_surveymonkey_joins_its_second_heading_line(read):
    found = read("surveymonkey_survey.csv", questions=QUESTIONS)
    assert found.not_understood == ("Which did you see?: Advert", "Which did you see?: Website")
    assert rows(found, "voices", "customer_id", "metric", "score", "text", "said_at") == [
        ["email:ann@acme.example", "csat", 4.0, None, "2024-01-31 14:05"], ["email:ann@acme.example", None, None, "The form", "2024-01-31 14:05"],
        ["surveymonkey_respondent:11000000000000000002", "csat", 2.0, None, "2024-01-31 15:05"]]  # fmt: skip


def test_qualtrics_has_three_heading_lines_and_previews_do_not_count(read):
    found = read("qualtrics_survey.csv", questions={"Q1:*": QUESTIONS["How was it?*"], "Q2:*": QUESTIONS["What was hard*"]})
    assert counts(found) == (2, 1, {"preview": 1})
    assert rows(found, "voices", "customer_id", "score", "text") == [["email:ann@acme.example", 5.0, None], ["email:ann@acme.example", None, "Nothing"]]


def test_a_hotjar_list_by_a_mapping_of_its_columns(read):
    found = read("plain_events.hotjar.csv", columns={"occurred_at": "Date Submitted", "customer_id": "Hotjar User ID", "detail": "Source URL"}, set={"touchpoint": "survey"})
    assert rows(found, "events", "customer_id", "touchpoint")[0] == ["customer:hj-1", "survey"]


def test_a_servicenow_log_is_one_ticket_an_incident_day_first(read):
    found = read("servicenow_incidents.csv")
    assert counts(found) == (3, 2, {"no_customer": 1})
    assert rows(found, "events", "customer_id", "occurred_at", "channel") == [["servicenow_caller:2403", "2016-02-29 01:16", "phone"]]
    assert found.raw.repeated == ("category",)


# --- shops and mailings ---------------------------------------------------------------------------------------------


def test_woocommerce_orders_of_the_analytics_report(read):
    found = read("woocommerce_orders.csv")
    assert counts(found) == (3, 2, {"not_placed": 1})
    assert rows(found, "events", "touchpoint", "value", "channel") == [["order", 2999.0, "search"], ["order", 80.0, "direct"], ["refund", 80.0, "shop"]]


def test_woocommerce_guests_are_not_one_customer(read):
    found = read("woocommerce_orders.plugin.csv")
    assert sums(found, "events", "value") == [359]
    assert [customer for (customer,) in rows(found, "events", "customer_id")] == ["email:ann@acme.example", "email:bo@acme.example", "email:cy@acme.example"]
    assert "customer:0" not in set(found.person_links["a"])


def test_a_mailchimp_audience_gives_sign_ups_and_who_left(read):
    found = read("mailchimp_audience.csv")
    assert rows(found, "events", "customer_id", "touchpoint", "occurred_at") == [
        ["email:ann@acme.example", "newsletter_signup", "2025-01-01 10:05"], ["email:bo@acme.example", "newsletter_signup", "2025-01-03 10:05"],
        ["email:bo@acme.example", "email_unsubscribe", "2025-02-02 10:00"]]  # fmt: skip
    assert rows(found, "customers", "customer_id", "has_consent") == [["email:ann@acme.example", None], ["email:bo@acme.example", False]]


def test_mailchimp_activity(read):
    assert [touchpoint for (touchpoint,) in rows(read("mailchimp_activity.csv"), "events", "touchpoint")] == ["email_open", "email_click"]


def test_klaviyo_orders_count_once_and_not_again_line_by_line(read):
    found = read("klaviyo_events.csv")
    assert counts(found) == (4, 3, {"no_touchpoint": 1})
    assert rows(found, "events", "touchpoint", "initiator", "value") == [["email_sent", "company", None], ["email_click", "customer", None], ["order", "customer", 120.5]]
