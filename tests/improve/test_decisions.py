"""What people decided comes in as files, survives a rerun, and every mistake in them is named."""

from __future__ import annotations

import pytest

from journeylib.client import Persona
from journeylib.errors import ParameterError
from journeylib.gaps import find_gaps
from journeylib.improve.decisions import apply_decisions, read_agreed_actions, read_decisions
from journeylib.stages import load_stage_model
from tests.gaps.material import a_client, registers_in_order, tables_in_order


@pytest.fixture
def client(tmp_path):
    return a_client(params_file=tmp_path / "drawn.yml", personas=(Persona(id="cio", name="IT-chefen"),))


def write(client, name, text, encoding="utf-8"):
    client.folder.mkdir(exist_ok=True)
    (client.folder / name).write_bytes("\n".join(line.strip() for line in text.strip().splitlines()).encode(encoding))


def test_without_a_file_nothing_was_decided(client):
    assert read_decisions(client).empty
    assert read_agreed_actions(client).empty


def test_a_rejected_gap_stays_in_the_list_with_its_reason(client):
    write(client, "decisions.csv", """
        gap_id,decision,decided_by,decided_why
        G29,reject,VD,"vi mäter på annat sätt, i kassan"
        G05:consideration,accept,marknadschef,
    """)
    gaps = find_gaps(tables_in_order(), registers_in_order(), load_stage_model(client), client)
    decided = apply_decisions(gaps, read_decisions(client)).set_index("gap_id")
    assert len(decided) == len(gaps)
    assert decided.loc["G29", ["decision", "decided_by", "decided_why"]].tolist() == ["reject", "VD", "vi mäter på annat sätt, i kassan"]
    assert decided.loc["G05:consideration", "decision"] == "accept"
    assert decided["decision"].notna().sum() == 2


def test_a_decision_on_the_check_holds_for_every_place_and_the_precise_one_counts(client):
    write(client, "decisions.csv", "gap_id,decision\nG13,park\nG13:decision,reject")
    gaps = find_gaps(tables_in_order(), registers_in_order(), load_stage_model(client), client)
    decided = apply_decisions(gaps, read_decisions(client)).query("check == 'G13'")
    assert dict(zip(decided["stage"], decided["decision"], strict=True)) == {
        "awareness": "park", "consideration": "park", "decision": "reject", "loyalty": "park"}  # fmt: skip


def test_a_sheet_saved_by_excel_in_swedish_is_read(client):
    write(client, "decisions.csv", "gap_id;decision;decided_why\nG29;park;först måste kassan bytas", encoding="cp1252")
    assert read_decisions(client)["decided_why"].tolist() == ["först måste kassan bytas"]


def test_a_decision_lapses_after_its_date(client):
    write(client, "decisions.csv", "gap_id,decision,until\nG29,park,2025-12-30\nG03,park,2025-12-31")
    assert read_decisions(client)["gap_id"].tolist() == ["G03"]


def test_a_decision_on_a_gap_nobody_asks_about_any_more_rests(client):
    write(client, "decisions.csv", "gap_id,decision\nG05:decision:cio,reject")
    gaps = find_gaps({}, {}, load_stage_model(client), client)
    assert apply_decisions(gaps, read_decisions(client))["decision"].isna().all()


def test_every_mistake_is_named_by_file_line_column_got_and_expected(client):
    write(client, "decisions.csv", """
        gap_id,decision,until
        G29,rejct,
        G05:considration,accept,
        G05:decision:cto,accept,31/3
        G29,accept,
    """)
    with pytest.raises(ParameterError) as error:
        read_decisions(client)
    assert str(error.value).splitlines() == [
        "decisions.csv, line 2, column 'decision': got 'rejct', expected one of accept, reject, park; did you mean 'reject'?",
        "decisions.csv, line 3, column 'gap_id': got 'G05:considration', expected a stage of the model in place of 'considration' "
        "(awareness, consideration, decision, loyalty, advocacy); did you mean 'consideration'?",
        "decisions.csv, line 4, column 'gap_id': got 'G05:decision:cto', expected a declared persona in place of 'cto' (cio); did you mean 'cio'?",
        "decisions.csv, line 4, column 'until': got '31/3', expected a date as 2026-03-31",
        "decisions.csv, line 5, column 'gap_id': got 'G29', expected one decision a gap; line 2 has one already",
    ]


def test_an_unknown_column_is_refused_with_the_nearest(client):
    write(client, "decisions.csv", "gap_id,decison\nG29,accept")
    with pytest.raises(ParameterError, match="line 1, column 'decison'.*did you mean 'decision'"):
        read_decisions(client)


def test_an_address_is_refused_without_being_shown(client):
    write(client, "decisions.csv", "gap_id,decision,decided_by\nG29,accept,anna@example.com")
    with pytest.raises(ParameterError) as error:
        read_decisions(client)
    assert "anna" not in str(error.value)
    assert "expected a role" in str(error.value)


def test_agreed_actions_keep_what_people_wrote(client):
    write(client, "actions.csv", """
        action_id,kind,gap_id,title,status,owner,kpi,target,due_on
        ,A01,G05:consideration:cio,,,marknadschef,andel vidare,"0,45",2026-03-31
        brev,own,,Skriv till alla kunder,under_way,,,,
    """)
    agreed = read_agreed_actions(client)
    assert agreed["action_id"].tolist() == ["A01:G05:consideration:cio", "brev"]
    assert agreed["title"].tolist() == ["Fyll innehållsluckan", "Skriv till alla kunder"]
    assert agreed["status"].tolist() == ["agreed", "under_way"]
    assert agreed.loc[0, ["stage", "persona", "target"]].tolist() == ["consideration", "cio", 0.45]


def test_mistakes_in_agreed_actions_are_named(client):
    write(client, "actions.csv", """
        kind,gap_id,title,status,target
        A99,G03:loyalty,,agreed,
        own,,,,
        own,,Ring,agree,många
    """)
    with pytest.raises(ParameterError) as error:
        read_agreed_actions(client)
    text = str(error.value)
    assert "line 2, column 'kind': got 'A99'" in text
    assert "line 3, column 'title': got '', expected what is to be done, or a kind of action" in text
    assert "line 4, column 'status': got 'agree', expected one of proposed, agreed, under_way, done, rejected; did you mean 'agreed'?" in text
    assert "line 4, column 'target': got 'många', expected a number, e.g. 0.45" in text
