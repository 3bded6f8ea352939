"""Each shipped format reads a small file in its true layout (export-formats.md) into canonical rows."""

from __future__ import annotations

import pytest

from journeylib.collect.deliveries import deliver
from journeylib.collect.formats import FOLDER, format_names, load_format, value_map
from journeylib.errors import SourceError
from journeylib.knowledge import load
from journeylib.schema import ATOMS


def events(desk, *columns, **changes):
    """The canonical events of the only source, as rows of text."""
    (name,) = desk.sources
    frame = deliver(desk.client(**changes), name)[0].tables["events"]
    return frame[list(columns)].astype("object").where(frame[list(columns)].notna(), None).to_numpy().tolist()


def voices(desk, *columns):
    (name,) = desk.sources
    frame = deliver(desk.client(), name)[0].tables["voices"]
    return frame[list(columns)].astype("object").where(frame[list(columns)].notna(), None).to_numpy().tolist()


def reasons(desk):
    (name,) = desk.sources
    return deliver(desk.client(), name)[0].reasons


@pytest.mark.parametrize("name", format_names())
def test_every_shipped_format_can_be_read_and_its_rules_name_atoms(name):
    fmt = load_format(name)
    assert fmt.label
    assert fmt.emits
    assert all(rule.atom in (None, *ATOMS) for rule in fmt.rules)
    assert all(not isinstance(spec.map, str) or value_map(spec.map) for spec in fmt.fields.values())
    assert {key for each in fmt.recognised_by for key in each.split("|")} <= set(fmt.fields)


def test_touchpoints_and_channels_of_formats_have_names_in_four_languages():
    known, channels = load("touchpoints")["touchpoints"], load("channels")["channels"]
    given = [emit.set for name in format_names() for emit in load_format(name).emits]
    assert {values["touchpoint"] for values in given if "touchpoint" in values} <= set(known)
    assert {values["channel"] for values in given if "channel" in values} <= set(channels)
    assert FOLDER.joinpath("README.md").is_file()


def test_ga4_events(desk):
    desk.source("ga4_events", """
        event_date,event_timestamp,event_name,user_pseudo_id,user_id,page_location,session_source,session_medium,purchase_revenue
        20250101,1735689600000000,page_view,123.45,,https://acme.example/pricing/?a=b@c.se#x,google,organic,
        20250101,1735689601000000,purchase,123.45,77,https://acme.example/,(direct),(none),199.5
    """)  # fmt: skip
    assert events(desk, "customer_id", "touchpoint", "detail", "channel", "value", "initiator") == [
        ["ga_client:123.45", "page_view", "/pricing", "search", None, "customer"],
        ["customer:77", "purchase", "/", "direct", 199.5, "customer"],
    ]


def test_hubspot_deals_give_an_event_a_stage_and_the_amount_where_it_was_won(desk):
    desk.source("hubspot_deals", """
        Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Create Date,Deal owner,Associated Company,Associated Company IDs,Associated Contact IDs,Closed Lost Reason,Date entered Offert skickad (Sälj),Date entered Vunnen (Sälj),Date entered Förlorad (Sälj)
        1,Affär A,Vunnen,Sälj,"100000,50",2025-02-01 09:30,2025-01-01 09:30,Eva Ek,Bolaget AB,900,11,,2025-01-10 09:30,2025-02-01 09:30,
        2,Affär B,Förlorad,Sälj,5000,2025-02-02 09:30,2025-01-01 09:30,Eva Ek,Firman AB,901;902,12;13,För dyrt,2025-01-10 09:30,,2025-02-02 09:30
    """, encoding_of_file="utf-8-sig")  # fmt: skip
    rows = [["hubspot_company:900", "1", "Offert skickad"], ["hubspot_company:900", "1", "Vunnen"],
            ["hubspot_company:901", "2", "Offert skickad"], ["hubspot_company:901", "2", "Förlorad"]]  # fmt: skip
    assert events(desk, "account_id", "journey_key", "detail") == rows
    assert voices(desk, "row", "kind", "code", "customer_id") == [["reason", "staff", "För dyrt", None]]
    journeys = desk.collect(market="b2b", journey="key").journeys
    assert (journeys["state"].tolist(), journeys["value"].fillna(0).tolist()) == (["won", "lost"], [100000.5, 0])


def test_hubspot_deals_without_stage_dates_fall_back_on_the_closing_date(desk):
    desk.source(
        "hubspot_deals",
        "Record ID,Deal Stage,Amount,Create Date,Close Date,Associated Company IDs\n1,Closed Won,10,2025-01-01,2025-02-01,9\n2,Proposal,10,2025-01-01,2025-09-01,8\n",
    )
    assert [row[:2] for row in events(desk, "touchpoint", "detail")] == [["deal_created", None], ["deal_stage", "Closed Won"], ["deal_created", None]]


def test_hubspot_contacts(desk):
    desk.source("hubspot_contacts", """
        Record ID,First Name,Last Name,Email,Job Title,Original Source,Create Date,Associated Company,Associated Company IDs
        501,Ann,Onym,Ann@Acme.example,IT Manager,ORGANIC_SEARCH,2025-01-01 09:30,Acme,900
    """)  # fmt: skip
    assert events(desk, "customer_id", "account_id", "touchpoint", "channel") == [["hubspot_contact:501", "hubspot_company:900", "contact_created", "search"]]
    assert desk.collect().customers["role"].tolist() == ["IT Manager"]


def test_hubspot_email_events_leave_out_robots_and_deliveries(desk):
    desk.source("hubspot_email_events", """
        id,created,type,recipient,email_campaign_id,filtered_event
        a,1735689600000,SENT,ann@acme.example,7,false
        b,1735689601000,DELIVERED,ann@acme.example,7,false
        c,1735689602000,OPEN,ann@acme.example,7,true
        d,1735689603000,CLICK,ann@acme.example,7,false
    """)  # fmt: skip
    assert events(desk, "touchpoint", "initiator", "channel") == [["email_sent", "company", "email"], ["email_click", "customer", "email"]]
    assert reasons(desk) == {"filtered": 1, "not_used": 1}


def test_zendesk_tickets_give_an_event_a_problem_and_a_verdict(desk):
    desk.source("zendesk_tickets", """
        Id;Requester;Requester id;Requester email;Subject;Tags;Status;Created at;Solved at;Satisfaction Score
        7;Ann Onym;99;ann@acme.example;Fakturan är fel;faktura sen;Solved;2025-03-01 10:00:00;2025-03-02 10:00:00;Good with comment
        8;Bo Ek;98;bo@acme.example;Hur gör jag?;-;Open;2025-03-01 11:00:00;;Not Offered
    """, encoding_of_file="cp1252")  # fmt: skip
    assert events(desk, "customer_id", "touchpoint", "detail") == [["email:ann@acme.example", "ticket", "faktura"], ["email:bo@acme.example", "ticket", None]]
    assert voices(desk, "row", "code", "score", "metric") == [
        ["problem", "faktura", None, None], ["emotion", None, 1.0, "csat"], ["problem", None, None, None]]  # fmt: skip


SCORES = {"How was it? (1–5)": {"atom": "a4_decide", "metric": "csat", "wording": "csat"}, "What was hard*": {"atom": "a7_use", "row": "problem"}}


def test_typeform_answers(desk):
    desk.source("typeform_survey", """
        #,How was it? (1–5),What was hard to do?,May we quote you?,email,Response Type,Submit Date (UTC)
        x1,4,The form,Yes,ann@acme.example,completed,2025-02-22 17:15:19
        x2,5 - very good,,No,,completed,2025-02-22 18:15:19
        x3,,,No,,completed,2025-02-22 18:15:19
    """, questions=SCORES)  # fmt: skip
    assert voices(desk, "customer_id", "row", "metric", "score", "text", "has_consent") == [
        ["email:ann@acme.example", "emotion", "csat", 4.0, None, True],
        ["email:ann@acme.example", "problem", None, None, "The form", True],
        [None, "emotion", "csat", 5.0, None, False],
    ]
    assert reasons(desk) == {"no_answer": 1}


def test_google_forms_answers_with_a_swedish_clock(desk):
    desk.source(
        "google_forms_survey", 'Tidstämpel,E-postadress,How was it? (1–5),What was hard?\n2024-05-31 14.05.11,ann@acme.example,3,"A, B"\n', questions=SCORES
    )
    delivery = deliver(desk.client(timezone="Europe/Stockholm"), "google_forms_survey")[0]
    assert delivery.tables["voices"]["said_at"].dt.hour.tolist() == [12, 12]


def test_answers_outside_a_scale_nobody_named_are_asked_about(desk):
    desk.source("google_forms_survey", "Timestamp,How was it? (1–5)\n2025-01-01 10:00,9\n", "survey", questions={"How was it? (1–5)": {"metric": "csat"}})
    with pytest.raises(SourceError) as error:
        desk.collect()
    assert str(error.value) == (
        "survey.csv: 1 answers to 'How was it? (1–5)' lie outside 1–5. Say the scale under `questions:` of source 'survey', e.g. scale: [0, 10]."
    )


def test_shopify_orders_are_one_event_an_order_and_one_a_refund(desk):
    desk.source("shopify_orders", """
        Name,Email,Financial Status,Paid at,Fulfilled at,Accepts Marketing,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Zip,Cancelled at,Refunded Amount
        #1001,ann@acme.example,paid,2026-01-12 09:14:02 +0200,,yes,250.00,2026-01-12 09:14:02 +0200,1,Soap,100.00,'0123,,0.00
        #1001,ann@acme.example,,,,,,,3,Towel,50.00,,,
        #1002,bo@acme.example,refunded,2026-01-13 09:14:02 +0200,,no,80.00,2026-01-13 09:14:02 +0200,1,Soap,80.00,'0123,2026-01-14 09:14:02 +0200,80.00
        #1003,cy@acme.example,voided,,,no,80.00,2026-01-13 09:14:02 +0200,1,Soap,80.00,'0123,,0.00
    """)  # fmt: skip
    assert events(desk, "customer_id", "touchpoint", "value", "detail") == [
        ["email:ann@acme.example", "order", 250.0, "Soap"], ["email:bo@acme.example", "order", 80.0, "Soap"], ["email:bo@acme.example", "refund", 80.0, None]]  # fmt: skip
    delivery = deliver(desk.client(), "shopify_orders")[0]
    assert (delivery.n_rows, delivery.n_kept, delivery.reasons) == (4, 3, {"voided": 1})
    assert delivery.tables["events"]["occurred_at"].dt.hour.tolist() == [7, 7, 7]


def test_trustpilot_reviews(desk):
    desk.source("trustpilot_reviews", """
        Domain Url,Review Id,Review Created (UTC),Review Username,Review User Email,Review Title,Review Content,Review Stars,Tags
        acme.example,r1,2023-06-01 10:00:00,Ann O,ann@acme.example,Good,Very good soap,5,
        acme.example,r2,2023-06-02 10:00:00,Bo E,bo@acme.example,Bad,,1,
    """)  # fmt: skip
    assert voices(desk, "metric", "score", "text", "scale_max") == [["csat", 5.0, "Very good soap", 5.0], ["csat", 1.0, "Bad", 5.0]]
    assert [ATOMS[code] for code in desk.collect().log.atom] == ["a9_advocate", "a7_use"]


def test_brevo_contacts(desk):
    desk.source("brevo_contacts", """
        EMAIL;LASTNAME;FIRSTNAME;SMS;EMAIL_BLACKLISTED;SMS_BLACKLISTED;ADDED_TIME;MODIFIED_TIME
        ann@acme.example;Onym;Ann;'+46701234567;No;No;03-04-2025 10:00;03-04-2025 10:00
        bo@acme.example;Ek;Bo;;Yes;No;05-04-2025 10:00;05-04-2025 10:00
    """)  # fmt: skip
    delivery = deliver(desk.client(), "brevo_contacts")[0]
    assert delivery.tables["events"]["occurred_at"].dt.month.tolist() == [4, 4]
    assert delivery.tables["customers"]["has_consent"].tolist() == [True, False]


@pytest.mark.parametrize(
    "header",
    [
        "customer,when,what,channel,initiator",
        "Kund;Datum;Händelse;Kanal;Initiativ",
        "Kunde;Dato;Hændelse;Kanal;Initiativ",
        "Kunde;Dato;Hendelse;Kanal;Initiativ",
    ],
)
def test_plain_events_with_headers_in_four_languages(desk, header):
    mark = ";" if ";" in header else ","
    desk.source("plain_events", f"{header}\n{mark.join(['7', '2025-01-02 10:00', 'Demo', 'Telefon', 'vi'])}\n")
    assert events(desk, "customer_id", "touchpoint", "channel", "initiator") == [["customer:7", "Demo", "phone", "company"]]


def test_plain_events_take_what_the_parameters_name_and_set(desk):
    desk.source("plain_events", "Who,At,Kind,Note\n7,2025-01-02,visit,x\n", "fair", columns={"customer_id": "Who", "occurred_at": "At", "detail": "Kind"},
                set={"touchpoint": "meeting", "channel": "event"})  # fmt: skip
    assert events(desk, "customer_id", "touchpoint", "detail", "channel") == [["customer:7", "meeting", "visit", "event"]]
    assert deliver(desk.client(), "fair")[0].not_understood == ("Note",)


def test_plain_voices_and_the_answer_sheet_speak_the_clients_language(desk):
    desk.source(
        "plain_voices",
        "Datum;Kund;Fas;Rad;Kod;Citat;Samtycke\n2025-01-02;7;Beslut;känsla;oro;Vi var oroliga.;ja\n2025-01-02;7;Beslut;invändning;pris;Dyrt;nej\n",
    )
    assert voices(desk, "row", "code", "text", "has_consent", "kind") == [
        ["emotion", "oro", "Vi var oroliga.", True, "stated"], ["objection", "pris", "Dyrt", False, "stated"]]  # fmt: skip


def test_an_answer_sheet_is_assumption_and_a_client_may_have_nothing_else(desk):
    desk.source("answer_sheet", "Trin,Række,Persona,Tekst,Sagt af\nFør,behov,,Se byen,Butikschef\n")
    collected = desk.collect()
    assert collected.voices[["row", "kind", "text"]].to_numpy().tolist() == [["need", "assumed", "Se byen"]]
    assert (len(collected.log), len(collected.journeys), len(collected.customers)) == (0, 0, 0)


def test_order_lines_add_up_to_one_order(desk):
    desk.source("orders_lines", """
        Fakturanummer;Dato;Kunde;Ydelse;Antal;Stykpris
        2401;10-08-2024;7;Strategidag;1;12.500,00
        2401;10-08-2024;7;Forløb;3;4.500,00
        2402;17-08-2024;8;Forløb;1;4.500,00
        Total;;;;;
    """)  # fmt: skip
    assert events(desk, "customer_id", "value") == [["customer:7", 12500.0 + 3 * 4500.0], ["customer:8", 4500.0]]


def test_registers_with_headers_in_the_clients_language(desk):
    desk.source(
        "activities_register",
        "Id;Aktivitet;Fase;Behov;Formål;Neste steg;Kanal;Ansvarlig;Avdeling;Kostnad;Timer\nA1;Søkeannonser;Bevissthet;N1;Bli funnet;Les;søk;Markedssjef;Marked;1 000,5;80\n",
    )
    desk.source("content_register", "Titel;Typ;Fas;Språk;CTA;Spärr;Publicerad\nKundcase tillverkning;kundcase;Övervägande;svenska;Boka;none;2024-03-11\n")
    desk.source("needs_register", "Behov;Trin;Slags\nVide, hvad det koster;Overvejelse;smerte\n")
    registers = desk.collect().registers
    assert registers["activities"][["activity_id", "channel", "cost", "owner"]].to_numpy().tolist() == [["A1", "search", 1000.5, "Markedssjef"]]
    assert registers["content"][["content_id", "type", "language", "gated", "cta"]].to_numpy().tolist() == [["1", "case", "sv", "none", "Boka"]]
    assert registers["content"]["live_from"].dt.strftime("%Y-%m-%d").tolist() == ["2024-03-11"]
    assert registers["needs"][["wording", "kind"]].to_numpy().tolist() == [["Vide, hvad det koster", "pain"]]


def test_customers_carry_role_segment_and_consent(desk):
    desk.source("customers", "Kunde;Navn;Rolle;Samtykke\n7;Ann Onym;Leder;ja\n8;Bo Ek;;nei\n")
    assert desk.collect().customers[["role", "has_consent"]].astype("object").fillna("").to_numpy().tolist() == [["Leder", True], ["", False]]


def test_a_client_may_bring_a_format_of_its_own(desk):
    own = desk.folder / "params" / "acme" / "formats"
    own.mkdir(parents=True)
    own.joinpath("till.yml").write_text("label: a till\nfields: {card: {headers: [Card], is: id}, at: {headers: [At], is: moment}}\nperson: {card: customer}\n"
                                        "emits: [{table: events, take: {occurred_at: at}, set: {touchpoint: order}}]\n")  # fmt: skip
    assert events(desk.source("till", "Card,At\n7,2025-01-02\n"), "customer_id", "touchpoint") == [["customer:7", "order"]]


# --- what is wrong is said ------------------------------------------------------------------------------------------


def message(desk):
    with pytest.raises(SourceError) as error:
        desk.collect()
    return str(error.value)


def test_an_unknown_format_suggests_the_nearest(desk):
    assert message(desk.source("shopify_order", "a,b\n1,2\n")).startswith("No format 'shopify_order'; did you mean 'shopify_orders'?")


def test_a_file_that_is_another_export_is_refused_with_what_it_holds(desk):
    assert message(desk.source("brevo_contacts", "Name,Total\nx,1\n", "letters")) == (
        "letters.csv: no column for 'email' (expected 'EMAIL' or 'E-MAIL'), so this is not a Brevo export of contacts. "
        "Found: Name, Total. Name it under `columns:` of source 'letters', or choose another format."
    )


def test_a_missing_file_is_said_with_what_is_there(desk):
    desk.source("plain_events", "customer,date,what\n7,2025-01-01,call\n", "calls")
    desk.sources["calls"]["file"] = "call.csv"
    assert message(desk) == (
        "Source 'calls': no file 'call.csv' in data/; did you mean 'calls.csv'? Found: calls.csv. Put it there, mend `file:`, or take the source out of the parameters."
    )


def test_a_file_outside_the_data_folder_is_refused(desk):
    desk.source("plain_events", "customer,date,what\n7,2025-01-01,call\n", "calls")
    desk.sources["calls"]["file"] = "../secret.csv"
    assert message(desk) == "Source 'calls': '../secret.csv' leads out of the client's data folder. Name a file inside it."


def test_a_column_the_parameters_name_and_the_file_lacks_suggests_the_nearest(desk):
    desk.source("plain_events", "Kundnr2,date,what\n7,2025-01-01,call\n", "calls", columns={"customer": "Kundnr"})
    assert message(desk) == ("calls.csv: no column 'Kundnr'; did you mean 'Kundnr2'? Found: Kundnr2, date, what. Mend `columns:` of source 'calls'.")


def test_a_setting_no_table_of_the_format_has_is_refused(desk):
    desk.source("plain_events", "customer,date,what\n7,2025-01-01,call\n", "calls", set={"chanel": "phone"})
    assert message(desk).startswith("Source 'calls': `set:` names 'chanel', which format 'plain_events' has no column for; did you mean 'channel'?")


def test_a_question_the_file_does_not_ask_suggests_the_nearest(desk):
    desk.source("google_forms_survey", "Timestamp,How was it?\n2025-01-01 10:00,3\n", "survey", questions={"How wos it?": {"metric": "csat"}})
    assert message(desk).startswith("survey.csv: no question 'How wos it?'; did you mean 'How was it?'?")
