"""Two reports of one client: what moved is said only where both count alike, and of the customers who are new since."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from journeylib.errors import ParameterError, RunError
from journeylib.findings.since import _say_lists, _say_stage, say_since
from journeylib.improve.previous import Delivery, find_previous, read_delivery, reports_around
from journeylib.improve.since import compare
from journeylib.project import Project
from journeylib.run import Run
from journeylib.stages import load_stage_model
from journeylib.wording import NBSP, Words
from tests.gaps.material import a_client

PARAMETERS = {"stage_model": "loyalty_advocacy_5", "thresholds": {"window_days": 90.0}, "sources": {"crm": {"file": "deals.csv", "delivered_by": "VD"}}}


def funnel(*stages):
    rows = [{"semantics": "at_least", "persona": "", "stage": stage, "position": i, "n_followed": n, "n_converted": k, "rate": k / n, "rate_lo": k / n - 0.05,
             "rate_hi": k / n + 0.05, "n_units": n} for i, (stage, k, n) in enumerate(stages)]  # fmt: skip
    return pd.DataFrame(rows)


def gaps(**statuses):
    return pd.DataFrame({"gap_id": list(statuses), "check": list(statuses), "stage": "", "status": list(statuses.values())})


def then(**tables):
    return Delivery(None, {"as_of": "2025-10-15", "parameters": PARAMETERS, "versions": {"journeylib": "1"}, "status": "done"}, tables)


def since(before, now, parameters=PARAMETERS, version="1"):
    return compare(before, dt.date(2026, 1, 15), parameters, version, now)


def test_only_customers_who_are_new_since_are_set_beside_the_old_ones():
    found = since(then(funnel=funnel(("awareness", 100, 400))), {"funnel": funnel(("awareness", 220, 600))})
    row = found.stages.iloc[0]
    assert (row["then"], row["since"], row["n_since"]) == (100 / 400, 120 / 200, 200)
    assert row["moved"] == "up"


def test_a_share_that_may_be_the_same_has_not_moved():
    found = since(then(funnel=funnel(("awareness", 100, 400))), {"funnel": funnel(("awareness", 112, 440))})
    assert found.stages["moved"].tolist() == ["not"]
    assert found.is_quiet


@pytest.mark.parametrize(("changed", "name"), [
    ({"thresholds": {"window_days": 60.0}}, "window"), ({"stage_model": "race_4"}, "stage_model"), ({"scope": {"to_stage": "decision"}}, "scope"),
    ({"journey": "key"}, "journey"), ({"sources": {"crm": {"file": "other.csv"}}}, "sources"),
])  # fmt: skip
def test_stages_counted_in_another_way_are_not_compared(changed, name):
    found = since(then(funnel=funnel(("awareness", 100, 400))), {"funnel": funnel(("awareness", 220, 600))}, PARAMETERS | changed)
    assert found.differing == (name,)
    assert found.stages.empty


QUARTERS = {"sources": {"crm": {"file": "deals.csv"}, "survey": {"file": "answers.xlsx"}}}


def sources(**tables):
    return pd.DataFrame({"source": list(tables), "table": list(tables.values()), "n_kept": 9})


def test_a_survey_added_leaves_stages_and_the_gaps_that_rest_on_events_comparable():
    before = then(funnel=funnel(("awareness", 100, 400)), gaps=gaps(G13="found", G26="found", G19="found"), sources=sources(crm="events"))
    found = since(before, {"funnel": funnel(("awareness", 220, 600)), "gaps": gaps(G13="not_found", G26="not_found", G19="not_found"), "sources": sources(crm="events", survey="voices")},
                  PARAMETERS | QUARTERS)  # fmt: skip
    assert (found.differing, found.sources.added, found.sources.gone) == ((), ("survey",), ())
    assert found.stages["stage"].tolist() == ["awareness"]
    assert found.closed["gap_id"].tolist() == ["G13"]       # needs and recommendation rest on answers: not compared
    back = since(Delivery(None, before.record | {"parameters": PARAMETERS | QUARTERS}, found_tables := before.tables | {"sources": sources(crm="events", survey="voices")}),
                 found_tables | {"sources": sources(crm="events")})  # fmt: skip
    assert (back.differing, back.sources.gone) == ((), ("survey",))


@pytest.mark.parametrize(("table", "n_kept", "differing"), [("events", 9, ("sources",)), ("customers", 9, ("sources",)), ("content", 9, ()), ("events", 0, ())])
def test_a_source_of_events_or_customers_that_gave_rows_is_another_way_of_counting(table, n_kept, differing):
    now = {"funnel": funnel(("awareness", 220, 600)), "sources": sources(crm="events", survey=table).assign(n_kept=[9, n_kept])}
    found = since(then(funnel=funnel(("awareness", 100, 400)), sources=sources(crm="events")), now, PARAMETERS | QUARTERS)
    assert (found.differing, len(found.stages)) == (differing, 0 if differing else 1)
    assert found.sources.added == (("survey",) if n_kept else ())


def test_feelings_and_their_kpi_are_set_beside_the_old_ones_only_where_the_same_were_asked():
    felt = pd.DataFrame({"stage": ["awareness"], "metric": "csat", "wording_id": "w", "n": 9, "mean": 1.0, "lo": 0.5, "hi": 1.5})
    before = Delivery(None, then().record, {"emotion": felt, "sources": sources(crm="events")}, {"n_journeys": 100, "lead_kpi": {"kpi": "satisfaction", "mean": 4.0}})
    alike, asked_anew = (since(before, {"emotion": felt, "sources": sources(crm="events", survey="voices")}, PARAMETERS | changed) for changed in ({}, QUARTERS))
    assert (len(alike.felt), alike.key_numbers["lead_kpi"]["mean"]) == (1, 4.0)
    assert (len(asked_anew.felt), asked_anew.key_numbers) == (0, {"n_journeys": 100, "lead_kpi": None})


@pytest.mark.parametrize(("language", "line", "added"), [
    ("sv", "Medvetenhet: 25 % (20–30) då; av de 40 som kunnat följas sedan dess 80 % (65–90), fler.", ["Nya källor sedan sist: survey.", "Det som vilar på dem är inte jämfört."]),
    ("da", "Opmærksomhed: 25 % (20–30) dengang; af de 40, der har kunnet følges siden, 80 % (65–90), flere.", ["Nye kilder siden sidst: survey.", "Det, der hviler på dem, er ikke sammenlignet."]),
    ("nb", "Bevissthet: 25 % (20–30) den gang; av de 40 som har kunnet følges siden, 80 % (65–90), flere.", ["Nye kilder siden sist: survey.", "Det som hviler på dem, er ikke sammenlignet."]),
    ("en", "Awareness: 25% (20–30) then; of the 40 who could be followed since, 80% (65–90), more.", ["New sources since last time: survey.", "What rests on them is not compared."]),
])  # fmt: skip
def test_a_number_of_the_added_customers_says_of_whom_it_is(language, line, added):
    found = since(then(funnel=funnel(("awareness", 100, 400)), sources=sources(crm="events")),
                  {"funnel": funnel(("awareness", 132, 440)), "sources": sources(crm="events", survey="voices")}, PARAMETERS | QUARTERS)  # fmt: skip
    drawn = a_client(language=language)
    run = Run(drawn, load_stage_model(drawn), Words(language), None)
    assert _say_stage(run, next(found.stages.itertuples())).replace(NBSP, " ") == line
    assert list(_say_lists(run, found)) == added
    assert "40" in say_since(run, found)[0]


def test_another_version_of_the_program_is_another_way_of_counting():
    assert since(then(), {}, version="2").differing == ("version",)


def test_who_delivered_a_file_is_no_matter_of_counting():
    assert since(then(), {}, PARAMETERS | {"sources": {"crm": {"file": "deals.csv", "delivered_by": "säljchef"}}}).differing == ()


def test_a_gap_is_closed_only_when_the_data_say_so():
    found = since(then(gaps=gaps(G03="found", G05="found", G13="not_found", G20="found")), {"gaps": gaps(G03="not_found", G05="not_checkable", G13="found", G20="uncertain")})
    assert found.closed["gap_id"].tolist() == ["G03"]
    assert found.opened["gap_id"].tolist() == ["G13"]


def test_gaps_counted_in_another_way_are_not_compared_and_nothing_of_page_one_is():
    before = Delivery(None, {"as_of": "2025-10-15", "parameters": PARAMETERS, "versions": {"journeylib": "1"}}, {"gaps": gaps(G03="found")}, {"n_journeys": 100})
    alike, otherwise = (since(before, {"gaps": gaps(G03="not_found")}, PARAMETERS | changed) for changed in ({}, {"journey": "key"}))
    assert (alike.closed["gap_id"].tolist(), alike.key_numbers) == (["G03"], {"n_journeys": 100})
    assert (len(otherwise.closed), len(otherwise.opened), otherwise.key_numbers) == (0, 0, {})


def test_where_limits_differ_only_gaps_held_against_the_same_one_are_compared():
    before = gaps(G03="found", G05="found", G13="found").assign(threshold=[0.5, 0.2, None])
    now = gaps(G03="not_found", G05="not_found", G13="not_found").assign(threshold=[0.5, 0.3, None])
    found = since(then(gaps=before), {"gaps": now}, PARAMETERS | {"targets": {"decision": 0.5}})
    assert found.limits_differing == ("targets",)
    assert found.closed["gap_id"].tolist() == ["G03", "G13"]


def test_an_action_done_since_is_news_and_one_done_before_is_not():
    def actions(*states):
        return pd.DataFrame({"action_id": ["A", "B", "C"], "title": ["a", "b", "c"], "status": states})

    found = since(then(actions=actions("done", "under_way", "agreed")), {"actions": actions("done", "done", "under_way")})
    assert found.done["action_id"].tolist() == ["B"]
    assert found.begun["action_id"].tolist() == ["C"]


@pytest.fixture
def project(tmp_path):
    for day in ("2025-07-15", "2025-10-15", "2026-01-15"):
        folder = tmp_path / "reports" / "drawn" / day
        (folder / "tables").mkdir(parents=True)
        record = {"status": "done", "client": "drawn", "as_of": day, "parameters": PARAMETERS, "key": day}
        (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
        gaps(G03="found").to_parquet(folder / "tables" / "gaps.parquet")
    return Project(tmp_path)


def client(**given):
    return a_client(slug="drawn", as_of=dt.date(2026, 1, 15), **given)


def test_the_last_report_kept_that_ends_earlier_is_compared_with(project):
    found = find_previous(client(), project)
    assert found.as_of == dt.date(2025, 10, 15)
    assert found.tables["gaps"]["gap_id"].tolist() == ["G03"]


def test_a_report_can_be_named_or_none_be_wanted(project):
    assert find_previous(client(compare_with="2025-07-15"), project).as_of == dt.date(2025, 7, 15)
    assert find_previous(client(compare_with="reports/drawn/2025-07-15"), project).as_of == dt.date(2025, 7, 15)
    assert find_previous(client(compare_with="nothing"), project) is None


def test_a_report_that_is_not_there_or_not_earlier_is_refused(project):
    with pytest.raises(ParameterError, match="compare_with: got '2024-01-01': 2024-01-01: no finished report there"):
        find_previous(client(compare_with="2024-01-01"), project)
    with pytest.raises(ParameterError, match="whose data end 2026-01-15; expected a report whose data end before 2026-01-15"):
        find_previous(client(compare_with="2026-01-15"), project)
    with pytest.raises(RunError, match="Expected a folder with run.json and tables"):
        read_delivery(project.root / "nowhere")


def test_the_last_report_is_looked_for_where_this_one_goes(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    assert find_previous(client(), project, reports=elsewhere) is None
    folder = elsewhere / "drawn" / "2025-12-15"
    (folder / "tables").mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"status": "done", "client": "drawn", "as_of": "2025-12-15", "parameters": PARAMETERS}), encoding="utf-8")
    (folder / "findings.json").write_text(json.dumps([{"id": "essentials", "numbers": {"n_journeys": 7}}]), encoding="utf-8")
    found = find_previous(client(), project, reports=elsewhere)
    assert (found.as_of, found.key_numbers) == (dt.date(2025, 12, 15), {"n_journeys": 7})
    assert find_previous(client(compare_with="2025-07-15"), project, reports=elsewhere).as_of == dt.date(2025, 7, 15)  # named: found where reports usually lie, too


def test_a_working_folder_tells_where_its_report_goes(tmp_path):
    assert reports_around(tmp_path / "out" / ".work" / ".batch" / "drawn-x1" / "work") == (tmp_path / "out").resolve()
    assert reports_around(tmp_path / "drawn") is None
