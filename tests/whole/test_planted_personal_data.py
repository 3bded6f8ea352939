"""Somebody's data in every text cell of every table, in four languages: none of it reaches a delivered file or an error."""

from __future__ import annotations

import os

import pandas as pd
import pytest
from ruamel.yaml import YAML

from journeylib.collect.privacy import find_salt, free_text_columns
from journeylib.errors import JourneyError, ParameterError
from journeylib.improve.decisions import ACTION_COLUMNS, DECISION_COLUMNS, read_agreed_actions, read_decisions
from journeylib.parameters import load_client
from journeylib.personal_data import MASK
from journeylib.schema import CANONICAL
from tests.whole.in_process import answer, deliver
from tests.whole.planted import FORMATS, SECRETS, planted_client

pytestmark = pytest.mark.report


@pytest.fixture(scope="module")
def delivered(tmp_path_factory):
    """Language → client, files of the finished folder and of the work folder as texts."""
    made = {}
    for language, secrets in SECRETS.items():
        folder = tmp_path_factory.mktemp(language)
        client = planted_client(folder, secrets)
        found = answer(client, folder / "work")
        deliver(found, folder / "out")
        made[language] = client, *({path.relative_to(folder).as_posix(): _text(path) for path in sorted((folder / name).rglob("*")) if path.is_file()} for name in ("out", "work"))
    return made


def _text(path):
    return pd.read_parquet(path).astype("string").fillna("").to_csv() if path.suffix == ".parquet" else "" if path.suffix == ".png" else path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", SECRETS)
def test_nothing_planted_reaches_a_delivered_file(delivered, language):
    client, files, _ = delivered[language]
    assert len(client.sources) == len(FORMATS)
    assert len(files) > 20
    assert {name: leaks for name, text in files.items() if (leaks := SECRETS[language].leaked_in(text))} == {}
    assert MASK in files["out/report.html"]


@pytest.mark.parametrize("language", SECRETS)
def test_not_even_the_work_folder_holds_what_was_planted(delivered, language):
    _, _, files = delivered[language]
    assert len(files) > 10
    assert {name: leaks for name, text in files.items() if (leaks := SECRETS[language].leaked_in(text))} == {}


@pytest.mark.parametrize("language", SECRETS)
def test_the_salt_is_in_no_file_and_no_pseudonym_of_a_person_in_a_delivered_one(delivered, language):
    client, files, work = delivered[language]
    salts = {find_salt(client).decode(), os.environ.get("JOURNEY_SALT") or (client.params_file.parents[1] / ".journey-salt").read_text().strip()}
    assert [name for name, text in {**files, **work}.items() if any(salt in text for salt in salts)] == []
    pseudonyms = {word for text in work.values() for word in text.replace('"', ",").split(",") if word.startswith("c_") and len(word) == 18}
    assert len(pseudonyms) >= 30
    assert [name for name, text in files.items() if any(word in text for word in pseudonyms)] == []


def test_every_table_with_free_text_is_planted():
    from journeylib.collect.formats import load_format

    reached = {(emit.table, column) for name in FORMATS for emit in load_format(name, None).emits for column in (*emit.take, *emit.set)}
    planted = {(table, column) for name, table in ((name, name) for name in CANONICAL) for column in free_text_columns(CANONICAL[table])}
    assert {table for table, _ in planted} - {table for table, _ in reached} <= {"campaign_stats", "page_behaviour"}
    assert {pair for pair in planted if pair not in reached and pair[0] not in ("campaign_stats", "page_behaviour")} <= {("events", "offer"), ("keywords", "keyword_id")}


# --- what people write for a report ----------------------------------------------------------------------------------

WRITTEN = {"name": "Acme", "language": "sv", "market": "b2c", "goal": "more_conversions", "as_of": "2025-12-31", "offer": "Allt", "scenario": "En vanlig dag",
           "labels": {"awareness": "Känner till"}, "kpis": {"awareness": "Antal"}, "timezone": "Europe/Stockholm",
           "personas": [{"id": "chef", "name": "Chefen", "customer_type": "x", "target_group": "x", "role": "x", "looks_for": "x", "matters": "x", "challenges": "x", "information": "x", "buys": "x",
                         "when": {"role": "chef"}}],
           "sources": {"logg": {"file": "logg.csv", "format": "plain_events", "delivered_by": "IT", "department": "IT"}},
           "rules": [{"touchpoint": "köp", "atom": "a4_decide"}]}  # fmt: skip


def places(node, path=()):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from places(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from places(value, (*path, number))
    else:
        yield path


def with_text(node, path, text):
    if not path:
        return text
    if isinstance(node, list):
        return [with_text(value, path[1:], text) if number == path[0] else value for number, value in enumerate(node)]
    return {key: with_text(value, path[1:], text) if key == path[0] else value for key, value in node.items()}


def write_params(folder, tree):
    with (folder / "acme.yml").open("w", encoding="utf-8") as file:
        YAML().dump(tree, file)
    return folder / "acme.yml"


@pytest.mark.parametrize("path", list(places(WRITTEN)), ids=lambda path: ".".join(map(str, path)))
def test_personal_data_in_any_parameter_are_refused_without_being_repeated(tmp_path, path):
    secrets = SECRETS["sv"]
    for secret in (secrets.email, secrets.phone, secrets.number, secrets.card, secrets.address):
        with pytest.raises(ParameterError) as refused:
            load_client(write_params(tmp_path, with_text(WRITTEN, path, f"x {secret}")))
        assert secrets.leaked_in(str(refused.value)) == []
        assert str(refused.value).startswith("acme.yml:")


def test_the_refusal_says_where_what_and_what_to_do(tmp_path):
    with pytest.raises(ParameterError) as refused:
        load_client(write_params(tmp_path, WRITTEN | {"offer": "Ring 070-174 06 35"}))
    assert str(refused.value) == ("acme.yml:6:1: offer: holds what looks like personal data (phone); take it out, or list it under "
                                  "`privacy.own_contacts` if it is the client's own")  # fmt: skip


def test_the_clients_own_contacts_are_let_through_exactly_as_listed(tmp_path):
    own = {"privacy": {"own_contacts": ["08-123 456 78"]}}
    assert load_client(write_params(tmp_path, WRITTEN | own | {"offer": "Ring 08-123 456 78"})).offer == "Ring 08-123 456 78"
    with pytest.raises(ParameterError):
        load_client(write_params(tmp_path, WRITTEN | own | {"offer": "Ring 08-123 456 79"}))


@pytest.mark.parametrize("language", SECRETS)
@pytest.mark.parametrize(("file", "columns", "read"), [("decisions.csv", DECISION_COLUMNS, read_decisions), ("actions.csv", ACTION_COLUMNS, read_agreed_actions)])
def test_personal_data_in_any_cell_of_a_file_of_decisions_are_refused_without_being_repeated(tmp_path, file, columns, read, language):
    client, secrets = load_client(write_params(tmp_path, WRITTEN)), SECRETS[language]
    client.folder.mkdir()
    for column in columns:
        for secret in (secrets.email, secrets.phone, secrets.number, secrets.card, secrets.address):
            given = {"gap_id": "G03", "decision": "accept", "kind": "own", "title": "x"}
            row = {name: given.get(name, "") for name in columns} | {column: f"x {secret}"}
            (client.folder / file).write_text(f"{','.join(columns)}\n" + ",".join(f'"{row[name]}"' for name in columns) + "\n", encoding="utf-8")
            with pytest.raises(JourneyError) as refused:
                read(client)
            assert secrets.leaked_in(str(refused.value)) == []
            assert f"{file}, line 2, column {column!r}" in str(refused.value)


@pytest.mark.parametrize(("file", "column", "columns", "read"), [("decisions.csv", "decided_by", DECISION_COLUMNS, read_decisions), ("actions.csv", "owner", ACTION_COLUMNS, read_agreed_actions)])
def test_a_person_is_no_role(tmp_path, file, column, columns, read):
    client = load_client(write_params(tmp_path, WRITTEN))
    client.folder.mkdir()
    row = {"gap_id": "G03", "decision": "accept", "title": "x", column: "Anna Ek"}
    (client.folder / file).write_text(f"{','.join(columns)}\n" + ",".join(row.get(name, "") for name in columns) + "\n", encoding="utf-8")
    with pytest.raises(JourneyError, match=r"got what looks like personal data \(name\), expected a role"):
        read(client)
