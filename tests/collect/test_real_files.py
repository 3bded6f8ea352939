"""Real files through the reader: the row counts and traps their READMEs name."""

from __future__ import annotations

import zipfile

import pytest

from journeylib.collect.deliveries import deliver
from journeylib.collect.reading import read_file


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
