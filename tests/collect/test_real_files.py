"""Real files through the reader: the row counts and traps their READMEs name."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest

from journeylib.collect.deliveries import deliver
from journeylib.collect.files.reading import read_file
from journeylib.collect.values.amounts import parse_numbers
from journeylib.errors import SourceError


@pytest.fixture
def delivered(desk):
    def delivery(path, format, **settings):
        desk.source(format, path.read_bytes(), file=path.name, **settings)
        return deliver(desk.client(), format)[0]

    return delivery


def test_star_wars_answers_have_two_heading_lines_and_are_no_utf_8(shared, delivered):
    seen, shot = "Have you seen any of the 6 films*", "Which character shot first?"
    found = delivered(shared / "surveys_fivethirtyeight" / "StarWars.csv", "surveymonkey_survey", questions={seen: {"row": "action"}, shot: {"row": "thought"}})
    voices = found.tables["voices"]
    assert (found.n_rows, found.raw.frame.shape, found.raw.encoding) == (1186, (1186, 38), "cp1252")
    assert int((voices.loc[voices["row"] == "action", "code"] == "Yes").sum()) == 936
    shots = voices.loc[voices["row"] == "thought", "code"].value_counts()
    assert [int(shots[name]) for name in ("Han", "I don't understand this question", "Greedo")] == [325, 306, 197]
    episode = next(name for name in found.raw.frame if name.startswith("Which of the following") and name.endswith("Episode V The Empire Strikes Back"))
    assert int((found.raw.frame[episode] != "").sum()) == 758  # 90.8 % of 835


def test_flying_etiquette_has_one_heading_line(shared, delivered):
    rude = "Is itrude to recline your seat on a plane?"
    found = delivered(shared / "surveys_fivethirtyeight" / "flying-etiquette.csv", "surveymonkey_survey", questions={rude: {"row": "thought"}})
    answers = found.tables["voices"]["code"]
    assert (found.n_rows, found.raw.frame.shape[1], len(answers)) == (1040, 27, 854)
    assert int(answers.str.startswith("Yes").sum()) == 352


def test_snowplow_events_count_each_event_id_once(shared, delivered):
    found = delivered(shared / "snowplow_web_events" / "snowplow_web_events.csv", "snowplow_events")
    labels = set(found.person_links["a"]) | set(found.person_links["b"])
    assert (found.n_rows, found.raw.frame.shape[1], len(found.tables["events"])) == (160, 135, 157)
    assert len([label for label in labels if label.startswith("snowplow_visitor:")]) == 42
    assert found.raw.frame["event"].value_counts().to_dict() == {"unstruct": 96, "page_view": 50, "page_ping": 8, "struct": 6}


def test_upworthy_days(shared, delivered):
    found = delivered(shared / "upworthy_google_analytics" / "2013.01.01-2015.04.30-daily-users-info.csv", "universal_analytics")
    lines = found.tables["campaign_stats"]
    assert (found.n_rows, len(lines)) == (850, 850)
    assert lines["users"].iloc[[0, -1]].tolist() == [67_283, 885_301]
    assert str(lines["from_on"].iloc[-1].date()) == "2015-04-30"


def test_upworthy_countries_keep_the_one_that_is_not_set(shared, delivered):
    found = delivered(shared / "upworthy_google_analytics" / "2013.01.01-2015.04.30-aggregate-country-data.csv", "universal_analytics")
    lines = found.tables["campaign_stats"].set_index("name")
    assert lines["users"].iloc[:3].tolist() == [434_944_680, 58_957_484, 46_435_791]
    assert lines.loc["Sweden", "users"] == 6_020_045
    assert list(lines.index[:7]).index("Sweden") == 6
    assert found.n_kept == found.n_rows


def test_incidents_are_24_918_with_repeated_headings_and_days_first(shared, delivered, tmp_path):
    with zipfile.ZipFile(shared / "incident_log" / "incident_event_log.csv.zip") as archive:
        path = tmp_path / "incidents.csv"
        path.write_bytes(archive.read(next(name for name in archive.namelist() if name.endswith(".csv"))))
    found = delivered(path, "servicenow_incidents")
    assert (found.n_rows, found.raw.frame.shape[1], found.raw.repeated) == (141_712, 36, ("category",))
    assert found.raw.frame["number"].nunique() == 24_918
    unknown = found.raw.frame.groupby("number")["caller_id"].first().eq("?").sum()
    assert len(found.tables["events"]) >= 24_918 - int(unknown)
    assert str(found.tables["events"]["occurred_at"].min()) == "2016-02-29 01:16:00+00:00"


def test_bank_marketing_is_quoted_and_parted_by_semicolons(shared):
    for name, n in (("bank-full.csv", 45_211), ("bank.csv", 4_521)):
        raw = read_file(shared / "bank_marketing" / name)
        assert (raw.frame.shape, raw.separator) == ((n, 17), ";")
    full = read_file(shared / "bank_marketing" / "bank-full.csv").frame
    assert int((full["y"] == "yes").sum()) == 5_289


# --- sets that are no events: read as their READMEs say, traps included ---------------------------------------------


ROWS = {
    "attribution_paths/data.csv.gz": (10_000, 4),
    "before_after/california_prop99.csv": (1_209, 4),
    "before_after/comparison_data.csv": (108, 5),
    "before_after/geo_salesandcost.csv": (9_225, 4),
    "before_after/arma_data.csv": (100, 2),
    "cdnow/cdnow_customers_summary.csv": (2_357, 4),
    "cdnow/cdnow_customers_summary_with_transactions.csv": (2_357, 5),
    "completejourney/campaign_descriptions.parquet": (27, 4),
    "completejourney/campaigns.parquet": (6_589, 2),
    "completejourney/coupon_redemptions.parquet": (2_102, 4),
    "completejourney/coupons.parquet": (116_204, 3),
    "completejourney/demographics.parquet": (801, 8),
    "completejourney/products.parquet": (92_331, 7),
    "completejourney/transactions_sample.parquet": (75_000, 11),
    "crm_sales_opportunities/accounts.csv": (85, 7),
    "crm_sales_opportunities/products.csv": (7, 3),
    "crm_sales_opportunities/sales_pipeline.csv": (8_800, 8),
    "crm_sales_opportunities/sales_teams.csv": (35, 3),
    "danish_sentiment/lcc_annotated.csv": (499, 4),
    "ecom_events_synthetic/ecom.csv.gz": (31_106, 8),
    "eshop_clickstream_2008/e-shop clothing 2008.csv.zip": (165_474, 14),
    "hotel_bookings/hotel_bookings.csv.zip": (119_390, 32),
    "hotel_bookings/hotel_bookings.parquet": (119_390, 32),
    "online_retail/online_retail.parquet": (541_909, 8),
    "telco_churn/Telco-Customer-Churn.csv": (7_043, 21),
    "upworthy_ab_tests/packages_exploratory.parquet": (22_666, 11),
    "upworthy_google_analytics/2013.01.01-2015.04.30-daily-pageviews.csv": (850, 2),
}


@pytest.mark.parametrize("file", ROWS)
def test_every_row_the_readme_counts_is_there(shared, file):
    raw = read_file(shared / file)
    assert raw.frame.shape == ROWS[file]
    assert (raw.n_broken_lines, raw.n_skipped_lines) == (0, 0)


def test_attribution_paths_add_up(shared):
    frame = read_file(shared / "attribution_paths" / "data.csv.gz").frame
    sums = [parse_numbers(frame[name], ".").sum() for name in ("total_conversions", "total_conversion_value", "total_null")]
    assert sums == [19_785, pytest.approx(74_802.972), 68_602]


def test_a_file_without_headings_gets_them_from_the_client_and_loses_no_row(shared):
    sample = shared / "cdnow" / "CDNOW_sample.txt"
    frame = read_file(sample, separator=" ", headings=("master_id", "sample_id", "date", "cds", "value")).frame
    assert (len(frame), frame["sample_id"].nunique(), frame["master_id"].iloc[0]) == (6_919, 2_357, "00004")
    for name, n in (("europarl_train.tsv", 669), ("europarl_test.tsv", 288)):
        frame = read_file(shared / "danish_sentiment" / name, headings=("text", "label")).frame
        assert (len(frame), set(frame["label"])) == (n, {"positiv", "neutral", "negativ"})


def test_a_file_without_headings_is_not_read_by_its_first_row(shared, desk):
    desk.source("plain_events", (shared / "cdnow" / "CDNOW_sample.txt").read_bytes(), file="CDNOW_sample.txt", separator=" ")
    with pytest.raises(SourceError) as error:
        deliver(desk.client(), "plain_events")
    assert "no headings, it seems, for the first line holds values as the rows under it do (name them under `headings:`)" in str(error.value)
    assert "19970101" not in str(error.value)


def test_cdnow_purchases_are_fixed_width_with_days_of_digits(shared, delivered):
    found = delivered(shared / "cdnow" / "CDNOW_master.txt", "plain_events", separator=" ", duplicates="keep", set={"touchpoint": "order"},
                      columns={"occurred_at": "date", "value": "dollar_value"})  # fmt: skip
    events = found.tables["events"]
    assert (found.n_rows, found.n_kept, events["customer_id"].nunique()) == (69_659, 69_659, 23_570)
    assert round(float(events["value"].sum()), 2) == 2_500_315.63
    assert [str(day.date()) for day in (events["occurred_at"].min(), events["occurred_at"].max())] == ["1997-01-01", "1998-06-30"]
    assert len(delivered(shared / "cdnow" / "CDNOW_master.txt", "plain_events", separator=" ", set={"touchpoint": "order"}, columns={"occurred_at": "date"}).tables["events"]) == 69_659 - 255


def test_hotel_bookings_are_month_first_with_null_in_words(shared, delivered):
    path = shared / "hotel_bookings" / "hotel_bookings.csv.zip"
    found = delivered(path, "plain_events", columns={"occurred_at": "reservation_status_date", "touchpoint": "reservation_status", "journey_key": "agent",
                                                     "value": "adr"}, duplicates="keep")  # fmt: skip
    assert (found.n_rows, found.dates) == (119_390, "M/D/Y")
    assert (found.raw.frame["company"] == "NULL").sum() == 112_593
    is_known = ~(found.raw.frame[["agent", "company"]] == "NULL").all(axis=1).to_numpy()
    assert (found.n_kept, found.reasons) == (int(is_known.sum()), {"no_customer": int((~is_known).sum())})
    assert int(found.raw.frame.duplicated().sum()) == 31_994
    as_written = pd.to_datetime(read_file(shared / "hotel_bookings" / "hotel_bookings.parquet").frame["reservation_status_date"])
    assert (found.tables["events"]["occurred_at"].dt.tz_localize(None).to_numpy() == as_written[is_known].to_numpy()).all()


def test_hotel_bookings_that_are_equal_are_told(shared, delivered):
    found = delivered(shared / "hotel_bookings" / "hotel_bookings.csv.zip", "plain_events",
                      columns={"occurred_at": "reservation_status_date", "touchpoint": "reservation_status", "journey_key": "agent"})  # fmt: skip
    assert found.reasons["duplicate"] == 31_994


def test_telco_churn_has_eleven_blank_charges(shared):
    frame = read_file(shared / "telco_churn" / "Telco-Customer-Churn.csv").frame
    charges = parse_numbers(frame["TotalCharges"], ".")
    assert (int(charges.isna().sum()), int((frame["Churn"] == "Yes").sum()), set(frame["SeniorCitizen"])) == (11, 1_869, {"0", "1"})


def test_the_product_of_the_pipeline_is_not_the_product_of_the_price_list(shared):
    """`GTXPro` and `GTX Pro`: a join must count it, never guess it."""
    pipeline, products = (set(read_file(shared / "crm_sales_opportunities" / name).frame["product"]) for name in ("sales_pipeline.csv", "products.csv"))
    assert (pipeline - products, products - pipeline) == ({"GTXPro"}, {"GTX Pro"})


def test_clothing_clicks_keep_their_three_date_columns(shared):
    frame = read_file(shared / "eshop_clickstream_2008" / "e-shop clothing 2008.csv.zip").frame
    assert (frame["session ID"].nunique(), frame["page 1 (main category)"].value_counts().to_dict()) == (24_026, {"1": 49_742, "4": 38_747, "3": 38_577, "2": 38_408})
    days = frame["year"] + "-" + frame["month"].str.zfill(2) + "-" + frame["day"].str.zfill(2)
    assert (days.min(), days.max()) == ("2008-04-01", "2008-08-13")


def test_msnbc_paths_are_a_line_a_visitor(shared):
    raw = read_file(shared / "msnbc_paths" / "msnbc990928.seq.zip", headings=("path",), separator="\t")
    paths = raw.frame["path"].str.strip()
    paths = paths[paths.str.match(r"\d")]
    lengths = paths.str.count(" ") + 1
    assert (len(paths), int(lengths.sum()), int(lengths.max())) == (989_818, 4_698_794, 14_795)
    assert len(raw.frame) - len(paths) + raw.n_skipped_lines == 7  # the comment, the categories, the second comment and four blank lines


def test_before_after_panels(shared):
    prop99 = read_file(shared / "before_after" / "california_prop99.csv")
    assert (prop99.separator, prop99.frame["State"].nunique(), prop99.frame["Year"].nunique()) == (";", 39, 31)
    volks = read_file(shared / "before_after" / "volks_data.csv", separator=" ").frame
    assert (volks.shape, volks.columns[1]) == ((325, 4), "VolksWagen")
    geo = read_file(shared / "before_after" / "geo_salesandcost.csv").frame
    assert (geo["geo"].nunique(), round(float(parse_numbers(geo["sales"], ".").sum()), 2)) == (100, 5_596_024.66)


def test_upworthy_packages_and_daily_views(shared):
    packages = read_file(shared / "upworthy_ab_tests" / "packages_exploratory.parquet").frame
    assert (packages["clickability_test_id"].nunique(), int(packages["impressions"].sum()), int(packages["clicks"].sum())) == (4_873, 81_024_151, 1_231_208)


def test_online_retail_customers_and_cancellations(shared):
    frame = read_file(shared / "online_retail" / "online_retail.parquet").frame
    cancelled = frame["InvoiceNo"].astype("str").str.startswith("C")
    assert (frame["CustomerID"].nunique(), int(frame["CustomerID"].isna().sum()), int(cancelled.sum())) == (4_372, 135_080, 9_288)


def test_every_connector_schema_is_a_table_with_its_headings(shared):
    folder = shared / "connector_schemas"
    files = sorted(path for path in folder.rglob("*.csv") if path.name != "INDEX.csv")
    assert len(files) == 214
    for path in files:
        raw = read_file(path)
        n_lines = len([line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip(",; \t")])
        assert len(raw.frame.columns) > 1 or "," not in path.read_text(encoding="utf-8-sig").splitlines()[0], path.name
        assert raw.n_broken_lines == 0, path.name
        assert len(raw.frame) <= n_lines, path.name
